/*
 * test_evidence.c
 *	  Rows with their users: any order and parts, users whole, and orders that are the rows' own.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/judging/evidence.h"
#include "unit_scores.h"

typedef struct Row
{
	uint64_t user;
	double	 score;
	double	 other;
	int		 label;
} Row;

static void
shuffle(SpkRng *rng, Row *rows, uint32_t n)
{
	for (uint32_t i = n; i-- > 1;)
	{
		uint32_t j = spk_rng_below(rng, i + 1);
		Row		 row = rows[i];

		rows[i] = rows[j];
		rows[j] = row;
	}
}

/* The evidence of these rows, in so many parts that are merged one after another. */
static SpkEvidence
evidence_of(const SpkHost *host, const Row *rows, uint32_t n, uint32_t n_parts)
{
	SpkEvidence all = {0};

	for (uint32_t part = 0; part < n_parts; part++)
	{
		SpkEvidence some = {0};

		for (uint32_t i = part; i < n; i += n_parts)
			assert_int_equal(spk_evidence_add(host, &some, rows[i].user,
											  spk_scored(rows[i].score, rows[i].label),
											  rows[i].other),
							 SPK_OK);
		assert_int_equal(spk_evidence_merge(host, &all, &some), SPK_OK);
		spk_evidence_release(host, &some);
	}
	return all;
}

static void
assert_same(const SpkUserRows *a, const SpkUserRows *b)
{
	assert_true(a->n_all == b->n_all && a->n == b->n && a->n_users == b->n_users);
	for (uint32_t i = 0; i < a->n; i++)
		assert_true(a->rows[i].row == b->rows[i].row && a->rows[i].user == b->rows[i].user &&
					a->rows[i].other == b->rows[i].other);
}

static void
fill(SpkRng *rng, Row *rows, uint32_t n, uint32_t n_users, uint32_t n_scores)
{
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t user = spk_rng_below(rng, n_users);

		rows[i] = (Row) {user == 0 ? 0 : spk_mix64(user),
						 spk_rng_below(rng, n_scores) / (double) n_scores,
						 spk_rng_below(rng, n_scores) / (double) n_scores,
						 spk_rng_below(rng, 4) == 0};
	}
}

static void
order_and_parts_leave_no_trace(void **state)
{
	enum
	{
		N = 3000
	};
	UnitHost h = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&h);
	SpkRng	 rng = spk_rng(1, 2);
	Row		*rows = malloc(N * sizeof(Row));

	(void) state;
	for (int round = 0; round < 20; round++)
	{
		uint32_t	n = 1 + spk_rng_below(&rng, N);
		SpkEvidence one;
		SpkUserRows first;
		SpkUserRows again;

		fill(&rng, rows, n, 1 + spk_rng_below(&rng, 500), 1 + spk_rng_below(&rng, 40));
		one = evidence_of(&host, rows, n, 1);
		assert_int_equal(spk_user_rows_of(&host, &one, &first), SPK_OK);
		spk_evidence_release(&host, &one);
		shuffle(&rng, rows, n);
		one = evidence_of(&host, rows, n, 1 + spk_rng_below(&rng, 5));
		assert_int_equal(spk_user_rows_of(&host, &one, &again), SPK_OK);
		spk_evidence_release(&host, &one);
		assert_same(&first, &again);
		spk_user_rows_release(&host, &first);
		spk_user_rows_release(&host, &again);
	}
	free(rows);
	assert_int_equal(h.live, 0);
}

/* Of more rows than fit some users stay, with all of their rows, whatever the parts. */
static void
keeps_some_users_whole(void **state)
{
	const uint32_t n = 2 * SPK_MAX_EVIDENCE + 1000;
	const uint32_t n_users = n / 5;
	UnitHost	   h = UNIT_HOST_INIT;
	SpkHost		   host = unit_host(&h);
	Row			  *rows = malloc(n * sizeof(Row));
	uint8_t		  *kept = calloc(n_users, 1);
	SpkUserRows	   ordered[2];
	SpkRng		   rng = spk_rng(3, 4);
	uint32_t	   n_kept = 0;

	(void) state;
	for (uint32_t i = 0; i < n; i++)
		rows[i] = (Row) {spk_mix64(1 + i % n_users), (i % n_users) / (double) n_users,
						 i / (double) n, i % 3 == 0};
	for (int parts = 0; parts < 2; parts++)
	{
		SpkEvidence e = evidence_of(&host, rows, n, 1 + 2 * parts);

		assert_true(e.level > 0 && e.n <= SPK_MAX_EVIDENCE && e.n_all == n);
		assert_int_equal(spk_user_rows_of(&host, &e, &ordered[parts]), SPK_OK);
		spk_evidence_release(&host, &e);
		shuffle(&rng, rows, n);
	}
	assert_same(&ordered[0], &ordered[1]);
	assert_true(ordered[0].n > SPK_MAX_EVIDENCE / 3);

	/* the score tells whose row it is: each user that is kept has 5 rows, or 6 */
	for (uint32_t i = 0; i < ordered[0].n; i++)
		kept[(uint32_t) (spk_scored_score(ordered[0].rows[i].row) * n_users + 0.5)]++;
	for (uint32_t u = 0; u < n_users; u++)
	{
		assert_true(kept[u] == 0 || kept[u] == 5 + (u < n % n_users));
		n_kept += kept[u] > 0;
	}
	assert_int_equal(n_kept, ordered[0].n_users);
	spk_user_rows_release(&host, &ordered[0]);
	spk_user_rows_release(&host, &ordered[1]);
	free(rows);
	free(kept);
	assert_int_equal(h.live, 0);
}

/* Rows without a user are users of their own; NULLs among users are, too. */
static void
rows_without_users_count_alone(void **state)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	const Row	rows[] = {{0, 0.5, 0, 1}, {0, 0.5, 0, 1}, {7, 0.25, 0, 0}, {7, 0.75, 0, 1}};
	SpkEvidence e = evidence_of(&host, rows, 4, 1);
	SpkUserRows ordered;
	SpkScored	scored[] = {spk_scored(0.5, 1), spk_scored(0.5, 1), spk_scored(0.25, 0)};
	SpkScores	scores = set_of(&host, scored, 3, 0.5);

	(void) state;
	assert_int_equal(spk_user_rows_of(&host, &e, &ordered), SPK_OK);
	assert_int_equal(ordered.n_users, 3);
	assert_true(ordered.rows[0].user == ordered.rows[3].user);
	assert_true(ordered.rows[1].user != ordered.rows[2].user);
	spk_user_rows_release(&host, &ordered);
	spk_evidence_release(&host, &e);

	assert_int_equal(spk_user_rows_of_scores(&host, &scores, &ordered), SPK_OK);
	assert_true(ordered.n == 3 && ordered.n_users == 3 && ordered.n_all == 3);
	for (int i = 0; i < 3; i++)
		assert_true(ordered.rows[i].row == scored[i]);
	spk_user_rows_release(&host, &ordered);
	assert_int_equal(h.live, 0);
}

/* Of many scores some are taken that lie as all of them do, of both classes as many as their shares. */
static void
takes_scores_at_even_distances(void **state)
{
	const uint32_t n = 3 * SPK_MAX_EVIDENCE;
	UnitHost	   h = UNIT_HOST_INIT;
	SpkHost		   host = unit_host(&h);
	SpkScored	  *scored = malloc(n * sizeof(SpkScored));
	SpkScores	   scores;
	SpkUserRows	   ordered;
	double		   sum = 0;
	uint32_t	   positives = 0;

	(void) state;
	for (uint32_t i = 0; i < n; i++)
		scored[i] = spk_scored((i % 1000) / 1000.0, i % 7 == 0);
	scores = set_of(&host, scored, n, 0.5);
	assert_int_equal(spk_user_rows_of_scores(&host, &scores, &ordered), SPK_OK);
	assert_true(ordered.n <= SPK_MAX_EVIDENCE && ordered.n + 1 >= SPK_MAX_EVIDENCE);
	assert_true(ordered.n_all == n);
	for (uint32_t i = 0; i < ordered.n; i++)
	{
		sum += spk_scored_score(ordered.rows[i].row);
		positives += (uint32_t) spk_scored_label(ordered.rows[i].row);
	}
	assert_true(fabs(sum / ordered.n - 0.4995) < 5e-4);
	assert_true(fabs(positives / (double) ordered.n - 1 / 7.0) < 1e-5);
	spk_user_rows_release(&host, &ordered);
	free(scored);
	assert_int_equal(h.live, 0);
}

static void
fails_cleanly(void **state)
{
	UnitHost	h = UNIT_HOST_INIT;
	SpkHost		host = unit_host(&h);
	Row			rows[200];
	SpkRng		rng = spk_rng(5, 6);
	SpkEvidence e;
	SpkUserRows ordered;

	(void) state;
	fill(&rng, rows, 200, 30, 10);
	e = evidence_of(&host, rows, 200, 1);
	h.allocs_left = 0;
	assert_int_equal(spk_evidence_merge(&host, &e, &e), SPK_NO_MEMORY);
	assert_int_equal(spk_user_rows_of(&host, &e, &ordered), SPK_NO_MEMORY);
	h.allocs_left = -1;
	h.polls_left = 0;
	assert_int_equal(spk_evidence_merge(&host, &e, &e), SPK_CANCELLED);
	spk_evidence_release(&host, &e);
	assert_int_equal(h.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_and_parts_leave_no_trace),
		cmocka_unit_test(keeps_some_users_whole),
		cmocka_unit_test(rows_without_users_count_alone),
		cmocka_unit_test(takes_scores_at_even_distances),
		cmocka_unit_test(fails_cleanly),
	};

	return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}

/*
 * test_scores.c
 *	  Sets of scored rows: the same whatever the order, the parts and the way
 *	  in which these are put together.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/judging/metrics.h"
#include "core/judging/threshold.h"
#include "unit_scores.h"

#define HALF_CELL 0x1p-23

static UnitHost h = UNIT_HOST_INIT;

static SpkHost
host(void)
{
	return unit_host(&h);
}

/* Adds rows one by one. */
static void
add_rows(SpkScores *scores, const SpkScored *rows, size_t n)
{
	SpkHost ho = host();

	for (size_t i = 0; i < n; i++)
		assert_int_equal(spk_scores_add(&ho, scores, spk_scored_score(rows[i]),
										spk_scored_label(rows[i])),
						 SPK_OK);
}

/* Makes one set of the parts between random borders, put together in random order. */
static SpkScores
merged(SpkRng *rng, const SpkScored *rows, size_t n, int n_parts)
{
	SpkHost	  ho = host();
	SpkScores parts[8];
	size_t	  at = 0;

	for (int i = 0; i < n_parts; i++)
	{
		size_t end = i == n_parts - 1 ? n : at + spk_rng_below(rng, (uint32_t) (n - at) + 1);

		spk_scores_init(&parts[i], 0.5);
		add_rows(&parts[i], rows + at, end - at);
		at = end;
	}
	for (int left = n_parts; left > 1; left--)
	{
		int into = (int) spk_rng_below(rng, (uint32_t) left - 1);

		assert_int_equal(spk_scores_merge(&ho, &parts[into], &parts[left - 1]), SPK_OK);
		spk_scores_release(&ho, &parts[left - 1]);
	}
	return parts[0];
}

static void
ignore_tie(void *ctx, const SpkTie *tie)
{
	(void) ctx;
	(void) tie;
}

static void
assert_same_set(SpkScores *a, SpkScores *b)
{
	SpkHost ho = host();

	assert_true(a->n == b->n && a->positives == b->positives && a->tp == b->tp && a->fp == b->fp);
	assert_int_equal(a->cells != NULL, b->cells != NULL);
	if (a->cells != NULL)
	{
		assert_int_equal(memcmp(a->cells, b->cells, SPK_SCORE_CELLS * sizeof(SpkScoreCell)), 0);
		return;
	}
	assert_int_equal(spk_scores_walk(&ho, a, ignore_tie, NULL), SPK_OK);
	assert_int_equal(spk_scores_walk(&ho, b, ignore_tie, NULL), SPK_OK);
	assert_int_equal(memcmp(a->rows, b->rows, a->n * sizeof(SpkScored)), 0);
}

static void
parts_leave_no_trace(void **state)
{
	enum
	{
		N = 3000
	};
	SpkHost	  ho = host();
	SpkRng	  rng = spk_rng(3, 4);
	SpkScored rows[N];

	(void) state;
	for (int round = 0; round < 100; round++)
	{
		uint32_t  n = 1 + spk_rng_below(&rng, N);
		SpkScores whole;
		SpkScores again;

		any_rows(&rng, rows, n);
		spk_scores_init(&whole, 0.5);
		add_rows(&whole, rows, n);
		shuffle_rows(&rng, rows, n);
		again = merged(&rng, rows, n, 1 + (int) spk_rng_below(&rng, 8));
		assert_same_set(&whole, &again);
		spk_scores_release(&ho, &whole);
		spk_scores_release(&ho, &again);
	}
	assert_int_equal(h.live, 0);
}

static SpkScored *
many_rows(SpkRng *rng, size_t n)
{
	SpkScored *rows = malloc(n * sizeof(SpkScored));

	assert_non_null(rows);
	for (size_t i = 0; i < n; i++)
	{
		double score = spk_rng_double(rng);

		if (i % 7 == 0)
			score = spk_rng_below(rng, 11) / 10.0;
		rows[i] = spk_scored(score, spk_rng_double(rng) < score * score);
	}
	return rows;
}

/* One row more, and rows turn into cells: alone, with their part, or within the cells of a part. */
static void
parts_leave_no_trace_in_cells(void **state)
{
	size_t		 n = 2 * SPK_EXACT_SCORES + 100000;
	SpkHost		 ho = host();
	SpkRng		 rng = spk_rng(5, 6);
	SpkScored	*rows = many_rows(&rng, n);
	const size_t sizes[] = {SPK_EXACT_SCORES, SPK_EXACT_SCORES + 1, n};

	(void) state;
	for (int size = 0; size < 3; size++)
	{
		SpkScores whole;

		spk_scores_init(&whole, 0.5);
		add_rows(&whole, rows, sizes[size]);
		assert_int_equal(whole.cells != NULL, size > 0);
		for (int n_parts = 2; n_parts <= 3; n_parts++)
		{
			SpkScores again = merged(&rng, rows, sizes[size], n_parts);

			assert_same_set(&whole, &again);
			spk_scores_release(&ho, &again);
		}
		if (size == 2) /* cells and cells */
		{
			SpkScores parts[2];

			for (int i = 0; i < 2; i++)
			{
				spk_scores_init(&parts[i], 0.5);
				add_rows(&parts[i], rows + (size_t) i * (n / 2), n / 2);
				assert_non_null(parts[i].cells);
			}
			assert_int_equal(spk_scores_merge(&ho, &parts[0], &parts[1]), SPK_OK);
			assert_same_set(&whole, &parts[0]);
			spk_scores_release(&ho, &parts[0]);
			spk_scores_release(&ho, &parts[1]);
		}
		spk_scores_release(&ho, &whole);
	}
	free(rows);
	assert_int_equal(h.live, 0);
}

/* What of these scores is in cells, from the highest down; SPK_EXACT_SCORES rows have 0.25. */
typedef struct Edges
{
	SpkTie ties[20];
	int	   n;
} Edges;

static void
keep_tie(void *ctx, const SpkTie *tie)
{
	Edges *edges = ctx;

	assert_true(edges->n < 20);
	edges->ties[edges->n++] = *tie;
}

static void
scores_stay_in_their_cell(void **state)
{
	const double   scores[] = {1,		1 - 0x1p-53, 1 - 0x1p-22, 0.5,		 0.5 - 0x1p-54,
							   0x1p-22, 0x1p-23,	 1e-300,	  0x1p-1074, 0};
	const uint64_t counts[] = {1, 2, 1, 1, SPK_EXACT_SCORES, 1, 3, 1};
	const double   middles[] = {1,
								1 - HALF_CELL,
								0.5 + HALF_CELL,
								0.5 - HALF_CELL,
								0.25 + HALF_CELL,
								3 * HALF_CELL,
								HALF_CELL,
								0};
	SpkHost		   ho = host();
	SpkScores	   set;
	Edges		   edges = {.n = 0};

	(void) state;
	spk_scores_init(&set, 0.5);
	for (size_t i = 0; i < sizeof(scores) / sizeof(scores[0]); i++)
		assert_int_equal(spk_scores_add(&ho, &set, scores[i], (int) (i & 1)), SPK_OK);
	for (uint64_t i = 0; i < SPK_EXACT_SCORES; i++)
		assert_int_equal(spk_scores_add(&ho, &set, 0.25, 0), SPK_OK);
	assert_true(set.tp == 2 && set.fp == 2); /* at 0.5, which shares no cell with what is below */

	assert_int_equal(spk_scores_walk(&ho, &set, keep_tie, &edges), SPK_OK);
	assert_int_equal(edges.n, 8);
	for (int i = 0; i < edges.n; i++)
	{
		const SpkTie *tie = &edges.ties[i];

		assert_true(tie->positives + tie->negatives == counts[i]);
		assert_true(tie->score == middles[i]);
		assert_true(tie->low <= tie->score && tie->score <= tie->high);
		assert_true(tie->high - tie->low <= 2 * HALF_CELL);
		if (i > 0)
			assert_true(tie->high <= edges.ties[i - 1].low);
	}
	assert_true(edges.ties[6].low == 0x1p-1074 && edges.ties[7].high == 0);
	spk_scores_release(&ho, &set);
	assert_int_equal(h.live, 0);
}

/* Figures of cells against those of the rows themselves. */
static void
cells_are_near(void **state)
{
	size_t	   n = SPK_EXACT_SCORES + 50000;
	SpkHost	   ho = host();
	SpkRng	   rng = spk_rng(7, 8);
	SpkScored *rows = many_rows(&rng, n);
	SpkScores  set;
	SpkMetrics near;
	SpkMetrics exact;

	(void) state;
	spk_scores_init(&set, 0.3);
	add_rows(&set, rows, n);
	assert_int_equal(spk_metrics_of(&ho, &set, &near), SPK_OK);
	assert_int_equal(spk_metrics(&ho, rows, n, 0.3, &exact), SPK_OK);

	assert_true(near.n == exact.n && near.positives == exact.positives);
	assert_true(near.tp == exact.tp && near.fp == exact.fp);
	assert_true(near.f1 == exact.f1 && near.weighted_f1 == exact.weighted_f1 &&
				near.accuracy == exact.accuracy);
	assert_true(near.auc != exact.auc && fabs(near.auc - exact.auc) < 1e-7);
	assert_true(fabs(near.pr_auc - exact.pr_auc) < 1e-6);
	assert_true(fabs(near.brier - exact.brier) < 2 * HALF_CELL);
	assert_true(fabs(near.log_loss - exact.log_loss) < 1e-5);
	assert_true(fabs(near.best_threshold - exact.best_threshold) < 4 * HALF_CELL);
	assert_true(fabs(near.best_f1 - exact.best_f1) < 1e-6);
	assert_true(fabs(near.ece - exact.ece) < 1e-6);
	spk_scores_release(&ho, &set);
	free(rows);
}

static void
refusals(void **state)
{
	SpkHost	  ho = host();
	SpkScores full;
	SpkScores one;

	(void) state;
	/* as if it had so many rows */
	spk_scores_init(&full, 0.5);
	full.n = SPK_MAX_SCORED;
	spk_scores_init(&one, 0.5);
	add_rows(&one, &(SpkScored) {spk_scored(0.5, 1)}, 1);
	assert_int_equal(spk_scores_add(&ho, &full, 0.5, 1), SPK_LIMIT);
	assert_int_equal(spk_scores_merge(&ho, &full, &one), SPK_LIMIT);
	assert_int_equal(spk_scores_merge(&ho, &one, &full), SPK_LIMIT);
	spk_scores_release(&ho, &one);

	h.allocs_left = 0;
	spk_scores_init(&one, 0.5);
	assert_int_equal(spk_scores_add(&ho, &one, 0.5, 1), SPK_NO_MEMORY);
	h.allocs_left = 1;
	for (int i = 0; i < 64; i++)
		assert_int_equal(spk_scores_add(&ho, &one, 0.5, 1), SPK_OK);
	assert_int_equal(spk_scores_add(&ho, &one, 0.5, 1), SPK_NO_MEMORY);
	spk_scores_release(&ho, &one);
	h.allocs_left = -1;
	assert_int_equal(h.live, 0);
}

/* Whatever takes long asks whether it should end. */
static void
cancelled(void **state)
{
	size_t	   n = SPK_EXACT_SCORES;
	SpkHost	   ho = host();
	SpkRng	   rng = spk_rng(9, 10);
	SpkScored *rows = many_rows(&rng, n);
	SpkScores  set;

	(void) state;
	spk_scores_init(&set, 0.5);
	add_rows(&set, rows, n);
	for (int polls = 0; polls < 200; polls += 20) /* sorts, then walks */
	{
		h.polls_left = polls;
		assert_int_equal(spk_scores_walk(&ho, &set, ignore_tie, NULL), SPK_CANCELLED);
	}
	h.polls_left = 30; /* turns into cells */
	assert_int_equal(spk_scores_add(&ho, &set, 0.5, 1), SPK_CANCELLED);
	h.polls_left = -1;
	spk_scores_release(&ho, &set);
	free(rows);
	assert_int_equal(h.live, 0);
}

/* In cells: the rows flagged are those of whole cells, as chosen. */
static void
thresholds_in_cells(void **state)
{
	SpkHost	   ho = host();
	SpkRng	   rng = spk_rng(17, 18);
	SpkScores  set;
	size_t	   n = SPK_EXACT_SCORES + 1000;
	SpkScored *rows = malloc(n * sizeof(SpkScored));
	double	   threshold;

	(void) state;
	assert_non_null(rows);
	spk_scores_init(&set, 0.5);
	for (size_t i = 0; i < n; i++)
	{
		double score = spk_rng_double(&rng);

		rows[i] = spk_scored(i % 5 == 0 ? 0.7 : score, spk_rng_double(&rng) < score);
		assert_int_equal(spk_scores_add(&ho, &set, spk_scored_score(rows[i]),
										spk_scored_label(rows[i])),
						 SPK_OK);
	}
	assert_non_null(set.cells);
	for (int i = 0; i < 20; i++)
	{
		uint64_t   budget = spk_rng_below(&rng, (uint32_t) n);
		uint64_t   flagged = 0;
		SpkMetrics m;
		SpkScores  all;

		assert_int_equal(spk_threshold_budget(&ho, &set, budget, &threshold), SPK_OK);
		if (i > 1)
		{
			for (size_t j = 0; j < n; j++)
				flagged += spk_scored_score(rows[j]) >= threshold;
		}
		else /* the ways to judge agree, too */
		{
			all = set_of(&ho, rows, n, threshold);
			assert_int_equal(spk_metrics_of(&ho, &all, &m), SPK_OK);
			flagged = m.tp + m.fp;
		}
		assert_true(flagged <= budget);
		/* but for the tie of a fifth of the rows nothing is larger than a cell */
		assert_true(budget - flagged < 50 || (threshold > 0.7 && threshold < 0.7 + 1e-6));
	}
	spk_scores_release(&ho, &set);
	free(rows);
	assert_int_equal(h.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_leave_no_trace),
		cmocka_unit_test(parts_leave_no_trace_in_cells),
		cmocka_unit_test(scores_stay_in_their_cell),
		cmocka_unit_test(cells_are_near),
		cmocka_unit_test(thresholds_in_cells),
		cmocka_unit_test(refusals),
		cmocka_unit_test(cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

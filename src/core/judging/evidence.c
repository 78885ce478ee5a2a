/*
 * evidence.c
 *	  Scored rows with the user of each, in bounded memory, for what is told of chance.
 */
#include "core/judging/evidence.h"

#include "core/base/hash.h"
#include "core/base/merge_sort.h"
#include "core/base/sort.h"

#define FIRST_WITNESSES 64

/* With one user of so many thousand left there are none to speak of. */
#define MAX_LEVEL 40

/* Is this row's user one of those that are kept at this level? */
static bool
is_kept(const SpkWitness *row, uint32_t level)
{
	uint64_t hash = row->user != 0 ? spk_mix64(row->user) : spk_hash_combine(row->row, row->other);

	return (hash & ((UINT64_C(1) << level) - 1)) == 0;
}

static SpkStatus
reserve(const SpkHost *host, SpkEvidence *e, uint32_t needed)
{
	uint32_t	capacity = e->capacity < FIRST_WITNESSES ? FIRST_WITNESSES : 2 * e->capacity;
	SpkWitness *rows;

	if (needed <= e->capacity)
		return SPK_OK;
	capacity = capacity < needed ? needed : capacity;
	rows = spk_alloc(host, capacity, sizeof(SpkWitness));
	if (rows == NULL)
		return SPK_NO_MEMORY;
	if (e->n > 0)
		memcpy(rows, e->rows, e->n * sizeof(SpkWitness));
	spk_release(host, e->rows);
	e->rows = rows;
	e->capacity = capacity;
	return SPK_OK;
}

/* Leaves the rows of users that are kept at this level. */
static void
thin(SpkEvidence *e, uint32_t level)
{
	uint32_t n = 0;

	e->level = level;
	for (uint32_t i = 0; i < e->n; i++)
		if (is_kept(&e->rows[i], level))
			e->rows[n++] = e->rows[i];
	e->n = n;
}

static SpkStatus
thin_to_fit(SpkEvidence *e)
{
	while (e->n > (e->max == 0 ? SPK_MAX_EVIDENCE : e->max))
	{
		if (e->level == MAX_LEVEL)
			return SPK_LIMIT;
		thin(e, e->level + 1);
	}
	return SPK_OK;
}

SpkStatus
spk_evidence_add(const SpkHost *host, SpkEvidence *e, uint64_t user, SpkScored row, double other)
{
	SpkWitness witness = {user, row, 0};
	SpkStatus  status;

	other += 0.0; /* turns -0 into 0 */
	memcpy(&witness.other, &other, sizeof(other));
	e->n_all++;
	if (!is_kept(&witness, e->level))
		return SPK_OK;
	status = reserve(host, e, e->n + 1);
	if (status != SPK_OK)
		return status;
	e->rows[e->n++] = witness;
	return thin_to_fit(e);
}

SpkStatus
spk_evidence_merge(const SpkHost *host, SpkEvidence *e, const SpkEvidence *from)
{
	SpkStatus status = reserve(host, e, e->n + from->n);

	if (status != SPK_OK)
		return status;
	if (spk_cancelled(host))
		return SPK_CANCELLED;
	if (from->level > e->level)
		thin(e, from->level);
	for (uint32_t i = 0; i < from->n; i++)
		if (is_kept(&from->rows[i], e->level))
			e->rows[e->n++] = from->rows[i];
	e->n_all += from->n_all;
	return thin_to_fit(e);
}

void
spk_evidence_release(const SpkHost *host, SpkEvidence *e)
{
	spk_release(host, e->rows);
	*e = (SpkEvidence) {0};
}

/* ---- In order ---- */

static int
compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* By user, and then by all else. */
static int
compare_witnesses(const void *a, const void *b)
{
	const SpkWitness *x = a;
	const SpkWitness *y = b;
	int				  order = compare_numbers(x->user, y->user);

	if (order == 0)
		order = compare_numbers(x->row, y->row);
	return order != 0 ? order : compare_numbers(x->other, y->other);
}

/* By score and label.  Users are numbered by what they are, so that their order is the rows' own. */
static int
compare_user_rows(const void *a, const void *b)
{
	const SpkUserRow *x = a;
	const SpkUserRow *y = b;
	int				  order = compare_numbers(x->row, y->row);

	if (order == 0)
		order = compare_numbers(x->user, y->user);
	if (order == 0 && x->other != y->other)
		order = x->other < y->other ? -1 : 1;
	return order;
}

static SpkStatus
new_user_rows(const SpkHost *host, uint32_t n, uint64_t n_all, SpkUserRows *rows)
{
	*rows = (SpkUserRows) {.n_all = n_all, .n = n};
	rows->rows = spk_alloc(host, n, sizeof(SpkUserRow));
	return rows->rows == NULL ? SPK_NO_MEMORY : SPK_OK;
}

SpkStatus
spk_user_rows_of(const SpkHost *host, SpkEvidence *e, SpkUserRows *rows)
{
	SpkStatus status = new_user_rows(host, e->n, e->n_all, rows);

	if (status == SPK_OK)
		status = spk_merge_sort(host, e->rows, e->n, sizeof(SpkWitness), compare_witnesses);
	for (uint32_t i = 0; i < e->n && status == SPK_OK; i++)
	{
		const SpkWitness *from = &e->rows[i];

		if (i == 0 || from->user == 0 || from->user != from[-1].user)
			rows->n_users++;
		rows->rows[i] = (SpkUserRow) {.row = from->row, .user = rows->n_users - 1};
		memcpy(&rows->rows[i].other, &from->other, sizeof(from->other));
	}
	if (status == SPK_OK)
		status = spk_merge_sort(host, rows->rows, rows->n, sizeof(SpkUserRow), compare_user_rows);
	if (status == SPK_OK)
		spk_user_rows_check(rows);
	else
		spk_user_rows_release(host, rows);
	return status;
}

/* What a walk down the scores takes, from the last place to the first. */
typedef struct Taking
{
	SpkUserRow *rows;
	uint64_t	n_all;
	uint64_t	n_taken; /* about, of all */
	uint64_t	seen[2]; /* of each class */
	uint32_t	left;	 /* places */
} Taking;

/* How many of n rows of a class are taken: a share that is rounded down. */
static uint64_t
taken_of(uint64_t n_all, uint64_t n_taken, uint64_t n)
{
	return n * n_taken / n_all;
}

/* Takes those of n equal rows whose turn it is among the rows of their class. */
static void
take(Taking *t, double score, int label, uint64_t n)
{
	uint64_t before = taken_of(t->n_all, t->n_taken, t->seen[label]);

	t->seen[label] += n;
	for (uint64_t i = taken_of(t->n_all, t->n_taken, t->seen[label]); i > before; i--)
	{
		t->left--;
		t->rows[t->left] = (SpkUserRow) {.row = spk_scored(score, label), .user = t->left};
	}
}

static void
take_tie(void *ctx, const SpkTie *tie)
{
	take(ctx, tie->score, 1, tie->positives);
	take(ctx, tie->score, 0, tie->negatives);
}

SpkStatus
spk_user_rows_of_scores(const SpkHost *host, SpkScores *scores, SpkUserRows *rows)
{
	uint64_t  n_all = scores->n;
	uint64_t  n_taken = n_all > SPK_MAX_EVIDENCE ? SPK_MAX_EVIDENCE : n_all;
	uint32_t  n = (uint32_t) (taken_of(n_all, n_taken, scores->positives) +
							  taken_of(n_all, n_taken, n_all - scores->positives));
	SpkStatus status = new_user_rows(host, n, n_all, rows);
	Taking	  taking = {rows->rows, n_all, n_taken, {0, 0}, n};

	if (status == SPK_OK)
		status = spk_scores_walk(host, scores, take_tie, &taking);
	rows->n_users = n;
	if (status == SPK_OK)
		spk_user_rows_check(rows);
	else
		spk_user_rows_release(host, rows);
	return status;
}

void
spk_user_rows_release(const SpkHost *host, SpkUserRows *rows)
{
	spk_release(host, rows->rows);
	*rows = (SpkUserRows) {0};
}

#ifdef SPK_CHECK_INVARIANTS

void
spk_user_rows_check(const SpkUserRows *rows)
{
	spk_assert(rows->n > 0 && rows->n <= rows->n_all);
	spk_assert(rows->n_users > 0 && rows->n_users <= rows->n);
	for (uint32_t i = 0; i < rows->n; i++)
	{
		spk_assert(rows->rows[i].user < rows->n_users);
		if (i > 0)
			spk_assert(rows->rows[i - 1].row <= rows->rows[i].row);
	}
}

#endif /* SPK_CHECK_INVARIANTS */

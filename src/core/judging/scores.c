/*
 * scores.c
 *	  Scored rows, to be judged: a multiset of (score, label) in bounded memory.
 */
#include "core/judging/scores.h"

#include "core/judging/score_sort.h"
#include "core/base/sort.h"

#define FIRST_CAPACITY 64

#define CELLS_PER_UNIT ((double) (UINT32_C(1) << SPK_SCORE_PLACES))

static inline uint32_t
cell_of(double score)
{
	return score > 0 ? 1 + (uint32_t) (score * CELLS_PER_UNIT) : 0;
}

/* Sets the bounds and the middle of a cell, but not the counts. */
static void
set_cell_bounds(SpkTie *tie, uint32_t cell)
{
	if (cell == 0 || cell == SPK_SCORE_CELLS - 1)
	{
		tie->score = tie->low = tie->high = cell == 0 ? 0 : 1;
		return;
	}
	tie->low = cell == 1 ? 0x1p-1074 : (cell - 1) / CELLS_PER_UNIT;
	tie->high = cell / CELLS_PER_UNIT;
	tie->score = (cell - 0.5) / CELLS_PER_UNIT;
}

static inline void
count_in_cell(SpkScores *scores, SpkScored row)
{
	scores->cells[cell_of(spk_scored_score(row))].rows[spk_scored_label(row)]++;
}

static SpkStatus
count_rows_in_cells(const SpkHost *host, SpkScores *scores, const SpkScored *rows, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		count_in_cell(scores, rows[i]);
	}
	return SPK_OK;
}

/* Turns rows into cells, unless they are cells already. */
static SpkStatus
turn_into_cells(const SpkHost *host, SpkScores *scores)
{
	SpkStatus status;

	if (scores->cells != NULL)
		return SPK_OK;
	scores->cells = spk_alloc(host, SPK_SCORE_CELLS, sizeof(SpkScoreCell));
	if (scores->cells == NULL)
		return SPK_NO_MEMORY;
	if (!spk_clear(host, scores->cells, SPK_SCORE_CELLS * sizeof(SpkScoreCell)))
		return SPK_CANCELLED;
	status = count_rows_in_cells(host, scores, scores->rows, scores->n);
	spk_release(host, scores->rows);
	scores->rows = NULL;
	scores->capacity = 0;
	return status;
}

/* Makes room for more rows; turns all rows into cells when there would be too many. */
static SpkStatus
reserve(const SpkHost *host, SpkScores *scores, uint64_t more)
{
	uint64_t   needed = scores->n + more;
	uint64_t   capacity = (uint64_t) scores->capacity * 2;
	SpkScored *rows;

	if (needed > SPK_MAX_SCORED)
		return SPK_LIMIT;
	if (needed > SPK_EXACT_SCORES)
		return turn_into_cells(host, scores);
	if (needed <= scores->capacity)
		return SPK_OK;

	/* doubling, so that adding rows one by one copies each of them about once */
	capacity = capacity < FIRST_CAPACITY ? FIRST_CAPACITY : capacity;
	capacity = capacity < needed ? needed : capacity;
	capacity = capacity > SPK_EXACT_SCORES ? SPK_EXACT_SCORES : capacity;

	rows = spk_alloc(host, (size_t) capacity, sizeof(SpkScored));
	if (rows == NULL)
		return SPK_NO_MEMORY;
	if (!spk_copy(host, rows, scores->rows, (size_t) scores->n * sizeof(SpkScored)))
	{
		spk_release(host, rows);
		return SPK_CANCELLED;
	}
	spk_release(host, scores->rows);
	scores->rows = rows;
	scores->capacity = (size_t) capacity;
	return SPK_OK;
}

SpkStatus
spk_scores_add(const SpkHost *host, SpkScores *scores, double score, int label)
{
	SpkScored row = spk_scored(score, label);
	SpkStatus status = reserve(host, scores, 1);

	if (status != SPK_OK)
		return status;
	if (scores->cells != NULL)
		count_in_cell(scores, row);
	else
		scores->rows[scores->n] = row;
	scores->sorted = false;
	scores->n++;
	scores->positives += (uint64_t) label;
	if (score >= scores->threshold)
	{
		scores->tp += (uint64_t) label;
		scores->fp += (uint64_t) !label;
	}
	return SPK_OK;
}

/* Adds cells to cells. */
static SpkStatus
merge_cells(const SpkHost *host, SpkScoreCell *cells, const SpkScoreCell *from)
{
	for (uint32_t i = 0; i < SPK_SCORE_CELLS; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		for (int label = 0; label < 2; label++)
			cells[i].rows[label] += from[i].rows[label];
	}
	return SPK_OK;
}

#ifdef SPK_CHECK_INVARIANTS

static void
check_cells(const SpkScores *scores)
{
	uint64_t n = 0;
	uint64_t positives = 0;

	spk_assert(scores->n > SPK_EXACT_SCORES && scores->rows == NULL && scores->capacity == 0);
	for (uint32_t i = 0; i < SPK_SCORE_CELLS; i++)
	{
		n += (uint64_t) scores->cells[i].rows[0] + scores->cells[i].rows[1];
		positives += scores->cells[i].rows[1];
	}
	spk_assert(n == scores->n && positives == scores->positives);
}

static void
check_rows(const SpkScores *scores)
{
	uint64_t positives = 0;
	uint64_t tp = 0;
	uint64_t fp = 0;

	spk_assert(scores->n <= scores->capacity && (scores->rows == NULL) == (scores->capacity == 0));
	for (uint64_t i = 0; i < scores->n; i++)
	{
		double	 score = spk_scored_score(scores->rows[i]);
		uint64_t label = (uint64_t) spk_scored_label(scores->rows[i]);

		spk_assert(score >= 0 && score <= 1);
		if (scores->sorted && i > 0)
			spk_assert(scores->rows[i - 1] <= scores->rows[i]);
		positives += label;
		tp += score >= scores->threshold ? label : 0;
		fp += score >= scores->threshold ? 1 - label : 0;
	}
	spk_assert(positives == scores->positives && tp == scores->tp && fp == scores->fp);
}

void
spk_scores_check(const SpkScores *scores)
{
	spk_assert(scores->n <= SPK_MAX_SCORED && scores->positives <= scores->n);
	spk_assert(scores->tp <= scores->positives);
	spk_assert(scores->fp <= scores->n - scores->positives);
	if (scores->cells != NULL)
		check_cells(scores);
	else
		check_rows(scores);
}

#endif /* SPK_CHECK_INVARIANTS */

SpkStatus
spk_scores_merge(const SpkHost *host, SpkScores *scores, const SpkScores *from)
{
	SpkStatus status = reserve(host, scores, from->n);

	if (status != SPK_OK)
		return status;
	if (from->cells != NULL)
		status = merge_cells(host, scores->cells, from->cells);
	else if (scores->cells != NULL)
		status = count_rows_in_cells(host, scores, from->rows, from->n);
	else if (from->n > 0 &&
			 !spk_copy(host, scores->rows + scores->n, from->rows,
					   (size_t) from->n * sizeof(SpkScored)))
		status = SPK_CANCELLED;
	scores->sorted = false;
	scores->n += from->n;
	scores->positives += from->positives;
	scores->tp += from->tp;
	scores->fp += from->fp;
	if (status == SPK_OK)
		spk_scores_check(scores);
	return status;
}

/* Counts what spk_scores_add would have counted. */
static SpkStatus
count_rows(const SpkHost *host, SpkScores *scores)
{
	for (uint64_t i = 0; i < scores->n; i++)
	{
		uint64_t label = (uint64_t) spk_scored_label(scores->rows[i]);

		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		scores->positives += label;
		if (spk_scored_score(scores->rows[i]) >= scores->threshold)
		{
			scores->tp += label;
			scores->fp += 1 - label;
		}
	}
	return SPK_OK;
}

SpkStatus
spk_scores_of_rows(const SpkHost *host, SpkScored *rows, size_t n, double threshold,
				   SpkScores *scores)
{
	SpkStatus status;

	spk_scores_init(scores, threshold);
	if (n == 0)
		return SPK_INVALID;
	if (n > SPK_MAX_SCORED)
		return SPK_LIMIT;
	scores->n = n;
	scores->capacity = n;
	scores->rows = rows;
	status = spk_sort_scored(host, rows, n);
	if (status != SPK_OK)
		return status;
	scores->sorted = true;
	return count_rows(host, scores);
}

static SpkStatus
walk_rows(const SpkHost *host, const SpkScores *scores, SpkTieVisitor visit, void *ctx)
{
	SpkTie tie = {0};

	for (uint64_t left = scores->n; left > 0;)
	{
		SpkScored row = scores->rows[--left];

		if (left % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;

		if (spk_scored_label(row))
			tie.positives++;
		else
			tie.negatives++;
		if (left > 0 && spk_scored_score(scores->rows[left - 1]) == spk_scored_score(row))
			continue;

		tie.score = tie.low = tie.high = spk_scored_score(row);
		visit(ctx, &tie);
		tie.positives = tie.negatives = 0;
	}
	return SPK_OK;
}

static SpkStatus
walk_cells(const SpkHost *host, const SpkScores *scores, SpkTieVisitor visit, void *ctx)
{
	for (uint32_t left = SPK_SCORE_CELLS; left-- > 0;)
	{
		const SpkScoreCell *cell = &scores->cells[left];
		SpkTie				tie;

		if (left % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (cell->rows[0] == 0 && cell->rows[1] == 0)
			continue;
		tie.positives = cell->rows[1];
		tie.negatives = cell->rows[0];
		set_cell_bounds(&tie, left);
		visit(ctx, &tie);
	}
	return SPK_OK;
}

SpkStatus
spk_scores_walk(const SpkHost *host, SpkScores *scores, SpkTieVisitor visit, void *ctx)
{
	if (scores->cells == NULL && !scores->sorted)
	{
		SpkStatus status = spk_sort_scored(host, scores->rows, (size_t) scores->n);

		if (status != SPK_OK)
			return status;
		scores->sorted = true;
	}
	spk_scores_check(scores);
	return scores->cells != NULL ? walk_cells(host, scores, visit, ctx) :
								   walk_rows(host, scores, visit, ctx);
}

void
spk_scores_release(const SpkHost *host, SpkScores *scores)
{
	spk_release(host, scores->rows);
	spk_release(host, scores->cells);
	scores->rows = NULL;
	scores->cells = NULL;
}

/*
 * scores.h
 *	  Scored rows, to be judged: a multiset of (score, label) in bounded memory.
 *
 * Ranking metrics need all scores at once.  Up to SPK_EXACT_SCORES rows are
 * kept as they are; beyond that, rows are counted in cells, SPK_SCORE_CELLS
 * of them, each of the scores that agree in the first SPK_SCORE_PLACES binary
 * places.  Scores of 0 and of 1 have cells of their own.
 *
 * What is held is a function of the multiset of rows alone, whatever the order
 * in which they are added and the parts in which they are merged.  Which form
 * is held depends on the number of rows only: a part has no more rows than the
 * whole, so no part is in cells when the whole is not; and where the whole is,
 * each row counts in the cell of its score, once, whether it gets there on its
 * own, with the rows of its part or within the cells of its part.  Rows differ
 * in their order at most, which sorting undoes, as equal words cannot be told
 * apart.
 */
#ifndef SPK_CORE_JUDGING_SCORES_H
#define SPK_CORE_JUDGING_SCORES_H

#include <math.h>
#include <string.h>

#include "core/base/host.h"
#include "core/base/invariant.h"

/*
 * A scored row in one word: the bits of the score, shifted left by one, and
 * the label in the lowest bit.  Scores of 0..1 leave the sign bit free, and
 * words compare as (score, label) does.
 */
typedef uint64_t SpkScored;

/* As many as the integer arithmetic of metrics is exact for, and cells count. */
#define SPK_MAX_SCORED UINT64_C(3000000000)

/* 32 MB of words, or as much of cells. */
#define SPK_EXACT_SCORES (UINT64_C(1) << 22)
#define SPK_SCORE_PLACES 22
#define SPK_SCORE_CELLS	 ((UINT32_C(1) << SPK_SCORE_PLACES) + 2)

/* The rows in a cell, of label 0 and 1. */
typedef struct SpkScoreCell
{
	uint32_t rows[2];
} SpkScoreCell;

typedef struct SpkScores
{
	double		  threshold;
	uint64_t	  n;
	uint64_t	  positives;
	uint64_t	  tp; /* rows with score >= threshold, exact in either form */
	uint64_t	  fp;
	size_t		  capacity; /* of rows */
	bool		  sorted;	/* rows are */
	SpkScored	 *rows;		/* n, NULL when there are none or cells */
	SpkScoreCell *cells;	/* SPK_SCORE_CELLS, or NULL */
} SpkScores;

/* The rows that share a score, or a cell. */
typedef struct SpkTie
{
	double	 score; /* of a cell: its middle */
	double	 low;	/* no row scores lower; the threshold that flags just these and higher ones */
	double	 high;	/* nor higher; the end of a cell is in the next one */
	uint64_t positives;
	uint64_t negatives;
} SpkTie;

typedef void (*SpkTieVisitor)(void *ctx, const SpkTie *tie);

/* score 0..1, label 0 or 1 */
static inline SpkScored
spk_scored(double score, int label)
{
	uint64_t bits;

	score += 0.0; /* turns -0 into 0 */
	memcpy(&bits, &score, sizeof(bits));
	return bits << 1 | (uint64_t) label;
}

static inline double
spk_scored_score(SpkScored row)
{
	uint64_t bits = row >> 1;
	double	 score;

	memcpy(&score, &bits, sizeof(score));
	return score;
}

static inline int
spk_scored_label(SpkScored row)
{
	return (int) (row & 1);
}

/* The share of part in whole; NaN of nothing. */
static inline double
spk_ratio(double part, uint64_t whole)
{
	return whole == 0 ? NAN : part / (double) whole;
}

/* No rows; memory comes with the first.  Nothing else sets the threshold. */
static inline void
spk_scores_init(SpkScores *scores, double threshold)
{
	*scores = (SpkScores) {.threshold = threshold};
}

/*
 * Adds a row; score 0..1, label 0 or 1.  SPK_LIMIT beyond SPK_MAX_SCORED rows;
 * SPK_NO_MEMORY, SPK_CANCELLED: then scores can only be released.
 */
extern SpkStatus spk_scores_add(const SpkHost *host, SpkScores *scores, double score, int label);

/* Adds the rows of another set, which stays as it is; the thresholds are equal.  Fails as above. */
extern SpkStatus spk_scores_merge(const SpkHost *host, SpkScores *scores, const SpkScores *from);

/*
 * Makes a set of n rows of the caller's, which are sorted in place and stay
 * the caller's.  All of them are kept, however many.  SPK_INVALID when n is 0;
 * SPK_LIMIT; SPK_CANCELLED leaves rows undefined.
 */
extern SpkStatus spk_scores_of_rows(const SpkHost *host, SpkScored *rows, size_t n,
									double threshold, SpkScores *scores);

/*
 * Visits ties from the highest score down; sorts rows first, unless they are.
 * SPK_CANCELLED may leave rows undefined.
 */
extern SpkStatus spk_scores_walk(const SpkHost *host, SpkScores *scores, SpkTieVisitor visit,
								 void *ctx);

/* Gives back rows or cells. */
extern void spk_scores_release(const SpkHost *host, SpkScores *scores);

#ifdef SPK_CHECK_INVARIANTS
/* What has to hold of a set: it has one form, whose rows are those that were counted. */
extern void spk_scores_check(const SpkScores *scores);
#else
#define spk_scores_check(scores) ((void) 0)
#endif

#endif /* SPK_CORE_JUDGING_SCORES_H */

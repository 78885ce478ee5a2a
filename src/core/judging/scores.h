/*
 * scores.h
 *	  Scored rows, to be judged: a multiset of (score, label) in bounded memory.
 *
 * Ranking metrics need all scores at once.  A set has one of two forms.  Up to
 * SPK_EXACT_SCORES rows are kept as they are.  Beyond that, rows are counted in
 * SPK_SCORE_CELLS cells; the scores of a cell agree in their first SPK_SCORE_PLACES
 * binary places.  The scores 0 and 1 have cells of their own.
 *
 * What a set holds depends on the multiset of rows alone.  Neither the order in which
 * rows are added nor the parts in which they are merged leave a trace.  The form
 * depends on the number of rows only: a part has no more rows than the whole, so no
 * part is in cells when the whole is not.  When the whole is in cells, each row counts
 * once, in the cell of its score, no matter whether it got there alone, with the rows
 * of its part, or within the cells of its part.  When the whole is in rows, only their
 * order may differ.  Sorting undoes that, because equal words cannot be told apart.
 */
#ifndef SPK_CORE_JUDGING_SCORES_H
#define SPK_CORE_JUDGING_SCORES_H

#include <math.h>
#include <string.h>

#include "core/base/host.h"
#include "core/base/invariant.h"

/*
 * A scored row in one word: the bits of the score, shifted left by one, with the
 * label in the lowest bit.  Scores of 0 .. 1 do not need the sign bit, and words
 * compare as pairs of (score, label) do.
 */
typedef uint64_t SpkScored;

/* A set has no more rows: cells count no further, and sums of products stay within 64 bits. */
#define SPK_MAX_SCORED UINT64_C(3000000000)

/* The rows take at most 32 MB, and so do the cells. */
#define SPK_EXACT_SCORES (UINT64_C(1) << 22)
#define SPK_SCORE_PLACES 22
#define SPK_SCORE_CELLS	 ((UINT32_C(1) << SPK_SCORE_PLACES) + 2)

/* How many rows of label 0 and of label 1 are in a cell. */
typedef struct SpkScoreCell
{
	uint32_t rows[2];
} SpkScoreCell;

typedef struct SpkScores
{
	double		  threshold;
	uint64_t	  n;
	uint64_t	  positives;
	uint64_t	  tp;		/* positives with score >= threshold, exact in either form */
	uint64_t	  fp;		/* negatives with score >= threshold, likewise */
	size_t		  capacity; /* how many rows there is room for */
	bool		  sorted;	/* are rows in ascending order? */
	SpkScored	 *rows;		/* n rows; NULL when there are none, or cells */
	SpkScoreCell *cells;	/* SPK_SCORE_CELLS, or NULL */
} SpkScores;

/* The rows that share a score, or a cell. */
typedef struct SpkTie
{
	double	 score; /* of a cell: its middle */
	double	 low;	/* no row scores lower; as a threshold it flags just these and higher rows */
	double	 high;	/* no row scores higher; the upper end of a cell belongs to the next one */
	uint64_t positives;
	uint64_t negatives;
} SpkTie;

/* What spk_scores_walk calls for each tie; ctx is that of the walk. */
typedef void (*SpkTieVisitor)(void *ctx, const SpkTie *tie);

/* Puts a score, 0 .. 1, and a label, 0 or 1, into a word. */
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

/* The share of part in whole; NaN when whole is 0. */
static inline double
spk_ratio(double part, uint64_t whole)
{
	return whole == 0 ? NAN : part / (double) whole;
}

/* Makes an empty set with this threshold, which stays.  Memory comes with the first row. */
static inline void
spk_scores_init(SpkScores *scores, double threshold)
{
	*scores = (SpkScores) {.threshold = threshold};
}

/*
 * Adds a row with a score of 0 .. 1 and a label of 0 or 1.  SPK_LIMIT beyond
 * SPK_MAX_SCORED rows.  After SPK_NO_MEMORY or SPK_CANCELLED the set can only be
 * released.
 */
extern SpkStatus spk_scores_add(const SpkHost *host, SpkScores *scores, double score, int label);

/*
 * Adds the rows of another set, which has the same threshold and stays as it is.
 * Fails as spk_scores_add does.
 */
extern SpkStatus spk_scores_merge(const SpkHost *host, SpkScores *scores, const SpkScores *from);

/*
 * Makes a set of an array of n rows, which is sorted in place and stays the
 * caller's.  All rows are kept as they are, however many there are.  SPK_INVALID when
 * n is 0, SPK_LIMIT beyond SPK_MAX_SCORED rows, SPK_CANCELLED, which leaves the rows
 * undefined.
 */
extern SpkStatus spk_scores_of_rows(const SpkHost *host, SpkScored *rows, size_t n,
									double threshold, SpkScores *scores);

/*
 * Visits all ties, from the highest score down.  Rows that are not sorted yet are
 * sorted first.  SPK_CANCELLED may leave the rows undefined.
 */
extern SpkStatus spk_scores_walk(const SpkHost *host, SpkScores *scores, SpkTieVisitor visit,
								 void *ctx);

/* Gives back the rows or cells. */
extern void spk_scores_release(const SpkHost *host, SpkScores *scores);

#ifdef SPK_CHECK_INVARIANTS
/* What has to hold of a set: it has one form, whose rows are those that were counted. */
extern void spk_scores_check(const SpkScores *scores);
#else
#define spk_scores_check(scores) ((void) 0)
#endif

#endif /* SPK_CORE_JUDGING_SCORES_H */

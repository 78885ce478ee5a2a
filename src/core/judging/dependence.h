/*
 * dependence.h
 *	  How a model's score depends on one feature: rows scored again with other values of it.
 */
#ifndef SPK_CORE_JUDGING_DEPENDENCE_H
#define SPK_CORE_JUDGING_DEPENDENCE_H

#include "core/models/model.h"

/* ---- The rows that are scored ---- */

/*
 * At most so many rows of those that are added: those whose hash is the lowest, so that which they
 * are does not depend on the order of rows.
 */
typedef struct SpkRowPick
{
	uint32_t  n_values; /* of each row */
	uint32_t  most;
	uint32_t  n;
	uint32_t  capacity;
	double	 *values; /* row by row */
	uint64_t *hashes;
} SpkRowPick;

/* Adds a row of n_values numbers, any of which may be NaN.  SPK_NO_MEMORY, SPK_CANCELLED. */
extern SpkStatus spk_row_pick_add(const SpkHost *host, SpkRowPick *pick, const double *values);

/* Leaves the rows that were picked, in an order of their own.  Fails likewise. */
extern SpkStatus spk_row_pick_finish(const SpkHost *host, SpkRowPick *pick);

extern void spk_row_pick_release(const SpkHost *host, SpkRowPick *pick);

/* ---- The values that are tried ---- */

/* Which values a feature has, by the model's bins, or by its categories. */
typedef struct SpkValueCounts
{
	uint32_t  n_bins;
	uint64_t  missing; /* rows without a value, or with a category that has no bin */
	uint64_t *rows;	   /* of each bin */
	double	 *low;	   /* the least number of each bin that has rows; not of categories */
	double	 *high;	   /* the largest */
} SpkValueCounts;

/* Makes counts of a feature's bins or categories, for spk_value_counts_release.  SPK_NO_MEMORY. */
extern SpkStatus spk_value_counts_new(const SpkHost *host, const SpkFeature *feature,
									  SpkValueCounts *counts);

/* Counts a number, or the place of a category; NaN is missing. */
extern void spk_value_counts_add(const SpkFeature *feature, SpkValueCounts *counts, double value);

extern void spk_value_counts_release(const SpkHost *host, SpkValueCounts *counts);

#define SPK_SPREAD_QUANTILES 5

/* What the rows score with one value of the feature. */
typedef struct SpkDependencePoint
{
	double	 value; /* a number, or the place of a category; NaN is missing */
	uint64_t rows;	/* that have it, or are nearer to it than to others */
	double	 mean;	/* of the scores */
	double	 spread[SPK_SPREAD_QUANTILES]; /* their quantiles 0.1, 0.25, 0.5, 0.75, 0.9 */
} SpkDependencePoint;

/*
 * Chooses at most max values, 2 or more, and one more for missing ones when there are any.  Of numbers
 * these lie at even steps through the rows in their order, from the least to the largest, one in
 * a bin; of categories they are the most frequent, in this order.  points has room for max + 1.  Returns their number.
 * SPK_NO_MEMORY is *status.
 */
extern uint32_t spk_dependence_grid(const SpkHost *host, const SpkFeature *feature,
									const SpkValueCounts *counts, uint32_t max,
									SpkDependencePoint *points, SpkStatus *status);

/* Scores all picked rows with each value of the feature.  SPK_NO_MEMORY, SPK_CANCELLED. */
extern SpkStatus spk_dependence(const SpkHost *host, const SpkModel *model, const SpkRowPick *rows,
								uint32_t feature, SpkDependencePoint *points, uint32_t n_points);

#endif /* SPK_CORE_JUDGING_DEPENDENCE_H */

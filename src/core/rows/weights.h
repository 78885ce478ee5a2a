/*
 * weights.h
 *	  Weights of rows, as whole multiples of a unit.
 *
 * Trees add up whole numbers, so that their sums do not depend on the order of rows or
 * the number of workers.  So a weight is taken as the nearest multiple of a unit that
 * all rows share, but at least once.  Weights that are small whole numbers, or decimals
 * of few places, are such multiples exactly.
 */
#ifndef SPK_CORE_ROWS_WEIGHTS_H
#define SPK_CORE_ROWS_WEIGHTS_H

#include <math.h>

#include "core/rows/matrix.h"
#include "core/rows/values.h"

/* What one of the whole numbers stands for. */
typedef struct SpkWeightUnit
{
	double unit;
	bool   exact;  /* is every weight a multiple, but for the last digits of a decimal? */
	bool   coarse; /* does taking multiples change some weight by more than 1 %? */
} SpkWeightUnit;

/*
 * Chooses the unit of n weights, which are finite and above 0.  It is the first of 1, a
 * half, a quarter, an eighth, a tenth, a twentieth, a hundredth, a thousandth and the
 * greatest common divisor of whole numbers of which all of them are multiples.
 * Otherwise, or if the multiples become too large, it is as small as it can be.  The
 * multiples are so small that any n of them, with repetitions, add up to less than 2^32.
 * The unit depends on the weights alone, not on their order.  SPK_CANCELLED.
 */
extern SpkStatus spk_weight_unit(const SpkHost *host, const double *weights, uint32_t n,
								 SpkWeightUnit *unit);

/* The unit of the table's weights: the one that it has, or that of its rows; 1 without weights. */
extern SpkStatus spk_table_unit(const SpkHost *host, const SpkTable *table, SpkWeightUnit *unit);

/* Set the facts of the model about the weights of the rows, where these have any. */
extern void spk_matrix_weight_facts(const SpkMatrix *rows, SpkModel *model);
extern void spk_values_weight_facts(const SpkValues *rows, SpkModel *model);

/* The whole number that stands for a weight. */
static inline uint32_t
spk_weight_multiple(double weight, double unit)
{
	double multiple = floor(weight / unit + 0.5);

	return multiple < 1 ? 1 : (uint32_t) multiple;
}

#endif /* SPK_CORE_ROWS_WEIGHTS_H */

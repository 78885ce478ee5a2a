/*
 * oob_tally.h
 *	  The words of a tally, see oob.h.
 */
#ifndef SPK_CORE_TREES_OOB_TALLY_H
#define SPK_CORE_TREES_OOB_TALLY_H

#include "core/rows/matrix.h"

/* No more rows are judged: they would tell little more, and take time. */
#define SPK_OOB_ROWS UINT32_C(131072)

#define SPK_OOB_COUNT_BITS 14 /* for SPK_MAX_TREES, whose predictions the other bits can sum up */
#define SPK_OOB_COUNT_MASK ((UINT64_C(1) << SPK_OOB_COUNT_BITS) - 1)

/* One row in this many is judged, beginning with the first. */
static inline uint32_t
spk_oob_every(const SpkMatrix *matrix)
{
	return matrix->n_rows <= SPK_OOB_ROWS ? 1 : (matrix->n_rows - 1) / SPK_OOB_ROWS + 1;
}

/* How many rows are judged. */
static inline size_t
spk_oob_rows(const SpkMatrix *matrix)
{
	return matrix->n_rows == 0 ? 0 : (matrix->n_rows - 1) / spk_oob_every(matrix) + 1;
}

/* The words of a bitmap with a bit for each judged row. */
static inline size_t
spk_oob_bits(const SpkMatrix *matrix)
{
	return (spk_oob_rows(matrix) + 63) / 64;
}

/* What the prediction of one tree, 0 .. 1, adds to the word of a row. */
static inline uint64_t
spk_oob_prediction(float value)
{
	return (uint64_t) ((double) value * 0x1p32 + 0.5) << SPK_OOB_COUNT_BITS | 1;
}

/* How many trees have predicted the row. */
static inline uint64_t
spk_oob_count(uint64_t word)
{
	return word & SPK_OOB_COUNT_MASK;
}

/* The mean prediction of these trees, of which there is at least one. */
static inline double
spk_oob_score(uint64_t word)
{
	return (double) (word >> SPK_OOB_COUNT_BITS) / (double) spk_oob_count(word) * 0x1p-32;
}

/* The squared error of a prediction, in units of 2^-32. */
static inline uint64_t
spk_oob_error(float value, int label)
{
	uint64_t prediction = (uint64_t) ((double) value * 0x1p16 + 0.5);
	uint64_t error = label ? (UINT64_C(1) << 16) - prediction : prediction;

	return error * error;
}

/* The two words of a feature: the error added for those who stayed, and for those who churned. */
static inline uint64_t *
spk_oob_permuted(uint64_t *tally, const SpkMatrix *matrix, uint32_t feature)
{
	return tally + spk_oob_rows(matrix) + 2 + 2 * (size_t) feature;
}

#endif /* SPK_CORE_TREES_OOB_TALLY_H */

/*
 * binning.h
 *	  From raw columns to one-byte codes in canonical order.
 */
#ifndef SPK_CORE_ROWS_BINNING_H
#define SPK_CORE_ROWS_BINNING_H

#include "core/rows/matrix.h"

/*
 * Chooses the bins of one column: fills feature (name, kind, n_bins, edges or
 * categories, counts; importance 0), all in host memory, names copied.
 *
 * Numbers with at most max_bins distinct values get a bin each, with the edge
 * at the middle of two neighbours (or at the lower one where the middle is not
 * between them); others get about equally many rows a bin, cut at exact
 * quantiles, edges likewise between distinct values.  -0 equals 0.
 * Categories: the max_bins most frequent (ties: smaller bytes first); the
 * rest and those over SPK_MAX_CATEGORY bytes count as missing.
 *
 * The result depends on the multiset of values only, not on their order nor on
 * the order of names.  Takes 17 bytes a row and 64 kB (numbers) or 4 bytes a name of
 * host memory while it works.  On failure nothing is held: SPK_LIMIT beyond
 * SPK_MAX_ROWS, SPK_INVALID when max_bins is not 1 .. SPK_MAX_BINS,
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_bin_column(const SpkHost *host, const SpkColumn *column, uint32_t n_rows,
								uint32_t max_bins, SpkFeature *feature);

/* Most bins of a feature.  Where they are no option they only tell how the feature was spread. */
extern uint32_t spk_training_bins(SpkAlgorithm algorithm, const SpkOptions *options);

/* Code of a number in a numeric feature: SPK_MISSING for NaN; infinities allowed. */
extern uint8_t spk_code_number(const SpkFeature *feature, double value);

/* Likewise of n numbers into codes[0], codes[stride], …; faster than one at a time. */
extern void spk_code_numbers(const SpkFeature *feature, const double *values, uint32_t n,
							 uint8_t *codes, size_t stride);

/* Code of a category; SPK_MISSING when training did not know it. */
extern uint8_t spk_code_category(const SpkFeature *feature, const char *name, size_t len);

/*
 * Codes the rows of table into codes, n_rows * spk_matrix_stride(n_columns)
 * bytes that the caller owns (shared memory), and puts them into canonical
 * order: by the upper half of a hash of the whole row, then by its bytes, so
 * that the same multiset of rows gives the same matrix, whatever order it came
 * in.  Takes 16 bytes a row of host memory while it works.  origins, if not
 * NULL, receives for each row of the matrix its place in the table.  SPK_LIMIT
 * beyond SPK_MAX_ROWS or SPK_MAX_FEATURES, SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_bin_table(const SpkHost *host, const SpkTable *table,
							   const SpkFeature *features, uint8_t *codes, SpkMatrix *matrix,
							   uint32_t *origins);

#endif /* SPK_CORE_ROWS_BINNING_H */

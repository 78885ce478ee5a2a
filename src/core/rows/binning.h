/*
 * binning.h
 *	From columns of raw values to rows of one-byte codes.
 */
#ifndef SPK_CORE_ROWS_BINNING_H
#define SPK_CORE_ROWS_BINNING_H

#include <math.h>

#include "core/rows/cuts.h"
#include "core/rows/matrix.h"

/*
 * Chooses the bins of a column, and fills feature: its name, kind, n_bins, edges or
 * categories, and counts, all of them in host memory, for spk_feature_release.  The
 * importance is 0.
 *
 * Numbers: when there are max_bins distinct values or fewer, each gets a bin.
 * Otherwise the bins get about equally many rows, and are cut at exact quantiles.
 * The edge between two bins is the middle of the values next to it, or the lower one
 * when no number lies between them.  -0 equals 0.
 *
 * Categories: the max_bins most frequent ones get a bin each; of equally frequent
 * ones, those with the smaller bytes.  The others, and those with more than
 * SPK_MAX_CATEGORY bytes, count as missing.
 *
 * The result depends on which values there are and how often, not on the order of
 * rows or names.  It takes 17 bytes of host memory for each row and 64 kB more
 * (numbers), or 4 bytes for each name and 32 for each that is kept (categories), while
 * it works.  Returns
 * SPK_LIMIT when there are more than SPK_MAX_ROWS rows, SPK_INVALID when max_bins is
 * not 1 .. SPK_MAX_BINS, SPK_CANCELLED or SPK_NO_MEMORY; then nothing is held.
 */
extern SpkStatus spk_bin_feature(const SpkHost *host, const SpkColumn *column, uint32_t n_rows,
								 uint32_t max_bins, SpkFeature *feature);

/* How many bins a feature may have, and how its categories get them. */
typedef struct SpkBinning
{
	uint32_t max_bins;		 /* of numbers, and groups of categories */
	uint32_t max_categories; /* that are kept, SPK_MAX_CATEGORIES at most */
	uint32_t max_ungrouped;	 /* more of them are grouped; max_bins at most, or no bound */
} SpkBinning;

/* The most columns that a regression makes of categories beyond SPK_MAX_BINS of a feature. */
#define SPK_MANY_COLUMNS 1000

/*
 * How training with this algorithm and these options bins the table's columns.  Trees keep
 * all categories, and group them where they are many.  Naive Bayes keeps all of them, too.
 * A regression keeps as many of each feature as make SPK_MANY_COLUMNS columns together,
 * but SPK_MAX_BINS of a feature in any case.
 */
extern SpkBinning spk_training_binning(SpkAlgorithm algorithm, const SpkOptions *options,
									   const SpkTable *table);

/*
 * Does what spk_bin_feature does, by another number of categories.  The names of those that
 * are kept have SPK_MAX_CATEGORY_BYTES together at most.  Those that are grouped are in one
 * group at first, until a learner parts them (see statistics.h in core/trees), for which
 * counts has room for SPK_CODES.
 */
extern SpkStatus spk_bin_column(const SpkHost *host, const SpkColumn *column, uint32_t n_rows,
								SpkBinning binning, SpkFeature *feature);

/*
 * Likewise, in memory that stays for the next column of as many rows: *keys, NULL before the
 * first, is for two keys of each row, and the caller releases it.
 */
extern SpkStatus spk_bin_column_in(const SpkHost *host, const SpkColumn *column, uint32_t n_rows,
								   SpkBinning binning, uint64_t **keys, SpkFeature *feature);

/*
 * The parts of it for a column of numbers, between which is spk_cut_keys, and may be somebody
 * else.  The first puts the keys (see sort.h) of known numbers into keys, which has room for all
 * rows, and how many they are into *n; the other makes the feature of their cuts.
 */
extern SpkStatus spk_column_keys(const SpkHost *host, const SpkColumn *column, uint32_t n_rows,
								 uint64_t *keys, uint32_t *n);
extern SpkStatus spk_bin_cuts(const SpkHost *host, const SpkColumn *column, uint32_t n_rows,
							  const SpkCuts *cuts, uint32_t n, SpkFeature *feature);

/* Do both ways of binning the table's columns come to the same? */
extern bool spk_bins_alike(const SpkTable *table, SpkBinning a, SpkBinning b);

/*
 * Returns the most bins of a feature.  Algorithms without the option bins have them,
 * too, but only to tell how the values of a feature were spread.
 */
extern uint32_t spk_training_bins(SpkAlgorithm algorithm, const SpkOptions *options);

/* Returns the code of a number, which may be infinite; SPK_MISSING for NaN. */
extern uint8_t spk_code_number(const SpkFeature *feature, double value);

/* Writes the codes of n numbers to codes[0], codes[stride] and so on, faster than one by one. */
extern void spk_code_numbers(const SpkFeature *feature, const double *values, uint32_t n,
							 uint8_t *codes, size_t stride);

/* Returns the place of a category of len bytes; SPK_NO_PLACE when the feature does not have it. */
extern uint32_t spk_category_place(const SpkFeature *feature, const char *name, size_t len);

/* Returns the code of what is at this place among the feature's categories. */
static inline uint8_t
spk_code_of_place(const SpkFeature *feature, uint32_t place)
{
	if (place == SPK_NO_PLACE)
		return SPK_MISSING;
	return feature->n_grouped > 0 ? feature->groups[place] : (uint8_t) place;
}

/* Returns the code of a value as SpkValues has it: a number, or a category's place; NaN is missing. */
static inline uint8_t
spk_code_value(const SpkFeature *feature, double value)
{
	if (feature->kind != SPK_CATEGORY)
		return spk_code_number(feature, value);
	return isnan(value) ? SPK_MISSING : spk_code_of_place(feature, (uint32_t) value);
}

/* Returns the code of a category of len bytes; SPK_MISSING when the feature does not have it. */
static inline uint8_t
spk_code_category(const SpkFeature *feature, const char *name, size_t len)
{
	return spk_code_of_place(feature, spk_category_place(feature, name, len));
}

/*
 * Copies n rows of the matrix to codes, one after the other, with the codes that these
 * features, whose groups may be others than they were, give to their categories.
 */
extern void spk_regroup_rows(const SpkMatrix *matrix, const SpkFeature *features,
							 const uint32_t *rows, uint32_t n, uint8_t *codes);

/*
 * Codes the rows of the table, and puts them into canonical order: by the upper half
 * of a hash of the whole row, then by its bytes.  So the same rows give the same
 * matrix, whatever order they came in.
 *
 * codes are n_rows * stride bytes, where the stride is that of spk_table_shape, which
 * belong to the caller, who may share them.  matrix points to them, and has no users;
 * users.h finds them.  origins, unless NULL, has room for
 * all rows, and is set to the place in the table of each row of the matrix.  It takes
 * 16 bytes of host memory for each row while it works.  Returns SPK_LIMIT when there
 * are more than SPK_MAX_ROWS rows or SPK_MAX_FEATURES columns, SPK_CANCELLED or
 * SPK_NO_MEMORY.
 */
extern SpkStatus spk_bin_table(const SpkHost *host, const SpkTable *table,
							   const SpkFeature *features, uint8_t *codes, SpkMatrix *matrix,
							   uint32_t *origins);

#endif /* SPK_CORE_ROWS_BINNING_H */

/*
 * unit_matrix.h
 *	  Small binned matrices for the tests of trees.
 */
#ifndef UNIT_MATRIX_H
#define UNIT_MATRIX_H

#include <stdlib.h>
#include <string.h>

#include "core/trees/forest.h"
#include "core/base/rng.h"

/* Rows of codes with the features they are codes of (kind and n_bins only). */
typedef struct UnitMatrix
{
	SpkMatrix  matrix;
	SpkFeature features[SPK_MAX_FEATURES];
} UnitMatrix;

/*
 * n_rows rows of n_features features with at most max_bins bins, some of them
 * categories, some with missing values, some constant; labels follow the first
 * features, loosely.
 */
static inline UnitMatrix *
unit_matrix_new(SpkRng *rng, uint32_t n_rows, uint32_t n_features, uint32_t max_bins)
{
	UnitMatrix *u = calloc(1, sizeof(UnitMatrix));
	SpkMatrix  *m = &u->matrix;

	m->n_rows = n_rows;
	m->n_features = n_features;
	m->stride = spk_matrix_stride(n_features);
	m->codes = calloc(n_rows, m->stride);
	for (uint32_t f = 0; f < n_features; f++)
	{
		uint32_t missing = spk_rng_below(rng, 2) == 0 ? 0 : spk_rng_below(rng, 8);
		uint32_t n_bins = 1 + spk_rng_below(rng, max_bins);

		u->features[f].kind = spk_rng_below(rng, 3) == 0 ? SPK_CATEGORY : SPK_NUMBER;
		u->features[f].n_bins = n_bins;
		for (uint32_t r = 0; r < n_rows; r++)
			m->codes[(size_t) r * m->stride + f] = spk_rng_below(rng, 16) < missing ?
				SPK_MISSING :
				(uint8_t) spk_rng_below(rng, n_bins);
	}
	for (uint32_t r = 0; r < n_rows; r++)
	{
		uint8_t *row = m->codes + (size_t) r * m->stride;
		bool	 label = row[0] % 3 == (n_features > 1 ? row[1] % 2 : 1);

		if (spk_rng_below(rng, 4) == 0)
			label = spk_rng_below(rng, 2);
		row[n_features] = label;
		m->n_positives += label;
	}
	return u;
}

static inline void
unit_matrix_free(UnitMatrix *u)
{
	free(u->matrix.codes);
	free(u);
}

#endif /* UNIT_MATRIX_H */

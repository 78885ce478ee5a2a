/*
 * values.h
 *	  Training rows for learners that need the values themselves and not their
 *	  bins.
 *
 * Rows are in canonical order, so that sums over them have the same bits
 * however the rows arrived.
 */
#ifndef SPK_CORE_ROWS_VALUES_H
#define SPK_CORE_ROWS_VALUES_H

#include <math.h>

#include "core/rows/matrix.h"

/* Rows worked on between two polls of the host. */
#define SPK_POLL_VALUES UINT32_C(1024)

/*
 * Row-major: each row is n_features doubles, then the label.  A value is a
 * number or the code of a category; NaN is missing.
 */
typedef struct SpkValues
{
	uint32_t		n_rows;
	uint32_t		n_positives;
	uint32_t		n_features;
	double		   *values; /* of each row n_features + 1 */
	const uint32_t *rows;	/* n_rows places in values, ascending; NULL: all of them */
} SpkValues;

/* What there is to know of a number's known values. */
typedef struct SpkMoments
{
	uint32_t n;
	double	 low; /* 0 when n is 0, as all below */
	double	 high;
	double	 mean;
	double	 deviation; /* the population's: divided by n */
} SpkMoments;

static inline const double *
spk_values_row(const SpkValues *rows, uint32_t row)
{
	size_t place = rows->rows != NULL ? rows->rows[row] : row;

	return rows->values + place * (rows->n_features + 1);
}

static inline int
spk_values_label(const SpkValues *rows, uint32_t row)
{
	return spk_values_row(rows, row)[rows->n_features] != 0;
}

/* The value that stands for the code of a category. */
static inline double
spk_value_of_code(uint8_t code)
{
	return code == SPK_MISSING ? NAN : code;
}

/*
 * Copies the table's rows into values, spk_values_size bytes that the caller
 * owns (shared memory), coding categories by features.  Takes 16 bytes a row of
 * host memory while it works.  origins, if not NULL, receives for each row its
 * place in the table.  SPK_LIMIT beyond SPK_MAX_ROWS or SPK_MAX_FEATURES,
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_values_fill(const SpkHost *host, const SpkTable *table,
								 const SpkFeature *features, double *values, SpkValues *rows,
								 uint32_t *origins);

/* Likewise into host memory.  On failure nothing is held. */
extern SpkStatus spk_values_new(const SpkHost *host, const SpkTable *table,
								const SpkFeature *features, SpkValues *rows);
/* Bytes that spk_values_new holds at its end, and takes besides while it works. */
extern uint64_t spk_values_size(uint32_t n_rows, uint32_t n_features);
extern uint64_t spk_values_work_size(uint32_t n_rows);

extern void spk_values_release(const SpkHost *host, SpkValues *rows);

/*
 * The moments of each feature (n_features of them), over the rows with this
 * label or, for -1, over all.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_values_moments(const SpkHost *host, const SpkValues *rows, int label,
									SpkMoments *moments);

#endif /* SPK_CORE_ROWS_VALUES_H */

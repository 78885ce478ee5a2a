/*
 * values.h
 *	  Training rows for learners that need the values themselves, not their bins.
 *
 * The rows are in canonical order, so that sums over them have the same bits in
 * whatever order the rows came.
 */
#ifndef SPK_CORE_ROWS_VALUES_H
#define SPK_CORE_ROWS_VALUES_H

#include <math.h>

#include "core/rows/matrix.h"

/* The most rows to work on between two polls of the host. */
#define SPK_POLL_VALUES UINT32_C(1024)

/*
 * Rows one after the other: each has n_features doubles, then the label, then its weight
 * if rows have weights.  A value is a number or the code of a category, or NaN when it is
 * missing.
 */
typedef struct SpkValues
{
	uint32_t		n_rows;
	uint32_t		n_positives;
	uint32_t		n_features;
	double		   *values;		/* n_features + 1 of each row, or with weights one more */
	const uint32_t *rows;		/* which rows of values these are, ascending; NULL: all of them */
	bool			weighted;	/* do rows have weights?  If so: */
	double			unit;		/* that of weights.h, of which these need not be multiples */
	double			weights[2]; /* of all rows who stay, and of all who churn */
} SpkValues;

/* Figures about the values of a feature that are not missing; all 0 when there are none. */
typedef struct SpkMoments
{
	uint32_t n;
	double	 weight; /* of these rows: n where rows have no weights */
	double	 low;
	double	 high;
	double	 mean;
	double deviation; /* the standard deviation of a population: its square is divided by weight */
} SpkMoments;

/* Returns how many doubles a row takes. */
static inline size_t
spk_values_stride(const SpkValues *rows)
{
	return rows->n_features + (size_t) 1 + rows->weighted;
}

/* Returns the values of a row, with the label behind them. */
static inline const double *
spk_values_row(const SpkValues *rows, uint32_t row)
{
	size_t place = rows->rows != NULL ? rows->rows[row] : row;

	return rows->values + place * spk_values_stride(rows);
}

/* Returns the label of a row, 0 or 1. */
static inline int
spk_values_label(const SpkValues *rows, uint32_t row)
{
	return spk_values_row(rows, row)[rows->n_features] != 0;
}

/* Returns the weight of a row; 1 where rows have none. */
static inline double
spk_values_weight(const SpkValues *rows, uint32_t row)
{
	return rows->weighted ? spk_values_row(rows, row)[rows->n_features + 1] : 1;
}

/* Returns the weight of all rows with this label, which is their number where rows have none. */
static inline double
spk_values_total(const SpkValues *rows, int label)
{
	if (rows->weighted)
		return rows->weights[label];
	return label ? rows->n_positives : rows->n_rows - rows->n_positives;
}

/* Adds up the weights of all rows, after their number or labels have been set. */
extern void spk_values_add_up(SpkValues *rows);

/* Returns the value that stands for a category, of its place among those of the feature. */
static inline double
spk_value_of_place(uint32_t place)
{
	return place == SPK_NO_PLACE ? NAN : place;
}

/* Returns the place that such a value stands for. */
static inline uint32_t
spk_place_of_value(double value)
{
	return isnan(value) ? SPK_NO_PLACE : (uint32_t) value;
}

/*
 * Copies the rows of the table, with categories coded by features, and puts them into
 * canonical order.  values are spk_table_values_size bytes that belong to the caller,
 * who may share them; rows points to them.  origins, unless NULL, has room for all rows,
 * and is set to the place of each row in the table.  It takes spk_values_work_size
 * bytes of host memory while it works.  Returns SPK_LIMIT when there are more than
 * SPK_MAX_ROWS rows or SPK_MAX_FEATURES columns, SPK_CANCELLED or SPK_NO_MEMORY.
 */
extern SpkStatus spk_values_fill(const SpkHost *host, const SpkTable *table,
								 const SpkFeature *features, double *values, SpkValues *rows,
								 uint32_t *origins);

/* Likewise with values in host memory, for spk_values_release.  A failure leaves nothing held. */
extern SpkStatus spk_values_new(const SpkHost *host, const SpkTable *table,
								const SpkFeature *features, SpkValues *rows);

/* Return the bytes of values, without weights or of a table or those that rows have. */
extern uint64_t spk_values_size(uint32_t n_rows, uint32_t n_features);
extern uint64_t spk_table_values_size(const SpkTable *table);
extern uint64_t spk_weighted_values_size(uint32_t n_rows, uint32_t n_features, bool weighted);

/* Returns the bytes that are taken besides while they are filled. */
extern uint64_t spk_values_work_size(uint32_t n_rows);

/* Releases the values. */
extern void spk_values_release(const SpkHost *host, SpkValues *rows);

/*
 * Sets moments, which has room for n_features, to those of each feature over the rows
 * with this label, or over all rows for -1.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_values_moments(const SpkHost *host, const SpkValues *rows, int label,
									SpkMoments *moments);

#endif /* SPK_CORE_ROWS_VALUES_H */

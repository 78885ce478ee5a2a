/*
 * matrix.h
 *	  Training rows in two forms: the table that was collected, with columns of raw
 *	  values, and the matrix that learners read, with rows of one-byte codes.
 */
#ifndef SPK_CORE_ROWS_MATRIX_H
#define SPK_CORE_ROWS_MATRIX_H

#include "core/base/host.h"
#include "core/models/model.h"

#define SPK_MAX_ROWS UINT32_C(0x7fffffff)

/* Values that are not in memory are read so many rows of a column at a time. */
#define SPK_PAGE_ROWS 1024

/* Where the values of a table's columns are when they are not in memory. */
typedef struct SpkPages
{
	void *arg;
	/*
	 * Returns the values of a column, doubles or for categories ids, from a row on, whose number
	 * is a multiple of SPK_PAGE_ROWS, and of as many rows.  They are there until it is called for
	 * this column again.  It does not return when they cannot be read.
	 */
	const void *(*read)(void *arg, uint32_t column, uint32_t from);
} SpkPages;

/*
 * A column of raw values.  A category has ids and names, all other kinds have numbers.  What
 * reads them row after row takes them by spk_column_numbers and spk_column_ids, as a
 * column that has pages has neither array.
 */
typedef struct SpkColumn
{
	const char		  *name; /* terminated */
	SpkFeatureKind	   kind;
	const double	  *numbers; /* one of each row; NaN is missing; none is infinite */
	const uint32_t	  *ids;		/* of each row, the place in names; SPK_NO_ID is missing */
	const SpkCategory *names;	/* n_names distinct ones, in any order */
	uint32_t		   n_names;
	SpkFeatureRule	   rule;   /* that of its feature */
	const SpkPages	  *pages;  /* from which its values are read; NULL: they are in memory */
	uint32_t		   number; /* which of the columns it is there */
} SpkColumn;

/*
 * Returns the numbers of a column from a row on, whose number is a multiple of
 * SPK_PAGE_ROWS: at least those of as many rows, unless the column ends before.
 */
static inline const double *
spk_column_numbers(const SpkColumn *column, uint32_t from)
{
	return column->pages == NULL ?
		column->numbers + from :
		(const double *) column->pages->read(column->pages->arg, column->number, from);
}

/* Returns the ids of a column of categories in the same way. */
static inline const uint32_t *
spk_column_ids(const SpkColumn *column, uint32_t from)
{
	return column->pages == NULL ?
		column->ids + from :
		(const uint32_t *) column->pages->read(column->pages->arg, column->number, from);
}

/* Returns how many rows of n_rows there are in the page that begins with a row. */
static inline uint32_t
spk_page_rows(uint32_t n_rows, uint32_t from)
{
	return n_rows - from < SPK_PAGE_ROWS ? n_rows - from : SPK_PAGE_ROWS;
}

/* The id of a missing category. */
#define SPK_NO_ID UINT32_MAX

/* Rows as they were collected.  Whoever made it owns the arrays.  All columns have pages, or none. */
typedef struct SpkTable
{
	uint32_t		 n_rows;
	uint32_t		 n_columns;
	const uint8_t	*labels; /* of each row, 0 or 1 */
	const SpkColumn *columns;
	bool			 borrowed; /* who gives the table back does not give the values back */
	/* of each row the key of its user, 0 for none; NULL: of none.  Not the table's own */
	const uint64_t *groups;
	/* of each row how much it counts, finite and above 0; NULL: as one.  Not the table's own */
	const double *weights;
	/* of which the weights are taken as multiples (weights.h); 0: it is found by them */
	double unit;
} SpkTable;

/* Are the table's values read from pages? */
static inline bool
spk_table_has_pages(const SpkTable *table)
{
	return table->n_columns > 0 && table->columns[0].pages != NULL;
}

/*
 * Binned rows, one after the other.  Row r begins at codes[r * stride] and has
 * n_features codes, then the label, then its weight if rows have weights, which is four
 * bytes, the lowest one first, then the places of its categories, two bytes for each
 * feature that has them grouped, the lower one first; then zeros up to stride, which is a
 * multiple of 8.  Apart from codes and users it has no pointers, so that processes can
 * share it.
 */
typedef struct SpkMatrix
{
	uint32_t n_rows;
	uint32_t n_positives;
	uint32_t n_features;
	uint32_t n_grouped; /* features whose categories are grouped */
	uint32_t stride;
	uint8_t *codes;
	/* of each row the number of its user, see users.h; NULL: each row is of another user */
	const uint32_t *users;
	uint32_t		n_users; /* how many there are; without users not set */
	bool			lent;	 /* others read the codes: a fit may not change them */
	/* do rows have weights, which are whole multiples of a unit (weights.h)?  If so: */
	bool	 weighted;
	double	 unit;
	uint64_t weights[2]; /* in units, of all rows who stay, and of all who churn */
} SpkMatrix;

/* The bytes of a weight in a row, and of the place of a category. */
#define SPK_WEIGHT_BYTES 4
#define SPK_PLACE_BYTES	 2

/*
 * Returns the stride of rows with this many features, of which so many have categories
 * grouped, and with weights or without.
 */
static inline uint32_t
spk_row_stride(uint32_t n_features, uint32_t n_grouped, bool weighted)
{
	return (n_features + 1 + (weighted ? SPK_WEIGHT_BYTES : 0) + SPK_PLACE_BYTES * n_grouped + 7) &
		~UINT32_C(7);
}

/* Returns the stride of rows without weights, with no feature whose categories are grouped. */
static inline uint32_t
spk_matrix_stride(uint32_t n_features)
{
	return spk_row_stride(n_features, 0, false);
}

/* Returns the stride of rows of these features, with weights or without. */
static inline uint32_t
spk_features_stride(const SpkFeature *features, uint32_t n, bool weighted)
{
	return spk_row_stride(n, spk_count_grouped(features, n), weighted);
}

/*
 * Returns the matrix of the table's rows without codes, when its columns have become these
 * features: what sizes are computed from.
 */
static inline SpkMatrix
spk_table_shape(const SpkTable *table, const SpkFeature *features)
{
	bool weighted = table->weights != NULL;

	return (SpkMatrix) {.n_rows = table->n_rows,
						.n_features = table->n_columns,
						.n_grouped = spk_count_grouped(features, table->n_columns),
						.stride = spk_features_stride(features, table->n_columns, weighted),
						.weighted = weighted,
						.unit = 1};
}

/* Returns the codes of a row. */
static inline const uint8_t *
spk_matrix_row(const SpkMatrix *m, uint32_t row)
{
	return m->codes + (size_t) row * m->stride;
}

/* Returns the label of a row, 0 or 1. */
static inline uint8_t
spk_matrix_label(const SpkMatrix *m, uint32_t row)
{
	return spk_matrix_row(m, row)[m->n_features];
}

/* Returns where the places of categories begin in a row. */
static inline uint32_t
spk_places_at(const SpkMatrix *m)
{
	return m->n_features + 1 + (m->weighted ? SPK_WEIGHT_BYTES : 0);
}

/* In place of a category's: the value is missing, or the feature does not have it. */
#define SPK_NO_PLACE UINT32_C(0xffff)

/* Returns the place of a row's category, of the feature that is number k of those with places. */
static inline uint32_t
spk_matrix_place(const SpkMatrix *m, uint32_t row, uint32_t k)
{
	const uint8_t *at = spk_matrix_row(m, row) + spk_places_at(m) + SPK_PLACE_BYTES * (size_t) k;

	return at[0] | (uint32_t) at[1] << 8;
}

/* Returns the weight of a row of codes in units, where rows have weights. */
static inline uint32_t
spk_row_weight(const uint8_t *row, uint32_t n_features)
{
	const uint8_t *at = row + n_features + 1;

	return (uint32_t) at[0] | (uint32_t) at[1] << 8 | (uint32_t) at[2] << 16 |
		(uint32_t) at[3] << 24;
}

/* Returns the weight of a row in units; 1 where rows have none. */
static inline uint32_t
spk_matrix_weight(const SpkMatrix *m, uint32_t row)
{
	return m->weighted ? spk_row_weight(spk_matrix_row(m, row), m->n_features) : 1;
}

/* Returns the weight of all rows with this label, which is their number where rows have none. */
static inline double
spk_matrix_total(const SpkMatrix *m, int label)
{
	if (m->weighted)
		return (double) m->weights[label] * m->unit;
	return label ? m->n_positives : m->n_rows - m->n_positives;
}

/*
 * Returns for how many rows to make room when needed of them, SPK_MAX_ROWS at most,
 * exceed the capacity.  The capacity doubles, from 16 on, until they fit.  But it
 * never exceeds SPK_MAX_ROWS, and it exceeds what max_bytes hold, at row_size bytes a
 * row (not 0), only when needed does.
 */
extern uint32_t spk_rows_capacity(uint32_t capacity, uint32_t needed, uint64_t row_size,
								  uint64_t max_bytes);

#endif /* SPK_CORE_ROWS_MATRIX_H */

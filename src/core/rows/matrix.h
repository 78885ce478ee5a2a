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

/* A column of raw values.  A category has ids and names, all other kinds have numbers. */
typedef struct SpkColumn
{
	const char		  *name; /* terminated */
	SpkFeatureKind	   kind;
	const double	  *numbers; /* one of each row; NaN is missing; none is infinite */
	const uint32_t	  *ids;		/* of each row, the place in names; SPK_NO_ID is missing */
	const SpkCategory *names;	/* n_names distinct ones, in any order */
	uint32_t		   n_names;
} SpkColumn;

/* The id of a missing category. */
#define SPK_NO_ID UINT32_MAX

/* Rows as they were collected.  Whoever made it owns the arrays. */
typedef struct SpkTable
{
	uint32_t		 n_rows;
	uint32_t		 n_columns;
	const uint8_t	*labels; /* of each row, 0 or 1 */
	const SpkColumn *columns;
	bool			 borrowed; /* who gives the table back does not give the values back */
	/* of each row the key of its user, 0 for none; NULL: of none.  Not the table's own */
	const uint64_t *groups;
} SpkTable;

/*
 * Binned rows, one after the other.  Row r begins at codes[r * stride] and has
 * n_features codes, then the label, then zeros up to stride, which is a multiple of
 * 8.  Apart from codes and users it has no pointers, so that processes can share it.
 */
typedef struct SpkMatrix
{
	uint32_t n_rows;
	uint32_t n_positives;
	uint32_t n_features;
	uint32_t stride;
	uint8_t *codes;
	/* of each row the number of its user, see users.h; NULL: each row is of another user */
	const uint32_t *users;
	uint32_t		n_users; /* how many there are; without users not set */
} SpkMatrix;

/* Returns the stride of rows with this many features. */
static inline uint32_t
spk_matrix_stride(uint32_t n_features)
{
	return (n_features + 1 + 7) & ~UINT32_C(7);
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

/*
 * Returns for how many rows to make room when needed of them, SPK_MAX_ROWS at most,
 * exceed the capacity.  The capacity doubles, from 16 on, until they fit.  But it
 * never exceeds SPK_MAX_ROWS, and it exceeds what max_bytes hold, at row_size bytes a
 * row (not 0), only when needed does.
 */
extern uint32_t spk_rows_capacity(uint32_t capacity, uint32_t needed, uint64_t row_size,
								  uint64_t max_bytes);

#endif /* SPK_CORE_ROWS_MATRIX_H */

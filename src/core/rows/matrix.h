/*
 * matrix.h
 *	  Training rows: as collected (columns of raw values) and as learned from
 *	  (rows of one-byte codes).
 */
#ifndef SPK_CORE_ROWS_MATRIX_H
#define SPK_CORE_ROWS_MATRIX_H

#include "core/base/host.h"
#include "core/models/model.h"

#define SPK_MAX_ROWS UINT32_C(0x7fffffff)

/* A column of raw values; which member is used depends on kind. */
typedef struct SpkColumn
{
	const char		  *name; /* terminated */
	SpkFeatureKind	   kind;
	const double	  *numbers; /* n_rows; NaN is missing; never infinite */
	const uint32_t	  *ids;		/* SPK_CATEGORY: n_rows places in names; SPK_NO_ID is missing */
	const SpkCategory *names;	/* n_names, distinct, in any order */
	uint32_t		   n_names;
} SpkColumn;

#define SPK_NO_ID UINT32_MAX

typedef struct SpkTable
{
	uint32_t		 n_rows;
	uint32_t		 n_columns;
	const uint8_t	*labels; /* n_rows of 0 or 1 */
	const SpkColumn *columns;
} SpkTable;

/*
 * Binned rows, row-major: row r is codes[r * stride .. ], n_features codes,
 * then the label, then zeros up to stride (a multiple of 8).  Plain data
 * without pointers but codes, so that it can lie in shared memory.
 */
typedef struct SpkMatrix
{
	uint32_t n_rows;
	uint32_t n_positives;
	uint32_t n_features;
	uint32_t stride;
	uint8_t *codes;
} SpkMatrix;

static inline uint32_t
spk_matrix_stride(uint32_t n_features)
{
	return (n_features + 1 + 7) & ~UINT32_C(7);
}

static inline const uint8_t *
spk_matrix_row(const SpkMatrix *m, uint32_t row)
{
	return m->codes + (size_t) row * m->stride;
}

static inline uint8_t
spk_matrix_label(const SpkMatrix *m, uint32_t row)
{
	return spk_matrix_row(m, row)[m->n_features];
}

/*
 * Rows to make room for when needed of them, at most SPK_MAX_ROWS, exceed the
 * capacity: it doubles, from 16 on, until they fit; but it never exceeds
 * SPK_MAX_ROWS, nor what max_bytes hold at row_size (not 0) bytes a row unless
 * needed does.
 */
extern uint32_t spk_rows_capacity(uint32_t capacity, uint32_t needed, uint64_t row_size,
								  uint64_t max_bytes);

#endif /* SPK_CORE_ROWS_MATRIX_H */

/*
 * row.h
 *	  From a record to feature values, by column name and type.
 *
 * Training (collect.c) and prediction (predict.c) read rows through here, so
 * that both see the same values.  What a column's type means for a feature:
 *
 *	  boolean, integers, floats, numeric			SPK_NUMBER
 *	  date, timestamp							SPK_TIME, microseconds since 2000
 *	  timestamptz								SPK_INSTANT, likewise
 *	  text, varchar, char(n), enums, name, "char",
 *	  and types that are stored as text, as citext	SPK_CATEGORY, as their text is spelled
 *
 * and domains over them.  No other type is a feature.
 */
#ifndef SPK_ROWS_ROW_H
#define SPK_ROWS_ROW_H

#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "utils/typcache.h"

#include "core/models/model.h"

/* How the values of a column are stored. */
typedef enum SpkRead
{
	SPK_READ_BOOL,
	SPK_READ_INT2,
	SPK_READ_INT4,
	SPK_READ_INT8,
	SPK_READ_FLOAT4,
	SPK_READ_FLOAT8,
	SPK_READ_NUMERIC,
	SPK_READ_DATE,
	SPK_READ_TIMESTAMP, /* with and without time zone */
	SPK_READ_TEXT,
	SPK_READ_BPCHAR,
	SPK_READ_NAME,
	SPK_READ_CHAR,
	SPK_READ_ENUM
} SpkRead;

/* A column that serves as a feature. */
typedef struct SpkRowColumn
{
	int			   attno; /* counted from 0 */
	SpkFeatureKind kind;
	SpkRead		   read;
	int16		   length; /* of the type, as pg_type has them */
	bool		   by_value;
	int			offset; /* in the data of tuples without NULLs; -1: differs from tuple to tuple */
	const char *name;	/* lives as long as the row */
} SpkRowColumn;

/* A row type, kept across calls, and the values of the last row read. */
typedef struct SpkRow
{
	Oid				type;
	int32			typmod;
	TypeCacheEntry *entry;	  /* of a named type; lives as long as the backend */
	uint64			version;  /* of it: changes when it is altered */
	TupleDesc		desc;	  /* our own copy */
	int				n_loaded; /* columns that are taken out of a tuple */
	HeapTupleData	tuple;
	TupleTableSlot *slot;
	Datum		   *values; /* the slot's */
	bool		   *nulls;
	NameData		label; /* of the last enum value or "char" read */
} SpkRow;

/* Makes a row for tuples of this one's type, in memory of this context. */
extern SpkRow *spk_row_make(HeapTupleHeader tuple, MemoryContext context);
extern void	   spk_row_free(SpkRow *row);

/*
 * Makes a row of a function's arguments from number first on, n of them with
 * these names, in memory of this context.
 */
extern SpkRow *spk_row_of_arguments(FunctionCallInfo fcinfo, int first, int n,
									const char *const *names, MemoryContext context);

/* Takes the values of such a row from the arguments of a call. */
extern void spk_row_load_arguments(SpkRow *row, FunctionCallInfo fcinfo, int first);

/* Is the tuple of the type that row was made for?  Cheap enough for every row. */
extern bool spk_row_matches(const SpkRow *row, HeapTupleHeader tuple);

/* Values of columns from n_columns on will not be read: rows are taken apart up to there. */
extern void spk_row_limit(SpkRow *row, int n_columns);

/* Are the values of all columns that will be read at their offsets in this tuple? */
extern bool spk_row_is_flat(const SpkRow *row, HeapTupleHeader tuple);

/* Of a flat tuple the values in some columns (which) of numbers or times that have an offset. */
extern void spk_row_flat_numbers(HeapTupleHeader tuple, const SpkRowColumn *columns,
								 const uint32 *which, int n_which, double *values);

/* Takes the tuple apart; its values are read with the functions below. */
extern void spk_row_load(SpkRow *row, HeapTupleHeader tuple);

/* Counted from 0; -1 when there is no such column. */
extern int spk_row_find(const SpkRow *row, const char *name);

/* May column attno, not a dropped one, be a feature? */
extern bool spk_row_is_feature(const SpkRow *row, int attno);

/*
 * What column attno, not a dropped one, means as a feature.  A type that is no
 * feature is ERRCODE_DATATYPE_MISMATCH.
 */
extern SpkRowColumn spk_row_column(const SpkRow *row, int attno);

/* For messages: "a number", "a time", "a category". */
extern const char *spk_kind_phrase(SpkFeatureKind kind);

/* The loaded row's value in a column of numbers or times; NaN when missing. */
extern double spk_row_number(const SpkRow *row, const SpkRowColumn *column);

/* Is this number, from spk_row_number and SPK_EXACT_NUMBERS or more, the very value in the column? */
extern bool spk_row_is_exact(const SpkRow *row, const SpkRowColumn *column, double number);

/*
 * The loaded row's value in a column of categories; the name is NULL when it
 * is missing.  Good until the next row or enum value is read; a value that was
 * stored compressed is expanded into the current memory context.
 */
extern SpkCategory spk_row_category(SpkRow *row, const SpkRowColumn *column);

#endif /* SPK_ROWS_ROW_H */

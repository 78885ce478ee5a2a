/*
 * row.h
 *	  From a record to the values of features, by the names and types of its columns.
 *
 * Training and prediction both read rows through here, so that they see the same
 * values.  A column's type says what it is as a feature:
 *
 *	  boolean, integers, floats, numeric			SPK_NUMBER
 *	  date, timestamp							SPK_TIME, in microseconds since 2000
 *	  timestamptz								SPK_INSTANT, in microseconds since 2000
 *	  text, varchar, char(n), enums, name, "char",
 *	  and types that are stored as text (citext)	SPK_CATEGORY, which is its text
 *
 * A domain is what its base type is.  Columns of other types cannot be features.
 */
#ifndef SPK_ROWS_ROW_H
#define SPK_ROWS_ROW_H

#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "utils/array.h"
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
	int16		   length;	 /* pg_type.typlen */
	bool		   by_value; /* pg_type.typbyval */
	int			   offset; /* in the data of tuples without NULLs; -1 when it differs among them */
	const char	  *name;   /* lives as long as the row */
} SpkRowColumn;

/* A row type, which is kept across calls, and the values of the row that was read last. */
typedef struct SpkRow
{
	Oid				type;
	int32			typmod;
	TypeCacheEntry *entry;	  /* of a named type, else NULL; lives as long as the backend */
	uint64			version;  /* of a named type: changes when it is altered */
	TupleDesc		desc;	  /* our own copy */
	int				n_loaded; /* so many columns, from the first one on, are taken out of a tuple */
	HeapTupleData	tuple;
	TupleTableSlot *slot;
	Datum		   *values; /* the slot's */
	bool		   *nulls;
	NameData		label; /* the text of the enum value or "char" that was read last */
} SpkRow;

/* Makes a row for tuples of the same type as this one, in memory of the context. */
extern SpkRow *spk_row_new(HeapTupleHeader tuple, MemoryContext context);
extern void	   spk_row_release(SpkRow *row);

/* The names in a text[], palloc'd.  They must be as many as there are columns, none of them NULL. */
extern char **spk_names_of_columns(ArrayType *names, int natts);

/* Calls the columns of a row that was just made, of an anonymous type, by these names. */
extern void spk_row_name(SpkRow *row, ArrayType *names);

/* Is the tuple of the type that the row was made for?  This is cheap enough for every tuple. */
extern bool spk_row_matches(const SpkRow *row, HeapTupleHeader tuple);

/* From now on only the first n_columns columns are loaded, and only these may be read. */
extern void spk_row_limit(SpkRow *row, int n_columns);

/* Do all columns that are loaded lie at their offsets in this tuple, if they have offsets? */
extern bool spk_row_is_flat(const SpkRow *row, HeapTupleHeader tuple);

/*
 * Reads some columns of a flat tuple without taking it apart: the n_which columns whose
 * numbers are in which.  They must be numbers or times and have an offset.  The value of
 * columns[i] goes to values[i].
 */
extern void spk_row_flat_numbers(HeapTupleHeader tuple, const SpkRowColumn *columns,
								 const uint32 *which, int n_which, double *values);

/* Takes the tuple apart.  The functions below read its values, as long as the tuple is there. */
extern void spk_row_load(SpkRow *row, HeapTupleHeader tuple);

/* The number of the first column with this name, counted from 0; -1 when there is none. */
extern int spk_row_find(const SpkRow *row, const char *name);

/* The same; several of the name are an error, because nobody can tell which is meant. */
extern int spk_row_find_only(const SpkRow *row, const char *name);

/* May this column, which must not be a dropped one, be a feature? */
extern bool spk_row_is_feature(const SpkRow *row, int attno);

/*
 * How this column, which must not be a dropped one, serves as a feature.  A type that
 * cannot be a feature is ERRCODE_DATATYPE_MISMATCH.
 */
extern SpkRowColumn spk_row_column(const SpkRow *row, int attno);

/* The kind in words, for messages: "a number", "a time", "a category" and so on. */
extern const char *spk_kind_phrase(SpkFeatureKind kind);

/* The loaded row's value in a column of numbers or times; NaN when it is NULL. */
extern double spk_row_number(const SpkRow *row, const SpkRowColumn *column);

/* A value of this column that lies elsewhere, such as an argument of a call. */
extern double spk_row_number_of(Datum value, bool isnull, const SpkRowColumn *column);

/* Raises an error that names the column unless the number is finite or missing. */
extern void spk_row_check_finite(const SpkRowColumn *column, double number);

/*
 * Is this number the very value in the column?  It must come from spk_row_number, and
 * be SPK_EXACT_NUMBERS or more in size: smaller whole numbers are always exact.
 */
extern bool spk_row_is_exact(const SpkRow *row, const SpkRowColumn *column, double number);

/*
 * The loaded row's value in a column of categories; its name is NULL when the value is.
 * It may be used until the next row is loaded or the next category is read.  A value
 * that is stored compressed is expanded into the current memory context.
 */
extern SpkCategory spk_row_category(SpkRow *row, const SpkRowColumn *column);

#endif /* SPK_ROWS_ROW_H */

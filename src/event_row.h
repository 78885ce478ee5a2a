/*
 * event_row.h
 *	  One event of the log as plain C values, between whoever parses it and
 *	  whoever makes a tuple of it.
 */
#ifndef SPK_EVENT_ROW_H
#define SPK_EVENT_ROW_H

#include "postgres.h"

#include "access/tupdesc.h"

/*
 * The columns of churn_event, in the order of the type.  Tuples bind to them by
 * name, so the order matters for speed only.
 */
typedef enum SpkEventColumn
{
	SPK_COL_TS = 0,
	SPK_COL_SESSIONID,
	SPK_COL_LENGTH,
	SPK_COL_REGISTRATION,
	SPK_COL_STATUS,
	SPK_COL_ITEMINSESSION,
	SPK_COL_PAGE,
	SPK_COL_LEVEL,
	SPK_COL_GENDER,
	SPK_COL_USERID,
	SPK_COL_AUTH,
	SPK_COL_METHOD,
	SPK_COL_FIRSTNAME,
	SPK_COL_LASTNAME,
	SPK_COL_LOCATION,
	SPK_COL_USERAGENT,
	SPK_COL_ARTIST,
	SPK_COL_SONG,
	SPK_N_COLUMNS
} SpkEventColumn;

/* Sets of columns are masks of bits 1 << SpkEventColumn. */
#define SPK_ALL_COLUMNS	((1U << SPK_N_COLUMNS) - 1)

/* A tuple's attribute that is no column of an event. */
#define SPK_NO_COLUMN	(-1)

typedef struct SpkColumnInfo
{
	const char *key;			/* the JSON key, as the source spells it */
	const char *name;			/* the column, folded to lower case */
	Oid			type;			/* timestamptz, int8, int4, float8 or text */
} SpkColumnInfo;

extern const SpkColumnInfo spk_columns[SPK_N_COLUMNS];

/*
 * A value, by the type of its column: integer holds int8, int4 and timestamptz,
 * number holds float8, text holds UTF-8 without a terminator and without
 * U+0000, owned by whoever filled the row.
 */
typedef union SpkField
{
	int64		integer;
	double		number;
	struct
	{
		const char *data;
		int			len;
	}			text;
} SpkField;

typedef struct SpkEventRow
{
	bool		isnull[SPK_N_COLUMNS];
	SpkField	field[SPK_N_COLUMNS];	/* undefined where isnull */
} SpkEventRow;

/* The column with this JSON key (len bytes), or SPK_NO_COLUMN. */
extern int	spk_column_of_key(const char *key, size_t len);

/*
 * For each attribute of the tuple descriptor the event's column with its name,
 * or SPK_NO_COLUMN: an array of natts, palloc'd.  An attribute whose type is
 * not the column's is an error that names it.
 */
extern int *spk_bind_columns(TupleDesc tupdesc);

/*
 * Fills values and nulls of the attributes that are bound; the others become
 * NULL.  Texts are copied into one chunk of the current memory context and
 * converted to the server's encoding, which raises an error for a character
 * that it does not have.
 */
extern void spk_row_datums(const SpkEventRow *row, const int *columns, int natts,
						   Datum *values, bool *nulls);

#endif							/* SPK_EVENT_ROW_H */

/*
 * event_columns.h
 *	  The columns of an event, their keys in JSON, and an event as plain C values.
 */
#ifndef SPK_CORE_EVENTS_EVENT_COLUMNS_H
#define SPK_CORE_EVENTS_EVENT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The columns of churn_event, in the order of the type.  Tuples bind to them by
 * name, so the order matters for speed only.
 */
typedef enum SpkEventColumn
{
#define SPK_EVENT_ITEM(constant, column, key, kind, comment) SPK_COL_##constant,
#include "core/events/event_list.h"
#undef SPK_EVENT_ITEM
	SPK_N_COLUMNS
} SpkEventColumn;

/* Sets of columns are masks of bits 1 << SpkEventColumn. */
#define SPK_ALL_COLUMNS ((UINT32_C(1) << SPK_N_COLUMNS) - 1)

/* A line with none of these keys is no event, whatever else it has. */
#define SPK_EVENT_COLUMNS \
	(UINT32_C(1) << SPK_COL_TS | UINT32_C(1) << SPK_COL_USERID | UINT32_C(1) << SPK_COL_PAGE)

/* A key, or a tuple's attribute, that is no column of an event. */
#define SPK_EVENT_NO_COLUMN (-1)

typedef enum SpkEventType
{
	SPK_TYPE_TIME, /* integer: microseconds since 2000 UTC */
	SPK_TYPE_INT8,
	SPK_TYPE_INT4,
	SPK_TYPE_FLOAT,
	SPK_TYPE_TEXT
} SpkEventType;

typedef struct SpkEventKey
{
	const char	*key; /* in JSON, as the source spells it */
	uint8_t		 len;
	SpkEventType type;
} SpkEventKey;

extern const SpkEventKey spk_event_keys[SPK_N_COLUMNS];

/*
 * A value, by the type of its column: integer holds times and integers, number
 * holds floats, text holds UTF-8 without a terminator and without U+0000, owned
 * by whoever filled the row.
 */
typedef union SpkField
{
	int64_t integer;
	double	number;
	struct
	{
		const char *data;
		int			len;
	} text;
} SpkField;

typedef struct SpkEventRow
{
	uint32_t given; /* columns with a value in the line, wanted or not */
	bool	 isnull[SPK_N_COLUMNS];
	SpkField field[SPK_N_COLUMNS]; /* undefined where isnull */
} SpkEventRow;

/*
 * The column with this JSON key (len bytes), or SPK_EVENT_NO_COLUMN.  Keys are folded
 * as names of columns are, ASCII letters only; exact says whether it is spelled
 * as the source spells it, and is undefined without a column.
 */
extern int spk_column_of_key(const char *key, size_t len, bool *exact);

#endif /* SPK_CORE_EVENTS_EVENT_COLUMNS_H */

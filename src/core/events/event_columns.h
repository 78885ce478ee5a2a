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
 * The columns of churn_event, in the order of the type.  Tuples are bound to them
 * by name, so the order matters for speed only.
 */
typedef enum SpkEventColumn
{
#define SPK_EVENT_ITEM(constant, column, key, kind, comment) SPK_COL_##constant,
#include "core/events/event_list.h"
#undef SPK_EVENT_ITEM
	SPK_N_COLUMNS
} SpkEventColumn;

/* A set of columns is a mask with bit 1 << SpkEventColumn for each of them. */
#define SPK_ALL_COLUMNS ((UINT32_C(1) << SPK_N_COLUMNS) - 1)

/* A line with none of these keys is no event, whatever else it has. */
#define SPK_EVENT_COLUMNS \
	(UINT32_C(1) << SPK_COL_TS | UINT32_C(1) << SPK_COL_USERID | UINT32_C(1) << SPK_COL_PAGE)

/* Stands for a key of a line, or an attribute of a tuple, that is no column of an event. */
#define SPK_EVENT_NO_COLUMN (-1)

typedef enum SpkEventType
{
	SPK_TYPE_TIME, /* microseconds since 2000-01-01 00:00 UTC */
	SPK_TYPE_INT8,
	SPK_TYPE_INT4,
	SPK_TYPE_FLOAT,
	SPK_TYPE_TEXT
} SpkEventType;

typedef struct SpkEventKey
{
	const char	*key; /* in JSON, as the music log spells it */
	uint8_t		 len; /* bytes, without the terminator */
	SpkEventType type;
} SpkEventKey;

extern const SpkEventKey spk_event_keys[SPK_N_COLUMNS];

/*
 * A value.  Which member is used depends on the type of its column: integer for
 * times and integers, number for floats, text for texts.  A text is UTF-8 without
 * U+0000 and is not terminated; its bytes belong to whoever filled the row.
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
	uint32_t given; /* the columns that have a value in the line, wanted or not */
	bool	 isnull[SPK_N_COLUMNS];
	SpkField field[SPK_N_COLUMNS]; /* undefined where isnull is set */
} SpkEventRow;

/*
 * Returns the column with this JSON key of len bytes, or SPK_EVENT_NO_COLUMN.  The
 * case of ASCII letters does not matter, as it does not for names of columns.
 * *exact tells whether the key is spelled as the music log spells it; it is
 * undefined when there is no column.
 */
extern int spk_event_column_of_key(const char *key, size_t len, bool *exact);

#endif /* SPK_CORE_EVENTS_EVENT_COLUMNS_H */

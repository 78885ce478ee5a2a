/*
 * event_columns.h
 *	  The columns of churn_event, the types of columns, and an event as plain C
 *	  values.
 */
#ifndef SPK_CORE_EVENTS_EVENT_COLUMNS_H
#define SPK_CORE_EVENTS_EVENT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/host.h"

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

/* Stands for a key of a line, or an attribute of a tuple, that is no column of an event. */
#define SPK_EVENT_NO_COLUMN (-1)

/* What a value of a column is, and how it stands in its field. */
typedef enum SpkEventType
{
	SPK_TYPE_TIME, /* microseconds since 2000-01-01 00:00 UTC */
	SPK_TYPE_INT8,
	SPK_TYPE_INT4,
	SPK_TYPE_FLOAT, /* a double */
	SPK_TYPE_TEXT,
	SPK_TYPE_INT2,
	SPK_TYPE_REAL,	 /* a number that a float holds, as text */
	SPK_TYPE_NUMBER, /* a number of any size, as text: spelled as in the line */
	SPK_TYPE_BOOL,	 /* 0 or 1 */
	SPK_TYPE_UUID,	 /* as text */
	SPK_TYPE_JSON,	 /* any value, as it stands in the line */
	SPK_TYPE_ANY	 /* any value, of which nothing is kept */
} SpkEventType;

/* Are the values of this type texts in their fields? */
static inline bool
spk_type_is_text(SpkEventType type)
{
	return type == SPK_TYPE_TEXT || type == SPK_TYPE_REAL || type == SPK_TYPE_NUMBER ||
		type == SPK_TYPE_UUID || type == SPK_TYPE_JSON;
}

/* The key as it is folded to find a column: ASCII letters become small. */
static inline char
spk_key_folded(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char) (byte + ('a' - 'A')) : byte;
}

/* Are two keys of len bytes the same but for the case of ASCII letters? */
extern bool spk_key_same(const char *a, const char *b, size_t len);

typedef struct SpkEventKey
{
	const char	*key; /* in JSON, as the music log spells it */
	size_t		 len;
	SpkEventType type;
} SpkEventKey;

extern const SpkEventKey spk_event_keys[SPK_N_COLUMNS];

/* Is this key of len bytes one of the music log's, in upper or lower case? */
extern bool spk_event_key_known(const char *key, size_t len);

/*
 * A value.  Which member is used depends on the type of its column: integer for
 * times, integers and booleans, number for floats, text for texts.  A text is UTF-8
 * without U+0000 and is not terminated; its bytes belong to whoever filled the row.
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

/* An event: values of the columns of a schema (see event_schema.h), by their numbers. */
typedef struct SpkEventRow
{
	int		  n_columns;
	uint64_t *given;	 /* the set of columns that have a value in the line, wanted or not */
	uint64_t *blank;	 /* the set of columns that are NULL because the line has "" for them */
	bool	  any_blank; /* is there one? */
	bool	 *isnull;
	SpkField *field; /* undefined where isnull is set */
} SpkEventRow;

/*
 * Makes a row of this many columns, all NULL, in the host's memory; false when
 * there is none.
 */
extern bool spk_event_row_init(SpkEventRow *row, int n_columns, const SpkHost *host);

/* Gives its memory back; a row that is all zeros may be freed, too. */
extern void spk_event_row_release(SpkEventRow *row, const SpkHost *host);

/* Makes all columns NULL. */
extern void spk_event_row_clear(SpkEventRow *row);

#endif /* SPK_CORE_EVENTS_EVENT_COLUMNS_H */

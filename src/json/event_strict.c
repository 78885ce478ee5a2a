/*
 * event_strict.c
 *	  Turns one line of JSON into one event by the full rules, with json-c.
 *
 * Here are the rules for lines and for keys.  What must be refused before json-c
 * sees a line is in line_check.c, and what each type of column takes is in
 * event_value.c.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/invariant.h"
#include "core/base/times.h"
#include "core/base/utf8.h"
#include "core/events/event_names.h"
#include "json/event_strict.h"
#include "json/event_value.h"
#include "json/json_strict.h"
#include "json/line_check.h"

struct SpkStrictParser
{
	SpkHost				host;
	SpkJsonParser		parser;
	struct json_object *object; /* the last line's; it owns the row's texts */
	char				digits[SPK_N_COLUMNS][SPK_DIGITS]; /* texts that came as integers */
};

SpkStrictParser *
spk_strict_new(const SpkHost *host)
{
	SpkStrictParser *strict = spk_alloc(host, 1, sizeof(SpkStrictParser));

	if (strict == NULL)
		return NULL;
	strict->host = *host;
	strict->object = NULL;
	if (!spk_json_parser_open(&strict->parser, JSON_TOKENER_DEFAULT_DEPTH))
	{
		spk_release(host, strict);
		return NULL;
	}
	return strict;
}

void
spk_strict_release(SpkStrictParser *strict)
{
	json_object_put(strict->object);
	spk_json_parser_close(&strict->parser);
	spk_release(&strict->host, strict);
}

/* Parses the line's object into strict->object. */
static bool
parse_object(SpkStrictParser *strict, const char *line, size_t len, SpkEventFault *fault)
{
	enum json_tokener_error error;

	error = spk_json_parse_strict(&strict->parser, line, len, &strict->host, &strict->object);
	if (error == json_tokener_continue)
		return spk_fault(fault, SPK_FAULT_CANCELLED, "cancelled");
	if (error == SPK_JSON_NO_MEMORY)
		return spk_fault(fault, SPK_FAULT_MEMORY, "out of memory");
	if (error != json_tokener_success)
		return spk_invalid_json(json_tokener_error_desc(error), strict->parser.at, fault);
	if (!json_object_is_type(strict->object, json_type_object))
		return spk_fault(fault, SPK_FAULT_MEMORY, "out of memory");
	return true;
}

/* The keys of one line that mean one column.  json-c holds each spelling once. */
typedef struct ColumnKeys
{
	const char		   *key;   /* NULL: none */
	const char		   *other; /* a second spelling */
	bool				exact; /* key is spelled as the source spells it */
	struct json_object *value; /* of key */
} ColumnKeys;

static void
add_key(ColumnKeys *keys, const char *key, bool exact, struct json_object *value)
{
	if (keys->exact)
		return;
	if (keys->key != NULL && !exact)
	{
		keys->other = key;
		return;
	}
	keys->key = key;
	keys->exact = exact;
	keys->value = value;
}

static void
find_keys(struct json_object *object, ColumnKeys *columns)
{
	struct json_object_iter entry;

	memset(columns, 0, sizeof(ColumnKeys) * SPK_N_COLUMNS);
	json_object_object_foreachC(object, entry)
	{
		bool exact;
		int	 col = spk_event_column_of_key(entry.key, strlen(entry.key), &exact);

		if (col != SPK_EVENT_NO_COLUMN)
			add_key(&columns[col], entry.key, exact, entry.val);
	}
}

/*
 * Tells that the line has no key of an event, and names the keys that it has, as
 * many as fit.  They are shown as ASCII, because the message may go out in any
 * encoding.
 */
static bool
no_event(const char *line, size_t len, SpkEventFault *fault)
{
	SpkNames names = {0};
	size_t	 end;

	spk_fault(fault, SPK_FAULT_KEYS, "none of the keys ts, userId and page");
	end = strlen(fault->reason);
	spk_names_add_keys(&names, line, len);
	for (int i = 0; i < names.n; i++)
	{
		int room = (int) (sizeof(fault->reason) - end);
		int n;

		spk_name_to_ascii(names.name[i]);
		n = snprintf(fault->reason + end, (size_t) room, "%s\"%s\"", i == 0 ? ", but " : ", ",
					 names.name[i]);
		if (n >= room)
		{
			fault->reason[end] = '\0';
			break;
		}
		end += (size_t) n;
	}
	return false;
}

#ifdef SPK_CHECK_INVARIANTS

static void
check_field(const SpkField *field, SpkEventType type)
{
	switch (type)
	{
		case SPK_TYPE_TIME:
			spk_assert(field->integer >= SPK_MIN_TIME && field->integer < SPK_END_TIME);
			break;
		case SPK_TYPE_INT8:
			break;
		case SPK_TYPE_INT4:
			spk_assert(field->integer >= INT32_MIN && field->integer <= INT32_MAX);
			break;
		case SPK_TYPE_FLOAT:
			spk_assert(isfinite(field->number));
			break;
		case SPK_TYPE_TEXT:
			spk_assert(field->text.len >= 0);
			spk_assert(spk_utf8_valid(field->text.data, (size_t) field->text.len));
			break;
	}
}

void
spk_event_row_check(const SpkEventRow *row, uint32_t wanted)
{
	spk_assert((row->given & ~SPK_ALL_COLUMNS) == 0);
	for (int col = 0; col < SPK_N_COLUMNS; col++)
	{
		bool is_there = (row->given & wanted & UINT32_C(1) << col) != 0;

		spk_assert(row->isnull[col] == !is_there);
		if (is_there)
			check_field(&row->field[col], spk_event_keys[col].type);
	}
}

#endif

bool
spk_strict_parse(SpkStrictParser *strict, const char *line, size_t len, uint32_t wanted,
				 SpkEventRow *row, SpkEventFault *fault)
{
	ColumnKeys columns[SPK_N_COLUMNS];
	uint32_t   seen = 0;

	/* the texts of the last row end here */
	json_object_put(strict->object);
	strict->object = NULL;
	if (!spk_check_line(line, len, fault) || !parse_object(strict, line, len, fault))
		return false;

	row->given = 0;
	memset(row->isnull, true, sizeof(row->isnull));
	find_keys(strict->object, columns);
	for (int col = 0; col < SPK_N_COLUMNS; col++)
	{
		const ColumnKeys *keys = &columns[col];
		uint32_t		  bit = UINT32_C(1) << col;

		if (keys->key == NULL)
			continue;
		if (keys->other != NULL && !keys->exact)
			return spk_fault(fault, SPK_FAULT_KEYS,
							 "keys \"%s\" and \"%s\" fold to the same column", keys->key,
							 keys->other);
		/* a null shows what the line is about, but is no value */
		seen |= bit;
		if (keys->value == NULL)
			continue;

		/* also where nobody wants the value: what is valid must not depend on the query */
		if (!spk_event_value(keys->value, col, strict->digits[col], &row->field[col], fault))
			return false;
		row->given |= bit;
		row->isnull[col] = (wanted & bit) == 0;
	}
	if ((seen & SPK_EVENT_COLUMNS) == 0)
		return no_event(line, len, fault);
	spk_event_row_check(row, wanted);
	return true;
}

/*
 * event_strict.c
 *	  Turns one line of JSON into one event by the full rules, which decide what is
 *	  valid.
 *
 * json-c says whether a line is JSON.  Here are the rules for lines and for keys.
 * What must be refused before json-c sees a line is in line_check.c, where the values
 * of the columns stand is found by line_places.c, and what each type of column takes
 * is in event_value.c.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/invariant.h"
#include "core/base/times.h"
#include "core/base/utf8.h"
#include "core/base/uuid_text.h"
#include "core/events/event_names.h"
#include "json/event_strict.h"
#include "json/event_value.h"
#include "json/json_strict.h"
#include "json/line_check.h"
#include "json/line_places.h"

/* Room that grows as it is needed. */
typedef struct Room
{
	char  *bytes;
	size_t size;
} Room;

struct SpkStrictParser
{
	SpkHost			 host;
	SpkJsonParser	 parser;
	const SpkSchema *schema;
	SpkFoundValue	*values; /* of the last line, by place */
	Room			 keys;	 /* of these values */
	Room			 texts;	 /* of the last row */
};

SpkStrictParser *
spk_strict_new(const SpkSchema *schema, const SpkHost *host)
{
	SpkStrictParser *strict = spk_alloc(host, 1, sizeof(SpkStrictParser));

	if (strict == NULL)
		return NULL;
	memset(strict, 0, sizeof(SpkStrictParser));
	strict->host = *host;
	strict->schema = schema;
	strict->values = spk_alloc(host, (size_t) schema->n_nodes, sizeof(SpkFoundValue));
	if (strict->values == NULL ||
		!spk_json_parser_open(&strict->parser, JSON_TOKENER_DEFAULT_DEPTH))
	{
		spk_strict_release(strict);
		return NULL;
	}
	return strict;
}

void
spk_strict_release(SpkStrictParser *strict)
{
	spk_json_parser_close(&strict->parser);
	spk_release(&strict->host, strict->values);
	spk_release(&strict->host, strict->keys.bytes);
	spk_release(&strict->host, strict->texts.bytes);
	spk_release(&strict->host, strict);
}

/* Is there room of this size?  What was in it is lost when it has to grow. */
static bool
has_room(SpkStrictParser *strict, Room *room, size_t size, SpkEventFault *fault)
{
	if (size <= room->size)
		return true;
	spk_release(&strict->host, room->bytes);
	room->size = 0;
	room->bytes = spk_alloc(&strict->host, 1, size);
	if (room->bytes == NULL)
		return spk_fault(fault, SPK_FAULT_MEMORY, "out of memory");
	room->size = size;
	return true;
}

/* Has json-c parse the line, to see whether it is an object of JSON. */
static bool
check_json(SpkStrictParser *strict, const char *line, size_t len, SpkEventFault *fault)
{
	struct json_object	   *object = NULL;
	enum json_tokener_error error;
	bool					is_object;

	error = spk_json_parse_strict(&strict->parser, line, len, &strict->host, &object);
	if (error == json_tokener_continue)
		return spk_fault(fault, SPK_FAULT_CANCELLED, "cancelled");
	if (error == SPK_JSON_NO_MEMORY)
		return spk_fault(fault, SPK_FAULT_MEMORY, "out of memory");
	if (error != json_tokener_success)
		return spk_invalid_json(json_tokener_error_desc(error), strict->parser.at, fault);
	is_object = json_object_is_type(object, json_type_object);
	json_object_put(object);
	return is_object || spk_fault(fault, SPK_FAULT_MEMORY, "out of memory");
}

/* Appends to the reason what fits; false when it does not. */
static bool
append_reason(SpkEventFault *fault, const char *before, const char *name, size_t name_len)
{
	size_t end = strlen(fault->reason);
	int	   room = (int) (sizeof(fault->reason) - end);
	int	   n = snprintf(fault->reason + end, (size_t) room, "%s\"%.*s\"", before, (int) name_len,
						name);

	if (n < room)
		return true;
	fault->reason[end] = '\0';
	return false;
}

/*
 * Tells that the line has no key of an event, and names the keys that it has, as
 * many as fit.  They are shown as ASCII, because the message may go out in any
 * encoding.
 */
static bool
no_event(const SpkSchema *schema, const char *line, size_t len, SpkEventFault *fault)
{
	SpkNames names = {0};

	spk_fault(fault, SPK_FAULT_KEYS,
			  schema->is_music ? "none of the keys ts, userId and page" :
								 "none of the keys of the columns");
	spk_names_add_keys(&names, schema, line, len);
	for (int i = 0; i < names.n; i++)
	{
		spk_name_to_ascii(names.name[i]);
		if (!append_reason(fault, i == 0 ? ", but " : ", ", names.name[i], strlen(names.name[i])))
			break;
	}
	return false;
}

/* Tells that a line has two spellings of a column's key, as ASCII. */
static bool
two_spellings(const SpkFoundValue *value, SpkEventFault *fault)
{
	SpkNames names = {0};

	spk_names_add(&names, value->key.bytes, value->key.len);
	spk_names_add(&names, value->other.bytes, value->other.len);
	for (int i = 0; i < names.n; i++)
		spk_name_to_ascii(names.name[i]);
	return spk_fault(fault, SPK_FAULT_KEYS, "keys \"%s\" and \"%s\" fold to the same column",
					 names.name[0], names.name[names.n - 1]);
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
		case SPK_TYPE_ANY:
			break;
		case SPK_TYPE_INT4:
			spk_assert(field->integer >= INT32_MIN && field->integer <= INT32_MAX);
			break;
		case SPK_TYPE_FLOAT:
			spk_assert(isfinite(field->number));
			break;
		case SPK_TYPE_INT2:
			spk_assert(field->integer >= INT16_MIN && field->integer <= INT16_MAX);
			break;
		case SPK_TYPE_BOOL:
			spk_assert(field->integer == 0 || field->integer == 1);
			break;
		case SPK_TYPE_UUID:
			spk_assert(spk_uuid_valid(field->text.data, (size_t) field->text.len));
			break;
		case SPK_TYPE_TEXT:
		case SPK_TYPE_REAL:
		case SPK_TYPE_NUMBER:
		case SPK_TYPE_JSON:
			spk_assert(field->text.len >= 0);
			spk_assert(spk_utf8_valid(field->text.data, (size_t) field->text.len));
			break;
	}
}

void
spk_event_row_check(const SpkEventRow *row, const SpkSchema *schema, const uint64_t *wanted)
{
	size_t words = SPK_BITS_WORDS(schema->n_columns);

	spk_assert(row->n_columns == schema->n_columns);
	spk_assert(spk_bits_within(row->given, schema->all, words));
	spk_assert(!spk_bits_meet(row->given, row->blank, words));
	for (int col = 0; col < schema->n_columns; col++)
	{
		bool is_there = spk_bits_has(row->given, col) && spk_bits_has(wanted, col);

		spk_assert(row->isnull[col] == !is_there);
		spk_assert(!spk_bits_has(row->blank, col) || row->any_blank);
		if (is_there)
			check_field(&row->field[col], schema->columns[col].type);
	}
}

#endif

/* The room that the texts of the row may need. */
static size_t
texts_size(const SpkStrictParser *strict)
{
	size_t size = 1;

	for (int col = 0; col < strict->schema->n_columns; col++)
	{
		const SpkFoundValue *value = &strict->values[strict->schema->columns[col].node];

		if (value->start != NULL)
			size += (size_t) (value->end - value->start) + SPK_VALUE_ROOM;
	}
	return size;
}

/* Fills in the columns of the row from what was found in the line. */
static bool
fill_row(SpkStrictParser *strict, const uint64_t *wanted, SpkEventRow *row, SpkEventFault *fault)
{
	SpkValueReader reader = {.room = strict->texts.bytes, .fault = fault};

	for (int col = 0; col < strict->schema->n_columns; col++)
	{
		const SpkFoundValue *value = &strict->values[strict->schema->columns[col].node];

		/* what is null shows what the line is about, but is no value */
		if (value->start == NULL || *value->start == 'n')
			continue;

		/* also where nobody wants the value: what is valid must not depend on the query */
		reader.column = &strict->schema->columns[col];
		if (!spk_event_value(&reader, value->start, value->end, &row->field[col]))
			return false;
		if (reader.is_blank)
		{
			spk_bits_add(row->blank, col);
			row->any_blank = true;
			continue;
		}
		spk_bits_add(row->given, col);
		row->isnull[col] = !spk_bits_has(wanted, col);
	}
	return true;
}

bool
spk_strict_parse(SpkStrictParser *strict, const char *line, size_t len, const uint64_t *wanted,
				 SpkEventRow *row, SpkEventFault *fault)
{
	const SpkSchema *schema = strict->schema;
	bool			 is_event = schema->any_object;

	if (!spk_check_line(line, len, fault) || !check_json(strict, line, len, fault) ||
		!has_room(strict, &strict->keys, len, fault))
		return false;
	spk_places_find(schema, line, len, strict->values, strict->keys.bytes);
	for (int node = 1; node < schema->n_nodes; node++)
	{
		const SpkFoundValue *value = &strict->values[node];

		if (value->start == NULL)
			continue;
		if (value->is_ambiguous)
			return two_spellings(value, fault);
		is_event |= spk_bits_has(schema->required, node);
	}

	/* a fault of a value says more than that the line is no event: it comes first */
	spk_event_row_clear(row);
	if (!has_room(strict, &strict->texts, texts_size(strict), fault) ||
		!fill_row(strict, wanted, row, fault))
		return false;
	if (!is_event)
		return no_event(schema, line, len, fault);
	spk_event_row_check(row, schema, wanted);
	return true;
}

/*
 * log_profile_text_names.c
 *	  Reads what a day of any log counts by name from JSON text.
 */
#include <string.h>

#include "core/base/utf8.h"
#include "json/log_profile_reading.h"

/* A text that a name can be, with its terminator. */
typedef struct NameText
{
	char   text[SPK_LOG_NAME_BYTES + 1];
	size_t len;
} NameText;

/* The string in a piece, in UTF-8; empty after a fault. */
static NameText
read_text(SpkProfileReading *r, SpkJsonPiece piece, const char *what)
{
	NameText	 name = {.len = 0};
	json_object *value = spk_reading_parse(r, piece);
	const char	*text = NULL;
	size_t		 len = 0;

	if (json_object_is_type(value, json_type_string))
	{
		text = json_object_get_string(value);
		len = (size_t) json_object_get_string_len(value);
	}
	if (text == NULL)
		spk_reading_fail_member(r, what, spk_wrong_type(json_type_string));
	else if (len > SPK_LOG_NAME_BYTES)
		spk_reading_fail_at(r, "The name \"", text, len, "\" is longer than 255 bytes");
	else if (!spk_utf8_valid(text, len))
		spk_reading_fail_at(r, "The name \"", text, len, "\" is not UTF-8");
	else
	{
		/* a copy: json-c's object is put back before the host, which may jump, is called */
		memcpy(name.text, text, len);
		name.len = len;
	}
	json_object_put(value);
	return name;
}

/* Counts the uses of a dictionary's place: more of them than a profile keeps are a fault. */
static void
use_place(SpkLogReading *lr, SpkNamePlace *place, uint32_t *n, uint32_t limit, const char *fault)
{
	if (place->stamp == lr->stamp)
		return;
	place->stamp = lr->stamp;
	place->at = (*n)++;
	if (*n > limit)
		spk_reading_fail(&lr->r, fault);
}

/* The dictionary's number of a name or level; SPK_NAME_OTHER after a fault. */
static uint32_t
number_of(SpkLogReading *lr, const NameText *name, bool is_level)
{
	SpkDictionary *names = lr->state->names;
	uint32_t	   number = SPK_NAME_OTHER;

	if (lr->r.status != SPK_OK)
		return SPK_NAME_OTHER;
	spk_reading_note(&lr->r, spk_dictionary_add(names, name->text, name->len, &number));
	if (lr->r.status != SPK_OK)
		return SPK_NAME_OTHER;
	if (is_level)
		use_place(lr, &names->names[number].as_level, &lr->n_levels, SPK_LOG_LEVELS,
				  "A profile has at most 63 levels");
	else
		use_place(lr, &names->names[number].as_name, &lr->n_names, SPK_LOG_NAMES,
				  "A profile has at most 1023 names of events");
	return number;
}

static uint32_t
read_count(SpkProfileReading *r, json_object *value, const char *key)
{
	if (json_object_is_type(value, json_type_int))
		return (uint32_t) spk_reading_int(r, value, key, 1, UINT32_MAX);
	spk_reading_fail_member(r, key, spk_wrong_type(json_type_int));
	return 0;
}

/* Reads a decimal number of at most six digits behind its point, exactly. */
static bool
amount_of_text(const char *text, int64_t *amount)
{
	int64_t unit = SPK_AMOUNT_ONE;
	int64_t whole = 0;
	int64_t part = 0;

	for (; *text >= '0' && *text <= '9'; text++)
	{
		if (whole > INT64_MAX / SPK_AMOUNT_ONE)
			return false;
		whole = whole * 10 + (*text - '0');
	}
	if (*text++ != '.' || whole > INT64_MAX / SPK_AMOUNT_ONE)
		return false;
	for (; *text >= '0' && *text <= '9' && unit > 1; text++)
	{
		unit /= 10;
		part += unit * (*text - '0');
	}
	*amount = whole * SPK_AMOUNT_ONE;
	if (*text != '\0' || part > INT64_MAX - *amount)
		return false;
	*amount += part;
	return true;
}

/* The amount of a member, in millionths; 0 when it is absent.  json-c keeps a fraction as it was written. */
static int64_t
read_amount(SpkProfileReading *r, json_object *object, const char *key)
{
	json_object *value;
	int64_t		 amount = 0;
	const char	*text;

	if (!json_object_object_get_ex(object, key, &value))
		return 0;
	if (json_object_is_type(value, json_type_int))
	{
		amount = spk_reading_int(r, value, key, 1, INT64_MAX / SPK_AMOUNT_ONE);
		return r->status == SPK_OK ? amount * SPK_AMOUNT_ONE : 0;
	}
	text = json_object_is_type(value, json_type_double) ? json_object_get_userdata(value) : NULL;
	if (text == NULL || !amount_of_text(text, &amount) || amount == 0)
		spk_reading_fail_member(r, key, "\" is not a positive amount, such as 19.99");
	return amount;
}

/* What is said of the events of a name: their number, or an object with their amounts. */
static SpkDayCount
read_events(SpkProfileReading *r, SpkJsonPiece piece, const char *name)
{
	SpkDayCount	 count = {.events = 0};
	json_object *value = spk_reading_parse(r, piece);

	if (json_object_is_type(value, json_type_object))
	{
		json_object *events = spk_reading_member(r, value, "events", json_type_int, false);
		json_object *amounts = spk_reading_member(r, value, "amounts", json_type_int, false);

		if (events != NULL && amounts != NULL)
		{
			count.events = read_count(r, events, "events");
			count.valued = read_count(r, amounts, "amounts");
		}
		count.gained = read_amount(r, value, "sum");
		count.refunded = read_amount(r, value, "refunds");
		/* there are no others, and json-c keeps one of those that are there twice */
		if (spk_json_count_keys(piece) != 2 + (count.gained > 0) + (count.refunded > 0))
			spk_reading_fail_at(r, "The event \"", name, strlen(name),
								"\" has a member twice, or one that is not known");
	}
	else
		count.events = read_count(r, value, name);
	json_object_put(value);
	return count;
}

static void
add_count(SpkLogReading *lr, uint32_t number, SpkDayCount count)
{
	SpkDayCount *added;

	if (lr->r.status != SPK_OK)
		return;
	added = spk_log_day_count(lr->r.host, &lr->day);
	if (added == NULL)
	{
		spk_reading_note(&lr->r, SPK_NO_MEMORY);
		return;
	}
	count.name = number;
	*added = count;
}

static void
add_level(SpkLogReading *lr, uint32_t number, uint32_t events)
{
	SpkDayLevel *added;

	if (lr->r.status != SPK_OK)
		return;
	added = spk_log_day_level(lr->r.host, &lr->day);
	if (added == NULL)
		spk_reading_note(&lr->r, SPK_NO_MEMORY);
	else
		*added = (SpkDayLevel) {number, events};
}

/* The count in a piece that has nothing else. */
static uint32_t
read_plain_count(SpkProfileReading *r, SpkJsonPiece piece, const char *key)
{
	json_object *value = spk_reading_parse(r, piece);
	uint32_t	 count = read_count(r, value, key);

	json_object_put(value);
	return count;
}

/* The next of an object's names, in UTF-8, and the piece behind it; false at the end or after a fault. */
static bool
next_name(SpkLogReading *lr, SpkJsonCursor *c, const char *what, NameText *name,
		  SpkJsonPiece *piece)
{
	SpkJsonPiece key;

	if (spk_cancelled(lr->r.host))
		spk_reading_note(&lr->r, SPK_CANCELLED);
	if (lr->r.status != SPK_OK || !spk_json_next(c, '}'))
		return false;
	key = spk_json_key(c);
	*piece = spk_json_value(c, SPK_READING_BYTES);
	if (c->fault != NULL)
		return false;
	*name = read_text(&lr->r, key, what);
	return lr->r.status == SPK_OK;
}

void
spk_read_log_events(SpkLogReading *lr, SpkJsonCursor *c)
{
	NameText	 name;
	SpkJsonPiece piece;

	spk_json_open(c, '{');
	while (next_name(lr, c, "events", &name, &piece))
	{
		uint32_t number = number_of(lr, &name, false);

		add_count(lr, number, read_events(&lr->r, piece, name.text));
	}
}

void
spk_read_log_levels(SpkLogReading *lr, SpkJsonCursor *c)
{
	NameText	 name;
	SpkJsonPiece piece;

	spk_json_open(c, '{');
	while (next_name(lr, c, "levels", &name, &piece))
	{
		uint32_t number = number_of(lr, &name, true);

		add_level(lr, number, read_plain_count(&lr->r, piece, name.text));
	}
}

void
spk_read_log_other_events(SpkLogReading *lr, SpkJsonPiece piece, const char *member)
{
	add_count(lr, SPK_NAME_OTHER, read_events(&lr->r, piece, member));
}

void
spk_read_log_other_levels(SpkLogReading *lr, SpkJsonPiece piece, const char *member)
{
	add_level(lr, SPK_NAME_OTHER, read_plain_count(&lr->r, piece, member));
}

void
spk_read_log_last_level(SpkLogReading *lr, SpkJsonPiece piece, const char *member)
{
	NameText name = read_text(&lr->r, piece, member);

	lr->day.last_level = number_of(lr, &name, true);
}

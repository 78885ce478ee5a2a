/*
 * model_parse_values.c
 *	  Reads the values of a model's JSON text, and checks each before it is used.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/models/calibration.h"
#include "json/model_parse_values.h"

/* Values parsed at once: those of an isotonic calibration or of a feature, and some more. */
#define PART_VALUES (2 * SPK_MAX_CATEGORIES + 1024)

void
spk_refuse(SpkModelParse *p, const char *format, ...)
{
	va_list args;

	if (!spk_parsing(p))
		return;
	va_start(args, format);
	vsnprintf(p->why, sizeof(p->why), format, args);
	va_end(args);
	p->status = SPK_CORRUPT;
}

bool
spk_parse_go_on(SpkModelParse *p)
{
	if (spk_parsing(p) && spk_cancelled(p->host))
		p->status = SPK_CANCELLED;
	return spk_parsing(p);
}

void
spk_parse_put(SpkModelParse *p)
{
	json_object_put(p->element);
	p->element = NULL;
}

static void
note_json_error(SpkModelParse *p, enum json_tokener_error error)
{
	if (error == SPK_JSON_NO_MEMORY)
		p->status = SPK_NO_MEMORY;
	else if (error == json_tokener_continue)
		p->status = SPK_CANCELLED;
	else if (error == json_tokener_error_parse_eof)
		spk_refuse(p, "The JSON text ends early.");
	else
		spk_refuse(p, "The text is not the JSON of a model: %s.", json_tokener_error_desc(error));
}

bool
spk_parse_piece(SpkModelParse *p, SpkText text)
{
	enum json_tokener_error error;

	if (!spk_parsing(p))
		return false;
	if (text.end - text.at > SPK_PART_BYTES)
		spk_refuse(p, "A part of the text is longer than %d bytes.", SPK_PART_BYTES);
	else if (spk_text_count_values(text) > PART_VALUES)
		spk_refuse(p, "A part of the text has more than %d values.", PART_VALUES);
	else
	{
		error = spk_json_parse_strict(&p->parser, text.at, (size_t) (text.end - text.at), p->host,
									  &p->element);
		if (p->element == NULL)
			note_json_error(p, error);
	}
	return spk_parsing(p);
}

uint32_t
spk_parse_count(SpkModelParse *p, SpkTextList list, uint32_t max, const char *what)
{
	SpkText	 element;
	uint32_t n = 0;

	while (spk_parse_go_on(p) && spk_text_next(&list, &element))
		if (n++ == max)
			spk_refuse(p, "There are more than %u %s.", max, what);
	if (list.bad && spk_parse_go_on(p))
		spk_refuse(p, "The %s are not arrays or objects separated by commas.", what);
	return spk_parsing(p) ? n : 0;
}

/* ---- Values ---- */

json_object *
spk_parse_member(SpkModelParse *p, json_object *object, const char *key, json_type type,
				 bool optional)
{
	json_object *member;

	if (!spk_parsing(p))
		return NULL;
	if (!json_object_is_type(object, json_type_object))
		spk_refuse(p, "An object with \"%s\" is expected.", key);
	else if (!json_object_object_get_ex(object, key, &member))
	{
		if (!optional)
			spk_refuse(p, "The member \"%s\" is missing.", key);
	}
	else if (!json_object_is_type(member, type))
		spk_refuse(p, "The member \"%s\" must be of type %s.", key, json_type_to_name(type));
	else
		return member;
	return NULL;
}

void
spk_parse_only(SpkModelParse *p, json_object *object, const char *const *keys, int n)
{
	if (spk_parsing(p))
	{
		json_object_object_foreach(object, key, member)
		{
			int i = 0;

			(void) member;
			while (i < n && strcmp(key, keys[i]) != 0)
				i++;
			if (i == n)
				spk_refuse(p, "The member \"%.63s\" is not known.", key);
		}
	}
}

uint32_t
spk_parse_length(SpkModelParse *p, json_object *array, uint32_t max, const char *what)
{
	size_t n = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

	if (n > max)
		spk_refuse(p, "There are more than %u %s.", max, what);
	return spk_parsing(p) ? (uint32_t) n : 0;
}

double
spk_parse_number(SpkModelParse *p, json_object *value, const char *what)
{
	double number = 0;

	if (!spk_parsing(p))
		return 0;
	if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double))
		spk_refuse(p, "%s is not a number.", what);
	else if (!isfinite(number = json_object_get_double(value)))
		spk_refuse(p, "%s is not a finite number.", what);
	/* json-c cuts long integers down to 64 bits; exact doubles of that size have an exponent */
	else if (json_object_is_type(value, json_type_int) && fabs(number) >= 0x1p63)
		spk_refuse(p, "%s is a whole number of more than 63 bits, without an exponent.", what);
	return spk_parsing(p) ? number : 0;
}

double
spk_parse_number_member(SpkModelParse *p, json_object *object, const char *key)
{
	json_object *value = NULL;
	char		 what[96];

	if (!spk_parsing(p))
		return 0;
	snprintf(what, sizeof(what), "The member \"%s\"", key);
	if (!json_object_object_get_ex(object, key, &value))
		spk_refuse(p, "%s is missing.", what);
	return spk_parse_number(p, value, what);
}

uint32_t
spk_parse_integer(SpkModelParse *p, json_object *value, uint32_t max, const char *what)
{
	int64_t number = spk_parsing(p) ? json_object_get_int64(value) : 0;

	if (!json_object_is_type(value, json_type_int) || number < 0 || number > (int64_t) max)
		spk_refuse(p, "%s is not a whole number from 0 to %u.", what, max);
	return spk_parsing(p) ? (uint32_t) number : 0;
}

void *
spk_parse_array(SpkModelParse *p, size_t n, size_t size)
{
	void *array;

	if (!spk_parsing(p))
		return NULL;
	array = spk_alloc(p->host, n, size);
	if (array == NULL)
		p->status = SPK_NO_MEMORY;
	else if (!spk_clear(p->host, array, n * size))
	{
		spk_release(p->host, array);
		array = NULL;
		p->status = SPK_CANCELLED;
	}
	return array;
}

static int
count_keys(json_object *object)
{
	int n = 0;

	json_object_object_foreach(object, key, value)
	{
		(void) key;
		n += json_object_is_type(value, json_type_object) ? 1 + count_keys(value) : 1;
	}
	return n;
}

void
spk_parse_check_object(SpkModelParse *p, SpkText text)
{
	if (!spk_parsing(p))
		return;
	if (!json_object_is_type(p->element, json_type_object))
		spk_refuse(p, "The text holds something else where an object belongs.");
	else if (count_keys(p->element) != spk_text_count_keys(text))
		spk_refuse(p, "A key occurs twice, or an object is where none belongs.");
}

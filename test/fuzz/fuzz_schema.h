/*
 * fuzz_schema.h
 *	  A schema of random columns whose keys are those of a line, and json-c's word on
 *	  the values at its places.
 */
#ifndef FUZZ_SCHEMA_H
#define FUZZ_SCHEMA_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include <json-c/json.h>

#include "core/events/event_schema.h"
#include "fuzz_host.h"

#define FUZZ_COLUMNS  12
#define FUZZ_STEPS	  3
#define FUZZ_KEYS	  24
#define FUZZ_KEY_ROOM 80

/* Keys for the steps of paths: some of the line's strings, and others that are likely to fit. */
typedef struct FuzzSchema
{
	uint64_t	  random;
	char		  keys[FUZZ_KEYS][FUZZ_KEY_ROOM];
	int			  n_keys;
	const char	 *paths[FUZZ_COLUMNS][FUZZ_STEPS];
	SpkColumnPlan plans[FUZZ_COLUMNS];
	int			  n_columns;
} FuzzSchema;

static inline size_t
fuzz_draw(FuzzSchema *f, size_t n)
{
	f->random ^= f->random << 13;
	f->random ^= f->random >> 7;
	f->random ^= f->random << 17;
	return (size_t) (f->random % n);
}

/* Takes some strings of the line as keys, as they stand there. */
static inline void
fuzz_take_keys(FuzzSchema *f, const char *line, size_t size)
{
	static const char *const others[] = {"page", "ts", "userid", "props", "0", "1", "-1", "a"};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		strcpy(f->keys[f->n_keys++], others[i]);
	for (size_t i = 0; i < size && f->n_keys < FUZZ_KEYS; i++)
	{
		const char *end;
		size_t		len;

		if (line[i] != '"')
			continue;
		end = memchr(line + i + 1, '"', size - i - 1);
		if (end == NULL)
			break;
		len = (size_t) (end - line) - i - 1;
		if (len < FUZZ_KEY_ROOM && memchr(line + i, '\\', len + 1) == NULL &&
			memchr(line + i, '\0', len + 1) == NULL && fuzz_draw(f, 3) > 0)
		{
			memcpy(f->keys[f->n_keys], line + i + 1, len);
			f->keys[f->n_keys++][len] = '\0';
		}
		i += len + 1;
	}
}

/* Fills in the plans of some columns, by the bytes of the line. */
static inline void
fuzz_plan(FuzzSchema *f, const char *line, size_t size)
{
	memset(f, 0, sizeof(*f));
	f->random = UINT64_C(0x9E3779B97F4A7C15);
	for (size_t i = 0; i < size; i++)
		f->random = (f->random ^ (unsigned char) line[i]) * UINT64_C(0x100000001B3);
	f->random |= 1;
	fuzz_take_keys(f, line, size);
	f->n_columns = (int) fuzz_draw(f, FUZZ_COLUMNS + 1);
	for (int i = 0; i < f->n_columns; i++)
	{
		SpkColumnPlan *plan = &f->plans[i];

		plan->path = f->paths[i];
		plan->path_len = fuzz_draw(f, 16) == 0 ? 0 : 1 + (int) fuzz_draw(f, FUZZ_STEPS);
		for (int k = 0; k < plan->path_len; k++)
			f->paths[i][k] = f->keys[fuzz_draw(f, (size_t) f->n_keys)];
		plan->label = "a column";
		plan->type = (SpkEventType) fuzz_draw(f, SPK_TYPE_ANY + 1);
		if (plan->path_len == 0)
			plan->type = SPK_TYPE_JSON;
		plan->unit = (SpkTimeUnit) fuzz_draw(f, SPK_UNIT_NANOSECONDS + 1);
		plan->folds = plan->path_len == 1 && fuzz_draw(f, 2) == 0;
		plan->lenient = plan->type > SPK_TYPE_TEXT || fuzz_draw(f, 4) > 0;
		plan->blank = fuzz_draw(f, 2) == 0;
		if (!plan->lenient)
			plan->unit = SPK_UNIT_MILLISECONDS;
	}
}

/* What json-c finds at the end of a path, as #> does; *found is false where there is nothing. */
static inline json_object *
fuzz_value_at(json_object *object, const SpkColumnPlan *plan, bool *found)
{
	*found = true;
	for (int k = 0; k < plan->path_len && *found; k++)
	{
		json_object *inner = NULL;

		if (json_object_is_type(object, json_type_object))
			*found = json_object_object_get_ex(object, plan->path[k], &inner);
		else if (json_object_is_type(object, json_type_array))
		{
			char *end;
			long  index = strtol(plan->path[k], &end, 10);
			long  n = (long) json_object_array_length(object);

			*found = *end == '\0' && end != plan->path[k] && index >= -n && index < n;
			if (*found)
				inner = json_object_array_get_idx(object, (size_t) (index < 0 ? index + n : index));
		}
		else
			*found = false;
		object = inner;
	}
	return object;
}

/* Is the field what json-c has made of the value?  Of what it does not keep nothing is said. */
static inline bool
fuzz_same_value(json_object *value, const SpkColumnPlan *plan, const SpkField *field)
{
	bool is_string = json_object_is_type(value, json_type_string);

	switch (plan->type)
	{
		case SPK_TYPE_INT8:
		case SPK_TYPE_INT4:
		case SPK_TYPE_INT2:
			/* json-c has integers with a point or an exponent as doubles, which we do not */
			if (json_object_is_type(value, json_type_double))
				return (double) field->integer == json_object_get_double(value);
			return is_string || field->integer == json_object_get_int64(value);
		case SPK_TYPE_FLOAT:
			return is_string || json_object_is_type(value, json_type_int) ||
				field->number == json_object_get_double(value);
		case SPK_TYPE_TEXT:
			return !is_string ||
				(field->text.len == json_object_get_string_len(value) &&
				 memcmp(field->text.data, json_object_get_string(value),
						(size_t) field->text.len) == 0);
		case SPK_TYPE_BOOL:
			return json_object_is_type(value, json_type_boolean) &&
				field->integer == json_object_get_boolean(value);
		case SPK_TYPE_JSON:
		{
			json_tokener *tokener = json_tokener_new();
			json_object	 *again = json_tokener_parse_ex(tokener, field->text.data, field->text.len);
			/* a number or a word at the end may go on, as far as json-c knows */
			bool same = json_tokener_get_error(tokener) == json_tokener_continue ||
				json_object_equal(again, value);

			json_object_put(again);
			json_tokener_free(tokener);
			return same;
		}
		default:
			return true;
	}
}

#endif /* FUZZ_SCHEMA_H */

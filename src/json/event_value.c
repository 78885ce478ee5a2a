/*
 * event_value.c
 *	  Turns a value of JSON into a value of an event's column, by the column's type.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "core/base/elementary.h"
#include "core/base/time_text.h"
#include "core/base/times.h"
#include "json/event_value.h"

static const char *
type_name(enum json_type type)
{
	switch (type)
	{
		case json_type_null:
			return "null";
		case json_type_boolean:
			return "a boolean";
		case json_type_double:
		case json_type_int:
			return "a number";
		case json_type_object:
			return "an object";
		case json_type_array:
			return "an array";
		case json_type_string:
			return "a string";
	}
	return "something else";
}

static bool
wrong_type(const char *key, const char *wanted, struct json_object *value, SpkEventFault *fault)
{
	return spk_fault(fault, SPK_FAULT_TYPE, "key \"%s\" must be %s, not %s", key, wanted,
					 type_name(json_object_get_type(value)));
}

static bool
out_of_range(const char *key, SpkEventFault *fault)
{
	return spk_fault(fault, SPK_FAULT_RANGE, "key \"%s\" is out of range", key);
}

/*
 * json-c turns an integer that no int64_t holds into a uint64_t above INT64_MAX,
 * or into INT64_MIN, so all of these count as out of range.
 */
static bool
get_integer(struct json_object *value, const char *key, const char *wanted, int64_t min,
			int64_t max, int64_t *result, SpkEventFault *fault)
{
	if (json_object_is_type(value, json_type_int))
	{
		*result = json_object_get_int64(value);
		if (*result == INT64_MIN || json_object_get_uint64(value) > INT64_MAX)
			return out_of_range(key, fault);
	}
	else if (json_object_is_type(value, json_type_double))
	{
		double number = json_object_get_double(value);

		/* a larger double may stand for an integer that the text did not say */
		if (!(fabs(number) <= SPK_EXACT_NUMBERS))
			return out_of_range(key, fault);
		if (number != rint(number))
			return spk_fault(fault, SPK_FAULT_TYPE, "key \"%s\" must be %s, not a fraction", key,
							 wanted);
		*result = (int64_t) number;
	}
	else
		return wrong_type(key, wanted, value, fault);

	if (*result < min || *result > max)
		return out_of_range(key, fault);
	return true;
}

/* Turns milliseconds since 1970, or a text of ISO 8601, into a timestamptz. */
static bool
get_time(struct json_object *value, const char *key, int64_t *result, SpkEventFault *fault)
{
	int64_t millis;
	int64_t usecs = 0;

	if (json_object_is_type(value, json_type_string))
		return spk_time_of_iso8601(json_object_get_string(value),
								   (size_t) json_object_get_string_len(value), result) ||
			spk_fault(fault, SPK_FAULT_TYPE,
					  "key \"%s\" must be a number or an ISO 8601 time, not another string", key);
	if (json_object_is_type(value, json_type_double))
	{
		double number = json_object_get_double(value);

		if (!(fabs(number) <= SPK_EXACT_NUMBERS))
			return out_of_range(key, fault);

		/* down, not towards zero: the microseconds that are left are never negative */
		millis = (int64_t) floor(number);
		usecs = (int64_t) rint((number - floor(number)) * 1000.0);
	}
	else if (!json_object_is_type(value, json_type_int))
		return wrong_type(key, "a number or an ISO 8601 time", value, fault);
	else if (!get_integer(value, key, "a number", INT64_MIN, INT64_MAX, &millis, fault))
		return false;

	if (millis < SPK_MIN_TIME / 1000 + SPK_EPOCH_MSECS ||
		millis >= SPK_END_TIME / 1000 + SPK_EPOCH_MSECS)
		return out_of_range(key, fault);
	*result = (millis - SPK_EPOCH_MSECS) * 1000 + usecs;

	/* the fraction may have been rounded up to the end of time itself */
	if (*result >= SPK_END_TIME)
		return out_of_range(key, fault);
	return true;
}

static bool
get_number(struct json_object *value, const char *key, double *result, SpkEventFault *fault)
{
	if (!json_object_is_type(value, json_type_double) && !json_object_is_type(value, json_type_int))
		return wrong_type(key, "a number", value, fault);
	*result = json_object_get_double(value);
	if (!isfinite(*result))
		return out_of_range(key, fault);
	return true;
}

static bool
get_text(struct json_object *value, int col, char *digits, SpkField *field, SpkEventFault *fault)
{
	int64_t integer;

	if (json_object_is_type(value, json_type_string))
	{
		field->text.data = json_object_get_string(value);
		field->text.len = json_object_get_string_len(value);
		return true;
	}
	if (!get_integer(value, spk_event_keys[col].key, "a string or an integer", INT64_MIN, INT64_MAX,
					 &integer, fault))
		return false;
	field->text.data = digits;
	field->text.len = snprintf(digits, SPK_DIGITS, "%" PRId64, integer);
	return true;
}

bool
spk_event_value(struct json_object *value, int col, char *digits, SpkField *field,
				SpkEventFault *fault)
{
	const char *key = spk_event_keys[col].key;

	switch (spk_event_keys[col].type)
	{
		case SPK_TYPE_TIME:
			return get_time(value, key, &field->integer, fault);
		case SPK_TYPE_INT8:
			return get_integer(value, key, "an integer", INT64_MIN, INT64_MAX, &field->integer,
							   fault);
		case SPK_TYPE_INT4:
			return get_integer(value, key, "an integer", INT32_MIN, INT32_MAX, &field->integer,
							   fault);
		case SPK_TYPE_FLOAT:
			return get_number(value, key, &field->number, fault);
		case SPK_TYPE_TEXT:
			return get_text(value, col, digits, field, fault);
	}
	return false;
}

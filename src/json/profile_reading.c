/*
 * profile_reading.c
 *	  Reads the values of a profile's JSON text, and keeps its first fault.
 */
#include <string.h>

#include "core/base/calendar.h"
#include "json/profile_reading.h"

void
spk_reading_fail_at(SpkProfileReading *r, const char *before, const char *name, size_t len,
					const char *after)
{
	if (r->status != SPK_OK)
		return;
	r->status = SPK_CORRUPT;
	r->fault->before = before;
	r->fault->after = after;
	if (len >= sizeof(r->fault->name))
		len = sizeof(r->fault->name) - 1;
	memcpy(r->fault->name, name, len);
	r->fault->name[len] = '\0';
}

void
spk_reading_fail_member(SpkProfileReading *r, const char *key, const char *after)
{
	spk_reading_fail_at(r, "The member \"", key, strlen(key), after);
}

void
spk_reading_fail(SpkProfileReading *r, const char *what)
{
	spk_reading_fail_at(r, what, "", 0, "");
}

void
spk_reading_note(SpkProfileReading *r, SpkStatus status)
{
	if (r->status == SPK_OK)
		r->status = status;
}

json_object *
spk_reading_parse(SpkProfileReading *r, SpkJsonPiece piece)
{
	json_object			   *value = NULL;
	enum json_tokener_error error;
	const char			   *fault;

	if (r->status != SPK_OK)
		return NULL;

	/* first, because json-c would take these faults and leave no trace of them */
	fault = spk_json_piece_fault(piece);
	if (fault != NULL)
	{
		spk_reading_fail(r, fault);
		return NULL;
	}

	error = spk_json_parse_strict(r->parser, piece.at, piece.len, r->host, &value);
	if (error == SPK_JSON_NO_MEMORY)
		spk_reading_note(r, SPK_NO_MEMORY);
	else if (error == json_tokener_continue)
		spk_reading_note(r, SPK_CANCELLED);
	else if (error != json_tokener_success)
	{
		const char *reason = json_tokener_error_desc(error);

		spk_reading_fail_at(r, "The text is not JSON: ", reason, strlen(reason), "");
	}
	return value;
}

const char *
spk_wrong_type(json_type type)
{
	switch (type)
	{
		case json_type_int:
			return "\" must be of type int";
		case json_type_object:
			return "\" must be of type object";
		default:
			return "\" must be of type string";
	}
}

json_object *
spk_reading_member(SpkProfileReading *r, json_object *object, const char *key, json_type type,
				   bool optional)
{
	json_object *found = NULL;

	if (!json_object_object_get_ex(object, key, &found))
	{
		if (!optional)
			spk_reading_fail_member(r, key, "\" is missing");
		return NULL;
	}
	if (json_object_is_type(found, type))
		return found;
	spk_reading_fail_member(r, key, spk_wrong_type(type));
	return NULL;
}

/*
 * json-c clamps what does not fit into 64 bits.  Too large a number shows as an
 * unsigned one; one that is too small looks like INT64_MIN.
 */
int64_t
spk_reading_int(SpkProfileReading *r, json_object *value, const char *key, int64_t min, int64_t max)
{
	int64_t number = json_object_get_int64(value);

	if (number < min || number > max ||
		(number > 0 && json_object_get_uint64(value) > (uint64_t) max))
		spk_reading_fail_member(r, key, "\" is out of range");
	return number;
}

int64_t
spk_reading_time(SpkProfileReading *r, json_object *value, const char *key)
{
	int64_t ts = SPK_NO_TIME;

	if (!spk_time_of_text(json_object_get_string(value), (size_t) json_object_get_string_len(value),
						  &ts))
		spk_reading_fail_member(r, key,
								"\" is not a time in UTC, such as 2018-10-01T23:59:00+00:00");
	return ts;
}

int
spk_reading_key(SpkProfileReading *r, SpkJsonPiece key, const char *const *names, int n, bool *seen)
{
	int which = 0;

	while (which < n && !spk_json_is_key(key, names[which]))
		which++;
	if (which == n)
		spk_reading_fail_at(r, "The member \"", key.at + 1, key.len - 2, "\" is not known");
	else if (seen[which])
		spk_reading_fail_member(r, names[which], "\" is there twice");
	else
		seen[which] = true;
	return r->status == SPK_OK ? which : n;
}

bool
spk_says_lowest(SpkJsonPiece piece)
{
	static const char lowest[] = "-9223372036854775808";
	const size_t	  len = sizeof(lowest) - 1;

	for (size_t i = 0; i + len < piece.len; i++)
		if (memcmp(piece.at + i, lowest, len) == 0 &&
			(piece.at[i + len] < '0' || piece.at[i + len] > '9'))
			return true;
	return false;
}

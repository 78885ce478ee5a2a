/*
 * log_profile_text_read.c
 *	  Reads the JSON text of a profile of any log: the members of the whole.
 */
#include <string.h>

#include "json/log_profile_reading.h"

/* The members of a profile. */
enum
{
	VERSION,
	MORE_NAMES,
	MORE_LEVELS,
	DAYS,
	N_MEMBERS
};

static const char *const member_names[N_MEMBERS] = {"version", "more_names", "more_levels", "days"};

/* Members before the one that tells of which log a profile is: more than either has. */
#define MEMBERS_BEFORE 8

bool
spk_is_log_profile_text(const char *text, size_t len)
{
	SpkJsonCursor c = spk_json_cursor(text, len);

	spk_json_open(&c, '{');
	for (int i = 0; i < MEMBERS_BEFORE && spk_json_next(&c, '}'); i++)
	{
		SpkJsonPiece key = spk_json_key(&c);

		if (c.fault != NULL || spk_json_is_key(key, "slices"))
			return false;
		if (spk_json_is_key(key, member_names[DAYS]))
			return true;
		(void) spk_json_value(&c, SPK_READING_BYTES);
	}
	return false;
}

static void
read_member(SpkLogReading *lr, SpkJsonPiece piece, int which)
{
	SpkProfileReading *r = &lr->r;
	const char		  *name = member_names[which];
	json_object		  *value = spk_reading_parse(r, piece);

	if (r->status != SPK_OK)
		return;
	if (which == VERSION && !json_object_is_type(value, json_type_int))
		spk_reading_fail_member(r, name, spk_wrong_type(json_type_int));
	else if (which == VERSION)
		spk_reading_int(r, value, name, SPK_LOG_PROFILE_VERSION, SPK_LOG_PROFILE_VERSION);
	else if (!json_object_is_type(value, json_type_boolean))
		spk_reading_fail_member(r, name, "\" must be true or false");
	else if (which == MORE_NAMES)
		lr->state->names_dropped = json_object_get_boolean(value);
	else
		lr->state->levels_dropped = json_object_get_boolean(value);
	json_object_put(value);
}

static void
read_days(SpkLogReading *lr, SpkJsonCursor *c)
{
	spk_json_open(c, '[');
	while (lr->r.status == SPK_OK && spk_json_next(c, ']'))
	{
		spk_read_log_day(lr, c);
		if (spk_cancelled(lr->r.host))
			spk_reading_note(&lr->r, SPK_CANCELLED);
	}
}

SpkStatus
spk_log_profile_read_text(SpkJsonParser *parser, const char *text, size_t len,
						  SpkLogProfileState *state, SpkTextFault *fault)
{
	/* a copy: the dictionary that has it may be left on the way */
	SpkHost		  host = state->names->host;
	SpkLogReading lr = {.r = {parser, NULL, &host, fault, SPK_OK}, .state = state};
	SpkJsonCursor c = spk_json_cursor(text, len);
	bool		  seen[N_MEMBERS] = {false};

	spk_log_day_init(&lr.day);
	lr.stamp = ++state->names->stamp;
	spk_json_open(&c, '{');
	while (lr.r.status == SPK_OK && spk_json_next(&c, '}'))
	{
		SpkJsonPiece key = spk_json_key(&c);
		int			 which = N_MEMBERS;

		if (c.fault == NULL)
			which = spk_reading_key(&lr.r, key, member_names, N_MEMBERS, seen);
		if (which == DAYS)
			read_days(&lr, &c);
		else if (which != N_MEMBERS)
		{
			SpkJsonPiece piece = spk_json_value(&c, SPK_READING_BYTES);

			if (c.fault == NULL)
				read_member(&lr, piece, which);
		}
	}
	spk_json_finish(&c);
	if (c.fault != NULL)
		spk_reading_fail(&lr.r, c.fault);
	if (!seen[VERSION] || !seen[DAYS])
		spk_reading_fail_member(&lr.r, member_names[seen[VERSION] ? DAYS : VERSION],
								"\" is missing");
	spk_log_day_release(&host, &lr.day);
	return lr.r.status;
}

/*
 * log_profile_text_day.c
 *	  Reads a day of a profile of any log from JSON text.
 *
 * A day may be long, as it has any number of sessions and as many names as there
 * are.  So it goes to json-c in pieces as well: a name, what is counted of it, a
 * session.
 */
#include <string.h>

#include "core/base/calendar.h"
#include "json/log_profile_reading.h"

/* The members of a day. */
enum
{
	DAY,
	EVENTS,
	OTHER_EVENTS,
	HOURS,
	LEVELS,
	OTHER_LEVELS,
	LAST_LEVEL,
	LAST_LEVEL_AT,
	SESSIONS,
	N_MEMBERS
};

static const char *const member_names[N_MEMBERS] = {"day",		  "events",		   "other_events",
													"hours",	  "levels",		   "other_levels",
													"last_level", "last_level_at", "sessions"};

/* The hash that ten hexadecimal digits say. */
static int64_t
read_hash(SpkProfileReading *r, json_object *value)
{
	static const char digits[] = "0123456789abcdef";
	const char		 *text = json_object_get_string(value);
	int64_t			  hash = 0;
	const char		 *digit = text;

	while (*digit != '\0' && strchr(digits, *digit) != NULL)
		hash = (int64_t) ((uint64_t) hash << 4 | (uint64_t) (strchr(digits, *digit++) - digits));
	if (*digit != '\0' || digit - text != SPK_HASH_DIGITS)
		spk_reading_fail_member(r, "hash", "\" must have ten digits of 0 to 9 and a to f");
	return hash;
}

/* What a session has for an id. */
static void
read_identity(SpkProfileReading *r, json_object *object, SpkJsonPiece piece, SpkDaySession *session)
{
	json_object *id = spk_reading_member(r, object, "id", json_type_int, true);
	json_object *hash = spk_reading_member(r, object, "hash", json_type_string, true);

	if (id != NULL && hash != NULL)
		spk_reading_fail(r, "A session has both an \"id\" and a \"hash\"");
	if (id != NULL)
	{
		session->kind = SPK_SESSION_INTEGER;
		session->id = spk_reading_int(r, id, "id", INT64_MIN, INT64_MAX);
		if (session->id == INT64_MIN && !spk_says_lowest(piece))
			spk_reading_fail_member(r, "id", "\" is out of range");
	}
	else if (hash != NULL)
	{
		session->kind = SPK_SESSION_HASHED;
		session->id = read_hash(r, hash);
	}
}

static void
read_session(SpkLogReading *lr, SpkJsonPiece piece)
{
	SpkProfileReading *r = &lr->r;
	SpkDaySession	   session = {.kind = SPK_SESSION_DERIVED};
	SpkDaySession	  *added;
	json_object		  *object = spk_reading_parse(r, piece);

	if (json_object_is_type(object, json_type_object))
	{
		json_object *first = spk_reading_member(r, object, "first", json_type_string, false);
		json_object *last = spk_reading_member(r, object, "last", json_type_string, false);

		read_identity(r, object, piece, &session);
		if (first != NULL && last != NULL)
		{
			session.first = spk_reading_time(r, first, "first");
			session.last = spk_reading_time(r, last, "last");
		}
		if (spk_json_count_keys(piece) != 2 + (session.kind != SPK_SESSION_DERIVED))
			spk_reading_fail(r, "A session has a member twice, or one that is not known");
	}
	else
		spk_reading_fail(r, "A session must be an object with \"first\" and \"last\"");
	json_object_put(object);

	/* from here on the host may jump */
	added = r->status == SPK_OK ? spk_log_day_session(r->host, &lr->day) : NULL;
	if (added != NULL)
		*added = session;
	else
		spk_reading_note(r, SPK_NO_MEMORY);
}

static void
read_sessions(SpkLogReading *lr, SpkJsonCursor *c)
{
	spk_json_open(c, '[');
	while (lr->r.status == SPK_OK && spk_json_next(c, ']'))
	{
		SpkJsonPiece piece = spk_json_value(c, SPK_READING_BYTES);

		if (c->fault == NULL)
			read_session(lr, piece);
		if (spk_cancelled(lr->r.host))
			spk_reading_note(&lr->r, SPK_CANCELLED);
	}
}

/* A member that is the day itself, a sum or a time. */
static void
read_value(SpkLogReading *lr, SpkJsonPiece piece, int which)
{
	SpkProfileReading *r = &lr->r;
	json_type		   type = which == HOURS ? json_type_int : json_type_string;
	json_object		  *value = spk_reading_parse(r, piece);

	if (r->status == SPK_OK && !json_object_is_type(value, type))
		spk_reading_fail_member(r, member_names[which], spk_wrong_type(type));
	if (r->status == SPK_OK && which == HOURS)
		lr->day.hours = (uint64_t) spk_reading_int(r, value, member_names[HOURS], 1, INT64_MAX);
	else if (r->status == SPK_OK && which == LAST_LEVEL_AT)
		lr->day.last_level_ts = spk_reading_time(r, value, member_names[LAST_LEVEL_AT]);
	else if (r->status == SPK_OK &&
			 !spk_day_of_text(json_object_get_string(value),
							  (size_t) json_object_get_string_len(value), &lr->day.day))
		spk_reading_fail_member(r, member_names[DAY], "\" is not a day, such as 2018-10-01");
	json_object_put(value);
}

static void
read_member(SpkLogReading *lr, SpkJsonCursor *c, int which)
{
	SpkJsonPiece piece;

	if (which == SESSIONS)
		read_sessions(lr, c);
	else if (which == EVENTS)
		spk_read_log_events(lr, c);
	else if (which == LEVELS)
		spk_read_log_levels(lr, c);
	else
	{
		piece = spk_json_value(c, SPK_READING_BYTES);
		if (c->fault == NULL && which == OTHER_EVENTS)
			spk_read_log_other_events(lr, piece, member_names[which]);
		else if (c->fault == NULL && which == OTHER_LEVELS)
			spk_read_log_other_levels(lr, piece, member_names[which]);
		else if (c->fault == NULL && which == LAST_LEVEL)
			spk_read_log_last_level(lr, piece, member_names[which]);
		else if (c->fault == NULL)
			read_value(lr, piece, which);
	}
}

static void
fail_day(SpkLogReading *lr, const char *what)
{
	char text[SPK_TIME_TEXT];

	spk_reading_fail_at(&lr->r, "The day ", text, spk_day_text(lr->day.day, text), what);
}

/* The day goes to the state.  What it says twice would be added up. */
static void
add_day(SpkLogReading *lr)
{
	SpkLogDay *day = &lr->day;
	uint64_t   n = (uint64_t) day->n_counts + day->n_levels + day->n_sessions;
	SpkStatus  status;

	if (lr->has_day && day->day <= lr->last_day)
	{
		fail_day(lr, " is not behind the one before it");
		return;
	}
	lr->has_day = true;
	lr->last_day = day->day;
	status = spk_log_profile_add_day(lr->state, day);
	if (status == SPK_CORRUPT)
		fail_day(lr, " has members that do not agree");
	else if (status != SPK_OK)
		spk_reading_note(&lr->r, status);
	else if (n != (uint64_t) day->n_counts + day->n_levels + day->n_sessions)
		fail_day(lr, " has an event, level or session twice");
}

void
spk_read_log_day(SpkLogReading *lr, SpkJsonCursor *c)
{
	SpkProfileReading *r = &lr->r;
	bool			   seen[N_MEMBERS] = {false};
	static const int   needed[] = {DAY, EVENTS, SESSIONS};

	/* members come in any order, so which day it is may be said last */
	spk_log_day_start(&lr->day, 0);
	spk_json_open(c, '{');
	while (r->status == SPK_OK && spk_json_next(c, '}'))
	{
		SpkJsonPiece key = spk_json_key(c);
		int			 which = N_MEMBERS;

		if (c->fault == NULL)
			which = spk_reading_key(r, key, member_names, N_MEMBERS, seen);
		if (which != N_MEMBERS)
			read_member(lr, c, which);
	}
	if (c->fault != NULL)
		spk_reading_fail(r, c->fault);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!seen[needed[i]])
			spk_reading_fail_member(r, member_names[needed[i]], "\" is missing");
	if (seen[LAST_LEVEL] && !seen[LAST_LEVEL_AT])
		spk_reading_fail_member(r, member_names[LAST_LEVEL_AT], "\" is missing");
	if (r->status == SPK_OK)
		add_day(lr);
}

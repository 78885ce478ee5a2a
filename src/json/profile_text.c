/*
 * profile_text.c
 *	  A profile's JSON text.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/calendar.h"
#include "json/json_pieces.h"
#include "json/profile_text.h"

/* The longest text of a slice or of a member beside them: json-c's memory is some forty times that. */
#define VALUE_BYTES 65536

/* What the text of a slice takes, more or less: room that is there at once need not grow. */
#define USUAL_PIECE 256
#define MUCH_ROOM	((size_t) 1 << 30)

/* ---- Writing ---- */

static void
put(SpkWriter *w, const char *text)
{
	spk_write_bytes(w, text, strlen(text));
}

static void
put_number(SpkWriter *w, int64_t number)
{
	char	 digits[20];
	char	*at = digits + sizeof(digits);
	uint64_t left = number < 0 ? 0 - (uint64_t) number : (uint64_t) number;

	do
		*--at = (char) ('0' + left % 10);
	while ((left /= 10) > 0);
	if (number < 0)
		*--at = '-';
	spk_write_bytes(w, at, (size_t) (digits + sizeof(digits) - at));
}

/* "key": behind a comma */
static void
put_key(SpkWriter *w, const char *key)
{
	put(w, ", \"");
	put(w, key);
	put(w, "\": ");
}

/* Times that are unknown are left out. */
static void
put_time(SpkWriter *w, const char *key, int64_t ts)
{
	char   buf[SPK_TIME_TEXT];
	size_t len;

	if (ts == SPK_NO_TIME)
		return;
	len = spk_time_text(ts, buf);
	put_key(w, key);
	put(w, "\"");
	spk_write_bytes(w, buf, len);
	put(w, "\"");
}

static void
put_count(SpkWriter *w, const char *key, int64_t count)
{
	if (count == 0)
		return;
	put_key(w, key);
	put_number(w, count);
}

static void
put_slice(SpkWriter *w, const SpkSlice *slice)
{
	char		day[SPK_TIME_TEXT];
	const char *separator = "\"";

	put(w, "{\"session\": ");
	put_number(w, slice->session);
	put(w, ", \"day\": \"");
	spk_write_bytes(w, day, spk_day_text(slice->day, day));
	put(w, "\", \"pages\": {");
	for (int p = 0; p < SPK_N_PAGES; p++)
		if (slice->pages[p] > 0)
		{
			put(w, separator);
			put(w, spk_page_name((SpkPage) p));
			put(w, "\": ");
			put_number(w, slice->pages[p]);
			separator = ", \"";
		}
	put(w, "}");
	put_time(w, "first", slice->first_ts);
	put_time(w, "last", slice->last_ts);
	if (slice->level != SPK_LEVEL_UNKNOWN)
		put(w, slice->level == SPK_LEVEL_PAID ? ", \"level\": \"paid\"" : ", \"level\": \"free\"");
	put_time(w, "level_at", slice->level_ts);
	put_count(w, "paid", slice->paid);
	put_count(w, "listened_us", slice->listened_us);
	put_count(w, "play_hours", slice->play_hours);
	put_time(w, "first_downgrade", slice->first_downgrade);
	put(w, "}");
}

SpkStatus
spk_profile_write_text(const SpkHost *host, const void *data, size_t len, SpkWriter *w,
					   const char **why)
{
	SpkProfileHeader header;
	SpkSliceReader	 slices;
	SpkSlice		 slice;
	const char		*separator = "";
	SpkStatus		 status = spk_profile_open(host, data, len, &header, &slices, why);

	if (status != SPK_OK)
		return status;
	if (slices.left < MUCH_ROOM / USUAL_PIECE)
		(void) spk_writer_reserve(w, ((size_t) slices.left + 1) * USUAL_PIECE);
	put(w, "{\"version\": ");
	put_number(w, SPK_PROFILE_VERSION);
	if (header.gender != SPK_GENDER_UNKNOWN)
		put(w, header.gender == SPK_GENDER_MALE ? ", \"gender\": \"M\"" : ", \"gender\": \"F\"");
	put_time(w, "gender_at", header.gender_ts);
	put_time(w, "registration", header.registration);
	put_time(w, "cancelled", header.cancelled);
	put(w, ", \"slices\": [");
	while (w->status == SPK_OK && spk_slice_next(&slices, &slice))
	{
		put(w, separator);
		put_slice(w, &slice);
		separator = ", ";
	}
	put(w, "]}");
	*why = "A slice is malformed";
	status = spk_slices_status(&slices);
	return status != SPK_OK ? status : w->status;
}

/* ---- Reading ---- */

/* The members of a profile, of which the last is the list of slices. */
enum
{
	VERSION,
	GENDER,
	GENDER_AT,
	REGISTRATION,
	CANCELLED,
	SLICES,
	N_MEMBERS
};

static const char *const member_names[N_MEMBERS] = {"version",		"gender",	 "gender_at",
													"registration", "cancelled", "slices"};

static const char *const slice_keys[] = {"session",		"day",		  "pages",			"first",
										 "last",		"level",	  "level_at",		"paid",
										 "listened_us", "play_hours", "first_downgrade"};

#define N_SLICE_KEYS (sizeof(slice_keys) / sizeof(slice_keys[0]))

/* One reading; what follows a fault does no harm and is not heard of. */
typedef struct Reading
{
	SpkJsonParser	*parser;
	SpkProfileState *state;
	const SpkHost	*host;
	SpkTextFault	*fault;
	SpkStatus		 status;
} Reading;

/* The first fault counts. */
static void
fail_at(Reading *r, const char *before, const char *name, size_t len, const char *after)
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

static void
fail_member(Reading *r, const char *key, const char *after)
{
	fail_at(r, "The member \"", key, strlen(key), after);
}

static void
fail(Reading *r, const char *what)
{
	fail_at(r, what, "", 0, "");
}

static void
check(Reading *r, SpkStatus status)
{
	if (r->status == SPK_OK)
		r->status = status;
}

/* A piece as json-c's object, or NULL after a fault; the caller puts it back before the host is called. */
static json_object *
parse(Reading *r, SpkJsonPiece piece)
{
	json_object			   *value = NULL;
	enum json_tokener_error error;
	const char			   *fault;

	if (r->status != SPK_OK)
		return NULL;
	fault = spk_json_piece_fault(piece);
	if (fault != NULL)
	{
		fail(r, fault);
		return NULL;
	}
	error = spk_json_parse_strict(r->parser, piece.at, piece.len, r->host, &value);
	if (error == SPK_JSON_NO_MEMORY)
		check(r, SPK_NO_MEMORY);
	else if (error == json_tokener_continue)
		check(r, SPK_CANCELLED);
	else if (error != json_tokener_success)
	{
		const char *reason = json_tokener_error_desc(error);

		fail_at(r, "The text is not JSON: ", reason, strlen(reason), "");
	}
	return value;
}

static const char *
wrong_type(json_type type)
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

/* The member of an object, of this type; NULL when it is absent, which is a fault unless it is optional. */
static json_object *
member(Reading *r, json_object *object, const char *key, json_type type, bool optional)
{
	json_object *found = NULL;

	if (!json_object_object_get_ex(object, key, &found))
	{
		if (!optional)
			fail_member(r, key, "\" is missing");
		return NULL;
	}
	if (json_object_is_type(found, type))
		return found;
	fail_member(r, key, wrong_type(type));
	return NULL;
}

/*
 * json-c clamps what does not fit into 64 bits.  It tells positive numbers that
 * need all of them; for negative ones see is_lowest_written.
 */
static int64_t
int_of(Reading *r, json_object *value, const char *key, int64_t min, int64_t max)
{
	int64_t number = json_object_get_int64(value);

	if (number < min || number > max ||
		(number > 0 && json_object_get_uint64(value) > (uint64_t) max))
		fail_member(r, key, "\" is out of range");
	return number;
}

static int64_t
time_of(Reading *r, json_object *value, const char *key)
{
	int64_t ts = SPK_NO_TIME;

	if (!spk_time_of_text(json_object_get_string(value), (size_t) json_object_get_string_len(value),
						  &ts))
		fail_member(r, key, "\" is not a time in UTC, such as 2018-10-01T23:59:00+00:00");
	return ts;
}

static int64_t
read_time(Reading *r, json_object *object, const char *key)
{
	json_object *value = member(r, object, key, json_type_string, true);

	return value != NULL ? time_of(r, value, key) : SPK_NO_TIME;
}

static int64_t
read_count(Reading *r, json_object *object, const char *key, int64_t max)
{
	json_object *value = member(r, object, key, json_type_int, true);

	return value != NULL ? int_of(r, value, key, 1, max) : 0;
}

static void
read_start(Reading *r, json_object *object, SpkSlice *slice)
{
	json_object *session = member(r, object, "session", json_type_int, false);
	json_object *day = member(r, object, "day", json_type_string, false);

	if (session == NULL || day == NULL)
		return;
	slice->session = int_of(r, session, "session", INT64_MIN, INT64_MAX);
	if (!spk_day_of_text(json_object_get_string(day), (size_t) json_object_get_string_len(day),
						 &slice->day))
		fail_member(r, "day", "\" is not a day, such as 2018-10-01");
}

/*
 * Does the slice say INT64_MIN, which json-c makes of all that is below, too?
 * Nothing else in a sound slice looks like it.
 */
static bool
is_lowest_written(SpkJsonPiece piece)
{
	static const char lowest[] = "-9223372036854775808";
	const size_t	  len = sizeof(lowest) - 1;

	for (size_t i = 0; i + len < piece.len; i++)
		if (memcmp(piece.at + i, lowest, len) == 0 &&
			(piece.at[i + len] < '0' || piece.at[i + len] > '9'))
			return true;
	return false;
}

static void
read_pages(Reading *r, json_object *pages, SpkSlice *slice)
{
	json_object_object_foreach(pages, key, count)
	{
		SpkPage page = spk_page_of(key, strlen(key));

		if (page == SPK_PAGE_OTHER && strcmp(key, spk_page_name(SPK_PAGE_OTHER)) != 0)
			fail_at(r, "The page \"", key, strlen(key), "\" is not known");
		else if (!json_object_is_type(count, json_type_int))
			fail_member(r, key, wrong_type(json_type_int));
		else
			slice->pages[page] = (uint32_t) int_of(r, count, key, 1, UINT32_MAX);
	}
}

static void
check_keys(Reading *r, json_object *object)
{
	json_object_object_foreach(object, key, value)
	{
		size_t i = 0;

		(void) value;
		while (i < N_SLICE_KEYS && strcmp(key, slice_keys[i]) != 0)
			i++;
		if (i == N_SLICE_KEYS)
			fail_member(r, key, "\" is not known");
	}
}

static void
read_members(Reading *r, json_object *object, SpkSlice *slice)
{
	json_object *pages = member(r, object, "pages", json_type_object, false);
	json_object *level = member(r, object, "level", json_type_string, true);

	if (pages != NULL)
		read_pages(r, pages, slice);
	slice->first_ts = read_time(r, object, "first");
	slice->last_ts = read_time(r, object, "last");
	if (level != NULL)
	{
		slice->level = spk_level_of(json_object_get_string(level),
									(size_t) json_object_get_string_len(level));
		if (slice->level == SPK_LEVEL_UNKNOWN)
			fail_member(r, "level", "\" is neither \"free\" nor \"paid\"");
	}
	slice->level_ts = read_time(r, object, "level_at");
	slice->paid = (uint32_t) read_count(r, object, "paid", UINT32_MAX);
	slice->listened_us = read_count(r, object, "listened_us", INT64_MAX);
	slice->play_hours = read_count(r, object, "play_hours", INT64_MAX);
	slice->first_downgrade = read_time(r, object, "first_downgrade");
	check_keys(r, object);
}

/*
 * A slice says things twice (a first time and a count, say).  What the
 * encoding leaves out must agree, or the text would not come back as it was.
 */
static void
check_agreement(Reading *r, const SpkSlice *slice)
{
	char session[24];
	bool used = false;

	for (int p = 0; p < SPK_N_PAGES; p++)
		used = used || (slice->pages[p] > 0 && !spk_page_is_cancel((SpkPage) p));
	if (used == (slice->first_ts != SPK_NO_TIME) && used == (slice->last_ts != SPK_NO_TIME) &&
		(slice->level != SPK_LEVEL_UNKNOWN) == (slice->level_ts != SPK_NO_TIME) &&
		(used || (slice->level == SPK_LEVEL_UNKNOWN && slice->paid == 0)) &&
		(slice->pages[SPK_PAGE_NEXT_SONG] > 0 ||
		 (slice->listened_us == 0 && slice->play_hours == 0)) &&
		(slice->pages[SPK_PAGE_SUBMIT_DOWNGRADE] > 0) == (slice->first_downgrade != SPK_NO_TIME))
		return;
	snprintf(session, sizeof(session), "%" PRId64, slice->session);
	fail_at(r, "The members of session ", session, strlen(session), " do not agree with its pages");
}

/* Keys of a slice and its pages, each counted once. */
static int
count_distinct_keys(json_object *object)
{
	json_object *pages = NULL;

	json_object_object_get_ex(object, "pages", &pages);
	return json_object_object_length(object) +
		(json_object_is_type(pages, json_type_object) ? json_object_object_length(pages) : 0);
}

static void
read_slice(Reading *r, SpkJsonPiece piece)
{
	json_object *object = parse(r, piece);
	SpkSlice	 slice;

	spk_slice_init(&slice, 0, 0);
	if (json_object_is_type(object, json_type_object))
	{
		read_start(r, object, &slice);
		read_members(r, object, &slice);
		if (spk_json_count_keys(piece) != count_distinct_keys(object))
			fail(r, "A slice has a member twice");
		if (slice.session == INT64_MIN && !is_lowest_written(piece))
			fail_member(r, "session", "\" is out of range");
	}
	else
		fail(r, "A slice must be an object with \"session\", \"day\" and \"pages\"");
	json_object_put(object);
	if (r->status == SPK_OK)
		check_agreement(r, &slice);
	if (r->status == SPK_OK && !spk_slice_is_sound(&slice))
		fail(r, "A slice is malformed");
	/* from here on the host may jump */
	if (r->status == SPK_OK)
		check(r, spk_profile_add_slice(r->state, &slice));
}

static void
read_slices(Reading *r, SpkJsonCursor *c)
{
	spk_json_open(c, '[');
	while (r->status == SPK_OK && spk_json_next(c, ']'))
	{
		SpkJsonPiece piece = spk_json_value(c, VALUE_BYTES);

		if (c->fault == NULL)
			read_slice(r, piece);
		if (spk_cancelled(r->host))
			check(r, SPK_CANCELLED);
	}
}

static void
read_header_member(Reading *r, SpkJsonPiece piece, int which, SpkProfileHeader *header)
{
	json_type	 type = which == VERSION ? json_type_int : json_type_string;
	const char	*name = member_names[which];
	json_object *value = parse(r, piece);

	if (r->status == SPK_OK && !json_object_is_type(value, type))
		fail_member(r, name, wrong_type(type));
	if (r->status == SPK_OK)
		switch (which)
		{
			case VERSION:
				int_of(r, value, name, SPK_PROFILE_VERSION, SPK_PROFILE_VERSION);
				break;
			case GENDER:
				header->gender = spk_gender_of(json_object_get_string(value),
											   (size_t) json_object_get_string_len(value));
				if (header->gender == SPK_GENDER_UNKNOWN)
					fail_member(r, name, "\" is neither \"M\" nor \"F\"");
				break;
			case GENDER_AT:
				header->gender_ts = time_of(r, value, name);
				break;
			case REGISTRATION:
				header->registration = time_of(r, value, name);
				break;
			case CANCELLED:
				header->cancelled = time_of(r, value, name);
				break;
		}
	json_object_put(value);
}

/* Which member has this key, seen for the first time?  N_MEMBERS after a fault. */
static int
member_of_key(Reading *r, SpkJsonPiece key, bool *seen)
{
	int which = 0;

	while (which < N_MEMBERS && !spk_json_is_key(key, member_names[which]))
		which++;
	if (which == N_MEMBERS)
		fail_at(r, "The member \"", key.at + 1, key.len - 2, "\" is not known");
	else if (seen[which])
		fail_member(r, member_names[which], "\" is there twice");
	else
		seen[which] = true;
	return r->status == SPK_OK ? which : N_MEMBERS;
}

SpkStatus
spk_profile_read_text(SpkJsonParser *parser, const char *text, size_t len, SpkProfileState *state,
					  SpkTextFault *fault)
{
	Reading			 r = {parser, state, state->closed.host, fault, SPK_OK};
	SpkProfileHeader header = {SPK_GENDER_UNKNOWN, SPK_NO_TIME, SPK_NO_TIME, SPK_NO_TIME};
	SpkJsonCursor	 c = spk_json_cursor(text, len);
	bool			 seen[N_MEMBERS] = {false};

	spk_json_open(&c, '{');
	while (r.status == SPK_OK && spk_json_next(&c, '}'))
	{
		SpkJsonPiece key = spk_json_key(&c);
		int			 which = c.fault == NULL ? member_of_key(&r, key, seen) : N_MEMBERS;

		if (which == SLICES)
			read_slices(&r, &c);
		else if (which != N_MEMBERS)
		{
			SpkJsonPiece piece = spk_json_value(&c, VALUE_BYTES);

			if (c.fault == NULL)
				read_header_member(&r, piece, which, &header);
		}
	}
	spk_json_finish(&c);
	if (c.fault != NULL)
		fail(&r, c.fault);
	if (!seen[VERSION] || !seen[SLICES])
		fail_member(&r, member_names[seen[VERSION] ? SLICES : VERSION], "\" is missing");
	if ((header.gender != SPK_GENDER_UNKNOWN) != (header.gender_ts != SPK_NO_TIME))
		fail(&r, "The members \"gender\" and \"gender_at\" do not agree");
	if (r.status == SPK_OK)
		spk_profile_add_header(state, &header);
	return r.status;
}

/*
 * profile_text_slice.c
 *	  Reads the slices of a profile from JSON text.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/calendar.h"
#include "json/profile_reading.h"

static const char *const slice_keys[] = {"session",		"day",		  "pages",			"first",
										 "last",		"level",	  "level_at",		"paid",
										 "listened_us", "play_hours", "first_downgrade"};

#define N_SLICE_KEYS (sizeof(slice_keys) / sizeof(slice_keys[0]))

static int64_t
read_time(SpkProfileReading *r, json_object *object, const char *key)
{
	json_object *value = spk_reading_member(r, object, key, json_type_string, true);

	return value != NULL ? spk_reading_time(r, value, key) : SPK_NO_TIME;
}

static int64_t
read_count(SpkProfileReading *r, json_object *object, const char *key, int64_t max)
{
	json_object *value = spk_reading_member(r, object, key, json_type_int, true);

	return value != NULL ? spk_reading_int(r, value, key, 1, max) : 0;
}

static void
read_start(SpkProfileReading *r, json_object *object, SpkSlice *slice)
{
	json_object *session = spk_reading_member(r, object, "session", json_type_int, false);
	json_object *day = spk_reading_member(r, object, "day", json_type_string, false);

	if (session == NULL || day == NULL)
		return;
	slice->session = spk_reading_int(r, session, "session", INT64_MIN, INT64_MAX);
	if (!spk_day_of_text(json_object_get_string(day), (size_t) json_object_get_string_len(day),
						 &slice->day))
		spk_reading_fail_member(r, "day", "\" is not a day, such as 2018-10-01");
}

static void
read_pages(SpkProfileReading *r, json_object *pages, SpkSlice *slice)
{
	json_object_object_foreach(pages, key, count)
	{
		SpkPage page = spk_page_of(key, strlen(key));

		if (page == SPK_PAGE_OTHER && strcmp(key, spk_page_name(SPK_PAGE_OTHER)) != 0)
			spk_reading_fail_at(r, "The page \"", key, strlen(key), "\" is not known");
		else if (!json_object_is_type(count, json_type_int))
			spk_reading_fail_member(r, key, spk_wrong_type(json_type_int));
		else
			slice->pages[page] = (uint32_t) spk_reading_int(r, count, key, 1, UINT32_MAX);
	}
}

static void
check_keys(SpkProfileReading *r, json_object *object)
{
	json_object_object_foreach(object, key, value)
	{
		size_t i = 0;

		(void) value;
		while (i < N_SLICE_KEYS && strcmp(key, slice_keys[i]) != 0)
			i++;
		if (i == N_SLICE_KEYS)
			spk_reading_fail_member(r, key, "\" is not known");
	}
}

static void
read_members(SpkProfileReading *r, json_object *object, SpkSlice *slice)
{
	json_object *pages = spk_reading_member(r, object, "pages", json_type_object, false);
	json_object *level = spk_reading_member(r, object, "level", json_type_string, true);

	if (pages != NULL)
		read_pages(r, pages, slice);
	slice->first_ts = read_time(r, object, "first");
	slice->last_ts = read_time(r, object, "last");
	if (level != NULL)
	{
		slice->level = spk_level_of(json_object_get_string(level),
									(size_t) json_object_get_string_len(level));
		if (slice->level == SPK_LEVEL_UNKNOWN)
			spk_reading_fail_member(r, "level", "\" is neither \"free\" nor \"paid\"");
	}
	slice->level_ts = read_time(r, object, "level_at");
	slice->paid = (uint32_t) read_count(r, object, "paid", UINT32_MAX);
	slice->listened_us = read_count(r, object, "listened_us", INT64_MAX);
	slice->play_hours = read_count(r, object, "play_hours", INT64_MAX);
	slice->first_downgrade = read_time(r, object, "first_downgrade");
	check_keys(r, object);
}

/*
 * A slice says some things twice (by a first time and a count, say), and the
 * encoding stores them once.  They must agree, or the text would not come back as
 * it was.
 */
static void
check_agreement(SpkProfileReading *r, const SpkSlice *slice)
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
	spk_reading_fail_at(r, "The members of session ", session, strlen(session),
						" do not agree with its pages");
}

/* The number of keys of a slice and its pages, each counted once. */
static int
count_distinct_keys(json_object *object)
{
	json_object *pages = NULL;

	json_object_object_get_ex(object, "pages", &pages);
	return json_object_object_length(object) +
		(json_object_is_type(pages, json_type_object) ? json_object_object_length(pages) : 0);
}

static void
read_slice(SpkProfileReading *r, SpkJsonPiece piece)
{
	json_object *object = spk_reading_parse(r, piece);
	SpkSlice	 slice;

	spk_slice_init(&slice, 0, 0);
	if (json_object_is_type(object, json_type_object))
	{
		read_start(r, object, &slice);
		read_members(r, object, &slice);
		if (spk_json_count_keys(piece) != count_distinct_keys(object))
			spk_reading_fail(r, "A slice has a member twice");
		if (slice.session == INT64_MIN && !spk_says_lowest(piece))
			spk_reading_fail_member(r, "session", "\" is out of range");
	}
	else
		spk_reading_fail(r, "A slice must be an object with \"session\", \"day\" and \"pages\"");
	json_object_put(object);
	if (r->status == SPK_OK)
		check_agreement(r, &slice);
	if (r->status == SPK_OK && !spk_slice_is_sound(&slice))
		spk_reading_fail(r, "A slice is malformed");
	/* from here on the host may jump */
	if (r->status == SPK_OK)
		spk_reading_note(r, spk_profile_add_slice(r->state, &slice));
}

void
spk_read_slices(SpkProfileReading *r, SpkJsonCursor *c)
{
	spk_json_open(c, '[');
	while (r->status == SPK_OK && spk_json_next(c, ']'))
	{
		SpkJsonPiece piece = spk_json_value(c, SPK_READING_BYTES);

		if (c->fault == NULL)
			read_slice(r, piece);
		if (spk_cancelled(r->host))
			spk_reading_note(r, SPK_CANCELLED);
	}
}

/*
 * profile_json.c
 *	  A profile as JSON text.
 *
 * Times are ISO 8601 in UTC and exact; absent members are unknown or zero.
 */
#include "compat.h"

#include "datatype/timestamp.h"

#include "core/event.h"
#include "iso_time.h"
#include "json_text.h"
#include "pg_host.h"
#include "profile_json.h"
#include "profile_type.h"

#define WHAT	"churn_profile"

static const char *const profile_keys[] = {"version", "gender", "gender_at", "registration", "cancelled", "slices"};
static const char *const slice_keys[] = {"session", "day", "pages", "first", "last", "level", "level_at",
"paid", "listened_us", "play_hours", "first_downgrade"};

/* "key": "time" behind a comma, unless the time is unknown. */
static void
append_time(StringInfo out, const char *key, int64 ts)
{
	char		buf[SPK_ISO_LEN];

	if (ts == SPK_NO_TIME)
		return;
	spk_iso_time(ts, buf);
	appendStringInfo(out, ", \"%s\": \"%s\"", key, buf);
}

static void
append_count(StringInfo out, const char *key, int64 count)
{
	if (count > 0)
		appendStringInfo(out, ", \"%s\": " INT64_FORMAT, key, count);
}

static void
append_slice(StringInfo out, const SpkSlice *slice)
{
	char		day[SPK_ISO_LEN];
	const char *separator = "";

	spk_iso_day(slice->day, day);
	appendStringInfo(out, "{\"session\": " INT64_FORMAT ", \"day\": \"%s\", \"pages\": {", slice->session, day);
	for (int p = 0; p < SPK_N_PAGES; p++)
		if (slice->pages[p] > 0)
		{
			appendStringInfo(out, "%s\"%s\": %u", separator, spk_page_name((SpkPage) p), slice->pages[p]);
			separator = ", ";
		}
	appendStringInfoChar(out, '}');
	append_time(out, "first", slice->first_ts);
	append_time(out, "last", slice->last_ts);
	if (slice->level != SPK_LEVEL_UNKNOWN)
		appendStringInfo(out, ", \"level\": \"%s\"", slice->level == SPK_LEVEL_PAID ? "paid" : "free");
	append_time(out, "level_at", slice->level_ts);
	append_count(out, "paid", slice->paid);
	append_count(out, "listened_us", slice->listened_us);
	append_count(out, "play_hours", slice->play_hours);
	append_time(out, "first_downgrade", slice->first_downgrade);
	appendStringInfoChar(out, '}');
}

void
spk_profile_to_json(StringInfo out, const void *data, size_t len)
{
	SpkProfileHeader header;
	SpkSliceReader slices;
	SpkSlice	slice;
	const char *why = NULL;
	const char *separator = "";

	spk_check(spk_profile_open(data, len, &header, &slices, &why), PROFILE_WHAT, why);
	appendStringInfo(out, "{\"version\": %d", SPK_PROFILE_VERSION);
	if (header.gender != SPK_GENDER_UNKNOWN)
		appendStringInfo(out, ", \"gender\": \"%s\"", header.gender == SPK_GENDER_MALE ? "M" : "F");
	append_time(out, "gender_at", header.gender_ts);
	append_time(out, "registration", header.registration);
	append_time(out, "cancelled", header.cancelled);
	appendStringInfoString(out, ", \"slices\": [");
	while (spk_slice_next(&slices, &slice))
	{
		appendStringInfoString(out, separator);
		append_slice(out, &slice);
		separator = ", ";
	}
	if (slices.reader.bad)
		spk_check(SPK_CORRUPT, PROFILE_WHAT, "A slice is malformed");
	appendStringInfoString(out, "]}");
}

static int64
read_time(json_object *object, const char *key)
{
	int64		ts;

	if (spk_json_member(object, key, json_type_string, true, WHAT) == NULL)
		return SPK_NO_TIME;
	ts = spk_time_of_text(spk_json_string(object, key, WHAT));
	if (TIMESTAMP_NOT_FINITE(ts))
		spk_json_error(WHAT, "The member \"%s\" is not a finite time.", key);
	return ts;
}

static int64
read_count(json_object *object, const char *key, int64 max)
{
	if (spk_json_member(object, key, json_type_int, true, WHAT) == NULL)
		return 0;
	return spk_json_int(object, key, 1, max, WHAT);
}

static int32
read_day(json_object *object, const char *key)
{
	int32		day = spk_day_of_text(spk_json_string(object, key, WHAT));

	if (day < spk_day_of(SPK_MIN_TIME) || day > spk_day_of(SPK_MAX_TIME))
		spk_json_error(WHAT, "The member \"%s\" is out of range.", key);
	return day;
}

static void
read_pages(json_object *pages, SpkSlice *slice)
{
	json_object_object_foreach(pages, key, member)
	{
		SpkPage		page = spk_page_of(key, strlen(key));

		(void) member;
		if (page == SPK_PAGE_OTHER && strcmp(key, spk_page_name(SPK_PAGE_OTHER)) != 0)
			spk_json_error(WHAT, "The page \"%.63s\" is not known.", key);
		slice->pages[page] = (uint32) spk_json_int(pages, key, 1, PG_UINT32_MAX, WHAT);
	}
}

static void
read_slice(json_object *object, SpkSlice *slice)
{
	memset(slice, 0, sizeof(*slice));
	slice->session = spk_json_int(object, "session", PG_INT64_MIN, PG_INT64_MAX, WHAT);
	slice->day = read_day(object, "day");
	read_pages(spk_json_member(object, "pages", json_type_object, false, WHAT), slice);
	slice->first_ts = read_time(object, "first");
	slice->last_ts = read_time(object, "last");
	if (spk_json_member(object, "level", json_type_string, true, WHAT) != NULL)
	{
		const char *level = spk_json_string(object, "level", WHAT);

		slice->level = spk_level_of(level, strlen(level));
	}
	slice->level_ts = read_time(object, "level_at");
	slice->paid = (uint32) read_count(object, "paid", PG_UINT32_MAX);
	slice->listened_us = read_count(object, "listened_us", PG_INT64_MAX);
	slice->play_hours = read_count(object, "play_hours", PG_INT64_MAX);
	slice->first_downgrade = read_time(object, "first_downgrade");
	spk_json_only(object, slice_keys, lengthof(slice_keys), WHAT);
}

/*
 * A slice says things twice (a first time and a count, say).  What the
 * encoding leaves out must agree, or the text would not come back as it was.
 */
static void
check_slice(const SpkSlice *slice)
{
	bool		used = false;

	for (int p = 0; p < SPK_N_PAGES; p++)
		used = used || (slice->pages[p] > 0 && !spk_page_is_cancel((SpkPage) p));
	if (used != (slice->first_ts != SPK_NO_TIME) || used != (slice->last_ts != SPK_NO_TIME) ||
		(slice->level != SPK_LEVEL_UNKNOWN) != (slice->level_ts != SPK_NO_TIME) ||
		(!used && (slice->level != SPK_LEVEL_UNKNOWN || slice->paid > 0)) ||
		(slice->pages[SPK_PAGE_NEXT_SONG] == 0 && (slice->listened_us > 0 || slice->play_hours > 0)) ||
		(slice->pages[SPK_PAGE_SUBMIT_DOWNGRADE] > 0) != (slice->first_downgrade != SPK_NO_TIME))
		spk_json_error(WHAT, "The members of session " INT64_FORMAT " do not agree with its pages.",
					   slice->session);
}

static void
read_header(json_object *root, SpkProfileHeader *header)
{
	spk_json_int(root, "version", SPK_PROFILE_VERSION, SPK_PROFILE_VERSION, WHAT);
	header->gender = SPK_GENDER_UNKNOWN;
	if (spk_json_member(root, "gender", json_type_string, true, WHAT) != NULL)
	{
		const char *gender = spk_json_string(root, "gender", WHAT);

		header->gender = spk_gender_of(gender, strlen(gender));
	}
	header->gender_ts = read_time(root, "gender_at");
	header->registration = read_time(root, "registration");
	header->cancelled = read_time(root, "cancelled");
	if ((header->gender != SPK_GENDER_UNKNOWN) != (header->gender_ts != SPK_NO_TIME))
		spk_json_error(WHAT, "The members \"gender\" and \"gender_at\" do not agree.");
	spk_json_only(root, profile_keys, lengthof(profile_keys), WHAT);
}

void
spk_profile_from_json(const char *text, SpkProfileState *state)
{
	json_object *root = spk_json_parse(text, WHAT);

	PG_TRY();
	{
		SpkProfileHeader header;
		json_object *slices = spk_json_member(root, "slices", json_type_array, false, WHAT);

		read_header(root, &header);
		spk_profile_add_header(state, &header);
		for (size_t i = 0; i < json_object_array_length(slices); i++)
		{
			SpkSlice	slice;

			read_slice(json_object_array_get_idx(slices, i), &slice);
			check_slice(&slice);
			spk_check(spk_profile_add_slice(state, &slice), PROFILE_WHAT, NULL);
		}
	}
	PG_FINALLY();
	{
		json_object_put(root);
	}
	PG_END_TRY();
}

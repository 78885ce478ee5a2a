/*
 * profile_text_write.c
 *	  Writes a profile's JSON text.
 */
#include <string.h>

#include "core/base/calendar.h"
#include "json/profile_text.h"

/*
 * What the text of a slice takes, more or less.  Room for all slices is made at
 * once, so that it need not grow, unless it were this much.
 */
#define USUAL_PIECE 256
#define MUCH_ROOM	((size_t) 1 << 30)

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

/* A comma, and the key with its colon. */
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

	/* in the order of the pages' numbers, so that equal profiles have equal texts */
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

	/* what is unknown or zero is left out: reading takes an absent member for that */
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

	/* the number is what the header claims: it is believed within bounds only */
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

	/* the slices are checked one by one, so a fault may show only now that they are written */
	*why = "A slice is malformed";
	status = spk_slices_status(&slices);
	return status != SPK_OK ? status : w->status;
}

/*
 * profile_text_write.c
 *	  Writes a profile's JSON text.
 */
#include "core/base/calendar.h"
#include "json/profile_text.h"
#include "json/text_put.h"

/*
 * What the text of a slice takes, more or less.  Room for all slices is made at
 * once, so that it need not grow, unless it were this much.
 */
#define USUAL_PIECE 256
#define MUCH_ROOM	((size_t) 1 << 30)

static void
put_slice(SpkWriter *w, const SpkSlice *slice)
{
	char		day[SPK_TIME_TEXT];
	const char *separator = "\"";

	spk_put(w, "{\"session\": ");
	spk_put_number(w, slice->session);
	spk_put(w, ", \"day\": \"");
	spk_write_bytes(w, day, spk_day_text(slice->day, day));
	spk_put(w, "\", \"pages\": {");

	/* in the order of the pages' numbers, so that equal profiles have equal texts */
	for (int p = 0; p < SPK_N_PAGES; p++)
		if (slice->pages[p] > 0)
		{
			spk_put(w, separator);
			spk_put(w, spk_page_name((SpkPage) p));
			spk_put(w, "\": ");
			spk_put_number(w, slice->pages[p]);
			separator = ", \"";
		}
	spk_put(w, "}");

	/* what is unknown or zero is left out: reading takes an absent member for that */
	spk_put_time(w, "first", slice->first_ts);
	spk_put_time(w, "last", slice->last_ts);
	if (slice->level != SPK_LEVEL_UNKNOWN)
		spk_put(w,
				slice->level == SPK_LEVEL_PAID ? ", \"level\": \"paid\"" : ", \"level\": \"free\"");
	spk_put_time(w, "level_at", slice->level_ts);
	spk_put_count(w, "paid", slice->paid);
	spk_put_count(w, "listened_us", slice->listened_us);
	spk_put_count(w, "play_hours", slice->play_hours);
	spk_put_time(w, "first_downgrade", slice->first_downgrade);
	spk_put(w, "}");
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
	spk_put(w, "{\"version\": ");
	spk_put_number(w, SPK_PROFILE_VERSION);
	if (header.gender != SPK_GENDER_UNKNOWN)
		spk_put(w,
				header.gender == SPK_GENDER_MALE ? ", \"gender\": \"M\"" : ", \"gender\": \"F\"");
	spk_put_time(w, "gender_at", header.gender_ts);
	spk_put_time(w, "registration", header.registration);
	spk_put_time(w, "cancelled", header.cancelled);
	spk_put(w, ", \"slices\": [");
	while (w->status == SPK_OK && spk_slice_next(&slices, &slice))
	{
		spk_put(w, separator);
		put_slice(w, &slice);
		separator = ", ";
	}
	spk_put(w, "]}");

	/* the slices are checked one by one, so a fault may show only now that they are written */
	*why = "A slice is malformed";
	status = spk_slices_status(&slices);
	return status != SPK_OK ? status : w->status;
}

/*
 * day_label.c
 *	  Labels of the music log's profiles by whole days, as those of any log are.
 *
 * Slices ascend by session, so that each pass reads all of them.
 */
#include "core/profiles/day_label.h"

/* How a pass over all slices ended. */
static SpkStatus
end_slices(const SpkSliceReader *slices, const char **why)
{
	*why = "A slice is malformed";
	return spk_slices_status(slices);
}

SpkStatus
spk_profile_returner_label(const SpkHost *host, const void *data, size_t len, SpkChurnEvent event,
						   int32_t as_of, int32_t until, SpkLabel *label, const char **why)
{
	SpkPage page = event == SPK_CHURN_CANCEL ? SPK_PAGE_CANCELLATION : SPK_PAGE_SUBMIT_DOWNGRADE;
	int32_t last_seen = INT32_MIN; /* before as_of */
	int32_t last_left = INT32_MIN;
	bool	happened = false;
	SpkProfileHeader header;
	SpkSliceReader	 slices;
	SpkSlice		 slice;
	SpkStatus		 status = spk_profile_open(host, data, len, &header, &slices, why);

	if (status != SPK_OK)
		return status;

	/* slices are in no order of days, so that the latest ones are known at the end only */
	while (spk_slice_next(&slices, &slice))
	{
		if (slice.day >= as_of)
		{
			if (slice.day < until && slice.pages[page] > 0)
				happened = true;
			continue;
		}
		if (slice.day > last_seen)
			last_seen = slice.day;
		if (slice.pages[SPK_PAGE_CANCELLATION] > 0 && slice.day > last_left)
			last_left = slice.day;
	}
	if (last_seen == last_left)
		*label = SPK_LABEL_NOT_AT_RISK; /* left on the last day, or never seen */
	else
		*label = happened ? SPK_LABEL_YES : SPK_LABEL_NO;
	return end_slices(&slices, why);
}

static bool
has_other_page(const SpkSlice *slice, SpkPageSet ignored)
{
	for (int p = 0; p < SPK_N_PAGES; p++)
		if (slice->pages[p] > 0 && (ignored & UINT32_C(1) << p) == 0)
			return true;
	return false;
}

SpkStatus
spk_profile_inactive(const SpkHost *host, const void *data, size_t len, SpkPageSet ignored,
					 int32_t from, int32_t as_of, int32_t until, SpkLabel *label, const char **why)
{
	bool			 before = false;
	bool			 after = false;
	SpkProfileHeader header;
	SpkSliceReader	 slices;
	SpkSlice		 slice;
	SpkStatus		 status = spk_profile_open(host, data, len, &header, &slices, why);

	if (status != SPK_OK)
		return status;
	while (spk_slice_next(&slices, &slice))
	{
		bool *side = slice.day < as_of ? &before : &after;

		if (slice.day >= from && slice.day < until && !*side)
			*side = has_other_page(&slice, ignored);
	}
	if (!before)
		*label = SPK_LABEL_NOT_AT_RISK;
	else
		*label = after ? SPK_LABEL_NO : SPK_LABEL_YES;
	return end_slices(&slices, why);
}

SpkStatus
spk_profile_first_day(const SpkHost *host, const void *data, size_t len, int32_t *day,
					  const char **why)
{
	SpkProfileHeader header;
	SpkSliceReader	 slices;
	SpkSlice		 slice;
	SpkStatus		 status = spk_profile_open(host, data, len, &header, &slices, why);

	if (status != SPK_OK)
		return status;
	*day = INT32_MAX;
	while (spk_slice_next(&slices, &slice))
		if (slice.day < *day)
			*day = slice.day;
	return end_slices(&slices, why);
}

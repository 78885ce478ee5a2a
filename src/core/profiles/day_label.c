/*
 * day_label.c
 *	  Labels of the music log's profiles by whole days, as those of any log are.
 *
 * Slices ascend by session, so that each pass reads all of them.
 */
#include "core/profiles/day_label.h"
#include "core/base/sort.h"

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
	int32_t day;

	return spk_profile_returner_day(host, data, len, event, as_of, until, label, &day, why);
}

SpkStatus
spk_profile_returner_day(const SpkHost *host, const void *data, size_t len, SpkChurnEvent event,
						 int32_t as_of, int32_t until, SpkLabel *label, int32_t *day,
						 const char **why)
{
	SpkPage page = event == SPK_CHURN_CANCEL ? SPK_PAGE_CANCELLATION : SPK_PAGE_SUBMIT_DOWNGRADE;
	int32_t last_seen = INT32_MIN; /* before as_of */
	int32_t last_left = INT32_MIN;
	SpkProfileHeader header;
	SpkSliceReader	 slices;
	SpkSlice		 slice;
	SpkStatus		 status = spk_profile_open(host, data, len, &header, &slices, why);

	*day = SPK_NO_DAY;
	if (status != SPK_OK)
		return status;

	/* slices are in no order of days, so that the latest ones are known at the end only */
	while (spk_slice_next(&slices, &slice))
	{
		if (slice.day >= as_of)
		{
			if (slice.day < until && slice.pages[page] > 0 && slice.day < *day)
				*day = slice.day;
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
		*label = *day != SPK_NO_DAY ? SPK_LABEL_YES : SPK_LABEL_NO;
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

/* The days of slices with other pages than ignored ones, as keys that ascend; *n of them. */
static SpkStatus
active_days(const SpkHost *host, SpkSliceReader *slices, SpkPageSet ignored, uint64_t *keys,
			uint32_t *n, const char **why)
{
	SpkSlice  slice;
	SpkStatus status;
	uint32_t  most = slices->left;

	*n = 0;
	while (spk_slice_next(slices, &slice))
		if (has_other_page(&slice, ignored))
			keys[(*n)++] = spk_key_of_number(slice.day);
	status = end_slices(slices, why);
	return status != SPK_OK ? status : spk_sort_u64(host, keys, keys + most, *n, 0);
}

SpkStatus
spk_profile_visit_days(const SpkHost *host, const void *data, size_t len, SpkPageSet ignored,
					   SpkDayVisitor visit, void *ctx, const char **why)
{
	uint32_t		 n;
	uint64_t		*keys;
	SpkProfileHeader header;
	SpkSliceReader	 slices;
	SpkStatus		 status = spk_profile_open(host, data, len, &header, &slices, why);

	if (status != SPK_OK)
		return status;

	/* bytes that nobody has checked may claim more slices than there are bytes */
	if (slices.left > len)
	{
		*why = "A slice is malformed";
		return SPK_CORRUPT;
	}
	keys = spk_alloc(host, slices.left, 2 * sizeof(uint64_t));
	if (keys == NULL)
		return SPK_NO_MEMORY;
	status = active_days(host, &slices, ignored, keys, &n, why);
	for (uint32_t i = 0; status == SPK_OK && i < n; i++)
		visit(ctx, (int32_t) spk_number_of_key(keys[i]));
	spk_release(host, keys);
	return status;
}

static void
add_to_spell(void *spell, int32_t day)
{
	spk_silent_spell_add(spell, day);
}

SpkStatus
spk_profile_silence(const SpkHost *host, const void *data, size_t len, SpkPageSet ignored,
					SpkSilentSpell *spell, SpkLabel *label, const char **why)
{
	SpkStatus status = spk_profile_visit_days(host, data, len, ignored, add_to_spell, spell, why);

	*label = spk_silent_spell_end(spell);
	return status;
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

/*
 * slice_run.c
 *	  Encoded slices, one behind the other.
 */
#include "core/profiles/slice_run.h"

SpkStatus
spk_slice_run_read(SpkSliceRun *run)
{
	SpkSliceReader slices = run->slices;
	SpkSlice	   slice;

	run->in_order = true;
	run->last_session = 0;
	run->last_day = 0;
	for (bool is_first = true; spk_slice_next(&slices, &slice); is_first = false)
	{
		if (!is_first &&
			(slice.session < run->last_session ||
			 (slice.session == run->last_session && slice.day <= run->last_day)))
			run->in_order = false;
		run->last_session = slice.session;
		run->last_day = slice.day;
	}
	run->len = (size_t) (slices.reader.at - run->slices.reader.at);
	return spk_slices_status(&slices);
}

bool
spk_slice_run_first(SpkSliceRun *run, SpkSlice *first)
{
	const uint8_t *start = run->slices.reader.at;
	bool		   is_read = spk_slice_next(&run->slices, first);

	run->len -= (size_t) (run->slices.reader.at - start);
	return is_read;
}

void
spk_slice_run_others(const SpkSliceRun *run, SpkWriter *w)
{
	spk_write_bytes(w, run->slices.reader.at, run->len);
}

/*
 * slice_order.c
 *	  Putting encoded slices into the order of sessions and days.
 *
 * Places are sorted by merging runs, from short ones to long ones.  Two runs of
 * which the second begins where the first ends need not be merged.  That is most
 * of them when the slices are almost in order, as those of two profiles are when
 * one comes behind the other.
 */
#include "core/profiles/slice_order.h"
#include "core/base/sort.h"

/* The length of the first runs, which are sorted by insertion. */
#define RUN 8

static void
insert_sort(SpkSlicePlace *places, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		SpkSlicePlace place = places[i];
		size_t		  at = i;

		for (; at > 0 && spk_place_compare(&places[at - 1], &place) > 0; at--)
			places[at] = places[at - 1];
		places[at] = place;
	}
}

/*
 * Merges two sorted runs that are width long, the first from low on, where n cuts
 * them off.  Returns false when the host wants to stop.
 */
static bool
merge_runs(const SpkHost *host, const SpkSlicePlace *from, SpkSlicePlace *to, size_t low,
		   size_t width, size_t n)
{
	size_t middle = width < n - low ? low + width : n;
	size_t high = width < n - middle ? middle + width : n;
	size_t left = low;
	size_t right = middle;

	/* all of the right run comes behind the left one: a copy will do */
	if (middle < high && spk_place_compare(&from[middle - 1], &from[middle]) <= 0)
		middle = right = high;

	while (low < high)
	{
		size_t stop = high - low < SPK_POLL_ROWS ? high : low + SPK_POLL_ROWS;

		for (; low < stop; low++)
			if (right == high ||
				(left < middle && spk_place_compare(&from[left], &from[right]) <= 0))
				to[low] = from[left++];
			else
				to[low] = from[right++];
		if (low < high && spk_cancelled(host))
			return false;
	}
	return true;
}

static bool
is_in_order(const SpkSlicePlace *places, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (spk_place_compare(&places[i - 1], &places[i]) > 0)
			return false;
	return true;
}

/* Sorts n places.  room has room for as many; *sorted is the one of the two with the result. */
static SpkStatus
sort_places(const SpkHost *host, SpkSlicePlace *places, SpkSlicePlace *room, size_t n,
			SpkSlicePlace **sorted)
{
	size_t since_poll = 0;

	for (size_t low = 0; low < n; low += RUN)
	{
		if (low % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		insert_sort(places + low, n - low < RUN ? n - low : RUN);
	}

	for (size_t width = RUN; width < n; width *= 2)
	{
		SpkSlicePlace *swap = places;

		for (size_t low = 0; low < n; low += 2 * width)
		{
			/* short runs are too many to poll for each, long ones poll themselves */
			since_poll += 2 * width;
			if (since_poll >= SPK_POLL_ROWS)
			{
				since_poll = 0;
				if (spk_cancelled(host))
					return SPK_CANCELLED;
			}
			if (!merge_runs(host, places, room, low, width, n))
				return SPK_CANCELLED;
		}
		places = room;
		room = swap;
	}
	*sorted = places;
	return SPK_OK;
}

SpkStatus
spk_slice_places(SpkSliceReader *slices, SpkSlicePlace **places)
{
	const SpkHost *host = slices->host;
	const uint8_t *data = slices->reader.at;
	uint32_t	   n = slices->left;
	SpkSlicePlace *all = spk_alloc(host, n, sizeof(SpkSlicePlace));
	SpkSlicePlace *room = NULL;
	SpkSlice	   slice;
	SpkStatus	   status;

	*places = NULL;
	if (all == NULL)
		return SPK_NO_MEMORY;

	/* read whole slices, not only their session and day: where each ends is not written */
	for (uint32_t i = 0; i < n && spk_slice_next_place(slices, data, &slice, &all[i]);)
		i++;
	status = spk_slices_status(slices);
	*places = all;

	/* sort_places may leave the result in either array; the other one goes */
	if (status == SPK_OK && !is_in_order(all, n))
	{
		room = spk_alloc(host, n, sizeof(SpkSlicePlace));
		status = room == NULL ? SPK_NO_MEMORY : sort_places(host, all, room, n, places);
		spk_release(host, *places == all ? room : all);
	}
	if (status != SPK_OK)
	{
		spk_release(host, *places);
		*places = NULL;
	}
	return status;
}

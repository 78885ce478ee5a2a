/*
 * slice_order.h
 *	  Putting encoded slices into the order of sessions and days.
 *
 * A decoded slice takes about six times as many bytes as an encoded one.  So the
 * places of the slices are sorted, and then the slices are read again one by one.
 */
#ifndef SPK_CORE_PROFILES_SLICE_ORDER_H
#define SPK_CORE_PROFILES_SLICE_ORDER_H

#include "core/profiles/slice.h"

/* Orders places by session, then by day; returns what qsort wants. */
static inline int
spk_place_compare(const SpkSlicePlace *a, const SpkSlicePlace *b)
{
	if (a->session != b->session)
		return a->session < b->session ? -1 : 1;
	return (a->day > b->day) - (a->day < b->day);
}

/*
 * Reads all slices that are left to a reader, and sets *places to as many places in
 * order.  Places of the same session and day stay as they come.  The caller
 * releases *places, which is memory of the reader's host.  On failure *places is
 * NULL, and the status is SPK_NO_MEMORY, SPK_CANCELLED, or SPK_CORRUPT when one of
 * the slices is none.
 */
extern SpkStatus spk_slice_places(SpkSliceReader *slices, SpkSlicePlace **places);

#endif /* SPK_CORE_PROFILES_SLICE_ORDER_H */

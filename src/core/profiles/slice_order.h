/*
 * slice_order.h
 *	  Encoded slices in the order of sessions and days.
 *
 * A slice that is decoded takes some six times its bytes, so that places are
 * sorted and the slices decoded again, one after the other.
 */
#ifndef SPK_CORE_PROFILES_SLICE_ORDER_H
#define SPK_CORE_PROFILES_SLICE_ORDER_H

#include "core/profiles/slice.h"

/* Order by session, then day: less, equal or greater than 0. */
static inline int
spk_place_compare(const SpkSlicePlace *a, const SpkSlicePlace *b)
{
	if (a->session != b->session)
		return a->session < b->session ? -1 : 1;
	return (a->day > b->day) - (a->day < b->day);
}

/*
 * The places of all slices that a reader has before it, sorted, those of one
 * session and day as they come; *places, of the reader's host, is the caller's
 * to release, and NULL unless SPK_OK: else SPK_NO_MEMORY, SPK_CANCELLED or, when
 * one of them is none, SPK_CORRUPT.
 */
extern SpkStatus spk_slice_places(SpkSliceReader *slices, SpkSlicePlace **places);

#endif /* SPK_CORE_PROFILES_SLICE_ORDER_H */

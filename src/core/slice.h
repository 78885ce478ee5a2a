/*
 * slice.h
 *	  A session on one UTC day: the part of a profile that is counted.
 */
#ifndef SPK_SLICE_H
#define SPK_SLICE_H

#include "bytes.h"
#include "event.h"

/* A session on one UTC day.  Counts and sums stick at their type's maximum. */
typedef struct SpkSlice
{
	int64_t		session;
	int32_t		day;			/* since 2000-01-01 */
	SpkLevel	level;			/* last known one; same time: paid */
	int64_t		level_ts;		/* its time; SPK_NO_TIME without one */
	int64_t		first_ts;		/* of events but the two cancel pages; */
	int64_t		last_ts;		/* SPK_NO_TIME without one */
	int64_t		first_downgrade;	/* first Submit Downgrade; SPK_NO_TIME without one */
	int64_t		listened_us;	/* NextSong events, lengths that are known */
	int64_t		play_hours;		/* NextSong events, sum of UTC hours */
	uint32_t	paid;			/* events with level paid, but the two cancel pages */
	uint32_t	pages[SPK_N_PAGES];
} SpkSlice;

/* Walks the encoded slices of a profile or a state. */
typedef struct SpkSliceReader
{
	SpkReader	reader;
	uint32_t	left;
	int64_t		prev_session;
	int32_t		prev_day;
} SpkSliceReader;

/* A slice without events. */
extern void spk_slice_init(SpkSlice *slice, int64_t session, int32_t day);

/* Adds an event that is not of the two cancel pages, all but its page's count. */
extern void spk_slice_add_use(SpkSlice *slice, const SpkEvent *event);

/* Adds b, of the same session and day, to a. */
extern void spk_slice_merge(SpkSlice *a, const SpkSlice *b);

/* Order by session, then day: less, equal or greater than 0, as qsort wants it. */
extern int	spk_slice_compare(const void *a, const void *b);

/*
 * Appends a slice, its session and day as differences from the previous
 * slice's (0 and 0 for the first).
 */
extern void spk_slice_encode(SpkWriter *w, const SpkSlice *slice, int64_t prev_session, int32_t prev_day);

/*
 * The next slice; false at the end or when reader.bad turns true: that is, on
 * anything that spk_slice_encode would not write for a sound slice.
 */
extern bool spk_slice_next(SpkSliceReader *slices, SpkSlice *slice);

/* The earlier and the later of two times, either of which may be unknown. */
static inline int64_t
spk_earlier(int64_t a, int64_t b)
{
	if (a == SPK_NO_TIME || b == SPK_NO_TIME)
		return a == SPK_NO_TIME ? b : a;
	return a < b ? a : b;
}

static inline int64_t
spk_later(int64_t a, int64_t b)
{
	return a > b ? a : b;		/* SPK_NO_TIME is the smallest */
}

/* Counts stick at their maximum, so that the order of adding leaves no trace. */
static inline uint32_t
spk_add_count(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

#endif							/* SPK_SLICE_H */

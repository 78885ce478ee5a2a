/*
 * slice.h
 *	  What a user did in one session on one UTC day: the parts of a profile.
 */
#ifndef SPK_CORE_PROFILES_SLICE_H
#define SPK_CORE_PROFILES_SLICE_H

#include "core/base/bytes.h"
#include "core/events/event.h"

/*
 * A session on one UTC day.  Counts and sums stay at the maximum of their type when
 * they would exceed it.  The two cancel pages (see spk_page_is_cancel) count in
 * pages alone; what is said of events below is said of all others.
 */
typedef struct SpkSlice
{
	int64_t	 session;
	int32_t	 day;				 /* since 2000-01-01 */
	SpkLevel level;				 /* the last known one; of two at the same time, paid */
	int64_t	 level_ts;			 /* the time of that; SPK_NO_TIME when no level is known */
	int64_t	 first_ts;			 /* time of the first event; SPK_NO_TIME without events */
	int64_t	 last_ts;			 /* time of the last event; SPK_NO_TIME without events */
	int64_t	 first_downgrade;	 /* time of the first Submit Downgrade; SPK_NO_TIME without one */
	int64_t	 listened_us;		 /* sum of the known lengths of NextSong events, in microseconds */
	int64_t	 play_hours;		 /* sum of the UTC hours (0 .. 23) of NextSong events */
	uint32_t paid;				 /* events with level paid */
	uint32_t pages[SPK_N_PAGES]; /* events of each page */
} SpkSlice;

/* Reads the encoded slices of a profile or a state, one after the other. */
typedef struct SpkSliceReader
{
	const SpkHost *host; /* is polled every SPK_POLL_SLICES slices */
	SpkReader	   reader;
	uint32_t	   left;		 /* slices not read yet */
	bool		   cancelled;	 /* the host wants to stop */
	int64_t		   prev_session; /* of the slice read last; 0 before the first */
	int32_t		   prev_day;
} SpkSliceReader;

/* The most slices to work on between two polls of the host: well below a millisecond. */
#define SPK_POLL_SLICES UINT32_C(2048)

/* Makes a slice without events. */
extern void spk_slice_init(SpkSlice *slice, int64_t session, int32_t day);

/* Adds an event that is not of a cancel page to all but the count of its page. */
extern void spk_slice_add_use(SpkSlice *slice, const SpkEvent *event);

/* Adds b, which is of the same session and day, to a. */
extern void spk_slice_merge(SpkSlice *a, const SpkSlice *b);

/* Orders slices by session, then by day; returns what qsort wants. */
extern int spk_slice_compare(const void *a, const void *b);

/*
 * Can events make this slice?  They can when its members agree with each other,
 * its times lie on its day, and SPK_MIN_TIME .. SPK_MAX_TIME covers the day.  Then,
 * and only then, the bytes that spk_slice_encode makes of it are read back.
 */
extern bool spk_slice_is_sound(const SpkSlice *slice);

/*
 * Appends a sound slice.  Its session and day are written as differences from
 * those of the slice before, which are 0 and 0 for the first one.  The writer's
 * status tells failures.
 */
extern void spk_slice_encode(SpkWriter *w, const SpkSlice *slice, int64_t prev_session,
							 int32_t prev_day);

/* Starts to read n slices; their bytes stay where they are. */
extern SpkSliceReader spk_slice_reader(const SpkHost *host, SpkReader reader, uint32_t n);

/*
 * Reads the next slice.  Returns false behind the last one, when the host wants to
 * stop, and when the bytes are not what spk_slice_encode writes for a sound slice;
 * spk_slices_status tells which it was.
 */
extern bool spk_slice_next(SpkSliceReader *slices, SpkSlice *slice);

/*
 * Where an encoded slice is, with its session and day, which its bytes tell only
 * relative to the slice before.  Slices that were read once, one after the other,
 * can be read again in any order by their places.
 */
typedef struct SpkSlicePlace
{
	int64_t session;
	size_t	at; /* where its pages begin, behind session and day, in bytes */
	int32_t day;
} SpkSlicePlace;

/* Likewise, and sets *place, which counts from data, the first byte that the reader was given. */
extern bool spk_slice_next_place(SpkSliceReader *slices, const uint8_t *data, SpkSlice *slice,
								 SpkSlicePlace *place);

/* Reads the slice at this place again, with a reader at data; false when there is none. */
extern bool spk_slice_at(SpkReader reader, const SpkSlicePlace *place, SpkSlice *slice);

/* Tells how reading went: SPK_OK, SPK_CANCELLED or SPK_CORRUPT. */
static inline SpkStatus
spk_slices_status(const SpkSliceReader *slices)
{
	return slices->cancelled ? SPK_CANCELLED : slices->reader.bad ? SPK_CORRUPT : SPK_OK;
}

/* Returns the earlier of two times; SPK_NO_TIME, which means unknown, only when both are. */
static inline int64_t
spk_earlier(int64_t a, int64_t b)
{
	if (a == SPK_NO_TIME || b == SPK_NO_TIME)
		return a == SPK_NO_TIME ? b : a;
	return a < b ? a : b;
}

/* Likewise the later one. */
static inline int64_t
spk_later(int64_t a, int64_t b)
{
	return a > b ? a : b; /* SPK_NO_TIME is the smallest */
}

/* Adds counts, up to their maximum, so that the order of adding leaves no trace. */
static inline uint32_t
spk_add_count(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

#endif /* SPK_CORE_PROFILES_SLICE_H */

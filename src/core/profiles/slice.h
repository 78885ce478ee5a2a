/*
 * slice.h
 *	  A session on one UTC day: the part of a profile that is counted.
 */
#ifndef SPK_CORE_PROFILES_SLICE_H
#define SPK_CORE_PROFILES_SLICE_H

#include "core/base/bytes.h"
#include "core/events/event.h"

/* A session on one UTC day.  Counts and sums stick at their type's maximum. */
typedef struct SpkSlice
{
	int64_t	 session;
	int32_t	 day;			  /* since 2000-01-01 */
	SpkLevel level;			  /* last known one; same time: paid */
	int64_t	 level_ts;		  /* its time; SPK_NO_TIME without one */
	int64_t	 first_ts;		  /* of events but the two cancel pages; */
	int64_t	 last_ts;		  /* SPK_NO_TIME without one */
	int64_t	 first_downgrade; /* first Submit Downgrade; SPK_NO_TIME without one */
	int64_t	 listened_us;	  /* NextSong events, lengths that are known */
	int64_t	 play_hours;	  /* NextSong events, sum of UTC hours */
	uint32_t paid;			  /* events with level paid, but the two cancel pages */
	uint32_t pages[SPK_N_PAGES];
} SpkSlice;

/* Walks the encoded slices of a profile or a state. */
typedef struct SpkSliceReader
{
	const SpkHost *host; /* asked now and then whether to go on */
	SpkReader	   reader;
	uint32_t	   left;
	bool		   cancelled;
	int64_t		   prev_session;
	int32_t		   prev_day;
} SpkSliceReader;

/* Slices between two polls of the host: well below a millisecond. */
#define SPK_POLL_SLICES UINT32_C(2048)

/* A slice without events. */
extern void spk_slice_init(SpkSlice *slice, int64_t session, int32_t day);

/* Adds an event that is not of the two cancel pages, all but its page's count. */
extern void spk_slice_add_use(SpkSlice *slice, const SpkEvent *event);

/* Adds b, of the same session and day, to a. */
extern void spk_slice_merge(SpkSlice *a, const SpkSlice *b);

/* Order by session, then day: less, equal or greater than 0, as qsort wants it. */
extern int spk_slice_compare(const void *a, const void *b);

/*
 * Can this slice be of events?  Its members agree with each other, its times lie
 * on its day, which SPK_MIN_TIME .. SPK_MAX_TIME covers: then, and only then, the
 * bytes that spk_slice_encode makes of it are read back as what it is.
 */
extern bool spk_slice_is_sound(const SpkSlice *slice);

/*
 * Appends a sound slice, its session and day as differences from the previous
 * slice's (0 and 0 for the first).
 */
extern void spk_slice_encode(SpkWriter *w, const SpkSlice *slice, int64_t prev_session,
							 int32_t prev_day);

/* Reads n slices; the bytes stay where they are. */
extern SpkSliceReader spk_slice_reader(const SpkHost *host, SpkReader reader, uint32_t n);

/*
 * The next slice; false at the end, or earlier when the host wants to stop or on
 * anything that spk_slice_encode would not write for a sound slice:
 * spk_slices_status then says which.
 */
extern bool spk_slice_next(SpkSliceReader *slices, SpkSlice *slice);

/*
 * Where an encoded slice begins, and what of it stands in the slice before: read
 * one by one, they can be read again in any order.
 */
typedef struct SpkSlicePlace
{
	int64_t session;
	size_t	at; /* of its pages, behind session and day */
	int32_t day;
} SpkSlicePlace;

/* As spk_slice_next; *place says where the slice is from the reader's first byte, at data. */
extern bool spk_slice_next_place(SpkSliceReader *slices, const uint8_t *data, SpkSlice *slice,
								 SpkSlicePlace *place);

/* The slice that is there again; false when there is none. */
extern bool spk_slice_at(SpkReader reader, const SpkSlicePlace *place, SpkSlice *slice);

/* How reading went: SPK_OK, SPK_CANCELLED or SPK_CORRUPT. */
static inline SpkStatus
spk_slices_status(const SpkSliceReader *slices)
{
	return slices->cancelled ? SPK_CANCELLED : slices->reader.bad ? SPK_CORRUPT : SPK_OK;
}

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
	return a > b ? a : b; /* SPK_NO_TIME is the smallest */
}

/* Counts stick at their maximum, so that the order of adding leaves no trace. */
static inline uint32_t
spk_add_count(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

#endif /* SPK_CORE_PROFILES_SLICE_H */

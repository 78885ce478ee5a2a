/*
 * slice.c
 *	  What a user did in one session on one UTC day: counting, merging, encoding.
 *
 * The bytes of a slice are the differences of session and day from those of the
 * slice before (zigzag), the set of pages that have a count (varint), count - 1 of
 * each of them (varint), and then what events of these pages have; see
 * spk_slice_encode.
 */
#include "core/profiles/slice.h"

#define CANCEL_PAGES ((1u << SPK_PAGE_CANCEL) | (1u << SPK_PAGE_CANCELLATION))

/* The level byte of a slice */
#define LEVEL			  3	 /* the bits that hold the level, of which not all may be set */
#define LEVEL_AT_LAST_TS  4	 /* level_ts is last_ts, and is not stored */
#define LEVEL_PAID_EVENTS 8	 /* a count of paid events follows */
#define LEVEL_FLAGS		  15 /* all of these */

/* Adds sums, up to the largest integer of SQL and JSON. */
static inline int64_t
add64(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

void
spk_slice_init(SpkSlice *slice, int64_t session, int32_t day)
{
	memset(slice, 0, sizeof(*slice));
	slice->session = session;
	slice->day = day;
	slice->level_ts = slice->first_ts = slice->last_ts = slice->first_downgrade = SPK_NO_TIME;
}

void
spk_slice_add_use(SpkSlice *s, const SpkEvent *e)
{
	s->first_ts = spk_earlier(s->first_ts, e->ts);
	s->last_ts = spk_later(s->last_ts, e->ts);
	if (e->level != SPK_LEVEL_UNKNOWN &&
		(e->ts > s->level_ts || (e->ts == s->level_ts && e->level > s->level)))
	{
		s->level = e->level;
		s->level_ts = e->ts;
	}
	if (e->level == SPK_LEVEL_PAID)
		s->paid = spk_add_count(s->paid, 1);
	if (e->page == SPK_PAGE_NEXT_SONG)
	{
		int64_t midnight = (int64_t) s->day * SPK_USECS_PER_DAY;

		s->listened_us = add64(s->listened_us, e->length_us);
		s->play_hours = add64(s->play_hours, (e->ts - midnight) / SPK_USECS_PER_HOUR);
	}
	else if (e->page == SPK_PAGE_SUBMIT_DOWNGRADE)
		s->first_downgrade = spk_earlier(s->first_downgrade, e->ts);
}

void
spk_slice_merge(SpkSlice *a, const SpkSlice *b)
{
	for (int p = 0; p < SPK_N_PAGES; p++)
		a->pages[p] = spk_add_count(a->pages[p], b->pages[p]);
	a->first_ts = spk_earlier(a->first_ts, b->first_ts);
	a->last_ts = spk_later(a->last_ts, b->last_ts);
	a->first_downgrade = spk_earlier(a->first_downgrade, b->first_downgrade);
	if (b->level_ts > a->level_ts || (b->level_ts == a->level_ts && b->level > a->level))
	{
		a->level = b->level;
		a->level_ts = b->level_ts;
	}
	a->listened_us = add64(a->listened_us, b->listened_us);
	a->play_hours = add64(a->play_hours, b->play_hours);
	a->paid = spk_add_count(a->paid, b->paid);
}

int
spk_slice_compare(const void *a, const void *b)
{
	const SpkSlice *x = a;
	const SpkSlice *y = b;

	if (x->session != y->session)
		return x->session < y->session ? -1 : 1;
	return (x->day > y->day) - (x->day < y->day);
}

/* Returns the set of pages that have a count, as a mask. */
static uint32_t
page_set(const SpkSlice *slice)
{
	uint32_t set = 0;

	for (int p = 0; p < SPK_N_PAGES; p++)
		if (slice->pages[p] > 0)
			set |= 1u << p;
	return set;
}

/* Writes microseconds; the low bit tells whether they are whole milliseconds, as most are. */
static void
write_span(SpkWriter *w, int64_t us)
{
	if (us % 1000 == 0)
		spk_write_varint(w, (uint64_t) (us / 1000) << 1);
	else
		spk_write_varint(w, (uint64_t) us << 1 | 1);
}

/* Reads microseconds, a day of them at most, so that no time overflows before it is checked. */
static int64_t
read_span(SpkReader *r)
{
	uint64_t v = spk_read_varint(r);
	bool	 whole = (v & 1) == 0;
	uint64_t unit = whole ? 1000 : 1;

	if (v >> 1 > SPK_USECS_PER_DAY / unit || (!whole && (v >> 1) % 1000 == 0))
	{
		r->bad = true;
		return 0;
	}
	return (int64_t) ((v >> 1) * unit);
}

/* Does it hold counts of pages and nothing else?  So it is after events of cancel pages alone. */
static bool
is_empty_but_for_pages(const SpkSlice *s)
{
	return s->first_ts == SPK_NO_TIME && s->last_ts == SPK_NO_TIME &&
		s->level == SPK_LEVEL_UNKNOWN && s->level_ts == SPK_NO_TIME &&
		s->first_downgrade == SPK_NO_TIME && s->paid == 0 && s->listened_us == 0 &&
		s->play_hours == 0;
}

/* May this be the time of an event in the slice? */
static inline bool
is_within(const SpkSlice *s, int64_t ts)
{
	return ts >= s->first_ts && ts <= s->last_ts;
}

bool
spk_slice_is_sound(const SpkSlice *s)
{
	uint32_t set = page_set(s);

	if (set == 0 || s->day < spk_day_of(SPK_MIN_TIME) || s->day > spk_day_of(SPK_MAX_TIME))
		return false;
	if ((set & ~CANCEL_PAGES) == 0)
		return is_empty_but_for_pages(s);
	if (s->first_ts == SPK_NO_TIME || s->first_ts > s->last_ts ||
		spk_day_of(s->first_ts) != s->day || spk_day_of(s->last_ts) != s->day)
		return false;
	if (s->level == SPK_LEVEL_UNKNOWN ? s->level_ts != SPK_NO_TIME || s->paid > 0 :
										!is_within(s, s->level_ts))
		return false;
	if (s->level == SPK_LEVEL_PAID && s->paid == 0)
		return false;
	if (s->pages[SPK_PAGE_NEXT_SONG] > 0 ? s->listened_us < 0 || s->play_hours < 0 :
										   s->listened_us != 0 || s->play_hours != 0)
		return false;
	return s->pages[SPK_PAGE_SUBMIT_DOWNGRADE] > 0 ? is_within(s, s->first_downgrade) :
													 s->first_downgrade == SPK_NO_TIME;
}

void
spk_slice_encode(SpkWriter *w, const SpkSlice *slice, int64_t prev_session, int32_t prev_day)
{
	uint32_t set = page_set(slice);
	int64_t	 midnight = (int64_t) slice->day * SPK_USECS_PER_DAY;
	uint8_t	 level = (uint8_t) slice->level;

	spk_write_zigzag(w, (int64_t) ((uint64_t) slice->session - (uint64_t) prev_session));
	spk_write_zigzag(w, (int64_t) slice->day - prev_day);
	spk_write_varint(w, set);
	for (int p = 0; p < SPK_N_PAGES; p++)
		if (slice->pages[p] > 0)
			spk_write_varint(w, slice->pages[p] - 1);
	if ((set & ~CANCEL_PAGES) == 0)
		return;

	/* times as their distance from a near one, which takes fewer bytes */
	write_span(w, slice->first_ts - midnight);
	write_span(w, slice->last_ts - slice->first_ts);

	/* most users keep their level, so that its time is that of the last event */
	if (slice->level_ts == slice->last_ts)
		level |= LEVEL_AT_LAST_TS;
	if (slice->paid > 0)
		level |= LEVEL_PAID_EVENTS;
	spk_write_u8(w, level);
	if (slice->level != SPK_LEVEL_UNKNOWN && slice->level_ts != slice->last_ts)
		write_span(w, slice->level_ts - midnight);
	if (slice->paid > 0)
		spk_write_varint(w, slice->paid - 1);

	if (slice->pages[SPK_PAGE_NEXT_SONG] > 0)
	{
		spk_write_varint(w, (uint64_t) slice->listened_us);
		spk_write_varint(w, (uint64_t) slice->play_hours);
	}
	if (slice->pages[SPK_PAGE_SUBMIT_DOWNGRADE] > 0)
		write_span(w, slice->first_downgrade - midnight);
}

/* Begins a slice with its session and day, which are written as differences. */
static void
decode_start(SpkReader *r, SpkSlice *slice, int64_t prev_session, int32_t prev_day)
{
	int64_t day;

	spk_slice_init(slice, (int64_t) ((uint64_t) prev_session + (uint64_t) spk_read_zigzag(r)), 0);
	day = spk_read_zigzag(r);
	/* no two days are farther apart; a sum with more would overflow */
	if (day < -INT64_C(0x200000000) || day > INT64_C(0x200000000))
		r->bad = true;
	else
		day += prev_day;
	if (day < spk_day_of(SPK_MIN_TIME) || day > spk_day_of(SPK_MAX_TIME))
		r->bad = true;
	if (!r->bad)
		slice->day = (int32_t) day;
}

/* Reads the set of pages and their counts; returns the set, which is 0 when it is bad. */
static inline uint32_t
decode_pages(SpkReader *r, SpkSlice *slice)
{
	uint64_t set = spk_read_varint(r);

	if (r->bad || set == 0 || set >> SPK_N_PAGES != 0)
	{
		r->bad = true;
		return 0;
	}
	for (uint32_t left = (uint32_t) set; left != 0; left &= left - 1)
	{
		uint64_t count = spk_read_varint(r);

		if (count >= UINT32_MAX)
			r->bad = true;
		slice->pages[__builtin_ctz(left)] = (uint32_t) count + 1;
	}
	return (uint32_t) set;
}

/* Reads the level, its time and the events with level paid. */
static inline void
decode_level(SpkReader *r, SpkSlice *slice, int64_t midnight)
{
	uint8_t level = spk_read_u8(r);

	slice->level = (SpkLevel) (level & LEVEL);
	if (level > LEVEL_FLAGS || (level & LEVEL) == LEVEL)
		r->bad = true;
	if (slice->level == SPK_LEVEL_UNKNOWN)
	{
		if (level != 0)
			r->bad = true;
	}
	else if ((level & LEVEL_AT_LAST_TS) != 0)
		slice->level_ts = slice->last_ts;
	else
	{
		slice->level_ts = midnight + read_span(r);
		if (slice->level_ts < slice->first_ts || slice->level_ts >= slice->last_ts)
			r->bad = true;
	}

	/* the flag tells that there are any, so that their count is never 0 */
	if ((level & LEVEL_PAID_EVENTS) != 0)
	{
		uint64_t paid = spk_read_varint(r);

		if (paid >= UINT32_MAX)
			r->bad = true;
		slice->paid = (uint32_t) paid + 1;
	}
	else if (slice->level == SPK_LEVEL_PAID)
		r->bad = true;
}

/* Reads the sums over NextSong events. */
static inline void
decode_songs(SpkReader *r, SpkSlice *slice)
{
	slice->listened_us = (int64_t) spk_read_varint(r);
	slice->play_hours = (int64_t) spk_read_varint(r);
	if (slice->listened_us < 0 || slice->play_hours < 0)
		r->bad = true;
}

static inline void
decode_downgrade(SpkReader *r, SpkSlice *slice, int64_t midnight)
{
	slice->first_downgrade = midnight + read_span(r);
	if (!is_within(slice, slice->first_downgrade))
		r->bad = true;
}

/*
 * Reads what spk_slice_encode has written behind session and day; anything else
 * makes the reader bad.  It checks all that spk_slice_is_sound asks for, so that
 * what is read here can be added up without another look.
 */
static inline void
decode_rest(SpkReader *r, SpkSlice *slice)
{
	int64_t	 midnight = (int64_t) slice->day * SPK_USECS_PER_DAY;
	uint32_t set = decode_pages(r, slice);

	/* of the cancel pages there is nothing but their counts; of a bad set, nothing at all */
	if ((set & ~CANCEL_PAGES) == 0)
		return;

	slice->first_ts = midnight + read_span(r);
	slice->last_ts = slice->first_ts + read_span(r);
	decode_level(r, slice, midnight);
	if (slice->pages[SPK_PAGE_NEXT_SONG] > 0)
		decode_songs(r, slice);
	if (slice->pages[SPK_PAGE_SUBMIT_DOWNGRADE] > 0)
		decode_downgrade(r, slice, midnight);
	if (slice->last_ts >= midnight + SPK_USECS_PER_DAY)
		r->bad = true;
}

SpkSliceReader
spk_slice_reader(const SpkHost *host, SpkReader reader, uint32_t n)
{
	SpkSliceReader slices = {.host = host, .reader = reader, .left = n};

	return slices;
}

/* Is there another slice, and does the host want it read? */
static bool
may_read(SpkSliceReader *slices)
{
	if (slices->left == 0 || slices->reader.bad || slices->cancelled)
		return false;
	if (slices->left % SPK_POLL_SLICES == 0)
		slices->cancelled = spk_cancelled(slices->host);
	return !slices->cancelled;
}

/* Counts a slice as read, unless its bytes were bad. */
static bool
has_read(SpkSliceReader *slices, const SpkSlice *slice)
{
	if (slices->reader.bad)
		return false;
	slices->left--;
	slices->prev_session = slice->session;
	slices->prev_day = slice->day;
	return true;
}

bool
spk_slice_next(SpkSliceReader *slices, SpkSlice *slice)
{
	if (!may_read(slices))
		return false;
	decode_start(&slices->reader, slice, slices->prev_session, slices->prev_day);
	decode_rest(&slices->reader, slice);
	return has_read(slices, slice);
}

bool
spk_slice_next_place(SpkSliceReader *slices, const uint8_t *data, SpkSlice *slice,
					 SpkSlicePlace *place)
{
	if (!may_read(slices))
		return false;
	decode_start(&slices->reader, slice, slices->prev_session, slices->prev_day);
	place->session = slice->session;
	place->day = slice->day;
	place->at = (size_t) (slices->reader.at - data);
	decode_rest(&slices->reader, slice);
	return has_read(slices, slice);
}

bool
spk_slice_at(SpkReader reader, const SpkSlicePlace *place, SpkSlice *slice)
{
	if (spk_read_bytes(&reader, place->at) == NULL)
		return false;
	spk_slice_init(slice, place->session, place->day);
	decode_rest(&reader, slice);
	return !reader.bad;
}

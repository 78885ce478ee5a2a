/*
 * profile.c
 *	  One user's activity: adding events, merging, encoding.
 *
 * Encoded slices follow each other as: zigzag(session - previous session),
 * zigzag(day - previous day), varint of the set of pages with a count, varint
 * (count - 1) of each, then what the set calls for (see encode_slice).  In a
 * finished profile they ascend by (session, day); in a growing state they come
 * in the order they were closed.
 */
#include <stdlib.h>

#include "profile.h"

#define CANCEL_PAGES	((1u << SPK_PAGE_CANCEL) | (1u << SPK_PAGE_CANCELLATION))

/* Header flags: the low two bits are the gender. */
#define HEADER_REGISTRATION		4
#define HEADER_CANCELLED		8
#define HEADER_FLAGS			15

/* Level byte of a slice: the low two bits are the level. */
#define LEVEL_AT_LAST_TS		4	/* level_ts is last_ts, and not stored */
#define LEVEL_PAID_EVENTS		8	/* a count of paid events follows */

/* Merging too often costs time, too seldom memory. */
#define MIN_COMPACT_SIZE		4096

static inline uint32_t
add32(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* Sums stick at INT64_MAX, so that they fit SQL's and JSON's integers. */
static inline int64_t
add64(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static inline int64_t
earlier(int64_t a, int64_t b)
{
	if (a == SPK_NO_TIME || b == SPK_NO_TIME)
		return a == SPK_NO_TIME ? b : a;
	return a < b ? a : b;
}

static inline int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;		/* SPK_NO_TIME is the smallest */
}

/* The set of pages that have a count. */
static uint32_t
page_set(const SpkSlice *slice)
{
	uint32_t	set = 0;

	for (int p = 0; p < SPK_N_PAGES; p++)
		if (slice->pages[p] > 0)
			set |= 1u << p;
	return set;
}

/* Microseconds, mostly whole milliseconds: the low bit says which. */
static void
write_span(SpkWriter *w, int64_t us)
{
	if (us % 1000 == 0)
		spk_write_varint(w, (uint64_t) (us / 1000) << 1);
	else
		spk_write_varint(w, (uint64_t) us << 1 | 1);
}

static int64_t
read_span(SpkReader *r)
{
	uint64_t	v = spk_read_varint(r);

	if (v >> 1 > (uint64_t) SPK_USECS_PER_DAY || ((v & 1) != 0 && (v >> 1) % 1000 == 0))
	{
		r->bad = true;
		return 0;
	}
	return (int64_t) (v >> 1) * ((v & 1) != 0 ? 1 : 1000);
}

static void
encode_slice(SpkWriter *w, const SpkSlice *slice, int64_t prev_session, int32_t prev_day)
{
	uint32_t	set = page_set(slice);
	int64_t		midnight = (int64_t) slice->day * SPK_USECS_PER_DAY;
	uint8_t		level = (uint8_t) slice->level;

	spk_write_zigzag(w, (int64_t) ((uint64_t) slice->session - (uint64_t) prev_session));
	spk_write_zigzag(w, (int64_t) slice->day - prev_day);
	spk_write_varint(w, set);
	for (int p = 0; p < SPK_N_PAGES; p++)
		if (slice->pages[p] > 0)
			spk_write_varint(w, slice->pages[p] - 1);
	if ((set & ~CANCEL_PAGES) == 0)
		return;
	write_span(w, slice->first_ts - midnight);
	write_span(w, slice->last_ts - slice->first_ts);
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

/* What encode_slice wrote; sets bad on anything else. */
static void
decode_slice(SpkReader *r, SpkSlice *slice, int64_t prev_session, int32_t prev_day)
{
	uint64_t	set;
	int64_t		day;
	int64_t		midnight;
	uint8_t		level;

	memset(slice, 0, sizeof(*slice));
	slice->level_ts = slice->first_ts = slice->last_ts = slice->first_downgrade = SPK_NO_TIME;
	slice->session = (int64_t) ((uint64_t) prev_session + (uint64_t) spk_read_zigzag(r));
	day = spk_read_zigzag(r);
	if (day < -INT64_C(0x200000000) || day > INT64_C(0x200000000))
		r->bad = true;
	else
		day += prev_day;
	if (day < spk_day_of(SPK_MIN_TIME) || day > spk_day_of(SPK_MAX_TIME))
		r->bad = true;
	set = spk_read_varint(r);
	if (r->bad || set == 0 || set >> SPK_N_PAGES != 0)
	{
		r->bad = true;
		return;
	}
	slice->day = (int32_t) day;
	midnight = day * SPK_USECS_PER_DAY;
	for (uint32_t left = (uint32_t) set; left != 0; left &= left - 1)
	{
		uint64_t	count = spk_read_varint(r);

		if (count >= UINT32_MAX)
			r->bad = true;
		slice->pages[__builtin_ctz(left)] = (uint32_t) count + 1;
	}
	if ((set & ~CANCEL_PAGES) == 0)
		return;
	slice->first_ts = midnight + read_span(r);
	slice->last_ts = slice->first_ts + read_span(r);
	level = spk_read_u8(r);
	slice->level = (SpkLevel) (level & 3);
	if (level > 15 || (level & 3) == 3)
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
	if ((level & LEVEL_PAID_EVENTS) != 0)
	{
		uint64_t	paid = spk_read_varint(r);

		if (paid >= UINT32_MAX)
			r->bad = true;
		slice->paid = (uint32_t) paid + 1;
	}
	else if (slice->level == SPK_LEVEL_PAID)
		r->bad = true;
	if (slice->pages[SPK_PAGE_NEXT_SONG] > 0)
	{
		slice->listened_us = (int64_t) spk_read_varint(r);
		slice->play_hours = (int64_t) spk_read_varint(r);
		if (slice->listened_us < 0 || slice->play_hours < 0)
			r->bad = true;
	}
	if (slice->pages[SPK_PAGE_SUBMIT_DOWNGRADE] > 0)
	{
		slice->first_downgrade = midnight + read_span(r);
		if (slice->first_downgrade < slice->first_ts || slice->first_downgrade > slice->last_ts)
			r->bad = true;
	}
	if (slice->last_ts >= midnight + SPK_USECS_PER_DAY)
		r->bad = true;
}

bool
spk_slice_next(SpkSliceReader *slices, SpkSlice *slice)
{
	if (slices->left == 0 || slices->reader.bad)
		return false;
	decode_slice(&slices->reader, slice, slices->prev_session, slices->prev_day);
	if (slices->reader.bad)
		return false;
	slices->left--;
	slices->prev_session = slice->session;
	slices->prev_day = slice->day;
	return true;
}

/* Adds b, of the same session and day, to a. */
static void
merge_slice(SpkSlice *a, const SpkSlice *b)
{
	for (int p = 0; p < SPK_N_PAGES; p++)
		a->pages[p] = add32(a->pages[p], b->pages[p]);
	a->first_ts = earlier(a->first_ts, b->first_ts);
	a->last_ts = later(a->last_ts, b->last_ts);
	a->first_downgrade = earlier(a->first_downgrade, b->first_downgrade);
	if (b->level_ts > a->level_ts || (b->level_ts == a->level_ts && b->level > a->level))
	{
		a->level = b->level;
		a->level_ts = b->level_ts;
	}
	a->listened_us = add64(a->listened_us, b->listened_us);
	a->play_hours = add64(a->play_hours, b->play_hours);
	a->paid = add32(a->paid, b->paid);
}

/* Less, equal or greater, as qsort wants it. */
static inline int
compare_keys(const SpkSlice *a, const SpkSlice *b)
{
	if (a->session != b->session)
		return a->session < b->session ? -1 : 1;
	return (a->day > b->day) - (a->day < b->day);
}

static int
compare_slices(const void *a, const void *b)
{
	return compare_keys(a, b);
}

void
spk_profile_init(SpkProfileState *state, const SpkHost *host)
{
	memset(state, 0, sizeof(*state));
	state->header.gender_ts = SPK_NO_TIME;
	state->header.registration = SPK_NO_TIME;
	state->header.cancelled = SPK_NO_TIME;
	state->closed = spk_writer(host);
	state->compact_at = MIN_COMPACT_SIZE;
}

static void
append_slice(SpkProfileState *state, const SpkSlice *slice)
{
	encode_slice(&state->closed, slice, state->prev_session, state->prev_day);
	state->prev_session = slice->session;
	state->prev_day = slice->day;
	state->n_closed++;
}

static SpkSliceReader
read_closed(const SpkProfileState *state)
{
	SpkSliceReader slices = {spk_reader(state->closed.data, state->closed.len), state->n_closed, 0, 0};

	return slices;
}

/* Are the closed slices in canonical order already? */
static bool
closed_in_order(const SpkProfileState *state)
{
	SpkSliceReader slices = read_closed(state);
	SpkSlice	ring[2];
	int			at = 0;

	for (uint32_t i = 0; spk_slice_next(&slices, &ring[at]); i++, at ^= 1)
		if (i > 0 && compare_keys(&ring[at ^ 1], &ring[at]) >= 0)
			return false;
	return true;
}

/* Brings the closed slices into canonical order, parts of one slice merged. */
static SpkStatus
compact(SpkProfileState *state)
{
	const SpkHost *host = state->closed.host;
	SpkSliceReader slices = read_closed(state);
	uint32_t	n = state->n_closed;
	SpkSlice   *all;

	if (state->closed.status != SPK_OK)
		return state->closed.status;
	if (n > state->n_sorted && !closed_in_order(state))
	{
		all = spk_alloc(host, n, sizeof(SpkSlice));
		if (all == NULL)
			return SPK_NO_MEMORY;
		for (uint32_t i = 0; i < n; i++)
			spk_slice_next(&slices, &all[i]);
		qsort(all, n, sizeof(SpkSlice), compare_slices);
		state->closed.len = 0;
		state->n_closed = 0;
		state->prev_session = 0;
		state->prev_day = 0;
		for (uint32_t i = 0; i < n;)
		{
			uint32_t	j = i + 1;

			for (; j < n && compare_keys(&all[i], &all[j]) == 0; j++)
				merge_slice(&all[i], &all[j]);
			append_slice(state, &all[i]);
			i = j;
		}
		spk_release(host, all);
	}
	state->n_sorted = state->n_closed;
	state->compact_at = 2 * state->closed.len > MIN_COMPACT_SIZE ? 2 * state->closed.len : MIN_COMPACT_SIZE;
	return state->closed.status;
}

/* Closes the current slice. */
static SpkStatus
flush(SpkProfileState *state)
{
	if (state->has_current)
	{
		append_slice(state, &state->current);
		state->has_current = false;
	}
	if (state->closed.len >= state->compact_at)
		return compact(state);
	return state->closed.status;
}

/* Makes (session, day) the current slice. */
static SpkStatus
open_slice(SpkProfileState *state, int64_t session, int32_t day)
{
	SpkStatus	status = flush(state);
	SpkSlice   *s = &state->current;

	memset(s, 0, sizeof(*s));
	s->session = session;
	s->day = day;
	s->level_ts = s->first_ts = s->last_ts = s->first_downgrade = SPK_NO_TIME;
	state->has_current = true;
	return status;
}

SpkStatus
spk_profile_add_slice(SpkProfileState *state, const SpkSlice *slice)
{
	if (!state->has_current || compare_keys(&state->current, slice) != 0)
	{
		SpkStatus	status = open_slice(state, slice->session, slice->day);

		if (status != SPK_OK)
			return status;
	}
	merge_slice(&state->current, slice);
	return SPK_OK;
}

void
spk_profile_add_header(SpkProfileState *state, const SpkProfileHeader *h)
{
	SpkProfileHeader *mine = &state->header;

	if (h->gender_ts > mine->gender_ts || (h->gender_ts == mine->gender_ts && h->gender > mine->gender))
	{
		mine->gender = h->gender;
		mine->gender_ts = h->gender_ts;
	}
	mine->registration = earlier(mine->registration, h->registration);
	mine->cancelled = earlier(mine->cancelled, h->cancelled);
}

/* The part of an event that features look at, in the current slice. */
static void
add_activity(SpkSlice *s, const SpkEvent *e)
{
	s->first_ts = earlier(s->first_ts, e->ts);
	s->last_ts = later(s->last_ts, e->ts);
	if (e->level != SPK_LEVEL_UNKNOWN &&
		(e->ts > s->level_ts || (e->ts == s->level_ts && e->level > s->level)))
	{
		s->level = e->level;
		s->level_ts = e->ts;
	}
	if (e->level == SPK_LEVEL_PAID)
		s->paid = add32(s->paid, 1);
	if (e->page == SPK_PAGE_NEXT_SONG)
	{
		int64_t		midnight = (int64_t) s->day * SPK_USECS_PER_DAY;

		s->listened_us = add64(s->listened_us, e->length_us);
		s->play_hours = add64(s->play_hours, (e->ts - midnight) / SPK_USECS_PER_HOUR);
	}
	else if (e->page == SPK_PAGE_SUBMIT_DOWNGRADE)
		s->first_downgrade = earlier(s->first_downgrade, e->ts);
}

SpkStatus
spk_profile_add(SpkProfileState *state, const SpkEvent *e)
{
	SpkProfileHeader *h = &state->header;
	SpkSlice   *s = &state->current;
	int32_t		day = spk_day_of(e->ts);

	if (!state->has_current || s->session != e->session || s->day != day)
	{
		SpkStatus	status = open_slice(state, e->session, day);

		if (status != SPK_OK)
			return status;
	}
	s->pages[e->page] = add32(s->pages[e->page], 1);
	if (!spk_page_is_cancel(e->page))
		add_activity(s, e);
	else if (e->page == SPK_PAGE_CANCELLATION)
		h->cancelled = earlier(h->cancelled, e->ts);
	if (e->gender != SPK_GENDER_UNKNOWN &&
		(e->ts > h->gender_ts || (e->ts == h->gender_ts && e->gender > h->gender)))
	{
		h->gender = e->gender;
		h->gender_ts = e->ts;
	}
	if (e->registration != SPK_NO_TIME)
		h->registration = earlier(h->registration, e->registration);
	return SPK_OK;
}

/* Adds all slices of a reader; its bytes may be corrupt. */
static SpkStatus
add_slices(SpkProfileState *state, SpkSliceReader *slices)
{
	SpkSlice	slice;

	while (spk_slice_next(slices, &slice))
	{
		SpkStatus	status = spk_profile_add_slice(state, &slice);

		if (status != SPK_OK)
			return status;
	}
	return slices->reader.bad ? SPK_CORRUPT : SPK_OK;
}

SpkStatus
spk_profile_add_profile(SpkProfileState *state, const void *data, size_t len)
{
	SpkProfileHeader header;
	SpkSliceReader slices;
	const char *why;
	SpkStatus	status = spk_profile_open(data, len, &header, &slices, &why);

	if (status != SPK_OK)
		return status;
	spk_profile_add_header(state, &header);
	return add_slices(state, &slices);
}

SpkStatus
spk_profile_add_state(SpkProfileState *state, SpkProfileState *other)
{
	SpkStatus	status = flush(other);
	SpkSliceReader slices = read_closed(other);

	if (status != SPK_OK)
		return status;
	spk_profile_add_header(state, &other->header);
	return add_slices(state, &slices);
}

bool
spk_profile_is_empty(const SpkProfileState *state)
{
	return !state->has_current && state->n_closed == 0;
}

/* Zigzag of microseconds, mostly whole milliseconds. */
static void
write_time(SpkWriter *w, int64_t us)
{
	if (us % 1000 == 0)
		spk_write_zigzag(w, us / 1000 * 2);
	else
		spk_write_zigzag(w, us * 2 + 1);
}

static int64_t
read_time(SpkReader *r)
{
	int64_t		v = spk_read_zigzag(r);
	int64_t		us = (v & 1) == 0 ? v / 2 : (v - 1) / 2;

	if ((v & 1) == 0)
	{
		if (us > INT64_MAX / 1000 || us < INT64_MIN / 1000)
			r->bad = true;
		else
			us *= 1000;
	}
	else if (us % 1000 == 0)
		r->bad = true;
	if (us < SPK_MIN_TIME || us > SPK_MAX_TIME)
		r->bad = true;
	return us;
}

SpkStatus
spk_profile_encode(SpkProfileState *state, SpkWriter *w)
{
	SpkStatus	status = flush(state);
	const SpkProfileHeader *h = &state->header;
	uint8_t		flags = (uint8_t) h->gender;

	if (status == SPK_OK)
		status = compact(state);
	if (status != SPK_OK)
		return status;
	if (h->registration != SPK_NO_TIME)
		flags |= HEADER_REGISTRATION;
	if (h->cancelled != SPK_NO_TIME)
		flags |= HEADER_CANCELLED;
	spk_write_u8(w, SPK_PROFILE_VERSION);
	spk_write_u8(w, flags);
	if (h->gender != SPK_GENDER_UNKNOWN)
		write_time(w, h->gender_ts);
	if (h->registration != SPK_NO_TIME)
		write_time(w, h->registration);
	if (h->cancelled != SPK_NO_TIME)
		write_time(w, h->cancelled);
	spk_write_varint(w, state->n_closed);
	spk_write_bytes(w, state->closed.data, state->closed.len);
	return w->status;
}

SpkStatus
spk_profile_open(const void *data, size_t len, SpkProfileHeader *header, SpkSliceReader *slices,
				 const char **why)
{
	SpkReader	r = spk_reader(data, len);
	uint8_t		version = spk_read_u8(&r);
	uint8_t		flags = spk_read_u8(&r);
	uint64_t	n;

	*why = "The version is not known";
	if (version != SPK_PROFILE_VERSION)
		return SPK_CORRUPT;
	*why = "The header is malformed";
	if (flags > HEADER_FLAGS || (flags & 3) == 3)
		return SPK_CORRUPT;
	header->gender = (SpkGender) (flags & 3);
	header->gender_ts = header->gender != SPK_GENDER_UNKNOWN ? read_time(&r) : SPK_NO_TIME;
	header->registration = (flags & HEADER_REGISTRATION) != 0 ? read_time(&r) : SPK_NO_TIME;
	header->cancelled = (flags & HEADER_CANCELLED) != 0 ? read_time(&r) : SPK_NO_TIME;
	n = spk_read_varint(&r);
	/* a slice takes more bytes than one, so that n is bounded by the bytes */
	if (r.bad || n == 0 || n > spk_unread(&r))
		return SPK_CORRUPT;
	slices->reader = r;
	slices->left = (uint32_t) n;
	slices->prev_session = 0;
	slices->prev_day = 0;
	return SPK_OK;
}

SpkStatus
spk_profile_check(const void *data, size_t len, const char **why)
{
	SpkProfileHeader header;
	SpkSliceReader slices;
	SpkSlice	ring[2];
	int			at = 0;
	bool		cancelled = false;
	SpkStatus	status = spk_profile_open(data, len, &header, &slices, why);

	if (status != SPK_OK)
		return status;
	for (uint32_t i = 0; spk_slice_next(&slices, &ring[at]); i++, at ^= 1)
	{
		*why = "Slices are not in order";
		if (i > 0 && compare_keys(&ring[at ^ 1], &ring[at]) >= 0)
			return SPK_CORRUPT;
		if (ring[at].pages[SPK_PAGE_CANCELLATION] > 0)
			cancelled = true;
	}
	*why = "A slice is malformed";
	if (slices.reader.bad)
		return SPK_CORRUPT;
	*why = "Bytes are left over";
	if (spk_unread(&slices.reader) > 0)
		return SPK_CORRUPT;
	*why = "The cancellation does not agree with the slices";
	if (cancelled != (header.cancelled != SPK_NO_TIME))
		return SPK_CORRUPT;
	return SPK_OK;
}

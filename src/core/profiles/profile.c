/*
 * profile.c
 *	  Profiles: adding events, merging, encoding.
 *
 * The bytes of a profile are a header and then its slices (see slice.c) in the
 * order of session and day.
 */
#include "core/profiles/profile_check.h"
#include "core/profiles/slice_order.h"
#include "core/profiles/slice_run.h"

/* The flags byte of a header */
#define HEADER_GENDER		3 /* the bits that hold the gender, of which not all may be set */
#define HEADER_REGISTRATION 4
#define HEADER_CANCELLED	8
#define HEADER_FLAGS		15 /* all of these */

/* For write_time: the last time that can be shifted, and what stands before a later one. */
#define MAX_SHIFTED (INT64_MAX / 2)
#define FAR_TIME	INT64_MIN

/* Closed slices of fewer bytes are not worth merging. */
#define MIN_COMPACT_SIZE 4096

void
spk_profile_init(SpkProfileState *state, const SpkHost *host)
{
	memset(state, 0, sizeof(*state));
	state->header.gender_ts = SPK_NO_TIME;
	state->header.registration = SPK_NO_TIME;
	state->header.cancelled = SPK_NO_TIME;
	state->closed = spk_writer(host);
	state->compact_at = MIN_COMPACT_SIZE;
	state->in_order = true;
}

/* Closes a slice. */
static void
append_slice(SpkProfileState *state, const SpkSlice *slice)
{
	spk_assert(spk_slice_is_sound(slice));
	if (slice->session < state->prev_session ||
		(slice->session == state->prev_session && slice->day <= state->prev_day))
		state->in_order = state->in_order && state->n_closed == 0;
	spk_slice_encode(&state->closed, slice, state->prev_session, state->prev_day);
	state->prev_session = slice->session;
	state->prev_day = slice->day;
	state->n_closed++;
}

/* Starts to read the closed slices. */
static SpkSliceReader
read_closed(const SpkProfileState *state)
{
	return spk_slice_reader(state->closed.host, spk_reader(state->closed.data, state->closed.len),
							state->n_closed);
}

/* Makes this empty writer the place of the closed slices, of which there are none then. */
static void
start_closed(SpkProfileState *state, SpkWriter closed)
{
	state->closed = closed;
	state->n_closed = 0;
	state->prev_session = 0;
	state->prev_day = 0;
	state->in_order = true;
}

/*
 * Closes the n slices in from in the order of their places, as slices of the state,
 * which has none.  Those of the same session and day become one.
 */
static SpkStatus
append_in_order(SpkProfileState *state, const SpkWriter *from, const SpkSlicePlace *places,
				uint32_t n)
{
	const SpkHost *host = state->closed.host;
	SpkSlice	   slice;
	SpkSlice	   part;

	for (uint32_t i = 0; i < n; i++)
	{
		bool is_part = i > 0 && spk_place_compare(&places[i - 1], &places[i]) == 0;

		if (i % SPK_POLL_SLICES == SPK_POLL_SLICES - 1 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (!spk_slice_at(spk_reader(from->data, from->len), &places[i], is_part ? &part : &slice))
			return SPK_CORRUPT;
		if (is_part)
			spk_slice_merge(&slice, &part);
		if (i + 1 == n || spk_place_compare(&places[i], &places[i + 1]) != 0)
			append_slice(state, &slice);
	}
	return state->closed.status;
}

/* Sorts the closed slices, and merges those of the same session and day. */
static SpkStatus
sort_closed(SpkProfileState *state)
{
	const SpkHost *host = state->closed.host;
	SpkSliceReader slices = read_closed(state);
	SpkWriter	   from = state->closed;
	uint32_t	   n = state->n_closed;
	SpkSlicePlace *places = NULL;
	SpkStatus	   status = spk_slice_places(&slices, &places);

	if (status == SPK_OK)
	{
		start_closed(state, spk_writer(host));
		spk_writer_reserve(&state->closed, from.len);
		status = append_in_order(state, &from, places, n);
		spk_release(host, from.data);
	}
	spk_release(host, places);
	return status;
}

/* Makes the closed slices those of the finished profile. */
static SpkStatus
compact(SpkProfileState *state)
{
	SpkStatus status = state->closed.status;
	size_t	  next;

	if (status == SPK_OK && !state->in_order)
		status = sort_closed(state);
	next = state->closed.len < UINT32_MAX / 2 ? 2 * state->closed.len : UINT32_MAX;
	state->compact_at = next > MIN_COMPACT_SIZE ? (uint32_t) next : MIN_COMPACT_SIZE;
	return status;
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
	SpkStatus status = flush(state);

	if (status != SPK_OK)
		return status;
	spk_slice_init(&state->current, session, day);
	state->has_current = true;
	return SPK_OK;
}

/* Adds a slice that is sound. */
static SpkStatus
add_slice(SpkProfileState *state, const SpkSlice *slice)
{
	if (!state->has_current || spk_slice_compare(&state->current, slice) != 0)
	{
		SpkStatus status = open_slice(state, slice->session, slice->day);

		if (status != SPK_OK)
			return status;
	}
	spk_slice_merge(&state->current, slice);
	return SPK_OK;
}

SpkStatus
spk_profile_add_slice(SpkProfileState *state, const SpkSlice *slice)
{
	return spk_slice_is_sound(slice) ? add_slice(state, slice) : SPK_CORRUPT;
}

void
spk_profile_add_header(SpkProfileState *state, const SpkProfileHeader *h)
{
	SpkProfileHeader *mine = &state->header;

	if (h->gender_ts > mine->gender_ts ||
		(h->gender_ts == mine->gender_ts && h->gender > mine->gender))
	{
		mine->gender = h->gender;
		mine->gender_ts = h->gender_ts;
	}
	mine->registration = spk_earlier(mine->registration, h->registration);
	mine->cancelled = spk_earlier(mine->cancelled, h->cancelled);
}

SpkStatus
spk_profile_add(SpkProfileState *state, const SpkEvent *e)
{
	SpkProfileHeader *h = &state->header;
	SpkSlice		 *s = &state->current;
	int32_t			  day = spk_day_of(e->ts);

	if (!state->has_current || s->session != e->session || s->day != day)
	{
		SpkStatus status = open_slice(state, e->session, day);

		if (status != SPK_OK)
			return status;
	}

	/* a slice's times and sums are those of use, which leaving the service is not */
	s->pages[e->page] = spk_add_count(s->pages[e->page], 1);
	if (!spk_page_is_cancel(e->page))
		spk_slice_add_use(s, e);
	else if (e->page == SPK_PAGE_CANCELLATION)
		h->cancelled = spk_earlier(h->cancelled, e->ts);

	if (e->gender != SPK_GENDER_UNKNOWN &&
		(e->ts > h->gender_ts || (e->ts == h->gender_ts && e->gender > h->gender)))
	{
		h->gender = e->gender;
		h->gender_ts = e->ts;
	}
	if (e->registration != SPK_NO_TIME)
		h->registration = spk_earlier(h->registration, e->registration);
	return SPK_OK;
}

/* Closes the slices of a sound run as slices of the state. */
static SpkStatus
append_run(SpkProfileState *state, SpkSliceRun *run)
{
	uint32_t  others = run->slices.left - 1;
	SpkStatus status = flush(state);
	SpkSlice  first;

	if (status != SPK_OK || run->slices.left == 0)
		return status;
	spk_writer_reserve(&state->closed, run->len);
	if (!spk_slice_run_first(run, &first))
		return spk_slices_status(&run->slices);
	append_slice(state, &first);
	spk_slice_run_others(run, &state->closed);
	state->n_closed += others;
	state->prev_session = run->last_session;
	state->prev_day = run->last_day;
	state->in_order = state->in_order && run->in_order;
	return flush(state);
}

SpkStatus
spk_profile_add_profile(SpkProfileState *state, const void *data, size_t len)
{
	SpkProfileHeader header;
	SpkSliceRun		 run;
	const char		*why;
	SpkStatus status = spk_profile_open(state->closed.host, data, len, &header, &run.slices, &why);

	if (status == SPK_OK)
		status = spk_slice_run_read(&run);
	if (status != SPK_OK)
		return status;
	spk_profile_add_header(state, &header);
	status = append_run(state, &run);
	if (status == SPK_OK)
		spk_profile_state_check(state);
	return status;
}

SpkStatus
spk_profile_add_state(SpkProfileState *state, SpkProfileState *other)
{
	SpkStatus	status = flush(other);
	SpkSliceRun run = {read_closed(other), other->closed.len, other->prev_session, other->prev_day,
					   other->in_order};

	if (status != SPK_OK)
		return status;
	spk_profile_state_check(other);
	spk_profile_add_header(state, &other->header);
	status = append_run(state, &run);
	if (status == SPK_OK)
		spk_profile_state_check(state);
	return status;
}

bool
spk_profile_is_empty(const SpkProfileState *state)
{
	return !state->has_current && state->n_closed == 0;
}

/*
 * Writes a time as a zigzag varint.  Its low bit tells whether the number is one of
 * milliseconds, as most times are whole ones, or of microseconds.  Times after some
 * 146 millennia leave no room for that bit: all of their 64 bits come behind
 * FAR_TIME, which is no time.
 */
static void
write_time(SpkWriter *w, int64_t us)
{
	if (us % 1000 == 0)
		spk_write_zigzag(w, us / 1000 * 2);
	else if (us <= MAX_SHIFTED)
		spk_write_zigzag(w, us * 2 + 1);
	else
	{
		spk_write_zigzag(w, FAR_TIME);
		spk_write_u64(w, (uint64_t) us);
	}
}

/* Reads a time; what write_time would have written otherwise is bad. */
static int64_t
read_time(SpkReader *r)
{
	int64_t v = spk_read_zigzag(r);
	int64_t us = (v & 1) == 0 ? v / 2 : (v - 1) / 2;

	if (v == FAR_TIME)
	{
		us = (int64_t) spk_read_u64(r);
		if (us % 1000 == 0 || us <= MAX_SHIFTED)
			r->bad = true;
	}
	else if ((v & 1) == 0)
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
	SpkStatus				status = flush(state);
	const SpkProfileHeader *h = &state->header;
	uint8_t					flags = (uint8_t) h->gender;

	if (status == SPK_OK)
		status = compact(state);
	if (status != SPK_OK)
		return status;
	spk_profile_state_check(state);

	/* most profiles lack some of the header's times, which then take no byte */
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
spk_profile_open(const SpkHost *host, const void *data, size_t len, SpkProfileHeader *header,
				 SpkSliceReader *slices, const char **why)
{
	SpkReader r = spk_reader(data, len);
	uint8_t	  version = spk_read_u8(&r);
	uint8_t	  flags = spk_read_u8(&r);
	uint64_t  n;

	*why = "The version is not known";
	if (version != SPK_PROFILE_VERSION)
		return SPK_CORRUPT;
	*why = "The header is malformed";
	if (flags > HEADER_FLAGS || (flags & HEADER_GENDER) == HEADER_GENDER)
		return SPK_CORRUPT;
	header->gender = (SpkGender) (flags & HEADER_GENDER);
	header->gender_ts = header->gender != SPK_GENDER_UNKNOWN ? read_time(&r) : SPK_NO_TIME;
	header->registration = (flags & HEADER_REGISTRATION) != 0 ? read_time(&r) : SPK_NO_TIME;
	header->cancelled = (flags & HEADER_CANCELLED) != 0 ? read_time(&r) : SPK_NO_TIME;
	n = spk_read_varint(&r);
	/* n bounds memory that is asked for, and a slice takes more than one byte */
	if (r.bad || n == 0 || n > spk_unread(&r))
		return SPK_CORRUPT;
	*slices = spk_slice_reader(host, r, (uint32_t) n);
	return SPK_OK;
}

SpkStatus
spk_profile_check(const SpkHost *host, const void *data, size_t len, const char **why)
{
	SpkProfileHeader header;
	SpkSliceReader	 slices;
	SpkSlice		 ring[2];
	int				 at = 0;
	int32_t			 cancelled = INT32_MAX; /* the first day with a cancellation */
	SpkStatus		 status = spk_profile_open(host, data, len, &header, &slices, why);

	if (status != SPK_OK)
		return status;

	/* every byte of a slice has one meaning, so slices that ascend are what was encoded */
	for (uint32_t i = 0; spk_slice_next(&slices, &ring[at]); i++, at ^= 1)
	{
		*why = "Slices are not in order";
		if (i > 0 && spk_slice_compare(&ring[at ^ 1], &ring[at]) >= 0)
			return SPK_CORRUPT;
		if (ring[at].pages[SPK_PAGE_CANCELLATION] > 0 && ring[at].day < cancelled)
			cancelled = ring[at].day;
	}
	*why = "A slice is malformed";
	status = spk_slices_status(&slices);
	if (status != SPK_OK)
		return status;

	*why = "Bytes are left over";
	if (spk_unread(&slices.reader) > 0)
		return SPK_CORRUPT;

	/* the header's time is more exact than the slices, but it is on the same day */
	*why = "The cancellation does not agree with the slices";
	if (cancelled != (header.cancelled != SPK_NO_TIME ? spk_day_of(header.cancelled) : INT32_MAX))
		return SPK_CORRUPT;
	return SPK_OK;
}

/*
 * profile_check.c
 *	  What has to hold of a profile that grows.
 */
#include "core/profiles/profile_check.h"

#ifdef SPK_CHECK_INVARIANTS

/* A check must not be cancelled, so it reads slices for a host that never wants to stop. */
static bool
never_cancelled(void *ctx)
{
	(void) ctx;
	return false;
}

static const SpkHost quiet_host = {.cancelled = never_cancelled};

static bool
is_time_or_none(int64_t ts)
{
	return ts == SPK_NO_TIME || (ts >= SPK_MIN_TIME && ts <= SPK_MAX_TIME);
}

static void
check_header(const SpkProfileHeader *header)
{
	spk_assert((header->gender == SPK_GENDER_UNKNOWN) == (header->gender_ts == SPK_NO_TIME));
	spk_assert(header->gender <= SPK_GENDER_MALE);
	spk_assert(is_time_or_none(header->gender_ts));
	spk_assert(is_time_or_none(header->registration));
	spk_assert(is_time_or_none(header->cancelled));
}

/* The bytes are n_closed sound slices and no more, in the order that in_order tells. */
static void
check_closed(const SpkProfileState *state)
{
	SpkSliceReader slices = spk_slice_reader(&quiet_host,
											 spk_reader(state->closed.data, state->closed.len),
											 state->n_closed);
	SpkSlice	   before;
	SpkSlice	   slice;
	bool		   ascending = true;

	for (uint32_t i = 0; spk_slice_next(&slices, &slice); i++)
	{
		spk_assert(spk_slice_is_sound(&slice));
		if (i > 0 && spk_slice_compare(&before, &slice) >= 0)
			ascending = false;
		before = slice;
	}
	spk_assert(spk_slices_status(&slices) == SPK_OK && slices.left == 0);
	spk_assert(spk_unread(&slices.reader) == 0);
	spk_assert(slices.prev_session == state->prev_session && slices.prev_day == state->prev_day);
	spk_assert(ascending == state->in_order);
}

void
spk_profile_state_check(const SpkProfileState *state)
{
	spk_assert(state->closed.status == SPK_OK);
	spk_assert(state->closed.len <= state->closed.capacity);
	spk_assert((state->closed.data == NULL) == (state->closed.capacity == 0));
	spk_assert((state->n_closed == 0) == (state->closed.len == 0));
	/* a state is merged before it has doubled, but for one of gigabytes */
	spk_assert(state->closed.len < state->compact_at || state->compact_at == UINT32_MAX);

	check_header(&state->header);
	check_closed(state);
	if (state->has_current)
		spk_assert(spk_slice_is_sound(&state->current));
}

#endif /* SPK_CHECK_INVARIANTS */

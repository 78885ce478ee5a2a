/*
 * profile.h
 *	  A profile: the activity of one user in few bytes that can be merged.
 *
 * A profile is a header (gender, registration, first cancellation) and one slice
 * for each session and UTC day.  All that it holds are sums of integers, minima,
 * maxima, and values that are the last by time, with a rule for ties.  So the same
 * events give the same bytes in any order and in any number of parts, and merging
 * the profiles of disjoint parts gives the profile of the whole.
 */
#ifndef SPK_CORE_PROFILES_PROFILE_H
#define SPK_CORE_PROFILES_PROFILE_H

#include "core/profiles/slice.h"

#define SPK_PROFILE_VERSION 1

typedef struct SpkProfileHeader
{
	SpkGender gender;		/* the last known one; of two at the same time, male */
	int64_t	  gender_ts;	/* the time of that; SPK_NO_TIME when no gender is known */
	int64_t	  registration; /* the earliest known time; SPK_NO_TIME when none is known */
	int64_t	  cancelled;	/* of the first Cancellation Confirmation; SPK_NO_TIME without one */
} SpkProfileHeader;

/*
 * A profile that grows.  It holds the header, the current slice, to which events
 * are added, and the closed slices before it, which are encoded.
 *
 * When events do not come in order, closed slices are not in order either, and one
 * session and day may have several of them.  They are sorted and merged whenever
 * their bytes have doubled since the last time, so that memory stays in proportion
 * to the finished profile.  spk_profile_state_check lists what holds at all times.
 *
 * There is one of these for each user of a GROUP BY, so it fits the 256 bytes that
 * PostgreSQL's allocator hands out without waste.
 */
typedef struct SpkProfileState
{
	SpkProfileHeader header;
	SpkSlice		 current;
	SpkWriter		 closed;	   /* the closed slices, encoded */
	int64_t			 prev_session; /* of the last closed slice, for the next one's differences */
	int32_t			 prev_day;
	uint32_t		 n_closed;	 /* how many slices are closed */
	uint32_t		 compact_at; /* the bytes of closed slices at which they are merged */
	bool			 has_current;
	bool			 in_order; /* closed slices ascend, each once: there is nothing to merge */
} SpkProfileState;

/*
 * Makes a state without events.  It keeps the host, from which the memory of its
 * closed slices comes; release state->closed.data when done with the state.
 *
 * The functions below that return a status return SPK_NO_MEMORY or SPK_CANCELLED
 * when the host refuses, and those that read slices SPK_CORRUPT when these are not
 * sound.  After any of these, a state can only be given up.
 */
extern void spk_profile_init(SpkProfileState *state, const SpkHost *host);

/* Adds one event.  Its time must lie in SPK_MIN_TIME .. SPK_MAX_TIME. */
extern SpkStatus spk_profile_add(SpkProfileState *state, const SpkEvent *event);

/* Adds all of a profile's bytes, which are checked as they are read. */
extern SpkStatus spk_profile_add_profile(SpkProfileState *state, const void *data, size_t len);

/* Adds all of another state, which keeps its content, though its current slice is closed. */
extern SpkStatus spk_profile_add_state(SpkProfileState *state, SpkProfileState *other);

/* Does the state hold no event yet? */
extern bool spk_profile_is_empty(const SpkProfileState *state);

/*
 * Appends the profile's bytes, with the slices in the order of session and day.
 * The state keeps its content, though its slices are closed and merged.
 */
extern SpkStatus spk_profile_encode(SpkProfileState *state, SpkWriter *w);

/* Adds a whole slice, such as one that was read from text; SPK_CORRUPT when it is not sound. */
extern SpkStatus spk_profile_add_slice(SpkProfileState *state, const SpkSlice *slice);

/* Adds what a header tells. */
extern void spk_profile_add_header(SpkProfileState *state, const SpkProfileHeader *header);

/*
 * Reads the header of a profile's bytes and makes a reader of its slices.  Only the
 * version and the header are checked: SPK_CORRUPT, with a reason for people (static
 * text) in *why.
 */
extern SpkStatus spk_profile_open(const SpkHost *host, const void *data, size_t len,
								  SpkProfileHeader *header, SpkSliceReader *slices,
								  const char **why);

/*
 * Checks that the bytes are exactly what spk_profile_encode writes.  Returns SPK_OK,
 * SPK_CANCELLED, or SPK_CORRUPT with a reason for people (static text) in *why.
 */
extern SpkStatus spk_profile_check(const SpkHost *host, const void *data, size_t len,
								   const char **why);

#endif /* SPK_CORE_PROFILES_PROFILE_H */

/*
 * profile.h
 *	  One user's activity, compact and mergeable.
 *
 * A profile is a header (gender, registration, first cancellation) and one
 * slice for each session and UTC day.  Everything in it is an integer that is
 * added, a minimum, a maximum, or the last by time with a fixed tie rule; so
 * the same events give the same bytes in any order, split or number of
 * workers, and merging the profiles of disjoint parts gives the whole.
 */
#ifndef SPK_CORE_PROFILES_PROFILE_H
#define SPK_CORE_PROFILES_PROFILE_H

#include "core/profiles/slice.h"

#define SPK_PROFILE_VERSION 1

typedef struct SpkProfileHeader
{
	SpkGender gender;		/* last known one; same time: male */
	int64_t	  gender_ts;	/* SPK_NO_TIME without one */
	int64_t	  registration; /* earliest known; SPK_NO_TIME without one */
	int64_t	  cancelled;	/* first Cancellation Confirmation; SPK_NO_TIME without one */
} SpkProfileHeader;

/*
 * A profile that grows: the header, the slice that events come in for now, and
 * the slices before it, encoded, in the order they were closed.  A slice may
 * occur there in several parts when events come out of order; they are merged
 * when the encoded part has doubled since the last time, so that memory stays
 * in proportion to the finished profile.
 *
 * There is one of these for each user of a GROUP BY, so it is kept to the 256
 * bytes that PostgreSQL's allocator hands out without waste.
 */
typedef struct SpkProfileState
{
	SpkProfileHeader header;
	SpkSlice		 current;
	SpkWriter		 closed;	   /* encoded slices */
	int64_t			 prev_session; /* of the last closed slice: the base of the next one's deltas */
	int32_t			 prev_day;
	uint32_t		 n_closed;
	uint32_t		 compact_at; /* length of closed at which to merge */
	bool			 has_current;
	bool			 in_order; /* closed slices ascend: nothing to merge */
} SpkProfileState;

/* A state without events.  The host, which it keeps, holds its closed slices. */
extern void spk_profile_init(SpkProfileState *state, const SpkHost *host);

/* Adds one event.  Its time must lie in SPK_MIN_TIME .. SPK_MAX_TIME. */
extern SpkStatus spk_profile_add(SpkProfileState *state, const SpkEvent *event);

/* Adds all of the encoded profile (checked as it is read). */
extern SpkStatus spk_profile_add_profile(SpkProfileState *state, const void *data, size_t len);

/* Adds all of another state; that one is flushed but keeps its content. */
extern SpkStatus spk_profile_add_state(SpkProfileState *state, SpkProfileState *other);

/* No event yet? */
extern bool spk_profile_is_empty(const SpkProfileState *state);

/*
 * Appends the canonical bytes of the state: slices ascending by session and
 * day.  The state is compacted but keeps its content.
 */
extern SpkStatus spk_profile_encode(SpkProfileState *state, SpkWriter *w);

/* Adds one whole slice, as read from text; SPK_CORRUPT when it is not sound. */
extern SpkStatus spk_profile_add_slice(SpkProfileState *state, const SpkSlice *slice);
extern void		 spk_profile_add_header(SpkProfileState *state, const SpkProfileHeader *header);

/*
 * Reads the header of a profile's bytes and starts on its slices.  Checks the
 * version and the header only.
 */
extern SpkStatus spk_profile_open(const SpkHost *host, const void *data, size_t len,
								  SpkProfileHeader *header, SpkSliceReader *slices,
								  const char **why);

/*
 * Is this exactly what spk_profile_encode writes?  SPK_CORRUPT with a reason
 * for people (static text) in *why when not; SPK_CANCELLED.
 */
extern SpkStatus spk_profile_check(const SpkHost *host, const void *data, size_t len,
								   const char **why);

#endif /* SPK_CORE_PROFILES_PROFILE_H */

/*
 * log_small_bytes.h
 *	  How the parts of a small closed day stand.
 *
 * A count is a number of 16 bits, the name's above the events', or two of them when
 * one of the day does not fit.  An amount is a sum, negative for refunds, its name and
 * how many events had it; gains and refunds of one name are two amounts.  A session is
 * two words: its first event's time of the day, its kind and the low bits of its
 * length; its id and the other bits of its length.
 *
 * Inside of log_closed_day.h.
 */
#ifndef SPK_CORE_PROFILES_LOG_SMALL_BYTES_H
#define SPK_CORE_PROFILES_LOG_SMALL_BYTES_H

#include "core/profiles/log_closed_day.h"

/* Bits of a count's events. */
#define EVENTS_BITS 6

/* Bits of a time of the day, and of a session's kind. */
#define TIME_BITS 37
#define KIND_BITS 2

/* Bits of a session's length beside its first time and kind, and beside its id. */
#define CLOSED_LOW_BITS	 25
#define CLOSED_HIGH_BITS (TIME_BITS - CLOSED_LOW_BITS)

_Static_assert(SPK_USECS_PER_DAY < INT64_C(1) << TIME_BITS, "a time of the day has so many bits");
_Static_assert(TIME_BITS + KIND_BITS + CLOSED_LOW_BITS == 64,
			   "the first word of a session is full");
_Static_assert(51 + 1 + CLOSED_HIGH_BITS == 64, "so is the second one");
_Static_assert(sizeof(SpkSmallDay) == 12, "nothing is padded");

#define MASK(bits) ((UINT64_C(1) << (bits)) - 1)

/* A sum of amounts as it stands among those of a small day. */
typedef struct SmallSum
{
	int64_t	 sum;
	uint16_t name;
	uint16_t valued;
} SmallSum;

#define SUM_BYTES 12 /* without the padding behind it */

/* Takes bytes that are there. */
static inline void
take(SpkReader *r, void *data, size_t len)
{
	memcpy(data, r->at, len);
	r->at += len;
}

static inline void
take_small_session(SpkReader *r, int32_t day, SpkDaySession *session)
{
	uint64_t words[2];
	uint64_t length;

	take(r, words, sizeof(words));
	length = words[0] >> (TIME_BITS + KIND_BITS) |
		(words[1] & MASK(CLOSED_HIGH_BITS)) << CLOSED_LOW_BITS;
	session->kind = (SpkSessionKind) (words[0] >> TIME_BITS & MASK(KIND_BITS));
	session->id = (int64_t) words[1] >> CLOSED_HIGH_BITS;
	session->first = day * SPK_USECS_PER_DAY + (int64_t) (words[0] & MASK(TIME_BITS));
	session->last = session->first + (int64_t) length;
}

/* Takes the counts of a small day, for which there is room. */
static inline void
take_counts(SpkReader *r, const SpkSmallDay *small, SpkSmallCount *counts)
{
	uint16_t both;

	if ((small->form & SPK_CLOSED_WIDE) != 0)
		take(r, counts, small->n_counts * sizeof(SpkSmallCount));
	else
		for (uint32_t i = 0; i < small->n_counts; i++)
		{
			take(r, &both, sizeof(both));
			counts[i] = (SpkSmallCount) {both >> EVENTS_BITS, both & MASK(EVENTS_BITS)};
		}
}

#endif /* SPK_CORE_PROFILES_LOG_SMALL_BYTES_H */

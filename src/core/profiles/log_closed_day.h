/*
 * log_closed_day.h
 *	  Days that a growing profile has closed, as they stand in its memory.
 *
 * A profile closes each of its days once, reads all of them twice when it is
 * finished, and most of them are small.  So a day that is stands as it was counted,
 * in numbers of fixed width that need no decoding; any other has the bytes of a
 * finished profile (log_day_codec.h), in the finest units.  These bytes never leave
 * the process, and are trusted.
 */
#ifndef SPK_CORE_PROFILES_LOG_CLOSED_DAY_H
#define SPK_CORE_PROFILES_LOG_CLOSED_DAY_H

#include "core/profiles/log_closed_days.h"
#include "core/profiles/log_day_codec.h"

/* The events of a name on a small day. */
typedef struct SpkSmallCount
{
	uint16_t name;
	uint16_t events;
} SpkSmallCount;

/* The amounts of a name on a small day, of which there is a count as well. */
typedef struct SpkSmallAmount
{
	int64_t	 gained;
	int64_t	 refunded;
	uint32_t valued;
	uint32_t name;
} SpkSmallAmount;

/* How a closed day stands: the bytes of a finished one follow, or a small one with any of these. */
typedef enum SpkClosedForm
{
	SPK_CLOSED_LARGE = 0,
	SPK_CLOSED_SMALL = 1,
	SPK_CLOSED_LEVEL = 2, /* all events have one level */
	SPK_CLOSED_WIDE = 4	  /* some count does not fit 16 bits */
} SpkClosedForm;

/* A small day but for its counts, amounts and sessions, which follow it in this order. */
typedef struct SpkSmallDay
{
	int32_t	 day;
	uint16_t hours;
	uint16_t level;
	uint8_t	 n_counts;
	uint8_t	 n_amounts;
	uint8_t	 n_sessions;
	uint8_t	 form; /* a set of SpkClosedForm */
} SpkSmallDay;

/* What a small day can have at most. */
#define SPK_SMALL_COUNTS   (UINT8_MAX / 2)
#define SPK_SMALL_SESSIONS UINT8_MAX
#define SPK_SMALL_HOURS	   UINT16_MAX
#define SPK_SMALL_VALUED   UINT16_MAX

/* The bytes that counts, amounts and sessions of a small day take at most. */
#define SPK_SMALL_COUNT_BYTES	4
#define SPK_SMALL_AMOUNT_BYTES	24
#define SPK_SMALL_SESSION_BYTES 16

/* Has a session such an id that it fits a small day? */
static inline bool
spk_is_small_session(const SpkDaySession *session)
{
	return session->id < INT64_C(1) << 51 && session->id >= -(INT64_C(1) << 51);
}

/*
 * Appends parts of a small day where there is room, and returns the place behind
 * them.  Counts set SPK_CLOSED_WIDE in the day's form if need be, and amounts are
 * counted in it.
 */
extern uint8_t *spk_put_small_counts(uint8_t *at, SpkSmallDay *small, const SpkSmallCount *counts);
extern uint8_t *spk_put_small_amount(uint8_t *at, SpkSmallDay *small, const SpkSmallAmount *amount);
extern uint8_t *spk_put_small_session(uint8_t *at, int32_t day, const SpkDaySession *session);

/* Appends a normalised day; the status says whether there was memory. */
extern void spk_closed_days_add(const SpkHost *host, SpkClosedDays *days, const SpkLogDay *day);

/*
 * Looks at the next day before it is read, if it is a small one; else false, and it
 * is still the next one.  Gives its counts, which may have a name twice, and makes the
 * units as fine as it needs, as spk_log_day_fit_units does.
 */
extern bool spk_closed_day_look(SpkReader *r, SpkSmallDay *small,
								SpkSmallCount counts[SPK_SMALL_COUNTS], SpkDayUnits *units,
								unsigned *kinds);

/*
 * Reads the next day, of whose names only the order may not be the one that
 * spk_log_day_normalise makes.  SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_closed_day_read(const SpkHost *host, SpkReader *r, SpkLogDay *day);

#endif /* SPK_CORE_PROFILES_LOG_CLOSED_DAY_H */

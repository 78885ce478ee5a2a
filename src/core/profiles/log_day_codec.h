/*
 * log_day_codec.h
 *	  The bytes of a day of any log.
 *
 * A day is written as its distance from the one before, its counts by name, its
 * hours and levels, and its sessions.  The same layout serves the days that a
 * growing profile has closed, with numbers of a dictionary and the finest units,
 * and those of a finished one, with its own tables and the coarsest units that
 * lose nothing.
 */
#ifndef SPK_CORE_PROFILES_LOG_DAY_CODEC_H
#define SPK_CORE_PROFILES_LOG_DAY_CODEC_H

#include "core/base/bytes.h"
#include "core/profiles/log_day.h"

/* Days between two polls of the host: well below a millisecond. */
#define SPK_POLL_DAYS UINT32_C(1024)

/* How the sessions of a profile are told apart: one kind for all, or one with each. */
#define SPK_SESSION_MIXED 3

/* What the numbers of encoded days are counted in. */
typedef struct SpkDayUnits
{
	int64_t time;	  /* microseconds: 1, 1000 or 1000000 */
	int64_t amount;	  /* millionths: 1, 10000 or 1000000 */
	uint8_t sessions; /* an SpkSessionKind, or SPK_SESSION_MIXED */
} SpkDayUnits;

/* The finest, for any day. */
extern const SpkDayUnits spk_finest_units;

/* What of one day stands in the next: zeros before the first. */
typedef struct SpkDayCursor
{
	int32_t	 day;
	uint64_t session; /* the last integer id */
} SpkDayCursor;

/* Appends a normalised day that the units can tell exactly. */
extern void spk_log_day_write(SpkWriter *w, const SpkDayUnits *units, SpkDayCursor *cursor,
							  const SpkLogDay *day);

/*
 * Reads a day into *day, whose arrays are used again.  Bytes may be anything:
 * SPK_CORRUPT when they are no day.  That it is sound, and normalised, is for the
 * caller to check where it matters.  SPK_NO_MEMORY.
 */
extern SpkStatus spk_log_day_read(const SpkHost *host, SpkReader *r, const SpkDayUnits *units,
								  SpkDayCursor *cursor, SpkLogDay *day);

/* value / unit for the units that there are: dividing for each day is what would cost most. */
static inline uint64_t
spk_in_units(int64_t value, int64_t unit)
{
	return (uint64_t) (unit == 1		 ? value :
						   unit == 1000	 ? value / 1000 :
						   unit == 10000 ? value / 10000 :
										   value / 1000000);
}

/* Units only become finer.  Those that are known at compile time divide faster. */
static inline void
spk_fit_time(int64_t us, SpkDayUnits *units)
{
	if (units->time == 1000000 && us % 1000000 != 0)
		units->time = 1000;
	if (units->time == 1000 && us % 1000 != 0)
		units->time = 1;
}

static inline void
spk_fit_amount(int64_t amount, SpkDayUnits *units)
{
	if (amount != 0 && amount != (int64_t) spk_in_units(amount, units->amount) * units->amount)
		units->amount = units->amount == SPK_AMOUNT_ONE && amount % (SPK_AMOUNT_ONE / 100) == 0 ?
			SPK_AMOUNT_ONE / 100 :
			1;
}

/*
 * Makes the units as fine as this day needs: begin with the coarsest, see each
 * day.  *kinds is a set of 1 << SpkSessionKind.
 */
extern void spk_log_day_fit_units(const SpkLogDay *day, SpkDayUnits *units, unsigned *kinds);

#endif /* SPK_CORE_PROFILES_LOG_DAY_CODEC_H */

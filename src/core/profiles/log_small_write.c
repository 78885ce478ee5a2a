/*
 * log_small_write.c
 *	  Small closed days as the bytes of a finished profile.
 *
 * Nearly all days are small, and are written once each.  They are written here from how
 * they stand, name by name in the order of the profile, rather than taken apart, put in
 * order and put together.
 */
#include "core/profiles/log_small_write.h"
#include "core/base/likely.h"
#include "core/profiles/log_day_bytes.h"
#include "core/profiles/log_small_bytes.h"

/* Names of a profile that have a bit each in a set. */
#define SET_NAMES 64

/* What a day has of these names, by their places in the profile. */
typedef struct SmallNames
{
	uint64_t set; /* names that there are */
	uint64_t valued_set;
	uint64_t all_events;
	uint16_t events[SET_NAMES];
	uint32_t valued[SET_NAMES];
	int64_t	 gained[SET_NAMES];
	int64_t	 refunded[SET_NAMES];
} SmallNames;

/* Takes the counts; false when their names are not all different and few. */
static bool
take_names(SpkReader *r, const SpkSmallDay *small, const SpkNameTable *table, SmallNames *names)
{
	SpkSmallCount counts[SPK_SMALL_COUNTS];

	names->set = names->valued_set = names->all_events = 0;
	take_counts(r, small, counts);
	for (uint32_t i = 0; i < small->n_counts; i++)
	{
		uint32_t place = spk_name_table_settled(table, counts[i].name);

		if (spk_unlikely(place >= SET_NAMES || (names->set >> place & 1) != 0))
			return false;
		names->set |= UINT64_C(1) << place;
		names->events[place] = counts[i].events;
		names->all_events += counts[i].events;
	}
	return true;
}

/* Takes the amounts; gains and refunds of a name may both be there. */
static void
take_amounts(SpkReader *r, const SpkSmallDay *small, const SpkNameTable *table, SmallNames *names)
{
	for (uint32_t i = 0; i < small->n_amounts; i++)
	{
		SmallSum sum;
		uint32_t place;

		take(r, &sum, SUM_BYTES);
		place = spk_name_table_settled(table, sum.name);
		if ((names->valued_set >> place & 1) == 0)
			names->valued[place] = names->gained[place] = names->refunded[place] = 0;
		names->valued_set |= UINT64_C(1) << place;
		names->valued[place] += sum.valued;
		if (sum.sum < 0)
			names->refunded[place] = -sum.sum;
		else
			names->gained[place] = sum.sum;
	}
}

/* As log_day_codec.c writes counts. */
static void
put_names(SpkWriter *w, const SpkDayUnits *units, const SmallNames *names)
{
	uint32_t next = 0;

	put_varint(w, (uint64_t) __builtin_popcountll(names->set));
	for (uint64_t set = names->set; set != 0; set &= set - 1)
	{
		uint32_t place = (uint32_t) __builtin_ctzll(set);
		uint32_t events = names->events[place];
		uint32_t several = events > 1;
		bool	 unlike;

		/* most take a byte or two, whichever nobody can foretell */
		if (spk_likely((names->valued_set >> place & 1) == 0 && events < 130 && place - next < 16))
		{
			w->data[w->len] = (uint8_t) ((place - next) << COUNT_BITS |
										 (several ? COUNT_SEVERAL : 0));
			w->data[w->len + 1] = (uint8_t) (events - 2);
			w->len += 1 + several;
			next = place + 1;
			continue;
		}
		if ((names->valued_set >> place & 1) == 0)
		{
			put_varint(w, (uint64_t) (place - next) << COUNT_BITS | (several ? COUNT_SEVERAL : 0));
			if (several)
				put_varint(w, events - 2);
			next = place + 1;
			continue;
		}
		unlike = names->refunded[place] > 0 || names->valued[place] < events;
		put_varint(w,
				   (uint64_t) (place - next) << COUNT_BITS | COUNT_VALUED |
					   (unlike ? COUNT_UNLIKE : 0) | (several ? COUNT_SEVERAL : 0));
		if (several)
			put_varint(w, events - 2);
		put_varint(w, spk_in_units(names->gained[place], units->amount));
		if (unlike)
		{
			put_varint(w, spk_in_units(names->refunded[place], units->amount));
			put_varint(w, events - names->valued[place]);
		}
		next = place + 1;
	}
}

bool
spk_small_day_write(SpkWriter *w, const SpkDayUnits *units, SpkDayCursor *cursor, SpkReader *r,
					const SpkNameTable *names, const SpkNameTable *levels)
{
	SpkReader	 at = *r;
	SpkSmallDay	 small;
	SmallNames	 of_names;
	int64_t		 from = 0;
	uint64_t	 hour = 0;
	const size_t fixed = 8 + 2 * SET_NAMES + 3 * SPK_SMALL_COUNTS;

	take(&at, &small, sizeof(small));
	if (small.form == SPK_CLOSED_LARGE || !take_names(&at, &small, names, &of_names))
		return false;
	take_amounts(&at, &small, names, &of_names);

	/* room for all of it at once */
	if (!spk_writer_reserve(w, SPK_VARINT_BYTES * (fixed + 4 * (size_t) small.n_sessions)))
		return true;
	put_zigzag(w, (int64_t) small.day - cursor->day);
	cursor->day = small.day;
	put_names(w, units, &of_names);
	put_varint(w,
			   (uint64_t) (small.n_sessions - 1) << LEVELS_BITS |
				   ((small.form & SPK_CLOSED_LEVEL) != 0 ? LEVELS_ONE : LEVELS_NONE));
	for (uint32_t i = 0; i < small.n_sessions; i++)
	{
		SpkDaySession session;

		take_small_session(&at, 0, &session);
		put_session(w, units, cursor, &session, from);
		from = session.first;
		if (i == 0)
			hour = (uint64_t) (session.first / SPK_USECS_PER_HOUR);
	}

	/* hours as they differ from what they were if all events had the hour of the first */
	put_zigzag(w, (int64_t) (small.hours - of_names.all_events * hour));
	if ((small.form & SPK_CLOSED_LEVEL) != 0)
		put_varint(w, spk_name_table_settled(levels, small.level));
	*r = at;
	return true;
}

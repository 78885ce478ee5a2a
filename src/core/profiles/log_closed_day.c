/*
 * log_closed_day.c
 *	  Days that a growing profile has closed, as they stand in its memory.
 */
#include "core/profiles/log_small_bytes.h"

/* Appends bytes where there is room. */
static inline uint8_t *
put(uint8_t *at, const void *data, size_t len)
{
	memcpy(at, data, len);
	return at + len;
}

uint8_t *
spk_put_small_counts(uint8_t *at, SpkSmallDay *small, const SpkSmallCount *counts)
{
	unsigned rest = 0;

	for (uint32_t i = 0; i < small->n_counts; i++)
	{
		uint16_t count = (uint16_t) (counts[i].name << EVENTS_BITS | counts[i].events);

		rest |= (unsigned) counts[i].name >> (16 - EVENTS_BITS) |
			(unsigned) counts[i].events >> EVENTS_BITS;
		memcpy(at + i * sizeof(count), &count, sizeof(count));
	}
	if (rest == 0)
		return at + small->n_counts * sizeof(uint16_t);
	small->form |= SPK_CLOSED_WIDE;
	return put(at, counts, small->n_counts * sizeof(SpkSmallCount));
}

static inline uint8_t *
put_sum(uint8_t *at, SpkSmallDay *small, int64_t sum, uint32_t name, uint32_t valued)
{
	SmallSum put_there = {sum, (uint16_t) name, (uint16_t) valued};

	small->n_amounts++;
	return put(at, &put_there, SUM_BYTES);
}

uint8_t *
spk_put_small_amount(uint8_t *at, SpkSmallDay *small, const SpkSmallAmount *amount)
{
	uint32_t valued = amount->valued;

	_Static_assert(SPK_SMALL_AMOUNT_BYTES == 2 * SUM_BYTES, "gains and refunds are apart");
	if (amount->refunded > 0)
	{
		at = put_sum(at, small, -amount->refunded, amount->name, valued);
		valued = 0;
	}
	if (amount->gained > 0 || valued > 0)
		at = put_sum(at, small, amount->gained, amount->name, valued);
	return at;
}

uint8_t *
spk_put_small_session(uint8_t *at, int32_t day, const SpkDaySession *session)
{
	uint64_t first = (uint64_t) (session->first - day * SPK_USECS_PER_DAY);
	uint64_t length = (uint64_t) (session->last - session->first);
	uint64_t words[2];

	_Static_assert(sizeof(words) == SPK_SMALL_SESSION_BYTES, "a small session is two words");
	words[0] = first | (uint64_t) session->kind << TIME_BITS |
		(length & MASK(CLOSED_LOW_BITS)) << (TIME_BITS + KIND_BITS);
	words[1] = (uint64_t) session->id << CLOSED_HIGH_BITS | length >> CLOSED_LOW_BITS;
	return put(at, words, sizeof(words));
}

/* Can a normalised day stand as a small one? */
static bool
is_small(const SpkLogDay *day)
{
	if (day->n_counts > SPK_SMALL_COUNTS || day->n_sessions > SPK_SMALL_SESSIONS ||
		day->hours > SPK_SMALL_HOURS || (day->n_levels > 0 && !spk_log_day_has_one_level(day)))
		return false;
	for (uint32_t i = 0; i < day->n_counts; i++)
		if (day->counts[i].events > UINT16_MAX)
			return false;
	for (uint32_t i = 0; i < day->n_sessions; i++)
		if (!spk_is_small_session(&day->sessions[i]))
			return false;
	return true;
}

/* The names of a day that have amounts. */
static uint32_t
n_valued(const SpkLogDay *day)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < day->n_counts; i++)
		n += day->counts[i].valued > 0;
	return n;
}

/* Appends such a day where there is room; the place behind it. */
static uint8_t *
put_small(uint8_t *start, const SpkLogDay *day)
{
	SpkSmallCount counts[SPK_SMALL_COUNTS];
	SpkSmallDay	  small = {.day = day->day,
						   .hours = (uint16_t) day->hours,
						   .n_counts = (uint8_t) day->n_counts,
						   .n_sessions = (uint8_t) day->n_sessions,
						   .form = SPK_CLOSED_SMALL};
	uint8_t		 *at = start + sizeof(small);

	if (day->n_levels > 0)
	{
		small.form |= SPK_CLOSED_LEVEL;
		small.level = (uint16_t) day->levels[0].level;
	}
	for (uint32_t i = 0; i < day->n_counts; i++)
		counts[i] = (SpkSmallCount) {(uint16_t) day->counts[i].name,
									 (uint16_t) day->counts[i].events};
	at = spk_put_small_counts(at, &small, counts);
	for (uint32_t i = 0; i < day->n_counts; i++)
	{
		const SpkDayCount *c = &day->counts[i];
		SpkSmallAmount	   amount = {c->gained, c->refunded, c->valued, c->name};

		if (c->valued > 0)
			at = spk_put_small_amount(at, &small, &amount);
	}
	for (uint32_t i = 0; i < day->n_sessions; i++)
		at = spk_put_small_session(at, day->day, &day->sessions[i]);

	/* only now is known how many amounts there are, and how wide the counts */
	memcpy(start, &small, sizeof(small));
	return at;
}

/* Each of these days stands for itself, so that they can be read in any order. */
static void
add_large(const SpkHost *host, SpkClosedDays *days, const SpkLogDay *day)
{
	static const SpkSmallDay large = {.form = SPK_CLOSED_LARGE};
	SpkDayCursor			 cursor = {0, 0};
	SpkWriter				 w = spk_writer(host);

	spk_write_bytes(&w, &large, sizeof(large));
	spk_log_day_write(&w, &spk_finest_units, &cursor, day);
	if (w.status == SPK_OK)
		spk_closed_days_copy(host, days, w.data, w.len);
	else
		days->status = w.status;
	spk_release(host, w.data);
}

void
spk_closed_days_add(const SpkHost *host, SpkClosedDays *days, const SpkLogDay *day)
{
	uint8_t *at;

	if (!is_small(day))
	{
		add_large(host, days, day);
		return;
	}
	at = spk_closed_days_room(host, days,
							  sizeof(SpkSmallDay) + SPK_SMALL_COUNT_BYTES * day->n_counts +
								  SPK_SMALL_AMOUNT_BYTES * n_valued(day) +
								  SPK_SMALL_SESSION_BYTES * day->n_sessions);
	if (at != NULL)
		spk_closed_days_end(days, put_small(at, day));
}

bool
spk_closed_day_look(SpkReader *r, SpkSmallDay *small, SpkSmallCount counts[SPK_SMALL_COUNTS],
					SpkDayUnits *units, unsigned *kinds)
{
	memcpy(small, r->at, sizeof(*small));
	if (small->form == SPK_CLOSED_LARGE)
		return false;
	r->at += sizeof(*small);
	take_counts(r, small, counts);
	for (uint32_t i = 0; i < small->n_amounts; i++)
	{
		SmallSum sum;

		take(r, &sum, SUM_BYTES);
		spk_fit_amount(sum.sum < 0 ? -sum.sum : sum.sum, units);
	}
	/* a level's last event is that of a session */
	for (uint32_t i = 0; i < small->n_sessions; i++)
	{
		SpkDaySession session;

		take_small_session(r, 0, &session);
		spk_fit_time(session.first, units);
		spk_fit_time(session.last, units);
		*kinds |= 1u << session.kind;
	}
	return true;
}

/* Takes the counts into a day. */
static SpkStatus
read_counts(const SpkHost *host, SpkReader *r, const SpkSmallDay *small, SpkLogDay *day)
{
	SpkSmallCount counts[SPK_SMALL_COUNTS];

	while (day->counts_room < small->n_counts)
		if (!spk_log_day_grow_counts(host, day))
			return SPK_NO_MEMORY;
	take_counts(r, small, counts);
	day->n_counts = small->n_counts;
	for (uint32_t i = 0; i < small->n_counts; i++)
		day->counts[i] = (SpkDayCount) {.name = counts[i].name, .events = counts[i].events};
	return SPK_OK;
}

/* Adds the amounts of a small day to the counts. */
static void
read_amounts(SpkReader *r, const SpkSmallDay *small, SpkLogDay *day)
{
	for (uint32_t i = 0; i < small->n_amounts; i++)
	{
		SmallSum	 sum;
		SpkDayCount *count = day->counts;

		take(r, &sum, SUM_BYTES);
		while (count->name != sum.name)
			count++;
		count->valued += sum.valued;
		if (sum.sum < 0)
			count->refunded = -sum.sum;
		else
			count->gained = sum.sum;
	}
}

/* The level that all events of the day have, whose counts and sessions are there. */
static SpkStatus
add_one_level(const SpkHost *host, uint32_t number, SpkLogDay *day)
{
	SpkDayLevel *level = spk_log_day_level(host, day);

	if (level == NULL)
		return SPK_NO_MEMORY;
	*level = (SpkDayLevel) {number, (uint32_t) spk_log_day_events(day)};
	day->last_level = number;
	day->last_level_ts = spk_log_day_last(day);
	return SPK_OK;
}

SpkStatus
spk_closed_day_read(const SpkHost *host, SpkReader *r, SpkLogDay *day)
{
	SpkSmallDay	 small;
	SpkDayCursor cursor = {0, 0};
	SpkStatus	 status;

	take(r, &small, sizeof(small));
	if (small.form == SPK_CLOSED_LARGE)
		return spk_log_day_read(host, r, &spk_finest_units, &cursor, day);
	spk_log_day_start(day, small.day);
	day->hours = small.hours;
	status = read_counts(host, r, &small, day);
	if (status != SPK_OK)
		return status;
	read_amounts(r, &small, day);
	for (uint32_t i = 0; i < small.n_sessions; i++)
	{
		SpkDaySession *session = spk_log_day_session(host, day);

		if (session == NULL)
			return SPK_NO_MEMORY;
		take_small_session(r, small.day, session);
	}
	return (small.form & SPK_CLOSED_LEVEL) == 0 ? SPK_OK : add_one_level(host, small.level, day);
}

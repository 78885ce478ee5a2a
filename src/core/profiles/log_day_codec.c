/*
 * log_day_codec.c
 *	  The bytes of a day of any log.
 *
 * day:		zigzag distance from the day before
 * counts:	how many; for each the gap to the name before and three bits (has it
 *			amounts, are they unlike the usual, is it more than one event), events
 *			- 2 if so; with amounts the sum gained, and when unlike, the sum
 *			refunded and the events without
 * sessions: two bits of how the levels are given, and how many sessions less one;
 *			for each the distance of its first event from that of the one before,
 *			its kind if kinds are mixed, its id if it has one, its length
 * hours:	zigzag distance of their sum from what it were if all events had the
 *			hour of the first
 * levels:	nothing, the level that all events have, or each with its events
 */
#include "core/profiles/log_day_bytes.h"
#include "core/profiles/slice.h"

const SpkDayUnits spk_finest_units = {1, 1, SPK_SESSION_MIXED};

/* More bytes than a day can take. */
static size_t
most_bytes(const SpkLogDay *day)
{
	return (size_t) SPK_VARINT_BYTES *
		(8 + 5 * (size_t) day->n_counts + 2 * (size_t) day->n_levels +
		 4 * (size_t) day->n_sessions);
}

static void
write_counts(SpkWriter *w, const SpkDayUnits *units, const SpkLogDay *day)
{
	uint32_t next = 0;

	put_varint(w, day->n_counts);
	for (uint32_t i = 0; i < day->n_counts; i++)
	{
		const SpkDayCount *c = &day->counts[i];
		bool			   unlike = c->refunded > 0 || c->valued < c->events;
		unsigned		   bits = c->valued == 0 ? 0 : COUNT_VALUED | (unlike ? COUNT_UNLIKE : 0);

		bits |= c->events > 1 ? COUNT_SEVERAL : 0;
		put_varint(w, (uint64_t) (c->name - next) << COUNT_BITS | bits);
		if (c->events > 1)
			put_varint(w, c->events - 2);
		if (c->valued > 0)
			put_varint(w, spk_in_units(c->gained, units->amount));
		if ((bits & COUNT_UNLIKE) != 0)
		{
			put_varint(w, spk_in_units(c->refunded, units->amount));
			put_varint(w, c->events - c->valued);
		}
		next = c->name + 1;
	}
}

static unsigned
levels_kind(const SpkLogDay *day)
{
	return day->n_levels == 0		   ? LEVELS_NONE :
		spk_log_day_has_one_level(day) ? LEVELS_ONE :
										 LEVELS_SEVERAL;
}

static void
write_levels(SpkWriter *w, const SpkDayUnits *units, const SpkLogDay *day, unsigned kind)
{
	uint32_t next = 0;

	if (kind == LEVELS_ONE)
		put_varint(w, day->levels[0].level);
	if (kind != LEVELS_SEVERAL)
		return;
	put_varint(w, day->n_levels);
	for (uint32_t i = 0; i < day->n_levels; i++)
	{
		put_varint(w, day->levels[i].level - next);
		put_varint(w, day->levels[i].events - 1);
		next = day->levels[i].level + 1;
	}
	put_varint(w, day->last_level);
	put_varint(w, spk_in_units(day->last_level_ts - start_of(day->day), units->time));
}

/* The sum of hours if all events had the hour of the first; it may wrap around. */
static uint64_t
expected_hours(const SpkLogDay *day)
{
	return spk_log_day_events(day) *
		(uint64_t) ((day->sessions[0].first - start_of(day->day)) / SPK_USECS_PER_HOUR);
}

static void
write_sessions(SpkWriter *w, const SpkDayUnits *units, SpkDayCursor *cursor, const SpkLogDay *day)
{
	int64_t from = start_of(day->day);

	for (uint32_t i = 0; i < day->n_sessions; i++)
	{
		const SpkDaySession *s = &day->sessions[i];

		if (i % SPK_POLL_SESSIONS == SPK_POLL_SESSIONS - 1)
			spk_writer_poll(w);
		put_session(w, units, cursor, s, from);
		from = s->first;
	}
}

void
spk_log_day_write(SpkWriter *w, const SpkDayUnits *units, SpkDayCursor *cursor,
				  const SpkLogDay *day)
{
	unsigned kind;

	/* room for all of it at once: a day is written often, and byte by byte */
	if (!spk_writer_reserve(w, most_bytes(day)))
		return;
	kind = levels_kind(day);
	put_zigzag(w, (int64_t) day->day - cursor->day);
	cursor->day = day->day;
	write_counts(w, units, day);
	put_varint(w, (uint64_t) (day->n_sessions - 1) << LEVELS_BITS | kind);
	write_sessions(w, units, cursor, day);
	put_zigzag(w, (int64_t) (day->hours - expected_hours(day)));
	write_levels(w, units, day, kind);
}

/* A count of things of which each takes a byte at least; 0 and bad when it cannot be. */
static uint32_t
read_length(SpkReader *r)
{
	uint64_t n = spk_read_varint(r);

	if (n > spk_unread(r) || n > UINT32_MAX)
		r->bad = true;
	return r->bad ? 0 : (uint32_t) n;
}

/* A number of at most this; 0 and bad when it is more. */
static uint64_t
read_at_most(SpkReader *r, uint64_t most)
{
	uint64_t value = spk_read_varint(r);

	if (value > most)
		r->bad = true;
	return r->bad ? 0 : value;
}

static int64_t
read_amount(SpkReader *r, const SpkDayUnits *units)
{
	return (int64_t) read_at_most(r, spk_in_units(INT64_MAX, units->amount)) * units->amount;
}

/* A number that is the gap to the next free one before it. */
static uint32_t
add_gap(SpkReader *r, uint32_t next, uint64_t gap)
{
	if (gap >= UINT32_MAX - next)
		r->bad = true;
	return r->bad ? 0 : next + (uint32_t) gap;
}

/*
 * Reads a count without amounts whose numbers take a byte each, as most do.  Whether it is
 * of one event or several nobody can foretell, so that it is no branch.  False when it is
 * another one: nothing is read then.
 */
static inline bool
read_plain_count(SpkReader *r, uint32_t next, SpkDayCount *c)
{
	unsigned begin;
	unsigned several;

	if (spk_unread(r) < 2)
		return false;
	begin = r->at[0];
	if (((begin | r->at[1]) & 0x80) != 0 || (begin & (COUNT_VALUED | COUNT_UNLIKE)) != 0 ||
		next > UINT32_MAX - 0x80)
		return false;
	several = begin / COUNT_SEVERAL % 2;
	*c = (SpkDayCount) {.name = next + (begin >> COUNT_BITS),
						.events = 1 + several * (r->at[1] + 1u)};
	r->at += 1 + several;
	return true;
}

static SpkStatus
read_counts(const SpkHost *host, SpkReader *r, const SpkDayUnits *units, SpkLogDay *day)
{
	uint32_t n = read_length(r);
	uint32_t next = 0;

	/* the reader's end bounds n, so that hostile bytes take no memory */
	for (uint32_t i = 0; i < n && !r->bad; i++)
	{
		SpkDayCount *c = spk_log_day_count(host, day);
		uint64_t	 begin;

		if (c == NULL)
			return SPK_NO_MEMORY;
		if (read_plain_count(r, next, c))
		{
			next = c->name + 1;
			continue;
		}
		memset(c, 0, sizeof(*c));
		begin = spk_read_varint(r);
		c->name = add_gap(r, next, begin >> COUNT_BITS);
		c->events = (begin & COUNT_SEVERAL) == 0 ? 1 :
												   (uint32_t) read_at_most(r, UINT32_MAX - 2) + 2;
		if ((begin & COUNT_VALUED) != 0)
		{
			c->valued = c->events;
			c->gained = read_amount(r, units);
		}
		if ((begin & COUNT_UNLIKE) != 0)
		{
			c->refunded = read_amount(r, units);
			c->valued = c->events - (uint32_t) read_at_most(r, c->events - 1);
			/* it is unlike the usual, and has amounts at all */
			r->bad = r->bad || (begin & COUNT_VALUED) == 0 ||
				(c->refunded == 0 && c->valued == c->events);
		}
		next = c->name + 1;
	}
	return SPK_OK;
}

static SpkStatus
read_several_levels(const SpkHost *host, SpkReader *r, const SpkDayUnits *units, SpkLogDay *day)
{
	uint32_t n = read_length(r);
	uint32_t next = 0;

	for (uint32_t i = 0; i < n && !r->bad; i++)
	{
		SpkDayLevel *level = spk_log_day_level(host, day);

		if (level == NULL)
			return SPK_NO_MEMORY;
		level->level = add_gap(r, next, spk_read_varint(r));
		level->events = (uint32_t) read_at_most(r, UINT32_MAX - 1) + 1;
		next = level->level + 1;
	}
	day->last_level = (uint32_t) read_at_most(r, UINT32_MAX - 1);
	day->last_level_ts = start_of(day->day) +
		(int64_t) read_at_most(r, spk_in_units(SPK_USECS_PER_DAY, units->time)) * units->time;
	return SPK_OK;
}

/* The level that all events have. */
static SpkStatus
read_one_level(const SpkHost *host, SpkReader *r, SpkLogDay *day)
{
	SpkDayLevel *level = spk_log_day_level(host, day);
	uint64_t	 events = spk_log_day_events(day);

	if (level == NULL)
		return SPK_NO_MEMORY;
	level->level = day->last_level = (uint32_t) read_at_most(r, UINT32_MAX - 1);
	level->events = (uint32_t) events;
	day->last_level_ts = spk_log_day_last(day);
	return events > UINT32_MAX ? SPK_CORRUPT : SPK_OK;
}

static int64_t
read_session_id(SpkReader *r, SpkDayCursor *cursor, SpkSessionKind kind)
{
	uint64_t	   id = 0;
	const uint8_t *bytes;

	if (kind == SPK_SESSION_INTEGER)
	{
		id = cursor->session + (uint64_t) spk_read_zigzag(r);
		cursor->session = id;
	}
	else if (kind == SPK_SESSION_HASHED && (bytes = spk_read_bytes(r, HASH_BYTES)) != NULL)
	{
		for (int i = 0; i < HASH_BYTES; i++)
			id |= (uint64_t) bytes[i] << (8 * i);
	}
	return (int64_t) id;
}

static SpkStatus
read_sessions(const SpkHost *host, SpkReader *r, const SpkDayUnits *units, SpkDayCursor *cursor,
			  SpkLogDay *day, uint64_t n)
{
	uint64_t most = spk_in_units(SPK_USECS_PER_DAY, units->time);
	int64_t	 from = start_of(day->day);

	/* each takes two bytes at least */
	if (n > spk_unread(r))
		r->bad = true;
	for (uint64_t i = 0; i < n && !r->bad; i++)
	{
		SpkDaySession *s = spk_log_day_session(host, day);
		uint8_t		   kind = units->sessions;

		if (s == NULL)
			return SPK_NO_MEMORY;
		if (spk_poll_sessions(host, i))
			return SPK_CANCELLED;
		s->first = from + (int64_t) read_at_most(r, most) * units->time;
		if (kind == SPK_SESSION_MIXED)
			kind = spk_read_u8(r);
		if (kind > SPK_SESSION_HASHED)
			r->bad = true;
		s->kind = r->bad ? SPK_SESSION_DERIVED : (SpkSessionKind) kind;
		s->id = read_session_id(r, cursor, s->kind);
		s->last = s->first + (int64_t) read_at_most(r, most) * units->time;
		/* what is beyond the day is refused here, so that no sum leaves the calendar */
		if (s->last - start_of(day->day) >= SPK_USECS_PER_DAY)
			r->bad = true;
		from = s->first;
	}
	return SPK_OK;
}

SpkStatus
spk_log_day_read(const SpkHost *host, SpkReader *r, const SpkDayUnits *units, SpkDayCursor *cursor,
				 SpkLogDay *day)
{
	int64_t	  distance = spk_read_zigzag(r);
	uint64_t  begin;
	SpkStatus status;

	if (distance > INT32_MAX || distance < INT32_MIN ||
		cursor->day + distance < spk_day_of(SPK_MIN_TIME) ||
		cursor->day + distance > spk_day_of(SPK_MAX_TIME))
		return SPK_CORRUPT;

	/* the day first: what follows is told from its beginning */
	cursor->day += (int32_t) distance;
	spk_log_day_start(day, cursor->day);
	status = read_counts(host, r, units, day);
	if (status != SPK_OK)
		return status;
	begin = spk_read_varint(r);
	status = read_sessions(host, r, units, cursor, day, (begin >> LEVELS_BITS) + 1);
	if (status != SPK_OK)
		return status;
	if (r->bad)
		return SPK_CORRUPT;

	/* hours and levels are told as what differs from the usual, which only now is known */
	day->hours = expected_hours(day) + (uint64_t) spk_read_zigzag(r);
	switch (begin & ((1 << LEVELS_BITS) - 1))
	{
		case LEVELS_NONE:
			break;
		case LEVELS_ONE:
			status = read_one_level(host, r, day);
			break;
		case LEVELS_SEVERAL:
			status = read_several_levels(host, r, units, day);
			break;
		default:
			return SPK_CORRUPT;
	}
	return status == SPK_OK && r->bad ? SPK_CORRUPT : status;
}

void
spk_log_day_fit_units(const SpkLogDay *day, SpkDayUnits *units, unsigned *kinds)
{
	int64_t start = start_of(day->day);

	for (uint32_t i = 0; i < day->n_counts; i++)
	{
		spk_fit_amount(day->counts[i].gained, units);
		spk_fit_amount(day->counts[i].refunded, units);
	}
	for (uint32_t i = 0; i < day->n_sessions; i++)
	{
		spk_fit_time(day->sessions[i].first - start, units);
		spk_fit_time(day->sessions[i].last - start, units);
		*kinds |= 1u << day->sessions[i].kind;
	}
	if (day->n_levels > 0)
		spk_fit_time(day->last_level_ts - start, units);
}

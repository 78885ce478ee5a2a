/*
 * log_open_day.c
 *	  The day of a growing profile that events come in for now.
 *
 * Events of one day mostly have few names, one session and one level, which stand
 * in the state itself.  Whatever else there is goes to state->more.
 */
#include "core/profiles/log_open_day.h"
#include "core/profiles/slice.h"

/* Sessions of the open day that are looked through for one that comes again. */
#define RECENT_SESSIONS 8

/* So many parts of sessions are merged before more memory is taken for them. */
#define MANY_SESSIONS 64

/* Room for the parts of a day that is small, though not all of it stands in the state. */
#define ROOM_COUNTS	  (2 * SPK_LOG_INLINE + SPK_LOG_INLINE_AMOUNTS)
#define ROOM_LEVELS	  4
#define ROOM_SESSIONS 8

typedef struct OpenDay
{
	SpkLogDay	  day;
	SpkDayCount	  counts[ROOM_COUNTS];
	SpkDayLevel	  levels[ROOM_LEVELS];
	SpkDaySession sessions[ROOM_SESSIONS];
} OpenDay;

/* What of the open day does not fit into the state; NULL when there is no memory for it. */
static SpkLogDay *
more_of(SpkLogProfileState *state)
{
	if (state->more == NULL)
	{
		state->more = spk_alloc(&state->names->host, 1, sizeof(SpkLogDay));
		if (state->more == NULL)
			return NULL;
		spk_log_day_init(state->more);
	}
	if (!state->has_more)
		spk_log_day_start(state->more, state->day);
	state->has_more = true;
	return state->more;
}

void
spk_open_day_start(SpkLogProfileState *state, int32_t number)
{
	state->day = number;
	state->has_more = false;
	state->used = 0;
	state->n_amounts = 0;
	state->level_events = 0;
	state->last_level = SPK_NAME_OTHER;
	state->last_level_ts = SPK_NO_TIME;
	state->hours = 0;
}

/* The slots of the state's counts that are used, one after the other. */
static inline unsigned
next_slot(unsigned *used)
{
	unsigned slot = (unsigned) __builtin_ctz(*used);

	*used &= *used - 1;
	return slot;
}

/* What stands in the state, as a day of parts in *room. */
static void
inline_day(const SpkLogProfileState *state, OpenDay *room)
{
	room->day = (SpkLogDay) {.day = state->day,
							 .hours = state->hours,
							 .last_level = state->last_level,
							 .last_level_ts = state->last_level_ts,
							 .n_levels = state->level_events > 0,
							 .n_sessions = 1,
							 .counts_room = ROOM_COUNTS,
							 .levels_room = ROOM_LEVELS,
							 .sessions_room = ROOM_SESSIONS,
							 .counts = room->counts,
							 .levels = room->levels,
							 .sessions = room->sessions};
	for (unsigned used = state->used; used != 0;)
	{
		const SpkSmallCount *count = &state->counts[next_slot(&used)];

		room->counts[room->day.n_counts++] = (SpkDayCount) {.name = count->name,
															.events = count->events};
	}
	for (uint32_t i = 0; i < state->n_amounts; i++)
	{
		const SpkSmallAmount *amount = &state->amounts[i];

		room->counts[room->day.n_counts++] = (SpkDayCount) {.name = amount->name,
															.valued = amount->valued,
															.gained = amount->gained,
															.refunded = amount->refunded};
	}
	room->levels[0] = (SpkDayLevel) {state->level, state->level_events};
	room->sessions[0] = state->session;
}

/*
 * All of the open day, in parts: in *room if it has as much, which it has for most
 * days, so that they take no memory for good, and else in state->more.  SPK_NO_MEMORY,
 * SPK_CANCELLED.
 */
static SpkStatus
gather(SpkLogProfileState *state, OpenDay *room, SpkLogDay **all)
{
	SpkLogDay *rest = state->more;

	*all = &room->day;
	inline_day(state, room);
	if (!state->has_more)
		return SPK_OK;
	if (rest->n_counts > ROOM_COUNTS - room->day.n_counts ||
		rest->n_levels > ROOM_LEVELS - room->day.n_levels ||
		rest->n_sessions > ROOM_SESSIONS - room->day.n_sessions)
	{
		*all = rest;
		rest = &room->day;
	}
	return spk_log_day_append(&state->names->host, *all, state->names, rest);
}

/* Can the open day, all of which stands in the state, be written as a small one? */
static bool
is_small(const SpkLogProfileState *state)
{
	uint64_t events = 0;

	if (state->has_more || state->hours > SPK_SMALL_HOURS || !spk_is_small_session(&state->session))
		return false;
	for (uint32_t i = 0; i < state->n_amounts; i++)
		if (state->amounts[i].valued > SPK_SMALL_VALUED)
			return false;
	if (state->level_events == 0)
		return true;
	for (unsigned used = state->used; used != 0;)
		events += state->counts[next_slot(&used)].events;
	return state->level_events == events;
}

/* Appends the small day that stands in the state. */
static void
write_small(SpkLogProfileState *state)
{
	SpkSmallCount counts[SPK_LOG_INLINE];
	SpkSmallDay	  small = {.day = state->day,
						   .hours = (uint16_t) state->hours,
						   .n_sessions = 1,
						   .form = SPK_CLOSED_SMALL};
	uint8_t		 *start;
	uint8_t		 *at;

	for (unsigned used = state->used; used != 0;)
		counts[small.n_counts++] = state->counts[next_slot(&used)];
	start = spk_closed_days_room(&state->names->host, &state->closed,
								 sizeof(small) + SPK_SMALL_COUNT_BYTES * small.n_counts +
									 SPK_SMALL_AMOUNT_BYTES * state->n_amounts +
									 SPK_SMALL_SESSION_BYTES);
	if (start == NULL)
		return;
	at = start + sizeof(small);
	at = spk_put_small_counts(at, &small, counts);
	for (uint32_t i = 0; i < state->n_amounts; i++)
		at = spk_put_small_amount(at, &small, &state->amounts[i]);
	at = spk_put_small_session(at, state->day, &state->session);
	if (state->level_events > 0)
	{
		small.form |= SPK_CLOSED_LEVEL;
		small.level = (uint16_t) state->level;
	}
	memcpy(start, &small, sizeof(small));
	spk_closed_days_end(&state->closed, at);
}

SpkStatus
spk_open_day_close(SpkLogProfileState *state)
{
	OpenDay	   room;
	SpkLogDay *day;
	SpkStatus  status;

	if (is_small(state))
	{
		write_small(state);
		return state->closed.status;
	}
	status = gather(state, &room, &day);
	if (status == SPK_OK)
		status = spk_log_day_normalise(&state->names->host, day);
	if (status == SPK_OK)
		spk_closed_days_add(&state->names->host, &state->closed, day);
	return status == SPK_OK ? state->closed.status : status;
}

/* The count of a name in *more, made at the first need; NULL when there is no memory. */
static SpkDayCount *
count_in_more(SpkLogProfileState *state, uint32_t name)
{
	SpkLogDay	*more = more_of(state);
	SpkDayCount *count;

	if (more == NULL)
		return NULL;
	for (uint32_t i = 0; i < more->n_counts; i++)
		if (more->counts[i].name == name)
			return &more->counts[i];
	count = spk_log_day_count(&state->names->host, more);
	if (count != NULL)
		*count = (SpkDayCount) {.name = name};
	return count;
}

/* Adds an event to the count of its name. */
static SpkStatus
add_count(SpkLogProfileState *state, uint32_t name)
{
	SpkDayCount *count;

	/* each name first looks where nobody else does while the dictionary is small */
	for (uint32_t i = 0; i < SPK_LOG_INLINE; i++)
	{
		uint32_t	   slot = (name + i) % SPK_LOG_INLINE;
		SpkSmallCount *small = &state->counts[slot];

		if ((state->used >> slot & 1) == 0)
		{
			state->used |= (uint16_t) (1u << slot);
			*small = (SpkSmallCount) {(uint16_t) name, 1};
			return SPK_OK;
		}
		if (small->name == name && small->events < UINT16_MAX)
		{
			small->events++;
			return SPK_OK;
		}
	}
	count = count_in_more(state, name);
	if (count == NULL)
		return SPK_NO_MEMORY;
	count->events = spk_add_count(count->events, 1);
	return SPK_OK;
}

/* Gains and refunds apart: one signed sum would depend on the order at its limits. */
static inline void
add_to_sums(int64_t amount, uint32_t *valued, int64_t *gained, int64_t *refunded)
{
	*valued = spk_add_count(*valued, 1);
	if (amount > 0)
		*gained = spk_add_amount(*gained, amount);
	else
		*refunded = spk_add_amount(*refunded, -amount);
}

/* Adds what an event is worth. */
static SpkStatus
add_amount(SpkLogProfileState *state, uint32_t name, int64_t amount)
{
	SpkDayCount	   *count;
	SpkSmallAmount *small = state->amounts;
	SpkSmallAmount *end = small + state->n_amounts;

	while (small < end && small->name != name)
		small++;
	if (small == end && state->n_amounts < SPK_LOG_INLINE_AMOUNTS)
	{
		*small = (SpkSmallAmount) {.name = name};
		state->n_amounts++;
		end++;
	}
	if (small < end)
	{
		add_to_sums(amount, &small->valued, &small->gained, &small->refunded);
		return SPK_OK;
	}
	count = count_in_more(state, name);
	if (count == NULL)
		return SPK_NO_MEMORY;
	add_to_sums(amount, &count->valued, &count->gained, &count->refunded);
	return SPK_OK;
}

/* Moves the count of the inline level to *more, to make place for another. */
static SpkStatus
put_level_away(SpkLogProfileState *state)
{
	SpkLogDay	*more = more_of(state);
	SpkDayLevel *level = NULL;

	if (more == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < more->n_levels && level == NULL; i++)
		if (more->levels[i].level == state->level)
			level = &more->levels[i];
	if (level == NULL)
	{
		level = spk_log_day_level(&state->names->host, more);
		if (level == NULL)
			return SPK_NO_MEMORY;
		*level = (SpkDayLevel) {.level = state->level};
	}
	level->events = spk_add_count(level->events, state->level_events);
	return SPK_OK;
}

static SpkStatus
add_level(SpkLogProfileState *state, uint32_t level, int64_t ts)
{
	if (state->level_events > 0 && state->level != level)
	{
		SpkStatus status = put_level_away(state);

		if (status != SPK_OK)
			return status;
		state->level_events = 0;
	}
	state->level = level;
	state->level_events = spk_add_count(state->level_events, 1);
	if (ts > state->last_level_ts ||
		(ts == state->last_level_ts &&
		 spk_dictionary_rank(state->names, level, state->last_level) < 0))
	{
		state->last_level = level;
		state->last_level_ts = ts;
	}
	return SPK_OK;
}

/* Is the event of this session, as far as can be told without the others? */
static bool
is_in_session(const SpkDaySession *s, const SpkLogEvent *event)
{
	if (s->kind != event->session_kind)
		return false;
	if (s->kind != SPK_SESSION_DERIVED)
		return s->id == event->session;
	return event->ts - s->last < SPK_SESSION_GAP && s->first - event->ts < SPK_SESSION_GAP;
}

/* Makes the session of an event the inline one, and keeps the one that was. */
static SpkStatus
change_session(SpkLogProfileState *state, const SpkLogEvent *event)
{
	SpkLogDay	  *more = more_of(state);
	SpkDaySession *free_place;
	SpkStatus	   status;

	if (more == NULL)
		return SPK_NO_MEMORY;
	/* sessions that take turns are found again, and are not put away each time */
	for (uint32_t i = more->n_sessions; i > 0 && i + RECENT_SESSIONS > more->n_sessions; i--)
	{
		SpkDaySession *s = &more->sessions[i - 1];

		if (is_in_session(s, event))
		{
			SpkDaySession found = *s;

			*s = state->session;
			state->session = found;
			return SPK_OK;
		}
	}
	/* with more of them than that taking turns, parts pile up */
	if (more->n_sessions >= MANY_SESSIONS && more->n_sessions == more->sessions_room)
	{
		status = spk_log_day_normalise(&state->names->host, more);
		if (status != SPK_OK)
			return status;
	}
	free_place = spk_log_day_session(&state->names->host, more);
	if (free_place == NULL)
		return SPK_NO_MEMORY;
	*free_place = state->session;
	state->session = (SpkDaySession) {event->session_kind, event->session, event->ts, event->ts};
	return SPK_OK;
}

static SpkStatus
add_to_session(SpkLogProfileState *state, const SpkLogEvent *event)
{
	SpkDaySession *s = &state->session;

	if (!is_in_session(s, event))
	{
		SpkStatus status = change_session(state, event);

		if (status != SPK_OK)
			return status;
	}
	if (event->ts < s->first)
		s->first = event->ts;
	if (event->ts > s->last)
		s->last = event->ts;
	return SPK_OK;
}

SpkStatus
spk_open_day_add(SpkLogProfileState *state, uint32_t name, uint32_t level, const SpkLogEvent *event)
{
	SpkStatus status = SPK_OK;

	if (state->has_day)
		status = add_to_session(state, event);
	else
		state->session = (SpkDaySession) {event->session_kind, event->session, event->ts,
										  event->ts};
	state->has_day = true;
	if (status == SPK_OK)
		status = add_count(state, name);
	if (status == SPK_OK && event->has_amount)
		status = add_amount(state, name, event->amount);
	if (status == SPK_OK && event->level != NULL)
		status = add_level(state, level, event->ts);
	state->hours += (uint64_t) ((event->ts - state->day * SPK_USECS_PER_DAY) / SPK_USECS_PER_HOUR);
	return status;
}

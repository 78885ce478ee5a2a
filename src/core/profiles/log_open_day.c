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
	state->n_counts = 0;
	state->valued.events = 0;
	state->level_events = 0;
	state->last_level = SPK_NAME_OTHER;
	state->last_level_ts = SPK_NO_TIME;
	state->hours = 0;
}

/* What stands in the state, as a day in *room. */
static SpkLogDay *
inline_day(const SpkLogProfileState *state, SpkOpenDay *room)
{
	room->day = (SpkLogDay) {.day = state->day,
							 .hours = state->hours,
							 .last_level = state->last_level,
							 .last_level_ts = state->last_level_ts,
							 .n_counts = state->n_counts,
							 .n_levels = state->level_events > 0,
							 .n_sessions = 1,
							 .counts = room->counts,
							 .levels = &room->level,
							 .sessions = &room->session};
	for (uint32_t i = 0; i < state->n_counts; i++)
		room->counts[i] = (SpkDayCount) {.name = state->number[i], .events = state->events[i]};
	if (state->valued.events > 0)
		room->counts[room->day.n_counts++] = state->valued;
	room->level = (SpkDayLevel) {state->level, state->level_events};
	room->session = state->session;
	return &room->day;
}

SpkLogDay *
spk_open_day_gather(SpkLogProfileState *state, SpkOpenDay *room)
{
	SpkLogDay *day = inline_day(state, room);

	if (!state->has_more)
		return day;
	if (spk_log_day_append(&state->names->host, state->more, state->names, day) != SPK_OK)
		return NULL;
	return state->more;
}

/* Adds an event, and what it is worth, to the count of its name. */
static void
add_event(SpkDayCount *count, const SpkLogEvent *event)
{
	count->events = spk_add_count(count->events, 1);
	if (!event->has_amount)
		return;

	/* gains and refunds apart: one signed sum would depend on the order at its limits */
	count->valued = spk_add_count(count->valued, 1);
	if (event->amount > 0)
		count->gained = spk_add_amount(count->gained, event->amount);
	else
		count->refunded = spk_add_amount(count->refunded, -event->amount);
}

static SpkStatus
add_count_to_more(SpkLogProfileState *state, uint32_t name, const SpkLogEvent *event)
{
	SpkLogDay	*more = more_of(state);
	SpkDayCount *count;

	if (more == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < more->n_counts; i++)
		if (more->counts[i].name == name)
		{
			add_event(&more->counts[i], event);
			return SPK_OK;
		}
	count = spk_log_day_count(&state->names->host, more);
	if (count == NULL)
		return SPK_NO_MEMORY;
	*count = (SpkDayCount) {.name = name};
	add_event(count, event);
	return SPK_OK;
}

static SpkStatus
add_valued(SpkLogProfileState *state, uint32_t name, const SpkLogEvent *event)
{
	if (state->valued.events == 0)
		state->valued = (SpkDayCount) {.name = name};
	if (state->valued.name != name)
		return add_count_to_more(state, name, event);
	add_event(&state->valued, event);
	return SPK_OK;
}

static SpkStatus
add_count(SpkLogProfileState *state, uint32_t name, const SpkLogEvent *event)
{
	if (event->has_amount)
		return add_valued(state, name, event);
	for (uint32_t i = 0; i < state->n_counts; i++)
		if (state->number[i] == name)
		{
			state->events[i] = spk_add_count(state->events[i], 1);
			return SPK_OK;
		}
	if (state->n_counts == SPK_LOG_INLINE)
		return add_count_to_more(state, name, event);
	state->number[state->n_counts] = (uint16_t) name;
	state->events[state->n_counts++] = 1;
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
		status = add_count(state, name, event);
	if (status == SPK_OK && event->level != NULL)
		status = add_level(state, level, event->ts);
	state->hours += (uint64_t) ((event->ts - state->day * SPK_USECS_PER_DAY) / SPK_USECS_PER_HOUR);
	return status;
}

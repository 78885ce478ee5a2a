/*
 * log_profile.c
 *	  One user's activity in any log: adding events, days and profiles.
 */
#include "core/profiles/log_profile.h"
#include "core/base/sort.h"
#include "core/profiles/log_reader.h"
#include "core/profiles/log_tables.h"
#include "core/profiles/slice.h"

/* Merging too often costs time, too seldom memory. */
#define MIN_COMPACT_SIZE 4096

/* Sessions of the open day that are looked through for one that comes again. */
#define RECENT_SESSIONS 8

/* So many parts of sessions are merged before more memory is taken for them. */
#define MANY_SESSIONS 64

_Static_assert(sizeof(SpkLogProfileState) <= 256, "a state fits 256 bytes");
_Static_assert(SPK_SHARED_NAMES <= UINT16_MAX, "numbers of names fit the state's own counts");

void
spk_log_profile_init(SpkLogProfileState *state, SpkDictionary *names)
{
	memset(state, 0, sizeof(*state));
	state->names = names;
	state->closed = spk_writer(&names->host);
	state->compact_at = MIN_COMPACT_SIZE;
	state->in_order = true;
	state->last_level_ts = SPK_NO_TIME;
}

void
spk_log_profile_release(SpkLogProfileState *state)
{
	const SpkHost host = state->names->host;

	if (state->more != NULL)
		spk_log_day_release(&host, state->more);
	spk_release(&host, state->more);
	spk_release(&host, state->closed.data);
	if (state->owns_names)
	{
		SpkDictionary *names = state->names;

		spk_dictionary_release(names);
		spk_release(&host, names);
	}
}

bool
spk_log_profile_is_empty(const SpkLogProfileState *state)
{
	return !state->has_day && state->n_closed == 0;
}

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
		spk_log_day_start(state->more, state->day);
	}
	return state->more;
}

/* Appends a normalised day to the closed ones. */
static void
append_day(SpkLogProfileState *state, const SpkLogDay *day)
{
	/* closed days stand for themselves, so that they can be read in any order */
	SpkDayCursor cursor = {0, 0};

	if (state->n_closed > 0 && day->day <= state->last_closed)
		state->in_order = false;
	spk_log_day_write(&state->closed, &spk_finest_units, &cursor, day);
	state->last_closed = day->day;
	state->n_closed++;
}

/* The open day's part that stands in the state, in arrays of the caller's. */
static SpkLogDay
inline_day(const SpkLogProfileState *state, SpkDayCount counts[SPK_LOG_INLINE], SpkDayLevel *level,
		   SpkDaySession *session)
{
	SpkLogDay day = {.day = state->day,
					 .hours = state->hours,
					 .last_level = state->last_level,
					 .last_level_ts = state->last_level_ts,
					 .n_counts = state->n_counts,
					 .n_levels = state->level_events > 0,
					 .n_sessions = 1,
					 .counts = counts,
					 .levels = level,
					 .sessions = session};

	for (uint32_t i = 0; i < state->n_counts; i++)
		counts[i] = (SpkDayCount) {.name = state->number[i], .events = state->events[i]};
	*level = (SpkDayLevel) {state->level, state->level_events};
	*session = state->session;
	return day;
}

/* Puts the closed days in order, parts of one day merged. */
static SpkStatus
sort_closed(SpkLogProfileState *state)
{
	const SpkHost *host = &state->names->host;
	SpkWriter	   from = state->closed;
	uint32_t	   n = state->n_closed;
	SpkDayPlaces   places;
	SpkLogDay	   day;
	SpkLogDay	   part;
	SpkStatus	   status = spk_day_places(host, &from, n, &places);

	if (status != SPK_OK)
		return status;
	spk_log_day_init(&day);
	spk_log_day_init(&part);
	state->closed = spk_writer(host);
	state->n_closed = 0;
	state->in_order = true;
	for (uint32_t i = 0; i < n && status == SPK_OK; i++)
	{
		bool is_part = i > 0 && spk_day_at(&places, i) == spk_day_at(&places, i - 1);

		if (i % SPK_POLL_SLICES == SPK_POLL_SLICES - 1 && spk_cancelled(host))
			status = SPK_CANCELLED;
		else
			status = spk_day_read_at(host, &from, &places, i, is_part ? &part : &day);
		if (status == SPK_OK && is_part)
			status = spk_log_day_append(host, &day, state->names, &part);
		if (status == SPK_OK &&
			(i + 1 == n || spk_day_at(&places, i + 1) != spk_day_at(&places, i)))
		{
			spk_log_day_normalise(&day);
			append_day(state, &day);
			status = state->closed.status;
		}
	}
	spk_log_day_release(host, &day);
	spk_log_day_release(host, &part);
	spk_day_places_release(host, &places);
	spk_release(host, from.data);
	return status;
}

/* Brings the closed days into canonical order. */
static SpkStatus
compact(SpkLogProfileState *state)
{
	SpkStatus status = state->closed.status;
	size_t	  next;

	if (status == SPK_OK && !state->in_order)
		status = sort_closed(state);
	next = state->closed.len < UINT32_MAX / 2 ? 2 * state->closed.len : UINT32_MAX;
	state->compact_at = next > MIN_COMPACT_SIZE ? (uint32_t) next : MIN_COMPACT_SIZE;
	return status;
}

static SpkStatus
compact_if_long(SpkLogProfileState *state)
{
	if (state->closed.status == SPK_OK && state->closed.len >= state->compact_at)
		return compact(state);
	return state->closed.status;
}

/* Closes the open day. */
static SpkStatus
close_day(SpkLogProfileState *state)
{
	SpkDayCount	  counts[SPK_LOG_INLINE];
	SpkDayLevel	  level;
	SpkDaySession session;
	SpkLogDay	  day;
	SpkStatus	  status = SPK_OK;

	if (!state->has_day)
		return state->closed.status;
	day = inline_day(state, counts, &level, &session);
	if (state->more != NULL)
	{
		status = spk_log_day_append(&state->names->host, state->more, state->names, &day);
		if (status != SPK_OK)
			return status;
		spk_log_day_normalise(state->more);
		append_day(state, state->more);
		spk_log_day_start(state->more, 0);
	}
	else
	{
		spk_log_day_normalise(&day);
		append_day(state, &day);
	}
	state->has_day = false;
	return compact_if_long(state);
}

static SpkStatus
open_day(SpkLogProfileState *state, int32_t number)
{
	SpkStatus status = close_day(state);

	state->day = number;
	if (state->more != NULL)
		spk_log_day_start(state->more, number);
	state->n_counts = 0;
	state->level_events = 0;
	state->last_level = SPK_NAME_OTHER;
	state->last_level_ts = SPK_NO_TIME;
	state->hours = 0;
	return status;
}

/*
 * Leaves the dictionary, which is full, for one of the state's own that has the
 * names that the state keeps and room for as many others.
 */
static SpkStatus
leave_dictionary(SpkLogProfileState *state)
{
	SpkStatus status = close_day(state);

	if (status == SPK_OK)
		status = compact(state);
	return status == SPK_OK ? spk_log_tables_renew(state) : status;
}

/* The numbers of an event's texts. */
static SpkStatus
look_up(SpkLogProfileState *state, const SpkLogEvent *event, uint32_t *name, uint32_t *level)
{
	SpkStatus status;

	/* a second time when the dictionary was full, and is another one now */
	for (int i = 0; i < 2; i++)
	{
		status = spk_dictionary_add(state->names, event->name, event->name_len, name);
		if (status == SPK_OK && event->level != NULL)
			status = spk_dictionary_add(state->names, event->level, event->level_len, level);
		if (status != SPK_LIMIT)
			break;
		status = leave_dictionary(state);
		if (status != SPK_OK)
			break;
	}
	return status;
}

/* Adds one event to the count of a name that stands in *more. */
static SpkStatus
add_count_to_more(SpkLogProfileState *state, uint32_t name, const SpkLogEvent *event)
{
	SpkLogDay	*more = more_of(state);
	SpkDayCount *count = NULL;

	if (more == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < more->n_counts && count == NULL; i++)
		if (more->counts[i].name == name)
			count = &more->counts[i];
	if (count == NULL)
	{
		count = spk_log_day_count(&state->names->host, more);
		if (count == NULL)
			return SPK_NO_MEMORY;
		*count = (SpkDayCount) {.name = name};
	}
	count->events = spk_add_count(count->events, 1);
	if (event->has_amount)
	{
		count->valued = spk_add_count(count->valued, 1);
		if (event->amount > 0)
			count->gained = spk_add_amount(count->gained, event->amount);
		else
			count->refunded = spk_add_amount(count->refunded, -event->amount);
	}
	return SPK_OK;
}

static SpkStatus
add_count(SpkLogProfileState *state, uint32_t name, const SpkLogEvent *event)
{
	if (event->has_amount)
		return add_count_to_more(state, name, event);
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
		spk_log_day_normalise(more);
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
spk_log_profile_add(SpkLogProfileState *state, const SpkLogEvent *event)
{
	int32_t	  day = spk_day_of(event->ts);
	uint32_t  name;
	uint32_t  level = SPK_NAME_OTHER;
	SpkStatus status = look_up(state, event, &name, &level);

	if (status != SPK_OK)
		return status;
	if (!state->has_day || state->day != day)
	{
		status = open_day(state, day);
		if (status != SPK_OK)
			return status;
		state->session = (SpkDaySession) {event->session_kind, event->session, event->ts,
										  event->ts};
		state->has_day = true;
	}
	else
		status = add_to_session(state, event);
	if (status == SPK_OK)
		status = add_count(state, name, event);
	if (status == SPK_OK && event->level != NULL)
		status = add_level(state, level, event->ts);
	state->hours += (uint64_t) ((event->ts - day * SPK_USECS_PER_DAY) / SPK_USECS_PER_HOUR);
	return status;
}

SpkStatus
spk_log_profile_add_day(SpkLogProfileState *state, SpkLogDay *day)
{
	SpkStatus status;

	if (!spk_log_day_is_sound(day))
		return SPK_CORRUPT;
	status = close_day(state);
	if (status != SPK_OK)
		return status;
	spk_log_day_normalise(day);
	append_day(state, day);
	return compact_if_long(state);
}

/* Puts the numbers of the dictionary where those of a profile's tables stand. */
static void
renumber_day(SpkLogDay *day, const uint32_t *names, const uint32_t *levels)
{
	for (uint32_t i = 0; i < day->n_counts; i++)
		day->counts[i].name = names[day->counts[i].name];
	for (uint32_t i = 0; i < day->n_levels; i++)
		day->levels[i].level = levels[day->levels[i].level];
	if (day->last_level_ts != SPK_NO_TIME)
		day->last_level = levels[day->last_level];
}

/* The dictionary's numbers of n texts and, as number n, of all others. */
static SpkStatus
number_texts(SpkDictionary *names, const SpkLogText *texts, uint32_t n, uint32_t *numbers)
{
	numbers[n] = SPK_NAME_OTHER;
	for (uint32_t i = 0; i < n; i++)
	{
		SpkStatus status = spk_dictionary_add(names, texts[i].text, texts[i].len, &numbers[i]);

		if (status != SPK_OK)
			return status;
	}
	return SPK_OK;
}

static SpkStatus
add_days(SpkLogProfileState *state, SpkLogReader *reader, uint32_t *names, uint32_t *levels)
{
	SpkLogDay day;
	SpkStatus status = SPK_LIMIT;

	/* a second time when the dictionary was full, and is another one now */
	for (int i = 0; i < 2 && status == SPK_LIMIT; i++)
	{
		status = i == 0 ? SPK_OK : leave_dictionary(state);
		if (status == SPK_OK)
			status = number_texts(state->names, reader->names, reader->n_names, names);
		if (status == SPK_OK)
			status = number_texts(state->names, reader->levels, reader->n_levels, levels);
	}
	spk_log_day_init(&day);
	while (status == SPK_OK && spk_log_reader_next(reader, &day))
	{
		renumber_day(&day, names, levels);
		status = spk_log_profile_add_day(state, &day);
	}
	spk_log_day_release(reader->host, &day);
	return status != SPK_OK ? status : reader->status;
}

SpkStatus
spk_log_profile_add_profile(SpkLogProfileState *state, const void *data, size_t len)
{
	/* a copy, as the dictionary that has it may be left on the way */
	SpkHost		 host = state->names->host;
	SpkLogReader reader;
	uint32_t	*numbers;
	SpkStatus	 status = spk_log_reader_open(&reader, &host, data, len);

	if (status != SPK_OK)
		return status;
	numbers = spk_alloc(&host, reader.n_names + reader.n_levels + 2, sizeof(uint32_t));
	if (numbers == NULL)
		status = SPK_NO_MEMORY;
	else
		status = add_days(state, &reader, numbers, numbers + reader.n_names + 1);
	state->names_dropped = state->names_dropped || reader.names_dropped;
	state->levels_dropped = state->levels_dropped || reader.levels_dropped;
	spk_release(&host, numbers);
	spk_log_reader_close(&reader);
	return status;
}

SpkStatus
spk_log_profile_encode(SpkLogProfileState *state, SpkWriter *w)
{
	SpkStatus status = close_day(state);

	if (status == SPK_OK)
		status = compact(state);
	return status == SPK_OK ? spk_log_tables_encode(state, w) : status;
}

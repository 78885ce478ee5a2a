/*
 * log_profile.c
 *	  One user's activity in any log: adding events, days and profiles.
 */
#include "core/profiles/log_profile.h"
#include "core/base/pool.h"
#include "core/profiles/log_day_order.h"
#include "core/profiles/log_open_day.h"
#include "core/profiles/log_reader.h"
#include "core/profiles/log_tables.h"

/* Merging too often costs time, too seldom memory. */
#define MIN_MERGED_BYTES 4096

_Static_assert(sizeof(SpkLogProfileState) + SPK_POOL_HEAD <= 7 * SPK_ALIGNMENT,
			   "a state is as long as it says");
_Static_assert(offsetof(SpkLogProfileState, counts) <= SPK_ALIGNMENT &&
				   offsetof(SpkLogProfileState, more) <= 2 * SPK_ALIGNMENT,
			   "most events touch two lines of the cache");
_Static_assert(SPK_SHARED_NAMES <= UINT16_MAX, "numbers of names fit the state's own counts");

void
spk_log_profile_init(SpkLogProfileState *state, SpkDictionary *names)
{
	memset(state, 0, sizeof(*state));
	state->names = names;
	spk_closed_days_init(&state->closed);
	state->compact_at = MIN_MERGED_BYTES;
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
	spk_closed_days_release(&host, &state->closed);
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

/* Notes that a day was appended to the closed ones. */
static SpkStatus
closed_day(SpkLogProfileState *state, int32_t day)
{
	if (state->n_closed > 0 && day <= state->last_closed)
		state->in_order = false;
	state->last_closed = day;
	state->n_closed++;
	return state->closed.status;
}

/* Appends a normalised day to the closed ones. */
static SpkStatus
append_day(SpkLogProfileState *state, const SpkLogDay *day)
{
	spk_closed_days_add(&state->names->host, &state->closed, day);
	return closed_day(state, day->day);
}

/* Puts the closed days in order, parts of one day merged. */
static SpkStatus
sort_closed(SpkLogProfileState *state)
{
	const SpkHost *host = &state->names->host;
	SpkClosedDays  from = state->closed;
	uint32_t	   n = state->n_closed;
	SpkDayPlaces   places;
	SpkLogDay	   day;
	SpkLogDay	   part;
	SpkStatus	   status = spk_day_places(host, &from, n, &places);

	if (status != SPK_OK)
		return status;
	spk_log_day_init(&day);
	spk_log_day_init(&part);

	/* days are read from the old bytes in order, and appended to new ones */
	spk_closed_days_init(&state->closed);
	state->n_closed = 0;
	state->in_order = true;
	for (uint32_t i = 0; i < n && status == SPK_OK; i++)
	{
		bool is_part = i > 0 && spk_day_at(&places, i) == spk_day_at(&places, i - 1);

		if (i % SPK_POLL_DAYS == SPK_POLL_DAYS - 1 && spk_cancelled(host))
			status = SPK_CANCELLED;
		else
			status = spk_day_read_at(host, &places, i, is_part ? &part : &day);
		if (status == SPK_OK && is_part)
			status = spk_log_day_append(host, &day, state->names, &part);
		if (status == SPK_OK &&
			(i + 1 == n || spk_day_at(&places, i + 1) != spk_day_at(&places, i)))
		{
			status = spk_log_day_normalise(host, &day);
			if (status == SPK_OK)
				status = append_day(state, &day);
		}
	}
	spk_log_day_release(host, &day);
	spk_log_day_release(host, &part);
	spk_day_places_release(host, &places);
	spk_closed_days_release(host, &from);
	return status;
}

/* Brings the closed days into canonical order. */
static SpkStatus
compact(SpkLogProfileState *state)
{
	SpkStatus status = state->closed.status;
	size_t	  len;
	size_t	  next;

	if (status == SPK_OK && !state->in_order)
		status = sort_closed(state);
	len = state->closed.len;
	next = len < UINT32_MAX / 2 ? 2 * len : UINT32_MAX;
	state->compact_at = next > MIN_MERGED_BYTES ? (uint32_t) next : MIN_MERGED_BYTES;
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
	SpkStatus status;

	if (!state->has_day)
		return state->closed.status;
	status = spk_open_day_close(state);
	if (status == SPK_OK)
		status = closed_day(state, state->day);
	state->has_day = false;
	return status == SPK_OK ? compact_if_long(state) : status;
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

SpkStatus
spk_log_profile_add(SpkLogProfileState *state, const SpkLogEvent *event)
{
	int32_t	  day = spk_day_of(event->ts);
	uint32_t  name;
	uint32_t  level = SPK_NAME_OTHER;
	SpkStatus status = look_up(state, event, &name, &level);

	if (status != SPK_OK)
		return status;

	/* the texts came first, as looking them up may close the day */
	if (!state->has_day || state->day != day)
	{
		spk_log_profile_prefetch_all(state);
		status = close_day(state);
		if (status != SPK_OK)
			return status;
		spk_open_day_start(state, day);
	}
	return spk_open_day_add(state, name, level, event);
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
	status = spk_log_day_normalise(&state->names->host, day);
	if (status == SPK_OK)
		status = append_day(state, day);
	return status == SPK_OK ? compact_if_long(state) : status;
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

/* The profile's next day, in the dictionary's numbers; false at the end or when it is bad. */
static bool
next_numbered(SpkLogReader *reader, const uint32_t *names, const uint32_t *levels, SpkLogDay *day)
{
	if (!spk_log_reader_next(reader, day))
		return false;
	renumber_day(day, names, levels);
	return true;
}

/*
 * Are there so many days in the profile that they are better merged with the closed
 * ones at once?  Few of them are appended, and put in order with many others later.
 */
static bool
is_worth_merging(const SpkLogProfileState *state, const SpkLogReader *reader)
{
	return state->in_order && state->n_closed > 0 &&
		spk_unread(&reader->reader) >= state->closed.len / 4;
}

/* The days of a state that are merged with those of a profile. */
typedef struct ClosedDays
{
	SpkClosedReader reader;
	const uint8_t  *start; /* of the day that was read last */
	SpkLogDay		day;
	uint32_t		left; /* with that day */
} ClosedDays;

/* Reads the day after the one that was read, if there is one. */
static SpkStatus
read_closed_day(const SpkHost *host, ClosedDays *closed)
{
	if (closed->left == 0)
		return SPK_OK;
	closed->start = spk_closed_next(&closed->reader)->at;
	if (closed->left % SPK_POLL_DAYS == 0 && spk_cancelled(host))
		return SPK_CANCELLED;
	return spk_closed_day_read(host, &closed->reader.reader, &closed->day);
}

/* Appends the state's own day as its bytes are, and reads the next one. */
static SpkStatus
keep_closed_day(SpkLogProfileState *state, ClosedDays *closed)
{
	spk_closed_days_copy(&state->names->host, &state->closed, closed->start,
						 (size_t) (closed->reader.reader.at - closed->start));
	state->last_closed = closed->day.day;
	state->n_closed++;
	closed->left--;
	return read_closed_day(&state->names->host, closed);
}

/* Appends a day of the profile, with the state's own of the same date. */
static SpkStatus
merge_day(SpkLogProfileState *state, ClosedDays *closed, SpkLogDay *day)
{
	const SpkHost *host = &state->names->host;
	SpkStatus	   status = SPK_OK;

	while (status == SPK_OK && closed->left > 0 && closed->day.day < day->day)
		status = keep_closed_day(state, closed);
	if (status == SPK_OK && closed->left > 0 && closed->day.day == day->day)
	{
		status = spk_log_day_append(host, day, state->names, &closed->day);
		closed->left--;
		if (status == SPK_OK)
			status = read_closed_day(host, closed);
	}
	if (status == SPK_OK)
		status = spk_log_day_normalise(host, day);
	if (status == SPK_OK)
		append_day(state, day);
	return status;
}

/* Merges the days of the profile with the state's closed ones, both of which ascend. */
static SpkStatus
merge_days(SpkLogProfileState *state, SpkLogReader *reader, const uint32_t *names,
		   const uint32_t *levels)
{
	const SpkHost *host = &state->names->host;
	SpkClosedDays  from = state->closed;
	ClosedDays	   closed = {.reader = spk_closed_reader(&from), .left = state->n_closed};
	SpkLogDay	   day;
	SpkStatus	   status;

	spk_log_day_init(&day);
	spk_log_day_init(&closed.day);
	spk_closed_days_init(&state->closed);
	state->n_closed = 0;
	status = read_closed_day(host, &closed);
	while (status == SPK_OK && next_numbered(reader, names, levels, &day))
		status = merge_day(state, &closed, &day);
	if (status == SPK_OK)
		status = reader->status;
	while (status == SPK_OK && closed.left > 0)
		status = keep_closed_day(state, &closed);
	spk_log_day_release(host, &day);
	spk_log_day_release(host, &closed.day);
	spk_closed_days_release(host, &from);
	return status == SPK_OK ? compact_if_long(state) : status;
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
	if (status == SPK_OK)
		status = close_day(state);
	if (status == SPK_OK && is_worth_merging(state, reader))
		return merge_days(state, reader, names, levels);
	spk_log_day_init(&day);
	while (status == SPK_OK && next_numbered(reader, names, levels, &day))
		status = spk_log_profile_add_day(state, &day);
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
	SpkStatus status;

	spk_closed_days_prefetch(&state->closed);
	status = close_day(state);
	if (status == SPK_OK)
		status = compact(state);
	return status == SPK_OK ? spk_log_tables_encode(state, w) : status;
}

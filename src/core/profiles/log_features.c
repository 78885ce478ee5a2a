/*
 * log_features.c
 *	  From a profile of any log to the features of a recipe.
 *
 * One pass over the days adds them up to tallies; log_values.c says what each
 * feature makes of those.
 */
#include "core/profiles/log_features.h"
#include "core/profiles/log_profile.h"
#include "core/profiles/log_values.h"
#include "core/profiles/slice.h"

/* The place of a name that the recipe does not ask for. */
#define NOT_WANTED UINT32_MAX

/* ---- Memory ---- */

/* Numbers that a recipe's dictionary has given, with that of all others. */
static uint32_t
n_tallies(const SpkDictionary *dictionary)
{
	return dictionary->n > 0 ? dictionary->n : 1;
}

SpkStatus
spk_log_pass_init(SpkLogPass *pass, const SpkHost *host, const SpkLogRecipe *recipe)
{
	uint32_t n_names = n_tallies(&recipe->names);
	uint32_t n_levels = n_tallies(&recipe->levels);
	uint32_t counters = SPK_LOG_COUNTERS * (recipe->n_bounds + 1);

	/* all zeros first: what was not allocated is released as nothing */
	memset(pass, 0, sizeof(*pass));
	pass->host = host;
	pass->recipe = recipe;
	pass->n_counters = counters * (n_names + 1);
	spk_log_day_init(&pass->day);
	spk_log_sessions_init(&pass->open, host);
	pass->counters = spk_alloc(host, pass->n_counters, sizeof(uint64_t));
	pass->names = spk_alloc(host, n_names, sizeof(SpkLogSums));
	pass->levels = spk_alloc(host, n_levels, sizeof(SpkLogSums));
	pass->name_tally = spk_alloc(host, n_names, sizeof(uint32_t));
	pass->level_tally = spk_alloc(host, n_levels, sizeof(uint32_t));
	pass->name_place = spk_alloc(host, SPK_LOG_NAMES + 1, sizeof(uint32_t));
	pass->level_place = spk_alloc(host, SPK_LOG_LEVELS + 1, sizeof(uint32_t));
	if (pass->counters == NULL || pass->names == NULL || pass->levels == NULL ||
		pass->name_tally == NULL || pass->level_tally == NULL || pass->name_place == NULL ||
		pass->level_place == NULL)
	{
		spk_log_pass_release(pass);
		return SPK_NO_MEMORY;
	}
	/* where each counter begins in the one array, which a single memset clears */
	pass->events = pass->counters;
	pass->days = pass->events + 1;
	pass->sessions = pass->events + 2;
	for (uint32_t i = 0; i < n_names; i++)
	{
		uint64_t *at = pass->counters + (size_t) (i + 1) * counters;

		pass->names[i].events = at;
		pass->names[i].days = at + 1;
		pass->names[i].gained = (int64_t *) (at + 2);
		pass->names[i].refunded = (int64_t *) (at + 3);
	}
	return SPK_OK;
}

void
spk_log_pass_release(SpkLogPass *pass)
{
	spk_release(pass->host, pass->counters);
	spk_release(pass->host, pass->names);
	spk_release(pass->host, pass->levels);
	spk_release(pass->host, pass->name_tally);
	spk_release(pass->host, pass->level_tally);
	spk_release(pass->host, pass->name_place);
	spk_release(pass->host, pass->level_place);
	spk_log_day_release(pass->host, &pass->day);
	spk_log_sessions_release(&pass->open);
}

/* Everything as it is before the first day. */
static void
start(SpkLogPass *p, int32_t as_of)
{
	memset(p->counters, 0, p->n_counters * sizeof(uint64_t));
	for (uint32_t i = 0; i < n_tallies(&p->recipe->names); i++)
	{
		p->names[i].is_unknown = i == 0;
		p->names[i].last_day = SPK_NO_DAY;
		p->names[i].valued = 0;
		p->name_tally[i] = i;
	}
	for (uint32_t i = 0; i < n_tallies(&p->recipe->levels); i++)
	{
		p->levels[i].is_unknown = i == 0;
		p->levels[i].valued = 0;
		p->level_tally[i] = i;
	}
	spk_log_sessions_start(&p->open);
	p->reference_day = as_of;
	p->first_day = p->last_day = SPK_NO_DAY;
	p->known_days = p->longest_gap = 0;
	p->first_ts = p->last_ts = p->reference = p->first_start = p->last_start = SPK_NO_TIME;
	p->session_us = p->hours = 0;
	p->leveled = 0;
	p->level = (SpkLogText) {NULL, 0};
}

/* ---- Names of the recipe and those of the profile ---- */

/*
 * Of n texts of a profile, and of all others as text n: which tally counts them.
 * Texts of the recipe that the profile lacks had no events, unless some were
 * dropped that they may be among: all that rank behind the last one kept.  Then
 * the tally of all others answers for them.
 */
static void
bind(const SpkDictionary *wanted, const SpkLogText *texts, uint32_t n, bool dropped,
	 uint32_t *place, uint32_t *tally)
{
	uint32_t last = 0;

	place[n] = SPK_NAME_OTHER;
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t number = spk_dictionary_find(wanted, texts[i].text, texts[i].len);

		place[i] = number == SPK_NAME_OTHER ? NOT_WANTED : number;
		if (dropped &&
			spk_name_rank(texts[last].text, texts[last].len, texts[i].text, texts[i].len) < 0)
			last = i;
	}
	for (uint32_t number = 1; dropped && number < wanted->n; number++)
		if (spk_name_rank(texts[last].text, texts[last].len, spk_dictionary_text(wanted, number),
						  wanted->names[number].len) < 0)
			tally[number] = SPK_NAME_OTHER;
}

/* ---- Days ---- */

/* Where a day's events are counted: at the first bound not before it. */
static inline uint32_t
counter_of(const SpkLogPass *p, int32_t day)
{
	int32_t	 age = p->reference_day - day;
	uint32_t bound = 0;

	while (bound < p->recipe->n_bounds && p->recipe->bounds[bound] < age)
		bound++;
	return SPK_LOG_COUNTERS * bound;
}

static void
add_counts(SpkLogPass *p, uint32_t counter)
{
	uint64_t events = 0;

	for (uint32_t i = 0; i < p->day.n_counts; i++)
	{
		const SpkDayCount *count = &p->day.counts[i];
		uint32_t		   place = p->name_place[count->name];
		SpkLogSums		  *t;

		events += count->events;
		if (place == NOT_WANTED)
			continue;
		t = &p->names[place];
		t->last_day = p->day.day;
		t->events[counter] += count->events;
		t->days[counter]++;
		if (count->valued == 0)
			continue;
		t->valued += count->valued;
		t->gained[counter] = spk_add_amount(t->gained[counter], count->gained);
		t->refunded[counter] = spk_add_amount(t->refunded[counter], count->refunded);
	}
	p->events[counter] += events;
}

static void
add_levels(SpkLogPass *p, const SpkLogReader *reader)
{
	const SpkLogDay *day = &p->day;

	for (uint32_t i = 0; i < day->n_levels; i++)
	{
		uint32_t place = p->level_place[day->levels[i].level];

		p->leveled += day->levels[i].events;
		if (place != NOT_WANTED)
			p->levels[place].valued += day->levels[i].events;
	}
	/* one that the profile did not keep is not known */
	if (day->n_levels > 0)
		p->level = day->last_level < reader->n_levels ? reader->levels[day->last_level] :
														(SpkLogText) {NULL, 0};
}

static SpkStatus
add_day(SpkLogPass *p, const SpkLogReader *reader)
{
	const SpkLogDay *day = &p->day;
	uint32_t		 counter = counter_of(p, day->day);

	if (p->last_day == SPK_NO_DAY)
	{
		p->first_day = day->day;
		p->first_ts = spk_log_day_first(day);
	}
	else if (day->day - p->last_day > p->longest_gap)
		p->longest_gap = day->day - p->last_day;
	p->last_day = day->day;
	p->last_ts = spk_log_day_last(day);
	p->hours += (double) day->hours;
	p->days[counter]++;
	add_counts(p, counter);
	add_levels(p, reader);
	return spk_log_sessions_add(&p->open, day);
}

static void
add_sessions(SpkLogPass *p)
{
	int64_t since[SPK_LOG_BOUNDS]; /* when what the bounds count begins */

	/* compared as times: a division for each session would cost more than all else here */
	for (uint32_t i = 0; i < p->recipe->n_bounds; i++)
		since[i] = ((int64_t) p->reference_day - p->recipe->bounds[i]) * SPK_USECS_PER_DAY;
	for (uint32_t i = 0; i < p->open.n; i++)
	{
		const SpkDaySession *s = &p->open.at[i];
		uint32_t			 bound = 0;

		while (bound < p->recipe->n_bounds && s->last < since[bound])
			bound++;
		p->sessions[SPK_LOG_COUNTERS * bound]++;
		p->session_us += (double) s->last - (double) s->first;
		p->first_start = spk_earlier(p->first_start, s->first);
		p->last_start = spk_later(p->last_start, s->first);
	}
}

/* Makes of what lies between two bounds what lies below each. */
static void
add_up(const SpkLogPass *p)
{
	uint32_t n = SPK_LOG_COUNTERS * (p->recipe->n_bounds + 1);

	for (uint32_t i = SPK_LOG_COUNTERS; i < n; i++)
		p->counters[i] += p->counters[i - SPK_LOG_COUNTERS];
	for (uint32_t k = 0; k < n_tallies(&p->recipe->names); k++)
	{
		const SpkLogSums *t = &p->names[k];

		for (uint32_t i = SPK_LOG_COUNTERS; i < n && t->last_day != SPK_NO_DAY;
			 i += SPK_LOG_COUNTERS)
		{
			t->events[i] += t->events[i - SPK_LOG_COUNTERS];
			t->days[i] += t->days[i - SPK_LOG_COUNTERS];
			t->gained[i] = spk_add_amount(t->gained[i], t->gained[i - SPK_LOG_COUNTERS]);
			t->refunded[i] = spk_add_amount(t->refunded[i], t->refunded[i - SPK_LOG_COUNTERS]);
		}
	}
}

/* The day after a profile's last; the reader is a copy, whose state nobody needs afterwards. */
static SpkStatus
find_end(SpkLogPass *p, SpkLogReader reader)
{
	while (spk_log_reader_next(&reader, &p->day))
		p->reference_day = p->day.day + 1;
	return reader.status;
}

static SpkStatus
add_profile(SpkLogPass *p, SpkLogReader *reader)
{
	SpkStatus status = SPK_OK;

	/* windows count back from the end, which has to be known before */
	if (p->reference_day == SPK_NO_DAY)
		status = find_end(p, *reader);
	bind(&p->recipe->names, reader->names, reader->n_names, reader->names_dropped, p->name_place,
		 p->name_tally);
	bind(&p->recipe->levels, reader->levels, reader->n_levels, reader->levels_dropped,
		 p->level_place, p->level_tally);
	while (status == SPK_OK && spk_log_reader_next(reader, &p->day) &&
		   p->day.day < p->reference_day)
		status = add_day(p, reader);
	return status != SPK_OK ? status : reader->status;
}

SpkStatus
spk_log_features(SpkLogPass *pass, const void *data, size_t len, int32_t as_of, double *values,
				 SpkLogText *level, bool *seen, const char **why)
{
	SpkStatus status = SPK_OK;

	start(pass, as_of);
	if (data != NULL)
	{
		SpkLogReader reader;

		status = spk_log_reader_open(&reader, pass->host, data, len);
		*why = reader.why;
		if (status != SPK_OK)
			return status;
		status = add_profile(pass, &reader);
		*why = reader.why;
		spk_log_reader_close(&reader);
		if (status != SPK_OK)
			return status;
	}

	/* without a day all is as it was at the start, and so are the values */
	*seen = pass->last_day != SPK_NO_DAY;
	if (*seen)
	{
		pass->known_days = pass->reference_day - pass->first_day;
		pass->reference = as_of == SPK_NO_DAY ? pass->last_ts : as_of * SPK_USECS_PER_DAY;
		add_sessions(pass);
		add_up(pass);
	}
	for (uint32_t i = 0; i < pass->recipe->n_features; i++)
		values[i] = spk_log_value(pass, &pass->recipe->features[i]);
	*level = pass->level;
	return SPK_OK;
}

/*
 * log_label.c
 *	  Churn as its user means it, from a profile of any log: an event, or silence.
 *
 * A profile's days ascend, so that one pass tells, and ends with the answer.
 */
#include "core/profiles/log_label.h"

/* Ends a pass: the reader's status, unless that is good. */
static SpkStatus
end_pass(const SpkHost *host, SpkLogReader *reader, SpkLogDay *day, const char **why)
{
	*why = reader->why;
	spk_log_day_release(host, day);
	spk_log_reader_close(reader);
	return reader->status;
}

static bool
has_name(const SpkLogDay *day, uint32_t name)
{
	for (uint32_t i = 0; i < day->n_counts; i++)
		if (day->counts[i].name == name)
			return true;
	return false;
}

/* What a pass saw of an event; days as numbers, SPK_NO_DAY for none. */
typedef struct Sighting
{
	int32_t last_seen;	/* day with any event before as_of */
	int32_t last_event; /* day with the event before as_of */
	int32_t happened;	/* first day with it in [as_of, until) */
} Sighting;

static Sighting
look_for_event(SpkLogReader *reader, SpkLogDay *day, const SpkEventQuestion *q, uint32_t name)
{
	Sighting s = {SPK_NO_DAY, SPK_NO_DAY, SPK_NO_DAY};
	bool	 ever = q->as_of == SPK_NO_DAY;

	while (s.happened == SPK_NO_DAY && spk_log_reader_next(reader, day) && day->day < q->until)
	{
		/* a name that the profile lacks has the number of all other ones together */
		bool has = name < reader->n_names && has_name(day, name);

		if (ever || day->day >= q->as_of)
			s.happened = has ? day->day : SPK_NO_DAY;
		else
		{
			s.last_seen = day->day;
			if (has)
				s.last_event = day->day;
			if (has && !q->returners)
				break; /* nothing that comes later changes the answer */
		}
	}
	return s;
}

static bool
is_at_risk(const SpkEventQuestion *q, const Sighting *s)
{
	if (q->as_of == SPK_NO_DAY)
		return true;
	if (s->last_seen == SPK_NO_DAY)
		return false;
	return s->last_event == SPK_NO_DAY || (q->returners && s->last_seen > s->last_event);
}

SpkStatus
spk_log_label(const SpkHost *host, const void *data, size_t len, const SpkEventQuestion *question,
			  SpkLabel *label, const char **why)
{
	int32_t day;

	return spk_log_event_day(host, data, len, question, label, &day, why);
}

SpkStatus
spk_log_event_day(const SpkHost *host, const void *data, size_t len,
				  const SpkEventQuestion *question, SpkLabel *label, int32_t *event_day,
				  const char **why)
{
	SpkLogReader reader;
	SpkLogDay	 day;
	Sighting	 sighting;
	uint32_t	 name;
	bool		 is_known;
	SpkStatus	 status = spk_log_reader_open(&reader, host, data, len);

	*why = reader.why;
	*event_day = SPK_NO_DAY;
	if (status != SPK_OK)
		return status;
	spk_log_day_init(&day);

	/* of a name that was not kept nobody knows whether it happened */
	name = spk_log_reader_find(&reader, question->event.text, question->event.len, &is_known);
	if (name == reader.n_names && !is_known)
	{
		*label = SPK_LABEL_UNKNOWN;
		return end_pass(host, &reader, &day, why);
	}

	sighting = look_for_event(&reader, &day, question, name);
	if (!is_at_risk(question, &sighting))
		*label = SPK_LABEL_NOT_AT_RISK;
	else
	{
		*label = sighting.happened != SPK_NO_DAY ? SPK_LABEL_YES : SPK_LABEL_NO;
		*event_day = sighting.happened;
	}
	return end_pass(host, &reader, &day, why);
}

/* ---- Silence ---- */

/* Was a user active?  What may have been counts for more than what was not. */
typedef enum Activity
{
	INACTIVE,
	MAYBE_ACTIVE, /* by events whose names are not known */
	ACTIVE
} Activity;

/* Which of the profile's names are to be ignored. */
typedef struct Ignored
{
	bool *names;   /* n_names, or NULL for none */
	bool  unknown; /* names that the profile did not keep, too */
} Ignored;

static SpkStatus
find_ignored(const SpkHost *host, const SpkLogReader *reader, const SpkLogText *names,
			 uint32_t n_names, Ignored *ignored)
{
	*ignored = (Ignored) {NULL, false};
	if (n_names == 0)
		return SPK_OK;
	ignored->names = spk_alloc(host, reader->n_names + 1, sizeof(bool));
	if (ignored->names == NULL)
		return SPK_NO_MEMORY;
	memset(ignored->names, 0, reader->n_names * sizeof(bool));
	for (uint32_t i = 0; i < n_names; i++)
	{
		bool	 is_known;
		uint32_t name = spk_log_reader_find(reader, names[i].text, names[i].len, &is_known);

		if (name < reader->n_names)
			ignored->names[name] = true;
		else if (!is_known)
			ignored->unknown = true;
	}
	return SPK_OK;
}

static Activity
activity_of(const SpkLogReader *reader, const SpkLogDay *day, const Ignored *ignored)
{
	Activity activity = INACTIVE;

	for (uint32_t i = 0; i < day->n_counts; i++)
	{
		uint32_t name = day->counts[i].name;

		if (name == reader->n_names && ignored->unknown)
			activity = MAYBE_ACTIVE; /* the last name of a day */
		else if (name == reader->n_names || ignored->names == NULL || !ignored->names[name])
			return ACTIVE;
	}
	return activity;
}

static SpkLabel
label_of_silence(Activity before, Activity after)
{
	if (before == INACTIVE)
		return SPK_LABEL_NOT_AT_RISK;
	if (before == MAYBE_ACTIVE || after == MAYBE_ACTIVE)
		return SPK_LABEL_UNKNOWN;
	return after == ACTIVE ? SPK_LABEL_NO : SPK_LABEL_YES;
}

SpkStatus
spk_log_inactive(const SpkHost *host, const void *data, size_t len,
				 const SpkSilenceQuestion *question, SpkLabel *label, const char **why)
{
	SpkLogReader reader;
	SpkLogDay	 day;
	Ignored		 ignored;
	Activity	 before = INACTIVE;
	Activity	 after = INACTIVE;
	SpkStatus	 status = spk_log_reader_open(&reader, host, data, len);

	*why = reader.why;
	if (status != SPK_OK)
		return status;
	spk_log_day_init(&day);
	reader.status = find_ignored(host, &reader, question->ignore, question->n_ignore, &ignored);
	while (after != ACTIVE && spk_log_reader_next(&reader, &day) && day.day < question->until)
	{
		/* one day that is known to be active settles its side */
		Activity *side = day.day < question->as_of ? &before : &after;
		Activity  activity = day.day < question->from ? INACTIVE :
														activity_of(&reader, &day, &ignored);

		if (activity > *side)
			*side = activity;
	}
	*label = label_of_silence(before, after);
	spk_release(host, ignored.names);
	return end_pass(host, &reader, &day, why);
}

SpkStatus
spk_log_silence(const SpkHost *host, const void *data, size_t len, const SpkLogText *ignore,
				uint32_t n_ignore, SpkSilentSpell *spell, SpkLabel *label, const char **why)
{
	SpkSilentSpell maybe = *spell; /* if all happened that may have */
	SpkLogReader   reader;
	SpkLogDay	   day;
	Ignored		   ignored;
	SpkStatus	   status = spk_log_reader_open(&reader, host, data, len);

	*why = reader.why;
	if (status != SPK_OK)
		return status;
	spk_log_day_init(&day);
	reader.status = find_ignored(host, &reader, ignore, n_ignore, &ignored);
	while (reader.status == SPK_OK && spk_log_reader_next(&reader, &day) && day.day < spell->until)
	{
		Activity activity = activity_of(&reader, &day, &ignored);

		if (activity == ACTIVE)
			spk_silent_spell_add(spell, day.day);
		if (activity != INACTIVE)
			spk_silent_spell_add(&maybe, day.day);
	}

	/* what is the same with and without events whose names are not known is known */
	*label = spk_silent_spell_end(spell);
	if (spk_silent_spell_end(&maybe) != *label || maybe.left != spell->left ||
		maybe.as_of != spell->as_of)
		*label = SPK_LABEL_UNKNOWN;
	spk_release(host, ignored.names);
	return end_pass(host, &reader, &day, why);
}

SpkStatus
spk_log_visit_days(const SpkHost *host, const void *data, size_t len, const SpkLogText *ignore,
				   uint32_t n_ignore, SpkDayVisitor visit, void *ctx, const char **why)
{
	SpkLogReader reader;
	SpkLogDay	 day;
	Ignored		 ignored;
	SpkStatus	 status = spk_log_reader_open(&reader, host, data, len);

	*why = reader.why;
	if (status != SPK_OK)
		return status;
	spk_log_day_init(&day);
	reader.status = find_ignored(host, &reader, ignore, n_ignore, &ignored);
	while (reader.status == SPK_OK && spk_log_reader_next(&reader, &day))
		if (activity_of(&reader, &day, &ignored) != INACTIVE)
			visit(ctx, day.day);
	spk_release(host, ignored.names);
	return end_pass(host, &reader, &day, why);
}

/* ---- The first and the last day ---- */

/* The number of the first day, or that of the last. */
static SpkStatus
read_day(const SpkHost *host, const void *data, size_t len, bool last, int32_t *number,
		 const char **why)
{
	SpkLogReader reader;
	SpkLogDay	 day;
	SpkStatus	 status = spk_log_reader_open(&reader, host, data, len);

	*why = reader.why;
	if (status != SPK_OK)
		return status;
	spk_log_day_init(&day);
	*number = 0;
	while (spk_log_reader_next(&reader, &day))
	{
		*number = day.day;
		if (!last)
			break;
	}
	return end_pass(host, &reader, &day, why);
}

SpkStatus
spk_log_first_day(const SpkHost *host, const void *data, size_t len, int32_t *day, const char **why)
{
	return read_day(host, data, len, false, day, why);
}

SpkStatus
spk_log_last_day(const SpkHost *host, const void *data, size_t len, int32_t *day, const char **why)
{
	return read_day(host, data, len, true, day, why);
}

/*
 * define_survey.c
 *	  What names and levels the profiles of a source have.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "host/pg_host.h"
#include "host/source.h"
#include "profiles/define_survey.h"
#include "profiles/log_plan.h"
#include "profiles/profile_source.h"
#include "profiles/profile_type.h"

/* Names that are told apart: a hundred times those that one profile keeps. */
#define MAX_NAMES UINT32_C(131072)

/* Texts, by number in a dictionary, and what is counted of each. */
typedef struct Tally
{
	SpkDictionary dictionary;
	SpkSeen		 *seen;
	uint32		  room;
} Tally;

typedef struct Survey
{
	SpkHost		  host;
	MemoryContext row_context;
	Tally		  names;
	Tally		  levels;
	uint32		 *numbers; /* of a profile's names or levels */
	uint64		  users;
	uint64		  events;
	uint64		  users_with_others;
} Survey;

static void
start_tally(Tally *tally, const SpkHost *host)
{
	spk_dictionary_init(&tally->dictionary, host, MAX_NAMES);
	tally->room = 256;
	tally->seen = palloc0(tally->room * sizeof(SpkSeen));
}

/* The number of a text, of one more user. */
static uint32
count_user(Tally *tally, const SpkLogText *text)
{
	uint32	  number;
	SpkStatus status = spk_dictionary_add(&tally->dictionary, text->text, text->len, &number);

	if (status == SPK_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the profiles have too many different names of events"),
				 errdetail("At most %u are told apart.", MAX_NAMES),
				 errhint("Make profiles with an expression that groups them, as without the numbers in them.")));
	spk_check(status, "list of names", NULL);
	if (number >= tally->room)
	{
		uint32 room = 2 * tally->room;

		tally->seen = repalloc_huge(tally->seen, room * sizeof(SpkSeen));
		memset(tally->seen + tally->room, 0, (room - tally->room) * sizeof(SpkSeen));
		tally->room = room;
	}
	tally->seen[number].users++;
	return number;
}

/* Adds a day's counts, whose names have these numbers. */
static void
count_day(Survey *survey, const SpkLogDay *day, uint32 n_names, bool *has_others)
{
	for (uint32 i = 0; i < day->n_counts; i++)
	{
		const SpkDayCount *count = &day->counts[i];
		SpkSeen			  *seen;

		survey->events += count->events;
		if (count->name == n_names)
		{
			*has_others = true;
			continue;
		}
		seen = &survey->names.seen[survey->numbers[count->name]];
		seen->events += count->events;
		seen->has_amounts = seen->has_amounts || count->valued > 0;
		seen->has_refunds = seen->has_refunds || count->refunded > 0;
	}
}

static void
count_levels(Survey *survey, const SpkLogReader *reader, const SpkLogDay *day,
			 const uint32 *numbers)
{
	for (uint32 i = 0; i < day->n_levels; i++)
		if (day->levels[i].level < reader->n_levels)
			survey->levels.seen[numbers[day->levels[i].level]].events += day->levels[i].events;
}

static void
count_profile(Survey *survey, const bytea *profile)
{
	SpkHost		 host = spk_pg_host(CurrentMemoryContext);
	SpkLogReader reader;
	SpkLogDay	 day;
	uint32		 levels[SPK_LOG_LEVELS];
	bool		 has_others = false;

	spk_require_log_profile(profile, "churn_define_features");
	spk_check(spk_log_reader_open(&reader, &host, VARDATA_ANY(profile), VARSIZE_ANY_EXHDR(profile)),
			  PROFILE_WHAT, reader.why);
	for (uint32 i = 0; i < reader.n_names; i++)
		survey->numbers[i] = count_user(&survey->names, &reader.names[i]);
	for (uint32 i = 0; i < reader.n_levels; i++)
		levels[i] = count_user(&survey->levels, &reader.levels[i]);
	spk_log_day_init(&day);
	while (spk_log_reader_next(&reader, &day))
	{
		count_day(survey, &day, reader.n_names, &has_others);
		count_levels(survey, &reader, &day, levels);
	}
	spk_check(reader.status, PROFILE_WHAT, reader.why);
	survey->users++;
	survey->users_with_others += has_others;
}

static void
count_row(TupleTableSlot *slot, void *arg)
{
	Survey *survey = arg;
	bool	is_null;
	Datum	profile = slot_getattr(slot, 1, &is_null);

	CHECK_FOR_INTERRUPTS();
	if (!is_null)
	{
		MemoryContext old = MemoryContextSwitchTo(survey->row_context);

		count_profile(survey, (bytea *) spk_detoast_packed(profile));
		MemoryContextSwitchTo(old);
		MemoryContextReset(survey->row_context);
	}
}

static int
compare_seen(const void *a, const void *b)
{
	const SpkSeen *x = a;
	const SpkSeen *y = b;
	int			   order;

	if (x->users != y->users)
		return x->users > y->users ? -1 : 1;
	order = memcmp(x->text, y->text, Min(x->len, y->len));
	return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* What was counted, in order, with the texts. */
static SpkSeen *
finish_tally(Tally *tally, uint32 *n)
{
	SpkDictionary *d = &tally->dictionary;

	*n = d->n > 0 ? d->n - 1 : 0;
	for (uint32 i = 1; i <= *n; i++)
	{
		tally->seen[i].text = spk_dictionary_text(d, i);
		tally->seen[i].len = d->names[i].len;
	}
	qsort(tally->seen + 1, *n, sizeof(SpkSeen), compare_seen);
	return tally->seen + 1;
}

/* The query that reads the column of profiles. */
static char *
query_of(const char *source, Oid function, Oid *profile_type)
{
	char	   *from = spk_source_from(source);
	const char *column =
		spk_profile_column(spk_source_columns(from), NULL, function,
						   "A query can be the source, as in 'SELECT profile FROM ...'.");

	*profile_type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("churn_profile"),
									ObjectIdGetDatum(get_func_namespace(function)));
	/* the column may be of a domain */
	return psprintf("SELECT CAST(q.%s AS %s.churn_profile) FROM %s", quote_identifier(column),
					spk_own_schema(function), from);
}

SpkSurvey *
spk_survey_profiles(const char *source, Oid function)
{
	Oid		   type;
	char	  *sql = query_of(source, function, &type);
	Survey	  *survey = palloc0(sizeof(Survey));
	SpkSurvey *result = palloc0(sizeof(SpkSurvey));

	survey->host = spk_pg_host(CurrentMemoryContext);
	survey->row_context = AllocSetContextCreate(CurrentMemoryContext, "churn survey",
												ALLOCSET_DEFAULT_SIZES);
	survey->numbers = palloc(SPK_LOG_NAMES * sizeof(uint32));
	start_tally(&survey->names, &survey->host);
	start_tally(&survey->levels, &survey->host);
	spk_source_run(sql, 0, NULL, NULL, 1, &type, count_row, survey);
	if (survey->users == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("the source has no profiles to find names of events in")));
	result->users = survey->users;
	result->events = survey->events;
	result->users_with_others = survey->users_with_others;
	result->names = finish_tally(&survey->names, &result->n_names);
	result->levels = finish_tally(&survey->levels, &result->n_levels);
	return result;
}

const SpkSeen *
spk_find_seen(const SpkSeen *seen, uint32 n, const char *text, size_t len)
{
	for (uint32 i = 0; i < n; i++)
		if (seen[i].len == len && memcmp(seen[i].text, text, len) == 0)
			return &seen[i];
	return NULL;
}

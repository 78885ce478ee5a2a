/*
 * backtest_profiles.c
 *	  Rows made of profiles, for churn_backtest.
 */
#include "compat.h"

#include "utils/builtins.h"

#include "catalog/pg_type.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/regproc.h"
#include "utils/timestamp.h"

#include "rows/collect_source.h"
#include "rows/column_roles.h"
#include "profiles/profile_source.h"
#include "host/source.h"
#include "judging/backtest.h"

/* What our columns of rows made of profiles are called, so that no feature is called so. */
#define OUR_LABEL "sparkify_label"
#define OUR_TIME  "sparkify_as_of"
#define OUR_ID	  "sparkify_id"

/* Of profiles, when no horizon is said */
#define PROFILE_HORIZON_DAYS 14

static char *
date_text(DateADT date)
{
	return DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(date)));
}

/* What is known of all profiles together. */
typedef struct Survey
{
	DateADT last_day;  /* of any event */
	bool	no_events; /* none of the named one */
} Survey;

static void
keep_survey(TupleTableSlot *slot, void *arg)
{
	Survey *survey = arg;
	bool	none;
	Datum	value = slot_getattr(slot, 1, &none);

	if (!none)
		survey->last_day = DatumGetDateADT(value);
	value = slot_getattr(slot, 2, &none);
	survey->no_events = !none && DatumGetBool(value);
}

/* Whoever's profile did not keep the event's name may have it. */
static Survey
survey_profiles(const SpkBacktestCall *s, const char *profile)
{
	char  *event = spk_backtest_text(s, SPK_BACKTEST_ARG_EVENT);
	char  *none = event == NULL ?
		 "false" :
		 psprintf("pg_catalog.bool_and(%s.churn_label(q.%s, NULL::pg_catalog.date,"
				   " NULL::pg_catalog.interval, %s::pg_catalog.text, NULL::pg_catalog.date, false)"
				   " IS FALSE)",
				  s->schema, profile, quote_literal_cstr(event));
	Survey survey = {DATEVAL_NOBEGIN, false};

	spk_source_run(psprintf("SELECT pg_catalog.max(%s.churn_last_day(q.%s)), %s FROM %s", s->schema,
							profile, none, s->from),
				   0, NULL, NULL, 2, (const Oid[]) {DATEOID, BOOLOID}, keep_survey, &survey);
	if (DATE_NOT_FINITE(survey.last_day))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there are no profiles to train on")));
	return survey;
}

/* A misspelt name is no error, as nobody may have the event yet; its label is false for all. */
static void
warn_of_no_events(SpkBacktestCall *s)
{
	ereport(WARNING,
			(errmsg("no profile has an event \"%s\"",
					spk_backtest_text(s, SPK_BACKTEST_ARG_EVENT)),
			 errdetail("All rows are of users who stayed, so that no date has a model."),
			 errhint("Names are compared by their bytes; churn_events(profile) has those that there are.")));
	s->backtest.told_one_class = true;
}

/*
 * Refuses to judge by labels that are not known because the log ends before the horizon.
 * When log_end does not say where the log ends, the last event does.
 */
static void
require_log(const SpkBacktestCall *s, DateADT last)
{
	const SpkBacktest *b = &s->backtest;
	DateADT			   judged = b->cuts[b->n_cuts - 1];
	Timestamp		   end = ((Timestamp) last + 1) * USECS_PER_DAY;
	char			  *date = date_text(judged);

	if (b->has_log_end)
		end = (Timestamp) b->log_end * USECS_PER_DAY;
	if (spk_backtest_end(b, (Timestamp) judged * USECS_PER_DAY) <= end)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 b->has_log_end ? errmsg("cannot judge %s: its horizon reaches beyond the end of the log", date) :
			 errmsg("cannot judge %s: its horizon reaches beyond the last event", date),
			 b->has_log_end ? errdetail("The log ends on %s, 00:00 UTC; who leaves later is not known yet.",
										date_text(b->log_end)) :
			 errdetail("The last event is of %s; who leaves later is not known yet.", date_text(last)),
			 errhint("Leave the date out, or shorten the horizon.")));
}

/* Only of the music log it is known what the features are. */
static void
require_features(const SpkBacktestCall *s, const char *profile)
{
	if (spk_backtest_text(s, SPK_BACKTEST_ARG_FEATURES) == NULL &&
		spk_has_other_profiles(s->schema, s->from, profile))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("features must be named for profiles of another log than the music service's"),
				 errhint("The argument features names a function of a profile and a date; churn_define_features makes one.")));
}

/* A function that a user names, qualified or not, quoted. */
static char *
function_name(const char *name)
{
	List		  *names = spk_name_list(name);
	StringInfoData quoted;
	ListCell	  *cell;

	initStringInfo(&quoted);
	foreach (cell, names)
		appendStringInfo(&quoted, "%s%s", quoted.len > 0 ? "." : "",
						 quote_identifier(strVal(lfirst(cell))));
	return quoted.data;
}

/* Days since 2000 of the dates, as a list of SQL. */
static char *
day_list(const SpkBacktest *b)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < b->n_cuts; i++)
		appendStringInfo(&list, "%s%d", i == 0 ? "" : ",", b->cuts[i]);
	return list.data;
}

/*
 * The users and dates that are labelled by an event; all users and dates, without a
 * label, when somebody else's function labels them.
 */
static char *
snapshots(const SpkBacktestCall *s, const char *profile, const char *id, const char *horizon)
{
	const char *as_of = "pg_catalog.date_pli('2000-01-01'::pg_catalog.date, d.day)";
	char	   *event = spk_backtest_text(s, SPK_BACKTEST_ARG_EVENT);
	char	   *label =
		psprintf("%s.churn_label(q.%s, %s, %s, %s::pg_catalog.text, NULL::pg_catalog.date, false)",
				 s->schema, profile, as_of, horizon,
				 event == NULL ? "NULL" : quote_literal_cstr(event));
	bool own = spk_backtest_text(s, SPK_BACKTEST_ARG_LABEL) == NULL;

	return psprintf(
		"(SELECT q.%s AS profile, %s AS as_of, %s AS id, %s AS label FROM %s"
		" CROSS JOIN pg_catalog.unnest('{%s}'::pg_catalog.int4[]) AS d(day)%s%s%s) AS s",
		profile, as_of, id == NULL ? "NULL::pg_catalog.text" : psprintf("q.%s", id),
		own ? label : "NULL::pg_catalog.bool", s->from, day_list(&s->backtest),
		own ? " WHERE " : "", own ? label : "", own ? " IS NOT NULL" : "");
}

/*
 * The rows of all users and dates as a source.  What a user's functions make of a
 * snapshot stands in that source, because what they call is the user's business; what we
 * call stands outside, where it is checked to be ours.
 */
static char *
rows_of_profiles(const SpkBacktestCall *s, const char *profile, const char *id)
{
	char		  *features = spk_backtest_text(s, SPK_BACKTEST_ARG_FEATURES);
	char		  *label = spk_backtest_text(s, SPK_BACKTEST_ARG_LABEL);
	char		  *horizon = psprintf("%s::pg_catalog.interval",
									  quote_literal_cstr(DatumGetCString(
										  DirectFunctionCall1(interval_out,
															  IntervalPGetDatum(s->backtest.horizon)))));
	const char	  *ours = features == NULL ?
		   psprintf(" CROSS JOIN LATERAL %s.churn_features(s.profile, s.as_of) AS f", s->schema) :
		   "";
	StringInfoData sql;

	/* functions stand in FROM, so that they are called once a row; who is not at risk has none */
	initStringInfo(&sql);
	appendStringInfo(&sql,
					 "%s%s CROSS JOIN LATERAL (SELECT f.*, %s AS " OUR_LABEL
					 ", s.as_of AS " OUR_TIME ", s.id AS " OUR_ID,
					 snapshots(s, profile, id, horizon), ours,
					 label == NULL ? "s.label" : "l.label");
	if (features != NULL)
		appendStringInfo(&sql, " FROM %s(s.profile, s.as_of) AS f", function_name(features));
	if (label != NULL)
		appendStringInfo(
			&sql, "%s (SELECT %s(s.profile, s.as_of, %s) AS label) AS l WHERE l.label IS NOT NULL",
			features != NULL ? " CROSS JOIN LATERAL" : " FROM", function_name(label), horizon);
	appendStringInfoString(&sql, ") AS " SPK_SOURCE_ALIAS);
	return sql.data;
}

void
spk_backtest_profiles(SpkBacktestCall *s)
{
	FunctionCallInfo fcinfo = s->fcinfo;
	SpkBacktest		*b = &s->backtest;
	const char		*profile = spk_profile_column(s->columns,
												  spk_backtest_text(s, SPK_BACKTEST_ARG_PROFILE),
												  fcinfo->flinfo->fn_oid,
												  "Name one of them as profile.");
	char			*id = spk_backtest_text(s, SPK_BACKTEST_ARG_ID);
	SpkRoles		 roles = {.id = id == NULL ? NULL : OUR_ID, .time = OUR_TIME};
	Survey			 survey;
	char			*rows;

	/* arguments that profiles need, or that only rows with labels have */
	if (b->n_cuts == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("as_of must not be null"),
				 errdetail("It holds the dates as of which rows are made of profiles.")));
	if (spk_backtest_text(s, SPK_BACKTEST_ARG_TIME) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"time\" is for rows with labels, and the source is of profiles")));
	if (spk_backtest_text(s, SPK_BACKTEST_ARG_EVENT) != NULL &&
		spk_backtest_text(s, SPK_BACKTEST_ARG_LABEL) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("event and label must not both be given"),
				 errdetail("Either an event says who churned, or a function does.")));
	if (b->horizon == NULL)
	{
		b->horizon = palloc0(sizeof(Interval));
		b->horizon->day = PROFILE_HORIZON_DAYS;
	}
	if (id != NULL)
		spk_source_require_column(s->columns, id, "id");

	/* one query makes the rows of all dates, under names that no feature has */
	b->dates_are_cuts = true;
	profile = quote_identifier(profile);
	(void) spk_backtest_first(b);
	survey = survey_profiles(s, profile);
	require_log(s, survey.last_day);
	require_features(s, profile);
	if (survey.no_events)
		warn_of_no_events(s);
	rows = rows_of_profiles(s, profile, id == NULL ? NULL : quote_identifier(id));
	roles.excluded = spk_excluded_columns(PG_ARGISNULL(SPK_BACKTEST_ARG_EXCLUDE) ?
											  (Datum) 0 :
											  PG_GETARG_DATUM(SPK_BACKTEST_ARG_EXCLUDE),
										  PG_ARGISNULL(SPK_BACKTEST_ARG_EXCLUDE),
										  (const char *[]) {OUR_LABEL, OUR_TIME, OUR_ID}, 3);
	spk_role_of_weights(&roles, b->named.weights, spk_source_columns(rows), OUR_LABEL);
	spk_collect_source(s->schema, rows, spk_source_columns(rows), OUR_LABEL, &roles,
					   spk_backtest_rows, b);
}

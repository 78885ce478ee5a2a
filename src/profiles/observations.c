/*
 * observations.c
 *	  churn_observations: users with subscriptions, each some time before renewals.
 *
 * The terms come sorted by user and start, so that one period is held at a time
 * however many there are; the observations go to a tuplestore.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "core/base/times.h"
#include "host/args.h"
#include "host/source.h"
#include "profiles/terms.h"

/* Arguments of churn_observations, counted from 0 */
enum
{
	ARG_SUBSCRIPTIONS,
	ARG_LEAD,
	ARG_GRACE,
	ARG_EVERY,
	ARG_FIRST,
	ARG_LAST,
	ARG_LOG_END,
	ARG_ID,
	ARG_STARTED,
	ARG_ENDED
};

/* Columns of the query that reads terms */
enum
{
	TERM_USER,
	TERM_START,
	TERM_END,
	TERM_LATEST, /* of all starts, NULL when the end of the log is known */
	N_TERM
};

/* Columns of the result */
enum
{
	OUT_USERID,
	OUT_AS_OF,
	OUT_CHURNED,
	OUT_STARTED_AT,
	OUT_CHURNED_AT,
	N_OUT
};

/* What one call works with. */
typedef struct Observations
{
	SpkObservationRules rules;
	bool				needs_log_end; /* it is the latest start */
	SpkPeriod			period;
	text			   *user; /* a copy; NULL before the first one */
	ReturnSetInfo	   *rsinfo;
} Observations;

/* ---- Arguments ---- */

/* Says what "every" may be to whoever has misspelled it. */
static void
every_error_callback(void *arg)
{
	errhint("\"every\" is \"term\", or an interval as in '1 month'.");
}

static void
read_step(Observations *o, FunctionCallInfo fcinfo)
{
	char				*every = text_to_cstring(PG_GETARG_TEXT_PP(ARG_EVERY));
	ErrorContextCallback context = {error_context_stack, every_error_callback, NULL};
	Interval			*step;

	o->rules.by_term = strcmp(every, "term") == 0;
	if (o->rules.by_term)
		return;
	error_context_stack = &context;
	step = DatumGetIntervalP(DirectFunctionCall3(interval_in, CStringGetDatum(every),
												 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	error_context_stack = context.previous;
	if (step->time % USECS_PER_DAY != 0 || step->month < 0 || step->day < 0 || step->time < 0 ||
		(step->month == 0 && step->day == 0 && step->time == 0) ||
		step->time / USECS_PER_DAY + step->day > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"every\" must be \"term\" or a positive number of whole days, not %s", every)));
	o->rules.every.month = step->month;
	o->rules.every.day = step->day + (int32) (step->time / USECS_PER_DAY);
}

/* A date that bounds observations; this one when it is NULL. */
static DateADT
bound_arg(FunctionCallInfo fcinfo, int n, const char *name, DateADT none)
{
	DateADT date;

	if (PG_ARGISNULL(n))
		return none;
	date = PG_GETARG_DATEADT(n);
	if (date < spk_day_of(SPK_MIN_TIME) || date > spk_day_of(SPK_MAX_TIME))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be a finite date in the range of timestamps", name)));
	return date;
}

static void
read_rules(Observations *o, FunctionCallInfo fcinfo)
{
	SpkObservationRules *rules = &o->rules;

	rules->lead = *PG_GETARG_INTERVAL_P(ARG_LEAD);
	rules->grace = *PG_GETARG_INTERVAL_P(ARG_GRACE);
	if (rules->lead.month < 0 || rules->lead.day < 0 || rules->lead.time < 0 ||
		(rules->lead.month == 0 && rules->lead.day == 0 && rules->lead.time == 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("lead must be positive"),
				 errhint("It is how long before a renewal users are observed.")));
	if (rules->grace.month < 0 || rules->grace.day < 0 || rules->grace.time < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("grace must not be negative")));
	read_step(o, fcinfo);
	rules->first = bound_arg(fcinfo, ARG_FIRST, "first", spk_day_of(SPK_MIN_TIME));
	rules->last = bound_arg(fcinfo, ARG_LAST, "last", spk_day_of(SPK_MAX_TIME));
	o->needs_log_end = PG_ARGISNULL(ARG_LOG_END);
	rules->log_end = bound_arg(fcinfo, ARG_LOG_END, "log_end", 0);
	if (!o->needs_log_end)
		rules->last = Min(rules->last, rules->log_end);
}

/* ---- The query ---- */

static Form_pg_attribute
require_column(TupleDesc columns, FunctionCallInfo fcinfo, int n, const char *what)
{
	return spk_source_require_column(columns, text_to_cstring(PG_GETARG_TEXT_PP(n)), what);
}

/* The column's value as a timestamp of UTC. */
static char *
time_expression(Form_pg_attribute column, const char *what)
{
	Oid			type = getBaseType(column->atttypid);
	const char *name = quote_identifier(NameStr(column->attname));

	if (type == TIMESTAMPTZOID)
		return psprintf("pg_catalog.timezone('UTC'::pg_catalog.text, q.%s::pg_catalog.timestamptz)",
						name);
	if (type == TIMESTAMPOID || type == DATEOID)
		return psprintf("q.%s::pg_catalog.timestamp", name);
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("%s column \"%s\" must be of a date or timestamp, not %s", what, NameStr(column->attname),
					format_type_be(column->atttypid))));
}

static char *
terms_query(const Observations *o, FunctionCallInfo fcinfo)
{
	char			 *from = spk_source_from(text_to_cstring(PG_GETARG_TEXT_PP(ARG_SUBSCRIPTIONS)));
	TupleDesc		  columns = spk_source_columns(from);
	Form_pg_attribute id = require_column(columns, fcinfo, ARG_ID, "id");
	char *start = time_expression(require_column(columns, fcinfo, ARG_STARTED, "started"),
								  "started");
	char *end = time_expression(require_column(columns, fcinfo, ARG_ENDED, "ended"), "ended");
	char *latest = o->needs_log_end ?
		psprintf("pg_catalog.max(%s) FILTER (WHERE pg_catalog.isfinite(%s)) OVER ()", start,
				 start) :
		"NULL::pg_catalog.timestamp";

	/* users are told apart, and put in order, by the bytes of their ids */
	return psprintf("SELECT q.%s::pg_catalog.text COLLATE pg_catalog.\"C\", %s, %s, %s FROM %s"
					" ORDER BY 1, 2, 3",
					quote_identifier(NameStr(id->attname)), start, end, latest, from);
}

/* ---- Rows ---- */

static void
put_observation(const SpkObservation *observation, void *arg)
{
	Observations *o = arg;
	Datum		  values[N_OUT] = {PointerGetDatum(o->user), DateADTGetDatum(observation->as_of),
								   BoolGetDatum(observation->churned),
								   TimestampTzGetDatum(observation->started_at),
								   TimestampTzGetDatum(observation->churned_at)};
	bool		  nulls[N_OUT] = {[OUT_CHURNED] = !observation->is_known,
								  [OUT_CHURNED_AT] = TIMESTAMP_IS_NOEND(observation->churned_at)};

	tuplestore_putvalues(o->rsinfo->setResult, o->rsinfo->setDesc, values, nulls);
}

/* Goes on to the user of this row, unless it is the one before. */
static void
see_user(Observations *o, text *user)
{
	Size size = VARSIZE_ANY_EXHDR(user);

	if (o->user != NULL && VARSIZE_ANY_EXHDR(o->user) == size &&
		memcmp(VARDATA_ANY(o->user), VARDATA_ANY(user), size) == 0)
		return;
	spk_period_close(&o->period);
	if (o->user != NULL)
		pfree(o->user);
	o->user = MemoryContextAlloc(o->period.context, size + VARHDRSZ);
	SET_VARSIZE(o->user, size + VARHDRSZ);
	memcpy(VARDATA(o->user), VARDATA_ANY(user), size);
}

/* The first row tells where the log ends, when nobody else does. */
static void
find_log_end(Observations *o, TupleTableSlot *slot)
{
	bool  none;
	Datum latest = slot_getattr(slot, TERM_LATEST + 1, &none);

	if (!o->needs_log_end || none)
		return;
	o->rules.log_end = spk_day_of(DatumGetTimestamp(latest));
	o->rules.last = Min(o->rules.last, o->rules.log_end);
	o->needs_log_end = false;
	ereport(NOTICE,
			(errmsg("subscriptions are taken to be complete until %s, 00:00 UTC, the day of the latest start",
					DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(o->rules.log_end)))),
			 errhint("Tell the date until which they are by the argument log_end.")));
}

static void
take_term(TupleTableSlot *slot, void *arg)
{
	Observations  *o = arg;
	SpkTermCounts *counts = &o->period.counts;
	bool		   no_user;
	bool		   no_start;
	bool		   no_end;
	Datum		   user = slot_getattr(slot, TERM_USER + 1, &no_user);
	Timestamp	   start = DatumGetTimestamp(slot_getattr(slot, TERM_START + 1, &no_start));
	Timestamp	   end = DatumGetTimestamp(slot_getattr(slot, TERM_END + 1, &no_end));

	find_log_end(o, slot);

	/* a term that cannot be one is counted, and not taken */
	if (no_end)
		end = DT_NOEND;
	if (no_user)
		counts->n_no_user++;
	else if (no_start || TIMESTAMP_NOT_FINITE(start))
		counts->n_no_start++;
	else if (end <= start)
		counts->n_backwards++;
	else
	{
		see_user(o, DatumGetTextPP(user));
		spk_period_add(&o->period, start, end);
	}
}

/* ---- The whole ---- */

/* What was left out, and what the rules do not see. */
static void
tell(const Observations *o)
{
	const SpkTermCounts *counts = &o->period.counts;

	if (counts->n_no_user + counts->n_no_start + counts->n_backwards > 0)
		ereport(WARNING,
				(errmsg("skipped " INT64_FORMAT " subscriptions", counts->n_no_user + counts->n_no_start + counts->n_backwards),
				 errdetail("Of " INT64_FORMAT " the user is null, " INT64_FORMAT " have no start, and " INT64_FORMAT " do not end after they start.",
						   counts->n_no_user, counts->n_no_start, counts->n_backwards)));

	/* what the rules take in a way that users may not expect */
	if (counts->n_overlapping > 0)
		ereport(NOTICE,
				(errmsg_plural(INT64_FORMAT " subscription overlaps with another of the same user",
							   INT64_FORMAT " subscriptions overlap with another of the same user",
							   (unsigned long) counts->n_overlapping, counts->n_overlapping),
				 errdetail("They are one period: who still has another has not churned.")));
	if (o->rules.by_term && counts->n_open > 0)
		ereport(NOTICE,
				(errmsg_plural(INT64_FORMAT " subscription has no end, and so no renewal to be observed before",
							   INT64_FORMAT " subscriptions have no end, and so no renewal to be observed before",
							   (unsigned long) counts->n_open, counts->n_open),
				 errhint("Give \"every\" an interval to observe all users every so often. By terms alone, those who stay may be missing.")));
	if (counts->n_unobserved > 0)
		ereport(NOTICE,
				(errmsg_plural(INT64_FORMAT " end of a subscription has no observation that tells of it",
							   INT64_FORMAT " ends of subscriptions have no observation that tells of them",
							   (unsigned long) counts->n_unobserved, counts->n_unobserved),
				 o->rules.by_term ? errdetail("The users had started less than lead before.") :
				 errdetail("The last observation was longer than lead before, or the users had just started."),
				 o->rules.by_term ? errhint("Choose a shorter lead.") :
				 errhint("Let lead be as long as \"every\" to see all.")));
}

PG_FUNCTION_INFO_V1(churn_observations);
Datum
churn_observations(PG_FUNCTION_ARGS)
{
	static const char *const required[] =
		{"subscriptions", "lead", "grace", "\"every\"", NULL, NULL, NULL, "id", "started", "ended"};
	Observations o = {0};
	char		*sql;

	spk_require_args(fcinfo, required, lengthof(required));
	read_rules(&o, fcinfo);
	sql = terms_query(&o, fcinfo);
	spk_materialized_srf(fcinfo);
	o.rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	spk_period_init(&o.period, &o.rules, put_observation, &o);
	spk_source_run(sql, 0, NULL, NULL, N_TERM,
				   (const Oid[]) {TEXTOID, TIMESTAMPOID, TIMESTAMPOID, TIMESTAMPOID}, take_term,
				   &o);
	spk_period_close(&o.period);
	tell(&o);
	PG_RETURN_NULL();
}

/*
 * backtest.c
 *	  churn_backtest: training on the past and judging by what came after it.
 *
 * On a date nobody knows the labels of earlier dates whose horizon has not ended by
 * then.  So a model that is judged on a date does not learn from them.  The features of
 * a date are computed again for each model that learns from them, which takes far less
 * time than training.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "portability/instr_time.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "rows/collect_source.h"
#include "core/profiles/features.h"
#include "models/model_type.h"
#include "models/options_json.h"
#include "profiles/profile_source.h"
#include "host/source.h"
#include "host/args.h"
#include "models/algorithm.h"
#include "host/progress.h"

/* Arguments of churn_backtest, counted from 0 */
enum
{
	ARG_PROFILES,
	ARG_AS_OF,
	ARG_HORIZON,
	ARG_EVENT,
	ARG_ALGORITHM,
	ARG_OPTIONS,
	ARG_ID,
	ARG_PROFILE,
	ARG_LOG_END
};

/* Its columns */
enum
{
	OUT_AS_OF,
	OUT_TRAINED_FROM,
	OUT_TRAINED_TO,
	OUT_ROWS,
	OUT_POSITIVES,
	OUT_METRICS,
	OUT_SECONDS,
	OUT_MODEL,
	N_OUT
};

/* What one call works with. */
typedef struct Backtest
{
	const char	  *schema;	/* the extension's, quoted */
	const char	  *from;	/* the source */
	const char	  *profile; /* its column, quoted */
	const char	  *id;		/* the column that names users, quoted; NULL when there is none */
	int			   n_dates;
	DateADT		  *dates; /* ascending, distinct */
	Timestamp	  *ends;  /* when the horizon of each date ends */
	Datum		   horizon;
	Datum		   event;
	bool		   has_log_end;
	DateADT		   log_end; /* the log is complete until 00:00 UTC on this day */
	Datum		   algorithm;
	Datum		   options;
	double		   n_profiles; /* as many as the planner expects */
	MemoryContext  context;	   /* for what is needed for one date */
	ReturnSetInfo *rsinfo;
	Datum		   values[N_OUT];
	bool		   nulls[N_OUT];
} Backtest;

static int
compare_dates(const void *a, const void *b)
{
	DateADT x = *(const DateADT *) a;
	DateADT y = *(const DateADT *) b;

	return (x > y) - (x < y);
}

/* Takes the dates from the array, sorts them, and keeps each one once. */
static void
read_dates(Backtest *b, ArrayType *array)
{
	Datum *values;
	bool  *nulls;
	int	   n;

	deconstruct_array(array, DATEOID, sizeof(DateADT), true, TYPALIGN_INT, &values, &nulls, &n);
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("as_of must hold dates")));
	b->dates = palloc(n * sizeof(DateADT));
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("as_of must not contain nulls")));
		b->dates[i] = DatumGetDateADT(values[i]);
		if (DATE_NOT_FINITE(b->dates[i]))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("as_of must hold finite dates")));
	}

	/* a date that comes twice would train on its rows twice, and be judged twice */
	qsort(b->dates, n, sizeof(DateADT), compare_dates);
	for (int i = 0; i < n; i++)
		if (i == 0 || b->dates[i] != b->dates[i - 1])
			b->dates[b->n_dates++] = b->dates[i];
}

/* Finds when the horizons end, by days in UTC as churn_label does. */
static void
find_ends(Backtest *b)
{
	b->ends = palloc(b->n_dates * sizeof(Timestamp));
	for (int i = 0; i < b->n_dates; i++)
	{
		Datum date = DateADTGetDatum(b->dates[i]);

		b->ends[i] = DatumGetTimestamp(DirectFunctionCall2(date_pl_interval, date, b->horizon));
		if (b->ends[i] <= DatumGetTimestamp(DirectFunctionCall1(date_timestamp, date)))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("horizon must be positive")));
	}
}

/* How many dates, from the first on, may train a model that is judged on this date? */
static int
count_training_dates(const Backtest *b, int judged)
{
	Timestamp start = (Timestamp) b->dates[judged] * USECS_PER_DAY;
	int		  n = 0;

	while (n < judged && b->ends[n] <= start)
		n++;
	return n;
}

static char *
date_text(DateADT date)
{
	return DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(date)));
}

/* The one value that a query gives, in memory of the context. */
typedef struct KeptValue
{
	MemoryContext context;
	Datum		  value;
	bool		  null;
} KeptValue;

static void
keep_value(TupleTableSlot *slot, void *arg)
{
	KeptValue		 *kept = arg;
	Form_pg_attribute column = TupleDescAttr(slot->tts_tupleDescriptor, 0);
	Datum			  value = slot_getattr(slot, 1, &kept->null);
	MemoryContext	  old;

	if (kept->null)
		return;
	old = MemoryContextSwitchTo(kept->context);
	kept->value = datumCopy(value, column->attbyval, column->attlen);
	MemoryContextSwitchTo(old);
}

static KeptValue
run_query(const Backtest *b, const char *sql, int n_params, const Oid *types, const Datum *params,
		  Oid type)
{
	KeptValue kept = {b->context, (Datum) 0, true};

	spk_source_run(sql, n_params, types, params, 1, &type, keep_value, &kept);
	return kept;
}

/* The day of the last event in any profile. */
static DateADT
last_day(const Backtest *b)
{
	KeptValue last = run_query(b,
							   psprintf("SELECT pg_catalog.max(%s.churn_last_day(q.%s)) FROM %s",
										b->schema, b->profile, b->from),
							   0, NULL, NULL, DATEOID);

	if (last.null)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there are no profiles to train on")));
	return DatumGetDateADT(last.value);
}

/*
 * Refuses to judge by labels that are not known because the log ends before the horizon.
 * When log_end does not say where the log ends, the last event does.
 */
static void
require_log(const Backtest *b)
{
	DateADT	  last = last_day(b);
	Timestamp end = ((Timestamp) last + 1) * USECS_PER_DAY;
	char	 *date = date_text(b->dates[b->n_dates - 1]);

	if (b->has_log_end)
		end = (Timestamp) b->log_end * USECS_PER_DAY;
	if (b->ends[b->n_dates - 1] <= end)
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

/* The first n dates as an array. */
static Datum
training_dates(const Backtest *b, int n)
{
	Datum *values = palloc(n * sizeof(Datum));

	for (int i = 0; i < n; i++)
		values[i] = DateADTGetDatum(b->dates[i]);
	return PointerGetDatum(
		construct_array(values, n, DATEOID, sizeof(DateADT), true, TYPALIGN_INT));
}

/*
 * The query that trains.  Parameters: $1 algorithm, $2 options, $3 dates, $4 horizon, $5
 * event.  When there is an id, a user's rows are one group.
 */
static char *
training_query(const Backtest *b)
{
	const char *label = psprintf("%s.churn_label(q.%s, d.as_of, $4, $5)", b->schema, b->profile);
	const char *id = b->id == NULL ? "" : psprintf(", q.%s AS userid", b->id);

	return psprintf(
		"SELECT %s.sparkify_train_agg(s.churned, s.*, $1, $2,"
		" '{churned,userid}'::pg_catalog.text[], %s, NULL)"
		" FROM (SELECT %s AS churned%s, f.* FROM %s CROSS JOIN pg_catalog.unnest($3) AS d(as_of)"
		" CROSS JOIN LATERAL %s.churn_features(q.%s, d.as_of) AS f WHERE %s IS NOT NULL) AS s",
		b->schema, b->id == NULL ? "NULL" : "'userid'", label, id, b->from, b->schema, b->profile,
		label);
}

/*
 * Trains on the first n dates, and puts the model and the counts into the row.  The model is
 * NULL when none can be trained on these dates.
 */
static void
train(Backtest *b, int n)
{
	const Oid	types[] = {TEXTOID, JSONBOID, DATEARRAYOID, INTERVALOID, TEXTOID};
	const Datum params[] = {b->algorithm, b->options, training_dates(b, n), b->horizon, b->event};
	int			nest_level = spk_forbid_large_workers(b->n_profiles * n, SPK_N_PROFILE_FEATURES);
	KeptValue trained = run_query(b, training_query(b), lengthof(types), types, params, RECORDOID);
	HeapTupleHeader row;

	AtEOXact_GUC(true, nest_level);
	b->values[OUT_TRAINED_FROM] = DateADTGetDatum(b->dates[0]);
	b->values[OUT_TRAINED_TO] = DateADTGetDatum(b->dates[n - 1]);
	if (trained.null)
	{
		b->values[OUT_ROWS] = b->values[OUT_POSITIVES] = Int64GetDatum(0);
		b->nulls[OUT_MODEL] = true;
		return;
	}
	row = DatumGetHeapTupleHeader(trained.value);
	b->values[OUT_ROWS] = GetAttributeByName(row, "n_rows", &b->nulls[OUT_ROWS]);
	b->values[OUT_POSITIVES] = GetAttributeByName(row, "n_positive", &b->nulls[OUT_POSITIVES]);
	b->values[OUT_MODEL] = GetAttributeByName(row, "model", &b->nulls[OUT_MODEL]);
}

/* Judges the row's model at its own threshold.  The metrics are NULL when nobody has a label. */
static void
judge(Backtest *b, DateADT as_of)
{
	const Oid types[] = {TupleDescAttr(b->rsinfo->setDesc, OUT_MODEL)->atttypid, FLOAT8OID, DATEOID,
						 INTERVALOID, TEXTOID};
	double	  threshold = spk_model_from_datum(b->values[OUT_MODEL], b->context)->threshold;
	const Datum params[] = {b->values[OUT_MODEL], Float8GetDatum(threshold), DateADTGetDatum(as_of),
							b->horizon, b->event};
	const char *label = psprintf("%s.churn_label(q.%s, $3, $4, $5)", b->schema, b->profile);
	KeptValue	metrics = run_query(
		  b,
		  psprintf(
			  "SELECT %s.churn_metrics(%s, %s.churn_predict($1, %s.churn_features(q.%s, $3)), $2)"
				" FILTER (WHERE %s IS NOT NULL) FROM %s",
			  b->schema, label, b->schema, b->schema, b->profile, label, b->from),
		  lengthof(types), types, params, TupleDescAttr(b->rsinfo->setDesc, OUT_METRICS)->atttypid);

	b->values[OUT_METRICS] = metrics.value;
	b->nulls[OUT_METRICS] = metrics.null;
}

/* Adds the row of a date, which is judged by a model of the first n_training dates. */
static void
judge_date(Backtest *b, int date, int n_training)
{
	instr_time start;
	instr_time end;

	INSTR_TIME_SET_CURRENT(start);
	memset(b->nulls, 0, sizeof(b->nulls));
	b->values[OUT_AS_OF] = DateADTGetDatum(b->dates[date]);
	train(b, n_training);
	if (b->nulls[OUT_MODEL])
		b->nulls[OUT_METRICS] = true;
	else
		judge(b, b->dates[date]);
	INSTR_TIME_SET_CURRENT(end);
	INSTR_TIME_SUBTRACT(end, start);
	b->values[OUT_SECONDS] = Float8GetDatum(INSTR_TIME_GET_DOUBLE(end));
	tuplestore_putvalues(b->rsinfo->setResult, b->rsinfo->setDesc, b->values, b->nulls);
}

static void
judge_dates(Backtest *b)
{
	int				 first = 0;
	SpkTrainProgress progress;

	while (first < b->n_dates && count_training_dates(b, first) == 0)
		first++;
	if (first == b->n_dates)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no date of as_of can be judged"),
				 errdetail("The horizon of the first, %s, has not ended by the last, %s.",
						   date_text(b->dates[0]), date_text(b->dates[b->n_dates - 1])),
				 errhint("Add earlier dates to train on, or shorten the horizon.")));
	require_log(b);

	/* each date starts with empty memory, as its models may be large */
	spk_train_progress_start(&progress);
	for (int i = first; i < b->n_dates; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(b->context);

		judge_date(b, i, count_training_dates(b, i));
		MemoryContextSwitchTo(old);
		MemoryContextReset(b->context);
		spk_train_progress(&progress, "dates judged", i - first + 1, b->n_dates - first);
	}
}

/* Refuses a wrong algorithm or option before rows are read. */
static void
check_training(FunctionCallInfo fcinfo)
{
	text *name = PG_GETARG_TEXT_PP(ARG_ALGORITHM);

	(void) spk_options_from_jsonb(PG_ARGISNULL(ARG_OPTIONS) ? NULL : PG_GETARG_JSONB_P(ARG_OPTIONS),
								  spk_algorithm_require(VARDATA_ANY(name),
														VARSIZE_ANY_EXHDR(name)));
}

/* Finds the column of profiles, and the one that names users. */
static void
find_columns(Backtest *b, FunctionCallInfo fcinfo)
{
	TupleDesc columns = spk_source_columns(b->from);
	char	 *profile = PG_ARGISNULL(ARG_PROFILE) ? NULL :
													text_to_cstring(PG_GETARG_TEXT_PP(ARG_PROFILE));
	char	 *id = PG_ARGISNULL(ARG_ID) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(ARG_ID));

	b->profile = quote_identifier(spk_profile_column(columns, profile, fcinfo->flinfo->fn_oid));
	if (id != NULL)
	{
		spk_source_require_column(columns, id, "id");
		b->id = quote_identifier(id);
	}
}

static void
read_log_end(Backtest *b, FunctionCallInfo fcinfo)
{
	b->has_log_end = !PG_ARGISNULL(ARG_LOG_END);
	if (!b->has_log_end)
		return;
	b->log_end = PG_GETARG_DATEADT(ARG_LOG_END);
	if (b->log_end < spk_day_of(SPK_MIN_TIME) || b->log_end > spk_day_of(SPK_MAX_TIME))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("log_end must be a finite date in the range of timestamps")));
}

PG_FUNCTION_INFO_V1(churn_backtest);
Datum
churn_backtest(PG_FUNCTION_ARGS)
{
	static const char *const required[] = {"profiles", "as_of", "horizon", "event", "algorithm"};
	Backtest				 b = {NULL};

	spk_require_args(fcinfo, required, lengthof(required));
	check_training(fcinfo);
	b.schema = spk_own_schema(fcinfo->flinfo->fn_oid);
	b.from = spk_source_from(text_to_cstring(PG_GETARG_TEXT_PP(ARG_PROFILES)));
	find_columns(&b, fcinfo);
	b.horizon = PG_GETARG_DATUM(ARG_HORIZON);
	b.event = PG_GETARG_DATUM(ARG_EVENT);
	read_log_end(&b, fcinfo);
	b.algorithm = PG_GETARG_DATUM(ARG_ALGORITHM);
	b.options = PG_ARGISNULL(ARG_OPTIONS) ? DirectFunctionCall1(jsonb_in, CStringGetDatum("{}")) :
											PG_GETARG_DATUM(ARG_OPTIONS);
	b.context = AllocSetContextCreate(CurrentMemoryContext, "churn backtest",
									  ALLOCSET_DEFAULT_SIZES);
	read_dates(&b, PG_GETARG_ARRAYTYPE_P(ARG_AS_OF));
	find_ends(&b);
	b.n_profiles = spk_source_rows(b.from);

	/* all that can be wrong with the arguments has been told by now */
	spk_materialized_srf(fcinfo);
	b.rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	judge_dates(&b);
	MemoryContextDelete(b.context);
	PG_RETURN_NULL();
}

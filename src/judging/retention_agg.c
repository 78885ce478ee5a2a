/*
 * retention_agg.c
 *	  churn_retention: the share of the users of each week or month who come back, from profiles.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "core/base/hash.h"
#include "core/judging/retention.h"
#include "host/pg_host.h"
#include "profiles/label_names.h"
#include "profiles/profile_type.h"

#define RETENTION_WHAT "retention"

PG_FUNCTION_INFO_V1(sparkify_retention_transfn);
PG_FUNCTION_INFO_V1(sparkify_retention_combinefn);
PG_FUNCTION_INFO_V1(sparkify_retention_serialfn);
PG_FUNCTION_INFO_V1(sparkify_retention_deserialfn);
PG_FUNCTION_INFO_V1(sparkify_retention_finalfn);

/* The numbers of the transition function's arguments.  The last two may be left out. */
enum
{
	ARG_PROFILE = 1,
	ARG_LOG_END,
	ARG_PERIOD,
	ARG_IGNORE
};

typedef struct RetentionState
{
	SpkRetention retention;
	uint64		 n_rows; /* with those that do not count */
	uint64		 ignore; /* a hash of what is ignored; 0 for nothing */
} RetentionState;

/* The events that are ignored, which a place in a query keeps from one row to the next. */
typedef struct Ignore
{
	MemoryContext context; /* has all below */
	ArrayType	 *array;   /* NULL: there is none */
	uint64		  hash;	   /* of the array, not 0; 0 without one */
	text		**names;
	int			  n_names;
	SpkPageSet	  pages; /* set when a profile of the music log needs it */
	bool		  has_pages;
	SpkLogText	 *events; /* likewise of any other log */
} Ignore;

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "retention in non-aggregate context");
	return context;
}

/* ---- Arguments ---- */

static SpkCohortPeriod
period_arg(FunctionCallInfo fcinfo)
{
	static const char *const names[] =
		{[SPK_PERIOD_DAY] = "day", [SPK_PERIOD_WEEK] = "week", [SPK_PERIOD_MONTH] = "month"};
	text *period;

	if (PG_NARGS() <= ARG_PERIOD)
		return SPK_PERIOD_WEEK;
	if (PG_ARGISNULL(ARG_PERIOD))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("period must not be null")));
	period = PG_GETARG_TEXT_PP(ARG_PERIOD);
	for (int i = 0; i < lengthof(names); i++)
		if (VARSIZE_ANY_EXHDR(period) == strlen(names[i]) &&
			memcmp(VARDATA_ANY(period), names[i], strlen(names[i])) == 0)
			return (SpkCohortPeriod) i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized period \"%s\"", text_to_cstring(period)),
			 errhint("The periods are: day, week, month.")));
}

/* The argument log_end, a date in the range of timestamps. */
static int32
log_end_arg(FunctionCallInfo fcinfo)
{
	DateADT day;

	if (PG_ARGISNULL(ARG_LOG_END))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("log_end must not be null"),
				 errhint("It is the date up to which the log is complete; churn_describe_log proposes one.")));
	day = PG_GETARG_DATEADT(ARG_LOG_END);
	if (day < spk_day_of(SPK_MIN_TIME) || day > spk_day_of(SPK_MAX_TIME))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("log_end must be a finite date in the range of timestamps")));
	return day;
}

static void
check_same(bool same, const char *name)
{
	if (!same)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be the same in all rows", name)));
}

static void
read_ignore(FunctionCallInfo fcinfo, Ignore *ignore)
{
	MemoryContext old = MemoryContextSwitchTo(ignore->context);

	MemoryContextReset(ignore->context);
	*ignore = (Ignore) {.context = ignore->context};
	ignore->array = PG_GETARG_ARRAYTYPE_P_COPY(ARG_IGNORE);
	ignore->hash = spk_hash_bytes(ignore->array, VARSIZE(ignore->array), 0) | 1;
	ignore->names = spk_ignore_arg(fcinfo, ARG_IGNORE, &ignore->n_names);
	for (int i = 0; i < ignore->n_names; i++)
		ignore->names[i] = DatumGetTextPCopy(PointerGetDatum(ignore->names[i]));
	MemoryContextSwitchTo(old);
}

/* What is ignored, which is mostly the same from row to row. */
static Ignore *
ignore_arg(FunctionCallInfo fcinfo)
{
	Ignore	  *ignore = fcinfo->flinfo->fn_extra;
	ArrayType *array;

	if (ignore == NULL)
	{
		ignore = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(Ignore));
		ignore->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "churn ignored events",
												ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = ignore;
	}
	if (PG_NARGS() <= ARG_IGNORE || PG_ARGISNULL(ARG_IGNORE))
	{
		MemoryContextReset(ignore->context);
		*ignore = (Ignore) {.context = ignore->context};
		return ignore;
	}
	array = PG_GETARG_ARRAYTYPE_P(ARG_IGNORE);
	if (ignore->array == NULL || VARSIZE(array) != VARSIZE(ignore->array) ||
		memcmp(array, ignore->array, VARSIZE(array)) != 0)
		read_ignore(fcinfo, ignore);
	return ignore;
}

/* ---- Adding ---- */

/* A user whose days are visited. */
typedef struct Visit
{
	const SpkHost	*host;
	SpkRetention	*retention;
	SpkRetentionUser user;
	SpkStatus		 status;
} Visit;

static void
visit_day(void *ctx, int32_t day)
{
	Visit *visit = ctx;

	if (visit->status == SPK_OK)
		visit->status = spk_retention_add(visit->host, visit->retention, &visit->user, day);
}

static void
add_profile(FunctionCallInfo fcinfo, Ignore *ignore, Visit *visit)
{
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	bytea	   *profile = PG_GETARG_PROFILE_PP(ARG_PROFILE);
	const void *bytes = VARDATA_ANY(profile);
	size_t		len = VARSIZE_ANY_EXHDR(profile);
	const char *why = NULL;
	SpkStatus	status;

	if (spk_profile_is_of_any_log(profile))
	{
		if (ignore->events == NULL && ignore->n_names > 0)
		{
			MemoryContext old = MemoryContextSwitchTo(ignore->context);

			ignore->events = spk_ignored_events(ignore->names, ignore->n_names);
			MemoryContextSwitchTo(old);
		}
		status = spk_log_visit_days(&host, bytes, len, ignore->events, (uint32) ignore->n_names,
									visit_day, visit, &why);
	}
	else
	{
		if (!ignore->has_pages)
			ignore->pages = spk_ignored_pages(ignore->names, ignore->n_names);
		ignore->has_pages = true;
		status = spk_profile_visit_days(&host, bytes, len, ignore->pages, visit_day, visit, &why);
	}
	spk_check(status, PROFILE_WHAT, why);
	spk_check(visit->status, RETENTION_WHAT, NULL);
}

/* sparkify_retention_transfn(internal, churn_profile, log_end date [, period text [, ignore text[]]]) */
Datum
sparkify_retention_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext	context = aggregate_context(fcinfo);
	RetentionState *state = PG_ARGISNULL(0) ? NULL : (RetentionState *) PG_GETARG_POINTER(0);
	SpkHost			host = spk_pg_host(context);
	SpkCohortPeriod period = period_arg(fcinfo);
	int32			log_end = log_end_arg(fcinfo);
	Ignore		   *ignore = ignore_arg(fcinfo);
	Visit			visit = {&host};

	if (state == NULL)
	{
		state = MemoryContextAllocZero(context, sizeof(RetentionState));
		state->retention.period = period;
		state->retention.until = log_end;
		state->ignore = ignore->hash;
	}
	check_same(state->retention.until == log_end, "log_end");
	check_same(state->retention.period == period, "period");
	check_same(state->ignore == ignore->hash, "ignore");
	state->n_rows++;
	visit.retention = &state->retention;
	if (!PG_ARGISNULL(ARG_PROFILE))
		add_profile(fcinfo, ignore, &visit);
	PG_RETURN_POINTER(state);
}

Datum
sparkify_retention_combinefn(PG_FUNCTION_ARGS)
{
	MemoryContext	context = aggregate_context(fcinfo);
	SpkHost			host = spk_pg_host(context);
	RetentionState *state = PG_ARGISNULL(0) ? NULL : (RetentionState *) PG_GETARG_POINTER(0);
	RetentionState *other = PG_ARGISNULL(1) ? NULL : (RetentionState *) PG_GETARG_POINTER(1);

	if (other != NULL && state == NULL)
	{
		state = MemoryContextAllocZero(context, sizeof(RetentionState));
		state->retention.period = other->retention.period;
		state->retention.until = other->retention.until;
		state->ignore = other->ignore;
	}
	if (other != NULL)
	{
		check_same(state->retention.until == other->retention.until, "log_end");
		check_same(state->retention.period == other->retention.period, "period");
		check_same(state->ignore == other->ignore, "ignore");
		spk_check(spk_retention_merge(&host, &state->retention, &other->retention), RETENTION_WHAT,
				  NULL);
		state->n_rows += other->n_rows;
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* For another process of this server: the state as it lies in memory, then its table. */
Datum
sparkify_retention_serialfn(PG_FUNCTION_ARGS)
{
	RetentionState *state = (RetentionState *) PG_GETARG_POINTER(0);
	size_t			counts = state->retention.n_places * sizeof(SpkRetentionCount);
	size_t			size = VARHDRSZ + sizeof(RetentionState) + counts;
	bytea		   *result;

	aggregate_context(fcinfo);
	result = palloc(size);
	SET_VARSIZE(result, size);
	memcpy(VARDATA(result), state, sizeof(RetentionState));
	if (counts > 0)
		memcpy(VARDATA(result) + sizeof(RetentionState), state->retention.counts, counts);
	PG_RETURN_BYTEA_P(result);
}

Datum
sparkify_retention_deserialfn(PG_FUNCTION_ARGS)
{
	bytea		   *bytes = PG_GETARG_BYTEA_PP(0);
	size_t			size = VARSIZE_ANY_EXHDR(bytes);
	RetentionState *state = palloc(sizeof(RetentionState));

	aggregate_context(fcinfo);
	if (size < sizeof(RetentionState))
		elog(ERROR, "invalid state of retention");
	memcpy(state, VARDATA_ANY(bytes), sizeof(RetentionState));
	size -= sizeof(RetentionState);
	if (size != state->retention.n_places * sizeof(SpkRetentionCount))
		elog(ERROR, "invalid state of retention");
	state->retention.counts = palloc(Max(size, 1));
	memcpy(state->retention.counts, VARDATA_ANY(bytes) + sizeof(RetentionState), size);
	PG_RETURN_POINTER(state);
}

/* ---- The matrix ---- */

static Datum
cell_row(TupleDesc desc, const SpkRetentionCell *cell)
{
	Datum values[] = {DateADTGetDatum(cell->start), Int32GetDatum(cell->age),
					  Int64GetDatum((int64) cell->users), Int64GetDatum((int64) cell->active),
					  Float8GetDatum((double) cell->active / (double) cell->users)};
	bool  nulls[] = {false, false, false, !cell->known, !cell->known};

	if (desc->natts != lengthof(values))
		elog(ERROR, "row type with %d columns instead of %d", desc->natts, (int) lengthof(values));
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

static void
tell_skipped(const RetentionState *state)
{
	uint64 n = state->n_rows - state->retention.n_users;

	if (n > 0)
		ereport(NOTICE,
				(errmsg(UINT64_FORMAT " of " UINT64_FORMAT " rows do not count", n, state->n_rows),
				 errdetail("Their profiles are null, or have no event before log_end that is not ignored.")));
}

Datum
sparkify_retention_finalfn(PG_FUNCTION_ARGS)
{
	RetentionState	 *state = PG_ARGISNULL(0) ? NULL : (RetentionState *) PG_GETARG_POINTER(0);
	SpkHost			  host = spk_pg_host(CurrentMemoryContext);
	Oid				  type = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
	TupleDesc		  desc;
	SpkRetentionCell *cells;
	Datum			 *rows;
	uint32			  n;
	SpkStatus		  status;

	aggregate_context(fcinfo);
	if (state == NULL)
		PG_RETURN_NULL();
	if (!OidIsValid(type))
		elog(ERROR, "return type must be an array of rows");
	desc = lookup_rowtype_tupdesc_copy(type, -1);
	tell_skipped(state);
	status = spk_retention_cells(&host, &state->retention, &cells, &n);
	if (status == SPK_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("retention would have more than %u cells", SPK_MAX_RETENTION_CELLS),
				 errhint("Take a longer period, or leave out profiles that begin too early.")));
	spk_check(status, RETENTION_WHAT, NULL);
	rows = palloc(Max(n, 1) * sizeof(Datum));
	for (uint32 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		rows[i] = cell_row(desc, &cells[i]);
	}
	PG_RETURN_ARRAYTYPE_P(
		construct_array(rows, (int) n, desc->tdtypeid, -1, false, TYPALIGN_DOUBLE));
}

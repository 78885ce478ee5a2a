/*
 * log_events.c
 *	  churn_events: what a profile of any log counts, by day and name.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/tuplestore.h"

#include "host/pg_host.h"
#include "profiles/log_args.h"
#include "profiles/log_plan.h"
#include "profiles/profile_type.h"

PG_FUNCTION_INFO_V1(churn_events);

#define N_COLUMNS 6

/* An amount, exactly: millionths without zeros at the end. */
static Datum
amount_datum(int64 amount)
{
	char  digits[32];
	int64 fraction = amount % SPK_AMOUNT_ONE;
	int	  len = snprintf(digits, sizeof(digits), INT64_FORMAT, amount / SPK_AMOUNT_ONE);

	if (fraction > 0)
	{
		len += snprintf(digits + len, sizeof(digits) - len,
						"."
						"%06d",
						(int) fraction);
		while (digits[len - 1] == '0')
			digits[--len] = '\0';
	}
	return DirectFunctionCall3(numeric_in, CStringGetDatum(digits), ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

/* Puts a row: day, event, events, amounts, sum, refunds. */
static void
put_count(ReturnSetInfo *rsinfo, const SpkLogDay *day, const SpkDayCount *count, const Datum *names,
		  uint32 n_names)
{
	Datum values[N_COLUMNS];
	bool  nulls[N_COLUMNS] = {false};

	values[0] = DateADTGetDatum(day->day);
	/* names beyond those that a profile keeps are counted together */
	nulls[1] = count->name == n_names;
	values[1] = nulls[1] ? (Datum) 0 : names[count->name];
	values[2] = Int64GetDatum(count->events);
	values[3] = Int64GetDatum(count->valued);
	nulls[4] = nulls[5] = count->valued == 0;
	if (count->valued > 0)
	{
		values[4] = amount_datum(count->gained);
		values[5] = amount_datum(count->refunded);
	}
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* The names of a profile as texts of the session. */
static Datum *
name_datums(const SpkLogReader *reader)
{
	Datum *names = palloc(Max(reader->n_names, 1) * sizeof(Datum));

	for (uint32 i = 0; i < reader->n_names; i++)
		names[i] = PointerGetDatum(
			cstring_to_text(spk_text_from_utf8(reader->names[i].text, reader->names[i].len)));
	return names;
}

/* churn_events(churn_profile) */
Datum
churn_events(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	bytea		  *profile = PG_GETARG_PROFILE_PP(0);
	SpkHost		   host = spk_pg_host(CurrentMemoryContext);
	MemoryContext  row_context;
	SpkLogReader   reader;
	SpkLogDay	   day;
	Datum		  *names;

	spk_require_log_profile(profile, "churn_events");
	spk_materialized_srf(fcinfo);
	spk_check(spk_log_reader_open(&reader, &host, VARDATA_ANY(profile), VARSIZE_ANY_EXHDR(profile)),
			  PROFILE_WHAT, reader.why);
	/* names once, rows in a context that is emptied with each day */
	names = name_datums(&reader);
	row_context = AllocSetContextCreate(CurrentMemoryContext, "churn events", ALLOCSET_SMALL_SIZES);
	spk_log_day_init(&day);
	while (spk_log_reader_next(&reader, &day))
	{
		MemoryContext old = MemoryContextSwitchTo(row_context);

		for (uint32 i = 0; i < day.n_counts; i++)
			put_count(rsinfo, &day, &day.counts[i], names, reader.n_names);
		MemoryContextSwitchTo(old);
		MemoryContextReset(row_context);
	}
	spk_check(reader.status, PROFILE_WHAT, reader.why);
	return (Datum) 0;
}

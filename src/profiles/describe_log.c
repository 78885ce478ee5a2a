/*
 * describe_log.c
 *	  churn_describe_log: a first look at any log of events.
 *
 * The log is read once, by an aggregate over the rows of each user that may run
 * in workers and spill.  What it says of a user, some hundred bytes, is added to
 * the log's tally and forgotten, so that memory does not grow with the log.
 */
#include "compat.h"

#include "access/detoast.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "host/args.h"
#include "host/pg_host.h"
#include "host/source.h"
#include "profiles/describe_log.h"
#include "profiles/log_args.h"
#include "profiles/log_types.h"
#include "profiles/user_tally_agg.h"

/* ---- Columns ---- */

static bool
is_time(Oid type)
{
	return type == TIMESTAMPTZOID || type == TIMESTAMPOID || type == DATEOID;
}

/* How a column of another type becomes a time. */
static char *
time_hint(const char *name, Oid type)
{
	const char *column = quote_identifier(name);

	if (spk_is_amount_type(type))
		return psprintf("Numbers are made times in a query that is the source, as in 'SELECT *, "
						"to_timestamp(%s) AS at FROM ...' for seconds since 1970, or "
						"to_timestamp(%s / 1000.0) for milliseconds.",
						column, column);
	return psprintf("A query can be the source, as in 'SELECT *, %s::timestamptz AS at FROM ...'.",
					column);
}

static char *
cast_hint(const char *name, const char *type)
{
	return psprintf("A query can be the source, as in 'SELECT *, %s::%s AS x FROM ...'.",
					quote_identifier(name), type);
}

/* The type of the column of this name, which must be there and be what is wanted. */
static Oid
check_column(TupleDesc columns, const char *name, const char *what, bool (*is_wanted)(Oid),
			 const char *wanted, const char *cast_to)
{
	Form_pg_attribute column = spk_source_require_column(columns, name, what);
	Oid				  type = getBaseType(column->atttypid);

	if (!is_wanted(type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%s column \"%s\" is of type %s, not %s", what, name,
						format_type_be(column->atttypid), wanted),
				 errhint("%s", cast_to == NULL ? time_hint(name, type) : cast_hint(name, cast_to))));
	return column->atttypid;
}

/* Whether users can be told apart is known before the log is read. */
static void
check_user_column(TupleDesc columns, SpkLogColumns *c)
{
	Form_pg_attribute column = spk_source_require_column(columns, c->user, "user");
	Oid				  type;

	if (!OidIsValid(lookup_type_cache(column->atttypid, TYPECACHE_EQ_OPR)->eq_opr))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("user column \"%s\" is of type %s, whose values cannot be compared",
						c->user, format_type_be(column->atttypid)),
				 errhint("%s", cast_hint(c->user, "text"))));
	c->user_type = column->atttypid;
	type = getBaseType(column->atttypid);
	c->user_is_text = spk_is_text_type(type) && type != NAMEOID;
	c->user_is_padded = type == BPCHAROID;
}

static char *
text_arg(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(n));
}

/* The names of events that users do not do themselves; NULL: all are done. */
static ArrayType *
ignore_arg(FunctionCallInfo fcinfo, int n)
{
	ArrayType *names = PG_ARGISNULL(n) ? NULL : PG_GETARG_ARRAYTYPE_P(n);

	if (names != NULL && array_contains_nulls(names))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("ignore must not contain nulls")));
	if (names != NULL && ArrayGetNItems(ARR_NDIM(names), ARR_DIMS(names)) == 0)
		return NULL;
	return names;
}

static void
find_columns(SpkLogLook *look, FunctionCallInfo fcinfo)
{
	SpkLogColumns *c = &look->columns;
	TupleDesc	   columns = spk_source_columns(look->from);
	Oid			   type;

	c->user = text_arg(fcinfo, 1);
	c->ts = text_arg(fcinfo, 2);
	c->event = text_arg(fcinfo, 3);
	c->session = text_arg(fcinfo, 4);
	c->amount = text_arg(fcinfo, 5);
	c->level = text_arg(fcinfo, 6);
	c->ignore = ignore_arg(fcinfo, 7);
	check_user_column(columns, c);
	check_column(columns, c->ts, "time", is_time, "timestamptz, timestamp or date", NULL);
	type = check_column(columns, c->event, "event", spk_is_name_type, "text or an enum", "text");
	c->event_is_enum = type_is_enum(getBaseType(type));
	if (c->session != NULL)
		check_column(columns, c->session, "session", spk_is_session_type,
					 "an integer, text or a uuid", "text");
	if (c->amount != NULL)
		check_column(columns, c->amount, "amount", spk_is_amount_type, "a number", "numeric");
	if (c->level != NULL)
		check_column(columns, c->level, "level", spk_is_name_type, "text or an enum", "text");
}

/* ---- Reading ---- */

/* Is a text empty, but for the blanks that a character(n) ends with? */
static bool
is_empty(const SpkLogColumns *columns, Datum user)
{
	struct varlena *text;

	if (toast_raw_datum_size(user) == VARHDRSZ)
		return true;
	if (!columns->user_is_padded)
		return false;
	text = PG_DETOAST_DATUM_PACKED(user);
	return bpchartruelen(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text)) == 0;
}

/* Is it the user of rows that are nobody's? */
static bool
is_nobody(const SpkLogColumns *columns, Datum user, bool isnull)
{
	return isnull || (columns->user_is_text && is_empty(columns, user));
}

/* Keeps the user with the most events; of those with as many, the first by the bytes of the text. */
static void
see_max_user(SpkLogLook *look, Datum user, uint64 events, uint64 max_before)
{
	MemoryContext old;
	Oid			  output;
	bool		  is_varlena;
	char		 *text;

	if (events == 0 || events < max_before)
		return;
	old = MemoryContextSwitchTo(look->context);
	getTypeOutputInfo(look->columns.user_type, &output, &is_varlena);
	text = OidOutputFunctionCall(output, user);
	if (look->max_user == NULL || events > max_before || strcmp(text, look->max_user) < 0)
	{
		char *less = look->max_user;

		look->max_user = text;
		text = less;
	}
	if (text != NULL)
		pfree(text);
	MemoryContextSwitchTo(old);
}

/* Takes a row of the query: a user and the user's tally. */
static void
take_user(TupleTableSlot *slot, void *arg)
{
	SpkLogLook *look = arg;
	uint64		max = look->tally.max_rows;
	uint64		events;
	bytea	   *bytes;
	bool		is_somebody;

	slot_getallattrs(slot);
	CHECK_FOR_INTERRUPTS();
	if (look->tally.users > 0 && look->tally.users % SPK_READ_STEP == 0)
		spk_read_progress_tell(&look->progress, look->tally.users);
	is_somebody = !is_nobody(&look->columns, slot->tts_values[0], slot->tts_isnull[0]);
	bytes = DatumGetByteaPP(slot->tts_values[1]);
	spk_check(spk_log_tally_add(&look->tally, is_somebody, VARDATA_ANY(bytes),
								VARSIZE_ANY_EXHDR(bytes), &events),
			  SPK_LOG_LOOK_WHAT, "A user's tally is malformed");
	see_max_user(look, slot->tts_values[0], events, max);
}

/* A column as an argument of the aggregate, or a NULL of this type in its place. */
static char *
column_or_null(const char *name, const char *type)
{
	return name == NULL ? psprintf("NULL::pg_catalog.%s", type) :
						  psprintf("q.%s", quote_identifier(name));
}

/* Whether the user did what a row is of: names are compared by their bytes. */
static char *
is_done(const SpkLogColumns *c)
{
	if (c->ignore == NULL)
		return "true";
	return psprintf("%s::pg_catalog.text COLLATE pg_catalog.\"C\" OPERATOR(pg_catalog.<>) ALL ($2)",
					column_or_null(c->event, "text"));
}

static void
read_log(SpkLogLook *look)
{
	const SpkLogColumns *c = &look->columns;
	const Oid			 param_types[] = {TIMESTAMPTZOID, TEXTARRAYOID};
	const Datum params[] = {TimestampTzGetDatum(look->end_of_time), PointerGetDatum(c->ignore)};
	const Oid	column_types[] = {c->user_type, BYTEAOID};
	const char *user = column_or_null(c->user, "text");
	SpkHost		host = spk_pg_host(look->context);
	SpkReadProgress *watched;
	char			*sql;

	sql = psprintf(
		"SELECT %s, %s.sparkify_user_tally(%s, %s, %s, %s, %s, $1, %s) FROM %s GROUP BY %s", user,
		spk_own_schema(look->function), column_or_null(c->ts, "text"),
		column_or_null(c->event, "text"), column_or_null(c->session, "text"),
		column_or_null(c->amount, "numeric"), column_or_null(c->level, "text"), is_done(c),
		look->from, user);
	spk_check(spk_log_tally_init(&look->tally, &host, spk_day_of(look->end_of_time) - 1),
			  SPK_LOG_LOOK_WHAT, NULL);
	/* the aggregate counts rows here, as long as this is not left by an error */
	spk_read_progress_start(&look->progress);
	watched = spk_user_tally_watch(&look->progress);
	PG_TRY();
	{
		spk_source_run(sql, c->ignore == NULL ? 1 : lengthof(params), param_types, params,
					   lengthof(column_types), column_types, take_user, look);
	}
	PG_FINALLY();
	{
		spk_user_tally_watch(watched);
	}
	PG_END_TRY();
	spk_check(spk_log_tally_finish(&look->tally), SPK_LOG_LOOK_WHAT, NULL);
}

/* Warns of names to ignore that no event has: a misspelt one would let its events through. */
static void
warn_of_ignored(const SpkLogLook *look)
{
	const SpkLogTally *tally = &look->tally;
	Datum			  *names;
	int				   n;

	/* beyond the bound on names nobody knows which there are */
	if (look->columns.ignore == NULL || tally->names_dropped)
		return;
	deconstruct_array(look->columns.ignore, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL, &n);
	for (int i = 0; i < n; i++)
	{
		char	   *name = TextDatumGetCString(names[i]);
		size_t		len;
		const char *utf8 = spk_text_to_utf8(name, strlen(name), &len);

		if (spk_dictionary_find(&tally->names, utf8, len) == SPK_NAME_OTHER)
			ereport(WARNING,
					(errcode(ERRCODE_WARNING),
					 errmsg("there is no event \"%s\" to ignore", name),
					 errdetail("Names are compared by their bytes.")));
	}
}

PG_FUNCTION_INFO_V1(churn_describe_log);
Datum
churn_describe_log(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"source", "user_id", "ts", "event"};
	SpkLogLook				 look = {fcinfo->flinfo->fn_oid};

	spk_require_args(fcinfo, names, lengthof(names));
	spk_materialized_srf(fcinfo);
	look.context = CurrentMemoryContext;
	look.source = text_arg(fcinfo, 0);
	look.from = spk_source_from(look.source);
	/* tomorrow is let through: clocks differ, and times without a zone may be those of another one */
	look.end_of_time = (spk_day_of(GetCurrentTransactionStartTimestamp()) + INT64CONST(2)) *
		USECS_PER_DAY;
	find_columns(&look, fcinfo);
	read_log(&look);
	warn_of_ignored(&look);
	spk_log_look_judge(&look);
	spk_log_look_tell_log(&look, (ReturnSetInfo *) fcinfo->resultinfo);
	spk_log_look_tell_events(&look, (ReturnSetInfo *) fcinfo->resultinfo);
	spk_log_look_tell_next(&look, (ReturnSetInfo *) fcinfo->resultinfo);
	PG_RETURN_NULL();
}

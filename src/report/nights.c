/*
 * nights.c
 *	  churn_record, churn_history and churn_changes: what models in use have said, night by night.
 */
#include "compat.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "host/args.h"
#include "host/source.h"
#include "host/statement.h"
#include "report/deploy.h"
#include "scoring/active.h"

/* ---- Recording ---- */

/* The day that it is in UTC. */
static DateADT
today(void)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	int64		day = now / USECS_PER_DAY;

	return (DateADT) (day - (now < day * USECS_PER_DAY));
}

/* churn_record(name, source text, as_of date, id text) */
PG_FUNCTION_INFO_V1(churn_record);
Datum
churn_record(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"name", "source", NULL, "id"};
	const char				*schema = spk_own_schema(fcinfo->flinfo->fn_oid);
	DateADT					 night = PG_ARGISNULL(2) ? today() : PG_GETARG_DATEADT(2);
	int32					 version;
	uint64					 n;

	spk_require_args(fcinfo, names, lengthof(names));
	spk_statement_require_writable("churn_record()");
	if (!spk_deployed(schema, PG_GETARG_DATUM(0), &version, NULL))
		spk_refuse_undeployed(PG_GETARG_TEXT_PP(0));

	/* what the night had is replaced, all or nothing; the scores are of the version that they name */
	{
		const SpkParam params[] = {{TEXTOID, PG_GETARG_DATUM(0)},
								   {DATEOID, DateADTGetDatum(night)},
								   {INT4OID, Int32GetDatum(version)},
								   {TEXTOID, PG_GETARG_DATUM(1)},
								   {TEXTOID, PG_GETARG_DATUM(3)}};

		(void) spk_statement_run(psprintf("DELETE FROM %s.churn_scores AS s WHERE"
										  " s.name OPERATOR(pg_catalog.=) $1 AND"
										  " s.as_of OPERATOR(pg_catalog.=) $2",
										  schema),
								 2, params);
		n = spk_statement_run(
			psprintf("INSERT INTO %s.churn_scores (name, as_of, id, score, at_risk, version)"
					 " SELECT $1, $2, s.id, s.score, s.at_risk, $3"
					 " FROM %s.churn_models AS m, %s.churn_score(m.model, $4, $5) AS s"
					 " WHERE m.name OPERATOR(pg_catalog.=) $1"
					 " AND m.version OPERATOR(pg_catalog.=) $3",
					 schema, schema, schema),
			lengthof(params), params);
	}
	PG_RETURN_INT64((int64) n);
}

/* ---- Looking back ---- */

static void
set_found(TupleTableSlot *slot, void *arg)
{
	*(bool *) arg = true;
}

/* Raises an error unless there are scores of this name that the caller may see. */
static void
require_recorded(const char *schema, Datum name)
{
	bool found = false;

	spk_source_run(psprintf("SELECT s.version FROM %s.churn_scores AS s"
							" WHERE s.name OPERATOR(pg_catalog.=) $1 LIMIT 1",
							schema),
				   1, (const Oid[]) {TEXTOID}, &name, 1, (const Oid[]) {INT4OID}, set_found,
				   &found);
	if (!found)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("no scores of model \"%s\" are recorded", TextDatumGetCString(name)),
				 errhint("SELECT churn_record(name, source) records them.")));
}

static void
put_row(TupleTableSlot *slot, void *arg)
{
	ReturnSetInfo *rsinfo = arg;

	slot_getallattrs(slot);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, slot->tts_values, slot->tts_isnull);
}

/* The argument as a limit of rows in SQL; NULL is none. */
static const char *
limit_clause(FunctionCallInfo fcinfo, int arg, const char *what)
{
	int32 n = PG_ARGISNULL(arg) ? 0 : PG_GETARG_INT32(arg);

	if (PG_ARGISNULL(arg))
		return "";
	if (n < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative", what)));
	return psprintf(" LIMIT %d", n);
}

/*
 * Each %1$s is the extension's schema, %2$s limits the nights; $1 is the name.  A user's
 * row of the night before is the last one before this night, if it is of that night: a
 * window finds it, where a join of a table that was never analyzed would compare all
 * nights of a user with each other.
 */
static const char history_sql[] =
	"WITH nights AS ("
	" SELECT d.as_of, pg_catalog.lag(d.as_of) OVER (ORDER BY d.as_of) AS before"
	" FROM (SELECT DISTINCT s.as_of FROM %1$s.churn_scores AS s"
	" WHERE s.name OPERATOR(pg_catalog.=) $1) AS d),"
	" shown AS (SELECT n.as_of, n.before FROM nights AS n ORDER BY n.as_of DESC%2$s),"
	" rows AS ("
	" SELECT s.as_of, s.id, s.version, s.score, s.at_risk, pg_catalog.lag(s.as_of) OVER u AS last_as_of,"
	" pg_catalog.lag(s.score) OVER u AS last_score, pg_catalog.lag(s.at_risk) OVER u AS last_at_risk"
	" FROM %1$s.churn_scores AS s WHERE s.name OPERATOR(pg_catalog.=) $1"
	" AND s.as_of OPERATOR(pg_catalog.>=)"
	" (SELECT pg_catalog.min(COALESCE(n.before, n.as_of)) FROM shown AS n)"
	" WINDOW u AS (PARTITION BY s.id ORDER BY s.as_of)),"
	" told AS ("
	" SELECT n.as_of, n.before, pg_catalog.max(s.version) AS version, pg_catalog.count(*) AS users,"
	/* sums of numeric do not depend on the order of rows, those of float8 do */
	" pg_catalog.avg(s.score::pg_catalog.numeric)::pg_catalog.float8 AS mean_score,"
	" pg_catalog.count(*) FILTER (WHERE s.at_risk) AS at_risk,"
	" pg_catalog.count(*) FILTER (WHERE s.at_risk AND b.stayed AND NOT s.last_at_risk) AS became,"
	" pg_catalog.count(*) FILTER (WHERE NOT s.at_risk AND b.stayed AND s.last_at_risk) AS ceased,"
	" pg_catalog.count(*) FILTER (WHERE b.stayed) AS stayed,"
	" pg_catalog.avg(pg_catalog.abs(c.change)::pg_catalog.numeric)::pg_catalog.float8"
	" AS mean_change,"
	" (pg_catalog.array_agg(s.id"
	" ORDER BY pg_catalog.abs(c.change) DESC, s.id COLLATE pg_catalog.\"C\")"
	" FILTER (WHERE b.stayed))[1] AS most,"
	" (pg_catalog.array_agg(c.change"
	" ORDER BY pg_catalog.abs(c.change) DESC, s.id COLLATE pg_catalog.\"C\")"
	" FILTER (WHERE b.stayed))[1] AS largest"
	" FROM shown AS n JOIN rows AS s ON s.as_of OPERATOR(pg_catalog.=) n.as_of"
	" CROSS JOIN LATERAL (SELECT s.last_as_of OPERATOR(pg_catalog.=) n.before AS stayed) AS b"
	" CROSS JOIN LATERAL (SELECT CASE WHEN b.stayed THEN"
	" s.score OPERATOR(pg_catalog.-) s.last_score END AS change) AS c"
	" GROUP BY n.as_of, n.before)"
	" SELECT t.as_of, t.version, t.users, t.mean_score, t.at_risk,"
	" CASE WHEN t.before IS NOT NULL THEN t.became END,"
	" CASE WHEN t.before IS NOT NULL THEN t.ceased END,"
	" CASE WHEN t.before IS NOT NULL THEN t.users OPERATOR(pg_catalog.-) t.stayed END,"
	" CASE WHEN t.before IS NOT NULL THEN (SELECT pg_catalog.count(*)"
	" FROM %1$s.churn_scores AS o WHERE o.name OPERATOR(pg_catalog.=) $1"
	" AND o.as_of OPERATOR(pg_catalog.=) t.before) OPERATOR(pg_catalog.-) t.stayed END,"
	" t.mean_change, t.most, t.largest"
	" FROM told AS t ORDER BY t.as_of DESC";

/* churn_history(name text, nights int) */
PG_FUNCTION_INFO_V1(churn_history);
Datum
churn_history(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"name"};
	static const Oid		 columns[] = {DATEOID, INT4OID, INT8OID, FLOAT8OID, INT8OID, INT8OID,
										  INT8OID, INT8OID, INT8OID, FLOAT8OID, TEXTOID, FLOAT8OID};
	const char				*schema = spk_own_schema(fcinfo->flinfo->fn_oid);
	const char				*limit;
	Datum					 name;

	spk_require_args(fcinfo, names, lengthof(names));
	limit = limit_clause(fcinfo, 1, "nights");
	name = PG_GETARG_DATUM(0);
	spk_materialized_srf(fcinfo);
	require_recorded(schema, name);
	spk_source_run(psprintf(history_sql, schema, limit), 1, (const Oid[]) {TEXTOID}, &name,
				   lengthof(columns), columns, put_row, fcinfo->resultinfo);
	PG_RETURN_NULL();
}

/* Likewise; %2$s is the night, and %3$s limits the users. */
static const char changes_sql[] =
	"WITH night AS (SELECT %2$s AS as_of),"
	" eve AS (SELECT pg_catalog.max(p.as_of) AS as_of FROM %1$s.churn_scores AS p"
	" WHERE p.name OPERATOR(pg_catalog.=) $1"
	" AND p.as_of OPERATOR(pg_catalog.<) (SELECT n.as_of FROM night AS n)),"
	" rows AS ("
	" SELECT s.as_of, s.id, s.score, s.at_risk,"
	" pg_catalog.lag(s.score) OVER u AS last_score, pg_catalog.lag(s.at_risk) OVER u AS last_at_risk"
	" FROM %1$s.churn_scores AS s WHERE s.name OPERATOR(pg_catalog.=) $1"
	" AND s.as_of OPERATOR(pg_catalog.=) ANY"
	" (ARRAY[(SELECT n.as_of FROM night AS n), (SELECT e.as_of FROM eve AS e)])"
	" WINDOW u AS (PARTITION BY s.id ORDER BY s.as_of))"
	" SELECT s.id, s.last_score, s.score, c.change, s.last_at_risk, s.at_risk FROM rows AS s"
	" CROSS JOIN LATERAL (SELECT s.score OPERATOR(pg_catalog.-) s.last_score AS change) AS c"
	" WHERE s.as_of OPERATOR(pg_catalog.=) (SELECT n.as_of FROM night AS n)"
	" AND s.last_score IS NOT NULL"
	" ORDER BY pg_catalog.abs(c.change) DESC, s.id COLLATE pg_catalog.\"C\"%3$s";

/* churn_changes(name text, as_of date, top int) */
PG_FUNCTION_INFO_V1(churn_changes);
Datum
churn_changes(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"name"};
	static const Oid columns[] = {TEXTOID, FLOAT8OID, FLOAT8OID, FLOAT8OID, BOOLOID, BOOLOID};
	const char		*schema = spk_own_schema(fcinfo->flinfo->fn_oid);
	const Oid		 types[] = {TEXTOID, DATEOID};
	Datum			 values[2] = {0};
	const char		*limit;
	const char		*night = "$2";

	spk_require_args(fcinfo, names, lengthof(names));
	limit = limit_clause(fcinfo, 2, "top");
	values[0] = PG_GETARG_DATUM(0);
	if (PG_ARGISNULL(1))
		night = psprintf("(SELECT pg_catalog.max(l.as_of) FROM %s.churn_scores AS l"
						 " WHERE l.name OPERATOR(pg_catalog.=) $1)",
						 schema);
	else
		values[1] = PG_GETARG_DATUM(1);
	spk_materialized_srf(fcinfo);
	require_recorded(schema, values[0]);
	spk_source_run(psprintf(changes_sql, schema, night, limit), PG_ARGISNULL(1) ? 1 : 2, types,
				   values, lengthof(columns), columns, put_row, fcinfo->resultinfo);
	PG_RETURN_NULL();
}

/*
 * shard_probe.c
 *	  What another server says of itself, through a foreign server of postgres_fdw.
 *
 * That two servers have an extension of the same name does not say that they compute the same: one
 * may be of another version, or was built for another processor with flags that round otherwise.
 * So each shard makes a prediction from a profile, and it must be ours to the last bit.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "host/source.h"
#include "host/statement.h"
#include "shards/shard_probe.h"

/* The foreign tables that ask; names with a dollar are nobody's. */
#define ASKED_EXTENSION "pg_temp.\"sparkify$extension\""
#define ASKED_NAMESPACE "pg_temp.\"sparkify$namespace\""
#define ASKED_COLUMNS	"pg_temp.\"sparkify$columns\""

char *
spk_shard_value(const char *sql)
{
	Datum value;
	bool  isnull;

	if (!spk_statement_row(sql, 0, NULL, 1, &value, &isnull) || isnull)
		return NULL;
	return text_to_cstring(DatumGetTextPP(value));
}

SpkShardProbe
spk_shard_probe(FunctionCallInfo fcinfo)
{
	SpkShardProbe probe = {.schema = spk_own_schema(fcinfo->flinfo->fn_oid)};
	const char	 *s = probe.schema;
	Datum		  values[4];
	bool		  nulls[4];

	/* a small forest of a small simulated log: what it learns does not matter */
	if (!spk_statement_row(
			psprintf(
				"WITH p AS MATERIALIZED (SELECT pg_catalog.row_number() OVER (ORDER BY e.userid) AS n,"
				" %s.churn_profile(e.ts, e.sessionid, e.page, e.level, e.length, e.gender,"
				" e.registration) AS profile"
				" FROM %s.churn_simulate_events(20, 21, 7) AS e"
				" WHERE e.registration IS NOT NULL GROUP BY e.userid),"
				" m AS MATERIALIZED (SELECT %s.churn_forest_agg(pg_catalog.mod(p.n,"
				" 2::pg_catalog.int8), f, '{\"trees\": 5}'::pg_catalog.jsonb) AS model"
				" FROM p, LATERAL (SELECT x.n_songs, x.avg_session_hours, x.thumbs_up_ratio, x.song_trend_7d"
				" FROM %s.churn_features(p.profile) AS x) AS f)"
				" SELECT m.model::pg_catalog.text, p.profile::pg_catalog.text,"
				" %s.churn_predict(m.model, p.profile, pg_catalog.date_pli("
				"'2018-10-05'::pg_catalog.date, pg_catalog.length('sparkify'::pg_catalog.text))),"
				" (SELECT x.extversion FROM pg_catalog.pg_extension AS x"
				" WHERE pg_catalog.nameeq(x.extname, 'sparkify'::pg_catalog.name))"
				" FROM m, p ORDER BY p.n LIMIT 1",
				s, s, s, s, s),
			0, NULL, 4, values, nulls) ||
		nulls[0] || nulls[1] || nulls[2] || nulls[3])
		elog(ERROR, "no prediction to compare with");
	probe.model = values[0];
	probe.profile = values[1];
	probe.answer = values[2];
	probe.version = text_to_cstring(DatumGetTextPP(values[3]));
	return probe;
}

/* Makes a foreign table on a catalog of the server. */
static void
ask(const char *table, const char *columns, const char *server, const char *schema,
	const char *name)
{
	(void) spk_statement_run(psprintf("CREATE FOREIGN TABLE %s (%s) SERVER %s OPTIONS"
									  " (schema_name '%s', table_name '%s')",
									  table, columns, quote_identifier(server), schema, name),
							 0, NULL);
}

static void
stop_asking(const char *table)
{
	(void) spk_statement_run(psprintf("DROP FOREIGN TABLE %s", table), 0, NULL);
}

/* Does the server predict what we do?  In WHERE the function is sent there, as it is IMMUTABLE. */
static bool
predicts_the_same(const SpkShardProbe *probe)
{
	const SpkParam params[] = {{TEXTOID, probe->model},
							   {TEXTOID, probe->profile},
							   {FLOAT8OID, probe->answer}};

	return spk_statement_run(
			   psprintf("SELECT FROM " ASKED_EXTENSION " AS e"
						" WHERE e.extname OPERATOR(pg_catalog.=) 'sparkify'::pg_catalog.text"
						" AND %s.churn_predict($1::%s.churn_model, $2::%s.churn_profile,"
						" pg_catalog.date_pli('2018-10-05'::pg_catalog.date,"
						" pg_catalog.length(e.extname))) OPERATOR(pg_catalog.=) $3",
						probe->schema, probe->schema, probe->schema),
			   lengthof(params), params) == 1;
}

char *
spk_shard_probe_server(const SpkShardProbe *probe, const char *server)
{
	char *version;
	char *schema;

	ask(ASKED_EXTENSION, "extname text, extversion text, extnamespace oid", server, "pg_catalog",
		"pg_extension");
	ask(ASKED_NAMESPACE, "oid oid, nspname text", server, "pg_catalog", "pg_namespace");
	version = spk_shard_value(
		"SELECT e.extversion FROM " ASKED_EXTENSION " AS e"
		" WHERE e.extname OPERATOR(pg_catalog.=) 'sparkify'::pg_catalog.text");
	if (version == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("server \"%s\" has no extension \"sparkify\"", server),
				 errhint("Run CREATE EXTENSION sparkify there, in the database of the option dbname.")));
	if (strcmp(version, probe->version) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("extension \"sparkify\" has version %s on server \"%s\", and %s here", version,
						server, probe->version),
				 errhint("Run ALTER EXTENSION sparkify UPDATE where it is older.")));

	/* postgres_fdw sends functions by the schema that they have here */
	schema = spk_shard_value(
		"SELECT pg_catalog.quote_ident(n.nspname) FROM " ASKED_EXTENSION " AS e, " ASKED_NAMESPACE
		" AS n WHERE e.extname OPERATOR(pg_catalog.=) 'sparkify'::pg_catalog.text"
		" AND n.oid OPERATOR(pg_catalog.=) e.extnamespace");
	if (schema == NULL || strcmp(schema, probe->schema) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("extension \"sparkify\" is in schema %s on server \"%s\", and in %s here",
						schema == NULL ? "unknown" : schema, server, probe->schema),
				 errhint("Create it there with SCHEMA %s.", probe->schema)));
	if (!predicts_the_same(probe))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("server \"%s\" predicts otherwise than this one", server),
				 errdetail("The same model and profile give another number there."),
				 errhint("Build the extension alike on all servers.")));
	stop_asking(ASKED_EXTENSION);
	stop_asking(ASKED_NAMESPACE);
	return version;
}

void
spk_shard_require_table(const char *server, const char *schema, const char *name, Oid target)
{
	const char *where = psprintf("c.table_schema OPERATOR(pg_catalog.=) %s::pg_catalog.text"
								 " AND c.table_name OPERATOR(pg_catalog.=) %s::pg_catalog.text",
								 quote_literal_cstr(schema), quote_literal_cstr(name));
	char	   *missing;

	/* types by the names that the standard has for them, and those of one's own by their own */
	ask(ASKED_COLUMNS, "table_schema text, table_name text, column_name text, udt_name text",
		server, "information_schema", "columns");
	if (spk_shard_value(
			psprintf("SELECT c.column_name FROM " ASKED_COLUMNS " AS c WHERE %s LIMIT 1", where)) ==
		NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("server \"%s\" has no table %s.%s", server, quote_identifier(schema),
						quote_identifier(name)),
				 errdetail("Or the user of the mapping may not use it."),
				 errhint("Create it there, with the same columns.")));
	missing = spk_shard_value(psprintf(
		"SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)"
		" FROM pg_catalog.pg_attribute AS a, pg_catalog.pg_type AS t"
		" WHERE a.attrelid OPERATOR(pg_catalog.=) %u::pg_catalog.oid"
		" AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped"
		" AND t.oid OPERATOR(pg_catalog.=) a.atttypid"
		" AND NOT EXISTS (SELECT FROM " ASKED_COLUMNS " AS c WHERE %s"
		" AND c.column_name OPERATOR(pg_catalog.=) a.attname::pg_catalog.text"
		" AND c.udt_name OPERATOR(pg_catalog.=) COALESCE((SELECT b.typname FROM pg_catalog.pg_type AS b"
		" WHERE b.oid OPERATOR(pg_catalog.=) t.typbasetype), t.typname)::pg_catalog.text)",
		target, where));
	if (missing != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("table %s.%s of server \"%s\" has other columns", quote_identifier(schema),
						quote_identifier(name), server),
				 errdetail("Missing there, or of another type: %s.", missing)));
	stop_asking(ASKED_COLUMNS);
}

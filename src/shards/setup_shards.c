/*
 * setup_shards.c
 *	  churn_setup_shards: foreign partitions of a table, one on each server.
 *
 * All is one transaction: when a server cannot be reached, or is not like this one, nothing
 * has been made.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "optimizer/cost.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"
#include "utils/varlena.h"

#include "host/args.h"
#include "host/statement.h"
#include "shards/shard_probe.h"

/* What a call is to set up. */
typedef struct Setup
{
	SpkShardProbe probe;
	Oid			  target;
	char		 *schema; /* of the target, not quoted */
	char		 *name;
	int			  n_servers;
	Datum		 *servers; /* text */
	int32		  fetch_size;
	int32		  batch_size;
} Setup;

/* ---- What may be set up ---- */

static void
read_servers(ArrayType *array, Setup *setup)
{
	bool *nulls;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &setup->servers, &nulls,
					  &setup->n_servers);
	if (setup->n_servers == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("servers must not be empty")));
	for (int i = 0; i < setup->n_servers; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("servers must not contain nulls")));
		for (int j = 0; j < i; j++)
			if (strcmp(TextDatumGetCString(setup->servers[i]),
					   TextDatumGetCString(setup->servers[j])) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("server \"%s\" is named twice", TextDatumGetCString(setup->servers[i])),
						 errhint("A server has one table of the partition's rows. Name the same cluster by another server, with another table, for a second one.")));
	}
}

static int32
size_arg(FunctionCallInfo fcinfo, int n, const char *name)
{
	int32 size = PG_GETARG_INT32(n);

	if (size < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be at least 1, not %d", name, size)));
	return size;
}

/* The target is partitioned by hash, and has no partitions yet. */
static void
check_target(const Setup *setup)
{
	char *strategy = spk_shard_value(
		psprintf("SELECT p.partstrat::pg_catalog.text FROM pg_catalog.pg_partitioned_table AS p"
				 " WHERE p.partrelid OPERATOR(pg_catalog.=) %u::pg_catalog.oid",
				 setup->target));

	if (strategy == NULL || strategy[0] != 'h')
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("table \"%s\" is not partitioned by hash", setup->name),
				 errhint("Create it with PARTITION BY HASH (userid), or whatever the user's column is called.")));
	if (spk_shard_value(
			psprintf("SELECT 'partition'::pg_catalog.text FROM pg_catalog.pg_inherits AS i"
					 " WHERE i.inhparent OPERATOR(pg_catalog.=) %u::pg_catalog.oid LIMIT 1",
					 setup->target)) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has partitions already", setup->name),
				 errhint("Rows belong to the partition that their number gives: for another number of servers, set up a new table and load it.")));
}

/* ---- Setting up ---- */

/* postgres_fdw sends functions of the extensions that the server's option names. */
static void
allow_extension(const char *server)
{
	char *wrapper = spk_shard_value(psprintf(
		"SELECT w.fdwname::pg_catalog.text FROM pg_catalog.pg_foreign_server AS s, pg_catalog.pg_foreign_data_wrapper AS w"
		" WHERE s.srvname OPERATOR(pg_catalog.=) %s::pg_catalog.name"
		" AND w.oid OPERATOR(pg_catalog.=) s.srvfdw",
		quote_literal_cstr(server)));
	char *extensions;

	if (wrapper == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("server \"%s\" does not exist", server),
				 errhint("Create it with CREATE SERVER, and a user mapping with CREATE USER MAPPING.")));
	if (strcmp(wrapper, "postgres_fdw") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("server \"%s\" is one of %s, not of postgres_fdw", server, wrapper)));

	/* a list like that of search_path; an empty one is none */
	extensions = spk_shard_value(
		psprintf("SELECT o.option_value FROM pg_catalog.pg_foreign_server AS s,"
				 " pg_catalog.pg_options_to_table(s.srvoptions) AS o"
				 " WHERE s.srvname OPERATOR(pg_catalog.=) %s::pg_catalog.name"
				 " AND o.option_name OPERATOR(pg_catalog.=) 'extensions'::pg_catalog.text",
				 quote_literal_cstr(server)));
	if (extensions != NULL)
	{
		List	 *names;
		ListCell *lc;

		if (!SplitIdentifierString(pstrdup(extensions), ',', &names))
			elog(ERROR, "invalid option \"extensions\" of server \"%s\"", server);
		foreach (lc, names)
			if (strcmp(lfirst(lc), "sparkify") == 0)
				return;
		extensions = names == NIL ? "sparkify" : psprintf("%s, sparkify", extensions);
	}
	(void) spk_statement_run(psprintf("ALTER SERVER %s OPTIONS (%s extensions %s)",
									  quote_identifier(server), extensions == NULL ? "ADD" : "SET",
									  quote_literal_cstr(extensions == NULL ? "sparkify" :
																			  extensions)),
							 0, NULL);
}

/* Makes partition i, and returns its name, not quoted. */
static char *
make_partition(const Setup *setup, int i, const char *server)
{
	char		  *name = makeObjectName(setup->name, server, NULL);
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(
		&sql, "CREATE FOREIGN TABLE %s PARTITION OF %s FOR VALUES WITH (MODULUS %d, REMAINDER %d)",
		quote_qualified_identifier(setup->schema, name),
		quote_qualified_identifier(setup->schema, setup->name), setup->n_servers, i);
	appendStringInfo(&sql, " SERVER %s OPTIONS (schema_name %s, table_name %s, fetch_size '%d'",
					 quote_identifier(server), quote_literal_cstr(setup->schema),
					 quote_literal_cstr(setup->name), setup->fetch_size);
	if (spk_has_foreign_batches)
		appendStringInfo(&sql, ", batch_size '%d', async_capable 'true'", setup->batch_size);
	appendStringInfoChar(&sql, ')');
	(void) spk_statement_run(sql.data, 0, NULL);
	return name;
}

static void
tell_setting(void)
{
	const char *database;

	if (enable_partitionwise_aggregate)
		return;
	database = spk_shard_value("SELECT pg_catalog.quote_ident(pg_catalog.current_database())");
	ereport(NOTICE,
			(errmsg("aggregates are sent to the servers while enable_partitionwise_aggregate is on"),
			 errhint("It is off here: ALTER DATABASE %s SET enable_partitionwise_aggregate = on.", database)));
}

/* churn_setup_shards(target regclass, servers text[], fetch_size int, batch_size int) */
PG_FUNCTION_INFO_V1(churn_setup_shards);
Datum
churn_setup_shards(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"target", "servers", "fetch_size", "batch_size"};
	ReturnSetInfo			*rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Setup					 setup = {0};

	spk_require_args(fcinfo, names, lengthof(names));
	spk_statement_require_writable("churn_setup_shards()");
	spk_materialized_srf(fcinfo);
	setup.target = PG_GETARG_OID(0);
	setup.name = get_rel_name(setup.target);
	if (setup.name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", setup.target)));
	setup.schema = get_namespace_name(get_rel_namespace(setup.target));
	read_servers(PG_GETARG_ARRAYTYPE_P(1), &setup);
	setup.fetch_size = size_arg(fcinfo, 2, names[2]);
	setup.batch_size = size_arg(fcinfo, 3, names[3]);
	check_target(&setup);
	setup.probe = spk_shard_probe(fcinfo);

	/* whatever fails here takes all partitions with it */
	for (int i = 0; i < setup.n_servers; i++)
	{
		char *server = TextDatumGetCString(setup.servers[i]);
		char *partition;
		char *version;
		Datum values[3];
		bool  nulls[3] = {false};

		allow_extension(server);
		version = spk_shard_probe_server(&setup.probe, server);
		spk_shard_require_table(server, setup.schema, setup.name, setup.target);
		partition = make_partition(&setup, i, server);
		values[0] = setup.servers[i];
		values[1] = ObjectIdGetDatum(get_relname_relid(partition, get_rel_namespace(setup.target)));
		values[2] = CStringGetTextDatum(version);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	tell_setting();
	return (Datum) 0;
}

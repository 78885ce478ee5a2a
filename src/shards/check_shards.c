/*
 * check_shards.c
 *	  churn_check_shards: do the servers of a table's foreign partitions compute what this one does,
 *	  and has each the rows that belong to it?
 *
 * A shard may be loaded without its coordinator, which then does not see where a row goes.  A row in
 * a wrong shard is found by no query for its user, and gives that user two profiles.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"

#include "host/args.h"
#include "host/statement.h"
#include "shards/shard_probe.h"

#define N_OUT 7

/* The foreign partitions of the table: name of the server and OID, in order of their names. */
static int
find_partitions(Oid target, Datum **servers, Datum **partitions)
{
	const SpkParam params[] = {{OIDOID, ObjectIdGetDatum(target)}};
	Datum		   values[2];
	bool		   nulls[2];
	int			   n;

	if (!spk_statement_row(
			"SELECT pg_catalog.array_agg(s.srvname::pg_catalog.text ORDER BY c.relname),"
			" pg_catalog.array_agg(c.oid ORDER BY c.relname)"
			" FROM pg_catalog.pg_inherits AS i, pg_catalog.pg_class AS c,"
			" pg_catalog.pg_foreign_table AS f, pg_catalog.pg_foreign_server AS s,"
			" pg_catalog.pg_foreign_data_wrapper AS w"
			" WHERE i.inhparent OPERATOR(pg_catalog.=) $1"
			" AND c.oid OPERATOR(pg_catalog.=) i.inhrelid"
			" AND f.ftrelid OPERATOR(pg_catalog.=) c.oid AND s.oid OPERATOR(pg_catalog.=) f.ftserver"
			" AND w.oid OPERATOR(pg_catalog.=) s.srvfdw"
			" AND pg_catalog.nameeq(w.fdwname, 'postgres_fdw'::pg_catalog.name)",
			lengthof(params), params, 2, values, nulls) ||
		nulls[0])
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("table \"%s\" has no partitions on servers of postgres_fdw", get_rel_name(target)),
				 errhint("churn_setup_shards makes them.")));
	deconstruct_array(DatumGetArrayTypeP(values[0]), TEXTOID, -1, false, TYPALIGN_INT, servers,
					  NULL, &n);
	deconstruct_array(DatumGetArrayTypeP(values[1]), OIDOID, sizeof(Oid), true, TYPALIGN_INT,
					  partitions, NULL, &n);
	return n;
}

/* The columns that rows are partitioned by, quoted. */
static char *
key_columns(Oid target)
{
	char *columns = spk_shard_value(psprintf(
		"SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)"
		" FROM pg_catalog.pg_partitioned_table AS p, pg_catalog.unnest(p.partattrs::pg_catalog.int2[]) AS k(n)"
		" LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) %u::pg_catalog.oid"
		" AND a.attnum OPERATOR(pg_catalog.=) k.n AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2"
		" WHERE p.partrelid OPERATOR(pg_catalog.=) %u::pg_catalog.oid"
		" HAVING pg_catalog.count(a.attname) OPERATOR(pg_catalog.=) pg_catalog.count(*)",
		target, target));

	if (columns == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("table \"%s\" is not partitioned by columns alone", get_rel_name(target))));
	return columns;
}

/* Counts the partition's rows, users and misplaced rows.  The server groups them by user. */
static void
count_rows(Oid partition, const char *key, Datum *values, bool *nulls)
{
	char *constraint = spk_shard_value(
		psprintf("SELECT pg_catalog.pg_get_partition_constraintdef(%u::pg_catalog.oid)",
				 partition));
	char *name = quote_qualified_identifier(get_namespace_name(get_rel_namespace(partition)),
											get_rel_name(partition));

	if (!spk_statement_row(
			psprintf(
				"SELECT COALESCE(pg_catalog.sum(q.n), 0)::pg_catalog.int8, pg_catalog.count(*),"
				" COALESCE(pg_catalog.sum(q.n) FILTER (WHERE NOT (%s)), 0)::pg_catalog.int8,"
				" (SELECT c.reltuples OPERATOR(pg_catalog.>) 0::pg_catalog.float4"
				" FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) %u::pg_catalog.oid)"
				" FROM (SELECT %s, pg_catalog.count(*) AS n FROM %s GROUP BY %s) AS q",
				constraint == NULL ? "true" : constraint, partition, key, name, key),
			0, NULL, 4, values, nulls))
		elog(ERROR, "no row of counts");
}

/* churn_check_shards(target regclass) */
PG_FUNCTION_INFO_V1(churn_check_shards);
Datum
churn_check_shards(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"target"};
	ReturnSetInfo			*rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	SpkShardProbe			 probe;
	Datum					*servers;
	Datum					*partitions;
	char					*key;
	int						 n;

	spk_require_args(fcinfo, names, lengthof(names));
	spk_statement_require_writable("churn_check_shards()");
	spk_materialized_srf(fcinfo);
	n = find_partitions(PG_GETARG_OID(0), &servers, &partitions);
	key = key_columns(PG_GETARG_OID(0));
	probe = spk_shard_probe(fcinfo);
	for (int i = 0; i < n; i++)
	{
		Datum values[N_OUT];
		bool  nulls[N_OUT] = {false};

		values[0] = servers[i];
		values[1] = partitions[i];
		values[2] = CStringGetTextDatum(
			spk_shard_probe_server(&probe, TextDatumGetCString(servers[i])));
		count_rows(DatumGetObjectId(partitions[i]), key, values + 3, nulls + 3);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

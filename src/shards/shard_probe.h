/*
 * shard_probe.h
 *	  What another server says of itself, through a foreign server of postgres_fdw.
 *
 * It is asked by foreign tables on its catalogs, which are the session's temporary ones and
 * dropped again.  Everything runs with the caller's rights and user mapping.
 */
#ifndef SPK_SHARDS_SHARD_PROBE_H
#define SPK_SHARDS_SHARD_PROBE_H

#include "postgres.h"

#include "fmgr.h"

/* A question whose answer depends on all that is between a profile and a prediction. */
typedef struct SpkShardProbe
{
	const char *schema;	 /* the extension's, quoted */
	char	   *version; /* of the extension here */
	Datum		model;	 /* text */
	Datum		profile; /* text */
	Datum		answer;	 /* float8 */
} SpkShardProbe;

/* Makes the question, in the current memory context, for a function of the extension. */
extern SpkShardProbe spk_shard_probe(FunctionCallInfo fcinfo);

/*
 * The version of the extension on the server, palloc'd.  Raises an error that names the server
 * when it has no extension, or one in another schema, of another version, or one that answers
 * otherwise; ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE.
 */
extern char *spk_shard_probe_server(const SpkShardProbe *probe, const char *server);

/*
 * Raises an error unless the server has the table schema.name (or a view, or a foreign table),
 * with each column that target has, of the same type.
 */
extern void spk_shard_require_table(const char *server, const char *schema, const char *name,
									Oid target);

/* A value of a query of ours that has one, as text; NULL when there is no row or it is NULL. */
extern char *spk_shard_value(const char *sql);

#endif /* SPK_SHARDS_SHARD_PROBE_H */

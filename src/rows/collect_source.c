/*
 * collect_source.c
 *	  The rows of a source, collected for training.
 *
 * They are the state of an aggregate.  SQL cannot return a state, and it is gone when
 * the query has ended.  So the final function hands it to whoever runs the query.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "rows/collect.h"
#include "rows/collect_source.h"
#include "host/memory_limit.h"
#include "host/source.h"

typedef struct Taker
{
	SpkRowsCallback callback;
	void		   *arg;
	bool			served;
} Taker;

/* Takes the rows of the query that runs; NULL when nobody asked for them. */
static Taker *taker = NULL;

PG_FUNCTION_INFO_V1(sparkify_rows_agg_transfn);
Datum
sparkify_rows_agg_transfn(PG_FUNCTION_ARGS)
{
	SpkCollectArgs args = {-1, -1, 3, 4, 5, -1, 7, 6, false};

	PG_RETURN_POINTER(spk_collect_row(fcinfo, &args));
}

PG_FUNCTION_INFO_V1(sparkify_rows_agg_finalfn);
Datum
sparkify_rows_agg_finalfn(PG_FUNCTION_ARGS)
{
	SpkRowStore *rows = PG_ARGISNULL(0) ? NULL : (SpkRowStore *) PG_GETARG_POINTER(0);

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "training rows finished outside an aggregate");
	if (taker == NULL || taker->served)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("sparkify_rows_agg is for the use of other functions only")));
	taker->served = true;
	taker->callback(rows, taker->arg);
	PG_RETURN_INT64(rows == NULL ? 0 : (int64) rows->n_rows);
}

Datum
spk_excluded_columns(Datum exclude, bool no_exclude, const char *const *more, int n_more)
{
	ArrayBuildState *names = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	Datum			*values = NULL;
	bool			*nulls = NULL;
	int				 n = 0;

	if (!no_exclude)
		deconstruct_array(DatumGetArrayTypeP(exclude), TEXTOID, -1, false, TYPALIGN_INT, &values,
						  &nulls, &n);
	for (int i = 0; i < n; i++)
		accumArrayResult(names, values[i], nulls[i], TEXTOID, CurrentMemoryContext);
	for (int i = 0; i < n_more; i++)
		if (more[i] != NULL)
			accumArrayResult(names, CStringGetTextDatum(more[i]), false, TEXTOID,
							 CurrentMemoryContext);
	return makeArrayResult(names, CurrentMemoryContext);
}

static void
set_here(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
							 false);
}

/*
 * May workers collect rows of so many bytes?  What they collect lies once more in shared memory
 * until it is put together, of which a single value holds too little.
 */
static bool
workers_may_collect(double bytes)
{
	if (bytes > (double) spk_memory_limit() / 2)
		return false;
	return bytes <= MaxAllocSize || spk_memory_shared_fits((uint64) bytes);
}

int
spk_collect_here(double rows, int columns)
{
	int nest_level = NewGUCNestLevel();

	set_here(SPK_PARALLEL_FOR_TESTS, "off");
	if (!workers_may_collect(rows * columns * sizeof(double)))
		set_here("max_parallel_workers_per_gather", "0");
	return nest_level;
}

static void
ignore_row(TupleTableSlot *slot, void *arg)
{
}

/*
 * The query that collects the rows of an item.  Parameters: $1 excluded columns, $2 name of
 * the id, $3 of the time, $4 of the weights, $5 names of the row's columns.
 */
static char *
rows_query(const char *schema, const char *from, const SpkSourceRow *row, const char *label,
		   const SpkRoles *roles)
{
	return psprintf("SELECT %s.sparkify_rows_agg(q.%s, %s, $1, %s, %s, %s, %s) FROM %s", schema,
					quote_identifier(label), row->expression, roles->id == NULL ? "NULL" : "$2",
					roles->time == NULL ? "NULL" : "$3", roles->weights == NULL ? "NULL" : "$4",
					row->names == NULL ? "NULL" : "$5", from);
}

void
spk_collect_source(const char *schema, const char *from, TupleDesc columns, const char *label,
				   const SpkRoles *roles, SpkRowsCallback callback, void *arg)
{
	static const Oid types[] = {TEXTARRAYOID, TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID};
	Taker			 new_taker = {callback, arg, false};
	Taker			*outer = taker;
	SpkSourceRow	 row = spk_source_row(from, columns);
	Datum params[] = {roles->excluded, CStringGetTextDatum(roles->id == NULL ? "" : roles->id),
					  CStringGetTextDatum(roles->time == NULL ? "" : roles->time),
					  CStringGetTextDatum(roles->weights == NULL ? "" : roles->weights),
					  row.names == NULL ? roles->excluded : PointerGetDatum(row.names)};

	char *sql = rows_query(schema, from, &row, label, roles);
	int	  nest_level = spk_collect_here(spk_source_rows(from), columns->natts);

	if (!spk_source_aggregates(sql, lengthof(types), types, params))
		sql = rows_query(schema, spk_source_brought(pstrdup(from), schema), &row, label, roles);

	/* a source may contain functions that call us: whoever waited before us waits again after us */
	taker = &new_taker;
	PG_TRY();
	{
		spk_source_run(sql, lengthof(types), types, params, 1, (const Oid[]) {INT8OID}, ignore_row,
					   NULL);
	}
	PG_FINALLY();
	{
		taker = outer;
	}
	PG_END_TRY();
	AtEOXact_GUC(true, nest_level);
}

/*
 * json_fdw_stats.c
 *	  The foreign data wrapper sparkify_json: statistics for the planner, before ANALYZE
 *	  has made any.
 *
 * The planner estimates conditions, joins and groups by the rows of pg_statistic, which a
 * foreign data wrapper cannot make; but a hook may hand it one that is in no table.  So
 * the sample is put through the same functions as ANALYZE's, column by column as they are
 * asked for: then everything that the planner can do with statistics it does, as if they
 * were ANALYZE's, which go first where they are.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/selfuncs.h"
#include "utils/syscache.h"

#include "events/json_fdw_stats.h"

/* The most tables whose samples a session keeps: each takes some hundred kilobytes. */
#define KEPT_SAMPLES 16

typedef struct KeptSample
{
	Oid			   relid; /* InvalidOid: none */
	bool		   valid;
	uint64		   state; /* of the files */
	uint64		   used;  /* when it was asked for last */
	double		   rows;  /* of the table */
	MemoryContext  context;
	SpkJsonSample *sample;
	HeapTuple	  *statistics; /* by attribute, or NULL */
	bool		  *is_made;	   /* by attribute: that was tried */
} KeptSample;

static KeptSample					kept[KEPT_SAMPLES];
static uint64						clock_hand = 0;
static get_relation_stats_hook_type previous_hook = NULL;

/* The table was altered, or all may have been.  Whoever plans may still hold what was there. */
static void
note_alteration(Datum arg, Oid relid)
{
	for (int i = 0; i < KEPT_SAMPLES; i++)
	{
		if (!OidIsValid(relid) || kept[i].relid == relid)
			kept[i].valid = false;
	}
}

static KeptSample *
find_kept(Oid relid)
{
	for (int i = 0; i < KEPT_SAMPLES; i++)
	{
		if (OidIsValid(relid) && kept[i].relid == relid)
			return &kept[i];
	}
	return NULL;
}

/* The place for another sample: a free one, or that of the table not asked for longest. */
static KeptSample *
free_place(void)
{
	KeptSample *oldest = &kept[0];

	for (int i = 1; i < KEPT_SAMPLES; i++)
	{
		if (kept[i].used < oldest->used)
			oldest = &kept[i];
	}
	return oldest;
}

static void
forget(KeptSample *place)
{
	MemoryContext context = place->context;

	memset(place, 0, sizeof(KeptSample));
	if (context != NULL)
		MemoryContextDelete(context);
}

/* Puts a new sample, which lies in the context, in the place of an older one. */
static KeptSample *
keep_sample(Oid relid, const SpkChunks *chunks, SpkJsonSample *sample, MemoryContext context)
{
	KeptSample *place = find_kept(relid);
	Size		natts = Max(sample->tupdesc->natts, 1);

	if (place == NULL)
		place = free_place();
	forget(place);
	place->statistics = MemoryContextAllocZero(context, natts * sizeof(HeapTuple));
	place->is_made = MemoryContextAllocZero(context, natts * sizeof(bool));
	place->sample = sample;
	place->state = chunks->state;
	place->relid = relid;
	place->valid = true;
	MemoryContextSetParent(context, CacheMemoryContext);
	place->context = context;
	return place;
}

const SpkJsonSample *
spk_json_stats_sample(Oid relid, const SpkChunks *chunks)
{
	KeptSample *place = find_kept(relid);

	if (place == NULL || !place->valid || place->state != chunks->state)
	{
		/* where it is taken, so that an error takes it away */
		MemoryContext  context = AllocSetContextCreate(CurrentMemoryContext, "sparkify sample",
													   ALLOCSET_DEFAULT_SIZES);
		MemoryContext  oldcontext = MemoryContextSwitchTo(context);
		Relation	   rel = table_open(relid, NoLock);
		SpkJsonSample *sample = spk_sample_take(rel, chunks);

		table_close(rel, NoLock);
		MemoryContextSwitchTo(oldcontext);
		place = keep_sample(relid, chunks, sample, context);
	}
	place->used = ++clock_hand;
	return place->sample;
}

void
spk_json_stats_rows(Oid relid, double rows)
{
	KeptSample *place = find_kept(relid);

	if (place != NULL)
		place->rows = rows;
}

static Datum
fetch_value(VacAttrStatsP stats, int rownum, bool *isnull)
{
	return heap_getattr(stats->rows[rownum], stats->tupattnum, stats->tupDesc, isnull);
}

/* Sets up what ANALYZE would for a column; false when it makes no statistics of such. */
static bool
set_up(VacAttrStats *stats, const SpkJsonSample *sample, Form_pg_attribute att)
{
	HeapTuple type = SearchSysCacheCopy1(TYPEOID, ObjectIdGetDatum(att->atttypid));

	if (!HeapTupleIsValid(type))
		return false;
	spk_analyze_column(stats, att);
	stats->attrtypid = att->atttypid;
	stats->attrtypmod = att->atttypmod;
	stats->attrcollid = att->attcollation;
	stats->attrtype = (Form_pg_type) GETSTRUCT(type);
	stats->anl_context = CurrentMemoryContext;
	stats->tupattnum = att->attnum;
	stats->rows = sample->rows;
	stats->tupDesc = sample->tupdesc;
	for (int i = 0; i < STATISTIC_NUM_SLOTS; i++)
	{
		stats->statypid[i] = stats->attrtypid;
		stats->statyplen[i] = stats->attrtype->typlen;
		stats->statypbyval[i] = stats->attrtype->typbyval;
		stats->statypalign[i] = stats->attrtype->typalign;
	}

	/* the type says how */
	if (OidIsValid(stats->attrtype->typanalyze))
		return DatumGetBool(OidFunctionCall1(stats->attrtype->typanalyze, PointerGetDatum(stats)));
	return std_typanalyze(stats);
}

/* Fills in one slot of a row of pg_statistic. */
static void
put_slot(const VacAttrStats *stats, int k, Datum *values, bool *nulls)
{
	int n = stats->numnumbers[k];

	values[Anum_pg_statistic_stakind1 - 1 + k] = Int16GetDatum(stats->stakind[k]);
	values[Anum_pg_statistic_staop1 - 1 + k] = ObjectIdGetDatum(stats->staop[k]);
	values[Anum_pg_statistic_stacoll1 - 1 + k] = ObjectIdGetDatum(stats->stacoll[k]);
	nulls[Anum_pg_statistic_stanumbers1 - 1 + k] = n == 0;
	nulls[Anum_pg_statistic_stavalues1 - 1 + k] = stats->numvalues[k] == 0;
	if (n > 0)
	{
		Datum *numbers = palloc(n * sizeof(Datum));

		for (int i = 0; i < n; i++)
			numbers[i] = Float4GetDatum(stats->stanumbers[k][i]);
		values[Anum_pg_statistic_stanumbers1 - 1 + k] = PointerGetDatum(
			construct_array(numbers, n, FLOAT4OID, sizeof(float4), true, 'i'));
	}
	if (stats->numvalues[k] > 0)
		values[Anum_pg_statistic_stavalues1 - 1 + k] = PointerGetDatum(
			construct_array(stats->stavalues[k], stats->numvalues[k], stats->statypid[k],
							stats->statyplen[k], stats->statypbyval[k], stats->statypalign[k]));
}

/* The row that ANALYZE would put into pg_statistic. */
static HeapTuple
statistics_row(Oid relid, AttrNumber attnum, const VacAttrStats *stats)
{
	Datum	  values[Natts_pg_statistic] = {0};
	bool	  nulls[Natts_pg_statistic] = {0};
	Relation  catalog = table_open(StatisticRelationId, AccessShareLock);
	HeapTuple row;

	values[Anum_pg_statistic_starelid - 1] = ObjectIdGetDatum(relid);
	values[Anum_pg_statistic_staattnum - 1] = Int16GetDatum(attnum);
	values[Anum_pg_statistic_stainherit - 1] = BoolGetDatum(false);
	values[Anum_pg_statistic_stanullfrac - 1] = Float4GetDatum(stats->stanullfrac);
	values[Anum_pg_statistic_stawidth - 1] = Int32GetDatum(stats->stawidth);
	values[Anum_pg_statistic_stadistinct - 1] = Float4GetDatum(stats->stadistinct);
	for (int k = 0; k < STATISTIC_NUM_SLOTS; k++)
		put_slot(stats, k, values, nulls);
	row = heap_form_tuple(RelationGetDescr(catalog), values, nulls);
	table_close(catalog, AccessShareLock);
	return row;
}

/* The row of a column by the sample, in the current memory context; NULL when there is none. */
static HeapTuple
make_statistics(const KeptSample *place, AttrNumber attnum)
{
	const SpkJsonSample *sample = place->sample;
	VacAttrStats		 stats = {0};
	MemoryContext		 oldcontext = CurrentMemoryContext;
	MemoryContext		 work;
	HeapTuple			 row = NULL;

	if (sample->n_rows == 0 || sample->left_out[attnum - 1])
		return NULL;

	/* ANALYZE's functions leave much behind */
	work = AllocSetContextCreate(CurrentMemoryContext, "sparkify statistics",
								 ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(work);
	if (set_up(&stats, sample, TupleDescAttr(sample->tupdesc, attnum - 1)) &&
		stats.compute_stats != NULL)
	{
		stats.compute_stats(&stats, fetch_value, sample->n_rows,
							Max(place->rows, (double) sample->n_rows));
		if (stats.stats_valid)
			row = statistics_row(place->relid, attnum, &stats);
	}
	MemoryContextSwitchTo(oldcontext);
	row = row != NULL ? heap_copytuple(row) : NULL;
	MemoryContextDelete(work);
	return row;
}

/* The kept row of a column, or NULL. */
static HeapTuple
statistics_of(KeptSample *place, AttrNumber attnum)
{
	if (!place->is_made[attnum - 1])
	{
		HeapTuple	  row = make_statistics(place, attnum);
		MemoryContext oldcontext = MemoryContextSwitchTo(place->context);

		place->statistics[attnum - 1] = row != NULL ? heap_copytuple(row) : NULL;
		place->is_made[attnum - 1] = true;
		MemoryContextSwitchTo(oldcontext);
	}
	return place->statistics[attnum - 1];
}

static bool
is_analyzed(Oid relid, AttrNumber attnum)
{
	return SearchSysCacheExists3(STATRELATTINH, ObjectIdGetDatum(relid), Int16GetDatum(attnum),
								 BoolGetDatum(false));
}

/*
 * The hook.  It gives a copy, as the sample may be forgotten before the planner is done.
 * Who may not read the whole table gets estimates only by operators that tell nothing of
 * the values, as from ANALYZE's statistics.
 */
static bool
give_statistics(PlannerInfo *root, RangeTblEntry *rte, AttrNumber attnum, VariableStatData *vardata)
{
	KeptSample *place = rte->rtekind == RTE_RELATION && rte->relkind == RELKIND_FOREIGN_TABLE ?
		find_kept(rte->relid) :
		NULL;
	HeapTuple	row = NULL;

	if (previous_hook != NULL && previous_hook(root, rte, attnum, vardata))
		return true;
	if (place == NULL || !place->valid || attnum <= 0 || attnum > place->sample->tupdesc->natts ||
		is_analyzed(rte->relid, attnum))
		return false;
	row = statistics_of(place, attnum);
	if (row == NULL)
		return false;
	vardata->statsTuple = heap_copytuple(row);
	vardata->freefunc = heap_freetuple;
	vardata->acl_ok = rte->securityQuals == NIL &&
		pg_class_aclcheck(rte->relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK;
	return true;
}

void
spk_json_stats_start(void)
{
	previous_hook = get_relation_stats_hook;
	get_relation_stats_hook = give_statistics;
	CacheRegisterRelcacheCallback(note_alteration, (Datum) 0);
}

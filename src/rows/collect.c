/*
 * collect.c
 *	  Packs training rows into columns, one after the other as an aggregate gets them.
 *
 * Each parallel worker packs the rows it scans, so that a few large blocks and
 * not millions of tuples travel to the leader.  What is the same for all rows
 * (the row type, which columns are features, the options) is worked out once
 * for each place in a query and kept with the function's FmgrInfo.
 */
#include "compat.h"

#include <math.h>

#include "access/parallel.h"
#include "catalog/pg_type.h"
#include "nodes/execnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "core/base/elementary.h"
#include "core/rows/sample.h"
#include "host/args.h"
#include "rows/collect.h"
#include "rows/collector.h"
#include "models/options_json.h"
#include "models/algorithm.h"

/* Versions are unique in a process, because a store remembers which one filled it. */
static uint64 last_version = 0;

static SpkCollector *
collector_new(FunctionCallInfo fcinfo, const SpkCollectArgs *args)
{
	Oid			  label_type = spk_arg_type(fcinfo, 1);
	SpkCollector *collector = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(SpkCollector));

	collector->context = fcinfo->flinfo->fn_mcxt;
	collector->label_kind = spk_label_kind(label_type);
	collector->algorithm = SPK_RANDOM_FOREST;
	collector->options = spk_options_default(SPK_RANDOM_FOREST);
	collector->has_id = args->id >= 0;
	if (collector->has_id)
		spk_group_key_type(&collector->group, spk_arg_type(fcinfo, args->id), PG_GET_COLLATION(),
						   collector->context);
	fcinfo->flinfo->fn_extra = collector;
	return collector;
}

/* Keeps a copy of argument argno.  False when the argument is what we have parsed already. */
static bool
keep_arg(SpkCollector *collector, SpkKeptArg *kept, FunctionCallInfo fcinfo, int argno)
{
	struct varlena *value;
	size_t			size;

	if (argno < 0)
		return false;
	value = PG_ARGISNULL(argno) ? NULL : (struct varlena *) PG_GETARG_POINTER(argno);
	size = value == NULL ? 0 : VARSIZE_ANY(value);
	if (kept->known && (value == NULL) == (kept->value == NULL) &&
		(value == NULL ||
		 (VARSIZE_ANY(kept->value) == size && memcmp(kept->value, value, size) == 0)))
		return false;

	if (kept->value != NULL)
		pfree(kept->value);
	kept->value = NULL;
	if (value != NULL)
	{
		kept->value = MemoryContextAlloc(collector->context, size);
		memcpy(kept->value, value, size);
	}
	kept->known = true;
	return true;
}

static void
parse_algorithm(SpkCollector *collector)
{
	text *name;

	if (collector->algorithm_arg.value == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("algorithm must not be null")));
	name = DatumGetTextPP(PointerGetDatum(collector->algorithm_arg.value));
	collector->algorithm = spk_algorithm_require(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
}

static void
parse_options(SpkCollector *collector)
{
	struct varlena *value = collector->options_arg.value;
	MemoryContext	old = MemoryContextSwitchTo(collector->context);

	collector->options = spk_options_from_jsonb(value == NULL ?
													NULL :
													DatumGetJsonbP(PointerGetDatum(value)),
												collector->algorithm, &collector->named);
	MemoryContextSwitchTo(old);
}

/* Takes the name of the weights that an argument of its own has. */
static void
parse_weights(SpkCollector *collector)
{
	MemoryContext old = MemoryContextSwitchTo(collector->context);

	collector->named.weights = collector->weights_arg.value == NULL ?
		NULL :
		spk_kept_text(&collector->weights_arg);
	MemoryContextSwitchTo(old);
}

static void
parse_exclude(SpkCollector *collector)
{
	struct varlena *value = collector->exclude_arg.value;
	MemoryContext	old;
	bool		   *nulls;

	collector->n_exclude = 0;
	if (value == NULL)
		return;
	old = MemoryContextSwitchTo(collector->context);
	deconstruct_array(DatumGetArrayTypePCopy(PointerGetDatum(value)), TEXTOID, -1, false,
					  TYPALIGN_INT, &collector->exclude, &nulls, &collector->n_exclude);
	MemoryContextSwitchTo(old);
	for (int i = 0; i < collector->n_exclude; i++)
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("exclude must not contain nulls")));
}

/* Parses those of the constant arguments that are not what they were. */
static void
parse_args(SpkCollector *collector, FunctionCallInfo fcinfo, const SpkCollectArgs *args)
{
	bool algorithm = keep_arg(collector, &collector->algorithm_arg, fcinfo, args->algorithm);
	bool options = keep_arg(collector, &collector->options_arg, fcinfo, args->options);
	bool exclude = keep_arg(collector, &collector->exclude_arg, fcinfo, args->exclude);
	bool group = keep_arg(collector, &collector->group_arg, fcinfo, args->group);
	bool time = keep_arg(collector, &collector->time_arg, fcinfo, args->time);
	bool columns = keep_arg(collector, &collector->columns_arg, fcinfo, args->columns);
	bool weights = keep_arg(collector, &collector->weights_arg, fcinfo, args->weights);

	if (algorithm)
		parse_algorithm(collector);
	if (algorithm || options)
		parse_options(collector);
	if (exclude)
		parse_exclude(collector);
	if (weights)
		parse_weights(collector);

	if (!(algorithm || options || exclude || group || time || columns || weights))
		return;

	/* what most of these name was looked up in the row: it is bound again with the next one */
	if (collector->row != NULL)
		spk_row_release(collector->row);
	collector->row = NULL;
	collector->version = ++last_version;
}

/*
 * A store with our algorithm and options and, if define says so, our columns.  To merge
 * it into another store checks that rows of ours may go there.
 */
static SpkRowStore *
new_store(const SpkCollector *collector, MemoryContext context, bool define)
{
	SpkRowStore *store = spk_store_new(context, collector->algorithm, &collector->options);

	if (!define)
		return store;
	spk_store_begin(store, collector->n_columns,
					collector->has_id || collector->group_arg.value != NULL,
					collector->time_arg.value == NULL ? NULL : spk_kept_text(&collector->time_arg),
					collector->named.weights);
	for (uint32 i = 0; i < collector->n_columns; i++)
	{
		spk_store_define(store, i, collector->columns[i].name, collector->columns[i].kind);
		if (collector->rules != NULL)
			store->columns[i].rule = collector->rules[i];
	}
	return store;
}

/* The row's date; an infinite one is no date. */
static double
row_time(const SpkCollector *collector)
{
	double time = spk_row_number(collector->row, &collector->time);

	return isinf(time) ? get_float8_nan() : time;
}

/* The key of the row's group: of a column of its own, or of an argument, which may be null. */
static uint64
row_group(SpkCollector *collector, FunctionCallInfo fcinfo, const SpkCollectArgs *args)
{
	if (!collector->has_id)
		return spk_group_key(&collector->group, collector->row);
	return PG_ARGISNULL(args->id) ? 0 :
									spk_group_key_of(&collector->group, PG_GETARG_DATUM(args->id));
}

/*
 * What weights may be, so that sums of them and what is divided by them are numbers.  A
 * lesser one, as very old rows have, is none.
 */
#define LEAST_WEIGHT 1e-30
#define MOST_WEIGHT	 1e30

/* The row's weight; 0 when it has none. */
static double
row_weight(const SpkCollector *collector)
{
	const SpkRowColumn *column = &collector->weight;
	double				weight = spk_row_number(collector->row, column);

	if (collector->row->nulls[column->attno])
		return 0;
	if (!(weight >= 0 && weight <= MOST_WEIGHT))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("weight in column \"%s\" must be a number from 0 to 1e30, not %s", column->name,
						DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(weight)))),
				 errhint("A row of weight 0, or without one, is left out.")));
	return weight < LEAST_WEIGHT ? 0 : weight;
}

/* Is the user of the row, whose id at least is loaded, in the sample?  One without an id is not. */
static bool
is_sampled(SpkCollector *collector, FunctionCallInfo fcinfo, const SpkCollectArgs *args)
{
	double fraction = collector->options.value[SPK_OPT_SAMPLE];
	int	   attno = collector->group.attno;

	if (collector->has_id)
		return !PG_ARGISNULL(args->id) &&
			spk_sample_takes(&collector->sample, PG_GETARG_DATUM(args->id), fraction,
							 SPK_SAMPLE_SEED);
	return !collector->row->nulls[attno] &&
		spk_sample_takes(&collector->sample, collector->row->values[attno], fraction,
						 SPK_SAMPLE_SEED);
}

static void
add_row(SpkCollector *collector, SpkRowStore *store, HeapTupleHeader tuple, FunctionCallInfo fcinfo,
		const SpkCollectArgs *args)
{
	int	   label = spk_label_value(PG_GETARG_DATUM(1), collector->label_kind);
	double weight = 1;
	uint32 row;

	spk_row_load(collector->row, tuple);
	if (spk_collector_samples(collector))
	{
		if (!is_sampled(collector, fcinfo, args))
		{
			store->n_unsampled++;
			return;
		}
		slot_getallattrs(collector->row->slot);
	}
	if (store->weight_name != NULL && (weight = row_weight(collector)) == 0)
	{
		store->n_unweighted++;
		return;
	}
	row = spk_store_add(store, label);
	if (store->weight_name != NULL)
		spk_store_put_weight(store, row, weight);
	if (store->grouped)
		spk_store_put_group(store, row, row_group(collector, fcinfo, args));
	if (store->time_name != NULL)
		spk_store_put_time(store, row, row_time(collector));
	for (uint32 i = 0; i < collector->n_columns; i++)
	{
		const SpkRowColumn *column = &collector->columns[i];

		if (column->kind == SPK_CATEGORY)
			spk_store_put_category(store, i, row, spk_row_category(collector->row, column));
		else
		{
			double value = spk_row_number(collector->row, column);

			spk_row_check_finite(column, value);
			spk_store_put_number(store, i, row, value);

			/* to compare with the exact value is slow: only large numbers, until one is inexact */
			if (fabs(value) >= SPK_EXACT_NUMBERS && !store->columns[i].inexact)
				store->columns[i].inexact = !spk_row_is_exact(collector->row, column, value);
		}
	}
}

static void
collect_labelled(SpkCollector *collector, SpkRowStore *store, FunctionCallInfo fcinfo,
				 const SpkCollectArgs *args)
{
	HeapTupleHeader tuple;

	if (PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("features must not be null")));
	tuple = PG_GETARG_HEAPTUPLEHEADER(2);
	if (collector->row == NULL || !spk_row_matches(collector->row, tuple))
	{
		spk_collector_bind(collector, tuple);
		collector->version = ++last_version;
	}

	/* the store is new, or the rows' type or options changed: merging checks that they fit */
	if (store->source != collector->version)
	{
		spk_store_merge(store, new_store(collector, CurrentMemoryContext, true));
		store->source = collector->version;
	}
	add_row(collector, store, tuple, fcinfo, args);
}

/* Not called after an error, when the file's resource owner closes it. */
static void
close_store(Datum store)
{
	spk_store_close((SpkRowStore *) DatumGetPointer(store));
}

/* More rows than were expected are better than arrays that grow once more. */
#define ROOM_FOR_MORE 1.1

/* Returns how many rows the aggregate will have here, about; 0 when that is not known. */
static double
expected_rows(FunctionCallInfo fcinfo)
{
	const AggState *agg;
	double			n;

	if (!IsA(fcinfo->context, AggState))
		return 0;
	agg = castNode(AggState, fcinfo->context);
	if (agg->aggstrategy != AGG_PLAIN || outerPlanState(agg) == NULL)
		return 0;
	n = outerPlanState(agg)->plan->plan_rows * ROOM_FOR_MORE;

	/* a leader will have those of a worker, too */
	return DO_AGGSPLIT_SKIPFINAL(agg->aggsplit) && !IsParallelWorker() ? 2 * n : n;
}

void
spk_collect_own(FunctionCallInfo fcinfo, SpkRowStore *store)
{
	store->is_last = fcinfo->context != NULL && IsA(fcinfo->context, AggState) &&
		!DO_AGGSPLIT_SKIPFINAL(((AggState *) fcinfo->context)->aggsplit);
	if (store->is_last)
		AggRegisterCallback(fcinfo, close_store, PointerGetDatum(store));
}

SpkRowStore *
spk_collect_row(FunctionCallInfo fcinfo, const SpkCollectArgs *args)
{
	SpkCollector *collector = fcinfo->flinfo->fn_extra;
	SpkRowStore	 *store = PG_ARGISNULL(0) ? NULL : (SpkRowStore *) PG_GETARG_POINTER(0);
	MemoryContext aggcontext;

	if (!AggCheckCallContext(fcinfo, &aggcontext))
		elog(ERROR, "training rows collected outside an aggregate");
	if (collector == NULL)
		collector = collector_new(fcinfo, args);
	parse_args(collector, fcinfo, args);
	if (store == NULL)
	{
		store = new_store(collector, aggcontext, false);
		store->trains = args->trains;
		store->expected = expected_rows(fcinfo);
		spk_collect_own(fcinfo, store);
	}
	if (PG_ARGISNULL(1))
		store->n_skipped++;
	else
		collect_labelled(collector, store, fcinfo, args);
	return store;
}

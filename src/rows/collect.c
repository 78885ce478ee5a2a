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

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "core/base/elementary.h"
#include "rows/collect.h"
#include "rows/group_key.h"
#include "host/label.h"
#include "models/options_json.h"
#include "rows/row.h"
#include "models/algorithm.h"

/* A constant argument as it was when we parsed it last. */
typedef struct KeptArg
{
	bool			known;
	struct varlena *value; /* a copy; NULL when the argument was null */
} KeptArg;

/* What is worked out once for a place in a query where rows are collected. */
typedef struct Collector
{
	MemoryContext	context;
	SpkLabelKind	label_kind;
	KeptArg			algorithm_arg;
	KeptArg			options_arg;
	KeptArg			exclude_arg;
	KeptArg			group_arg;
	KeptArg			time_arg;
	KeptArg			weights_arg;
	SpkAlgorithm	algorithm;
	SpkOptions		options;
	SpkNamedOptions named;
	Datum		   *exclude;
	int				n_exclude;
	SpkRow		   *row; /* NULL until the first labelled row */
	SpkRowColumn   *columns;
	uint32			n_columns;
	bool			has_id; /* is the row's group an argument of its own? */
	SpkGroupKey		group;	/* where the row's group is; set when has_id or group_arg has a value */
	SpkRowColumn	time;	/* where its date is; set when time_arg has a value */
	SpkRowColumn	weight; /* how much it counts; set when weights are named */
	uint64			version; /* changes whenever something above does */
} Collector;

/* Versions are unique in a process, because a store remembers which one filled it. */
static uint64 last_version = 0;

static Collector *
collector_new(FunctionCallInfo fcinfo, const SpkCollectArgs *args)
{
	Oid		   label_type = get_fn_expr_argtype(fcinfo->flinfo, 1);
	Collector *collector = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(Collector));

	if (!OidIsValid(label_type))
		elog(ERROR, "could not determine the type of the label");
	collector->context = fcinfo->flinfo->fn_mcxt;
	collector->label_kind = spk_label_kind(label_type);
	collector->algorithm = SPK_RANDOM_FOREST;
	collector->options = spk_options_default(SPK_RANDOM_FOREST);
	collector->has_id = args->id >= 0;
	if (collector->has_id)
		spk_group_key_type(&collector->group, get_fn_expr_argtype(fcinfo->flinfo, args->id),
						   PG_GET_COLLATION(), collector->context);
	fcinfo->flinfo->fn_extra = collector;
	return collector;
}

/* Keeps a copy of argument argno.  False when the argument is what we have parsed already. */
static bool
keep_arg(Collector *collector, KeptArg *kept, FunctionCallInfo fcinfo, int argno)
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
parse_algorithm(Collector *collector)
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
parse_options(Collector *collector)
{
	struct varlena *value = collector->options_arg.value;
	MemoryContext	old = MemoryContextSwitchTo(collector->context);

	collector->options = spk_options_from_jsonb(value == NULL ?
													NULL :
													DatumGetJsonbP(PointerGetDatum(value)),
												collector->algorithm, &collector->named);
	MemoryContextSwitchTo(old);
}

static char *
text_of(const KeptArg *kept)
{
	return text_to_cstring(DatumGetTextPP(PointerGetDatum(kept->value)));
}

/* Takes the name of the weights that an argument of its own has. */
static void
parse_weights(Collector *collector)
{
	MemoryContext old = MemoryContextSwitchTo(collector->context);

	collector->named.weights = collector->weights_arg.value == NULL ?
		NULL :
		text_of(&collector->weights_arg);
	MemoryContextSwitchTo(old);
}

static void
parse_exclude(Collector *collector)
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
parse_args(Collector *collector, FunctionCallInfo fcinfo, const SpkCollectArgs *args)
{
	bool algorithm = keep_arg(collector, &collector->algorithm_arg, fcinfo, args->algorithm);
	bool options = keep_arg(collector, &collector->options_arg, fcinfo, args->options);
	bool exclude = keep_arg(collector, &collector->exclude_arg, fcinfo, args->exclude);
	bool group = keep_arg(collector, &collector->group_arg, fcinfo, args->group);
	bool time = keep_arg(collector, &collector->time_arg, fcinfo, args->time);
	bool weights = keep_arg(collector, &collector->weights_arg, fcinfo, args->weights);

	if (algorithm)
		parse_algorithm(collector);
	if (algorithm || options)
		parse_options(collector);
	if (exclude)
		parse_exclude(collector);
	if (weights)
		parse_weights(collector);

	/* what these name was looked up in the row: it is bound again with the next one */
	if (algorithm || options || exclude || group || time || weights)
	{
		if (collector->row != NULL)
			spk_row_release(collector->row);
		collector->row = NULL;
	}
	if (algorithm || options || exclude || group || time || weights)
		collector->version = ++last_version;
}

static bool
is_excluded(const Collector *collector, const char *name)
{
	size_t len = strlen(name);

	/* what a row weighs is no property of its user */
	if (collector->named.weights != NULL && strcmp(collector->named.weights, name) == 0)
		return true;
	for (int i = 0; i < collector->n_exclude; i++)
	{
		text *excluded = DatumGetTextPP(collector->exclude[i]);

		if (VARSIZE_ANY_EXHDR(excluded) == len && memcmp(VARDATA_ANY(excluded), name, len) == 0)
			return true;
	}
	return false;
}

/* Prediction finds columns by name, so that each name may occur only once. */
static void
check_unique(const Collector *collector, const char *name)
{
	for (uint32 i = 0; i < collector->n_columns; i++)
		if (strcmp(collector->columns[i].name, name) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("feature column \"%s\" specified more than once", name)));
}

/*
 * Names all columns that cannot be features in one error, so that the user need not
 * find them one by one.  When there is only one, spk_row_column will name it.
 */
static void
check_types(const Collector *collector, const SpkRow *row)
{
	StringInfoData list;
	int			   n = 0;

	initStringInfo(&list);
	for (int i = 0; i < row->desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(row->desc, i);

		if (att->attisdropped || is_excluded(collector, NameStr(att->attname)) ||
			spk_row_is_feature(row, i))
			continue;
		appendStringInfo(&list, "%s\"%s\" of type %s", n++ == 0 ? "" : ", ", NameStr(att->attname),
						 format_type_be(att->atttypid));
	}
	if (n > 1)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%d columns cannot be features: %s", n, list.data),
				 errdetail("Features are of boolean, numeric, date, timestamp, text or enum types."),
				 errhint("Name the columns in exclude, leave them out of the source or cast them.")));
	pfree(list.data);
}

/* Finds the column that has the weights of rows. */
static void
bind_weights(Collector *collector)
{
	const char *name = collector->named.weights;
	int			attno = spk_row_find(collector->row, name);

	if (attno < 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of the weights is missing from the row", name)));
	if (!spk_row_is_feature(collector->row, attno) ||
		(collector->weight = spk_row_column(collector->row, attno)).kind != SPK_NUMBER ||
		collector->weight.read == SPK_READ_BOOL)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of the weights must be a number, not %s", name,
						format_type_be(TupleDescAttr(collector->row->desc, attno)->atttypid))));
}

/* Finds the column that has the dates of rows. */
static void
bind_time(Collector *collector)
{
	const char *name = text_of(&collector->time_arg);
	int			attno = spk_row_find(collector->row, name);

	if (attno < 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of the dates is missing from the row", name)));
	collector->time = spk_row_column(collector->row, attno);
	if (collector->time.kind == SPK_CATEGORY)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of the dates holds none", name)));
}

/* Finds the feature columns in the type of this tuple. */
static void
bind_columns(Collector *collector, HeapTupleHeader tuple)
{
	SpkRow *row = spk_row_new(tuple, collector->context);
	int		natts = row->desc->natts;

	if (collector->row != NULL)
		spk_row_release(collector->row);
	if (collector->columns != NULL)
		pfree(collector->columns);

	/* columns have their names from the row: both are replaced together */
	collector->row = row;
	check_types(collector, row);
	collector->columns = MemoryContextAlloc(collector->context,
											Max(natts, 1) * sizeof(SpkRowColumn));
	collector->n_columns = 0;
	for (int i = 0; i < natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(row->desc, i);

		if (att->attisdropped || is_excluded(collector, NameStr(att->attname)))
			continue;
		check_unique(collector, NameStr(att->attname));
		collector->columns[collector->n_columns++] = spk_row_column(row, i);
	}
	if (collector->n_columns == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no feature columns to train on")));
	if (collector->n_columns > SPK_MAX_FEATURES)
		ereport(ERROR,
				(errcode(ERRCODE_TOO_MANY_COLUMNS),
				 errmsg("cannot train on more than %d feature columns", SPK_MAX_FEATURES)));

	/* group and date are mostly excluded columns: they need not be among the features */
	if (collector->group_arg.value != NULL)
		spk_group_key_bind(&collector->group, row, text_of(&collector->group_arg),
						   collector->context);
	if (collector->time_arg.value != NULL)
		bind_time(collector);
	if (collector->named.weights != NULL)
		bind_weights(collector);
	collector->version = ++last_version;
}

/*
 * A store with our algorithm and options and, if define says so, our columns.  To merge
 * it into another store checks that rows of ours may go there.
 */
static SpkRowStore *
new_store(const Collector *collector, MemoryContext context, bool define)
{
	SpkRowStore *store = spk_store_new(context, collector->algorithm, &collector->options);

	if (!define)
		return store;
	spk_store_begin(store, collector->n_columns,
					collector->has_id || collector->group_arg.value != NULL,
					collector->time_arg.value == NULL ? NULL : text_of(&collector->time_arg),
					collector->named.weights);
	for (uint32 i = 0; i < collector->n_columns; i++)
		spk_store_define(store, i, collector->columns[i].name, collector->columns[i].kind);
	return store;
}

/* The row's date; an infinite one is no date. */
static double
row_time(const Collector *collector)
{
	double time = spk_row_number(collector->row, &collector->time);

	return isinf(time) ? get_float8_nan() : time;
}

/* The key of the row's group: of a column of its own, or of an argument, which may be null. */
static uint64
row_group(Collector *collector, FunctionCallInfo fcinfo, const SpkCollectArgs *args)
{
	if (!collector->has_id)
		return spk_group_key(&collector->group, collector->row);
	return PG_ARGISNULL(args->id) ? 0 :
									spk_group_key_of(&collector->group, PG_GETARG_DATUM(args->id));
}

/* The row's weight; 0 when it has none. */
static double
row_weight(const Collector *collector)
{
	const SpkRowColumn *column = &collector->weight;
	double				weight = spk_row_number(collector->row, column);

	if (collector->row->nulls[column->attno])
		return 0;
	if (!(weight >= 0) || isinf(weight))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("weight in column \"%s\" must be a number from 0 on, not %s", column->name,
						DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(weight)))),
				 errhint("A row of weight 0, or without one, is left out.")));
	return weight;
}

static void
add_row(Collector *collector, SpkRowStore *store, HeapTupleHeader tuple, FunctionCallInfo fcinfo,
		const SpkCollectArgs *args)
{
	int	   label = spk_label_value(PG_GETARG_DATUM(1), collector->label_kind);
	double weight = 1;
	uint32 row;

	spk_row_load(collector->row, tuple);
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
collect_labelled(Collector *collector, SpkRowStore *store, FunctionCallInfo fcinfo,
				 const SpkCollectArgs *args)
{
	HeapTupleHeader tuple;

	if (PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("features must not be null")));
	tuple = PG_GETARG_HEAPTUPLEHEADER(2);
	if (collector->row == NULL || !spk_row_matches(collector->row, tuple))
		bind_columns(collector, tuple);

	/* the store is new, or the rows' type or options changed: merging checks that they fit */
	if (store->source != collector->version)
	{
		spk_store_merge(store, new_store(collector, CurrentMemoryContext, true));
		store->source = collector->version;
	}
	add_row(collector, store, tuple, fcinfo, args);
}

SpkRowStore *
spk_collect_row(FunctionCallInfo fcinfo, const SpkCollectArgs *args)
{
	Collector	 *collector = fcinfo->flinfo->fn_extra;
	SpkRowStore	 *store = PG_ARGISNULL(0) ? NULL : (SpkRowStore *) PG_GETARG_POINTER(0);
	MemoryContext aggcontext;

	if (!AggCheckCallContext(fcinfo, &aggcontext))
		elog(ERROR, "training rows collected outside an aggregate");
	if (collector == NULL)
		collector = collector_new(fcinfo, args);
	parse_args(collector, fcinfo, args);
	if (store == NULL)
		store = new_store(collector, aggcontext, false);
	if (PG_ARGISNULL(1))
		store->n_skipped++;
	else
		collect_labelled(collector, store, fcinfo, args);
	return store;
}

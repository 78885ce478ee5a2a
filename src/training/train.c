/*
 * train.c
 *	  From collected rows to a model: the aggregates and churn_train.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "portability/instr_time.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "rows/collect.h"
#include "rows/collect_source.h"
#include "rows/column_roles.h"
#include "rows/sample_key.h"
#include "core/models/calibration.h"
#include "core/models/learner.h"
#include "core/judging/cross_fit.h"
#include "core/judging/unseen.h"
#include "models/model_type.h"
#include "models/options_json.h"
#include "host/pg_host.h"
#include "host/source.h"
#include "host/args.h"
#include "models/algorithm.h"
#include "training/auto.h"
#include "training/bin_columns.h"
#include "training/learn.h"
#include "training/train.h"
#include "training/train_failure.h"
#include "training/train_warnings.h"
#include "training/calibrate.h"
#include "training/threshold.h"
#include "host/progress.h"

/* Columns of what sparkify_train_agg returns, counted from 0 */
enum
{
	TRAINED_MODEL, /* NULL when no model can be trained on the rows */
	TRAINED_ROWS,
	TRAINED_POSITIVES,
	TRAINED_SKIPPED,
	TRAINED_FEATURES,
	TRAINED_SECONDS,
	TRAINED_LONE, /* this and the next as in SpkTrainingCounts */
	TRAINED_UNWEIGHTED,
	TRAINED_UNSAMPLED,
	N_TRAINED
};

/*
 * Fits the model, whose algorithm, options and features are set, to a table that has the
 * rows' groups.  False when they are of too few users to calibrate it.
 */
static bool
fit_model(const SpkHost *host, SpkTable *table, SpkModel *model, int *lone, SpkWarned *warned)
{
	const uint64  *groups = table->groups;
	bool		   crossed;
	bool		   held_out;
	SpkCrossFitted fitted;

	if (spk_has_parts(model->algorithm))
	{
		spk_auto_tell_left_out(&model->options, warned);
		if (spk_train_auto(host, table, model))
			return true;
		spk_auto_without_search(host, model, warned);
		spk_options_settle(&model->options, model->algorithm, table->n_rows,
						   (uint32) model->facts[SPK_FACT_POSITIVES]);
	}
	crossed = spk_needs_cross_fit(&model->options, model->algorithm);
	held_out = crossed && spk_fit_holds_out_enough(host, table, model);
	if (spk_has_calibration(&model->options))
	{
		if (!spk_fit_calibration(host, table, groups, model, &fitted, lone))
			return false;
	}
	else if (crossed && !held_out)
		crossed = spk_fit_threshold(host, table, groups, model, &fitted);
	spk_learn(host, table, model);
	if (held_out)
	{
		/* users differ in how many rows they have: nobody may have been held out */
		crossed = model->n_unseen > 0;
		if (crossed)
			spk_check(spk_unseen_learn(host, model, &fitted), "training set", NULL);
	}
	if (crossed)
		spk_cross_fit_facts(&fitted, model);
	return true;
}

/* What is known of the fit before it: the counts of rows and their weights.  All other facts are NaN. */
static void
set_counts(SpkModel *model, const SpkRowStore *rows)
{
	for (int i = 0; i < SPK_N_FACTS; i++)
		model->facts[i] = NAN;
	model->facts[SPK_FACT_ROWS] = rows->n_rows;
	model->facts[SPK_FACT_POSITIVES] = (double) rows->n_positives;
	model->facts[SPK_FACT_SKIPPED] = (double) rows->n_skipped;
	if (rows->options.value[SPK_OPT_SAMPLE] < 1)
		model->facts[SPK_FACT_UNSAMPLED] = (double) rows->n_unsampled;
	if (rows->weight_name != NULL)
	{
		model->facts[SPK_FACT_UNWEIGHTED] = (double) rows->n_unweighted;
		strlcpy(model->weights, rows->weight_name, sizeof(model->weights));
	}
}

/* Sets the model's features, in the context: the bins and categories of each column. */
static void
bin_features(const SpkHost *host, const SpkTable *table, SpkModel *model, MemoryContext context,
			 SpkWarned *warned)
{
	SpkTrainProgress progress;

	model->n_features = table->n_columns;
	model->features = MemoryContextAllocZero(context, table->n_columns * sizeof(SpkFeature));
	spk_train_progress_start(&progress);
	spk_bin_columns(host, table, spk_training_binning(model->algorithm, &model->options, table),
					model->features, &progress, 0, table->n_columns);
	for (uint32 i = 0; i < table->n_columns; i++)
		model->features[i].rule = table->columns[i].rule;
	spk_tell_of_rare(table, model->features, warned);
}

bytea *
spk_train_rows(SpkRowStore *rows, SpkTrainingCounts *counts, SpkWarned *warned)
{
	MemoryContext context;
	SpkHost		  host;
	SpkTable	  table;
	SpkModel	  model = {rows->algorithm, rows->options};
	bytea		 *result = NULL;

	*counts = spk_training_counts(rows);
	if (rows->n_positives == 0 || rows->n_positives == rows->n_rows)
		return NULL;

	/* a query may train thousands of groups, so that nothing may stay behind of one */
	context = AllocSetContextCreate(CurrentMemoryContext, "churn training", ALLOCSET_DEFAULT_SIZES);
	host = spk_pg_large_host(context);
	table = spk_store_take(rows, context);
	spk_warn_of_rows(rows, &table, warned);
	set_counts(&model, rows);
	spk_options_settle(&model.options, model.algorithm, rows->n_rows, (uint32) rows->n_positives);
	bin_features(&host, &table, &model, context, warned);
	if (fit_model(&host, &table, &model, &counts->lone, warned))
		result = spk_model_to_bytes(&model);
	spk_table_release(&table);
	MemoryContextDelete(context);
	return result;
}

PG_FUNCTION_INFO_V1(sparkify_forest_agg_transfn);
Datum
sparkify_forest_agg_transfn(PG_FUNCTION_ARGS)
{
	SpkCollectArgs args = {-1,	PG_NARGS() > 3 ? 3 : -1, -1, -1,
						   -1,	PG_NARGS() > 4 ? 4 : -1, -1, -1,
						   true};

	PG_RETURN_POINTER(spk_collect_row(fcinfo, &args));
}

/*
 * Rows on which no model can be trained give NULL and a notice, not an error: they may be
 * one group of many, which an aggregate cannot know.
 */
PG_FUNCTION_INFO_V1(sparkify_forest_agg_finalfn);
Datum
sparkify_forest_agg_finalfn(PG_FUNCTION_ARGS)
{
	SpkWarned		 *told;
	bytea			 *model;
	SpkTrainingCounts counts;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "forest trained outside an aggregate");
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	told = spk_warned_of(fcinfo->flinfo);
	model = spk_train_rows((SpkRowStore *) PG_GETARG_POINTER(0), &counts, told);
	if (model == NULL)
	{
		spk_tell_of_failure(&counts, &told->failures);
		PG_RETURN_NULL();
	}
	PG_RETURN_BYTEA_P(model);
}

PG_FUNCTION_INFO_V1(sparkify_train_agg_transfn);
Datum
sparkify_train_agg_transfn(PG_FUNCTION_ARGS)
{
	SpkCollectArgs args = {3, 4, 5, 6, 7, -1, 8, -1, true};

	PG_RETURN_POINTER(spk_collect_row(fcinfo, &args));
}

static TupleDesc
trained_desc(void)
{
	TupleDesc desc = CreateTemplateTupleDesc(N_TRAINED);

	TupleDescInitEntry(desc, TRAINED_MODEL + 1, "model", BYTEAOID, -1, 0);
	TupleDescInitEntry(desc, TRAINED_ROWS + 1, "n_rows", INT8OID, -1, 0);
	TupleDescInitEntry(desc, TRAINED_POSITIVES + 1, "n_positive", INT8OID, -1, 0);
	TupleDescInitEntry(desc, TRAINED_SKIPPED + 1, "n_skipped", INT8OID, -1, 0);
	TupleDescInitEntry(desc, TRAINED_FEATURES + 1, "n_features", INT4OID, -1, 0);
	TupleDescInitEntry(desc, TRAINED_SECONDS + 1, "seconds", FLOAT8OID, -1, 0);
	TupleDescInitEntry(desc, TRAINED_LONE + 1, "lone", INT4OID, -1, 0);
	TupleDescInitEntry(desc, TRAINED_UNWEIGHTED + 1, "n_unweighted", INT8OID, -1, 0);
	TupleDescInitEntry(desc, TRAINED_UNSAMPLED + 1, "n_unsampled", INT8OID, -1, 0);
	spk_finish_tupdesc(desc);
	return BlessTupleDesc(desc);
}

/*
 * The model and its figures.  Where no model can be trained, the figures come without one,
 * not as an error: only the caller knows of which group these rows are.
 */
PG_FUNCTION_INFO_V1(sparkify_train_agg_finalfn);
Datum
sparkify_train_agg_finalfn(PG_FUNCTION_ARGS)
{
	SpkRowStore		 *rows;
	bytea			 *model;
	SpkTrainingCounts counts;
	instr_time		  start;
	instr_time		  end;
	Datum			  values[N_TRAINED];
	bool			  nulls[N_TRAINED] = {false};

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "model trained outside an aggregate");
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();

	/* training, and not collecting, is what "seconds" measures */
	rows = (SpkRowStore *) PG_GETARG_POINTER(0);
	INSTR_TIME_SET_CURRENT(start);
	model = spk_train_rows(rows, &counts, spk_warned_of(fcinfo->flinfo));
	INSTR_TIME_SET_CURRENT(end);
	INSTR_TIME_SUBTRACT(end, start);

	values[TRAINED_MODEL] = PointerGetDatum(model);
	nulls[TRAINED_MODEL] = model == NULL;
	values[TRAINED_ROWS] = Int64GetDatum(counts.n_rows);
	values[TRAINED_POSITIVES] = Int64GetDatum(counts.n_positives);
	values[TRAINED_SKIPPED] = Int64GetDatum(counts.n_skipped);
	values[TRAINED_FEATURES] = Int32GetDatum((int32) rows->n_columns);
	values[TRAINED_SECONDS] = Float8GetDatum(INSTR_TIME_GET_DOUBLE(end));
	values[TRAINED_LONE] = Int32GetDatum(counts.lone);
	values[TRAINED_UNWEIGHTED] = Int64GetDatum(counts.n_unweighted);
	values[TRAINED_UNSAMPLED] = Int64GetDatum(counts.n_unsampled);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(trained_desc(), values, nulls)));
}

/* What churn_train keeps while its query runs. */
typedef struct TrainResult
{
	Tuplestorestate *store;
	TupleDesc		 desc;
	Datum			 algorithm;
	bool			 grouped;
	SpkFailures		 failures;
} TrainResult;

/*
 * Notes a group without a model, with the columns that sparkify_train_agg gave.  Without
 * groups, such rows are an error.
 */
static void
note_failure(TrainResult *result, const char *group, const Datum *trained)
{
	SpkTrainingCounts counts = {DatumGetInt64(trained[TRAINED_ROWS]),
								DatumGetInt64(trained[TRAINED_POSITIVES]),
								DatumGetInt64(trained[TRAINED_SKIPPED]),
								DatumGetInt32(trained[TRAINED_LONE]),
								DatumGetInt64(trained[TRAINED_UNWEIGHTED]),
								DatumGetInt64(trained[TRAINED_UNSAMPLED])};

	if (!result->grouped)
		spk_check_trainable(&counts);
	spk_add_failure(&result->failures, group, &counts);
}

/* Adds a row of churn_train, from a group and what sparkify_train_agg made of it. */
static void
put_trained(TupleTableSlot *slot, void *arg)
{
	TrainResult	 *result = arg;
	bool		  no_group;
	bool		  no_rows;
	Datum		  group = slot_getattr(slot, 1, &no_group);
	Datum		  trained = slot_getattr(slot, 2, &no_rows);
	HeapTupleData tuple;
	Datum		  t[N_TRAINED];
	bool		  t_nulls[N_TRAINED];

	/* without groups, an empty source gives one row that has nothing */
	if (no_rows)
		return;

	tuple.t_data = DatumGetHeapTupleHeader(trained);
	tuple.t_len = HeapTupleHeaderGetDatumLength(tuple.t_data);
	heap_deform_tuple(&tuple, trained_desc(), t, t_nulls);
	result->failures.n_groups++;
	if (t_nulls[TRAINED_MODEL])
		note_failure(result, no_group ? NULL : TextDatumGetCString(group), t);
	{
		Datum values[] = {group,
						  t[TRAINED_MODEL],
						  result->algorithm,
						  t[TRAINED_ROWS],
						  t[TRAINED_POSITIVES],
						  t[TRAINED_FEATURES],
						  t[TRAINED_SECONDS]};
		bool  nulls[lengthof(values)] = {no_group, t_nulls[TRAINED_MODEL]};

		tuplestore_putvalues(result->store, result->desc, values, nulls);
	}
}

/*
 * The query that trains on a source.  Parameters: $1 algorithm, $2 options, $3 excluded
 * columns, $4 name of the id, $5 name of the time, $6 names of the row's columns.
 */
static char *
training_query(const char *schema, const char *from, const SpkSourceRow *row, const char *label,
			   const SpkRoles *roles, const char *group_by)
{
	const char *agg = psprintf("%s.sparkify_train_agg(q.%s, %s, $1, $2, $3, %s, %s, %s)", schema,
							   quote_identifier(label), row->expression,
							   roles->id == NULL ? "NULL" : "$4",
							   roles->time == NULL ? "NULL" : "$5",
							   row->names == NULL ? "NULL" : "$6");
	const char *group;

	if (group_by == NULL)
		return psprintf("SELECT NULL::pg_catalog.text, %s FROM %s", agg, from);
	group = quote_identifier(group_by);
	return psprintf("SELECT q.%s::pg_catalog.text, %s FROM %s GROUP BY q.%s ORDER BY q.%s", group,
					agg, from, group, group);
}

/* Trains on the source, whose rows are of these columns, by the arguments of churn_train. */
static void
train_source(FunctionCallInfo fcinfo, const char *from, TupleDesc columns, const char *label,
			 const SpkRoles *roles, const char *group_by, TrainResult *result)
{
	static const Oid types[] = {TEXTOID, JSONBOID, TEXTARRAYOID, TEXTOID, TEXTOID, TEXTARRAYOID};
	const char		*schema = spk_own_schema(fcinfo->flinfo->fn_oid);
	SpkSourceRow	 row = spk_source_row(from, columns);
	char			*sql = training_query(schema, from, &row, label, roles, group_by);
	Datum			 params[lengthof(types)];
	int				 nest_level;

	params[0] = PG_GETARG_DATUM(2);
	params[1] = PG_ARGISNULL(3) ? DirectFunctionCall1(jsonb_in, CStringGetDatum("{}")) :
								  PG_GETARG_DATUM(3);
	params[2] = roles->excluded;

	/* without an id, time or names the query does not use the parameter, which still needs a value */
	params[3] = CStringGetTextDatum(roles->id == NULL ? "" : roles->id);
	params[4] = CStringGetTextDatum(roles->time == NULL ? "" : roles->time);
	params[5] = row.names == NULL ? roles->excluded : PointerGetDatum(row.names);
	nest_level = spk_collect_here(spk_source_rows(from), columns->natts);
	if (!spk_source_aggregates(sql, lengthof(types), types, params))
		sql = training_query(schema, spk_source_brought(pstrdup(from), schema), &row, label, roles,
							 group_by);
	spk_source_run(sql, lengthof(types), types, params, 2, (const Oid[]) {TEXTOID, RECORDOID},
				   put_trained, result);
	AtEOXact_GUC(true, nest_level);
}

PG_FUNCTION_INFO_V1(churn_train);
Datum
churn_train(PG_FUNCTION_ARGS)
{
	static const char *const required[] = {"source", "label", "algorithm"};
	static const SpkRoleArgs role_args = {4, 6, 7};
	ReturnSetInfo			*rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	TrainResult				 result = {NULL};
	bool					 grouped = !PG_ARGISNULL(5);
	SpkAlgorithm			 algorithm;
	SpkOptions				 options;
	SpkNamedOptions			 named;
	SpkRoles				 roles;
	char					*from;
	char					*label;
	char					*group_by;
	TupleDesc				 columns;

	/* all that can be wrong with the arguments is told before a row is read */
	spk_require_args(fcinfo, required, lengthof(required));
	algorithm = spk_algorithm_require(VARDATA_ANY(PG_GETARG_TEXT_PP(2)),
									  VARSIZE_ANY_EXHDR(PG_GETARG_TEXT_PP(2)));
	options = spk_options_from_jsonb(PG_ARGISNULL(3) ? NULL : PG_GETARG_JSONB_P(3), algorithm,
									 &named);
	from = spk_source_from(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	label = text_to_cstring(PG_GETARG_TEXT_PP(1));
	group_by = grouped ? text_to_cstring(PG_GETARG_TEXT_PP(5)) : NULL;
	columns = spk_source_columns(from);
	spk_source_require_column(columns, label, "label");
	if (grouped)
		spk_source_require_column(columns, group_by, "group_by");
	roles = spk_column_roles(fcinfo, &role_args, columns, (const char *[]) {label, group_by}, 2);
	spk_role_of_weights(&roles, named.weights, columns, label);
	spk_sample_require_id(&options, roles.id != NULL);

	spk_materialized_srf(fcinfo);
	result.store = rsinfo->setResult;
	result.desc = rsinfo->setDesc;
	result.algorithm = PG_GETARG_DATUM(2);
	result.grouped = grouped;
	spk_failures_init(&result.failures);
	train_source(fcinfo, from, columns, label, &roles, group_by, &result);
	spk_tell_of_failures(&result.failures);
	if (result.failures.n_groups == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no rows to train on")));
	PG_RETURN_NULL();
}

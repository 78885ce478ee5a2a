/*
 * compare.c
 *	  churn_compare: models that are judged on the same folds, and ranked.
 */
#include "compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

#include "rows/collect_source.h"
#include "judging/compare.h"
#include "core/judging/student.h"
#include "judging/metrics_agg.h"
#include "models/options_json.h"
#include "host/pg_host.h"
#include "host/source.h"
#include "host/args.h"
#include "training/learn.h"
#include "training/train_failure.h"

/* Arguments, counted from 0 */
enum
{
	ARG_SOURCE,
	ARG_LABEL,
	ARG_ALGORITHMS,
	ARG_FOLDS,
	ARG_HOLDOUT,
	ARG_METRIC,
	ARG_GRID,
	ARG_EXCLUDE,
	ARG_SEED,
	ARG_ID,
	ARG_TIME,
	N_ARGS
};

/* Columns of the result, counted from 0 */
enum
{
	COL_RANK,
	COL_ALGORITHM,
	COL_OPTIONS,
	COL_CV_MEAN,
	COL_CV_SD,
	COL_DIFFERENCE,
	COL_P_VALUE,
	COL_HOLDOUT,
	COL_SPREAD,
	COL_SECONDS,
	COL_MODEL,
	N_COLUMNS
};

/* A row of the result: a model, or the baseline. */
typedef struct Entry
{
	const SpkModelSpec *spec; /* NULL for the baseline */
	SpkCompareFit	   *fits; /* n_folds + 1 */
	bytea			   *model;
	double			   *values;	   /* of the metric, in each fold */
	double				mean;	   /* of these values */
	double				deviation; /* their standard deviation */
	double				seconds;   /* of all fits together */
} Entry;

typedef struct Output
{
	SpkComparePlan	 plan;
	Tuplestorestate *store;
	TupleDesc		 desc;
} Output;

/* ---- The baseline ---- */

/* Judges the claim that everybody churns with this probability by rows that were counted. */
static void
judge_claim(const SpkHost *host, const SpkFoldCount *count, double share,
			const SpkComparePlan *plan, SpkCompareFit *fit)
{
	size_t	   n = (size_t) count->n_rows[0] + count->n_rows[1];
	SpkScored *scored;

	if (n == 0)
		return;
	scored = spk_must_alloc(host, n, sizeof(SpkScored), "set of scored rows");
	for (size_t i = 0; i < n; i++)
		scored[i] = spk_scored(share, i >= count->n_rows[0]);
	spk_check(spk_metrics(host, scored, n, 0.5, &fit->metrics), "set of scored rows", NULL);
	spk_check(spk_metric_spread(host, scored, n, 0.5, plan->metric, plan->seed, fit->spread),
			  "set of scored rows", NULL);
	spk_release(host, scored);
}

/* The fits of a baseline that knows the share of churn in the rows it may train on, and no more. */
static SpkCompareFit *
judge_baseline(const SpkHost *host, const SpkComparePlan *plan, const SpkFoldCount *counts)
{
	SpkCompareFit *fits = palloc0((plan->n_folds + 1) * sizeof(SpkCompareFit));
	double		   n_rows[2] = {0, 0};

	for (uint32 fold = 0; fold < plan->n_folds; fold++)
		for (int label = 0; label < 2; label++)
			n_rows[label] += counts[fold].n_rows[label];
	for (uint32 fold = 0; fold <= plan->n_folds; fold++)
	{
		double others[2];

		for (int label = 0; label < 2; label++)
			others[label] = n_rows[label] -
				(fold == plan->n_folds ? 0 : counts[fold].n_rows[label]);
		judge_claim(host, &counts[fold], others[1] / (others[0] + others[1]), plan, &fits[fold]);
	}
	return fits;
}

/* ---- Ranks ---- */

static void
sum_up(const SpkComparePlan *plan, Entry *entry)
{
	uint32 k = plan->n_folds;
	double squares = 0;

	entry->values = palloc(k * sizeof(double));
	for (uint32 fold = 0; fold < k; fold++)
	{
		entry->values[fold] = spk_metric_value(&entry->fits[fold].metrics, plan->metric);
		entry->mean += entry->values[fold];
	}
	entry->mean /= k;
	for (uint32 fold = 0; fold < k; fold++)
		squares += (entry->values[fold] - entry->mean) * (entry->values[fold] - entry->mean);
	entry->deviation = sqrt(squares / (k - 1));
	for (uint32 fold = 0; fold <= k; fold++)
		entry->seconds += entry->fits[fold].seconds;
}

/* Ranks a before b?  Entries that are equal stay in the order in which they were asked for. */
static bool
is_better(const SpkComparePlan *plan, const Entry *a, const Entry *b)
{
	return spk_metric_is_loss(plan->metric) ? a->mean < b->mean : a->mean > b->mean;
}

/* Sorts the entries, the best one first. */
static void
rank_entries(const SpkComparePlan *plan, Entry *entries, int n)
{
	for (int i = 1; i < n; i++)
	{
		Entry entry = entries[i];
		int	  at = i;

		while (at > 0 && is_better(plan, &entry, &entries[at - 1]))
		{
			entries[at] = entries[at - 1];
			at--;
		}
		entries[at] = entry;
	}
}

/* Ranks are a permutation of the models and the baseline, and the order is that of the means. */
static void
check_ranks(const SpkComparePlan *plan, const Entry *entries, int n)
{
#ifdef USE_ASSERT_CHECKING
	for (int i = 0; i < n; i++)
		for (int k = 0; k < i; k++)
		{
			Assert(entries[i].spec != entries[k].spec && entries[i].fits != entries[k].fits);
			Assert(!is_better(plan, &entries[i], &entries[k]));
		}
	for (int i = 0; i < n; i++)
		Assert((entries[i].spec == NULL) == (entries[i].model == NULL));
#endif
}

/* The p value of an entry's difference from the best one. */
static double
p_value(const SpkComparePlan *plan, const Entry *entry, const Entry *best)
{
	double *differences = palloc(plan->n_folds * sizeof(double));
	double	p;

	for (uint32 fold = 0; fold < plan->n_folds; fold++)
		differences[fold] = entry->values[fold] - best->values[fold];
	p = spk_paired_p(differences, plan->n_folds);
	pfree(differences);
	return p;
}

/* ---- Rows of the result ---- */

static Datum
options_datum(const SpkModelSpec *spec)
{
	StringInfoData buf;

	initStringInfo(&buf);
	if (spec == NULL)
		appendStringInfoString(&buf, "{}");
	else
		spk_options_to_json(&buf, &spec->options, spec->algorithm, &spec->named);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(buf.data));
}

/* The metrics as a value of the column holdout, whose type is churn_metrics. */
static Datum
metrics_datum(TupleDesc desc, const SpkMetrics *metrics)
{
	Form_pg_attribute att = TupleDescAttr(desc, COL_HOLDOUT);
	TupleDesc		  type = lookup_rowtype_tupdesc(att->atttypid, att->atttypmod);
	Datum			  datum = HeapTupleGetDatum(spk_metrics_tuple(type, metrics));

	ReleaseTupleDesc(type);
	return datum;
}

static Datum
spread_datum(const double spread[2])
{
	Datum ends[2] = {Float8GetDatum(spread[0]), Float8GetDatum(spread[1])};

	return PointerGetDatum(
		construct_array(ends, 2, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

static void
put_entry(const Output *output, const Entry *entry, const Entry *best, int rank)
{
	const SpkComparePlan *plan = &output->plan;
	const SpkCompareFit	 *last = &entry->fits[plan->n_folds];
	Datum				  values[N_COLUMNS] = {0};
	bool				  nulls[N_COLUMNS] = {false};

	values[COL_RANK] = Int32GetDatum(rank);
	values[COL_ALGORITHM] = CStringGetTextDatum(
		entry->spec == NULL ? "baseline" : spk_training_name(entry->spec->algorithm));
	values[COL_OPTIONS] = options_datum(entry->spec);
	values[COL_CV_MEAN] = Float8GetDatum(entry->mean);
	values[COL_CV_SD] = Float8GetDatum(entry->deviation);

	/* the best one has no difference from itself to test */
	values[COL_DIFFERENCE] = Float8GetDatum(entry->mean - best->mean);
	nulls[COL_P_VALUE] = entry == best;
	if (entry != best)
		values[COL_P_VALUE] = Float8GetDatum(p_value(plan, entry, best));

	/* without a holdout the last fit is judged by nothing; the baseline has no model */
	nulls[COL_HOLDOUT] = last->metrics.n == 0;
	if (last->metrics.n > 0)
		values[COL_HOLDOUT] = metrics_datum(output->desc, &last->metrics);
	nulls[COL_SPREAD] = last->metrics.n == 0 || isnan(last->spread[0]);
	if (!nulls[COL_SPREAD])
		values[COL_SPREAD] = spread_datum(last->spread);
	values[COL_SECONDS] = Float8GetDatum(entry->seconds);
	nulls[COL_MODEL] = entry->model == NULL;
	values[COL_MODEL] = PointerGetDatum(entry->model);
	tuplestore_putvalues(output->store, output->desc, values, nulls);
}

/* Tells what training would tell of the fits to all folds. */
static void
tell_of_fits(const SpkComparison *comparison)
{
	for (uint32 i = 0; i < comparison->n_specs; i++)
	{
		SpkModel model = {spk_compare_spec(comparison, i)->algorithm};

		memcpy(model.facts, spk_compare_fit(comparison, i, comparison->n_folds)->facts,
			   sizeof(model.facts));
		spk_learn_tell_of_fit(&model);
	}
}

/* ---- The whole ---- */

/* Ranks the models and the baseline, and puts out a row for each of them. */
static void
put_results(const Output *output, const SpkComparison *comparison, SpkCompareFit *baseline,
			bytea **models)
{
	int	   n = (int) comparison->n_specs + 1;
	Entry *entries = palloc0(n * sizeof(Entry));

	for (int i = 0; i < n; i++)
	{
		Entry *entry = &entries[i];

		if (i < n - 1)
		{
			entry->spec = spk_compare_spec(comparison, (uint32) i);
			entry->fits = spk_compare_fit(comparison, (uint32) i, 0);
			entry->model = models[i];
		}
		else
			entry->fits = baseline;
		sum_up(&output->plan, entry);
	}
	rank_entries(&output->plan, entries, n);
	check_ranks(&output->plan, entries, n);
	for (int i = 0; i < n; i++)
		put_entry(output, &entries[i], &entries[0], i + 1);
}

/* Compares on these rows; a callback of spk_collect_source. */
static void
compare_rows(SpkRowStore *rows, void *arg)
{
	Output			 *output = arg;
	SpkComparePlan	 *plan = &output->plan;
	MemoryContext	  context = AllocSetContextCreate(CurrentMemoryContext, "churn comparison",
													  ALLOCSET_DEFAULT_SIZES);
	MemoryContext	  old = MemoryContextSwitchTo(context);
	SpkHost			  host = spk_pg_host(context);
	SpkFoldCount	 *counts = palloc((plan->n_folds + 1) * sizeof(SpkFoldCount));
	bytea			**models = palloc0(plan->n_specs * sizeof(bytea *));
	SpkTrainingCounts counted;
	SpkCompareMemory  memory;
	int				  n_workers;

	if (rows == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no rows to train on")));
	counted = spk_training_counts(rows);
	spk_check_trainable(&counted);

	/* the block may be shared memory: after an error the end of the transaction gives it back */
	spk_compare_new(plan, rows, context, counts, &memory, &n_workers);
	spk_compare_run(&memory, n_workers, models);
	spk_compare_check_fits(memory.comparison, counts, models);
	tell_of_fits(memory.comparison);
	put_results(output, memory.comparison, judge_baseline(&host, plan, counts), models);
	spk_block_release(&memory.block);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

static SpkMetric
metric_arg(text *name)
{
	SpkMetric	   metric;
	StringInfoData list;

	if (spk_metric_of(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &metric))
		return metric;
	initStringInfo(&list);
	for (int i = 0; i < SPK_N_METRICS; i++)
		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ", spk_metric_name((SpkMetric) i));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized metric \"%s\"", text_to_cstring(name)),
			 errhint("The metrics are: %s.", list.data)));
	return metric; /* not reached */
}

static SpkComparePlan
plan_from_args(FunctionCallInfo fcinfo)
{
	SpkComparePlan plan = {0};
	int			   folds = PG_GETARG_INT32(ARG_FOLDS);

	plan.metric = metric_arg(PG_GETARG_TEXT_PP(ARG_METRIC));
	if (folds < 2 || folds > SPK_MAX_FOLDS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("folds must be between 2 and %d, not %d", SPK_MAX_FOLDS, folds)));
	plan.n_folds = (uint32) folds;
	plan.holdout = PG_GETARG_FLOAT8(ARG_HOLDOUT);
	if (!(plan.holdout >= 0 && plan.holdout < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("holdout must be a share of the rows, at least 0 and less than 1, not %s",
						DatumGetCString(DirectFunctionCall1(float8out, PG_GETARG_DATUM(ARG_HOLDOUT))))));
	plan.seed = (uint64) PG_GETARG_INT64(ARG_SEED);
	plan.specs = spk_compare_specs(PG_GETARG_ARRAYTYPE_P(ARG_ALGORITHMS),
								   PG_ARGISNULL(ARG_GRID) ? NULL : PG_GETARG_JSONB_P(ARG_GRID),
								   plan.seed, &plan.n_specs, &plan.weights);
	return plan;
}

PG_FUNCTION_INFO_V1(churn_compare);
Datum
churn_compare(PG_FUNCTION_ARGS)
{
	static const char *const required[N_ARGS] = {"source",	"label",  "algorithms",		  "folds",
												 "holdout", "metric", [ARG_SEED] = "seed"};
	ReturnSetInfo			*rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	static const SpkRoleArgs role_args = {ARG_EXCLUDE, ARG_ID, ARG_TIME};
	Output					 output;
	char					*from;
	char					*label;
	TupleDesc				 columns;
	SpkRoles				 roles;

	/* all that can be wrong with the arguments is told before a row is read */
	spk_require_args(fcinfo, required, N_ARGS);
	output.plan = plan_from_args(fcinfo);
	from = spk_source_from(text_to_cstring(PG_GETARG_TEXT_PP(ARG_SOURCE)));
	label = text_to_cstring(PG_GETARG_TEXT_PP(ARG_LABEL));
	columns = spk_source_columns(from);
	spk_source_require_column(columns, label, "label");
	roles = spk_column_roles(fcinfo, &role_args, columns, (const char *[]) {label}, 1);
	spk_role_of_weights(&roles, output.plan.weights, columns, label);
	output.plan.group = roles.id;

	spk_materialized_srf(fcinfo);
	output.store = rsinfo->setResult;
	output.desc = rsinfo->setDesc;
	spk_collect_source(spk_own_schema(fcinfo->flinfo->fn_oid), from, columns, label, &roles,
					   compare_rows, &output);
	PG_RETURN_NULL();
}

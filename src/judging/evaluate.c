/*
 * evaluate.c
 *	  churn_evaluate: how good a model is on the rows of a source.  Each figure is a
 *	  line, beside what one would score who knows nothing.
 *
 * The figures are those of churn_metrics, at the model's own threshold.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"

#include "core/base/elementary.h"
#include "judging/metrics_agg.h"
#include "models/model_type.h"
#include "scoring/score.h"
#include "host/source.h"
#include "host/args.h"

/* When fewer rows than this churned, chance has too large a say. */
#define FEW_POSITIVES 50

typedef struct Evaluation
{
	ReturnSetInfo *rsinfo;
	SpkMetrics	   model;
	SpkMetrics	   nobody; /* the claim that nobody churns; only what the threshold decides */
	uint64		   n_rows; /* with those that have no label */
	double		   share;  /* of the labelled rows, that of positives */
} Evaluation;

/* Adds a line.  NaN becomes NULL. */
static void
put(const Evaluation *e, const char *metric, double value, double baseline, const char *meaning)
{
	Datum values[] = {CStringGetTextDatum(metric), Float8GetDatum(value), Float8GetDatum(baseline),
					  CStringGetTextDatum(meaning)};
	bool  nulls[] = {false, isnan(value), isnan(baseline), false};

	tuplestore_putvalues(e->rsinfo->setResult, e->rsinfo->setDesc, values, nulls);
}

static void
put_rows(const Evaluation *e)
{
	const SpkMetrics *m = &e->model;

	put(e, "n", m->n, NAN, "rows judged");
	put(e, "positives", m->positives, NAN,
		psprintf("rows that churned, %.1f %% of them%s", 100 * e->share,
				 m->positives < FEW_POSITIVES ? "; so few that chance moves all that follows" :
												""));
	put(e, "skipped", e->n_rows - m->n, NAN, "rows whose label is null; they are not judged");
}

/*
 * How far chance alone moves an AUC, 95 times of 100, by Hanley and McNeil (1982).  This
 * holds for rows that do not depend on each other.
 */
static double
auc_margin(const SpkMetrics *m)
{
	double a = m->auc;
	double positives = m->positives;
	double negatives = m->n - m->positives;
	double over_positives = (positives - 1) * (a / (2 - a) - a * a);
	double over_negatives = (negatives - 1) * (2 * a * a / (1 + a) - a * a);

	return 1.96 * sqrt((a * (1 - a) + over_positives + over_negatives) / (positives * negatives));
}

static void
put_ranking(const Evaluation *e)
{
	const SpkMetrics *m = &e->model;

	put(e, "auc", m->auc, isnan(m->auc) ? NAN : 0.5,
		isnan(m->auc) ?
			"needs rows that churned and rows that stayed" :
			psprintf(
				"of a row that churned and one that stayed, the first has the higher score in %.1f of 100 pairs, "
				"give or take %.1f by chance; in random order in 50",
				100 * m->auc, 100 * auc_margin(m)));
	put(e, "pr_auc", m->pr_auc, isnan(m->pr_auc) ? NAN : e->share,
		isnan(m->pr_auc) ?
			"needs rows that churned" :
			"precision on the way down the ranking, averaged over the rows that churned; "
			"in random order the share that churned");
}

static void
put_flags(const Evaluation *e)
{
	const SpkMetrics *m = &e->model;
	const SpkMetrics *nobody = &e->nobody;

	put(e, "threshold", m->threshold, NAN,
		"the model's own: rows with at least this probability of churn are flagged");
	put(e, "tp", m->tp, nobody->tp,
		psprintf("flagged, and churned: found, of " UINT64_FORMAT " that churned", m->positives));
	put(e, "fp", m->fp, nobody->fp,
		psprintf("flagged, but stayed: false alarms, of " UINT64_FORMAT " flagged", m->tp + m->fp));
	put(e, "fn", m->fn, nobody->fn, "not flagged, but churned: missed");
	put(e, "tn", m->tn, nobody->tn, "not flagged, and stayed");
}

static void
put_shares(const Evaluation *e)
{
	const SpkMetrics *m = &e->model;
	const SpkMetrics *nobody = &e->nobody;
	bool			  flags = m->tp + m->fp > 0;

	put(e, "precision", m->precision, flags ? e->share : NAN,
		flags ? psprintf("of 100 flagged, %.1f churned; of 100 taken at random, %.1f",
						 100 * m->precision, 100 * e->share) :
				"no row is flagged");
	put(e, "recall", m->recall, nobody->recall,
		isnan(m->recall) ?
			"needs rows that churned" :
			psprintf("of 100 that churned, %.1f are flagged; \"nobody churns\" finds none",
					 100 * m->recall));
	put(e, "f1", m->f1, nobody->f1,
		"precision and recall of the churn class in one figure, their harmonic mean");
	put(e, "weighted_f1", m->weighted_f1, nobody->weighted_f1,
		"f1 of those who churn and of those who stay, weighted by their numbers: Spark's f1");
	put(e, "macro_f1", m->macro_f1, nobody->macro_f1,
		"f1 of those who churn and of those who stay, plain mean");
	put(e, "accuracy", m->accuracy, nobody->accuracy,
		psprintf("of 100 rows, %.1f are told right; \"nobody churns\" is right for %.1f",
				 100 * m->accuracy, 100 * nobody->accuracy));
}

/* The log loss of the claim that everybody churns with this probability. */
static double
entropy(double share)
{
	return share <= 0 || share >= 1 ? 0 :
									  -share * spk_log(share) - (1 - share) * spk_log(1 - share);
}

static void
put_probabilities(const Evaluation *e)
{
	const SpkMetrics *m = &e->model;

	put(e, "log_loss", m->log_loss, entropy(e->share),
		psprintf(
			"how wrong the probabilities are, sure ones most; less is better; %.1f %% for everybody has the baseline",
			100 * e->share));
	put(e, "brier", m->brier, e->share * (1 - e->share),
		psprintf(
			"mean squared error of the probabilities; less is better; %.1f %% for everybody has the baseline",
			100 * e->share));
	put(e, "ece", m->ece, 0,
		psprintf(
			"on average %.1f points of 100 lie between the probability and the share that churned; "
			"%.1f %% for everybody is right on average, and tells nobody apart",
			100 * m->ece, 100 * e->share));
}

static void
put_best(const Evaluation *e)
{
	const SpkMetrics *m = &e->model;
	double			  everybody = m->positives == 0 ? NAN :
													  2.0 * m->positives / (double) (m->n + m->positives);

	put(e, "best_threshold", m->best_threshold, NAN,
		"the one with the best f1 on these rows, found by looking at their labels");
	put(e, "best_f1", m->best_f1, everybody,
		"f1 there: what the model's own threshold loses against it; flagging everybody has the baseline");
}

/* Takes the metrics from the one row of the query. */
static void
take_metrics(TupleTableSlot *slot, void *arg)
{
	Evaluation *e = arg;

	slot_getallattrs(slot);
	e->n_rows = DatumGetInt64(slot->tts_values[SPK_METRICS_COLUMNS]);
	if (slot->tts_isnull[0])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no labelled rows to judge"),
				 errdetail("The label is null in all " UINT64_FORMAT " rows.", e->n_rows)));
	spk_metrics_of_columns(slot->tts_values, slot->tts_isnull, &e->model);
}

/* Judges the model by the source, which is read once. */
static void
judge(Evaluation *e, Oid function, Datum value, const char *source, const char *label)
{
	const char	   *schema = spk_own_schema(function);
	const SpkModel *model = spk_model_from_datum(value, CurrentMemoryContext);
	char		   *from = spk_source_from(source);
	TupleDesc		columns = spk_source_columns(from);
	const Datum		params[] = {value, Float8GetDatum(model->threshold)};
	Oid				types[lengthof(params)] = {InvalidOid, FLOAT8OID};
	Oid			   *arguments;
	int				n_arguments;
	Oid				columns_of[SPK_METRICS_COLUMNS + 1];

	spk_source_require_column(columns, label, "label");
	(void) get_func_signature(function, &arguments, &n_arguments);
	types[0] = arguments[0];

	/* the types of all columns are checked before the row is read: the metrics, then the count */
	memcpy(columns_of, spk_metrics_types, sizeof(spk_metrics_types));
	columns_of[SPK_METRICS_COLUMNS] = INT8OID;
	spk_source_run(
		psprintf("SELECT (j.m).*, j.n_rows FROM (SELECT %s.churn_metrics(q.%s, %s, $2) AS m,"
				 " pg_catalog.count(*) AS n_rows FROM %s) AS j",
				 schema, quote_identifier(label), spk_prediction_of(model, columns, schema), from),
		lengthof(params), types, params, lengthof(columns_of), columns_of, take_metrics, e);
	e->share = (double) e->model.positives / (double) e->model.n;
	e->nobody.n = e->model.n;
	e->nobody.positives = e->model.positives;
	spk_metrics_flag(&e->nobody, e->model.threshold, 0, 0);
}

PG_FUNCTION_INFO_V1(churn_evaluate);
Datum
churn_evaluate(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"model", "source", "label"};
	Evaluation				 e = {(ReturnSetInfo *) fcinfo->resultinfo};

	spk_require_args(fcinfo, names, lengthof(names));
	spk_materialized_srf(fcinfo);
	judge(&e, fcinfo->flinfo->fn_oid, PG_GETARG_DATUM(0), text_to_cstring(PG_GETARG_TEXT_PP(1)),
		  text_to_cstring(PG_GETARG_TEXT_PP(2)));
	put_rows(&e);
	put_ranking(&e);
	put_flags(&e);
	put_shares(&e);
	put_probabilities(&e);
	put_best(&e);
	PG_RETURN_NULL();
}

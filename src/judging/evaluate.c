/*
 * evaluate.c
 *	  churn_evaluate: how good a model is on the rows of a source.  Each figure is a
 *	  line, beside what one would score who knows nothing.
 *
 * The figures are those of churn_metrics, at the model's own threshold.  Beside them are the
 * limits within which chance moves them, where that can be told.
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
#include "judging/judge_agg.h"
#include "judging/judge_source.h"
#include "host/source.h"
#include "host/args.h"

/* When fewer rows than this churned, chance has too large a say. */
#define FEW_POSITIVES 50

typedef struct Evaluation
{
	ReturnSetInfo *rsinfo;
	SpkJudgement   judgement;
	SpkMetrics	   model;  /* of the judgement */
	SpkMetrics	   nobody; /* the claim that nobody churns; only what the threshold decides */
	double		   share;  /* of the labelled rows, that of positives */
} Evaluation;

/* Adds a line.  NaN becomes NULL. */
static void
put_between(const Evaluation *e, const char *metric, double value, SpkInterval limits,
			double baseline, const char *meaning)
{
	Datum values[] = {CStringGetTextDatum(metric), Float8GetDatum(value),
					  Float8GetDatum(limits.low),  Float8GetDatum(limits.high),
					  Float8GetDatum(baseline),	   CStringGetTextDatum(meaning)};
	bool  nulls[] = {false,			  isnan(value), isnan(limits.low), isnan(limits.high),
					 isnan(baseline), false};

	tuplestore_putvalues(e->rsinfo->setResult, e->rsinfo->setDesc, values, nulls);
}

/* Adds a line without limits. */
static void
put(const Evaluation *e, const char *metric, double value, double baseline, const char *meaning)
{
	put_between(e, metric, value, (SpkInterval) {NAN, NAN}, baseline, meaning);
}

/* Adds a line with those of a figure. */
static void
put_figure(const Evaluation *e, const char *metric, double value, SpkFigure figure, double baseline,
		   const char *meaning)
{
	put_between(e, metric, value, e->judgement.figures[figure], baseline, meaning);
}

/* What the limits take for independent. */
static const char *
rows_meaning(const SpkJudgement *j)
{
	if (j->n_users == 0)
		return "rows judged; low and high take each for a user of its own";
	if (j->n_drawn == 0)
		return "rows judged, of users who have too many of them to tell low and high";
	if (j->n_drawn < j->metrics.n)
		return psprintf("rows judged; low and high are from " UINT64_FORMAT " users", j->n_users);
	return psprintf("rows judged, of " UINT64_FORMAT " users", j->n_users);
}

static void
put_rows(const Evaluation *e)
{
	const SpkMetrics *m = &e->model;

	put(e, "n", m->n, NAN, rows_meaning(&e->judgement));
	put(e, "positives", m->positives, NAN,
		psprintf("rows that churned, %.1f %% of them%s", 100 * e->share,
				 m->positives < FEW_POSITIVES ? "; so few that chance moves all that follows" :
												""));
	put(e, "skipped", e->judgement.n_rows - m->n, NAN,
		"rows whose label is null; they are not judged");
}

static void
put_ranking(const Evaluation *e)
{
	const SpkMetrics *m = &e->model;

	put_between(
		e, "auc", m->auc, e->judgement.delong.interval[0], isnan(m->auc) ? NAN : 0.5,
		isnan(m->auc) ?
			"needs rows that churned and rows that stayed" :
			psprintf(
				"of a row that churned and one that stayed, the first has the higher score in %.1f of 100 pairs; "
				"in random order in 50",
				100 * m->auc));
	put_figure(e, "pr_auc", m->pr_auc, SPK_FIGURE_PR_AUC, isnan(m->pr_auc) ? NAN : e->share,
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

	put_figure(e, "precision", m->precision, SPK_FIGURE_PRECISION, flags ? e->share : NAN,
			   flags ? psprintf("of 100 flagged, %.1f churned; of 100 taken at random, %.1f",
								100 * m->precision, 100 * e->share) :
					   "no row is flagged");
	put_figure(e, "recall", m->recall, SPK_FIGURE_RECALL, nobody->recall,
			   isnan(m->recall) ?
				   "needs rows that churned" :
				   psprintf("of 100 that churned, %.1f are flagged; \"nobody churns\" finds none",
							100 * m->recall));
	put_figure(e, "f1", m->f1, SPK_FIGURE_F1, nobody->f1,
			   "precision and recall of the churn class in one figure, their harmonic mean");
	put_figure(
		e, "weighted_f1", m->weighted_f1, SPK_FIGURE_WEIGHTED_F1, nobody->weighted_f1,
		"f1 of those who churn and of those who stay, weighted by their numbers: Spark's f1");
	put_figure(e, "macro_f1", m->macro_f1, SPK_FIGURE_MACRO_F1, nobody->macro_f1,
			   "f1 of those who churn and of those who stay, plain mean");
	put_figure(e, "accuracy", m->accuracy, SPK_FIGURE_ACCURACY, nobody->accuracy,
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

	put_figure(
		e, "log_loss", m->log_loss, SPK_FIGURE_LOG_LOSS, entropy(e->share),
		psprintf(
			"how wrong the probabilities are, sure ones most; less is better; %.1f %% for everybody has the baseline",
			100 * e->share));
	put_figure(
		e, "brier", m->brier, SPK_FIGURE_BRIER, e->share * (1 - e->share),
		psprintf(
			"mean squared error of the probabilities; less is better; %.1f %% for everybody has the baseline",
			100 * e->share));
	put_figure(
		e, "ece", m->ece, SPK_FIGURE_ECE, 0,
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
	put_figure(
		e, "best_f1", m->best_f1, SPK_FIGURE_BEST_F1, everybody,
		"f1 there: what the model's own threshold loses against it; flagging everybody has the baseline");
}

/* Takes the judgement from the one row of the query. */
static void
take_judgement(TupleTableSlot *slot, void *arg)
{
	Evaluation *e = arg;

	slot_getallattrs(slot);
	if (!slot->tts_isnull[0])
		e->judgement = spk_judgement_of(slot->tts_values[0]);
	if (e->judgement.metrics.n == 0)
		spk_refuse_unlabelled(e->judgement.n_rows);
	e->model = e->judgement.metrics;
}

/* Judges the model by the source, which is read once. */
static void
judge(Evaluation *e, FunctionCallInfo fcinfo)
{
	SpkJudgedSource judged = spk_judged_source(fcinfo->flinfo->fn_oid, PG_GETARG_DATUM(0),
											   text_to_cstring(PG_GETARG_TEXT_PP(1)),
											   text_to_cstring(PG_GETARG_TEXT_PP(2)),
											   PG_ARGISNULL(3) ?
												   NULL :
												   text_to_cstring(PG_GETARG_TEXT_PP(3)));
	const Datum		params[] = {PG_GETARG_DATUM(0), Float8GetDatum(judged.model->threshold),
								PG_GETARG_DATUM(4)};
	const Oid		types[] = {judged.model_type, FLOAT8OID, INT8OID};

	spk_judge_run(psprintf("SELECT %s FROM %s", spk_judge_call(&judged, NULL), judged.from),
				  lengthof(params), types, params, 1, (const Oid[]) {BYTEAOID}, take_judgement, e);
	e->share = (double) e->model.positives / (double) e->model.n;
	e->nobody.n = e->model.n;
	e->nobody.positives = e->model.positives;
	spk_metrics_flag(&e->nobody, e->model.threshold, 0, 0);
}

PG_FUNCTION_INFO_V1(churn_evaluate);
Datum
churn_evaluate(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"model", "source", "label", NULL, "seed"};
	Evaluation				 e = {(ReturnSetInfo *) fcinfo->resultinfo};

	spk_require_args(fcinfo, names, lengthof(names));
	spk_materialized_srf(fcinfo);
	judge(&e, fcinfo);
	put_rows(&e);
	put_ranking(&e);
	put_flags(&e);
	put_shares(&e);
	put_probabilities(&e);
	put_best(&e);
	PG_RETURN_NULL();
}

/*
 * cross_fit.c
 *	  Scores rows by models that have not seen them.
 */
#include <string.h>

#include "core/base/invariant.h"
#include "core/judging/calibrate.h"
#include "core/models/codec.h"
#include "core/models/learner.h"
#include "core/judging/threshold.h"
#include "core/trees/oob.h"
#include "core/judging/cross_fit.h"
#include "core/judging/score_bins.h"
#include "core/judging/unseen.h"

#ifdef SPK_CHECK_INVARIANTS

/* Each of the rows has one score, a probability. */
static void
check_scored(const SpkSamples *some, const SpkScored *scored, size_t n)
{
	uint64_t positives = 0;

	spk_assert(n <= (size_t) some->matrix.n_rows + some->values.n_rows);
	for (size_t i = 0; i < n; i++)
	{
		spk_assert(spk_scored_score(scored[i]) >= 0 && spk_scored_score(scored[i]) <= 1);
		positives += (uint64_t) spk_scored_label(scored[i]);
	}
	spk_assert(positives <= (uint64_t) some->matrix.n_positives + some->values.n_positives);
}

/* The metrics are those of the scored rows, which are sorted, at their threshold. */
static void
check_judged(const SpkScored *scored, size_t n, const SpkMetrics *metrics)
{
	uint64_t flagged = 0;
	uint64_t positives = 0;

	for (size_t i = 0; i < n; i++)
	{
		spk_assert(i == 0 || scored[i - 1] <= scored[i]);
		flagged += spk_scored_score(scored[i]) >= metrics->threshold;
		positives += (uint64_t) spk_scored_label(scored[i]);
	}
	spk_assert(metrics->n == n && metrics->positives == positives);
	spk_assert(metrics->tp + metrics->fp == flagged);
	spk_assert(metrics->threshold > 0 && metrics->threshold < 1);
}

#else
#define check_scored(some, scored, n)	 ((void) 0)
#define check_judged(scored, n, metrics) ((void) 0)
#endif

/* Copies the features, because a fit sets their importance.  What they point to is shared. */
static SpkFeature *
copy_features(const SpkHost *host, const SpkModel *like)
{
	SpkFeature *features = spk_alloc(host, like->n_features, sizeof(SpkFeature));

	if (features != NULL)
		memcpy(features, like->features, like->n_features * sizeof(SpkFeature));
	return features;
}

SpkStatus
spk_cross_fit_score(const SpkHost *host, const SpkSamples *samples, int fold, const SpkModel *like,
					SpkScored *scored, size_t *n)
{
	SpkModel	model = {.algorithm = like->algorithm, .options = like->options};
	SpkFeature *features = copy_features(host, like);
	SpkStatus	status;

	if (features == NULL)
		return SPK_NO_MEMORY;
	model.options.value[SPK_OPT_IMPORTANCE] = SPK_IMPORTANCE_IMPURITY;
	/* for a threshold alone, a model that saw a part less is near enough, in half the time */
	if (!spk_has_calibration(&like->options))
		model.options.value[SPK_OPT_REFIT] = 0;
	model.n_features = like->n_features;
	model.features = features;
	status = spk_samples_fit(host, samples, fold, &model);
	if (status == SPK_OK)
		status = spk_samples_score(host, samples, fold, &model, scored, n);
	model.n_features = 0; /* what they point to is like's */
	spk_model_release(host, &model);
	return status;
}

/* Calibrates the scores in place, by a map that is fitted to them. */
static SpkStatus
calibrate(const SpkHost *host, SpkScored *scored, size_t n, SpkScoredWeights weights,
		  SpkModel *model)
{
	SpkStatus status = spk_calibrate_weighted(host, scored, (uint32_t) n, weights, model);

	for (size_t i = 0; i < n && status == SPK_OK; i++)
		scored[i] = spk_scored(spk_calibrated(model, spk_scored_score(scored[i])),
							   spk_scored_label(scored[i]));
	return status;
}

SpkStatus
spk_cross_fit_learn(const SpkHost *host, SpkScored *scored, size_t n, SpkScoredWeights weights,
					SpkModel *model, SpkCrossFitted *fitted)
{
	SpkStatus status = SPK_OK;

	if (spk_has_calibration(&model->options))
		status = calibrate(host, scored, n, weights, model);
	if (status == SPK_OK)
		status = spk_metrics(host, scored, n, 0.5, &fitted->metrics);
	if (status == SPK_OK)
	{
		fitted->rule = spk_choose_threshold(&model->options, scored, n, &fitted->metrics);
		check_judged(scored, n, &fitted->metrics);
		fitted->scores = spk_score_bins(scored, n);
	}
	return status;
}

/*
 * Are scores that a model of this kind gave to rows which it had not seen spread as those of
 * another one, that was fitted to nearly the same rows?  Those of a tree alone are not: with a few
 * rows more or less it has other leaves.  Neither are those of trees that build on each other,
 * where each fit decides by itself when to stop: the fewer trees, the nearer all scores are.
 */
static bool
is_spread_alike(const SpkModel *model)
{
	if (!spk_has_trees(model->algorithm) || spk_option_applies(SPK_OPT_BOOTSTRAP, model->algorithm))
		return true;
	return spk_option_applies(SPK_OPT_EARLY_STOPPING, model->algorithm) &&
		model->options.value[SPK_OPT_EARLY_STOPPING] == 0;
}

void
spk_cross_fit_facts(const SpkCrossFitted *fitted, SpkModel *model)
{
	const SpkMetrics *metrics = &fitted->metrics;

	model->threshold = metrics->threshold;
	model->facts[SPK_FACT_THRESHOLD_RULE] = fitted->rule;
	model->facts[SPK_FACT_CV_ROWS] = (double) metrics->n;
	model->facts[SPK_FACT_CV_AUC] = metrics->auc;
	model->facts[SPK_FACT_CV_LOG_LOSS] = metrics->log_loss;
	model->facts[SPK_FACT_CV_F1] = metrics->f1;
	model->facts[SPK_FACT_CV_WEIGHTED_F1] = metrics->weighted_f1;
	model->facts[SPK_FACT_CV_MACRO_F1] = metrics->macro_f1;
	spk_keep_scores(model, is_spread_alike(model) ? &fitted->scores : NULL);
}

/* The scored rows of parts, and their weights where these count. */
typedef struct Parts
{
	SpkScored *scored;
	uint32_t  *weights; /* NULL when they do not count */
	double	   unit;
	size_t	   n;
} Parts;

/* Makes room for as many rows as there are; false without memory. */
static bool
new_parts(const SpkHost *host, const SpkSamples *some, const SpkModel *like, Parts *parts)
{
	/* one of the two forms is empty: together they count the rows once */
	size_t n = (size_t) some->matrix.n_rows + some->values.n_rows;
	bool   weighted = spk_calibrates_by_weight(&like->options);

	parts->unit = 1;
	parts->scored = spk_alloc(host, n, sizeof(SpkScored));
	parts->weights = weighted ? spk_alloc(host, n, sizeof(uint32_t)) : NULL;
	return parts->scored != NULL && (parts->weights != NULL || !weighted);
}

static void
release_parts(const SpkHost *host, Parts *parts)
{
	spk_release(host, parts->scored);
	spk_release(host, parts->weights);
}

/* Scores the rows of n_parts parts by models that have not seen the part. */
static SpkStatus
score_parts(const SpkHost *host, const SpkSamples *some, int n_parts, const SpkModel *like,
			Parts *parts)
{
	SpkStatus status = SPK_OK;

	parts->n = 0;
	for (int part = 0; part < n_parts && status == SPK_OK; part++)
	{
		size_t n_part = 0;

		status = spk_cross_fit_score(host, some, part, like, parts->scored + parts->n, &n_part);
		if (status == SPK_OK && parts->weights != NULL)
			parts->unit = spk_samples_weights(some, part, like->algorithm,
											  parts->weights + parts->n);
		parts->n += n_part;
	}
	if (status == SPK_OK)
		check_scored(some, parts->scored, parts->n);
	return status;
}

/* Will a fit to the rows outside the fold hold out enough of them to choose its threshold by? */
static SpkStatus
find_holdout(const SpkHost *host, const SpkSamples *samples, int fold, const SpkModel *model,
			 bool *enough)
{
	uint32_t  n_rows;
	uint32_t  n_positives;
	uint32_t  n_users;
	SpkStatus status;

	*enough = false;
	if (!spk_learns_codes(model->algorithm))
		return SPK_OK;
	status = spk_samples_rare_users(host, samples, fold, &n_rows, &n_positives, &n_users);
	if (status == SPK_OK)
		*enough = spk_holds_out_enough(&model->options, model->algorithm, n_rows, n_positives,
									   n_users);
	return status;
}

/* Fits the model, and has the rows that it holds out tell of its threshold. */
static SpkStatus
fit_by_holdout(const SpkHost *host, const SpkSamples *samples, int fold, SpkModel *model)
{
	SpkCrossFitted fitted;
	SpkStatus	   status = spk_samples_fit(host, samples, fold, model);

	/* users differ in how many rows they have: nobody may have been held out */
	if (status != SPK_OK || model->n_unseen == 0)
		return status;
	status = spk_unseen_learn(host, model, &fitted);
	if (status == SPK_OK)
		spk_cross_fit_facts(&fitted, model);
	return status;
}

SpkStatus
spk_cross_fit_model(const SpkHost *host, const SpkSamples *samples, int fold,
					const SpkSamples *parted, int n_parts, SpkModel *model)
{
	double		   method = model->options.value[SPK_OPT_CALIBRATE];
	Parts		   parts = {.scored = NULL};
	SpkCrossFitted fitted;
	SpkSamples	   some;
	bool		   held_out;
	SpkStatus	   status = find_holdout(host, samples, fold, model, &held_out);

	if (status != SPK_OK || held_out)
		return held_out ? fit_by_holdout(host, samples, fold, model) : status;
	status = spk_samples_take(host, samples, fold, parted, model->algorithm, &some);
	if (status == SPK_OK)
	{
		status = new_parts(host, &some, model, &parts) ?
			score_parts(host, &some, n_parts, model, &parts) :
			SPK_NO_MEMORY;
		spk_samples_release(host, &some);
	}

	/* rows that cannot be parted, or are too few to have all parts, leave the threshold alone */
	if (method == SPK_CALIBRATE_NONE &&
		(status == SPK_INVALID || (status == SPK_OK && parts.n == 0)))
	{
		release_parts(host, &parts);
		return spk_samples_fit(host, samples, fold, model);
	}

	/* fits turn the option off, because what they make is not calibrated yet */
	if (status == SPK_OK)
		status = spk_samples_fit(host, samples, fold, model);
	if (status == SPK_OK)
	{
		model->options.value[SPK_OPT_CALIBRATE] = method;
		status = spk_cross_fit_learn(host, parts.scored, parts.n,
									 (SpkScoredWeights) {parts.weights, parts.unit}, model,
									 &fitted);
	}
	if (status == SPK_OK)
		spk_cross_fit_facts(&fitted, model);
	release_parts(host, &parts);
	return status;
}

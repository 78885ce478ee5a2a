/*
 * search.c
 *	  Successive halving of candidates on shared folds.
 */
#include <math.h>
#include <string.h>

#include "core/base/elementary.h"
#include "core/judging/search.h"
#include "core/judging/weighted_auc.h"
#include "core/linear/logistic.h"
#include "core/models/codec.h"
#include "core/models/learner.h"
#include "core/rows/binning.h"
#include "core/scoring/predict.h"

/*
 * Folds are judged by before the first candidate is dropped until they have so many rows of
 * the rarer class.  Fewer tell too little of candidates that differ by a hundredth.
 */
#define RARE_TO_DROP_BY 250

/* ---- Candidates ---- */

typedef struct Setting
{
	SpkOption option;
	double	  value;
} Setting;

/* An algorithm and how it differs from its defaults; options without a value end the list. */
typedef struct Candidate
{
	SpkAlgorithm algorithm;
	int			 n_settings;
	Setting		 settings[4];
} Candidate;

/* The most promising ones first: the option candidates cuts the list. */
static const Candidate candidates[] = {
	{SPK_GRADIENT_BOOSTING, 0, {{SPK_N_OPTIONS, 0}}},
	{SPK_LOGISTIC_REGRESSION, 0, {{SPK_N_OPTIONS, 0}}},
	{SPK_RANDOM_FOREST, 0, {{SPK_N_OPTIONS, 0}}},
	{SPK_GRADIENT_BOOSTING,
	 4,
	 {{SPK_OPT_MAX_DEPTH, 6},
	  {SPK_OPT_FEATURES_PER_SPLIT, 0.5},
	  {SPK_OPT_MIN_LEAF, 5},
	  {SPK_OPT_L2, 1}}},
	{SPK_RANDOM_FOREST, 1, {{SPK_OPT_FEATURES_PER_SPLIT, 0.5}}},
	{SPK_LOGISTIC_REGRESSION, 1, {{SPK_OPT_L2, 30}}},
	{SPK_GRADIENT_BOOSTING, 2, {{SPK_OPT_MAX_DEPTH, 1}, {SPK_OPT_LEARNING_RATE, 0.1}}},
	{SPK_GRADIENT_BOOSTING, 1, {{SPK_OPT_CATEGORY_SUBSETS, 0}}},
};

#define N_CANDIDATES ((uint32_t) (sizeof(candidates) / sizeof(candidates[0])))

/*
 * Can models of the algorithm be held to what is asked?  The weights of a regression point
 * where they will.  Its features do not meet anyway, so that groups of them ask nothing.
 */
static bool
is_held(const SpkOptions *asked, SpkAlgorithm algorithm)
{
	return !spk_has_monotone(asked) || spk_option_applies(SPK_OPT_MONOTONE, algorithm);
}

/* Could a model of this candidate be fitted?  A regression has a column for each category. */
static bool
is_possible(const Candidate *candidate, const SpkModel *like)
{
	const SpkLearner *learner = &spk_learners[candidate->algorithm];
	SpkModel		  model = {.algorithm = candidate->algorithm};

	model.features = like->features;
	model.n_features = like->n_features;
	return learner->count_columns == NULL || learner->count_columns(&model) <= SPK_MAX_COLUMNS;
}

/*
 * Is the candidate the same as with its algorithm's defaults?  Statistics for all categories
 * make no other model where there are none that would be split by subsets.
 */
static bool
is_idle(const Candidate *candidate, const SpkModel *like)
{
	const SpkOptionUse *use =
		&spk_option_specs[SPK_OPT_CATEGORY_SUBSETS].uses[candidate->algorithm];

	if (candidate->n_settings != 1 || candidate->settings[0].option != SPK_OPT_CATEGORY_SUBSETS)
		return false;
	for (uint32_t f = 0; f < like->n_features; f++)
	{
		const SpkFeature *feature = &like->features[f];

		if (feature->kind == SPK_CATEGORY && !spk_has_places(feature) && feature->n_bins > 0 &&
			feature->n_bins <= use->value)
			return false;
	}
	return true;
}

uint32_t
spk_search_candidates(const SpkOptions *asked, const SpkModel *like, SpkTried *tried)
{
	static const SpkOption passed[] = {SPK_OPT_CLASS_WEIGHT, SPK_OPT_SEED, SPK_OPT_MODELS};
	uint32_t			   n = 0;

	for (uint32_t i = 0; i < N_CANDIDATES && n < asked->value[SPK_OPT_CANDIDATES]; i++)
	{
		const Candidate *candidate = &candidates[i];
		SpkOptions		*options = &tried[n].options;

		if (!is_held(asked, candidate->algorithm) || !is_possible(candidate, like) ||
			is_idle(candidate, like))
			continue;
		tried[n++] = (SpkTried) {.algorithm = candidate->algorithm};
		*options = spk_options_default(candidate->algorithm);
		for (int s = 0; s < candidate->n_settings; s++)
			options->value[candidate->settings[s].option] = candidate->settings[s].value;
		for (size_t o = 0; o < sizeof(passed) / sizeof(passed[0]); o++)
			if (spk_option_applies(passed[o], candidate->algorithm))
				options->value[passed[o]] = asked->value[passed[o]];
	}
	return n;
}

bool
spk_search_leaves_out(const SpkOptions *asked, SpkAlgorithm algorithm)
{
	for (uint32_t i = 0; i < N_CANDIDATES && i < asked->value[SPK_OPT_CANDIDATES]; i++)
		if (candidates[i].algorithm == algorithm)
			return !is_held(asked, algorithm);
	return false;
}

void
spk_search_start(const SpkTried *candidate, const SpkModel *like, uint32_t n_rows,
				 uint32_t n_positives, SpkModel *model)
{
	static const SpkOption named[] = {SPK_OPT_WEIGHTS, SPK_OPT_MONOTONE, SPK_OPT_INTERACTIONS};
	SpkAlgorithm		   algorithm = candidate->algorithm;
	double				  *value = model->options.value;

	model->algorithm = algorithm;
	model->options = candidate->options;
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (spk_option_applies(named[i], algorithm))
			value[named[i]] = like->options.value[named[i]];
	memcpy(model->weights, like->weights, sizeof(model->weights));
	spk_options_settle(&model->options, algorithm, n_rows, n_positives);
	for (int i = 0; i < SPK_N_FACTS; i++)
		model->facts[i] = NAN;

	/* models without an option hold nothing of what it says */
	for (uint32_t f = 0; f < model->n_features; f++)
	{
		if (value[SPK_OPT_MONOTONE] == 0)
			model->features[f].rule.monotone = 0;
		if (value[SPK_OPT_INTERACTIONS] == 0)
			model->features[f].rule.groups = 0;
	}
}

/* ---- Rounds ---- */

/* How many folds the first round takes. */
static uint32_t
first_folds(const SpkSearch *search)
{
	uint64_t rows[SPK_SEARCH_FOLDS][2] = {{0}};
	uint64_t sum[2] = {0, 0};

	for (uint32_t r = 0; r < search->n_rows; r++)
		if (search->folds[r] < SPK_SEARCH_FOLDS)
			rows[search->folds[r]][search->labels[r] != 0]++;
	for (uint32_t fold = 0; fold < SPK_SEARCH_FOLDS; fold++)
	{
		sum[0] += rows[fold][0];
		sum[1] += rows[fold][1];
		if (sum[0] >= RARE_TO_DROP_BY && sum[1] >= RARE_TO_DROP_BY)
			return fold + 1;
	}
	return SPK_SEARCH_FOLDS;
}

static void
list_fits(SpkSearch *search, uint32_t n_folds)
{
	search->n_fits = 0;
	for (uint32_t i = 0; i < search->n; i++)
		for (uint32_t fold = search->n_folds_done; fold < n_folds && search->left[i]; fold++)
			search->fits[search->n_fits++] = (SpkSearchFit) {i, fold};
}

/*
 * Weighs the rows as training does: each by its own weight times that of its class.  Where
 * neither is asked for, weights stay NULL.
 */
static SpkStatus
weigh_rows(const SpkHost *host, SpkSearch *search)
{
	double of_class[2] = {0, 0};

	search->weights = NULL;
	if (search->multiples == NULL &&
		(search->asked == NULL || search->asked->value[SPK_OPT_CLASS_WEIGHT] == SPK_WEIGHT_NONE))
		return SPK_OK;
	search->weights = spk_alloc(host, search->n_rows, sizeof(double));
	if (search->weights == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t r = 0; r < search->n_rows; r++)
	{
		search->weights[r] = search->multiples == NULL ? 1 : search->multiples[r];
		of_class[search->labels[r] != 0] += search->weights[r];
	}
	if (search->asked != NULL)
	{
		spk_class_weights(search->asked, of_class[0], of_class[1], of_class);
		for (uint32_t r = 0; r < search->n_rows; r++)
			search->weights[r] *= of_class[search->labels[r] != 0];
	}
	return SPK_OK;
}

/* Sets the log loss and AUC of a candidate, by the folds that are done. */
static SpkStatus
judge(const SpkHost *host, SpkSearch *search, uint32_t candidate)
{
	const double	 *margins = search->margins + (size_t) candidate * search->n_rows;
	SpkTried		 *tried = &search->tried[candidate];
	SpkWeightedScore *scored = spk_alloc(host, search->n_rows, sizeof(SpkWeightedScore));
	double			  loss = 0;
	double			  auc = 0;
	double			  weight = 0;
	uint32_t		  n_aucs = 0;
	SpkStatus		  status = scored == NULL ? SPK_NO_MEMORY : SPK_OK;

	for (uint32_t fold = 0; fold < search->n_folds_done && status == SPK_OK; fold++)
	{
		double	 of_fold;
		uint32_t n = 0;

		for (uint32_t r = 0; r < search->n_rows; r++)
			if (search->folds[r] == fold)
			{
				double w = search->weights == NULL ? 1 : search->weights[r];

				loss += w * spk_log_loss(margins[r], search->labels[r]);
				weight += w;
				scored[n++] = (SpkWeightedScore) {spk_scored(spk_sigmoid(margins[r]),
															 search->labels[r]),
												  w};
			}
		status = spk_weighted_auc(host, scored, n, &of_fold);
		if (status == SPK_OK && !isnan(of_fold))
		{
			auc += of_fold;
			n_aucs++;
		}
	}
	spk_release(host, scored);
	tried->folds = search->n_folds_done;
	tried->log_loss = weight == 0 ? 0 : loss / weight;
	tried->auc = n_aucs == 0 ? 0.5 : auc / n_aucs;
	return status;
}

/* Is candidate a better than b, of which the first in the list is if they are equal? */
static bool
is_better(const SpkSearch *search, uint32_t a, uint32_t b)
{
	double x = search->tried[a].log_loss;
	double y = search->tried[b].log_loss;

	return x != y ? x < y : a < b;
}

/* Drops the worse half of those that are left, but never the best one of an algorithm. */
static void
halve(SpkSearch *search)
{
	bool	 keep[SPK_MAX_TRIED];
	uint32_t n_left = 0;

	for (uint32_t i = 0; i < search->n; i++)
		n_left += search->left[i];
	for (uint32_t i = 0; i < search->n; i++)
	{
		uint32_t before = 0;
		bool	 best = true;

		for (uint32_t other = 0; other < search->n; other++)
			if (search->left[other] && other != i && is_better(search, other, i))
			{
				before++;
				best = best && search->tried[other].algorithm != search->tried[i].algorithm;
			}
		keep[i] = search->left[i] && (best || before < (n_left + 1) / 2);
	}
	memcpy(search->left, keep, search->n * sizeof(bool));
}

/* One round, up to so many folds. */
static SpkStatus
run_round(const SpkHost *host, SpkSearch *search, uint32_t n_folds, SpkSearchRound run, void *ctx)
{
	SpkStatus status;

	list_fits(search, n_folds);
	status = run(ctx, search);
	search->n_folds_done = n_folds;
	for (uint32_t i = 0; i < search->n && status == SPK_OK; i++)
		if (search->left[i])
			status = judge(host, search, i);
	return status;
}

/* ---- The choice ---- */

/* Weighs what is left by ensemble.h. */
static SpkStatus
choose(const SpkHost *host, SpkSearch *search)
{
	SpkMargins margins = {.n_rows = search->n_rows,
						  .n_folds = SPK_SEARCH_FOLDS,
						  .labels = search->labels,
						  .folds = search->folds,
						  .weights = search->weights};
	uint32_t   numbers[SPK_MAX_TRIED];
	double	   weights[SPK_MAX_TRIED];
	SpkStatus  status;

	for (uint32_t i = 0; i < search->n; i++)
		if (search->left[i])
		{
			numbers[margins.n_models] = i;
			margins.margins[margins.n_models++] = search->margins + (size_t) i * search->n_rows;
		}
	status = spk_ensemble_choose(host, &margins, weights, &search->test);
	for (uint32_t i = 0; i < margins.n_models && status == SPK_OK; i++)
		search->tried[numbers[i]].weight = weights[i];
	return status;
}

SpkStatus
spk_search(const SpkHost *host, SpkSearch *search, SpkSearchRound run, void *ctx)
{
	uint32_t  first = first_folds(search);
	SpkStatus status = weigh_rows(host, search);

	search->n_folds_done = 0;
	for (uint32_t i = 0; i < search->n; i++)
		search->left[i] = true;
	if (status == SPK_OK)
		status = run_round(host, search, first, run, ctx);
	if (status == SPK_OK && first < SPK_SEARCH_FOLDS)
	{
		halve(search);
		status = run_round(host, search, first + 1, run, ctx);
	}
	if (status == SPK_OK && search->n_folds_done < SPK_SEARCH_FOLDS)
	{
		halve(search);
		status = run_round(host, search, SPK_SEARCH_FOLDS, run, ctx);
	}
	if (status == SPK_OK)
		status = choose(host, search);
	spk_release(host, search->weights);
	search->weights = NULL;
	return status;
}

/* ---- Fits ---- */

/* Sets the margins of the rows in the fold. */
static SpkStatus
put_margins(const SpkHost *host, const SpkSamples *samples, int fold, const SpkModel *model,
			double *margins)
{
	const SpkMatrix *matrix = &samples->matrix;
	bool			 grouped = matrix->n_grouped > 0 && spk_has_trees(model->algorithm);
	uint8_t			*own = grouped ? spk_alloc(host, 1, matrix->stride) : NULL;
	SpkStatus		 status = grouped && own == NULL ? SPK_NO_MEMORY : SPK_OK;

	for (uint32_t r = 0; r < matrix->n_rows && status == SPK_OK; r++)
	{
		const uint8_t *codes = spk_matrix_row(matrix, r);

		if (r % SPK_POLL_VALUES == 0 && spk_cancelled(host))
			status = SPK_CANCELLED;
		if (samples->matrix_folds[r] != fold)
			continue;

		/* the matrix does not know the groups that this model has made of categories */
		if (grouped)
		{
			spk_regroup_rows(matrix, model->features, &r, 1, own);
			codes = own;
		}
		margins[r] = spk_row_margin(model, codes, spk_values_row(&samples->values, r));
	}
	spk_release(host, own);
	return status;
}

SpkStatus
spk_search_fit(const SpkHost *host, const SpkSamples *samples, int fold, const SpkTried *candidate,
			   const SpkModel *like, double *margins)
{
	SpkModel  model = {.n_features = 0};
	SpkStatus status;

	model.features = spk_alloc(host, like->n_features, sizeof(SpkFeature));
	if (model.features == NULL)
		return SPK_NO_MEMORY;

	/* a fit sets the importance of features; what they point to is like's */
	memcpy(model.features, like->features, like->n_features * sizeof(SpkFeature));
	model.n_features = like->n_features;
	spk_search_start(candidate, like, samples->matrix.n_rows, samples->matrix.n_positives, &model);
	status = spk_samples_fit(host, samples, fold, &model);
	if (status == SPK_OK)
		status = put_margins(host, samples, fold, &model, margins);
	model.n_features = 0;
	spk_model_release(host, &model);
	return status;
}

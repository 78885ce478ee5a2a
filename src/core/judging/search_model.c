/*
 * search_model.c
 *	  From the end of a search to a model.
 */
#include <math.h>
#include <string.h>

#include "core/base/elementary.h"
#include "core/judging/score_bins.h"
#include "core/judging/search.h"
#include "core/models/calibration.h"
#include "core/models/codec.h"
#include "core/models/learner.h"
#include "core/rows/code_form.h"

uint32_t
spk_search_n_parts(const SpkSearch *search)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < search->n; i++)
		n += search->tried[i].weight > 0;
	return n;
}

/* The candidate that has all of the weight, or NULL. */
static const SpkTried *
only_part(const SpkSearch *search)
{
	for (uint32_t i = 0; i < search->n; i++)
		if (search->tried[i].weight == 1)
			return &search->tried[i];
	return NULL;
}

/* The score that a model has alone which has this margin as a part. */
static double
own_score(const SpkTried *tried, double margin)
{
	double score = spk_sigmoid(margin);

	if (spk_learners[tried->algorithm].answer == SPK_ANSWER_LOGISTIC)
		return score;
	return fmin(fmax((score - SPK_PLATT_SHRINK) / (1 - 2 * SPK_PLATT_SHRINK), 0), 1);
}

void
spk_search_score(const SpkSearch *search, SpkScored *scored, uint32_t *multiples, size_t *n)
{
	const SpkTried *alone = only_part(search);

	*n = 0;
	for (uint32_t r = 0; r < search->n_rows; r++)
	{
		double margin = 0;

		if (search->folds[r] >= SPK_SEARCH_FOLDS)
			continue;
		for (uint32_t i = 0; i < search->n; i++)
			if (search->tried[i].weight > 0)
				margin += search->tried[i].weight *
					search->margins[(size_t) i * search->n_rows + r];
		if (multiples != NULL && search->multiples != NULL)
			multiples[*n] = search->multiples[r];
		scored[(*n)++] = spk_scored(alone ? own_score(alone, margin) : spk_sigmoid(margin),
									search->labels[r]);
	}
}

SpkStatus
spk_search_learn(const SpkHost *host, const SpkSearch *search, SpkModel *model,
				 SpkCrossFitted *fitted)
{
	bool	   weighted = search->multiples != NULL && spk_has_calibration(&model->options);
	SpkScored *scored = spk_alloc(host, search->n_rows, sizeof(SpkScored));
	uint32_t  *multiples = weighted ? spk_alloc(host, search->n_rows, sizeof(uint32_t)) : NULL;
	SpkStatus  status = SPK_NO_MEMORY;
	size_t	   n;

	if (scored != NULL && (multiples != NULL || !weighted))
	{
		SpkScoredWeights weights = {multiples, weighted ? search->unit : 1};

		spk_search_score(search, scored, multiples, &n);
		status = spk_cross_fit_learn(host, scored, n, weights, model, fitted);
	}
	spk_release(host, scored);
	spk_release(host, multiples);
	return status;
}

/* ---- The model ---- */

/* Notes what the search has tried. */
static SpkStatus
note_tried(const SpkHost *host, const SpkSearch *search, SpkModel *model)
{
	model->tried = spk_alloc(host, search->n, sizeof(SpkTried));
	if (model->tried == NULL)
		return SPK_NO_MEMORY;
	memcpy(model->tried, search->tried, search->n * sizeof(SpkTried));
	model->n_tried = search->n;
	model->facts[SPK_FACT_CANDIDATES] = search->n;
	model->facts[SPK_FACT_SEARCHED_ROWS] = search->n_rows;
	return SPK_OK;
}

/* The means of the parts' importances, which sum to 1 unless all are 0. */
static void
mean_importances(SpkModel *model)
{
	double sum = 0;

	for (uint32_t f = 0; f < model->n_features; f++)
	{
		double *importance = &model->features[f].importance;

		*importance = 0;
		for (uint32_t i = 0; i < model->n_parts; i++)
			*importance += model->parts[i].weight * model->parts[i].model.features[f].importance;
		sum += *importance;
	}
	for (uint32_t f = 0; f < model->n_features && sum > 0; f++)
		model->features[f].importance /= sum;
}

/* What the parts know of the weight of the rows: of its unit, trees alone. */
static void
take_weight_facts(SpkModel *model)
{
	static const SpkFact facts[] = {SPK_FACT_WEIGHT, SPK_FACT_POSITIVE_WEIGHT,
									SPK_FACT_WEIGHT_UNIT};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		for (uint32_t part = 0; part < model->n_parts; part++)
			if (isnan(model->facts[facts[i]]))
				model->facts[facts[i]] = model->parts[part].model.facts[facts[i]];
}

static SpkStatus
become_blend(const SpkHost *host, const SpkSearch *search, SpkModel *parts, SpkModel *model)
{
	uint32_t n = 0;

	model->parts = spk_alloc(host, spk_search_n_parts(search), sizeof(SpkPart));
	if (model->parts == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t i = 0; i < search->n; i++)
		if (search->tried[i].weight > 0)
		{
			model->parts[n] = (SpkPart) {.weight = search->tried[i].weight, .model = parts[n]};
			memset(&parts[n], 0, sizeof(SpkModel));
			/* of the blend's scores, those of a part alone say nothing */
			spk_keep_scores(&model->parts[n].model, NULL);
			n++;
		}
	model->n_parts = n;
	mean_importances(model);
	take_weight_facts(model);
	return SPK_OK;
}

/* The model becomes that of its only part, with the options that were for the whole. */
static void
become_plain(const SpkHost *host, SpkModel *part, SpkModel *model)
{
	SpkOptions	asked = model->options;
	SpkFeature *features = model->features;
	double		skipped = model->facts[SPK_FACT_SKIPPED];
	double		unweighted = model->facts[SPK_FACT_UNWEIGHTED];

	model->algorithm = part->algorithm;
	model->options = part->options;
	model->options.value[SPK_OPT_CALIBRATE] = asked.value[SPK_OPT_CALIBRATE];
	model->options.value[SPK_OPT_THRESHOLD] = asked.value[SPK_OPT_THRESHOLD];
	memcpy(model->facts, part->facts, sizeof(model->facts));
	model->facts[SPK_FACT_SKIPPED] = skipped;
	model->facts[SPK_FACT_UNWEIGHTED] = unweighted;

	/* what it predicts with changes hands; the rest is given back */
	model->features = part->features;
	part->features = features;
	model->n_trees = part->n_trees;
	model->trees = part->trees;
	model->terms = part->terms;
	part->n_trees = 0;
	part->trees = NULL;
	part->terms = NULL;
	spk_model_release(host, part);
}

SpkStatus
spk_search_make(const SpkHost *host, const SpkSearch *search, const SpkCrossFitted *fitted,
				SpkModel *parts, SpkModel *model)
{
	SpkStatus status = note_tried(host, search, model);

	if (status == SPK_OK && spk_search_n_parts(search) > 1)
		status = become_blend(host, search, parts, model);
	else if (status == SPK_OK)
	{
		become_plain(host, &parts[0], model);
		model->facts[SPK_FACT_CANDIDATES] = search->n;
		model->facts[SPK_FACT_SEARCHED_ROWS] = search->n_rows;
	}
	if (status == SPK_OK)
		spk_cross_fit_facts(fitted, model);
	return status;
}

/* ---- The whole, serial ---- */

/* The rows of one search, which the caller of it makes the fits to. */
typedef struct Rows
{
	const SpkHost  *host;
	SpkSamples		samples; /* to search by */
	const SpkModel *like;
	SpkModel		coded; /* the same with features in the form of codes */
} Rows;

static SpkStatus
run_round(void *ctx, SpkSearch *search)
{
	Rows	 *rows = ctx;
	SpkStatus status = SPK_OK;

	for (uint32_t i = 0; i < search->n_fits && status == SPK_OK; i++)
	{
		SpkSearchFit	fit = search->fits[i];
		const SpkTried *tried = &search->tried[fit.candidate];

		status = spk_search_fit(rows->host, &rows->samples, (int) fit.fold, tried,
								spk_learns_codes(tried->algorithm) ? &rows->coded : rows->like,
								search->margins + (size_t) fit.candidate * search->n_rows);
	}
	return status;
}

/* Copies the features, with all that they point to. */
static SpkStatus
copy_features(const SpkHost *host, const SpkModel *like, SpkModel *model)
{
	SpkWriter	w = spk_writer(host);
	const char *why;
	SpkStatus	status = spk_features_encode(like->features, like->n_features, &w);

	if (status == SPK_OK)
		status = spk_features_decode(host, w.data, w.len, &model->features, &model->n_features,
									 &why);
	spk_release(host, w.data);
	return status;
}

/* Fits each candidate that has a weight to the rows that are not in the fold. */
static SpkStatus
fit_parts(const SpkHost *host, const SpkSearch *search, const SpkSamples *samples, int fold,
		  const SpkModel *like, SpkModel *parts)
{
	SpkStatus status = SPK_OK;
	uint32_t  n_rows = 0;
	uint32_t  n_positives = 0;
	uint32_t  n = 0;

	for (uint32_t r = 0; r < samples->matrix.n_rows; r++)
		if (fold == SPK_NO_FOLD || samples->matrix_folds[r] != fold)
		{
			n_rows++;
			n_positives += spk_matrix_label(&samples->matrix, r);
		}
	for (uint32_t i = 0; i < search->n && status == SPK_OK; i++)
	{
		SpkModel *part = &parts[n];

		if (search->tried[i].weight == 0)
			continue;
		n++;
		status = copy_features(host, like, part);
		if (status == SPK_OK && spk_learns_codes(search->tried[i].algorithm))
			status = spk_features_for_codes(host, part->features, part->n_features);
		if (status == SPK_OK)
		{
			spk_search_start(&search->tried[i], like, n_rows, n_positives, part);
			status = spk_samples_fit(host, samples, fold, part);
		}
	}
	return status;
}

/* Makes of what models are like what those are that learn from codes. */
static SpkStatus
copy_like(Rows *rows)
{
	SpkModel *coded = &rows->coded;
	SpkStatus status = copy_features(rows->host, rows->like, coded);

	coded->options = rows->like->options;
	memcpy(coded->weights, rows->like->weights, sizeof(coded->weights));
	return status == SPK_OK ?
		spk_features_for_codes(rows->host, coded->features, coded->n_features) :
		status;
}

/* Takes the rows to search by, in both forms. */
static SpkStatus
take_rows(const SpkHost *host, const SpkSamples *samples, int fold, const SpkSamples *parted,
		  SpkSamples *codes, SpkSamples *values)
{
	SpkStatus status = spk_samples_take(host, samples, fold, parted, SPK_RANDOM_FOREST, codes);

	if (status != SPK_OK)
		return status;
	status = spk_samples_take(host, samples, fold, parted, SPK_LOGISTIC_REGRESSION, values);
	if (status != SPK_OK)
		spk_samples_release(host, codes);
	return status;
}

/* Searches, and learns from what it has found; the model's parts are to be fitted then. */
static SpkStatus
search_rows(Rows *rows, SpkSearch *search, SpkModel *model, SpkCrossFitted *fitted)
{
	const SpkHost	*host = rows->host;
	const SpkMatrix *matrix = &rows->samples.matrix;
	uint8_t			*labels = spk_alloc(host, search->n_rows, 1);
	uint32_t *multiples = matrix->weighted ? spk_alloc(host, search->n_rows, sizeof(uint32_t)) :
											 NULL;
	SpkStatus status = SPK_NO_MEMORY;

	search->margins = spk_alloc(host, (size_t) search->n * search->n_rows, sizeof(double));
	if (labels != NULL && search->margins != NULL && (multiples != NULL || !matrix->weighted))
	{
		for (uint32_t r = 0; r < search->n_rows; r++)
		{
			labels[r] = spk_matrix_label(matrix, r);
			if (matrix->weighted)
				multiples[r] = spk_matrix_weight(matrix, r);
		}
		search->labels = labels;
		search->multiples = multiples;
		search->unit = matrix->unit;
		search->asked = &model->options;
		search->folds = rows->samples.matrix_folds;
		status = spk_search(host, search, run_round, rows);
	}
	if (status == SPK_OK)
		status = spk_search_learn(host, search, model, fitted);
	spk_release(host, labels);
	spk_release(host, multiples);
	spk_release(host, search->margins);
	return status;
}

SpkStatus
spk_search_model(const SpkHost *host, const SpkSamples *samples, int fold, const SpkSamples *parted,
				 SpkModel *model)
{
	SpkModel	   parts[SPK_MAX_TRIED] = {{0}};
	SpkSearch	  *search = spk_alloc(host, 1, sizeof(SpkSearch));
	Rows		   rows = {.host = host, .like = model};
	SpkSamples	   values;
	SpkCrossFitted fitted;
	SpkStatus	   status = SPK_NO_MEMORY;

	if (search == NULL)
		return status;
	memset(search, 0, sizeof(*search));
	search->n = spk_search_candidates(&model->options, model, search->tried);
	status = copy_like(&rows);
	if (status == SPK_OK)
		status = take_rows(host, samples, fold, parted, &rows.samples, &values);
	if (status == SPK_OK)
	{
		rows.samples.values = values.values;
		rows.samples.values_folds = values.values_folds;
		search->n_rows = rows.samples.matrix.n_rows;
		status = search_rows(&rows, search, model, &fitted);
		spk_samples_release(host, &rows.samples);
	}
	if (status == SPK_OK)
		status = fit_parts(host, search, samples, fold, model, parts);
	if (status == SPK_OK)
	{
		model->facts[SPK_FACT_ROWS] = parts[0].facts[SPK_FACT_ROWS];
		model->facts[SPK_FACT_POSITIVES] = parts[0].facts[SPK_FACT_POSITIVES];
		status = spk_search_make(host, search, &fitted, parts, model);
	}

	/* what was not taken over */
	spk_features_release(host, rows.coded.features, rows.coded.n_features);
	for (uint32_t i = 0; i < SPK_MAX_TRIED; i++)
		spk_model_release(host, &parts[i]);
	spk_release(host, search);
	return status;
}

/*
 * learn_blend.c
 *	  Memory and cost of a search and of what it finds, for the table of algorithms.
 */
#include "core/judging/search.h"
#include "core/learners/learners.h"

/* A candidate is judged by about so many folds before it is dropped, in the mean. */
#define MEAN_FOLDS 3

/* The unfitted model of a candidate. */
static SpkModel
candidate_model(const SpkTried *tried, const SpkModel *like)
{
	SpkModel model = {.algorithm = tried->algorithm, .options = tried->options};

	model.options.value[SPK_OPT_WEIGHTS] = like->options.value[SPK_OPT_WEIGHTS];
	model.features = like->features;
	model.n_features = like->n_features;
	return model;
}

uint64_t
spk_blend_nodes(const SpkModel *model, uint32_t n_rows)
{
	SpkTried tried[SPK_MAX_TRIED];
	uint32_t n = spk_search_candidates(&model->options, model, tried);
	uint64_t nodes = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		SpkModel		  candidate = candidate_model(&tried[i], model);
		const SpkLearner *learner = &spk_learners[candidate.algorithm];

		if (learner->most_nodes != NULL)
			nodes += learner->most_nodes(&candidate, n_rows);
	}
	return nodes;
}

/* The rows to search by in both forms, with their margins, and the largest fit. */
uint64_t
spk_blend_work_size(const SpkModel *model, uint32_t n_rows)
{
	SpkTried tried[SPK_MAX_TRIED];
	uint32_t n = spk_search_candidates(&model->options, model, tried);
	uint64_t rows = n_rows < SPK_SEARCH_ROWS ? n_rows : SPK_SEARCH_ROWS;
	uint64_t most = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		SpkModel candidate = candidate_model(&tried[i], model);
		uint64_t size = spk_samples_fit_size(&candidate, n_rows);

		if (size > most)
			most = size;
	}
	return most +
		rows *
		(spk_features_stride(model->features, model->n_features, spk_has_weights(&model->options)) +
		 3 * sizeof(uint32_t) + 3 + (n + 4) * sizeof(double));
}

double
spk_blend_cost(const SpkModel *model, double n_rows)
{
	SpkTried tried[SPK_MAX_TRIED];
	uint32_t n = spk_search_candidates(&model->options, model, tried);
	double	 rows = n_rows < SPK_SEARCH_ROWS ? n_rows : SPK_SEARCH_ROWS;
	double	 cost = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		SpkModel		  candidate = candidate_model(&tried[i], model);
		const SpkLearner *learner = &spk_learners[candidate.algorithm];

		cost += MEAN_FOLDS * learner->cost(&candidate, rows) +
			learner->cost(&candidate, n_rows) / 2;
	}
	return cost;
}

/*
 * learn_boost.c
 *	  Gradient boosting, for the table of algorithms.
 */
#include <math.h>
#include <string.h>

#include "core/learners/learners.h"
#include "core/trees/boost.h"

SpkStatus
spk_learn_boost(const SpkHost *host, const SpkMatrix *rows, SpkModel *model)
{
	SpkTeam		 alone = {.n = 1};
	SpkBoostPlan plan = spk_boost_plan(&model->options, rows, model->features);
	char *memory = spk_alloc(host, (size_t) spk_boost_shared_size(&plan, rows, 1) + SPK_ALIGNMENT,
							 1);
	SpkStatus status = SPK_NO_MEMORY;

	model->trees = spk_alloc(host, spk_boost_most_trees(&plan), sizeof(SpkTree));
	if (memory != NULL && model->trees != NULL)
	{
		memset(model->trees, 0, spk_boost_most_trees(&plan) * sizeof(SpkTree));
		status = spk_boost_group(host, rows, model);
	}
	if (status == SPK_OK)
	{
		status = spk_boost(host, &alone, &plan, rows, model->features,
						   memory + SPK_ALIGNMENT - (uintptr_t) memory % SPK_ALIGNMENT, model);
	}
	spk_release(host, memory);
	return status;
}

uint64_t
spk_boost_nodes(const SpkModel *model, uint32_t n_rows)
{
	SpkMatrix	 shape = spk_learner_shape(model, n_rows);
	SpkBoostPlan plan = spk_boost_plan(&model->options, &shape, model->features);

	return spk_boost_most_trees(&plan) * (2 * (uint64_t) spk_boost_most_leaves(&plan) - 1);
}

uint64_t
spk_boost_work_size(const SpkModel *model, uint32_t n_rows)
{
	SpkMatrix	 shape = spk_learner_shape(model, n_rows);
	SpkBoostPlan plan = spk_boost_plan(&model->options, &shape, model->features);

	return spk_boost_shared_size(&plan, &shape, 1) + spk_boost_own_size(&plan, &shape);
}

/* Each level builds the histogram of the smaller child only, so half of the rows. */
double
spk_boost_cost(const SpkModel *model, double n_rows)
{
	const double *value = model->options.value;
	double		  depth = log2(1 + n_rows);

	if (depth > spk_max_depth(&model->options, SPK_GRADIENT_BOOSTING))
		depth = spk_max_depth(&model->options, SPK_GRADIENT_BOOSTING);
	return n_rows * value[SPK_OPT_TREES] * value[SPK_OPT_MODELS] * model->n_features * depth / 2;
}

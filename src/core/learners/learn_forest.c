/*
 * learn_forest.c
 *	  Random forests and single trees, for the table of algorithms.
 */
#include <math.h>

#include "core/judging/oob_finish.h"
#include "core/learners/learners.h"
#include "core/trees/forest_grow.h"
#include "core/trees/oob.h"
#include "core/trees/statistics.h"

static SpkStatus
grow_trees(SpkForest *forest, SpkGrower *grower, double *gains)
{
	SpkStatus status = SPK_OK;
	SpkTree	  tree;

	spk_grower_tally(grower, forest->tally);
	for (uint32_t t = 0; t < forest->plan.n_trees && status == SPK_OK; t++)
	{
		status = spk_grower_grow(grower, t, &tree, gains);
		if (status == SPK_OK)
			status = spk_forest_keep(forest, t, &tree, gains);
	}
	return status == SPK_OK ? spk_forest_finish(forest) : status;
}

/* Grows a forest on rows whose codes are as trees need them. */
static SpkStatus
learn(const SpkHost *host, const SpkMatrix *rows, SpkModel *model)
{
	SpkForest  forest;
	SpkGrower *grower;
	double	  *gains;
	SpkStatus  status = spk_forest_start(host, rows, model, &forest);

	if (status != SPK_OK)
		return status;
	grower = spk_grower_new(host, &forest.plan, rows, model->features);
	gains = spk_alloc(host, rows->n_features, sizeof(double));
	status = grower != NULL && gains != NULL ? grow_trees(&forest, grower, gains) : SPK_NO_MEMORY;
	spk_release(host, gains);
	spk_grower_release(grower);
	spk_forest_release(&forest);
	return status;
}

SpkStatus
spk_learn_forest(const SpkHost *host, const SpkMatrix *rows, SpkModel *model)
{
	SpkMatrix own = *rows;
	bool	  copied = rows->lent && rows->n_grouped > 0;
	SpkStatus status = SPK_OK;

	/* grouping categories changes codes, and other fits may read the same rows */
	if (copied)
	{
		own.codes = spk_alloc(host, rows->n_rows, rows->stride);
		if (own.codes == NULL)
			return SPK_NO_MEMORY;
		if (!spk_copy(host, own.codes, rows->codes, (size_t) rows->n_rows * rows->stride))
			status = SPK_CANCELLED;
	}
	if (status == SPK_OK)
		status = spk_forest_group(host, &own, model);
	if (status == SPK_OK)
		status = learn(host, &own, model);
	if (copied)
		spk_release(host, own.codes);
	return status;
}

uint64_t
spk_forest_nodes(const SpkModel *model, uint32_t n_rows)
{
	SpkMatrix	  shape = spk_learner_shape(model, n_rows);
	SpkForestPlan plan = spk_forest_plan(&model->options, model->algorithm, &shape);

	return plan.n_trees * (2 * (uint64_t) spk_forest_most_leaves(&plan, n_rows) - 1);
}

uint64_t
spk_forest_work_size(const SpkModel *model, uint32_t n_rows)
{
	SpkMatrix	  shape = spk_learner_shape(model, n_rows);
	SpkForestPlan plan = spk_forest_plan(&model->options, model->algorithm, &shape);

	uint64_t grouping = 0;
	uint64_t growing;

	if (shape.n_grouped > 0)
		grouping = (uint64_t) n_rows * 2 * sizeof(uint32_t) +
			spk_statistics_size(model->features, model->n_features);
	growing = spk_grower_size(&plan, &shape) + spk_oob_words(&plan, &shape) * sizeof(uint64_t);
	return growing > grouping ? growing : grouping;
}

/* Each level of a tree looks at the drawn features of all rows. */
double
spk_forest_cost(const SpkModel *model, double n_rows)
{
	SpkMatrix	  shape = spk_learner_shape(model, (uint32_t) n_rows);
	SpkForestPlan plan = spk_forest_plan(&model->options, model->algorithm, &shape);
	double		  depth = log2(1 + n_rows / (plan.min_leaf > 1 ? plan.min_leaf : 1));

	if (depth > plan.max_depth)
		depth = plan.max_depth;
	return n_rows * plan.n_trees * plan.features_per_split * (1 + depth);
}

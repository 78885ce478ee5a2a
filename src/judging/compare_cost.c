/*
 * compare_cost.c
 *	  What the fits of a contest cost, in work and in memory.
 */
#include "compat.h"

#include <math.h>

#include "access/parallel.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "utils/memutils.h"

#include "judging/compare_plan.h"
#include "core/models/calibration.h"
#include "core/linear/columns.h"
#include "core/trees/forest.h"
#include "training/calibrate.h"
#include "host/memory_limit.h"

/* Codes and values that fits look at, roughly, below which workers cost more than they give. */
#define MIN_COMPARE_WORK	10000000.0

SpkModel
spk_making_model(const SpkMaking *making, int contender)
{
	const SpkContender *c = &making->plan->contenders[contender];
	SpkModel	model = making->models[c->form];

	model.algorithm = c->algorithm;
	model.options = c->options;
	return model;
}

/* Roughly what a fit looks at, to give out the dearest first. */
static double
cost_of(const SpkMaking *making, int contender)
{
	SpkModel	model = spk_making_model(making, contender);
	double		n = making->parts[SPK_PART_TRAINING].n_rows;
	double		columns;

	/* fitted to four of five parts for each of them, too */
	if (spk_has_calibration(&model.options))
		n *= SPK_CALIBRATION_FOLDS;
	switch (model.algorithm)
	{
		case SPK_RANDOM_FOREST:
		case SPK_DECISION_TREE:
			{
				SpkMatrix	shape = {(uint32) n, 0, model.n_features};
				SpkForestPlan plan = spk_forest_plan(&model.options, model.algorithm, &shape);
				double		depth = Min(plan.max_depth, log2(1 + n / Max(plan.min_leaf, 1)));

				return n * plan.n_trees * plan.features_per_split * (1 + depth);
			}
		case SPK_GRADIENT_BOOSTING:
			return n * model.options.value[SPK_OPT_TREES] * model.n_features *
				Min(model.options.value[SPK_OPT_MAX_DEPTH], log2(1 + n)) / 2;
		case SPK_LOGISTIC_REGRESSION:
			columns = spk_count_columns(&model);
			return 10 * n * columns * (1 + columns / 4);
		default:
			return 10 * n * model.n_features;
	}
}

/* How many workers are worth asking for? */
static int
wanted_workers(SpkMaking *making)
{
	const SpkContestPlan *plan = making->plan;
	double		cost = 0;

	making->costs = MemoryContextAlloc(making->context, plan->n_contenders * sizeof(double));
	for (int i = 0; i < plan->n_contenders; i++)
	{
		making->costs[i] = cost_of(making, i);
		cost += making->costs[i] * plan->n_folds;
	}
	if (IsParallelWorker() || !IsUnderPostmaster || cost < MIN_COMPARE_WORK)
		return 0;
	return Min(Min(max_parallel_maintenance_workers, max_parallel_workers),
			   plan->n_contenders * (int) (plan->n_folds + 1) - 1);
}

/* Bytes that a fit of a contender takes besides the rows. */
static uint64
fit_memory(const SpkMaking *making, int contender)
{
	SpkModel	model = spk_making_model(making, contender);
	uint64		n = making->parts[SPK_PART_TRAINING].n_rows;
	uint64		size = spk_fit_size(&model, (uint32) n) + n * sizeof(SpkScored);

	/* a copy of the rows, parted, and their scores */
	if (spk_has_calibration(&model.options))
		size += n * (spk_matrix_stride(making->table.n_columns) + sizeof(uint32) + 1 + sizeof(SpkScored));
	return size;
}

/*
 * How many of these workers there is memory for.  An error when there is not
 * enough for the leader alone.
 */
static int
affordable_workers(const SpkMaking *making, const SpkContest *layout, int n_workers)
{
	uint64		limit = spk_max_training_memory();
	uint64		n_rows = making->table.n_rows;
	uint64		collected = spk_table_size(&making->table) + n_rows;
	uint64		rows = layout->size + layout->values_size;
	uint64		making_rows = rows + n_rows * (2 * sizeof(uint64) + sizeof(uint32));
	uint64		held = layout->size;
	uint64		fits[2] = {0, 0};	/* the largest one without and with trees */
	uint64		fit;

	for (int i = 0; i < making->plan->n_contenders; i++)
	{
		SpkModel	model = spk_making_model(making, i);
		bool		trees = spk_algorithm_is_forest(model.algorithm);

		held += spk_fitted_size(&model, making->parts[SPK_PART_TRAINING].n_rows);
		fits[trees] = Max(fits[trees], fit_memory(making, i));
	}
	fit = Max(fits[0], fits[1]);
	spk_check_training_memory(collected + Max(spk_deal_folds_size((uint32) n_rows), making_rows), n_rows,
							  making->table.n_columns);
	spk_check_training_memory(held + Max(fits[0] + layout->values_size, fits[1]), n_rows,
							  making->table.n_columns);
	/* among several, one without trees may still be at work while others grow them */
	held += layout->values_size + fit;
	return held > limit ? 0 : (int) Min((uint64) n_workers, (limit - held) / fit);
}

int
spk_making_workers(SpkMaking *making, const SpkContest *layout)
{
	return affordable_workers(making, layout, wanted_workers(making));
}

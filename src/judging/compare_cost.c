/*
 * compare_cost.c
 *	  What the fits of a comparison cost, in work and in memory.
 */
#include "compat.h"

#include <math.h>

#include "utils/memutils.h"

#include "judging/compare_setup.h"
#include "core/models/calibration.h"
#include "core/linear/columns.h"
#include "core/trees/forest.h"
#include "training/calibrate.h"
#include "host/memory_limit.h"

/* Codes and values that fits look at, roughly, below which workers cost more than they give. */
#define MIN_COMPARE_WORK	10000000.0

SpkModel
spk_compare_model(const SpkCompareSetup *setup, int spec)
{
	const SpkModelSpec *c = &setup->plan->specs[spec];
	SpkModel	model = setup->models[c->form];

	model.algorithm = c->algorithm;
	model.options = c->options;
	return model;
}

/* Roughly what a fit looks at, to give out the dearest first. */
static double
cost_of(const SpkCompareSetup *setup, int spec)
{
	SpkModel	model = spk_compare_model(setup, spec);
	double		n = setup->parts[SPK_PART_TRAINING].n_rows;
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
wanted_workers(SpkCompareSetup *setup)
{
	const SpkComparePlan *plan = setup->plan;
	double		cost = 0;

	setup->costs = MemoryContextAlloc(setup->context, plan->n_specs * sizeof(double));
	for (int i = 0; i < plan->n_specs; i++)
	{
		setup->costs[i] = cost_of(setup, i);
		cost += setup->costs[i] * plan->n_folds;
	}
	return spk_wanted_workers(cost, MIN_COMPARE_WORK, (int64) plan->n_specs * (plan->n_folds + 1) - 1);
}

/* Bytes that a fit of a model takes besides the rows. */
static uint64
fit_memory(const SpkCompareSetup *setup, int spec)
{
	SpkModel	model = spk_compare_model(setup, spec);
	uint64		n = setup->parts[SPK_PART_TRAINING].n_rows;
	uint64		size = spk_fit_size(&model, (uint32) n) + n * sizeof(SpkScored);

	/* a copy of the rows, parted, and their scores */
	if (spk_has_calibration(&model.options))
		size += n * (spk_matrix_stride(setup->table.n_columns) + sizeof(uint32) + 1 + sizeof(SpkScored));
	return size;
}

/*
 * How many of these workers there is memory for.  An error when there is not
 * enough for the leader alone.
 */
static int
affordable_workers(const SpkCompareSetup *setup, const SpkComparison *layout, int n_workers)
{
	uint64		limit = spk_max_training_memory();
	uint64		n_rows = setup->table.n_rows;
	uint64		collected = spk_table_size(&setup->table) + n_rows;
	uint64		rows = layout->size + layout->values_size;
	uint64		filling = rows + n_rows * (2 * sizeof(uint64) + sizeof(uint32));
	uint64		held = layout->size;
	uint64		fits[2] = {0, 0};	/* the largest one without and with trees */
	uint64		fit;

	for (int i = 0; i < setup->plan->n_specs; i++)
	{
		SpkModel	model = spk_compare_model(setup, i);
		bool		trees = spk_algorithm_is_forest(model.algorithm);

		held += spk_fitted_size(&model, setup->parts[SPK_PART_TRAINING].n_rows);
		fits[trees] = Max(fits[trees], fit_memory(setup, i));
	}
	fit = Max(fits[0], fits[1]);
	spk_check_training_memory(collected + Max(spk_deal_folds_size((uint32) n_rows), filling), n_rows,
							  setup->table.n_columns);
	spk_check_training_memory(held + Max(fits[0] + layout->values_size, fits[1]), n_rows,
							  setup->table.n_columns);
	/* among several, one without trees may still be at work while others grow them */
	held += layout->values_size + fit;
	return held > limit ? 0 : (int) Min((uint64) n_workers, (limit - held) / fit);
}

int
spk_compare_affordable(SpkCompareSetup *setup, const SpkComparison *layout)
{
	return affordable_workers(setup, layout, wanted_workers(setup));
}

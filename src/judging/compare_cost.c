/*
 * compare_cost.c
 *	  What the fits of a comparison take, in work and in memory.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "core/models/learner.h"
#include "core/rows/users.h"
#include "judging/compare_setup.h"
#include "core/judging/cross_fit.h"
#include "core/judging/effort.h"
#include "training/calibrate.h"
#include "training/threshold.h"
#include "host/memory_limit.h"

/* When fits look at fewer codes and values than this, workers cost more than they give. */
#define MIN_COMPARE_WORK 10000000.0

SpkModel
spk_compare_model(const SpkCompareSetup *setup, int number)
{
	const SpkModelSpec *spec = &setup->plan->specs[number];
	SpkModel			model = setup->models[spec->form];

	model.algorithm = spec->algorithm;
	model.options = spec->options;
	return model;
}

/* The effort of choosing a threshold by the rows to train on. */
static SpkEffort
effort_of(const SpkCompareSetup *setup)
{
	const SpkTable *table = &setup->parts[SPK_PART_TRAINING];
	uint32			n_positives = 0;

	for (uint32 r = 0; r < table->n_rows; r++)
		n_positives += table->labels[r];
	return spk_threshold_effort(table->n_rows, n_positives);
}

/* How many rows a fit to n rows and its cross-fit are fitted to. */
static double
fitted_rows(const SpkCompareSetup *setup, const SpkModel *model, double n, bool all)
{
	SpkEffort effort;

	/* a search counts its own fits */
	if (spk_has_parts(model->algorithm))
		return n;
	/* calibrating fits a model to four of the five parts, for each of them */
	if (spk_has_calibration(&model->options))
		return n * SPK_CALIBRATION_FOLDS;
	if (!spk_needs_cross_fit(&model->options, model->algorithm) ||
		!(all || spk_metric_has_threshold(setup->plan->metric)))
		return n;
	effort = effort_of(setup);
	return n + spk_effort_rows(&effort) * n / setup->parts[SPK_PART_TRAINING].n_rows;
}

/* Roughly how many codes or values a fit looks at: one that leaves a fold out, or one to all. */
static double
cost_of(const SpkCompareSetup *setup, int spec, bool all)
{
	SpkModel model = spk_compare_model(setup, spec);
	double	 n = setup->parts[SPK_PART_TRAINING].n_rows;

	if (!all)
		n *= 1 - 1.0 / setup->plan->n_folds;
	return spk_learners[model.algorithm].cost(&model, fitted_rows(setup, &model, n, all));
}

/* How many workers are worth asking for? */
static int
wanted_workers(SpkCompareSetup *setup)
{
	const SpkComparePlan *plan = setup->plan;
	double				  cost = 0;

	setup->costs = MemoryContextAlloc(setup->context, 2 * plan->n_specs * sizeof(double));
	for (int i = 0; i < plan->n_specs; i++)
	{
		setup->costs[2 * i] = cost_of(setup, i, false);
		setup->costs[2 * i + 1] = cost_of(setup, i, true);
		cost += setup->costs[2 * i] * plan->n_folds + setup->costs[2 * i + 1];
	}
	return spk_wanted_workers(cost, MIN_COMPARE_WORK,
							  (int64) plan->n_specs * (plan->n_folds + 1) - 1);
}

/* Bytes that a fit of this model takes, besides the rows. */
static uint64
fit_memory(const SpkCompareSetup *setup, int spec)
{
	SpkModel model = spk_compare_model(setup, spec);
	uint64	 n = setup->parts[SPK_PART_TRAINING].n_rows;
	uint64	 size = spk_samples_fit_size(&model, (uint32) n) + n * sizeof(SpkScored);

	/* a fit copies the numbers of users, and numbers those that are left */
	if (setup->groups != NULL)
		size += 2 * n * sizeof(uint32);

	/* a cross-fit takes a copy of its rows with their folds and users, and their scores */
	if (spk_needs_cross_fit(&model.options, model.algorithm))
		size += n *
			(spk_features_stride(model.features, model.n_features, setup->weights != NULL) +
			 sizeof(uint32) + 1 + sizeof(SpkScored) + (setup->groups != NULL ? sizeof(uint32) : 0));
	return size;
}

/* Bytes that drawing and parting the rows for thresholds has taken, if any model needs that. */
static uint64
drawing(const SpkCompareSetup *setup)
{
	const SpkTable *table = &setup->parts[SPK_PART_TRAINING];
	SpkEffort		effort = effort_of(setup);

	for (int i = 0; i < setup->plan->n_specs; i++)
		if (setup->plan->specs[i].n_parts > 0)
			return spk_threshold_rows_size(table, &effort);
	return 0;
}

/*
 * How many of these workers is there memory for?  Not enough for the leader alone is an
 * error.
 */
static int
affordable_workers(const SpkCompareSetup *setup, const SpkComparison *layout, int n_workers)
{
	uint64 limit = spk_memory_limit();
	uint64 n_rows = setup->table.n_rows;
	uint64 collected = spk_table_size(&setup->table) + n_rows;
	uint64 rows = layout->size + layout->values_size;
	uint64 sorting = n_rows * 2 * sizeof(uint64);
	uint64 filling = rows + n_rows * sizeof(uint32) + sorting;
	uint64 held = layout->size;
	uint64 fits[2] = {0, 0}; /* the largest one from values and from codes */
	uint64 fit;

	for (int i = 0; i < setup->plan->n_specs; i++)
	{
		SpkModel model = spk_compare_model(setup, i);
		bool	 codes = spk_learns_codes(model.algorithm);

		held += spk_samples_model_size(&model, setup->parts[SPK_PART_TRAINING].n_rows);
		fits[codes] = Max(fits[codes], fit_memory(setup, i));
	}
	if (setup->weights != NULL)
		collected += n_rows * sizeof(double);
	if (setup->groups != NULL)
	{
		collected += n_rows * sizeof(uint64);
		filling += spk_users_work_size((uint32) n_rows) - sorting;
	}
	fit = Max(fits[0], fits[1]);
	spk_memory_check_training(collected +
								  Max(Max(spk_folds_size((uint32) n_rows), drawing(setup)),
									  filling),
							  n_rows, setup->table.n_columns);
	spk_memory_check_training(held + Max(fits[0] + layout->values_size, fits[1]), n_rows,
							  setup->table.n_columns);
	/* one of several processes may still be at the values while others are at codes */
	held += layout->values_size + fit;
	return held > limit ? 0 : (int) Min((uint64) n_workers, (limit - held) / fit);
}

int
spk_compare_affordable(SpkCompareSetup *setup, const SpkComparison *layout)
{
	return affordable_workers(setup, layout, wanted_workers(setup));
}

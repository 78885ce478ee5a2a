/*
 * boost_plan.c
 *	  Resolves the options of gradient boosting.
 */
#include "core/base/elementary.h"
#include "core/trees/boost.h"
#include "core/trees/boost_grow.h"
#include "core/trees/forest.h"
#include "core/trees/statistics.h"
#include "core/rows/weights.h"

/* Memory is laid out for so many leaves of a tree, so the least of all bounds counts. */
static uint32_t
most_leaves(const SpkOptions *options, uint32_t n_rows, uint32_t max_depth)
{
	double	 bound = options->value[SPK_OPT_MAX_LEAVES];
	uint32_t leaves = n_rows < SPK_BOOST_MAX_LEAVES ? n_rows : SPK_BOOST_MAX_LEAVES;

	if (max_depth < 31 && leaves > UINT32_C(1) << max_depth)
		leaves = UINT32_C(1) << max_depth;
	if (bound > 0 && leaves > bound)
		leaves = (uint32_t) bound;
	return leaves == 0 ? 1 : leaves;
}

/* Sets how deeper trees differ; one is what a quantum stands for. */
static void
set_deeper(const SpkOptions *options, uint32_t n_rows, double one, SpkBoostPlan *plan)
{
	SpkOptions deeper = *options;

	spk_options_settle_depth(&deeper, true);
	plan->deeper = (uint32_t) deeper.value[SPK_OPT_MAX_DEPTH];
	plan->deeper_leaves = most_leaves(options, n_rows, plan->deeper);
	plan->deeper_min_leaf = (uint32_t) deeper.value[SPK_OPT_MIN_LEAF];
	plan->deeper_l2 = deeper.value[SPK_OPT_L2] / one * SPK_HESSIAN_ONE;
}

SpkBoostPlan
spk_boost_plan(const SpkOptions *options, const SpkMatrix *matrix, const SpkFeature *features)
{
	const double *value = options->value;
	SpkForestPlan forest = spk_forest_plan(options, SPK_GRADIENT_BOOSTING, matrix);
	double	   heaviest = forest.weight[0] > forest.weight[1] ? forest.weight[0] : forest.weight[1];
	double	   churn = forest.weight[1] * spk_matrix_total(matrix, 1);
	double	   stay = forest.weight[0] * spk_matrix_total(matrix, 0);
	double	   unit = matrix->weighted ? matrix->unit : 1;
	double	   one = heaviest * unit; /* what a quantum stands for */
	SpkOptions settled = *options;
	SpkBoostPlan plan = {0};

	spk_options_settle_depth(&settled, false);

	plan.n_models = (uint32_t) value[SPK_OPT_MODELS];
	plan.n_trees = (uint32_t) value[SPK_OPT_TREES];
	plan.features_per_split = forest.features_per_split;
	plan.max_depth = forest.max_depth;
	plan.best_first = value[SPK_OPT_MAX_LEAVES] > 0;

	plan.max_leaves = most_leaves(options, matrix->n_rows, plan.max_depth);
	plan.min_leaf = forest.min_leaf;
	plan.category_min_rows = (uint32_t) value[SPK_OPT_CATEGORY_MIN_ROWS];
	plan.category_subsets = (uint32_t) value[SPK_OPT_CATEGORY_SUBSETS];
	plan.category_rows = spk_statistics_more(matrix, value[SPK_OPT_CATEGORY_SMOOTHING]);
	plan.n_statistics = spk_count_statistics(features, matrix->n_features, plan.category_subsets);
	plan.max_bins = (uint32_t) value[SPK_OPT_BINS];
	if (plan.n_statistics > 0)
		plan.statistics_size = spk_statistics_size(features, matrix->n_features);
	plan.monotone = spk_any_monotone(features, matrix->n_features);
	plan.grouped = spk_any_groups(features, matrix->n_features);
	plan.patience = spk_early_stopping(options, matrix->n_rows, matrix->n_positives);
	if (value[SPK_OPT_MAX_DEPTH] == SPK_DEPTH_AUTO && plan.patience > 0)
		set_deeper(options, matrix->n_rows, one, &plan);
	plan.holdout = value[SPK_OPT_VALIDATION];
	plan.refit = value[SPK_OPT_REFIT] != 0;
	plan.subsample = value[SPK_OPT_SUBSAMPLE];
	plan.learning_rate = value[SPK_OPT_LEARNING_RATE];

	/*
	 * Gradients have 16 bits, which a weight above 1 would overflow.  So weights of
	 * classes are divided by the heaviest, and so is what is compared with sums of them.
	 * Those of rows are units, and multiply in the sums.
	 */
	plan.l2 = settled.value[SPK_OPT_L2] / one * SPK_HESSIAN_ONE;
	plan.category_l2 = value[SPK_OPT_CATEGORY_L2] / one * SPK_HESSIAN_ONE;
	plan.category_smoothing = value[SPK_OPT_CATEGORY_SMOOTHING] / one * SPK_HESSIAN_ONE;
	plan.min_gain = value[SPK_OPT_MIN_GAIN] / one * SPK_GRADIENT_ONE * SPK_GRADIENT_ONE /
		SPK_HESSIAN_ONE;
	plan.weight[0] = forest.weight[0] / heaviest;
	plan.weight[1] = forest.weight[1] / heaviest;

	plan.base = churn > 0 && stay > 0 ? spk_log(churn / stay) : 0;
	plan.seed = forest.seed;
	return plan;
}

/*
 * options.c
 *	  The table of training options.
 */
#include <math.h>
#include <string.h>

#include "core/models/options.h"

#define RF		(1u << SPK_RANDOM_FOREST)
#define DT		(1u << SPK_DECISION_TREE)
#define GB		(1u << SPK_GRADIENT_BOOSTING)
#define LR		(1u << SPK_LOGISTIC_REGRESSION)
#define NB		(1u << SPK_NAIVE_BAYES)

#define WORDS(...)		.words = {__VA_ARGS__}

const SpkOptionSpec spk_option_specs[SPK_N_OPTIONS] = {
	[SPK_OPT_TREES] = {
		"trees", 1, SPK_MAX_TREES, .whole = true, .numbers = true, .algorithms = RF | GB,
		.doc = "number of trees"},
	[SPK_OPT_MAX_DEPTH] = {
		"max_depth", 1, SPK_MAX_DEPTH, .whole = true, .numbers = true, .algorithms = RF | DT | GB,
		.doc = "longest path from the root to a leaf, in splits"},
	[SPK_OPT_MIN_LEAF] = {
		"min_leaf", 1, 1e9, .whole = true, .numbers = true, .algorithms = RF | DT | GB,
		.doc = "fewest training rows in a leaf, repeated draws counted"},
	[SPK_OPT_FEATURES_PER_SPLIT] = {
		"features_per_split", 1e-6, 1600, .numbers = true, .algorithms = RF | DT | GB,
		WORDS({"sqrt", SPK_FEATURES_SQRT}, {"all", SPK_FEATURES_ALL}),
		.doc = "features drawn for each split: a count, a share below 1, sqrt or all"},
	[SPK_OPT_BINS] = {
		"bins", 2, 255, .whole = true, .numbers = true, .algorithms = RF | DT | GB,
		.doc = "most bins of a feature"},
	[SPK_OPT_BOOTSTRAP] = {
		"bootstrap", 0, 1, .boolean = true, .algorithms = RF,
		.doc = "grow each tree on rows drawn with replacement"},
	[SPK_OPT_CLASS_WEIGHT] = {
		"class_weight", 1e-6, 1e6, .numbers = true, .algorithms = RF | DT | GB | LR | NB,
		WORDS({"none", SPK_WEIGHT_NONE}, {"balanced", SPK_WEIGHT_BALANCED}),
		.doc = "weight of the churn class against the other, none or balanced"},
	[SPK_OPT_CRITERION] = {
		"criterion", 0, 0, .algorithms = RF | DT,
		WORDS({"gini", SPK_CRITERION_GINI}, {"entropy", SPK_CRITERION_ENTROPY}),
		.doc = "impurity that a split reduces"},
	[SPK_OPT_SEED] = {
		"seed", -9007199254740992.0, 9007199254740992.0, .whole = true, .numbers = true,
		.algorithms = RF | DT | GB,
		.doc = "names the random streams; the same seed gives the same model"},
	[SPK_OPT_MIN_GAIN] = {
		"min_gain", 0, 1e9, .numbers = true, .later = true, .algorithms = RF | DT | GB,
		.doc = "a split must gain more: impurity per weight of the tree's rows, or score in gradient_boosting"},
	[SPK_OPT_MAX_LEAVES] = {
		"max_leaves", 0, 1e9, .whole = true, .numbers = true, .later = true, .algorithms = RF | DT | GB,
		.doc = "most leaves of a tree, which then grows where it gains most; 0 for no bound"},
	[SPK_OPT_IMPORTANCE] = {
		"importance", 0, 0, .later = true, .algorithms = RF,
		WORDS({"impurity", SPK_IMPORTANCE_IMPURITY}, {"permutation", SPK_IMPORTANCE_PERMUTATION}),
		.doc = "measure permutation importance too, out of bag, or impurity alone"},
	[SPK_OPT_L2] = {
		"l2", 0, 1e9, .numbers = true, .algorithms = GB | LR,
		.doc = "penalty on the squares of the weights, or of the values of leaves; 0 for none"},
	[SPK_OPT_MAX_ITER] = {
		"max_iter", 1, 10000, .whole = true, .numbers = true, .algorithms = LR,
		.doc = "most iterations"},
	[SPK_OPT_SMOOTHING] = {
		"smoothing", 1e-9, 1e9, .numbers = true, .algorithms = NB,
		.doc = "rows added to each category, or to each feature of the multinomial form"},
	[SPK_OPT_VAR_SMOOTHING] = {
		"var_smoothing", 1e-15, 1, .numbers = true, .algorithms = NB,
		.doc = "share of the largest variance that is added to all variances"},
	[SPK_OPT_DISTRIBUTION] = {
		"distribution", 0, 0, .algorithms = NB,
		WORDS({"gaussian", SPK_DISTRIBUTION_GAUSSIAN}, {"multinomial", SPK_DISTRIBUTION_MULTINOMIAL}),
		.doc = "of numbers: gaussian, or multinomial after scaling to 0 .. 1"},
	[SPK_OPT_LEARNING_RATE] = {
		"learning_rate", 1e-6, 1, .numbers = true, .algorithms = GB,
		.doc = "share of its best value by which a leaf moves the margin"},
	[SPK_OPT_SUBSAMPLE] = {
		"subsample", 1e-6, 1, .numbers = true, .algorithms = GB,
		.doc = "share of the rows drawn for each tree, without replacement"},
	[SPK_OPT_EARLY_STOPPING] = {
		"early_stopping", 0, SPK_MAX_TREES, .whole = true, .numbers = true, .algorithms = GB,
		.doc = "end when so many trees have not made the loss on the rows held out less; 0 for never"},
	[SPK_OPT_VALIDATION] = {
		"validation", 0.01, 0.9, .numbers = true, .algorithms = GB,
		.doc = "share of the rows held out for early stopping"},
	[SPK_OPT_CALIBRATE] = {
		"calibrate", 0, 0, .later = true, .algorithms = RF | DT | GB | LR | NB,
		WORDS({"none", SPK_CALIBRATE_NONE}, {"platt", SPK_CALIBRATE_PLATT},
			  {"isotonic", SPK_CALIBRATE_ISOTONIC}),
		.doc = "correct probabilities by a map fitted to predictions of rows held out, or none"},
};

static const char *const algorithm_names[SPK_N_ALGORITHMS] = {
	[SPK_RANDOM_FOREST] = "random_forest",
	[SPK_DECISION_TREE] = "decision_tree",
	[SPK_GRADIENT_BOOSTING] = "gradient_boosting",
	[SPK_LOGISTIC_REGRESSION] = "logistic_regression",
	[SPK_NAIVE_BAYES] = "naive_bayes",
};

const char *
spk_algorithm_name(SpkAlgorithm algorithm)
{
	return algorithm_names[algorithm];
}

bool
spk_algorithm_of(const char *name, size_t len, SpkAlgorithm *algorithm)
{
	for (int i = 0; i < SPK_N_ALGORITHMS; i++)
		if (strlen(algorithm_names[i]) == len && memcmp(algorithm_names[i], name, len) == 0)
		{
			*algorithm = (SpkAlgorithm) i;
			return true;
		}
	return false;
}

SpkOptions
spk_options_default(SpkAlgorithm algorithm)
{
	SpkOptions	o = {{0}};

	switch (algorithm)
	{
		case SPK_RANDOM_FOREST:
			o.value[SPK_OPT_TREES] = 100;
			o.value[SPK_OPT_MAX_DEPTH] = SPK_MAX_DEPTH;
			o.value[SPK_OPT_MIN_LEAF] = 5;
			o.value[SPK_OPT_FEATURES_PER_SPLIT] = SPK_FEATURES_SQRT;
			o.value[SPK_OPT_BOOTSTRAP] = 1;
			break;
		case SPK_DECISION_TREE:
			o.value[SPK_OPT_MAX_DEPTH] = 5;
			o.value[SPK_OPT_MIN_LEAF] = 1;
			o.value[SPK_OPT_FEATURES_PER_SPLIT] = SPK_FEATURES_ALL;
			break;
		case SPK_GRADIENT_BOOSTING:
			o.value[SPK_OPT_TREES] = 100;
			o.value[SPK_OPT_MAX_DEPTH] = 6;
			o.value[SPK_OPT_MIN_LEAF] = 20;
			o.value[SPK_OPT_FEATURES_PER_SPLIT] = SPK_FEATURES_ALL;
			o.value[SPK_OPT_LEARNING_RATE] = 0.1;
			o.value[SPK_OPT_L2] = 1;
			o.value[SPK_OPT_SUBSAMPLE] = 1;
			o.value[SPK_OPT_VALIDATION] = 0.1;
			break;
		case SPK_LOGISTIC_REGRESSION:
			o.value[SPK_OPT_CLASS_WEIGHT] = SPK_WEIGHT_NONE;
			o.value[SPK_OPT_L2] = 1;
			o.value[SPK_OPT_MAX_ITER] = 100;
			return o;
		case SPK_NAIVE_BAYES:
			o.value[SPK_OPT_CLASS_WEIGHT] = SPK_WEIGHT_NONE;
			o.value[SPK_OPT_SMOOTHING] = 1;
			o.value[SPK_OPT_VAR_SMOOTHING] = 1e-9;
			o.value[SPK_OPT_DISTRIBUTION] = SPK_DISTRIBUTION_GAUSSIAN;
			return o;
		default:
			return o;
	}
	o.value[SPK_OPT_BINS] = 255;
	o.value[SPK_OPT_CLASS_WEIGHT] = SPK_WEIGHT_NONE;
	o.value[SPK_OPT_CRITERION] = SPK_CRITERION_GINI;
	o.value[SPK_OPT_SEED] = 42;
	return o;
}

bool
spk_option_valid(SpkOption option, double value)
{
	const SpkOptionSpec *spec = &spk_option_specs[option];

	for (const SpkWord *w = spec->words; w->word != NULL; w++)
		if (value == w->value)
			return true;
	if (spec->boolean)
		return value == 0 || value == 1;
	if (!spec->numbers || !(value >= spec->min && value <= spec->max))
		return false;
	/* a share of the features is below 1; from 1 on it is a count */
	if (option == SPK_OPT_FEATURES_PER_SPLIT && value >= 1)
		return value == floor(value);
	return !spec->whole || value == floor(value);
}

void
spk_class_weights(const SpkOptions *options, uint32_t n_rows, uint32_t n_positives, double weight[2])
{
	double		option = options->value[SPK_OPT_CLASS_WEIGHT];
	double		n = n_rows;
	double		churn = n_positives;

	weight[0] = weight[1] = 1;
	if (option == SPK_WEIGHT_BALANCED)
	{
		if (churn == 0 || churn == n)
			return;
		weight[0] = n / (2 * (n - churn));
		weight[1] = n / (2 * churn);
	}
	else if (option != SPK_WEIGHT_NONE)
		weight[1] = option;
}

int
spk_option_of(const char *name, size_t len)
{
	for (int i = 0; i < SPK_N_OPTIONS; i++)
		if (strlen(spk_option_specs[i].name) == len && memcmp(spk_option_specs[i].name, name, len) == 0)
			return i;
	return -1;
}

bool
spk_option_of_word(SpkOption option, const char *word, size_t len, double *value)
{
	for (const SpkWord *w = spk_option_specs[option].words; w->word != NULL; w++)
		if (strlen(w->word) == len && memcmp(w->word, word, len) == 0)
		{
			*value = w->value;
			return true;
		}
	return false;
}

bool
spk_option_takes_number(SpkOption option, double value)
{
	const SpkOptionSpec *spec = &spk_option_specs[option];

	return spec->numbers && value >= spec->min && value <= spec->max &&
		spk_option_valid(option, value);
}

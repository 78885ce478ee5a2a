/*
 * options.c
 *	  The table of training options, made from option_list.h.
 */
#include <math.h>
#include <string.h>

#include "core/models/learner.h"
#include "core/models/options.h"

/*
 * min_leaf "auto", within bounds: a row for so many training rows, because the more
 * there are, the more of what a small leaf says is chance; and so many that a leaf has
 * two rows of the rarer class when it has its share.  docs/models.md has the figures.
 */
#define ROWS_PER_LEAF_ROW 250
#define RARE_PER_LEAF	  2
#define LEAST_AUTO_LEAF	  2
#define MOST_AUTO_LEAF	  50

/*
 * early_stopping "auto": patience with so many trees, if there are so many rows of the
 * rarer class; what fewer rows say of when to stop is chance.
 */
#define AUTO_PATIENCE	 50
#define LEAST_TO_STOP_BY 50

/* The words of option_list.h, as parts of an option's row. */
#define WHOLE(low, high)	   .min = low, .max = high, .numbers = true, .whole = true,
#define NUMBER(low, high)	   .min = low, .max = high, .numbers = true,
#define BOOLEAN				   .max = 1, .boolean = true,
#define WORDS(...)			   .words = {__VA_ARGS__},
#define NAMES(most)			   .max = most, .names = true,
#define LATER				   .later = true,
#define BEFORE(value)		   .later = true, .differs = true, .before = value,
#define FOR(algorithm, number) [SPK_##algorithm] = {true, number},

const SpkOptionSpec spk_option_specs[SPK_N_OPTIONS] = {
#define SPK_OPTION_ITEM(constant, option, takes, defaults, text) \
	[SPK_OPT_##constant] = {.name = #option, takes.uses = {defaults}, .doc = text},
#include "core/models/option_list.h"
#undef SPK_OPTION_ITEM
};

const char *
spk_algorithm_name(SpkAlgorithm algorithm)
{
	return spk_learners[algorithm].name;
}

const char *
spk_training_name(SpkAlgorithm algorithm)
{
	const SpkLearner *learner = &spk_learners[algorithm];

	return learner->asked != NULL ? learner->asked : learner->name;
}

bool
spk_algorithm_of(const char *name, size_t len, SpkAlgorithm *algorithm)
{
	for (int i = 0; i < SPK_N_ALGORITHMS; i++)
	{
		const char *known = spk_learners[i].name;

		if (strlen(known) == len && memcmp(known, name, len) == 0)
		{
			*algorithm = (SpkAlgorithm) i;
			return true;
		}
	}
	return false;
}

SpkOptions
spk_options_default(SpkAlgorithm algorithm)
{
	SpkOptions options;

	for (int i = 0; i < SPK_N_OPTIONS; i++)
		options.value[i] = spk_option_specs[i].uses[algorithm].value;
	return options;
}

SpkOptions
spk_options_before(SpkAlgorithm algorithm)
{
	SpkOptions options = spk_options_default(algorithm);

	for (int i = 0; i < SPK_N_OPTIONS; i++)
		if (spk_option_specs[i].differs && spk_option_applies((SpkOption) i, algorithm))
			options.value[i] = spk_option_specs[i].before;
	return options;
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
	if (spec->names)
		return value >= 0 && value <= spec->max && value == floor(value);
	if (!spec->numbers || !(value >= spec->min && value <= spec->max))
		return false;
	/* a share of the features is below 1; from 1 on it is a count */
	if (option == SPK_OPT_FEATURES_PER_SPLIT && value >= 1)
		return value == floor(value);
	return !spec->whole || value == floor(value);
}

void
spk_class_weights(const SpkOptions *options, double stay, double churn, double weight[2])
{
	double option = options->value[SPK_OPT_CLASS_WEIGHT];
	double n = stay + churn;

	weight[0] = weight[1] = 1;
	if (option == SPK_WEIGHT_BALANCED)
	{
		if (churn == 0 || stay == 0)
			return;
		weight[0] = n / (2 * stay);
		weight[1] = n / (2 * churn);
	}
	else if (option != SPK_WEIGHT_NONE)
		weight[1] = option;
}

static uint32_t
rarer(uint32_t n_rows, uint32_t n_positives)
{
	return n_positives < n_rows - n_positives ? n_positives : n_rows - n_positives;
}

uint32_t
spk_min_leaf(const SpkOptions *options, SpkAlgorithm algorithm, uint32_t n_rows,
			 uint32_t n_positives)
{
	double option = options->value[SPK_OPT_MIN_LEAF];
	double n_rare = rarer(n_rows, n_positives);
	double leaf = n_rows / ROWS_PER_LEAF_ROW;

	if (option != SPK_LEAF_AUTO)
		return (uint32_t) option;
	if (algorithm == SPK_GRADIENT_BOOSTING)
		return SPK_AUTO_LEAF;
	if (n_rare > 0 && leaf < RARE_PER_LEAF * (n_rows / n_rare))
		leaf = RARE_PER_LEAF * (n_rows / n_rare);
	if (leaf < LEAST_AUTO_LEAF)
		return LEAST_AUTO_LEAF;
	return leaf > MOST_AUTO_LEAF ? MOST_AUTO_LEAF : (uint32_t) leaf;
}

uint32_t
spk_early_stopping(const SpkOptions *options, uint32_t n_rows, uint32_t n_positives)
{
	double option = options->value[SPK_OPT_EARLY_STOPPING];

	if (option != SPK_STOPPING_AUTO)
		return (uint32_t) option;
	return rarer(n_rows, n_positives) < LEAST_TO_STOP_BY ? 0 : AUTO_PATIENCE;
}

uint32_t
spk_max_depth(const SpkOptions *options, SpkAlgorithm algorithm)
{
	double option = options->value[SPK_OPT_MAX_DEPTH];

	if (option == SPK_DEPTH_AUTO)
		option = spk_option_specs[SPK_OPT_MAX_DEPTH].uses[algorithm].value;
	return option == SPK_DEPTH_AUTO ? SPK_AUTO_DEPTH : (uint32_t) option;
}

void
spk_options_settle(SpkOptions *options, SpkAlgorithm algorithm, uint32_t n_rows,
				   uint32_t n_positives)
{
	double *value = options->value;

	if (spk_option_applies(SPK_OPT_EARLY_STOPPING, algorithm))
		value[SPK_OPT_EARLY_STOPPING] = spk_early_stopping(options, n_rows, n_positives);
	if (algorithm == SPK_GRADIENT_BOOSTING)
	{
		if (value[SPK_OPT_MAX_DEPTH] != SPK_DEPTH_AUTO || value[SPK_OPT_EARLY_STOPPING] == 0)
			spk_options_settle_depth(options, false);
		return;
	}
	if (spk_option_applies(SPK_OPT_MAX_DEPTH, algorithm))
		value[SPK_OPT_MAX_DEPTH] = spk_max_depth(options, algorithm);
	if (spk_option_applies(SPK_OPT_MIN_LEAF, algorithm))
		value[SPK_OPT_MIN_LEAF] = spk_min_leaf(options, algorithm, n_rows, n_positives);
	if (spk_option_applies(SPK_OPT_L2, algorithm) && value[SPK_OPT_L2] == SPK_L2_AUTO)
		value[SPK_OPT_L2] = spk_option_specs[SPK_OPT_L2].uses[algorithm].value;
}

void
spk_options_settle_depth(SpkOptions *options, bool deeper)
{
	double *value = options->value;

	if (value[SPK_OPT_MAX_DEPTH] == SPK_DEPTH_AUTO)
		value[SPK_OPT_MAX_DEPTH] = deeper ? SPK_AUTO_DEEPER : SPK_AUTO_DEPTH;
	if (value[SPK_OPT_MIN_LEAF] == SPK_LEAF_AUTO)
		value[SPK_OPT_MIN_LEAF] = deeper ? SPK_AUTO_DEEPER_LEAF : SPK_AUTO_LEAF;
	if (value[SPK_OPT_L2] == SPK_L2_AUTO)
		value[SPK_OPT_L2] = deeper ? SPK_AUTO_DEEPER_L2 : SPK_AUTO_L2;
}

int
spk_option_of(const char *name, size_t len)
{
	for (int i = 0; i < SPK_N_OPTIONS; i++)
		if (strlen(spk_option_specs[i].name) == len &&
			memcmp(spk_option_specs[i].name, name, len) == 0)
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

/*
 * options.c
 *	  The table of training options, made from option_list.h.
 */
#include <math.h>
#include <string.h>

#include "core/models/learner.h"
#include "core/models/options.h"

/* The words of option_list.h, as parts of an option's row. */
#define WHOLE(low, high)	   .min = low, .max = high, .numbers = true, .whole = true,
#define NUMBER(low, high)	   .min = low, .max = high, .numbers = true,
#define BOOLEAN				   .max = 1, .boolean = true,
#define WORDS(...)			   .words = {__VA_ARGS__},
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
	if (!spec->numbers || !(value >= spec->min && value <= spec->max))
		return false;
	/* a share of the features is below 1; from 1 on it is a count */
	if (option == SPK_OPT_FEATURES_PER_SPLIT && value >= 1)
		return value == floor(value);
	return !spec->whole || value == floor(value);
}

void
spk_class_weights(const SpkOptions *options, uint32_t n_rows, uint32_t n_positives,
				  double weight[2])
{
	double option = options->value[SPK_OPT_CLASS_WEIGHT];
	double n = n_rows;
	double churn = n_positives;

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

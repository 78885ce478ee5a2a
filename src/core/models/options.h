/*
 * options.h
 *	  The options of training: one list, option_list.h, defines their names,
 *	  ranges, words, who uses them and with which defaults.  Everything that
 *	  reads, checks, stores, prints or documents options goes through it.
 */
#ifndef SPK_CORE_MODELS_OPTIONS_H
#define SPK_CORE_MODELS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Part of the model format: append, do not reorder. */
typedef enum SpkAlgorithm
{
	SPK_RANDOM_FOREST = 0,
	SPK_DECISION_TREE,
	SPK_GRADIENT_BOOSTING,
	SPK_LOGISTIC_REGRESSION,
	SPK_NAIVE_BAYES,
	SPK_N_ALGORITHMS
} SpkAlgorithm;

/* Part of the model format: append, do not reorder. */
typedef enum SpkOption
{
#define SPK_OPTION_ITEM(constant, option, takes, defaults, text) SPK_OPT_##constant,
#include "core/models/option_list.h"
#undef SPK_OPTION_ITEM
	SPK_N_OPTIONS
} SpkOption;

/* features_per_split: a count (>= 1), a share (0 < x < 1), or one of these */
#define SPK_FEATURES_SQRT 0.0
#define SPK_FEATURES_ALL  (-1.0)

/* class_weight: the weight of the churn class (the other weighs 1), or */
#define SPK_WEIGHT_NONE		0.0
#define SPK_WEIGHT_BALANCED (-1.0)

#define SPK_CRITERION_GINI	  0.0
#define SPK_CRITERION_ENTROPY 1.0

#define SPK_DISTRIBUTION_GAUSSIAN	 0.0
#define SPK_DISTRIBUTION_MULTINOMIAL 1.0

#define SPK_IMPORTANCE_IMPURITY	   0.0
#define SPK_IMPORTANCE_PERMUTATION 1.0

#define SPK_CALIBRATE_NONE	   0.0
#define SPK_CALIBRATE_PLATT	   1.0
#define SPK_CALIBRATE_ISOTONIC 2.0

#define SPK_MAX_TREES 10000
#define SPK_MAX_DEPTH 64
#define SPK_MAX_SEED  9007199254740992.0 /* whole numbers up to 2^53 are exact */

/* A word a user may write for a number. */
typedef struct SpkWord
{
	const char *word; /* NULL ends the list */
	double		value;
} SpkWord;

/* What an option is to an algorithm. */
typedef struct SpkOptionUse
{
	bool   applies; /* the algorithm uses it */
	double value;	/* by default; 0 where it does not apply */
} SpkOptionUse;

typedef struct SpkOptionSpec
{
	const char	*name;
	double		 min; /* of a number the user writes; words aside */
	double		 max;
	bool		 whole;	   /* numbers must be whole */
	bool		 numbers;  /* numbers are allowed, not only words */
	bool		 boolean;  /* true and false are allowed, as 1 and 0 */
	bool		 later;	   /* came after the first models: not stored at its default, which
								 * must therefore never change */
	SpkWord		 words[4]; /* with the end of the list */
	SpkOptionUse uses[SPK_N_ALGORITHMS];
	const char	*doc; /* one line for people */
} SpkOptionSpec;

typedef struct SpkOptions
{
	double value[SPK_N_OPTIONS];
} SpkOptions;

extern const SpkOptionSpec spk_option_specs[SPK_N_OPTIONS];

/* "random_forest" and so on. */
extern const char *spk_algorithm_name(SpkAlgorithm algorithm);

/* False when there is no such algorithm. */
extern bool spk_algorithm_of(const char *name, size_t len, SpkAlgorithm *algorithm);

static inline bool
spk_option_applies(SpkOption option, SpkAlgorithm algorithm)
{
	return spk_option_specs[option].uses[algorithm].applies;
}

/* The defaults of this algorithm; options it does not use are 0. */
extern SpkOptions spk_options_default(SpkAlgorithm algorithm);

/* Is value one of the option's words or a number in its range?  Not for NaN. */
extern bool spk_option_valid(SpkOption option, double value);

/* Does training with these options measure the permutation importance of features? */
static inline bool
spk_has_permutation(const SpkOptions *options, SpkAlgorithm algorithm)
{
	return spk_option_applies(SPK_OPT_IMPORTANCE, algorithm) &&
		options->value[SPK_OPT_IMPORTANCE] == SPK_IMPORTANCE_PERMUTATION;
}

/*
 * The weight of a row of each class (0 stays, 1 churns) by class_weight.
 * Balanced: n / (2 * rows of the class), so that both classes weigh the same;
 * 1 and 1 when one of them is empty.
 */
extern void spk_class_weights(const SpkOptions *options, uint32_t n_rows, uint32_t n_positives,
							  double weight[2]);

/* The option with this name, or -1. */
extern int spk_option_of(const char *name, size_t len);

/* The number that stands for this word of the option; false when it has no such word. */
extern bool spk_option_of_word(SpkOption option, const char *word, size_t len, double *value);

/* May a user write this number for the option?  (The numbers behind words are no user's business.) */
extern bool spk_option_takes_number(SpkOption option, double value);

#endif /* SPK_CORE_MODELS_OPTIONS_H */

/*
 * options.h
 *	  The options of training.
 *
 * One list, option_list.h, defines their names, ranges, words and texts, which
 * algorithms use them, and their defaults.  All that reads, checks, stores, prints or
 * documents options takes this from the list.
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
	SPK_BLEND,
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

/* In place of a count (from 1 on) or a share (below 1), features_per_split may be one of these. */
#define SPK_FEATURES_SQRT 0.0
#define SPK_FEATURES_ALL  (-1.0)

/* In place of a number, max_depth, min_leaf, early_stopping and l2 may follow the training rows */
#define SPK_DEPTH_AUTO	  0.0
#define SPK_LEAF_AUTO	  0.0
#define SPK_STOPPING_AUTO (-1.0)
#define SPK_L2_AUTO		  (-1.0)

/* In place of the weight of the churn class, while the other one weighs 1, class_weight may be */
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

/* In place of a number, threshold may be this: the one with the best F1 on rows not seen. */
#define SPK_THRESHOLD_F1 0.0

#define SPK_TRANSFORM_NONE		  0.0
#define SPK_TRANSFORM_LOG		  1.0
#define SPK_TRANSFORM_YEO_JOHNSON 2.0
#define SPK_TRANSFORM_AUTO		  3.0

#define SPK_MAX_TREES 10000
#define SPK_MAX_DEPTH 64
#define SPK_MAX_SEED  9007199254740992.0 /* whole numbers up to 2^53 are exact */

/*
 * What max_depth, min_leaf and l2 "auto" are in gradient_boosting, and, where deeper trees
 * are better, in those.
 */
#define SPK_AUTO_DEPTH		 3
#define SPK_AUTO_DEEPER		 8
#define SPK_AUTO_LEAF		 10
#define SPK_AUTO_DEEPER_LEAF 3
#define SPK_AUTO_L2			 3
#define SPK_AUTO_DEEPER_L2	 1

/* A word that users may write, and the number that stands for it. */
typedef struct SpkWord
{
	const char *word; /* NULL ends the list */
	double		value;
} SpkWord;

/* What an option is to an algorithm. */
typedef struct SpkOptionUse
{
	bool   applies; /* the algorithm uses it */
	double value;	/* the default; 0 when the algorithm does not use it */
} SpkOptionUse;

/* A row of the list of options. */
typedef struct SpkOptionSpec
{
	const char	*name;
	double		 min; /* of a number that users write; those behind words may be outside */
	double		 max;
	bool		 whole;	   /* numbers must be whole */
	bool		 numbers;  /* numbers are allowed, not only words */
	bool		 boolean;  /* true and false are allowed, and are 1 and 0 */
	bool		 names;	   /* users write names of columns; the number, a whole one up to max, says
						* how much they wrote, and 0 nothing */
	bool		 later;	   /* it came after the first models: not stored at its default, or at
						   * before, which must therefore never change */
	bool		 differs;  /* models of before are not those of the default */
	double		 before;   /* what they are models of, then */
	SpkWord		 words[5]; /* with the end of the list */
	SpkOptionUse uses[SPK_N_ALGORITHMS];
	const char	*doc; /* one line for people */
} SpkOptionSpec;

typedef struct SpkOptions
{
	double value[SPK_N_OPTIONS];
} SpkOptions;

/* The list as an array, in its order. */
extern const SpkOptionSpec spk_option_specs[SPK_N_OPTIONS];

/* Returns the algorithm's name, "random_forest" and so on. */
extern const char *spk_algorithm_name(SpkAlgorithm algorithm);

/* Returns what users write to train by it: its name, but "auto" for blends. */
extern const char *spk_training_name(SpkAlgorithm algorithm);

/* Sets *algorithm to the one with this name of len bytes; false when there is none. */
extern bool spk_algorithm_of(const char *name, size_t len, SpkAlgorithm *algorithm);

/* Does the algorithm use the option? */
static inline bool
spk_option_applies(SpkOption option, SpkAlgorithm algorithm)
{
	return spk_option_specs[option].uses[algorithm].applies;
}

/* Returns the algorithm's defaults; options that it does not use are 0. */
extern SpkOptions spk_options_default(SpkAlgorithm algorithm);

/*
 * Returns the defaults, but of options that came later what models have that do not
 * store them: what training did before there was the option.
 */
extern SpkOptions spk_options_before(SpkAlgorithm algorithm);

/* Is this the number of one of the option's words, or a number in its range?  NaN never is. */
extern bool spk_option_valid(SpkOption option, double value);

/* Do training rows have weights? */
static inline bool
spk_has_weights(const SpkOptions *options)
{
	return options->value[SPK_OPT_WEIGHTS] != 0;
}

/* Do some of a model's features have to be monotone?  Do features meet only within groups? */
static inline bool
spk_has_monotone(const SpkOptions *options)
{
	return options->value[SPK_OPT_MONOTONE] != 0;
}

static inline bool
spk_has_interactions(const SpkOptions *options)
{
	return options->value[SPK_OPT_INTERACTIONS] != 0;
}

/* Does training with these options measure the permutation importance of features? */
static inline bool
spk_has_permutation(const SpkOptions *options, SpkAlgorithm algorithm)
{
	return spk_option_applies(SPK_OPT_IMPORTANCE, algorithm) &&
		options->value[SPK_OPT_IMPORTANCE] == SPK_IMPORTANCE_PERMUTATION;
}

/*
 * Does training with these options draw rows at random, or hold some of them out?  Then
 * it has to know which rows are of one user.
 */
static inline bool
spk_parts_rows(const SpkOptions *options, SpkAlgorithm algorithm)
{
	const double *value = options->value;

	return (spk_option_applies(SPK_OPT_BOOTSTRAP, algorithm) && value[SPK_OPT_BOOTSTRAP] != 0) ||
		(spk_option_applies(SPK_OPT_SUBSAMPLE, algorithm) && value[SPK_OPT_SUBSAMPLE] < 1) ||
		(spk_option_applies(SPK_OPT_EARLY_STOPPING, algorithm) &&
		 value[SPK_OPT_EARLY_STOPPING] != 0);
}

/*
 * Sets the weights of a row of each class (0 stays, 1 churns) as the option
 * class_weight says.  When it says "balanced", a row weighs n / (2 * rows of its
 * class), so that both classes have the same weight; but rows weigh 1 when one of the
 * classes is empty.  stay and churn are how many rows there are of each class, where each
 * counts as its own weight says.
 */
extern void spk_class_weights(const SpkOptions *options, double stay, double churn,
							  double weight[2]);

/*
 * What the options min_leaf and early_stopping stand for when there are so many
 * training rows.  Before the number of positives is known, pass 0: then the leaves are
 * as small as they may become, which is right for sizes.
 */
extern uint32_t spk_min_leaf(const SpkOptions *options, SpkAlgorithm algorithm, uint32_t n_rows,
							 uint32_t n_positives);
extern uint32_t spk_early_stopping(const SpkOptions *options, uint32_t n_rows,
								   uint32_t n_positives);

/*
 * What the option max_depth stands for.  In gradient_boosting "auto" is the lower of two
 * depths, of which each fit chooses one; elsewhere it is the default.
 */
extern uint32_t spk_max_depth(const SpkOptions *options, SpkAlgorithm algorithm);

/*
 * Replaces the words by what they stand for when there are so many training rows, so
 * that fits to parts of the rows have the same options as the one to all, and who asks
 * the model is told.  Where gradient_boosting chooses max_depth by rows held out, that and what
 * goes with it stay: the same options make the same model again, whose facts tell the choice.
 */
extern void spk_options_settle(SpkOptions *options, SpkAlgorithm algorithm, uint32_t n_rows,
							   uint32_t n_positives);

/* Replaces these words: by what they are in trees that are the deeper ones, or not. */
extern void spk_options_settle_depth(SpkOptions *options, bool deeper);

/* Returns the option with this name of len bytes, or -1. */
extern int spk_option_of(const char *name, size_t len);

/* Sets *value to the number of this word of len bytes; false when the option has no such word. */
extern bool spk_option_of_word(SpkOption option, const char *word, size_t len, double *value);

/* May users write this number for the option?  Not when it only stands for a word. */
extern bool spk_option_takes_number(SpkOption option, double value);

#endif /* SPK_CORE_MODELS_OPTIONS_H */

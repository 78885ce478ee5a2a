/*
 * learner.h
 *	  The table of algorithms: what each of them is called and learns from, what its
 *	  models hold and how they answer, and how it is fitted.
 *
 * Code on every floor reads an algorithm's row instead of asking which algorithm it
 * is.  The rows themselves are in core/learners, above the floors whose functions
 * they name.  Which options an algorithm has, option_list.h says.
 */
#ifndef SPK_CORE_MODELS_LEARNER_H
#define SPK_CORE_MODELS_LEARNER_H

#include "core/models/model.h"

struct SpkMatrix;
struct SpkValues;

/* The form of the terms that a model without trees holds, see terms.h. */
typedef enum SpkTermsForm
{
	SPK_TERMS_NONE,
	SPK_TERMS_LOGISTIC,
	SPK_TERMS_BAYES
} SpkTermsForm;

/* How a model's parts give a probability, before calibration. */
typedef enum SpkAnswer
{
	SPK_ANSWER_MEAN,	/* leaves are shares of churn: it is their mean over the trees */
	SPK_ANSWER_LOGISTIC /* the sum of the parts is the log-odds of churn */
} SpkAnswer;

/* How parallel workers help with one fit. */
typedef enum SpkHelp
{
	SPK_HELP_NONE,	/* not at all */
	SPK_HELP_TREES, /* each worker grows whole trees, as in a forest */
	SPK_HELP_TEAM	/* all workers grow each tree together, as in boosting */
} SpkHelp;

/*
 * One algorithm.  Functions that take a model need its algorithm, options and
 * features to be set.
 *
 * A fit sets all of the model that training sets, except the calibration and the
 * facts about the rows.  It is serial, and gives the same bits as one with workers.
 * It may change the codes of rows that are not lent.
 * It returns SPK_INVALID unless there are rows of both classes, SPK_LIMIT,
 * SPK_CANCELLED or SPK_NO_MEMORY; after any of these spk_model_release releases all
 * that is held.
 */
typedef struct SpkLearner
{
	const char *name;	/* "random_forest" and so on, which is part of the formats */
	const char *title;	/* its name in messages */
	const char *asked;	/* what training calls it where that is another name, or NULL */
	uint32_t max_trees; /* the most trees of a model; 0 when models hold terms or parts instead */
	uint32_t max_parts; /* the most parts of a blend; 0 when models are no blends */
	SpkTermsForm terms;
	SpkAnswer	 answer;
	SpkHelp		 help;
	/* one of these fits a model, to codes (SpkMatrix) or to values; of a blend none, see auto.h */
	SpkStatus (*fit_codes)(const SpkHost *host, const struct SpkMatrix *rows, SpkModel *model);
	SpkStatus (*fit_values)(const SpkHost *host, const struct SpkValues *rows, SpkModel *model);
	/* how many columns the model's features make, SPK_MAX_COLUMNS at most; NULL: no such bound */
	uint32_t (*count_columns)(const SpkModel *model);
	/* the most nodes that all trees together may have; NULL: no trees */
	uint64_t (*most_nodes)(const SpkModel *model, uint32_t n_rows);
	/* the bytes that a fit takes besides rows and model; NULL: not worth counting */
	uint64_t (*work_size)(const SpkModel *model, uint32_t n_rows);
	/* roughly how many codes or values a fit looks at */
	double (*cost)(const SpkModel *model, double n_rows);
} SpkLearner;

/* The table, defined in core/learners/learners.c. */
extern const SpkLearner spk_learners[SPK_N_ALGORITHMS];

/* Does the algorithm learn from codes of binned rows?  Otherwise it learns from values. */
static inline bool
spk_learns_codes(SpkAlgorithm algorithm)
{
	return spk_learners[algorithm].fit_codes != NULL;
}

/* Are its models ensembles of trees, as a churn_forest holds? */
static inline bool
spk_has_trees(SpkAlgorithm algorithm)
{
	return spk_learners[algorithm].max_trees > 0;
}

/* Are its models blends of others? */
static inline bool
spk_has_parts(SpkAlgorithm algorithm)
{
	return spk_learners[algorithm].max_parts > 0;
}

/* Do its models add up terms? */
static inline bool
spk_has_terms(SpkAlgorithm algorithm)
{
	return spk_learners[algorithm].terms != SPK_TERMS_NONE;
}

#endif /* SPK_CORE_MODELS_LEARNER_H */

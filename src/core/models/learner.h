/*
 * learner.h
 *	  The table of algorithms: what each is called and learns from, what its
 *	  models hold and how they answer, and how it is fitted.
 *
 * The rows stand in core/learners, above the floors whose functions they name;
 * whoever needs to know something of an algorithm, on whatever floor, reads its
 * row.  What options an algorithm has is said by the list of options.
 */
#ifndef SPK_CORE_MODELS_LEARNER_H
#define SPK_CORE_MODELS_LEARNER_H

#include "core/models/model.h"

struct SpkMatrix;
struct SpkValues;

/* What the terms of a model without trees are, see terms.h. */
typedef enum SpkTermsForm
{
	SPK_TERMS_NONE,
	SPK_TERMS_LOGISTIC,
	SPK_TERMS_BAYES
} SpkTermsForm;

/* How the sum of a model's parts becomes a probability, before calibration. */
typedef enum SpkAnswer
{
	SPK_ANSWER_MEAN,	/* of the trees: each leaf is a share of churn */
	SPK_ANSWER_LOGISTIC /* the sum is the log-odds of churn */
} SpkAnswer;

/* How parallel workers help with one fit. */
typedef enum SpkHelp
{
	SPK_HELP_NONE,	/* it is serial */
	SPK_HELP_TREES, /* each grows whole trees, as a forest */
	SPK_HELP_TEAM	/* each works at every tree, as boosting does */
} SpkHelp;

/*
 * Where a function takes a model, its algorithm, options and features are set.
 * A fit sets all that training does, but calibration and facts of the rows; it
 * is serial, and gives the bits that workers' help gives.  After a failure
 * nothing is held but what spk_model_release gives back: SPK_INVALID unless
 * there are rows of both classes, SPK_LIMIT, SPK_CANCELLED, SPK_NO_MEMORY.
 */
typedef struct SpkLearner
{
	const char	*name;		/* "random_forest" and so on, part of the formats */
	const char	*title;		/* for messages */
	uint32_t	 max_trees; /* of a model; 0: it holds terms */
	SpkTermsForm terms;
	SpkAnswer	 answer;
	SpkHelp		 help;
	/* a learner from codes, or one from values; the other is NULL */
	SpkStatus (*fit_codes)(const SpkHost *host, const struct SpkMatrix *rows, SpkModel *model);
	SpkStatus (*fit_values)(const SpkHost *host, const struct SpkValues *rows, SpkModel *model);
	/* columns that the model's features make, SPK_MAX_COLUMNS at most; NULL: no such bound */
	uint32_t (*count_columns)(const SpkModel *model);
	/* most nodes of all trees together; NULL: no trees */
	uint64_t (*most_nodes)(const SpkModel *model, uint32_t n_rows);
	/* bytes that a fit takes beside the rows and what the model holds; NULL: none to speak of */
	uint64_t (*work_size)(const SpkModel *model, uint32_t n_rows);
	/* roughly how many codes or values a fit looks at */
	double (*cost)(const SpkModel *model, double n_rows);
} SpkLearner;

extern const SpkLearner spk_learners[SPK_N_ALGORITHMS];

/* Does the algorithm learn from binned rows?  Else it learns from their values. */
static inline bool
spk_learns_codes(SpkAlgorithm algorithm)
{
	return spk_learners[algorithm].fit_codes != NULL;
}

/* Are its models ensembles of trees, which a churn_forest may hold?  Else they hold terms. */
static inline bool
spk_has_trees(SpkAlgorithm algorithm)
{
	return spk_learners[algorithm].max_trees > 0;
}

#endif /* SPK_CORE_MODELS_LEARNER_H */

/*
 * learners.h
 *	  The functions of the algorithms that the table in learners.c names.
 *
 * SpkLearner says what each of them is given and has to do.
 */
#ifndef SPK_CORE_LEARNERS_LEARNERS_H
#define SPK_CORE_LEARNERS_LEARNERS_H

#include "core/models/learner.h"
#include "core/rows/matrix.h"

/* ---- learn_forest.c: random_forest and decision_tree ---- */

extern SpkStatus spk_learn_forest(const SpkHost *host, const SpkMatrix *rows, SpkModel *model);
extern uint64_t	 spk_forest_nodes(const SpkModel *model, uint32_t n_rows);
extern uint64_t	 spk_forest_work_size(const SpkModel *model, uint32_t n_rows);
extern double	 spk_forest_cost(const SpkModel *model, double n_rows);

/* ---- learn_boost.c: gradient_boosting ---- */

extern SpkStatus spk_learn_boost(const SpkHost *host, const SpkMatrix *rows, SpkModel *model);
extern uint64_t	 spk_boost_nodes(const SpkModel *model, uint32_t n_rows);
extern uint64_t	 spk_boost_work_size(const SpkModel *model, uint32_t n_rows);
extern double	 spk_boost_cost(const SpkModel *model, double n_rows);

/* ---- learn_terms.c: logistic_regression and naive_bayes ---- */

extern uint64_t spk_logistic_work_size(const SpkModel *model, uint32_t n_rows);
extern uint64_t spk_bayes_work_size(const SpkModel *model, uint32_t n_rows);
extern double	spk_logistic_cost(const SpkModel *model, double n_rows);
extern double	spk_bayes_cost(const SpkModel *model, double n_rows);

/* ---- learn_blend.c: what a search takes, and the blend that comes of it ---- */

extern uint64_t spk_blend_nodes(const SpkModel *model, uint32_t n_rows);
extern uint64_t spk_blend_work_size(const SpkModel *model, uint32_t n_rows);
extern double	spk_blend_cost(const SpkModel *model, double n_rows);

/*
 * A matrix of this many rows of the model's features, without codes.  Plans and
 * sizes can be computed from it before there are rows; half of them churn.
 */
static inline SpkMatrix
spk_learner_shape(const SpkModel *model, uint32_t n_rows)
{
	bool	  weighted = spk_has_weights(&model->options);
	SpkMatrix shape = {.n_rows = n_rows,
					   .n_positives = n_rows / 2,
					   .n_features = model->n_features,
					   .n_grouped = spk_count_grouped(model->features, model->n_features),
					   .stride = spk_features_stride(model->features, model->n_features, weighted),
					   .weighted = weighted,
					   .unit = 1,
					   .weights = {n_rows - n_rows / 2, n_rows / 2}};

	return shape;
}

#endif /* SPK_CORE_LEARNERS_LEARNERS_H */

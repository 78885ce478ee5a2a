/*
 * learn_terms.c
 *	  Memory and cost of models without trees, for the table of algorithms.
 */
#include "core/learners/learners.h"
#include "core/linear/design.h"
#include "core/linear/logistic.h"
#include "core/linear/transforms.h"

uint64_t
spk_logistic_work_size(const SpkModel *model, uint32_t n_rows)
{
	return spk_transforms_size(model, n_rows) + spk_logistic_size(spk_design_width(model));
}

uint64_t
spk_bayes_work_size(const SpkModel *model, uint32_t n_rows)
{
	return spk_transforms_size(model, n_rows);
}

/* About ten iterations, each of which adds up the products of all pairs of columns. */
double
spk_logistic_cost(const SpkModel *model, double n_rows)
{
	double columns = spk_design_width(model);

	return 10 * n_rows * columns * (1 + columns / 4);
}

/* A value takes about ten times the work of a code. */
double
spk_bayes_cost(const SpkModel *model, double n_rows)
{
	return 10 * n_rows * model->n_features;
}

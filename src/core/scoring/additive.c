/*
 * additive.c
 *	  Models without trees: what a row's features add up to.
 */
#include "core/models/learner.h"
#include "core/scoring/additive.h"
#include "core/base/elementary.h"
#include "core/models/calibration.h"
#include "core/models/terms.h"

static double
intercept_of(const SpkModel *model)
{
	if (spk_learners[model->algorithm].terms == SPK_TERMS_LOGISTIC)
		return model->terms[0];
	return model->terms[1] - model->terms[0];
}

double
spk_additive_predict(const SpkModel *model, const double *values)
{
	const double *term = model->terms + SPK_INTERCEPT;
	double		margin = intercept_of(model);

	for (uint32_t f = 0; f < model->n_features; f++)
	{
		const SpkFeature *feature = &model->features[f];

		margin += spk_contribution(model, feature, term, values[f]);
		term += spk_term_length(model, feature);
	}
	return spk_calibrated(model, spk_sigmoid(margin));
}

void
spk_additive_explain(const SpkModel *model, const double *values, double *contributions)
{
	const double *term = model->terms + SPK_INTERCEPT;

	for (uint32_t f = 0; f < model->n_features; f++)
	{
		const SpkFeature *feature = &model->features[f];
		uint32_t	length = spk_term_length(model, feature);

		contributions[f] = spk_contribution(model, feature, term, values[f]) - term[length - 1];
		term += length;
	}
}

double
spk_additive_base(const SpkModel *model)
{
	const double *term = model->terms + SPK_INTERCEPT;
	double		base = intercept_of(model);

	for (uint32_t f = 0; f < model->n_features; f++)
	{
		term += spk_term_length(model, &model->features[f]);
		base += term[-1];
	}
	return base;
}

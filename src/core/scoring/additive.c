/*
 * additive.c
 *	  Models without trees: what the features of a row add up to.
 */
#include "core/scoring/additive.h"
#include "core/base/elementary.h"
#include "core/models/calibration.h"
#include "core/models/terms.h"

double
spk_additive_predict(const SpkModel *model, const double *values)
{
	return spk_calibrated(model, spk_sigmoid(spk_margin(model, values)));
}

void
spk_additive_explain(const SpkModel *model, const double *values, double *contributions)
{
	const double *term = model->terms + SPK_INTERCEPT;

	for (uint32_t f = 0; f < model->n_features; f++)
	{
		const SpkFeature *feature = &model->features[f];
		uint32_t		  length = spk_term_length(model, feature);

		contributions[f] = spk_contribution(model, feature, term, values[f]) - term[length - 1];
		term += length;
	}
}

double
spk_additive_base(const SpkModel *model)
{
	const double *term = model->terms + SPK_INTERCEPT;
	double		  base = spk_intercept(model);

	for (uint32_t f = 0; f < model->n_features; f++)
	{
		term += spk_term_length(model, &model->features[f]);
		base += term[-1];
	}
	return base;
}

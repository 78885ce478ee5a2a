/*
 * terms.c
 *	  The terms of models without trees: whether they are sound, and what they add
 *	  to a margin.
 */
#include <math.h>

#include "core/models/learner.h"
#include "core/models/terms.h"
#include "core/base/elementary.h"

/* No training makes weights and logarithms beyond this; sums of them stay finite. */
#define MAX_WEIGHT	 1e100
#define MAX_STANDARD 1e15
#define MAX_MEAN	 1e116

static inline bool
is_multinomial(const SpkModel *model)
{
	return model->options.value[SPK_OPT_DISTRIBUTION] == SPK_DISTRIBUTION_MULTINOMIAL;
}

/* Halves keep the difference of two of the largest numbers finite. */
double
spk_standardise(double x, double center, double scale)
{
	double z = (x * 0.5 - center * 0.5) / (scale * 0.5);

	if (z > MAX_STANDARD)
		return MAX_STANDARD;
	return z < -MAX_STANDARD ? -MAX_STANDARD : z;
}

double
spk_min_max(double x, double low, double high)
{
	double half = high * 0.5 - low * 0.5;

	if (half < SPK_MIN_SCALE)
		return 0.5;
	if (x <= low)
		return 0;
	return x >= high ? 1 : (x * 0.5 - low * 0.5) / half;
}

/* Where the doubles of the feature's transform are, or NULL when it has none. */
static inline const double *
transform_in(SpkTermsForm form, bool transforms, const SpkFeature *feature, const double *term)
{
	if (!transforms || feature->kind != SPK_NUMBER)
		return NULL;
	return term + (form == SPK_TERMS_LOGISTIC ? SPK_LOGISTIC_NUMBER : SPK_BAYES_NUMBER) - 1;
}

static inline const double *
transform_of(const SpkModel *model, const SpkFeature *feature, const double *term)
{
	return transform_in(spk_learners[model->algorithm].terms, spk_has_transforms(model), feature,
						term);
}

SpkTransform
spk_term_transform(const SpkModel *model, const SpkFeature *feature, const double *term)
{
	const double *place = transform_of(model, feature, term);

	if (place == NULL)
		return SPK_AS_IT_IS;
	return (SpkTransform) {(SpkTransformForm) place[0], place[1]};
}

void
spk_term_set_transform(const SpkModel *model, const SpkFeature *feature, double *term,
					   SpkTransform transform)
{
	const double *place = transform_of(model, feature, term);

	if (place == NULL)
		return;
	term[place - term] = transform.form;
	term[place - term + 1] = transform.power;
}

size_t
spk_terms_length(const SpkModel *model)
{
	size_t n = SPK_INTERCEPT;

	for (uint32_t f = 0; f < model->n_features; f++)
		n += spk_term_length(model, &model->features[f]);
	return n;
}

/* ---- What is sound ---- */

static bool
are_weights(const double *term, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!(fabs(term[i]) <= MAX_WEIGHT))
			return false;
	return true;
}

static bool
are_errors(const double *term, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!isfinite(term[i]) || term[i] < 0)
			return false;
	return true;
}

/* Are these logarithms of shares, which are not above 0? */
static bool
are_logarithms(const double *term, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!(term[i] <= 0 && term[i] >= -MAX_WEIGHT))
			return false;
	return true;
}

static inline bool
is_scale(double scale)
{
	return scale == 0 || (isfinite(scale) && scale >= SPK_MIN_SCALE);
}

static bool
logistic_term_sound(const SpkFeature *feature, const double *term)
{
	if (feature->kind == SPK_CATEGORY)
		return are_weights(term, feature->n_bins + 1) &&
			are_errors(term + feature->n_bins + 1, feature->n_bins + 1);
	return isfinite(term[SPK_LOGISTIC_CENTER]) && is_scale(term[SPK_LOGISTIC_SCALE]) &&
		are_weights(&term[SPK_LOGISTIC_WEIGHT], 1) && are_errors(&term[SPK_LOGISTIC_ERROR], 1) &&
		are_weights(&term[SPK_LOGISTIC_MISSING], 1) &&
		are_errors(&term[SPK_LOGISTIC_MISSING_ERROR], 1) &&
		(term[SPK_LOGISTIC_SCALE] > 0 ||
		 (term[SPK_LOGISTIC_WEIGHT] == 0 && term[SPK_LOGISTIC_ERROR] == 0));
}

static bool
bayes_term_sound(const SpkModel *model, const SpkFeature *feature, const double *term)
{
	if (feature->kind == SPK_CATEGORY)
		return are_logarithms(term, 2 * feature->n_bins);
	if (is_multinomial(model))
		return isfinite(term[SPK_BAYES_LOW]) && isfinite(term[SPK_BAYES_HIGH]) &&
			term[SPK_BAYES_LOW] <= term[SPK_BAYES_HIGH] &&
			are_logarithms(term + SPK_BAYES_SHARE, 2);
	return isfinite(term[SPK_BAYES_MEAN]) && isfinite(term[SPK_BAYES_MEAN + 1]) &&
		is_scale(term[SPK_BAYES_DEVIATION]) && is_scale(term[SPK_BAYES_DEVIATION + 1]) &&
		(term[SPK_BAYES_DEVIATION] > 0) == (term[SPK_BAYES_DEVIATION + 1] > 0);
}

/* A form is one that there is, and that the option allows. */
static bool
transform_sound(const SpkModel *model, const SpkFeature *feature, const double *term)
{
	const double *place = transform_of(model, feature, term);
	double		  option = model->options.value[SPK_OPT_TRANSFORM];

	if (place == NULL)
		return true;
	for (int form = 0; form < SPK_N_FORMS; form++)
		if (place[0] == form && !signbit(place[0]))
			return spk_transform_sound((SpkTransform) {(SpkTransformForm) form, place[1]}) &&
				!(place[1] == 0 && signbit(place[1])) &&
				(form == SPK_FORM_NONE || option == SPK_TRANSFORM_AUTO || option == form);
	return false;
}

const char *
spk_terms_fault(const SpkModel *model)
{
	const double *term = model->terms;
	bool		  logistic = spk_learners[model->algorithm].terms == SPK_TERMS_LOGISTIC;

	if (logistic ? !are_weights(term, 1) || !are_errors(term + 1, 1) :
				   !are_logarithms(term, SPK_INTERCEPT))
		return "The intercept is not one that training makes";
	term += SPK_INTERCEPT;
	for (uint32_t f = 0; f < model->n_features; f++)
	{
		const SpkFeature *feature = &model->features[f];
		uint32_t		  length = spk_term_length(model, feature);

		if (!(fabs(term[length - 1]) <= MAX_MEAN))
			return "The mean of what a feature adds is not one that training makes";
		if (logistic ? !logistic_term_sound(feature, term) :
					   !bayes_term_sound(model, feature, term))
			return "The terms of a feature are not ones that training makes";
		if (!transform_sound(model, feature, term))
			return "The transform of a feature is not one that training makes";
		term += length;
	}
	return NULL;
}

/* ---- Contributions ---- */

static double
logistic_contribution(const SpkFeature *feature, const double *term, double value)
{
	if (feature->kind == SPK_CATEGORY)
		return term[isnan(value) ? feature->n_bins : (uint32_t) value];
	if (isnan(value))
		return term[SPK_LOGISTIC_MISSING];
	if (term[SPK_LOGISTIC_SCALE] == 0)
		return 0;
	return term[SPK_LOGISTIC_WEIGHT] *
		spk_standardise(value, term[SPK_LOGISTIC_CENTER], term[SPK_LOGISTIC_SCALE]);
}

/* Returns the logarithm of the ratio of two normal densities at the value. */
static double
gaussian_contribution(const double *term, double value)
{
	const double *mean = term + SPK_BAYES_MEAN;
	const double *deviation = term + SPK_BAYES_DEVIATION;
	double		  z0;
	double		  z1;

	if (deviation[0] == 0)
		return 0;
	z0 = spk_standardise(value, mean[0], deviation[0]);
	z1 = spk_standardise(value, mean[1], deviation[1]);
	/* trained deviations are alike; the ratio of others is still finite, and not 0 */
	return spk_log(deviation[0] / deviation[1]) + 0.5 * (z0 - z1) * (z0 + z1);
}

static double
bayes_contribution(const SpkModel *model, const SpkFeature *feature, const double *term,
				   double value)
{
	if (isnan(value))
		return 0;
	if (feature->kind == SPK_CATEGORY)
		return term[feature->n_bins + (uint32_t) value] - term[(uint32_t) value];
	if (is_multinomial(model))
		return spk_min_max(value, term[SPK_BAYES_LOW], term[SPK_BAYES_HIGH]) *
			(term[SPK_BAYES_SHARE + 1] - term[SPK_BAYES_SHARE]);
	return gaussian_contribution(term, value);
}

static inline double
contribution_of(SpkTermsForm form, bool transforms, const SpkModel *model,
				const SpkFeature *feature, const double *term, double value)
{
	const double *place = transform_in(form, transforms, feature, term);

	if (place != NULL)
		value = spk_transformed((SpkTransform) {(SpkTransformForm) place[0], place[1]}, value);
	if (form == SPK_TERMS_LOGISTIC)
		return logistic_contribution(feature, term, value);
	return bayes_contribution(model, feature, term, value);
}

double
spk_contribution(const SpkModel *model, const SpkFeature *feature, const double *term, double value)
{
	return contribution_of(spk_learners[model->algorithm].terms, spk_has_transforms(model), model,
						   feature, term, value);
}

double
spk_intercept(const SpkModel *model)
{
	if (spk_learners[model->algorithm].terms == SPK_TERMS_LOGISTIC)
		return model->terms[0];
	return model->terms[1] - model->terms[0];
}

double
spk_margin(const SpkModel *model, const double *values)
{
	/* once, as this is done for each row */
	SpkTermsForm  form = spk_learners[model->algorithm].terms;
	bool		  transforms = spk_has_transforms(model);
	const double *term = model->terms + SPK_INTERCEPT;
	double		  margin = spk_intercept(model);

	for (uint32_t f = 0; f < model->n_features; f++)
	{
		const SpkFeature *feature = &model->features[f];

		margin += contribution_of(form, transforms, model, feature, term, values[f]);
		term += spk_form_length(form, transforms, feature);
	}
	return margin;
}

/*
 * terms.h
 *	  The terms of models without trees: logistic regression and naive Bayes.
 *
 * Both forms add up a margin, the log-odds of churn, from an intercept and one
 * contribution of each feature.  They differ in what a contribution is and how it is
 * learned.  model->terms holds what they have learned, as doubles without gaps:
 * SPK_INTERCEPT of them for the intercept, then those of each feature in turn.
 *
 * Logistic regression
 *	  intercept		the weight of the intercept when all numbers are at their means;
 *					the standard error of the intercept when they are at 0
 *	  number, time	SPK_LOGISTIC_NUMBER doubles, which are named below; the weight is
 *					that of the standardised value (x - center) / scale; when the
 *					scale is 0, the feature is not used
 *	  category		a weight for each of n_bins categories and one for missing values;
 *					then as many standard errors
 *
 * A standard error of 0 means that the weight was not estimated but set to 0, because
 * it is that of a reference category or of a combination of other columns.
 *
 * Naive Bayes (class 0 stays, class 1 churns; logarithms are natural)
 *	  intercept		the logarithm of each class's share of the rows
 *	  number, time	gaussian: the mean in each class, then the standard deviation in
 *					each class; when both deviations are 0, the feature is not used
 *					multinomial: the lowest and the highest value, which count as 0
 *					and 1, then the logarithm of the feature's share in each class
 *	  category		the logarithm of the share of each of n_bins categories in class
 *					0, then in class 1
 *
 * Where the option transform is not "none", both forms have SPK_TRANSFORM_TERMS more
 * doubles for a number (not for a time): what it goes through before all that is said
 * above, as an SpkTransformForm and a power, see transform.h.
 *
 * In both forms the last of a feature's doubles is the mean of its contributions over
 * the training rows, from which explanations count.
 */
#ifndef SPK_CORE_MODELS_TERMS_H
#define SPK_CORE_MODELS_TERMS_H

#include "core/models/learner.h"
#include "core/models/transform.h"

#define SPK_INTERCEPT		2
#define SPK_TRANSFORM_TERMS 2

enum
{
	SPK_LOGISTIC_CENTER = 0,
	SPK_LOGISTIC_SCALE,
	SPK_LOGISTIC_WEIGHT,
	SPK_LOGISTIC_ERROR,
	SPK_LOGISTIC_MISSING, /* the weight of a missing value */
	SPK_LOGISTIC_MISSING_ERROR,
	SPK_LOGISTIC_NUMBER = 7 /* how many these are, with the mean of the contributions */
};

enum
{
	SPK_BAYES_MEAN = 0,		 /* gaussian: one of each class */
	SPK_BAYES_DEVIATION = 2, /* gaussian: one of each class */
	SPK_BAYES_LOW = 0,		 /* multinomial */
	SPK_BAYES_HIGH = 1,		 /* multinomial */
	SPK_BAYES_SHARE = 2,	 /* multinomial: one logarithm of each class */
	SPK_BAYES_NUMBER = 5	 /* how many these are, with the mean of the contributions */
};

/* Scales and deviations below this count as 0: the feature is constant. */
#define SPK_MIN_SCALE 1e-300

/* Returns (x - center) / scale, within -1e15 .. 1e15 and without overflow. */
extern double spk_standardise(double x, double center, double scale);

/*
 * Returns where x lies between low, which is 0, and high, which is 1.  Values beyond
 * these count as they do.  When low and high are the same, all values are 0.5.
 */
extern double spk_min_max(double x, double low, double high);

/* Do the model's terms tell transforms of its numbers? */
static inline bool
spk_has_transforms(const SpkModel *model)
{
	return model->options.value[SPK_OPT_TRANSFORM] != SPK_TRANSFORM_NONE;
}

/* Returns how many doubles the feature has in terms of this form, with the mean. */
static inline uint32_t
spk_form_length(SpkTermsForm form, bool transforms, const SpkFeature *feature)
{
	uint32_t more = transforms && feature->kind == SPK_NUMBER ? SPK_TRANSFORM_TERMS : 0;

	if (form == SPK_TERMS_LOGISTIC)
		return feature->kind == SPK_CATEGORY ? 2 * (feature->n_bins + 1) + 1 :
											   SPK_LOGISTIC_NUMBER + more;
	return feature->kind == SPK_CATEGORY ? 2 * feature->n_bins + 1 : SPK_BAYES_NUMBER + more;
}

/* Likewise in terms of the model's form. */
static inline uint32_t
spk_term_length(const SpkModel *model, const SpkFeature *feature)
{
	return spk_form_length(spk_learners[model->algorithm].terms, spk_has_transforms(model),
						   feature);
}

/* Returns what the feature, whose doubles term points to, goes through. */
extern SpkTransform spk_term_transform(const SpkModel *model, const SpkFeature *feature,
									   const double *term);

/* Sets it in the feature's doubles, if there is a place for it. */
extern void spk_term_set_transform(const SpkModel *model, const SpkFeature *feature, double *term,
								   SpkTransform transform);

/* Returns how many doubles the whole model has. */
extern size_t spk_terms_length(const SpkModel *model);

/* Returns what is wrong with the model's terms, for people (static text); NULL when nothing is. */
extern const char *spk_terms_fault(const SpkModel *model);

/*
 * Returns the feature's contribution to the margin.  term points to the feature's
 * doubles.  value is a number, which may be infinite, or the code of a category, or
 * NaN when it is missing.
 */
extern double spk_contribution(const SpkModel *model, const SpkFeature *feature, const double *term,
							   double value);

/* Returns the intercept, to which the contributions are added. */
extern double spk_intercept(const SpkModel *model);

/* Returns the margin of a row of n_features values: the intercept and all contributions. */
extern double spk_margin(const SpkModel *model, const double *values);

#endif /* SPK_CORE_MODELS_TERMS_H */

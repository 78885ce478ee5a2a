/*
 * terms.h
 *	  What models without trees know: logistic regression and naive Bayes.
 *
 * Both add up a margin, the log-odds of churn, from one contribution of each
 * feature, and differ in what a contribution is and how it was learned.  What
 * they know lies in model->terms, doubles without gaps: SPK_INTERCEPT of them
 * for the intercept, then those of each feature.
 *
 * Logistic regression
 *	  intercept		its weight where all numbers are at their means; the standard
 *					error of the intercept on the features' own scale
 *	  number, time	SPK_LOGISTIC_NUMBER doubles, named below; the weight is that
 *					of the standardised value (x - center) / scale; scale 0: not used
 *	  category		n_bins weights and that of a missing value, then as many
 *					standard errors
 *
 * An error of 0 is that of a weight that was not estimated but set to 0: a
 * reference category, or a combination of other columns.
 *
 * Naive Bayes; classes are 0 stays, 1 churns, logarithms natural
 *	  intercept		logarithm of each class's share
 *	  number, time	gaussian: mean of each class, then standard deviation of each
 *					class (0 and 0: not used)
 *					multinomial: the lowest and the highest value, which become 0
 *					and 1, then the logarithm of each class's share of the feature
 *	  category		n_bins logarithms of the category's share in class 0, then in 1
 *
 * In both the last of a feature's doubles is the mean of what it adds over the
 * training rows, which explanations count from.
 */
#ifndef SPK_CORE_MODELS_TERMS_H
#define SPK_CORE_MODELS_TERMS_H

#include "core/models/learner.h"

#define SPK_INTERCEPT 2

enum
{
	SPK_LOGISTIC_CENTER = 0,
	SPK_LOGISTIC_SCALE,
	SPK_LOGISTIC_WEIGHT,
	SPK_LOGISTIC_ERROR,
	SPK_LOGISTIC_MISSING, /* weight of a missing value */
	SPK_LOGISTIC_MISSING_ERROR,
	SPK_LOGISTIC_NUMBER = 7 /* how many, with the mean of what it adds */
};

enum
{
	SPK_BAYES_MEAN = 0,		 /* gaussian: 2 */
	SPK_BAYES_DEVIATION = 2, /* gaussian: 2 */
	SPK_BAYES_LOW = 0,		 /* multinomial */
	SPK_BAYES_HIGH = 1,		 /* multinomial */
	SPK_BAYES_SHARE = 2,	 /* multinomial: 2 logarithms */
	SPK_BAYES_NUMBER = 5	 /* how many, with the mean of what it adds */
};

/* Scales and deviations below this count as none: the feature is constant. */
#define SPK_MIN_SCALE 1e-300

/* (x - center) / scale without overflow, cut to +-1e15. */
extern double spk_standardise(double x, double center, double scale);

/*
 * Where a value lies from low, 0, to high, 1; what is beyond them counts as
 * they do, and all values as 0.5 where they are the same.
 */
extern double spk_min_max(double x, double low, double high);

/* Doubles of this feature, the mean included, in terms of this form or of the model's. */
static inline uint32_t
spk_form_length(SpkTermsForm form, const SpkFeature *feature)
{
	if (form == SPK_TERMS_LOGISTIC)
		return feature->kind == SPK_CATEGORY ? 2 * (feature->n_bins + 1) + 1 : SPK_LOGISTIC_NUMBER;
	return feature->kind == SPK_CATEGORY ? 2 * feature->n_bins + 1 : SPK_BAYES_NUMBER;
}

static inline uint32_t
spk_term_length(const SpkModel *model, const SpkFeature *feature)
{
	return spk_form_length(spk_learners[model->algorithm].terms, feature);
}

/* Doubles of the whole model. */
extern size_t spk_terms_length(const SpkModel *model);

/* What is wrong with terms from outside, for people; NULL: nothing. */
extern const char *spk_terms_fault(const SpkModel *model);

/*
 * What a feature adds to the margin.  term points to the feature's doubles;
 * value is a number, infinities allowed, or the code of a category; NaN is
 * missing.
 */
extern double spk_contribution(const SpkModel *model, const SpkFeature *feature, const double *term,
							   double value);

/* What is added to the features' contributions. */
extern double spk_intercept(const SpkModel *model);

/* The log-odds of churn of a row of n_features values: the intercept and all contributions. */
extern double spk_margin(const SpkModel *model, const double *values);

#endif /* SPK_CORE_MODELS_TERMS_H */

/*
 * model_terms.c
 *	What models without trees have learned, for people.
 */
#include "compat.h"

#include <math.h>

#include "utils/json.h"

#include "core/models/learner.h"
#include "core/models/terms.h"
#include "core/base/elementary.h"
#include "models/model_terms.h"
#include "models/options_json.h"

/* Begins an entry: {"feature": ..., and what tells it from other entries of the feature, if any. */
static void
begin_entry(StringInfo buf, const char *feature, const SpkCategory *category, bool missing)
{
	if (buf->data[buf->len - 1] != '[')
		appendStringInfoString(buf, ", ");
	appendStringInfoString(buf, "{\"feature\": ");
	escape_json(buf, feature);
	if (category != NULL)
	{
		char *name = pnstrdup(category->name, category->len);

		appendStringInfoString(buf, ", \"category\": ");
		escape_json(buf, name);
		pfree(name);
	}
	if (missing)
		appendStringInfoString(buf, ", \"missing\": true");
}

/* Appends a member; a value that is not finite is null, as JSON has no other word for it. */
static void
append_member(StringInfo buf, const char *key, double value)
{
	appendStringInfo(buf, ", \"%s\": ", key);
	if (isfinite(value))
		spk_append_number(buf, value);
	else
		appendStringInfoString(buf, "null");
}

/* Appends what a number goes through, if anything: the rest of its entry is on that scale. */
static void
append_transform(StringInfo buf, SpkTransform transform)
{
	if (transform.form == SPK_FORM_NONE)
		return;
	appendStringInfo(buf, ", \"transform\": \"%s\"", spk_form_names[transform.form]);
	if (transform.form == SPK_FORM_YEO_JOHNSON)
		append_member(buf, "power", transform.power);
}

/* ---- Logistic regression ---- */

/* Ends an entry with a weight.  One that was not estimated has no error, z or p. */
static void
append_estimate(StringInfo buf, double weight, double error)
{
	double z = error > 0 ? weight / error : NAN;

	append_member(buf, "estimate", weight);
	append_member(buf, "std_error", error > 0 ? error : NAN);
	append_member(buf, "z", z);
	append_member(buf, "p", isfinite(z) ? spk_erfc(fabs(z) / sqrt(2)) : NAN);
	appendStringInfoChar(buf, '}');
}

/* Returns the intercept when each number is 0, not at its mean. */
static double
original_intercept(const SpkModel *model)
{
	const double *term = model->terms + SPK_INTERCEPT;
	double		  intercept = model->terms[0];

	for (uint32 f = 0; f < model->n_features; f++)
	{
		const SpkFeature *feature = &model->features[f];

		if (feature->kind != SPK_CATEGORY && term[SPK_LOGISTIC_SCALE] > 0)
			intercept += term[SPK_LOGISTIC_WEIGHT] *
				spk_standardise(0, term[SPK_LOGISTIC_CENTER], term[SPK_LOGISTIC_SCALE]);
		term += spk_term_length(model, feature);
	}
	return intercept;
}

static void
append_number_weights(StringInfo buf, const SpkModel *model, const SpkFeature *feature,
					  const double *term)
{
	double scale = term[SPK_LOGISTIC_SCALE];

	begin_entry(buf, feature->name, NULL, false);
	append_transform(buf, spk_term_transform(model, feature, term));
	if (scale > 0)
		append_estimate(buf, term[SPK_LOGISTIC_WEIGHT] / scale, term[SPK_LOGISTIC_ERROR] / scale);
	else
		append_estimate(buf, 0, 0);
	if (feature->n_bins > 0 && feature->counts[feature->n_bins] > 0)
	{
		begin_entry(buf, feature->name, NULL, true);
		append_estimate(buf, term[SPK_LOGISTIC_MISSING], term[SPK_LOGISTIC_MISSING_ERROR]);
	}
}

static void
append_category_weights(StringInfo buf, const SpkModel *model, const SpkFeature *feature,
						const double *term)
{
	uint32 n = feature->n_bins;
	uint32 first = model->options.value[SPK_OPT_L2] > 0 ? 0 : 1;

	for (uint32 i = first; i < n; i++)
	{
		begin_entry(buf, feature->name, &feature->categories[i], false);
		append_estimate(buf, term[i], term[n + 1 + i]);
	}
	if (n > 0 && feature->counts[n] > 0)
	{
		begin_entry(buf, feature->name, NULL, true);
		append_estimate(buf, term[n], term[2 * n + 1]);
	}
}

static void
append_coefficients(StringInfo buf, const SpkModel *model)
{
	const double *term = model->terms + SPK_INTERCEPT;

	appendStringInfoString(buf, "\"coefficients\": [");
	begin_entry(buf, "(intercept)", NULL, false);
	append_estimate(buf, original_intercept(model), model->terms[1]);
	for (uint32 f = 0; f < model->n_features; f++)
	{
		const SpkFeature *feature = &model->features[f];

		if (feature->kind == SPK_CATEGORY)
			append_category_weights(buf, model, feature, term);
		else
			append_number_weights(buf, model, feature, term);
		term += spk_term_length(model, feature);
	}
	appendStringInfoChar(buf, ']');
}

/* ---- Naive Bayes ---- */

/* Appends "key": [stays, churns]. */
static void
append_pair(StringInfo buf, const char *key, double stays, double churns)
{
	appendStringInfo(buf, "\"%s\": [", key);
	spk_append_number(buf, stays);
	appendStringInfoString(buf, ", ");
	spk_append_number(buf, churns);
	appendStringInfoChar(buf, ']');
}

/* Appends the share of each category in each class. */
static void
append_shares(StringInfo buf, const SpkFeature *feature, const double *term)
{
	uint32 n = feature->n_bins;

	for (uint32 i = 0; i < n; i++)
	{
		begin_entry(buf, feature->name, &feature->categories[i], false);
		appendStringInfoString(buf, ", ");
		append_pair(buf, "share", spk_exp(term[i]), spk_exp(term[n + i]));
		appendStringInfoChar(buf, '}');
	}
}

/* Appends the distribution of a number in each class, in the form that the model has. */
static void
append_distribution(StringInfo buf, const SpkModel *model, const SpkFeature *feature,
					const double *term)
{
	begin_entry(buf, feature->name, NULL, false);
	append_transform(buf, spk_term_transform(model, feature, term));
	appendStringInfoString(buf, ", ");
	if (model->options.value[SPK_OPT_DISTRIBUTION] == SPK_DISTRIBUTION_MULTINOMIAL)
	{
		append_pair(buf, "range", term[SPK_BAYES_LOW], term[SPK_BAYES_HIGH]);
		appendStringInfoString(buf, ", ");
		append_pair(buf, "share", spk_exp(term[SPK_BAYES_SHARE]),
					spk_exp(term[SPK_BAYES_SHARE + 1]));
	}
	else
	{
		append_pair(buf, "mean", term[SPK_BAYES_MEAN], term[SPK_BAYES_MEAN + 1]);
		appendStringInfoString(buf, ", ");
		append_pair(buf, "deviation", term[SPK_BAYES_DEVIATION], term[SPK_BAYES_DEVIATION + 1]);
	}
	appendStringInfoChar(buf, '}');
}

static void
append_likelihoods(StringInfo buf, const SpkModel *model)
{
	const double *term = model->terms + SPK_INTERCEPT;

	append_pair(buf, "classes", spk_exp(model->terms[0]), spk_exp(model->terms[1]));
	appendStringInfoString(buf, ", \"likelihoods\": [");
	for (uint32 f = 0; f < model->n_features; f++)
	{
		const SpkFeature *feature = &model->features[f];

		if (feature->kind == SPK_CATEGORY)
			append_shares(buf, feature, term);
		else
			append_distribution(buf, model, feature, term);
		term += spk_term_length(model, feature);
	}
	appendStringInfoChar(buf, ']');
}

void
spk_append_terms(StringInfo buf, const SpkModel *model)
{
	if (spk_learners[model->algorithm].terms == SPK_TERMS_LOGISTIC)
		append_coefficients(buf, model);
	else
		append_likelihoods(buf, model);
}

/*
 * blend.c
 *	  What holds of a blend's parts, and the margins that they add up.
 */
#include <string.h>

#include "core/base/elementary.h"
#include "core/models/blend.h"
#include "core/models/calibration.h"
#include "core/models/learner.h"

static bool
same_categories(const SpkFeature *a, const SpkFeature *b)
{
	if (spk_n_categories(a) != spk_n_categories(b))
		return false;
	for (uint32_t i = 0; i < spk_n_categories(a); i++)
		if (a->categories[i].len != b->categories[i].len ||
			memcmp(a->categories[i].name, b->categories[i].name, a->categories[i].len) != 0)
			return false;
	return true;
}

/* Have the features, of one kind, the same bins with the same rows? */
static bool
same_bins(const SpkFeature *a, const SpkFeature *b)
{
	if (a->n_grouped > 0 || b->n_grouped > 0 || a->n_bins != b->n_bins ||
		memcmp(a->counts, b->counts, (a->n_bins + 1) * sizeof(*a->counts)) != 0)
		return false;
	if (a->kind == SPK_CATEGORY)
		return same_categories(a, b);
	return a->n_bins < 2 || memcmp(a->edges, b->edges, (a->n_bins - 1) * sizeof(*a->edges)) == 0;
}

static uint64_t
count_rows(const SpkFeature *feature)
{
	uint64_t rows = 0;

	for (uint32_t i = 0; i <= feature->n_bins; i++)
		rows += feature->counts[i];
	return rows;
}

static bool
same_features(const SpkModel *a, const SpkModel *b)
{
	if (a->n_features != b->n_features)
		return false;
	for (uint32_t f = 0; f < a->n_features; f++)
	{
		const SpkFeature *x = &a->features[f];
		const SpkFeature *y = &b->features[f];

		if (x->kind != y->kind || strcmp(x->name, y->name) != 0)
			return false;
		/* each part groups many categories as suits it, but all have the same ones */
		if (x->n_grouped > 0 || y->n_grouped > 0)
		{
			if (!same_categories(x, y) || count_rows(x) != count_rows(y))
				return false;
			continue;
		}
		/* numbers may have edges of their own where no rows are counted: in imported models */
		if (!same_bins(x, y) && (x->kind == SPK_CATEGORY || count_rows(x) + count_rows(y) > 0))
			return false;
	}
	return true;
}

/* Does a part keep to the rules of the blend's features?  In sums of terms none of these meet. */
static bool
keeps_rules(const SpkModel *blend, const SpkModel *part)
{
	bool trees = spk_has_trees(part->algorithm);

	for (uint32_t f = 0; f < blend->n_features; f++)
	{
		const SpkFeatureRule *rule = &blend->features[f].rule;
		const SpkFeatureRule *own = &part->features[f].rule;

		if (rule->monotone != 0 && rule->monotone != own->monotone)
			return false;
		if (spk_has_interactions(&blend->options) && trees && rule->groups != own->groups)
			return false;
	}
	return true;
}

bool
spk_has_own_edges(const SpkModel *blend, const SpkModel *part)
{
	for (uint32_t f = 0; f < blend->n_features; f++)
		if (!same_bins(&blend->features[f], &part->features[f]))
			return true;
	return false;
}

const char *
spk_blend_fault(const SpkModel *model)
{
	double sum = 0;

	if (model->n_parts < 2 || model->n_parts > SPK_MAX_PARTS)
		return "The number of parts is not one that a blend has";
	for (uint32_t i = 0; i < model->n_parts; i++)
	{
		const SpkPart *part = &model->parts[i];

		if (!(part->weight > 0 && part->weight < 1))
			return "The weight of a part is not between 0 and 1";
		if (spk_has_parts(part->model.algorithm))
			return "A part of a blend is a blend itself";
		if (spk_has_calibration(&part->model.options))
			return "A part of a blend is calibrated";
		if (spk_is_searched(&part->model))
			return "A part of a blend holds a search of its own";
		if (!same_features(model, &part->model))
			return "A part has other features than the blend";
		if (!keeps_rules(model, &part->model))
			return "A part does not keep to the constraints of the blend";
		sum += part->weight;
	}
	return fabs(sum - 1) <= SPK_WEIGHT_SLACK ? NULL : "The weights of the parts do not sum to 1";
}

const char *
spk_tried_fault(const SpkModel *model)
{
	double sum = 0;

	if (model->n_tried < 1 || model->n_tried > SPK_MAX_TRIED ||
		model->facts[SPK_FACT_CANDIDATES] != model->n_tried)
		return "The number of candidates is not that of the facts";
	for (uint32_t i = 0; i < model->n_tried; i++)
	{
		const SpkTried *tried = &model->tried[i];

		if (spk_has_parts(tried->algorithm))
			return "A candidate of a search is a blend";
		if (!(tried->log_loss >= 0 && tried->log_loss < INFINITY) ||
			!(tried->auc >= 0 && tried->auc <= 1))
			return "A figure of a candidate is not possible";
		if (!(tried->weight >= 0 && tried->weight <= 1) || signbit(tried->weight) ||
			signbit(tried->log_loss) || signbit(tried->auc))
			return "The weight of a candidate is not between 0 and 1";
		sum += tried->weight;
	}
	return fabs(sum - 1) <= SPK_WEIGHT_SLACK ? NULL :
											   "The weights of the candidates do not sum to 1";
}

double
spk_part_margin(const SpkModel *part, double sum)
{
	if (spk_learners[part->algorithm].answer == SPK_ANSWER_LOGISTIC)
		return sum;
	return spk_shrunken_log_odds(sum / part->n_trees);
}

double
spk_blend_answer(const SpkModel *blend, double margin)
{
	return spk_calibrated(blend, spk_sigmoid(margin));
}

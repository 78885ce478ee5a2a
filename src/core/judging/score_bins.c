/*
 * score_bins.c
 *	  Bins for the scores of rows that models had not seen, for a model to keep.
 */
#include <math.h>
#include <string.h>

#include "core/judging/score_bins.h"
#include "core/models/score_counts.h"

/*
 * No bin is narrower.  Scores that are nearer to each other mean the same to whoever acts on them, but
 * not to an index that divides shares: where nearly all of some users stay, the models that scored
 * rows out of sample are as sure of it as the one that is kept, but not to the third digit.
 */
#define LEAST_WIDTH (1.0f / SPK_MAX_SCORE_BINS)

/* The least number of single precision that is not below the score. */
static float
round_up(double score)
{
	float edge = (float) score;

	return (double) edge < score ? nextafterf(edge, INFINITY) : edge;
}

SpkScoreCounts
spk_score_bins(const SpkScored *scored, size_t n)
{
	SpkScoreCounts scores = {.n_bins = 1};

	/* the highest score of each part of the rows is an edge, unless one before is too near */
	for (uint32_t k = 1; k < SPK_MAX_SCORE_BINS; k++)
	{
		size_t last = (k * n + SPK_MAX_SCORE_BINS - 1) / SPK_MAX_SCORE_BINS - 1;
		float  edge = round_up(spk_scored_score(scored[last]));

		if (edge > 1 - LEAST_WIDTH)
			break;
		if (edge >= LEAST_WIDTH + (scores.n_bins == 1 ? 0 : scores.edges[scores.n_bins - 2]))
			scores.edges[scores.n_bins++ - 1] = edge;
	}
	for (size_t i = 0; i < n; i++)
		scores.counts[spk_score_bin(&scores, spk_scored_score(scored[i]))]++;

	/* nothing is above the last edge when the highest scores are all the same */
	if (scores.counts[scores.n_bins - 1] == 0)
		scores.edges[--scores.n_bins - 1] = 0;
	return scores;
}

void
spk_keep_scores(SpkModel *model, const SpkScoreCounts *scores)
{
	double rows = 0;

	memset(&model->scores, 0, sizeof(model->scores));
	model->facts[SPK_FACT_SCORED_ROWS] = NAN;
	if (scores == NULL || scores->n_bins == 0)
		return;
	model->scores = *scores;
	for (uint32_t i = 0; i < scores->n_bins; i++)
		rows += scores->counts[i];
	model->facts[SPK_FACT_SCORED_ROWS] = rows;
}

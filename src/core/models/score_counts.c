/*
 * score_counts.c
 *	  How many rows had which score when the model was trained.
 */
#include "core/models/score_counts.h"

uint32_t
spk_score_bin(const SpkScoreCounts *scores, double score)
{
	uint32_t low = 0;
	uint32_t high = scores->n_bins - 1;

	/* the first edge that is not below the score */
	while (low < high)
	{
		uint32_t middle = (low + high) / 2;

		if ((double) scores->edges[middle] < score)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *
spk_scores_fault(const SpkModel *model)
{
	const SpkScoreCounts *scores = &model->scores;
	uint64_t			  rows = 0;

	if (scores->n_bins == 0 || scores->n_bins > SPK_MAX_SCORE_BINS)
		return "There are no bins of scores, or too many";
	for (uint32_t i = 0; i + 1 < scores->n_bins; i++)
		if (!(scores->edges[i] >= (i == 0 ? 0 : scores->edges[i - 1]) && scores->edges[i] < 1) ||
			(i > 0 && scores->edges[i] == scores->edges[i - 1]) ||
			(scores->edges[i] == 0 && signbit(scores->edges[i])))
			return "The edges of scores do not ascend from 0 to 1";
	for (uint32_t i = 0; i < scores->n_bins; i++)
		rows += scores->counts[i];
	return model->facts[SPK_FACT_SCORED_ROWS] == (double) rows ?
		NULL :
		"The scores count other rows than the facts";
}

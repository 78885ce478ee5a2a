/*
 * weighted_auc.c
 *	  The AUC of rows that have weights.
 */
#include "core/base/merge_sort.h"
#include "core/judging/weighted_auc.h"

/* By weight, too, so that sums have the same bits whatever the order of rows was. */
static int
compare_scored(const void *a, const void *b)
{
	const SpkWeightedScore *x = a;
	const SpkWeightedScore *y = b;

	if (x->scored != y->scored)
		return x->scored < y->scored ? -1 : 1;
	return x->weight < y->weight ? -1 : x->weight > y->weight;
}

SpkStatus
spk_weighted_auc(const SpkHost *host, SpkWeightedScore *rows, uint32_t n, double *auc)
{
	double	  below[2] = {0, 0}; /* the weight of each class with lower scores */
	double	  wins = 0;
	SpkStatus status = spk_merge_sort(host, rows, n, sizeof(SpkWeightedScore), compare_scored);

	if (status != SPK_OK)
		return status;
	for (uint32_t i = 0; i < n;)
	{
		double score = spk_scored_score(rows[i].scored);
		double tied[2] = {0, 0};

		/* pairs within a tie count half */
		for (; i < n && spk_scored_score(rows[i].scored) == score; i++)
			tied[spk_scored_label(rows[i].scored)] += rows[i].weight;
		wins += tied[1] * (below[0] + tied[0] / 2);
		below[0] += tied[0];
		below[1] += tied[1];
	}
	*auc = below[0] > 0 && below[1] > 0 ? wins / (below[0] * below[1]) : NAN;
	return SPK_OK;
}

/*
 * reliability.c
 *	  How far scores can be believed as probabilities: calibration.
 */
#include "core/judging/curves.h"

typedef struct Reliability
{
	SpkCalibrationBin *bins; /* rate and mean_score are sums during the walk */
	int				   n_bins;
	int				   n;  /* how many of them have rows */
	int				   at; /* the bin that the walk has come to; n_bins at first */
} Reliability;

static void
add_tie(void *ctx, const SpkTie *tie)
{
	Reliability *r = ctx;
	double		 rows = (double) (tie->positives + tie->negatives);
	int			 before = r->at;

	/*
	 * Goes down to the bin with low < score, or to the first one for 0.  A cell with
	 * a border in it counts in the bin below.  There the scores are that many rows
	 * share, such as 0.3.
	 */
	while (r->at == r->n_bins || (r->at > 0 && tie->low <= (double) r->at / r->n_bins))
		r->at--;
	if (r->at < before)
		r->bins[r->n++] = (SpkCalibrationBin) {.bin = r->at + 1,
											   .low = (double) r->at / r->n_bins,
											   .high = (double) (r->at + 1) / r->n_bins};
	r->bins[r->n - 1].n += tie->positives + tie->negatives;
	r->bins[r->n - 1].mean_score += rows * tie->score;
	r->bins[r->n - 1].rate += (double) tie->positives;
}

SpkStatus
spk_calibration(const SpkHost *host, SpkScores *scores, int n_bins, SpkCalibrationBin *bins, int *n)
{
	Reliability r = {.bins = bins, .n_bins = n_bins, .at = n_bins};
	SpkStatus	status = spk_scores_walk(host, scores, add_tie, &r);

	if (status != SPK_OK)
		return status;
	for (int i = 0; i < r.n; i++)
	{
		bins[i].mean_score = spk_ratio(bins[i].mean_score, bins[i].n);
		bins[i].rate = spk_ratio(bins[i].rate, bins[i].n);
	}
	*n = r.n;
	return SPK_OK;
}

SpkStatus
spk_ece(const SpkHost *host, SpkScores *scores, double *ece)
{
	SpkCalibrationBin bins[SPK_CALIBRATION_BINS];
	int				  n;
	double			  sum = 0;
	SpkStatus		  status = spk_calibration(host, scores, SPK_CALIBRATION_BINS, bins, &n);

	if (status != SPK_OK)
		return status;
	for (int i = 0; i < n; i++)
		sum += (double) bins[i].n * fabs(bins[i].mean_score - bins[i].rate);
	*ece = spk_ratio(sum, scores->n);
	return SPK_OK;
}

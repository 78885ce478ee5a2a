/*
 * lift.c
 *	  What scores are worth to somebody who starts with the highest ones: deciles.
 */
#include "core/judging/curves.h"

typedef struct Lift
{
	uint64_t   n;
	uint64_t   positives;	  /* of the ties so far */
	double	   cut_positives; /* above the last border, with the share of a tie that it cuts */
	SpkDecile *deciles;
	int		   at; /* the decile that is being filled */
} Lift;

static uint64_t
decile_rows(uint64_t n, int decile)
{
	return n / SPK_DECILES + ((uint64_t) decile < n % SPK_DECILES);
}

/* Closes a decile that is full.  taken rows of the tie belong to it or to those before it. */
static void
close_decile(Lift *lift, const SpkTie *tie, uint64_t taken)
{
	SpkDecile *decile = &lift->deciles[lift->at];
	double	   share = (double) taken / (double) (tie->positives + tie->negatives);
	double	   positives = (double) lift->positives + share * (double) tie->positives;

	decile->gain = positives;
	decile->churned = positives - lift->cut_positives;
	lift->cut_positives = positives;
	lift->at++;
}

static void
add_tie(void *ctx, const SpkTie *tie)
{
	Lift	*lift = ctx;
	uint64_t tied = tie->positives + tie->negatives;
	uint64_t taken = 0;

	while (taken < tied)
	{
		SpkDecile *decile = &lift->deciles[lift->at];
		uint64_t   room = decile_rows(lift->n, lift->at) - decile->n;
		uint64_t   take = tied - taken < room ? tied - taken : room;

		if (decile->n == 0)
			decile->max_score = tie->score;
		decile->min_score = tie->score;
		decile->n += take;
		taken += take;
		if (take == room)
			close_decile(lift, tie, taken);
	}
	lift->positives += tie->positives;
}

/* Sets what follows from n, churned, and the sum of churned so far, which is in gain. */
static void
judge_deciles(SpkDecile *deciles, int n_deciles, uint64_t n, uint64_t positives)
{
	double	 base = spk_ratio((double) positives, n);
	uint64_t rows = 0;

	for (int i = 0; i < n_deciles; i++)
	{
		SpkDecile *decile = &deciles[i];

		rows += decile->n;
		decile->decile = i + 1;
		decile->rate = spk_ratio(decile->churned, decile->n);
		decile->lift = positives == 0 ? NAN : decile->rate / base;
		decile->capture = spk_ratio(decile->churned, positives);
		decile->cumulative_lift = positives == 0 ? NAN : spk_ratio(decile->gain, rows) / base;
		decile->gain = spk_ratio(decile->gain, positives);
	}
}

SpkStatus
spk_lift(const SpkHost *host, SpkScores *scores, SpkDecile *deciles, int *n)
{
	Lift	  lift = {.n = scores->n, .deciles = deciles};
	SpkStatus status;

	for (int i = 0; i < SPK_DECILES; i++)
		deciles[i].n = 0;
	status = spk_scores_walk(host, scores, add_tie, &lift);
	if (status != SPK_OK)
		return status;
	*n = lift.at;
	judge_deciles(deciles, *n, scores->n, scores->positives);
	return SPK_OK;
}

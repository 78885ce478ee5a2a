/*
 * boost_cuts.c
 *	  The best cut of a list of codes, by the sums of each, with AVX2.
 */
#include "core/trees/boost_cuts.h"

#ifdef SPK_VECTORS

#include <immintrin.h>

#define TARGET	  __attribute__((target("avx2")))
#define CUT_LANES 4

/* What is left of each cut.  Sums are below 2^53, so that their differences are exact. */
typedef struct Cuts
{
	uint32_t n; /* a multiple of CUT_LANES */
	double	 g[SPK_MAX_BINS + CUT_LANES];
	double	 h[SPK_MAX_BINS + CUT_LANES];
} Cuts;

/* Sums up what is left of the cuts, and of as many more that no side has enough of. */
static void
sum_up(const SpkBoostCodes *codes, Cuts *cuts)
{
	SpkSums	 left = {0, 0};
	uint32_t n = 0;

	for (; n + 1 < codes->n; n++)
	{
		left = spk_sums_add(left, codes->sums[n]);
		cuts->g[n] = (double) left.g;
		cuts->h[n] = (double) left.h;
	}
	for (; n % CUT_LANES != 0; n++)
	{
		cuts->g[n] = 0;
		cuts->h[n] = -(double) codes->missing.h;
	}
	cuts->n = n;
}

/* What lanes try of a cut's sides, each of them by four numbers. */
typedef struct Lanes
{
	__m256d node_g;
	__m256d node_h;
	__m256d l2;
	__m256d least;
	__m256d score;
	__m256d place; /* of the best cut */
} Lanes;

/* Tries four cuts with these sums on the left.  Both sides share one division. */
SPK_ALWAYS_INLINE TARGET void
try_four(Lanes *lanes, __m256d left_g, __m256d left_h, __m256d places)
{
	__m256d right_g = lanes->node_g - left_g;
	__m256d right_h = lanes->node_h - left_h;
	__m256d enough = _mm256_and_pd(_mm256_cmp_pd(left_h, lanes->least, _CMP_GE_OQ),
								   _mm256_cmp_pd(right_h, lanes->least, _CMP_GE_OQ));
	__m256d score;

	left_h += lanes->l2;
	right_h += lanes->l2;
	score = (left_g * left_g * right_h + right_g * right_g * left_h) / (left_h * right_h);
	enough = _mm256_and_pd(enough, _mm256_cmp_pd(score, lanes->score, _CMP_GT_OQ));
	lanes->score = _mm256_blendv_pd(lanes->score, score, enough);
	lanes->place = _mm256_blendv_pd(lanes->place, places, enough);
}

/*
 * Tries all cuts.  Each lane keeps its first best one, and of equal lanes the first one counts;
 * its place is twice its number, and one more with missing values on the left.  Returns it, or
 * -1 when none exceeds the score, which is set.
 */
TARGET static double
try_all(const SpkBoostCodes *codes, const Cuts *cuts, double *score)
{
	bool	any_missing = !spk_sums_empty(codes->missing);
	__m256d missing_g = _mm256_set1_pd((double) codes->missing.g);
	__m256d missing_h = _mm256_set1_pd((double) codes->missing.h);
	__m256d places = _mm256_setr_pd(0, 2, 4, 6);
	Lanes	lanes = {_mm256_set1_pd((double) codes->node.g),
					 _mm256_set1_pd((double) codes->node.h),
					 _mm256_set1_pd(codes->l2),
					 _mm256_set1_pd(codes->min_hessian),
					 _mm256_set1_pd(*score),
					 _mm256_set1_pd(-1)};
	double	best = -1;

	for (uint32_t i = 0; i < cuts->n; i += CUT_LANES)
	{
		__m256d left_g = _mm256_loadu_pd(cuts->g + i);
		__m256d left_h = _mm256_loadu_pd(cuts->h + i);

		try_four(&lanes, left_g, left_h, places);
		if (any_missing)
			try_four(&lanes, left_g + missing_g, left_h + missing_h, places + 1);
		places += 2 * CUT_LANES;
	}

	for (int lane = 0; lane < CUT_LANES; lane++)
		if (lanes.place[lane] >= 0 &&
			(best < 0 || lanes.score[lane] > *score ||
			 (lanes.score[lane] == *score && lanes.place[lane] < best)))
		{
			*score = lanes.score[lane];
			best = lanes.place[lane];
		}
	return best;
}

void
spk_try_cuts_avx2(const SpkBoostCodes *codes, SpkBoostCut *best)
{
	Cuts   cuts;
	double score = best->score;
	double place;

	sum_up(codes, &cuts);
	place = try_all(codes, &cuts, &score);
	if (place < 0)
		return;
	*best =
		(SpkBoostCut) {score, (uint32_t) place / 2 + 1, (uint32_t) place % 2 != 0, true, {0, 0}};
	for (uint32_t i = 0; i < best->n_left; i++)
		best->left = spk_sums_add(best->left, codes->sums[i]);
	if (best->missing_left)
		best->left = spk_sums_add(best->left, codes->missing);
}

#endif /* SPK_VECTORS */

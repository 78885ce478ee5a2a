/*
 * shap_walk.c
 *	  The way of one row through one tree, for its SHAP values.
 *
 * The tree is walked twice, down and up, in the order of its splits.  No branch
 * depends on the row, or on which nodes are leaves: a processor would guess these
 * wrong half of the time, which takes as long as all the numbers of a split.  steps is
 * a constant in each call where it is small.
 */
#include "core/base/vectors.h"
#include "core/scoring/predict.h"
#include "core/scoring/shap_walk.h"

/* From the root down: sets the factors of the nodes below the splits from .. to - 1. */
SPK_ALWAYS_INLINE void
walk_down(const SpkShapWalk *walk, const uint32_t steps, const uint32_t from, const uint32_t to)
{
	const SpkShap *shap = walk->shap;

	for (uint32_t k = from; k < to; k++)
	{
		const SpkShapSplit *split = &walk->splits[k];
		const SpkShapLanes *above = shap->product + (size_t) split->at * steps;
		const SpkShapLanes *last = shap->inverse + (size_t) split->last * steps;
		uint32_t right = spk_goes_left(walk->tree, &split->node, walk->codes[split->node.feature]) ?
			0 :
			1;
		size_t	 taken = 2 * k + 1 + right;
		size_t	 other = 2 * k + 2 - right;
		double	 one = shap->one[split->last];
		double	 zero = split->zero[right];
		double	 other_zero = split->zero[1 - right];
		double	 value = split->value[right];
		double	 other_value = other_zero * split->value[1 - right];
		double	 inverse = 1 / other_zero;

		/* below the side not taken, one stays 0, whatever further splits by the feature say */
		shap->one[taken] = one;
		shap->one[other] = 0;
		shap->gap[taken] = one - zero;
		shap->gap[other] = -other_zero;
		for (uint32_t s = 0; s < steps; s++)
		{
			SpkShapLanes others = above[s] * last[s]; /* without the feature's factor */
			SpkShapLanes factor = shap->t[s] * one + shap->rest[s] * zero;

			shap->inverse[taken * steps + s] = 1 / factor;
			shap->inverse[other * steps + s] = shap->inverse_rest[s] * inverse;
			shap->product[taken * steps + s] = others * factor * value;
			shap->product[other * steps + s] = others * shap->rest[s] * other_value;
		}
	}
}

/*
 * From the leaves up: each split counts how far its feature moves the leaves below it,
 * which is gap over factor on either side.  It takes back what the last split by the
 * feature above it will count for the same leaves.
 */
SPK_ALWAYS_INLINE void
add_up(const SpkShapWalk *walk, const uint32_t steps, const uint32_t from, const uint32_t to)
{
	const SpkShap *shap = walk->shap;

	for (uint32_t k = to; k-- > from;)
	{
		const SpkShapSplit *split = &walk->splits[k];
		size_t				left = 2 * k + 1;
		size_t				right = 2 * k + 2;
		SpkShapLanes	   *moved = shap->moved + (size_t) split->node.feature * steps;

		for (uint32_t s = 0; s < steps; s++)
		{
			SpkShapLanes on_left = shap->product[left * steps + s];
			SpkShapLanes on_right = shap->product[right * steps + s];
			SpkShapLanes sum = on_left + on_right;

			moved[s] += on_left * shap->inverse[left * steps + s] * shap->gap[left] +
				on_right * shap->inverse[right * steps + s] * shap->gap[right] -
				sum * shap->inverse[split->last * steps + s] * shap->gap[split->last];
			shap->product[split->at * steps + s] = sum;
		}
	}
}

/* Walks down and up, in stretches between which it can be cancelled; then false. */
SPK_ALWAYS_INLINE bool
walk_steps(const SpkShapWalk *walk, const uint32_t steps)
{
	const SpkShap *shap = walk->shap;
	const uint32_t n = walk->tree->n_nodes / 2;

	for (uint32_t s = 0; s < steps; s++)
		shap->product[s] = (SpkShapLanes) {1, 1, 1, 1};
	for (uint32_t from = 0; from < n; from += SPK_SHAP_POLL_SPLITS)
	{
		if (from > 0 && spk_cancelled(&shap->host))
			return false;
		walk_down(walk, steps, from,
				  n - from > SPK_SHAP_POLL_SPLITS ? from + SPK_SHAP_POLL_SPLITS : n);
	}
	for (uint32_t to = n; to > 0; to -= to > SPK_SHAP_POLL_SPLITS ? SPK_SHAP_POLL_SPLITS : to)
	{
		if (to < n && spk_cancelled(&shap->host))
			return false;
		add_up(walk, steps, to > SPK_SHAP_POLL_SPLITS ? to - SPK_SHAP_POLL_SPLITS : 0, to);
	}
	return true;
}

SPK_ALWAYS_INLINE bool
walk_tree(const SpkShapWalk *walk)
{
	switch (walk->shap->steps)
	{
		case 1:
			return walk_steps(walk, 1);
		case 2:
			return walk_steps(walk, 2);
		case 3:
			return walk_steps(walk, 3);
		default:
			return walk_steps(walk, walk->shap->steps);
	}
}

static bool
walk_tree_plain(const SpkShapWalk *walk)
{
	return walk_tree(walk);
}

#ifdef SPK_VECTORS
__attribute__((target("avx2"))) static bool
walk_tree_avx2(const SpkShapWalk *walk)
{
	return walk_tree(walk);
}
#endif

SpkShapWay
spk_shap_way(SpkWalkWay way)
{
#ifdef SPK_VECTORS
	if (way >= SPK_WALK_AVX2)
		return walk_tree_avx2;
#else
	(void) way;
#endif
	return walk_tree_plain;
}

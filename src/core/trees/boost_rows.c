/*
 * boost_rows.c
 *	  Which rows have a part in gradient boosting's next tree, with their gradients, and
 *	  the loss of those that are held out.
 */
#include <math.h>
#include <string.h>

#include "core/trees/boost_blocks.h"
#include "core/trees/boost_gradients.h"
#include "core/trees/boost_histograms.h"
#include "core/base/rng.h"
#include "core/rows/users.h"

/*
 * The quanta of a loss of 1.  Rows that weigh less than 2^32 units together, with losses of
 * at most 2^10, stay below 2^63 quanta.
 */
#define LOSS_ONE  0x1p20
#define MOST_LOSS 0x1p10 /* a row that is worse counts as this */

/* Streams, by the second part of their names */
#define STREAM_HOLDOUT UINT64_C(1)
#define STREAM_SAMPLE  UINT64_C(2)

/* Is the row's user drawn, with all rows, with this probability from the stream of this name? */
static inline bool
row_is_drawn(uint64_t name, uint32_t user, double probability)
{
	SpkRng rng = spk_rng(name, user);

	return spk_rng_double(&rng) < probability;
}

/* Among so many users it is as good as impossible that none is held out, or all are. */
#define MANY_USERS 100000

static inline uint64_t
holdout_name(const SpkBooster *b)
{
	return spk_hash_combine(b->plan.seed, STREAM_HOLDOUT);
}

/*
 * That of the plan, unless it would hold out none of few users, or all of them: then one
 * that holds out a single one, or all but one.  Of one user there is nobody to hold out.
 */
static double
holdout_of(const SpkBooster *b)
{
	uint64_t name = holdout_name(b);
	uint32_t n = b->matrix.users == NULL ? b->matrix.n_rows : b->matrix.n_users;
	double	 lowest = 1;
	double	 highest = 0;

	if (b->plan.patience == 0 || n < 2)
		return 0;
	for (uint32_t user = 0; user < n && n < MANY_USERS; user++)
	{
		SpkRng rng = spk_rng(name, user);
		double draw = spk_rng_double(&rng);

		lowest = draw < lowest ? draw : lowest;
		highest = draw > highest ? draw : highest;
	}

	/* a user is held out whose draw is below the probability */
	if (n < MANY_USERS && b->plan.holdout <= lowest)
		return lowest + 0x1p-53;
	if (n < MANY_USERS && b->plan.holdout > highest)
		return highest;
	return b->plan.holdout;
}

void
spk_boost_choose_holdout(SpkBooster *b)
{
	b->holdout = holdout_of(b);
}

bool
spk_boost_held_out(const SpkBooster *b, uint32_t row)
{
	return b->holdout > 0 &&
		row_is_drawn(holdout_name(b), spk_matrix_user(&b->matrix, row), b->holdout);
}

/*
 * The loss at this margin, times the weight, in quanta: ln(1 + e^against), which is the
 * series of twice the area tangent of e / (2 + e), where e is below 1.
 */
static inline int64_t
loss_of(float margin, bool label, double weight)
{
	double against = label ? -margin : margin;
	double size = fabs(against);
	double e = spk_fast_exp(size < 700 ? -size : -700);
	double z = e / (2 + e);
	double square = z * z;
	double sum = 1.0 / 11 + square * (1.0 / 13 + square * (1.0 / 15));
	double loss;

	sum = 1.0 / 7 + square * (1.0 / 9 + square * sum);
	sum = 1 + square * (1.0 / 3 + square * (1.0 / 5 + square * sum));
	loss = (against > 0 ? against : 0) + 2 * z * sum;

	/* a leaf that has next to no weight may have any margin */
	if (!(loss < MOST_LOSS))
		loss = MOST_LOSS;
	return (int64_t) (weight * loss * LOSS_ONE + 0.5);
}

double
spk_boost_mean_loss(const SpkBooster *b, int64_t loss)
{
	const uint64_t *unseen = b->shared->unseen;
	double weight = b->plan.weight[0] * (double) unseen[0] + b->plan.weight[1] * (double) unseen[1];

	return (double) loss / LOSS_ONE / weight;
}

double
spk_boost_base_loss(const SpkBooster *b)
{
	int64_t loss = 0;

	for (int label = 0; label < 2; label++)
		loss += loss_of((float) b->plan.base, label, b->plan.weight[label]) *
			(int64_t) b->shared->unseen[label];
	return spk_boost_mean_loss(b, loss);
}

/* Adds the losses of n listed rows that are held out to the member's sum. */
static void
add_losses(const SpkBooster *b, uint32_t from, const uint16_t *rows, uint32_t n,
		   SpkBoostMember *sum)
{
	for (uint32_t k = 0; k < n; k++)
	{
		uint32_t i = from + rows[k];
		bool	 label = spk_matrix_label(&b->matrix, i);

		sum->loss += loss_of(b->margins[i], label, b->plan.weight[label]) *
			spk_matrix_weight(&b->matrix, i);
	}
}

/* The same sums, of rows that have weights. */
static SpkSums
weighted_sums(const SpkBooster *b, uint32_t from, uint32_t n)
{
	SpkSums sums = {0, 0};

	for (uint32_t i = from; i < from + n; i++)
	{
		uint32_t units = spk_matrix_weight(&b->matrix, i);

		sums.g += (int64_t) b->gradients[i].g * units;
		sums.h += (int64_t) b->gradients[i].h * units;
	}
	return sums;
}

/* Notes which of n rows have a part in the tree of this round; lists those held out. */
static void
choose_rows(const SpkBooster *b, uint32_t round, uint32_t from, uint32_t n, int32_t *parts,
			SpkBoostMember *sum)
{
	uint64_t name = spk_hash_combine(spk_hash_combine(b->plan.seed, STREAM_SAMPLE), round);
	uint64_t bound = (uint64_t) ceil(b->plan.subsample * 0x1p53);
	bool	 all = b->plan.subsample >= 1;
	uint16_t held_out[SPK_GRADIENT_ROWS];
	uint32_t n_held_out = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		bool out = b->holdout > 0 && b->held_out[from + i] != 0;
		bool drawn = true;

		/* as row_is_drawn, in whole numbers */
		if (!all)
		{
			SpkRng rng = spk_rng(name, spk_matrix_user(&b->matrix, from + i));

			drawn = spk_rng_next(&rng) >> 11 < bound;
		}
		/* listed, because a processor cannot guess it */
		held_out[n_held_out] = (uint16_t) i;
		n_held_out += out;
		parts[i] = drawn & !out;
		sum->n_in_tree += drawn & !out;
	}
	add_losses(b, from, held_out, n_held_out, sum);
}

/* Makes n rows, at most SPK_GRADIENT_ROWS, ready for the tree of this round. */
static void
start_rows(const SpkBooster *b, uint32_t round, uint32_t from, uint32_t n, SpkBoostMember *sum)
{
	const uint8_t  *codes = spk_matrix_row(&b->matrix, from) + b->matrix.n_features;
	int32_t			labels[SPK_GRADIENT_ROWS];
	int32_t			parts[SPK_GRADIENT_ROWS];
	SpkGradientRows rows = {n,
							b->margins + from,
							labels,
							NULL,
							{b->plan.weight[0], b->plan.weight[1]}};
	SpkSums			sums;

	for (uint32_t i = 0; i < n; i++, codes += b->matrix.stride)
		labels[i] = *codes;
	if (spk_boost_all_rows(b))
		sum->n_in_tree += n;
	else
	{
		choose_rows(b, round, from, n, parts, sum);
		rows.parts = parts;
	}
	sums = spk_set_gradients((SpkGradientWay) b->gradient_way, &rows, b->gradients + from);
	if (b->matrix.weighted)
		sums = weighted_sums(b, from, n);
	sum->sums.g += sums.g;
	sum->sums.h += sums.h;
}

/* Sets the margins of rows from .. to - 1 to the base. */
static void
set_margins(SpkBooster *b, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
	{
		b->margins[i] = (float) b->plan.base;
		if (b->holdout > 0)
			b->held_out[i] = spk_boost_held_out(b, i);
	}
}

/* Makes a block's rows ready for the tree of this round; counts is NULL before the first. */
static void
prepare_block(SpkBooster *b, uint32_t round, const SpkRowBlock *block, uint32_t *counts,
			  SpkBoostMember *sum)
{
	SpkAhead ahead = spk_ahead_of(b, block);
	uint32_t end = block->from + block->n;

	if (counts == NULL)
		set_margins(b, block->from, end);
	else
	{
		/* what the tree before has made best may be made worse */
		if (b->holdout > 0 && b->shared->improved)
			memcpy(b->best + block->from, b->margins + block->from, block->n * sizeof(float));
		spk_boost_settle_block(b, block, &ahead, counts);
	}
	for (uint32_t from = block->from; from < end; from += SPK_GRADIENT_ROWS)
		start_rows(b, round, from, end - from < SPK_GRADIENT_ROWS ? end - from : SPK_GRADIENT_ROWS,
				   sum);
}

/* Makes rows ready for the tree of this round, and its root; counts is NULL before the first. */
static void
prepare(SpkBooster *b, uint32_t round, uint32_t *counts)
{
	SpkBoostMember sum = {0};
	bool		   next = round < b->plan.n_trees;
	uint32_t	   n_rows = 0;
	SpkRowBlock	   block;

	if (next)
		spk_boost_start_root(b, round);
	while (spk_boost_take_block(b, &block))
	{
		prepare_block(b, round, &block, counts, &sum);
		if (next)
			spk_boost_add_root(b, &block);
		n_rows += block.n;
	}
	if (next)
		spk_boost_end_root(b);
	spk_boost_counts(b, b->team.me)[0] = n_rows;
	b->members[b->team.me] = sum;
}

void
spk_boost_start_rows(SpkBooster *b)
{
	prepare(b, 0, NULL);
}

void
spk_boost_finish_rows(SpkBooster *b)
{
	const SpkBoostShared *shared = b->shared;
	uint32_t			 *counts = spk_boost_counts(b, b->team.me);

	memset(counts + shared->routed, 0, (shared->n_nodes - shared->routed) * sizeof(uint32_t));
	prepare(b, shared->round + 1, counts);
}

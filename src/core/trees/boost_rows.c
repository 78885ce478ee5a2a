/*
 * boost_rows.c
 *	  Which rows have a part in gradient boosting's next tree, with their gradients, and
 *	  the loss of those that are held out.
 */
#include <math.h>
#include <string.h>

#include "core/trees/boost_grow.h"
#include "core/trees/boost_stretch.h"
#include "core/base/elementary.h"
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
 * e^x within +-700, to nine digits; a gradient keeps five of them.  With spk_exp, which
 * gives all digits, training takes a fifth longer.  Here no branch depends on the sign, and
 * two terms are added at a time, so that a processor works on several rows at once.
 */
static inline double
power_of(double x)
{
	/* adding and taking away 1.5 * 2^52 rounds to a whole number */
	double	 k = (x * (1 / SPK_LN_2) + 0x1.8p52) - 0x1.8p52;
	double	 r = x - k * SPK_LN_2;
	double	 square = r * r;
	double	 sum = 1.0 / 5040 * r + 1.0 / 720 + square * (1.0 / 40320);
	uint64_t bits = (uint64_t) ((int64_t) k + 1023) << 52;
	double	 power;

	memcpy(&power, &bits, sizeof(power));
	sum = 1.0 / 120 * r + 1.0 / 24 + square * sum;
	sum = 1.0 / 6 * r + 1.0 / 2 + square * sum;
	sum = r + 1 + square * sum;
	return sum * power;
}

/* The gradient and the hessian of the loss at this margin, times the weight, in quanta. */
static inline SpkBoostRow
gradient_of(float margin, double label, double weight)
{
	double		against = margin < -700 ? 700 : margin > 700 ? -700 : -margin;
	double		p = 1 / (1 + power_of(against));
	SpkBoostRow row = {0};

	/* rounded to the nearest: what is cut off is above 0 */
	row.g = (int16_t) ((int32_t) (weight * (p - label) * SPK_GRADIENT_ONE +
								  (SPK_GRADIENT_ONE + 1.5)) -
					   (SPK_GRADIENT_ONE + 1));
	row.h = (uint16_t) (weight * p * (1 - p) * SPK_HESSIAN_ONE + 0.5);
	return row;
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
	double e = power_of(size < 700 ? -size : -700);
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

/* Sets n listed rows for the next tree and adds them to the member's sums. */
static void
set_gradients(const SpkBooster *b, uint32_t from, const uint16_t *rows, uint32_t n,
			  SpkBoostMember *sum)
{
	const SpkMatrix matrix = b->matrix;
	const double	weight[2] = {b->plan.weight[0], b->plan.weight[1]};
	const float	   *margins = b->margins + from;
	SpkBoostRow	   *to = b->rows + from;
	SpkSums			sums = {0, 0};

	for (uint32_t k = 0; k < n; k++)
	{
		uint32_t	i = rows[k];
		bool		label = spk_matrix_label(&matrix, from + i);
		uint32_t	units = spk_matrix_weight(&matrix, from + i);
		SpkBoostRow row = gradient_of(margins[i], label, weight[label]);

		sums.g += (int64_t) row.g * units;
		sums.h += (int64_t) row.h * units;
		to[i] = row;
	}
	sum->sums.g += sums.g;
	sum->sums.h += sums.h;
	sum->n_in_tree += n;
}

/*
 * Makes rows from .. to - 1, at most SPK_LISTED_ROWS, ready for the tree of this round.  They
 * are listed by the part they have, because a processor cannot guess it.
 */
static void
start_block(const SpkBooster *b, uint32_t round, uint32_t from, uint32_t to, SpkBoostMember *sum)
{
	uint64_t name = spk_hash_combine(spk_hash_combine(b->plan.seed, STREAM_SAMPLE), round);
	uint64_t bound = (uint64_t) ceil(b->plan.subsample * 0x1p53);
	bool	 all = b->plan.subsample >= 1;
	uint16_t in_tree[SPK_LISTED_ROWS];
	uint16_t held_out[SPK_LISTED_ROWS];
	uint32_t n_in_tree = 0;
	uint32_t n_held_out = 0;

	memset(b->rows + from, 0, (to - from) * sizeof(SpkBoostRow));
	for (uint32_t i = from; i < to; i++)
	{
		bool out = b->holdout > 0 && b->held_out[i] != 0;
		bool drawn = true;

		/* as row_is_drawn, in whole numbers */
		if (!all)
		{
			SpkRng rng = spk_rng(name, spk_matrix_user(&b->matrix, i));

			drawn = spk_rng_next(&rng) >> 11 < bound;
		}
		held_out[n_held_out] = in_tree[n_in_tree] = (uint16_t) (i - from);
		n_held_out += out;
		n_in_tree += drawn & !out;
	}
	add_losses(b, from, held_out, n_held_out, sum);
	set_gradients(b, from, in_tree, n_in_tree, sum);
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

/* Routes rows from .. to - 1 to their leaves, and moves their margins. */
static void
move_margins(SpkBooster *b, uint32_t from, uint32_t to, uint32_t *counts)
{
	/* what the tree before has made best may be made worse */
	if (b->holdout > 0 && b->shared->improved)
		memcpy(b->best + from, b->margins + from, (to - from) * sizeof(float));
	for (uint32_t i = from; i < to; i++)
	{
		uint32_t node = spk_boost_route(b->routes, b->rows[i].node, spk_matrix_row(&b->matrix, i));

		counts[node]++;
		b->margins[i] += b->values[node];
	}
}

/* Makes the member's rows ready for the tree of this round; counts is NULL before the first. */
static void
prepare(SpkBooster *b, uint32_t round, uint32_t *counts)
{
	SpkBoostMember sum = {0};
	uint32_t	   from = spk_share(&b->team, b->matrix.n_rows, b->team.me);
	uint32_t	   end = spk_share(&b->team, b->matrix.n_rows, b->team.me + 1);
	uint32_t	   to;

	for (uint32_t n = 0; from < end; from = to, n++)
	{
		if (n % (SPK_STRETCH_ROWS / SPK_LISTED_ROWS) == 0 && spk_cancelled(&b->host))
		{
			spk_boost_fail(b, SPK_CANCELLED);
			break;
		}
		to = end - from < SPK_LISTED_ROWS ? end : from + SPK_LISTED_ROWS;
		if (counts == NULL)
			set_margins(b, from, to);
		else
			move_margins(b, from, to, counts);
		start_block(b, round, from, to, &sum);
	}
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

	memset(counts + shared->first, 0, (shared->n_nodes - shared->first) * sizeof(uint32_t));
	prepare(b, shared->round + 1, counts);
}

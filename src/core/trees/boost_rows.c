/*
 * boost_rows.c
 *	  Gradient boosting's passes over the rows: gradients, routing, histograms.
 */
#include <string.h>

#include "core/trees/boost_grow.h"
#include "core/base/elementary.h"
#include "core/base/rng.h"
#include "core/rows/users.h"

/* This many rows are routed before they are added to histograms; they stay in the fastest cache. */
#define LISTED_ROWS 512

/* After this many rows the host is polled, and full histograms are flushed. */
#define STRETCH_ROWS 32768

/* A word of a narrow histogram has room for this many rows: 65536 * 65535 is below 2^32. */
#define NARROW_ROWS 65536

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

/* Which rows are held out, and which have a part in a tree: shares and names of streams. */
typedef struct Sample
{
	double	 holdout;
	double	 subsample;
	uint64_t holdout_name;
	uint64_t sample_name;
} Sample;

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

static Sample
sample_of(const SpkBooster *b, uint32_t round)
{
	Sample sample = {0};

	sample.subsample = b->plan.subsample;
	sample.holdout = b->holdout;
	sample.holdout_name = holdout_name(b);
	sample.sample_name = spk_hash_combine(spk_hash_combine(b->plan.seed, STREAM_SAMPLE), round);
	return sample;
}

/*
 * The probability of a margin, to nine digits; a gradient keeps five of them.  With
 * spk_sigmoid, which gives all digits, training takes a fifth longer.  Here no branch
 * depends on the sign, and two terms are added at a time, so that a processor works
 * on several rows at once.
 */
static inline double
probability_of(float margin)
{
	double x = margin < -700 ? 700 : margin > 700 ? -700 : -margin;
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
	return 1 / (1 + sum * power);
}

/* The gradient and the hessian of the loss at this margin, times the weight, in quanta. */
static inline SpkBoostRow
gradient_of(float margin, double label, double weight)
{
	double		p = probability_of(margin);
	SpkBoostRow row = {0};

	/* rounded to the nearest: what is cut off is above 0 */
	row.g = (int16_t) ((int32_t) (weight * (p - label) * SPK_GRADIENT_ONE +
								  (SPK_GRADIENT_ONE + 1.5)) -
					   (SPK_GRADIENT_ONE + 1));
	row.h = (uint16_t) (weight * p * (1 - p) * SPK_HESSIAN_ONE + 0.5);
	return row;
}

/* The loss at this margin, times the weight, in quanta. */
static inline int64_t
loss_of(float margin, bool label, double weight)
{
	double loss = spk_log_loss(margin, label);

	/* a leaf that has next to no weight may have any margin */
	if (!(loss < MOST_LOSS))
		loss = MOST_LOSS;
	return (int64_t) (weight * loss * LOSS_ONE + 0.5);
}

/* Sets the row for the next tree and adds it to the member's sums. */
static inline void
start_row(const SpkBooster *b, const Sample *sample, uint32_t i, float margin, SpkBoostMember *sum)
{
	bool		label = spk_matrix_label(&b->matrix, i);
	double		weight = b->plan.weight[label];
	uint32_t	units = spk_matrix_weight(&b->matrix, i);
	uint32_t	user = spk_matrix_user(&b->matrix, i);
	SpkBoostRow row = {0};

	b->margins[i] = margin;
	if (sample->holdout > 0 && row_is_drawn(sample->holdout_name, user, sample->holdout))
		sum->loss += loss_of(margin, label, weight) * units;
	else if (sample->subsample >= 1 || row_is_drawn(sample->sample_name, user, sample->subsample))
	{
		row = gradient_of(margin, label, weight);
		sum->sums.g += (int64_t) row.g * units;
		sum->sums.h += (int64_t) row.h * units;
		sum->n_in_tree++;
	}
	b->rows[i] = row;
}

void
spk_boost_start_rows(SpkBooster *b)
{
	SpkBoostMember sum = {0};
	Sample		   sample;
	uint32_t	   to = spk_share(&b->team, b->matrix.n_rows, b->team.me + 1);

	sample = sample_of(b, 0);
	for (uint32_t i = spk_share(&b->team, b->matrix.n_rows, b->team.me); i < to; i++)
	{
		if (i % STRETCH_ROWS == 0 && spk_cancelled(&b->host))
			spk_boost_fail(b, SPK_CANCELLED);
		start_row(b, &sample, i, (float) b->plan.base, &sum);
	}
	b->members[b->team.me] = sum;
}

/* The node that a row with these codes goes to from this one. */
static inline uint32_t
route_row(const SpkRoute *routes, uint32_t node, const uint8_t *codes)
{
	const SpkRoute *route = &routes[node];

	return route->left + !spk_set_has(&route->left_codes, codes[route->feature]);
}

/* Adds the row to a narrow histogram: one word holds both sums, the gradient in its upper half. */
static inline void
count_row(uint64_t *histogram, const uint8_t *codes, uint32_t n_features, SpkBoostRow row)
{
	uint64_t word = ((uint64_t) (int64_t) row.g << 32) + row.h;

#pragma GCC unroll 4
	for (uint32_t f = 0; f < n_features; f++)
		histogram[f * SPK_CODES + codes[f]] += word;
}

/* Adds a narrow histogram to the wide one of this member, and clears it. */
static void
flush(SpkBooster *b, uint32_t place)
{
	uint64_t *from = b->narrow + place * spk_histogram_length(b);
	SpkSums	 *to = spk_boost_partial(b, b->team.me, place);
	size_t	  n = spk_histogram_length(b);

	for (size_t i = 0; i < n; i++)
	{
		to[i].g += (int32_t) (from[i] >> 32);
		to[i].h += (uint32_t) from[i];
	}
	memset(from, 0, n * sizeof(uint64_t));
}

/*
 * Adds a row that has a weight to a wide histogram: so many units would soon fill a narrow
 * one, and flushing it is what would take the time.
 */
static inline void
count_weighted(SpkSums *histogram, const uint8_t *codes, uint32_t n_features, SpkBoostRow row)
{
	uint32_t units = spk_row_weight(codes, n_features);
	int64_t	 g = (int64_t) row.g * units;
	int64_t	 h = (int64_t) row.h * units;

	for (uint32_t f = 0; f < n_features; f++)
	{
		histogram[f * SPK_CODES + codes[f]].g += g;
		histogram[f * SPK_CODES + codes[f]].h += h;
	}
}

/* Adds n listed rows, whose numbers count from this one on, with their weights. */
static void
count_listed_weighted(SpkBooster *b, uint32_t from, const uint16_t *list, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
	{
		SpkBoostRow row = b->rows[from + list[k]];
		uint32_t	place = (uint32_t) b->built_of[row.node];

		count_weighted(spk_boost_partial(b, b->team.me, place),
					   spk_matrix_row(&b->matrix, from + list[k]), b->matrix.n_features, row);
	}
}

/* Routes and counts rows from .. to - 1, at most LISTED_ROWS, and adds them to histograms. */
static void
pass_block(SpkBooster *b, uint32_t from, uint32_t to, uint32_t *counts)
{
	const SpkMatrix matrix = b->matrix;
	const SpkRoute *routes = b->routes;
	const int32_t  *built_of = b->built_of;
	SpkBoostRow	   *rows = b->rows;
	size_t			length = spk_histogram_length(b);
	uint16_t		list[LISTED_ROWS];
	uint32_t		n = 0;

	/* without branches, because a processor cannot guess where a row goes */
	for (uint32_t i = from; i < to; i++)
	{
		SpkBoostRow row = rows[i];
		uint32_t	node = route_row(routes, row.node, spk_matrix_row(&matrix, i));

		rows[i].node = node;
		counts[node]++;
		list[n] = (uint16_t) (i - from);
		n += (built_of[node] >= 0) & ((row.g | row.h) != 0);
	}
	if (matrix.weighted)
	{
		count_listed_weighted(b, from, list, n);
		return;
	}
	for (uint32_t k = 0; k < n; k++)
	{
		uint32_t	i = from + list[k];
		SpkBoostRow row = rows[i];

		count_row(b->narrow + (size_t) built_of[row.node] * length, spk_matrix_row(&matrix, i),
				  matrix.n_features, row);
	}
}

/* Flushes the narrow histograms that the next stretch of rows might overflow. */
static void
flush_filled(SpkBooster *b, const uint32_t *counts)
{
	for (uint32_t place = 0; place < b->shared->n_built; place++)
	{
		uint32_t count = counts[b->built[place]];

		if (count - b->flushed[place] + STRETCH_ROWS <= NARROW_ROWS)
			continue;
		flush(b, place);
		b->flushed[place] = count;
	}
}

void
spk_boost_pass(SpkBooster *b)
{
	const SpkBoostShared *shared = b->shared;
	uint32_t			 *counts = spk_boost_counts(b, b->team.me);
	uint32_t			  at = spk_share(&b->team, b->matrix.n_rows, b->team.me);
	uint32_t			  end = spk_share(&b->team, b->matrix.n_rows, b->team.me + 1);

	/* a step may take several passes, each of which counts the rows of all its new nodes */
	memset(counts + shared->first, 0, (shared->n_nodes - shared->first) * sizeof(uint32_t));
	for (uint32_t place = 0; place < shared->n_built; place++)
	{
		memset(spk_boost_partial(b, b->team.me, place), 0,
			   spk_histogram_length(b) * sizeof(SpkSums));
		b->flushed[place] = 0;
	}

	while (at < end)
	{
		uint32_t stretch_end = end - at < STRETCH_ROWS ? end : at + STRETCH_ROWS;

		if (spk_cancelled(&b->host))
		{
			spk_boost_fail(b, SPK_CANCELLED);
			break;
		}
		for (uint32_t to; at < stretch_end; at = to)
		{
			to = stretch_end - at < LISTED_ROWS ? stretch_end : at + LISTED_ROWS;
			pass_block(b, at, to, counts);
		}
		if (!b->matrix.weighted)
			flush_filled(b, counts);
	}

	/* what the last stretches left; narrow histograms are zero between passes */
	for (uint32_t place = 0; place < shared->n_built && !b->matrix.weighted; place++)
		flush(b, place);
}

void
spk_boost_finish_rows(SpkBooster *b)
{
	const SpkBoostShared *shared = b->shared;
	SpkBoostMember		  sum = {0};
	Sample				  sample = sample_of(b, shared->round + 1);
	uint32_t			 *counts = spk_boost_counts(b, b->team.me);
	uint32_t			  to = spk_share(&b->team, b->matrix.n_rows, b->team.me + 1);

	memset(counts + shared->first, 0, (shared->n_nodes - shared->first) * sizeof(uint32_t));
	for (uint32_t i = spk_share(&b->team, b->matrix.n_rows, b->team.me); i < to; i++)
	{
		uint32_t node = route_row(b->routes, b->rows[i].node, spk_matrix_row(&b->matrix, i));

		if (i % STRETCH_ROWS == 0 && spk_cancelled(&b->host))
		{
			spk_boost_fail(b, SPK_CANCELLED);
			break;
		}
		counts[node]++;
		start_row(b, &sample, i, b->margins[i] + b->values[node], &sum);
	}
	b->members[b->team.me] = sum;
}

/*
 * boost_histograms.c
 *	  Gradient boosting's passes over the rows: routing them, and adding up the
 *	  histograms of new nodes.
 *
 * Rows are added to narrow histograms, whose words hold both sums, and these to the wide
 * ones that are searched, before they can overflow.  Of a feature only those codes are
 * looked at that rows may have: most features have few.
 */
#include <string.h>

#include "core/trees/boost_grow.h"
#include "core/trees/boost_stretch.h"

/* A word of a narrow histogram has room for this many rows: 65536 * 65535 is below 2^32. */
#define NARROW_ROWS 65536

/* ---- A row ---- */

/* Adds the row to a narrow histogram: one word holds both sums, the gradient in its upper half. */
static inline void
count_row(uint64_t *histogram, const uint8_t *codes, uint32_t n_features, SpkBoostRow row)
{
	uint64_t word = ((uint64_t) (int64_t) row.g << 32) + row.h;

#pragma GCC unroll 4
	for (uint32_t f = 0; f < n_features; f++)
		histogram[f * SPK_CODES + codes[f]] += word;
}

/* Likewise, to one of these n features. */
static inline void
count_drawn(uint64_t *histogram, const uint8_t *codes, const uint16_t *listed, uint32_t n,
			SpkBoostRow row)
{
	uint64_t word = ((uint64_t) (int64_t) row.g << 32) + row.h;

#pragma GCC unroll 4
	for (uint32_t k = 0; k < n; k++)
		histogram[k * SPK_CODES + codes[listed[k]]] += word;
}

/*
 * Adds a row that has a weight to a wide histogram of n features: so many units would soon
 * fill a narrow one, and flushing it is what would take the time.
 */
static inline void
count_weighted(SpkSums *histogram, const uint8_t *codes, uint32_t n_features,
			   const uint16_t *listed, uint32_t n, SpkBoostRow row)
{
	uint32_t units = spk_row_weight(codes, n_features);
	int64_t	 g = (int64_t) row.g * units;
	int64_t	 h = (int64_t) row.h * units;

	for (uint32_t k = 0; k < n; k++)
	{
		histogram[k * SPK_CODES + codes[listed[k]]].g += g;
		histogram[k * SPK_CODES + codes[listed[k]]].h += h;
	}
}

/* ---- Wide histograms ---- */

/* Adds n words to sums, or has the sums be those of the words, and clears the words. */
static inline void
flush_codes(uint64_t *from, SpkSums *to, uint32_t n, bool first)
{
	for (uint32_t i = 0; i < n && first; i++)
		to[i] = (SpkSums) {(int32_t) (from[i] >> 32), (uint32_t) from[i]};
	for (uint32_t i = 0; i < n && !first; i++)
	{
		to[i].g += (int32_t) (from[i] >> 32);
		to[i].h += (uint32_t) from[i];
	}
	memset(from, 0, n * sizeof(uint64_t));
}

/*
 * Adds a narrow histogram to the wide one of this member, and clears it.  The first time
 * in a pass it takes the place of what was there.
 */
static void
flush(SpkBooster *b, uint32_t place)
{
	uint64_t	   *from = b->narrow + place * spk_histogram_length(b);
	SpkSums		   *to = spk_boost_partial(b, b->team.me, place);
	const uint16_t *listed = spk_boost_listed(b, place);
	bool			first = b->flushed[place] == 0;

	for (uint32_t k = 0; k < b->n_listed[place]; k++, from += SPK_CODES, to += SPK_CODES)
	{
		flush_codes(from, to, spk_boost_n_codes(b, listed[k]), first);
		flush_codes(from + SPK_MISSING, to + SPK_MISSING, 1, first);
	}
}

/* Flushes the narrow histograms that the next stretch of rows might overflow. */
static void
flush_filled(SpkBooster *b, const uint32_t *counts)
{
	for (uint32_t place = 0; place < b->shared->n_built; place++)
	{
		uint32_t count = counts[b->built[place]];

		if (count - b->flushed[place] + SPK_STRETCH_ROWS <= NARROW_ROWS)
			continue;
		flush(b, place);
		b->flushed[place] = count;
	}
}

/* Makes ready for the histograms that the pass builds, and lists what features they have. */
static void
start_histograms(SpkBooster *b)
{
	for (uint32_t place = 0; place < b->shared->n_built; place++)
	{
		uint16_t *listed = spk_boost_listed(b, place);

		if (b->drawn)
			b->n_listed[place] = spk_boost_draw(b, &b->nodes[b->built[place]], listed);
		else
		{
			b->n_listed[place] = b->width;
			for (uint32_t f = 0; f < b->width; f++)
				listed[f] = (uint16_t) f;
		}
		b->flushed[place] = 0;
		if (b->matrix.weighted)
			memset(spk_boost_partial(b, b->team.me, place), 0,
				   spk_histogram_length(b) * sizeof(SpkSums));
	}
}

/* ---- Rows ---- */

/* Adds n listed rows, whose numbers count from this one on, with their weights. */
static void
add_weighted(SpkBooster *b, uint32_t from, const uint16_t *rows, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
	{
		SpkBoostRow row = b->rows[from + rows[k]];
		uint32_t	place = (uint32_t) b->built_of[row.node];

		count_weighted(spk_boost_partial(b, b->team.me, place),
					   spk_matrix_row(&b->matrix, from + rows[k]), b->matrix.n_features,
					   spk_boost_listed(b, place), b->n_listed[place], row);
	}
}

/* Adds n listed rows to narrow histograms, which are of all features. */
static void
add_rows(SpkBooster *b, uint32_t from, const uint16_t *rows, uint32_t n)
{
	const SpkMatrix	   matrix = b->matrix;
	const SpkBoostRow *of = b->rows + from;
	const int32_t	  *built_of = b->built_of;
	uint64_t		  *narrow = b->narrow;
	size_t			   length = spk_histogram_length(b);

	for (uint32_t k = 0; k < n; k++)
	{
		SpkBoostRow row = of[rows[k]];

		count_row(narrow + (size_t) built_of[row.node] * length,
				  spk_matrix_row(&matrix, from + rows[k]), matrix.n_features, row);
	}
}

/* Likewise, where these are of drawn features. */
static void
add_to_drawn(SpkBooster *b, uint32_t from, const uint16_t *rows, uint32_t n)
{
	const SpkMatrix	   matrix = b->matrix;
	const SpkBoostRow *of = b->rows + from;
	const int32_t	  *built_of = b->built_of;
	const uint32_t	  *n_listed = b->n_listed;
	uint64_t		  *narrow = b->narrow;
	size_t			   length = spk_histogram_length(b);

	for (uint32_t k = 0; k < n; k++)
	{
		SpkBoostRow row = of[rows[k]];
		uint32_t	place = (uint32_t) built_of[row.node];

		count_drawn(narrow + place * length, spk_matrix_row(&matrix, from + rows[k]),
					spk_boost_listed(b, place), n_listed[place], row);
	}
}

/* Routes and counts rows from .. to - 1, at most SPK_LISTED_ROWS, and adds them to histograms. */
static void
pass_block(SpkBooster *b, uint32_t from, uint32_t to, uint32_t *counts)
{
	const SpkMatrix matrix = b->matrix;
	const SpkRoute *routes = b->routes;
	const int32_t  *built_of = b->built_of;
	SpkBoostRow	   *rows = b->rows;
	uint16_t		list[SPK_LISTED_ROWS];
	uint32_t		n = 0;

	/* without branches, because a processor cannot guess where a row goes */
	for (uint32_t i = from; i < to; i++)
	{
		SpkBoostRow row = rows[i];
		uint32_t	node = spk_boost_route(routes, row.node, spk_matrix_row(&matrix, i));

		rows[i].node = node;
		counts[node]++;
		list[n] = (uint16_t) (i - from);
		n += (built_of[node] >= 0) & ((row.g | row.h) != 0);
	}
	if (matrix.weighted)
		add_weighted(b, from, list, n);
	else if (b->drawn)
		add_to_drawn(b, from, list, n);
	else
		add_rows(b, from, list, n);
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
	start_histograms(b);
	while (at < end)
	{
		uint32_t stretch_end = end - at < SPK_STRETCH_ROWS ? end : at + SPK_STRETCH_ROWS;

		if (spk_cancelled(&b->host))
		{
			spk_boost_fail(b, SPK_CANCELLED);
			break;
		}
		for (uint32_t to; at < stretch_end; at = to)
		{
			to = stretch_end - at < SPK_LISTED_ROWS ? stretch_end : at + SPK_LISTED_ROWS;
			pass_block(b, at, to, counts);
		}
		if (!b->matrix.weighted)
			flush_filled(b, counts);
	}

	/* what the last stretches left; narrow histograms are zero between passes */
	for (uint32_t place = 0; place < shared->n_built && !b->matrix.weighted; place++)
		flush(b, place);
}

/* ---- What the members have built ---- */

/* Adds the sums of a feature's codes, or takes them away. */
static inline void
add_sums(SpkSums *to, const SpkSums *from, uint32_t n, int sign)
{
	for (uint32_t code = 0; code < n; code++)
	{
		to[code].g += sign * from[code].g;
		to[code].h += sign * from[code].h;
	}
	to[SPK_MISSING].g += sign * from[SPK_MISSING].g;
	to[SPK_MISSING].h += sign * from[SPK_MISSING].h;
}

/* Does so with feature number k of a histogram. */
static void
merge_feature(SpkBooster *b, uint32_t place, uint32_t k)
{
	const SpkBoostNode *node = &b->nodes[b->built[place]];
	size_t				length = spk_histogram_length(b);
	size_t				at = (size_t) k * SPK_CODES;
	SpkSums			   *sums = b->histograms + (size_t) node->slot * length + at;
	uint32_t			n = spk_boost_n_codes(b, spk_boost_listed(b, place)[k]);

	/* the leader, member 0, has built in the slot itself */
	for (uint32_t member = 1; member < b->team.n; member++)
		add_sums(sums, spk_boost_partial(b, member, place) + at, n, 1);

	/* the sibling still has its parent's sums: what this node leaves of them is its own */
	if (node->sibling != 0)
		add_sums(b->histograms + (size_t) b->nodes[node->sibling].slot * length + at, sums, n, -1);
}

void
spk_boost_merge(SpkBooster *b)
{
	for (uint32_t place = 0; place < b->shared->n_built; place++)
	{
		uint32_t to = spk_share(&b->team, b->n_listed[place], b->team.me + 1);

		for (uint32_t k = spk_share(&b->team, b->n_listed[place], b->team.me); k < to; k++)
			merge_feature(b, place, k);
	}
}

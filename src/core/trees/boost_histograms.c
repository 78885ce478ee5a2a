/*
 * boost_histograms.c
 *	  Gradient boosting's passes over the rows: adding up the histograms of new nodes.
 *
 * Rows are added to narrow histograms, whose words hold both sums, and these to the wide
 * ones that are searched, before they can overflow.  Of a feature only those codes are
 * looked at that rows may have: most features have few.
 */
#include <string.h>

#include "core/trees/boost_blocks.h"
#include "core/trees/boost_grow.h"
#include "core/trees/boost_histograms.h"

/* A word of a narrow histogram has room for this many rows: 65536 * 65535 is below 2^32. */
#define NARROW_ROWS 65536

/* The narrow histograms of so many features stay in the first cache while rows are added. */
#define FEATURES_AT_ONCE 20

/*
 * So many rows before a row is added, it is fetched into the first cache: also from memory, as
 * rows that are parted by columns have not been touched.
 */
#define ROWS_AHEAD 32

/* Listed rows of a block, or all of them when rows is NULL. */
typedef struct Rows
{
	const uint8_t	  *codes; /* of the block */
	const SpkGradient *gradients;
	const uint16_t	  *list;
	uint32_t		   n;
	const uint16_t	  *next; /* those that will be added afterwards, and are fetched meanwhile */
	uint32_t		   n_next;
} Rows;

/* ---- A row ---- */

/* Both sums in one word, the gradient in its upper half. */
static inline uint64_t
word_of(SpkGradient gradient)
{
	return ((uint64_t) (int64_t) gradient.g << 32) + gradient.h;
}

/* Adds a row to the narrow histograms of n features. */
static inline void
count_row(uint64_t *histogram, const uint8_t *codes, uint32_t n, uint64_t word)
{
	for (; n >= 4; n -= 4, codes += 4, histogram += 4 * SPK_CODES)
	{
		histogram[codes[0]] += word;
		histogram[codes[1] + SPK_CODES] += word;
		histogram[codes[2] + 2 * SPK_CODES] += word;
		histogram[codes[3] + 3 * SPK_CODES] += word;
	}
	for (; n > 0; n--, codes++, histogram += SPK_CODES)
		histogram[*codes] += word;
}

/* Likewise, to those of n listed features. */
static inline void
count_drawn(uint64_t *histogram, const uint8_t *codes, const uint16_t *listed, uint32_t n,
			uint64_t word)
{
#pragma GCC unroll 4
	for (uint32_t k = 0; k < n; k++, histogram += SPK_CODES)
		histogram[codes[listed[k]]] += word;
}

/*
 * Adds a row that has a weight to a wide histogram of n features: so many units would soon
 * fill a narrow one, and flushing it is what would take the time.
 */
static inline void
count_weighted(SpkSums *histogram, const uint8_t *codes, uint32_t n_features,
			   const uint16_t *listed, uint32_t n, SpkGradient row)
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
 * Adds narrow histogram number place to the wide one of this member, which is in this slot,
 * and clears it.  The first time in a pass it takes the place of what was there.
 */
static void
flush(SpkBooster *b, uint32_t place, int32_t slot)
{
	uint64_t	   *from = b->narrow + place * spk_histogram_length(b);
	SpkSums		   *to = spk_boost_partial(b, b->team.me, place, slot);
	const uint16_t *listed = spk_boost_listed(b, place);
	bool			first = !b->flushed[place];

	for (uint32_t k = 0; k < b->n_listed[place]; k++, from += SPK_CODES, to += SPK_CODES)
	{
		flush_codes(from, to, spk_boost_n_codes(b, listed[k]), first);
		flush_codes(from + SPK_MISSING, to + SPK_MISSING, 1, first);
	}
	b->flushed[place] = true;
	b->filled[place] = 0;
}

/* Makes ready for histogram number place of a node, and lists what features it has. */
static void
start_histogram(SpkBooster *b, uint32_t place, int32_t slot, uint64_t path, const SpkReach *reach)
{
	uint16_t *listed = spk_boost_listed(b, place);

	if (b->drawn)
		b->n_listed[place] = spk_boost_draw(b, path, reach, listed);
	else
	{
		b->n_listed[place] = b->width;
		for (uint32_t f = 0; f < b->width; f++)
			listed[f] = (uint16_t) f;
	}
	b->filled[place] = 0;
	b->flushed[place] = false;
	if (b->matrix.weighted)
		memset(spk_boost_partial(b, b->team.me, place, slot), 0,
			   spk_histogram_length(b) * sizeof(SpkSums));
}

/* ---- Rows ---- */

static inline uint32_t
row_at(const Rows *rows, uint32_t k)
{
	return rows->list == NULL ? k : rows->list[k];
}

/* Adds rows with their weights to a wide histogram. */
static void
add_weighted(const SpkBooster *b, uint32_t place, SpkSums *to, const Rows *rows)
{
	for (uint32_t k = 0; k < rows->n; k++)
	{
		uint32_t row = row_at(rows, k);

		count_weighted(to, rows->codes + (size_t) row * b->matrix.stride, b->matrix.n_features,
					   spk_boost_listed(b, place), b->n_listed[place], rows->gradients[row]);
	}
}

/* Fetches a row's codes. */
static inline void
fetch_row(const uint8_t *codes, uint32_t n)
{
	__builtin_prefetch(codes);
	__builtin_prefetch(codes + n - 1);
}

/* Adds rows to n features of a narrow histogram from this one on. */
static inline void
add_features(uint64_t *narrow, const Rows *rows, uint32_t stride, uint32_t from, uint32_t n)
{
	const uint8_t	  *codes = rows->codes + from;
	const SpkGradient *gradients = rows->gradients;
	const uint16_t	  *list = rows->list;
	const uint16_t	  *next = rows->next;
	uint32_t		   n_rows = rows->n;
	uint32_t		   n_next = rows->n_next < ROWS_AHEAD ? rows->n_next : ROWS_AHEAD;
	uint32_t		   body = n_rows > ROWS_AHEAD ? n_rows - ROWS_AHEAD : 0;
	uint32_t		   k = 0;

	narrow += (size_t) from * SPK_CODES;
	if (list == NULL)
	{
		for (uint32_t row = 0; row < n_rows; row++, codes += stride)
			count_row(narrow, codes, n, word_of(gradients[row]));
		return;
	}
	for (; k < body; k++)
	{
		fetch_row(codes + (size_t) list[k + ROWS_AHEAD] * stride, n);
		count_row(narrow, codes + (size_t) list[k] * stride, n, word_of(gradients[list[k]]));
	}
	for (uint32_t later = 0; later < n_next; later++)
		fetch_row(codes + (size_t) next[later] * stride, n);
	for (; k < n_rows; k++)
		count_row(narrow, codes + (size_t) list[k] * stride, n, word_of(gradients[list[k]]));
}

/* Adds rows to a narrow histogram, which is of all features. */
static void
add_rows(uint64_t *narrow, const Rows *rows, uint32_t stride, uint32_t n_features)
{
	uint32_t parts = (n_features + FEATURES_AT_ONCE - 1) / FEATURES_AT_ONCE;

	for (uint32_t part = 0; part < parts; part++)
	{
		uint32_t from = n_features * part / parts;

		add_features(narrow, rows, stride, from, n_features * (part + 1) / parts - from);
	}
}

/* Likewise, to one of drawn features. */
static void
add_to_drawn(const SpkBooster *b, uint64_t *narrow, uint32_t place, const Rows *rows)
{
	const uint16_t *listed = spk_boost_listed(b, place);
	uint32_t		n_listed = b->n_listed[place];
	uint32_t		stride = b->matrix.stride;

	for (uint32_t k = 0; k < rows->n; k++)
	{
		uint32_t row = row_at(rows, k);

		count_drawn(narrow, rows->codes + (size_t) row * stride, listed, n_listed,
					word_of(rows->gradients[row]));
	}
}

/* Lists the rows that have a part in the tree. */
static Rows
with_part(const SpkBooster *b, Rows rows)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < rows.n; k++)
	{
		uint32_t	row = row_at(&rows, k);
		SpkGradient gradient = rows.gradients[row];

		b->scratch[n] = (uint16_t) row;
		n += (gradient.g | gradient.h) != 0;
	}
	rows.list = b->scratch;
	rows.n = n;
	return rows;
}

/* Adds a block's rows to histogram number place. */
static void
add_to(SpkBooster *b, uint32_t place, int32_t slot, Rows rows)
{
	uint64_t *narrow = b->narrow + place * spk_histogram_length(b);

	if (!spk_boost_all_rows(b))
		rows = with_part(b, rows);
	if (b->matrix.weighted)
	{
		add_weighted(b, place, spk_boost_partial(b, b->team.me, place, slot), &rows);
		return;
	}
	if (b->filled[place] + rows.n > NARROW_ROWS)
		flush(b, place, slot);
	b->filled[place] += rows.n;
	if (b->drawn)
		add_to_drawn(b, narrow, place, &rows);
	else
		add_rows(narrow, &rows, b->matrix.stride, b->width);
}

/* ---- Passes ---- */

/* What the block has of the node that is number place of those whose histograms are built. */
static SpkSegment
segment_of(const SpkBooster *b, const SpkRowBlock *block, uint32_t place)
{
	return spk_block_segments(b, block)[b->nodes[b->built[place]].leaf];
}

static void
add_node_rows(SpkBooster *b, const SpkRowBlock *block, uint32_t place)
{
	const uint16_t *list = spk_block_list(b, block);
	SpkSegment		of = segment_of(b, block, place);
	Rows			rows = {spk_block_codes(b, block),
							b->gradients + block->from,
							list + of.start,
							of.end - of.start,
							NULL,
							0};

	if (place + 1 < b->shared->n_built)
	{
		SpkSegment next = segment_of(b, block, place + 1);

		rows.next = list + next.start;
		rows.n_next = next.end - next.start;
	}
	add_to(b, place, b->nodes[b->built[place]].slot, rows);
}

void
spk_boost_pass(SpkBooster *b)
{
	const SpkBoostShared *shared = b->shared;
	uint32_t			 *counts = spk_boost_counts(b, b->team.me);
	SpkRowBlock			  block;

	/* a step may take several passes, of which the first one parts the rows */
	memset(counts + shared->routed, 0, (shared->n_nodes - shared->routed) * sizeof(uint32_t));
	for (uint32_t place = 0; place < shared->n_built; place++)
	{
		const SpkBoostNode *node = &b->nodes[b->built[place]];

		start_histogram(b, place, node->slot, node->path, spk_booster_reach(b, node));
	}
	while (spk_boost_take_block(b, &block))
	{
		SpkAhead ahead = spk_ahead_of(b, &block);

		spk_boost_part_block(b, &block, &ahead, counts);
		for (uint32_t place = 0; place < shared->n_built; place++)
			add_node_rows(b, &block, place);
	}

	/* narrow histograms are zero between passes */
	for (uint32_t place = 0; place < shared->n_built && !b->matrix.weighted; place++)
		flush(b, place, b->nodes[b->built[place]].slot);
}

/* ---- The root ---- */

void
spk_boost_start_root(SpkBooster *b, uint32_t round)
{
	start_histogram(b, 0, SPK_ROOT_SLOT, spk_boost_tree_path(b, round), NULL);
}

void
spk_boost_add_root(SpkBooster *b, const SpkRowBlock *block)
{
	Rows rows = {spk_block_codes(b, block), b->gradients + block->from, NULL, block->n, NULL, 0};

	add_to(b, 0, SPK_ROOT_SLOT, rows);
}

void
spk_boost_end_root(SpkBooster *b)
{
	if (!b->matrix.weighted)
		flush(b, 0, SPK_ROOT_SLOT);
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
		add_sums(sums, spk_boost_partial(b, member, place, node->slot) + at, n, 1);

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

void
spk_boost_take_root(SpkBooster *b)
{
	SpkSums *to = spk_boost_partial(b, 0, 0, SPK_ROOT_SLOT);

	for (uint32_t member = 1; member < b->team.n; member++)
	{
		const SpkSums *from = spk_boost_partial(b, member, 0, SPK_ROOT_SLOT);

		for (uint32_t k = 0; k < b->n_listed[0]; k++)
			add_sums(to + (size_t) k * SPK_CODES, from + (size_t) k * SPK_CODES,
					 spk_boost_n_codes(b, spk_boost_listed(b, 0)[k]), 1);
	}
}

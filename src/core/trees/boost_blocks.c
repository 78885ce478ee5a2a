/*
 * boost_blocks.c
 *	  The blocks in which a team passes over the rows, and the rows that each leaf has in
 *	  them.
 */
#include <string.h>

#include "core/base/vectors.h"
#include "core/trees/boost_blocks.h"

/*
 * So many bytes of codes, with those that are fetched ahead and with all histograms of a pass,
 * stay in the second cache.  With columns, of which one is touched at a time, a block's rows need
 * not, and the more they are, the less often histograms come back to the first cache.
 */
#define BLOCK_BYTES			(UINT32_C(128) << 10)
#define BLOCK_COLUMNS_BYTES (UINT32_C(512) << 10)

/* Ends of segments have 16 bits; of fewer rows a leaf has too few in a block. */
#define MOST_BLOCK_ROWS	 32768
#define LEAST_BLOCK_ROWS 1024

/* A member should have so many blocks of few rows that it can leave some to others. */
#define BLOCKS 32

/* ---- Blocks ---- */

uint32_t
spk_boost_block_rows(const SpkMatrix *matrix, uint32_t max_leaves, bool columns)
{
	uint32_t fit = (columns ? BLOCK_COLUMNS_BYTES : BLOCK_BYTES) / matrix->stride;
	uint32_t some = matrix->n_rows / BLOCKS;
	uint32_t least = max_leaves > LEAST_BLOCK_ROWS ? max_leaves : LEAST_BLOCK_ROWS;
	uint32_t rows = fit < some ? fit : some;

	rows = rows < least ? least : rows;
	return rows < MOST_BLOCK_ROWS ? rows : MOST_BLOCK_ROWS;
}

uint64_t
spk_boost_most_blocks(const SpkBooster *b, uint32_t n)
{
	return (uint64_t) b->matrix.n_rows / b->block_rows + n;
}

void
spk_boost_reset_blocks(SpkBooster *b)
{
	for (uint32_t member = 0; member < b->team.n; member++)
		b->tickets[member].n = 0;
}

/* Takes the next block of a member's share, if one is left. */
static bool
take_from(SpkBooster *b, uint32_t member, SpkRowBlock *block)
{
	uint32_t first = spk_share(&b->team, b->matrix.n_rows, member);
	uint32_t n = spk_share(&b->team, b->matrix.n_rows, member + 1) - first;
	uint32_t n_blocks = n / b->block_rows + (n % b->block_rows > 0);
	uint32_t ticket;

	if (__atomic_load_n(&b->tickets[member].n, __ATOMIC_RELAXED) >= n_blocks)
		return false;
	ticket = __atomic_fetch_add(&b->tickets[member].n, 1, __ATOMIC_RELAXED);
	if (ticket >= n_blocks)
		return false;

	/* a share has at most one block more than the whole ones between its ends */
	block->number = first / b->block_rows + member + ticket;
	block->from = first + ticket * b->block_rows;
	block->n = n - ticket * b->block_rows < b->block_rows ? n - ticket * b->block_rows :
															b->block_rows;
	return true;
}

bool
spk_boost_take_block(SpkBooster *b, SpkRowBlock *block)
{
	if (spk_cancelled(&b->host))
	{
		spk_boost_fail(b, SPK_CANCELLED);
		return false;
	}
	for (uint32_t k = 0; k < b->team.n; k++)
		if (take_from(b, (b->team.me + k) % b->team.n, block))
			return true;
	return false;
}

SpkAhead
spk_ahead_of(const SpkBooster *b, const SpkRowBlock *block)
{
	uint32_t from = block->from + block->n;
	uint32_t left = b->matrix.n_rows - from;
	uint32_t n = left < b->block_rows ? left : b->block_rows;

	/* of rows that are parted by columns only those are touched that are added */
	if (b->columns != NULL)
		n = 0;
	return (SpkAhead) {b->matrix.codes + (size_t) from * b->matrix.stride,
					   b->matrix.codes + (size_t) (from + n) * b->matrix.stride, b->matrix.stride};
}

/* ---- Columns ---- */

/* So many rows stay in the first cache while their codes are put into columns. */
#define TURNED_ROWS 256

void
spk_boost_set_columns(SpkBooster *b)
{
	uint32_t end = spk_share(&b->team, b->matrix.n_rows, b->team.me + 1);
	uint32_t n;

	if (b->columns == NULL)
		return;
	for (uint32_t from = spk_share(&b->team, b->matrix.n_rows, b->team.me); from < end; from += n)
	{
		const uint8_t *rows = spk_matrix_row(&b->matrix, from);

		n = end - from < TURNED_ROWS ? end - from : TURNED_ROWS;
		for (uint32_t f = 0; f < b->matrix.n_features; f++)
		{
			uint8_t *column = b->columns + (size_t) f * b->matrix.n_rows + from;

			for (uint32_t row = 0; row < n; row++)
				column[row] = rows[(size_t) row * b->matrix.stride + f];
		}
	}
}

/* ---- Parting rows ---- */

/* Does the row with this code go left? */
static inline uint32_t
goes_left(const SpkCodeSet *set, uint8_t code)
{
	return (uint32_t) (set->bits[code >> 6] >> (code & 63)) & 1;
}

/*
 * Parts n listed rows: those that go left stay in front, in their order, and those that go
 * right follow in theirs.  Returns how many go left.  Without branches, because a processor
 * cannot guess where a row goes.  codes are those of the split's feature.
 */
SPK_ALWAYS_INLINE uint32_t
part_list(uint16_t *list, uint32_t n, uint16_t *right, const uint8_t *codes, uint32_t stride,
		  SpkCodeSet set)
{
	uint32_t n_left = 0;

	for (uint32_t k = 0; k < n; k++)
	{
		uint16_t row = list[k];

		list[n_left] = row;
		right[k - n_left] = row;
		n_left += goes_left(&set, codes[(size_t) row * stride]);
	}
	memcpy(list + n_left, right, (n - n_left) * sizeof(uint16_t));
	return n_left;
}

/* Does so with all n rows of a block, which are not listed yet. */
SPK_ALWAYS_INLINE uint32_t
part_all(uint16_t *list, uint32_t n, uint16_t *right, const uint8_t *codes, uint32_t stride,
		 SpkCodeSet set)
{
	uint32_t n_left = 0;

	for (uint32_t row = 0; row < n; row++)
	{
		list[n_left] = (uint16_t) row;
		right[row - n_left] = (uint16_t) row;
		n_left += goes_left(&set, *codes);
		codes += stride;
	}
	memcpy(list + n_left, right, (n - n_left) * sizeof(uint16_t));
	return n_left;
}

/* Parts n rows of a block, which are listed or all of them. */
static uint32_t
part(uint16_t *list, uint32_t n, uint16_t *right, bool is_listed, SpkFeatureCodes of,
	 SpkCodeSet set)
{
	/* in columns the place of a code needs no computing */
	if (is_listed && of.stride == 1)
		return part_list(list, n, right, of.codes, 1, set);
	if (is_listed)
		return part_list(list, n, right, of.codes, of.stride, set);
	if (of.stride == 1)
		return part_all(list, n, right, of.codes, 1, set);
	return part_all(list, n, right, of.codes, of.stride, set);
}

void
spk_boost_part_block(SpkBooster *b, const SpkRowBlock *block, SpkAhead *ahead, uint32_t *counts)
{
	uint16_t   *list = spk_block_list(b, block);
	SpkSegment *segments = spk_block_segments(b, block);

	for (uint32_t left = b->shared->routed; left < b->shared->n_nodes; left += 2)
	{
		uint32_t		parent = b->parents[left / 2];
		const SpkRoute *route = &b->routes[parent];
		SpkSegment		all = {0, (uint16_t) block->n};
		uint32_t		n_left;

		/* the left child has its parent's number */
		if (parent > 0)
			all = segments[b->nodes[parent].leaf];
		n_left = part(list + all.start, all.end - all.start, b->scratch, parent > 0,
					  spk_block_feature(b, block, route->feature), route->left_codes);
		segments[b->nodes[left].leaf] = (SpkSegment) {all.start, (uint16_t) (all.start + n_left)};
		segments[b->nodes[left + 1].leaf] = (SpkSegment) {(uint16_t) (all.start + n_left), all.end};
		counts[left] += n_left;
		counts[left + 1] += all.end - all.start - n_left;
		spk_ahead_move(ahead, all.end - all.start);
	}
}

/* ---- Moving margins ---- */

/* Moves the margins of listed rows, or of all n rows when list is NULL, of a leaf. */
static void
settle(float *margins, const uint16_t *list, uint32_t n, float value)
{
	for (uint32_t k = 0; k < n; k++)
		margins[list == NULL ? k : list[k]] += value;
}

/*
 * Does so with rows that are yet to be parted: values are those of the right side and the
 * left one.  Returns how many go left.
 */
SPK_ALWAYS_INLINE uint32_t
settle_listed(float *margins, const uint16_t *list, uint32_t n, const float *values,
			  const uint8_t *codes, uint32_t stride, SpkCodeSet set)
{
	uint32_t n_left = 0;

	for (uint32_t k = 0; k < n; k++)
	{
		uint32_t row = list == NULL ? k : list[k];
		uint32_t is_left = goes_left(&set, codes[(size_t) row * stride]);

		margins[row] += values[is_left];
		n_left += is_left;
	}
	return n_left;
}

static uint32_t
settle_parted(float *margins, const uint16_t *list, uint32_t n, const float *values,
			  SpkFeatureCodes of, SpkCodeSet set)
{
	if (of.stride == 1)
		return settle_listed(margins, list, n, values, of.codes, 1, set);
	return settle_listed(margins, list, n, values, of.codes, of.stride, set);
}

void
spk_boost_settle_block(SpkBooster *b, const SpkRowBlock *block, SpkAhead *ahead, uint32_t *counts)
{
	uint32_t		  routed = b->shared->routed;
	const uint16_t	 *list = spk_block_list(b, block);
	const SpkSegment *segments = spk_block_segments(b, block);
	float			 *margins = b->margins + block->from;

	for (uint32_t left = routed; left < b->shared->n_nodes; left += 2)
	{
		uint32_t		parent = b->parents[left / 2];
		const SpkRoute *route = &b->routes[parent];
		const float		values[2] = {b->values[left + 1], b->values[left]};
		SpkSegment		all = {0, (uint16_t) block->n};
		uint32_t		n_left;

		if (parent > 0)
			all = segments[b->nodes[parent].leaf];
		n_left = settle_parted(margins, parent > 0 ? list + all.start : NULL, all.end - all.start,
							   values, spk_block_feature(b, block, route->feature),
							   route->left_codes);
		counts[left] += n_left;
		counts[left + 1] += all.end - all.start - n_left;
		spk_ahead_move(ahead, all.end - all.start);
	}

	/* those that were leaves before the last step */
	if (b->shared->n_nodes == 1)
		settle(margins, NULL, block->n, b->values[0]);
	for (uint32_t i = 1; i < routed; i++)
	{
		SpkSegment all = segments[b->nodes[i].leaf];

		if (b->nodes[i].left != 0)
			continue;
		settle(margins, list + all.start, all.end - all.start, b->values[i]);
		spk_ahead_move(ahead, all.end - all.start);
	}
}

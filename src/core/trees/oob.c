/*
 * oob.c
 *	  Out of bag: judging one tree right after it has grown.
 */
#include "core/trees/tree_grow.h"
#include "core/trees/oob.h"
#include "core/trees/oob_tally.h"
#include "core/base/rng.h"
#include "core/base/vectors.h"

/* This many rows walk down a tree together, because their steps do not wait for each other. */
#define WALK_GROUP 8

/* This many rows are gathered at a time; a multiple of WALK_GROUP. */
#define BLOCK 256

/* After this many steps a group looks whether all its rows have arrived. */
#define STEPS 2

/*
 * A node packed for the walk.  From the lowest bit up these are the highest code that
 * goes left (8 bits), what is added to a code first (8), the feature (16), and the
 * left child (32); the right child is the one behind it.  Where missing values go
 * left, 1 is added to the codes and to the cut, so that SPK_MISSING becomes 0.  A leaf
 * sends everything left, to itself.
 */
typedef uint64_t WalkNode;

#define UP_SHIFT	  8
#define FEATURE_SHIFT 16
#define LEFT_SHIFT	  32
#define UP_SET		  2 /* in place of what is added: a set decides */

/* Rows on their way down a tree. */
typedef struct Walk
{
	uint32_t	   n;
	const uint8_t *row[BLOCK];
	uint32_t	   leaf[BLOCK];
} Walk;

size_t
spk_oob_words(const SpkForestPlan *plan, const SpkMatrix *matrix)
{
	if (!plan->bootstrap)
		return 0;
	return spk_oob_rows(matrix) + (plan->permutation ? 2 + 2 * (size_t) matrix->n_features : 0);
}

/* Packs the tree's nodes into rows[1]. */
static const WalkNode *
pack_nodes(SpkGrower *grower)
{
	WalkNode *packed = (WalkNode *) grower->rows[1];

	for (uint32_t i = 0; i < grower->n_nodes; i++)
	{
		const SpkNode *node = &grower->nodes[i];
		uint64_t	   up = (node->flags & SPK_NODE_MISSING_LEFT) != 0;

		if (node->flags & SPK_NODE_LEAF)
			packed[i] = (uint64_t) i << LEFT_SHIFT | UINT8_MAX;
		else
			packed[i] = (uint64_t) node->u.left << LEFT_SHIFT |
				(uint64_t) node->feature << FEATURE_SHIFT |
				(node->flags & SPK_NODE_SET ? UP_SET << UP_SHIFT :
											  up << UP_SHIFT | (node->split + up));
	}
	return packed;
}

/* The node that the row reaches next; from a leaf that is the leaf itself. */
SPK_ALWAYS_INLINE uint32_t
step(const SpkGrower *grower, const WalkNode *nodes, uint32_t at, const uint8_t *row,
	 const bool sets)
{
	WalkNode node = nodes[at];
	uint8_t	 code = row[(uint16_t) (node >> FEATURE_SHIFT)];
	uint8_t	 up = (uint8_t) (node >> UP_SHIFT);
	uint32_t left = (uint32_t) (node >> LEFT_SHIFT);

	if (sets && up == UP_SET)
		return left + !spk_set_has(&grower->sets[grower->nodes[at].set], code);
	return left + ((uint8_t) (code + up) > (uint8_t) node);
}

/* Takes n rows to their leaves.  For whole groups n is a constant, and the inner loop unrolls. */
SPK_ALWAYS_INLINE void
walk_group(const SpkGrower *grower, const WalkNode *nodes, const uint8_t *const *row,
		   const uint32_t n, uint32_t *leaf, const bool sets)
{
	uint32_t at[WALK_GROUP] = {0};
	uint32_t moved;

	do
	{
		moved = 0;
		for (int s = 0; s < STEPS; s++)
#pragma GCC unroll 8
			for (uint32_t i = 0; i < n; i++)
			{
				uint32_t next = step(grower, nodes, at[i], row[i], sets);

				moved |= next ^ at[i];
				at[i] = next;
			}
	} while (moved != 0);
	memcpy(leaf, at, n * sizeof(uint32_t));
}

SPK_ALWAYS_INLINE void
walk_down(const SpkGrower *grower, const WalkNode *nodes, Walk *walk, const bool sets)
{
	uint32_t i = 0;

	for (; i + WALK_GROUP <= walk->n; i += WALK_GROUP)
		walk_group(grower, nodes, walk->row + i, WALK_GROUP, walk->leaf + i, sets);
	if (i < walk->n)
		walk_group(grower, nodes, walk->row + i, walk->n - i, walk->leaf + i, sets);
}

static void
walk_rows(const SpkGrower *grower, const WalkNode *nodes, Walk *walk)
{
	if (grower->n_sets > 0)
		walk_down(grower, nodes, walk, true);
	else
		walk_down(grower, nodes, walk, false);
}

/*
 * Gathers the next judged rows out of bag, and their numbers.  *word is the word of
 * the bitmap to go on with, and *left has those of its bits that are not taken yet.
 */
static void
gather_rows(const SpkGrower *grower, size_t *word, uint64_t *left, Walk *walk, uint32_t *numbers)
{
	size_t	 n_words = spk_oob_bits(&grower->matrix);
	uint32_t every = spk_oob_every(&grower->matrix);
	uint32_t n = 0;

	while (n < BLOCK)
	{
		uint32_t number;

		if (*left == 0)
		{
			if (++*word >= n_words)
				break;
			*left = grower->out_of_bag[*word];
			continue;
		}
		number = (uint32_t) (*word * 64) + (uint32_t) __builtin_ctzll(*left);
		*left &= *left - 1;
		walk->row[n] = spk_matrix_row(&grower->matrix, number * every);
		__builtin_prefetch(walk->row[n]);
		numbers[n++] = number;
	}
	walk->n = n;
}

/* Adds the tree's predictions to the words of the rows, and sets *n_rows to their number. */
static SpkStatus
predict_rows(SpkGrower *grower, const WalkNode *nodes, uint32_t *n_rows)
{
	uint32_t numbers[BLOCK];
	uint64_t left = grower->out_of_bag[0];
	size_t	 word = 0;
	Walk	 walk;

	*n_rows = 0;
	do
	{
		gather_rows(grower, &word, &left, &walk, numbers);
		walk_rows(grower, nodes, &walk);
		for (uint32_t i = 0; i < walk.n; i++)
			grower->tally[numbers[i]] += spk_oob_prediction(grower->nodes[walk.leaf[i]].u.value);
		*n_rows += walk.n;
		if (spk_must_stop(grower, 16 * BLOCK))
			return SPK_CANCELLED;
	} while (walk.n == BLOCK);
	return SPK_OK;
}

/* Copies rows out of bag to packed: all of them, or SPK_OOB_SAMPLE that are evenly spread. */
static void
draw_sample(SpkGrower *grower, uint32_t n_rows, uint8_t *packed)
{
	SpkOobSample *sample = grower->sample;
	size_t		  n_words = spk_oob_bits(&grower->matrix);
	uint32_t	  every = spk_oob_every(&grower->matrix);
	size_t		  stride = grower->matrix.stride;
	uint32_t	  wanted = n_rows < SPK_OOB_SAMPLE ? n_rows : SPK_OOB_SAMPLE;
	uint64_t	  rank = 0; /* of the row among those out of bag */

	sample->n = 0;
	for (size_t word = 0; word < n_words; word++)
		for (uint64_t left = grower->out_of_bag[word]; left != 0; left &= left - 1, rank++)
			if (rank * wanted >= (uint64_t) sample->n * n_rows)
			{
				uint32_t number = (uint32_t) (word * 64) + (uint32_t) __builtin_ctzll(left);

				memcpy(packed + sample->n++ * stride,
					   spk_matrix_row(&grower->matrix, number * every), stride);
			}
}

/* Finds the leaves that the sample's packed rows reach, for a block of them from this one on. */
static void
find_leaves(const SpkGrower *grower, const WalkNode *nodes, const uint8_t *packed, uint32_t from,
			Walk *walk)
{
	size_t stride = grower->matrix.stride;

	walk->n = grower->sample->n - from < BLOCK ? grower->sample->n - from : BLOCK;
	for (uint32_t i = 0; i < walk->n; i++)
		walk->row[i] = packed + (from + i) * stride;
	walk_rows(grower, nodes, walk);
}

/* Puts a column into the packed rows. */
static void
put_column(const SpkGrower *grower, uint8_t *packed, uint32_t feature, const uint8_t *column)
{
	uint8_t *code = packed + feature;

	for (uint32_t i = 0; i < grower->sample->n; i++, code += grower->matrix.stride)
		*code = column[i];
}

/* Copies the feature's column from the packed rows, and shuffles a second copy of it. */
static void
shuffle_column(SpkGrower *grower, const uint8_t *packed, uint32_t feature, uint64_t tree)
{
	SpkOobSample *sample = grower->sample;
	SpkRng		  rng = spk_rng(spk_hash_combine(tree, SPK_STREAM_SHUFFLES), feature);

	for (uint32_t i = 0; i < sample->n; i++)
		sample->column[i] = sample->shuffled[i] =
			packed[i * (size_t) grower->matrix.stride + feature];
	for (uint32_t i = sample->n; i > 1; i--)
	{
		uint32_t with = spk_rng_below(&rng, i);
		uint8_t	 code = sample->shuffled[i - 1];

		sample->shuffled[i - 1] = sample->shuffled[with];
		sample->shuffled[with] = code;
	}
}

/* Adds to the feature's words what shuffling it costs. */
static SpkStatus
oob_feature(SpkGrower *grower, const WalkNode *nodes, uint8_t *packed, uint32_t feature,
			uint64_t tree)
{
	SpkOobSample *sample = grower->sample;
	uint64_t	 *words = spk_oob_permuted(grower->tally, &grower->matrix, feature);
	size_t		  stride = grower->matrix.stride;
	uint32_t	  label_at = grower->matrix.n_features;
	Walk		  walk;

	shuffle_column(grower, packed, feature, tree);
	put_column(grower, packed, feature, sample->shuffled);

	/* a shuffle may help by chance: the difference is then below 0, in two's complement */
	for (uint32_t from = 0; from < sample->n; from += walk.n)
	{
		find_leaves(grower, nodes, packed, from, &walk);
		for (uint32_t i = 0; i < walk.n; i++)
		{
			int			   label = packed[(from + i) * stride + label_at];
			const SpkNode *before = &grower->nodes[sample->leaf[from + i]];
			const SpkNode *after = &grower->nodes[walk.leaf[i]];

			words[label] += spk_oob_error(after->u.value, label) -
				spk_oob_error(before->u.value, label);
		}
		if (spk_must_stop(grower, 16 * BLOCK))
			return SPK_CANCELLED;
	}

	/* the next feature is shuffled alone */
	put_column(grower, packed, feature, sample->column);
	return SPK_OK;
}

/* Permutation importance in this tree; a feature that it does not use has none. */
static SpkStatus
oob_features(SpkGrower *grower, const WalkNode *nodes, uint32_t n_rows, uint64_t tree)
{
	SpkOobSample *sample = grower->sample;
	uint8_t		 *packed = grower->rows[0]; /* free, because the tree has grown */
	uint64_t	 *judged = grower->tally + spk_oob_rows(&grower->matrix);
	uint64_t	 *used = grower->constant; /* likewise free */
	SpkStatus	  status = SPK_OK;
	Walk		  walk;

	draw_sample(grower, n_rows, packed);

	/* what each shuffle is compared with is the same for all features: found once */
	for (uint32_t i = 0; i < sample->n; i++)
		judged[packed[i * (size_t) grower->matrix.stride + grower->matrix.n_features]]++;
	for (uint32_t from = 0; from < sample->n; from += walk.n)
	{
		find_leaves(grower, nodes, packed, from, &walk);
		memcpy(sample->leaf + from, walk.leaf, walk.n * sizeof(uint32_t));
	}

	/* shuffling a feature that no split asks for would move no row */
	memset(used, 0, grower->constant_words * sizeof(uint64_t));
	for (uint32_t i = 0; i < grower->n_nodes; i++)
		if (!(grower->nodes[i].flags & SPK_NODE_LEAF))
			used[grower->nodes[i].feature >> 6] |= UINT64_C(1) << (grower->nodes[i].feature & 63);
	for (uint32_t f = 0; f < grower->matrix.n_features && status == SPK_OK; f++)
		if (used[f >> 6] >> (f & 63) & 1)
			status = oob_feature(grower, nodes, packed, f, tree);
	return status;
}

SpkStatus
spk_grower_vote(SpkGrower *grower, uint64_t tree)
{
	const WalkNode *nodes = pack_nodes(grower);
	uint32_t		n_rows;
	SpkStatus		status = predict_rows(grower, nodes, &n_rows);

	if (status == SPK_OK && grower->sample != NULL && n_rows > 0)
		status = oob_features(grower, nodes, n_rows, tree);
	return status;
}

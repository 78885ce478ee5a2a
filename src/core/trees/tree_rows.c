/*
 * tree_rows.c
 *	  The rows of a tree: draws them, packs them, and parts them at each split.
 */
#include <string.h>

#include "core/trees/tree_grow.h"
#include "core/trees/oob_tally.h"
#include "core/base/rng.h"
#include "core/base/sort.h"
#include "core/base/vectors.h"

/*
 * Draws as many rows as there are, with replacement, and counts how often each of them
 * comes.  A row that is drawn more than SPK_MAX_DRAWS times, which is as good as
 * impossible, counts SPK_MAX_DRAWS times.
 */
static SpkStatus
draw_rows(SpkGrower *grower, uint64_t tree, uint8_t *draws)
{
	SpkRng	 rng = spk_rng(tree, SPK_STREAM_ROWS);
	uint32_t n = grower->matrix.n_rows;

	memset(draws, 0, n);
	for (uint32_t i = 0; i < n; i++)
	{
		uint8_t *draw = &draws[spk_rng_below(&rng, n)];

		*draw += *draw < SPK_MAX_DRAWS;
		if (i % SPK_POLL_ROWS == 0 && spk_must_stop(grower, SPK_POLL_ROWS))
			return SPK_CANCELLED;
	}
	return SPK_OK;
}

/*
 * Draws users, with replacement, and with each of them all rows (the cluster bootstrap:
 * Field and Welsh, Bootstrapping clustered data, 2007; in forests the subject-level
 * bootstrap of Karpievitch et al., An introspective comparison of random forest-based
 * classifiers for the analysis of cluster-correlated data, 2009).  It ends before the
 * first user with whose rows there would be more than the matrix has, so that a tree
 * never has more.  When each user has one row, this draws what draw_rows draws.
 */
static SpkStatus
draw_users(SpkGrower *grower, uint64_t tree, uint32_t *n_rows_of, uint8_t *drawn, uint8_t *draws)
{
	SpkRng			rng = spk_rng(tree, SPK_STREAM_ROWS);
	const uint32_t *users = grower->matrix.users;
	uint32_t		n_users = grower->matrix.n_users;
	uint32_t		n_left = grower->matrix.n_rows;

	memset(n_rows_of, 0, n_users * sizeof(uint32_t));
	memset(drawn, 0, n_users);
	for (uint32_t i = 0; i < grower->matrix.n_rows; i++)
		n_rows_of[users[i]]++;

	for (uint32_t i = 0;; i++)
	{
		uint32_t user = spk_rng_below(&rng, n_users);

		if (i % SPK_POLL_ROWS == 0 && spk_must_stop(grower, SPK_POLL_ROWS))
			return SPK_CANCELLED;
		if (n_rows_of[user] > n_left)
			break;
		n_left -= n_rows_of[user];
		drawn[user] += drawn[user] < SPK_MAX_DRAWS;
	}

	/* what is said of users is then said of their rows, which all else looks at */
	for (uint32_t i = 0; i < grower->matrix.n_rows; i++)
		draws[i] = drawn[users[i]];
	return SPK_OK;
}

/*
 * Draws the rows of the tree, and returns how often each was drawn, in rows[1], which is
 * idle until the first split.  A row has at least eight bytes there, of which this takes
 * six when there are users.  NULL when the host asked to stop.
 */
static uint8_t *
draw(SpkGrower *grower, uint64_t tree)
{
	uint8_t	 *memory = grower->rows[1];
	uint32_t  n_users = grower->matrix.n_users;
	uint8_t	 *drawn = memory + n_users * sizeof(uint32_t);
	uint8_t	 *draws = drawn + n_users;
	SpkStatus status;

	if (grower->matrix.users == NULL)
	{
		draws = memory;
		status = draw_rows(grower, tree, draws);
	}
	else
		status = draw_users(grower, tree, (uint32_t *) memory, drawn, draws);
	return status == SPK_OK ? draws : NULL;
}

/* Packs the rows that were drawn into rows[0], and describes them as the root. */
static SpkStatus
pack_rows(SpkGrower *grower, const uint8_t *draws, SpkPending *root)
{
	size_t		   stride = grower->matrix.stride;
	uint32_t	   label_at = grower->matrix.n_features;
	bool		   weighted = grower->matrix.weighted;
	const uint8_t *row = grower->matrix.codes;
	uint8_t		  *packed = grower->rows[0];

	for (uint32_t i = 0; i < grower->matrix.n_rows; i++, row += stride)
	{
		uint8_t draw = draws == NULL ? 1 : draws[i];

		if (i % SPK_POLL_ROWS == 0 && spk_must_stop(grower, SPK_POLL_ROWS))
			return SPK_CANCELLED;
		/* rows not drawn are overwritten by the next: no branch to mispredict */
		for (size_t at = 0; at < stride; at += sizeof(uint64_t))
			memcpy(packed + at, row + at, sizeof(uint64_t));
		packed[label_at] = draw | (uint8_t) (row[label_at] * (SPK_MAX_DRAWS + 1));
		root->tally += weighted ? spk_tally_of_weighted(packed, label_at) :
								  spk_tally_of_row(packed[label_at]);
		root->n_draws += draw;
		root->n_rows += draw != 0;
		packed += stride & -(size_t) (draw != 0);
	}
	return SPK_OK;
}

/* Notes which of the judged rows were not drawn. */
static void
note_out_of_bag(SpkGrower *grower, const uint8_t *draws)
{
	size_t	 n = spk_oob_rows(&grower->matrix);
	uint32_t every = spk_oob_every(&grower->matrix);

	memset(grower->out_of_bag, 0, spk_oob_bits(&grower->matrix) * sizeof(uint64_t));
	for (size_t i = 0; i < n; i++)
		grower->out_of_bag[i / 64] |= (uint64_t) (draws[i * every] == 0) << i % 64;
}

SpkStatus
spk_grower_sample(SpkGrower *grower, uint64_t tree, SpkPending *root)
{
	uint8_t *draws;

	if (!grower->plan.bootstrap)
		return pack_rows(grower, NULL, root);
	draws = draw(grower, tree);
	if (draws == NULL)
		return SPK_CANCELLED;
	if (grower->tally != NULL)
		note_out_of_bag(grower, draws);
	return pack_rows(grower, draws, root);
}

/* Sets left[code] to 1 for codes that go left, and to 0 for the others. */
static void
side_of_codes(const SpkSplit *split, uint8_t *left)
{
	if (split->category)
	{
		for (int code = 0; code < SPK_CODES; code++)
			left[code] = spk_set_has(&split->set, (uint8_t) code);
		return;
	}
	memset(left, 1, (size_t) split->cut + 1);
	memset(left + split->cut + 1, 0, SPK_CODES - 1 - (size_t) split->cut);
	left[SPK_MISSING] = split->missing_left;
}

/*
 * Moves n rows to their sides; *left moves up and *right moves down.  stride is a
 * constant in each call, of few bytes.  Each row is copied to both sides, and only one
 * of the copies counts, which is cheaper than a branch that is guessed wrong half of
 * the time.  Neither copy does harm: the left one never overtakes the row that is read,
 * and the right one stays within the node's own stretch of the other buffer.
 */
SPK_ALWAYS_INLINE void
move_narrow(const uint8_t *row, uint32_t n, uint32_t feature, const uint8_t *goes_left,
			const size_t stride, uint8_t **left, uint8_t **right)
{
	uint8_t *l = *left;
	uint8_t *r = *right;

	for (; n > 0; n--, row += stride)
	{
		size_t	 step = stride & -(size_t) goes_left[row[feature]];
		uint64_t words[8];

		memcpy(words, row, stride);
		memcpy(l, words, stride);
		memcpy(r, words, stride);
		l += step;
		r -= stride - step;
	}
	*left = l;
	*right = r;
}

/* Does the same to rows of many bytes, where copying twice would cost more than the branch. */
static void
move_wide(const uint8_t *row, uint32_t n, uint32_t feature, const uint8_t *goes_left, size_t stride,
		  uint8_t **left, uint8_t **right)
{
	for (; n > 0; n--, row += stride)
	{
		if (!goes_left[row[feature]])
		{
			memcpy(*right, row, stride);
			*right -= stride;
			continue;
		}
		if (*left != row)
			memcpy(*left, row, stride);
		*left += stride;
	}
}

/* Moves n rows to their sides, in the way that suits the stride. */
static void
move_rows(const uint8_t *row, uint32_t n, uint32_t feature, const uint8_t *goes_left, size_t stride,
		  uint8_t **left, uint8_t **right)
{
	/* with the stride a constant, each copy is a few loads and stores */
	switch (stride)
	{
		case 8:
			move_narrow(row, n, feature, goes_left, 8, left, right);
			break;
		case 16:
			move_narrow(row, n, feature, goes_left, 16, left, right);
			break;
		case 24:
			move_narrow(row, n, feature, goes_left, 24, left, right);
			break;
		case 32:
			move_narrow(row, n, feature, goes_left, 32, left, right);
			break;
		case 40:
			move_narrow(row, n, feature, goes_left, 40, left, right);
			break;
		case 48:
			move_narrow(row, n, feature, goes_left, 48, left, right);
			break;
		case 56:
			move_narrow(row, n, feature, goes_left, 56, left, right);
			break;
		case 64:
			move_narrow(row, n, feature, goes_left, 64, left, right);
			break;
		default:
			move_wide(row, n, feature, goes_left, stride, left, right);
			break;
	}
}

SpkStatus
spk_grower_partition(SpkGrower *grower, const SpkPending *pending, const SpkSplit *split,
					 uint32_t *n_left)
{
	size_t	 stride = grower->matrix.stride;
	uint8_t *rows = grower->rows[pending->side] + pending->start * stride;
	uint8_t *left = rows;
	uint8_t *right = grower->rows[1 - pending->side] +
		((size_t) pending->start + pending->n_rows - 1) * stride;
	uint8_t goes_left[SPK_CODES];

	side_of_codes(split, goes_left);
	for (uint32_t done = 0, n; done < pending->n_rows; done += n)
	{
		n = pending->n_rows - done < SPK_POLL_ROWS ? pending->n_rows - done : SPK_POLL_ROWS;
		if (spk_must_stop(grower, n * (uint32_t) (1 + stride / 64)))
			return SPK_CANCELLED;
		move_rows(rows + done * stride, n, split->feature, goes_left, stride, &left, &right);
	}
	*n_left = (uint32_t) ((size_t) (left - rows) / stride);
	return SPK_OK;
}

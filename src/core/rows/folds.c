/*
 * folds.c
 *	Parting rows into a holdout and the folds of cross-validation.
 */
#include <math.h>
#include <string.h>

#include "core/rows/folds.h"
#include "core/base/hash.h"
#include "core/base/sort.h"
#include "core/rows/row_names.h"

typedef struct Group
{
	uint64_t hash;	/* of the group's name and the seed */
	uint32_t start; /* where its rows begin in order */
	uint32_t n_rows;
	uint32_t n_positives;
} Group;

/* What is known while groups are being dealt out. */
typedef struct Deal
{
	const SpkHost  *host;
	const SpkTable *table;
	uint64_t	   *names; /* the name of each row: its group's key, or a hash of its values */
	uint64_t	   *keys;  /* to be sorted by the upper half; the lower half is a number */
	uint64_t	   *scratch;
	uint32_t	   *order; /* the rows, with those of a group together */
	Group		   *groups;
	uint32_t		n_groups;
} Deal;

/* ---- Names of rows ---- */

/* Names each row: by its group where it has one. */
static SpkStatus
name_rows(Deal *deal, const uint64_t *groups)
{
	uint32_t  n_rows = deal->table->n_rows;
	bool	  all = groups != NULL;
	SpkStatus status;

	for (uint32_t r = 0; r < n_rows && all; r++)
		all = groups[r] != 0;
	if (!all)
	{
		status = spk_row_names(deal->host, deal->table, deal->names);
		if (status != SPK_OK)
			return status;
	}
	for (uint32_t r = 0; r < n_rows && groups != NULL; r++)
		if (groups[r] != 0)
			deal->names[r] = groups[r];
	return SPK_OK;
}

/* ---- Order ---- */

/* Returns what row or group i is sorted by. */
typedef uint32_t (*SortBy)(const Deal *deal, uint32_t i);

static uint32_t
by_name_low(const Deal *deal, uint32_t row)
{
	return (uint32_t) deal->names[row];
}

static uint32_t
by_name_high(const Deal *deal, uint32_t row)
{
	return (uint32_t) (deal->names[row] >> 32);
}

static uint32_t
by_hash(const Deal *deal, uint32_t group)
{
	return (uint32_t) (deal->groups[group].hash >> 32);
}

static uint32_t
by_rows(const Deal *deal, uint32_t group)
{
	return deal->groups[group].n_rows;
}

static uint32_t
by_positives(const Deal *deal, uint32_t group)
{
	return deal->groups[group].n_positives;
}

/*
 * Sorts the n rows or groups whose numbers are in the lower halves of keys.  Equal
 * ones keep their order, so after several sorts the last one counts most.
 */
static SpkStatus
sort_by(Deal *deal, uint32_t n, SortBy by)
{
	for (uint32_t i = 0; i < n; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(deal->host))
			return SPK_CANCELLED;
		deal->keys[i] = (uint64_t) by(deal, (uint32_t) deal->keys[i]) << 32 |
			(uint32_t) deal->keys[i];
	}
	return spk_sort_u64(deal->host, deal->keys, deal->scratch, n, 32);
}

/* Finds the groups; keys has the rows in the order of their names. */
static SpkStatus
find_groups(Deal *deal, const uint64_t *groups, uint64_t seed)
{
	for (uint32_t i = 0; i < deal->table->n_rows; i++)
	{
		uint32_t row = (uint32_t) deal->keys[i];
		bool	 own = groups == NULL || groups[row] == 0;

		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(deal->host))
			return SPK_CANCELLED;
		deal->order[i] = row;
		if (i == 0 || own || deal->names[row] != deal->names[deal->order[i - 1]])
			deal->groups[deal->n_groups++] = (Group) {spk_hash_combine(seed, deal->names[row]), i,
													  0, 0};
		deal->groups[deal->n_groups - 1].n_rows++;
		deal->groups[deal->n_groups - 1].n_positives += deal->table->labels[row];
	}
	return SPK_OK;
}

/* Finds the groups, and leaves their numbers in keys, in the order in which they are dealt out. */
static SpkStatus
order_groups(Deal *deal, const uint64_t *groups, uint64_t seed)
{
	SpkStatus status;

	for (uint32_t i = 0; i < deal->table->n_rows; i++)
		deal->keys[i] = i;
	status = sort_by(deal, deal->table->n_rows, by_name_low);
	if (status == SPK_OK)
		status = sort_by(deal, deal->table->n_rows, by_name_high);
	if (status == SPK_OK)
		status = find_groups(deal, groups, seed);
	if (status != SPK_OK)
		return status;
	for (uint32_t i = 0; i < deal->n_groups; i++)
		deal->keys[i] = i;
	status = sort_by(deal, deal->n_groups, by_hash);
	if (status == SPK_OK)
		status = sort_by(deal, deal->n_groups, by_rows);
	if (status == SPK_OK)
		status = sort_by(deal, deal->n_groups, by_positives);
	return status;
}

/* ---- Deals ---- */

/* Is the i-th of things among those that are chosen at equal distances, this share of them? */
static bool
is_chosen(uint32_t i, double share)
{
	return floor((i + 1.0) * share + 0.5) != floor(i * share + 0.5);
}

/* Deals the groups out: some to the holdout, at equal distances, the rest to the folds in turn. */
static SpkStatus
deal_out(const Deal *deal, double holdout, uint32_t n_folds, uint8_t *folds)
{
	uint32_t n_dealt = 0;

	for (uint32_t i = 0; i < deal->n_groups; i++)
	{
		const Group *group = &deal->groups[(uint32_t) deal->keys[i]];
		uint8_t		 fold = SPK_HOLDOUT;

		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(deal->host))
			return SPK_CANCELLED;
		if (!is_chosen(i, holdout))
			fold = (uint8_t) (n_dealt++ % n_folds);
		for (uint32_t k = 0; k < group->n_rows; k++)
			folds[deal->order[group->start + k]] = fold;
	}
	return SPK_OK;
}

/* ---- Draws ---- */

/* Keeps what is drawn here apart from what the same seed deals out of it. */
#define DRAW_STREAM UINT64_C(0x64726177)

/*
 * Draws groups by their hash, whose upper 53 bits are a number from 0 to 1.  The rows
 * that are groups of their own remain in keys; their number is returned.
 */
static SpkStatus
draw_groups(Deal *deal, const uint64_t *groups, double share, uint64_t stream, uint8_t *drawn,
			uint32_t *n_own)
{
	*n_own = 0;
	for (uint32_t r = 0; r < deal->table->n_rows; r++)
	{
		if (r % SPK_POLL_ROWS == 0 && spk_cancelled(deal->host))
			return SPK_CANCELLED;
		deal->names[r] = spk_hash_combine(stream, deal->names[r]);
		drawn[r] = (double) (deal->names[r] >> 11) * 0x1p-53 < share;
		if (groups != NULL && groups[r] != 0)
			continue;

		/* rows of the same name and label cannot be told apart, so that any of them will do */
		deal->names[r] = spk_hash_combine(deal->names[r], deal->table->labels[r]);
		deal->keys[(*n_own)++] = r;
	}
	return SPK_OK;
}

/* Draws rows at equal distances in the order of their hashes: of equal rows their share, too. */
static SpkStatus
draw_own(Deal *deal, uint32_t n_own, double share, uint8_t *drawn)
{
	SpkStatus status = sort_by(deal, n_own, by_name_low);

	if (status == SPK_OK)
		status = sort_by(deal, n_own, by_name_high);
	for (uint32_t i = 0; i < n_own && status == SPK_OK; i++)
		drawn[(uint32_t) deal->keys[i]] = is_chosen(i, share);
	return status;
}

SpkStatus
spk_folds_draw(const SpkHost *host, const SpkTable *table, const uint64_t *groups, double share,
			   uint64_t seed, uint8_t *drawn)
{
	Deal	  deal = {.host = host, .table = table};
	uint32_t  n_own;
	SpkStatus status = SPK_NO_MEMORY;

	deal.names = spk_alloc(host, table->n_rows, 3 * sizeof(uint64_t));
	if (deal.names == NULL)
		return status;
	deal.keys = deal.names + table->n_rows;
	deal.scratch = deal.keys + table->n_rows;
	status = name_rows(&deal, groups);
	if (status == SPK_OK)
		status = draw_groups(&deal, groups, share, spk_hash_combine(seed, DRAW_STREAM), drawn,
							 &n_own);
	if (status == SPK_OK)
		status = draw_own(&deal, n_own, share, drawn);
	spk_release(host, deal.names);
	return status;
}

/* ---- The whole ---- */

uint64_t
spk_folds_size(uint32_t n_rows)
{
	return (uint64_t) n_rows * (3 * sizeof(uint64_t) + sizeof(uint32_t) + sizeof(Group));
}

SpkStatus
spk_folds_part(const SpkHost *host, const SpkTable *table, const uint64_t *groups, double holdout,
			   uint32_t n_folds, uint64_t seed, uint8_t *folds)
{
	Deal	  deal = {.host = host, .table = table};
	SpkStatus status = SPK_NO_MEMORY;

	if (n_folds == 0 || n_folds > SPK_MAX_FOLDS || !(holdout >= 0 && holdout < 1))
		return SPK_INVALID;
	deal.names = spk_alloc(host, table->n_rows, 3 * sizeof(uint64_t));
	deal.order = spk_alloc(host, table->n_rows, sizeof(uint32_t));
	deal.groups = spk_alloc(host, table->n_rows, sizeof(Group));
	if (deal.names != NULL && deal.order != NULL && deal.groups != NULL)
	{
		deal.keys = deal.names + table->n_rows;
		deal.scratch = deal.keys + table->n_rows;
		status = name_rows(&deal, groups);
	}
	if (status == SPK_OK)
		status = order_groups(&deal, groups, seed);
	if (status == SPK_OK)
		status = deal_out(&deal, holdout, n_folds, folds);
	spk_release(host, deal.names);
	spk_release(host, deal.order);
	spk_release(host, deal.groups);
	return status;
}

SpkStatus
spk_folds_count(const SpkHost *host, const SpkTable *table, const uint8_t *folds, uint32_t n_folds,
				SpkFoldCount *counts)
{
	memset(counts, 0, (n_folds + (size_t) 1) * sizeof(SpkFoldCount));
	for (uint32_t r = 0; r < table->n_rows; r++)
	{
		if (r % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		counts[folds[r] == SPK_HOLDOUT ? n_folds : folds[r]].n_rows[table->labels[r]]++;
	}
	return SPK_OK;
}

/*
 * twins.c
 *	  Finds columns that say the same as others.
 *
 * Columns whose audits differ cannot be twins.  So only few pairs are left to be
 * compared row by row.
 */
#include <math.h>

#include "core/judging/audit.h"
#include "core/base/sort.h"

/* Work space for comparing columns. */
typedef struct Ranks
{
	uint64_t *keys; /* two for each row */
	uint32_t *a;	/* a rank for each row */
	uint32_t *b;
} Ranks;

/* Ranks the value of each row among the distinct ones; SPK_NO_ID where it is missing. */
static SpkStatus
rank_rows(const SpkHost *host, const double *numbers, uint32_t n_rows, uint64_t *keys,
		  uint32_t *ranks)
{
	uint32_t  n = 0;
	SpkStatus status;

	for (uint32_t i = 0; i < n_rows; i++)
		if (!isnan(numbers[i]))
			keys[n++] = spk_key_of_number(numbers[i]);
	status = spk_sort_u64(host, keys, keys + n_rows, n, 0);
	if (status != SPK_OK)
		return status;
	n = spk_unique_keys(keys, n);
	for (uint32_t i = 0; i < n_rows; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		ranks[i] = isnan(numbers[i]) ? SPK_NO_ID :
									   spk_place_of_key(keys, n, spk_key_of_number(numbers[i]));
	}
	return SPK_OK;
}

static bool
same_values(const double *a, const double *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (a[i] != b[i] && !(isnan(a[i]) && isnan(b[i])))
			return false;
	return true;
}

/* Are two columns' ranks, of n_distinct values, the same or each other's reverse? */
static bool
same_ranks(const uint32_t *a, const uint32_t *b, uint32_t n_rows, uint32_t n_distinct, bool reverse)
{
	for (uint32_t i = 0; i < n_rows; i++)
	{
		uint32_t mirrored = reverse && b[i] != SPK_NO_ID ? n_distinct - 1 - b[i] : b[i];

		if (a[i] != mirrored)
			return false;
	}
	return true;
}

/* Do the same rows share a category in both columns?  names has room for n_names. */
static bool
same_partition(const uint32_t *a, const uint32_t *b, uint32_t n_rows, uint32_t n_names,
			   uint32_t *names)
{
	for (uint32_t i = 0; i < n_names; i++)
		names[i] = SPK_NO_ID;
	for (uint32_t i = 0; i < n_rows; i++)
	{
		if ((a[i] == SPK_NO_ID) != (b[i] == SPK_NO_ID))
			return false;
		if (a[i] == SPK_NO_ID)
			continue;
		if (names[a[i]] == SPK_NO_ID)
			names[a[i]] = b[i];
		else if (names[a[i]] != b[i])
			return false;
	}
	return true;
}

/* Compares two columns of numbers; *how says in what way they say the same. */
static SpkStatus
compare_numbers(const SpkHost *host, const SpkTable *table, const double *x, const double *y,
				uint32_t n_distinct, Ranks *ranks, bool *same, SpkTwin *how)
{
	uint32_t  n = table->n_rows;
	SpkStatus status;

	*same = same_values(x, y, n);
	*how = SPK_TWIN_VALUES;
	if (*same)
		return SPK_OK;
	status = rank_rows(host, x, n, ranks->keys, ranks->a);
	if (status == SPK_OK)
		status = rank_rows(host, y, n, ranks->keys, ranks->b);
	if (status != SPK_OK)
		return status;
	for (int reverse = 0; reverse <= 1 && !*same; reverse++)
	{
		*same = same_ranks(ranks->a, ranks->b, n, n_distinct, reverse);
		*how = reverse ? SPK_TWIN_REVERSE : SPK_TWIN_ORDER;
	}
	return SPK_OK;
}

/* Could the columns be twins, by what their audits say? */
static bool
may_be_twins(const SpkTable *table, const SpkAudit *audits, uint32_t a, uint32_t b)
{
	const SpkAudit *x = &audits[a];
	const SpkAudit *y = &audits[b];
	bool			categories = table->columns[a].kind == SPK_CATEGORY;

	if (categories != (table->columns[b].kind == SPK_CATEGORY) || x->n_known != y->n_known ||
		x->n_distinct != y->n_distinct || x->n_distinct < 2)
		return false;

	/* the reverse order has 1 - auc, and AUCs are exact enough to see that */
	return isnan(x->auc) || isnan(y->auc) || x->wins == y->wins ||
		(!categories && fabs(x->auc + y->auc - 1) < 1e-9);
}

/* Finds the first column before this one that says the same. */
static SpkStatus
find_twin(const SpkHost *host, const SpkTable *table, SpkAudit *audits, uint32_t column,
		  Ranks *ranks)
{
	SpkStatus status = SPK_OK;

	for (uint32_t other = 0; other < column && status == SPK_OK; other++)
	{
		const SpkColumn *x = &table->columns[other];
		const SpkColumn *y = &table->columns[column];
		SpkTwin			 how = SPK_TWIN_VALUES;
		bool			 same = false;

		if (spk_cancelled(host))
			return SPK_CANCELLED;
		if (!may_be_twins(table, audits, other, column))
			continue;
		if (x->kind == SPK_CATEGORY)
			same = same_partition(x->ids, y->ids, table->n_rows, x->n_names, ranks->a);
		else
			status = compare_numbers(host, table, x->numbers, y->numbers, audits[column].n_distinct,
									 ranks, &same, &how);

		/* the first twin will do: further ones are twins of that one, too */
		if (same)
		{
			audits[column].twin = other;
			audits[column].how = how;
			break;
		}
	}
	return status;
}

SpkStatus
spk_audit_twins(const SpkHost *host, const SpkTable *table, SpkAudit *audits)
{
	Ranks	  ranks;
	SpkStatus status = SPK_NO_MEMORY;

	ranks.keys = spk_alloc(host, table->n_rows, 2 * sizeof(uint64_t));
	ranks.a = spk_alloc(host, table->n_rows, sizeof(uint32_t));
	ranks.b = spk_alloc(host, table->n_rows, sizeof(uint32_t));
	if (ranks.keys != NULL && ranks.a != NULL && ranks.b != NULL)
		status = SPK_OK;
	for (uint32_t i = 1; i < table->n_columns && status == SPK_OK; i++)
		status = find_twin(host, table, audits, i, &ranks);
	spk_release(host, ranks.keys);
	spk_release(host, ranks.a);
	spk_release(host, ranks.b);
	return status;
}

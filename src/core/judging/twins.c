/*
 * twins.c
 *	  Finds columns that say the same as others.
 *
 * Columns whose audits differ cannot be twins.  Of sparse columns many audits do not
 * differ, so each of these is ranked once, and only pairs whose ranks have the same
 * hash are compared row by row.
 */
#include <math.h>
#include <string.h>

#include "core/judging/audit.h"
#include "core/base/hash.h"
#include "core/base/sort.h"

/* Hashes of the ranks of a column's rows. */
typedef struct Signature
{
	bool	 made;
	uint64_t order;
	uint64_t reverse; /* of the ranks from the highest value down */
} Signature;

/* Work space for comparing columns. */
typedef struct Ranks
{
	uint64_t  *keys; /* two for each row */
	uint32_t  *a;	 /* a rank for each row */
	uint32_t  *b;
	Signature *signatures; /* one of each column, of those that have been asked for */
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

/* Returns the signature of a column of numbers in *signature; its ranks may be in ranks->a then. */
static SpkStatus
sign(const SpkHost *host, const SpkTable *table, uint32_t column, uint32_t n_distinct, Ranks *ranks,
	 Signature *signature)
{
	Signature *s = &ranks->signatures[column];
	SpkStatus  status = SPK_OK;

	if (!s->made)
	{
		status = rank_rows(host, table->columns[column].numbers, table->n_rows, ranks->keys,
						   ranks->a);
		for (uint32_t i = 0; i < table->n_rows && status == SPK_OK; i++)
		{
			uint32_t rank = ranks->a[i];

			s->order = spk_hash_combine(s->order, rank);
			s->reverse = spk_hash_combine(s->reverse,
										  rank == SPK_NO_ID ? rank : n_distinct - 1 - rank);
		}
		s->made = status == SPK_OK;
	}
	*signature = *s;
	return status;
}

/* Compares the ranks of two columns of numbers row by row. */
static SpkStatus
compare_ranks(const SpkHost *host, const SpkTable *table, const double *x, const double *y,
			  uint32_t n_distinct, bool reverse, Ranks *ranks, bool *same)
{
	SpkStatus status = rank_rows(host, x, table->n_rows, ranks->keys, ranks->a);

	if (status == SPK_OK)
		status = rank_rows(host, y, table->n_rows, ranks->keys, ranks->b);
	if (status == SPK_OK)
		*same = same_ranks(ranks->a, ranks->b, table->n_rows, n_distinct, reverse);
	return status;
}

/* Compares two columns of numbers; *how says in what way they say the same. */
static SpkStatus
compare_numbers(const SpkHost *host, const SpkTable *table, uint32_t a, uint32_t b,
				uint32_t n_distinct, Ranks *ranks, bool *same, SpkTwin *how)
{
	const double *x = table->columns[a].numbers;
	const double *y = table->columns[b].numbers;
	Signature	  of_a;
	Signature	  of_b;
	SpkStatus	  status;

	*same = same_values(x, y, table->n_rows);
	*how = SPK_TWIN_VALUES;
	if (*same)
		return SPK_OK;
	status = sign(host, table, a, n_distinct, ranks, &of_a);
	if (status == SPK_OK)
		status = sign(host, table, b, n_distinct, ranks, &of_b);

	/* where hashes differ the ranks do */
	for (int reverse = 0; reverse <= 1 && !*same && status == SPK_OK; reverse++)
	{
		*how = reverse ? SPK_TWIN_REVERSE : SPK_TWIN_ORDER;
		if (of_a.order == (reverse ? of_b.reverse : of_b.order))
			status = compare_ranks(host, table, x, y, n_distinct, reverse, ranks, same);
	}
	return status;
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
			status = compare_numbers(host, table, other, column, audits[column].n_distinct, ranks,
									 &same, &how);

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
	ranks.signatures = spk_alloc(host, table->n_columns, sizeof(Signature));
	if (ranks.keys != NULL && ranks.a != NULL && ranks.b != NULL && ranks.signatures != NULL)
	{
		memset(ranks.signatures, 0, table->n_columns * sizeof(Signature));
		status = SPK_OK;
	}
	for (uint32_t i = 1; i < table->n_columns && status == SPK_OK; i++)
		status = find_twin(host, table, audits, i, &ranks);
	spk_release(host, ranks.keys);
	spk_release(host, ranks.a);
	spk_release(host, ranks.b);
	spk_release(host, ranks.signatures);
	return status;
}

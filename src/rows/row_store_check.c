/*
 * row_store_check.c
 *	  What is true of every row store, for builds with assertions.
 */
#include "compat.h"

#include <math.h>

#include "rows/category_hash.h"
#include "rows/row_store.h"

#ifdef USE_ASSERT_CHECKING

/* Names and hash hold the same categories, and agree on the place of each. */
static void
check_names(const SpkStoreColumn *c)
{
	Assert(c->n_names <= c->names_capacity);
	Assert(c->places->members == c->n_names);
	for (uint32 place = 0; place < c->n_names; place++)
	{
		CategoryEntry *entry = category_lookup(c->places, c->names[place]);

		Assert(entry != NULL && entry->place == place);
		Assert(entry->key.name == c->names[place].name);
	}
}

/* Returns the bytes that the column's names are counted as. */
static uint64
check_column(const SpkStoreColumn *c, uint32 n_rows, bool received)
{
	uint64 names = 0;

	Assert(c->name != NULL);
	Assert(c->values != NULL || n_rows == 0);

	/* what is infinite was refused as it came; values in received bytes need not be aligned */
	if (c->kind != SPK_CATEGORY)
	{
		Assert(c->kind == SPK_NUMBER || spk_kind_is_time(c->kind));
		Assert(c->places == NULL && c->n_names == 0);
		for (uint32 row = 0; row < n_rows; row++)
		{
			double value;

			memcpy(&value, (char *) c->values + row * sizeof(value), sizeof(value));
			Assert(!isinf(value));
		}
		return 0;
	}
	Assert(!c->inexact);
	if (received)
		Assert(c->places == NULL);
	else
		check_names(c);
	for (uint32 place = 0; place < c->n_names; place++)
	{
		Assert(c->names[place].name != NULL && c->names[place].len <= SPK_MAX_CATEGORY);
		names += spk_category_size(c->names[place]);
	}
	for (uint32 row = 0; row < n_rows; row++)
	{
		uint32 id;

		memcpy(&id, (char *) c->values + row * sizeof(id), sizeof(id));
		Assert(id == SPK_NO_ID || id < c->n_names);
	}
	return names;
}

void
spk_store_check(const SpkRowStore *store)
{
	bool   received = store->context == NULL;
	int64  n_positives = 0;
	uint64 names_size = 0;

	Assert(store->n_skipped >= 0 && store->n_unweighted >= 0 && store->n_unsampled >= 0);
	Assert(store->n_columns <= SPK_MAX_FEATURES);
	Assert(store->n_rows <= SPK_MAX_ROWS);
	if (store->n_columns == 0)
		Assert(store->n_rows == 0 && !store->grouped && store->time_name == NULL &&
			   store->weight_name == NULL);
	Assert(store->n_filed <= store->n_rows && (store->file != NULL || store->n_filed == 0));
	if (!received)
		Assert(store->n_rows <= store->capacity && store->capacity <= SPK_MAX_ROWS);

	/* an array is there exactly when there are rows to fill it */
	if (store->n_rows > 0)
	{
		Assert(store->labels != NULL);
		Assert(store->grouped == (store->groups != NULL));
		Assert((store->time_name != NULL) == (store->times != NULL));
		Assert((store->weight_name != NULL) == (store->weights != NULL));
	}
	for (uint32 row = 0; row < store->n_rows && store->weight_name != NULL; row++)
	{
		double weight;

		memcpy(&weight, (char *) store->weights + row * sizeof(weight), sizeof(weight));
		Assert(weight > 0 && !isinf(weight));
	}
	for (uint32 row = 0; row < store->n_rows; row++)
	{
		Assert(store->labels[row] <= 1);
		n_positives += store->labels[row];
	}
	Assert(n_positives == store->n_positives);

	/* the memory that names take is counted where they are kept, not where they are borrowed */
	for (uint32 i = 0; i < store->n_columns; i++)
		names_size += check_column(&store->columns[i], store->n_rows - store->n_filed, received);
	Assert(store->names_size == (received ? 0 : names_size));
}

#endif

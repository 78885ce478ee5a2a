/*
 * row_order.c
 *	  The rows of a store by their dates, and parts of them.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "host/memory_limit.h"
#include "host/pg_host.h"
#include "rows/row_order.h"

static uint64
row_size(const SpkRowStore *store)
{
	uint64 size = 1 + sizeof(double);

	if (store->grouped)
		size += sizeof(uint64);
	if (store->weight_name != NULL)
		size += sizeof(double);
	for (uint32 i = 0; i < store->n_columns; i++)
		size += spk_store_value_size(store->columns[i].kind);
	return size;
}

/* Moves the values of an array of the store to the places of their rows. */
static void *
move_values(const SpkRowStore *store, void *values, size_t size, const uint32 *places)
{
	void *moved = MemoryContextAllocHuge(store->context, Max(store->n_rows, 1) * size);

	CHECK_FOR_INTERRUPTS();
	for (uint32 row = 0; row < store->n_rows; row++)
	{
		if (size == sizeof(uint64))
			((uint64 *) moved)[places[row]] = ((uint64 *) values)[row];
		else if (size == sizeof(uint32))
			((uint32 *) moved)[places[row]] = ((uint32 *) values)[row];
		else
			((uint8 *) moved)[places[row]] = ((uint8 *) values)[row];
	}
	pfree(values);
	return moved;
}

void
spk_store_order(SpkRowStore *store, SpkTimeOrder *order)
{
	SpkHost host = spk_pg_host(CurrentMemoryContext);
	uint64	held = store->n_rows * row_size(store) + store->names_size;

	/* a column is there twice while it is moved, and the order all the time */
	spk_memory_check_training(held + spk_time_order_size(store->n_rows) +
								  store->n_rows * sizeof(uint64),
							  store->n_rows, store->n_columns);
	spk_check(spk_time_order(&host, store->times, store->n_rows, order), "training set", NULL);
	if (store->n_rows == 0)
		return;
	store->labels = move_values(store, store->labels, sizeof(uint8), order->places);
	store->times = move_values(store, store->times, sizeof(double), order->places);
	if (store->grouped)
		store->groups = move_values(store, store->groups, sizeof(uint64), order->places);
	if (store->weight_name != NULL)
		store->weights = move_values(store, store->weights, sizeof(double), order->places);
	for (uint32 i = 0; i < store->n_columns; i++)
	{
		SpkStoreColumn *c = &store->columns[i];

		c->values = move_values(store, c->values, spk_store_value_size(c->kind), order->places);
	}
	store->capacity = store->n_rows;
}

SpkRowStore *
spk_store_part(const SpkRowStore *store, uint32 first, uint32 n)
{
	SpkRowStore *part = palloc(sizeof(SpkRowStore));

	*part = *store;
	part->borrowed = true;
	part->n_skipped = part->n_unweighted = part->n_unsampled = 0;
	part->n_rows = part->capacity = n;
	part->n_positives = 0;

	/* what is stored by row begins at the part's first one */
	for (uint32 row = first; row < first + n; row++)
		part->n_positives += store->labels[row];
	if (n == 0)
		return part;
	part->labels += first;
	if (store->grouped)
		part->groups += first;
	if (store->time_name != NULL)
		part->times += first;
	if (store->weight_name != NULL)
		part->weights += first;
	part->columns = palloc(store->n_columns * sizeof(SpkStoreColumn));
	for (uint32 i = 0; i < store->n_columns; i++)
	{
		SpkStoreColumn *c = &part->columns[i];

		*c = store->columns[i];
		c->values = (char *) c->values + first * spk_store_value_size(c->kind);
	}
	return part;
}

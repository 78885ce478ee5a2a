/*
 * row_store_bytes.c
 *	  Row stores as bytes, on their way from a parallel worker to the leader.
 *
 * Both processes run the same build on the same machine, so values travel as they
 * lie in memory.  The bytes never reach a disk: they have no version.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "core/base/bytes.h"
#include "host/pg_host.h"
#include "rows/row_store_bytes.h"

uint64
spk_store_sent_size(const SpkRowStore *store)
{
	size_t size = 128 + sizeof(SpkOptions) + store->n_rows;

	if (store->grouped)
		size += store->n_rows * sizeof(uint64);
	if (store->time_name != NULL)
		size += strlen(store->time_name) + store->n_rows * sizeof(double);
	if (store->weight_name != NULL)
		size += strlen(store->weight_name) + store->n_rows * sizeof(double);
	for (uint32 i = 0; i < store->n_columns; i++)
	{
		const SpkStoreColumn *c = &store->columns[i];

		size += 16 + sizeof(SpkFeatureRule) + strlen(c->name) +
			store->n_rows * spk_store_value_size(c->kind);
		for (uint32 j = 0; j < c->n_names; j++)
			size += 4 + c->names[j].len;
	}
	return size;
}

static void
send_column(SpkWriter *w, const SpkStoreColumn *c, uint32 n_rows)
{
	spk_write_u8(w, (uint8) c->kind);
	spk_write_u8(w, c->inexact);
	spk_write_bytes(w, &c->rule, sizeof(c->rule));
	spk_write_bytes(w, c->name, strlen(c->name) + 1);
	spk_write_u32(w, c->n_names);
	for (uint32 i = 0; i < c->n_names; i++)
	{
		spk_write_u32(w, c->names[i].len);
		spk_write_bytes(w, c->names[i].name, c->names[i].len);
	}
	spk_write_bytes(w, c->values, n_rows * spk_store_value_size(c->kind));
}

static void *
no_memory(void *ctx, size_t size)
{
	(void) ctx;
	(void) size;
	return NULL;
}

uint64
spk_store_write(const SpkRowStore *store, void *to, uint64 size)
{
	SpkHost	  host = spk_pg_host(CurrentMemoryContext);
	SpkWriter w = spk_writer(&host);

	/* the memory is not the writer's, which has room for all, and may not ask for more */
	host.alloc = no_memory;
	Assert(store->file == NULL);
	spk_store_check(store);
	w.data = to;
	w.capacity = size;
	spk_write_u8(&w, (uint8) store->algorithm);
	spk_write_u8(&w, store->trains);
	spk_write_bytes(&w, &store->options, sizeof(SpkOptions));
	spk_write_u64(&w, (uint64) store->n_skipped);
	spk_write_u64(&w, (uint64) store->n_unweighted);
	spk_write_u64(&w, (uint64) store->n_unsampled);
	spk_write_u64(&w, (uint64) store->n_positives);
	spk_write_u32(&w, store->n_rows);
	spk_write_u32(&w, store->n_columns);

	/* a flag of one byte tells whether groups follow, and others whether times and weights do */
	spk_write_bytes(&w, store->labels, store->n_rows);
	spk_write_u8(&w, store->grouped);
	if (store->grouped)
		spk_write_bytes(&w, store->groups, store->n_rows * sizeof(uint64));
	spk_write_u8(&w, store->time_name != NULL);
	if (store->time_name != NULL)
	{
		spk_write_bytes(&w, store->time_name, strlen(store->time_name) + 1);
		spk_write_bytes(&w, store->times, store->n_rows * sizeof(double));
	}
	spk_write_u8(&w, store->weight_name != NULL);
	if (store->weight_name != NULL)
	{
		spk_write_bytes(&w, store->weight_name, strlen(store->weight_name) + 1);
		spk_write_bytes(&w, store->weights, store->n_rows * sizeof(double));
	}
	for (uint32 i = 0; i < store->n_columns; i++)
		send_column(&w, &store->columns[i], store->n_rows);
	spk_check(w.status, "training set", NULL);
	if (w.data != to)
		elog(ERROR, "training rows take more than the " UINT64_FORMAT " bytes that they should",
			 size);
	return w.len;
}

/* A string that ends with a zero byte, where it lies; NULL, and r->bad, when none does. */
static char *
receive_name(SpkReader *r)
{
	const void *end = memchr(r->at, '\0', spk_unread(r));

	if (end == NULL)
	{
		r->bad = true;
		return NULL;
	}
	return (char *) spk_read_bytes(r, (const uint8 *) end - r->at + 1);
}

static void
receive_column(SpkReader *r, SpkStoreColumn *c, uint32 n_rows)
{
	const void *rule;

	c->kind = (SpkFeatureKind) spk_read_u8(r);
	c->inexact = spk_read_u8(r) != 0;
	rule = spk_read_bytes(r, sizeof(c->rule));
	if (rule != NULL)
		memcpy(&c->rule, rule, sizeof(c->rule));
	c->name = receive_name(r);
	c->n_names = spk_read_u32(r);

	/* a number that is wrong must not become an allocation: each name takes four bytes or more */
	if (c->n_names > spk_unread(r) / 4)
	{
		r->bad = true;
		return;
	}
	c->names = palloc_extended(Max(c->n_names, 1) * sizeof(SpkCategory), MCXT_ALLOC_HUGE);
	for (uint32 i = 0; i < c->n_names; i++)
	{
		c->names[i].len = spk_read_u32(r);
		c->names[i].name = (const char *) spk_read_bytes(r, c->names[i].len);
	}
	c->values = (void *) spk_read_bytes(r, n_rows * spk_store_value_size(c->kind));
}

SpkRowStore *
spk_store_receive(const void *bytes, uint64 size)
{
	SpkRowStore *store = palloc0(sizeof(SpkRowStore));
	SpkReader	 r = spk_reader(bytes, size);
	const void	*options;

	/* in the order in which spk_store_write writes; what is read past the end sets r.bad */
	store->algorithm = (SpkAlgorithm) spk_read_u8(&r);
	store->trains = spk_read_u8(&r) != 0;
	options = spk_read_bytes(&r, sizeof(SpkOptions));
	if (options != NULL)
		memcpy(&store->options, options, sizeof(SpkOptions));
	store->n_skipped = (int64) spk_read_u64(&r);
	store->n_unweighted = (int64) spk_read_u64(&r);
	store->n_unsampled = (int64) spk_read_u64(&r);
	store->n_positives = (int64) spk_read_u64(&r);
	store->n_rows = spk_read_u32(&r);
	store->n_columns = spk_read_u32(&r);
	store->labels = (uint8 *) spk_read_bytes(&r, store->n_rows);
	store->grouped = spk_read_u8(&r) != 0;
	if (store->grouped)
		store->groups = (uint64 *) spk_read_bytes(&r, store->n_rows * sizeof(uint64));
	if (spk_read_u8(&r) != 0)
	{
		store->time_name = receive_name(&r);
		store->times = (double *) spk_read_bytes(&r, store->n_rows * sizeof(double));
	}
	if (spk_read_u8(&r) != 0)
	{
		store->weight_name = receive_name(&r);
		store->weights = (double *) spk_read_bytes(&r, store->n_rows * sizeof(double));
	}

	/* columns are allocated by their number, which must be believable first */
	if (!r.bad && store->n_columns <= SPK_MAX_FEATURES)
	{
		store->columns = palloc0(Max(store->n_columns, 1) * sizeof(SpkStoreColumn));
		for (uint32 i = 0; i < store->n_columns && !r.bad; i++)
			receive_column(&r, &store->columns[i], store->n_rows);
	}
	if (r.bad || store->columns == NULL || spk_unread(&r) != 0)
		elog(ERROR, "invalid training rows from a parallel worker");
	spk_store_check(store);
	return store;
}

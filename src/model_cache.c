/*
 * model_cache.c
 *	  Models that a place in a query has made ready for use.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "core/codec.h"
#include "model_cache.h"
#include "model_type.h"

/* Models kept for each place in a query: rows may switch between a few. */
#define MAX_KEPT	8

/*
 * How to know a value again.  A toast pointer stands for itself, as does a
 * small compressed value; a plain one is known by its header, which holds a
 * fingerprint, and its size.
 */
typedef struct ModelKey
{
	size_t		size;			/* of the whole value as it is passed */
	size_t		len;
	const void *bytes;
} ModelKey;

typedef struct KeptModel
{
	MemoryContext context;		/* of this and all below */
	ModelKey	key;
	uint64		used;			/* the cache's clock at the last use */
	void	   *prepared;
} KeptModel;

typedef struct ModelCache
{
	MemoryContext context;
	uint64		clock;
	int			n_kept;
	KeptModel  *last;
	KeptModel  *kept[MAX_KEPT];
} ModelCache;

/* The key of a value that is not an indirect or expanded one. */
static ModelKey
model_key(const struct varlena *value)
{
	ModelKey	key = {VARSIZE_ANY(value), VARSIZE_ANY(value), value};

	if (!VARATT_IS_EXTERNAL(value) && !VARATT_IS_COMPRESSED(value))
	{
		key.bytes = VARDATA_ANY(value);
		key.len = Min(VARSIZE_ANY_EXHDR(value), SPK_MODEL_HEADER);
	}
	return key;
}

static inline bool
key_equal(const ModelKey *a, const ModelKey *b)
{
	return a->size == b->size && a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

static KeptModel *
keep(ModelCache *cache, struct varlena *value, const ModelKey *key, SpkPrepare prepare)
{
	MemoryContext context = AllocSetContextCreate(cache->context, "churn model",
												  ALLOCSET_DEFAULT_SIZES);
	KeptModel  *kept = MemoryContextAllocZero(context, sizeof(KeptModel));
	void	   *bytes = MemoryContextAlloc(context, key->len);

	memcpy(bytes, key->bytes, key->len);
	kept->context = context;
	kept->key = *key;
	kept->key.bytes = bytes;
	kept->prepared = prepare(spk_model_from_datum(PointerGetDatum(value), context), context);
	return kept;
}

/* A place for one more model, the least recently used one's when all are taken. */
static int
free_place(ModelCache *cache)
{
	int			oldest = 0;

	if (cache->n_kept < MAX_KEPT)
		return cache->n_kept++;
	for (int i = 1; i < MAX_KEPT; i++)
		if (cache->kept[i]->used < cache->kept[oldest]->used)
			oldest = i;
	MemoryContextDelete(cache->kept[oldest]->context);
	return oldest;
}

static KeptModel *
find_kept(const ModelCache *cache, const ModelKey *key)
{
	for (int i = 0; i < cache->n_kept; i++)
		if (key_equal(&cache->kept[i]->key, key))
			return cache->kept[i];
	return NULL;
}

void *
spk_prepared_model(FunctionCallInfo fcinfo, SpkPrepare prepare)
{
	ModelCache *cache = fcinfo->flinfo->fn_extra;
	struct varlena *value = (struct varlena *) PG_GETARG_POINTER(0);
	ModelKey	key;

	if (cache == NULL)
	{
		cache = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(ModelCache));
		cache->context = fcinfo->flinfo->fn_mcxt;
		fcinfo->flinfo->fn_extra = cache;
	}
	if (VARATT_IS_EXTERNAL(value) && !VARATT_IS_EXTERNAL_ONDISK(value))
		value = pg_detoast_datum(value);
	key = model_key(value);
	cache->clock++;
	if (cache->last == NULL || !key_equal(&cache->last->key, &key))
	{
		KeptModel  *kept = find_kept(cache, &key);

		if (kept == NULL)
		{
			kept = keep(cache, value, &key, prepare);
			cache->kept[free_place(cache)] = kept;
		}
		cache->last = kept;
	}
	cache->last->used = cache->clock;
	return cache->last->prepared;
}

/*
 * model_cache.c
 *	  The models that have been made ready for use at a place in a query.
 *
 * How a value is recognised.  A toast pointer stands for the value that it points to: a
 * model that is stored again gets another pointer, and the numbers of a toast table
 * start again only after four billion.  All other values are compared byte for byte.
 * The fingerprint in a model's header is where the hash finds it, but it does not
 * decide: two different models can be made to share one, and neither must answer for
 * the other.
 *
 * To compare a plain value of a megabyte would take longer than to apply the model.  So
 * where the plan says that all rows have the same value, it is not compared to the end
 * again; see Constancy.
 *
 * Models are kept up to sparkify.model_cache_memory, and a few in any case.  Then the one
 * that was used least recently is dropped.
 */
#include "compat.h"

#include "common/hashfn.h"
#include "lib/ilist.h"
#include "nodes/primnodes.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "core/models/codec.h"
#include "scoring/model_cache.h"
#include "models/model_type.h"

/* So many models are kept for each place in a query, whatever their size. */
#define MIN_KEPT 8

#define FIRST_BUCKETS 16

/* So many bytes of a parameter's value are compared for every row; most models have fewer. */
#define COMPARED_START 8192

static int model_cache_memory; /* kB */

/* For how long does the memory at the argument's address hold the same value? */
typedef enum Constancy
{
	FOR_THE_ROW, /* it is a column, or computed for each row */

	/*
	 * It is a parameter: the result of a subquery that is computed once, or a
	 * parameter of the query.  But the inner side of a nested loop has parameters,
	 * too, and a variable of PL/pgSQL is one.  These change, and another value can
	 * come to lie at the same address.  The start of a value, which has the
	 * fingerprint, tells the two apart, unless two models of one length were made to
	 * share it.
	 */
	FOR_MOST_ROWS,
	FOR_EVER /* it is a constant of the expression */
} Constancy;

/* The bytes that tell a value from others, and the hash by which it is found. */
typedef struct ModelKey
{
	size_t		len;
	const void *bytes;
	uint32		hash;
} ModelKey;

typedef struct KeptModel
{
	dlist_node		  by_use;
	struct KeptModel *next;	   /* in the same bucket */
	MemoryContext	  context; /* has this struct, the key and what was prepared */
	size_t			  size;	   /* of the context, in bytes */
	ModelKey		  key;
	void			 *prepared;
} KeptModel;

typedef struct ModelCache
{
	MemoryContext context;
	Constancy	  constancy; /* of the argument */
	KeptModel	 *last;		 /* the model of the call before, or NULL */
	const void	 *seen;		 /* where its bytes lay in that call; they may be gone */
	dlist_head	  by_use;	 /* the models that are kept, the one used last first */
	int			  n_kept;
	size_t		  size;		 /* of all of them together, in bytes */
	uint32		  n_buckets; /* a power of two, 0 before the first model */
	KeptModel	**buckets;
} ModelCache;

void
spk_model_cache_define(void)
{
	DefineCustomIntVariable(
		"sparkify.model_cache_memory",
		"Sets the memory for models that a function in a query keeps ready for use.",
		"When there are more models than fit, they are prepared again and again. "
		"Each place in a query that predicts has so much, and eight models in any case.",
		&model_cache_memory, 64 * 1024, 0, MAX_KILOBYTES, PGC_USERSET, GUC_UNIT_KB, NULL, NULL,
		NULL);
}

/* The key of a value that is not an indirect or expanded one. */
static inline ModelKey
model_key(const struct varlena *value)
{
	ModelKey key = {VARSIZE_ANY(value), value, 0};

	/* how long its own header is makes no difference to a plain value */
	if (!VARATT_IS_EXTERNAL(value) && !VARATT_IS_COMPRESSED(value))
	{
		key.bytes = VARDATA_ANY(value);
		key.len = VARSIZE_ANY_EXHDR(value);
	}
	return key;
}

/* Hashes the start of the key, which is a whole toast pointer, or the header of a model. */
static uint32
hash_key(const ModelKey *key)
{
	return DatumGetUInt32(hash_any(key->bytes, (int) Min(key->len, SPK_MODEL_HEADER + 16)));
}

static inline bool
key_equal(const ModelKey *a, const ModelKey *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* ---- The table ---- */

static KeptModel **
bucket_of(const ModelCache *cache, uint32 hash)
{
	return &cache->buckets[hash & (cache->n_buckets - 1)];
}

static void
grow_buckets(ModelCache *cache)
{
	uint32	   n = cache->n_buckets == 0 ? FIRST_BUCKETS : 2 * cache->n_buckets;
	dlist_iter iter;

	if (cache->buckets != NULL)
		pfree(cache->buckets);
	cache->n_buckets = 0;
	cache->buckets = MemoryContextAllocZero(cache->context, n * sizeof(KeptModel *));
	cache->n_buckets = n;
	dlist_foreach(iter, &cache->by_use)
	{
		KeptModel  *kept = dlist_container(KeptModel, by_use, iter.cur);
		KeptModel **bucket = bucket_of(cache, kept->key.hash);

		kept->next = *bucket;
		*bucket = kept;
	}
}

static KeptModel *
find_kept(const ModelCache *cache, const ModelKey *key)
{
	if (cache->n_buckets == 0)
		return NULL;
	for (KeptModel *kept = *bucket_of(cache, key->hash); kept != NULL; kept = kept->next)
		if (kept->key.hash == key->hash && key_equal(&kept->key, key))
			return kept;
	return NULL;
}

static void
insert_kept(ModelCache *cache, KeptModel *kept)
{
	KeptModel **bucket;

	if (cache->n_kept >= cache->n_buckets)
		grow_buckets(cache);
	bucket = bucket_of(cache, kept->key.hash);
	kept->next = *bucket;
	*bucket = kept;
	dlist_push_head(&cache->by_use, &kept->by_use);
	cache->size += kept->size;
	cache->n_kept++;
}

static void
drop_kept(ModelCache *cache, KeptModel *kept)
{
	KeptModel **link = bucket_of(cache, kept->key.hash);

	while (*link != kept)
		link = &(*link)->next;
	*link = kept->next;
	dlist_delete(&kept->by_use);
	cache->size -= kept->size;
	cache->n_kept--;
	MemoryContextDelete(kept->context);
}

/* ---- Models ---- */

/* Measures a model again: its first row has made it larger, because columns are found then. */
static void
measure(ModelCache *cache, KeptModel *kept)
{
	cache->size -= kept->size;
	kept->size = MemoryContextMemAllocated(kept->context, true);
	cache->size += kept->size;
}

/*
 * Prepares a model, which is not in the cache yet.  Its context is below the current one,
 * so that what an error leaves behind goes with the call's memory.
 */
static KeptModel *
make_kept(struct varlena *value, const ModelKey *key, SpkPrepare prepare)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "churn model",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext trees = AllocSetContextCreate(context, "churn model trees",
												ALLOCSET_DEFAULT_SIZES);
	KeptModel	 *kept = MemoryContextAllocZero(context, sizeof(KeptModel));
	void		 *bytes = MemoryContextAllocHuge(context, key->len);

	memcpy(bytes, key->bytes, key->len);
	kept->context = context;
	kept->key = *key;
	kept->key.bytes = bytes;
	kept->prepared = prepare(spk_model_apart_from_datum(PointerGetDatum(value), context, trees),
							 context, trees);
	kept->size = MemoryContextMemAllocated(context, true);
	return kept;
}

static KeptModel *
keep(ModelCache *cache, struct varlena *value, const ModelKey *key, SpkPrepare prepare)
{
	KeptModel *kept = make_kept(value, key, prepare);
	size_t	   limit = (size_t) model_cache_memory * 1024;

	if (cache->last != NULL)
		measure(cache, cache->last);
	cache->last = NULL;
	while (cache->n_kept >= MIN_KEPT && cache->size + kept->size > limit)
		drop_kept(cache, dlist_tail_element(KeptModel, by_use, &cache->by_use));
	insert_kept(cache, kept);
	MemoryContextSetParent(kept->context, cache->context);
	return kept;
}

/* A caller that has no expression for us may pass another value each time. */
static Constancy
constancy_of(const FmgrInfo *flinfo)
{
	Node *arg = flinfo->fn_expr;

	if (arg == NULL || !IsA(arg, FuncExpr) || ((FuncExpr *) arg)->args == NIL)
		return FOR_THE_ROW;
	arg = linitial(((FuncExpr *) arg)->args);
	while (IsA(arg, RelabelType)) /* a churn_forest that is used as a churn_model */
		arg = (Node *) ((RelabelType *) arg)->arg;
	return IsA(arg, Const) ? FOR_EVER : IsA(arg, Param) ? FOR_MOST_ROWS : FOR_THE_ROW;
}

static ModelCache *
make_cache(FmgrInfo *flinfo)
{
	ModelCache *cache = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(ModelCache));

	cache->context = flinfo->fn_mcxt;
	cache->constancy = constancy_of(flinfo);
	dlist_init(&cache->by_use);
	flinfo->fn_extra = cache;
	return cache;
}

/* Makes the model of this value the last one, as it is not that of the call before. */
static void
switch_model(ModelCache *cache, struct varlena *value, ModelKey *key, SpkPrepare prepare)
{
	KeptModel *kept;

	key->hash = hash_key(key);
	kept = find_kept(cache, key);
	if (kept != NULL)
		dlist_move_head(&cache->by_use, &kept->by_use);
	else
		kept = keep(cache, value, key, prepare);
	cache->last = kept;
}

/* Is this the value of the call before? */
static inline bool
is_last(const ModelCache *cache, const ModelKey *key)
{
	const KeptModel *last = cache->last;

	if (last == NULL || last->key.len != key->len)
		return false;
	if (cache->constancy == FOR_THE_ROW || cache->seen != key->bytes)
		return key_equal(&last->key, key);
	return cache->constancy == FOR_EVER ||
		memcmp(last->key.bytes, key->bytes, Min(key->len, COMPARED_START)) == 0;
}

void *
spk_prepared_model(FunctionCallInfo fcinfo, SpkPrepare prepare)
{
	ModelCache	   *cache = fcinfo->flinfo->fn_extra;
	struct varlena *value = (struct varlena *) PG_GETARG_POINTER(0);
	ModelKey		key;

	if (cache == NULL)
		cache = make_cache(fcinfo->flinfo);
	if (VARATT_IS_EXTERNAL(value) && !VARATT_IS_EXTERNAL_ONDISK(value))
		value = pg_detoast_datum(value);
	key = model_key(value);
	if (!is_last(cache, &key))
		switch_model(cache, value, &key, prepare);
	cache->seen = key.bytes;
	return cache->last->prepared;
}

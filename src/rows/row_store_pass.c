/*
 * row_store_pass.c
 *	  Row stores on their way from where rows are collected to where they are combined.
 *
 * PostgreSQL copies what an aggregate's state becomes between processes several times, and
 * even where the leader combines what it has collected itself.  Stores are as large as the
 * rows.  So what is passed is mostly not the store, but where it is.
 */
#include "compat.h"

#include "executor/execParallel.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
#include "postmaster/bgworker.h"
#include "storage/dsm.h"
#include "utils/dsa.h"
#include "utils/memutils.h"

#include "host/memory_limit.h"
#include "rows/row_store_bytes.h"
#include "rows/row_store_pass.h"

/* Of less than so many bytes a copy takes no time. */
#define LEAST_IN_AREA ((uint64) 1 << 20)

/* What a value has before all else. */
typedef enum Form
{
	FORM_BYTES, /* the store's bytes follow */
	FORM_STORE, /* the store is one that this process has passed */
	FORM_AREA	/* the bytes lie in the memory of the query */
} Form;

typedef struct Passed
{
	int32		 vl_len_;
	uint32		 form;
	dsm_handle	 segment; /* FORM_AREA: of the parallel query whose memory it is */
	dsa_pointer	 place;	  /* FORM_AREA, with the next one: where they are, and how many */
	uint64		 size;
	SpkRowStore *store; /* FORM_STORE */
} Passed;

static Passed *
passed_new(Form form)
{
	Passed *passed = palloc0(sizeof(Passed));

	SET_VARSIZE(passed, sizeof(Passed));
	passed->form = form;
	return passed;
}

/*
 * Is it PostgreSQL that takes the value, in a later step of the same query?  Engines that split
 * aggregates themselves send it to other servers, where a place means nothing.
 */
static bool
stays_in_query(FunctionCallInfo fcinfo)
{
	return IsA(fcinfo->context, AggState) &&
		DO_AGGSPLIT_SERIALIZE(((AggState *) fcinfo->context)->aggsplit);
}

/* ---- Within a process ---- */

/* The stores that this process has passed and not taken yet. */
static SpkRowStore *passed_here = NULL;

/* Takes a store out of the list; false when it is not there. */
static bool
take_out(SpkRowStore *store)
{
	for (SpkRowStore **at = &passed_here; *at != NULL; at = &(*at)->next_passed)
		if (*at == store)
		{
			*at = store->next_passed;
			store->next_passed = NULL;
			return true;
		}
	return false;
}

/* The store's memory goes: nobody may find it any more. */
static void
forget(void *store)
{
	(void) take_out(store);
}

/*
 * May the aggregate pass the store itself?  Its memory must stay until all is combined:
 * without groups, the state is there until the query ends.
 */
static bool
stays_here(FunctionCallInfo fcinfo)
{
	return !IsParallelWorker() && castNode(AggState, fcinfo->context)->aggstrategy == AGG_PLAIN;
}

static bytea *
pass_here(SpkRowStore *store)
{
	Passed				  *passed = passed_new(FORM_STORE);
	MemoryContextCallback *callback = MemoryContextAllocZero(store->context, sizeof(*callback));

	callback->func = forget;
	callback->arg = store;
	MemoryContextRegisterResetCallback(store->context, callback);
	store->next_passed = passed_here;
	passed_here = store;
	passed->store = store;
	return (bytea *) passed;
}

/* ---- Between processes ---- */

/* Puts the store's bytes into the memory of the worker's query; NULL when there is no room. */
static bytea *
pass_in_area(FunctionCallInfo fcinfo, const SpkRowStore *store, uint64 size)
{
	dsa_area   *area = castNode(AggState, fcinfo->context)->ss.ps.state->es_query_dsa;
	dsa_pointer place;
	Passed	   *passed;

	if (!IsParallelWorker() || area == NULL || size < LEAST_IN_AREA ||
		!spk_memory_shared_fits(size))
		return NULL;
	place = dsa_allocate_extended(area, size, DSA_ALLOC_HUGE | DSA_ALLOC_NO_OOM);
	if (!DsaPointerIsValid(place))
		return NULL;
	passed = passed_new(FORM_AREA);
	passed->place = place;
	passed->size = spk_store_write(store, dsa_get_address(area, place), size);
	/* the leader may have several queries in parallel; by this it knows which one's memory it is */
	passed->segment = DatumGetUInt32(MyBgworkerEntry->bgw_main_arg);
	return (bytea *) passed;
}

/* What is looked for below an aggregate. */
typedef struct Search
{
	dsm_handle segment;
	dsa_area  *area;
} Search;

static bool
find_area(PlanState *state, void *arg)
{
	Search				 *search = arg;
	ParallelExecutorInfo *info = NULL;

	if (state == NULL)
		return false;
	if (IsA(state, GatherState))
		info = ((GatherState *) state)->pei;
	else if (IsA(state, GatherMergeState))
		info = ((GatherMergeState *) state)->pei;
	if (info != NULL && info->pcxt->seg != NULL &&
		dsm_segment_handle(info->pcxt->seg) == search->segment)
	{
		search->area = info->area;
		return true;
	}
	return planstate_tree_walker(state, find_area, search);
}

/* The store whose bytes lie in the memory of a query below the aggregate. */
static SpkRowStore *
receive_from_area(FunctionCallInfo fcinfo, const Passed *passed)
{
	Search		 search = {passed->segment, NULL};
	SpkRowStore *store;

	(void) find_area((PlanState *) castNode(AggState, fcinfo->context), &search);
	if (search.area == NULL)
		elog(ERROR, "could not find the memory of a parallel query with training rows");
	store = spk_store_receive(dsa_get_address(search.area, passed->place), passed->size);
	store->area = search.area;
	store->place = passed->place;
	return store;
}

void
spk_store_passed_release(SpkRowStore *store)
{
	if (store->area != NULL)
		dsa_free(store->area, store->place);
	store->area = NULL;
}

/* ---- Both ---- */

bytea *
spk_store_pass(FunctionCallInfo fcinfo, SpkRowStore *store)
{
	uint64	size;
	bytea  *value;
	Passed *bytes;

	if (stays_in_query(fcinfo) && stays_here(fcinfo))
		return pass_here(store);
	size = spk_store_sent_size(store);
	value = stays_in_query(fcinfo) ? pass_in_area(fcinfo, store, size) : NULL;
	if (value != NULL)
		return value;
	if (size + sizeof(Passed) > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the training rows that one parallel worker collected exceed 1 GB"),
				 errhint("Set max_parallel_workers_per_gather to 0; churn_train does so itself where it expects so many rows.")));

	bytes = palloc(sizeof(Passed) + size);
	memset(bytes, 0, sizeof(Passed));
	bytes->form = FORM_BYTES;
	SET_VARSIZE(bytes, sizeof(Passed) + spk_store_write(store, bytes + 1, size));
	return (bytea *) bytes;
}

SpkRowStore *
spk_store_passed(FunctionCallInfo fcinfo, bytea *value)
{
	Passed passed;

	/* values may be packed, with a short header, and then lie anywhere */
	if (VARSIZE_ANY_EXHDR(value) < sizeof(Passed) - VARHDRSZ)
		elog(ERROR, "invalid training rows of a parallel query");
	memcpy((char *) &passed + VARHDRSZ, VARDATA_ANY(value), sizeof(Passed) - VARHDRSZ);
	switch ((Form) passed.form)
	{
		case FORM_BYTES:
			return spk_store_receive(VARDATA_ANY(value) + sizeof(Passed) - VARHDRSZ,
									 VARSIZE_ANY_EXHDR(value) - (sizeof(Passed) - VARHDRSZ));
		case FORM_STORE:
			if (take_out(passed.store))
				return passed.store;
			break;
		case FORM_AREA:
			return receive_from_area(fcinfo, &passed);
	}
	elog(ERROR, "invalid training rows of a parallel query");
}

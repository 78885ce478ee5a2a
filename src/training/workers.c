/*
 * workers.c
 *	  The parallel workers of training.
 */
#include "compat.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "storage/lwlock.h"
#include "utils/memutils.h"

#include "host/pg_host.h"
#include "host/memory_limit.h"
#include "training/workers.h"

/* Keys of the parallel context's table of contents */
#define KEY_BLOCKS UINT64CONST(1)
#define KEY_SHARED UINT64CONST(2)
#define KEY_AREA   UINT64CONST(3)

/* The segment by which an area grows is at most about so many times what it is to hold. */
#define AREA_GROWTH 2

/* By this workers find the blocks. */
typedef struct SharedBlocks
{
	dsm_handle block;
	bool	   has_passing;
	dsm_handle passing;
} SharedBlocks;

int
spk_wanted_workers(double work, double least, int64 most)
{
	if (IsParallelWorker() || !IsUnderPostmaster || work < least || most < 1)
		return 0;
	return (int) Min(Min(max_parallel_maintenance_workers, max_parallel_workers), most);
}

/* ---- Blocks ---- */

void
spk_warn_of_shared_memory(uint64 size)
{
	ereport(WARNING,
			(errmsg("not enough shared memory to train in parallel"),
			 errdetail("Training takes at least " UINT64_FORMAT " MB of it.", size / (1024 * 1024) + 1),
			 errhint("Make /dev/shm larger; in a container, by its option for shared memory.")));
}

bool
spk_block_share(SpkMemoryBlock *block, uint64 size, uint64 more)
{
	*block = (SpkMemoryBlock) {NULL};
	if (!spk_memory_shared_fits(size + more))
	{
		spk_warn_of_shared_memory(size + more);
		return false;
	}
	block->segment = dsm_create((Size) size, DSM_CREATE_NULL_IF_MAXSEGMENTS);
	if (block->segment == NULL)
		return false;
	block->memory = dsm_segment_address(block->segment);
	return true;
}

void
spk_block_alloc(SpkMemoryBlock *block, const SpkHost *host, uint64 size, const char *what)
{
	block->segment = NULL;
	block->own = spk_must_alloc(host, (size_t) size + SPK_ALIGNMENT, 1, what);
	block->memory = (void *) TYPEALIGN(SPK_ALIGNMENT, block->own);
}

void
spk_block_release(SpkMemoryBlock *block)
{
	if (block->segment != NULL)
		dsm_detach(block->segment);
	else if (block->own != NULL)
		pfree(block->own);
	*block = (SpkMemoryBlock) {NULL};
}

/* ---- Workers, as the leader sees them ---- */

static void
estimate(ParallelContext *context, Size size)
{
	shm_toc_estimate_chunk(&context->estimator, size);
	shm_toc_estimate_keys(&context->estimator, 1);
}

static void *
insert(ParallelContext *context, uint64 key, Size size)
{
	void *chunk = shm_toc_allocate(context->toc, size);

	shm_toc_insert(context->toc, key, chunk);
	return chunk;
}

void
spk_workers_new(SpkWorkers *workers, const SpkWorkersPlan *plan)
{
	ParallelContext *context;
	SharedBlocks	*blocks;

	EnterParallelMode();
	*workers = (SpkWorkers) {NULL};
	workers->context = context = CreateParallelContext("sparkify", plan->function, plan->n);
	estimate(context, sizeof(SharedBlocks));
	if (plan->shared_size > 0)
		estimate(context, plan->shared_size);
	if (plan->has_area)
		estimate(context, SPK_AREA_SIZE);
	InitializeParallelDSM(context);

	/* when there was no segment left, all this is memory of the process, and no worker starts */
	blocks = insert(context, KEY_BLOCKS, sizeof(SharedBlocks));
	blocks->block = dsm_segment_handle(plan->block->segment);
	blocks->has_passing = plan->passing != NULL && plan->passing->segment != NULL;
	if (blocks->has_passing)
		blocks->passing = dsm_segment_handle(plan->passing->segment);
	if (plan->shared_size > 0)
		workers->shared = insert(context, KEY_SHARED, plan->shared_size);
	if (plan->has_area && context->seg != NULL)
	{
		void *place = insert(context, KEY_AREA, SPK_AREA_SIZE);

		workers->area = dsa_create_in_place(place, SPK_AREA_SIZE, LWTRANCHE_PARALLEL_QUERY_DSA,
											context->seg);
	}
}

void
spk_workers_launch(SpkWorkers *workers)
{
	if (workers->context->seg != NULL)
		LaunchParallelWorkers(workers->context);
}

uint32
spk_workers_count(SpkWorkers *workers)
{
	if (workers->context->seg == NULL)
		return 0;
	WaitForParallelWorkersToAttach(workers->context);
	return (uint32) workers->context->nworkers_launched;
}

void
spk_workers_wait(SpkWorkers *workers)
{
	if (workers->context->seg != NULL)
		WaitForParallelWorkersToFinish(workers->context);
}

void
spk_workers_end(SpkWorkers *workers)
{
	if (workers->area != NULL)
		dsa_detach(workers->area);
	DestroyParallelContext(workers->context);
	ExitParallelMode();
}

/* ---- A worker, as it sees itself ---- */

/* The block that this segment holds.  It has no memory when the segment is gone. */
static SpkMemoryBlock
attach(dsm_handle handle)
{
	SpkMemoryBlock block = {NULL};

	block.segment = dsm_attach(handle);
	if (block.segment != NULL)
		block.memory = dsm_segment_address(block.segment);
	return block;
}

void
spk_worker_attach(SpkWorker *worker, dsm_segment *seg, shm_toc *toc)
{
	const SharedBlocks *blocks = shm_toc_lookup(toc, KEY_BLOCKS, false);
	void			   *area = shm_toc_lookup(toc, KEY_AREA, true);

	*worker = (SpkWorker) {NULL};
	worker->shared = shm_toc_lookup(toc, KEY_SHARED, true);
	if (area != NULL)
		worker->area = dsa_attach_in_place(area, seg);
	worker->block = attach(blocks->block);
	if (worker->block.segment == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("could not map dynamic shared memory segment")));
	if (blocks->has_passing)
		worker->passing = attach(blocks->passing);
}

void
spk_worker_detach(SpkWorker *worker)
{
	spk_block_release(&worker->passing);
	spk_block_release(&worker->block);
	if (worker->area != NULL)
		dsa_detach(worker->area);
}

/* ---- Areas ---- */

bool
spk_area_fits(uint64 size)
{
	return spk_memory_shared_fits(AREA_GROWTH * size + SPK_AREA_SIZE);
}

dsa_pointer
spk_area_put(dsa_area *area, const void *data, Size size)
{
	dsa_pointer place = dsa_allocate_extended(area, size, DSA_ALLOC_HUGE);

	memcpy(dsa_get_address(area, place), data, size);
	return place;
}

/*
 * boost_parallel.c
 *	  Gradient boosting with the help of parallel workers.
 *
 * The binned rows and what the team shares lie in one segment.  The members
 * meet at a barrier some twenty times a tree, within microseconds when all of
 * them are running, so that they spin for a while before they sleep.
 */
#include "compat.h"

#include <unistd.h>

#include "access/parallel.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "port/atomics.h"
#include "storage/s_lock.h"
#include "utils/memutils.h"

#include "boost_parallel.h"
#include "core/binning.h"
#include "pg_host.h"
#include "row_store.h"
#include "train_memory.h"

/* Keys of the parallel context's table of contents */
#define KEY_SHARED		UINT64CONST(1)
#define KEY_FEATURES	UINT64CONST(2)

/*
 * Codes times trees below which the start of workers, some milliseconds, costs
 * more than they give; and rows that a member should have for itself.
 */
#define MIN_PARALLEL_WORK	10000000
#define MIN_MEMBER_ROWS		4096

/* Looks at a barrier before sleeping: some 30 microseconds. */
#define SPINS			1000
#define SLEEP_US		20

#define ALIGNMENT		64

/* What growers need to know of a feature. */
typedef struct SharedFeature
{
	uint8		kind;
	uint8		n_bins;
} SharedFeature;

typedef struct SharedTeam
{
	SpkBoostPlan plan;
	SpkMatrix	matrix;			/* but for codes, which are in the segment */
	dsm_handle	segment;		/* codes, then what the core shares */
	pg_atomic_uint32 n_members; /* 0 until the leader knows */
	pg_atomic_uint32 n_waiting;
	pg_atomic_uint32 generation;	/* of the barrier: how often all have met */
} SharedTeam;

/* The next look at something that others are about to change. */
static void
wait_a_little(uint32 *looks)
{
	CHECK_FOR_INTERRUPTS();
	if (++*looks < SPINS)
		SPIN_DELAY();
	else
		pg_usleep(SLEEP_US);
}

static void
meet(void *ctx)
{
	SharedTeam *shared = ctx;
	uint32		generation = pg_atomic_read_u32(&shared->generation);
	uint32		looks = 0;

	if (pg_atomic_fetch_add_u32(&shared->n_waiting, 1) + 1 == pg_atomic_read_u32(&shared->n_members))
	{
		pg_atomic_write_u32(&shared->n_waiting, 0);
		pg_atomic_fetch_add_u32(&shared->generation, 1);
		return;
	}
	while (pg_atomic_read_u32(&shared->generation) == generation)
		wait_a_little(&looks);
	pg_memory_barrier();
}

static Size
codes_size(const SpkMatrix *matrix)
{
	return TYPEALIGN(ALIGNMENT, (Size) matrix->n_rows * matrix->stride);
}

static SharedTeam *
fill_segment(ParallelContext *pcxt, const SpkBoostPlan *plan, const SpkMatrix *matrix,
			 const SpkFeature *features, dsm_segment *segment)
{
	SharedTeam *shared = shm_toc_allocate(pcxt->toc, sizeof(SharedTeam));
	SharedFeature *shared_features = shm_toc_allocate(pcxt->toc, matrix->n_features * sizeof(SharedFeature));

	shared->plan = *plan;
	shared->matrix = *matrix;
	shared->matrix.codes = NULL;
	shared->segment = dsm_segment_handle(segment);
	pg_atomic_init_u32(&shared->n_members, 0);
	pg_atomic_init_u32(&shared->n_waiting, 0);
	pg_atomic_init_u32(&shared->generation, 0);
	for (uint32 i = 0; i < matrix->n_features; i++)
	{
		shared_features[i].kind = (uint8) features[i].kind;
		shared_features[i].n_bins = (uint8) features[i].n_bins;
	}
	shm_toc_insert(pcxt->toc, KEY_SHARED, shared);
	shm_toc_insert(pcxt->toc, KEY_FEATURES, shared_features);
	return shared;
}

/* Grows the trees with as many workers as start; memory is what the team shares. */
static SpkStatus
boost_in_parallel(const SpkHost *host, const SpkBoostPlan *plan, const SpkMatrix *matrix, SpkModel *model,
				  dsm_segment *segment, void *memory, int n_workers)
{
	SpkTeam		team = {1, 0, meet, NULL};
	SpkStatus	status;
	ParallelContext *pcxt;
	SharedTeam *shared;

	EnterParallelMode();
	pcxt = CreateParallelContext("sparkify", "spk_boost_worker", n_workers);
	shm_toc_estimate_chunk(&pcxt->estimator, sizeof(SharedTeam));
	shm_toc_estimate_chunk(&pcxt->estimator, matrix->n_features * sizeof(SharedFeature));
	shm_toc_estimate_keys(&pcxt->estimator, 2);
	InitializeParallelDSM(pcxt);
	shared = fill_segment(pcxt, plan, matrix, model->features, segment);
	if (pcxt->seg != NULL)
	{
		LaunchParallelWorkers(pcxt);
		/* an error when one that was to start does not: the others would wait for it */
		WaitForParallelWorkersToAttach(pcxt);
		team.n += (uint32) pcxt->nworkers_launched;
	}
	team.ctx = shared;
	pg_atomic_write_u32(&shared->n_members, team.n);
	status = spk_boost(host, &team, plan, matrix, model->features, memory, model);
	if (pcxt->seg != NULL)
		WaitForParallelWorkersToFinish(pcxt);
	DestroyParallelContext(pcxt);
	ExitParallelMode();
	return status;
}

void
spk_boost_worker(dsm_segment *seg, shm_toc *toc)
{
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	SharedTeam *shared = shm_toc_lookup(toc, KEY_SHARED, false);
	SharedFeature *shared_features = shm_toc_lookup(toc, KEY_FEATURES, false);
	dsm_segment *segment = dsm_attach(shared->segment);
	SpkMatrix	matrix = shared->matrix;
	SpkFeature *features = palloc0(matrix.n_features * sizeof(SpkFeature));
	SpkTeam		team = {0, (uint32) ParallelWorkerNumber + 1, meet, shared};
	uint32		looks = 0;

	if (segment == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("could not map dynamic shared memory segment")));
	matrix.codes = dsm_segment_address(segment);
	for (uint32 i = 0; i < matrix.n_features; i++)
	{
		features[i].kind = (SpkFeatureKind) shared_features[i].kind;
		features[i].n_bins = shared_features[i].n_bins;
	}
	while ((team.n = pg_atomic_read_u32(&shared->n_members)) == 0)
		wait_a_little(&looks);
	/* the leader gets the same status, and tells of it */
	(void) spk_boost(&host, &team, &shared->plan, &matrix, features, matrix.codes + codes_size(&matrix), NULL);
	dsm_detach(segment);
}

/*
 * How many workers are worth asking for?  Members wait for each other, so that
 * more of them than processors only take time from one another.
 */
static int
wanted_workers(const SpkBoostPlan *plan, const SpkMatrix *matrix)
{
	uint64		work = (uint64) matrix->n_rows * matrix->n_features * plan->n_trees;
	long		others = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	int			most = Min(max_parallel_maintenance_workers, max_parallel_workers);

	if (IsParallelWorker() || !IsUnderPostmaster || work < MIN_PARALLEL_WORK || others < 1)
		return 0;
	return Min(Min(most, others), (int) (matrix->n_rows / MIN_MEMBER_ROWS));
}

static void
check_boost(SpkStatus status)
{
	spk_check(status, "boosted forest", NULL);
}

/* A segment for a team with workers; NULL when there is no room for it. */
static dsm_segment *
team_segment(uint64 size)
{
	if (!spk_shared_memory_fits(size))
	{
		ereport(WARNING,
				(errmsg("not enough shared memory to train in parallel"),
				 errdetail("Training takes " UINT64_FORMAT " MB of it.", size / (1024 * 1024)),
				 errhint("Make /dev/shm larger; in a container, by its option for shared memory.")));
		return NULL;
	}
	return dsm_create((Size) size, DSM_CREATE_NULL_IF_MAXSEGMENTS);
}

void
spk_boost_model(const SpkHost *host, SpkTable *table, SpkModel *model)
{
	SpkMatrix	matrix = {table->n_rows, 0, table->n_columns, spk_matrix_stride(table->n_columns)};
	SpkBoostPlan plan = spk_boost_plan(&model->options, &matrix);	/* as far as sizes go */
	int			n_workers = spk_affordable_boosters(&plan, &matrix, table,
													wanted_workers(&plan, &matrix));
	SpkTeam		alone = {1, 0, NULL, NULL};
	dsm_segment *segment = NULL;
	void	   *memory = NULL;
	uint8	   *codes;

	if (n_workers > 0)
		segment = team_segment(codes_size(&matrix) +
							   spk_boost_shared_size(&plan, &matrix, (uint32) n_workers + 1));
	if (segment != NULL)
		codes = dsm_segment_address(segment);
	else
	{
		uint64		size = codes_size(&matrix) + spk_boost_shared_size(&plan, &matrix, 1);

		memory = spk_alloc(host, (size_t) size + ALIGNMENT, 1);
		check_boost(memory == NULL ? SPK_NO_MEMORY : SPK_OK);
		codes = (uint8 *) TYPEALIGN(ALIGNMENT, memory);
	}
	spk_check(spk_bin_table(host, table, model->features, codes, &matrix, NULL), "training set", NULL);
	spk_table_release(table);
	plan = spk_boost_plan(&model->options, &matrix);
	model->threshold = 0.5;
	model->trees = spk_alloc(host, plan.n_trees, sizeof(SpkTree));
	check_boost(model->trees == NULL ? SPK_NO_MEMORY : SPK_OK);
	memset(model->trees, 0, plan.n_trees * sizeof(SpkTree));
	if (segment != NULL)
	{
		check_boost(boost_in_parallel(host, &plan, &matrix, model, segment, codes + codes_size(&matrix), n_workers));
		dsm_detach(segment);
	}
	else
	{
		check_boost(spk_boost(host, &alone, &plan, &matrix, model->features, codes + codes_size(&matrix), model));
		spk_release(host, memory);
	}
}

/*
 * train_boost.c
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

#include "training/train_boost.h"
#include "core/rows/binning.h"
#include "host/pg_host.h"
#include "rows/row_store.h"
#include "training/shared_matrix.h"
#include "training/affordability.h"
#include "host/progress.h"

/* Keys of the parallel context's table of contents */
#define KEY_BOOST		UINT64CONST(1)

/*
 * Codes times trees below which the start of workers, some milliseconds, costs
 * more than they give; and rows that a member should have for itself.
 */
#define MIN_BOOST_WORK	10000000
#define MIN_MEMBER_ROWS		4096

/* Looks at a barrier before sleeping: some 30 microseconds. */
#define SPINS			1000
#define SLEEP_US		20

/* Of a parallel context. */
#define BOOST_CONTEXT	(1024 * 1024)

/*
 * A team whose leader has waited for the others, in this time, so many times
 * longer than going on alone would take is given up: its processors have other
 * work to do, and the times that they do not run at the same time add up.
 */
#define LOOK_SECONDS	0.1
#define MAX_WAIT		1.25

typedef struct SharedTeam
{
	SpkBoostPlan plan;
	pg_atomic_uint32 n_members; /* 0 until the leader knows */
	pg_atomic_uint32 n_waiting;
	pg_atomic_uint32 generation;	/* of the barrier: how often all have met */
} SharedTeam;

/* What a member has for itself; what follows shared is the leader's. */
typedef struct Member
{
	SharedTeam *shared;			/* NULL: alone from the start */
	uint32		n_others;
	SpkTrainProgress progress;
	instr_time	since;			/* when these were started: */
	instr_time	waited;
} Member;

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
	Member	   *member = ctx;
	SharedTeam *shared = member->shared;
	uint32		generation = pg_atomic_read_u32(&shared->generation);
	uint32		looks = 0;
	instr_time	start;
	instr_time	end;

	if (pg_atomic_fetch_add_u32(&shared->n_waiting, 1) + 1 == pg_atomic_read_u32(&shared->n_members))
	{
		pg_atomic_write_u32(&shared->n_waiting, 0);
		pg_atomic_fetch_add_u32(&shared->generation, 1);
		return;
	}
	INSTR_TIME_SET_CURRENT(start);
	while (pg_atomic_read_u32(&shared->generation) == generation)
		wait_a_little(&looks);
	pg_memory_barrier();
	INSTR_TIME_SET_CURRENT(end);
	INSTR_TIME_ACCUM_DIFF(member->waited, end, start);
}

static void
start_look(Member *member)
{
	INSTR_TIME_SET_CURRENT(member->since);
	INSTR_TIME_SET_ZERO(member->waited);
}

/* The leader's: tells of progress, and says whether it should go on alone. */
static bool
finish_round(void *ctx, uint32_t done, uint32_t total)
{
	Member	   *member = ctx;
	instr_time	time;
	double		waited;
	double		worked;

	spk_train_progress(&member->progress, "trees grown", done, total);
	INSTR_TIME_SET_CURRENT(time);
	INSTR_TIME_SUBTRACT(time, member->since);
	if (member->n_others == 0 || INSTR_TIME_GET_DOUBLE(time) < LOOK_SECONDS)
		return false;
	waited = INSTR_TIME_GET_DOUBLE(member->waited);
	worked = INSTR_TIME_GET_DOUBLE(time) - waited;
	start_look(member);
	if (waited < MAX_WAIT * member->n_others * worked)
		return false;
	ereport(DEBUG1,
			(errmsg_internal("gradient boosting goes on without workers after %u trees: of %.0f ms it waited %.0f ms",
							 done, (worked + waited) * 1000, waited * 1000)));
	member->n_others = 0;
	return true;
}

static Size
codes_size(const SpkMatrix *matrix)
{
	return TYPEALIGN(SPK_ALIGNMENT, (Size) matrix->n_rows * matrix->stride);
}

static SharedTeam *
fill_segment(ParallelContext *pcxt, const SpkBoostPlan *plan, const SpkMatrix *matrix,
			 const SpkFeature *features, dsm_segment *segment)
{
	SharedTeam *shared = shm_toc_allocate(pcxt->toc, sizeof(SharedTeam));

	shared->plan = *plan;
	pg_atomic_init_u32(&shared->n_members, 0);
	pg_atomic_init_u32(&shared->n_waiting, 0);
	pg_atomic_init_u32(&shared->generation, 0);
	shm_toc_insert(pcxt->toc, KEY_BOOST, shared);
	spk_share_matrix(pcxt, matrix, features, segment);
	return shared;
}

/* Grows the trees with as many workers as start; memory is what the team shares. */
static SpkStatus
boost_in_parallel(const SpkHost *host, const SpkBoostPlan *plan, const SpkMatrix *matrix, SpkModel *model,
				  dsm_segment *segment, void *memory, int n_workers)
{
	Member		member = {NULL};
	SpkTeam		team = {1, 0, meet, finish_round, &member};
	SpkStatus	status;
	ParallelContext *pcxt;
	SharedTeam *shared;

	EnterParallelMode();
	pcxt = CreateParallelContext("sparkify", "spk_boost_worker", n_workers);
	shm_toc_estimate_chunk(&pcxt->estimator, sizeof(SharedTeam));
	spk_estimate_shared_matrix(pcxt, matrix->n_features);
	shm_toc_estimate_keys(&pcxt->estimator, 1);
	InitializeParallelDSM(pcxt);
	shared = fill_segment(pcxt, plan, matrix, model->features, segment);
	if (pcxt->seg != NULL)
	{
		LaunchParallelWorkers(pcxt);
		/* an error when one that was to start does not: the others would wait for it */
		WaitForParallelWorkersToAttach(pcxt);
		team.n += (uint32) pcxt->nworkers_launched;
	}
	member.shared = shared;
	member.n_others = team.n - 1;
	pg_atomic_write_u32(&shared->n_members, team.n);
	spk_train_progress_start(&member.progress);
	start_look(&member);
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
	SharedTeam *shared = shm_toc_lookup(toc, KEY_BOOST, false);
	SpkMatrix	matrix;
	SpkFeature *features;
	dsm_segment *segment = spk_attach_matrix(toc, &matrix, &features);
	Member		member = {shared};
	SpkTeam		team = {0, (uint32) ParallelWorkerNumber + 1, meet, NULL, &member};
	uint32		looks = 0;

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

	if (IsParallelWorker() || !IsUnderPostmaster || work < MIN_BOOST_WORK || others < 1)
		return 0;
	return Min(Min(most, others), (int) (matrix->n_rows / MIN_MEMBER_ROWS));
}

static void
check_boost(SpkStatus status)
{
	spk_check(status, "boosted forest", NULL);
}

void
spk_boost_model(const SpkHost *host, SpkTable *table, SpkModel *model)
{
	SpkMatrix	matrix = {table->n_rows, 0, table->n_columns, spk_matrix_stride(table->n_columns)};
	SpkBoostPlan plan = spk_boost_plan(&model->options, &matrix);	/* as far as sizes go */
	int			n_workers = spk_affordable_boosters(&plan, &matrix, table,
													wanted_workers(&plan, &matrix));
	Member		member = {NULL};
	SpkTeam		alone = {1, 0, NULL, finish_round, &member};
	dsm_segment *segment = NULL;
	void	   *memory = NULL;
	uint8	   *codes;

	if (n_workers > 0)
		segment = spk_shared_segment(codes_size(&matrix) +
									 spk_boost_shared_size(&plan, &matrix, (uint32) n_workers + 1), BOOST_CONTEXT);
	if (segment != NULL)
		codes = dsm_segment_address(segment);
	else
	{
		uint64		size = codes_size(&matrix) + spk_boost_shared_size(&plan, &matrix, 1);

		memory = spk_must_alloc(host, (size_t) size + SPK_ALIGNMENT, 1, "boosted forest");
		codes = (uint8 *) TYPEALIGN(SPK_ALIGNMENT, memory);
	}
	spk_check(spk_bin_table(host, table, model->features, codes, &matrix, NULL), "training set", NULL);
	spk_table_release(table);
	plan = spk_boost_plan(&model->options, &matrix);
	model->threshold = 0.5;
	model->trees = spk_must_alloc(host, plan.n_trees, sizeof(SpkTree), "boosted forest");
	memset(model->trees, 0, plan.n_trees * sizeof(SpkTree));
	if (segment != NULL)
	{
		check_boost(boost_in_parallel(host, &plan, &matrix, model, segment, codes + codes_size(&matrix), n_workers));
		dsm_detach(segment);
	}
	else
	{
		spk_train_progress_start(&member.progress);
		start_look(&member);
		check_boost(spk_boost(host, &alone, &plan, &matrix, model->features, codes + codes_size(&matrix), model));
		spk_release(host, memory);
	}
}

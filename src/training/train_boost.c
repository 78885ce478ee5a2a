/*
 * train_boost.c
 *	  Gradient boosting with the help of parallel workers.
 *
 * The binned rows, and behind them what the team shares, lie in one block.  The members
 * meet at a barrier some twenty times for each tree.
 */
#include "compat.h"

#include <unistd.h>

#include "utils/memutils.h"

#include "host/memory_limit.h"
#include "host/pg_host.h"
#include "training/affordability.h"
#include "host/progress.h"
#include "rows/row_store.h"
#include "training/shared_matrix.h"
#include "training/team.h"
#include "training/train_boost.h"
#include "training/workers.h"

/*
 * Below so many codes times trees, starting workers, which takes some milliseconds, costs
 * more than they give.  A member should have so many rows for itself.
 */
#define MIN_BOOST_WORK	10000000
#define MIN_MEMBER_ROWS 4096

typedef struct SharedBoost
{
	SpkBoostPlan  plan;
	SpkSharedTeam team;
} SharedBoost;

/* A process that grows the trees.  Only the leader tells of progress. */
typedef struct Booster
{
	SpkMember		 member;
	SpkTrainProgress progress;
} Booster;

static void
meet(void *ctx)
{
	spk_member_meet(&((Booster *) ctx)->member);
}

/* The leader tells of progress after each tree, and learns whether it should go on alone. */
static bool
finish_round(void *ctx, uint32_t done, uint32_t total)
{
	Booster *leader = ctx;

	spk_train_progress(&leader->progress, "trees grown", done, total);
	return spk_member_gives_up(&leader->member);
}

static Booster
new_leader(SpkSharedTeam *team, uint32 n_others)
{
	Booster leader = {spk_member(team, n_others)};

	spk_train_progress_start(&leader.progress);
	return leader;
}

/* The memory that the team shares: it follows the rows. */
static void *
team_memory(const SpkMemoryBlock *block)
{
	return spk_shared_matrix_end(block->memory);
}

/* Grows the trees with as many workers as start. */
static SpkStatus
boost_in_parallel(const SpkHost *host, const SpkBoostPlan *plan, const SpkMatrix *matrix,
				  SpkModel *model, const SpkMemoryBlock *block, int n_workers)
{
	SpkWorkersPlan workers_plan = {"spk_train_boost_worker", n_workers, sizeof(SharedBoost),
								   .block = block};
	SpkWorkers	   workers;
	SharedBoost	  *shared;
	Booster		   leader;
	SpkTeam		   team = {1, 0, meet, finish_round, &leader};
	SpkStatus	   status;

	spk_workers_new(&workers, &workers_plan);
	shared = workers.shared;
	shared->plan = *plan;
	spk_team_init(&shared->team);
	spk_workers_launch(&workers);

	/* a worker that was to start and does not is an error, because the others would wait for it */
	team.n += spk_workers_count(&workers);
	leader = new_leader(&shared->team, team.n - 1);
	spk_team_begin(&shared->team, team.n);
	status = spk_boost(host, &team, plan, matrix, model->features, team_memory(block), model);
	spk_workers_wait(&workers);
	spk_workers_end(&workers);
	return status;
}

void
spk_train_boost_worker(dsm_segment *seg, shm_toc *toc)
{
	SpkHost		 host = spk_pg_host(CurrentMemoryContext);
	SpkWorker	 worker;
	SharedBoost *shared;
	SpkMatrix	 matrix;
	SpkFeature	*features;
	Booster		 booster;
	SpkTeam		 team = {0, (uint32) ParallelWorkerNumber + 1, meet, NULL, &booster};

	spk_worker_attach(&worker, seg, toc);
	shared = worker.shared;
	spk_shared_matrix_open(worker.block.memory, &matrix, &features);
	team.n = spk_team_await(&shared->team);
	booster.member = spk_member(&shared->team, team.n - 1);

	/* all members get the same status, and the leader raises the error */
	(void) spk_boost(&host, &team, &shared->plan, &matrix, features, team_memory(&worker.block),
					 NULL);
	spk_worker_detach(&worker);
}

/*
 * How many workers are worth asking for?  Members wait for each other, so that
 * more of them than processors only take time from one another.
 */
static int
wanted_workers(const SpkBoostPlan *plan, const SpkMatrix *matrix)
{
	double work = (double) matrix->n_rows * matrix->n_features * spk_boost_most_trees(plan);
	int64  others = sysconf(_SC_NPROCESSORS_ONLN) - 1;

	return spk_wanted_workers(work, MIN_BOOST_WORK,
							  Min(others, (int64) matrix->n_rows / MIN_MEMBER_ROWS));
}

static void
check_boost(SpkStatus status)
{
	spk_check(status, "boosted forest", NULL);
}

/*
 * Makes the block for the rows' codes and what the team shares.  It is shared with
 * *n_workers workers, which is set, when they are worth it and there is memory and room
 * for them; otherwise it is the process's own.  Also sets *columns, of the plan by which it is
 * laid out.
 */
static void
new_block(const SpkHost *host, const SpkTable *table, const SpkModel *model, SpkMemoryBlock *block,
		  int *n_workers, bool *columns)
{
	SpkMatrix shape = spk_table_shape(table, model->features);
	/* right about sizes only */
	SpkBoostPlan plan = spk_boost_plan(&model->options, &shape, model->features);
	uint64		 rows = spk_shared_matrix_size(table, model);
	uint64		 size;

	*n_workers = spk_affordable_boosters(&plan, &shape, table, wanted_workers(&plan, &shape));
	size = rows + spk_boost_shared_size(&plan, &shape, (uint32) *n_workers + 1);
	if (*n_workers > 0 && plan.columns && !spk_memory_shared_fits(size + SPK_CONTEXT_SIZE))
	{
		plan.columns = false;
		size = rows + spk_boost_shared_size(&plan, &shape, (uint32) *n_workers + 1);
	}
	*columns = plan.columns;
	if (*n_workers > 0 && spk_block_share(block, size, SPK_CONTEXT_SIZE))
		return;
	*n_workers = 0;
	spk_block_alloc(block, host, rows + spk_boost_shared_size(&plan, &shape, 1), "boosted forest");
}

void
spk_train_boost(const SpkHost *host, SpkTable *table, SpkModel *model)
{
	SpkMemoryBlock block;
	SpkMatrix	   matrix;
	SpkBoostPlan   plan;
	int			   n_workers;
	bool		   columns;

	new_block(host, table, model, &block, &n_workers, &columns);
	spk_shared_matrix_fill(host, table, model, spk_boost_group, block.memory, &matrix);
	spk_table_release(table);
	plan = spk_boost_plan(&model->options, &matrix, model->features);
	plan.columns = columns;
	model->trees = spk_must_alloc(host, spk_boost_most_trees(&plan), sizeof(SpkTree),
								  "boosted forest");
	memset(model->trees, 0, spk_boost_most_trees(&plan) * sizeof(SpkTree));
	if (n_workers > 0)
		check_boost(boost_in_parallel(host, &plan, &matrix, model, &block, n_workers));
	else
	{
		Booster leader = new_leader(NULL, 0);
		SpkTeam alone = {1, 0, NULL, finish_round, &leader};

		check_boost(
			spk_boost(host, &alone, &plan, &matrix, model->features, team_memory(&block), model));
	}
	spk_block_release(&block);
}

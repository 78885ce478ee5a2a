/*
 * train_forest.c
 *	  Growing a forest with the help of parallel workers.
 *
 * A tree depends on its number alone: whoever is free draws the next number
 * from a shared ticket, the leader too.  A worker leaves its trees in a shared
 * area, each in the slot of its number, and the leader puts all of them
 * together in order.  Without workers the leader draws every ticket; so it does
 * when the area cannot grow any more.
 *
 * Everybody tallies what the trees they grew say out of bag; tallies add up.
 */
#include "compat.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "port/atomics.h"
#include "storage/lwlock.h"
#include "utils/dsa.h"
#include "utils/memutils.h"

#include "core/rows/binning.h"
#include "core/trees/forest_growth.h"
#include "core/trees/oob.h"
#include "core/judging/oob_finish.h"
#include "host/pg_host.h"
#include "rows/row_store.h"
#include "training/shared_matrix.h"
#include "host/memory_limit.h"
#include "training/affordability.h"
#include "training/train_forest.h"
#include "host/progress.h"

/* Keys of the parallel context's table of contents */
#define KEY_SHARED		UINT64CONST(1)
#define KEY_AREA		UINT64CONST(2)
#define KEY_TALLIES		UINT64CONST(3)	/* dsa_pointer of each worker */

/*
 * Rows times trees below which the start of workers, some milliseconds, costs
 * more than they give.
 */
#define MIN_PARALLEL_WORK	200000

/* First size of the area that workers leave their trees in; it grows. */
#define AREA_SIZE			(256 * 1024)

/* Of a parallel context, and of an area that grows beyond what is in it. */
#define CONTEXT_SIZE		(2 * 1024 * 1024)

typedef struct SharedForest
{
	SpkForestPlan plan;
	uint64		room;			/* for a tree of each worker */
	pg_atomic_uint32 next_tree;
	pg_atomic_uint32 ran_out;	/* a worker has left because the area could not grow */
	pg_atomic_uint64 used;		/* bytes of the area */
	dsa_pointer trees[FLEXIBLE_ARRAY_MEMBER];	/* SharedTree, of the workers' trees */
} SharedForest;

/* A tree in shared memory; behind it gains, sets and nodes. */
typedef struct SharedTree
{
	uint32		n_nodes;
	uint32		n_sets;
} SharedTree;

/* Grows trees until no ticket is left, in the leader. */
static void
grow_in_leader(SpkGrowth *forest, pg_atomic_uint32 *next_tree)
{
	const SpkHost *host = &forest->host;
	SpkGrower  *grower = spk_grower_new(host, &forest->plan, &forest->matrix, forest->model->features);
	double	   *gains = spk_alloc(host, forest->matrix.n_features, sizeof(double));
	uint32		tree_no;
	SpkTree		tree;
	SpkTrainProgress progress;

	if (grower == NULL || gains == NULL)
		spk_check(SPK_NO_MEMORY, "forest", NULL);
	spk_grower_judge(grower, forest->tally);
	spk_train_progress_start(&progress);
	while ((tree_no = pg_atomic_fetch_add_u32(next_tree, 1)) < forest->plan.n_trees)
	{
		spk_check(spk_grow_tree(grower, tree_no, &tree, gains), "forest", NULL);
		spk_check(spk_growth_keep(forest, tree_no, &tree, gains), "forest", NULL);
		spk_train_progress(&progress, "trees grown", tree_no + 1, forest->plan.n_trees);
	}
	spk_release(host, gains);
	spk_grower_release(grower);
}

/* A worker's finished tree, in the area. */
static dsa_pointer
share_tree(SharedForest *forest, dsa_area *area, const SpkTree *tree, const double *gains, uint32 n_features)
{
	size_t		gains_size = n_features * sizeof(double);
	size_t		sets_size = tree->n_sets * sizeof(SpkCodeSet);
	size_t		nodes_size = tree->n_nodes * sizeof(SpkNode);
	size_t		size = sizeof(SharedTree) + gains_size + sets_size + nodes_size;
	dsa_pointer place = dsa_allocate_extended(area, size, DSA_ALLOC_HUGE);
	SharedTree *shared = dsa_get_address(area, place);
	char	   *at = (char *) (shared + 1);

	pg_atomic_fetch_add_u64(&forest->used, size);
	shared->n_nodes = tree->n_nodes;
	shared->n_sets = tree->n_sets;
	memcpy(at, gains, gains_size);
	if (sets_size > 0)
		memcpy(at + gains_size, tree->sets, sets_size);
	memcpy(at + gains_size + sets_size, tree->nodes, nodes_size);
	return place;
}

/* Copies the workers' trees into the model. */
static void
keep_shared_trees(SpkGrowth *forest, const SharedForest *shared, dsa_area *area)
{
	for (uint32 t = 0; t < forest->plan.n_trees; t++)
	{
		SharedTree *from;
		SpkTree		tree;
		double	   *gains;

		if (!DsaPointerIsValid(shared->trees[t]))
			continue;			/* the leader's own */
		from = dsa_get_address(area, shared->trees[t]);
		gains = (double *) (from + 1);
		tree.n_nodes = from->n_nodes;
		tree.n_sets = from->n_sets;
		tree.sets = (SpkCodeSet *) (gains + forest->matrix.n_features);
		tree.nodes = (SpkNode *) (tree.sets + tree.n_sets);
		spk_check(spk_growth_keep(forest, t, &tree, gains), "forest", NULL);
		dsa_free(area, shared->trees[t]);
	}
}

/* A worker's tally, in the area. */
static dsa_pointer
share_tally(dsa_area *area, const uint64 *tally, size_t n_words)
{
	dsa_pointer place = dsa_allocate_extended(area, n_words * sizeof(uint64), DSA_ALLOC_HUGE);

	memcpy(dsa_get_address(area, place), tally, n_words * sizeof(uint64));
	return place;
}

/* Adds the workers' tallies to the leader's. */
static void
add_shared_tallies(SpkGrowth *forest, const dsa_pointer *tallies, int n_workers, dsa_area *area)
{
	for (int worker = 0; worker < n_workers; worker++)
	{
		const uint64 *words;

		if (!DsaPointerIsValid(tallies[worker]))
			continue;			/* never started */
		words = dsa_get_address(area, tallies[worker]);
		for (size_t i = 0; i < forest->n_words; i++)
			forest->tally[i] += words[i];
		dsa_free(area, tallies[worker]);
	}
}

static size_t
shared_forest_size(uint32 n_trees)
{
	return offsetof(SharedForest, trees) + n_trees * sizeof(dsa_pointer);
}

/* A worker's tree in the area, and its tally, at most. */
static uint64
most_shared(const SpkForestPlan *plan, const SpkMatrix *matrix)
{
	uint64		leaves = spk_most_leaves(plan, matrix->n_rows);

	return sizeof(SharedTree) + matrix->n_features * sizeof(double) + (2 * leaves - 1) * sizeof(SpkNode) +
		(leaves - 1) * sizeof(SpkCodeSet) + spk_oob_words(plan, matrix) * sizeof(uint64);
}

/* Puts what workers need into the context's segment. */
static SharedForest *
fill_segment(ParallelContext *pcxt, const SpkGrowth *forest, dsm_segment *codes, int n_workers)
{
	SharedForest *shared = shm_toc_allocate(pcxt->toc, shared_forest_size(forest->plan.n_trees));

	shared->plan = forest->plan;
	shared->room = n_workers * most_shared(&forest->plan, &forest->matrix);
	pg_atomic_init_u32(&shared->next_tree, 0);
	pg_atomic_init_u32(&shared->ran_out, 0);
	pg_atomic_init_u64(&shared->used, 0);
	for (uint32 t = 0; t < forest->plan.n_trees; t++)
		shared->trees[t] = InvalidDsaPointer;
	shm_toc_insert(pcxt->toc, KEY_SHARED, shared);
	spk_share_matrix(pcxt, &forest->matrix, forest->model->features, codes);
	return shared;
}

static void
grow_in_parallel(SpkGrowth *forest, dsm_segment *codes, int n_workers)
{
	ParallelContext *pcxt;
	SharedForest *shared;
	dsa_pointer *tallies;
	dsa_area   *area;
	void	   *place;

	EnterParallelMode();
	pcxt = CreateParallelContext("sparkify", "spk_grow_forest_worker", n_workers);
	shm_toc_estimate_chunk(&pcxt->estimator, shared_forest_size(forest->plan.n_trees));
	spk_estimate_shared_matrix(pcxt, forest->matrix.n_features);
	shm_toc_estimate_chunk(&pcxt->estimator, AREA_SIZE);
	shm_toc_estimate_chunk(&pcxt->estimator, n_workers * sizeof(dsa_pointer));
	shm_toc_estimate_keys(&pcxt->estimator, 3);
	InitializeParallelDSM(pcxt);

	shared = fill_segment(pcxt, forest, codes, n_workers);
	if (pcxt->seg == NULL)
		grow_in_leader(forest, &shared->next_tree);	/* no segment, no workers */
	else
	{
		place = shm_toc_allocate(pcxt->toc, AREA_SIZE);
		area = dsa_create_in_place(place, AREA_SIZE, LWTRANCHE_PARALLEL_QUERY_DSA, pcxt->seg);
		shm_toc_insert(pcxt->toc, KEY_AREA, place);
		tallies = shm_toc_allocate(pcxt->toc, n_workers * sizeof(dsa_pointer));
		for (int worker = 0; worker < n_workers; worker++)
			tallies[worker] = InvalidDsaPointer;
		shm_toc_insert(pcxt->toc, KEY_TALLIES, tallies);
		LaunchParallelWorkers(pcxt);
		grow_in_leader(forest, &shared->next_tree);
		WaitForParallelWorkersToFinish(pcxt);
		if (pg_atomic_read_u32(&shared->ran_out) != 0)
			spk_warn_of_shared_memory(dsm_segment_map_length(codes) + CONTEXT_SIZE +
									  pg_atomic_read_u64(&shared->used) + shared->room);
		keep_shared_trees(forest, shared, area);
		add_shared_tallies(forest, tallies, n_workers, area);
		dsa_detach(area);
	}
	DestroyParallelContext(pcxt);
	ExitParallelMode();
}

/*
 * Can the area take another tree of each worker?  What it gets from the system
 * at a time is no more than it has, or what is asked of it.
 */
static bool
has_room(SharedForest *shared)
{
	if (spk_shared_memory_fits(CONTEXT_SIZE + pg_atomic_read_u64(&shared->used) + shared->room) ||
		pg_atomic_read_u32(&shared->next_tree) >= shared->plan.n_trees)
		return true;
	pg_atomic_write_u32(&shared->ran_out, 1);
	return false;
}

void
spk_grow_forest_worker(dsm_segment *seg, shm_toc *toc)
{
	SpkHost		host = spk_pg_host(CurrentMemoryContext);
	SharedForest *shared = shm_toc_lookup(toc, KEY_SHARED, false);
	dsa_pointer *tallies = shm_toc_lookup(toc, KEY_TALLIES, false);
	dsa_area   *area = dsa_attach_in_place(shm_toc_lookup(toc, KEY_AREA, false), seg);
	SpkMatrix	matrix;
	SpkFeature *features;
	dsm_segment *codes = spk_attach_matrix(toc, &matrix, &features);
	double	   *gains = palloc(matrix.n_features * sizeof(double));
	size_t		n_words = spk_oob_words(&shared->plan, &matrix);
	uint64	   *tally = palloc0(n_words * sizeof(uint64));
	SpkGrower  *grower;
	uint32		tree_no;
	SpkTree		tree;

	grower = spk_grower_new(&host, &shared->plan, &matrix, features);
	if (grower == NULL)
		spk_check(SPK_NO_MEMORY, "forest", NULL);
	spk_grower_judge(grower, tally);
	while (has_room(shared) &&
		   (tree_no = pg_atomic_fetch_add_u32(&shared->next_tree, 1)) < shared->plan.n_trees)
	{
		spk_check(spk_grow_tree(grower, tree_no, &tree, gains), "forest", NULL);
		shared->trees[tree_no] = share_tree(shared, area, &tree, gains, matrix.n_features);
	}
	if (n_words > 0)
		tallies[ParallelWorkerNumber] = share_tally(area, tally, n_words);
	spk_grower_release(grower);
	dsm_detach(codes);
	dsa_detach(area);
}

/* How many workers are worth asking for? */
static int
wanted_workers(uint32 n_rows, uint32 n_trees)
{
	if (IsParallelWorker() || !IsUnderPostmaster ||
		(uint64) n_rows * n_trees < MIN_PARALLEL_WORK)
		return 0;
	return Min(Min(max_parallel_maintenance_workers, max_parallel_workers), (int) n_trees - 1);
}

/*
 * A segment for the codes, when workers are wanted, can be paid for and there
 * is room for it and the trees; else NULL, and no workers.
 */
static dsm_segment *
codes_segment(const SpkTable *table, const SpkModel *model, int *n_workers)
{
	SpkMatrix	shape = {table->n_rows, 0, table->n_columns, spk_matrix_stride(table->n_columns), NULL};
	SpkForestPlan plan = spk_forest_plan(&model->options, model->algorithm, &shape);
	size_t		size = (size_t) shape.n_rows * shape.stride;
	dsm_segment *segment;
	uint64		more;

	*n_workers = spk_affordable_workers(&plan, &shape, table,
										wanted_workers(table->n_rows, plan.n_trees));
	if (*n_workers == 0)
		return NULL;
	more = CONTEXT_SIZE + *n_workers * most_shared(&plan, &shape);
	segment = spk_shared_segment(size, more);
	if (segment == NULL)
		*n_workers = 0;
	return segment;
}

void
spk_grow_forest(const SpkHost *host, SpkTable *table, SpkModel *model)
{
	SpkMatrix	matrix;
	SpkGrowth	forest;
	size_t		codes_size = (size_t) table->n_rows * spk_matrix_stride(table->n_columns);
	int			n_workers;
	dsm_segment *segment = codes_segment(table, model, &n_workers);
	uint8	   *codes;

	codes = segment != NULL ? dsm_segment_address(segment) : spk_must_alloc(host, codes_size, 1, "forest");
	spk_check(spk_bin_table(host, table, model->features, codes, &matrix, NULL), "training set", NULL);
	spk_table_release(table);
	spk_check(spk_growth_start(host, &matrix, model, &forest), "forest", NULL);
	if (segment != NULL)
		grow_in_parallel(&forest, segment, n_workers);
	else
	{
		pg_atomic_uint32 next_tree;

		pg_atomic_init_u32(&next_tree, 0);
		grow_in_leader(&forest, &next_tree);
	}
	spk_check(spk_growth_finish(&forest), "forest", NULL);
	if (segment != NULL)
		dsm_detach(segment);
	else
		spk_release(host, codes);
	spk_growth_release(&forest);
}

/*
 * train_forest.c
 *	  Growing a forest with the help of parallel workers.
 *
 * A tree depends on its number alone.  Whoever is free, the leader too, draws the next
 * number from a shared ticket.  A worker leaves its trees in a shared area, each in the
 * slot of its number, and the leader puts all of them together in order.  Without
 * workers, and when the area cannot grow any more, the leader draws the tickets that
 * are left.
 *
 * Each process tallies what the trees that it grew say out of bag.  The tallies are added
 * up.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "core/trees/forest_grow.h"
#include "core/judging/oob_finish.h"
#include "core/trees/oob.h"
#include "host/pg_host.h"
#include "host/memory_limit.h"
#include "training/affordability.h"
#include "host/progress.h"
#include "rows/row_store.h"
#include "training/shared_matrix.h"
#include "training/train_forest.h"
#include "training/workers.h"

/*
 * Below so many rows times trees, starting workers, which takes some milliseconds, costs
 * more than they give.
 */
#define MIN_PARALLEL_WORK 200000

/* Bytes of shared memory beside rows and trees: the parallel context, and slack of the area. */
#define FOREST_CONTEXT (2 * 1024 * 1024)

typedef struct SharedForest
{
	SpkForestPlan	 plan;
	uint64			 room; /* bytes of a tree of each worker */
	SpkTickets		 trees;
	pg_atomic_uint32 ran_out; /* a worker has left because the area could not grow */
	pg_atomic_uint64 used;	  /* bytes of the area */
	/* what workers left: a SharedTree for each tree, then a tally for each worker */
	dsa_pointer left[FLEXIBLE_ARRAY_MEMBER];
} SharedForest;

/* A tree in shared memory.  Its gains, sets and nodes follow. */
typedef struct SharedTree
{
	uint32 n_nodes;
	uint32 n_sets;
} SharedTree;

/* Grows trees in the leader until no ticket is left. */
static void
grow_in_leader(SpkForest *forest, SpkTickets *trees)
{
	const SpkHost	*host = &forest->host;
	SpkGrower		*grower = spk_grower_new(host, &forest->plan, &forest->matrix,
											 forest->model->features);
	double			*gains = spk_alloc(host, forest->matrix.n_features, sizeof(double));
	uint32			 tree_no;
	SpkTree			 tree;
	SpkTrainProgress progress;

	if (grower == NULL || gains == NULL)
		spk_check(SPK_NO_MEMORY, "forest", NULL);
	spk_grower_tally(grower, forest->tally);
	spk_train_progress_start(&progress);
	while (spk_tickets_draw(trees, &tree_no))
	{
		spk_check(spk_grower_grow(grower, tree_no, &tree, gains), "forest", NULL);
		spk_check(spk_forest_keep(forest, tree_no, &tree, gains), "forest", NULL);
		spk_train_progress(&progress, "trees grown", tree_no + 1, forest->plan.n_trees);
	}
	spk_release(host, gains);
	spk_grower_release(grower);
}

/* Copies a worker's finished tree into the area. */
static dsa_pointer
share_tree(SharedForest *forest, dsa_area *area, const SpkTree *tree, const double *gains,
		   uint32 n_features)
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
keep_shared_trees(SpkForest *forest, const SharedForest *shared, dsa_area *area)
{
	for (uint32 t = 0; t < forest->plan.n_trees; t++)
	{
		SharedTree *from;
		SpkTree		tree;
		double	   *gains;

		if (!DsaPointerIsValid(shared->left[t]))
			continue; /* the leader's own */
		from = dsa_get_address(area, shared->left[t]);
		gains = (double *) (from + 1);
		tree.n_nodes = from->n_nodes;
		tree.n_sets = from->n_sets;
		tree.sets = (SpkCodeSet *) (gains + forest->matrix.n_features);
		tree.nodes = (SpkNode *) (tree.sets + tree.n_sets);
		spk_check(spk_forest_keep(forest, t, &tree, gains), "forest", NULL);
		dsa_free(area, shared->left[t]);
	}
}

/* Adds the workers' tallies to the leader's. */
static void
add_shared_tallies(SpkForest *forest, const dsa_pointer *tallies, int n_workers, dsa_area *area)
{
	for (int worker = 0; worker < n_workers; worker++)
	{
		const uint64 *words;

		if (!DsaPointerIsValid(tallies[worker]))
			continue; /* never started */
		words = dsa_get_address(area, tallies[worker]);
		for (size_t i = 0; i < forest->n_words; i++)
			forest->tally[i] += words[i];
		dsa_free(area, tallies[worker]);
	}
}

/* The most bytes that a tree of a worker and its tally take in the area. */
static uint64
most_shared(const SpkForestPlan *plan, const SpkMatrix *matrix)
{
	uint64 leaves = spk_forest_most_leaves(plan, matrix->n_rows);

	return sizeof(SharedTree) + matrix->n_features * sizeof(double) +
		(2 * leaves - 1) * sizeof(SpkNode) + (leaves - 1) * sizeof(SpkCodeSet) +
		spk_oob_words(plan, matrix) * sizeof(uint64);
}

/* Puts what workers need to know into the memory that they share. */
static void
fill_shared(SharedForest *shared, const SpkForest *forest, int n_workers)
{
	shared->plan = forest->plan;
	shared->room = n_workers * most_shared(&forest->plan, &forest->matrix);
	spk_tickets_init(&shared->trees, forest->plan.n_trees);
	pg_atomic_init_u32(&shared->ran_out, 0);
	pg_atomic_init_u64(&shared->used, 0);
	for (uint32 i = 0; i < forest->plan.n_trees + n_workers; i++)
		shared->left[i] = InvalidDsaPointer;
}

static void
grow_in_parallel(SpkForest *forest, const SpkMemoryBlock *rows, int n_workers)
{
	SpkWorkersPlan plan = {"spk_train_forest_worker", n_workers, .has_area = true, .block = rows};
	SpkWorkers	   workers;
	SharedForest  *shared;

	plan.shared_size = offsetof(SharedForest, left) +
		(forest->plan.n_trees + n_workers) * sizeof(dsa_pointer);
	spk_workers_new(&workers, &plan);
	shared = workers.shared;
	fill_shared(shared, forest, n_workers);
	spk_workers_launch(&workers);
	grow_in_leader(forest, &shared->trees);
	spk_workers_wait(&workers);

	if (pg_atomic_read_u32(&shared->ran_out) != 0)
		spk_warn_of_shared_memory(dsm_segment_map_length(rows->segment) + FOREST_CONTEXT +
								  pg_atomic_read_u64(&shared->used) + shared->room);
	if (workers.area != NULL)
	{
		keep_shared_trees(forest, shared, workers.area);
		add_shared_tallies(forest, shared->left + forest->plan.n_trees, n_workers, workers.area);
	}
	spk_workers_end(&workers);
}

/*
 * Can the area take another tree of each worker?  It grows by at most what it has already,
 * or by what is asked of it, whichever is more.
 */
static bool
has_room(SharedForest *shared)
{
	if (spk_memory_shared_fits(FOREST_CONTEXT + pg_atomic_read_u64(&shared->used) + shared->room) ||
		!spk_tickets_left(&shared->trees))
		return true;
	pg_atomic_write_u32(&shared->ran_out, 1);
	return false;
}

void
spk_train_forest_worker(dsm_segment *seg, shm_toc *toc)
{
	SpkHost		  host = spk_pg_host(CurrentMemoryContext);
	SpkWorker	  worker;
	SharedForest *shared;
	SpkMatrix	  matrix;
	SpkFeature	 *features;
	double		 *gains;
	size_t		  n_words;
	uint64		 *tally;
	SpkGrower	 *grower;
	uint32		  tree_no;
	SpkTree		  tree;

	spk_worker_attach(&worker, seg, toc);
	shared = worker.shared;
	spk_shared_matrix_open(worker.block.memory, &matrix, &features);
	gains = palloc(matrix.n_features * sizeof(double));
	n_words = spk_oob_words(&shared->plan, &matrix);
	tally = palloc0(n_words * sizeof(uint64));
	grower = spk_grower_new(&host, &shared->plan, &matrix, features);
	if (grower == NULL)
		spk_check(SPK_NO_MEMORY, "forest", NULL);
	spk_grower_tally(grower, tally);

	/* nobody else grows a tree whose ticket is drawn: having no room for it would be an error */
	while (has_room(shared) && spk_tickets_draw(&shared->trees, &tree_no))
	{
		spk_check(spk_grower_grow(grower, tree_no, &tree, gains), "forest", NULL);
		shared->left[tree_no] = share_tree(shared, worker.area, &tree, gains, matrix.n_features);
	}
	if (n_words > 0)
		shared->left[shared->plan.n_trees + ParallelWorkerNumber] =
			spk_area_put(worker.area, tally, n_words * sizeof(uint64));
	spk_grower_release(grower);
	spk_worker_detach(&worker);
}

/*
 * Makes the block for the rows' codes.  It is shared with *n_workers workers, which is
 * set, when they are worth it, and there is memory for them, and room for the block and
 * their trees; otherwise it is the process's own.
 */
static void
new_block(const SpkHost *host, const SpkTable *table, const SpkModel *model, SpkMemoryBlock *rows,
		  int *n_workers)
{
	SpkMatrix	  shape = spk_table_shape(table, model->features);
	SpkForestPlan plan = spk_forest_plan(&model->options, model->algorithm, &shape);
	uint64		  size = spk_shared_matrix_size(table, model);
	int wanted = spk_wanted_workers((double) shape.n_rows * plan.n_trees, MIN_PARALLEL_WORK,
									(int64) plan.n_trees - 1);

	*n_workers = spk_affordable_workers(&plan, &shape, table, wanted);
	if (*n_workers > 0 &&
		spk_block_share(rows, size, FOREST_CONTEXT + *n_workers * most_shared(&plan, &shape)))
		return;
	*n_workers = 0;
	spk_block_alloc(rows, host, size, "forest");
}

void
spk_train_forest(const SpkHost *host, SpkTable *table, SpkModel *model)
{
	SpkMatrix	   matrix;
	SpkForest	   forest;
	SpkMemoryBlock rows;
	int			   n_workers;

	new_block(host, table, model, &rows, &n_workers);
	spk_shared_matrix_fill(host, table, model, spk_forest_group, rows.memory, &matrix);
	spk_table_release(table);
	spk_check(spk_forest_start(host, &matrix, model, &forest), "forest", NULL);
	if (n_workers > 0)
		grow_in_parallel(&forest, &rows, n_workers);
	else
	{
		SpkTickets trees;

		spk_tickets_init(&trees, forest.plan.n_trees);
		grow_in_leader(&forest, &trees);
	}
	spk_check(spk_forest_finish(&forest), "forest", NULL);
	spk_block_release(&rows);
	spk_forest_release(&forest);
}

/*
 * affordability.c
 *	  How many workers there is memory for.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "core/models/learner.h"
#include "core/rows/users.h"
#include "core/trees/oob.h"
#include "core/trees/statistics.h"
#include "host/memory_limit.h"
#include "rows/row_store.h"
#include "training/affordability.h"

/* The most bytes of finished trees; a model is never larger than a value may be. */
static uint64
trees_memory(uint64 n_trees, uint64 leaves)
{
	return Min(n_trees * (2 * leaves - 1) * sizeof(SpkNode), MaxAllocSize);
}

/*
 * How many of the workers is there memory for?  Each takes worker bytes beside growing,
 * which the leader takes alone.  It is an error when the leader's part, or binning, which
 * comes first, takes too much.
 */
static int
affordable(const SpkMatrix *matrix, uint64 binning, uint64 growing, uint64 worker, int n_workers)
{
	uint64 limit = spk_memory_limit();

	spk_memory_check_training(Max(binning, growing), matrix->n_rows, matrix->n_features);
	return (int) Min((uint64) n_workers, (limit - growing) / worker);
}

/* The matrix of codes. */
static uint64
codes_memory(const SpkMatrix *matrix)
{
	return (uint64) matrix->n_rows * matrix->stride;
}

/* What finding a column's bins, or putting rows in order, takes for a while. */
static uint64
sorting_memory(const SpkMatrix *matrix)
{
	return (uint64) matrix->n_rows * (2 * sizeof(uint64) + 1);
}

/* What grouping categories takes for a while. */
static uint64
grouping_memory(const SpkMatrix *matrix, const SpkTable *table)
{
	uint32 most = 0;

	if (matrix->n_grouped == 0)
		return 0;
	for (uint32 i = 0; i < table->n_columns; i++)
		if (table->columns[i].kind == SPK_CATEGORY)
			most = Max(most, Min(table->columns[i].n_names, SPK_MAX_CATEGORIES));
	return matrix->n_rows * 2 * sizeof(uint32) + spk_statistics_most(most);
}

/* The most of the two, and of what numbering users takes when they are to be known. */
static uint64
ordering_memory(const SpkMatrix *matrix, const SpkTable *table, bool users)
{
	uint64 numbering = table->n_rows * sizeof(uint32) + spk_users_work_size(table->n_rows);
	uint64 most = Max(sorting_memory(matrix), grouping_memory(matrix, table));

	return users && table->groups != NULL ? Max(most, numbering) : most;
}

/* The keys of users and their numbers, when they are to be known. */
static uint64
users_memory(const SpkTable *table, bool users)
{
	return users && table->groups != NULL ? table->n_rows * (sizeof(uint64) + sizeof(uint32)) : 0;
}

/* The weights of rows, which stay when the table's values have been released. */
static uint64
weights_memory(const SpkTable *table)
{
	return table->weights == NULL ? 0 : table->n_rows * sizeof(double);
}

/* A process that grows trees: its grower, and its tally out of bag with the copy it hands over. */
static uint64
worker_memory(const SpkForestPlan *plan, const SpkMatrix *matrix)
{
	return (uint64) spk_grower_size(plan, matrix) +
		2 * (uint64) spk_oob_words(plan, matrix) * sizeof(uint64);
}

int
spk_affordable_workers(const SpkForestPlan *plan, const SpkMatrix *matrix, const SpkTable *table,
					   int n_workers)
{
	bool   users = plan->bootstrap || matrix->n_grouped > 0;
	uint64 held = codes_memory(matrix) + users_memory(table, users);
	uint64 worker = worker_memory(plan, matrix);
	uint64 trees = trees_memory(plan->n_trees, spk_forest_most_leaves(plan, matrix->n_rows));

	return affordable(matrix, spk_table_size(table) + held + ordering_memory(matrix, table, users),
					  spk_table_names_size(table) + weights_memory(table) + held + trees + worker,
					  worker, n_workers);
}

void
spk_check_fit_memory(const SpkModel *model, const SpkMatrix *matrix, const SpkTable *table)
{
	const SpkLearner *learner = &spk_learners[model->algorithm];
	uint64			  codes = codes_memory(matrix);
	uint64			  trees = learner->most_nodes == NULL ?
				   0 :
				   Min(learner->most_nodes(model, matrix->n_rows) * sizeof(SpkNode), MaxAllocSize);
	uint64 work = learner->work_size == NULL ? 0 : learner->work_size(model, matrix->n_rows);
	bool   users = spk_orders_users(model);
	uint64 held = codes + users_memory(table, users);
	uint64 binning = spk_table_size(table) + held + ordering_memory(matrix, table, users);
	uint64 fitting = spk_table_names_size(table) + weights_memory(table) + held + trees + work;

	spk_memory_check_training(Max(binning, fitting), matrix->n_rows, matrix->n_features);
}

/* What columns take, with n workers. */
static uint64
columns_memory(const SpkBoostPlan *plan, const SpkMatrix *matrix, int n_workers)
{
	SpkBoostPlan columns = *plan;

	columns.columns = true;
	return spk_boost_shared_size(&columns, matrix, (uint32) n_workers + 1) -
		spk_boost_shared_size(plan, matrix, (uint32) n_workers + 1);
}

int
spk_affordable_boosters(SpkBoostPlan *plan, const SpkMatrix *matrix, const SpkTable *table,
						int n_workers)
{
	uint64 alone = spk_boost_shared_size(plan, matrix, 1);
	uint64 own = spk_boost_own_size(plan, matrix);
	uint64 worker = spk_boost_shared_size(plan, matrix, 2) - alone + own;
	bool   users = plan->subsample < 1 || plan->patience > 0 || plan->n_statistics > 0;
	uint64 held = codes_memory(matrix) + users_memory(table, users) + alone;
	uint64 trees = trees_memory(spk_boost_most_trees(plan), spk_boost_most_leaves(plan));
	uint64 binning = spk_table_size(table) + held + ordering_memory(matrix, table, users);
	uint64 growing = spk_table_names_size(table) + weights_memory(table) + held + trees + own;

	n_workers = affordable(matrix, binning, growing, worker, n_workers);
	plan->columns = spk_boost_can_have_columns(plan) &&
		Max(binning, growing + (uint64) n_workers * worker) +
				columns_memory(plan, matrix, n_workers) <=
			spk_memory_limit();
	return n_workers;
}

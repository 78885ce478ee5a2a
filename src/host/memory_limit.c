/*
 * memory_limit.c
 *	  How much memory training may take, and what it will.
 *
 * Training takes what its rows need; the operating system would end a server
 * that asks for too much.  So what it will take is known before, from rows,
 * columns, options and workers, and held against a setting.
 */
#include "compat.h"

#ifdef __linux__
#include <sys/statvfs.h>
#endif
#include <unistd.h>

#include "storage/dsm_impl.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "core/trees/oob.h"
#include "rows/row_store.h"
#include "host/memory_limit.h"

/*
 * The bound is the administrator's, as the memory is the machine's; a user may
 * only ask for less.  In kB.
 */
static int	max_training_memory;
static int	training_memory;	/* -1: no less */

/* Half of the machine's memory: the rest is for the server and the file cache. */
static int
default_memory(void)
{
	long		pages = sysconf(_SC_PHYS_PAGES);
	long		page_size = sysconf(_SC_PAGESIZE);
	double		kilobytes = (double) pages * page_size / 1024 / 2;

	if (pages <= 0 || page_size <= 0)
		return 1024 * 1024;
	return kilobytes < MAX_KILOBYTES ? (int) kilobytes : MAX_KILOBYTES;
}

void
spk_define_training_memory(void)
{
	DefineCustomIntVariable("sparkify.max_training_memory",
							"Sets the most memory that training a model may take.",
							"Training that would take more is an error; it uses fewer workers before. "
							"The default is half of the machine's memory.",
							&max_training_memory, default_memory(), 1024, MAX_KILOBYTES,
							PGC_SUSET, GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomIntVariable("sparkify.training_memory",
							"Sets the memory that training a model may take, within sparkify.max_training_memory.",
							"-1 is all of that.",
							&training_memory, -1, -1, MAX_KILOBYTES,
							PGC_USERSET, GUC_UNIT_KB, NULL, NULL, NULL);
}

/* Is it the user's own bound that holds? */
static bool
asks_for_less(void)
{
	return training_memory >= 0 && training_memory < max_training_memory;
}

uint64
spk_max_training_memory(void)
{
	return (uint64) (asks_for_less() ? training_memory : max_training_memory) * 1024;
}

/* Rounded up, so that what is too much never reads like what is allowed. */
static uint64
megabytes(uint64 bytes)
{
	return (bytes + 1024 * 1024 - 1) / (1024 * 1024);
}

static void
refuse(uint64 bytes, uint64 n_rows, uint32 n_features, bool more)
{
	const char *setting = asks_for_less() ? "sparkify.training_memory" : "sparkify.max_training_memory";

	ereport(ERROR,
			(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
			 errmsg("training takes %s" UINT64_FORMAT " MB of memory, and %s is " UINT64_FORMAT " MB",
					more ? "more than " : "", megabytes(bytes), setting, spk_max_training_memory() / (1024 * 1024)),
			 errdetail("There are %s" UINT64_FORMAT " rows of %u features.", more ? "at least " : "", n_rows, n_features),
			 errhint("Raise %s, train on a sample of the rows or exclude columns.", setting)));
}

void
spk_check_collected_memory(uint64 bytes, uint64 n_rows, uint32 n_features)
{
	if (bytes > spk_max_training_memory())
		refuse(bytes, n_rows, n_features, true);
}

void
spk_check_training_memory(uint64 bytes, uint64 n_rows, uint32 n_features)
{
	if (bytes > spk_max_training_memory())
		refuse(bytes, n_rows, n_features, false);
}

/* Of finished trees, at most; a model is never larger than a value may be. */
static uint64
trees_memory(uint64 n_trees, uint64 leaves)
{
	return Min(n_trees * (2 * leaves - 1) * sizeof(SpkNode), MaxAllocSize);
}

/* How many of the workers, which take so much each, there is memory for beside what growing takes. */
static int
affordable(const SpkMatrix *matrix, uint64 binning, uint64 growing, uint64 worker, int n_workers)
{
	uint64		limit = spk_max_training_memory();

	if (Max(binning, growing) > limit)
		refuse(Max(binning, growing), matrix->n_rows, matrix->n_features, false);
	return (int) Min((uint64) n_workers, (limit - growing) / worker);
}

static uint64
codes_memory(const SpkMatrix *matrix)
{
	return (uint64) matrix->n_rows * matrix->stride;
}

/* While a column's bins are found, or rows are put in order. */
static uint64
sorting_memory(const SpkMatrix *matrix)
{
	return (uint64) matrix->n_rows * (2 * sizeof(uint64) + 1);
}

/* Of one that grows trees: its own, and its tally out of bag, which it hands over as a copy. */
static uint64
worker_memory(const SpkForestPlan *plan, const SpkMatrix *matrix)
{
	return (uint64) spk_grower_size(plan, matrix) + 2 * (uint64) spk_oob_words(plan, matrix) * sizeof(uint64);
}

int
spk_affordable_workers(const SpkForestPlan *plan, const SpkMatrix *matrix, const SpkTable *table,
					   int n_workers)
{
	uint64		codes = codes_memory(matrix);
	uint64		worker = worker_memory(plan, matrix);
	uint64		trees = trees_memory(plan->n_trees, spk_most_leaves(plan, matrix->n_rows));

	return affordable(matrix, spk_table_size(table) + codes + sorting_memory(matrix),
					  spk_table_names_size(table) + codes + trees + worker, worker, n_workers);
}

int
spk_affordable_boosters(const SpkBoostPlan *plan, const SpkMatrix *matrix, const SpkTable *table,
					   int n_workers)
{
	uint64		alone = spk_boost_shared_size(plan, matrix, 1);
	uint64		own = spk_boost_own_size(plan, matrix);
	uint64		held = codes_memory(matrix) + alone;
	uint64		trees = trees_memory(plan->n_trees, plan->max_leaves);

	return affordable(matrix, spk_table_size(table) + held + sorting_memory(matrix),
					  spk_table_names_size(table) + held + trees + own,
					  spk_boost_shared_size(plan, matrix, 2) - alone + own, n_workers);
}

bool
spk_shared_memory_fits(uint64 bytes)
{
#ifdef __linux__
	struct statvfs fs;

	if (dynamic_shared_memory_type == DSM_IMPL_POSIX && statvfs("/dev/shm", &fs) == 0)
		return (uint64) fs.f_bavail * fs.f_frsize >= bytes;
#endif
	return true;
}

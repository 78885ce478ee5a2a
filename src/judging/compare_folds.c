/*
 * compare_folds.c
 *	  The rows of a comparison, parted into folds and the holdout.
 */
#include "compat.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "judging/compare_setup.h"
#include "core/judging/cross_fit.h"
#include "core/judging/search.h"
#include "core/models/learner.h"
#include "host/pg_host.h"
#include "training/auto.h"
#include "training/calibrate.h"
#include "training/threshold.h"

/* Raises an error unless the fold has rows of both classes. */
static void
check_fold(const SpkCompareSetup *setup, const SpkFoldCount *counts, uint32 fold)
{
	const SpkComparePlan *plan = setup->plan;
	uint32				  n_rows[2] = {0, 0};

	if (counts[fold].n_rows[0] > 0 && counts[fold].n_rows[1] > 0)
		return;
	for (uint32 i = 0; i <= plan->n_folds; i++)
		for (int label = 0; label < 2; label++)
			n_rows[label] += counts[i].n_rows[label];
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("too few rows of users who %s for %u folds%s",
					counts[fold].n_rows[1] == 0 ? "churned" : "stayed", plan->n_folds,
					plan->holdout > 0 ? " and a holdout" : ""),
			 plan->group != NULL ?
			 errdetail("There are %u rows of users who churned and %u of users who stayed; those with the same \"%s\" stay together.",
					   n_rows[1], n_rows[0], plan->group) :
			 errdetail("There are %u rows of users who churned and %u of users who stayed.", n_rows[1], n_rows[0]),
			 errhint("Every fold and the holdout need both. Ask for fewer folds, set holdout to 0 or another share, or compare on more rows.")));
}

static void
part_into_folds(SpkCompareSetup *setup, SpkFoldCount *counts)
{
	const SpkComparePlan *plan = setup->plan;

	setup->folds = MemoryContextAllocHuge(setup->context, setup->table.n_rows);
	spk_check(spk_folds_part(&setup->host, &setup->table, setup->groups, plan->holdout,
							 plan->n_folds, plan->seed, setup->folds),
			  "training set", NULL);
	spk_check(spk_folds_count(&setup->host, &setup->table, setup->folds, plan->n_folds, counts),
			  "training set", NULL);
	for (uint32 fold = 0; fold < plan->n_folds + (plan->holdout > 0); fold++)
		check_fold(setup, counts, fold);
}

/*
 * Swaps the n things in the array, each of this size, so that those of rows held out come
 * last.  All arrays of the same folds are swapped in the same way, so that rows stay whole.
 */
static void
part_array(void *array, size_t size, const uint8 *folds, uint32 n)
{
	char  *things = array;
	char   kept[sizeof(double)];
	uint32 low = 0;
	uint32 high = n;

	CHECK_FOR_INTERRUPTS();
	for (;;)
	{
		while (low < high && folds[low] != SPK_HOLDOUT)
			low++;
		while (low < high && folds[high - 1] == SPK_HOLDOUT)
			high--;
		if (low == high)
			return;
		high--;
		memcpy(kept, things + low * size, size);
		memcpy(things + low * size, things + high * size, size);
		memcpy(things + high * size, kept, size);
		low++;
	}
}

/* The table's n rows from this one on. */
static SpkTable
part_table(const SpkCompareSetup *setup, uint32 from, uint32 n)
{
	const SpkTable *table = &setup->table;
	SpkColumn *columns = MemoryContextAlloc(setup->context, table->n_columns * sizeof(SpkColumn));
	SpkTable   part = {.n_rows = n,
					   .n_columns = table->n_columns,
					   .labels = table->labels + from,
					   .columns = columns};

	for (uint32 i = 0; i < table->n_columns; i++)
	{
		columns[i] = table->columns[i];
		if (columns[i].kind == SPK_CATEGORY)
			columns[i].ids += from;
		else
			columns[i].numbers += from;
	}
	return part;
}

/* Moves the rows held out behind the others. */
static void
part_rows(SpkCompareSetup *setup, uint32 n_holdout)
{
	const SpkTable *table = &setup->table;
	uint32			n_training = table->n_rows - n_holdout;

	for (uint32 i = 0; i < table->n_columns && n_holdout > 0; i++)
	{
		const SpkColumn *column = &table->columns[i];

		if (column->kind == SPK_CATEGORY)
			part_array((void *) column->ids, sizeof(uint32), setup->folds, table->n_rows);
		else
			part_array((void *) column->numbers, sizeof(double), setup->folds, table->n_rows);
	}
	if (n_holdout > 0)
	{
		if (setup->groups != NULL)
			part_array(setup->groups, sizeof(uint64), setup->folds, table->n_rows);
		if (setup->weights != NULL)
			part_array(setup->weights, sizeof(double), setup->folds, table->n_rows);
		part_array((void *) table->labels, 1, setup->folds, table->n_rows);

		/* the folds themselves come last, as they tell all others how to swap */
		part_array(setup->folds, 1, setup->folds, table->n_rows);
	}
	setup->parts[SPK_PART_TRAINING] = part_table(setup, 0, n_training);
	setup->parts[SPK_PART_HOLDOUT] = part_table(setup, n_training, n_holdout);

	/* who is judged by the holdout counts as one */
	setup->parts[SPK_PART_TRAINING].weights = setup->weights;
}

/*
 * The folds of each row to train on by which models with this seed are calibrated;
 * *n_parts is how many of the folds are scored.
 */
static uint8 *
calibration_folds(SpkCompareSetup *setup, uint64 seed, uint32 *n_parts)
{
	int	   lone;
	uint8 *folds = spk_calibration_folds(&setup->host, &setup->parts[SPK_PART_TRAINING],
										 setup->groups, seed, &lone);

	if (folds == NULL)
		spk_refuse_calibration(lone);
	*n_parts = SPK_CALIBRATION_FOLDS;
	return folds;
}

/* Likewise the folds of a search with this seed, in which rows that are not drawn have no part. */
static uint8 *
search_folds(SpkCompareSetup *setup, uint64 seed, uint32 *n_parts)
{
	SpkTable table = setup->parts[SPK_PART_TRAINING];
	uint8	*folds;

	table.groups = setup->groups;
	folds = spk_auto_folds(&setup->host, &table, seed);
	if (folds == NULL)
		spk_auto_refuse();
	*n_parts = SPK_SEARCH_FOLDS;
	return folds;
}

/* Likewise the folds by which models with this seed choose their threshold. */
static uint8 *
threshold_folds(SpkCompareSetup *setup, uint64 seed, uint32 *n_parts)
{
	const SpkTable	*table = &setup->parts[SPK_PART_TRAINING];
	SpkThresholdRows rows = spk_threshold_rows(&setup->host, table, setup->groups, seed);
	uint8			*folds = MemoryContextAllocHuge(setup->context, table->n_rows);
	uint32			 n = 0;

	for (uint32 r = 0; r < table->n_rows; r++)
		folds[r] = rows.drawn == NULL || rows.drawn[r] ? rows.folds[n++] : SPK_HOLDOUT;
	*n_parts = rows.effort.n_scored;
	spk_threshold_rows_release(&setup->host, &rows);
	return folds;
}

/* Parts the rows to train on for cross-fits, once for those of a kind that have the same seed. */
static void
part_for_cross_fits(SpkCompareSetup *setup)
{
	SpkComparePlan *plan = setup->plan;
	SpkModelSpec  **first = palloc(plan->n_specs * sizeof(SpkModelSpec *));

	setup->fold_sets = MemoryContextAllocZero(setup->context, plan->n_specs * sizeof(uint8 *));
	for (int i = 0; i < plan->n_specs; i++)
	{
		SpkModelSpec *spec = &plan->specs[i];
		uint64		  seed = spk_calibration_seed(spec->algorithm, &spec->options);
		bool		  searched = spk_has_parts(spec->algorithm);
		bool		  calibrated = !searched && spk_has_calibration(&spec->options);
		int			  set = 0;

		if (!searched && !spk_needs_cross_fit(&spec->options, spec->algorithm))
			continue;

		/* the model itself stands behind those that have folds, so that the search always ends */
		first[setup->n_fold_sets] = spec;
		while (spk_has_parts(first[set]->algorithm) != searched ||
			   (!searched && spk_has_calibration(&first[set]->options) != calibrated) ||
			   spk_calibration_seed(first[set]->algorithm, &first[set]->options) != seed)
			set++;
		if (set == setup->n_fold_sets)
			setup->fold_sets[setup->n_fold_sets++] = searched ?
				search_folds(setup, seed, &spec->n_parts) :
				calibrated ? calibration_folds(setup, seed, &spec->n_parts) :
							 threshold_folds(setup, seed, &spec->n_parts);
		spec->fold_set = (uint32) set;
		spec->n_parts = first[set]->n_parts;
	}
	pfree(first);
}

/*
 * Settles the options that follow the rows by all rows to train on, so that the folds
 * judge the model that is made of all of them.
 */
static void
settle_options(const SpkCompareSetup *setup, const SpkFoldCount *counts)
{
	const SpkComparePlan *plan = setup->plan;
	uint32				  n_rows[2] = {0, 0};

	for (int fold = 0; fold < plan->n_folds; fold++)
		for (int label = 0; label < 2; label++)
			n_rows[label] += counts[fold].n_rows[label];
	for (int i = 0; i < plan->n_specs; i++)
		spk_options_settle(&plan->specs[i].options, plan->specs[i].algorithm, n_rows[0] + n_rows[1],
						   n_rows[1]);
}

void
spk_compare_part_rows(SpkCompareSetup *setup, SpkFoldCount *counts)
{
	const SpkFoldCount *holdout = &counts[setup->plan->n_folds];

	part_into_folds(setup, counts);
	settle_options(setup, counts);
	part_rows(setup, holdout->n_rows[0] + holdout->n_rows[1]);
	part_for_cross_fits(setup);
}

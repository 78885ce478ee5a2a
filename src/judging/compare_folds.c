/*
 * compare_folds.c
 *	  The rows of a contest dealt out to folds and holdout.
 */
#include "compat.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "judging/compare_plan.h"
#include "core/models/calibration.h"
#include "host/pg_host.h"
#include "training/calibrate.h"

static void
check_fold(const SpkMaking *making, const SpkFoldCount *counts, uint32 fold)
{
	const SpkContestPlan *plan = making->plan;
	uint32		n_rows[2] = {0, 0};

	if (counts[fold].n_rows[0] > 0 && counts[fold].n_rows[1] > 0)
		return;
	for (uint32 i = 0; i <= plan->n_folds; i++)
		for (int class = 0; class < 2; class++)
			n_rows[class] += counts[i].n_rows[class];
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
deal_rows(SpkMaking *making, SpkFoldCount *counts)
{
	const SpkContestPlan *plan = making->plan;

	making->folds = MemoryContextAllocHuge(making->context, making->table.n_rows);
	spk_check(spk_deal_folds(&making->host, &making->table, making->groups, plan->holdout, plan->n_folds,
							 plan->seed, making->folds), "training set", NULL);
	spk_check(spk_count_folds(&making->host, &making->table, making->folds, plan->n_folds, counts),
			  "training set", NULL);
	for (uint32 fold = 0; fold < plan->n_folds + (plan->holdout > 0); fold++)
		check_fold(making, counts, fold);
}

/* Swaps things of this size so that those of rows held out come last. */
static void
part_array(void *array, size_t size, const uint8 *folds, uint32 n)
{
	char	   *things = array;
	char		kept[sizeof(double)];
	uint32		low = 0;
	uint32		high = n;

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

/* n rows of the table from this one on. */
static SpkTable
part_table(const SpkMaking *making, uint32 from, uint32 n)
{
	const SpkTable *table = &making->table;
	SpkColumn  *columns = MemoryContextAlloc(making->context, table->n_columns * sizeof(SpkColumn));
	SpkTable	part = {n, table->n_columns, table->labels + from, columns};

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

static void
part_rows(SpkMaking *making, uint32 n_holdout)
{
	const SpkTable *table = &making->table;
	uint32		n_training = table->n_rows - n_holdout;

	for (uint32 i = 0; i < table->n_columns && n_holdout > 0; i++)
	{
		const SpkColumn *column = &table->columns[i];

		if (column->kind == SPK_CATEGORY)
			part_array((void *) column->ids, sizeof(uint32), making->folds, table->n_rows);
		else
			part_array((void *) column->numbers, sizeof(double), making->folds, table->n_rows);
	}
	if (n_holdout > 0)
	{
		if (making->groups != NULL)
			part_array(making->groups, sizeof(uint64), making->folds, table->n_rows);
		part_array((void *) table->labels, 1, making->folds, table->n_rows);
		part_array(making->folds, 1, making->folds, table->n_rows);
	}
	making->parts[SPK_PART_TRAINING] = part_table(making, 0, n_training);
	making->parts[SPK_PART_HOLDOUT] = part_table(making, n_training, n_holdout);
}

/* Parts the rows to train on for those models that are calibrated, once for each seed. */
static void
deal_for_calibration(SpkMaking *making)
{
	SpkContestPlan *plan = making->plan;
	uint64	   *seeds = palloc(plan->n_contenders * sizeof(uint64));

	making->deals = MemoryContextAllocZero(making->context, plan->n_contenders * sizeof(uint8 *));
	for (int i = 0; i < plan->n_contenders; i++)
	{
		SpkContender *contender = &plan->contenders[i];
		int			deal = 0;

		if (!spk_has_calibration(&contender->options))
			continue;
		seeds[making->n_deals] = spk_calibration_seed(contender->algorithm, &contender->options);
		while (seeds[deal] != seeds[making->n_deals])
			deal++;
		contender->deal = (uint32) deal;
		if (deal == making->n_deals)
		{
			int			lone;
			uint8	   *folds = spk_deal_calibration(&making->host, &making->parts[SPK_PART_TRAINING],
													 making->groups, seeds[deal], &lone);

			if (folds == NULL)
				spk_refuse_calibration(lone);
			making->deals[making->n_deals++] = folds;
		}
	}
	pfree(seeds);
}

void
spk_making_deal(SpkMaking *making, SpkFoldCount *counts)
{
	const SpkFoldCount *holdout = &counts[making->plan->n_folds];

	deal_rows(making, counts);
	part_rows(making, holdout->n_rows[0] + holdout->n_rows[1]);
	deal_for_calibration(making);
}

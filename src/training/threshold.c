/*
 * threshold.c
 *	  The threshold of a model that is not calibrated and knows nothing out of bag.
 *
 * A model's scores of its own training rows are too high and too low to choose a
 * threshold by.  So rows are scored by models that have not seen them, as for a
 * calibration, but no more of them than effort.h says.
 */
#include "compat.h"

#include "core/judging/unseen.h"
#include "core/rows/folds.h"
#include "core/rows/pick.h"
#include "host/memory_limit.h"
#include "host/pg_host.h"
#include "rows/row_store.h"
#include "training/calibrate.h"
#include "training/cross_fit.h"
#include "training/learn.h"
#include "training/threshold.h"

static void
check(SpkStatus status)
{
	spk_check(status, "training set", NULL);
}

static uint32
count_positives(const SpkTable *table)
{
	uint32 n = 0;

	for (uint32 r = 0; r < table->n_rows; r++)
		n += table->labels[r];
	return n;
}

/* The groups of the rows that are drawn. */
static uint64 *
pick_groups(const SpkHost *host, const uint64 *groups, const SpkThresholdRows *rows, uint32 n_rows)
{
	uint64 *picked = spk_must_alloc(host, rows->table.n_rows, sizeof(uint64), "training set");
	uint32	n = 0;

	for (uint32 r = 0; r < n_rows; r++)
		if (rows->drawn[r])
			picked[n++] = groups[r];
	return picked;
}

SpkThresholdRows
spk_threshold_rows(const SpkHost *host, const SpkTable *table, const uint64 *groups, uint64 seed)
{
	SpkThresholdRows rows = {spk_threshold_effort(table->n_rows, count_positives(table)), *table};

	if (rows.effort.n_rows < table->n_rows)
	{
		rows.drawn = spk_must_alloc(host, table->n_rows, 1, "training set");
		check(spk_folds_draw(host, table, groups, (double) rows.effort.n_rows / table->n_rows, seed,
							 rows.drawn));
		check(spk_table_pick(host, table, rows.drawn, &rows.table));
		if (groups != NULL)
			groups = rows.groups = pick_groups(host, groups, &rows, table->n_rows);
	}
	/* fits to them know users, as those to all rows do */
	rows.table.groups = groups;
	rows.folds = spk_must_alloc(host, rows.table.n_rows, 1, "training set");
	check(spk_folds_part(host, &rows.table, groups, 0, rows.effort.n_folds, seed, rows.folds));
	return rows;
}

void
spk_threshold_rows_release(const SpkHost *host, SpkThresholdRows *rows)
{
	if (rows->drawn != NULL)
		spk_table_unpick(host, &rows->table);
	spk_release(host, rows->drawn);
	spk_release(host, rows->folds);
	spk_release(host, rows->groups);
	rows->drawn = rows->folds = NULL;
	rows->groups = NULL;
}

uint64
spk_threshold_rows_size(const SpkTable *table, const SpkEffort *effort)
{
	uint64 n = effort->n_rows;
	uint64 parting = n + n * sizeof(uint64) + spk_folds_size((uint32) n);

	if (n == table->n_rows)
		return parting;
	return table->n_rows +
		Max(table->n_rows * SPK_DRAW_SIZE, parting + spk_table_picked_size(table, (uint32) n));
}

/* Does some fold that is scored have all rows of a class, so that no model can be fitted? */
static bool
is_lone(const SpkHost *host, const SpkThresholdRows *rows)
{
	SpkFoldCount counts[SPK_EFFORT_FOLDS + 1];
	uint32		 n_rows[2] = {0, 0};

	check(spk_folds_count(host, &rows->table, rows->folds, rows->effort.n_folds, counts));
	for (uint32 fold = 0; fold < rows->effort.n_folds; fold++)
		for (int label = 0; label < 2; label++)
			n_rows[label] += counts[fold].n_rows[label];
	for (uint32 fold = 0; fold < rows->effort.n_scored; fold++)
		if (counts[fold].n_rows[0] == n_rows[0] || counts[fold].n_rows[1] == n_rows[1])
			return true;
	return false;
}

bool
spk_fit_holds_out_enough(const SpkHost *host, const SpkTable *table, const SpkModel *model)
{
	uint32 n_users;

	check(spk_count_rare_users(host, table, table->groups, &n_users));
	return spk_holds_out_enough(&model->options, model->algorithm, table->n_rows,
								count_positives(table), n_users);
}

bool
spk_fit_threshold(const SpkHost *host, const SpkTable *table, const uint64 *groups, SpkModel *model,
				  SpkCrossFitted *fitted)
{
	SpkEffort		 effort = spk_threshold_effort(table->n_rows, count_positives(table));
	uint64			 keys = groups == NULL ? 0 : table->n_rows * sizeof(uint64);
	uint64			 held = 0; /* beside the rows that are scored */
	SpkThresholdRows rows;
	SpkScored		*scored;
	size_t			 n = 0;

	spk_learn_check_columns(model);
	spk_memory_check_training(spk_table_size(table) + keys +
								  spk_threshold_rows_size(table, &effort),
							  table->n_rows, table->n_columns);
	rows = spk_threshold_rows(host, table, groups,
							  spk_calibration_seed(model->algorithm, &model->options));
	if (is_lone(host, &rows))
	{
		spk_threshold_rows_release(host, &rows);
		return false;
	}

	if (rows.drawn != NULL)
		held = spk_table_size(table) + table->n_rows;
	scored = spk_must_alloc(host, rows.table.n_rows, sizeof(SpkScored), "training set");
	spk_cross_fit_rows(host, &rows.table, model, rows.folds, rows.effort.n_scored, held + keys,
					   scored, NULL, &n);
	rows.folds = NULL; /* released there */
	spk_threshold_rows_release(host, &rows);
	if (n > 0)
		check(spk_cross_fit_learn(host, scored, n, (SpkScoredWeights) {NULL, 1}, model, fitted));
	spk_release(host, scored);
	return n > 0;
}

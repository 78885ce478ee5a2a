/*
 * train_calibrate.c
 *	  Training's option calibrate: a map fitted to scores of rows held out.
 *
 * A model knows its training rows too well for its predictions of them to tell
 * what they are worth.  So the rows are parted into folds, each is scored by a
 * model fitted to the others, and the map is fitted to all these scores
 * together, as scikit-learn's CalibratedClassifierCV does with ensemble=False.
 * One way for all algorithms: scores out of bag would be there for nothing, but
 * of forests only, and a user's other rows would have been seen.
 */
#include "compat.h"

#include "core/binning.h"
#include "core/calibrate.h"
#include "core/folds.h"
#include "core/oob.h"
#include "core/unseen.h"
#include "pg_host.h"
#include "row_store.h"
#include "train_additive.h"
#include "train_calibrate.h"
#include "train_memory.h"
#include "train_progress.h"

/* Names the folds of algorithms that have no option seed. */
#define FOLD_SEED	42

static void
check(SpkStatus status)
{
	spk_check(status, "calibration", NULL);
}

static void *
alloc(const SpkHost *host, size_t n, size_t size)
{
	void	   *array = spk_alloc(host, n, size);

	check(array == NULL ? SPK_NO_MEMORY : SPK_OK);
	return array;
}

/* The table is there all the time; beside it rows are parted, then put into order, then fitted to. */
static void
check_memory(const SpkTable *table, const SpkModel *model)
{
	uint64		rows = table->n_rows;
	bool		forest = spk_algorithm_is_forest(model->algorithm);
	uint64		folds = 2 * rows;
	uint64		samples = forest ? rows * spk_matrix_stride(table->n_columns) :
		spk_values_size(table->n_rows, table->n_columns);
	uint64		ordering = rows * sizeof(uint32) + spk_values_work_size(table->n_rows);
	uint64		scoring = spk_fit_size(model, table->n_rows) + rows * sizeof(SpkScored);
	uint64		work = Max(spk_deal_folds_size(table->n_rows), samples + Max(ordering, scoring));

	spk_check_training_memory(spk_table_size(table) + folds + work, table->n_rows, table->n_columns);
}

uint64
spk_calibration_seed(SpkAlgorithm algorithm, const SpkOptions *options)
{
	return spk_option_applies(SPK_OPT_SEED, algorithm) ? (uint64) (int64) options->value[SPK_OPT_SEED] : FOLD_SEED;
}

uint8 *
spk_deal_calibration(const SpkHost *host, const SpkTable *table, const uint64 *groups, uint64 seed)
{
	uint8	   *folds = alloc(host, table->n_rows, 1);
	SpkFoldCount counts[SPK_CALIBRATION_FOLDS + 1];
	uint64		n_rows[2] = {0, 0};

	check(spk_deal_folds(host, table, groups, 0, SPK_CALIBRATION_FOLDS, seed, folds));
	check(spk_count_folds(host, table, folds, SPK_CALIBRATION_FOLDS, counts));
	for (int fold = 0; fold < SPK_CALIBRATION_FOLDS; fold++)
		for (int label = 0; label < 2; label++)
			n_rows[label] += counts[fold].n_rows[label];
	for (int fold = 0; fold < SPK_CALIBRATION_FOLDS; fold++)
		for (int label = 0; label < 2; label++)
			if (counts[fold].n_rows[label] == n_rows[label])
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("too few users to calibrate on"),
						 errdetail("All rows of users who %s are of one user.",
								   label == 0 ? "stayed" : "churned"),
						 errhint("Train without the option \"calibrate\".")));
	return folds;
}

/* The table's rows in the form that the model is fitted to, with their folds, which are used up. */
static SpkSamples
make_samples(const SpkHost *host, const SpkTable *table, const SpkModel *model, uint8 *folds)
{
	SpkSamples	samples = {{0}};
	uint32	   *origins = alloc(host, table->n_rows, sizeof(uint32));
	uint8	   *ordered = alloc(host, table->n_rows, 1);

	if (spk_algorithm_is_forest(model->algorithm))
	{
		uint8	   *codes = alloc(host, table->n_rows, spk_matrix_stride(table->n_columns));

		check(spk_bin_table(host, table, model->features, codes, &samples.matrix, origins));
		samples.matrix_folds = ordered;
	}
	else
	{
		double	   *values = alloc(host, spk_values_size(table->n_rows, table->n_columns), 1);

		check(spk_values_fill(host, table, model->features, values, &samples.values, origins));
		samples.values_folds = ordered;
	}
	for (uint32 row = 0; row < table->n_rows; row++)
		ordered[row] = folds[origins[row]];
	spk_release(host, origins);
	spk_release(host, folds);
	return samples;
}

static void
release_samples(const SpkHost *host, SpkSamples *samples)
{
	spk_release(host, samples->matrix.codes);
	spk_release(host, (void *) samples->matrix_folds);
	spk_release(host, samples->values.values);
	spk_release(host, (void *) samples->values_folds);
}

void
spk_fit_calibration(const SpkHost *host, const SpkTable *table, const uint64 *groups, SpkModel *model,
					SpkMetrics *metrics)
{
	SpkTrainProgress progress;
	SpkSamples	samples;
	SpkScored  *scored;
	size_t		n_scored = 0;

	spk_check_columns(model);
	check_memory(table, model);
	samples = make_samples(host, table, model, spk_deal_calibration(host, table, groups, spk_calibration_seed(model->algorithm, &model->options)));
	scored = alloc(host, table->n_rows, sizeof(SpkScored));
	spk_train_progress_start(&progress);
	for (int fold = 0; fold < SPK_CALIBRATION_FOLDS; fold++)
	{
		size_t		n;

		check(spk_score_unseen(host, &samples, fold, model, scored + n_scored, &n));
		n_scored += n;
		spk_train_progress(&progress, "folds scored", fold + 1, SPK_CALIBRATION_FOLDS);
	}
	release_samples(host, &samples);
	check(spk_calibrate_by(host, scored, n_scored, model, metrics));
	spk_release(host, scored);
}

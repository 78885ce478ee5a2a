/*
 * calibrate.c
 *	  The option calibrate of training: a map that is fitted to scores of rows held out.
 *
 * A model's predictions of its own training rows are too good to tell what predictions
 * are worth.  So the rows are parted into folds, each fold is scored by a model that was
 * fitted to the others, and the map is fitted to all these scores together, as
 * scikit-learn's CalibratedClassifierCV does with ensemble=False.
 *
 * All algorithms are calibrated in this one way.  Scores out of bag would cost nothing,
 * but only forests have them, and they are the means of fewer trees than the forest has.
 */
#include "compat.h"

#include "core/rows/folds.h"
#include "core/judging/cross_fit.h"
#include "training/cross_fit.h"
#include "host/pg_host.h"
#include "rows/row_store.h"
#include "training/calibrate.h"
#include "host/memory_limit.h"
#include "training/learn.h"

/* The seed of the folds for algorithms that have no option seed. */
#define FOLD_SEED 42

static void
check(SpkStatus status)
{
	spk_check(status, "calibration", NULL);
}

uint64
spk_calibration_seed(SpkAlgorithm algorithm, const SpkOptions *options)
{
	if (!spk_option_applies(SPK_OPT_SEED, algorithm))
		return FOLD_SEED;
	return (uint64) (int64) options->value[SPK_OPT_SEED];
}

void
spk_refuse_calibration(int lone)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("too few users to calibrate on"),
			 errdetail("All rows of users who %s are of one user.", lone == 0 ? "stayed" : "churned"),
			 errhint("Train without the option \"calibrate\", or tell users apart by the argument \"id\".")));
}

uint8 *
spk_calibration_folds(const SpkHost *host, const SpkTable *table, const uint64 *groups, uint64 seed,
					  int *lone)
{
	uint8		*folds = spk_must_alloc(host, table->n_rows, 1, "calibration");
	SpkFoldCount counts[SPK_CALIBRATION_FOLDS + 1];
	uint64		 n_rows[2] = {0, 0};

	check(spk_folds_part(host, table, groups, 0, SPK_CALIBRATION_FOLDS, seed, folds));
	check(spk_folds_count(host, table, folds, SPK_CALIBRATION_FOLDS, counts));
	for (int fold = 0; fold < SPK_CALIBRATION_FOLDS; fold++)
		for (int label = 0; label < 2; label++)
			n_rows[label] += counts[fold].n_rows[label];
	for (int fold = 0; fold < SPK_CALIBRATION_FOLDS; fold++)
		for (int label = 0; label < 2; label++)
			if (counts[fold].n_rows[label] == n_rows[label])
			{
				*lone = label;
				spk_release(host, folds);
				return NULL;
			}
	return folds;
}

bool
spk_fit_calibration(const SpkHost *host, const SpkTable *table, const uint64 *groups,
					SpkModel *model, SpkCrossFitted *fitted, int *lone)
{
	SpkScored		*scored;
	SpkScoredWeights weights = {NULL, 1};
	uint32			*multiples = NULL;
	size_t			 n;
	uint8			*folds;

	spk_learn_check_columns(model);
	spk_memory_check_training(spk_table_size(table) +
								  (groups == NULL ? 0 : table->n_rows * sizeof(uint64)) +
								  (table->weights == NULL ? 0 : table->n_rows * sizeof(uint32)) +
								  table->n_rows + spk_folds_size(table->n_rows),
							  table->n_rows, table->n_columns);
	folds = spk_calibration_folds(host, table, groups,
								  spk_calibration_seed(model->algorithm, &model->options), lone);
	if (folds == NULL)
		return false;
	scored = spk_must_alloc(host, table->n_rows, sizeof(SpkScored), "calibration");
	if (table->weights != NULL)
		weights.multiples = multiples = spk_must_alloc(host, table->n_rows, sizeof(uint32),
													   "calibration");
	weights.unit = spk_cross_fit_rows(host, table, model, folds, SPK_CALIBRATION_FOLDS, 0, scored,
									  multiples, &n);
	check(spk_cross_fit_learn(host, scored, n, weights, model, fitted));
	spk_release(host, scored);
	spk_release(host, multiples);
	return true;
}

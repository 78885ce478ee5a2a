/*
 * auto.c
 *	  Training by the algorithm "auto".
 *
 * core/judging/search.h says what is tried.  Of many rows the users of some are drawn to
 * search by; the models that were chosen are fitted to all rows.
 */
#include "compat.h"

#include "core/judging/cross_fit.h"
#include "core/judging/search.h"
#include "core/models/learner.h"
#include "core/rows/code_form.h"
#include "core/rows/folds.h"
#include "core/rows/pick.h"
#include "host/pg_host.h"
#include "rows/row_store.h"
#include "training/auto.h"
#include "training/calibrate.h"
#include "training/learn.h"
#include "training/search_fits.h"

static void
check(SpkStatus status)
{
	spk_check(status, "training set", NULL);
}

/* ---- The rows to search by ---- */

typedef struct Sample
{
	SpkTable table;
	uint8	*drawn;	 /* of each row of all: is it among them?  NULL: all are */
	uint64	*groups; /* of those that are drawn */
	uint8	*folds;	 /* of those, or NULL when they cannot be parted */
} Sample;

static uint64 *
pick_groups(const SpkHost *host, const SpkTable *table, const Sample *sample)
{
	uint64 *picked = spk_must_alloc(host, sample->table.n_rows, sizeof(uint64), "training set");
	uint32	n = 0;

	for (uint32 r = 0; r < table->n_rows; r++)
		if (sample->drawn[r])
			picked[n++] = table->groups[r];
	return picked;
}

static Sample
draw_sample(const SpkHost *host, const SpkTable *table, uint64 seed)
{
	Sample sample = {*table};
	int	   lone;

	if (table->n_rows > SPK_SEARCH_ROWS)
	{
		sample.drawn = spk_must_alloc(host, table->n_rows, 1, "training set");
		check(spk_folds_draw(host, table, table->groups, (double) SPK_SEARCH_ROWS / table->n_rows,
							 seed, sample.drawn));
		check(spk_table_pick(host, table, sample.drawn, &sample.table));
		if (table->groups != NULL)
			sample.groups = pick_groups(host, table, &sample);
		sample.table.groups = sample.groups;
	}
	sample.folds = spk_calibration_folds(host, &sample.table, sample.table.groups, seed, &lone);
	return sample;
}

static void
release_sample(const SpkHost *host, Sample *sample)
{
	if (sample->drawn != NULL)
		spk_table_unpick(host, &sample->table);
	spk_release(host, sample->drawn);
	spk_release(host, sample->groups);
	spk_release(host, sample->folds);
	*sample = (Sample) {{0}};
}

uint8 *
spk_auto_folds(const SpkHost *host, const SpkTable *table, uint64 seed)
{
	Sample sample = draw_sample(host, table, seed);
	uint8 *folds = NULL;
	uint32 n = 0;

	if (sample.folds != NULL)
	{
		folds = spk_must_alloc(host, table->n_rows, 1, "training set");
		for (uint32 r = 0; r < table->n_rows; r++)
			folds[r] = sample.drawn == NULL || sample.drawn[r] ? sample.folds[n++] : SPK_HOLDOUT;
	}
	release_sample(host, &sample);
	return folds;
}

void
spk_auto_refuse(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("too few users for auto to compare models by in each fold"),
			 errhint("Compare on the rows of more users, or without auto.")));
}

/* The keys of users, which are not the table's own. */
static uint64
keys_size(const SpkTable *table)
{
	return table->groups == NULL ? 0 : table->n_rows * sizeof(uint64);
}

/* The bytes that the sample and the users' keys take besides the table. */
static uint64
sample_size(const SpkTable *table, const Sample *sample)
{
	uint64 n = sample->table.n_rows;
	uint64 size = keys_size(table) + n;

	if (sample->drawn != NULL)
		size += table->n_rows + keys_size(&sample->table) +
			spk_table_picked_size(table, sample->table.n_rows);
	return size;
}

/* ---- The model ---- */

/* Fits what the search has chosen to all rows of the table, and makes the model of it. */
static void
make_model(const SpkHost *host, SpkSearchFits *fits, const SpkSearch *search,
		   const SpkCrossFitted *fitted, SpkModel *model)
{
	SpkModel parts[SPK_MAX_TRIED] = {{0}};

	spk_search_fits_parts(fits, search, parts);
	for (uint32 i = 0; i < spk_search_n_parts(search); i++)
		spk_learn_tell_of_fit(&parts[i]);
	check(spk_search_make(host, search, fitted, parts, model));
}

void
spk_auto_without_search(const SpkHost *host, SpkModel *model, SpkWarned *warned)
{
	SpkModel like = *model;
	SpkTried tried[SPK_MAX_TRIED];

	(void) spk_search_candidates(&like.options, model, tried);
	spk_search_start(&tried[0], &like, (uint32) like.facts[SPK_FACT_ROWS],
					 (uint32) like.facts[SPK_FACT_POSITIVES], model);
	memcpy(model->facts, like.facts, sizeof(model->facts));
	if (spk_learns_codes(model->algorithm))
		check(spk_features_for_codes(host, model->features, model->n_features));
	model->options.value[SPK_OPT_CALIBRATE] = like.options.value[SPK_OPT_CALIBRATE];
	model->options.value[SPK_OPT_THRESHOLD] = like.options.value[SPK_OPT_THRESHOLD];
	if (spk_warned_first(warned, "auto", ""))
		ereport(NOTICE,
				(errmsg("too few users to compare models by, so that auto takes %s",
						spk_algorithm_name(model->algorithm)),
				 errdetail("Models are judged by users whom they have not seen, in each of %d folds. Further groups with too few are not told.", SPK_SEARCH_FOLDS)));
}

void
spk_auto_tell_left_out(const SpkOptions *asked, SpkWarned *warned)
{
	for (int a = 0; a < SPK_N_ALGORITHMS; a++)
		if (spk_search_leaves_out(asked, (SpkAlgorithm) a) &&
			spk_warned_first(warned, "left out", spk_algorithm_name((SpkAlgorithm) a)))
			ereport(NOTICE,
					(errmsg("auto does not try %s", spk_algorithm_name((SpkAlgorithm) a)),
					 errdetail("Its models cannot be held to the option \"monotone\".")));
}

bool
spk_train_auto(const SpkHost *host, const SpkTable *table, SpkModel *model)
{
	uint64		   seed = spk_calibration_seed(model->algorithm, &model->options);
	Sample		   sample = draw_sample(host, table, seed);
	SpkSearch	  *search = spk_must_alloc(host, 1, sizeof(SpkSearch), "training set");
	SpkSearchFits  fits = {.unit = "fits done"};
	SpkModel	   like = {.options = model->options,
						   .features = model->features,
						   .n_features = model->n_features};
	SpkCrossFitted fitted;

	if (sample.folds == NULL)
	{
		release_sample(host, &sample);
		spk_release(host, search);
		return false;
	}
	strlcpy(like.weights, model->weights, sizeof(like.weights));
	memset(search, 0, sizeof(*search));
	search->n = spk_search_candidates(&model->options, &like, search->tried);
	search->n_rows = sample.table.n_rows;

	/* what scores of rows not seen tell is learned while they are there */
	spk_train_progress_start(&fits.progress);
	spk_search_fits_new(&fits, host, &sample.table, &like, sample.folds,
						sample_size(table, &sample), search);
	check(spk_search(host, search, spk_search_fits_round, &fits));
	check(spk_search_learn(host, search, model, &fitted));

	/* the rows that were drawn make way for all of them */
	if (sample.drawn != NULL)
	{
		spk_search_fits_release(&fits);
		release_sample(host, &sample);
		spk_search_fits_new(&fits, host, table, &like, NULL, keys_size(table), search);
	}
	make_model(host, &fits, search, &fitted, model);
	spk_search_fits_release(&fits);
	if (sample.folds != NULL)
		release_sample(host, &sample);
	spk_release(host, search);
	return true;
}

/*
 * samples.c
 *	  Fits models to all rows but those of a fold, and scores these.
 */
#include <string.h>

#include "core/base/invariant.h"
#include "core/models/learner.h"
#include "core/rows/binning.h"
#include "core/rows/users.h"
#include "core/rows/weights.h"
#include "core/scoring/additive.h"
#include "core/scoring/predict.h"
#include "core/judging/samples.h"
#include "core/judging/threshold.h"
#include "core/rows/folds.h"

/* This many rows are scored together, so that their codes stay in the cache, too. */
#define SCORED_ROWS 512

static inline bool
in_fold(const uint8_t *folds, uint32_t row, int fold)
{
	return fold == SPK_NO_FOLD || folds[row] == fold;
}

/* Is the row in a fold that is left out? */
static inline bool
is_left_out(const uint8_t *folds, uint32_t row, int fold)
{
	return fold != SPK_NO_FOLD && folds[row] == fold;
}

/* ---- What has to hold of samples ---- */

#ifdef SPK_CHECK_INVARIANTS

/* Users are numbered in the order of their first rows. */
static void
check_users(const SpkMatrix *matrix)
{
	uint32_t n_users = 0;

	for (uint32_t r = 0; r < matrix->n_rows; r++)
	{
		spk_assert(matrix->users[r] <= n_users);
		n_users += matrix->users[r] == n_users;
	}
	spk_assert(n_users == matrix->n_users);
}

static void
check_matrix(const SpkMatrix *matrix)
{
	uint32_t n_positives = 0;
	uint32_t end = spk_places_at(matrix) + SPK_PLACE_BYTES * matrix->n_grouped;
	uint64_t weights[2] = {0, 0};

	spk_assert(matrix->n_rows <= SPK_MAX_ROWS);
	spk_assert(matrix->n_features > 0 && matrix->n_features <= SPK_MAX_FEATURES);
	spk_assert(matrix->stride ==
			   spk_row_stride(matrix->n_features, matrix->n_grouped, matrix->weighted));
	for (uint32_t r = 0; r < matrix->n_rows; r++)
	{
		const uint8_t *row = spk_matrix_row(matrix, r);

		spk_assert(row[matrix->n_features] <= 1);
		for (uint32_t at = end; at < matrix->stride; at++)
			spk_assert(row[at] == 0);
		weights[row[matrix->n_features]] += spk_matrix_weight(matrix, r);
		n_positives += row[matrix->n_features];
	}
	spk_assert(n_positives == matrix->n_positives);
	for (int label = 0; label < 2 && matrix->weighted; label++)
		spk_assert(weights[label] == matrix->weights[label]);
	if (matrix->users != NULL)
		check_users(matrix);
}

static void
check_values(const SpkValues *values)
{
	uint32_t n_positives = 0;

	spk_assert(values->n_rows <= SPK_MAX_ROWS);
	spk_assert(values->n_features > 0 && values->n_features <= SPK_MAX_FEATURES);
	for (uint32_t r = 0; r < values->n_rows; r++)
	{
		double label = spk_values_row(values, r)[values->n_features];

		spk_assert(label == 0 || label == 1);
		spk_assert(spk_values_weight(values, r) > 0);
		if (values->rows != NULL && r > 0)
			spk_assert(values->rows[r - 1] < values->rows[r]);
		n_positives += label == 1;
	}
	spk_assert(n_positives == values->n_positives);
}

/* Checks the form that the algorithm takes: the only one that need be there. */
static void
check_samples(const SpkSamples *samples, SpkAlgorithm algorithm, int fold)
{
	bool codes = spk_learns_codes(algorithm);

	if (codes)
		check_matrix(&samples->matrix);
	else
		check_values(&samples->values);
	if (fold != SPK_NO_FOLD)
		spk_assert((codes ? samples->matrix_folds : samples->values_folds) != NULL);
}

#else
#define check_samples(samples, algorithm, fold) ((void) 0)
#endif

/* ---- Some of the rows ---- */

/* Releases what copy_codes has copied. */
static void
release_codes(const SpkHost *host, SpkMatrix *some)
{
	spk_release(host, some->codes);
	spk_release(host, (void *) some->users);
	some->codes = NULL;
	some->users = NULL;
}

/* Numbers the users of rows that are not in the fold as if there were no others. */
static SpkStatus
copy_users(const SpkHost *host, const SpkSamples *samples, int fold, SpkMatrix *some)
{
	const SpkMatrix *all = &samples->matrix;
	uint32_t		*numbers = spk_alloc(host, some->n_rows, sizeof(uint32_t));
	uint32_t		 n = 0;
	SpkStatus		 status = SPK_NO_MEMORY;

	for (uint32_t r = 0; r < all->n_rows && numbers != NULL; r++)
		if (samples->matrix_folds[r] != fold)
			numbers[n++] = all->users[r];
	if (numbers != NULL)
		status = spk_renumber_users(host, all, numbers, some);
	if (status != SPK_OK)
		spk_release(host, numbers);
	return status;
}

/* Copies the rows that are not in the fold.  The caller releases them by release_codes. */
static SpkStatus
copy_codes(const SpkHost *host, const SpkSamples *samples, int fold, SpkMatrix *some)
{
	const SpkMatrix *all = &samples->matrix;
	size_t			 stride = all->stride;
	uint32_t		 n = 0;
	uint8_t			*codes;

	/* counted first, so that the copy is no larger than it must be */
	for (uint32_t r = 0; r < all->n_rows; r++)
		n += samples->matrix_folds[r] != fold;
	*some = *all;
	some->n_rows = some->n_positives = 0;
	some->weights[0] = some->weights[1] = 0;
	some->users = NULL;
	some->codes = codes = spk_alloc(host, n, stride);
	if (codes == NULL)
		return SPK_NO_MEMORY;

	for (uint32_t r = 0; r < all->n_rows; r++)
	{
		if (r % SPK_POLL_VALUES == 0 && spk_cancelled(host))
		{
			spk_release(host, codes);
			return SPK_CANCELLED;
		}
		if (samples->matrix_folds[r] == fold)
			continue;
		memcpy(codes, spk_matrix_row(all, r), stride);
		some->n_positives += spk_matrix_label(all, r);
		some->weights[spk_matrix_label(all, r)] += spk_matrix_weight(all, r);
		some->n_rows++;
		codes += stride;
	}
	if (all->users != NULL && copy_users(host, samples, fold, some) != SPK_OK)
	{
		release_codes(host, some);
		return SPK_NO_MEMORY;
	}
	return SPK_OK;
}

/* Lists the rows that are not in the fold.  The caller releases the list. */
static SpkStatus
list_values(const SpkHost *host, const SpkSamples *samples, int fold, SpkValues *some)
{
	const SpkValues *all = &samples->values;
	uint32_t		*rows = spk_alloc(host, all->n_rows, sizeof(uint32_t));

	if (rows == NULL)
		return SPK_NO_MEMORY;
	*some = *all;
	some->n_rows = some->n_positives = 0;
	some->rows = rows;
	for (uint32_t r = 0; r < all->n_rows; r++)
	{
		if (r % SPK_POLL_VALUES == 0 && spk_cancelled(host))
		{
			spk_release(host, rows);
			return SPK_CANCELLED;
		}
		if (samples->values_folds[r] == fold)
			continue;
		rows[some->n_rows++] = all->rows == NULL ? r : all->rows[r];
		some->n_positives += (uint32_t) spk_values_label(all, r);
	}
	spk_values_add_up(some);
	return SPK_OK;
}

/*
 * The folds of n rows in parted; SPK_HOLDOUT for those that are left out.  NULL without
 * memory.
 */
static uint8_t *
take_folds(const SpkHost *host, const uint8_t *left_out, int fold, const uint8_t *parted,
		   uint32_t n)
{
	uint8_t *folds = spk_alloc(host, n, 1);

	for (uint32_t r = 0; r < n && folds != NULL; r++)
		folds[r] = is_left_out(left_out, r, fold) ? SPK_HOLDOUT : parted[r];
	return folds;
}

/* Moves the folds of the rows that are taken to the front, as the rows are. */
static void
close_ranks(uint8_t *folds, uint32_t n)
{
	uint32_t n_taken = 0;

	for (uint32_t r = 0; r < n; r++)
		if (folds[r] != SPK_HOLDOUT)
			folds[n_taken++] = folds[r];
}

SpkStatus
spk_samples_take(const SpkHost *host, const SpkSamples *samples, int fold, const SpkSamples *parted,
				 SpkAlgorithm algorithm, SpkSamples *some)
{
	bool	   codes = spk_learns_codes(algorithm);
	uint32_t   n = codes ? samples->matrix.n_rows : samples->values.n_rows;
	uint8_t	  *folds = codes ?
		  take_folds(host, samples->matrix_folds, fold, parted->matrix_folds, n) :
		  take_folds(host, samples->values_folds, fold, parted->values_folds, n);
	SpkSamples from = *samples;
	SpkStatus  status;

	/* the other form stays empty, so that release and counts see one alone */
	memset(some, 0, sizeof(*some));
	if (folds == NULL)
		return SPK_NO_MEMORY;
	from.matrix_folds = from.values_folds = folds;
	status = codes ? copy_codes(host, &from, SPK_HOLDOUT, &some->matrix) :
					 list_values(host, &from, SPK_HOLDOUT, &some->values);
	if (status != SPK_OK)
	{
		spk_release(host, folds);
		return status;
	}

	close_ranks(folds, n);
	if (codes)
		some->matrix_folds = folds;
	else
		some->values_folds = folds;
	check_samples(some, algorithm, fold);
	return SPK_OK;
}

void
spk_samples_release(const SpkHost *host, SpkSamples *some)
{
	release_codes(host, &some->matrix);
	spk_release(host, (void *) some->matrix_folds);
	spk_release(host, (void *) some->values.rows); /* the values are those of all */
	spk_release(host, (void *) some->values_folds);
	memset(some, 0, sizeof(*some));
}

/* ---- Fits ---- */

static SpkStatus
fit_codes(const SpkHost *host, const SpkSamples *samples, int fold, SpkModel *model)
{
	SpkMatrix matrix = samples->matrix;
	SpkStatus status = fold == SPK_NO_FOLD ? SPK_OK : copy_codes(host, samples, fold, &matrix);

	matrix.lent = fold == SPK_NO_FOLD;

	if (status != SPK_OK)
		return status;
	model->facts[SPK_FACT_ROWS] = matrix.n_rows;
	model->facts[SPK_FACT_POSITIVES] = matrix.n_positives;
	if (matrix.n_positives == 0 || matrix.n_positives == matrix.n_rows)
		status = SPK_INVALID;
	else
		status = spk_learners[model->algorithm].fit_codes(host, &matrix, model);
	if (fold != SPK_NO_FOLD)
		release_codes(host, &matrix);
	return status;
}

static SpkStatus
fit_values(const SpkHost *host, const SpkSamples *samples, int fold, SpkModel *model)
{
	SpkValues values = samples->values;
	SpkStatus status = fold == SPK_NO_FOLD ? SPK_OK : list_values(host, samples, fold, &values);

	if (status != SPK_OK)
		return status;
	model->facts[SPK_FACT_ROWS] = values.n_rows;
	model->facts[SPK_FACT_POSITIVES] = values.n_positives;
	status = spk_learners[model->algorithm].fit_values(host, &values, model);
	if (fold != SPK_NO_FOLD)
		spk_release(host, (void *) values.rows);
	return status;
}

SpkStatus
spk_samples_fit(const SpkHost *host, const SpkSamples *samples, int fold, SpkModel *model)
{
	check_samples(samples, model->algorithm, fold);
	spk_threshold_start(model);
	model->options.value[SPK_OPT_CALIBRATE] = SPK_CALIBRATE_NONE;
	return spk_learns_codes(model->algorithm) ? fit_codes(host, samples, fold, model) :
												fit_values(host, samples, fold, model);
}

/* ---- Scores ---- */

/*
 * Scores n rows, tree by tree, so that a tree stays in the cache while all rows walk
 * down it.  A forest that is laid out for walking, as for prediction, would be faster
 * to walk, but take more memory than the fit did.
 */
static void
score_block(const SpkModel *model, const SpkMatrix *matrix, const uint32_t *rows, uint32_t n,
			SpkScored *scored)
{
	double sums[SCORED_ROWS] = {0};

	for (uint32_t t = 0; t < model->n_trees; t++)
	{
		const SpkTree *tree = &model->trees[t];

		for (uint32_t i = 0; i < n; i++)
			sums[i] += tree->nodes[spk_tree_leaf(tree, spk_matrix_row(matrix, rows[i]))].u.value;
	}
	for (uint32_t i = 0; i < n; i++)
		scored[i] = spk_scored(spk_answer(model, sums[i]), spk_matrix_label(matrix, rows[i]));
}

static SpkStatus
score_codes(const SpkHost *host, const SpkSamples *samples, int fold, const SpkModel *model,
			SpkScored *scored, size_t *n)
{
	const SpkMatrix *matrix = &samples->matrix;
	SpkMatrix		 grouped = *matrix;
	uint32_t		 rows[SCORED_ROWS];
	uint32_t		 n_rows = 0;
	SpkStatus		 status = SPK_OK;

	/* the matrix does not know the groups that this model has made of categories */
	if (matrix->n_grouped > 0)
	{
		grouped.codes = spk_alloc(host, SCORED_ROWS, matrix->stride);
		if (grouped.codes == NULL)
			return SPK_NO_MEMORY;
	}
	for (uint32_t r = 0; r < matrix->n_rows && status == SPK_OK; r++)
	{
		if (in_fold(samples->matrix_folds, r, fold))
			rows[n_rows++] = r;
		if (n_rows < SCORED_ROWS && r + 1 < matrix->n_rows)
			continue;
		if (spk_cancelled(host))
			status = SPK_CANCELLED;
		else if (matrix->n_grouped > 0)
		{
			spk_regroup_rows(matrix, model->features, rows, n_rows, grouped.codes);
			for (uint32_t i = 0; i < n_rows; i++)
				rows[i] = i;
			score_block(model, &grouped, rows, n_rows, scored + *n);
		}
		else
			score_block(model, matrix, rows, n_rows, scored + *n);
		*n += n_rows;
		n_rows = 0;
	}
	if (matrix->n_grouped > 0)
		spk_release(host, grouped.codes);
	return status;
}

static SpkStatus
score_values(const SpkHost *host, const SpkSamples *samples, int fold, const SpkModel *model,
			 SpkScored *scored, size_t *n)
{
	const SpkValues *values = &samples->values;
	bool			 blend = spk_has_parts(model->algorithm);
	uint8_t			 codes[SPK_MAX_FEATURES];

	for (uint32_t r = 0; r < values->n_rows; r++)
	{
		const double *row = spk_values_row(values, r);

		if (r % SPK_POLL_VALUES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (in_fold(samples->values_folds, r, fold))
			scored[(*n)++] = spk_scored(blend ? spk_blend_predict(model, row, codes) :
												spk_additive_predict(model, row),
										spk_values_label(values, r));
	}
	return SPK_OK;
}

SpkStatus
spk_samples_score(const SpkHost *host, const SpkSamples *samples, int fold, const SpkModel *model,
				  SpkScored *scored, size_t *n)
{
	check_samples(samples, model->algorithm, fold);
	*n = 0;
	return spk_learns_codes(model->algorithm) ? score_codes(host, samples, fold, model, scored, n) :
												score_values(host, samples, fold, model, scored, n);
}

double
spk_samples_weights(const SpkSamples *samples, int fold, SpkAlgorithm algorithm, uint32_t *weights)
{
	const SpkValues *values = &samples->values;
	uint32_t		 n = 0;

	if (spk_learns_codes(algorithm))
	{
		for (uint32_t r = 0; r < samples->matrix.n_rows; r++)
			if (in_fold(samples->matrix_folds, r, fold))
				weights[n++] = spk_matrix_weight(&samples->matrix, r);
		return samples->matrix.unit;
	}
	for (uint32_t r = 0; r < values->n_rows; r++)
		if (in_fold(samples->values_folds, r, fold))
			weights[n++] = spk_weight_multiple(spk_values_weight(values, r), values->unit);
	return values->unit;
}

/* ---- Memory ---- */

/* No model has more nodes, because a value of 1 GB holds fewer. */
#define MOST_NODES (UINT64_C(1) << 27)

uint64_t
spk_samples_model_size(const SpkModel *model, uint32_t n_rows)
{
	const SpkLearner *learner = &spk_learners[model->algorithm];
	uint64_t n_nodes = learner->most_nodes == NULL ? 0 : learner->most_nodes(model, n_rows);

	return (n_nodes < MOST_NODES ? n_nodes : MOST_NODES) * sizeof(SpkNode);
}

uint64_t
spk_samples_fit_size(const SpkModel *model, uint32_t n_rows)
{
	const SpkLearner *learner = &spk_learners[model->algorithm];
	uint64_t		  row = sizeof(uint32_t);
	uint64_t		  work = learner->work_size == NULL ? 0 : learner->work_size(model, n_rows);

	if (learner->fit_codes != NULL)
		row = spk_features_stride(model->features, model->n_features,
								  spk_has_weights(&model->options));
	return n_rows * row + work + spk_samples_model_size(model, n_rows);
}

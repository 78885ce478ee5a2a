/*
 * unseen.c
 *	  The threshold of a boosted model by the rows that early stopping held out.
 *
 * On 25 data sets a threshold of the best F1 by the labels of a fifth of the rows had a
 * mean F1 of .633 on rows not seen, one by five fits .642, and one by chances as they are
 * reckoned here .643.
 */
#include <math.h>
#include <string.h>

#include "core/base/elementary.h"
#include "core/base/merge_sort.h"
#include "core/judging/threshold.h"
#include "core/judging/unseen.h"
#include "core/models/learner.h"
#include "core/rows/users.h"

/* So many users of the rarer class are to be held out on average: fewer might be too few. */
#define LEAST_HELD_OUT 15

/* With so many rows of the rarer class labels count as much as chances. */
#define EVEN_ROWS 500

/*
 * The curve is that of scores which are right, unless labels say otherwise: before them, its
 * slope is 1 and its intercept 0, each with a standard deviation of one half.
 */
#define PRIOR	   4
#define MOST_STEPS 30
#define ENOUGH	   1e-9

/* This many rows are looked at before the host is polled. */
#define ROWS_BETWEEN_POLLS 16384

bool
spk_holds_out_enough(const SpkOptions *options, SpkAlgorithm algorithm, uint32_t n_rows,
					 uint32_t n_positives, uint32_t n_rare_users)
{
	const double *value = options->value;

	return spk_option_applies(SPK_OPT_EARLY_STOPPING, algorithm) && !spk_has_calibration(options) &&
		!spk_threshold_is_given(options) && value[SPK_OPT_MODELS] == 1 &&
		spk_early_stopping(options, n_rows, n_positives) > 0 &&
		n_rare_users * value[SPK_OPT_VALIDATION] >= LEAST_HELD_OUT;
}

/* ---- Users ---- */

static int
compare_keys(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *) a;
	uint64_t y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

SpkStatus
spk_count_rare_users(const SpkHost *host, const SpkTable *table, const uint64_t *groups,
					 uint32_t *n)
{
	uint32_t  n_rows[2] = {0, 0};
	uint32_t  n_keys = 0;
	uint8_t	  rare;
	uint64_t *keys;
	SpkStatus status;

	for (uint32_t r = 0; r < table->n_rows; r++)
		n_rows[table->labels[r]]++;
	rare = n_rows[1] < n_rows[0];
	*n = n_rows[rare];
	if (groups == NULL || *n == 0)
		return SPK_OK;
	keys = spk_alloc(host, *n, sizeof(uint64_t));
	if (keys == NULL)
		return SPK_NO_MEMORY;

	/* without a key each row is a user; of others each counts once */
	*n = 0;
	for (uint32_t r = 0; r < table->n_rows; r++)
		if (table->labels[r] == rare && groups[r] != 0)
			keys[n_keys++] = groups[r];
		else
			*n += table->labels[r] == rare;
	status = spk_merge_sort(host, keys, n_keys, sizeof(uint64_t), compare_keys);
	for (uint32_t i = 0; i < n_keys && status == SPK_OK; i++)
		*n += i == 0 || keys[i] != keys[i - 1];
	spk_release(host, keys);
	return status;
}

SpkStatus
spk_samples_rare_users(const SpkHost *host, const SpkSamples *samples, int fold, uint32_t *n_rows,
					   uint32_t *n_positives, uint32_t *n)
{
	const SpkMatrix *matrix = &samples->matrix;
	uint8_t			*met = NULL;
	uint8_t			 rare;

	*n_rows = *n_positives = *n = 0;
	if (matrix->users != NULL)
	{
		met = spk_alloc(host, matrix->n_users, 1);
		if (met == NULL)
			return SPK_NO_MEMORY;
		memset(met, 0, matrix->n_users);
	}
	for (uint32_t r = 0; r < matrix->n_rows; r++)
		if (fold == SPK_NO_FOLD || samples->matrix_folds[r] != fold)
		{
			(*n_rows)++;
			*n_positives += spk_matrix_label(matrix, r);
		}

	/* the rarer class is known only now */
	rare = *n_positives < *n_rows - *n_positives;
	for (uint32_t r = 0; r < matrix->n_rows; r++)
	{
		if ((fold != SPK_NO_FOLD && samples->matrix_folds[r] == fold) ||
			spk_matrix_label(matrix, r) != rare)
			continue;
		*n += met == NULL || !met[matrix->users[r]];
		if (met != NULL)
			met[matrix->users[r]] = true;
	}
	spk_release(host, met);
	return SPK_OK;
}

/* ---- Chances ---- */

/* The chance to churn of who has this score: a logistic function of its log-odds. */
typedef struct Curve
{
	double slope;
	double intercept;
} Curve;

/* The log-odds of a score, which stay finite, as those of calibrations do. */
static double
log_odds(SpkScored scored)
{
	double p = SPK_PLATT_SHRINK + (1 - 2 * SPK_PLATT_SHRINK) * spk_scored_score(scored);

	return spk_log(p / (1 - p));
}

static double
chance_of(Curve curve, SpkScored scored)
{
	return spk_sigmoid(curve.slope * log_odds(scored) + curve.intercept);
}

/* Moves the curve by one step of Newton's method; *moved is how far, or 0 at the end. */
static SpkStatus
improve(const SpkHost *host, const SpkScored *scored, size_t n, Curve *curve, double *moved)
{
	double gradient[2] = {PRIOR * (curve->slope - 1), PRIOR * curve->intercept};
	double hessian[3] = {PRIOR, 0, PRIOR};
	double det;
	double step[2];

	for (size_t i = 0; i < n; i++)
	{
		double x = log_odds(scored[i]);
		double p = spk_sigmoid(curve->slope * x + curve->intercept);
		double off = p - spk_scored_label(scored[i]);
		double weight = p * (1 - p);

		if (i % ROWS_BETWEEN_POLLS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		gradient[0] += off * x;
		gradient[1] += off;
		hessian[0] += weight * x * x;
		hessian[1] += weight * x;
		hessian[2] += weight;
	}

	/* the prior keeps the determinant away from 0 */
	det = hessian[0] * hessian[2] - hessian[1] * hessian[1];
	step[0] = (gradient[0] * hessian[2] - gradient[1] * hessian[1]) / det;
	step[1] = (gradient[1] * hessian[0] - gradient[0] * hessian[1]) / det;
	curve->slope -= step[0];
	curve->intercept -= step[1];
	*moved = fabs(step[0]) + fabs(step[1]);
	return SPK_OK;
}

/* Fits the curve.  Where Newton's method leads nowhere, the scores are taken as they are. */
static SpkStatus
fit_curve(const SpkHost *host, const SpkScored *scored, size_t n, Curve *curve)
{
	double	  moved = 1;
	SpkStatus status = SPK_OK;

	*curve = (Curve) {1, 0};
	for (int i = 0; i < MOST_STEPS && moved > ENOUGH && status == SPK_OK; i++)
		status = improve(host, scored, n, curve, &moved);
	if (!(moved <= ENOUGH) || !(curve->slope > 0))
		*curve = (Curve) {1, 0};
	return status;
}

/*
 * Finds the place in the sorted rows from which on flagging them has the best F1 by chances;
 * 0 when all scores are equal.
 */
static SpkStatus
find_place(const SpkHost *host, const SpkScored *scored, size_t n, const SpkMetrics *m,
		   size_t *place)
{
	double	  rare = m->positives < n - m->positives ? m->positives : n - m->positives;
	double	  trust = rare / (rare + EVEN_ROWS);
	double	  flagged = 0;
	double	  all = 0;
	double	  best = 0;
	Curve	  curve;
	SpkStatus status = fit_curve(host, scored, n, &curve);

	*place = 0;
	for (size_t i = 0; i < n && status == SPK_OK; i++)
		all += trust * spk_scored_label(scored[i]) + (1 - trust) * chance_of(curve, scored[i]);
	for (size_t i = n; i-- > 1 && status == SPK_OK;)
	{
		double f1;

		if (i % ROWS_BETWEEN_POLLS == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		flagged += trust * spk_scored_label(scored[i]) + (1 - trust) * chance_of(curve, scored[i]);
		f1 = 2 * flagged / ((double) (n - i) + all);
		if (f1 > best && spk_scored_score(scored[i - 1]) < spk_scored_score(scored[i]))
		{
			best = f1;
			*place = i;
		}
	}
	return status;
}

SpkStatus
spk_unseen_learn(const SpkHost *host, SpkModel *model, SpkCrossFitted *fitted)
{
	size_t	   n = model->n_unseen;
	size_t	   place;
	SpkScored *scored = spk_alloc(host, n, sizeof(SpkScored));
	SpkStatus  status = scored == NULL ? SPK_NO_MEMORY : SPK_OK;

	for (size_t i = 0; i < n && scored != NULL; i++)
		scored[i] = spk_scored(spk_sigmoid(model->unseen[i].margin), (int) model->unseen[i].label);
	spk_release(host, model->unseen);
	model->unseen = NULL;
	model->n_unseen = 0;
	if (status == SPK_OK)
		status = spk_metrics(host, scored, n, 0.5, &fitted->metrics);
	if (status == SPK_OK)
		status = find_place(host, scored, n, &fitted->metrics, &place);
	if (status == SPK_OK)
	{
		fitted->rule = SPK_THRESHOLD_EXPECTED_F1;
		if (!spk_flag_place(scored, n, place, &fitted->metrics))
			fitted->rule = SPK_THRESHOLD_HALF; /* as the metrics are */
	}
	spk_release(host, scored);
	return status;
}

/*
 * transforms.c
 *	  Which function each number goes through before a model without trees is
 *	  fitted.
 *
 * A row that has a weight counts as so many rows.
 *
 * What "auto" does: a number stays as it is unless its skewness is beyond SKEWED, and
 * beyond twice the standard error that the skewness of normal values has.  Then
 * the logarithm and Yeo and Johnson's form are tried.  Of those that make it less skewed,
 * the one behind which it goes along best with the label is taken, but none of them when
 * it went along better before, by more than chance explains (VETO).  So a number whose
 * effect grows with its largest values, as that of calls for help does, is left alone.
 *
 * The rows are in canonical order, and the sums are over rows in that order.  So the
 * choice depends on the rows alone.
 */
#include <math.h>
#include <string.h>

#include "core/base/elementary.h"
#include "core/linear/transforms.h"
#include "core/models/terms.h"

/* A number whose skewness is within this is left alone. */
#define SKEWED 0.5

/*
 * How much more the untransformed number must tell, as rows times the square of its
 * correlation with the label.  If there were no difference, that of two such figures
 * would rarely be as large as this: each has, without any effect, a mean of 1.
 */
#define VETO 4

/* The most rows that are looked at, and those that the power is fitted to. */
#define MOST_ROWS  32768
#define POWER_ROWS 4096

/* The values of a feature that are known, in some of the rows. */
typedef struct Sample
{
	const SpkHost *host;
	uint32_t	   n;
	double		   weight; /* of all of them together */
	double		  *x;
	double		  *log_size; /* as spk_log_size makes them of x */
	double		  *label;	 /* 0 or 1 */
	double		  *weights;	 /* how much each counts */
	double		  *made;	 /* what a transform makes of x */
} Sample;

/* What a column looks like. */
typedef struct Look
{
	double deviation;
	double skewness;
	double agreement; /* rows times the square of the correlation with the label */
} Look;

/* ---- The rows to look at ---- */

/* Takes MOST_ROWS at most, evenly from first to last, so that rows which are alike count as they should. */
static void
take_sample(const SpkValues *rows, uint32_t feature, Sample *sample)
{
	uint32_t most = rows->n_rows < MOST_ROWS ? rows->n_rows : MOST_ROWS;

	sample->n = 0;
	sample->weight = 0;
	for (uint32_t i = 0; i < most; i++)
	{
		uint32_t	  row = (uint32_t) ((uint64_t) i * rows->n_rows / most);
		const double *values = spk_values_row(rows, row);

		if (isnan(values[feature]))
			continue;
		sample->x[sample->n] = values[feature];
		sample->log_size[sample->n] = spk_log_size(values[feature]);
		sample->label[sample->n] = spk_values_label(rows, row);
		sample->weights[sample->n] = spk_values_weight(rows, row);
		sample->weight += sample->weights[sample->n];
		sample->n++;
	}
}

static void
make_column(Sample *sample, SpkTransform transform)
{
	for (uint32_t i = 0; i < sample->n; i++)
	{
		bool negative = sample->x[i] < 0;

		if (transform.form == SPK_FORM_NONE)
			sample->made[i] = sample->x[i];
		else if (transform.form == SPK_FORM_LOG)
			sample->made[i] = negative ? -sample->log_size[i] : sample->log_size[i];
		else
			sample->made[i] = spk_yeo_johnson(transform.power, sample->log_size[i], negative);
	}
}

/* A power of two that brings the column's largest value near 1, so that no power of it overflows. */
static double
scale_of(const double *column, uint32_t n, uint32_t step)
{
	double largest = 0;
	int	   exponent;

	for (uint32_t i = 0; i < n; i += step)
		largest = fmax(largest, fabs(column[i]));
	if (!isfinite(largest))
		return 0;
	frexp(largest, &exponent);
	return ldexp(1, exponent > 1000 ? -1000 : exponent < -1000 ? 1000 : -exponent);
}

/* The column that was made last. */
static Look
look_at(const Sample *sample)
{
	double scale = scale_of(sample->made, sample->n, 1);
	double n = sample->weight;
	double mean = 0;
	double share = 0;
	double squares = 0;
	double cubes = 0;
	double products = 0;
	Look   look = {0, 0, 0};

	for (uint32_t i = 0; i < sample->n; i++)
	{
		mean += sample->weights[i] * (sample->made[i] * scale);
		share += sample->weights[i] * sample->label[i];
	}
	mean /= n;
	share /= n;
	for (uint32_t i = 0; i < sample->n; i++)
	{
		double difference = sample->made[i] * scale - mean;

		squares += sample->weights[i] * (difference * difference);
		cubes += sample->weights[i] * (difference * difference * difference);
		products += sample->weights[i] * (difference * (sample->label[i] - share));
	}

	/* a constant is neither skewed nor goes along with anything */
	if (!(squares / n > 1e-28))
		return look;
	look.deviation = sqrt(squares / n) / scale;
	look.skewness = cubes / n / (squares / n * sqrt(squares / n));
	if (share > 0 && share < 1)
		look.agreement = products * products / (squares * share * (1 - share));
	return look;
}

/* ---- The power ---- */

/* The likelihood of a power, but for what all powers have: that of a normal distribution behind it. */
static double
likelihood(Sample *sample, uint32_t step, double power)
{
	double n = 0;
	double sizes = 0;
	double mean = 0;
	double squares = 0;
	double scale;

	for (uint32_t i = 0; i < sample->n; i += step)
	{
		bool negative = sample->x[i] < 0;

		sample->made[i] = spk_yeo_johnson(power, sample->log_size[i], negative);
		sizes += sample->weights[i] * (negative ? -sample->log_size[i] : sample->log_size[i]);
		n += sample->weights[i];
	}
	scale = scale_of(sample->made, sample->n, step);
	for (uint32_t i = 0; i < sample->n; i += step)
		mean += sample->weights[i] * (sample->made[i] * scale);
	mean /= n;
	for (uint32_t i = 0; i < sample->n; i += step)
	{
		double difference = sample->made[i] * scale - mean;

		squares += sample->weights[i] * (difference * difference);
	}
	if (!(squares / n > 1e-28))
		return -HUGE_VAL;
	return (power - 1) * sizes - n * (0.5 * spk_log(squares / n) - spk_log(scale));
}

/*
 * The likelihood has one peak.  Halving finds the step of the grid from which on it
 * does not rise any more.
 */
static SpkStatus
find_power(Sample *sample, double *power)
{
	uint32_t step = (sample->n + POWER_ROWS - 1) / POWER_ROWS;
	int		 low = SPK_MIN_POWER * SPK_STEPS_PER_POWER;
	int		 high = SPK_MAX_POWER * SPK_STEPS_PER_POWER;

	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (spk_cancelled(sample->host))
			return SPK_CANCELLED;
		if (likelihood(sample, step, (middle + 1) / (double) SPK_STEPS_PER_POWER) >
			likelihood(sample, step, middle / (double) SPK_STEPS_PER_POWER))
			low = middle + 1;
		else
			high = middle;
	}
	*power = low / (double) SPK_STEPS_PER_POWER;
	return SPK_OK;
}

/* ---- The choice ---- */

/* Yeo and Johnson's form of the best power, which is none when that is 1. */
static SpkStatus
fit_yeo_johnson(Sample *sample, SpkTransform *transform)
{
	double	  power = 1;
	SpkStatus status = SPK_OK;

	/* nothing makes a constant normal */
	make_column(sample, SPK_AS_IT_IS);
	if (look_at(sample).deviation > 0)
		status = find_power(sample, &power);
	*transform = power == 1 ? SPK_AS_IT_IS : (SpkTransform) {SPK_FORM_YEO_JOHNSON, power};
	return status;
}

/* The one that suits the sample, as the comment at the top says. */
static SpkStatus
choose(Sample *sample, SpkTransform *chosen)
{
	SpkTransform candidates[2] = {SPK_LOG_TRANSFORM};
	Look		 before;
	double		 best = -1;
	SpkStatus	 status;

	*chosen = SPK_AS_IT_IS;
	make_column(sample, SPK_AS_IT_IS);
	before = look_at(sample);
	if (!(fabs(before.skewness) > fmax(SKEWED, 2 * sqrt(6.0 / sample->weight))))
		return SPK_OK;
	status = fit_yeo_johnson(sample, &candidates[1]);
	if (status != SPK_OK)
		return status;

	for (int i = 0; i < 2; i++)
	{
		Look look;

		make_column(sample, candidates[i]);
		look = look_at(sample);
		if (!(look.deviation > 0 && fabs(look.skewness) < fabs(before.skewness)))
			continue;
		if (look.agreement > best && look.agreement >= before.agreement - VETO)
		{
			best = look.agreement;
			*chosen = candidates[i];
		}
	}
	return SPK_OK;
}

/*
 * Times have no natural 0, and of two values one is as good as any other.  The
 * multinomial form is there to be compared with others, and so scales as they do.
 */
static bool
is_transformed(const SpkModel *model, const SpkFeature *feature)
{
	const double *value = model->options.value;

	if (feature->kind != SPK_NUMBER || feature->n_bins <= 2)
		return false;
	return value[SPK_OPT_TRANSFORM] != SPK_TRANSFORM_AUTO ||
		value[SPK_OPT_DISTRIBUTION] != SPK_DISTRIBUTION_MULTINOMIAL;
}

static SpkStatus
choose_all(const SpkValues *rows, const SpkModel *model, Sample *sample, SpkTransform *transforms,
		   bool *any)
{
	double	  option = model->options.value[SPK_OPT_TRANSFORM];
	SpkStatus status = SPK_OK;

	*any = false;
	for (uint32_t f = 0; f < model->n_features && status == SPK_OK; f++)
	{
		transforms[f] = SPK_AS_IT_IS;
		if (!is_transformed(model, &model->features[f]))
			continue;
		if (spk_cancelled(sample->host))
			return SPK_CANCELLED;
		if (option == SPK_TRANSFORM_LOG)
			transforms[f] = SPK_LOG_TRANSFORM;
		else
		{
			take_sample(rows, f, sample);
			status = option == SPK_TRANSFORM_AUTO ? choose(sample, &transforms[f]) :
													fit_yeo_johnson(sample, &transforms[f]);
		}
		*any |= transforms[f].form != SPK_FORM_NONE;
	}
	return status;
}

/* Chooses, with a sample of each feature in turn. */
static SpkStatus
find_transforms(const SpkHost *host, const SpkValues *rows, const SpkModel *model,
				SpkTransform *transforms, bool *any)
{
	uint32_t  most = rows->n_rows < MOST_ROWS ? rows->n_rows : MOST_ROWS;
	double	 *memory = spk_alloc(host, most, 5 * sizeof(double));
	Sample	  sample = {.host = host, .x = memory};
	SpkStatus status;

	if (memory == NULL)
		return SPK_NO_MEMORY;
	sample.log_size = sample.x + most;
	sample.label = sample.log_size + most;
	sample.weights = sample.label + most;
	sample.made = sample.weights + most;
	status = choose_all(rows, model, &sample, transforms, any);
	spk_release(host, memory);
	return status;
}

/* ---- The rows ---- */

static SpkStatus
transform_rows(const SpkHost *host, const SpkValues *rows, SpkTransformed *made)
{
	uint32_t n = rows->n_features;
	size_t	 stride = spk_values_stride(rows);
	double	*to = spk_alloc(host, rows->n_rows, stride * sizeof(double));

	if (to == NULL)
		return SPK_NO_MEMORY;
	made->values = made->rows.values = to;
	made->rows.rows = NULL;
	for (uint32_t r = 0; r < rows->n_rows; r++, to += stride)
	{
		const double *values = spk_values_row(rows, r);

		if (r % SPK_POLL_VALUES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		for (uint32_t f = 0; f < n; f++)
			to[f] = spk_transformed(made->transforms[f], values[f]);
		for (size_t at = n; at < stride; at++)
			to[at] = values[at]; /* the label, and the weight behind it */
	}
	return SPK_OK;
}

SpkStatus
spk_transforms_new(const SpkHost *host, const SpkValues *rows, const SpkModel *model,
				   SpkTransformed *made)
{
	bool	  any = false;
	SpkStatus status = SPK_OK;

	made->rows = *rows;
	made->values = NULL;
	made->transforms = spk_alloc(host, model->n_features, sizeof(SpkTransform));
	if (made->transforms == NULL)
		return SPK_NO_MEMORY;
	for (uint32_t f = 0; f < model->n_features; f++)
		made->transforms[f] = SPK_AS_IT_IS;

	if (spk_has_transforms(model))
		status = find_transforms(host, rows, model, made->transforms, &any);
	if (status == SPK_OK && any)
		status = transform_rows(host, rows, made);
	if (status != SPK_OK)
		spk_transforms_release(host, made);
	return status;
}

/* The sample has gone when the rows are made. */
uint64_t
spk_transforms_size(const SpkModel *model, uint32_t n_rows)
{
	uint64_t rows = spk_weighted_values_size(n_rows, model->n_features,
											 spk_has_weights(&model->options));
	uint64_t sample = 5 * sizeof(double) * (uint64_t) (n_rows < MOST_ROWS ? n_rows : MOST_ROWS);

	if (!spk_has_transforms(model))
		return 0;
	return model->n_features * sizeof(SpkTransform) + (rows > sample ? rows : sample);
}

void
spk_transforms_release(const SpkHost *host, SpkTransformed *made)
{
	spk_release(host, made->transforms);
	spk_release(host, made->values);
	made->transforms = NULL;
	made->values = NULL;
}

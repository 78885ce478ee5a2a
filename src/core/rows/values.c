/*
 * values.c
 *	  Training rows as values, in canonical order.
 */
#include <math.h>
#include <string.h>

#include "core/rows/binning.h"
#include "core/base/hash.h"
#include "core/base/vectors.h"
#include "core/rows/order.h"
#include "core/rows/values.h"
#include "core/rows/weights.h"

static inline uint64_t
bits_of(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static uint64_t
hash_row(const void *row, size_t size)
{
	const double *values = row;
	uint64_t	  hash = 0;

	for (size_t i = 0; i < size / sizeof(double); i++)
		hash = spk_hash_combine(hash, bits_of(values[i]));
	return hash;
}

/* Orders rows by the bits of their values, because any total order will do. */
static int
compare_rows(const void *a, const void *b, size_t size)
{
	const double *x = a;
	const double *y = b;

	for (size_t i = 0; i < size / sizeof(double); i++)
		if (bits_of(x[i]) != bits_of(y[i]))
			return bits_of(x[i]) < bits_of(y[i]) ? -1 : 1;
	return 0;
}

/* Copies a column of numbers; as rows compare by bits, NaNs become the same, and -0 becomes 0. */
static SpkStatus
copy_numbers(const SpkHost *host, const SpkColumn *column, uint32_t n_rows, double *to,
			 size_t stride)
{
	for (uint32_t r = 0; r < n_rows; r++, to += stride)
	{
		if (r % SPK_POLL_VALUES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		*to = isnan(column->numbers[r]) ? NAN : column->numbers[r] + 0.0;
	}
	return SPK_OK;
}

/* Copies a column of categories as codes. */
static SpkStatus
copy_categories(const SpkHost *host, const SpkColumn *column, const SpkFeature *feature,
				uint32_t n_rows, double *to, size_t stride)
{
	double	 *map = spk_alloc(host, column->n_names, sizeof(double));
	SpkStatus status = map == NULL ? SPK_NO_MEMORY : SPK_OK;

	for (uint32_t id = 0; id < column->n_names && status == SPK_OK; id++)
	{
		if (id % SPK_POLL_VALUES == 0 && spk_cancelled(host))
			status = SPK_CANCELLED;
		map[id] = spk_value_of_place(
			spk_category_place(feature, column->names[id].name, column->names[id].len));
	}
	for (uint32_t r = 0; r < n_rows && status == SPK_OK; r++, to += stride)
	{
		if (r % SPK_POLL_VALUES == 0 && spk_cancelled(host))
			status = SPK_CANCELLED;
		*to = column->ids[r] == SPK_NO_ID ? NAN : map[column->ids[r]];
	}
	spk_release(host, map);
	return status;
}

void
spk_values_add_up(SpkValues *rows)
{
	rows->weights[0] = rows->weights[1] = 0;
	for (uint32_t r = 0; r < rows->n_rows && rows->weighted; r++)
		rows->weights[spk_values_label(rows, r)] += spk_values_weight(rows, r);
}

/* Copies all columns, and the labels and weights behind them. */
static SpkStatus
copy_table(const SpkHost *host, const SpkTable *table, const SpkFeature *features, SpkValues *rows)
{
	size_t	  stride = spk_values_stride(rows);
	SpkStatus status = SPK_OK;

	for (uint32_t c = 0; c < table->n_columns && status == SPK_OK; c++)
	{
		const SpkColumn *column = &table->columns[c];

		if (column->kind == SPK_CATEGORY)
			status = copy_categories(host, column, &features[c], table->n_rows, rows->values + c,
									 stride);
		else
			status = copy_numbers(host, column, table->n_rows, rows->values + c, stride);
	}
	for (uint32_t r = 0; r < table->n_rows && status == SPK_OK; r++)
	{
		if (r % SPK_POLL_VALUES == 0 && spk_cancelled(host))
			status = SPK_CANCELLED;
		rows->values[r * stride + rows->n_features] = table->labels[r];
		if (rows->weighted)
			rows->values[r * stride + rows->n_features + 1] = table->weights[r];
		rows->n_positives += table->labels[r];
	}
	return status;
}

SpkStatus
spk_values_fill(const SpkHost *host, const SpkTable *table, const SpkFeature *features,
				double *values, SpkValues *rows, uint32_t *origins)
{
	SpkWeightUnit unit;
	SpkStatus	  status;

	memset(rows, 0, sizeof(*rows));
	if (table->n_rows > SPK_MAX_ROWS || table->n_columns > SPK_MAX_FEATURES)
		return SPK_LIMIT;
	rows->n_rows = table->n_rows;
	rows->n_features = table->n_columns;
	rows->values = values;
	rows->weighted = table->weights != NULL;
	status = spk_table_unit(host, table, &unit);
	if (status != SPK_OK)
		return status;
	rows->unit = unit.unit;
	status = copy_table(host, table, features, rows);
	if (status == SPK_OK)
		status = spk_order_rows(host, values, rows->n_rows,
								spk_values_stride(rows) * sizeof(double), hash_row, compare_rows,
								origins);

	/* in the order of the rows, which is the same however they came */
	if (status == SPK_OK)
		spk_values_add_up(rows);
	return status;
}

SpkStatus
spk_values_new(const SpkHost *host, const SpkTable *table, const SpkFeature *features,
			   SpkValues *rows)
{
	double	 *values = spk_alloc(host, (size_t) spk_table_values_size(table), 1);
	SpkStatus status = SPK_NO_MEMORY;

	if (values != NULL)
		status = spk_values_fill(host, table, features, values, rows, NULL);
	if (status != SPK_OK)
	{
		spk_release(host, values);
		memset(rows, 0, sizeof(*rows));
	}
	return status;
}

uint64_t
spk_weighted_values_size(uint32_t n_rows, uint32_t n_features, bool weighted)
{
	return (uint64_t) n_rows * (n_features + 1 + weighted) * sizeof(double);
}

uint64_t
spk_values_size(uint32_t n_rows, uint32_t n_features)
{
	return spk_weighted_values_size(n_rows, n_features, false);
}

uint64_t
spk_table_values_size(const SpkTable *table)
{
	return spk_weighted_values_size(table->n_rows, table->n_columns, table->weights != NULL);
}

uint64_t
spk_values_work_size(uint32_t n_rows)
{
	return (uint64_t) n_rows * 2 * sizeof(uint64_t);
}

void
spk_values_release(const SpkHost *host, SpkValues *rows)
{
	spk_release(host, rows->values);
	rows->values = NULL;
}

/* ---- Moments ---- */

/* The passes over the rows; add_value tells what each of them finds. */
typedef enum Pass
{
	PASS_RANGE,
	PASS_MEAN,
	PASS_DEVIATION
} Pass;

/*
 * Returns a power of two that values are multiplied by, so that neither their sum nor
 * that of their squares overflows.  No digit is lost by that.
 */
static double
scale_down(const SpkMoments *m)
{
	int exponent;

	frexp(fmax(fabs(m->low), fabs(m->high)), &exponent);
	return ldexp(1, exponent > 1000 ? -1000 : exponent < -1000 ? 1000 : -exponent);
}

SPK_ALWAYS_INLINE void
add_value(SpkMoments *m, Pass pass, double scale, double value, const bool weighted, double weight)
{
	double difference;

	switch (pass)
	{
		case PASS_RANGE:
			m->low = m->n == 0 || value < m->low ? value : m->low;
			m->high = m->n == 0 || value > m->high ? value : m->high;
			m->n++;
			m->weight += weighted ? weight : 1;
			break;
		case PASS_MEAN:
			m->mean += weighted ? weight * (value * scale) : value * scale;
			break;
		case PASS_DEVIATION:
			difference = value * scale - m->mean;
			difference *= difference;
			m->deviation += weighted ? weight * difference : difference;
			break;
	}
}

/* Runs a pass over the rows with this label.  weighted is a constant in each call. */
SPK_ALWAYS_INLINE SpkStatus
pass_over(const SpkHost *host, const SpkValues *rows, int label, Pass pass, const double *scales,
		  const bool weighted, SpkMoments *moments)
{
	for (uint32_t r = 0; r < rows->n_rows; r++)
	{
		const double *values = spk_values_row(rows, r);
		double		  weight = weighted ? spk_values_weight(rows, r) : 1;

		if (r % SPK_POLL_VALUES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		if (label >= 0 && spk_values_label(rows, r) != label)
			continue;
		for (uint32_t f = 0; f < rows->n_features; f++)
			if (!isnan(values[f]))
				add_value(&moments[f], pass, scales[f], values[f], weighted, weight);
	}
	return SPK_OK;
}

static SpkStatus
run_pass(const SpkHost *host, const SpkValues *rows, int label, Pass pass, const double *scales,
		 SpkMoments *moments)
{
	return rows->weighted ? pass_over(host, rows, label, pass, scales, true, moments) :
							pass_over(host, rows, label, pass, scales, false, moments);
}

SpkStatus
spk_values_moments(const SpkHost *host, const SpkValues *rows, int label, SpkMoments *moments)
{
	uint32_t  n = rows->n_features;
	double	 *scales = spk_alloc(host, n, sizeof(double));
	SpkStatus status;

	if (scales == NULL)
		return SPK_NO_MEMORY;
	memset(scales, 0, n * sizeof(double));
	memset(moments, 0, n * sizeof(SpkMoments));
	status = run_pass(host, rows, label, PASS_RANGE, scales, moments);
	for (uint32_t f = 0; f < n; f++)
		scales[f] = scale_down(&moments[f]);
	if (status == SPK_OK)
		status = run_pass(host, rows, label, PASS_MEAN, scales, moments);
	for (uint32_t f = 0; f < n; f++)
		moments[f].mean = moments[f].n > 0 ? moments[f].mean / moments[f].weight : 0;
	if (status == SPK_OK)
		status = run_pass(host, rows, label, PASS_DEVIATION, scales, moments);
	for (uint32_t f = 0; f < n; f++)
	{
		SpkMoments *m = &moments[f];

		/* a constant has no deviation, whatever the rounding of its mean */
		m->deviation = m->low < m->high ? sqrt(m->deviation / m->weight) / scales[f] : 0;
		m->mean = m->low < m->high ? m->mean / scales[f] : m->low;
	}
	spk_release(host, scales);
	return status;
}

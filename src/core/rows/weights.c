/*
 * weights.c
 *	  The unit of weights.
 */
#include "core/base/sort.h"
#include "core/rows/weights.h"

/* A decimal such as 0.3 is not exact in binary: what differs by less than this is the same. */
#define SAME 1e-12

/* Multiples are off by up to half a unit, which is this share of so many units. */
#define COARSE 0.01

/* Beyond this, not all whole numbers are doubles. */
#define MOST_WHOLE 9007199254740992.0

/* What is known of weights while they are looked at. */
typedef struct Weights
{
	const SpkHost *host;
	const double  *list;
	uint32_t	   n;
	double		   smallest;
	double		   largest;
	double		   most; /* the largest multiple that is allowed */
} Weights;

/* Is the number whole, but for its last digits? */
static inline bool
is_whole(double x)
{
	return fabs(x - floor(x + 0.5)) <= SAME * x && x >= 0.5;
}

/* Sets *all to whether all weights are whole numbers of this part of 1. */
static SpkStatus
try_part(const Weights *w, double parts, bool *all)
{
	*all = w->largest * parts <= w->most;
	for (uint32_t i = 0; i < w->n && *all; i++)
	{
		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(w->host))
			return SPK_CANCELLED;
		*all = is_whole(w->list[i] * parts);
	}
	return SPK_OK;
}

/* Sets *divisor to the greatest common divisor of all weights; 0 when they are not whole. */
static SpkStatus
find_divisor(const Weights *w, double *divisor)
{
	double found = 0;

	*divisor = 0;
	for (uint32_t i = 0; i < w->n; i++)
	{
		double a = w->list[i];

		if (i % SPK_POLL_ROWS == 0 && spk_cancelled(w->host))
			return SPK_CANCELLED;
		if (a != floor(a) || a > MOST_WHOLE)
			return SPK_OK;
		while (found != 0)
		{
			double rest = fmod(a, found);

			a = found;
			found = rest;
		}
		found = a;
	}
	*divisor = found;
	return SPK_OK;
}

SpkStatus
spk_weight_unit(const SpkHost *host, const double *weights, uint32_t n, SpkWeightUnit *unit)
{
	static const double parts[] = {1, 2, 4, 8, 10, 20, 100, 1000};
	Weights				w = {host, weights, n, INFINITY, 0, n == 0 ? UINT32_MAX : UINT32_MAX / n};
	double				divisor = 0;
	bool				exact = false;
	SpkStatus			status = SPK_OK;

	for (uint32_t i = 0; i < n; i++)
	{
		w.smallest = fmin(w.smallest, weights[i]);
		w.largest = fmax(w.largest, weights[i]);
	}

	/* the same weights must have the same unit, whatever the rows: so the first that fits */
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !exact; i++)
	{
		status = try_part(&w, parts[i], &exact);
		if (status != SPK_OK)
			return status;
		*unit = (SpkWeightUnit) {1 / parts[i], true, false};
	}
	if (exact)
		return SPK_OK;

	status = find_divisor(&w, &divisor);
	if (divisor > 0 && w.largest / divisor <= w.most)
		*unit = (SpkWeightUnit) {divisor, true, false};
	else
		*unit = (SpkWeightUnit) {w.largest / w.most, false,
								 0.5 * w.largest / w.most > COARSE * w.smallest};
	return status;
}

SpkStatus
spk_table_unit(const SpkHost *host, const SpkTable *table, SpkWeightUnit *unit)
{
	*unit = (SpkWeightUnit) {table->unit > 0 ? table->unit : 1, true, false};
	if (table->weights == NULL || table->unit > 0)
		return SPK_OK;
	return spk_weight_unit(host, table->weights, table->n_rows, unit);
}

void
spk_matrix_weight_facts(const SpkMatrix *rows, SpkModel *model)
{
	if (!rows->weighted)
		return;
	model->facts[SPK_FACT_WEIGHT] = spk_matrix_total(rows, 0) + spk_matrix_total(rows, 1);
	model->facts[SPK_FACT_POSITIVE_WEIGHT] = spk_matrix_total(rows, 1);
	model->facts[SPK_FACT_WEIGHT_UNIT] = rows->unit;
}

/* Sums of numbers need no unit. */
void
spk_values_weight_facts(const SpkValues *rows, SpkModel *model)
{
	if (!rows->weighted)
		return;
	model->facts[SPK_FACT_WEIGHT] = rows->weights[0] + rows->weights[1];
	model->facts[SPK_FACT_POSITIVE_WEIGHT] = rows->weights[1];
}

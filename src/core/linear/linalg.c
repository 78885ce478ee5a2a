/*
 * linalg.c
 *	  Sums of products and Cholesky's factor.
 */
#include <math.h>

#include "core/linear/linalg.h"

/* Four sums are added up side by side, because their additions do not wait for each other. */
double
spk_dot(const double *x, const double *y, uint32_t n)
{
	double	 sum[4] = {0};
	uint32_t i = 0;

	for (; i + 4 <= n; i += 4)
	{
		sum[0] += x[i] * y[i];
		sum[1] += x[i + 1] * y[i + 1];
		sum[2] += x[i + 2] * y[i + 2];
		sum[3] += x[i + 3] * y[i + 3];
	}
	for (; i < n; i++)
		sum[0] += x[i] * y[i];
	return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* Four rows are taken at a time, for which each element of a is read and written once. */
void
spk_add_products(double *a, const double *x, uint32_t n_rows, uint32_t width)
{
	uint32_t r = 0;

	for (; r + 4 <= n_rows; r += 4)
	{
		const double *x0 = x + (size_t) r * width;
		const double *x1 = x0 + width;
		const double *x2 = x1 + width;
		const double *x3 = x2 + width;

		for (uint32_t i = 0; i < width; i++)
		{
			double *row = a + (size_t) i * width;
			double	f0 = x0[i];
			double	f1 = x1[i];
			double	f2 = x2[i];
			double	f3 = x3[i];

			/* indicators are 0 in most rows */
			if (f0 == 0 && f1 == 0 && f2 == 0 && f3 == 0)
				continue;
			for (uint32_t j = 0; j <= i; j++)
				row[j] += (f0 * x0[j] + f1 * x1[j]) + (f2 * x2[j] + f3 * x3[j]);
		}
	}
	for (; r < n_rows; r++)
	{
		const double *x0 = x + (size_t) r * width;

		for (uint32_t i = 0; i < width; i++)
			for (uint32_t j = 0; j <= i; j++)
				a[(size_t) i * width + j] += x0[i] * x0[j];
	}
}

/* Makes the row of the factor of a column that is set aside. */
static void
set_aside(double *row, uint32_t i)
{
	for (uint32_t j = 0; j < i; j++)
		row[j] = 0;
	row[i] = 1;
}

SpkStatus
spk_cholesky(const SpkHost *host, double *a, uint32_t n, uint32_t stride, double tolerance,
			 bool *dropped, bool detect)
{
	for (uint32_t i = 0; i < n; i++)
	{
		double *row = a + (size_t) i * stride;
		double	pivot;

		if (spk_cancelled(host))
			return SPK_CANCELLED;
		if (!dropped[i])
		{
			for (uint32_t j = 0; j < i; j++)
			{
				const double *other = a + (size_t) j * stride;

				row[j] = dropped[j] ? 0 : (row[j] - spk_dot(row, other, j)) / other[j];
			}

			/* the part of the column's square that those before it do not explain */
			pivot = row[i] - spk_dot(row, row, i);
			if (pivot > tolerance * row[i])
			{
				row[i] = sqrt(pivot);
				continue;
			}
			if (!detect)
				return SPK_INVALID;
			dropped[i] = true;
		}
		set_aside(row, i);
	}
	return SPK_OK;
}

void
spk_cholesky_solve(const double *l, uint32_t n, uint32_t stride, double *b)
{
	for (uint32_t i = 0; i < n; i++)
	{
		const double *row = l + (size_t) i * stride;

		b[i] = (b[i] - spk_dot(row, b, i)) / row[i];
	}
	for (uint32_t i = n; i-- > 0;)
	{
		const double *row = l + (size_t) i * stride;

		b[i] /= row[i];
		for (uint32_t j = 0; j < i; j++)
			b[j] -= row[j] * b[i];
	}
}

double
spk_cholesky_norm(const double *l, uint32_t n, uint32_t stride, uint32_t from, double *v)
{
	double sum = 0;

	for (uint32_t i = from; i < n; i++)
	{
		const double *row = l + (size_t) i * stride;

		v[i] = (v[i] - spk_dot(row + from, v + from, i - from)) / row[i];
		sum += v[i] * v[i];
	}
	return sum;
}

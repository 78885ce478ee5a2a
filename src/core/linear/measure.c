/*
 * measure.c
 *	  What the features of a model without trees add to its margin, over the
 *	  training rows.
 */
#include <math.h>
#include <string.h>

#include "core/linear/measure.h"
#include "core/models/terms.h"

/* How far contributions are from that of the first row: weighted sums of differences and of squares. */
typedef struct Spread
{
	double first;
	double sum;
	double squares;
} Spread;

static SpkStatus
add_spreads(const SpkHost *host, const SpkValues *rows, const SpkModel *model, Spread *spreads)
{
	for (uint32_t r = 0; r < rows->n_rows; r++)
	{
		const double *values = spk_values_row(rows, r);
		const double *term = model->terms + SPK_INTERCEPT;
		double		  weight = spk_values_weight(rows, r);

		if (r % SPK_POLL_VALUES == 0 && spk_cancelled(host))
			return SPK_CANCELLED;
		for (uint32_t f = 0; f < model->n_features; f++)
		{
			const SpkFeature *feature = &model->features[f];
			double			  contribution = spk_contribution(model, feature, term, values[f]);

			if (r == 0)
				spreads[f].first = contribution;
			contribution -= spreads[f].first;
			spreads[f].sum += weight * contribution;
			spreads[f].squares += weight * (contribution * contribution);
			term += spk_term_length(model, feature);
		}
	}
	return SPK_OK;
}

SpkStatus
spk_measure_terms(const SpkHost *host, const SpkValues *rows, SpkModel *model)
{
	Spread	 *spreads = spk_alloc(host, model->n_features, sizeof(Spread));
	double	 *term = model->terms + SPK_INTERCEPT;
	double	  n = spk_values_total(rows, 0) + spk_values_total(rows, 1);
	double	  total = 0;
	SpkStatus status;

	if (spreads == NULL)
		return SPK_NO_MEMORY;
	memset(spreads, 0, model->n_features * sizeof(Spread));
	status = add_spreads(host, rows, model, spreads);

	/* a term ends with its feature's mean, so that it lies just before the next term */
	for (uint32_t f = 0; f < model->n_features && status == SPK_OK; f++)
	{
		double mean = spreads[f].sum / n;
		double variance = spreads[f].squares / n - mean * mean;

		model->features[f].importance = variance > 0 ? sqrt(variance) : 0;
		total += model->features[f].importance;
		term += spk_term_length(model, &model->features[f]);
		term[-1] = spreads[f].first + mean;
	}
	for (uint32_t f = 0; f < model->n_features && status == SPK_OK && total > 0; f++)
		model->features[f].importance /= total;
	spk_release(host, spreads);
	return status;
}

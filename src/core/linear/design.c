/*
 * design.c
 *	  The columns that a regression makes of the features.
 */
#include <math.h>
#include <string.h>

#include "core/linear/design.h"
#include "core/models/terms.h"

/* Are there both missing and known values, so that an indicator says something? */
static inline bool
some_missing(const SpkFeature *feature)
{
	return feature->n_bins > 0 && feature->counts[feature->n_bins] > 0;
}

/* Places the feature's columns from at on, and returns the place behind them. */
static uint32_t
place_feature(const SpkFeature *feature, bool penalised, uint32_t at, SpkPlace *place)
{
	place->value = place->missing = place->categories = SPK_DESIGN_NONE;
	place->reference = false;
	if (feature->kind != SPK_CATEGORY)
	{
		if (feature->n_bins > 1)
			place->value = at++;
	}
	else if (feature->n_bins > 0)
	{
		place->reference = !penalised;
		place->categories = at - place->reference;
		at += feature->n_bins - place->reference;
	}
	if (some_missing(feature))
		place->missing = at++;
	return at;
}

uint32_t
spk_design_width(const SpkModel *model)
{
	bool	 penalised = model->options.value[SPK_OPT_L2] > 0;
	uint32_t n = 1;
	SpkPlace place;

	for (uint32_t f = 0; f < model->n_features; f++)
		n = place_feature(&model->features[f], penalised, n, &place);
	return n;
}

SpkStatus
spk_design_place(const SpkHost *host, const SpkValues *rows, const SpkModel *model,
				 SpkPlace *places)
{
	bool		penalised = model->options.value[SPK_OPT_L2] > 0;
	SpkMoments *moments = spk_alloc(host, model->n_features, sizeof(SpkMoments));
	uint32_t	at = 1;
	SpkStatus	status;

	if (moments == NULL)
		return SPK_NO_MEMORY;
	status = spk_values_moments(host, rows, -1, moments);
	for (uint32_t f = 0; f < model->n_features && status == SPK_OK; f++)
	{
		SpkPlace *place = &places[f];

		at = place_feature(&model->features[f], penalised, at, place);
		place->center = moments[f].mean;
		place->scale = place->value != SPK_DESIGN_NONE && moments[f].deviation >= SPK_MIN_SCALE ?
			moments[f].deviation :
			0;
	}
	spk_release(host, moments);
	return status;
}

void
spk_design_make(const SpkPlace *places, uint32_t n_features, const double *values, uint32_t width,
				double *x)
{
	memset(x, 0, width * sizeof(double));
	x[0] = 1;
	for (uint32_t f = 0; f < n_features; f++)
	{
		const SpkPlace *place = &places[f];

		if (isnan(values[f]))
		{
			if (place->missing != SPK_DESIGN_NONE)
				x[place->missing] = 1;
		}
		else if (place->scale > 0)
			x[place->value] = spk_standardise(values[f], place->center, place->scale);
		else if (place->categories != SPK_DESIGN_NONE && !(place->reference && values[f] == 0))
			x[place->categories + (uint32_t) values[f]] = 1;
	}
}

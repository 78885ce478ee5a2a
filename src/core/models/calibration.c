/*
 * calibration.c
 *	  Applying and checking the map from scores to probabilities.
 */
#include <math.h>

#include "core/models/calibration.h"
#include "core/base/elementary.h"

/* No training makes a coefficient beyond this. */
#define MAX_COEFFICIENT 1e100

double
spk_shrunken_log_odds(double score)
{
	double p = SPK_PLATT_SHRINK + (1 - 2 * SPK_PLATT_SHRINK) * score;

	return spk_log(p / (1 - p));
}

/* Returns the probability at a score, on the line between the points around it. */
static double
interpolate(const SpkPoint *points, uint32_t n, double score)
{
	uint32_t low = 0; /* points[low].score <= score < points[high].score */
	uint32_t high = n;
	double	 place;
	double	 p;

	if (score < points[0].score)
		return points[0].probability;
	while (high - low > 1)
	{
		uint32_t middle = low + (high - low) / 2;

		if (points[middle].score <= score)
			low = middle;
		else
			high = middle;
	}
	if (high == n)
		return points[low].probability;
	place = (score - points[low].score) / (points[high].score - points[low].score);
	p = points[low].probability + place * (points[high].probability - points[low].probability);
	return fmin(p, points[high].probability); /* rounding must not lift it above the next point */
}

double
spk_calibrated(const SpkModel *model, double score)
{
	const SpkCalibration *c = &model->calibration;
	double				  method = model->options.value[SPK_OPT_CALIBRATE];

	if (method == SPK_CALIBRATE_PLATT)
		return spk_sigmoid(c->slope * spk_shrunken_log_odds(score) + c->intercept);
	return method == SPK_CALIBRATE_NONE ? score : interpolate(c->points, c->n_points, score);
}

const char *
spk_calibration_fault(const SpkModel *model)
{
	const SpkCalibration *c = &model->calibration;

	if (model->options.value[SPK_OPT_CALIBRATE] == SPK_CALIBRATE_PLATT)
	{
		if (!(c->slope >= 0 && c->slope <= MAX_COEFFICIENT) || signbit(c->slope))
			return "The slope of the calibration is not a number from 0 on";
		return fabs(c->intercept) <= MAX_COEFFICIENT ?
			NULL :
			"The intercept of the calibration is not a number";
	}
	if (c->n_points == 0 || c->n_points > SPK_MAX_POINTS)
		return "The calibration has no points, or too many";
	for (uint32_t i = 0; i < c->n_points; i++)
	{
		const SpkPoint *p = &c->points[i];

		if (!(p->score >= 0 && p->score <= 1) || !(p->probability >= 0 && p->probability <= 1))
			return "A point of the calibration is outside 0 to 1";
		if (i > 0 && !(p[-1].score < p->score && p[-1].probability <= p->probability))
			return "The points of the calibration do not ascend";
	}
	return NULL;
}

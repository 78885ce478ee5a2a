/*
 * transform.c
 *	  Functions that numbers go through before a model without trees sees them.
 */
#include <float.h>
#include <math.h>

#include "core/base/elementary.h"
#include "core/models/transform.h"

const char *const spk_form_names[SPK_N_FORMS] = {"none", "log", "yeo_johnson"};

bool
spk_transform_sound(SpkTransform transform)
{
	switch (transform.form)
	{
		case SPK_FORM_NONE:
			return transform.power == 1;
		case SPK_FORM_LOG:
			return transform.power == 0;
		case SPK_FORM_YEO_JOHNSON:
			return transform.power >= SPK_MIN_POWER && transform.power <= SPK_MAX_POWER;
		default:
			return false;
	}
}

double
spk_log_size(double x)
{
	double size = fabs(x);

	return spk_log1p(size > DBL_MAX ? DBL_MAX : size);
}

/* Below 0 it is the same function of -x and 2 - power, turned about. */
double
spk_yeo_johnson(double power, double log_size, bool negative)
{
	double exponent = negative ? 2 - power : power;
	double size = exponent == 0 ? log_size : spk_expm1(exponent * log_size) / exponent;

	return negative ? -size : size;
}

double
spk_transformed(SpkTransform transform, double x)
{
	if (isnan(x) || transform.form == SPK_FORM_NONE)
		return x;
	if (transform.form == SPK_FORM_LOG)
		return x < 0 ? -spk_log_size(x) : spk_log_size(x);
	return spk_yeo_johnson(transform.power, spk_log_size(x), x < 0);
}

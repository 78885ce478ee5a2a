/*
 * scale.c
 *	  From values to places in a picture, with ticks at round values.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/calendar.h"
#include "core/drawing/scale.h"

#define DAYS_OF_MONTH 30.5
#define LAST_DAY	  1e7 /* beyond the year 29,000 no calendar is asked */

/* Between these doubles have neither overflows nor few digits; what is beyond is drawn at the border. */
#define LARGEST_DRAWN 1e300
#define LEAST_RANGE	  1e-305
#define MOST_DECIMALS 6 /* of a tick; smaller ones are written with an exponent */

/* ---- Labels ---- */

/* Puts commas between the thousands of the digits before the point. */
static void
put_commas(char *buf)
{
	char  *digits = buf + (*buf == '-');
	size_t whole = strspn(digits, "0123456789");

	while (whole > 3)
	{
		whole -= 3;
		memmove(digits + whole + 1, digits + whole, strlen(digits + whole) + 1);
		digits[whole] = ',';
	}
}

void
spk_number_label(double value, int decimals, char buf[SPK_NUMBER_LABEL])
{
	if (!isfinite(value))
		snprintf(buf, SPK_NUMBER_LABEL, "%s", isnan(value) ? "unknown" : value > 0 ? "∞" : "-∞");
	else if (fabs(value) >= 1e12)
		snprintf(buf, SPK_NUMBER_LABEL, "%.3g", value);
	else
	{
		snprintf(buf, SPK_NUMBER_LABEL, "%.*f",
				 decimals < 0	  ? 0 :
					 decimals > 9 ? 9 :
									decimals,
				 value);
		/* what rounds to zero has no sign */
		if (buf[0] == '-' && strspn(buf + 1, "0.") == strlen(buf + 1))
			memmove(buf, buf + 1, strlen(buf));
		put_commas(buf);
	}
}

void
spk_share_label(double share, int decimals, char buf[SPK_NUMBER_LABEL])
{
	spk_number_label(share * 100, decimals, buf);
	if (isfinite(share))
		strcat(buf, " %");
}

void
spk_short_label(double value, char buf[SPK_NUMBER_LABEL])
{
	double size = fabs(value);
	int	   decimals = size >= 1000 || size == 0 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4;

	if (size > 0 && size < 0.001)
		snprintf(buf, SPK_NUMBER_LABEL, "%.2g", value);
	else
		spk_number_label(value, decimals, buf);

	/* zeros at the end say nothing */
	if (strchr(buf, '.') != NULL && strchr(buf, 'e') == NULL)
	{
		char *end = buf + strlen(buf);

		while (end[-1] == '0')
			*--end = '\0';
		if (end[-1] == '.')
			end[-1] = '\0';
	}
}

void
spk_exact_label(double value, char buf[SPK_NUMBER_LABEL])
{
	if (!isfinite(value))
	{
		strcpy(buf, isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
		return;
	}
	if (value == rint(value) && fabs(value) < 1e15)
	{
		snprintf(buf, SPK_NUMBER_LABEL, "%.0f", value);
		return;
	}
	for (int digits = 15; digits <= 17; digits++)
	{
		snprintf(buf, SPK_NUMBER_LABEL, "%.*g", digits, value);
		if (strtod(buf, NULL) == value)
			return;
	}
}

/* ---- Dates ---- */

typedef struct Date
{
	int year;
	int month; /* from 1 */
	int day;
} Date;

static Date
date_of(double value)
{
	char buf[SPK_TIME_TEXT];
	Date date = {0, 1, 1};

	spk_day_text((int32_t) fmax(fmin(value, LAST_DAY), -700000), buf);
	sscanf(buf, "%d-%d-%d", &date.year, &date.month, &date.day);
	return date;
}

/* The first day of a month; months are counted from the year 0. */
static double
day_of_month(int month)
{
	char	buf[SPK_TIME_TEXT];
	int32_t day = 0;
	int		len = snprintf(buf, sizeof(buf), "%04d-%02d-01", month / 12, month % 12 + 1);

	spk_day_of_text(buf, (size_t) len, &day);
	return day;
}

static void
date_label(const SpkScale *scale, double tick, char *buf)
{
	static const char names[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
									"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	Date			  date = date_of(tick);

	if (scale->months % 12 == 0 && scale->months > 0)
		snprintf(buf, SPK_NUMBER_LABEL, "%d", date.year);
	else if (scale->months > 0)
		snprintf(buf, SPK_NUMBER_LABEL, "%s %d", names[date.month - 1], date.year);
	else
		snprintf(buf, SPK_NUMBER_LABEL, "%d %s", date.day, names[date.month - 1]);
}

/* A tick in as many digits as tell it from the one beside it, however large or small both are. */
static void
tick_number(const SpkScale *scale, double tick, double unit, char *buf)
{
	double largest = fmax(fabs(scale->low), fabs(scale->high));
	double digits = ceil(log10(largest / scale->step) - 1e-9) + 1;

	if (scale->decimals <= MOST_DECIMALS && largest * unit < 1e12)
		spk_number_label(tick * unit, scale->decimals, buf);
	else
		snprintf(buf, SPK_NUMBER_LABEL, "%.*g", (int) fmax(fmin(digits, 15), 1),
				 tick * unit + 0.0); /* no -0 */
}

void
spk_tick_label(const SpkScale *scale, double tick, char buf[SPK_NUMBER_LABEL])
{
	if (scale->unit == SPK_UNIT_DAY)
		date_label(scale, tick, buf);
	else
		tick_number(scale, tick, scale->unit == SPK_UNIT_NUMBER ? 1 : 100, buf);
	if (scale->unit == SPK_UNIT_SHARE)
		strcat(buf, " %");
}

/* ---- Scales ---- */

static double
within(double value)
{
	return fmax(fmin(value, LARGEST_DRAWN), -LARGEST_DRAWN);
}

/* The least of 1, 2 and 5, times a power of ten, that is at least this. */
static double
round_up(double step)
{
	double power = pow(10, floor(log10(step)));

	for (int i = 0; i < 2; i++, power *= 10)
	{
		if (step <= power * (1 + 1e-9))
			return power;
		if (step <= 2 * power * (1 + 1e-9))
			return 2 * power;
		if (step <= 5 * power * (1 + 1e-9))
			return 5 * power;
	}
	return power;
}

/* Days have steps of their own: days, weeks, months, years. */
static void
choose_days(SpkScale *scale, double step)
{
	static const int days[] = {1, 2, 7, 14};
	static const int months[] = {1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 60000};

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		if (step <= days[i])
		{
			scale->step = days[i];
			return;
		}
	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++)
	{
		scale->months = months[i];
		scale->step = months[i] * DAYS_OF_MONTH;
		if (step <= scale->step)
			return;
	}
}

SpkScale
spk_scale(double low, double high, SpkUnit unit, int n_ticks, int round)
{
	SpkScale scale = {unit, within(low), within(high), 0, 1, 1, 0, 0};
	double	 step;

	/* some range, where the values give none */
	if (!isfinite(low) || !isfinite(high) || low > high)
		scale.low = 0, scale.high = 1;
	else if (scale.high - scale.low <=
			 fmax(fabs(scale.low), fabs(scale.high)) * 1e-12 + LEAST_RANGE)
	{
		double half = unit == SPK_UNIT_DAY ? 1 : fabs(scale.low) * 0.1;

		scale.low -= half;
		scale.high += half;
		if (half <= LEAST_RANGE) /* all are 0 */
			scale.low = 0, scale.high = 1;
	}
	step = (scale.high - scale.low) / (n_ticks - 1);

	/* widening may need one more tick than the range has, so the step grows until they fit */
	if (unit == SPK_UNIT_DAY)
	{
		choose_days(&scale, step);
		return scale;
	}
	scale.step = round_up(step);
	while (ceil(scale.high / scale.step - 1e-9) - floor(scale.low / scale.step + 1e-9) >
		   n_ticks - 1)
		scale.step = round_up(scale.step * 1.01);
	if (round)
	{
		scale.low = floor(scale.low / scale.step + 1e-9) * scale.step;
		scale.high = ceil(scale.high / scale.step - 1e-9) * scale.step;
	}
	step = unit != SPK_UNIT_NUMBER ? scale.step * 100 : scale.step;
	scale.decimals = step >= 1 ? 0 : (int) ceil(-log10(step) - 1e-9);
	return scale;
}

double
spk_scale_at(const SpkScale *scale, double value)
{
	return scale->from +
		(within(value) - scale->low) / (scale->high - scale->low) * (scale->to - scale->from);
}

int
spk_scale_ticks(const SpkScale *scale, double ticks[SPK_MAX_TICKS])
{
	double slack = (scale->high - scale->low) * 1e-9;
	int	   n = 0;

	if (scale->months > 0)
	{
		Date date = date_of(scale->low);
		int	 month = date.year * 12 + date.month - 1;

		for (month -= month % scale->months; n < SPK_MAX_TICKS; month += scale->months)
		{
			double day = day_of_month(month);

			if (day > scale->high + slack || month > 29000 * 12)
				break;
			if (day >= scale->low - slack)
				ticks[n++] = day;
		}
		return n;
	}
	/* days are counted from the first one, so that weekly dates stand at ticks */
	if (scale->unit == SPK_UNIT_DAY)
		for (double day = ceil(scale->low); n < SPK_MAX_TICKS && day <= scale->high + slack;
			 day += scale->step)
			ticks[n++] = day;
	else
		for (double k = ceil(scale->low / scale->step - 1e-9);
			 n < SPK_MAX_TICKS && k * scale->step <= scale->high + slack; k++)
			ticks[n++] = k * scale->step;
	return n;
}

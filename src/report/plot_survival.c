/*
 * plot_survival.c
 *	  churn_plot_survival: the share of users who stay longer than so many days.
 *
 * Rows with a column "name" make a curve for each name.
 */
#include "compat.h"

#include <math.h>

#include "report/plot.h"
#include "report/plot_rows.h"
#include "report/plot_series.h"

#define SURVIVAL_FRAME_HEIGHT 240.0
#define RISK_HEIGHT			  15.0
#define SURVIVAL_NAME_GAP	  6.0

/* Curves that reach this share of the longest time end at the same time, to the eye. */
#define SURVIVAL_SAME_END 0.93

typedef struct Survival
{
	SpkPlotSeries series;
	double		 *time;
	double		 *at_risk;
	double		 *events;
	double		 *survival;
	double		 *lower; /* NaN where there is no limit */
	double		 *upper;
} Survival;

static Survival
survival_of(const SpkPlotRows *rows)
{
	Survival s = {spk_plot_series(rows)};

	s.time = spk_plot_known(rows, "time");
	s.at_risk = spk_plot_known(rows, "at_risk");
	s.events = spk_plot_known(rows, "events");
	s.survival = spk_plot_shares(rows, "survival");
	s.lower = spk_plot_numbers(rows, "lower");
	s.upper = spk_plot_numbers(rows, "upper");
	for (int i = 0; i < rows->n; i++)
		if (s.time[i] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"time\" must not be negative")));
	return s;
}

/*
 * Draws a curve of steps from (0, 1) through points start .. end - 1, or back from the
 * last one where it is the second border of a band.
 */
static void
put_steps(SpkSvg *svg, const Survival *s, const double *values, int start, int end, bool back,
		  const SpkScale *x, const SpkScale *y)
{
	double before = 1;

	if (!back)
	{
		spk_svg_point(svg, true, spk_scale_at(x, 0), spk_scale_at(y, 1));
		for (int i = start; i < end; i++)
		{
			double value = isnan(values[i]) ? s->survival[i] : values[i];

			spk_svg_point(svg, false, spk_scale_at(x, s->time[i]), spk_scale_at(y, before));
			if (value != before)
				spk_svg_point(svg, false, spk_scale_at(x, s->time[i]), spk_scale_at(y, value));
			before = value;
		}
		return;
	}
	for (int i = end - 1; i >= start; i--)
	{
		double value = isnan(values[i]) ? s->survival[i] : values[i];
		double next = i == start ? 1 : isnan(values[i - 1]) ? s->survival[i - 1] : values[i - 1];

		spk_svg_point(svg, false, spk_scale_at(x, s->time[i]), spk_scale_at(y, value));
		if (value != next)
			spk_svg_point(svg, false, spk_scale_at(x, s->time[i]), spk_scale_at(y, next));
	}
}

/* A curve, and the band of its limits behind it. */
static void
draw_curve(SpkSvg *svg, const Survival *s, int k, const SpkScale *x, const SpkScale *y)
{
	static const char *const bands[SPK_PLOT_SERIES] = {"wa", "wb", "wc", "wd"};
	int						 start = s->series.starts[k];
	int						 end = s->series.starts[k + 1];

	spk_svg_path(svg, bands[k]);
	put_steps(svg, s, s->lower, start, end, false, x, y);
	put_steps(svg, s, s->upper, start, end, true, x, y);
	spk_svg_path_end(svg, true);
	spk_svg_data_list(svg, "lower", s->lower + start, end - start);
	spk_svg_data_list(svg, "upper", s->upper + start, end - start);
	spk_svg_close(svg, "95 % confidence limits");

	spk_svg_path(svg, spk_plot_lines[k]);
	put_steps(svg, s, s->survival, start, end, false, x, y);
	spk_svg_path_end(svg, false);
	spk_svg_data_text(svg, "name", s->series.names[k]);
	spk_svg_data_list(svg, "time", s->time + start, end - start);
	spk_svg_data_list(svg, "survival", s->survival + start, end - start);
	spk_svg_close(svg, s->series.names[k]);
}

/* Of a curve, the users who are still seen at a time, and had not left before. */
static double
at_risk(const Survival *s, int k, double time)
{
	for (int i = s->series.starts[k]; i < s->series.starts[k + 1]; i++)
		if (s->time[i] >= time)
			return s->at_risk[i];
	return 0;
}

/* Below the axis: how many users the curves rest on. */
static double
draw_risk(SpkSvg *svg, const Survival *s, const SpkFrame *frame, const SpkScale *x, double y)
{
	double ticks[SPK_MAX_TICKS];
	int	   n = spk_scale_ticks(x, ticks);

	spk_svg_text(svg, "muted", SPK_FONT_SMALL, SPK_MARGIN, y, SPK_ANCHOR_START, INFINITY,
				 "users not gone before, and seen so long:");
	for (int k = 0; k < s->series.n; k++)
	{
		double end = -INFINITY;

		y += RISK_HEIGHT;
		for (int i = 0; i < n; i++)
		{
			double users = at_risk(s, k, ticks[i]);
			double at = spk_scale_at(x, ticks[i]);
			char   label[SPK_NUMBER_LABEL];
			double half;

			/* as far as it fits, in the colour of its curve */
			spk_number_label(users, 0, label);
			half = spk_font_width(SPK_FONT_SMALL, label) / 2;
			at = fmax(fmin(at, SPK_PICTURE_WIDTH - 2 - half), 2 + half);
			if (at - half < end + 5)
				continue;
			end = at + half;
			spk_svg_text(svg, spk_plot_fills[k], SPK_FONT_SMALL, at, y, SPK_ANCHOR_MIDDLE, INFINITY,
						 label);
		}
	}
	return y;
}

/* "After 61 days 74 % are still there", of the first or only curve. */
static char *
subtitle_of(const Survival *s, const char *unit)
{
	int	 last = s->series.starts[s->series.n] - 1;
	char share[SPK_NUMBER_LABEL];
	char time[SPK_NUMBER_LABEL];

	spk_share_label(s->survival[last], 0, share);
	spk_short_label(s->time[last], time);
	if (s->series.n > 1)
		return psprintf("The share that stays longer; the bands are 95 %% confidence limits");
	return psprintf("After %s %s %s are still there; the band is the 95 %% confidence limits", time,
					unit, share);
}

/*
 * Do the curves' names fit beside their ends?  Not where a curve ends long before another one,
 * which would run through its name.
 */
static bool
find_names(const Survival *s, double last, double *places, double *width)
{
	for (int k = 0; k < s->series.n; k++)
	{
		int end = s->series.starts[k + 1] - 1;

		if (s->time[end] < SURVIVAL_SAME_END * last)
			return false;
		places[k] = (1 - s->survival[end]) * SURVIVAL_FRAME_HEIGHT;
	}
	return spk_plot_names_at_ends(&s->series, places, 0, SURVIVAL_FRAME_HEIGHT, width);
}

/* The names of the curves as keys, in lines of their own where they are wide; returns where these end. */
static double
draw_keys(SpkSvg *svg, const Survival *s, double y)
{
	double key = SPK_MARGIN;

	for (int k = 0; k < s->series.n; k++)
	{
		double width = spk_font_width(SPK_FONT_TEXT, s->series.names[k]) + 31;

		if (key > SPK_MARGIN && key + width > SPK_PICTURE_WIDTH - SPK_MARGIN)
		{
			key = SPK_MARGIN;
			y += 17;
		}
		key = spk_svg_key(svg, spk_plot_fills[k], key, y, s->series.names[k]);
	}
	return y + 14;
}

static Datum
draw(const Survival *s, const char *unit, const char *title)
{
	SpkPlot	 plot;
	SpkScale x;
	SpkScale y = spk_scale(0, 1, SPK_UNIT_SHARE, 6, true);
	SpkFrame frame;
	double	 last = 0;
	double	 places[SPK_PLOT_SERIES];
	double	 names = 0;
	double	 bottom;
	bool	 direct;

	spk_plot_begin(&plot, "survival", title);
	for (int i = 0; i < s->series.starts[s->series.n]; i++)
		last = Max(last, s->time[i]);
	frame.top = spk_svg_heading(&plot.svg, subtitle_of(s, unit));

	/* names stand beside the curves, or above all of them */
	direct = find_names(s, last, places, &names);
	if (s->series.n > 1 && !direct)
		frame.top = draw_keys(&plot.svg, s, frame.top);
	frame.top += SPK_AXIS_NAME;
	frame.left = SPK_MARGIN + spk_axis_width(&y);
	frame.right = SPK_PICTURE_WIDTH - SPK_MARGIN - (direct ? names + SURVIVAL_NAME_GAP : 8);
	frame.bottom = frame.top + SURVIVAL_FRAME_HEIGHT;
	x = spk_scale(0, last, SPK_UNIT_NUMBER, 8, false);
	spk_axis_left(&plot.svg, &frame, &y, "users who have not left");
	spk_axis_below(&plot.svg, &frame, &x, unit);
	for (int k = 0; k < s->series.n; k++)
		draw_curve(&plot.svg, s, k, &x, &y);
	for (int k = 0; k < s->series.n && direct; k++)
		spk_svg_text(&plot.svg, psprintf("%s halo", spk_plot_fills[k]), SPK_FONT_TEXT,
					 spk_scale_at(&x, last) + SURVIVAL_NAME_GAP,
					 frame.top + places[k] + spk_font_drop(SPK_FONT_TEXT), SPK_ANCHOR_START, names,
					 spk_plot_isolated(s->series.names[k]));
	bottom = draw_risk(&plot.svg, s, &frame, &x, frame.bottom + SPK_AXIS_HEIGHT + 14);
	return spk_plot_end(&plot, bottom + SPK_MARGIN,
						psprintf("%s of survival. %s.", spk_plot_count(s->series.n, "curve"),
								 subtitle_of(s, unit)));
}

PG_FUNCTION_INFO_V1(churn_plot_survival);
Datum
churn_plot_survival(PG_FUNCTION_ARGS)
{
	const char	*unit = spk_plot_text_arg(fcinfo, 1, "days");
	const char	*title = spk_plot_text_arg(fcinfo, 2, "How long users stay");
	SpkPlotRows *rows;
	Survival	 s;
	SpkPlot		 plot;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	rows = spk_plot_rows(PG_GETARG_DATUM(0), "churn_survival");
	if (rows->n == 0)
	{
		spk_plot_begin(&plot, "survival", title);
		PG_RETURN_DATUM(spk_plot_nothing(&plot, "There are no times to draw."));
	}
	s = survival_of(rows);
	PG_RETURN_DATUM(draw(&s, unit, title));
}

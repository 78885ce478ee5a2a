/*
 * plot_dependence.c
 *	  churn_plot_dependence: what a model answers on average, were a feature of this
 *	  value, with the spread over users.
 */
#include "compat.h"

#include <math.h>
#include <stdlib.h>

#include "report/plot.h"
#include "report/plot_rows.h"

#define DEPENDENCE_FRAME_HEIGHT	  230.0
#define DEPENDENCE_MAX_CATEGORIES 40
#define DEPENDENCE_ROW_HEIGHT	  24.0

typedef struct Dependence
{
	int		n;
	char  **names;	/* of the values */
	double *values; /* NULL when they are categories */
	double *mean;
	double *low; /* NaN where there is no spread */
	double *high;
	double *rows;
	bool	time; /* are the values days? */
} Dependence;

/* churn_dependence writes times as seconds since 1970; a scale counts days since 2000. */
#define SECONDS_OF_DAY 86400.0
#define DAY_OF_1970	   (-10957.0)

/* Are these times?  Then a number goes with a value that is not written as one. */
static bool
is_time(const Dependence *d)
{
	for (int i = 0; i < d->n; i++)
		if (!isnan(d->values[i]))
		{
			char *end;

			(void) strtod(d->names[i], &end);
			return *end != '\0';
		}
	return false;
}

static Dependence
dependence_of(const SpkPlotRows *rows)
{
	Dependence d = {rows->n};
	int		   numbers = 0;

	d.names = spk_plot_texts(rows, "value");
	d.values = spk_plot_numbers(rows, "number");
	d.mean = spk_plot_known(rows, "mean_score");
	d.low = spk_plot_numbers(rows, "q10");
	d.high = spk_plot_numbers(rows, "q90");
	d.rows = spk_plot_numbers(rows, "n");
	for (int i = 0; i < d.n; i++)
	{
		if (d.names[i] == NULL)
			d.names[i] = "missing";
		numbers += isfinite(d.values[i]);
	}

	/* without any number they are categories */
	d.time = numbers > 0 && is_time(&d);
	for (int i = 0; i < d.n; i++)
		if (d.time)
			d.values[i] = d.values[i] / SECONDS_OF_DAY + DAY_OF_1970;
	if (numbers == 0)
		d.values = NULL;
	return d;
}

static char *
point_tip(const Dependence *d, int i)
{
	char mean[SPK_NUMBER_LABEL];
	char low[SPK_NUMBER_LABEL];
	char high[SPK_NUMBER_LABEL];

	spk_share_label(d->mean[i], 1, mean);
	spk_share_label(d->low[i], 1, low);
	spk_share_label(d->high[i], 1, high);
	if (isnan(d->low[i]) || isnan(d->high[i]))
		return psprintf("%s: %s", d->names[i], mean);
	return psprintf("%s: %s on average, from %s to %s for 8 of 10", d->names[i], mean, low, high);
}

static void
put_data(SpkSvg *svg, const Dependence *d, int i)
{
	spk_svg_data_text(svg, "value", d->names[i]);
	spk_svg_data(svg, "mean-score", d->mean[i]);
	spk_svg_data(svg, "q10", d->low[i]);
	spk_svg_data(svg, "q90", d->high[i]);
	spk_svg_data(svg, "n", d->rows[i]);
	spk_svg_close(svg, point_tip(d, i));
}

/* As far as means and spreads reach. */
static SpkScale
scale_of(const Dependence *d)
{
	double most = 0;
	double least = 0;

	for (int i = 0; i < d->n; i++)
	{
		most = Max(most, Max(d->mean[i], isnan(d->high[i]) ? 0 : d->high[i]));
		least = Min(least, Min(d->mean[i], isnan(d->low[i]) ? 0 : d->low[i]));
	}
	return spk_scale(least, most, SPK_UNIT_SHARE, 6, true);
}

/* Is the spread of any value known? */
static bool
has_spread(const Dependence *d)
{
	for (int i = 0; i < d->n; i++)
		if ((d->values == NULL || !isnan(d->values[i])) && !isnan(d->low[i]) && !isnan(d->high[i]))
			return true;
	return false;
}

/* The spread behind the line: up along the lower limits, and back along the upper ones. */
static void
draw_band(SpkSvg *svg, const Dependence *d, const SpkScale *x, const SpkScale *y)
{
	bool first = true;

	if (!has_spread(d))
		return;
	spk_svg_path(svg, "wa");
	for (int i = 0; i < 2 * d->n; i++)
	{
		int	   at = i < d->n ? i : 2 * d->n - 1 - i;
		double limit = i < d->n ? d->low[at] : d->high[at];

		if (isnan(limit) || isnan(d->values[at]))
			continue;
		spk_svg_point(svg, first, spk_scale_at(x, d->values[at]), spk_scale_at(y, limit));
		first = false;
	}
	spk_svg_path_end(svg, true);
	spk_svg_close(svg, NULL);
}

/* Does the line run through this box? */
static bool
is_crossed(const Dependence *d, const SpkScale *x, const SpkScale *y, const SpkFrame *box)
{
	double x1 = NAN;
	double y1 = NAN;

	for (int i = 0; i < d->n; i++)
	{
		double x2 = spk_scale_at(x, d->values[i]);
		double y2 = spk_scale_at(y, d->mean[i]);
		double start = fmax(x1, box->left);
		double end = fmin(x2, box->right);

		if (isnan(d->values[i]))
			continue;
		if (!isnan(x1) && start <= end)
		{
			double slope = x2 > x1 ? (y2 - y1) / (x2 - x1) : 0;
			double a = y1 + slope * (start - x1);
			double b = x2 > x1 ? y1 + slope * (end - x1) : y2;

			if (fmin(a, b) < box->bottom && fmax(a, b) > box->top)
				return true;
		}
		x1 = x2;
		y1 = y2;
	}
	return false;
}

/* Above or below the dashed line, at its left or right end: the first place where the line is not. */
static void
draw_missing_label(SpkSvg *svg, const Dependence *d, const SpkFrame *frame, const SpkScale *x,
				   const SpkScale *y, double at, const char *text)
{
	double	 width = spk_font_width(SPK_FONT_SMALL, text);
	double	 height = spk_font_size(SPK_FONT_SMALL) + 4;
	SpkFrame box = {0};
	int		 place;

	for (place = 3; place >= 0; place--)
	{
		box.left = place % 2 == 1 ? frame->left + 4 : frame->right - width;
		box.top = place / 2 == 1 ? at - 2 - height : at + 2;
		box.right = box.left + width;
		box.bottom = box.top + height;
		if (box.top >= frame->top && box.bottom <= frame->bottom && !is_crossed(d, x, y, &box))
			break;
	}

	/* where there is none it lies over the line */
	if (place < 0)
		box.bottom = at - 2;
	spk_svg_text(svg, "muted halo", SPK_FONT_SMALL, box.left, box.bottom - 4, SPK_ANCHOR_START,
				 INFINITY, text);
}

/* The value that is missing has no place on the axis: a line across. */
static void
draw_missing(SpkSvg *svg, const Dependence *d, const SpkFrame *frame, const SpkScale *x,
			 const SpkScale *y)
{
	for (int i = 0; i < d->n; i++)
	{
		char   label[SPK_NUMBER_LABEL];
		double at = spk_scale_at(y, d->mean[i]);

		if (!isnan(d->values[i]))
			continue;
		spk_share_label(d->mean[i], 1, label);
		spk_svg_line(svg, "guide", frame->left, at, frame->right, at);
		put_data(svg, d, i);
		draw_missing_label(svg, d, frame, x, y, at, psprintf("where it is missing: %s", label));
	}
}

/* Numbers and times: a line, and the spread around it. */
static double
draw_line(SpkSvg *svg, const Dependence *d, const char *feature, double top)
{
	SpkScale y = scale_of(d);
	SpkScale x;
	SpkFrame frame = {SPK_MARGIN + spk_axis_width(&y), top + SPK_AXIS_NAME,
					  SPK_PICTURE_WIDTH - SPK_MARGIN - 8,
					  top + SPK_AXIS_NAME + DEPENDENCE_FRAME_HEIGHT};
	double	 low = INFINITY;
	double	 high = -INFINITY;

	for (int i = 0; i < d->n; i++)
		if (!isnan(d->values[i]))
		{
			low = Min(low, d->values[i]);
			high = Max(high, d->values[i]);
		}
	x = spk_scale(low, high, d->time ? SPK_UNIT_DAY : SPK_UNIT_NUMBER, 7, false);
	spk_axis_left(svg, &frame, &y, "probability of churn");
	spk_axis_below(svg, &frame, &x, feature);

	/* the spread behind, then the line with its points */
	draw_band(svg, d, &x, &y);
	spk_plot_line(svg, "sa", &x, &y, "number", "mean-score", d->values, d->mean, d->n);
	spk_svg_close(svg, NULL);
	for (int i = 0; i < d->n; i++)
		if (!isnan(d->values[i]))
		{
			spk_svg_circle(svg, "fa dot", spk_scale_at(&x, d->values[i]),
						   spk_scale_at(&y, d->mean[i]), 3.5);
			put_data(svg, d, i);
		}
	draw_missing(svg, d, &frame, &x, &y);
	return frame.bottom + SPK_AXIS_HEIGHT;
}

/* Categories: a dot and a spread in the row of each. */
static double
draw_categories(SpkSvg *svg, const Dependence *d, double top)
{
	SpkScale x = scale_of(d);
	SpkFrame frame = {0, top + 4, SPK_PICTURE_WIDTH - SPK_MARGIN - 8, 0};
	double	 names = 0;

	for (int i = 0; i < d->n; i++)
		names = Max(names, spk_font_width(SPK_FONT_TEXT, d->names[i]));
	frame.left = SPK_MARGIN + Min(names, 170) + 10;
	frame.bottom = frame.top + d->n * DEPENDENCE_ROW_HEIGHT;
	spk_axis_below(svg, &frame, &x, "probability of churn");
	for (int i = 0; i < d->n; i++)
	{
		double y = frame.top + (i + 0.5) * DEPENDENCE_ROW_HEIGHT;

		spk_svg_text(svg, "ink", SPK_FONT_TEXT, frame.left - 10, y + spk_font_drop(SPK_FONT_TEXT),
					 SPK_ANCHOR_END, frame.left - 10 - SPK_MARGIN, d->names[i]);
		spk_svg_line(svg, "grid", frame.left, y, frame.right, y);
		spk_svg_close(svg, NULL);
		if (!isnan(d->low[i]) && !isnan(d->high[i]))
		{
			spk_svg_rect(svg, "wa", spk_scale_at(&x, d->low[i]), y - 5,
						 spk_scale_at(&x, d->high[i]) - spk_scale_at(&x, d->low[i]), 10);
			spk_svg_close(svg, NULL);
		}
		spk_svg_circle(svg, "fa dot", spk_scale_at(&x, d->mean[i]), y, 5);
		put_data(svg, d, i);
	}
	return frame.bottom + SPK_AXIS_HEIGHT;
}

PG_FUNCTION_INFO_V1(churn_plot_dependence);
Datum
churn_plot_dependence(PG_FUNCTION_ARGS)
{
	const char	*feature = spk_plot_text_arg(fcinfo, 1, "value of the feature");
	const char	*title = spk_plot_text_arg(fcinfo, 2,
										   PG_ARGISNULL(1) ?
											   "How the risk depends on a feature" :
											   psprintf("How the risk depends on %s", feature));
	SpkPlotRows *rows;
	Dependence	 d;
	SpkPlot		 plot;
	double		 y;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	rows = spk_plot_rows(PG_GETARG_DATUM(0), "churn_dependence");
	spk_plot_begin(&plot, "dependence", title);
	if (rows->n == 0)
		PG_RETURN_DATUM(spk_plot_nothing(&plot, "There are no points to draw."));
	d = dependence_of(rows);
	if (d.values == NULL && d.n > DEPENDENCE_MAX_CATEGORIES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many categories for a picture: %d", d.n),
				 errdetail("It may have %d at most.", DEPENDENCE_MAX_CATEGORIES)));
	y = spk_svg_heading(
		&plot.svg,
		psprintf("The model's answer, averaged over users as if all had this value%s",
				 has_spread(&d) ? "; the band holds 8 of 10 users" : ""));
	if (d.values == NULL)
		y = draw_categories(&plot.svg, &d, y);
	else
		y = draw_line(&plot.svg, &d, feature, y);
	PG_RETURN_DATUM(spk_plot_end(&plot, y + 2,
								 psprintf("The average prediction at %s, from %s to %s.",
										  spk_plot_count(d.n, "value"), point_tip(&d, 0),
										  point_tip(&d, d.n - 1))));
}

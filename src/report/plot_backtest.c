/*
 * plot_backtest.c
 *	  churn_plot_backtest: how good models were over time.
 */
#include "compat.h"

#include <math.h>

#include "report/plot.h"
#include "report/plot_rows.h"

#define BACKTEST_FRAME_HEIGHT 220.0

typedef struct Backtest
{
	int			n;
	int			judged; /* dates with a value of the metric */
	const char *metric;
	char	  **dates;
	double	   *days;
	double	   *values; /* NaN where nothing was judged */
	double	   *rows;
	double	   *positives;
	double	   *trained;
} Backtest;

static Backtest
backtest_of(const SpkPlotRows *rows, const char *metric)
{
	SpkPlotRows *metrics = spk_plot_nested(rows, "metrics");
	Backtest	 b = {rows->n};

	b.metric = metric;
	b.dates = spk_plot_texts(rows, "as_of");
	b.days = spk_plot_known(rows, "as_of");
	b.trained = spk_plot_numbers(rows, "n_train");
	b.values = spk_plot_numbers(metrics, metric);
	b.rows = spk_plot_numbers(metrics, "n");
	b.positives = spk_plot_numbers(metrics, "positives");
	for (int i = 0; i < b.n; i++)
		b.judged += isfinite(b.values[i]);
	return b;
}

/* The metrics that are 0.5 by guessing begin there, all others at 0. */
static SpkScale
scale_of(const Backtest *b)
{
	double low = strcmp(b->metric, "auc") == 0 ? 0.5 : 0;
	double high = low;

	for (int i = 0; i < b->n; i++)
		if (isfinite(b->values[i]))
		{
			low = Min(low, b->values[i]);
			high = Max(high, b->values[i]);
		}
	return spk_scale(low, strcmp(b->metric, "auc") == 0 ? Max(high, 1) : high, SPK_UNIT_NUMBER, 6,
					 true);
}

static char *
point_tip(const Backtest *b, int i)
{
	char rows[SPK_NUMBER_LABEL];
	char trained[SPK_NUMBER_LABEL];

	spk_number_label(b->rows[i], 0, rows);
	spk_number_label(b->trained[i], 0, trained);
	return psprintf("%s: %s %.3f of %s rows, %.0f of them churned; trained on %s", b->dates[i],
					b->metric, b->values[i], rows, b->positives[i], trained);
}

/* Metrics up to 1 with so many decimals, others, which count, as they are. */
static char *
value_label(double value, int decimals)
{
	char label[SPK_NUMBER_LABEL];

	if (fabs(value) <= 1)
		spk_number_label(value, decimals, label);
	else
		spk_short_label(value, label);
	return pstrdup(label);
}

/* "auc between 0.79 and 0.86, 0.83 on average" */
static char *
subtitle_of(const Backtest *b)
{
	double low = INFINITY;
	double high = -INFINITY;
	double sum = 0;

	if (b->judged == 0)
		return "At no date there was anything to judge";
	for (int i = 0; i < b->n; i++)
		if (isfinite(b->values[i]))
		{
			low = Min(low, b->values[i]);
			high = Max(high, b->values[i]);
			sum += b->values[i];
		}
	return psprintf("%s between %s and %s, %s on average of %s%s", b->metric, value_label(low, 3),
					value_label(high, 3), value_label(sum / b->judged, 3),
					spk_plot_count(b->judged, "date"),
					b->judged == b->n ?
						"" :
						psprintf("; %d more had nothing to judge", b->n - b->judged));
}

/* Values beside their points, above where the line comes from below. */
static void
draw_labels(SpkSvg *svg, const Backtest *b, const SpkFrame *frame, const SpkScale *x,
			const SpkScale *y)
{
	double end = -INFINITY;

	for (int i = 0; i < b->n; i++)
	{
		char  *label;
		double half;
		double at;

		if (!isfinite(b->values[i]))
			continue;
		label = value_label(b->values[i], 2);
		half = spk_font_width(SPK_FONT_SMALL, label) / 2;
		at = fmin(fmax(spk_scale_at(x, b->days[i]), frame->left + half + 1),
				  SPK_PICTURE_WIDTH - half - 2);
		if (at - half < end + 4)
			continue;
		end = at + half;
		spk_svg_text(svg, "ink halo", SPK_FONT_SMALL, at, spk_scale_at(y, b->values[i]) - 10,
					 SPK_ANCHOR_MIDDLE, INFINITY, label);
	}
}

static Datum
draw(const Backtest *b, const char *title)
{
	SpkPlot	 plot;
	SpkScale x;
	SpkScale y = scale_of(b);
	SpkFrame frame;
	int		 first = 0;
	int		 last = 0;

	spk_plot_begin(&plot, "backtest", title);
	for (int i = 0; i < b->n; i++)
	{
		first = b->days[i] < b->days[first] ? i : first;
		last = b->days[i] > b->days[last] ? i : last;
	}
	x = spk_scale(b->days[first], b->days[last], SPK_UNIT_DAY, 7, false);
	frame.top = spk_svg_heading(&plot.svg, subtitle_of(b)) + SPK_AXIS_NAME;
	frame.left = SPK_MARGIN + spk_axis_width(&y) + 6;
	frame.right = SPK_PICTURE_WIDTH - SPK_MARGIN - 14;
	frame.bottom = frame.top + BACKTEST_FRAME_HEIGHT;
	spk_axis_left(&plot.svg, &frame, &y, b->metric);
	spk_axis_below(&plot.svg, &frame, &x,
				   psprintf("judged from this date on, %s to %s", spk_plot_day(b->dates[first]),
							spk_plot_day(b->dates[last])));

	/* the line, its points, and their values */
	spk_plot_line(&plot.svg, "sa", &x, &y, "as-of-days", "values", b->days, b->values, b->n);
	spk_svg_close(&plot.svg, NULL);
	for (int i = 0; i < b->n; i++)
		if (isfinite(b->values[i]))
		{
			spk_svg_circle(&plot.svg, "fa dot", spk_scale_at(&x, b->days[i]),
						   spk_scale_at(&y, b->values[i]), 5);
			spk_svg_data_text(&plot.svg, "as-of", b->dates[i]);
			spk_svg_data_text(&plot.svg, "metric", b->metric);
			spk_svg_data(&plot.svg, "value", b->values[i]);
			spk_svg_data(&plot.svg, "n", b->rows[i]);
			spk_svg_data(&plot.svg, "positives", b->positives[i]);
			spk_svg_data(&plot.svg, "n-train", b->trained[i]);
			spk_svg_close(&plot.svg, point_tip(b, i));
		}
	draw_labels(&plot.svg, b, &frame, &x, &y);
	return spk_plot_end(&plot, frame.bottom + SPK_AXIS_HEIGHT + 2,
						psprintf("A line over %s. %s.", spk_plot_count(b->n, "date"),
								 subtitle_of(b)));
}

PG_FUNCTION_INFO_V1(churn_plot_backtest);
Datum
churn_plot_backtest(PG_FUNCTION_ARGS)
{
	const char	*metric = spk_plot_text_arg(fcinfo, 1, "auc");
	const char	*title = spk_plot_text_arg(fcinfo, 2, "How well later users were told");
	SpkPlotRows *rows;
	Backtest	 b;
	SpkPlot		 plot;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	rows = spk_plot_rows(PG_GETARG_DATUM(0), "churn_backtest");
	if (rows->n == 0)
	{
		spk_plot_begin(&plot, "backtest", title);
		PG_RETURN_DATUM(spk_plot_nothing(&plot, "There are no dates to draw."));
	}
	b = backtest_of(rows, metric);
	PG_RETURN_DATUM(draw(&b, title));
}

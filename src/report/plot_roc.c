/*
 * plot_roc.c
 *	  churn_plot_roc and churn_plot_pr: how well scores tell who churns, as curves.
 *
 * Rows with a column "name" make a line for each name.
 */
#include "compat.h"

#include <math.h>

#include "report/plot.h"
#include "report/plot_rows.h"
#include "report/plot_series.h"

#define ROC_FRAME_HEIGHT 300.0

/* One of the two kinds of curve. */
typedef struct Curve
{
	const char *kind;
	const char *maker; /* of its points */
	const char *x;	   /* columns */
	const char *y;
	const char *area; /* the metric that is the area below it */
	const char *x_name;
	const char *y_name;
	const char *area_name;
	const char *chance; /* what flagging at random has */
} Curve;

static const Curve roc = {"roc",
						  "churn_roc",
						  "fpr",
						  "tpr",
						  "auc",
						  "false alarms: flagged, of users who stayed",
						  "found: flagged, of users who churned",
						  "AUC",
						  "0.5 is guessing"};

static const Curve pr = {"pr",
						 "churn_pr",
						 "recall",
						 "precision",
						 "pr_auc",
						 "recall: flagged, of users who churned",
						 "precision: churned, of users flagged",
						 "average precision",
						 "at random it is the share that churned"};

/* What metrics that go with the curve say; NaN where they are not given. */
typedef struct Judgement
{
	double area;
	double threshold;
	double precision;
	double recall;
	double fpr;
	double share; /* that churned */
} Judgement;

static Judgement
judgement_of(FunctionCallInfo fcinfo, const Curve *curve)
{
	Judgement	 j = {NAN, NAN, NAN, NAN, NAN, NAN};
	SpkPlotRows *row;
	double		 fp;
	double		 tn;

	if (PG_ARGISNULL(1))
		return j;
	row = spk_plot_row(PG_GETARG_DATUM(1), "churn_metrics");
	j.area = spk_plot_numbers(row, curve->area)[0];
	j.threshold = spk_plot_numbers(row, "threshold")[0];
	j.precision = spk_plot_numbers(row, "precision")[0];
	j.recall = spk_plot_numbers(row, "recall")[0];
	fp = spk_plot_numbers(row, "fp")[0];
	tn = spk_plot_numbers(row, "tn")[0];
	j.fpr = fp + tn > 0 ? fp / (fp + tn) : NAN;
	j.share = spk_plot_numbers(row, "positives")[0] / spk_plot_numbers(row, "n")[0];
	return j;
}

/*
 * The area below a line: of ROC by trapezoids, of precision and recall by steps, which is
 * what average precision is.
 */
static double
area_below(const Curve *curve, const double *x, const double *y, int n)
{
	double area = 0;

	for (int i = 1; i < n; i++)
		area += (x[i] - x[i - 1]) * (curve == &roc ? (y[i] + y[i - 1]) / 2 : y[i]);
	return area;
}

/* "threshold 0.420: 71 % found, 18 % false alarms" */
static char *
threshold_text(const Curve *curve, const Judgement *j)
{
	char at[SPK_NUMBER_LABEL];
	char found[SPK_NUMBER_LABEL];
	char other[SPK_NUMBER_LABEL];

	spk_number_label(j->threshold, 3, at);
	spk_share_label(j->recall, 0, found);
	spk_share_label(curve == &roc ? j->fpr : j->precision, 0, other);
	return psprintf(curve == &roc ? "threshold %s: %s found, %s false alarms" :
									"threshold %s: %s found, %s of the flagged churn",
					at, found, other);
}

/*
 * Lines' names and areas, where there are several, and what the dot is; returns where they end.
 * Names do not stand beside the lines' ends, because all of these lie in one corner.
 */
static double
draw_keys(SpkSvg *svg, const Curve *curve, const SpkPlotSeries *series, const double *areas,
		  const Judgement *j, double y)
{
	if (series->n > 1)
		for (int i = 0; i < series->n; i++, y += 17)
			spk_svg_key(svg, spk_plot_fills[i], SPK_MARGIN, y,
						psprintf("%.3f  %s", areas[i], spk_plot_isolated(series->names[i])));
	if (!isnan(j->recall))
	{
		spk_svg_circle(svg, "fb", SPK_MARGIN + 5, y - 4, 5);
		spk_svg_close(svg, NULL);
		spk_svg_text(svg, "ink", SPK_FONT_TEXT, SPK_MARGIN + 15, y, SPK_ANCHOR_START,
					 SPK_PICTURE_WIDTH - 2 * SPK_MARGIN - 15, threshold_text(curve, j));
		y += 17;
	}
	return y;
}

/* Flagging at random: the diagonal, or the share that churned. */
static void
draw_chance(SpkSvg *svg, const Curve *curve, const SpkFrame *frame, const SpkScale *y,
			const Judgement *j)
{
	double left = curve == &roc ? frame->bottom : spk_scale_at(y, j->share);
	double right = curve == &roc ? frame->top : left;

	if (isnan(left))
		return;
	spk_svg_line(svg, "guide", frame->left, left, frame->right, right);
	if (curve == &pr)
		spk_svg_data(svg, "share", j->share);
	spk_svg_close(svg, "flagging at random");
}

/* The model's threshold, as a dot on the curve. */
static void
draw_threshold(SpkSvg *svg, const Curve *curve, const SpkScale *x, const SpkScale *y,
			   const Judgement *j)
{
	double at_x = curve == &roc ? j->fpr : j->recall;
	double at_y = curve == &roc ? j->recall : j->precision;

	if (isnan(at_x) || isnan(at_y))
		return;
	spk_svg_circle(svg, "fb dot", spk_scale_at(x, at_x), spk_scale_at(y, at_y), 6);
	spk_svg_data(svg, "threshold", j->threshold);
	spk_svg_data(svg, "recall", j->recall);
	spk_svg_data(svg, curve == &roc ? "fpr" : "precision", curve == &roc ? j->fpr : j->precision);
	spk_svg_close(svg, threshold_text(curve, j));
}

static Datum
draw(const Curve *curve, const SpkPlotRows *rows, const Judgement *j, const char *title)
{
	SpkPlot		  plot;
	SpkPlotSeries series = spk_plot_series(rows);
	double		 *xs = spk_plot_shares(rows, curve->x);
	double		 *ys = spk_plot_shares(rows, curve->y);
	double		  areas[SPK_PLOT_SERIES];
	SpkScale	  x = spk_scale(0, 1, SPK_UNIT_SHARE, 6, true);
	SpkScale	  y = x;
	SpkFrame	  frame;
	char		 *subtitle;

	for (int i = 0; i < series.n; i++)
		areas[i] = area_below(curve, xs + series.starts[i], ys + series.starts[i],
							  series.starts[i + 1] - series.starts[i]);
	if (series.n == 1 && !isnan(j->area))
		areas[0] = j->area;
	subtitle = series.n == 1 ? psprintf("%s %.3f; %s", curve->area_name, areas[0], curve->chance) :
							   psprintf("%s; %s", curve->area_name, curve->chance);
	subtitle[0] = pg_toupper(subtitle[0]);

	/* what is said, then the axes below it */
	spk_plot_begin(&plot, curve->kind, title);
	frame.top = draw_keys(&plot.svg, curve, &series, areas, j,
						  spk_svg_heading(&plot.svg, subtitle)) +
		SPK_AXIS_NAME - 6;
	frame.left = SPK_MARGIN + spk_axis_width(&y);
	frame.right = SPK_PICTURE_WIDTH - SPK_MARGIN - 8;
	frame.bottom = frame.top + ROC_FRAME_HEIGHT;
	spk_axis_left(&plot.svg, &frame, &y, curve->y_name);
	spk_axis_below(&plot.svg, &frame, &x, curve->x_name);

	/* chance behind the curves, and the threshold on them */
	draw_chance(&plot.svg, curve, &frame, &y, j);
	for (int i = 0; i < series.n; i++)
	{
		int start = series.starts[i];

		spk_plot_line(&plot.svg, spk_plot_lines[i], &x, &y, curve->x, curve->y, xs + start,
					  ys + start, series.starts[i + 1] - start);
		spk_svg_data(&plot.svg, curve == &roc ? "auc" : "pr-auc", areas[i]);
		spk_svg_data_text(&plot.svg, "name", series.names[i]);
		spk_svg_close(&plot.svg,
					  psprintf("%s %s %.3f", series.names[i], curve->area_name, areas[i]));
	}
	draw_threshold(&plot.svg, curve, &x, &y, j);
	return spk_plot_end(&plot, frame.bottom + SPK_AXIS_HEIGHT + 2,
						psprintf("A curve. %s%s%s.", subtitle,
								 isnan(j->recall) ? "" : ". The dot is the ",
								 isnan(j->recall) ? "" : threshold_text(curve, j)));
}

static Datum
plot_curve(FunctionCallInfo fcinfo, const Curve *curve, const char *title)
{
	SpkPlotRows *rows = spk_plot_rows(PG_GETARG_DATUM(0), curve->maker);
	Judgement	 j = judgement_of(fcinfo, curve);
	SpkPlot		 plot;

	title = spk_plot_text_arg(fcinfo, 2, title);
	if (rows->n > 0)
		return draw(curve, rows, &j, title);
	spk_plot_begin(&plot, curve->kind, title);
	return spk_plot_nothing(&plot, "There are no points to draw.");
}

PG_FUNCTION_INFO_V1(churn_plot_roc);
Datum
churn_plot_roc(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(plot_curve(fcinfo, &roc, "Churners found, for so many false alarms"));
}

PG_FUNCTION_INFO_V1(churn_plot_pr);
Datum
churn_plot_pr(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(plot_curve(fcinfo, &pr, "How many of the flagged churn"));
}

/*
 * plot_calibration.c
 *	  churn_plot_calibration and churn_plot_scores: are scores probabilities, and who
 *	  has which?
 *
 * Both are drawn from the bins that churn_calibration counts.
 */
#include "compat.h"

#include <math.h>

#include "report/plot.h"
#include "report/plot_rows.h"

typedef struct Bins
{
	int		n;
	double *low;
	double *high;
	double *rows;
	double *score; /* mean */
	double *rate;  /* that churned */
} Bins;

static Bins
bins_of(Datum array)
{
	SpkPlotRows *rows = spk_plot_rows(array, "churn_calibration");
	Bins		 b = {rows->n};

	if (rows->n == 0)
		return b;
	b.low = spk_plot_shares(rows, "low");
	b.high = spk_plot_shares(rows, "high");
	b.rows = spk_plot_known(rows, "n");
	b.score = spk_plot_shares(rows, "mean_score");
	b.rate = spk_plot_shares(rows, "rate");
	return b;
}

/* Of the bin's rows those that churned; rate is this number divided by the rows. */
static double
churned_of(const Bins *b, int i)
{
	return rint(b->rate[i] * b->rows[i]);
}

static double
largest(const Bins *b)
{
	double most = 0;

	for (int i = 0; i < b->n; i++)
		most = Max(most, b->rows[i]);
	return most;
}

/* As far as the highest bin and the largest share reach. */
static SpkScale
scale_of(const Bins *b)
{
	double most = 0;

	for (int i = 0; i < b->n; i++)
		most = Max(most, Max(b->high[i], b->rate[i]));
	return spk_scale(0, most, SPK_UNIT_SHARE, 6, true);
}

/* How far scores are from what happens, on average over the rows. */
static double
mean_error(const Bins *b)
{
	double sum = 0;
	double rows = 0;

	for (int i = 0; i < b->n; i++)
	{
		sum += b->rows[i] * fabs(b->score[i] - b->rate[i]);
		rows += b->rows[i];
	}
	return sum / rows;
}

static char *
bin_tip(const Bins *b, int i)
{
	char score[SPK_NUMBER_LABEL];
	char rate[SPK_NUMBER_LABEL];

	spk_share_label(b->score[i], 1, score);
	spk_share_label(b->rate[i], 1, rate);
	return psprintf("scores from %g to %g: %s, %s expected to churn, %s did", b->low[i], b->high[i],
					spk_plot_count(b->rows[i], "user"), score, rate);
}

/* The bins' points, joined. */
static void
draw_points(SpkSvg *svg, const Bins *b, const SpkScale *x, const SpkScale *y)
{
	spk_plot_line(svg, "sa", x, y, "mean-score", "rate", b->score, b->rate, b->n);
	spk_svg_close(svg, NULL);
	for (int i = 0; i < b->n; i++)
	{
		spk_svg_circle(svg, "fa dot", spk_scale_at(x, b->score[i]), spk_scale_at(y, b->rate[i]), 5);
		spk_svg_data(svg, "mean-score", b->score[i]);
		spk_svg_data(svg, "rate", b->rate[i]);
		spk_svg_data(svg, "n", b->rows[i]);
		spk_svg_close(svg, bin_tip(b, i));
	}
}

/* How many users each bin has, below the points, on the same scale of scores. */
static void
draw_counts(SpkSvg *svg, const Bins *b, const SpkFrame *frame, SpkScale *x)
{
	SpkScale y = spk_scale(0, largest(b), SPK_UNIT_NUMBER, 3, true);

	spk_axis_left(svg, frame, &y, "users with such a score");
	for (int i = 0; i < b->n; i++)
	{
		double left = spk_scale_at(x, b->low[i]) + 1;
		double top = spk_scale_at(&y, b->rows[i]);

		spk_svg_rect(svg, "fa", left, top, spk_scale_at(x, b->high[i]) - 1 - left,
					 frame->bottom - top);
		spk_svg_data(svg, "low", b->low[i]);
		spk_svg_data(svg, "high", b->high[i]);
		spk_svg_data(svg, "n", b->rows[i]);
		spk_svg_close(svg, bin_tip(b, i));
	}
	spk_axis_below(svg, frame, x, "score: expected to churn");
}

static Datum
draw_calibration(const Bins *b, const char *title)
{
	SpkPlot	 plot;
	SpkFrame frame;
	SpkFrame below;
	SpkScale x = scale_of(b);
	SpkScale y = x;
	SpkScale counts = spk_scale(0, largest(b), SPK_UNIT_NUMBER, 3, true);
	char	*subtitle;

	spk_plot_begin(&plot, "calibration", title);
	if (b->n == 0)
		return spk_plot_nothing(&plot, "There are no scores.");
	subtitle = psprintf(
		"On the dashed line as many churn as the scores say; here they are %.1f points of 100 off on average",
		100 * mean_error(b));
	frame.top = spk_svg_heading(&plot.svg, subtitle) + SPK_AXIS_NAME;
	frame.left = SPK_MARGIN + Max(spk_axis_width(&y), spk_axis_width(&counts));
	frame.right = SPK_PICTURE_WIDTH - SPK_MARGIN - 8;
	frame.bottom = frame.top + 250;
	spk_axis_left(&plot.svg, &frame, &y, "churned, of users with such a score");
	x.from = frame.left;
	x.to = frame.right;
	spk_svg_line(&plot.svg, "guide", frame.left, frame.bottom, frame.right, frame.top);
	spk_svg_close(&plot.svg, "as many churn as the scores say");
	draw_points(&plot.svg, b, &x, &y);

	/* the second panel has the axis of both */
	below = frame;
	below.top = frame.bottom + SPK_AXIS_NAME + 16;
	below.bottom = below.top + 60;
	draw_counts(&plot.svg, b, &below, &x);
	return spk_plot_end(&plot, below.bottom + SPK_AXIS_HEIGHT + 2,
						psprintf("%s of scores, each with the share that churned. %s.",
								 spk_plot_count(b->n, "bin"), subtitle));
}

PG_FUNCTION_INFO_V1(churn_plot_calibration);
Datum
churn_plot_calibration(PG_FUNCTION_ARGS)
{
	Bins bins;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	bins = bins_of(PG_GETARG_DATUM(0));
	PG_RETURN_DATUM(
		draw_calibration(&bins,
						 spk_plot_text_arg(fcinfo, 1, "Do as many churn as the scores say?")));
}

/* ---- Scores by class ---- */

static char *
class_name(bool churned, double all)
{
	return psprintf("of %s who %s", spk_plot_count(all, "user"), churned ? "churned" : "stayed");
}

/* One class's bars, as shares of the class, so that a rare one can be seen. */
static void
draw_class(SpkSvg *svg, const Bins *b, bool churned, double all, double most, const SpkFrame *frame,
		   const SpkScale *x)
{
	SpkScale y = spk_scale(0, most, SPK_UNIT_SHARE, 5, true);

	spk_axis_left(svg, frame, &y, class_name(churned, all));
	for (int i = 0; i < b->n; i++)
	{
		double count = churned ? churned_of(b, i) : b->rows[i] - churned_of(b, i);
		double left = spk_scale_at(x, b->low[i]) + 0.75;
		double top = spk_scale_at(&y, all > 0 ? count / all : 0);

		spk_svg_rect(svg, churned ? "fb" : "fa", left, top,
					 spk_scale_at(x, b->high[i]) - 0.75 - left, frame->bottom - top);
		spk_svg_data(svg, "low", b->low[i]);
		spk_svg_data(svg, "high", b->high[i]);
		spk_svg_data(svg, churned ? "churned" : "stayed", count);
		spk_svg_close(svg,
					  psprintf("scores from %g to %g: %.0f %s", b->low[i], b->high[i], count,
							   churned ? "churned" : "stayed"));
	}
}

/* The users of each class, and the largest share of either in a bin. */
static double
count_classes(const Bins *b, double *stayed, double *churned)
{
	double most = 0;

	*stayed = *churned = 0;
	for (int i = 0; i < b->n; i++)
	{
		*churned += churned_of(b, i);
		*stayed += b->rows[i] - churned_of(b, i);
	}
	for (int i = 0; i < b->n; i++)
	{
		most = Max(most, *churned > 0 ? churned_of(b, i) / *churned : 0);
		most = Max(most, *stayed > 0 ? (b->rows[i] - churned_of(b, i)) / *stayed : 0);
	}
	return most;
}

/* The threshold through both panels; name is where the upper axis's name ends. */
static void
draw_cut(SpkSvg *svg, double threshold, const SpkFrame *upper, const SpkFrame *lower,
		 const SpkScale *x, double name)
{
	double at = spk_scale_at(x, threshold);
	char   label[SPK_NUMBER_LABEL];
	char  *text;
	double half;

	spk_number_label(threshold, 3, label);
	text = psprintf("flagged from %s on", label);
	spk_svg_line(svg, "guide", at, upper->top - 4, at, upper->bottom);
	spk_svg_data(svg, "threshold", threshold);
	spk_svg_close(svg, text);
	spk_svg_line(svg, "guide", at, lower->top - 4, at, lower->bottom);
	spk_svg_close(svg, text);

	/* what the line is stands in the row of what the axis is, or above it where there is no room */
	half = spk_font_width(SPK_FONT_SMALL, text) / 2;
	at = Max(half + 2, Min(at, SPK_PICTURE_WIDTH - 2 - half));
	spk_svg_text(svg, "ink", SPK_FONT_SMALL, at, upper->top - (at - half > name + 8 ? 12 : 26),
				 SPK_ANCHOR_MIDDLE, INFINITY, text);
}

static Datum
draw_scores(const Bins *b, double threshold, const char *title)
{
	SpkPlot	 plot;
	SpkFrame upper;
	SpkFrame lower;
	SpkScale x = scale_of(b);
	double	 stayed;
	double	 churned;
	double	 most = count_classes(b, &stayed, &churned);
	SpkScale y = spk_scale(0, most, SPK_UNIT_SHARE, 5, true);

	spk_plot_begin(&plot, "scores", title);
	if (b->n == 0)
		return spk_plot_nothing(&plot, "There are no scores.");
	upper.top = spk_svg_heading(&plot.svg,
								"The less the two overlap, the better the model tells them apart") +
		SPK_AXIS_NAME + (isnan(threshold) ? 0 : 14);
	upper.left = SPK_MARGIN + spk_axis_width(&y);
	upper.right = SPK_PICTURE_WIDTH - SPK_MARGIN - 8;
	upper.bottom = upper.top + 120;
	lower = upper;
	lower.top = upper.bottom + SPK_AXIS_NAME + 12;
	lower.bottom = lower.top + 120;
	x.from = upper.left;
	x.to = upper.right;

	/* both on one scale, and the threshold across */
	draw_class(&plot.svg, b, true, churned, most, &upper, &x);
	draw_class(&plot.svg, b, false, stayed, most, &lower, &x);
	spk_axis_below(&plot.svg, &lower, &x, "score");
	if (!isnan(threshold) && threshold <= x.high)
		draw_cut(&plot.svg, threshold, &upper, &lower, &x,
				 SPK_MARGIN + spk_font_width(SPK_FONT_SMALL, class_name(true, churned)));
	return spk_plot_end(&plot, lower.bottom + SPK_AXIS_HEIGHT + 2,
						psprintf("Two histograms of scores: %s, and %s.", class_name(true, churned),
								 class_name(false, stayed)));
}

/* The same for a terminal: a line for each bin and class. */
static Datum
write_scores(const Bins *b, const char *title)
{
	SpkBar *bars = palloc(Max(2 * b->n, 1) * sizeof(SpkBar));
	double	stayed;
	double	churned;

	(void) count_classes(b, &stayed, &churned);
	for (int i = 0; i < 2 * b->n; i++)
	{
		int	   bin = i / 2;
		bool   is_churned = i % 2 == 0;
		double count = is_churned ? churned_of(b, bin) : b->rows[bin] - churned_of(b, bin);

		bars[i].name = is_churned ? psprintf("%.2f to %.2f  churned", b->low[bin], b->high[bin]) :
									"              stayed";
		bars[i].value = psprintf("%.0f", count);
		bars[i].size = count / Max(is_churned ? churned : stayed, 1);
	}
	return spk_plot_bars(title,
						 psprintf("Bars are shares of the %.0f who churned and the %.0f who stayed",
								  churned, stayed),
						 bars, 2 * b->n);
}

PG_FUNCTION_INFO_V1(churn_plot_scores);
Datum
churn_plot_scores(PG_FUNCTION_ARGS)
{
	const char *title = spk_plot_text_arg(fcinfo, 2, "Scores, by what happened");
	bool		is_text = spk_plot_is_text(fcinfo, 3);
	double		threshold = PG_ARGISNULL(1) ? NAN : PG_GETARG_FLOAT8(1);
	Bins		bins;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(1) && !(threshold >= 0 && threshold <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("threshold must be between 0 and 1")));
	bins = bins_of(PG_GETARG_DATUM(0));
	PG_RETURN_DATUM(is_text ? write_scores(&bins, title) : draw_scores(&bins, threshold, title));
}

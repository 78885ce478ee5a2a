/*
 * plot_compare.c
 *	  churn_plot_compare: models side by side, with the interval in which each one's
 *	  difference from the best lies.
 */
#include "compat.h"

#include <math.h>

#include "core/judging/student.h"
#include "report/plot.h"
#include "report/plot_rows.h"

#define COMPARE_ROW_HEIGHT 40.0
#define COMPARE_MAX_MODELS 40

typedef struct Comparison
{
	int		n;
	char  **names;
	double *mean;
	double *sd;
	double *difference; /* from the best */
	double *p;			/* NaN for the best */
	double *half;		/* of the interval of 95 %; NaN when it is not known */
} Comparison;

/* The t whose two-sided p value this is, with the same degrees of freedom. */
static double
t_of_p(double p, int degrees)
{
	double low = 0;
	double high = 1;

	while (high < 1e12 && spk_student_p(high, degrees) > p)
		high *= 2;
	for (int i = 0; i < 100; i++)
	{
		double middle = (low + high) / 2;

		if (spk_student_p(middle, degrees) > p)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/*
 * churn_compare tests by t = difference / error, so that the error is the difference
 * divided by the t of the p value.
 */
static double
half_interval(double difference, double p, int folds)
{
	double t;

	if (isnan(p) || isnan(difference) || p >= 1)
		return NAN;
	t = t_of_p(p, folds - 1);
	return fabs(difference) / t * t_of_p(0.05, folds - 1);
}

static Comparison
comparison_of(const SpkPlotRows *rows, int folds)
{
	Comparison c = {rows->n};

	c.names = spk_plot_texts(rows, "algorithm");
	c.mean = spk_plot_numbers(rows, "cv_mean");
	c.sd = spk_plot_numbers(rows, "cv_sd");
	c.difference = spk_plot_numbers(rows, "difference");
	c.p = spk_plot_numbers(rows, "p_value");
	c.half = palloc(rows->n * sizeof(double));
	for (int i = 0; i < rows->n; i++)
	{
		if (c.names[i] == NULL)
			c.names[i] = "unknown";
		c.half[i] = half_interval(c.difference[i], c.p[i], folds);
	}
	return c;
}

/* "0.847 ± 0.012" */
static char *
figures_of(const Comparison *c, int i)
{
	if (isnan(c->mean[i]))
		return pstrdup("no result");
	return psprintf("%.3f, ± %.3f over the folds", c->mean[i], c->sd[i]);
}

static char *
difference_of(const Comparison *c, int i)
{
	if (isnan(c->p[i]))
		return i == 0 ? "the best" : "no result";
	return psprintf("%+.3f against the best, p = %.2g", c->difference[i], c->p[i]);
}

/* As far as means and intervals reach, but not beyond 1 where no mean does. */
static SpkScale
scale_of(const Comparison *c)
{
	double low = INFINITY;
	double high = -INFINITY;
	double most = -INFINITY;

	for (int i = 0; i < c->n; i++)
		if (!isnan(c->mean[i]))
		{
			double half = isnan(c->half[i]) ? 0 : Min(c->half[i], 0.5);

			low = Min(low, c->mean[i] - half);
			high = Max(high, c->mean[i] + half);
			most = Max(most, c->mean[i]);
		}
	return spk_scale(low, most <= 1 ? Min(high, 1) : high, SPK_UNIT_NUMBER, 6, true);
}

static void
draw_model(SpkSvg *svg, const Comparison *c, int i, const SpkScale *x, double y)
{
	double at = spk_scale_at(x, c->mean[i]);
	bool   best = isnan(c->p[i]) && i == 0;

	/* its name and figures above, then the interval and the dot */
	spk_svg_text(svg, "ink", SPK_FONT_TEXT, x->from, y + 10, SPK_ANCHOR_START, 150, c->names[i]);
	spk_svg_text(svg, "muted", SPK_FONT_SMALL, x->to, y + 10, SPK_ANCHOR_END, x->to - x->from - 160,
				 i == 0 ? figures_of(c, i) : difference_of(c, i));
	if (isnan(c->mean[i]))
		return;
	y += 24;
	if (!isnan(c->half[i]))
	{
		double left = Max(spk_scale_at(x, c->mean[i] - c->half[i]), x->from);
		double right = Min(spk_scale_at(x, c->mean[i] + c->half[i]), x->to);

		spk_svg_line(svg, "sa", left, y, right, y);
		spk_svg_data(svg, "low", c->difference[i] - c->half[i]);
		spk_svg_data(svg, "high", c->difference[i] + c->half[i]);
		spk_svg_close(svg, "95 % interval of the difference from the best");
	}
	spk_svg_circle(svg, best ? "fb dot" : "fa dot", at, y, 6);
	spk_svg_data_text(svg, "algorithm", c->names[i]);
	spk_svg_data(svg, "cv-mean", c->mean[i]);
	spk_svg_data(svg, "cv-sd", c->sd[i]);
	spk_svg_data(svg, "difference", c->difference[i]);
	spk_svg_data(svg, "p-value", c->p[i]);
	spk_svg_close(svg, psprintf("%s: %s; %s", c->names[i], figures_of(c, i), difference_of(c, i)));
}

static Datum
draw(const Comparison *c, const char *metric, const char *title)
{
	SpkPlot	 plot;
	SpkScale x;
	SpkFrame frame;
	double	 best;

	spk_plot_begin(&plot, "compare", title);
	if (c->n == 0)
		return spk_plot_nothing(&plot, "There are no models to compare.");
	frame.top =
		spk_svg_heading(
			&plot.svg,
			"Where a line reaches the dashed one, the folds do not tell that model from the best") +
		2;
	frame.left = SPK_MARGIN + 8;
	frame.right = SPK_PICTURE_WIDTH - SPK_MARGIN - 8;
	frame.bottom = frame.top + c->n * COMPARE_ROW_HEIGHT + 4;
	x = scale_of(c);
	spk_axis_below(&plot.svg, &frame, &x, psprintf("%s, mean over the folds", metric));

	/* the best one's mean through all rows, behind the models */
	if (!isnan(c->mean[0]))
	{
		best = spk_scale_at(&x, c->mean[0]);
		for (int i = 0; i < c->n; i++)
		{
			spk_svg_line(&plot.svg, "guide", best, frame.top + i * COMPARE_ROW_HEIGHT + 15, best,
						 frame.top + (i + 1) * COMPARE_ROW_HEIGHT - 4);
			spk_svg_close(&plot.svg, NULL);
		}
	}
	for (int i = 0; i < c->n; i++)
		draw_model(&plot.svg, c, i, &x, frame.top + i * COMPARE_ROW_HEIGHT);
	return spk_plot_end(&plot, frame.bottom + SPK_AXIS_HEIGHT + 2,
						psprintf("%s. The best is %s: %s.", spk_plot_count(c->n, "model"),
								 c->names[0], figures_of(c, 0)));
}

PG_FUNCTION_INFO_V1(churn_plot_compare);
Datum
churn_plot_compare(PG_FUNCTION_ARGS)
{
	const char	*metric = spk_plot_text_arg(fcinfo, 2, "auc");
	const char	*title = spk_plot_text_arg(fcinfo, 3, "Which model is best, and how surely");
	SpkPlotRows *rows;
	Comparison	 c = {0};
	int			 folds;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	folds = spk_plot_count_arg(fcinfo, 1, "folds");
	if (folds < 2 || folds > 1001)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"folds\" must be between 2 and 1001")));
	rows = spk_plot_rows(PG_GETARG_DATUM(0), "churn_compare");
	if (rows->n > COMPARE_MAX_MODELS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many models for a picture: %d", rows->n),
				 errdetail("It may have %d at most.", COMPARE_MAX_MODELS)));
	if (rows->n > 0)
		c = comparison_of(rows, folds);
	PG_RETURN_DATUM(draw(&c, metric, title));
}

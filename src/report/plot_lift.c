/*
 * plot_lift.c
 *	  churn_plot_lift and churn_plot_gain: what it brings to begin with the highest scores.
 */
#include "compat.h"

#include <math.h>

#include "report/plot.h"
#include "report/plot_rows.h"

#define LIFT_FRAME_HEIGHT 220.0
#define NO_LIFT			  "Nobody churned, so that there is no lift."

typedef struct Deciles
{
	int		n;
	double *decile;
	double *rows;
	double *churned;
	double *rate;
	double *lift; /* NaN when nobody churned */
	double *gain;
} Deciles;

static Deciles
deciles_of(Datum array)
{
	SpkPlotRows *rows = spk_plot_rows(array, "churn_lift");
	Deciles		 d = {rows->n};

	if (rows->n == 0)
		return d;
	d.decile = spk_plot_known(rows, "decile");
	d.rows = spk_plot_known(rows, "n");
	d.churned = spk_plot_known(rows, "churned");
	d.rate = spk_plot_shares(rows, "rate");
	d.lift = spk_plot_numbers(rows, "lift");
	d.gain = spk_plot_numbers(rows, "gain");
	if (isnan(d.lift[0]) || isnan(d.gain[0]))
		d.n = 0;
	else
	{
		d.lift = spk_plot_known(rows, "lift");
		d.gain = spk_plot_shares(rows, "gain");
	}
	return d;
}

/* "3.2 times", and with one word more how it came. */
static char *
lift_label(double lift)
{
	char label[SPK_NUMBER_LABEL];

	spk_number_label(lift, lift < 10 ? 1 : 0, label);
	return pstrdup(label);
}

static char *
lift_tip(const Deciles *d, int i)
{
	char rate[SPK_NUMBER_LABEL];

	spk_share_label(d->rate[i], 1, rate);
	return psprintf("tenth %.0f: %.6g of %.0f users churned (%s), %s times the average",
					d->decile[i], d->churned[i], d->rows[i], rate, lift_label(d->lift[i]));
}

static void
draw_decile(SpkSvg *svg, const Deciles *d, int i, const SpkFrame *frame, const SpkScale *y)
{
	double width = (frame->right - frame->left) / d->n;
	double left = frame->left + width * i;
	double top = spk_scale_at(y, d->lift[i]);
	double one = spk_scale_at(y, 1);
	double base = top - 4;

	/* the figure stands above its bar, and above the average's line where that would cross it */
	if (base > one - 4 && base - spk_font_size(SPK_FONT_SMALL) < one + 2)
		base = one - 4;
	spk_svg_rect(svg, d->lift[i] >= 1 ? "fb" : "fa", left + width * 0.12, top, width * 0.76,
				 frame->bottom - top);
	spk_svg_data(svg, "decile", d->decile[i]);
	spk_svg_data(svg, "n", d->rows[i]);
	spk_svg_data(svg, "churned", d->churned[i]);
	spk_svg_data(svg, "rate", d->rate[i]);
	spk_svg_data(svg, "lift", d->lift[i]);
	spk_svg_close(svg, lift_tip(d, i));
	spk_svg_text(svg, "ink halo", SPK_FONT_SMALL, left + width / 2, base, SPK_ANCHOR_MIDDLE,
				 INFINITY, lift_label(d->lift[i]));
	spk_svg_text(svg, "muted", SPK_FONT_SMALL, left + width / 2, frame->bottom + 18,
				 SPK_ANCHOR_MIDDLE, INFINITY, psprintf("%.0f", d->decile[i]));
}

static char *
lift_subtitle(const Deciles *d)
{
	char rate[SPK_NUMBER_LABEL];

	spk_share_label(d->rate[0], 0, rate);
	return psprintf("Of the tenth with the highest scores %s churn, %s times as many as of all",
					rate, lift_label(d->lift[0]));
}

static Datum
draw_lift(const Deciles *d, const char *title)
{
	SpkPlot	 plot;
	SpkFrame frame;
	SpkScale y;
	double	 most = 1;
	double	 one;

	spk_plot_begin(&plot, "lift", title);
	if (d->n == 0)
		return spk_plot_nothing(&plot, NO_LIFT);
	for (int i = 0; i < d->n; i++)
		most = Max(most, d->lift[i]);
	y = spk_scale(0, most * 1.05, SPK_UNIT_NUMBER, 6, true);
	frame.top = spk_svg_heading(&plot.svg, lift_subtitle(d)) + SPK_AXIS_NAME;
	frame.left = SPK_MARGIN + spk_axis_width(&y);
	frame.right = SPK_PICTURE_WIDTH - SPK_MARGIN;
	frame.bottom = frame.top + LIFT_FRAME_HEIGHT;
	spk_axis_left(&plot.svg, &frame, &y, "lift: churn rate, as a multiple of that of all users");

	/* bars, and on them the average, which is 1 */
	for (int i = 0; i < d->n; i++)
		draw_decile(&plot.svg, d, i, &frame, &y);
	one = spk_scale_at(&y, 1);
	spk_svg_line(&plot.svg, "guide", frame.left, one, frame.right, one);
	spk_svg_close(&plot.svg, "the average of all users");
	spk_svg_line(&plot.svg, "axis", frame.left, frame.bottom, frame.right, frame.bottom);
	spk_svg_close(&plot.svg, NULL);
	spk_svg_text(&plot.svg, "muted", SPK_FONT_SMALL, (frame.left + frame.right) / 2,
				 frame.bottom + 35, SPK_ANCHOR_MIDDLE, INFINITY,
				 "tenths of the users, the highest scores first");
	return spk_plot_end(&plot, frame.bottom + SPK_AXIS_HEIGHT + 2,
						psprintf("Bars of %s. %s.", spk_plot_count(d->n, "tenth"),
								 lift_subtitle(d)));
}

/* The same for a terminal. */
static Datum
write_lift(const Deciles *d, const char *title)
{
	SpkBar *bars = palloc(Max(d->n, 1) * sizeof(SpkBar));

	for (int i = 0; i < d->n; i++)
	{
		char rate[SPK_NUMBER_LABEL];

		spk_share_label(d->rate[i], 1, rate);
		bars[i].name = psprintf("tenth %2.0f", d->decile[i]);
		bars[i].value = psprintf("%s (%s of %.0f)", lift_label(d->lift[i]), rate, d->rows[i]);
		bars[i].size = d->lift[i];
	}
	return spk_plot_bars(title, d->n > 0 ? lift_subtitle(d) : NO_LIFT, bars, d->n);
}

PG_FUNCTION_INFO_V1(churn_plot_lift);
Datum
churn_plot_lift(PG_FUNCTION_ARGS)
{
	const char *title = spk_plot_text_arg(fcinfo, 1, "How much more the highest scores churn");
	bool		is_text = spk_plot_is_text(fcinfo, 2);
	Deciles		deciles;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	deciles = deciles_of(PG_GETARG_DATUM(0));
	PG_RETURN_DATUM(is_text ? write_lift(&deciles, title) : draw_lift(&deciles, title));
}

/* ---- Gain ---- */

/* The share of users up to each tenth, beginning with none, and that of who churned. */
static void
sum_up(const Deciles *d, double *users, double *found)
{
	double all = 0;

	users[0] = found[0] = 0;
	for (int i = 0; i < d->n; i++)
		all += d->rows[i];
	for (int i = 0; i < d->n; i++)
	{
		users[i + 1] = users[i] + d->rows[i] / all;
		found[i + 1] = d->gain[i];
	}
}

/* "The 20 % with the highest scores have 61 % of those who churned" */
static char *
gain_subtitle(const double *users, const double *found, int n)
{
	char of[SPK_NUMBER_LABEL];
	char have[SPK_NUMBER_LABEL];
	int	 at = Min(2, n);

	spk_share_label(users[at], 0, of);
	spk_share_label(found[at], 0, have);
	return psprintf("The %s with the highest scores have %s of those who churn", of, have);
}

static Datum
draw_gain(const Deciles *d, const char *title)
{
	SpkPlot	 plot;
	SpkFrame frame;
	SpkScale x = spk_scale(0, 1, SPK_UNIT_SHARE, 6, true);
	SpkScale y = x;
	double	*users = palloc((d->n + 1) * sizeof(double));
	double	*found = palloc((d->n + 1) * sizeof(double));

	spk_plot_begin(&plot, "gain", title);
	if (d->n == 0)
		return spk_plot_nothing(&plot, "Nobody churned, so that there is no gain.");
	sum_up(d, users, found);
	frame.top = spk_svg_heading(&plot.svg, gain_subtitle(users, found, d->n)) + SPK_AXIS_NAME;
	frame.left = SPK_MARGIN + spk_axis_width(&y);
	frame.right = SPK_PICTURE_WIDTH - SPK_MARGIN - 8;
	frame.bottom = frame.top + LIFT_FRAME_HEIGHT + 40;
	spk_axis_left(&plot.svg, &frame, &y, "gain: found, of users who churned");
	spk_axis_below(&plot.svg, &frame, &x, "users contacted, the highest scores first");

	/* chance, the line, and a dot for each tenth */
	spk_svg_line(&plot.svg, "guide", frame.left, frame.bottom, frame.right, frame.top);
	spk_svg_close(&plot.svg, "in random order");
	spk_plot_line(&plot.svg, "sa", &x, &y, "users", "gain", users, found, d->n + 1);
	spk_svg_close(&plot.svg, NULL);
	for (int i = 1; i <= d->n; i++)
	{
		spk_svg_circle(&plot.svg, "fa dot", spk_scale_at(&x, users[i]), spk_scale_at(&y, found[i]),
					   4.5);
		spk_svg_data(&plot.svg, "decile", d->decile[i - 1]);
		spk_svg_data(&plot.svg, "gain", found[i]);
		spk_svg_close(&plot.svg,
					  psprintf("%.0f %% of the users have %.1f %% of those who churn",
							   100 * users[i], 100 * found[i]));
	}
	return spk_plot_end(&plot, frame.bottom + SPK_AXIS_HEIGHT + 2,
						psprintf("A rising curve. %s.", gain_subtitle(users, found, d->n)));
}

PG_FUNCTION_INFO_V1(churn_plot_gain);
Datum
churn_plot_gain(PG_FUNCTION_ARGS)
{
	Deciles deciles;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	deciles = deciles_of(PG_GETARG_DATUM(0));
	PG_RETURN_DATUM(
		draw_gain(&deciles, spk_plot_text_arg(fcinfo, 1, "Who is found by contacting so many")));
}

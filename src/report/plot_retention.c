/*
 * plot_retention.c
 *	  churn_plot_retention: of the users who came in a period, the share that is still
 *	  active so many periods later, as a heat map.
 */
#include "compat.h"

#include <math.h>

#include "report/plot.h"
#include "report/plot_rows.h"

#define RETENTION_ROW_HEIGHT  21.0
#define RETENTION_MAX_COHORTS 104
#define RETENTION_MAX_AGES	  104
#define RETENTION_DARK		  0.55 /* cells from this share on have light text */
#define N_SHADES			  6	   /* of the key */
#define SHADE_WIDTH			  14.0

typedef struct Retention
{
	int		n;
	char  **cohorts; /* of each row */
	double *ages;
	double *users;
	double *active; /* NaN where it is not known yet, and so of shares */
	double *shares;
	int		n_cohorts;
	int	   *places;						   /* the cohort of each row, by number */
	int		firsts[RETENTION_MAX_COHORTS]; /* the first row of each cohort */
	double	first_age;
	double	last_age;
} Retention;

static double
opacity_of(double share)
{
	return 0.04 + 0.96 * share;
}

static void
find_cohorts(Retention *r)
{
	r->places = palloc(r->n * sizeof(int));
	r->first_age = r->last_age = r->ages[0];
	for (int i = 0; i < r->n; i++)
	{
		int k = 0;

		if (r->cohorts[i] == NULL)
			r->cohorts[i] = "unknown";
		while (k < r->n_cohorts && strcmp(r->cohorts[r->firsts[k]], r->cohorts[i]) != 0)
			k++;
		if (k == RETENTION_MAX_COHORTS)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many cohorts for a picture"),
					 errdetail("It may have %d at most.", RETENTION_MAX_COHORTS)));
		if (k == r->n_cohorts)
			r->firsts[r->n_cohorts++] = i;
		r->places[i] = k;
		r->first_age = Min(r->first_age, r->ages[i]);
		r->last_age = Max(r->last_age, r->ages[i]);
	}
	if (r->last_age - r->first_age >= RETENTION_MAX_AGES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many ages for a picture"),
				 errdetail("It may have %d at most.", RETENTION_MAX_AGES)));
}

/* Ages are columns, and users are counted. */
static void
check_wholes(const Retention *r)
{
	for (int i = 0; i < r->n; i++)
	{
		if (r->ages[i] != rint(r->ages[i]) || fabs(r->ages[i]) > INT32_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"age\" must be a whole number, not %g", r->ages[i])));
		if (r->users[i] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"users\" must not be negative")));
	}
}

static char *
whole(double value)
{
	char label[SPK_NUMBER_LABEL];

	spk_number_label(value, 0, label);
	return pstrdup(label);
}

static Retention
retention_of(const SpkPlotRows *rows)
{
	Retention r = {rows->n};

	r.cohorts = spk_plot_texts(rows, "cohort");
	r.ages = spk_plot_known(rows, "age");
	r.users = spk_plot_known(rows, "users");
	r.active = spk_plot_numbers(rows, "active");
	r.shares = spk_plot_numbers(rows, "share");
	for (int i = 0; i < r.n; i++)
		if (r.shares[i] < 0 || r.shares[i] > 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"share\" must be between 0 and 1")));
	check_wholes(&r);
	find_cohorts(&r);
	return r;
}

/* Are the cells wide enough for their figures? */
static bool
has_figures(double width)
{
	return spk_font_width(SPK_FONT_SMALL, "100") + 4 <= width;
}

/* What the colours mean, for cells without figures; returns where the key begins. */
static double
draw_shades(SpkSvg *svg, double y)
{
	double right = SPK_PICTURE_WIDTH - SPK_MARGIN;
	double x = right - spk_font_width(SPK_FONT_SMALL, "100 %") - N_SHADES * SHADE_WIDTH - 4;

	spk_svg_text(svg, "muted", SPK_FONT_SMALL, right, y, SPK_ANCHOR_END, INFINITY, "100 %");
	for (int i = 0; i < N_SHADES; i++)
	{
		spk_svg_rect(svg, "fa", x + i * SHADE_WIDTH, y - 9, SHADE_WIDTH, 10);
		spk_svg_number(svg, "fill-opacity", opacity_of(i / (N_SHADES - 1.0)));
		spk_svg_close(svg, NULL);
	}
	spk_svg_text(svg, "muted", SPK_FONT_SMALL, x - 4, y, SPK_ANCHOR_END, INFINITY, "0 %");
	return x - 4 - spk_font_width(SPK_FONT_SMALL, "0 %");
}

static void
draw_cell(SpkSvg *svg, const Retention *r, int i, double x, double y, double width)
{
	char share[SPK_NUMBER_LABEL];

	spk_share_label(r->shares[i], 1, share);
	spk_svg_rect(svg, "fa", x, y, width - 1, RETENTION_ROW_HEIGHT - 1);
	spk_svg_number(svg, "fill-opacity", opacity_of(r->shares[i]));
	spk_svg_data_text(svg, "cohort", r->cohorts[i]);
	spk_svg_data(svg, "age", r->ages[i]);
	spk_svg_data(svg, "users", r->users[i]);
	spk_svg_data(svg, "active", r->active[i]);
	spk_svg_data(svg, "share", r->shares[i]);
	spk_svg_close(svg,
				  psprintf("%s, age %s: %s of %s active, %s", spk_plot_isolated(r->cohorts[i]),
						   whole(r->ages[i]), whole(r->active[i]), whole(r->users[i]), share));

	/* the share without its sign, where there is room */
	spk_number_label(100 * r->shares[i], 0, share);
	if (has_figures(width))
		spk_svg_text(svg, r->shares[i] >= RETENTION_DARK ? "on" : "ink", SPK_FONT_SMALL,
					 x + (width - 1) / 2,
					 y + (RETENTION_ROW_HEIGHT - 1) / 2 + spk_font_drop(SPK_FONT_SMALL),
					 SPK_ANCHOR_MIDDLE, INFINITY, share);
}

/* The ages above their columns, as many as fit. */
static void
draw_ages(SpkSvg *svg, const Retention *r, double left, double y, double width)
{
	double label = Max(spk_font_width(SPK_FONT_SMALL, whole(r->first_age)),
					   spk_font_width(SPK_FONT_SMALL, whole(r->last_age)));
	int	   every = (int) ceil((label + 6) / width);

	/* not over what stands at the left, nor over the border */
	for (double age = r->first_age; age <= r->last_age; age += Max(every, 1))
	{
		double half = spk_font_width(SPK_FONT_SMALL, whole(age)) / 2;
		double x = Max(left + (age - r->first_age + 0.5) * width, left + half);

		spk_svg_text(svg, "muted", SPK_FONT_SMALL, Min(x, SPK_PICTURE_WIDTH - 2 - half), y,
					 SPK_ANCHOR_MIDDLE, INFINITY, whole(age));
	}
}

/* The age at which most users of all cohorts are seen, but the first. */
static char *
subtitle_of(const Retention *r)
{
	double users = 0;
	double active = 0;
	char   share[SPK_NUMBER_LABEL];

	for (int i = 0; i < r->n; i++)
		if (r->ages[i] == r->first_age + 1 && !isnan(r->shares[i]))
		{
			users += r->users[i];
			active += r->active[i];
		}
	spk_share_label(active / users, 0, share);
	if (users == 0)
		return "Of 100 users who came, so many are active later";
	return psprintf("Of 100 users who came, so many are active later; at age %s it is %s of all",
					whole(r->first_age + 1), share);
}

static Datum
draw(const Retention *r, const char *unit, const char *title)
{
	SpkPlot plot;
	double	names = spk_font_width(SPK_FONT_SMALL, "cohort");
	double	users = spk_font_width(SPK_FONT_SMALL, "users");
	int		n_ages = (int) (r->last_age - r->first_age) + 1;
	double	left;
	double	top;
	double	width;
	double	right;

	spk_plot_begin(&plot, "retention", title);
	for (int k = 0; k < r->n_cohorts; k++)
	{
		names = Max(names, spk_font_width(SPK_FONT_SMALL, r->cohorts[r->firsts[k]]));
		users = Max(users, spk_font_width(SPK_FONT_SMALL, whole(r->users[r->firsts[k]])));
	}
	names = Min(names, 110);
	left = SPK_MARGIN + names + 10 + users + 8;
	width = Min((SPK_PICTURE_WIDTH - SPK_MARGIN - left) / n_ages, 60);
	top = spk_svg_heading(&plot.svg, subtitle_of(r)) + 6;

	/* what the columns are, and below it their heads */
	right = has_figures(width) ? SPK_PICTURE_WIDTH - SPK_MARGIN : draw_shades(&plot.svg, top) - 8;
	spk_svg_text(&plot.svg, "muted", SPK_FONT_SMALL, left, top, SPK_ANCHOR_START, right - left,
				 psprintf("age in %s", unit));
	top += 16;
	spk_svg_text(&plot.svg, "muted", SPK_FONT_SMALL, SPK_MARGIN, top, SPK_ANCHOR_START, INFINITY,
				 "cohort");
	spk_svg_text(&plot.svg, "muted", SPK_FONT_SMALL, left - 8, top, SPK_ANCHOR_END, INFINITY,
				 "users");
	draw_ages(&plot.svg, r, left, top, width);
	top += 6;
	for (int k = 0; k < r->n_cohorts; k++)
	{
		double y = top + k * RETENTION_ROW_HEIGHT + (RETENTION_ROW_HEIGHT - 1) / 2 +
			spk_font_drop(SPK_FONT_SMALL);

		spk_svg_text(&plot.svg, "ink", SPK_FONT_SMALL, SPK_MARGIN, y, SPK_ANCHOR_START, names,
					 r->cohorts[r->firsts[k]]);
		spk_svg_text(&plot.svg, "muted", SPK_FONT_SMALL, left - 8, y, SPK_ANCHOR_END, INFINITY,
					 whole(r->users[r->firsts[k]]));
	}
	for (int i = 0; i < r->n; i++)
		if (!isnan(r->shares[i]))
			draw_cell(&plot.svg, r, i, left + (r->ages[i] - r->first_age) * width,
					  top + r->places[i] * RETENTION_ROW_HEIGHT, width);
	return spk_plot_end(&plot, top + r->n_cohorts * RETENTION_ROW_HEIGHT + SPK_MARGIN,
						psprintf("A table of %s and %s. %s.",
								 spk_plot_count(r->n_cohorts, "cohort"),
								 spk_plot_count(n_ages, "age"), subtitle_of(r)));
}

PG_FUNCTION_INFO_V1(churn_plot_retention);
Datum
churn_plot_retention(PG_FUNCTION_ARGS)
{
	const char	*unit = spk_plot_text_arg(fcinfo, 1, "weeks");
	const char	*title = spk_plot_text_arg(fcinfo, 2, "Who is still active");
	SpkPlotRows *rows;
	Retention	 r;
	SpkPlot		 plot;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	rows = spk_plot_rows(PG_GETARG_DATUM(0), "churn_retention");
	if (rows->n == 0)
	{
		spk_plot_begin(&plot, "retention", title);
		PG_RETURN_DATUM(spk_plot_nothing(&plot, "There are no cohorts to draw."));
	}
	r = retention_of(rows);
	PG_RETURN_DATUM(draw(&r, unit, title));
}

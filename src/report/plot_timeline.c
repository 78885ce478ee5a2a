/*
 * plot_timeline.c
 *	  churn_plot_timeline: what one user did, day by day.
 */
#include "compat.h"

#include <math.h>

#include "report/plot.h"
#include "report/plot_rows.h"

#define TIMELINE_ROW_HEIGHT 22.0
#define TIMELINE_MAX_LANES	20
#define TIMELINE_MAX_NAME	150.0
#define TIMELINE_MAX_RADIUS 8.5

typedef struct Lane
{
	const char *name;
	double		events;
} Lane;

typedef struct Timeline
{
	int		n;
	char  **dates;
	double *days;
	char  **names; /* of the events */
	double *events;
	int	   *lanes_of; /* of each row; -1 for those that are not shown */
	int		n_lanes;
	Lane	lanes[TIMELINE_MAX_LANES];
	int		n_names; /* all there are */
	double	hidden;	 /* events that are not shown */
} Timeline;

/* The event that is churn has a lane, the last one, however rare it is. */
static void
show_churn(Timeline *t, const Lane *all, const char *churn)
{
	for (int k = 0; churn != NULL && k < t->n_names; k++)
		if (all[k].events >= 0 && strcmp(all[k].name, churn) == 0)
			t->lanes[t->n_lanes - 1] = all[k];
}

/* The lanes: the names with most events, and the first come of equals. */
static void
find_lanes(Timeline *t, const char *churn, int top)
{
	Lane *all = palloc(t->n * sizeof(Lane));

	for (int i = 0; i < t->n; i++)
	{
		int k = 0;

		while (k < t->n_names && strcmp(all[k].name, t->names[i]) != 0)
			k++;
		if (k == t->n_names)
			all[t->n_names++] = (Lane) {t->names[i], 0};
		all[k].events += t->events[i];
	}
	for (t->n_lanes = 0; t->n_lanes < Min(top, t->n_names); t->n_lanes++)
	{
		int best = 0;

		for (int k = 1; k < t->n_names; k++)
			if (all[k].events > all[best].events)
				best = k;
		t->lanes[t->n_lanes] = all[best];
		all[best].events = -1;
	}
	show_churn(t, all, churn);

	/* what is left is counted */
	t->lanes_of = palloc(t->n * sizeof(int));
	for (int i = 0; i < t->n; i++)
	{
		t->lanes_of[i] = -1;
		for (int k = 0; k < t->n_lanes; k++)
			if (strcmp(t->lanes[k].name, t->names[i]) == 0)
				t->lanes_of[i] = k;
		t->hidden += t->lanes_of[i] < 0 ? t->events[i] : 0;
	}
}

static Timeline
timeline_of(const SpkPlotRows *rows, const char *churn, int top)
{
	Timeline t = {rows->n};

	t.dates = spk_plot_texts(rows, "day");
	t.days = spk_plot_known(rows, "day");
	t.names = spk_plot_texts(rows, "event");
	t.events = spk_plot_known(rows, "events");
	for (int i = 0; i < t.n; i++)
	{
		if (t.names[i] == NULL)
			t.names[i] = "other";
		if (t.events[i] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"events\" must not be negative")));
	}
	find_lanes(&t, churn, top);
	return t;
}

static char *
subtitle_of(const Timeline *t)
{
	double events = 0;

	for (int i = 0; i < t->n; i++)
		events += t->events[i];
	if (t->n_lanes == t->n_names)
		return psprintf("%s; the larger a dot, the more on that day",
						spk_plot_count(events, "event"));
	return psprintf("%s, the larger a dot, the more on that day; %s of %s not shown",
					spk_plot_count(events, "event"), spk_plot_count(t->hidden, "event"),
					t->n_names - t->n_lanes == 1 ?
						"1 other name are" :
						psprintf("%d other names are", t->n_names - t->n_lanes));
}

static char *
count_label(double events)
{
	char label[SPK_NUMBER_LABEL];

	spk_number_label(events, 0, label);
	return pstrdup(label);
}

/* A lane for each name, with how often it came. */
static void
draw_lanes(SpkSvg *svg, const Timeline *t, const SpkFrame *frame, double names)
{
	for (int k = 0; k < t->n_lanes; k++)
	{
		double y = frame->top + (k + 0.5) * TIMELINE_ROW_HEIGHT;

		spk_svg_text(svg, "ink", SPK_FONT_TEXT, SPK_MARGIN, y + spk_font_drop(SPK_FONT_TEXT),
					 SPK_ANCHOR_START, names, t->lanes[k].name);
		spk_svg_text(svg, "muted", SPK_FONT_SMALL, frame->left - 16,
					 y + spk_font_drop(SPK_FONT_TEXT), SPK_ANCHOR_END, INFINITY,
					 count_label(t->lanes[k].events));
		spk_svg_line(svg, "grid", frame->left, y, frame->right, y);
		spk_svg_close(svg, NULL);
	}
}

static Datum
draw(const Timeline *t, const char *churn, const char *title)
{
	SpkPlot	 plot;
	SpkFrame frame;
	SpkScale x;
	double	 names = 0;
	double	 counts = 0;
	double	 most = 1;
	int		 first = 0;
	int		 last = 0;

	for (int k = 0; k < t->n_lanes; k++)
	{
		names = Max(names, spk_font_width(SPK_FONT_TEXT, t->lanes[k].name));
		counts = Max(counts, spk_font_width(SPK_FONT_SMALL, count_label(t->lanes[k].events)));
	}
	for (int i = 0; i < t->n; i++)
	{
		first = t->days[i] < t->days[first] ? i : first;
		last = t->days[i] > t->days[last] ? i : last;
		most = Max(most, t->events[i]);
	}
	spk_plot_begin(&plot, "timeline", title);
	frame.top = spk_svg_heading(&plot.svg, subtitle_of(t)) + 2;
	names = Min(names, TIMELINE_MAX_NAME);
	frame.left = SPK_MARGIN + names + 8 + counts + 16;
	frame.right = SPK_PICTURE_WIDTH - SPK_MARGIN - 12;
	frame.bottom = frame.top + t->n_lanes * TIMELINE_ROW_HEIGHT + 4;
	x = spk_scale(t->days[first], t->days[last], SPK_UNIT_DAY, 6, false);
	spk_axis_below(&plot.svg, &frame, &x,
				   psprintf("day, %s to %s", spk_plot_day(t->dates[first]),
							spk_plot_day(t->dates[last])));

	/* the lanes, and on them the days */
	draw_lanes(&plot.svg, t, &frame, names);
	for (int i = 0; i < t->n; i++)
	{
		if (t->lanes_of[i] < 0 || t->events[i] == 0)
			continue;
		spk_svg_circle(&plot.svg,
					   churn != NULL && strcmp(churn, t->names[i]) == 0 ? "fb dot" : "fa dot",
					   spk_scale_at(&x, t->days[i]),
					   frame.top + (t->lanes_of[i] + 0.5) * TIMELINE_ROW_HEIGHT,
					   Max(2.5, TIMELINE_MAX_RADIUS * sqrt(t->events[i] / most)));
		spk_svg_data_text(&plot.svg, "day", t->dates[i]);
		spk_svg_data_text(&plot.svg, "event", t->names[i]);
		spk_svg_data(&plot.svg, "events", t->events[i]);
		spk_svg_close(&plot.svg,
					  psprintf("%s: %s %s", t->dates[i], count_label(t->events[i]),
							   spk_plot_isolated(t->names[i])));
	}
	return spk_plot_end(&plot, frame.bottom + SPK_AXIS_HEIGHT + 2,
						psprintf("Dots on %s over time. %s. Most often: %s.",
								 spk_plot_count(t->n_lanes, "lane"), subtitle_of(t),
								 t->lanes[0].name));
}

PG_FUNCTION_INFO_V1(churn_plot_timeline);
Datum
churn_plot_timeline(PG_FUNCTION_ARGS)
{
	const char	*churn = spk_plot_text_arg(fcinfo, 1, NULL);
	const char	*title = spk_plot_text_arg(fcinfo, 3, "What this user did");
	SpkPlotRows *rows;
	Timeline	 t;
	SpkPlot		 plot;
	int			 top;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	top = Min(spk_plot_count_arg(fcinfo, 2, "top"), TIMELINE_MAX_LANES);
	rows = spk_plot_rows(PG_GETARG_DATUM(0), "churn_events");
	if (rows->n == 0)
	{
		spk_plot_begin(&plot, "timeline", title);
		PG_RETURN_DATUM(spk_plot_nothing(&plot, "There are no events to draw."));
	}
	t = timeline_of(rows, churn, top);
	PG_RETURN_DATUM(draw(&t, churn, title));
}

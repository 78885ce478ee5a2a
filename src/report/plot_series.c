/*
 * plot_series.c
 *	  The rows of a picture as lines, one for each name.
 */
#include "compat.h"

#include <math.h>

#include "report/plot_series.h"

/* Names beside lines: what they may take of the picture, from line to line, and off their end. */
#define NAMES_MAX_WIDTH 110.0
#define NAMES_GAP		16.0
#define NAMES_MAX_MOVE	12.0

/* Has one of the lines before this one its name? */
static bool
is_taken(const SpkPlotSeries *series, const char *name)
{
	for (int i = 0; i < series->n; i++)
		if (strcmp(series->names[i], name) == 0)
			return true;
	return false;
}

SpkPlotSeries
spk_plot_series(const SpkPlotRows *rows)
{
	SpkPlotSeries series = {0};
	char		**names = spk_plot_has(rows, "name") ? spk_plot_texts(rows, "name") : NULL;

	for (int i = 0; i < rows->n; i++)
	{
		const char *name = names == NULL ? "" : names[i] == NULL ? "unknown" : names[i];

		if (series.n > 0 && strcmp(series.names[series.n - 1], name) == 0)
			continue;
		if (is_taken(&series, name))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the rows of a line of the picture do not follow each other"),
					 errhint("Sort them by name, as in array_agg(p ORDER BY name, ...).")));
		if (series.n == SPK_PLOT_SERIES)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("a picture has %d lines at most", SPK_PLOT_SERIES),
					 errdetail("Each name makes a line.")));
		series.names[series.n] = name;
		series.starts[series.n++] = i;
	}
	series.starts[series.n] = rows->n;
	return series;
}

bool
spk_plot_names_at_ends(const SpkPlotSeries *series, double *places, double low, double high,
					   double *width)
{
	double ends[SPK_PLOT_SERIES];
	double moved = 0;

	*width = 0;
	for (int i = 0; i < series->n; i++)
	{
		ends[i] = places[i];
		*width = fmax(*width, spk_font_width(SPK_FONT_TEXT, spk_plot_isolated(series->names[i])));
	}
	spk_spread(places, series->n, NAMES_GAP, low, high);
	for (int i = 0; i < series->n; i++)
		moved = fmax(moved, fabs(places[i] - ends[i]));
	return series->n > 1 && *width <= NAMES_MAX_WIDTH && moved <= NAMES_MAX_MOVE;
}

/*
 * plot_series.h
 *	  The rows of a picture as lines, one for each name.
 */
#ifndef SPK_REPORT_PLOT_SERIES_H
#define SPK_REPORT_PLOT_SERIES_H

#include "report/plot.h"
#include "report/plot_rows.h"

typedef struct SpkPlotSeries
{
	int			n;
	const char *names[SPK_PLOT_SERIES];		 /* "" when the rows have no names */
	int			starts[SPK_PLOT_SERIES + 1]; /* the first row of each, and the end of the last */
} SpkPlotSeries;

/*
 * The lines of the rows, in the order they come: those with the same text in the column
 * "name", or all of them without such a column.  The rows of a line must follow each
 * other.  More lines than there are colours are an error.
 */
extern SpkPlotSeries spk_plot_series(const SpkPlotRows *rows);

/*
 * Do the names of the lines fit beside their ends, right of which there is nothing?  places are the
 * heights of the ends, from low to high, and then those of the names.  If they do, *width is
 * that of the widest; if not, because a name is too wide, or would stand too far from its line,
 * places have no meaning.
 */
extern bool spk_plot_names_at_ends(const SpkPlotSeries *series, double *places, double low,
								   double high, double *width);

#endif /* SPK_REPORT_PLOT_SERIES_H */

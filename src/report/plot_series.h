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

#endif /* SPK_REPORT_PLOT_SERIES_H */

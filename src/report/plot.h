/*
 * plot.h
 *	  A picture as the result of an SQL function.
 */
#ifndef SPK_REPORT_PLOT_H
#define SPK_REPORT_PLOT_H

#include "postgres.h"

#include "fmgr.h"

#include "core/drawing/axis.h"
#include "core/drawing/bars.h"
#include "core/drawing/svg.h"

/* As many lines may be in one picture, because there are as many colours. */
#define SPK_PLOT_SERIES 4

/* A picture that is being drawn. */
typedef struct SpkPlot
{
	SpkHost host;
	SpkSvg	svg;
} SpkPlot;

/*
 * A text of the database in UTF-8, palloc'd where it is not the same.  Of an encoding that has
 * no conversion it is left as it is; whatever is no character there is drawn as U+FFFD.
 */
extern char *spk_plot_utf8(char *text);

/*
 * A name, within a text of our own, that moves nothing beside it when it runs from right
 * to left, and can be seen when it is empty.
 */
extern const char *spk_plot_isolated(const char *name);

/* "1 user", "1,200 users". */
extern char *spk_plot_count(double n, const char *one);

/* The text argument of this number in UTF-8, or what stands for it where it is NULL. */
extern const char *spk_plot_text_arg(FunctionCallInfo fcinfo, int arg, const char *otherwise);

/* The integer argument of this number and name, which must be at least 1. */
extern int spk_plot_count_arg(FunctionCallInfo fcinfo, int arg, const char *name);

/* Is the argument "format" of this number 'text' ('svg' otherwise)?  Others are an error. */
extern bool spk_plot_is_text(FunctionCallInfo fcinfo, int arg);

/* Starts a picture of this kind, with the title in UTF-8. */
extern void spk_plot_begin(SpkPlot *plot, const char *kind, const char *title);

/* Ends it: the SVG as a text.  desc tells what it shows, in words. */
extern Datum spk_plot_end(SpkPlot *plot, double height, const char *desc);

/*
 * A picture for a terminal: the title, what is said below it, and the bars, whose texts
 * are UTF-8, of characters that the database's encoding has.
 */
extern Datum spk_plot_bars(const char *title, const char *subtitle, const SpkBar *bars, int n);

/* The classes of the lines' and the filled colours, by number. */
extern const char *const spk_plot_lines[SPK_PLOT_SERIES];
extern const char *const spk_plot_fills[SPK_PLOT_SERIES];

/*
 * Draws a line through n points of these scales, in the order they come.  It is
 * interrupted where one is NaN.  x and y are the names under which the line has the
 * points as data.  The mark is left open.
 */
extern void spk_plot_line(SpkSvg *svg, const char *class, const SpkScale *x_scale,
						  const SpkScale *y_scale, const char *x, const char *y, const double *xs,
						  const double *ys, int n);

/* A picture that says that there is nothing to show, and why. */
extern Datum spk_plot_nothing(SpkPlot *plot, const char *why);

#endif /* SPK_REPORT_PLOT_H */

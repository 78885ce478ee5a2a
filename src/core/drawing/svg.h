/*
 * svg.h
 *	  Writes a picture as SVG.
 *
 * The text is ASCII: other characters are written by their numbers, so that it can be
 * stored and shown in any encoding.  It has no script, no font and no id, so that many
 * pictures can stand in one page.  Colours are named by classes with the prefix spk-,
 * which are light or dark as the reader's system is, and light in print.
 *
 * Lengths are pixels of a picture that is SPK_PICTURE_WIDTH wide, and is shown as wide
 * as its place.  Failures stay in the writer's status.
 */
#ifndef SPK_CORE_DRAWING_SVG_H
#define SPK_CORE_DRAWING_SVG_H

#include "core/base/bytes.h"

#define SPK_PICTURE_WIDTH 440.0
#define SPK_MARGIN		  14.0 /* on all sides of a picture */

/* What is written for a name that is empty, or blank. */
#define SPK_EMPTY_NAME "(empty)"

/* What a text looks like. */
typedef enum SpkFont
{
	SPK_FONT_TITLE, /* bold */
	SPK_FONT_TEXT,
	SPK_FONT_SMALL,
	SPK_FONT_LARGE /* for a figure that stands for itself; bold */
} SpkFont;

/* The point of a text that x is. */
typedef enum SpkAnchor
{
	SPK_ANCHOR_START,
	SPK_ANCHOR_MIDDLE,
	SPK_ANCHOR_END
} SpkAnchor;

typedef struct SpkSvg
{
	SpkWriter	body;
	const char *kind;
	const char *title;	 /* UTF-8, as all texts are; must stay until the end */
	const char *element; /* of the mark that is open */
} SpkSvg;

/* Starts a picture.  kind is what data-picture of the picture says, such as "roc". */
extern void spk_svg_begin(SpkSvg *svg, const SpkHost *host, const char *kind, const char *title);

/*
 * Writes the picture into out, from its header on, and releases what was collected.  desc
 * says in words what the picture shows, for those who do not see it.
 */
extern void spk_svg_end(SpkSvg *svg, double height, const char *desc, SpkWriter *out);

/*
 * Starts a mark.  class is one of the style's, without spk-, or several with blanks
 * between; NULL for none.  Figures are added to it, then it is closed.
 */
extern void spk_svg_rect(SpkSvg *svg, const char *class, double x, double y, double width,
						 double height);
extern void spk_svg_circle(SpkSvg *svg, const char *class, double x, double y, double radius);
extern void spk_svg_line(SpkSvg *svg, const char *class, double x1, double y1, double x2,
						 double y2);

/*
 * Starts a mark that is a line through points: a path, then its points, of which the
 * first one begins it, then what ends the list of points.
 */
extern void spk_svg_path(SpkSvg *svg, const char *class);
extern void spk_svg_point(SpkSvg *svg, bool first, double x, double y);
extern void spk_svg_path_end(SpkSvg *svg, bool closed);

/* Adds data-NAME to the mark: a number, which is left out when it is NaN, or a text. */
extern void spk_svg_data(SpkSvg *svg, const char *name, double value);
extern void spk_svg_data_text(SpkSvg *svg, const char *name, const char *text);

/* Likewise n numbers with blanks between, those that are NaN among them. */
extern void spk_svg_data_list(SpkSvg *svg, const char *name, const double *values, int n);

/* Adds any other attribute with a number. */
extern void spk_svg_number(SpkSvg *svg, const char *name, double value);

/* Closes the mark.  tip is what a reader who points at it is told; NULL for nothing. */
extern void spk_svg_close(SpkSvg *svg, const char *tip);

/*
 * Writes a text whose baseline is at y, or SPK_EMPTY_NAME for an empty one.  What is wider than room, a length or INFINITY, is
 * cut and ends in an ellipsis; pointing at it tells the whole.  Returns how wide it is.
 */
extern double spk_svg_text(SpkSvg *svg, const char *class, SpkFont font, double x, double y,
						   SpkAnchor anchor, double room, const char *text);

/*
 * Writes a text in lines, at most n_lines of them, each at most so wide, and returns the
 * baseline that the line after them has.
 */
extern double spk_svg_lines(SpkSvg *svg, const char *class, SpkFont font, double x, double y,
							double width, int n_lines, const char *text);

/* The picture's title and what is said below it, NULL for nothing; returns where the rest begins. */
extern double spk_svg_heading(SpkSvg *svg, const char *subtitle);

/* A coloured square and what it stands for, at the baseline y; returns where the next one begins. */
extern double spk_svg_key(SpkSvg *svg, const char *class, double x, double y, const char *text);

/* The size of a font, and how wide a text is in it, as spk_svg_text writes it. */
extern double spk_font_size(SpkFont font);
extern double spk_font_width(SpkFont font, const char *text);

/* From the middle of a line of text to its baseline. */
extern double spk_font_drop(SpkFont font);

#endif /* SPK_CORE_DRAWING_SVG_H */

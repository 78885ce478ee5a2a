/*
 * axis.c
 *	  The frame of a chart: axes with ticks and units, and names that do not overlap.
 */
#include <math.h>

#include "core/drawing/axis.h"

#define TICK_GAP 6.0 /* between labels, and between a label and its axis */

double
spk_axis_width(const SpkScale *scale)
{
	double ticks[SPK_MAX_TICKS];
	int	   n = spk_scale_ticks(scale, ticks);
	double width = 0;

	for (int i = 0; i < n; i++)
	{
		char label[SPK_NUMBER_LABEL];

		spk_tick_label(scale, ticks[i], label);
		width = fmax(width, spk_font_width(SPK_FONT_SMALL, label));
	}
	return width + TICK_GAP;
}

/* Do the labels fit when only every so manieth is written? */
static bool
labels_fit(const SpkScale *scale, const double *ticks, int n, int every)
{
	double end = -INFINITY;

	for (int i = 0; i < n; i += every)
	{
		char   label[SPK_NUMBER_LABEL];
		double half;

		spk_tick_label(scale, ticks[i], label);
		half = spk_font_width(SPK_FONT_SMALL, label) / 2;
		if (spk_scale_at(scale, ticks[i]) - half < end + TICK_GAP)
			return false;
		end = spk_scale_at(scale, ticks[i]) + half;
	}
	return true;
}

void
spk_axis_below(SpkSvg *svg, const SpkFrame *frame, SpkScale *scale, const char *name)
{
	double ticks[SPK_MAX_TICKS];
	int	   n;
	int	   every = 1;

	scale->from = frame->left;
	scale->to = frame->right;
	n = spk_scale_ticks(scale, ticks);
	while (every < n && !labels_fit(scale, ticks, n, every))
		every++;

	/* a label at the border is moved in, so that it is not cut */
	for (int i = 0; i < n; i++)
	{
		char   label[SPK_NUMBER_LABEL];
		double x = spk_scale_at(scale, ticks[i]);
		double half;

		spk_svg_line(svg, "axis", x, frame->bottom, x, frame->bottom + 4);
		spk_svg_close(svg, NULL);
		if (i % every != 0)
			continue;
		spk_tick_label(scale, ticks[i], label);
		half = spk_font_width(SPK_FONT_SMALL, label) / 2;
		spk_svg_text(svg, "muted", SPK_FONT_SMALL,
					 fmax(fmin(x, SPK_PICTURE_WIDTH - 2 - half), 2 + half), frame->bottom + 18,
					 SPK_ANCHOR_MIDDLE, INFINITY, label);
	}

	/* the line, and what is measured */
	spk_svg_line(svg, "axis", frame->left, frame->bottom, frame->right, frame->bottom);
	spk_svg_close(svg, NULL);
	if (name != NULL && *name != '\0')
		spk_svg_text(svg, "muted", SPK_FONT_SMALL, (frame->left + frame->right) / 2,
					 frame->bottom + 35, SPK_ANCHOR_MIDDLE,
					 2 *
							 fmin((frame->left + frame->right) / 2,
								  SPK_PICTURE_WIDTH - (frame->left + frame->right) / 2) -
						 8,
					 name);
}

void
spk_axis_left(SpkSvg *svg, const SpkFrame *frame, SpkScale *scale, const char *name)
{
	double ticks[SPK_MAX_TICKS];
	int	   n;

	scale->from = frame->bottom;
	scale->to = frame->top;
	n = spk_scale_ticks(scale, ticks);
	for (int i = 0; i < n; i++)
	{
		char   label[SPK_NUMBER_LABEL];
		double y = spk_scale_at(scale, ticks[i]);

		spk_tick_label(scale, ticks[i], label);
		spk_svg_line(svg, "grid", frame->left, y, frame->right, y);
		spk_svg_close(svg, NULL);
		spk_svg_text(svg, "muted", SPK_FONT_SMALL, frame->left - TICK_GAP,
					 y + spk_font_drop(SPK_FONT_SMALL), SPK_ANCHOR_END, INFINITY, label);
	}
	if (name != NULL && *name != '\0')
		spk_svg_text(svg, "muted", SPK_FONT_SMALL, SPK_MARGIN, frame->top - 12, SPK_ANCHOR_START,
					 SPK_PICTURE_WIDTH - 2 * SPK_MARGIN, name);
}

/* The place that comes after this one among those not yet placed: the lowest, the first of equals. */
static int
lowest(const double *places, const bool *done, int n)
{
	int found = -1;

	for (int i = 0; i < n; i++)
		if (!done[i] && (found < 0 || places[i] < places[found]))
			found = i;
	return found;
}

#define MAX_SPREAD_PLACES 64

void
spk_spread(double *places, int n, double gap, double low, double high)
{
	bool   done[MAX_SPREAD_PLACES] = {false};
	int	   order[MAX_SPREAD_PLACES];
	double next = low;

	n = n < MAX_SPREAD_PLACES ? n : MAX_SPREAD_PLACES;
	for (int i = 0; i < n; i++)
	{
		order[i] = lowest(places, done, n);
		done[order[i]] = true;
	}

	/* up from the lowest, then down from the highest what went too far */
	for (int i = 0; i < n; i++)
	{
		places[order[i]] = fmax(places[order[i]], next);
		next = places[order[i]] + gap;
	}
	next = high;
	for (int i = n - 1; i >= 0; i--)
	{
		places[order[i]] = fmin(places[order[i]], next);
		next = places[order[i]] - gap;
	}
}

/*
 * axis.h
 *	  The frame of a chart: axes with ticks and units, and names that do not overlap.
 */
#ifndef SPK_CORE_DRAWING_AXIS_H
#define SPK_CORE_DRAWING_AXIS_H

#include "core/drawing/scale.h"
#include "core/drawing/svg.h"

/* The rectangle in which values are drawn. */
typedef struct SpkFrame
{
	double left;
	double top;
	double right;
	double bottom;
} SpkFrame;

/* What an axis with ticks takes below the frame, with what it is called. */
#define SPK_AXIS_HEIGHT 42.0

/* What the name of the axis at the left takes above the frame. */
#define SPK_AXIS_NAME 21.0

/* What the labels of an axis at the left take. */
extern double spk_axis_width(const SpkScale *scale);

/*
 * An axis below the frame.  Sets the scale's places, left to right, and draws the ticks,
 * their labels, and the name of what is measured, with its unit, which may be NULL.
 * Labels that would overlap are left out.
 */
extern void spk_axis_below(SpkSvg *svg, const SpkFrame *frame, SpkScale *scale, const char *name);

/* An axis at the left, bottom to top, with grid lines and the name above it. */
extern void spk_axis_left(SpkSvg *svg, const SpkFrame *frame, SpkScale *scale, const char *name);

/*
 * Moves places apart so that each is at least gap from the next and all are within
 * low .. high, if there is room, and keeps their order.  Each stays as near as that
 * allows.
 */
extern void spk_spread(double *places, int n, double gap, double low, double high);

#endif /* SPK_CORE_DRAWING_AXIS_H */

/*
 * scale.h
 *	  From values to places in a picture, with ticks at round values.
 */
#ifndef SPK_CORE_DRAWING_SCALE_H
#define SPK_CORE_DRAWING_SCALE_H

#include <stddef.h>

/* What the values are, which says which of them are round and how they are written. */
typedef enum SpkUnit
{
	SPK_UNIT_NUMBER,
	SPK_UNIT_SHARE,	 /* 0.25 is written as 25 % */
	SPK_UNIT_POINTS, /* a difference of shares: 0.25 is written as 25 */
	SPK_UNIT_DAY	 /* days since 2000-01-01, written as dates */
} SpkUnit;

#define SPK_MAX_TICKS	 16
#define SPK_NUMBER_LABEL 32 /* the bytes of a label at most, with its terminator */

typedef struct SpkScale
{
	SpkUnit unit;
	double	low; /* value at from */
	double	high;
	double	from; /* places in the picture; from is above to where values grow upward */
	double	to;
	double	step;	  /* from tick to tick; for days, see months */
	int		months;	  /* the same in months, where it is months; 0 where it is days */
	int		decimals; /* of the ticks' labels */
} SpkScale;

/*
 * A scale of the values low .. high with at most n_ticks ticks, 2 .. SPK_MAX_TICKS.
 * When round is true it is widened to begin and end at a tick.  Values that are not
 * finite, or all the same, get some range around them, 0 that from 0 to 1.  Places are set by
 * the caller.
 */
extern SpkScale spk_scale(double low, double high, SpkUnit unit, int n_ticks, int round);

/* The place of a value. */
extern double spk_scale_at(const SpkScale *scale, double value);

/* Writes the ticks within the scale, ascending; returns their number. */
extern int spk_scale_ticks(const SpkScale *scale, double ticks[SPK_MAX_TICKS]);

/* Writes what a tick of the scale is labelled with, terminated, into buf. */
extern void spk_tick_label(const SpkScale *scale, double tick, char buf[SPK_NUMBER_LABEL]);

/*
 * Writes a number with so many decimals, and commas between thousands; very large ones
 * with an exponent.
 */
extern void spk_number_label(double value, int decimals, char buf[SPK_NUMBER_LABEL]);

/* A share as a percentage, "12 %", with so many decimals. */
extern void spk_share_label(double share, int decimals, char buf[SPK_NUMBER_LABEL]);

/* A number in as many digits as people need: about four, none behind the point from 1,000 on. */
extern void spk_short_label(double value, char buf[SPK_NUMBER_LABEL]);

/* A number in the shortest form that reads back as the same bits. */
extern void spk_exact_label(double value, char buf[SPK_NUMBER_LABEL]);

#endif /* SPK_CORE_DRAWING_SCALE_H */

/*
 * bars.h
 *	  Pictures of lines of text, for terminals: bars of Unicode's block characters.
 */
#ifndef SPK_CORE_DRAWING_BARS_H
#define SPK_CORE_DRAWING_BARS_H

#include "core/base/bytes.h"

/* Lines are at most so many columns wide. */
#define SPK_TERMINAL_WIDTH 80

/* A line of a chart of bars. */
typedef struct SpkBar
{
	const char *name;  /* UTF-8 */
	const char *value; /* as it is written beside the bar */
	double		size;  /* NaN for no bar */
} SpkBar;

/*
 * Appends a line for each of the bars, to the scale of the largest one, negative ones to
 * the left of a common line.  Names that take more than a third of the width are cut.
 * blocks is false for encodings without block characters: then # makes the bars.
 */
extern void spk_put_bars(SpkWriter *out, const SpkBar *bars, int n, bool blocks);

/* Appends a line of text, cut to the width, with control characters shown as ?. */
extern void spk_put_bar_text(SpkWriter *out, const char *text);

#endif /* SPK_CORE_DRAWING_BARS_H */

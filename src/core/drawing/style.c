/*
 * style.c
 *	  The colours and fonts of pictures, as a style sheet.
 */
#include "core/drawing/style.h"

/* a line for each part of the sheet */
/* clang-format off */

#define FILL(class, colour)	  ".spk-" class "{fill:" colour "}"
#define STROKE(class, colour) ".spk-" class "{stroke:" colour "}"

/* What is behind, text, and the four colours. */
#define PAPER(paper, grid, axis, ink, muted, on)                                     \
	FILL("paper", paper)                                                             \
	STROKE("grid", grid)                                                             \
	STROKE("axis", axis) STROKE("guide", axis) FILL("ink", ink) FILL("muted", muted) \
		FILL("on", on) FILL("q", axis) STROKE("dot", paper) STROKE("halo", paper)
#define COLOUR(name, colour) FILL("f" name, colour) FILL("w" name, colour) STROKE("s" name, colour)
#define TONES(q0, q1, q2, q3, q4) \
	FILL("q0", q0) FILL("q1", q1) FILL("q2", q2) FILL("q3", q3) FILL("q4", q4)

#define LIGHT_COLOURS                                                         \
	PAPER("#fff", "#e4e8ec", "#8d98a4", "#17212b", "#566270", "#fff") \
	COLOUR("a", "#0067a5")                                            \
	COLOUR("b", "#c24a00")                                            \
	COLOUR("c", "#00785a") COLOUR("d", "#8e4585")                     \
		TONES("#0067a5", "#6c93c4", "#a08cb0", "#d08a62", "#c24a00")

#define DARK_COLOURS                                                                \
	PAPER("#14191f", "#2a323b", "#76828f", "#e9edf2", "#a4afba", "#0b1015") \
	COLOUR("a", "#5ab8ee")                                                  \
	COLOUR("b", "#ff9552")                                                  \
	COLOUR("c", "#45cfa5") COLOUR("d", "#dc9bd2")                           \
		TONES("#5ab8ee", "#8bb1d6", "#b3a4b5", "#d79d83", "#ff9552")

const char spk_style_sheet[] =
	".spk{display:block;width:100%;max-width:42rem;height:auto;font-size:12px;"
	"font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif}"
	".spk-title{font-size:15px;font-weight:600}"
	".spk-small{font-size:11px}"
	".spk-large{font-size:22px;font-weight:600}"
	".spk-guide{stroke-width:1.2;stroke-dasharray:4 3;fill:none}"
	".spk-sa,.spk-sb,.spk-sc,.spk-sd{fill:none;stroke-width:2;stroke-linejoin:round}"
	".spk-wa,.spk-wb,.spk-wc,.spk-wd{fill-opacity:.2}"
	".spk-dot{stroke-width:1.5}"
	".spk-halo{stroke-width:3px;paint-order:stroke;stroke-linejoin:round}" LIGHT_COLOURS
	"@media screen and (prefers-color-scheme:dark){" DARK_COLOURS "}";

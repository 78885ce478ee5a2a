/*
 * plot_confusion.c
 *	  churn_plot_confusion: who is flagged at the threshold, and who churned.
 */
#include "compat.h"

#include <math.h>

#include "report/plot.h"
#include "report/plot_rows.h"

#define CELL_HEIGHT	 74.0
#define CELL_GAP	 4.0
#define CELL_PADDING 8.0

typedef struct Cell
{
	const char *column; /* of churn_metrics */
	const char *meaning;
	bool		right; /* is the row told right? */
} Cell;

/* Row by row: churned, stayed; flagged, not flagged. */
static const Cell cells[2][2] = {{{"tp", "found", true}, {"fn", "missed", false}},
								 {{"fp", "false alarms", false}, {"tn", "left alone", true}}};

static void
draw_cell(SpkSvg *svg, const Cell *cell, double count, double all, double x, double y, double width,
		  const char *class)
{
	char   number[SPK_NUMBER_LABEL];
	char   share[SPK_NUMBER_LABEL];
	char   of[SPK_NUMBER_LABEL];
	double room = width - CELL_GAP - 2 * CELL_PADDING;

	spk_number_label(count, 0, number);
	spk_number_label(all, 0, of);
	spk_share_label(all > 0 ? count / all : NAN, 0, share);
	spk_svg_rect(svg, cell->right ? "wa" : "wb", x, y, width - CELL_GAP, CELL_HEIGHT - CELL_GAP);
	spk_svg_data(svg, cell->column, count);
	spk_svg_close(svg, psprintf("%s: %s of %s who %s", cell->meaning, number, of, class));

	/* how many, and what that means */
	spk_svg_text(svg, "ink", SPK_FONT_LARGE, x + CELL_PADDING, y + 30, SPK_ANCHOR_START, room,
				 number);
	spk_svg_text(svg, "ink", SPK_FONT_SMALL, x + CELL_PADDING, y + 47, SPK_ANCHOR_START, room,
				 cell->meaning);
	if (all > 0)
		spk_svg_text(svg, "muted", SPK_FONT_SMALL, x + CELL_PADDING, y + 62, SPK_ANCHOR_START, room,
					 psprintf("%s of all who %s", share, class));
}

static char *
subtitle_of(const SpkPlotRows *row)
{
	double precision = spk_plot_numbers(row, "precision")[0];
	char   threshold[SPK_NUMBER_LABEL];
	char   share[SPK_NUMBER_LABEL];

	spk_number_label(spk_plot_numbers(row, "threshold")[0], 3, threshold);
	spk_share_label(precision, 0, share);
	if (isnan(precision))
		return psprintf("Nobody is flagged at the threshold of %s", threshold);
	return psprintf("Flagged from a score of %s on; of the flagged %s churn", threshold, share);
}

static Datum
draw(const SpkPlotRows *row, const char *title)
{
	static const char *const columns[] = {"flagged", "not flagged"};
	static const char *const classes[] = {"churned", "stayed"};
	SpkPlot					 plot;
	char					*subtitle = subtitle_of(row);
	double					 left = SPK_MARGIN + spk_font_width(SPK_FONT_TEXT, classes[0]) + 12;
	double					 width = (SPK_PICTURE_WIDTH - SPK_MARGIN - left + CELL_GAP) / 2;
	double					 y;

	spk_plot_begin(&plot, "confusion", title);
	y = spk_svg_heading(&plot.svg, subtitle) + 12;
	for (int k = 0; k < 2; k++)
		spk_svg_text(&plot.svg, "ink", SPK_FONT_TEXT, left + width * k + CELL_PADDING, y,
					 SPK_ANCHOR_START, INFINITY, columns[k]);
	y += 8;
	for (int i = 0; i < 2; i++, y += CELL_HEIGHT)
	{
		double counts[2];

		for (int k = 0; k < 2; k++)
			counts[k] = spk_plot_known(row, cells[i][k].column)[0];
		spk_svg_text(&plot.svg, "ink", SPK_FONT_TEXT, left - 12,
					 y + (CELL_HEIGHT - CELL_GAP) / 2 + spk_font_drop(SPK_FONT_TEXT),
					 SPK_ANCHOR_END, INFINITY, classes[i]);
		for (int k = 0; k < 2; k++)
			draw_cell(&plot.svg, &cells[i][k], counts[k], counts[0] + counts[1], left + width * k,
					  y, width, classes[i]);
	}
	return spk_plot_end(
		&plot, y + SPK_MARGIN - CELL_GAP,
		psprintf("Four counts. %s. Found %.0f, missed %.0f, false alarms %.0f, left alone %.0f.",
				 subtitle, spk_plot_known(row, "tp")[0], spk_plot_known(row, "fn")[0],
				 spk_plot_known(row, "fp")[0], spk_plot_known(row, "tn")[0]));
}

PG_FUNCTION_INFO_V1(churn_plot_confusion);
Datum
churn_plot_confusion(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(draw(spk_plot_row(PG_GETARG_DATUM(0), "churn_metrics"),
						 spk_plot_text_arg(fcinfo, 1, "Who is flagged, and who churned")));
}

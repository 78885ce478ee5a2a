/*
 * plot_importance.c
 *	  churn_plot_importance: what a model goes by, as bars.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "host/args.h"
#include "host/source.h"
#include "report/plot.h"
#include "report/plot_rows.h"

#define IMPORTANCE_ROW_HEIGHT 21.0
#define IMPORTANCE_BAR_HEIGHT 13.0
#define IMPORTANCE_MAX_NAME	  170.0 /* pixels for names of features */
#define IMPORTANCE_MAX_ROWS	  100

typedef struct Importance
{
	int		n; /* features shown, the most important first */
	int		n_others;
	double	others; /* the sum of those not shown */
	bool	shares; /* do all of them sum to 1? */
	int		decimals;
	char  **names;
	double *values;
} Importance;

static Importance
importance_of(FunctionCallInfo fcinfo)
{
	static const Oid columns[] = {TEXTOID, FLOAT8OID};
	const Datum		 values[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};
	Oid				 types[] = {InvalidOid, TEXTOID};
	Oid				*arguments;
	int				 n_arguments;
	SpkPlotRows		*rows;
	Importance		 i = {0};

	(void) get_func_signature(fcinfo->flinfo->fn_oid, &arguments, &n_arguments);
	types[0] = arguments[0];
	rows = spk_plot_query(
		psprintf("SELECT i.feature, i.importance FROM %s.churn_importance($1, $2) AS i",
				 spk_own_schema(fcinfo->flinfo->fn_oid)),
		lengthof(types), types, values, lengthof(columns), columns);
	i.n = Min(rows->n, Min(spk_plot_count_arg(fcinfo, 2, "top"), IMPORTANCE_MAX_ROWS));
	i.n_others = rows->n - i.n;
	i.names = spk_plot_texts(rows, "feature");
	i.values = spk_plot_numbers(rows, "importance");
	for (int k = i.n; k < rows->n; k++)
		i.others += i.values[k];
	i.decimals = 4;
	while (i.n > 0 && i.decimals < 9 && fabs(i.values[0]) < pow(10, 1 - i.decimals))
		i.decimals++;
	i.shares = strcmp(text_to_cstring(PG_GETARG_TEXT_PP(1)), "impurity") == 0;
	return i;
}

static char *
value_label(const Importance *i, double value)
{
	char label[SPK_NUMBER_LABEL];

	if (i->shares)
		spk_share_label(value, 1, label);
	else
		spk_number_label(value, i->decimals, label);
	return pstrdup(label);
}

static char *
others_label(const Importance *i)
{
	return psprintf(i->n_others == 1 ? "%d other" : "%d others", i->n_others);
}

static const char *
subtitle_of(const Importance *i)
{
	return i->shares ? "Share of what each feature adds to telling who churns" :
					   "By how much the Brier score grows when the feature is shuffled";
}

/* The bar of a feature. */
static void
draw_bar(SpkSvg *svg, const Importance *i, const SpkScale *scale, double y, int k)
{
	double zero = spk_scale_at(scale, 0);
	double end = spk_scale_at(scale, i->values[k]);
	char  *label = value_label(i, i->values[k]);

	spk_svg_text(svg, "ink", SPK_FONT_TEXT, scale->from - 8, y + 11, SPK_ANCHOR_END,
				 scale->from - 8 - SPK_MARGIN, i->names[k]);
	spk_svg_rect(svg, "fa", Min(zero, end), y, fabs(end - zero), IMPORTANCE_BAR_HEIGHT);
	spk_svg_data_text(svg, "feature", i->names[k]);
	spk_svg_data(svg, "importance", i->values[k]);
	spk_svg_close(svg, psprintf("%s: %s", i->names[k], label));

	/* a bar to the left has its figure at the right of the line, where there is room */
	spk_svg_text(svg, "ink", SPK_FONT_TEXT, Max(zero, end) + 5, y + 11, SPK_ANCHOR_START, INFINITY,
				 label);
}

/* The others together, without a bar, which would make all the others small. */
static void
draw_others(SpkSvg *svg, const Importance *i, const SpkScale *scale, double y)
{
	double zero = spk_scale_at(scale, 0);

	spk_svg_text(svg, "muted", SPK_FONT_TEXT, scale->from - 8, y + 11, SPK_ANCHOR_END,
				 scale->from - 8 - SPK_MARGIN, others_label(i));
	spk_svg_rect(svg, "wa", zero, y, 0, IMPORTANCE_BAR_HEIGHT);
	spk_svg_data(svg, "others", i->n_others);
	spk_svg_data(svg, "importance", i->others);
	spk_svg_close(svg, NULL);
	spk_svg_text(svg, "muted", SPK_FONT_TEXT, zero + 5, y + 11, SPK_ANCHOR_START, INFINITY,
				 psprintf("%s together", value_label(i, i->others)));
}

static Datum
draw(const Importance *i, const char *title)
{
	SpkPlot	 plot;
	SpkScale scale;
	double	 least = 0;
	double	 most = 0;
	double	 names = i->n_others > 0 ? spk_font_width(SPK_FONT_TEXT, others_label(i)) : 0;
	double	 figures = 0;
	double	 y;

	spk_plot_begin(&plot, "importance", title);
	if (i->n == 0)
		return spk_plot_nothing(&plot, "The model has no features.");
	for (int k = 0; k < i->n; k++)
	{
		names = Max(names, spk_font_width(SPK_FONT_TEXT, i->names[k]));
		figures = Max(figures, spk_font_width(SPK_FONT_TEXT, value_label(i, i->values[k])));
		least = Min(least, i->values[k]);
		most = Max(most, i->values[k]);
	}

	/* names, bars, figures, in what is left by each other */
	scale = spk_scale(least, most, SPK_UNIT_NUMBER, 5, false);
	scale.from = SPK_MARGIN + Min(names, IMPORTANCE_MAX_NAME) + 8;
	scale.to = SPK_PICTURE_WIDTH - SPK_MARGIN - figures - 12;
	y = spk_svg_heading(&plot.svg, subtitle_of(i)) + 2;
	for (int k = 0; k < i->n; k++, y += IMPORTANCE_ROW_HEIGHT)
		draw_bar(&plot.svg, i, &scale, y, k);
	if (i->n_others > 0)
	{
		draw_others(&plot.svg, i, &scale, y);
		y += IMPORTANCE_ROW_HEIGHT;
	}
	return spk_plot_end(&plot, y + SPK_MARGIN - (IMPORTANCE_ROW_HEIGHT - IMPORTANCE_BAR_HEIGHT),
						psprintf("Bars of %s. The first is %s with %s.",
								 spk_plot_count(i->n, "feature"), i->names[0],
								 value_label(i, i->values[0])));
}

/* The same for a terminal. */
static Datum
write_text(const Importance *i, const char *title)
{
	SpkBar *bars = palloc((i->n + 1) * sizeof(SpkBar));

	for (int k = 0; k < i->n; k++)
		bars[k] = (SpkBar) {i->names[k], value_label(i, i->values[k]), i->values[k]};
	if (i->n_others > 0)
		bars[i->n] = (SpkBar) {others_label(i), psprintf("%s together", value_label(i, i->others)),
							   NAN};
	return spk_plot_bars(title, subtitle_of(i), bars, i->n + (i->n_others > 0));
}

PG_FUNCTION_INFO_V1(churn_plot_importance);
Datum
churn_plot_importance(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"model", "kind", "top"};
	const char				*title = spk_plot_text_arg(fcinfo, 3, "What the model goes by");
	bool					 is_text = spk_plot_is_text(fcinfo, 4);
	Importance				 importance;

	spk_require_args(fcinfo, names, lengthof(names));
	importance = importance_of(fcinfo);
	return is_text ? write_text(&importance, title) : draw(&importance, title);
}

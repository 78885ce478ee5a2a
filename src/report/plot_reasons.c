/*
 * plot_reasons.c
 *	  churn_plot_reasons: which features move one user's prediction, as a waterfall
 *	  from the average prediction down to this one.
 */
#include "compat.h"

#include <math.h>
#include <stdlib.h>

#include "catalog/pg_type.h"
#include "utils/lsyscache.h"

#include "core/base/elementary.h"
#include "core/models/calibration.h"
#include "host/args.h"
#include "host/source.h"
#include "models/model_type.h"
#include "report/plot.h"
#include "report/plot_reasons.h"
#include "report/plot_rows.h"

#define REASONS_ROW_HEIGHT 23.0
#define REASONS_BAR_HEIGHT 15.0
#define REASONS_MAX_NAME   185.0
#define REASONS_MAX_STEPS  50

/* One user's prediction, taken apart. */
typedef struct Reasons
{
	int		n; /* features shown, those that move it furthest first */
	char  **names;
	char  **values;
	double *moves;
	int		n_others;
	double	others; /* how far those not shown move it together */
	double	base;	/* the average prediction of training */
	double	prediction;
	int		decimals;	/* of the moves, in points or log-odds */
	bool	odds;		/* are these log-odds, and no probabilities? */
	bool	calibrated; /* is the prediction corrected afterwards? */
} Reasons;

bool
spk_plot_is_odds(const SpkModel *model)
{
	return model->algorithm != SPK_RANDOM_FOREST && model->algorithm != SPK_DECISION_TREE;
}

char *
spk_plot_value_text(char *value)
{
	char   label[SPK_NUMBER_LABEL];
	char  *end;
	double number;

	if (value == NULL)
		return NULL;
	number = strtod(value, &end);
	if (end == value || *end != '\0' || !isfinite(number) || strlen(value) <= 7 ||
		fabs(number) >= 1e6)
		return value;
	spk_short_label(number, label);
	return pstrdup(label);
}

/* As many decimals as tell something of the largest move, where all are small. */
static int
decimals_of(const Reasons *r)
{
	double most = r->n > 0 ? fabs(r->moves[0]) * (r->odds ? 1 : 100) : 0;
	int	   decimals = r->odds ? 2 : 1;

	while (decimals < 6 && most > 0 && most < pow(10, 1 - decimals))
		decimals++;
	return decimals;
}

static Reasons
reasons_of(FunctionCallInfo fcinfo)
{
	static const Oid columns[] = {TEXTOID, TEXTOID, FLOAT8OID};
	const Datum		 values[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};
	Oid				 types[] = {InvalidOid, InvalidOid};
	Oid				*arguments;
	int				 n_arguments;
	const SpkModel	*model = spk_model_from_datum(values[0], CurrentMemoryContext);
	SpkPlotRows		*rows;
	Reasons			 r = {0};

	(void) get_func_signature(fcinfo->flinfo->fn_oid, &arguments, &n_arguments);
	types[0] = arguments[0];
	types[1] = get_fn_expr_argtype(fcinfo->flinfo, 1);
	rows = spk_plot_query(
		psprintf("SELECT e.feature, e.value, e.contribution FROM %s.churn_explain($1, $2) AS e",
				 spk_own_schema(fcinfo->flinfo->fn_oid)),
		lengthof(types), types, values, lengthof(columns), columns);

	/* the last row is the average of training */
	r.names = spk_plot_texts(rows, "feature");
	r.values = spk_plot_texts(rows, "value");
	r.moves = spk_plot_known(rows, "contribution");
	r.base = r.moves[rows->n - 1];
	r.n = Min(rows->n - 1, Min(spk_plot_count_arg(fcinfo, 2, "top"), REASONS_MAX_STEPS));
	r.n_others = rows->n - 1 - r.n;
	r.prediction = r.base;
	for (int i = 0; i < rows->n - 1; i++)
	{
		r.prediction += r.moves[i];
		r.others += i >= r.n ? r.moves[i] : 0;
	}
	r.odds = spk_plot_is_odds(model);
	r.calibrated = spk_has_calibration(&model->options);
	r.decimals = decimals_of(&r);
	return r;
}

/* "0.42" as 42 %, log-odds with the probability that they stand for. */
static char *
level_label(const Reasons *r, double level)
{
	char label[SPK_NUMBER_LABEL];
	char share[SPK_NUMBER_LABEL];

	spk_share_label(r->odds ? 1 / (1 + spk_exp(-level)) : level, 1, share);
	if (!r->odds)
		return pstrdup(share);
	spk_number_label(level, 2, label);
	return psprintf("%s (%s)", label, share);
}

static char *
move_label(const Reasons *r, double move)
{
	char label[SPK_NUMBER_LABEL];

	spk_number_label(r->odds ? move : move * 100, r->decimals, label);
	return psprintf("%s%s", move > 0 && label[strspn(label, "0.")] != '\0' ? "+" : "", label);
}

static char *
name_of(const Reasons *r, int i)
{
	if (i == r->n)
		return psprintf(r->n_others == 1 ? "%d other" : "%d others", r->n_others);
	if (r->values[i] == NULL)
		return psprintf("%s is missing", spk_plot_isolated(r->names[i]));
	return psprintf("%s = %s", spk_plot_isolated(r->names[i]),
					spk_plot_isolated(spk_plot_value_text(r->values[i])));
}

static int
n_steps(const Reasons *r)
{
	return r->n + (r->n_others > 0);
}

static double
move_of(const Reasons *r, int i)
{
	return i == r->n ? r->others : r->moves[i];
}

static char *
subtitle_of(const Reasons *r)
{
	return psprintf("From the average of all users, %s, to this one's %s%s",
					level_label(r, r->base), level_label(r, r->prediction),
					r->calibrated ? ", before calibration" : "");
}

/* A place for a figure from this one on, to the right of the dashed lines that would cross it. */
static double
beside_levels(const Reasons *r, double at, double width, const SpkScale *scale)
{
	double levels[] = {spk_scale_at(scale, Min(r->base, r->prediction)),
					   spk_scale_at(scale, Max(r->base, r->prediction))};

	for (int i = 0; i < lengthof(levels); i++)
		if (at - 3 < levels[i] && levels[i] < at + width + 3)
			at = levels[i] + 5;
	return at;
}

/* A step from one level to the next. */
static void
draw_step(SpkSvg *svg, const Reasons *r, int i, double from, const SpkScale *scale, double y)
{
	double move = move_of(r, i);
	double a = spk_scale_at(scale, from);
	double b = spk_scale_at(scale, from + move);
	char  *name = name_of(r, i);
	char  *label = move_label(r, move);
	double width = spk_font_width(SPK_FONT_TEXT, label);
	double right = beside_levels(r, Max(a, b) + 5, width, scale);

	spk_svg_text(svg, i == r->n ? "muted" : "ink", SPK_FONT_TEXT, scale->from - 8, y + 12,
				 SPK_ANCHOR_END, scale->from - 8 - SPK_MARGIN, name);
	spk_svg_line(svg, "grid", a, y - (REASONS_ROW_HEIGHT - REASONS_BAR_HEIGHT), a, y);
	spk_svg_close(svg, NULL);
	spk_svg_rect(svg, move > 0 ? "fb" : "fa", Min(a, b), y, Max(fabs(b - a), 1),
				 REASONS_BAR_HEIGHT);
	if (i < r->n)
	{
		spk_svg_data_text(svg, "feature", r->names[i]);
		if (r->values[i] != NULL)
			spk_svg_data_text(svg, "value", r->values[i]);
	}
	spk_svg_data(svg, i < r->n ? "contribution" : "others", move);
	spk_svg_close(svg, psprintf("%s: %s", name, label));

	/* the figure stands at the right of the bar, or at its left where that is the border */
	if (right + width > SPK_PICTURE_WIDTH - 4)
		spk_svg_text(svg, "ink halo", SPK_FONT_TEXT, Min(a, b) - 5, y + 12, SPK_ANCHOR_END,
					 INFINITY, label);
	else
		spk_svg_text(svg, "ink halo", SPK_FONT_TEXT, right, y + 12, SPK_ANCHOR_START, INFINITY,
					 label);
}

/* A level through all steps, the average or the prediction. */
static void
draw_level(SpkSvg *svg, const char *name, double level, const SpkScale *scale, double top,
		   double bottom, const char *tip)
{
	double x = spk_scale_at(scale, level);

	spk_svg_line(svg, "guide", x, top, x, bottom);
	spk_svg_data(svg, name, level);
	spk_svg_close(svg, tip);
}

static Datum
draw(const Reasons *r, const char *title)
{
	SpkPlot	 plot;
	SpkFrame frame;
	SpkScale scale;
	double	 low = r->base;
	double	 high = r->base;
	double	 level = r->base;
	double	 names = 0;
	double	 figures = 0;
	double	 y;

	/* as far as the steps go, and as wide as what stands beside them */
	for (int i = 0; i < n_steps(r); i++)
	{
		level += move_of(r, i);
		low = Min(low, level);
		high = Max(high, level);
		names = Max(names, spk_font_width(SPK_FONT_TEXT, name_of(r, i)));
		figures = Max(figures, spk_font_width(SPK_FONT_TEXT, move_label(r, move_of(r, i))));
	}
	spk_plot_begin(&plot, "reasons", title);
	frame.top = spk_svg_heading(&plot.svg, subtitle_of(r)) + 4;
	frame.left = SPK_MARGIN + Min(names, REASONS_MAX_NAME) + 8;
	frame.right = SPK_PICTURE_WIDTH - SPK_MARGIN - figures - 6;
	frame.bottom = frame.top + n_steps(r) * REASONS_ROW_HEIGHT + 4;
	scale = spk_scale(low, high, r->odds ? SPK_UNIT_NUMBER : SPK_UNIT_SHARE, 5, false);
	spk_axis_below(&plot.svg, &frame, &scale,
				   r->odds ? "log-odds of churn" : "probability of churn");
	draw_level(&plot.svg, "base", r->base, &scale, frame.top, frame.bottom, "average of training");
	draw_level(&plot.svg, "prediction", r->prediction, &scale, frame.top, frame.bottom,
			   "this user");

	/* from the average, step by step, to the prediction */
	level = r->base;
	y = frame.top + 6;
	for (int i = 0; i < n_steps(r); i++, y += REASONS_ROW_HEIGHT)
	{
		draw_step(&plot.svg, r, i, level, &scale, y);
		level += move_of(r, i);
	}
	return spk_plot_end(&plot, frame.bottom + SPK_AXIS_HEIGHT + 2,
						psprintf("%s. %s moves it most, by %s.", subtitle_of(r), name_of(r, 0),
								 move_label(r, move_of(r, 0))));
}

/* The same for a terminal. */
static Datum
write_text(const Reasons *r, const char *title)
{
	SpkBar *bars = palloc((n_steps(r) + 1) * sizeof(SpkBar));

	for (int i = 0; i < n_steps(r); i++)
		bars[i] = (SpkBar) {name_of(r, i), move_label(r, move_of(r, i)), move_of(r, i)};
	return spk_plot_bars(title, subtitle_of(r), bars, n_steps(r));
}

PG_FUNCTION_INFO_V1(churn_plot_reasons);
Datum
churn_plot_reasons(PG_FUNCTION_ARGS)
{
	const char *title = spk_plot_text_arg(fcinfo, 3, "Why this user");
	bool		is_text = spk_plot_is_text(fcinfo, 4);
	Reasons		reasons;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	reasons = reasons_of(fcinfo);
	PG_RETURN_DATUM(is_text ? write_text(&reasons, title) : draw(&reasons, title));
}

/*
 * plot_summary.c
 *	  churn_plot_summary: how far each feature moves the predictions of many users, a
 *	  dot for each of them, coloured by the feature's value.
 */
#include "compat.h"

#include <math.h>
#include <stdlib.h>

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "host/args.h"
#include "host/plain_text.h"
#include "host/source.h"
#include "models/model_type.h"
#include "report/plot.h"
#include "report/plot_reasons.h"
#include "report/plot_rows.h"

#define SUMMARY_ROW_HEIGHT 30.0
#define SUMMARY_RADIUS	   2.4
#define SUMMARY_MAX_SPREAD 11.0 /* of dots, above and below the middle of their row */
#define SUMMARY_MAX_NAME   150.0
#define SUMMARY_MAX_ROWS   1000
#define SUMMARY_MAX_TOP	   50
#define N_TONES			   5
#define NO_TONE			   (-1)

/* A user's dot in the row of a feature. */
typedef struct Dot
{
	int			feature;
	const char *value; /* NULL when it is missing */
	double		contribution;
	double		number; /* the value, by which it is coloured; NaN for none */
	int			tone;	/* 0 for the lowest values; NO_TONE for what has no order */
} Dot;

typedef struct Summary
{
	const SpkModel *model;
	int				n_dots;
	int				n_users;
	Dot			   *dots;  /* by feature, and within one by contribution */
	double		   *sizes; /* of each feature, the mean size of its contributions */
	int			   *order; /* features, those that move most first */
	int				top;
} Summary;

/* ---- Collecting ---- */

/* So many features tell most users apart, and to write all of them takes longer than the rest. */
#define SUMMARY_HASHED 8

/* The features by whose values users are drawn, as arguments of concat_ws. */
static char *
hashed_features(const char *schema, const SpkModel *model, TupleDesc columns)
{
	StringInfoData list;
	int			   n = 0;

	initStringInfo(&list);
	for (uint32 i = 0; i < model->n_features && n < SUMMARY_HASHED; i++)
		for (int k = 0; k < columns->natts; k++)
			if (strcmp(NameStr(TupleDescAttr(columns, k)->attname), model->features[i].name) == 0)
			{
				appendStringInfo(&list, ", %s",
								 spk_plain_text_sql(schema,
													psprintf("q.%s",
															 quote_identifier(
																 model->features[i].name)),
													TupleDescAttr(columns, k)->atttypid));
				n++;
			}
	return list.data;
}

/*
 * Users are drawn by a hash of their rows, so that they are the same in any plan; of those
 * with the same one, by all that is in them.  What the query gives is in no order.
 */
static SpkPlotRows *
explain_rows(FunctionCallInfo fcinfo, const SpkModel *model, const char *from)
{
	static const Oid columns[] = {TEXTOID, TEXTOID, FLOAT8OID};
	const char		*schema = spk_own_schema(fcinfo->flinfo->fn_oid);
	const Datum		 values[] = {PG_GETARG_DATUM(0),
								 Int64GetDatum(
									 Min(spk_plot_count_arg(fcinfo, 3, "rows"), SUMMARY_MAX_ROWS))};
	Oid				 types[] = {InvalidOid, INT8OID};
	Oid				*arguments;
	int				 n_arguments;

	(void) get_func_signature(fcinfo->flinfo->fn_oid, &arguments, &n_arguments);
	types[0] = arguments[0];
	return spk_plot_query(
		psprintf(
			"SELECT e.feature, e.value, e.contribution FROM (SELECT d.r FROM"
			" (SELECT q AS r, pg_catalog.hashtextextended(pg_catalog.concat_ws('|', ''%1$s), 0) AS h"
			" FROM %2$s ORDER BY 2 FETCH FIRST $2 ROWS WITH TIES) AS d"
			" ORDER BY d.h, %3$s.sparkify_text(d.r) COLLATE pg_catalog.\"C\" LIMIT $2) AS s,"
			" %3$s.churn_explain($1, s.r) AS e WHERE e.feature IS NOT NULL",
			hashed_features(schema, model, spk_source_columns(from)), from, schema),
		lengthof(types), types, values, lengthof(columns), columns);
}

static int
feature_of(const SpkModel *model, const char *name)
{
	for (uint32 i = 0; i < model->n_features; i++)
		if (strcmp(model->features[i].name, name) == 0)
			return (int) i;
	elog(ERROR, "model has no feature \"%s\"", name);
	return 0;
}

/* The number by which a value is coloured. */
static double
number_of(const SpkFeature *feature, const char *value)
{
	char  *end;
	double number;

	if (value == NULL || feature->kind == SPK_CATEGORY)
		return NAN;
	if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0)
		return value[0] == 't';

	/* a time is read back as it is written, whatever the session's settings are */
	if (spk_kind_is_time(feature->kind))
		return (double) DatumGetTimestamp(DirectFunctionCall3(timestamp_in, CStringGetDatum(value),
															  ObjectIdGetDatum(InvalidOid),
															  Int32GetDatum(-1)));
	number = strtod(value, &end);
	return end == value ? NAN : number;
}

static int
compare_numbers(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return x < y ? -1 : x > y;
}

/* By feature, contribution, value: an order that does not depend on the query's. */
static int
compare_dots(const void *a, const void *b)
{
	const Dot *x = a;
	const Dot *y = b;

	if (x->feature != y->feature)
		return x->feature < y->feature ? -1 : 1;
	if (x->contribution != y->contribution)
		return x->contribution < y->contribution ? -1 : 1;
	if (x->value == NULL || y->value == NULL)
		return (x->value != NULL) - (y->value != NULL);
	return strcmp(x->value, y->value);
}

/* Colours the dots of a feature by the rank of their values; ties have the rank of the first. */
static void
set_tones(Dot *dots, int n)
{
	double *sorted = palloc(Max(n, 1) * sizeof(double));
	int		known = 0;

	for (int i = 0; i < n; i++)
		if (!isnan(dots[i].number))
			sorted[known++] = dots[i].number;
	qsort(sorted, known, sizeof(double), compare_numbers);
	for (int i = 0; i < n; i++)
	{
		int below = 0;
		int up_to;

		dots[i].tone = NO_TONE;
		if (isnan(dots[i].number))
			continue;

		/* the middle of the ranks of equal values */
		while (below < known && sorted[below] < dots[i].number)
			below++;
		for (up_to = below; up_to < known && sorted[up_to] == dots[i].number;)
			up_to++;
		dots[i].tone = Min(N_TONES - 1, (int) (N_TONES * (below + up_to) / (2.0 * known)));
	}
	pfree(sorted);
}

static int
start_of(const Summary *s, int feature)
{
	return feature * s->n_users;
}

static Summary
summary_of(FunctionCallInfo fcinfo)
{
	Summary		 s = {spk_model_from_datum(PG_GETARG_DATUM(0), CurrentMemoryContext)};
	SpkPlotRows *rows = explain_rows(fcinfo, s.model,
									 spk_source_gathered(text_to_cstring(PG_GETARG_TEXT_PP(1)),
														 spk_own_schema(fcinfo->flinfo->fn_oid)));
	char	   **names = spk_plot_texts(rows, "feature");
	char	   **values = spk_plot_texts(rows, "value");
	double		*moves = spk_plot_known(rows, "contribution");
	int			 n_features = (int) s.model->n_features;

	s.n_dots = rows->n;
	s.n_users = n_features > 0 ? rows->n / n_features : 0;
	s.dots = palloc(Max(rows->n, 1) * sizeof(Dot));
	s.sizes = palloc0(Max(n_features, 1) * sizeof(double));
	s.order = palloc(Max(n_features, 1) * sizeof(int));
	for (int i = 0; i < rows->n; i++)
	{
		int feature = feature_of(s.model, names[i]);

		s.dots[i] = (Dot) {feature, values[i], moves[i],
						   number_of(&s.model->features[feature], values[i])};
	}
	qsort(s.dots, s.n_dots, sizeof(Dot), compare_dots);

	/* each user has a dot in each feature; sums are in the dots' order */
	for (int k = 0; k < n_features; k++)
	{
		int at = k;

		for (int i = start_of(&s, k); i < start_of(&s, k + 1); i++)
			s.sizes[k] += fabs(s.dots[i].contribution) / s.n_users;
		set_tones(s.dots + start_of(&s, k), s.n_users);
		for (; at > 0 && s.sizes[s.order[at - 1]] < s.sizes[k]; at--)
			s.order[at] = s.order[at - 1];
		s.order[at] = k;
	}
	s.top = Min(n_features, Min(spk_plot_count_arg(fcinfo, 2, "top"), SUMMARY_MAX_TOP));
	return s;
}

/* ---- Drawing ---- */

/*
 * Where dots stand in their row: those that would lie over each other are put above and
 * below in turn, closer together where they are many.
 */
static void
draw_dots(SpkSvg *svg, const Summary *s, int feature, const SpkScale *scale, double middle)
{
	static const char *const tones[] = {"q0", "q1", "q2", "q3", "q4"};
	const Dot				*dots = s->dots + start_of(s, feature);
	int						*places = palloc(Max(s->n_users, 1) * sizeof(int));
	int						 most = 0;
	int						 same = 0;
	double					 start = 0;
	double					 step;

	/* dots are in order from left to right, so a bunch begins where the one before is left */
	for (int i = 0; i < s->n_users; i++)
	{
		double x = spk_scale_at(scale, dots[i].contribution);

		if (i == 0 || x > start + 1.6 * SUMMARY_RADIUS)
		{
			same = 0;
			start = x;
		}
		places[i] = same++;
		most = Max(most, same);
	}
	step = Min(1.7 * SUMMARY_RADIUS, 2 * SUMMARY_MAX_SPREAD / Max(most - 1, 1));
	for (int i = 0; i < s->n_users; i++)
	{
		double offset = (places[i] + 1) / 2 * step * (places[i] % 2 == 0 ? 1 : -1);

		spk_svg_circle(svg, dots[i].tone == NO_TONE ? "q" : tones[dots[i].tone],
					   spk_scale_at(scale, dots[i].contribution), middle + offset, SUMMARY_RADIUS);
		spk_svg_data_text(svg, "feature", s->model->features[feature].name);
		if (dots[i].value != NULL)
			spk_svg_data_text(svg, "value", dots[i].value);
		spk_svg_data(svg, "contribution", dots[i].contribution);
		spk_svg_close(svg, NULL);
	}
	pfree(places);
}

/* What the colours mean. */
static void
draw_tones(SpkSvg *svg, double y)
{
	static const char *const tones[] = {"q0", "q1", "q2", "q3", "q4", "q"};
	double					 x = SPK_MARGIN;

	x += spk_svg_text(svg, "muted", SPK_FONT_SMALL, x, y, SPK_ANCHOR_START, INFINITY,
					  "value: low") +
		8;
	for (int i = 0; i < N_TONES; i++, x += 10)
	{
		spk_svg_circle(svg, tones[i], x, y - 4, 4);
		spk_svg_close(svg, NULL);
	}
	x += spk_svg_text(svg, "muted", SPK_FONT_SMALL, x, y, SPK_ANCHOR_START, INFINITY, "high") + 20;
	spk_svg_circle(svg, tones[N_TONES], x, y - 4, 4);
	spk_svg_close(svg, NULL);
	spk_svg_text(svg, "muted", SPK_FONT_SMALL, x + 9, y, SPK_ANCHOR_START, INFINITY,
				 "missing, or a category");
}

static Datum
draw(const Summary *s, const char *title)
{
	bool	 odds = spk_plot_is_odds(s->model);
	SpkPlot	 plot;
	SpkFrame frame;
	SpkScale scale;
	double	 low = 0;
	double	 high = 0;
	double	 names = 0;
	double	 zero;

	spk_plot_begin(&plot, "summary", title);
	if (s->n_users == 0 || s->top == 0)
		return spk_plot_nothing(&plot, "The source has no rows.");
	for (int k = 0; k < s->top; k++)
	{
		int feature = s->order[k];

		low = Min(low, s->dots[start_of(s, feature)].contribution);
		high = Max(high, s->dots[start_of(s, feature + 1) - 1].contribution);
		names = Max(names, spk_font_width(SPK_FONT_TEXT, s->model->features[feature].name));
	}

	/* a row for each feature, and the line where nothing is moved */
	frame.top = spk_svg_heading(&plot.svg,
								psprintf("%s, a dot for each; dots at the right raise the risk",
										 spk_plot_count(s->n_users, "user")));
	draw_tones(&plot.svg, frame.top + 2);
	frame.top += 14;
	frame.left = SPK_MARGIN + Min(names, SUMMARY_MAX_NAME) + 10;
	frame.right = SPK_PICTURE_WIDTH - SPK_MARGIN - 4;
	frame.bottom = frame.top + s->top * SUMMARY_ROW_HEIGHT;
	scale = spk_scale(low, high, odds ? SPK_UNIT_NUMBER : SPK_UNIT_POINTS, 5, true);
	spk_axis_below(&plot.svg, &frame, &scale,
				   odds ? "added to the log-odds of churn" :
						  "points added to the probability of churn");
	zero = spk_scale_at(&scale, 0);
	spk_svg_line(&plot.svg, "axis", zero, frame.top, zero, frame.bottom);
	spk_svg_close(&plot.svg, NULL);
	for (int k = 0; k < s->top; k++)
	{
		double middle = frame.top + (k + 0.5) * SUMMARY_ROW_HEIGHT;

		spk_svg_text(&plot.svg, "ink", SPK_FONT_TEXT, frame.left - 10,
					 middle + spk_font_drop(SPK_FONT_TEXT), SPK_ANCHOR_END,
					 frame.left - 10 - SPK_MARGIN, s->model->features[s->order[k]].name);
		draw_dots(&plot.svg, s, s->order[k], &scale, middle);
	}
	return spk_plot_end(
		&plot, frame.bottom + SPK_AXIS_HEIGHT + 2,
		psprintf("Contributions of %s to the predictions of %s. %s moves them most.",
				 spk_plot_count(s->top, "feature"), spk_plot_count(s->n_users, "user"),
				 s->model->features[s->order[0]].name));
}

PG_FUNCTION_INFO_V1(churn_plot_summary);
Datum
churn_plot_summary(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"model", "source", "top", "rows"};
	Summary					 summary;

	spk_require_args(fcinfo, names, lengthof(names));
	summary = summary_of(fcinfo);
	PG_RETURN_DATUM(draw(&summary, spk_plot_text_arg(fcinfo, 4, "What moves the predictions")));
}

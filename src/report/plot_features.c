/*
 * plot_features.c
 *	  churn_plot_features: each feature's mean, of users who churned and of those who
 *	  stayed, as pairs of bars; of a category the shares of its values.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "host/args.h"
#include "host/label.h"
#include "host/source.h"
#include "report/plot.h"
#include "report/plot_rows.h"

#define FEATURES_MAX_COLUMNS 200
#define TOP_VALUES			 "3" /* of a category */
#define PANEL_HEIGHT		 62.0
#define FEATURES_BAR_HEIGHT	 13.0

/* A pair of bars. */
typedef struct Pair
{
	const char *feature;
	const char *value;	 /* of a category; NULL for a mean */
	bool		share;	 /* are these shares, of a category or of true? */
	double		churned; /* NaN when no such row has the feature */
	double		stayed;
} Pair;

/* ---- What there is ---- */

typedef enum Kind
{
	KIND_NONE,
	KIND_NUMBER,
	KIND_BOOL,
	KIND_CATEGORY
} Kind;

static Kind
kind_of(Oid type)
{
	Oid base = getBaseType(type);

	switch (base)
	{
		case BOOLOID:
			return KIND_BOOL;
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return KIND_NUMBER;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			return KIND_CATEGORY;
		default:
			return type_is_enum(base) ? KIND_CATEGORY : KIND_NONE;
	}
}

/* Is the name among the elements of this argument? */
static bool
is_listed(FunctionCallInfo fcinfo, int arg, const char *name)
{
	Datum *names;
	bool  *nulls;
	int	   n;

	if (PG_ARGISNULL(arg))
		return false;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(arg), TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls,
					  &n);
	for (int i = 0; i < n; i++)
		if (!nulls[i] && strcmp(TextDatumGetCString(names[i]), name) == 0)
			return true;
	return false;
}

/* Each name of the argument must be a column that can be shown. */
static void
check_listed(FunctionCallInfo fcinfo, int arg, TupleDesc columns)
{
	Datum *names;
	bool  *nulls;
	int	   n;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(arg), TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls,
					  &n);
	for (int i = 0; i < n; i++)
	{
		Form_pg_attribute column;

		if (nulls[i])
			continue;
		column = spk_source_require_column(columns, TextDatumGetCString(names[i]), "feature");
		if (kind_of(column->atttypid) == KIND_NONE)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" must be a number, a boolean or a category, not %s",
							NameStr(column->attname), format_type_be(column->atttypid))));
	}
}

/* ---- Counting ---- */

/*
 * The label as a boolean, in SQL.  Numbers other than 0 and 1 are none, and
 * count_classes refuses them.
 */
static char *
label_of(Form_pg_attribute column)
{
	const char *name = quote_identifier(NameStr(column->attname));

	if (spk_label_kind(column->atttypid) == SPK_LABEL_BOOL)
		return psprintf("q.%s::pg_catalog.bool", name);
	return psprintf("CASE WHEN q.%s = 1 THEN true WHEN q.%s = 0 THEN false END", name, name);
}

/* The rows of each class; a label that is neither 0 nor 1 is an error. */
static void
count_classes(const char *from, Form_pg_attribute column, double *churned, double *stayed)
{
	static const Oid types[] = {INT8OID, INT8OID, INT8OID};
	const char		*name = quote_identifier(NameStr(column->attname));
	SpkPlotRows		*rows =
		spk_plot_query(psprintf("SELECT pg_catalog.count(*) FILTER (WHERE l) AS churned,"
								" pg_catalog.count(*) FILTER (WHERE NOT l) AS stayed,"
								" pg_catalog.count(v) FILTER (WHERE l IS NULL) AS others"
								" FROM (SELECT %s AS l, q.%s AS v FROM %s) AS s",
								label_of(column), name, from),
					   0, NULL, NULL, lengthof(types), types);

	*churned = spk_plot_known(rows, "churned")[0];
	*stayed = spk_plot_known(rows, "stayed")[0];
	if (spk_plot_known(rows, "others")[0] > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("label must be 0 or 1")));
	if (*churned + *stayed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no labelled rows to show"),
				 errdetail("The label is null in all rows.")));
}

/*
 * The means of the numbers, as sums of numeric, which are the same in any plan.  Without
 * infinite values, which have no mean.
 */
static SpkPlotRows *
query_means(const char *from, const char *label, TupleDesc columns, const bool *chosen)
{
	static const Oid types[] = {INT4OID, FLOAT8OID, FLOAT8OID};
	StringInfoData	 sql;
	bool			 any = false;

	initStringInfo(&sql);
	appendStringInfo(
		&sql,
		"SELECT v.n, (pg_catalog.avg(v.x) FILTER (WHERE l))::pg_catalog.float8 AS churned,"
		" (pg_catalog.avg(v.x) FILTER (WHERE NOT l))::pg_catalog.float8 AS stayed"
		" FROM (SELECT q AS r, %s AS l FROM %s) AS s, LATERAL (VALUES ",
		label, from);
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);
		const char		 *name = quote_identifier(NameStr(column->attname));

		if (!chosen[i] || kind_of(column->atttypid) == KIND_CATEGORY)
			continue;
		if (kind_of(column->atttypid) == KIND_BOOL)
			appendStringInfo(
				&sql, "%s(%d, (s.r).%s::pg_catalog.bool::pg_catalog.int4::pg_catalog.numeric)",
				any ? ", " : "", i, name);
		else
			appendStringInfo(
				&sql,
				"%s(%d, CASE WHEN (s.r).%s::pg_catalog.float8 NOT IN ('NaN', 'Infinity', '-Infinity')"
				" THEN (s.r).%s::pg_catalog.numeric END)",
				any ? ", " : "", i, name, name);
		any = true;
	}
	appendStringInfoString(&sql, ") AS v (n, x) GROUP BY v.n");
	return any ? spk_plot_query(sql.data, 0, NULL, NULL, lengthof(types), types) : NULL;
}

/* The most frequent values of the categories, and how many rows of either class have them. */
static SpkPlotRows *
query_values(const char *from, const char *label, TupleDesc columns, const bool *chosen)
{
	static const Oid types[] = {INT4OID, TEXTOID, INT8OID, INT8OID, INT8OID};
	StringInfoData	 sql;
	bool			 any = false;

	initStringInfo(&sql);
	appendStringInfo(
		&sql,
		"SELECT c.n, c.x, c.churned, c.stayed, c.place FROM (SELECT v.n, v.x,"
		" pg_catalog.count(*) FILTER (WHERE l) AS churned,"
		" pg_catalog.count(*) FILTER (WHERE NOT l) AS stayed,"
		" pg_catalog.row_number() OVER (PARTITION BY v.n ORDER BY pg_catalog.count(*) DESC, v.x COLLATE pg_catalog.\"C\") AS place"
		" FROM (SELECT q AS r, %s AS l FROM %s) AS s, LATERAL (VALUES ",
		label, from);
	for (int i = 0; i < columns->natts; i++)
	{
		if (!chosen[i] || kind_of(TupleDescAttr(columns, i)->atttypid) != KIND_CATEGORY)
			continue;
		appendStringInfo(&sql, "%s(%d, (s.r).%s::pg_catalog.text)", any ? ", " : "", i,
						 quote_identifier(NameStr(TupleDescAttr(columns, i)->attname)));
		any = true;
	}
	appendStringInfoString(
		&sql,
		") AS v (n, x) WHERE l IS NOT NULL AND v.x IS NOT NULL GROUP BY v.n, v.x) AS c"
		" WHERE c.place <= " TOP_VALUES " ORDER BY c.n, c.place");
	return any ? spk_plot_query(sql.data, 0, NULL, NULL, lengthof(types), types) : NULL;
}

/* The pairs of all chosen columns, in the columns' order. */
static List *
collect_pairs(TupleDesc columns, const bool *chosen, const SpkPlotRows *means,
			  const SpkPlotRows *values, double all_churned, double all_stayed)
{
	List *pairs = NIL;

	for (int c = 0; c < columns->natts; c++)
	{
		Form_pg_attribute  column = TupleDescAttr(columns, c);
		Kind			   kind = kind_of(column->atttypid);
		const SpkPlotRows *rows = kind == KIND_CATEGORY ? values : means;
		double			  *numbers;

		if (!chosen[c])
			continue;
		numbers = spk_plot_known(rows, "n");
		for (int i = 0; i < rows->n; i++)
		{
			Pair *pair;

			if (numbers[i] != c)
				continue;
			pair = palloc0(sizeof(Pair));
			pair->feature = spk_plot_utf8(pstrdup(NameStr(column->attname)));
			pair->value = kind == KIND_CATEGORY ? spk_plot_texts(rows, "x")[i] : NULL;
			pair->share = kind != KIND_NUMBER;
			pair->churned = spk_plot_numbers(rows, "churned")[i] /
				(kind == KIND_CATEGORY ? all_churned : 1);
			pair->stayed = spk_plot_numbers(rows, "stayed")[i] /
				(kind == KIND_CATEGORY ? all_stayed : 1);
			pairs = lappend(pairs, pair);
		}
	}
	return pairs;
}

/* ---- Drawing ---- */

static char *
value_label(const Pair *pair, double value)
{
	char label[SPK_NUMBER_LABEL];

	if (pair->share)
		spk_share_label(value, 1, label);
	else
		spk_short_label(value, label);
	return pstrdup(label);
}

static void
draw_bar(SpkSvg *svg, const Pair *pair, bool churned, const SpkScale *x, double y)
{
	double value = churned ? pair->churned : pair->stayed;
	double zero = spk_scale_at(x, 0);
	double end = isnan(value) ? zero : spk_scale_at(x, value);
	char  *label = value_label(pair, value);

	spk_svg_rect(svg, churned ? "fb" : "fa", Min(zero, end), y, fabs(end - zero),
				 FEATURES_BAR_HEIGHT);
	spk_svg_data_text(svg, "feature", pair->feature);
	if (pair->value != NULL)
		spk_svg_data_text(svg, "value", pair->value);
	spk_svg_data(svg, churned ? "churned" : "stayed", value);
	spk_svg_close(svg, psprintf("%s: %s", churned ? "churned" : "stayed", label));
	spk_svg_text(svg, "ink", SPK_FONT_SMALL, Max(zero, end) + 4, y + 10, SPK_ANCHOR_START, INFINITY,
				 label);
}

/* A panel with both bars on a scale of their own. */
static void
draw_pair(SpkSvg *svg, const Pair *pair, double left, double top, double width)
{
	/* a class may have no rows that have the feature: a mean that is NaN */
	double	 low = fmin(0, fmin(pair->churned, pair->stayed));
	double	 high = fmax(0, fmax(pair->churned, pair->stayed));
	double	 figures = Max(spk_font_width(SPK_FONT_SMALL, value_label(pair, pair->churned)),
						   spk_font_width(SPK_FONT_SMALL, value_label(pair, pair->stayed)));
	SpkScale x = spk_scale(low, high, SPK_UNIT_NUMBER, 5, false);

	x.from = left;
	x.to = left + width - Max(figures, spk_font_width(SPK_FONT_SMALL, "10,000.00")) - 10;
	spk_svg_text(svg, "ink", SPK_FONT_TEXT, left, top + 11, SPK_ANCHOR_START, width - 6,
				 pair->value == NULL ? pair->feature :
									   psprintf("%s = %s", spk_plot_isolated(pair->feature),
												spk_plot_isolated(pair->value)));
	draw_bar(svg, pair, true, &x, top + 17);
	draw_bar(svg, pair, false, &x, top + 17 + FEATURES_BAR_HEIGHT + 1);
}

static Datum
draw(List *pairs, double churned, double stayed, const char *title)
{
	SpkPlot	  plot;
	double	  width = (SPK_PICTURE_WIDTH - 2 * SPK_MARGIN) / 2;
	double	  y;
	double	  x;
	char	  label[SPK_NUMBER_LABEL];
	ListCell *cell;
	int		  i = 0;

	spk_plot_begin(&plot, "features", title);
	if (pairs == NIL)
		return spk_plot_nothing(&plot, "There are no features to show.");
	y = spk_svg_heading(&plot.svg, "Means of numbers; shares of categories and of what is true") +
		2;
	spk_number_label(churned, 0, label);
	x = spk_svg_key(&plot.svg, "fb", SPK_MARGIN, y, psprintf("%s churned", label));
	spk_number_label(stayed, 0, label);
	spk_svg_key(&plot.svg, "fa", x, y, psprintf("%s stayed", label));
	y += 14;

	/* two in a row */
	foreach (cell, pairs)
	{
		draw_pair(&plot.svg, lfirst(cell), SPK_MARGIN + width * (i % 2), y + PANEL_HEIGHT * (i / 2),
				  width);
		i++;
	}
	return spk_plot_end(&plot, y + PANEL_HEIGHT * ((i + 1) / 2) + 4,
						psprintf("%s of bars, of %s that churned and %.0f that stayed.",
								 spk_plot_count(i, "pair"), spk_plot_count(churned, "row"),
								 stayed));
}

PG_FUNCTION_INFO_V1(churn_plot_features);
Datum
churn_plot_features(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"source", "label"};
	const char *title = spk_plot_text_arg(fcinfo, 4, "Users who churn, against those who stay");
	char	   *from;
	char	   *label_name;
	TupleDesc	columns;
	Form_pg_attribute label;
	bool			 *chosen;
	int				  n_chosen = 0;
	double			  churned;
	double			  stayed;

	spk_require_args(fcinfo, names, lengthof(names));
	from = spk_source_gathered(text_to_cstring(PG_GETARG_TEXT_PP(0)),
							   spk_own_schema(fcinfo->flinfo->fn_oid));
	label_name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	columns = spk_source_columns(from);
	label = spk_source_require_column(columns, label_name, "label");
	if (!PG_ARGISNULL(2))
		check_listed(fcinfo, 2, columns);

	/* those that are named, or else all that can be shown */
	chosen = palloc0(columns->natts * sizeof(bool));
	for (int i = 0; i < columns->natts; i++)
	{
		const char *name = NameStr(TupleDescAttr(columns, i)->attname);

		chosen[i] = kind_of(TupleDescAttr(columns, i)->atttypid) != KIND_NONE &&
			strcmp(name, label_name) != 0 &&
			(PG_ARGISNULL(2) ? !is_listed(fcinfo, 3, name) : is_listed(fcinfo, 2, name));
		n_chosen += chosen[i];
	}
	if (n_chosen > FEATURES_MAX_COLUMNS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many features for a picture: %d", n_chosen),
				 errhint("Name at most %d of them.", FEATURES_MAX_COLUMNS)));
	count_classes(from, label, &churned, &stayed);
	PG_RETURN_DATUM(
		draw(collect_pairs(columns, chosen, query_means(from, label_of(label), columns, chosen),
						   query_values(from, label_of(label), columns, chosen), churned, stayed),
			 churned, stayed, title));
}

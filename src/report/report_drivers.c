/*
 * report_drivers.c
 *	  What drives churn, who is most at risk, and why.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "host/plain_text.h"
#include "host/source.h"
#include "report/plot.h"
#include "report/report.h"
#include "report/report_html.h"
#include "scoring/score.h"

#define N_DEPENDENCES "6"

/* The pictures in a query's only column. */
static void
put_pictures(SpkReport *r, const char *sql)
{
	static const Oid types[] = {TEXTOID};
	SpkPlotRows		*rows = spk_report_query(r, sql, lengthof(types), types);
	char		   **pictures = spk_plot_texts(rows, "picture");

	for (int i = 0; i < rows->n; i++)
		if (pictures[i] != NULL)
			spk_html_picture(&r->out, pictures[i]);
}

void
spk_report_drivers(SpkReport *r)
{
	const char *schema = r->judged.schema;

	spk_html_section(&r->out, "What drives it");
	spk_html_paragraph(
		&r->out, NULL,
		"What a model goes by is what churn comes with, which need not be what it comes from.");
	spk_html_pictures(&r->out);
	put_pictures(r, psprintf("SELECT %s.churn_plot_importance($1) AS picture", schema));
	put_pictures(r, psprintf("SELECT %s.churn_plot_summary($1, $2) AS picture", schema));

	/* the dependence of the first features, each with its points in order */
	put_pictures(
		r,
		psprintf(
			"SELECT p.picture FROM (SELECT %1$s.churn_plot_dependence(pg_catalog.array_agg(d ORDER BY d.ordinality), i.feature) AS picture,"
			" i.ordinality AS place FROM %1$s.churn_importance($1) WITH ORDINALITY AS i,"
			" %1$s.churn_dependence($1, $2, i.feature, 16, 500) WITH ORDINALITY AS d"
			" WHERE i.ordinality <= " N_DEPENDENCES
			" AND i.importance > 0 GROUP BY i.feature, i.ordinality) AS p ORDER BY p.place",
			schema));
	spk_html_pictures_end(&r->out);
	spk_html_section_end(&r->out);
}

/*
 * The users with the highest scores, each once, and why.  Without a column of users each
 * row is one.
 */
static SpkPlotRows *
query_users(const SpkReport *r)
{
	static const Oid types[] = {TEXTOID, FLOAT8OID, TEXTOID};
	char			*from = spk_source_gathered(r->users, r->judged.schema);
	TupleDesc		 columns = spk_source_columns(from);
	const char		*schema = r->judged.schema;
	const char		*id = "(pg_catalog.row_number() OVER ())::pg_catalog.text";

	if (r->judged.id != NULL)
	{
		Form_pg_attribute column = spk_source_require_column(columns, r->judged.id, "id");

		id = spk_plain_text_sql(schema, psprintf("q.%s", quote_identifier(r->judged.id)),
								column->atttypid);
	}
	return spk_report_query(
		r,
		psprintf(
			"WITH s AS MATERIALIZED (SELECT %2$s AS id, %3$s AS score, q AS r FROM %4$s),"
			" t AS (SELECT s.id, pg_catalog.max(s.score) AS score FROM s GROUP BY s.id"
			" ORDER BY pg_catalog.max(s.score) DESC NULLS LAST, s.id COLLATE pg_catalog.\"C\" LIMIT $5)"
			" SELECT u.id, u.score, pg_catalog.array_to_string(%1$s.churn_reasons($1, u.r, 3), pg_catalog.chr(31)) AS reasons"
			" FROM (SELECT DISTINCT ON (s.id) s.id, s.score, s.r FROM s, t"
			" WHERE s.score = t.score AND (s.id = t.id OR s.id IS NULL AND t.id IS NULL)"
			" ORDER BY s.id, %1$s.sparkify_text(s.r) COLLATE pg_catalog.\"C\") AS u"
			" ORDER BY u.score DESC, u.id COLLATE pg_catalog.\"C\"",
			schema, id, spk_prediction_of(r->judged.model, columns, schema), from),
		lengthof(types), types);
}

/* The reasons, which a character stands between that names do not have, each left as it runs. */
static char *
reasons_text(char *reasons)
{
	StringInfoData text;

	initStringInfo(&text);
	while (reasons != NULL && *reasons != '\0')
	{
		size_t len = strcspn(reasons, "\x1f");

		appendStringInfo(&text, "%s%s", text.len > 0 ? "; " : "",
						 spk_plot_isolated(pnstrdup(reasons, len)));
		reasons += len + (reasons[len] != '\0');
	}
	return text.data;
}

void
spk_report_users(SpkReport *r)
{
	static const char *const heads[] = {"user", "#risk", "flagged", "~what raises it most"};
	SpkPlotRows				*rows = query_users(r);
	char				   **ids = spk_plot_texts(rows, "id");
	char				   **reasons = spk_plot_texts(rows, "reasons");
	double					*scores = spk_plot_numbers(rows, "score");

	spk_html_section(&r->out, "Who is most at risk");
	spk_html_table(&r->out, heads, lengthof(heads));
	for (int i = 0; i < rows->n; i++)
	{
		char		risk[SPK_NUMBER_LABEL];
		const char *cells[] = {spk_report_name(ids[i]), risk,
							   scores[i] >= r->judged.model->threshold ? "yes" : "no",
							   reasons_text(reasons[i])};

		spk_share_label(scores[i], 1, risk);
		spk_html_row(&r->out, heads, cells, lengthof(heads));
	}
	spk_html_table_end(&r->out);
	spk_html_paragraph(
		&r->out, "note",
		psprintf("The %s with the highest risk%s. What lowers it is not told here.",
				 spk_plot_count(rows->n, "user"),
				 r->users == r->source ?
					 ", by the highest of their rows, of those that the model was judged by" :
					 ""));
	spk_html_section_end(&r->out);
}

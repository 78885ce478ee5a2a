/*
 * report_watch.c
 *	  Whether to go on believing the model: for which users it does worse, what has moved
 *	  since it was trained, and what speaks against its features.
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

/* Segments and features beyond these are not listed. */
#define MAX_LISTED 20

static char *
number(double value)
{
	char label[SPK_NUMBER_LABEL];

	if (isnan(value))
		return pstrdup("");
	spk_short_label(value, label);
	return pstrdup(label);
}

static char *
share(double value)
{
	char label[SPK_NUMBER_LABEL];

	if (isnan(value))
		return pstrdup("");
	spk_share_label(value, 1, label);
	return pstrdup(label);
}

static char *
between(double low, double high)
{
	return isnan(low) || isnan(high) ? pstrdup("") : psprintf("%.3f to %.3f", low, high);
}

void
spk_report_segments(SpkReport *r)
{
	static const Oid		 types[] = {TEXTOID,   TEXTOID,	  INT8OID,	 INT8OID,  FLOAT8OID,
										FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID};
	static const char *const heads[] = {"segment",	 "#rows", "#churned", "#expected",
										"#happened", "#AUC",  "#95 %",	  "verdict"};
	SpkPlotRows				*rows;
	char				   **names;
	char				   **verdicts;

	if (r->by == NULL)
		return;
	rows = spk_report_query(
		r,
		psprintf(
			"SELECT s.segment, s.verdict, s.n, s.positives, s.mean_score, s.rate, s.auc, s.auc_low, s.auc_high"
			" FROM %s.churn_segments($1, $2, $3, by => %s%s) AS s",
			r->judged.schema, quote_literal_cstr(r->by), spk_report_id(r)),
		lengthof(types), types);
	names = spk_plot_texts(rows, "segment");
	verdicts = spk_plot_texts(rows, "verdict");
	spk_html_section(&r->out, psprintf("By %s", spk_plot_utf8(pstrdup(r->by))));
	spk_html_table(&r->out, heads, lengthof(heads));
	for (int i = 0; i < Min(rows->n, MAX_LISTED); i++)
	{
		const char *cells[] = {spk_report_name(names[i]),
							   number(spk_plot_numbers(rows, "n")[i]),
							   number(spk_plot_numbers(rows, "positives")[i]),
							   share(spk_plot_numbers(rows, "mean_score")[i]),
							   share(spk_plot_numbers(rows, "rate")[i]),
							   number(spk_plot_numbers(rows, "auc")[i]),
							   between(spk_plot_numbers(rows, "auc_low")[i],
									   spk_plot_numbers(rows, "auc_high")[i]),
							   verdicts[i]};

		spk_html_row(&r->out, heads, cells, lengthof(heads));
	}
	spk_html_table_end(&r->out);
	if (rows->n > MAX_LISTED)
		spk_html_paragraph(&r->out, "note",
						   psprintf("%d more segments are not listed.", rows->n - MAX_LISTED));
	spk_html_section_end(&r->out);
}

/* An imported model has nothing to hold the rows of today against. */
static void
tell_unknown(SpkReport *r)
{
	spk_html_section(&r->out, "What has moved since training");
	spk_html_paragraph(
		&r->out, "note",
		"The model comes from another program, and does not know the rows that it was trained on. To see what has moved, give some of that time to churn_drift as its reference.");
	spk_html_section_end(&r->out);
}

/* What became of the scores, which is what the moves of features come to. */
static void
put_score_drift(SpkReport *r, const char *verdict)
{
	bool unknown = strcmp(verdict, "unknown") == 0;
	bool moved = strstr(verdict, "drift") != NULL;

	spk_html_paragraph(
		&r->out,
		unknown	  ? "note" :
			moved ? "bad" :
					"good",
		unknown ?
			"Whether the scores have moved is not known: the model holds none of rows that it had not seen." :
			moved ?
			"The scores are not spread as those of users whom the model had not seen when it was trained. Where these rows are the ones that it has learned from, that is to be expected." :
			"The scores are spread as those of users whom the model had not seen when it was trained, beyond chance.");
}

void
spk_report_drift(SpkReport *r)
{
	static const Oid		 types[] = {TEXTOID,   FLOAT8OID, FLOAT8OID, FLOAT8OID,
										FLOAT8OID, TEXTOID,	  TEXTOID};
	static const char *const heads[] = {"feature",		"#PSI",		  "#by chance", "#missing then",
										"#missing now", "new values", "verdict"};
	SpkPlotRows				*rows;
	char				   **names;
	char				   **verdicts;
	char				   **new_values;
	int						 moved = 0;

	if (!spk_has_histograms(r->judged.model))
	{
		tell_unknown(r);
		return;
	}
	rows = spk_report_query(
		r,
		psprintf("SELECT d.feature, d.psi, d.psi_chance, d.missing_then, d.missing_now,"
				 " pg_catalog.array_to_string(d.new_categories, ', ') AS new_categories, d.verdict"
				 " FROM %s.churn_drift($1, $6) AS d",
				 r->judged.schema),
		lengthof(types), types);
	names = spk_plot_texts(rows, "feature");
	verdicts = spk_plot_texts(rows, "verdict");
	new_values = spk_plot_texts(rows, "new_categories");
	/* the score comes first, then the features, those that moved furthest before the others */
	for (int i = 1; i < rows->n; i++)
		moved += strstr(verdicts[i], "drift") != NULL;
	spk_html_section(&r->out, "What has moved since training");
	put_score_drift(r, verdicts[0]);
	spk_html_paragraph(
		&r->out, moved > 0 ? "bad" : "good",
		moved > 0 ?
			psprintf(
				"%d of %d features are not what they were when the model was trained. Look at the largest first, and train again when that is how users are now.",
				moved, rows->n - 1) :
			psprintf(
				"All of %d features are what they were when the model was trained, beyond chance.",
				rows->n - 1));
	spk_html_table(&r->out, heads, lengthof(heads));
	for (int i = isnan(spk_plot_numbers(rows, "psi")[0]); i < Min(rows->n, MAX_LISTED + 1); i++)
	{
		const char *cells[] = {names[i],
							   psprintf("%.3f", spk_plot_numbers(rows, "psi")[i]),
							   number(spk_plot_numbers(rows, "psi_chance")[i]),
							   share(spk_plot_numbers(rows, "missing_then")[i]),
							   share(spk_plot_numbers(rows, "missing_now")[i]),
							   new_values[i],
							   verdicts[i]};

		spk_html_row(&r->out, heads, cells, lengthof(heads));
	}
	spk_html_table_end(&r->out);
	if (rows->n - 1 > MAX_LISTED)
		spk_html_paragraph(&r->out, "note",
						   psprintf("%d more features moved less.", rows->n - 1 - MAX_LISTED));
	spk_html_section_end(&r->out);
}

/* The columns of the source that are no features, as an array in SQL. */
static char *
other_columns(const SpkReport *r)
{
	StringInfoData list;

	initStringInfo(&list);
	appendStringInfoString(&list, "ARRAY[");
	for (int i = 0; i < r->judged.columns->natts; i++)
	{
		const char *name = NameStr(TupleDescAttr(r->judged.columns, i)->attname);
		bool		known = strcmp(name, r->judged.label) == 0 ||
			(r->judged.id != NULL && strcmp(name, r->judged.id) == 0);

		for (uint32 k = 0; k < r->judged.model->n_features && !known; k++)
			known = strcmp(r->judged.model->features[k].name, name) == 0;
		if (!known)
			appendStringInfo(&list, "%s, ", quote_literal_cstr(name));
	}
	appendStringInfoString(&list, "NULL]::pg_catalog.text[]");
	return list.data;
}

void
spk_report_audit(SpkReport *r)
{
	static const Oid		 types[] = {TEXTOID, FLOAT8OID, TEXTOID};
	static const char *const heads[] = {"feature", "#AUC by itself", "~note"};
	SpkPlotRows				*rows;
	char				   **names;
	char				   **notes;

	/* it looks for what tells the classes apart */
	if (isnan(spk_report_figure(r, "auc", "value")))
		return;
	rows = spk_report_query(
		r,
		psprintf(
			"SELECT a.feature, a.auc, a.note FROM %s.churn_audit($2, $3, exclude => pg_catalog.array_remove(%s, NULL)%s) AS a WHERE a.note IS NOT NULL",
			r->judged.schema, other_columns(r), spk_report_id(r)),
		lengthof(types), types);
	names = spk_plot_texts(rows, "feature");
	notes = spk_plot_texts(rows, "note");
	spk_html_section(&r->out, "What speaks against its features");
	if (rows->n == 0)
		spk_html_paragraph(
			&r->out, "good",
			"Nothing: no feature tells the label by itself, is an identifier, constant or a copy of another one.");
	else
	{
		spk_html_paragraph(
			&r->out, NULL,
			"A feature that is only known because a user left makes a model look good, and useless.");
		spk_html_table(&r->out, heads, lengthof(heads));
		for (int i = 0; i < rows->n; i++)
		{
			const char *cells[] = {names[i], number(spk_plot_numbers(rows, "auc")[i]), notes[i]};

			spk_html_row(&r->out, heads, cells, lengthof(heads));
		}
		spk_html_table_end(&r->out);
	}
	spk_html_section_end(&r->out);
}

/* The SQL to go on with. */
void
spk_report_use(SpkReport *r)
{
	char	   *source = spk_plot_utf8(pstrdup(r->users));
	const char *id = r->judged.id == NULL ? NULL : spk_plot_utf8(pstrdup(r->judged.id));
	char	   *from = spk_source_from(r->users)[0] == '(' ? psprintf("(\n%s\n)", source) : source;

	spk_html_section(&r->out, "How to use it");
	spk_html_paragraph(
		&r->out, NULL,
		"With the model in a table \"models\", a view has each user's risk and reasons, always of the rows as they are:");
	spk_html_code(
		&r->out,
		psprintf(
			"CREATE VIEW users_at_risk AS\nSELECT u.*, churn_predict(m.model, u) AS risk,\n"
			"    churn_at_risk(m.model, u) AS at_risk, churn_reasons(m.model, u) AS reasons\nFROM %s AS u, models AS m;",
			from));
	if (id != NULL)
		spk_html_code(
			&r->out,
			psprintf(
				"-- one user, step by step, in a terminal\nSELECT churn_plot_reasons(m.model, u, format => 'text')\n"
				"FROM %s AS u, models AS m WHERE u.%s = '...';",
				from, spk_plain_identifier(id)));
	spk_html_code(
		&r->out,
		"-- another threshold: as many users flagged as can be called, or the one that costs least\n"
		"SELECT churn_set_threshold(model, 0.2) FROM models;");
	spk_html_section_end(&r->out);
}

/*
 * report_origin.c
 *	  Where the model comes from: what it was trained on, when, and how.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "core/models/model.h"
#include "report/plot.h"
#include "report/report.h"
#include "report/report_html.h"

static void
put_training(SpkReport *r)
{
	const SpkModel *model = r->judged.model;
	double			rows = model->facts[SPK_FACT_ROWS];
	double			positives = model->facts[SPK_FACT_POSITIVES];
	double			skipped = model->facts[SPK_FACT_SKIPPED];
	double			unsampled = model->facts[SPK_FACT_UNSAMPLED];

	/* a model of another program does not know its rows */
	spk_html_paragraph(&r->out, NULL,
					   psprintf("%s with %s%s%s%s%s. It flags from a score of %.3f on.",
								spk_algorithm_name(model->algorithm),
								spk_plot_count(model->n_features, "feature"),
								isnan(rows) ?
									"" :
									psprintf(", trained on %s", spk_plot_count(rows, "row")),
								isnan(positives) ? "" :
												   psprintf(", of which %.0f churned", positives),
								skipped > 0 ? psprintf("; %s without a label were left out",
													   spk_plot_count(skipped, "row")) :
											  "",
								unsampled > 0 ?
									psprintf("; %s of users outside a sample of %g were left out",
											 spk_plot_count(unsampled, "row"),
											 model->options.value[SPK_OPT_SAMPLE]) :
									"",
								model->threshold));
}

/*
 * A model is the same bits whenever it is trained, and knows neither its source nor its day; the
 * registry does, where the model is deployed and the reader may look.
 */
static void
put_deployments(SpkReport *r)
{
	static const Oid		 types[] = {TEXTOID, FLOAT8OID, TEXTOID, TEXTOID, BOOLOID};
	static const char *const heads[] = {"deployed as", "#version", "on", "in use", "~trained on"};
	SpkPlotRows				*rows;
	char				   **texts[3];
	double					*versions;
	double					*active;

	rows = spk_report_query(
		r,
		psprintf(
			"SELECT m.name, m.version::pg_catalog.float8 AS version,"
			" pg_catalog.to_char(m.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,"
			" m.source, m.active FROM %1$s.churn_models AS m"
			" WHERE m.model OPERATOR(%1$s.=) ($1::%1$s.churn_model) ORDER BY m.name, m.version",
			r->judged.schema),
		lengthof(types), types);
	if (rows->n == 0)
	{
		spk_html_paragraph(
			&r->out, "note",
			"When it was trained, and on what, is known of models that are deployed by churn_deploy.");
		return;
	}

	/* each version that has these bits, also where it was rolled back */
	texts[0] = spk_plot_texts(rows, "name");
	texts[1] = spk_plot_texts(rows, "day");
	texts[2] = spk_plot_texts(rows, "source");
	versions = spk_plot_numbers(rows, "version");
	active = spk_plot_numbers(rows, "active");
	spk_html_table(&r->out, heads, lengthof(heads));
	for (int i = 0; i < rows->n; i++)
	{
		const char *cells[] = {texts[0][i], psprintf("%.0f", versions[i]), texts[1][i],
							   active[i] == 1 ? "yes" : "no",
							   texts[2][i] == NULL ? "" : texts[2][i]};

		spk_html_row(&r->out, heads, cells, lengthof(heads));
	}
	spk_html_table_end(&r->out);
}

/* May the reader look into the registry? */
static bool
may_look(SpkReport *r)
{
	static const Oid types[] = {BOOLOID};
	SpkPlotRows		*rows =
		spk_report_query(r,
						 psprintf("SELECT pg_catalog.has_table_privilege(%s, 'SELECT') AS may",
								  quote_literal_cstr(
									  psprintf("%s.churn_models", r->judged.schema))),
						 lengthof(types), types);

	return spk_plot_numbers(rows, "may")[0] == 1;
}

void
spk_report_origin(SpkReport *r)
{
	static const Oid types[] = {TEXTOID, TEXTOID};
	SpkPlotRows		*rows = spk_report_query(
			r,
			psprintf("SELECT pg_catalog.jsonb_extract_path_text(i.info, 'fingerprint') AS fingerprint,"
						 " pg_catalog.jsonb_extract_path_text(i.info, 'options') AS options"
						 " FROM (SELECT %s.churn_info($1) AS info) AS i",
					 r->judged.schema),
			lengthof(types), types);
	char **options = spk_plot_texts(rows, "options");

	/* what it says itself, what others know of it, and how to make it again */
	spk_html_section(&r->out, "Where it comes from");
	put_training(r);
	if (may_look(r))
		put_deployments(r);
	spk_html_paragraph(&r->out, NULL,
					   psprintf("Its fingerprint is %s. What it was judged by here:",
								spk_plot_texts(rows, "fingerprint")[0]));
	spk_html_code(&r->out, spk_plot_utf8(pstrdup(r->source)));
	if (options[0] != NULL)
	{
		spk_html_paragraph(&r->out, NULL, "Its options:");
		spk_html_code(&r->out, options[0]);
	}
	spk_html_section_end(&r->out);
}

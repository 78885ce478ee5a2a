/*
 * report.c
 *	  churn_report: a page about a model, to be read by who acts on it.
 */
#include "compat.h"

#include <math.h>

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "core/base/calendar.h"
#include "core/models/model.h"
#include "host/args.h"
#include "host/pg_host.h"
#include "host/source.h"
#include "report/plot.h"
#include "report/report.h"
#include "report/report_html.h"

/* More users than this nobody calls in a day. */
#define REPORT_MAX_TOP 1000

SpkPlotRows *
spk_report_query(const SpkReport *report, const char *sql, int n_columns, const Oid *types)
{
	const Oid params[] = {report->judged.model_type, TEXTOID, TEXTOID, FLOAT8OID, INT4OID, TEXTOID};
	const Datum values[] = {report->model,
							CStringGetTextDatum(report->source),
							CStringGetTextDatum(report->judged.label),
							Float8GetDatum(report->judged.model->threshold),
							Int32GetDatum(report->top),
							CStringGetTextDatum(report->users)};

	return spk_plot_query(sql, lengthof(params), params, values, n_columns, types);
}

const char *
spk_report_id(const SpkReport *report)
{
	if (report->judged.id == NULL)
		return "";
	return psprintf(", id => %s", quote_literal_cstr(report->judged.id));
}

const char *
spk_report_name(const char *name)
{
	if (name == NULL)
		return "unknown";
	return name[strspn(name, " ")] == '\0' ? SPK_EMPTY_NAME : name;
}

double
spk_report_figure(const SpkReport *report, const char *metric, const char *column)
{
	char  **metrics = spk_plot_texts(report->figures, "metric");
	double *values = spk_plot_numbers(report->figures, column);

	for (int i = 0; i < report->figures->n; i++)
		if (strcmp(metrics[i], metric) == 0)
			return values[i];
	elog(ERROR, "churn_evaluate has no metric \"%s\"", metric);
	return NAN;
}

static void
evaluate(SpkReport *report)
{
	static const Oid types[] = {TEXTOID, FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID, TEXTOID};

	report->figures =
		spk_report_query(report,
						 psprintf("SELECT e.metric, e.value, e.low, e.high, e.baseline, e.meaning"
								  " FROM %s.churn_evaluate($1, $2, $3%s) AS e",
								  report->judged.schema, spk_report_id(report)),
						 lengthof(types), types);
}

/* "random_forest of 36 features, trained on 3,523 rows of which 249 churned; 30 Nov" */
static char *
subtitle_of(const SpkReport *report)
{
	const SpkModel *model = report->judged.model;
	char			now[SPK_TIME_TEXT];
	char			rows[SPK_NUMBER_LABEL];
	char			positives[SPK_NUMBER_LABEL];

	spk_time_text(GetCurrentTransactionStartTimestamp() / USECS_PER_SEC * USECS_PER_SEC, now);
	if (!spk_has_histograms(model))
		return psprintf("%s with %u features, imported from %s; report of %.10s",
						spk_algorithm_name(model->algorithm), model->n_features,
						spk_import_titles[(int) model->facts[SPK_FACT_IMPORTED]], now);
	if (isnan(model->facts[SPK_FACT_ROWS]) || isnan(model->facts[SPK_FACT_POSITIVES]))
		return psprintf("%s with %u features; report of %.10s",
						spk_algorithm_name(model->algorithm), model->n_features, now);
	spk_number_label(model->facts[SPK_FACT_ROWS], 0, rows);
	spk_number_label(model->facts[SPK_FACT_POSITIVES], 0, positives);
	return psprintf("%s with %u features, trained on %s rows of which %s churned; report of %.10s",
					spk_algorithm_name(model->algorithm), model->n_features, rows, positives, now);
}

static const char *
optional_name(FunctionCallInfo fcinfo, int arg)
{
	return PG_ARGISNULL(arg) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(arg));
}

PG_FUNCTION_INFO_V1(churn_report);
Datum
churn_report(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"model", "source", "label"};
	static void (*const sections[])(
		SpkReport *) = {spk_report_verdict, spk_report_figures,	 spk_report_users,
						spk_report_drivers, spk_report_segments, spk_report_drift,
						spk_report_audit,	spk_report_origin,	 spk_report_use};
	const char *title = spk_plot_text_arg(fcinfo, 7, "Who is about to leave");
	SpkReport	report = {0};
	SpkHost		host = spk_pg_host(CurrentMemoryContext);

	spk_require_args(fcinfo, names, lengthof(names));
	report.out = spk_writer(&host);
	report.model = PG_GETARG_DATUM(0);
	report.source = text_to_cstring(PG_GETARG_TEXT_PP(1));
	report.users = PG_ARGISNULL(3) ? report.source : text_to_cstring(PG_GETARG_TEXT_PP(3));
	report.by = optional_name(fcinfo, 5);
	report.top = Min(spk_plot_count_arg(fcinfo, 6, "top"), REPORT_MAX_TOP);
	report.judged = spk_judged_source(fcinfo->flinfo->fn_oid, report.model, report.source,
									  text_to_cstring(PG_GETARG_TEXT_PP(2)),
									  optional_name(fcinfo, 4));
	report.judged.from = spk_source_gathered(report.source, report.judged.schema);

	/* all sections rest on the figures */
	evaluate(&report);
	spk_html_begin(&report.out, title, subtitle_of(&report));
	for (int i = 0; i < lengthof(sections); i++)
		sections[i](&report);
	spk_html_end(&report.out);
	spk_check(report.out.status, "report", NULL);
	if (report.out.len > MaxAllocSize / 2)
		spk_check(SPK_LIMIT, "report", NULL);
	PG_RETURN_TEXT_P(cstring_to_text_with_len((char *) report.out.data, (int) report.out.len));
}

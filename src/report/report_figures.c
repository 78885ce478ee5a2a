/*
 * report_figures.c
 *	  Is the model any good?  What it is worth in words, in pictures and in figures.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "report/plot.h"
#include "report/report.h"
#include "report/report_html.h"
#include "scoring/score.h"

static char *
share(double value)
{
	char label[SPK_NUMBER_LABEL];

	spk_share_label(value, 1, label);
	return pstrdup(label);
}

static char *
number(double value, int decimals)
{
	char label[SPK_NUMBER_LABEL];

	if (isnan(value))
		return pstrdup("");
	spk_number_label(value, decimals, label);
	return pstrdup(label);
}

/* Does the ranking beat guessing, beyond chance? */
static void
put_ranking(SpkReport *r)
{
	double auc = spk_report_figure(r, "auc", "value");
	double low = spk_report_figure(r, "auc", "low");
	double high = spk_report_figure(r, "auc", "high");

	if (isnan(auc))
		spk_html_paragraph(
			&r->out, "bad",
			"The rows are of one class only, so that nothing can be said of how well the model tells users apart.");
	else if (low > 0.5)
		spk_html_paragraph(
			&r->out, "good",
			psprintf(
				"The model tells who churns better than guessing. Of a user who churned and one who stayed, it puts the first higher in %.1f of 100 pairs; with other users of the same kind that would be between %.1f and %.1f, by guessing 50.",
				100 * auc, 100 * low, 100 * high));
	else
		spk_html_paragraph(
			&r->out, "bad",
			psprintf(
				"These rows do not show that the model is better than guessing: of a user who churned and one who stayed, it puts the first higher in %.1f of 100 pairs, and with other users of the same kind that might be %.1f as well. Guessing has 50.",
				100 * auc, 100 * low));
}

/* Are the probabilities better than one share for everybody? */
static void
put_probabilities(SpkReport *r)
{
	double brier = spk_report_figure(r, "brier", "value");
	double baseline = spk_report_figure(r, "brier", "baseline");
	double ece = spk_report_figure(r, "ece", "value");

	if (brier < baseline)
		spk_html_paragraph(
			&r->out, "good",
			psprintf(
				"Its probabilities are nearer to what happened than the same share for everybody: the mean squared error is %.4f, against %.4f. On average they are %.1f points of 100 away from the share that churned.",
				brier, baseline, 100 * ece));
	else
		spk_html_paragraph(
			&r->out, "bad",
			psprintf(
				"Its probabilities are no nearer to what happened than the same share for everybody: the mean squared error is %.4f, against %.4f. Go by the order of users, or calibrate the model.",
				brier, baseline));
}

/* What the threshold finds, and what that costs. */
static void
put_threshold(SpkReport *r)
{
	double tp = spk_report_figure(r, "tp", "value");
	double fp = spk_report_figure(r, "fp", "value");
	double fn = spk_report_figure(r, "fn", "value");
	double n = spk_report_figure(r, "n", "value");
	double threshold = spk_report_figure(r, "threshold", "value");

	if (tp + fp == 0)
	{
		spk_html_paragraph(&r->out, "bad",
						   psprintf("At its threshold of %.3f the model flags nobody.", threshold));
		return;
	}
	spk_html_paragraph(
		&r->out, NULL,
		psprintf(
			"At its threshold of %.3f the model flags %s of %s users (%s). %s of them churned, which is %s of all who did; %s were false alarms, and %s were missed. Whoever contacts all that are flagged contacts %.1f users for each one that churns; at random it would be %.1f.",
			threshold, number(tp + fp, 0), number(n, 0), share((tp + fp) / n), number(tp, 0),
			share(tp / (tp + fn)), number(fp, 0), number(fn, 0), (tp + fp) / Max(tp, 1),
			n / Max(tp + fn, 1)));
}

void
spk_report_verdict(SpkReport *r)
{
	double positives = spk_report_figure(r, "positives", "value");
	double n = spk_report_figure(r, "n", "value");

	spk_html_section(&r->out, "Is it any good?");
	spk_html_paragraph(&r->out, "lead",
					   psprintf("Judged by %s rows, of which %s churned (%s).", number(n, 0),
								number(positives, 0), share(positives / n)));
	put_ranking(r);
	put_probabilities(r);
	put_threshold(r);
	spk_html_paragraph(
		&r->out, "note",
		"This holds for users whom the training has not seen. Rows that the model was trained on make it look better than it is.");
	spk_html_section_end(&r->out);
}

/* The pictures of the scores, all of one scan. */
static void
put_pictures(SpkReport *r)
{
	static const Oid types[] = {TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID};
	static const char *const columns[] = {"confusion",	 "scores", "lift", "gain",
										  "calibration", "roc",	   "pr"};
	const SpkJudgedSource	*j = &r->judged;
	SpkPlotRows				*rows;

	rows = spk_report_query(
		r,
		psprintf(
			"SELECT %1$s.churn_plot_confusion(c.metrics) AS confusion,"
			" %1$s.churn_plot_scores(c.bins, $4) AS scores, %1$s.churn_plot_lift(c.lift) AS lift,"
			" %1$s.churn_plot_gain(c.lift) AS gain, %1$s.churn_plot_calibration(c.calibration) AS calibration,"
			" %1$s.churn_plot_roc(c.roc, c.metrics) AS roc, %1$s.churn_plot_pr(c.pr, c.metrics) AS pr"
			" FROM (SELECT %1$s.churn_metrics(s.label, s.score, $4) AS metrics,"
			" %1$s.churn_calibration(s.label, s.score, 20) AS bins, %1$s.churn_lift(s.label, s.score) AS lift,"
			" %1$s.churn_calibration(s.label, s.score) AS calibration,"
			" %1$s.churn_roc(s.label, s.score) AS roc, %1$s.churn_pr(s.label, s.score) AS pr"
			" FROM (SELECT q.%2$s AS label, %3$s AS score FROM %4$s OFFSET 0) AS s) AS c",
			j->schema, quote_identifier(j->label),
			spk_prediction_of(j->model, j->columns, j->schema), j->from),
		lengthof(types), types);
	spk_html_pictures(&r->out);
	for (int i = 0; i < lengthof(columns); i++)
	{
		char *picture = spk_plot_texts(rows, columns[i])[0];

		/* curves need both classes */
		if (picture != NULL)
			spk_html_picture(&r->out, picture);
	}
	spk_html_pictures_end(&r->out);
}

/* Does the metric count rows? */
static bool
is_count(const char *metric)
{
	static const char *const counts[] = {"n", "positives", "skipped", "tp", "fp", "fn", "tn"};

	for (int i = 0; i < lengthof(counts); i++)
		if (strcmp(metric, counts[i]) == 0)
			return true;
	return false;
}

/* All figures, as churn_evaluate tells them. */
static void
put_table(SpkReport *r)
{
	static const char *const heads[] = {"figure", "#value",	  "#from",
										"#to",	  "#to beat", "~what it means"};
	char				   **metrics = spk_plot_texts(r->figures, "metric");
	char				   **meanings = spk_plot_texts(r->figures, "meaning");
	static const char *const columns[] = {"value", "low", "high", "baseline"};
	double					*values[lengthof(columns)];

	for (int k = 0; k < lengthof(columns); k++)
		values[k] = spk_plot_numbers(r->figures, columns[k]);
	spk_html_table(&r->out, heads, lengthof(heads));
	for (int i = 0; i < r->figures->n; i++)
	{
		const char *cells[lengthof(heads)] = {metrics[i]};

		for (int k = 0; k < lengthof(columns); k++)
			cells[1 + k] = number(values[k][i], is_count(metrics[i]) ? 0 : 3);
		cells[lengthof(heads) - 1] = meanings[i];
		spk_html_row(&r->out, heads, cells, lengthof(heads));
	}
	spk_html_table_end(&r->out);
}

void
spk_report_figures(SpkReport *r)
{
	spk_html_section(&r->out, "How good, in pictures and figures");
	put_pictures(r);
	put_table(r);
	spk_html_paragraph(
		&r->out, "note",
		"From and to are 95 % confidence limits. To beat is what nobody churns, random order or the same share for everybody has.");
	spk_html_section_end(&r->out);
}

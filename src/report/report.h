/*
 * report.h
 *	  churn_report: a page about a model, and the sections that it is made of.
 */
#ifndef SPK_REPORT_REPORT_H
#define SPK_REPORT_REPORT_H

#include "postgres.h"

#include "core/base/bytes.h"
#include "judging/judge_source.h"
#include "report/plot_rows.h"

typedef struct SpkReport
{
	SpkWriter		out;
	Datum			model; /* the argument */
	const char	   *source;
	SpkJudgedSource judged;	 /* what the model is judged by */
	const char	   *users;	 /* the source of the users to list */
	const char	   *by;		 /* the column of segments, or NULL */
	int				top;	 /* users to list */
	SpkPlotRows	   *figures; /* of churn_evaluate */
} SpkReport;

/*
 * Rows of a query of ours.  Its parameters are $1 the model, $2 the source and $3 the label,
 * texts, $4 the model's threshold, $5 the number of users to list and $6 their source.
 */
extern SpkPlotRows *spk_report_query(const SpkReport *report, const char *sql, int n_columns,
									 const Oid *types);

/* A name as a cell shows it, also when it is NULL or empty. */
extern const char *spk_report_name(const char *name);

/* The argument id of functions that judge: ", id => '...'", or nothing. */
extern const char *spk_report_id(const SpkReport *report);

/* A figure of churn_evaluate: its value or another column (low, high, baseline); NaN for NULL. */
extern double spk_report_figure(const SpkReport *report, const char *metric, const char *column);

/* The sections, in their order. */
extern void spk_report_verdict(SpkReport *report);
extern void spk_report_figures(SpkReport *report);
extern void spk_report_drivers(SpkReport *report);
extern void spk_report_users(SpkReport *report);
extern void spk_report_segments(SpkReport *report);
extern void spk_report_drift(SpkReport *report);
extern void spk_report_audit(SpkReport *report);
extern void spk_report_origin(SpkReport *report);
extern void spk_report_use(SpkReport *report);

#endif /* SPK_REPORT_REPORT_H */

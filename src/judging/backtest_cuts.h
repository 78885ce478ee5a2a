/*
 * backtest_cuts.h
 *	  Training on collected rows before dates, and judging by those from there on.
 */
#ifndef SPK_JUDGING_BACKTEST_CUTS_H
#define SPK_JUDGING_BACKTEST_CUTS_H

#include "postgres.h"

#include "nodes/execnodes.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "core/models/options.h"
#include "models/options_names.h"
#include "rows/row_store.h"

/* Columns of churn_backtest */
enum
{
	SPK_BACKTEST_AS_OF,
	SPK_BACKTEST_TRAINED_FROM,
	SPK_BACKTEST_TRAINED_TO,
	SPK_BACKTEST_ROWS,
	SPK_BACKTEST_POSITIVES,
	SPK_BACKTEST_METRICS,
	SPK_BACKTEST_SECONDS,
	SPK_BACKTEST_MODEL,
	SPK_BACKTEST_COLUMNS
};

typedef struct SpkBacktest
{
	SpkAlgorithm	algorithm;
	SpkOptions		options;
	SpkNamedOptions named;
	Interval	   *horizon; /* of the labels, which are known when it has ended */
	int				n_cuts;
	DateADT		   *cuts; /* ascending, distinct; none: each date of the rows that can be judged */
	bool			dates_are_cuts; /* the rows are of the cuts, and some of these may have none */
	bool			has_log_end;
	DateADT			log_end;		/* the log is complete until 00:00 UTC on this day */
	bool			told_one_class; /* why all rows stayed has been told */
	ReturnSetInfo  *rsinfo;			/* gets a row for each cut with something to train on */
} SpkBacktest;

/* When the horizon of a time ends.  A horizon that is not positive is an error. */
extern Timestamp spk_backtest_end(const SpkBacktest *b, Timestamp time);

/* How many of the cuts, from the first on, have known labels at this one? */
extern int spk_backtest_n_before(const SpkBacktest *b, int cut);

/* The first cut with others to train on; an error when there is none. */
extern int spk_backtest_first(const SpkBacktest *b);

/*
 * Trains on the rows whose labels are known at each cut, and judges by those from there
 * up to the next one.  This is an SpkRowsCallback whose arg is an SpkBacktest; rows have
 * times.  The rows are put into another order.
 */
extern void spk_backtest_rows(SpkRowStore *rows, void *arg);

#endif /* SPK_JUDGING_BACKTEST_CUTS_H */

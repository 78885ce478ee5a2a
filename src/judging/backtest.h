/*
 * backtest.h
 *	  What a call of churn_backtest works with: a source of rows, or of profiles.
 */
#ifndef SPK_JUDGING_BACKTEST_H
#define SPK_JUDGING_BACKTEST_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "fmgr.h"

#include "judging/backtest_cuts.h"

/* Arguments of churn_backtest, counted from 0 */
enum
{
	SPK_BACKTEST_ARG_SOURCE,
	SPK_BACKTEST_ARG_AS_OF,
	SPK_BACKTEST_ARG_HORIZON,
	SPK_BACKTEST_ARG_EVENT,
	SPK_BACKTEST_ARG_ALGORITHM,
	SPK_BACKTEST_ARG_OPTIONS,
	SPK_BACKTEST_ARG_ID,
	SPK_BACKTEST_ARG_PROFILE,
	SPK_BACKTEST_ARG_LOG_END,
	SPK_BACKTEST_ARG_FEATURES,
	SPK_BACKTEST_ARG_LABEL,
	SPK_BACKTEST_ARG_TIME,
	SPK_BACKTEST_ARG_EXCLUDE
};

/* What one call works with. */
typedef struct SpkBacktestCall
{
	FunctionCallInfo fcinfo;
	const char		*schema; /* the extension's, quoted */
	const char		*from;	 /* the source */
	TupleDesc		 columns;
	SpkBacktest		 backtest;
} SpkBacktestCall;

/* The text of an argument; NULL when it is null. */
extern char *spk_backtest_text(const SpkBacktestCall *s, int n);

/*
 * Makes rows of the profiles of the source, a user's for each date of as_of, and has
 * them judged.
 */
extern void spk_backtest_profiles(SpkBacktestCall *s);

#endif /* SPK_JUDGING_BACKTEST_H */

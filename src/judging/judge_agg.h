/*
 * judge_agg.h
 *	  All that is known of a set of scored rows and of chance in it: what sparkify_judge returns.
 */
#ifndef SPK_JUDGING_JUDGE_AGG_H
#define SPK_JUDGING_JUDGE_AGG_H

#include "postgres.h"

#include "core/judging/bootstrap.h"
#include "host/progress.h"

/* The result of the aggregate, as bytes. */
typedef struct SpkJudgement
{
	SpkMetrics	metrics; /* n is 0, and all else not set, without a row that has label and score */
	uint64		n_rows;	 /* with those that have no label or score */
	uint64		n_users; /* 0 when they are not known */
	uint64		n_drawn; /* rows that the limits are from: all, or those of some users */
	uint64		n_drawn_positives;
	double		mean_score;
	SpkInterval figures[SPK_N_FIGURES];
	SpkDelong	delong; /* with a second score, of the rows that were drawn */
} SpkJudgement;

/*
 * From now on the aggregate counts the rows that this process reads there; NULL: it does not.
 * Returns what was there before, to be put back, also after an error.
 */
extern SpkReadProgress *spk_judge_watch(SpkReadProgress *progress);

/* Reads the aggregate's result, which is not NULL. */
extern SpkJudgement spk_judgement_of(Datum datum);

#endif /* SPK_JUDGING_JUDGE_AGG_H */

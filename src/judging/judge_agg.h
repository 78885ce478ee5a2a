/*
 * judge_agg.h
 *	  All that is known of a set of scored rows and of chance in it: what sparkify_judge returns.
 */
#ifndef SPK_JUDGING_JUDGE_AGG_H
#define SPK_JUDGING_JUDGE_AGG_H

#include "postgres.h"

#include "core/judging/bootstrap.h"

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

/* Reads the aggregate's result, which is not NULL. */
extern SpkJudgement spk_judgement_of(Datum datum);

#endif /* SPK_JUDGING_JUDGE_AGG_H */

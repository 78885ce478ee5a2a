/*
 * scores_agg.h
 *	  The state of all aggregates that judge scores.
 */
#ifndef SPK_JUDGING_SCORES_AGG_H
#define SPK_JUDGING_SCORES_AGG_H

#include "postgres.h"
#include "fmgr.h"

#include "core/judging/scores.h"

/* What an aggregate takes beside label and score; it is the same in all rows. */
typedef enum ScoresExtra
{
	SCORES_PLAIN,
	SCORES_THRESHOLD,
	SCORES_BINS,
	SCORES_COSTS,
	SCORES_BUDGET
} ScoresExtra;

#define MAX_SCORES_ARGS 2

typedef struct ScoresState
{
	SpkScores	scores; /* at least one row */
	ScoresExtra extra;
	double		args[MAX_SCORES_ARGS]; /* 0 where extra has none */
} ScoresState;

/* The state in a final function's first argument; NULL when there was no row. */
extern ScoresState *spk_scores_state(FunctionCallInfo fcinfo);

#endif /* SPK_JUDGING_SCORES_AGG_H */

/*
 * scores_agg.h
 *	  The state that all aggregates have that judge scores.
 */
#ifndef SPK_JUDGING_SCORES_AGG_H
#define SPK_JUDGING_SCORES_AGG_H

#include "postgres.h"
#include "fmgr.h"

#include "core/judging/scores.h"

/* The arguments that an aggregate has after label and score.  They are the same in all rows. */
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
	SpkScores	scores; /* has at least one row */
	ScoresExtra extra;
	double		args[MAX_SCORES_ARGS]; /* the values of these arguments; 0 beyond them */
} ScoresState;

/*
 * The state in the first argument of a final function; NULL when no row had both label and
 * score.  It is an error to call it outside an aggregate.
 */
extern ScoresState *spk_scores_state(FunctionCallInfo fcinfo);

#endif /* SPK_JUDGING_SCORES_AGG_H */

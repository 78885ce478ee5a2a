/*
 * compare_plan.h
 *	  A contest in the making: what contest_rows.c, contest_deal.c and
 *	  contest_cost.c share.
 */
#ifndef SPK_JUDGING_COMPARE_PLAN_H
#define SPK_JUDGING_COMPARE_PLAN_H

#include "judging/compare.h"

typedef struct SpkMaking
{
	SpkHost		host;
	MemoryContext context;
	SpkContestPlan *plan;
	SpkTable	table;
	SpkTable	parts[SPK_N_PARTS];
	uint8	   *folds;			/* of each row of the table */
	uint64	   *groups;			/* likewise, or NULL */
	int			n_deals;
	uint8	  **deals;			/* each: of each row to train on, its fold in calibration */
	double		n_skipped;
	int			n_forms;
	SpkContestForm *forms;
	SpkModel   *models;			/* of each form: has its features */
	bytea	  **features;		/* the same as bytes */
	double	   *costs;			/* of each contender's fit to all folds */
} SpkMaking;

/* The contender as a model that is still to be fitted. */
extern SpkModel spk_making_model(const SpkMaking *making, int contender);

/* ---- contest_deal.c ---- */

/*
 * Deals the table's rows out to folds and holdout, and those to train on to the
 * folds of calibration where there is any; moves the rows held out behind the
 * others and sets the parts.  counts (n_folds and one more) receives the rows of
 * each fold; one without rows of both classes is an error.
 */
extern void spk_making_deal(SpkMaking *making, SpkFoldCount *counts);

/* ---- contest_cost.c ---- */

/*
 * Sets the costs, and tells how many workers are worth asking for and there is
 * memory for, when the contest is of this size; an error when there is not
 * enough for the leader alone.
 */
extern int	spk_making_workers(SpkMaking *making, const SpkContest *layout);

#endif							/* SPK_JUDGING_COMPARE_PLAN_H */

/*
 * compare_setup.h
 *	  A comparison while it is set up: what compare_rows.c, compare_folds.c and
 *	  compare_cost.c share.
 */
#ifndef SPK_JUDGING_COMPARE_SETUP_H
#define SPK_JUDGING_COMPARE_SETUP_H

#include "core/base/bytes.h"
#include "judging/compare.h"

typedef struct SpkCompareSetup
{
	SpkHost			host;
	MemoryContext	context;
	SpkComparePlan *plan;
	SpkTable		table;
	SpkTable		parts[SPK_N_PARTS];
	uint8		   *folds;	/* of each row of the table */
	uint64		   *groups; /* likewise, or NULL */
	int				n_fold_sets;
	uint8		  **fold_sets; /* each: of each row to train on, its fold in calibration */
	double			n_skipped;
	int				n_forms;
	SpkBinnedForm  *forms;
	SpkModel	   *models;	  /* of each form: has its features */
	SpkWriter	   *features; /* the same, encoded */
	double		   *costs;	  /* of each model's fit to all folds */
} SpkCompareSetup;

/* The model of this spec, still to be fitted. */
extern SpkModel spk_compare_model(const SpkCompareSetup *setup, int spec);

/* ---- compare_folds.c ---- */

/*
 * Parts the table's rows into folds and holdout, and those to train on into the
 * folds of calibration where there is any; moves the rows held out behind the
 * others and sets the parts.  counts (n_folds and one more) receives the rows of
 * each fold; one without rows of both classes is an error.
 */
extern void spk_compare_part_rows(SpkCompareSetup *setup, SpkFoldCount *counts);

/* ---- compare_cost.c ---- */

/*
 * Sets the costs, and tells how many workers are worth asking for and there is
 * memory for, when the comparison is of this size; an error when there is not
 * enough for the leader alone.
 */
extern int spk_compare_affordable(SpkCompareSetup *setup, const SpkComparison *layout);

#endif /* SPK_JUDGING_COMPARE_SETUP_H */

/*
 * compare_setup.h
 *	  A comparison that is being set up: what compare_rows.c, compare_folds.c and
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
	SpkTable		parts[SPK_N_PARTS]; /* stretches of the table */
	uint8		   *folds;				/* the fold of each row of the table */
	uint64		   *groups;				/* the key of each row's group, or NULL */
	int				n_fold_sets;
	uint8		  **fold_sets; /* for each set: the fold in a cross-fit of each row to train on */
	double			n_skipped;
	double			n_unweighted;
	double		   *weights; /* of each row of the table, or NULL */
	int				n_forms;
	SpkBinnedForm  *forms;
	SpkModel	   *models;	  /* one for each form, which has its features */
	SpkWriter	   *features; /* the features of each form, encoded */
	double		   *costs;	  /* for each model: what a fit without a fold costs, and one to all */
} SpkCompareSetup;

/* The unfitted model of the spec with this number.  Its features belong to the setup. */
extern SpkModel spk_compare_model(const SpkCompareSetup *setup, int number);

/* ---- compare_folds.c ---- */

/*
 * Parts the table's rows into folds and the holdout, moves the rows held out behind the
 * others, and sets the parts.  For models that are calibrated, or choose their threshold
 * by folds, it also parts the rows to train on into these folds.  counts receives the number of rows in each fold
 * and then in the holdout; one that has not rows of both classes is an error.
 */
extern void spk_compare_part_rows(SpkCompareSetup *setup, SpkFoldCount *counts);

/* ---- compare_cost.c ---- */

/*
 * Sets the costs.  Returns how many workers are worth asking for and have memory enough,
 * beside a comparison of the layout's size.  Not enough for the leader alone is an error.
 */
extern int spk_compare_affordable(SpkCompareSetup *setup, const SpkComparison *layout);

#endif /* SPK_JUDGING_COMPARE_SETUP_H */

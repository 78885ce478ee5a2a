/*
 * compare.h
 *	  A comparison of models: what churn_compare is asked for, the rows that all models
 *	  share, and what comes of each fit.
 *
 * A comparison is one block of memory, shared or not.  It has no pointers: its parts are
 * found by their places, in bytes from its start.  The values of the rows are a block of
 * their own, because they take most of the memory, and only some algorithms learn from
 * values.  Their models are fitted first, and then the block is released.
 */
#ifndef SPK_JUDGING_COMPARE_H
#define SPK_JUDGING_COMPARE_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/array.h"
#include "utils/jsonb.h"

#include "core/judging/ranking_metric.h"
#include "core/judging/samples.h"
#include "core/rows/binning.h"
#include "core/rows/folds.h"
#include "models/options_names.h"
#include "rows/row_store.h"
#include "training/workers.h"

/* A model to be compared: an algorithm with options. */
typedef struct SpkModelSpec
{
	SpkAlgorithm	algorithm;
	SpkOptions		options;
	SpkNamedOptions named;	  /* the leader's alone */
	uint32			form;	  /* number of the binned form that it learns from */
	uint32			n_parts;  /* how many folds of a cross-fit are scored; 0 when it needs none */
	uint32			fold_set; /* if it does: number of the set of these folds */
} SpkModelSpec;

/* What churn_compare is asked for. */
typedef struct SpkComparePlan
{
	int			  n_specs;
	SpkModelSpec *specs;
	uint32		  n_folds;
	double		  holdout; /* share of the rows, 0 for none */
	SpkMetric	  metric;
	uint64		  seed;
	const char	 *group;   /* the column that has the groups, or NULL; errors name it */
	const char	 *weights; /* the column of the weights, the same for all models, or NULL */
} SpkComparePlan;

/* The two parts of the rows: those that folds are made of, and those held out. */
enum
{
	SPK_PART_TRAINING,
	SPK_PART_HOLDOUT,
	SPK_N_PARTS
};

/*
 * The rows as models learn from them that have the same option bins, with the places of
 * all that belongs to them.  Folds are a byte for each row to train on.  Codes and values
 * have orders of their own, so that each have folds in their order.
 */
typedef struct SpkBinnedForm
{
	SpkBinning binning;
	bool	   paired;				/* have codes and values one order?  Those of "auto" have */
	bool	   has_codes;			/* does a model learn from the codes? */
	bool	   has_values;			/* does a model learn from the values? */
	uint32	   n_grouped;			/* features whose categories are grouped */
	uint32	   stride[SPK_N_PARTS]; /* of the rows of codes */
	uint32	   n_positives[SPK_N_PARTS];
	double	   unit;		 /* of the weights of rows to train on, if they have any */
	uint64	   multiples[2]; /* how many units those weigh who stay, and those who churn */
	Size	   features;	 /* encoded */
	Size	   features_size;
	Size	   codes[SPK_N_PARTS];
	bool	   has_users; /* have some users several rows? */
	uint32	   n_users;	  /* if so: how many users there are */
	Size	   users;	  /* and the number of each row's user, of the rows to train on */
	Size	   code_folds;
	Size	   values[SPK_N_PARTS]; /* in the block of values */
	Size	   value_folds;
	Size	   code_fold_sets; /* the folds of cross-fits, one set after the other */
	Size	   value_fold_sets;
} SpkBinnedForm;

/*
 * What came of a fit.  A model has one fit for each fold, which leaves the fold out and is
 * judged by it.  Its last fit is to all folds, and is judged by the holdout.
 */
typedef struct SpkCompareFit
{
	SpkMetrics	metrics;			/* n is 0 when there is no holdout */
	double		spread[2];			/* of the last fit, see ranking_metric.h */
	double		seconds;			/* what fitting and judging took */
	double		facts[SPK_N_FACTS]; /* of the last fit */
	dsa_pointer model;				/* of the last fit, when a worker made it */
} SpkCompareFit;

typedef struct SpkComparison
{
	Size	   size;		/* of this block, in bytes */
	Size	   values_size; /* of the block of values, 0 when no model learns from values */
	uint32	   n_specs;
	uint32	   n_folds;
	uint32	   n_forms;
	uint32	   n_fold_sets;
	uint32	   n_features;
	uint32	   n_rows[SPK_N_PARTS];
	double	   n_skipped;
	double	   n_unweighted;
	char	   weights[SPK_MAX_NAME + 1]; /* the column of the weights; "" when rows have none */
	SpkMetric  metric;
	uint64	   seed;
	SpkTickets tickets;	  /* a ticket is a place in order */
	Size	   specs;	  /* place of n_specs SpkModelSpec */
	Size	   forms;	  /* place of n_forms SpkBinnedForm */
	Size	   order;	  /* place of the fits' numbers, uint32: first those that need the
						 * values, and of each kind the most expensive ones first */
	Size	   fits;	  /* place of SpkCompareFit, n_folds + 1 for each spec */
	bool	   has_rules; /* do options say anything of features? */
	Size	   rules;	  /* if so: place of SpkFeatureRule, n_features for each spec */
} SpkComparison;

/* A comparison as a process sees it. */
typedef struct SpkCompareMemory
{
	SpkComparison *comparison; /* at the start of the block */
	SpkMemoryBlock block;
	SpkMemoryBlock values; /* has no memory when no model learns from values any more */
} SpkCompareMemory;

static inline void *
spk_compare_at(const SpkComparison *comparison, Size place)
{
	return (char *) comparison + place;
}

static inline SpkModelSpec *
spk_compare_spec(const SpkComparison *comparison, uint32 number)
{
	return (SpkModelSpec *) spk_compare_at(comparison, comparison->specs) + number;
}

static inline SpkBinnedForm *
spk_compare_form(const SpkComparison *comparison, uint32 number)
{
	return (SpkBinnedForm *) spk_compare_at(comparison, comparison->forms) + number;
}

/* Do rows have weights? */
static inline bool
spk_compare_weighted(const SpkComparison *comparison)
{
	return comparison->weights[0] != '\0';
}

/* Fold n_folds stands for the fit to all of them. */
static inline SpkCompareFit *
spk_compare_fit(const SpkComparison *comparison, uint32 spec, uint32 fold)
{
	SpkCompareFit *fits = spk_compare_at(comparison, comparison->fits);

	return &fits[(size_t) spec * (comparison->n_folds + 1) + fold];
}

static inline uint32
spk_compare_n_fits(const SpkComparison *comparison)
{
	return comparison->n_specs * (comparison->n_folds + 1);
}

/* ---- compare_grid.c ---- */

/*
 * Returns the *n models that the user asks for, palloc'd.  algorithms is a text[].  Each of
 * them is compared with the options that the grid has for it, or else with its defaults.
 *
 * The grid, which may be NULL, is a JSON object.  Its keys are algorithms.  Its values are
 * arrays of objects, each of which has the options of one model, or objects of options
 * with arrays of values, which are all combined, or some of which are drawn by chance,
 * see spk_grid_draw.  All that is wrong is an error.
 *
 * Weights that any of the models names are those of all, because these share the rows.
 * *weights is their column, or NULL.  Two models that name different ones are an error.
 */
extern SpkModelSpec *spk_compare_specs(ArrayType *algorithms, Jsonb *grid, uint64 seed, int *n,
									   const char **weights);

/* ---- compare_rows.c ---- */

/*
 * Parts the rows into folds, bins them, and puts them into a new comparison.  It is in
 * shared memory when *n_workers, which is set, is more than 0, and otherwise in the
 * context.  counts receives the number of rows in each fold and then in the holdout; it
 * has room for the plan's n_folds and one more.
 *
 * Rows that cannot be parted so that each fold has both classes are an error, and so is
 * taking too much memory.  The values, groups and times of the rows are given back.
 */
extern void spk_compare_new(SpkComparePlan *plan, SpkRowStore *rows, MemoryContext context,
							SpkFoldCount *counts, SpkCompareMemory *memory, int *n_workers);

/* ---- compare_fit.c ---- */

/* The rows of a part in one form, where they lie in the blocks. */
extern SpkSamples spk_compare_samples(const SpkCompareMemory *memory, const SpkBinnedForm *form,
									  int part);

/*
 * Fits all models with the help of so many workers, and releases the block of values.
 * models, which has n_specs elements that are NULL, receives the models that were fitted
 * to all folds, palloc'd.
 */
extern void spk_compare_run(SpkCompareMemory *memory, int n_workers, bytea **models);

/* The entry point of a parallel worker; nothing else calls it. */
extern PGDLLEXPORT void spk_compare_worker(dsm_segment *seg, shm_toc *toc);

/* ---- compare_check.c ---- */

/*
 * The first checks all that is true of a new comparison, before the first fit.  The second
 * checks that each fit has its figures, after spk_compare_run.
 */
#ifdef USE_ASSERT_CHECKING
extern void spk_compare_check(const SpkCompareMemory *memory, const SpkFoldCount *counts);
extern void spk_compare_check_fits(const SpkComparison *comparison, const SpkFoldCount *counts,
								   bytea *const *models);
#else
#define spk_compare_check(memory, counts)				   ((void) 0)
#define spk_compare_check_fits(comparison, counts, models) ((void) 0)
#endif

#endif /* SPK_JUDGING_COMPARE_H */

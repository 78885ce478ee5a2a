/*
 * compare.h
 *	  A comparison of models: what churn_compare asks for, the rows that all
 *	  models share, and what comes of each fit.
 *
 * A comparison is one block of memory, shared or not, without pointers: the parts
 * of it are found by their places, bytes from its start.  The rows' values are a
 * block of their own: they are most of the memory, and are needed by the algorithms
 * that learn from them alone, whose models are fitted first.
 */
#ifndef SPK_JUDGING_COMPARE_H
#define SPK_JUDGING_COMPARE_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/array.h"
#include "utils/jsonb.h"

#include "core/judging/ranking_metric.h"
#include "core/judging/samples.h"
#include "core/rows/folds.h"
#include "rows/row_store.h"
#include "training/workers.h"

/* What a model of the comparison is to be: an algorithm with options. */
typedef struct SpkModelSpec
{
	SpkAlgorithm algorithm;
	SpkOptions	 options;
	uint32		 form;	   /* the binned form of the rows it learns from */
	uint32		 fold_set; /* the folds that it is calibrated by, if it is */
} SpkModelSpec;

/* What is asked for. */
typedef struct SpkComparePlan
{
	int			  n_specs;
	SpkModelSpec *specs;
	uint32		  n_folds;
	double		  holdout; /* share */
	SpkMetric	  metric;
	uint64		  seed;
	const char	 *group; /* column that tells the groups, or NULL; for errors */
} SpkComparePlan;

/* Rows to train on, and those held out */
enum
{
	SPK_PART_TRAINING,
	SPK_PART_HOLDOUT,
	SPK_N_PARTS
};

/* The rows, binned with so many bins at most. */
typedef struct SpkBinnedForm
{
	uint32 bins;
	bool   has_codes;
	bool   has_values;
	uint32 n_positives[SPK_N_PARTS];
	Size   features; /* encoded, and how many bytes */
	Size   features_size;
	Size   codes[SPK_N_PARTS];
	Size   code_folds;			/* of the rows to train on, as codes are in order */
	Size   values[SPK_N_PARTS]; /* in the block of values */
	Size   value_folds;
	Size   code_fold_sets; /* folds of calibration, likewise, one set after the other */
	Size   value_fold_sets;
} SpkBinnedForm;

/*
 * What a fit gave: one for each fold, judged by it, and the last one, fitted to
 * all folds and judged by the holdout.
 */
typedef struct SpkCompareFit
{
	SpkMetrics	metrics;   /* n is 0 when there was nothing to judge by */
	double		spread[2]; /* of the holdout, see metric.h */
	double		seconds;
	double		facts[SPK_N_FACTS];
	dsa_pointer model; /* the last one's, if a worker made it */
} SpkCompareFit;

typedef struct SpkComparison
{
	Size	   size;		/* of the block */
	Size	   values_size; /* of that of the values */
	uint32	   n_specs;
	uint32	   n_folds;
	uint32	   n_forms;
	uint32	   n_fold_sets;
	uint32	   n_features;
	uint32	   n_rows[SPK_N_PARTS];
	double	   n_skipped;
	SpkMetric  metric;
	uint64	   seed;
	SpkTickets tickets; /* for places in order */
	Size	   specs;	/* SpkModelSpec */
	Size	   forms;	/* SpkBinnedForm */
	Size	   order;	/* uint32: the fits, those that need the values first, then the dearest */
	Size	   fits;	/* SpkCompareFit, n_folds + 1 for each spec */
} SpkComparison;

/* A comparison as a process sees it. */
typedef struct SpkCompareMemory
{
	SpkComparison *comparison; /* in the block */
	SpkMemoryBlock block;
	SpkMemoryBlock values; /* without memory when they are not needed any more */
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

/* Fold n_folds is the fit to all of them. */
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
 * The models that a user names: for each of the algorithms, a text[], the
 * options that the grid has for it, or its defaults.  The grid is a JSON object
 * of algorithms, each an array of objects of options, or an object of arrays of
 * values that are all combined; errors tell what is wrong.
 */
extern SpkModelSpec *spk_compare_specs(ArrayType *algorithms, Jsonb *grid, int *n);

/* ---- compare_rows.c ---- */

/*
 * Parts the rows into folds, bins them and puts them into a new comparison, in
 * shared memory when *n_workers, which is set, is more than 0, else in memory of
 * the context.  counts (n_folds of the plan and one more) receives the rows of
 * each fold.  Rows that do not do are an error, as is what takes too much memory.
 * The values of the rows are given back.
 */
extern void spk_compare_new(SpkComparePlan *plan, SpkRowStore *rows, MemoryContext context,
							SpkFoldCount *counts, SpkCompareMemory *memory, int *n_workers);

/* ---- compare_fit.c ---- */

/*
 * Fits all models, with the help of so many workers.  models (n_specs)
 * receives those fitted to all folds, in the current memory context.
 */
extern void spk_compare_run(SpkCompareMemory *memory, int n_workers, bytea **models);

/* What a worker runs. */
extern PGDLLEXPORT void spk_compare_worker(dsm_segment *seg, shm_toc *toc);

#endif /* SPK_JUDGING_COMPARE_H */

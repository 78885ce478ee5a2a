/*
 * compare.h
 *	  Models that compete: what churn_compare asks for, the rows that all of
 *	  them share, and what comes of each fit.
 *
 * A contest is one block of memory, shared or not, without pointers: the parts
 * of it are found by their places, bytes from its start.  The rows' values are a
 * block of their own: they are most of the memory, and only models without trees
 * need them, which are fitted first.
 */
#ifndef SPK_JUDGING_COMPARE_H
#define SPK_JUDGING_COMPARE_H

#include "postgres.h"

#include "fmgr.h"
#include "port/atomics.h"
#include "storage/dsm.h"
#include "storage/shm_toc.h"
#include "utils/array.h"
#include "utils/dsa.h"
#include "utils/jsonb.h"

#include "core/rows/folds.h"
#include "core/judging/ranking_metric.h"
#include "core/judging/samples.h"
#include "rows/row_store.h"

/* A model that competes. */
typedef struct SpkContender
{
	SpkAlgorithm algorithm;
	SpkOptions	options;
	uint32		form;			/* of the rows it learns from */
	uint32		deal;			/* of its calibration's folds, when it is calibrated */
} SpkContender;

/* What is asked for. */
typedef struct SpkContestPlan
{
	int			n_contenders;
	SpkContender *contenders;
	uint32		n_folds;
	double		holdout;		/* share */
	SpkMetric	metric;
	uint64		seed;
	const char *group;			/* column that tells the groups, or NULL; for errors */
} SpkContestPlan;

/* Rows to train on, and those held out */
enum
{
	SPK_PART_TRAINING,
	SPK_PART_HOLDOUT,
	SPK_N_PARTS
};

/* Rows binned with so many bins at most. */
typedef struct SpkContestForm
{
	uint32		bins;
	bool		has_codes;
	bool		has_values;
	uint32		n_positives[SPK_N_PARTS];
	Size		features;		/* a model that has them, and its size */
	Size		features_size;
	Size		codes[SPK_N_PARTS];
	Size		code_folds;		/* of the rows to train on, as codes are in order */
	Size		values[SPK_N_PARTS];	/* in the block of values */
	Size		value_folds;
	Size		code_deals;		/* folds of calibration, likewise, for one deal after the other */
	Size		value_deals;
} SpkContestForm;

/*
 * What a fit gave: one for each fold, judged by it, and the last one, fitted to
 * all folds and judged by the holdout.
 */
typedef struct SpkContestFit
{
	SpkMetrics	metrics;		/* n is 0 when there was nothing to judge by */
	double		spread[2];		/* of the holdout, see metric.h */
	double		seconds;
	double		facts[SPK_N_FACTS];
	dsa_pointer model;			/* the last one's, if a worker made it */
} SpkContestFit;

typedef struct SpkContest
{
	Size		size;			/* of the block */
	Size		values_size;	/* of that of the values */
	uint32		n_contenders;
	uint32		n_folds;
	uint32		n_forms;
	uint32		n_deals;
	uint32		n_features;
	uint32		n_rows[SPK_N_PARTS];
	double		n_skipped;
	SpkMetric	metric;
	uint64		seed;
	pg_atomic_uint32 next_ticket;
	pg_atomic_uint32 n_done;
	Size		contenders;		/* SpkContender */
	Size		forms;			/* SpkContestForm */
	Size		tickets;		/* uint32: the fits, those without trees first, then the dearest */
	Size		fits;			/* SpkContestFit, n_folds + 1 for each contender */
} SpkContest;

/* A contest as a process sees it. */
typedef struct SpkArena
{
	SpkContest *contest;
	char	   *values;			/* NULL when they are not needed any more */
	dsm_segment *segment;		/* where the contest lies; NULL: in memory of the process */
	dsm_segment *values_segment;
} SpkArena;

static inline void *
spk_contest_at(const SpkContest *contest, Size place)
{
	return (char *) contest + place;
}

static inline SpkContender *
spk_contender(const SpkContest *contest, uint32 number)
{
	return (SpkContender *) spk_contest_at(contest, contest->contenders) + number;
}

static inline SpkContestForm *
spk_contest_form(const SpkContest *contest, uint32 number)
{
	return (SpkContestForm *) spk_contest_at(contest, contest->forms) + number;
}

/* Fold n_folds is the fit to all of them. */
static inline SpkContestFit *
spk_contest_fit(const SpkContest *contest, uint32 contender, uint32 fold)
{
	SpkContestFit *fits = spk_contest_at(contest, contest->fits);

	return &fits[(size_t) contender * (contest->n_folds + 1) + fold];
}

static inline uint32
spk_contest_n_fits(const SpkContest *contest)
{
	return contest->n_contenders * (contest->n_folds + 1);
}

/* ---- contest_grid.c ---- */

/*
 * The contenders that a user names: for each of the algorithms, a text[], the
 * options that the grid has for it, or its defaults.  The grid is a JSON object
 * of algorithms, each an array of objects of options, or an object of arrays of
 * values that are all combined; errors tell what is wrong.
 */
extern SpkContender *spk_contenders(ArrayType *algorithms, Jsonb *grid, int *n);

/* ---- contest_rows.c ---- */

/*
 * Deals the rows out, bins them and puts them into a new contest, in shared
 * memory when *n_workers, which is set, is more than 0, else in memory of the
 * context.  counts (n_folds of the plan and one more)
 * receives the rows of each fold.  Rows that do not do are an error, as is what
 * takes too much memory.  The values of the rows are given back.
 */
extern void spk_contest_new(SpkContestPlan *plan, SpkRowStore *rows, MemoryContext context,
							SpkFoldCount *counts, SpkArena *arena, int *n_workers);

/* ---- contest_fit.c ---- */

/*
 * Fits all models, with the help of so many workers.  models (n_contenders)
 * receives those fitted to all folds, in the current memory context.
 */
extern void spk_contest_run(SpkArena *arena, int n_workers, bytea **models);

/* Gives the values back. */
extern void spk_contest_release_values(SpkArena *arena);

/* What a worker runs. */
extern PGDLLEXPORT void spk_contest_worker(dsm_segment *seg, shm_toc *toc);

#endif							/* SPK_JUDGING_COMPARE_H */

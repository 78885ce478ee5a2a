/*
 * train_failure.h
 *	  Rows that give no model, and how that is told.
 *
 * Alone such rows are an error.  As one group of many they are not: the others
 * have their models, and this one is told.
 */
#ifndef SPK_TRAINING_TRAIN_FAILURE_H
#define SPK_TRAINING_TRAIN_FAILURE_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "rows/row_store.h"

/* What there is to know of rows that were to be trained on. */
typedef struct SpkTrainingCounts
{
	int64		n_rows;			/* labelled */
	int64		n_positives;
	int64		n_skipped;		/* not labelled */
	int			lone;			/* rows of both classes: the one that is of one user, so that nothing can be
								 * held out to calibrate by; -1: neither */
} SpkTrainingCounts;

/* The counts of these rows, of which nothing but their labels is known. */
extern SpkTrainingCounts spk_training_counts(const SpkRowStore *rows);

/* Error unless there are rows of both classes, and more than one user of each to calibrate by. */
extern void spk_check_trainable(const SpkTrainingCounts *counts);

/* Groups that have no model. */
typedef struct SpkFailures
{
	int64		n_groups;		/* of all, with a model or without */
	int64		n_failed;
	StringInfoData list;		/* of the first ones, and why */
} SpkFailures;

/* None yet; in the current memory context. */
extern void spk_failures_init(SpkFailures *failures);

/* One more: the group's name, NULL for the null group, and what its rows are. */
extern void spk_add_failure(SpkFailures *failures, const char *group, const SpkTrainingCounts *counts);

/* One NOTICE of all of them, if there are any. */
extern void spk_tell_of_failures(const SpkFailures *failures);

/*
 * A NOTICE of rows of which nothing but the counts is known, as an aggregate has
 * them.  told is how often it was called before in the query, and goes up by one:
 * after the first ten only one more says that others are not told.
 */
extern void spk_tell_of_failure(const SpkTrainingCounts *counts, int64 *told);

#endif							/* SPK_TRAINING_TRAIN_FAILURE_H */

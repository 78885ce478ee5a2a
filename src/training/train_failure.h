/*
 * train_failure.h
 *	  Rows that no model can be trained on, and how the user is told.
 *
 * When they are all there is, such rows are an error.  When they are one group of
 * many they are not: the other groups get their models, and a NOTICE names this
 * one.
 */
#ifndef SPK_TRAINING_TRAIN_FAILURE_H
#define SPK_TRAINING_TRAIN_FAILURE_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "rows/row_store.h"

/* The counts that decide whether rows can be trained on, and that say why they cannot. */
typedef struct SpkTrainingCounts
{
	int64 n_rows; /* rows with a label */
	int64 n_positives;
	int64 n_skipped;	/* rows without one */
	int	  lone;			/* the class (0: stayed, 1: churned) whose rows are all of one
								 * user, so that none can be held out to calibrate by; or -1 */
	int64 n_unweighted; /* labelled rows that are left out because they weigh nothing */
	int64 n_unsampled;	/* labelled rows that are left out because the sample has not their users */
} SpkTrainingCounts;

/* The counts of stored rows.  How users are spread over them is not known: lone is -1. */
extern SpkTrainingCounts spk_training_counts(const SpkRowStore *rows);

/* What to do about labelled rows of one class, of which so many churned: a text that stays. */
extern const char *spk_one_class_hint(int64 n_positives);

/* Raises an error unless there are rows of both classes and, to calibrate, two users of each. */
extern void spk_check_trainable(const SpkTrainingCounts *counts);

/* The groups of a training that have no model. */
typedef struct SpkFailures
{
	int64		   n_groups; /* all groups, with a model or without; the caller counts them */
	int64		   n_failed; /* those without */
	StringInfoData list;	 /* the first of those, each with its reason */
} SpkFailures;

/* Starts with no failures; the list is in the current memory context. */
extern void spk_failures_init(SpkFailures *failures);

/* Adds a group that has no model, with the counts of its rows.  The null group's name is NULL. */
extern void spk_add_failure(SpkFailures *failures, const char *group,
							const SpkTrainingCounts *counts);

/* Raises one NOTICE for all failures, if there are any. */
extern void spk_tell_of_failures(const SpkFailures *failures);

/*
 * Raises a NOTICE for rows of which only the counts are known, as in an aggregate,
 * which does not know its group.  *told counts the calls in this query, and goes
 * up by one: the first ten are told, the next one says that further ones are not,
 * and after that nothing is said.
 */
extern void spk_tell_of_failure(const SpkTrainingCounts *counts, int64 *told);

#endif /* SPK_TRAINING_TRAIN_FAILURE_H */

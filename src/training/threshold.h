/*
 * threshold.h
 *	  The threshold of a model that is not calibrated and knows nothing out of bag: it is
 *	  chosen by scores of rows that the models which gave them had not seen.
 */
#ifndef SPK_TRAINING_THRESHOLD_H
#define SPK_TRAINING_THRESHOLD_H

#include "postgres.h"

#include "core/judging/cross_fit.h"
#include "core/judging/effort.h"
#include "core/rows/matrix.h"

/* The rows by which a threshold is chosen. */
typedef struct SpkThresholdRows
{
	SpkEffort effort;
	SpkTable  table;
	uint8	 *folds;  /* of each of them, effort.n_folds in all */
	uint8	 *drawn;  /* of each row of all: is it among them?  NULL: all are */
	uint64	 *groups; /* of those that are drawn; NULL when all are, or have none */
} SpkThresholdRows;

/*
 * Draws the rows, as many as spk_threshold_effort says, and parts them into folds, in
 * host memory.  groups has a key for each row of the table, as core/rows/folds.h
 * describes, or is NULL: rows with the same key stay together.  The table must outlive
 * what is drawn of it.
 */
extern SpkThresholdRows spk_threshold_rows(const SpkHost *host, const SpkTable *table,
										   const uint64 *groups, uint64 seed);

/* Gives back what is left of that. */
extern void spk_threshold_rows_release(const SpkHost *host, SpkThresholdRows *rows);

/* The most bytes that it takes while it works, and of what it returns. */
extern uint64 spk_threshold_rows_size(const SpkTable *table, const SpkEffort *effort);

/*
 * Will the fit of a model, whose algorithm and options are set, to the table hold out
 * enough rows to choose its threshold by?  Then none of what follows is needed.
 */
extern bool spk_fit_holds_out_enough(const SpkHost *host, const SpkTable *table,
									 const SpkModel *model);

/*
 * Chooses the threshold of a model, whose algorithm, options and features are set, for
 * spk_cross_fit_facts.  The table is only read.  Returns false when the rows cannot be
 * parted, as when all who churned are one user: then there is none.  More memory than
 * sparkify.max_training_memory is an error.
 */
extern bool spk_fit_threshold(const SpkHost *host, const SpkTable *table, const uint64 *groups,
							  SpkModel *model, SpkCrossFitted *fitted);

#endif /* SPK_TRAINING_THRESHOLD_H */

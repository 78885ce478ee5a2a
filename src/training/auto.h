/*
 * auto.h
 *	  Training by the algorithm "auto": a search among candidates, and a blend of them.
 */
#ifndef SPK_TRAINING_AUTO_H
#define SPK_TRAINING_AUTO_H

#include "postgres.h"

#include "core/rows/matrix.h"
#include "training/train_warnings.h"

/*
 * Trains on the table, which has its rows' groups, or NULL, and is only read.  The model is
 * one of SPK_BLEND; its options, features and counts of rows are set.  It becomes what the
 * search has found, a blend or a plain model of another algorithm, calibrated if its
 * options ask for that, with a threshold and facts.  host's memory is the model's.
 *
 * Returns false, and has done nothing, when the rows cannot be parted because all of one
 * class are of one user, or too few.  More memory than sparkify.max_training_memory is an
 * error.
 */
extern bool spk_train_auto(const SpkHost *host, const SpkTable *table, SpkModel *model);

/*
 * The folds of the search among the rows of the table, which has their groups: of each row
 * 0 .. SPK_SEARCH_FOLDS - 1, or SPK_HOLDOUT when it is not drawn to search by.  They are in
 * host memory.  NULL when the rows cannot be parted.
 */
extern uint8 *spk_auto_folds(const SpkHost *host, const SpkTable *table, uint64 seed);

/* Raises the error that there are too few users to search by. */
extern void spk_auto_refuse(void);

/* Tells, once a query, which algorithms these options of auto keep from being tried. */
extern void spk_auto_tell_left_out(const SpkOptions *asked, SpkWarned *warned);

/* The candidate that stands for a search where the rows cannot be parted: sets the algorithm
 * and its options, and tells of it in a NOTICE, once a query. */
extern void spk_auto_without_search(const SpkHost *host, SpkModel *model, SpkWarned *warned);

#endif /* SPK_TRAINING_AUTO_H */

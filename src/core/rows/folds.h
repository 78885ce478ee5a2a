/*
 * folds.h
 *	  Rows parted into a holdout and the folds of cross-validation.
 *
 * Rows of one group (snapshots of one user) stay together.  Groups are put in
 * order by their rows that churned, then by their rows, then by a hash of key
 * and seed; systematic sampling along that order deals the holdout out, and the
 * rest goes to the folds in turn.  So neighbours, which are alike, part, and
 * every part has its share of rows and of churn (a stratified split).
 */
#ifndef SPK_CORE_ROWS_FOLDS_H
#define SPK_CORE_ROWS_FOLDS_H

#include "core/rows/matrix.h"

#define SPK_MAX_FOLDS	100
#define SPK_HOLDOUT		UINT8_MAX	/* the fold of rows held out */

/* Rows of each class in a fold: 0 stays, 1 churns. */
typedef struct SpkFoldCount
{
	uint32_t	n_rows[2];
} SpkFoldCount;

/*
 * Sets the fold of each row, 0 .. n_folds - 1 or SPK_HOLDOUT, in folds (n_rows
 * of the table).  groups: a key for each row, the same for rows of one group;
 * rows with key 0, and all when it is NULL, are groups of their own.  The
 * holdout gets the nearest number of groups to its share of them, 0 <= holdout
 * < 1.
 *
 * The same rows with the same keys and seed are dealt out alike in any order;
 * rows that are equal in all may change places.  Takes up to 60 bytes a row
 * while it works.  SPK_INVALID unless n_folds is 1 .. SPK_MAX_FOLDS,
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_folds_part(const SpkHost *host, const SpkTable *table, const uint64_t *groups,
								double holdout, uint32_t n_folds, uint64_t seed, uint8_t *folds);

/* Bytes that it takes. */
extern uint64_t spk_folds_size(uint32_t n_rows);

/*
 * Adds up the rows of each fold into counts, which has n_folds of them and then
 * that of the holdout.  SPK_CANCELLED.
 */
extern SpkStatus spk_folds_count(const SpkHost *host, const SpkTable *table, const uint8_t *folds,
								 uint32_t n_folds, SpkFoldCount *counts);

#endif							/* SPK_CORE_ROWS_FOLDS_H */

/*
 * folds.h
 *	  Parts rows into a holdout and the folds of cross-validation.
 *
 * Rows of one group, as the snapshots of one user, stay together.  Groups are
 * ordered by how many of their rows churned, then by how many rows they have, then
 * by a hash of key and seed.  Systematic sampling along that order chooses the
 * holdout, and the rest goes to the folds in turn.  So neighbours, which are alike,
 * go to different parts, and every part has its share of rows and of churn (a
 * stratified split).
 */
#ifndef SPK_CORE_ROWS_FOLDS_H
#define SPK_CORE_ROWS_FOLDS_H

#include "core/rows/matrix.h"

#define SPK_MAX_FOLDS 100
#define SPK_HOLDOUT	  UINT8_MAX /* in place of a fold's number: the row is in the holdout */

/* How many rows of each class a fold has: 0 stays, 1 churns. */
typedef struct SpkFoldCount
{
	uint32_t n_rows[2];
} SpkFoldCount;

/*
 * Sets the fold of each row of the table, 0 .. n_folds - 1 or SPK_HOLDOUT, in
 * folds, which belongs to the caller and has room for all rows.
 *
 * groups has a key for each row, the same for all rows of a group.  Rows with
 * key 0 are groups of their own, and so are all rows when groups is NULL.
 * holdout is the share of groups to hold out, 0 <= holdout < 1; the number of
 * groups is the one nearest to it.
 *
 * The same rows with the same keys and seed are parted in the same way, whatever
 * their order; rows that are equal in everything may change places.  It takes up
 * to 60 bytes of host memory for each row while it works.  Returns SPK_INVALID
 * unless n_folds is 1 .. SPK_MAX_FOLDS, SPK_CANCELLED when the host asked to stop,
 * and SPK_NO_MEMORY when it gave none.
 */
extern SpkStatus spk_folds_part(const SpkHost *host, const SpkTable *table, const uint64_t *groups,
								double holdout, uint32_t n_folds, uint64_t seed, uint8_t *folds);

/*
 * Draws a share of the groups at random, and sets drawn, which belongs to the caller, to
 * 1 for each row of theirs and to 0 for others.  Groups and seed are as above, and so are
 * the failures; what is drawn does not depend on the order of rows either.  It takes
 * SPK_DRAW_SIZE bytes of host memory for each row while it works.
 */
#define SPK_DRAW_SIZE (3 * sizeof(uint64_t))
extern SpkStatus spk_folds_draw(const SpkHost *host, const SpkTable *table, const uint64_t *groups,
								double share, uint64_t seed, uint8_t *drawn);

/* The most bytes of host memory that spk_folds_part takes while it works. */
extern uint64_t spk_folds_size(uint32_t n_rows);

/*
 * Counts the rows of each fold into counts, which has room for n_folds folds and
 * then the holdout.  Returns SPK_CANCELLED when the host asked to stop.
 */
extern SpkStatus spk_folds_count(const SpkHost *host, const SpkTable *table, const uint8_t *folds,
								 uint32_t n_folds, SpkFoldCount *counts);

#endif /* SPK_CORE_ROWS_FOLDS_H */

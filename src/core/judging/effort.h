/*
 * effort.h
 *	  How many rows are scored out of fold when only a threshold depends on them.
 *
 * A calibration is fitted to scores of all rows, and training takes as long as six
 * fits.  A threshold is one number, for which less will do.  Of few rows all are scored,
 * which takes no time to speak of.  Of some thousand rows fewer folds are scored, as long
 * as they have enough rows of the rarer class.  Of many rows a part is drawn, half of which
 * scores the other half: what it costs is a tenth or a twentieth of the fit to all rows.
 */
#ifndef SPK_CORE_JUDGING_EFFORT_H
#define SPK_CORE_JUDGING_EFFORT_H

#include <stdint.h>

/* There are no more folds. */
#define SPK_EFFORT_FOLDS 5

typedef struct SpkEffort
{
	uint32_t n_rows;   /* how many rows are drawn, about; all when there are no more */
	uint32_t n_folds;  /* the folds that they are parted into */
	uint32_t n_scored; /* how many of the folds are scored, each by a fit to all others */
} SpkEffort;

/* The effort for so many rows, of which so many churn.  All members are 1 at least. */
extern SpkEffort spk_threshold_effort(uint32_t n_rows, uint32_t n_positives);

/* How many rows all fits of this effort together are fitted to, about. */
static inline double
spk_effort_rows(const SpkEffort *effort)
{
	return (double) effort->n_rows * effort->n_scored * (effort->n_folds - 1) / effort->n_folds;
}

#endif /* SPK_CORE_JUDGING_EFFORT_H */

/*
 * unseen.h
 *	  Scores of rows by a model that has not seen them: what calibration and its
 *	  threshold go by.
 */
#ifndef SPK_UNSEEN_H
#define SPK_UNSEEN_H

#include "samples.h"

/*
 * Scores the rows in the fold by a model fitted to all others, into scored,
 * which has room for them; *n is their number.  Algorithm, options and features
 * are those of like, of which nothing changes; the model is given back.  What
 * follows from its trees but not for its scores (permutation importance) is
 * left out.  SPK_INVALID unless the others are of both classes, SPK_LIMIT,
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_score_unseen(const SpkHost *host, const SpkSamples *samples, int fold,
								  const SpkModel *like, SpkScored *scored, size_t *n);

#endif							/* SPK_UNSEEN_H */

/*
 * new_names.h
 *	  The categories of a column that a model does not know, in bounded memory.
 */
#ifndef SPK_JUDGING_NEW_NAMES_H
#define SPK_JUDGING_NEW_NAMES_H

#include "postgres.h"

#include "core/models/model.h"

typedef struct SpkNewNames SpkNewNames;

/* Makes an empty set in the current memory context. */
extern SpkNewNames *spk_new_names(void);

/*
 * Counts a name.  Of more than some thousand those are kept whose hash ends in so many zeros that
 * they fit, so that which these are does not depend on the order of rows.
 */
extern void spk_new_names_add(SpkNewNames *names, SpkCategory name);

/* A text[] of the most frequent ones, at most so many. */
extern Datum spk_new_names_array(const SpkNewNames *names, int most);

#endif /* SPK_JUDGING_NEW_NAMES_H */

/*
 * active.h
 *	  The model that is in use under a name.
 */
#ifndef SPK_SCORING_ACTIVE_H
#define SPK_SCORING_ACTIVE_H

#include "postgres.h"

/* Raises the error that no model is in use under this name. */
extern void spk_refuse_undeployed(const text *name);

#endif /* SPK_SCORING_ACTIVE_H */

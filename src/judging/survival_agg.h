/*
 * survival_agg.h
 *	  The arguments that aggregates of times until churn share.
 */
#ifndef SPK_JUDGING_SURVIVAL_AGG_H
#define SPK_JUDGING_SURVIVAL_AGG_H

#include "postgres.h"

#include "fmgr.h"

/* A user, from the arguments days (bigint) and churned (boolean or 0 and 1). */
typedef struct SpkTimedLabel
{
	uint32 days;
	bool   churned;
} SpkTimedLabel;

/*
 * Reads arguments 1 and 2 of a transition function.  False when one of them is NULL.  A
 * number of days that cannot be one, and a label of another type or value, are errors.
 */
extern bool spk_timed_label(FunctionCallInfo fcinfo, SpkTimedLabel *label);

/* Tells how many rows of how many did not count because what they need is NULL, if any. */
extern void spk_tell_skipped(uint64 n_skipped, uint64 n_counted, const char *needed);

/* The memory of the aggregate that calls; it is an error to call it from elsewhere. */
extern MemoryContext spk_survival_context(FunctionCallInfo fcinfo);

#endif /* SPK_JUDGING_SURVIVAL_AGG_H */

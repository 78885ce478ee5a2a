/*
 * log_plan.h
 *	  Features of any log, prepared once and computed for each profile of a query.
 */
#ifndef SPK_PROFILES_LOG_PLAN_H
#define SPK_PROFILES_LOG_PLAN_H

#include "compat.h"

#include "core/profiles/log_features.h"

/* A recipe and the memory to follow it, in a context of its own. */
typedef struct SpkLogPlan
{
	MemoryContext context;
	SpkHost		  host;
	SpkLogRecipe  recipe;
	SpkLogPass	  pass;
	double		 *values; /* of the recipe's features, after spk_log_plan_run */
	SpkLogText	  level;  /* likewise; points into the profile */
} SpkLogPlan;

/* A plan of nothing, whose memory is below this context. */
extern SpkLogPlan *spk_log_plan_begin(MemoryContext parent);

/* Adds a feature; errors name the window, or that there are too many names. */
extern void spk_log_plan_add(SpkLogPlan *plan, const SpkLogWanted *wanted);

/* Ends adding. */
extern void spk_log_plan_ready(SpkLogPlan *plan);

/*
 * Computes the values of a profile argument, which may be NULL, before the date of
 * another, which may be NULL.  False when the result is NULL: there is neither.
 * A profile of the music log is an error that says what function is not for it.
 */
extern bool spk_log_plan_run(SpkLogPlan *plan, FunctionCallInfo fcinfo, int profile_arg,
							 int as_of_arg, const char *function);

/* Refuses a profile of the music log. */
extern void spk_require_log_profile(const bytea *profile, const char *function);

#endif /* SPK_PROFILES_LOG_PLAN_H */

/*
 * log_features.h
 *	  From a profile of any log to the features of a recipe.
 */
#ifndef SPK_CORE_PROFILES_LOG_FEATURES_H
#define SPK_CORE_PROFILES_LOG_FEATURES_H

#include "core/profiles/features.h"
#include "core/profiles/log_reader.h"
#include "core/profiles/log_recipe.h"
#include "core/profiles/log_sessions.h"

/*
 * What a name of the recipe adds up to, or a level.  Of a level only valued is
 * used: its events.
 */
typedef struct SpkLogSums
{
	bool	  is_unknown; /* stands for names of which nothing is known */
	int32_t	  last_day;
	uint64_t  valued;	/* events with an amount */
	uint64_t *events;	/* by the recipe's bounds, and those beyond all of them */
	uint64_t *days;		/* likewise: with an event */
	int64_t	 *gained;	/* likewise: sum of positive amounts, in millionths */
	int64_t	 *refunded; /* likewise: of negative ones, as positive numbers */
} SpkLogSums;

/*
 * One pass over a profile, with memory that is used again by the next.  Tally 0,
 * of names as of levels, is that of all others.  What is counted by bounds stands
 * in *counters, where log_features.c knows its way.
 */
typedef struct SpkLogPass
{
	const SpkHost	   *host;
	const SpkLogRecipe *recipe;
	uint64_t		   *counters;
	uint32_t			n_counters;
	uint64_t		   *events; /* of all names, by bounds */
	uint64_t		   *days;
	uint64_t		   *sessions; /* by their last event */
	SpkLogSums		   *names;	  /* by number in the recipe */
	SpkLogSums		   *levels;
	uint32_t		   *name_tally;	 /* which tally answers for a number of the recipe */
	uint32_t		   *level_tally; /* likewise */
	uint32_t		   *name_place;	 /* which tally counts a number of the profile */
	uint32_t		   *level_place; /* likewise */
	SpkLogDay			day;
	SpkLogSessions		open;
	/* what the days before as_of add up to */
	int32_t	   reference_day;
	int32_t	   first_day;
	int32_t	   last_day; /* SPK_NO_DAY before the first */
	int32_t	   known_days;
	int32_t	   longest_gap;
	int64_t	   reference;
	int64_t	   first_ts;
	int64_t	   last_ts;
	int64_t	   first_start;
	int64_t	   last_start;
	double	   session_us;
	double	   hours;
	uint64_t   leveled; /* events with a level */
	SpkLogText level;	/* the last one; text NULL when unknown */
} SpkLogPass;

/*
 * Memory for passes over profiles by a recipe, to which nothing is added from now
 * on.  Host and recipe stay the caller's.  SPK_NO_MEMORY, with nothing to release.
 */
extern SpkStatus spk_log_pass_init(SpkLogPass *pass, const SpkHost *host,
								   const SpkLogRecipe *recipe);
extern void		 spk_log_pass_release(SpkLogPass *pass);

/*
 * The recipe's features of a profile from what happened strictly before day as_of
 * (as spk_profile_features), or from everything (SPK_NO_DAY).  values receives a
 * number for each, NaN for NULL; that of a text is NaN, and *level, which points
 * into the profile, has it (text NULL when unknown).  data may be NULL, with an
 * as_of: nothing has happened, as nothing has before as_of; *seen turns false
 * then, counts are 0, and what they do not tell is NaN.  SPK_CORRUPT with *why.
 */
extern SpkStatus spk_log_features(SpkLogPass *pass, const void *data, size_t len, int32_t as_of,
								  double *values, SpkLogText *level, bool *seen, const char **why);

#endif /* SPK_CORE_PROFILES_LOG_FEATURES_H */

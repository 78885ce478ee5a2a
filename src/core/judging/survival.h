/*
 * survival.h
 *	  When users leave: the Kaplan-Meier curve of times that may be censored.
 *
 * A time counts days, or periods of another length, in whole numbers.  A user who left
 * has the number of the day on which that was; users who have not left yet are censored,
 * and have the number of days on which they were seen to stay.  Where both happen on one
 * day, those who are censored were still there when the others left.
 *
 * What is kept is how many users left, and how many were censored, at each time.  These
 * are whole numbers, so that neither the order of rows nor the parts in which they are
 * merged leave a trace.
 */
#ifndef SPK_CORE_JUDGING_SURVIVAL_H
#define SPK_CORE_JUDGING_SURVIVAL_H

#include "core/base/host.h"
#include "core/base/invariant.h"

/* The latest time, in days some 270 years: the counts take at most 1.6 MB. */
#define SPK_MAX_SURVIVAL_TIME 100000

typedef struct SpkSurvivalCount
{
	uint64_t events;
	uint64_t censored;
} SpkSurvivalCount;

typedef struct SpkSurvival
{
	uint64_t		  n;
	uint64_t		  n_events;
	uint32_t		  n_times; /* times below this have a count, which may be of nobody */
	SpkSurvivalCount *counts;  /* n_times; NULL when that is 0 */
} SpkSurvival;

/* Adds a user; time is 0 .. SPK_MAX_SURVIVAL_TIME.  SPK_NO_MEMORY, SPK_CANCELLED. */
extern SpkStatus spk_survival_add(const SpkHost *host, SpkSurvival *survival, uint32_t time,
								  bool left);

/* Adds the users of another one, which stays as it is.  Fails as spk_survival_add does. */
extern SpkStatus spk_survival_merge(const SpkHost *host, SpkSurvival *survival,
									const SpkSurvival *from);

/* Gives back the counts. */
extern void spk_survival_release(const SpkHost *host, SpkSurvival *survival);

/*
 * A time at which somebody left or was censored.  The members are in the order of the
 * SQL type's columns.
 */
typedef struct SpkSurvivalPoint
{
	uint32_t time;
	uint64_t at_risk; /* users who had not left before, and were seen so long */
	uint64_t events;
	uint64_t censored;
	double	 survival; /* the share that is expected to stay beyond this time */
	double	 lower;	   /* 95 % confidence limits; NaN where nobody is expected to stay */
	double	 upper;
} SpkSurvivalPoint;

/*
 * The curve, point by point.  It starts as SPK_SURVIVAL_START of a set of users, which
 * must not change on the way.
 */
typedef struct SpkSurvivalCurve
{
	const SpkSurvival *of;
	uint32_t		   next;	 /* the time to go on from */
	uint64_t		   at_risk;	 /* at that time */
	double			   survival; /* before that time */
	double			   variance; /* of the logarithm of survival, by Greenwood's formula */
} SpkSurvivalCurve;

#define SPK_SURVIVAL_START(survival)           \
	{                                          \
		(survival), 0, (survival)->n, 1.0, 0.0 \
	}

/*
 * Goes on to the next time at which somebody left or was censored; false when there is
 * none.  survival is the product limit of Kaplan and Meier (1958).  The limits are those
 * of log(-log survival), with Greenwood's variance, which stay between 0 and 1
 * (Kalbfleisch, Prentice: The Statistical Analysis of Failure Time Data, 1980; in R,
 * survfit with conf.type = "log-log").  Before the first event they are 1.
 */
extern bool spk_survival_next(SpkSurvivalCurve *curve, SpkSurvivalPoint *point);

/* How many points the curve has. */
extern uint32_t spk_survival_points(const SpkSurvival *survival);

#ifdef SPK_CHECK_INVARIANTS
/* What has to hold: the counts add up to the users. */
extern void spk_survival_check(const SpkSurvival *survival);
#else
#define spk_survival_check(survival) ((void) 0)
#endif

#endif /* SPK_CORE_JUDGING_SURVIVAL_H */

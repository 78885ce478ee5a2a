/*
 * terms.h
 *	  From the terms of subscriptions to observations of them.
 *
 * Terms of one user that follow each other within the grace are one period.  Users
 * are observed some time, the lead, before each renewal, or every so often.  What
 * is held is one period at a time.
 */
#ifndef SPK_PROFILES_TERMS_H
#define SPK_PROFILES_TERMS_H

#include "compat.h"

#include "utils/date.h"
#include "utils/timestamp.h"

/* Times are of UTC. */
typedef struct SpkObservationRules
{
	Interval lead;
	Interval grace;
	bool	 by_term; /* before each end of a term; else every so often */
	Interval every;
	DateADT	 first; /* observations lie in first .. last, which is log_end at most */
	DateADT	 last;
	DateADT	 log_end; /* the subscriptions are complete until then, 00:00 */
} SpkObservationRules;

typedef struct SpkObservation
{
	DateADT	  as_of;
	bool	  churned;
	bool	  is_known; /* whether churned */
	Timestamp started_at;
	Timestamp
		churned_at; /* end of the period; DT_NOEND when it goes on, or is not known to have ended */
} SpkObservation;

/* What there is to tell of all subscriptions. */
typedef struct SpkTermCounts
{
	int64 n_no_user;
	int64 n_no_start;
	int64 n_backwards; /* terms that do not end after their start */
	int64 n_overlapping;
	int64 n_open;		/* terms without an end */
	int64 n_unobserved; /* periods that ended without an observation that says so */
} SpkTermCounts;

typedef void (*SpkObservationCallback)(const SpkObservation *observation, void *arg);

/* The period that terms are added to. */
typedef struct SpkPeriod
{
	const SpkObservationRules *rules;
	SpkTermCounts			   counts;
	SpkObservationCallback	   callback;
	void					  *arg;
	MemoryContext			   context; /* of the ends */
	bool					   is_open; /* there is one */
	Timestamp				   start;
	Timestamp				   end;	 /* DT_NOEND for none */
	Timestamp				  *ends; /* of its terms, when they are wanted */
	int						   n_ends;
	int						   room;
} SpkPeriod;

/* No period yet; observations go to the callback, period by period. */
extern void spk_period_init(SpkPeriod *period, const SpkObservationRules *rules,
							SpkObservationCallback callback, void *arg);

/*
 * Adds a term of the user that the period is of.  Terms come by their starts; end
 * is DT_NOEND for none, and comes after start.
 */
extern void spk_period_add(SpkPeriod *period, Timestamp start, Timestamp end);

/* Ends the user's last period. */
extern void spk_period_close(SpkPeriod *period);

#endif /* SPK_PROFILES_TERMS_H */

/*
 * retention.h
 *	  Who comes back: of the users of each period, how many are active in those after it.
 *
 * What is kept are numbers of users, so that neither the order of users nor the parts in which
 * they are merged leave a trace.
 */
#ifndef SPK_CORE_JUDGING_RETENTION_H
#define SPK_CORE_JUDGING_RETENTION_H

#include "core/base/host.h"

typedef enum SpkCohortPeriod
{
	SPK_PERIOD_DAY,
	SPK_PERIOD_WEEK, /* from Monday on */
	SPK_PERIOD_MONTH
} SpkCohortPeriod;

/* At most so many cells make a matrix. */
#define SPK_MAX_RETENTION_CELLS UINT32_C(1000000)

/* Users of one period who were active so many periods later. */
typedef struct SpkRetentionCount
{
	int32_t	 cohort;
	int32_t	 age;
	uint64_t users; /* 0: the place is free */
} SpkRetentionCount;

typedef struct SpkRetention
{
	SpkCohortPeriod	   period;
	int32_t			   until;	 /* the first day, since 2000-01-01, of which nothing is known */
	uint64_t		   n_users;	 /* who have a first day */
	uint32_t		   n;		 /* counts */
	uint32_t		   n_places; /* a power of two, or 0 */
	SpkRetentionCount *counts;	 /* a hash table of n_places */
} SpkRetention;

/* A user whose days are being added; {0} at first. */
typedef struct SpkRetentionUser
{
	bool	seen;
	int32_t cohort;
	int32_t last; /* the last period so far */
} SpkRetentionUser;

/* Adds a day on which the user was active.  Days ascend.  SPK_NO_MEMORY. */
extern SpkStatus spk_retention_add(const SpkHost *host, SpkRetention *retention,
								   SpkRetentionUser *user, int32_t day);

/* Adds another one with the same period and end, which stays as it is.  SPK_NO_MEMORY, SPK_CANCELLED. */
extern SpkStatus spk_retention_merge(const SpkHost *host, SpkRetention *retention,
									 const SpkRetention *from);

extern void spk_retention_release(const SpkHost *host, SpkRetention *retention);

/* A cell of the matrix. */
typedef struct SpkRetentionCell
{
	int32_t	 start;	 /* the first day of the cohort's period */
	int32_t	 age;	 /* 0 is that period itself */
	uint64_t users;	 /* of the cohort */
	uint64_t active; /* of them in the period of this age */
	bool	 known;	 /* is all of that period before the end? */
} SpkRetentionCell;

/*
 * The matrix: of each cohort that has users the cells from age 0 on, up to the period that the end
 * lies in or before which it lies.  cells is host memory, for spk_release.  SPK_LIMIT beyond SPK_MAX_RETENTION_CELLS,
 * SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_retention_cells(const SpkHost *host, const SpkRetention *retention,
									 SpkRetentionCell **cells, uint32_t *n);

/* The number of a day's period, and the first day of a period. */
extern int32_t spk_period_of_day(SpkCohortPeriod period, int32_t day);
extern int32_t spk_period_start(SpkCohortPeriod period, int32_t number);

#endif /* SPK_CORE_JUDGING_RETENTION_H */

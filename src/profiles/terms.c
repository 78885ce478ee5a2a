/*
 * terms.c
 *	  From the terms of subscriptions to observations of them.
 */
#include "compat.h"

#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "core/base/times.h"
#include "profiles/terms.h"

static Timestamp
plus(Timestamp time, const Interval *interval)
{
	return DatumGetTimestamp(DirectFunctionCall2(timestamp_pl_interval, TimestampGetDatum(time),
												 IntervalPGetDatum(interval)));
}

static Timestamp
minus(Timestamp time, const Interval *interval)
{
	return DatumGetTimestamp(DirectFunctionCall2(timestamp_mi_interval, TimestampGetDatum(time),
												 IntervalPGetDatum(interval)));
}

static Timestamp
midnight(DateADT date)
{
	return date * USECS_PER_DAY;
}

void
spk_period_init(SpkPeriod *period, const SpkObservationRules *rules,
				SpkObservationCallback callback, void *arg)
{
	memset(period, 0, sizeof(*period));
	period->rules = rules;
	period->callback = callback;
	period->arg = arg;
	period->context = CurrentMemoryContext;
}

static void
note_end(SpkPeriod *period, Timestamp end)
{
	if (period->n_ends == period->room)
	{
		Size size;

		period->room = Max(16, period->room * 2);
		size = (Size) period->room * sizeof(Timestamp);
		period->ends = period->ends == NULL ? MemoryContextAllocHuge(period->context, size) :
											  repalloc_huge(period->ends, size);
	}
	period->ends[period->n_ends++] = end;
}

/* Does something that starts then follow the period within the grace? */
static bool
follows(const SpkPeriod *period, Timestamp start)
{
	/* the end of time plus a grace is not to be computed */
	return start <= period->end || start <= plus(period->end, &period->rules->grace);
}

void
spk_period_add(SpkPeriod *period, Timestamp start, Timestamp end)
{
	if (period->is_open && !follows(period, start))
		spk_period_close(period);
	if (!period->is_open)
	{
		period->is_open = true;
		period->start = start;
		period->end = end;
	}
	else
	{
		if (start < period->end)
			period->counts.n_overlapping++;
		period->end = Max(period->end, end);
	}
	if (TIMESTAMP_IS_NOEND(end))
		period->counts.n_open++;
	else if (period->rules->by_term)
		note_end(period, end);
}

/* ---- Observations ---- */

/* Is it known by the end of the log whether something follows an end then within the grace? */
static bool
is_told(const SpkObservationRules *rules, Timestamp end)
{
	/* what starts at the very end of the log is not in it */
	return end < midnight(rules->log_end) && plus(end, &rules->grace) < midnight(rules->log_end);
}

/*
 * Observes the period the lead before this time, at which it is renewed or ends;
 * true when that told that it ended, also on a date that is before the first one
 * wanted: which rows there are of a date does not depend on where they begin.
 */
static bool
observe(SpkPeriod *period, Timestamp renewal, DateADT as_of)
{
	const SpkObservationRules *rules = period->rules;
	SpkObservation			   o = {as_of};

	if (midnight(as_of) < period->start || as_of > rules->last)
		return false;
	o.is_known = is_told(rules, renewal);
	o.churned = o.is_known && period->end <= renewal;
	if (as_of < rules->first)
		return o.churned;
	o.started_at = period->start;
	o.churned_at = !TIMESTAMP_IS_NOEND(period->end) && is_told(rules, period->end) ? period->end :
																					 DT_NOEND;
	period->callback(&o, period->arg);
	return o.churned;
}

static DateADT
observed_day(const SpkPeriod *period, Timestamp renewal)
{
	return spk_day_of(minus(renewal, &period->rules->lead));
}

static int
compare_times(const void *a, const void *b)
{
	Timestamp x = *(const Timestamp *) a;
	Timestamp y = *(const Timestamp *) b;

	return (x > y) - (x < y);
}

/* Before each end of a term; true when one told that the period ended. */
static bool
observe_terms(SpkPeriod *period)
{
	bool told = false;

	qsort(period->ends, period->n_ends, sizeof(Timestamp), compare_times);
	for (int i = 0; i < period->n_ends; i++)
	{
		DateADT as_of = observed_day(period, period->ends[i]);

		CHECK_FOR_INTERRUPTS();
		/* of ends that are observed on one day the last one counts */
		if (i + 1 < period->n_ends && observed_day(period, period->ends[i + 1]) == as_of)
			continue;
		told |= observe(period, period->ends[i], as_of);
	}
	return told;
}

/* n times the step from the start, so that a month's end stays one; false beyond the calendar. */
static bool
nth_renewal(const SpkPeriod *period, int64 n, Timestamp *renewal)
{
	const Interval *every = &period->rules->every;
	Interval		distance = {0};

	if (n * every->month > PG_INT32_MAX || n * every->day > PG_INT32_MAX)
		return false;
	distance.month = (int32) (n * every->month);
	distance.day = (int32) (n * every->day);
	*renewal = plus(period->start, &distance);
	return true;
}

/* A renewal that none on or after the first date comes before, however long its months are. */
static int64
first_renewal(const SpkPeriod *period)
{
	const Interval *every = &period->rules->every;
	int64			longest = INT64CONST(31) * every->month + every->day;

	return Max(1, ((int64) period->rules->first - spk_day_of(period->start)) / longest);
}

/* Every so often, as long as the user is there; true as above. */
static bool
observe_often(SpkPeriod *period)
{
	bool	  told = false;
	Timestamp renewal;

	for (int64 n = first_renewal(period); !told && nth_renewal(period, n, &renewal); n++)
	{
		DateADT as_of = observed_day(period, renewal);

		CHECK_FOR_INTERRUPTS();
		if (as_of > period->rules->last || midnight(as_of) >= period->end)
			break;
		told = observe(period, renewal, as_of);
	}
	return told;
}

/* Was there a day on which to tell that the period ended? */
static bool
was_to_be_told(const SpkPeriod *period)
{
	DateADT day;

	if (TIMESTAMP_IS_NOEND(period->end) || !is_told(period->rules, period->end))
		return false;
	day = observed_day(period, period->end);
	return day >= period->rules->first && day <= period->rules->last;
}

void
spk_period_close(SpkPeriod *period)
{
	bool told;

	if (!period->is_open)
		return;
	told = period->rules->by_term ? observe_terms(period) : observe_often(period);
	if (!told && was_to_be_told(period))
		period->counts.n_unobserved++;
	period->is_open = false;
	period->n_ends = 0;
}

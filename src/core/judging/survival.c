/*
 * survival.c
 *	  When users leave: the Kaplan-Meier curve of times that may be censored.
 */
#include "core/judging/survival.h"

#include <math.h>

#include "core/base/elementary.h"

#define FIRST_TIMES 64

/* Two-sided 95 % of a normal distribution: its quantile at 0.975. */
#define NORMAL_975 1.959963984540054

/* Makes room for the counts of times below n_times. */
static SpkStatus
reserve(const SpkHost *host, SpkSurvival *survival, uint32_t n_times)
{
	SpkSurvivalCount *counts;
	uint32_t		  n = survival->n_times * 2;

	if (n_times <= survival->n_times)
		return SPK_OK;
	n = n < FIRST_TIMES ? FIRST_TIMES : n;
	n = n < n_times ? n_times : n;
	n = n > SPK_MAX_SURVIVAL_TIME + 1 ? SPK_MAX_SURVIVAL_TIME + 1 : n;
	counts = spk_alloc(host, n, sizeof(SpkSurvivalCount));
	if (counts == NULL)
		return SPK_NO_MEMORY;
	memset(counts, 0, n * sizeof(SpkSurvivalCount));
	if (survival->n_times > 0)
		memcpy(counts, survival->counts, survival->n_times * sizeof(SpkSurvivalCount));
	spk_release(host, survival->counts);
	survival->counts = counts;
	survival->n_times = n;
	return SPK_OK;
}

SpkStatus
spk_survival_add(const SpkHost *host, SpkSurvival *survival, uint32_t time, bool left)
{
	SpkStatus status = reserve(host, survival, time + 1);

	if (status != SPK_OK)
		return status;
	if (left)
		survival->counts[time].events++;
	else
		survival->counts[time].censored++;
	survival->n++;
	survival->n_events += left;
	return SPK_OK;
}

SpkStatus
spk_survival_merge(const SpkHost *host, SpkSurvival *survival, const SpkSurvival *from)
{
	SpkStatus status = reserve(host, survival, from->n_times);

	if (status != SPK_OK)
		return status;
	for (uint32_t i = 0; i < from->n_times; i++)
	{
		survival->counts[i].events += from->counts[i].events;
		survival->counts[i].censored += from->counts[i].censored;
	}
	survival->n += from->n;
	survival->n_events += from->n_events;
	spk_survival_check(survival);
	return SPK_OK;
}

void
spk_survival_release(const SpkHost *host, SpkSurvival *survival)
{
	spk_release(host, survival->counts);
	*survival = (SpkSurvival) {0};
}

static void
set_limits(const SpkSurvivalCurve *curve, SpkSurvivalPoint *point)
{
	double hazard; /* -log survival, cumulative */
	double width;

	if (curve->survival == 1 || curve->survival == 0)
	{
		point->lower = point->upper = curve->survival == 1 ? 1 : NAN;
		return;
	}
	hazard = -spk_log(curve->survival);
	width = NORMAL_975 * sqrt(curve->variance) / hazard;
	point->lower = spk_exp(-hazard * spk_exp(width));
	point->upper = spk_exp(-hazard * spk_exp(-width));
}

bool
spk_survival_next(SpkSurvivalCurve *curve, SpkSurvivalPoint *point)
{
	const SpkSurvival	   *of = curve->of;
	const SpkSurvivalCount *count;
	double					stay;

	while (curve->next < of->n_times && of->counts[curve->next].events == 0 &&
		   of->counts[curve->next].censored == 0)
		curve->next++;
	if (curve->next >= of->n_times)
		return false;

	/* where all leave, Greenwood's formula has no value, and nobody asks for it any more */
	count = &of->counts[curve->next];
	stay = (double) (curve->at_risk - count->events);
	curve->survival *= stay / (double) curve->at_risk;
	if (stay > 0)
		curve->variance += (double) count->events / ((double) curve->at_risk * stay);
	*point = (SpkSurvivalPoint) {.time = curve->next,
								 .at_risk = curve->at_risk,
								 .events = count->events,
								 .censored = count->censored,
								 .survival = curve->survival};
	set_limits(curve, point);

	curve->at_risk -= count->events + count->censored;
	curve->next++;
	return true;
}

uint32_t
spk_survival_points(const SpkSurvival *survival)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < survival->n_times; i++)
		n += survival->counts[i].events > 0 || survival->counts[i].censored > 0;
	return n;
}

#ifdef SPK_CHECK_INVARIANTS

void
spk_survival_check(const SpkSurvival *survival)
{
	uint64_t n = 0;
	uint64_t n_events = 0;

	spk_assert(survival->n_times <= SPK_MAX_SURVIVAL_TIME + 1);
	spk_assert((survival->counts == NULL) == (survival->n_times == 0));
	for (uint32_t i = 0; i < survival->n_times; i++)
	{
		n += survival->counts[i].events + survival->counts[i].censored;
		n_events += survival->counts[i].events;
	}
	spk_assert(n == survival->n && n_events == survival->n_events);
}

#endif /* SPK_CHECK_INVARIANTS */

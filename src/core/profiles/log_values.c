/*
 * log_values.c
 *	  What features of any log make of a pass over a profile: log_feature_list.h.
 */
#include <math.h>

#include "core/base/elementary.h"
#include "core/profiles/log_values.h"

static inline double
total(const SpkLogPass *p, const uint64_t *b)
{
	return (double) b[SPK_LOG_COUNTERS * p->recipe->n_bounds];
}

static inline double
within(const SpkLogPass *p, const uint64_t *b, uint32_t w)
{
	return (double) b[SPK_LOG_COUNTERS * p->recipe->windows[w].bound];
}

static inline int64_t
total_amount(const SpkLogPass *p, const int64_t *b)
{
	return b[SPK_LOG_COUNTERS * p->recipe->n_bounds];
}

static inline int64_t
amount_within(const SpkLogPass *p, const int64_t *b, uint32_t w)
{
	return b[SPK_LOG_COUNTERS * p->recipe->windows[w].bound];
}

/* Millionths that no double holds exactly are divided before they are rounded. */
static inline double
units(int64_t amount)
{
	if (amount <= (int64_t) SPK_EXACT_NUMBERS && amount >= -(int64_t) SPK_EXACT_NUMBERS)
		return (double) amount / (double) SPK_AMOUNT_ONE;
	return (double) (amount / SPK_AMOUNT_ONE) +
		(double) (amount % SPK_AMOUNT_ONE) / (double) SPK_AMOUNT_ONE;
}

/* Neither is negative, so that the difference cannot overflow. */
static inline double
net(const SpkLogPass *p, const SpkLogSums *t)
{
	return units(total_amount(p, t->gained) - total_amount(p, t->refunded));
}

static inline double
net_within(const SpkLogPass *p, const SpkLogSums *t, uint32_t w)
{
	return units(amount_within(p, t->gained, w) - amount_within(p, t->refunded, w));
}

static inline double
ratio(double numerator, double denominator)
{
	return denominator > 0 ? numerator / denominator : NAN;
}

/* The value, unless it depends on events of which some may be another name's. */
static inline double
known(const SpkLogSums *t, double events, double value)
{
	return t->is_unknown && events > 0 ? NAN : value;
}

static inline double
days_between(int64_t a, int64_t b)
{
	if (a == SPK_NO_TIME || b == SPK_NO_TIME)
		return NAN;
	return ((double) b - (double) a) / (double) SPK_USECS_PER_DAY;
}

static inline double
days_since(const SpkLogPass *p, const SpkLogSums *t)
{
	return t->last_day == SPK_NO_DAY ? NAN : p->reference_day - t->last_day;
}

static inline double
rate(const SpkLogPass *p, const uint64_t *b, uint32_t w)
{
	int32_t days = p->recipe->windows[w].days;

	return ratio(within(p, b, w), days < p->known_days ? days : p->known_days);
}

/* How two rates differ, in -1..1. */
static inline double
contrast(double recent, double before)
{
	return ratio(recent - before, recent + before);
}

static double
trend(const SpkLogPass *p, const uint64_t *b, uint32_t w)
{
	int32_t days = p->recipe->windows[w].days;
	double	recent = within(p, b, w);

	if (p->known_days <= days)
		return NAN;
	return contrast(recent / days, (total(p, b) - recent) / (p->known_days - days));
}

static double
change(const SpkLogPass *p, const uint64_t *b, uint32_t w)
{
	const SpkLogWindow *window = &p->recipe->windows[w];
	int32_t				before = p->known_days - window->days;
	double				recent = within(p, b, w);

	if (before <= 0)
		return NAN;
	if (before > window->days)
		before = window->days;
	return contrast(recent / window->days,
					((double) b[SPK_LOG_COUNTERS * window->double_bound] - recent) / before);
}

double
spk_log_value(const SpkLogPass *p, const SpkLogFeature *feature)
{
	bool			  is_level = spk_log_kinds[feature->kind].subject == SPK_OF_LEVEL;
	const uint64_t	 *b = p->events;
	const SpkLogSums *t = is_level ? &p->levels[p->level_tally[feature->subject]] :
									 &p->names[p->name_tally[feature->subject]];
	const SpkLogSums *u = &p->names[p->name_tally[feature->second]];
	uint32_t		  w = feature->window;

	switch (feature->kind)
	{
#define SPK_LOG_FEATURE_ITEM(kind, subject, window, type, family, column, value, formula) \
	case SPK_LOG_##kind:                                                                  \
		return value;
#include "core/profiles/log_feature_list.h"
#undef SPK_LOG_FEATURE_ITEM
		case SPK_N_LOG_KINDS:
			break;
	}
	return NAN;
}

/*
 * log_values.h
 *	  What features of any log make of a pass over a profile.
 *
 * Inside of log_features.h.
 */
#ifndef SPK_CORE_PROFILES_LOG_VALUES_H
#define SPK_CORE_PROFILES_LOG_VALUES_H

#include "core/profiles/log_features.h"

/*
 * Counters of each bound, those of one bound side by side, as a day changes them
 * together: events, days, amounts gained and refunded of a name; events, days and
 * sessions of all.
 */
#define SPK_LOG_COUNTERS 4

/* The value of a feature, once the counters of all bounds are sums; NaN for NULL. */
extern double spk_log_value(const SpkLogPass *pass, const SpkLogFeature *feature);

#endif /* SPK_CORE_PROFILES_LOG_VALUES_H */

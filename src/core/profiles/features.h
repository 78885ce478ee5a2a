/*
 * features.h
 *	From the bytes of a profile to feature columns and labels.
 */
#ifndef SPK_CORE_PROFILES_FEATURES_H
#define SPK_CORE_PROFILES_FEATURES_H

#include "core/profiles/profile.h"

typedef enum SpkFeatureNumber
{
#define SPK_FEATURE_ITEM(name, type, value, formula) SPK_FEATURE_##name,
#include "core/profiles/feature_list.h"
#undef SPK_FEATURE_ITEM
	SPK_N_PROFILE_FEATURES
} SpkFeatureNumber;

/* The SQL types of feature columns. */
typedef enum SpkFeatureType
{
	SPK_TYPE_int4,
	SPK_TYPE_int8,
	SPK_TYPE_float8
} SpkFeatureType;

extern const SpkFeatureType spk_profile_feature_types[SPK_N_PROFILE_FEATURES];

/* In place of as_of: everything counts. */
#define SPK_NO_DAY INT32_MAX

/*
 * Computes the features of a profile from what happened before 00:00 UTC of the day
 * as_of (days since 2000-01-01, within SPK_MIN_TIME .. SPK_MAX_TIME), or from
 * everything (SPK_NO_DAY).
 *
 * values has room for SPK_N_PROFILE_FEATURES numbers.  NaN stands for NULL, and
 * whole numbers are exact below 2^53.  When nothing happened before as_of, *seen is
 * false and values are undefined.  data are the profile's bytes.  Returns
 * SPK_CORRUPT, with a reason for people (static text) in *why, when they are not
 * those of a profile, SPK_NO_MEMORY, or SPK_CANCELLED.
 */
extern SpkStatus spk_profile_features(const SpkHost *host, const void *data, size_t len,
									  int32_t as_of, double *values, bool *seen, const char **why);

/* Sets *day to the day of the last event (days since 2000-01-01); SPK_CORRUPT, SPK_CANCELLED. */
extern SpkStatus spk_profile_last_day(const SpkHost *host, const void *data, size_t len,
									  int32_t *day, const char **why);

typedef enum SpkChurnEvent
{
	SPK_CHURN_CANCEL,	/* Cancellation Confirmation */
	SPK_CHURN_DOWNGRADE /* Submit Downgrade */
} SpkChurnEvent;

typedef enum SpkLabel
{
	SPK_LABEL_NO,
	SPK_LABEL_YES,
	SPK_LABEL_NOT_AT_RISK, /* not seen before as_of, or already cancelled */
	SPK_LABEL_UNKNOWN	   /* the profile does not tell */
} SpkLabel;

/*
 * Did the event happen from 00:00 UTC of the day as_of on and before the time until?
 * Without as_of (SPK_NO_DAY) everything before until counts, and without until
 * (SPK_NO_TIME) there is no end.  Returns SPK_CORRUPT with *why, or SPK_CANCELLED.
 */
extern SpkStatus spk_profile_label(const SpkHost *host, const void *data, size_t len, int32_t as_of,
								   int64_t until, SpkChurnEvent event, SpkLabel *label,
								   const char **why);

/* The same, and with SPK_LABEL_YES the time of the event in *at; else SPK_NO_TIME. */
extern SpkStatus spk_profile_churn_time(const SpkHost *host, const void *data, size_t len,
										int32_t as_of, int64_t until, SpkChurnEvent event,
										SpkLabel *label, int64_t *at, const char **why);

#endif /* SPK_CORE_PROFILES_FEATURES_H */

/*
 * features.h
 *	  From a profile to the feature columns and labels.
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

/* SQL types of feature columns */
typedef enum SpkFeatureType
{
	SPK_TYPE_int4,
	SPK_TYPE_int8,
	SPK_TYPE_float8
} SpkFeatureType;

extern const SpkFeatureType spk_profile_feature_types[SPK_N_PROFILE_FEATURES];

/* as_of for "everything" */
#define SPK_NO_DAY INT32_MAX

/*
 * The features of a profile from what happened strictly before day as_of
 * (days since 2000-01-01, one that SPK_MIN_TIME .. SPK_MAX_TIME covers) 00:00 UTC,
 * or from everything (SPK_NO_DAY).  values receives
 * SPK_N_PROFILE_FEATURES numbers, NaN for NULL; whole ones are exact below
 * 2^53.  *seen turns false, and values undefined, when nothing happened before
 * as_of.  data is a profile's bytes; SPK_CORRUPT with *why when they are not.
 */
extern SpkStatus spk_profile_features(const SpkHost *host, const void *data, size_t len,
									  int32_t as_of, double *values, bool *seen, const char **why);

/* The day of a profile's last event (days since 2000-01-01); SPK_CORRUPT as above. */
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
	SPK_LABEL_NOT_AT_RISK /* not seen before as_of, or already cancelled */
} SpkLabel;

/*
 * Did the event happen in [as_of 00:00 UTC, until)?  Without as_of
 * (SPK_NO_DAY): ever.  until is a time, or SPK_NO_TIME for no end.
 */
extern SpkStatus spk_profile_label(const SpkHost *host, const void *data, size_t len, int32_t as_of,
								   int64_t until, SpkChurnEvent event, SpkLabel *label,
								   const char **why);

#endif /* SPK_CORE_PROFILES_FEATURES_H */

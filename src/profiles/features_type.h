/*
 * features_type.h
 *	  The SQL type churn_features, made from a profile.
 */
#ifndef SPK_PROFILES_FEATURES_TYPE_H
#define SPK_PROFILES_FEATURES_TYPE_H

#include "compat.h"

#include "fmgr.h"

#include "core/profiles/features.h"

/*
 * Result of a function that returns churn_features: the features of a profile
 * before day as_of, or NULL (as a function result) when nothing happened
 * before.  Caches the row's descriptor in fn_extra.
 */
extern Datum spk_features_result(FunctionCallInfo fcinfo, const bytea *profile, int32 as_of);

#endif /* SPK_PROFILES_FEATURES_TYPE_H */

/*
 * features_type.h
 *	Values of the SQL type churn_features from profiles.
 */
#ifndef SPK_PROFILES_FEATURES_TYPE_H
#define SPK_PROFILES_FEATURES_TYPE_H

#include "compat.h"

#include "fmgr.h"

#include "core/profiles/features.h"

/*
 * The columns of churn_features as the list of features has them, without the catalogs, in
 * the current memory context.
 */
extern TupleDesc spk_features_columns(void);

/*
 * Computes a profile's features before the day as_of, or of all of it (SPK_NO_DAY), as values
 * of these columns.  False when nothing happened before as_of.  A profile that is not one is
 * an error.
 */
extern bool spk_features_values(const bytea *profile, int32 as_of, Datum *values, bool *nulls);

/*
 * Returns the result of a function that returns churn_features: the features of a
 * profile before the day as_of, or of all of it (SPK_NO_DAY).  The result is NULL, set
 * in fcinfo, when nothing happened before as_of.  The row's descriptor is kept in
 * fn_extra.
 */
extern Datum spk_features_result(FunctionCallInfo fcinfo, const bytea *profile, int32 as_of);

#endif /* SPK_PROFILES_FEATURES_TYPE_H */

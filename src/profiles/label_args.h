/*
 * label_args.h
 *	  The arguments that labels share: a date, a horizon and the end of the log.
 */
#ifndef SPK_PROFILES_LABEL_ARGS_H
#define SPK_PROFILES_LABEL_ARGS_H

#include "compat.h"

#include "core/profiles/features.h"

/*
 * Argument n, a date called as_of, as a day; SPK_NO_DAY when it is NULL.  One that
 * is not in the range of timestamps is an error.
 */
extern int32 spk_as_of_arg(FunctionCallInfo fcinfo, int n);

/*
 * The time at which a horizon that is argument n, an interval, ends; SPK_NO_TIME
 * when it is NULL.  A horizon without as_of and one that is not positive are errors.
 */
extern int64 spk_horizon_end(FunctionCallInfo fcinfo, int n, int32 as_of);

/*
 * The same as a day; SPK_NO_DAY when it is NULL.  A horizon that is not of whole
 * days is an error, too.  The second gives the day as long before as_of.
 */
extern int32 spk_horizon_end_day(FunctionCallInfo fcinfo, int n, int32 as_of);
extern int32 spk_horizon_start_day(FunctionCallInfo fcinfo, int n, int32 as_of);

/*
 * Does the log, complete until 00:00 UTC of the date that is argument n, end before
 * the horizon does, at this time?  Then nobody's label is known, also not of those
 * who have left by then: they would be left over alone of their date.  A date
 * without a horizon (SPK_NO_TIME) is an error.
 */
extern bool spk_is_beyond_log(FunctionCallInfo fcinfo, int n, int64 until);

#endif /* SPK_PROFILES_LABEL_ARGS_H */

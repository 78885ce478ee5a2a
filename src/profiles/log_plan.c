/*
 * log_plan.c
 *	  Features of any log, prepared once and computed for each profile of a query.
 */
#include "compat.h"

#include "utils/memutils.h"

#include "host/pg_host.h"
#include "profiles/label_args.h"
#include "profiles/log_plan.h"
#include "profiles/profile_type.h"

SpkLogPlan *
spk_log_plan_begin(MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "churn features", ALLOCSET_SMALL_SIZES);
	SpkLogPlan	 *plan = MemoryContextAllocZero(context, sizeof(SpkLogPlan));

	plan->context = context;
	plan->host = spk_pg_host(context);
	spk_log_recipe_init(&plan->recipe, &plan->host);
	return plan;
}

void
spk_log_plan_add(SpkLogPlan *plan, const SpkLogWanted *wanted)
{
	SpkStatus status = spk_log_recipe_add(&plan->recipe, wanted);

	if (status == SPK_INVALID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a window must be from 1 to %d days, not %d", SPK_LOG_MAX_WINDOW,
						wanted->days)));
	if (status == SPK_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("features have more than %d windows, or too many names",
						SPK_LOG_WINDOWS)));
	spk_check(status, "recipe of features", NULL);
}

void
spk_log_plan_ready(SpkLogPlan *plan)
{
	spk_check(spk_log_pass_init(&plan->pass, &plan->host, &plan->recipe), "recipe of features",
			  NULL);
	plan->values = MemoryContextAlloc(plan->context,
									  Max(plan->recipe.n_features, 1) * sizeof(double));
}

void
spk_require_log_profile(const bytea *profile, const char *function)
{
	if (!spk_profile_is_of_any_log(profile))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("%s does not take profiles of the music log", function),
				 errdetail("They are of the aggregate churn_profile(ts, sessionid, page, level, length, gender, registration)."),
				 errhint("churn_features(profile, as_of) has their features.")));
}

bool
spk_log_plan_run(SpkLogPlan *plan, FunctionCallInfo fcinfo, int profile_arg, int as_of_arg,
				 const char *function)
{
	int32		as_of = spk_as_of_arg(fcinfo, as_of_arg);
	const void *data = NULL;
	size_t		len = 0;
	bool		seen;
	const char *why = NULL;

	if (PG_ARGISNULL(profile_arg) && as_of == SPK_NO_DAY)
		return false;
	if (!PG_ARGISNULL(profile_arg))
	{
		bytea *profile = PG_GETARG_PROFILE_PP(profile_arg);

		spk_require_log_profile(profile, function);
		data = VARDATA_ANY(profile);
		len = VARSIZE_ANY_EXHDR(profile);
	}
	spk_check(spk_log_features(&plan->pass, data, len, as_of, plan->values, &plan->level, &seen,
							   &why),
			  PROFILE_WHAT, why);
	return true;
}

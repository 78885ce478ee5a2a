/*
 * args.c
 *	  Arguments of SQL functions that are not STRICT.
 */
#include "compat.h"

#include "host/args.h"

void
spk_require_args(FunctionCallInfo fcinfo, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (names[i] != NULL && PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s must not be null", names[i])));
}

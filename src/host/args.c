/*
 * args.c
 *	  Arguments of SQL functions: those that must not be NULL, and of which type they are.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"

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

Oid
spk_arg_type(FunctionCallInfo fcinfo, int n)
{
	Oid	 type = get_fn_expr_argtype(fcinfo->flinfo, n);
	Oid *declared;
	int	 n_declared;

	if (OidIsValid(type))
		return type;
	(void) get_func_signature(fcinfo->flinfo->fn_oid, &declared, &n_declared);
	if (n >= n_declared || get_typtype(declared[n]) == TYPTYPE_PSEUDO)
		ereport(ERROR,
				(errcode(ERRCODE_INDETERMINATE_DATATYPE),
				 errmsg("could not determine the type of argument %d of %s", n + 1,
						format_procedure(fcinfo->flinfo->fn_oid))));
	return declared[n];
}

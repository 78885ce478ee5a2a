/*
 * args.h
 *	  Arguments of SQL functions: those that must not be NULL, and of which type they are.
 */
#ifndef SPK_HOST_ARGS_H
#define SPK_HOST_ARGS_H

#include "postgres.h"

#include "fmgr.h"

/*
 * Raises ERRCODE_NULL_VALUE_NOT_ALLOWED when one of the first n arguments is NULL.
 * names has their names, and NULL for an argument that may be NULL.
 */
extern void spk_require_args(FunctionCallInfo fcinfo, const char *const *names, int n);

/*
 * The type of argument n: that of the expression in the query, else the declared one.
 * Engines that split an aggregate call its functions without an expression.  An error
 * (ERRCODE_INDETERMINATE_DATATYPE) when neither is a type, as of anyelement there.
 */
extern Oid spk_arg_type(FunctionCallInfo fcinfo, int n);

#endif /* SPK_HOST_ARGS_H */

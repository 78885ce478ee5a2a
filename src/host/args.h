/*
 * args.h
 *	  Arguments of SQL functions that are not STRICT.
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

#endif /* SPK_HOST_ARGS_H */

/*
 * args.h
 *	  Arguments of SQL functions that are not STRICT.
 */
#ifndef SPK_HOST_ARGS_H
#define SPK_HOST_ARGS_H

#include "postgres.h"

#include "fmgr.h"

/*
 * Error when one of the n first arguments that has a name here (others: NULL) is NULL:
 * ERRCODE_NULL_VALUE_NOT_ALLOWED.
 */
extern void spk_require_args(FunctionCallInfo fcinfo, const char *const *names, int n);

#endif /* SPK_HOST_ARGS_H */

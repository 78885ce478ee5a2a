/*
 * row_store_pass.h
 *	  Row stores on their way from where rows are collected to where they are combined.
 */
#ifndef SPK_ROWS_ROW_STORE_PASS_H
#define SPK_ROWS_ROW_STORE_PASS_H

#include "postgres.h"

#include "fmgr.h"

#include "rows/row_store.h"

/*
 * The store as a value for spk_store_passed, palloc'd in the current memory context, for the
 * aggregate that calls.  A process that will combine its own rows passes the store itself;
 * a parallel worker passes bytes, in memory of the query where there is room, and else in
 * the value, which cannot be larger than 1 GB: a store that is makes an error, which tells how
 * to do without workers.
 */
extern bytea *spk_store_pass(FunctionCallInfo fcinfo, SpkRowStore *store);

/*
 * The store that was passed, for the aggregate that calls.  It is a whole store, with its
 * context, when this process has collected it, and nobody else has it then.  Otherwise it is
 * as spk_store_receive says, and spk_store_passed_release is called when it has been merged.
 */
extern SpkRowStore *spk_store_passed(FunctionCallInfo fcinfo, bytea *value);

/* Gives back what a store that was passed has of the query's memory, if it has any. */
extern void spk_store_passed_release(SpkRowStore *store);

#endif /* SPK_ROWS_ROW_STORE_PASS_H */

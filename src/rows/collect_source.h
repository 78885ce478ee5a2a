/*
 * collect_source.h
 *	  The rows of a source, collected for training.
 */
#ifndef SPK_ROWS_COLLECT_SOURCE_H
#define SPK_ROWS_COLLECT_SOURCE_H

#include "postgres.h"

#include "access/tupdesc.h"

#include "rows/column_roles.h"
#include "rows/row_store.h"

/*
 * Returns a text[] of the columns that are no features: the elements of exclude, a
 * text[] that is not looked at when no_exclude is true, and then the n_more names in
 * more.  NULLs in more are left out; those in exclude stay, for the collector to refuse.
 */
extern Datum spk_excluded_columns(Datum exclude, bool no_exclude, const char *const *more,
								  int n_more);

/*
 * Lets aggregates that collect rows of a source end in this process, where whoever wants the
 * rows is: no worker gets the whole query.  There are no workers at all when so many rows are
 * expected that memory does not hold those of workers twice, as it has to while they are put
 * together: the one who reads them all may put them into a file.  Returns a level; the caller
 * ends this by AtEOXact_GUC(true, level).
 */
extern int spk_collect_here(double rows, int columns);

/*
 * Takes the collected rows, which are gone when it returns.  They are NULL when the
 * source has no row at all.
 */
typedef void (*SpkRowsCallback)(SpkRowStore *rows, void *arg);

/*
 * Reads the source once, in parallel where that pays, and calls the callback with its
 * rows and with arg.
 *
 * schema is the extension's, quoted.  from is the source, as spk_source_from returns
 * it; it has these columns, and label is one of them.  In roles, id names the column
 * that has a row's group, time the column that has its date, and weights the one that says
 * how much it counts.
 */
extern void spk_collect_source(const char *schema, const char *from, TupleDesc columns,
							   const char *label, const SpkRoles *roles, SpkRowsCallback callback,
							   void *arg);

#endif /* SPK_ROWS_COLLECT_SOURCE_H */

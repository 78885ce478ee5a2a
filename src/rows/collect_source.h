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
 * The text[] of columns that are no features: those of exclude, a text[] whose
 * nulls stay for the collector to refuse (none when no_exclude), then the
 * n_more names, of which NULLs are left out.
 */
extern Datum spk_excluded_columns(Datum exclude, bool no_exclude, const char *const *more,
								  int n_more);

/*
 * What a worker has collected must fit into a value, 1 GB, to get to the leader.
 * When so many rows are expected that it might not, queries run without workers
 * until AtEOXact_GUC(true, level) with the level that is returned.
 */
extern int spk_forbid_large_workers(double rows, int columns);

/* What to do with collected rows, which are NULL when there is none, labelled or not. */
typedef void (*SpkRowsCallback)(SpkRowStore *rows, void *arg);

/*
 * Reads a source (as of spk_source_from, with these columns) once, in parallel
 * where it pays, and hands its rows over; they are given back when the callback
 * returns.  label is one of the columns; the id of roles tells the group of a
 * row, its time the date.  schema is ours, quoted.
 */
extern void spk_collect_source(const char *schema, const char *from, TupleDesc columns,
							   const char *label, const SpkRoles *roles, SpkRowsCallback callback,
							   void *arg);

#endif /* SPK_ROWS_COLLECT_SOURCE_H */

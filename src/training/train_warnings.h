/*
 * train_warnings.h
 *	  What training rows show that their owner may not have meant.
 */
#ifndef SPK_TRAINING_TRAIN_WARNINGS_H
#define SPK_TRAINING_TRAIN_WARNINGS_H

#include "postgres.h"

#include "core/rows/looks.h"
#include "nodes/pg_list.h"
#include "rows/row_store.h"

/* Warnings that were given in a query, which trains a group after the other: each is given once. */
typedef struct SpkWarned
{
	MemoryContext context; /* of the query */
	List		 *given;   /* of texts that tell them apart */
} SpkWarned;

/*
 * Warns of a column that equals the label in every row, of columns that look like
 * the id of users or the date of a snapshot, of numbers too large to be exact, and
 * of latest dates on which hardly anybody churns.  rows, whose values the table has
 * taken, has the groups and times; warned may be NULL.
 */
extern void spk_warn_of_rows(const SpkRowStore *rows, const SpkTable *table, SpkWarned *warned);

/* Only of the latest dates. */
extern void spk_warn_of_horizon(const SpkRowStore *rows, const SpkTable *table, SpkWarned *warned);

/* How the columns look, in the current memory context; NULL when there is no memory to look. */
extern SpkLooks *spk_look_at_columns(const SpkRowStore *rows, const SpkTable *table);

/* The name of the column of dates that a look refers to. */
extern const char *spk_look_date(const SpkLooks *look, const SpkRowStore *rows,
								 const SpkTable *table);

#endif /* SPK_TRAINING_TRAIN_WARNINGS_H */

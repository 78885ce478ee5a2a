/*
 * train_warnings.h
 *	  Warnings of what training rows show, and their owner may not have meant.
 */
#ifndef SPK_TRAINING_TRAIN_WARNINGS_H
#define SPK_TRAINING_TRAIN_WARNINGS_H

#include "postgres.h"

#include "core/rows/looks.h"
#include "fmgr.h"
#include "nodes/pg_list.h"
#include "rows/row_store.h"

/* The warnings that a query has given.  It may train many groups, but gives each warning once. */
typedef struct SpkWarned
{
	MemoryContext context;	/* lives as long as the query */
	List		 *given;	/* a text for each warning, which tells it from others */
	int64		  failures; /* how often spk_tell_of_failure was called */
} SpkWarned;

/* What the query has told so far in which this function is called: at first, nothing. */
extern SpkWarned *spk_warned_of(FmgrInfo *function);

/*
 * Notes that a warning of this kind is given about this name.  Returns false when it was
 * given before.  warned may be NULL: then it never was.
 */
extern bool spk_warned_first(SpkWarned *warned, const char *kind, const char *name);

/*
 * Warns of columns that equal the label in every row, of columns that look like the id of
 * users or the date of a snapshot, of numbers too large to be exact, of an id that is the
 * same in all rows, of rows that are there already, and of latest dates on which hardly
 * anybody churns.  NOTICEs tell of a sample, of rows in a file, of rows that weigh nothing, and of weights that
 * trees have to round much.  The table has taken the values of rows, which has the times.  warned
 * may be NULL when nothing was given before.
 */
extern void spk_warn_of_rows(const SpkRowStore *rows, const SpkTable *table, SpkWarned *warned);

/* Tells only of rows that weigh nothing. */
extern void spk_tell_of_unweighted(const SpkRowStore *rows, SpkWarned *warned);

/* Warns only of rows that are there already. */
extern void spk_warn_of_repeats(const SpkRowStore *rows, const SpkTable *table, SpkWarned *warned);

/* Warns only of the latest dates. */
extern void spk_warn_of_horizon(const SpkRowStore *rows, const SpkTable *table, SpkWarned *warned);

/* Tells of categories of the table's columns that its features do not keep, unless that was told. */
extern void spk_tell_of_rare(const SpkTable *table, const SpkFeature *features, SpkWarned *warned);

/*
 * Returns what the table's columns look like, an array in the current memory context, or
 * NULL when looking would take more than sparkify.max_training_memory, or rows are in a file.
 */
extern SpkLooks *spk_look_at_columns(const SpkRowStore *rows, const SpkTable *table);

/* The name of the column of dates that a look refers to. */
extern const char *spk_look_date(const SpkLooks *look, const SpkRowStore *rows,
								 const SpkTable *table);

#endif /* SPK_TRAINING_TRAIN_WARNINGS_H */

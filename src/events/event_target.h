/*
 * event_target.h
 *	  What events are loaded into: a table, a partitioned or foreign one, a view.
 *
 * Rows go one of two ways.  Where an INSERT would only put rows into the pages of
 * the relation or of its partitions, they are put there many at a time, without
 * SQL.  In all other cases (triggers, rules, foreign keys, generated columns, row
 * security, foreign tables, views, and relations whose INSERT an extension plans
 * in its own manner) they go through the executor, by one statement.
 */
#ifndef SPK_EVENTS_EVENT_TARGET_H
#define SPK_EVENTS_EVENT_TARGET_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "events/event_row.h"

typedef struct SpkEventTarget SpkEventTarget;

/*
 * Opens a relation for loading, and locks it until the end of the transaction.
 * Its columns bind as spk_binding_table says, but generated ones, with options from
 * columns, if that is not NULL (see spk_columns_from_jsonb); those without a value
 * get their default.  A relation that is neither a table nor a view, or without
 * columns, and a missing privilege are errors.  shared says that other sessions are
 * expected to load into it at the same time.  A statement takes its rows from the
 * function reader, which is called with the integer load and a NULL of the relation's
 * row type, of which it returns a set.
 */
extern SpkEventTarget *spk_target_open(Oid relid, Jsonb *columns, bool shared, Oid reader,
									   int load);

/* Do rows go in by spk_target_run, and not by spk_target_add? */
extern bool spk_target_runs(const SpkEventTarget *target);

/*
 * Runs the statement, which reads all events from the reader, and returns the
 * number of rows that it reports.
 */
extern int64 spk_target_run(SpkEventTarget *target);

/*
 * Does the statement finish each row before it reads the next?  Then whatever
 * fails is about the row that was read last.
 */
extern bool spk_target_in_step(const SpkEventTarget *target);

/* The columns of the relation.  The binding lasts as long as the memory that the target is in. */
extern SpkBinding *spk_target_binding(const SpkEventTarget *target);

/* The set of columns that a row has from its line or not at all, palloc'd: they have no default. */
extern uint64 *spk_target_columns(const SpkEventTarget *target);

/* The type of the relation's rows. */
extern Oid spk_target_rowtype(const SpkEventTarget *target);

/* Gives the columns of a row that are NULL their defaults, for a statement that pulls rows. */
extern void spk_target_defaults(SpkEventTarget *target, Datum *values, bool *nulls);

/*
 * Adds a row.  Its constraints are checked now; it is written with its batch.
 * bytes is its size, roughly; place, which is not 0, is where it comes from.
 */
extern void spk_target_add(SpkEventTarget *target, const SpkEventRow *row, size_t bytes,
						   int64 place);

/*
 * The place of the row that spk_target_add or spk_target_flush is checking or
 * writing, for the context of an error; 0 when there is none.
 */
extern int64 spk_target_place(const SpkEventTarget *target);

/* Writes the rows that were added and are not written yet. */
extern void spk_target_flush(SpkEventTarget *target);

/* Writes what is left and closes the relation, keeping the lock. */
extern void spk_target_close(SpkEventTarget *target);

#endif /* SPK_EVENTS_EVENT_TARGET_H */

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

#include "events/event_row.h"

typedef struct SpkEventTarget SpkEventTarget;

/*
 * Opens a relation for loading, and locks it until the end of the transaction.
 * Its columns bind by name; those that are no column of an event get their
 * default.  A relation that is neither a table nor a view, a missing column, a
 * column of another type and a missing privilege are errors.  shared says that
 * other sessions are expected to load into it at the same time.  A statement takes
 * its rows from the function reader, which returns a set of churn_event and is
 * called with the integer load.
 */
extern SpkEventTarget *spk_target_open(Oid relid, bool shared, Oid reader, int load);

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

/* The event's columns that the relation has, as a mask of bits 1 << SpkEventColumn. */
extern uint32 spk_target_columns(const SpkEventTarget *target);

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

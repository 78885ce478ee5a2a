/*
 * event_target.h
 *	  What events are loaded into: a table, a partitioned or foreign one, a view.
 *
 * There are two ways.  Where an INSERT would do no more than put rows into the
 * pages of the relation or of its partitions, they are put there many at a time,
 * without SQL.  Everything else (triggers, rules, foreign keys, generated
 * columns, row security, foreign tables, views, and whatever an extension plans
 * in its own manner) goes through the executor, as one statement.
 */
#ifndef SPK_EVENTS_EVENT_TARGET_H
#define SPK_EVENTS_EVENT_TARGET_H

#include "postgres.h"

#include "events/event_row.h"

typedef struct SpkEventTarget SpkEventTarget;

/*
 * Opens a relation for loading, locked until the end of the transaction.  Its
 * columns bind by name; those that are no column of an event get their default.
 * A relation that is neither table nor view, a missing column, another type and
 * a missing privilege are errors.  shared says that other sessions are expected
 * to load into it at the same time.  reader is the function that a statement
 * takes its rows from: it returns a set of churn_event and has one argument, the
 * integer load.
 */
extern SpkEventTarget *spk_target_open(Oid relid, bool shared, Oid reader, int load);

/* Whether rows go in by spk_target_run rather than by spk_target_add. */
extern bool spk_target_runs(const SpkEventTarget *target);

/*
 * Runs the statement, which reads all events from the reader, and returns the
 * rows that it reports.
 */
extern int64 spk_target_run(SpkEventTarget *target);

/*
 * Whether a row is dealt with before the next one is read from the reader, so
 * that what fails then is about the row read last.
 */
extern bool spk_target_in_step(const SpkEventTarget *target);

/* The mask of the event's columns that the table has. */
extern uint32 spk_target_columns(const SpkEventTarget *target);

/*
 * Adds a row; constraints are checked at once, the row is written with its
 * batch.  bytes says roughly how large it is.  place is what the error context
 * of spk_target_place shows.
 */
extern void spk_target_add(SpkEventTarget *target, const SpkEventRow *row, size_t bytes,
						   int64 place);

/*
 * The place of the row that is being checked or written by spk_target_add and
 * spk_target_flush; 0 when there is none.
 */
extern int64 spk_target_place(const SpkEventTarget *target);

/* Writes the rows that were added and are not written yet. */
extern void spk_target_flush(SpkEventTarget *target);

/* Writes what is left and closes the relation, keeping the lock. */
extern void spk_target_close(SpkEventTarget *target);

#endif /* SPK_EVENTS_EVENT_TARGET_H */

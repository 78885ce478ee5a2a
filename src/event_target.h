/*
 * event_target.h
 *	  The table that events are loaded into: many rows at a time, without SQL.
 */
#ifndef SPK_EVENT_TARGET_H
#define SPK_EVENT_TARGET_H

#include "postgres.h"

#include "event_row.h"

typedef struct SpkEventTarget SpkEventTarget;

/*
 * Opens a table for loading.  Its columns bind by name; those that are no
 * column of an event get their default.  A relation that needs more than plain
 * inserts (views, partitioned tables, triggers, row security, ...), a missing
 * column, another type and a missing privilege are errors.  shared says that
 * other sessions are expected to load into it at the same time.
 */
extern SpkEventTarget *spk_target_open(Oid relid, bool shared);

/* The mask of the event's columns that the table has. */
extern uint32 spk_target_columns(const SpkEventTarget *target);

/*
 * Adds a row; constraints are checked at once, the row is written with its
 * batch.  bytes says roughly how large it is.  place is what the error context
 * of spk_target_place shows.
 */
extern void spk_target_add(SpkEventTarget *target, const SpkEventRow *row,
						   size_t bytes, int64 place);

/* The place of the row that is being checked or written; 0 when there is none. */
extern int64 spk_target_place(const SpkEventTarget *target);

/* Writes what is left of the batch. */
extern void spk_target_flush(SpkEventTarget *target);

/* Writes what is left and closes the table, keeping the lock. */
extern void spk_target_close(SpkEventTarget *target);

#endif							/* SPK_EVENT_TARGET_H */

/*
 * event_pages.h
 *	  Puts rows into the pages of a table, or of the partitions that they belong to,
 *	  many at a time and without SQL.
 */
#ifndef SPK_EVENTS_EVENT_PAGES_H
#define SPK_EVENTS_EVENT_PAGES_H

#include "postgres.h"

#include "utils/rel.h"

#include "events/event_row.h"

typedef struct SpkPages SpkPages;

/*
 * Begins to write into a relation that spk_pages_can_take said yes to.  Checks
 * the current user's privileges to insert into the bound columns.  shared says
 * that other sessions load into the relation at the same time.  While a row is
 * checked or written, *place is its place, and 0 otherwise.  rel, binding and
 * place have to outlive the result.
 */
extern SpkPages *spk_pages_open(Relation rel, SpkBinding *binding, bool shared, int64 *place);

/*
 * Adds a row.  Its constraints are checked now; it is written with its batch.
 * bytes is its size, roughly; place, which is not 0, is where it comes from.
 */
extern void spk_pages_add(SpkPages *pages, const SpkEventRow *row, size_t bytes, int64 place);

/* Writes the rows that were added and are not written yet. */
extern void spk_pages_flush(SpkPages *pages);

/* Ends the writing, after the last flush. */
extern void spk_pages_close(SpkPages *pages);

#endif /* SPK_EVENTS_EVENT_PAGES_H */

/*
 * event_pages.h
 *	  Rows put into the pages of a table, or of the partitions they belong to,
 *	  many at a time and without SQL.
 */
#ifndef SPK_EVENTS_EVENT_PAGES_H
#define SPK_EVENTS_EVENT_PAGES_H

#include "postgres.h"

#include "utils/rel.h"

#include "events/event_row.h"

typedef struct SpkPages SpkPages;

/*
 * Begins to write into such a relation, as the current user, whose privileges
 * are checked.  shared says that other sessions write at the same time.  The
 * place of the row that is being dealt with is kept in *place, 0 when there is
 * none.  rel, columns and place outlive it.
 */
extern SpkPages *spk_pages_open(Relation rel, const int *columns, bool shared, int64 *place);

extern void spk_pages_add(SpkPages *pages, const SpkEventRow *row, size_t bytes, int64 place);

/* Writes the rows that were added and are not written yet. */
extern void spk_pages_flush(SpkPages *pages);

/* After the last flush. */
extern void spk_pages_close(SpkPages *pages);

#endif /* SPK_EVENTS_EVENT_PAGES_H */

/*
 * event_plain.h
 *	  Whether a relation takes rows by nothing but plain inserts.
 */
#ifndef SPK_EVENTS_EVENT_PLAIN_H
#define SPK_EVENTS_EVENT_PLAIN_H

#include "postgres.h"

#include "utils/rel.h"

/*
 * Whether nothing but plain inserts is needed: an ordinary table, or a
 * partitioned one of such partitions only (which get locked), without what has
 * to be run or computed for each row or statement.  columns as of
 * spk_bind_columns.
 */
extern bool spk_pages_can_take(Relation rel, const int *columns);

/* What routing puts rows into: only triggers of rows fire there. */
extern bool spk_is_plain_partition(Relation rel);

#endif /* SPK_EVENTS_EVENT_PLAIN_H */

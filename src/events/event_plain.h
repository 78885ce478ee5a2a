/*
 * event_plain.h
 *	  Does loading a relation need nothing but plain inserts?
 */
#ifndef SPK_EVENTS_EVENT_PLAIN_H
#define SPK_EVENTS_EVENT_PLAIN_H

#include "postgres.h"

#include "utils/rel.h"

/*
 * Is the relation an ordinary table, or a partitioned one with only such
 * partitions, where nothing has to be run or computed for each row or statement
 * but defaults and constraints?  The partitions get locked.  columns are those of
 * spk_event_row_bind.
 */
extern bool spk_pages_can_take(Relation rel, const int *columns);

/* The same of a partition that routing puts rows into: only triggers of rows count there. */
extern bool spk_is_plain_partition(Relation rel);

#endif /* SPK_EVENTS_EVENT_PLAIN_H */

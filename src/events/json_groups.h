/*
 * json_groups.h
 *	  The groups of a scan that feeds aggregates: from events to rows of keys and states.
 */
#ifndef SPK_EVENTS_JSON_GROUPS_H
#define SPK_EVENTS_JSON_GROUPS_H

#include "postgres.h"

#include "nodes/execnodes.h"

#include "core/events/event_columns.h"
#include "events/event_binding.h"

typedef struct SpkJsonGroups SpkJsonGroups;

/*
 * The groups of a scan with the plan that json_fdw_upper.h describes, none yet, in the
 * current memory context, which has to be the query's.
 */
extern SpkJsonGroups *spk_json_groups_new(ForeignScanState *node, SpkBinding *binding);

/*
 * Adds an event to its group; false when the conditions do not hold.  Some events wait, with
 * all that is needed of them, while their groups come near.  The current memory context must
 * be that of the node's tuples, which is to be reset before an event is read when none waits.
 */
extern bool spk_json_groups_add(SpkJsonGroups *groups, const SpkEventRow *row);

/* Do events wait? */
extern bool spk_json_groups_wait(const SpkJsonGroups *groups);

/* Adds those that wait to their groups: before groups are handed out, or an error is raised. */
extern void spk_json_groups_feed(SpkJsonGroups *groups);

/* Does the executor compute anything for each event? */
extern bool spk_json_groups_compute(const SpkJsonGroups *groups);

/* Do the groups take more memory than hash tables may?  Then they have to be handed out. */
extern bool spk_json_groups_full(const SpkJsonGroups *groups);

/*
 * Puts the next group into the slot, one that was not handed out before.  When there is
 * none all are forgotten, and false is returned.
 */
extern bool spk_json_groups_take(SpkJsonGroups *groups, TupleTableSlot *slot);

/* Forgets all groups. */
extern void spk_json_groups_clear(SpkJsonGroups *groups);

#endif /* SPK_EVENTS_JSON_GROUPS_H */

/*
 * json_groups.c
 *	  The groups of a scan that feeds aggregates: from events to rows of keys and states.
 *
 * A group is found by the bytes of its keys, as they stand in the line where they are
 * texts, so that only what aggregates and conditions compute with becomes a value of SQL.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "optimizer/optimizer.h"
#include "access/sysattr.h"
#include "utils/memutils.h"

#include "events/event_row.h"
#include "events/json_aggregate.h"
#include "events/json_condition.h"
#include "events/json_fdw_upper.h"
#include "events/json_group_keys.h"
#include "events/json_group_table.h"
#include "events/json_groups.h"

/* With fewer groups handing them out would save too little memory for what it takes. */
#define LEAST_GROUPS 32

/*
 * So many events wait, for a group is several misses of the cache away, one behind the
 * other, and those of different events pass at the same time.  They wait for no more than so
 * many others that may not pass the conditions, but take memory.
 */
#define MOST_WAITING 16
#define MOST_PASSING 64

/* What is fetched of a state ahead. */
#define FETCHED_BYTES 256

/* Longer keys get memory of their own while they wait. */
#define WAITING_KEY_BYTES 40

/* After so many events of known groups it is looked how far these have grown. */
#define EVENTS_PER_LOOK 1024

typedef struct WaitingEvent
{
	SpkKeyBytes		key;
	char			bytes[WAITING_KEY_BYTES];
	TupleTableSlot *values; /* that are computed with */
	SpkJsonGroup   *group;
} WaitingEvent;

struct SpkJsonGroups
{
	SpkBinding	*binding;
	ExprContext *context; /* of the current event */
	ExprContext *memory;  /* of the groups, as functions of aggregates find it */
	Size		 limit;	  /* of that memory */
	bool		 is_full;
	int			 events; /* since the memory was looked at */

	int				  n_values; /* that are computed with */
	SpkEventRowValue *values;
	int				  n_waiting;
	int				  n_passed; /* since one waits */
	WaitingEvent	  waiting[MOST_WAITING];

	SpkJsonConditions *conditions;
	ExprState		  *qual; /* other conditions, or NULL */
	SpkJsonKeys		   keys;
	int				   n_aggregates;
	SpkJsonAggregate  *aggregates;
	int				   n_states; /* of a group */
	bool			  *is_far;	 /* by state: it is somewhere else, and a pointer to it */

	SpkGroupTable table;
};

/* The columns of the schema that the scan's columns are, of those that are the table's. */
static int *
table_columns(const ForeignScan *plan, const SpkBinding *binding)
{
	int		 *columns = palloc(sizeof(int) * list_length(plan->fdw_scan_tlist));
	ListCell *cell;
	int		  i = 0;

	foreach (cell, plan->fdw_scan_tlist)
	{
		const Var *var = (Var *) lfirst_node(TargetEntry, cell)->expr;

		columns[i++] = IsA(var, Var) ? binding->columns[var->varattno - 1] : SPK_EVENT_NO_COLUMN;
	}
	return columns;
}

/* Prepares the slots of events, in which all is NULL that no value is made of. */
static void
init_waiting(SpkJsonGroups *groups, ForeignScanState *node)
{
	TupleDesc tupdesc = node->ss.ss_ScanTupleSlot->tts_tupleDescriptor;

	for (int i = 0; i < MOST_WAITING; i++)
	{
		TupleTableSlot *slot = ExecInitExtraTupleSlot(node->ss.ps.state, tupdesc, &TTSOpsVirtual);

		groups->waiting[i].values = ExecStoreAllNullTuple(slot);
	}
}

/* Prepares conditions, and which values these and aggregates compute with. */
static void
init_expressions(SpkJsonGroups *groups, ForeignScanState *node, const int *columns)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	int			 n = list_length(plan->fdw_scan_tlist);
	List		*conditions = linitial(plan->fdw_exprs);
	Bitmapset	*used = NULL;

	groups->conditions = spk_json_conditions_take(&conditions, groups->binding, columns);
	groups->qual = ExecInitQual(conditions, &node->ss.ps);
	pull_varattnos((Node *) list_make2(conditions, lsecond(plan->fdw_exprs)), INDEX_VAR, &used);
	groups->values = palloc(sizeof(SpkEventRowValue) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		if (columns[i] != SPK_EVENT_NO_COLUMN &&
			bms_is_member(i + 1 - FirstLowInvalidHeapAttributeNumber, used))
			groups->values[groups->n_values++] = (SpkEventRowValue) {i, columns[i]};
	}
}

/*
 * Prepares the aggregates.  Their functions get a node that is none, for what they ask of
 * it: the memory of states, and one that is soon reset.
 */
static void
init_aggregates(SpkJsonGroups *groups, ForeignScanState *node)
{
	const ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	const List		  *parts = lsecond(plan->fdw_exprs);
	AggState		  *aggstate = makeNode(AggState);
	int				   n = linitial_int(list_nth(plan->fdw_private, SPK_SCAN_N_OUTPUTS));

	aggstate->ss.ps.state = node->ss.ps.state;
	aggstate->curaggcontext = groups->memory;
	aggstate->tmpcontext = groups->context;
	groups->aggregates = palloc0(sizeof(SpkJsonAggregate) * Max(list_length(parts), 1));
	groups->is_far = palloc0(sizeof(bool) * Max(list_length(parts), 1));
	for (int i = 0; i < n; i++)
	{
		const TargetEntry *entry = list_nth(plan->fdw_scan_tlist, i);
		SpkJsonAggregate  *aggregate = &groups->aggregates[groups->n_aggregates];

		if (!IsA(entry->expr, Aggref))
			continue;
		spk_json_aggregate_init(aggregate, (Aggref *) entry->expr,
								list_nth(parts, groups->n_aggregates), &node->ss.ps, aggstate);
		aggregate->output = i;
		aggregate->state = groups->n_states;
		for (int j = 0; j < groups->n_aggregates && aggregate->state == groups->n_states; j++)
		{
			if (spk_json_aggregate_same(&groups->aggregates[j], aggregate))
				aggregate->state = groups->aggregates[j].state;
		}
		groups->n_states = Max(groups->n_states, aggregate->state + 1);
		groups->is_far[aggregate->state] = !aggregate->by_value || aggregate->type == INTERNALOID;
		groups->n_aggregates++;
	}
}

SpkJsonGroups *
spk_json_groups_new(ForeignScanState *node, SpkBinding *binding)
{
	const ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	SpkJsonGroups	  *groups = palloc0(sizeof(SpkJsonGroups));
	int				  *columns = table_columns(plan, binding);

	groups->binding = binding;
	groups->context = node->ss.ps.ps_ExprContext;
	groups->memory = CreateWorkExprContext(node->ss.ps.state);
	groups->limit = get_hash_memory_limit();
	spk_json_keys_init(&groups->keys, plan, binding, columns);
	init_expressions(groups, node, columns);
	init_waiting(groups, node);
	init_aggregates(groups, node);
	return groups;
}

static void
look_at_memory(SpkJsonGroups *groups)
{
	groups->events = 0;
	groups->is_full = groups->table.n_groups >= LEAST_GROUPS &&
		MemoryContextMemAllocated(groups->memory->ecxt_per_tuple_memory, true) > groups->limit;
}

/* The group of an event, made if there is none. */
static SpkJsonGroup *
find_group(SpkJsonGroups *groups, const SpkKeyBytes *key)
{
	MemoryContext  memory = groups->memory->ecxt_per_tuple_memory;
	SpkGroupPlace *place = spk_group_table_find(&groups->table, key, memory);
	SpkJsonGroup  *group = place->group;
	MemoryContext  oldcontext;

	if (group != NULL)
		return group;
	group = spk_group_table_put(&groups->table, place, key, groups->keys.n, groups->n_states,
								memory);
	oldcontext = MemoryContextSwitchTo(memory);
	spk_json_keys_values(&groups->keys, group->key, group->key_len, group->nulls, group->values);
	MemoryContextSwitchTo(oldcontext);
	for (int i = 0; i < groups->n_aggregates; i++)
		spk_json_aggregate_begin(&groups->aggregates[i],
								 &group->states[groups->aggregates[i].state]);
	look_at_memory(groups);
	return group;
}

/* Notes by which key the event's group is found, and has its place in the table fetched. */
static void
note_key(SpkJsonGroups *groups, const SpkEventRow *row, WaitingEvent *event)
{
	SpkKeyBytes *key = &event->key;

	*key = (SpkKeyBytes) {.bytes = event->bytes};
	if (groups->keys.n == 0)
		return;
	key->bytes = spk_json_keys_find(&groups->keys, row, &key->len, &key->nulls);
	spk_key_bytes_hash(key);
	key->bytes = memcpy(key->len <= WAITING_KEY_BYTES ? event->bytes : palloc(key->len), key->bytes,
						(size_t) key->len);
	spk_group_table_fetch_place(&groups->table, key);
}

/* Makes the values that are computed with. */
static inline void
make_values(SpkJsonGroups *groups, const SpkEventRow *row, WaitingEvent *event)
{
	spk_event_row_some(row, groups->binding, groups->values, groups->n_values,
					   event->values->tts_values, event->values->tts_isnull);
}

bool
spk_json_groups_add(SpkJsonGroups *groups, const SpkEventRow *row)
{
	WaitingEvent *event;

	if (groups->n_waiting > 0 && ++groups->n_passed > MOST_PASSING)
		spk_json_groups_feed(groups);
	if (!spk_json_conditions_hold(groups->conditions, row))
		return false;
	event = &groups->waiting[groups->n_waiting];
	make_values(groups, row, event);
	if (groups->qual != NULL)
	{
		groups->context->ecxt_scantuple = event->values;
		if (!ExecQual(groups->qual, groups->context))
			return false;
	}

	note_key(groups, row, event);
	if (++groups->n_waiting == MOST_WAITING)
		spk_json_groups_feed(groups);
	return true;
}

bool
spk_json_groups_wait(const SpkJsonGroups *groups)
{
	return groups->n_waiting > 0;
}

static void
fetch_states(const SpkJsonGroups *groups, const SpkJsonGroup *group)
{
	for (int i = 0; i < groups->n_states; i++)
	{
		const char *state = DatumGetPointer(group->states[i].value);

		if (!groups->is_far[i])
			continue;
		for (int at = 0; at < FETCHED_BYTES; at += SPK_FETCHED_LINE)
			__builtin_prefetch(state + at);
	}
}

/* Gives an event to the aggregates; those of the same state are computed once. */
static void
feed(SpkJsonGroups *groups, WaitingEvent *event)
{
	groups->context->ecxt_scantuple = event->values;
	for (int i = 0, state = 0; i < groups->n_aggregates; i++)
	{
		if (groups->aggregates[i].state < state)
			continue;
		spk_json_aggregate_add(&groups->aggregates[i], &event->group->states[state],
							   groups->context);
		state++;
	}
}

void
spk_json_groups_feed(SpkJsonGroups *groups)
{
	int n = groups->n_waiting;

	/* what is far away comes for all of them at the same time */
	for (int i = 0; i < n; i++)
		spk_group_table_fetch_group(&groups->table, &groups->waiting[i].key);
	for (int i = 0; i < n; i++)
	{
		groups->waiting[i].group = find_group(groups, &groups->waiting[i].key);
		fetch_states(groups, groups->waiting[i].group);
	}
	for (int i = 0; i < n; i++)
		feed(groups, &groups->waiting[i]);

	groups->n_waiting = 0;
	groups->n_passed = 0;
	groups->events += n;
	if (groups->events >= EVENTS_PER_LOOK)
		look_at_memory(groups);
}

bool
spk_json_groups_compute(const SpkJsonGroups *groups)
{
	if (groups->qual != NULL)
		return true;
	for (int i = 0; i < groups->n_aggregates; i++)
	{
		if (spk_json_aggregate_computes(&groups->aggregates[i]))
			return true;
	}
	return false;
}

bool
spk_json_groups_full(const SpkJsonGroups *groups)
{
	return groups->is_full;
}

bool
spk_json_groups_take(SpkJsonGroups *groups, TupleTableSlot *slot)
{
	const SpkJsonGroup *group = spk_group_table_next(&groups->table);

	if (group == NULL)
	{
		spk_json_groups_clear(groups);
		return false;
	}

	/* columns behind those that are returned are of events only */
	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, slot->tts_tupleDescriptor->natts * sizeof(bool));
	for (int i = 0; i < groups->keys.n; i++)
	{
		int output = groups->keys.keys[i].output;

		slot->tts_values[output] = group->values[i];
		slot->tts_isnull[output] = (group->nulls >> i & 1) != 0;
	}
	for (int i = 0; i < groups->n_aggregates; i++)
	{
		SpkJsonAggregate *aggregate = &groups->aggregates[i];

		slot->tts_values[aggregate->output] =
			spk_json_aggregate_partial(aggregate, &group->states[aggregate->state],
									   &slot->tts_isnull[aggregate->output]);
	}
	ExecStoreVirtualTuple(slot);
	return true;
}

void
spk_json_groups_clear(SpkJsonGroups *groups)
{
	groups->table = (SpkGroupTable) {0};
	groups->is_full = false;
	groups->events = 0;
	groups->n_waiting = 0;
	groups->n_passed = 0;
	ReScanExprContext(groups->memory);
}

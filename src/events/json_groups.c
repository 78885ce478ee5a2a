/*
 * json_groups.c
 *	  The groups of a scan that feeds aggregates: from events to rows of keys and states.
 *
 * A group is found by the bytes of its keys, as they stand in the line where they are
 * texts, so that only what aggregates and conditions compute with becomes a value of SQL.
 */
#include "compat.h"

#include "executor/executor.h"
#include "optimizer/optimizer.h"
#include "access/sysattr.h"
#include "utils/memutils.h"

#include "core/base/hash.h"
#include "events/event_row.h"
#include "events/json_aggregate.h"
#include "events/json_condition.h"
#include "events/json_fdw_upper.h"
#include "events/json_group_keys.h"
#include "events/json_groups.h"

#define HASH_SEED		UINT64_C(0x67726f757073)
#define PLACES_AT_FIRST 256 /* of the hash table; a power of two */

/* With fewer groups handing them out would save too little memory for what it takes. */
#define LEAST_GROUPS 32

/* After so many events of known groups it is looked how far these have grown. */
#define EVENTS_PER_LOOK 1024

typedef struct JsonGroup
{
	int			 key_len;
	uint64		 nulls; /* the set of keys that are NULL */
	const char	*key;	/* the bytes of the others */
	Datum		*keys;
	SpkJsonState states[FLEXIBLE_ARRAY_MEMBER];
} JsonGroup;

typedef struct Place
{
	uint64	   hash;
	JsonGroup *group; /* or NULL */
} Place;

struct SpkJsonGroups
{
	SpkBinding	   *binding;
	ExprContext	   *context; /* of the current event */
	ExprContext	   *memory;	 /* of the groups, as functions of aggregates find it */
	Size			limit;	 /* of that memory */
	bool			is_full;
	int				events;	 /* since the memory was looked at */
	TupleTableSlot *event;	 /* with values of what is computed with */
	int			   *columns; /* by its columns: the schema's, if a value is needed */

	SpkJsonConditions *conditions;
	ExprState		  *qual; /* other conditions, or NULL */
	SpkJsonKeys		   keys;
	int				   n_aggregates;
	SpkJsonAggregate  *aggregates;
	int				   n_states; /* of a group */

	Place *places; /* the hash table */
	uint64 n_places;
	uint64 n_groups;
	uint64 next; /* place to hand out */
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

/* Prepares conditions, and which values these and aggregates compute with. */
static void
init_expressions(SpkJsonGroups *groups, ForeignScanState *node)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	int			*columns = groups->columns;
	int			 n = list_length(plan->fdw_scan_tlist);
	List		*conditions = linitial(plan->fdw_exprs);
	Bitmapset	*used = NULL;

	groups->conditions = spk_json_conditions_take(&conditions, groups->binding, columns);
	groups->qual = ExecInitQual(conditions, &node->ss.ps);
	pull_varattnos((Node *) list_make2(conditions, lsecond(plan->fdw_exprs)), INDEX_VAR, &used);
	for (int i = 0; i < n; i++)
	{
		if (!bms_is_member(i + 1 - FirstLowInvalidHeapAttributeNumber, used))
			columns[i] = SPK_EVENT_NO_COLUMN;
	}
	groups->event = ExecInitExtraTupleSlot(node->ss.ps.state,
										   node->ss.ss_ScanTupleSlot->tts_tupleDescriptor,
										   &TTSOpsVirtual);
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
		groups->n_aggregates++;
	}
}

SpkJsonGroups *
spk_json_groups_new(ForeignScanState *node, SpkBinding *binding)
{
	const ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	SpkJsonGroups	  *groups = palloc0(sizeof(SpkJsonGroups));

	groups->binding = binding;
	groups->context = node->ss.ps.ps_ExprContext;
	groups->memory = CreateWorkExprContext(node->ss.ps.state);
	groups->limit = get_hash_memory_limit();
	groups->columns = table_columns(plan, binding);
	spk_json_keys_init(&groups->keys, plan, binding, groups->columns);
	init_expressions(groups, node);
	init_aggregates(groups, node);
	return groups;
}

static JsonGroup *
make_group(SpkJsonGroups *groups, const SpkEventRow *row, const char *key, int len, uint64 nulls)
{
	MemoryContext memory = groups->memory->ecxt_per_tuple_memory;
	Size		  states = sizeof(SpkJsonState) * groups->n_states;
	Size		  keys = sizeof(Datum) * groups->keys.n;
	JsonGroup	 *group = MemoryContextAlloc(memory,
											 offsetof(JsonGroup, states) + states + keys + len);
	MemoryContext oldcontext = MemoryContextSwitchTo(memory);
	char		 *bytes;

	group->keys = (Datum *) ((char *) group->states + states);
	bytes = (char *) group->keys + keys;
	memcpy(bytes, key, len);
	group->key = bytes;
	group->key_len = len;
	group->nulls = nulls;
	for (int i = 0; i < groups->keys.n; i++)
		group->keys[i] = (nulls >> i & 1) != 0 ? (Datum) 0 :
												 spk_json_key_datum(&groups->keys, i, row);
	MemoryContextSwitchTo(oldcontext);
	for (int i = 0; i < groups->n_aggregates; i++)
		spk_json_aggregate_begin(&groups->aggregates[i],
								 &group->states[groups->aggregates[i].state]);
	return group;
}

/* Makes the hash table, or one twice as large. */
static void
make_places(SpkJsonGroups *groups)
{
	uint64 n = groups->places == NULL ? PLACES_AT_FIRST : 2 * groups->n_places;
	Place *places = MemoryContextAllocExtended(groups->memory->ecxt_per_tuple_memory,
											   n * sizeof(Place),
											   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (uint64 i = 0; i < groups->n_places; i++)
	{
		uint64 at = groups->places[i].hash & (n - 1);

		if (groups->places[i].group == NULL)
			continue;
		while (places[at].group != NULL)
			at = (at + 1) & (n - 1);
		places[at] = groups->places[i];
	}
	if (groups->places != NULL)
		pfree(groups->places);
	groups->places = places;
	groups->n_places = n;
}

static void
look_at_memory(SpkJsonGroups *groups)
{
	groups->events = 0;
	groups->is_full = groups->n_groups >= LEAST_GROUPS &&
		MemoryContextMemAllocated(groups->memory->ecxt_per_tuple_memory, true) > groups->limit;
}

/* The group of an event, made if there is none. */
static JsonGroup *
find_group(SpkJsonGroups *groups, const SpkEventRow *row)
{
	uint64		nulls;
	int			len;
	const char *key = spk_json_keys_find(&groups->keys, row, &len, &nulls);
	uint64		hash = spk_hash_bytes(key, (size_t) len, HASH_SEED + nulls);
	Place	   *place;

	if (groups->n_groups >= groups->n_places / 4 * 3)
		make_places(groups);
	for (uint64 at = hash;; at++)
	{
		place = &groups->places[at & (groups->n_places - 1)];
		if (place->group == NULL)
			break;
		if (place->hash == hash && place->group->key_len == len && place->group->nulls == nulls &&
			memcmp(place->group->key, key, (size_t) len) == 0)
			return place->group;
	}
	place->hash = hash;
	place->group = make_group(groups, row, key, len, nulls);
	groups->n_groups++;
	look_at_memory(groups);
	return place->group;
}

/* Makes the values that are computed with. */
static void
make_values(SpkJsonGroups *groups, const SpkEventRow *row)
{
	TupleTableSlot *event = groups->event;

	ExecClearTuple(event);
	spk_event_row_some(row, groups->binding, groups->columns, event->tts_tupleDescriptor->natts,
					   event->tts_values, event->tts_isnull);
	ExecStoreVirtualTuple(event);
	groups->context->ecxt_scantuple = event;
}

bool
spk_json_groups_add(SpkJsonGroups *groups, const SpkEventRow *row)
{
	JsonGroup *group;

	if (!spk_json_conditions_hold(groups->conditions, row))
		return false;
	if (groups->qual != NULL)
	{
		make_values(groups, row);
		if (!ExecQual(groups->qual, groups->context))
			return false;
	}

	/* the states, which are far away as a rule, come near while the values are made */
	group = find_group(groups, row);
	for (int i = 0; i < groups->n_states; i++)
		__builtin_prefetch(DatumGetPointer(group->states[i].value));
	if (groups->qual == NULL)
		make_values(groups, row);

	/* aggregates of the same state are computed once */
	for (int i = 0, state = 0; i < groups->n_aggregates; i++)
	{
		if (groups->aggregates[i].state < state)
			continue;
		spk_json_aggregate_add(&groups->aggregates[i], &group->states[state], groups->context);
		state++;
	}
	if (++groups->events >= EVENTS_PER_LOOK)
		look_at_memory(groups);
	return true;
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
	const JsonGroup *group = NULL;

	while (group == NULL && groups->next < groups->n_places)
		group = groups->places[groups->next++].group;
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

		slot->tts_values[output] = group->keys[i];
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
	groups->places = NULL;
	groups->n_places = 0;
	groups->n_groups = 0;
	groups->next = 0;
	groups->is_full = false;
	groups->events = 0;
	ReScanExprContext(groups->memory);
}

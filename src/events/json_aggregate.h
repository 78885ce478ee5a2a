/*
 * json_aggregate.h
 *	  An aggregate of a query whose scan feeds it: its functions, called as the executor
 *	  calls those of a Partial Aggregate.
 */
#ifndef SPK_EVENTS_JSON_AGGREGATE_H
#define SPK_EVENTS_JSON_AGGREGATE_H

#include "postgres.h"

#include "nodes/execnodes.h"

/* The state of one group. */
typedef struct SpkJsonState
{
	Datum value;
	bool  isnull;
	bool  none; /* there was no event yet, and the first one's argument becomes the state */
} SpkJsonState;

typedef struct SpkJsonAggregate
{
	int output; /* the column of the scan's rows */
	int state;	/* the number of its state among a group's: that of another one may do */

	/* private */
	Oid				 transition_oid;
	Oid				 type; /* of states */
	Oid				 collation;
	bool			 by_value;
	int16			 len;
	Datum			 initial;
	bool			 initial_isnull;
	bool			 no_initial; /* and the function is strict */
	int				 n_args;
	const List		*parts;	  /* SpkAggregatePart */
	int				*columns; /* of each argument the slot's, or -1 for that of no column */
	ExprState	   **args;	  /* of those: how they are computed */
	ExprState		*filter;  /* or NULL */
	FmgrInfo		 transition;
	FunctionCallInfo call;
	FmgrInfo		 serial; /* fn_oid is invalid when states are handed out as they are */
	FunctionCallInfo serial_call;
	MemoryContext	 memory; /* of states */
} SpkJsonAggregate;

/*
 * Prepares the aggregate in the current memory context.  parts are its expressions (see
 * json_fdw_upper.h).  aggstate is what its functions take for the node that calls them, in
 * whose aggregate context states are made.
 */
extern void spk_json_aggregate_init(SpkJsonAggregate *aggregate, const Aggref *aggref,
									const List *parts, PlanState *parent, AggState *aggstate);

/* Do both make the same states of the same events? */
extern bool spk_json_aggregate_same(const SpkJsonAggregate *a, const SpkJsonAggregate *b);

/* Has it a filter, or an argument that is not just a column? */
extern bool spk_json_aggregate_computes(const SpkJsonAggregate *aggregate);

/* Sets the state of a group without events. */
extern void spk_json_aggregate_begin(const SpkJsonAggregate *aggregate, SpkJsonState *state);

/*
 * Adds the event that is the expression context's scan tuple.  The current memory context
 * must be one that is reset before the next event.
 */
extern void spk_json_aggregate_add(SpkJsonAggregate *aggregate, SpkJsonState *state,
								   ExprContext *context);

/*
 * What a Partial Aggregate would return for the state: in the current memory context, or
 * as long-lived as the state.
 */
extern Datum spk_json_aggregate_partial(SpkJsonAggregate *aggregate, const SpkJsonState *state,
										bool *isnull);

#endif /* SPK_EVENTS_JSON_AGGREGATE_H */

/*
 * event_shape.h
 *	  The row type that a function returns events in.
 */
#ifndef SPK_EVENTS_EVENT_SHAPE_H
#define SPK_EVENTS_EVENT_SHAPE_H

#include "postgres.h"

#include "fmgr.h"

#include "events/event_row.h"

/* In the memory context in which spk_shape_init was called. */
typedef struct SpkEventShape
{
	TupleDesc	tupdesc;
	SpkBinding *binding;
} SpkEventShape;

/*
 * Takes the result type of the function that is called, which is churn_event, or for
 * which there is a binding already; another than a row type is an error.
 */
extern void spk_shape_init(SpkEventShape *shape, FunctionCallInfo fcinfo, SpkBinding *binding);

/* The event as a row of this type, in the current memory context. */
extern Datum spk_shape_form(const SpkEventShape *shape, const SpkEventRow *row);

#endif /* SPK_EVENTS_EVENT_SHAPE_H */

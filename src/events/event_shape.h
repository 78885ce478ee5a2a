/*
 * event_shape.h
 *	  The row type that a function returns events in.
 */
#ifndef SPK_EVENTS_EVENT_SHAPE_H
#define SPK_EVENTS_EVENT_SHAPE_H

#include "postgres.h"

#include "fmgr.h"

#include "events/event_row.h"

typedef struct SpkEventShape
{
	TupleDesc tupdesc;
	int		 *columns;
} SpkEventShape;

/* The result type of the function that is called, in the current memory context. */
extern void spk_shape_init(SpkEventShape *shape, FunctionCallInfo fcinfo);

/* The event as a row of it, in the current memory context. */
extern Datum spk_shape_form(const SpkEventShape *shape, const SpkEventRow *row);

#endif /* SPK_EVENTS_EVENT_SHAPE_H */

/*
 * event_tuple.h
 *	  Makes a heap's tuples straight from the values of events.
 */
#ifndef SPK_EVENTS_EVENT_TUPLE_H
#define SPK_EVENTS_EVENT_TUPLE_H

#include "postgres.h"

#include "access/htup.h"
#include "access/tupdesc.h"

#include "events/event_binding.h"

typedef struct SpkTuples SpkTuples;

/*
 * Prepares to make tuples of the row type that the binding is of, in the current
 * memory context.  Attributes that are not bound will be NULL.  Both arguments have to
 * outlive the result.
 */
extern SpkTuples *spk_tuples_new(TupleDesc tupdesc, const SpkBinding *binding);

/*
 * The event as the tuple that heap_form_tuple would make of its Datums, byte for byte.
 * It is in memory of the SpkTuples or of the current context, until spk_tuples_reset.
 * Texts must be in the database's encoding.
 */
extern HeapTuple spk_tuple_make(SpkTuples *tuples, const SpkEventRow *row);

/* Uses the memory of all tuples again. */
extern void spk_tuples_reset(SpkTuples *tuples);

#endif /* SPK_EVENTS_EVENT_TUPLE_H */

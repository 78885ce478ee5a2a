/*
 * event_shape.c
 *	  The row type that a function returns events in.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "funcapi.h"

#include "events/event_shape.h"

void
spk_shape_init(SpkEventShape *shape, FunctionCallInfo fcinfo, SpkBinding *binding)
{
	if (get_call_result_type(fcinfo, NULL, &shape->tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	shape->tupdesc = BlessTupleDesc(shape->tupdesc);
	shape->binding = binding != NULL ? binding : spk_binding_music(shape->tupdesc);
}

Datum
spk_shape_form(const SpkEventShape *shape, const SpkEventRow *row)
{
	int	   natts = shape->tupdesc->natts;
	Datum *values = palloc(sizeof(Datum) * natts);
	bool  *nulls = palloc(sizeof(bool) * natts);

	spk_event_row_datums(row, shape->binding, shape->binding->columns, values, nulls);
	return HeapTupleGetDatum(heap_form_tuple(shape->tupdesc, values, nulls));
}

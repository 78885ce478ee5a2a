/*
 * row_slot.c
 *	  Rows that come column by column: from a query of ours, or as arguments of a function.
 */
#include "compat.h"

#include "host/args.h"
#include "catalog/pg_type.h"

#include "rows/row_slot.h"

SpkRow *
spk_row_of_columns(TupleDesc columns, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	SpkRow		 *row = palloc0(sizeof(SpkRow));

	row->type = RECORDOID;
	row->typmod = -1;
	row->desc = CreateTupleDescCopy(columns);
	row->n_loaded = row->desc->natts;
	row->slot = MakeSingleTupleTableSlot(row->desc, &TTSOpsVirtual);
	row->values = row->slot->tts_values;
	row->nulls = row->slot->tts_isnull;
	MemoryContextSwitchTo(old);
	return row;
}

void
spk_row_load_slot(SpkRow *row, TupleTableSlot *slot)
{
	slot_getsomeattrs(slot, row->n_loaded);
	memcpy(row->values, slot->tts_values, row->n_loaded * sizeof(Datum));
	memcpy(row->nulls, slot->tts_isnull, row->n_loaded * sizeof(bool));
}

SpkRow *
spk_row_of_arguments(FunctionCallInfo fcinfo, int first, int n, const char *const *names,
					 MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	TupleDesc	  desc = CreateTemplateTupleDesc(n);

	for (int i = 0; i < n; i++)
		TupleDescInitEntry(desc, (AttrNumber) (i + 1), names[i], spk_arg_type(fcinfo, first + i),
						   -1, 0);
	spk_finish_tupdesc(desc);
	MemoryContextSwitchTo(old);
	return spk_row_of_columns(desc, context);
}

/*
 * event_load_pull.c
 *	  A load whose rows are pulled by the target's statement.
 *
 * The statement has sparkify_loading_events in its select list, with the number
 * of the load as argument.  Rules make several statements of one, and triggers
 * can read the files, too: each such reading opens the files for itself, and
 * lives in the memory of whoever reads.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "events/event_load.h"
#include "events/event_shape.h"

PG_FUNCTION_INFO_V1(sparkify_loading_events);

/* One reading of a load's files, in the memory of the statement that reads. */
typedef struct Pull
{
	SpkEventShape		  shape;
	int					  number; /* of the load, which may end before the reading */
	SpkEventLoad		 *scan;
	MemoryContextCallback cleanup;
} Pull;

/* The loads of this session whose statements run, the innermost one first. */
static SpkEventLoad *loads = NULL;

int
spk_load_number(void)
{
	static int last_number = 0;

	last_number = last_number % PG_INT32_MAX + 1;
	return last_number;
}

/* Moves to the next event of all files; false behind the last one. */
static bool
pull_event(SpkEventLoad *scan)
{
	const List *paths = scan->options->paths;

	scan->place = 0;
	for (;;)
	{
		if (scan->source == NULL)
		{
			if (scan->next_path == list_length(paths))
				return false;
			spk_load_open_file(scan, list_nth(paths, scan->next_path++));
		}
		if (spk_load_next(scan))
		{
			scan->place = scan->source->lines->place;
			scan->rows++;
			return true;
		}
		spk_load_close_file(scan);
	}
}

static SpkEventLoad *
find_load(int number)
{
	SpkEventLoad *load = loads;

	while (load != NULL && load->number != number)
		load = load->outer;
	return load;
}

/* The load reports the counts of the first reading that was complete, or else of the last one. */
static void
take_counts(SpkEventLoad *load, const SpkEventLoad *scan)
{
	if (load->complete)
		return;
	load->rejected = scan->rejected;
	load->bytes = scan->bytes;
	load->read = scan->read;
	memcpy(load->tally, scan->tally, spk_tally_size(scan->tally->n_columns));
}

/* The reading is over, perhaps early.  Not called when the statement fails. */
static void
end_pull(Datum arg)
{
	Pull		 *pull = (Pull *) DatumGetPointer(arg);
	SpkEventLoad *load = find_load(pull->number);

	/* the load is gone, and with it what the scan points to; its files are closed with its memory */
	if (load == NULL)
		return;
	if (pull->scan->source != NULL)
		spk_load_close_file(pull->scan);
	take_counts(load, pull->scan);
}

/*
 * Called when the memory of the reading goes away, also when its statement fails.
 * A trigger's statement can read the files and fail without the load, or be a
 * cursor that ends after the load, so the load may be there or not.
 */
static void
forget_pull(void *arg)
{
	Pull		 *pull = arg;
	SpkEventLoad *load = find_load(pull->number);

	if (load != NULL && load->scan == pull->scan)
		load->scan = NULL;
}

static SpkEventLoad *
load_at_work(int number)
{
	SpkEventLoad *load = find_load(number);

	if (load == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("there is no load %d at work", number),
				 errhint("Only churn_load_events() can use sparkify_loading_events().")));
	return load;
}

/*
 * Begins a reading in this context.  Faults are told until one reading has told
 * them all.
 */
static Pull *
begin_pull(FunctionCallInfo fcinfo, MemoryContext context)
{
	SpkEventLoad *load = load_at_work(PG_ARGISNULL(0) ? 0 : PG_GETARG_INT32(0));
	MemoryContext oldcontext = MemoryContextSwitchTo(context);
	Pull		 *pull = palloc0(sizeof(Pull));

	spk_shape_init(&pull->shape, fcinfo, spk_target_binding(load->target));
	if (pull->shape.tupdesc->tdtypeid != spk_target_rowtype(load->target))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("load %d is not into rows of type %s", load->number,
						format_type_be(pull->shape.tupdesc->tdtypeid))));
	pull->number = load->number;
	pull->scan = palloc0(sizeof(SpkEventLoad));
	pull->scan->options = load->options;
	pull->scan->target = load->target;
	pull->scan->tally = spk_tally_new(spk_target_binding(load->target)->schema);
	pull->scan->context = context;
	pull->scan->progress = load->progress;
	pull->scan->silent = load->complete;
	load->scan = pull->scan;
	pull->cleanup.func = forget_pull;
	pull->cleanup.arg = pull;
	MemoryContextRegisterResetCallback(context, &pull->cleanup);
	RegisterExprContextCallback(((ReturnSetInfo *) fcinfo->resultinfo)->econtext, end_pull,
								PointerGetDatum(pull));
	MemoryContextSwitchTo(oldcontext);
	return pull;
}

/* The current event as a row of the target, with defaults where it has no value. */
static Datum
form_row(const Pull *pull)
{
	SpkBinding *binding = pull->shape.binding;
	Datum	   *values = palloc(sizeof(Datum) * binding->natts);
	bool	   *nulls = palloc(sizeof(bool) * binding->natts);

	spk_event_row_datums(pull->scan->source->row, binding, binding->columns, values, nulls);
	spk_target_defaults(pull->scan->target, values, nulls);
	return HeapTupleGetDatum(heap_form_tuple(pull->shape.tupdesc, values, nulls));
}

/*
 * Returns the events of a load, one per call, and holds nothing but the current
 * line.  The load is looked up at each call, because a cursor may ask for more
 * when it is gone.
 */
Datum
sparkify_loading_events(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	SpkEventLoad	*load;
	Pull			*pull;

	if (SRF_IS_FIRSTCALL())
	{
		funcctx = SRF_FIRSTCALL_INIT();
		funcctx->user_fctx = begin_pull(fcinfo, funcctx->multi_call_memory_ctx);
	}
	funcctx = SRF_PERCALL_SETUP();
	pull = funcctx->user_fctx;
	load = load_at_work(pull->number);
	if (pull_event(pull->scan))
		SRF_RETURN_NEXT(funcctx, form_row(pull));

	UnregisterExprContextCallback(((ReturnSetInfo *) fcinfo->resultinfo)->econtext, end_pull,
								  PointerGetDatum(pull));
	end_pull(PointerGetDatum(pull));
	load->complete = true;
	SRF_RETURN_DONE(funcctx);
}

void
spk_load_pull(SpkEventLoad *load)
{
	load->outer = loads;
	loads = load;
	PG_TRY();
	{
		load->rows = spk_target_run(load->target);
	}
	PG_FINALLY();
	{
		loads = load->outer;
	}
	PG_END_TRY();
}

/*
 * event_load.c
 *	  churn_load_events: files of JSON lines into a table.
 *
 * Rows are pushed into a target that takes them (see event_target.h).  A target
 * that runs a statement pulls them instead, by sparkify_loading_events in its
 * select list, which knows the load by its number.
 */
#include "compat.h"

#include <sys/stat.h>

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "events/event_load_options.h"
#include "host/progress.h"
#include "events/event_shape.h"
#include "events/event_source.h"
#include "events/event_target.h"
#include "events/event_tell.h"

/* So many rejected lines get a warning of their own. */
#define MAX_WARNINGS 10

PG_FUNCTION_INFO_V1(churn_load_events);
PG_FUNCTION_INFO_V1(churn_load_event_files);
PG_FUNCTION_INFO_V1(sparkify_loading_events);

typedef struct EventLoad
{
	const SpkLoadOptions *options;
	MemoryContext		  context;		/* what a file needs is made below it */
	MemoryContext		  file_context; /* of the current file */
	SpkEventSource		 *source;		/* of the current file, or NULL */
	SpkEventTarget		 *target;
	SpkLoadProgress		  progress;
	SpkEventTally		  tally;
	int64				  rows;
	int64				  rejected;
	int64				  bytes; /* of the lines of the files before */
	int64				  read;	 /* of those files */

	/* when a statement pulls the rows */
	int				  number;
	struct EventLoad *outer;	/* whose target's trigger began this load */
	struct EventLoad *scan;		/* the reading of its files that began last */
	bool			  complete; /* a reading has come to its end */

	/* of such a reading */
	int	  next_path;
	int64 place;  /* of the row that was pulled last */
	bool  silent; /* another one told of everything */
} EventLoad;

/* One reading of a load's files by a statement; it lives in that one's memory. */
typedef struct Pull
{
	SpkEventShape		  shape;
	int					  number; /* of the load, which may end before */
	EventLoad			 *scan;
	MemoryContextCallback cleanup;
} Pull;

/* The loads of this session whose statements run, the innermost one first. */
static EventLoad *loads = NULL;
static int		  last_number = 0;

/*
 * Says which line a failed constraint, default or index entry was about.  A
 * statement may be behind the lines that were read for it.
 */
static void
add_place_context(void *arg)
{
	EventLoad *load = arg;
	bool	   runs = spk_target_runs(load->target);
	EventLoad *scan = runs ? load->scan : load;
	int64	   place;

	if (scan == NULL || scan->source == NULL)
		return;
	place = runs ? scan->place : spk_target_place(load->target);
	if (place == 0)
		return;
	if (runs && !spk_target_in_step(load->target))
		errcontext("read up to %s", spk_source_place(scan->source, place));
	else
		errcontext("%s", spk_source_place(scan->source, place));
}

static void
handle_fault(EventLoad *load)
{
	if (!load->options->skip_faults)
		spk_source_report(load->source, ERROR);
	if (load->rejected < MAX_WARNINGS && !load->silent)
		spk_source_report(load->source, WARNING);
	load->rejected++;
}

/*
 * Of the current file.  When it is read in parts only the lines count: what
 * else is read finds their beginning.
 */
static int64
bytes_read(const EventLoad *load)
{
	const SpkLineReader *lines = load->source->lines;

	return load->options->parts > 1 ? lines->bytes : lines->read;
}

static void
report_progress(EventLoad *load)
{
	int64 read = load->read + bytes_read(load);

	if (!load->silent && spk_load_progress_due(&load->progress, read, load->rows))
		spk_load_progress_update(&load->progress, read, load->rows);
}

/* Moves to the next event of the current file; false at its end. */
static bool
next_event(EventLoad *load)
{
	SpkNext next;

	while ((next = spk_source_next(load->source)) != SPK_NEXT_END)
	{
		report_progress(load);
		if (next == SPK_NEXT_EVENT)
			return true;
		handle_fault(load);
	}
	return false;
}

static void
load_lines(EventLoad *load)
{
	SpkEventSource *source = load->source;

	while (next_event(load))
	{
		spk_target_add(load->target, &source->row, source->lines->length, source->lines->place);
		load->rows++;
	}
	/* while the context of errors knows the file */
	spk_target_flush(load->target);
}

/* What a file needs is freed with it, so that many take no more than one. */
static void
open_file(EventLoad *load, const char *path)
{
	MemoryContext oldcontext = MemoryContextSwitchTo(load->context);

	load->file_context = AllocSetContextCreate(load->context, "events of a file",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(load->file_context);
	load->source = spk_source_open(path, load->options->part, load->options->parts);
	MemoryContextSwitchTo(oldcontext);
	load->source->tally = &load->tally;
	/* a file that the cache cannot hold would push the table's pages out of it */
	if (load->source->lines->size / BLCKSZ > effective_cache_size)
		spk_lines_read_once(load->source->lines);
}

static void
close_file(EventLoad *load)
{
	load->bytes += load->source->lines->bytes;
	load->read += bytes_read(load);
	spk_source_close(load->source);
	load->source = NULL;
	MemoryContextDelete(load->file_context);
}

static void
load_one_file(EventLoad *load, const char *path)
{
	open_file(load, path);
	load_lines(load);
	close_file(load);
}

/* Of the share that this call loads, as far as it is known before. */
static int64
total_bytes(const SpkLoadOptions *options)
{
	int64	  total = 0;
	ListCell *cell;

	foreach (cell, options->paths)
	{
		struct stat st;

		CHECK_FOR_INTERRUPTS();
		if (stat(lfirst(cell), &st) == 0 && S_ISREG(st.st_mode))
			total += st.st_size / options->parts;
	}
	return total;
}

static void
push_rows(EventLoad *load)
{
	ListCell *cell;

	foreach (cell, load->options->paths)
		load_one_file(load, lfirst(cell));
}

/* The next event of all files; false behind the last one. */
static bool
pull_event(EventLoad *scan)
{
	const List *paths = scan->options->paths;

	scan->place = 0;
	for (;;)
	{
		if (scan->source == NULL)
		{
			if (scan->next_path == list_length(paths))
				return false;
			open_file(scan, list_nth(paths, scan->next_path++));
		}
		if (next_event(scan))
		{
			scan->place = scan->source->lines->place;
			scan->rows++;
			return true;
		}
		close_file(scan);
	}
}

static EventLoad *
find_load(int number)
{
	EventLoad *load = loads;

	while (load != NULL && load->number != number)
		load = load->outer;
	return load;
}

/* What the load reports is of the first reading that came to its end, if one did. */
static void
take_counts(EventLoad *load, const EventLoad *scan)
{
	if (load->complete)
		return;
	load->rejected = scan->rejected;
	load->bytes = scan->bytes;
	load->read = scan->read;
	load->tally = scan->tally;
}

/* Also when the statement ends early, but not when it fails. */
static void
end_pull(Datum arg)
{
	Pull	  *pull = (Pull *) DatumGetPointer(arg);
	EventLoad *load = find_load(pull->number);

	/* what the scan has of the load is gone; its files go with the memory */
	if (load == NULL)
		return;
	if (pull->scan->source != NULL)
		close_file(pull->scan);
	take_counts(load, pull->scan);
}

/*
 * With the memory of the reading, also when its statement fails: that of a trigger
 * can read the files, too, and fail without the load, or be a cursor that ends
 * after it.
 */
static void
forget_pull(void *arg)
{
	Pull	  *pull = arg;
	EventLoad *load = find_load(pull->number);

	if (load != NULL && load->scan == pull->scan)
		load->scan = NULL;
}

static EventLoad *
load_at_work(int number)
{
	EventLoad *load = find_load(number);

	if (load == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("there is no load %d at work", number),
				 errhint("Only churn_load_events() can use sparkify_loading_events().")));
	return load;
}

/*
 * Rules make several statements of one, each of which reads the files; faults are
 * told until a reading has told them all.
 */
static Pull *
begin_pull(FunctionCallInfo fcinfo, MemoryContext context)
{
	EventLoad	 *load = load_at_work(PG_GETARG_INT32(0));
	MemoryContext oldcontext = MemoryContextSwitchTo(context);
	Pull		 *pull = palloc0(sizeof(Pull));

	spk_shape_init(&pull->shape, fcinfo);
	pull->number = load->number;
	pull->scan = palloc0(sizeof(EventLoad));
	pull->scan->options = load->options;
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

/*
 * The events of a load, one per call: nothing but the current line is held.  A
 * cursor may ask for more when there is no load any more.
 */
Datum
sparkify_loading_events(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	EventLoad		*load;
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
		SRF_RETURN_NEXT(funcctx, spk_shape_form(&pull->shape, &pull->scan->source->row));

	UnregisterExprContextCallback(((ReturnSetInfo *) fcinfo->resultinfo)->econtext, end_pull,
								  PointerGetDatum(pull));
	end_pull(PointerGetDatum(pull));
	load->complete = true;
	SRF_RETURN_DONE(funcctx);
}

static void
pull_rows(EventLoad *load)
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

static void
load_files(EventLoad *load)
{
	const SpkLoadOptions *options = load->options;
	ErrorContextCallback  callback;
	uint32				  asked;

	load->number = last_number = last_number % PG_INT32_MAX + 1;
	load->target = spk_target_open(options->relid, options->parts > 1, options->reader,
								   load->number);
	spk_load_progress_start(&load->progress, options->relid, total_bytes(options));

	callback.callback = add_place_context;
	callback.arg = load;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	if (spk_target_runs(load->target))
		pull_rows(load);
	else
		push_rows(load);
	error_context_stack = callback.previous;

	asked = spk_target_columns(load->target);
	spk_target_close(load->target);
	spk_load_progress_end();
	if (load->rejected > MAX_WARNINGS)
		ereport(WARNING,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("skipped " INT64_FORMAT " more invalid lines",
						load->rejected - MAX_WARNINGS)));
	spk_tell_events(&load->tally, asked,
					psprintf("loaded into \"%s\"", get_rel_name(options->relid)), NOTICE);
}

static Datum
load_result(FunctionCallInfo fcinfo, const EventLoad *load)
{
	TupleDesc tupdesc;
	Datum	  values[4];
	bool	  nulls[4] = {false};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	tupdesc = BlessTupleDesc(tupdesc);
	values[0] = Int64GetDatum(load->rows);
	values[1] = Int64GetDatum(load->rejected);
	values[2] = Int64GetDatum(load->bytes);
	values[3] = Float8GetDatum(spk_load_progress_seconds(&load->progress));
	return HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls));
}

static Datum
load_events(FunctionCallInfo fcinfo, const SpkLoadOptions *options)
{
	EventLoad load = {options, CurrentMemoryContext};

	PreventCommandIfParallelMode("churn_load_events()");
	load_files(&load);
	return load_result(fcinfo, &load);
}

Datum
churn_load_events(PG_FUNCTION_ARGS)
{
	SpkLoadOptions options = spk_load_options(fcinfo, false);

	PG_RETURN_DATUM(load_events(fcinfo, &options));
}

Datum
churn_load_event_files(PG_FUNCTION_ARGS)
{
	SpkLoadOptions options = spk_load_options(fcinfo, true);

	PG_RETURN_DATUM(load_events(fcinfo, &options));
}

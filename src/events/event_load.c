/*
 * event_load.c
 *	  churn_load_events: files of JSON lines into a table.
 *
 * Rows are pushed into a target that takes them (see event_target.h).  A target
 * that runs a statement pulls them instead (see event_load_pull.c).
 */
#include "compat.h"

#include <sys/stat.h>

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "events/event_compression.h"
#include "events/event_load.h"
#include "events/event_tell.h"

/* The rejected lines that get a warning each; the others are counted in one. */
#define MAX_WARNINGS 10

PG_FUNCTION_INFO_V1(churn_load_events);
PG_FUNCTION_INFO_V1(churn_load_event_files);

/*
 * Tells which line a failed constraint, default or index entry is about.  A
 * statement may deal with a row after later lines have been read.
 */
static void
add_place_context(void *arg)
{
	SpkEventLoad *load = arg;
	bool		  runs = spk_target_runs(load->target);
	SpkEventLoad *scan = runs ? load->scan : load;
	int64		  place;

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
handle_fault(SpkEventLoad *load)
{
	if (!load->options->skip_faults)
		spk_source_report(load->source, ERROR);
	if (load->rejected < MAX_WARNINGS && !load->silent)
		spk_source_report(load->source, WARNING);
	load->rejected++;
}

/*
 * What was read of the current file.  When it is read in parts only the bytes of
 * the lines count, for others are read just to find where the first line begins,
 * or that the file is somebody else's.
 */
static int64
bytes_read(const SpkEventLoad *load)
{
	const SpkLineReader *lines = load->source->lines;
	bool				 whole = load->options->parts == 1 || !spk_lines_can_split(lines);

	return whole && lines->stop > 0 ? lines->read : lines->bytes;
}

static void
report_progress(SpkEventLoad *load)
{
	int64 read = load->read + bytes_read(load);

	if (!load->silent && spk_load_progress_due(&load->progress, read, load->rows))
		spk_load_progress_update(&load->progress, read, load->rows);
}

bool
spk_load_next(SpkEventLoad *load)
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
load_lines(SpkEventLoad *load)
{
	SpkEventSource *source = load->source;

	while (spk_load_next(load))
	{
		spk_target_add(load->target, source->row, source->lines->length, source->lines->place);
		load->rows++;
	}
	/* now, while the context of errors can name the file */
	spk_target_flush(load->target);
}

#ifdef USE_ASSERT_CHECKING

/* Checks all that is true at the end of a file of a reading, or of a load that pushes its rows. */
static void
check_load(const SpkEventLoad *load)
{
	int64 n_lines = load->n_lines + load->source->n_lines;

	/* each line that was seen is a row or was rejected, and each row is told of once */
	Assert(load->rows >= 0 && load->rejected >= 0);
	Assert(load->rows + load->rejected == n_lines);
	Assert(load->tally->rows == load->rows);
	Assert(load->rejected == 0 || load->options->skip_faults);
	Assert(load->place == 0 || load->place == load->source->lines->place);
	Assert(load->next_path >= 0 && load->next_path <= list_length(load->options->paths));
}

#else
#define check_load(load) ((void) 0)
#endif

/*
 * Does the next one of the files that cannot be cut go to this part?  The parts take turns, in
 * the order of the files; *n_whole counts those.
 */
static bool
is_ours(const SpkLoadOptions *options, int64 *n_whole)
{
	return (*n_whole)++ % options->parts == options->part - 1;
}

/*
 * Takes the part's share of the file that was opened.  A compressed file cannot be cut, but
 * of several files each goes to one part.
 */
static void
take_share(SpkEventLoad *load)
{
	const SpkLoadOptions *options = load->options;
	SpkLineReader		 *lines = load->source->lines;

	if (lines->stream == NULL || list_length(options->paths) == 1)
		spk_lines_share(lines, options->part, options->parts);
	else if (!is_ours(options, &load->n_whole))
		spk_lines_leave(lines);
}

/* What a file needs is in a context of its own, so that many files take no more than one. */
void
spk_load_open_file(SpkEventLoad *load, const char *path)
{
	MemoryContext oldcontext = MemoryContextSwitchTo(load->context);

	load->file_context = AllocSetContextCreate(load->context, "events of a file",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(load->file_context);
	load->source = spk_source_open(spk_target_binding(load->target), path);
	if (load->options->parts > 1)
		take_share(load);
	MemoryContextSwitchTo(oldcontext);
	load->source->tally = load->tally;
	/* in the kernel's cache such a file would push out the table's pages */
	if (load->source->lines->size / BLCKSZ > effective_cache_size)
		spk_lines_read_once(load->source->lines);
}

void
spk_load_close_file(SpkEventLoad *load)
{
	check_load(load);
#ifdef USE_ASSERT_CHECKING
	load->n_lines += load->source->n_lines;
#endif
	load->bytes += load->source->lines->bytes;
	load->read += bytes_read(load);
	spk_source_close(load->source);
	load->source = NULL;
	MemoryContextDelete(load->file_context);
}

static void
load_one_file(SpkEventLoad *load, const char *path)
{
	spk_load_open_file(load, path);
	load_lines(load);
	spk_load_close_file(load);
}

/* The bytes of the share that this call loads, as far as they are known beforehand. */
static int64
total_bytes(const SpkLoadOptions *options)
{
	int64	  total = 0;
	int64	  n_whole = 0;
	bool	  in_turns = options->parts > 1 && list_length(options->paths) > 1;
	ListCell *cell;

	foreach (cell, options->paths)
	{
		struct stat st;

		CHECK_FOR_INTERRUPTS();
		if (stat(lfirst(cell), &st) != 0 || !S_ISREG(st.st_mode))
			continue;
		if (!in_turns || !spk_is_compressed_name(lfirst(cell)))
			total += st.st_size / options->parts;
		else if (is_ours(options, &n_whole))
			total += st.st_size;
	}
	return total;
}

static void
push_rows(SpkEventLoad *load)
{
	ListCell *cell;

	foreach (cell, load->options->paths)
		load_one_file(load, lfirst(cell));
}

static void
load_files(SpkEventLoad *load)
{
	const SpkLoadOptions *options = load->options;
	ErrorContextCallback  callback;
	SpkBinding			 *binding;
	uint64				 *asked;

	load->number = spk_load_number();
	load->target = spk_target_open(options->relid, options->columns, options->parts > 1,
								   options->reader, load->number);
	binding = spk_target_binding(load->target);
	load->tally = spk_tally_new(binding->schema);
	spk_load_progress_start(&load->progress, options->relid, total_bytes(options));

	/* from here on errors tell the line that they are about */
	callback.callback = add_place_context;
	callback.arg = load;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	if (spk_target_runs(load->target))
		spk_load_pull(load);
	else
		push_rows(load);
	error_context_stack = callback.previous;

	/* what is told of all lines comes last; the target, which knows the columns, is gone by then */
	asked = spk_target_columns(load->target);
	spk_target_close(load->target);
	spk_load_progress_end();
	if (load->rejected > MAX_WARNINGS)
		ereport(WARNING,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("skipped " INT64_FORMAT " more invalid lines",
						load->rejected - MAX_WARNINGS)));
	spk_tell_events(load->tally, binding, asked,
					psprintf("loaded into \"%s\"", get_rel_name(options->relid)), NOTICE);
}

static Datum
load_result(FunctionCallInfo fcinfo, const SpkEventLoad *load)
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
	SpkEventLoad load = {options, CurrentMemoryContext};

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

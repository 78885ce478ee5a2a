/*
 * event_load.c
 *	  churn_load_events: files of JSON lines straight into a table.
 */
#include "compat.h"

#include <sys/stat.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "event_progress.h"
#include "event_source.h"
#include "event_target.h"
#include "event_tell.h"

/* So many rejected lines get a warning of their own. */
#define MAX_WARNINGS	10

PG_FUNCTION_INFO_V1(churn_load_events);
PG_FUNCTION_INFO_V1(churn_load_event_files);

/* The arguments of the functions. */
typedef struct LoadOptions
{
	Oid			relid;
	List	   *paths;			/* of files, wildcards replaced */
	bool		skip_faults;
	int			part;
	int			parts;
} LoadOptions;

typedef struct EventLoad
{
	const LoadOptions *options;
	SpkEventSource *source;		/* of the current file */
	SpkEventTarget *target;
	SpkProgress progress;
	SpkEventTally tally;
	int64		rows;
	int64		rejected;
	int64		bytes;			/* of the lines of the files before */
	int64		read;			/* of those files */
} EventLoad;

static List *
paths_of_array(ArrayType *array)
{
	List	   *paths = NIL;
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("paths must not contain nulls")));
		paths = list_concat(paths, spk_paths(TextDatumGetCString(elements[i])));
	}
	if (paths == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("paths must not be empty")));
	return paths;
}

/* All but the paths. */
static LoadOptions
load_options(FunctionCallInfo fcinfo, const char *path_name)
{
	const char *const names[] = {"target", path_name, "on_error", "part", "parts"};
	LoadOptions options;

	for (int i = 0; i < lengthof(names); i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s must not be null", names[i])));
	}
	options.relid = PG_GETARG_OID(0);
	options.paths = NIL;
	options.skip_faults = spk_on_error_skips(text_to_cstring(PG_GETARG_TEXT_PP(2)));
	options.part = PG_GETARG_INT32(3);
	options.parts = PG_GETARG_INT32(4);
	if (options.parts < 1 || options.part < 1 || options.part > options.parts)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("part %d of %d parts does not exist",
						options.part, options.parts),
				 errhint("Parts are numbered from 1 to the number of parts.")));
	return options;
}

/* Says which line a failed constraint, default or index entry was about. */
static void
add_place_context(void *arg)
{
	EventLoad  *load = arg;
	int64		place = spk_target_place(load->target);

	if (place != 0 && load->source != NULL)
		errcontext("%s", spk_source_place(load->source, place));
}

static void
handle_fault(EventLoad *load)
{
	if (!load->options->skip_faults)
		spk_source_report(load->source, ERROR);
	if (load->rejected < MAX_WARNINGS)
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
	int64		read = load->read + bytes_read(load);

	if (spk_progress_due(&load->progress, read, load->rows))
		spk_progress_update(&load->progress, read, load->rows);
}

static void
load_lines(EventLoad *load)
{
	SpkEventSource *source = load->source;
	SpkNext		next;

	while ((next = spk_source_next(source)) != SPK_NEXT_END)
	{
		if (next == SPK_NEXT_FAULT)
			handle_fault(load);
		else
		{
			spk_target_add(load->target, &source->row, source->lines->length,
						   source->lines->place);
			load->rows++;
		}
		report_progress(load);
	}
	/* while the context of errors knows the file */
	spk_target_flush(load->target);
}

/* What a file needs is freed with it, so that many take no more than one. */
static void
load_one_file(EventLoad *load, const char *path)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "events of a file",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext oldcontext = MemoryContextSwitchTo(context);

	load->source = spk_source_open(path, load->options->part, load->options->parts);
	MemoryContextSwitchTo(oldcontext);
	load->source->tally = &load->tally;
	/* a file that the cache cannot hold would push the table's pages out of it */
	if (load->source->lines->size / BLCKSZ > effective_cache_size)
		spk_lines_read_once(load->source->lines);
	load_lines(load);
	load->bytes += load->source->lines->bytes;
	load->read += bytes_read(load);
	spk_source_close(load->source);
	load->source = NULL;
	MemoryContextDelete(context);
}

/* Of the share that this call loads, as far as it is known before. */
static int64
total_bytes(const LoadOptions *options)
{
	int64		total = 0;
	ListCell   *cell;

	foreach(cell, options->paths)
	{
		struct stat st;

		if (stat(lfirst(cell), &st) == 0 && S_ISREG(st.st_mode))
			total += st.st_size / options->parts;
	}
	return total;
}

static void
load_files(EventLoad *load)
{
	const LoadOptions *options = load->options;
	ErrorContextCallback callback;
	ListCell   *cell;
	uint32		asked;

	load->target = spk_target_open(options->relid, options->parts > 1);
	spk_progress_start(&load->progress, options->relid, total_bytes(options));

	callback.callback = add_place_context;
	callback.arg = load;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	foreach(cell, options->paths)
		load_one_file(load, lfirst(cell));
	error_context_stack = callback.previous;

	asked = spk_target_columns(load->target);
	spk_target_close(load->target);
	spk_progress_end();
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
	TupleDesc	tupdesc;
	Datum		values[4];
	bool		nulls[4] = {false};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	tupdesc = BlessTupleDesc(tupdesc);
	values[0] = Int64GetDatum(load->rows);
	values[1] = Int64GetDatum(load->rejected);
	values[2] = Int64GetDatum(load->bytes);
	values[3] = Float8GetDatum(spk_progress_seconds(&load->progress));
	return HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls));
}

static Datum
load_events(FunctionCallInfo fcinfo, const LoadOptions *options)
{
	EventLoad	load = {options};

	PreventCommandIfParallelMode("churn_load_events()");
	load_files(&load);
	return load_result(fcinfo, &load);
}

Datum
churn_load_events(PG_FUNCTION_ARGS)
{
	LoadOptions options = load_options(fcinfo, "path");

	options.paths = spk_paths(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	PG_RETURN_DATUM(load_events(fcinfo, &options));
}

Datum
churn_load_event_files(PG_FUNCTION_ARGS)
{
	LoadOptions options = load_options(fcinfo, "paths");

	options.paths = paths_of_array(PG_GETARG_ARRAYTYPE_P(1));
	PG_RETURN_DATUM(load_events(fcinfo, &options));
}

/*
 * event_load.c
 *	  churn_load_events: a JSON-lines file straight into a table.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "utils/builtins.h"

#include "event_source.h"
#include "event_target.h"

/* So many rejected lines get a warning of their own. */
#define MAX_WARNINGS	10

PG_FUNCTION_INFO_V1(churn_load_events);

typedef struct EventLoad
{
	SpkEventSource *source;
	SpkEventTarget *target;
	bool		skip_faults;
	int64		rows;
	int64		rejected;
} EventLoad;

/* The arguments of churn_load_events. */
typedef struct LoadOptions
{
	Oid			relid;
	char	   *path;
	bool		skip_faults;
	int			part;
	int			parts;
} LoadOptions;

static bool
parse_on_error(const char *word)
{
	if (strcmp(word, "skip") == 0)
		return true;
	if (strcmp(word, "stop") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid on_error \"%s\"", word),
				 errhint("It is \"stop\" or \"skip\".")));
	return false;
}

static LoadOptions
load_options(FunctionCallInfo fcinfo)
{
	static const char *const names[] = {
		"target", "path", "on_error", "part", "parts"
	};
	LoadOptions options;

	for (int i = 0; i < lengthof(names); i++)
	{
		if (PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s must not be null", names[i])));
	}
	options.relid = PG_GETARG_OID(0);
	options.path = text_to_cstring(PG_GETARG_TEXT_PP(1));
	options.skip_faults = parse_on_error(text_to_cstring(PG_GETARG_TEXT_PP(2)));
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

	if (place != 0)
		errcontext("%s", spk_source_place(load->source, place));
}

static void
handle_fault(EventLoad *load)
{
	if (!load->skip_faults)
		spk_source_report(load->source, ERROR);
	if (load->rejected < MAX_WARNINGS)
		spk_source_report(load->source, WARNING);
	load->rejected++;
}

static void
load_lines(EventLoad *load)
{
	SpkEventSource *source = load->source;
	SpkNext		next;

	while ((next = spk_source_next(source)) != SPK_NEXT_END)
	{
		if (next == SPK_NEXT_FAULT)
		{
			handle_fault(load);
			continue;
		}
		spk_target_add(load->target, &source->row, source->lines->length,
					   source->lines->place);
		load->rows++;
	}
	if (load->rejected > MAX_WARNINGS)
		ereport(WARNING,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("skipped " INT64_FORMAT " more invalid lines of file \"%s\"",
						load->rejected - MAX_WARNINGS, source->lines->path)));
}

static void
load_events(EventLoad *load, const LoadOptions *options)
{
	ErrorContextCallback callback;

	load->skip_faults = options->skip_faults;
	load->target = spk_target_open(options->relid);
	load->source = spk_source_open(options->path, options->part, options->parts);

	callback.callback = add_place_context;
	callback.arg = load;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	load_lines(load);
	spk_target_close(load->target);
	error_context_stack = callback.previous;

	spk_source_close(load->source);
}

static Datum
load_result(FunctionCallInfo fcinfo, const EventLoad *load, double seconds)
{
	TupleDesc	tupdesc;
	Datum		values[4];
	bool		nulls[4] = {false};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	tupdesc = BlessTupleDesc(tupdesc);
	values[0] = Int64GetDatum(load->rows);
	values[1] = Int64GetDatum(load->rejected);
	values[2] = Int64GetDatum(load->source->lines->bytes);
	values[3] = Float8GetDatum(seconds);
	return HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls));
}

Datum
churn_load_events(PG_FUNCTION_ARGS)
{
	LoadOptions options = load_options(fcinfo);
	EventLoad	load = {0};
	instr_time	start;
	instr_time	end;

	PreventCommandIfParallelMode("churn_load_events()");
	INSTR_TIME_SET_CURRENT(start);
	load_events(&load, &options);
	INSTR_TIME_SET_CURRENT(end);
	INSTR_TIME_SUBTRACT(end, start);
	PG_RETURN_DATUM(load_result(fcinfo, &load, INSTR_TIME_GET_DOUBLE(end)));
}

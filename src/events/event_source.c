/*
 * event_source.c
 *	  The events of a JSON-lines file, for whoever reads or loads them.
 */
#include "compat.h"

#include "miscadmin.h"

#include "json/event_kind.h"
#include "events/event_source.h"

bool
spk_on_error_skips(const char *word)
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

static SpkEventSource *
create_source(SpkBinding *binding, SpkLineReader *lines)
{
	SpkEventSource *source = palloc0(sizeof(SpkEventSource));

	source->lines = lines;
	source->binding = binding;
	source->parser = spk_event_parser_new(CurrentMemoryContext, binding);
	return source;
}

SpkEventSource *
spk_source_open(SpkBinding *binding, const char *path)
{
	return create_source(binding, spk_lines_open(path));
}

SpkEventSource *
spk_source_open_unchecked(SpkBinding *binding, const char *path)
{
	return create_source(binding, spk_lines_open_unchecked(path));
}

void
spk_source_want(SpkEventSource *source, const uint64 *wanted)
{
	spk_event_parser_want(source->parser, wanted);
}

SpkEventTally *
spk_tally_new(const SpkSchema *schema)
{
	SpkEventTally *tally = palloc(spk_tally_size(schema->n_columns));

	spk_tally_clear(tally, schema->n_columns);
	return tally;
}

void
spk_source_aim(SpkEventSource *source, int64 from, int64 to)
{
	spk_lines_aim(source->lines, from, to);
}

/* Tells which line a domain's check is about, whose refusal is an error. */
static void
add_line_context(void *arg)
{
	SpkEventSource *source = arg;

	errcontext("%s", spk_source_place(source, source->lines->place));
}

static const SpkEventRow *
parse_line(SpkEventSource *source)
{
	SpkLineReader		*lines = source->lines;
	ErrorContextCallback callback = {error_context_stack, add_line_context, source};
	const SpkEventRow	*row;

	if (!source->binding->any_checked)
		return spk_event_parse(source->parser, lines->line, lines->length, &source->fault);
	error_context_stack = &callback;
	row = spk_event_parse(source->parser, lines->line, lines->length, &source->fault);
	error_context_stack = callback.previous;
	return row;
}

SpkNext
spk_source_next(SpkEventSource *source)
{
	SpkLineReader *lines = source->lines;

	CHECK_FOR_INTERRUPTS();
	if (!spk_lines_next(lines))
		return SPK_NEXT_END;
#ifdef USE_ASSERT_CHECKING
	source->n_lines++;
#endif
	if (lines->overlong)
	{
		spk_fault(&source->fault, SPK_FAULT_LIMIT, "line is longer than %d bytes",
				  SPK_MAX_LINE_BYTES);
		return SPK_NEXT_FAULT;
	}
	source->row = parse_line(source);
	if (source->row == NULL)
		return SPK_NEXT_FAULT;
	if (source->tally != NULL)
		spk_tally_add(source->tally, source->binding->schema, source->row, lines->line,
					  lines->length);
	return SPK_NEXT_EVENT;
}

char *
spk_source_place(const SpkEventSource *source, int64 place)
{
	return psprintf(source->lines->by_offset ? "line at byte offset " INT64_FORMAT
											   " of file \"%s\"" :
											   "line " INT64_FORMAT " of file \"%s\"",
					place, source->lines->path);
}

/* What to do about the fault of a line, if that is known; or NULL. */
static const char *
hint_of_line(const SpkEventSource *source)
{
	const SpkLineReader *lines = source->lines;

	if (source->fault.kind == SPK_FAULT_UNIT)
		return "A column of a foreign table may say what its numbers are, as OPTIONS (unit 'ms'), and so may columns of churn_load_events: " SPK_TIME_UNITS
			   " since 1970.";
	if (source->fault.kind != SPK_FAULT_SYNTAX)
		return NULL;
	return spk_kind_hint(spk_kind_of(lines->line, lines->length, true));
}

void
spk_source_report(const SpkEventSource *source, int elevel)
{
	char	   *place = spk_source_place(source, source->lines->place);
	const char *hint = hint_of_line(source);

	ereport(elevel,
			(errcode(spk_fault_errcode(&source->fault)),
			 errmsg("invalid event in %s: %s", place, source->fault.reason),
			 hint != NULL ? errhint("%s", hint) : 0));
	pfree(place);
}

void
spk_source_close(SpkEventSource *source)
{
	spk_lines_close(source->lines);
}

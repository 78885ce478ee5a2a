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
create_source(SpkLineReader *lines)
{
	SpkEventSource *source = palloc0(sizeof(SpkEventSource));

	source->lines = lines;
	source->parser = spk_event_parser_new(CurrentMemoryContext);
	return source;
}

SpkEventSource *
spk_source_open(const char *path, int part, int parts)
{
	return create_source(spk_lines_open(path, part, parts));
}

SpkEventSource *
spk_source_open_unchecked(const char *path)
{
	return create_source(spk_lines_open_unchecked(path, 1, 1));
}

void
spk_source_want(SpkEventSource *source, uint32 wanted)
{
	spk_event_parser_want(source->parser, wanted);
}

void
spk_source_aim(SpkEventSource *source, int64 from, int64 to)
{
	spk_lines_aim(source->lines, from, to);
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
	if (!spk_event_parse(source->parser, lines->line, lines->length, &source->row, &source->fault))
		return SPK_NEXT_FAULT;
	if (source->tally != NULL)
		spk_tally_add(source->tally, &source->row, lines->line, lines->length);
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

/* What to do about a line that is not JSON, if it is of a known kind; or NULL. */
static const char *
hint_of_line(const SpkEventSource *source)
{
	const SpkLineReader *lines = source->lines;

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

/*
 * event_read.c
 *	  churn_parse_event and churn_read_events: events as values and as rows.
 */
#include "compat.h"

#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "events/event_shape.h"
#include "events/event_source.h"
#include "events/event_tell.h"

PG_FUNCTION_INFO_V1(churn_parse_event);
PG_FUNCTION_INFO_V1(churn_read_events);

typedef struct ParseState
{
	SpkEventShape	shape;
	SpkEventParser *parser;
	SpkEventTally  *tally;
	SpkToldSoFar	told;
} ParseState;

typedef struct ReadState
{
	SpkEventShape	shape;
	SpkEventSource *source;
} ReadState;

/* The state of churn_parse_event, which is made at the first call of a query. */
static ParseState *
parse_state(FunctionCallInfo fcinfo)
{
	FmgrInfo	 *flinfo = fcinfo->flinfo;
	MemoryContext oldcontext;
	ParseState	 *state;

	if (flinfo->fn_extra != NULL)
		return flinfo->fn_extra;

	oldcontext = MemoryContextSwitchTo(flinfo->fn_mcxt);
	state = palloc0(sizeof(ParseState));
	spk_shape_init(&state->shape, fcinfo, NULL);
	state->parser = spk_event_parser_new(flinfo->fn_mcxt, state->shape.binding);
	state->tally = spk_tally_new(state->shape.binding->schema);
	MemoryContextSwitchTo(oldcontext);
	flinfo->fn_extra = state;
	return state;
}

Datum
churn_parse_event(PG_FUNCTION_ARGS)
{
	text			  *line = PG_GETARG_TEXT_PP(0);
	ParseState		  *state = parse_state(fcinfo);
	char			  *data = VARDATA_ANY(line);
	int				   len = VARSIZE_ANY_EXHDR(line);
	char			  *utf8 = pg_server_to_any(data, len, PG_UTF8);
	const SpkEventRow *row;
	SpkEventFault	   fault;

	if (utf8 != data)
		len = strlen(utf8);
	if (len > SPK_MAX_LINE_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("invalid event: line is longer than %d bytes",
						SPK_MAX_LINE_BYTES)));
	row = spk_event_parse(state->parser, utf8, len, &fault);
	if (row == NULL)
		ereport(ERROR,
				(errcode(spk_fault_errcode(&fault)),
				 errmsg("invalid event: %s", fault.reason)));
	spk_tally_add(state->tally, state->shape.binding->schema, row, utf8, len);
	spk_tell_events_so_far(state->tally, state->shape.binding, &state->told);
	PG_RETURN_DATUM(spk_shape_form(&state->shape, row));
}

/* Opens the file in this context, which closes it when the caller stops early. */
static ReadState *
begin_read(FunctionCallInfo fcinfo, MemoryContext context)
{
	MemoryContext oldcontext = MemoryContextSwitchTo(context);
	ReadState	 *state = palloc0(sizeof(ReadState));
	char		 *path = text_to_cstring(PG_GETARG_TEXT_PP(0));

	spk_shape_init(&state->shape, fcinfo, NULL);
	state->source = spk_source_open(state->shape.binding, path);
	state->source->tally = spk_tally_new(state->shape.binding->schema);
	MemoryContextSwitchTo(oldcontext);
	return state;
}

/* Returns one event per call, and holds nothing but the current line. */
Datum
churn_read_events(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	ReadState		*state;

	if (SRF_IS_FIRSTCALL())
	{
		funcctx = SRF_FIRSTCALL_INIT();
		funcctx->user_fctx = begin_read(fcinfo, funcctx->multi_call_memory_ctx);
	}
	funcctx = SRF_PERCALL_SETUP();
	state = funcctx->user_fctx;

	switch (spk_source_next(state->source))
	{
		case SPK_NEXT_EVENT:
			SRF_RETURN_NEXT(funcctx, spk_shape_form(&state->shape, state->source->row));
		case SPK_NEXT_FAULT:
			spk_source_report(state->source, ERROR);
			break; /* not reached */
		case SPK_NEXT_END:
			break;
	}

	/* only who reads to the end is told what is missing in all rows */
	spk_tell_events(state->source->tally, state->shape.binding, state->shape.binding->schema->all,
					psprintf("of file \"%s\"", state->source->lines->path), DEBUG1);
	spk_source_close(state->source);
	SRF_RETURN_DONE(funcctx);
}

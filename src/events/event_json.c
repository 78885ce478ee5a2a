/*
 * event_json.c
 *	  Turns one line of JSON into one event: the fast way where that is possible,
 *	  and otherwise by the full rules.
 *
 * json-c allocates with malloc, and an error would jump over the freeing of its
 * memory.  So that hangs on the strict parser, which is freed with the parser's memory
 * context.
 */
#include "compat.h"

#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "core/base/times.h"
#include "events/event_encoding.h"
#include "events/event_json.h"
#include "host/pg_host.h"

StaticAssertDecl(SPK_MIN_TIME == MIN_TIMESTAMP && SPK_END_TIME == END_TIMESTAMP,
				 "times are PostgreSQL's");

struct SpkEventParser
{
	uint32				  wanted; /* columns, as bits */
	SpkLineParser		  fast;
	SpkStrictParser		 *strict;
	SpkTranscoder		 *transcoder; /* or NULL */
	MemoryContextCallback cleanup;
};

static void
release_strict(void *arg)
{
	spk_strict_release(arg);
}

SpkEventParser *
spk_event_parser_new(MemoryContext context)
{
	SpkEventParser *parser = MemoryContextAlloc(context, sizeof(SpkEventParser));
	SpkHost			host = spk_pg_host(context);

	parser->wanted = SPK_ALL_COLUMNS;
	spk_line_parser_init(&parser->fast);
	parser->strict = spk_strict_new(&host);
	if (parser->strict == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory")));
	parser->transcoder = spk_transcoder_new(context);
	parser->cleanup.func = release_strict;
	parser->cleanup.arg = parser->strict;
	MemoryContextRegisterResetCallback(context, &parser->cleanup);
	return parser;
}

void
spk_event_parser_want(SpkEventParser *parser, uint32 wanted)
{
	parser->wanted = wanted;
}

/* Out of memory is an error: as a fault it would lose the line where faults are skipped. */
static bool
parse_strict(SpkEventParser *parser, const char *line, size_t len, uint32 wanted, SpkEventRow *row,
			 SpkEventFault *fault)
{
	if (spk_strict_parse(parser->strict, line, len, wanted, row, fault))
		return true;
	if (fault->kind == SPK_FAULT_MEMORY)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("Failed while parsing a line of %zu bytes.", len)));
	return false;
}

static bool
parse(SpkEventParser *parser, const char *line, size_t len, uint32 wanted, SpkEventRow *row,
	  SpkEventFault *fault)
{
	if (!spk_line_parse(&parser->fast, line, len, wanted, row) &&
		!parse_strict(parser, line, len, wanted, row, fault))
		return false;
	spk_event_row_check(row, wanted);
	return true;
}

/*
 * Where texts are converted, all of them are, wanted or not: which lines are
 * events must not depend on the query.
 */
static bool
parse_and_convert(SpkEventParser *parser, const char *line, size_t len, SpkEventRow *row,
				  SpkEventFault *fault)
{
	if (!parse(parser, line, len, SPK_ALL_COLUMNS, row, fault) ||
		!spk_transcode(parser->transcoder, row, fault))
		return false;
	for (int col = 0; col < SPK_N_COLUMNS; col++)
		row->isnull[col] |= (parser->wanted & (UINT32_C(1) << col)) == 0;
	return true;
}

bool
spk_event_parse(SpkEventParser *parser, const char *line, size_t len, SpkEventRow *row,
				SpkEventFault *fault)
{
	return parser->transcoder != NULL ? parse_and_convert(parser, line, len, row, fault) :
										parse(parser, line, len, parser->wanted, row, fault);
}

int
spk_fault_errcode(const SpkEventFault *fault)
{
	/* without a default, so that the compiler names a kind that is missing here */
	switch (fault->kind)
	{
		case SPK_FAULT_SYNTAX:
			return ERRCODE_INVALID_TEXT_REPRESENTATION;
		case SPK_FAULT_ENCODING:
			return ERRCODE_CHARACTER_NOT_IN_REPERTOIRE;
		case SPK_FAULT_NULL_CHARACTER:
		case SPK_FAULT_UNTRANSLATABLE:
			return ERRCODE_UNTRANSLATABLE_CHARACTER;
		case SPK_FAULT_TYPE:
			return ERRCODE_DATATYPE_MISMATCH;
		case SPK_FAULT_RANGE:
			return ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
		case SPK_FAULT_KEYS:
			return ERRCODE_INVALID_TEXT_REPRESENTATION;
		case SPK_FAULT_LIMIT:
			return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		case SPK_FAULT_MEMORY:
			return ERRCODE_OUT_OF_MEMORY;
		case SPK_FAULT_CANCELLED:
			return ERRCODE_QUERY_CANCELED;
	}
	return ERRCODE_INTERNAL_ERROR;
}

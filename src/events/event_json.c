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
#include "core/events/event_line.h"
#include "events/event_encoding.h"
#include "events/event_json.h"
#include "host/pg_host.h"

StaticAssertDecl(SPK_MIN_TIME == MIN_TIMESTAMP && SPK_END_TIME == END_TIMESTAMP,
				 "times are PostgreSQL's");

struct SpkEventParser
{
	SpkBinding *binding;
	uint64	   *wanted;	 /* the set of columns that the row gets */
	uint64	   *decoded; /* the set of those whose values are made, for the row or to be checked */
	SpkLineParser		 *fast;
	SpkStrictParser		 *strict;
	SpkTranscoder		 *transcoder; /* or NULL */
	SpkEventRow			  row;
	MemoryContext		  checked; /* the values of the current row that were checked */
	MemoryContextCallback cleanup;
};

static void
release_strict(void *arg)
{
	spk_strict_release(arg);
}

static uint64 *
create_set(MemoryContext context, const SpkSchema *schema)
{
	return MemoryContextAllocZero(context, SPK_BITS_WORDS(schema->n_columns) * sizeof(uint64));
}

SpkEventParser *
spk_event_parser_new(MemoryContext context, SpkBinding *binding)
{
	SpkEventParser *parser = MemoryContextAllocZero(context, sizeof(SpkEventParser));
	SpkHost			host = spk_pg_host(context);

	parser->binding = binding;
	parser->wanted = create_set(context, binding->schema);
	parser->decoded = create_set(context, binding->schema);
	parser->fast = spk_line_parser_new(binding->schema, &host);
	parser->strict = spk_strict_new(binding->schema, &host);
	if (parser->strict == NULL || parser->fast == NULL ||
		!spk_event_row_init(&parser->row, binding->schema->n_columns, &host))
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory")));
	parser->cleanup.func = release_strict;
	parser->cleanup.arg = parser->strict;
	MemoryContextRegisterResetCallback(context, &parser->cleanup);
	parser->transcoder = spk_transcoder_new(context);
	if (binding->any_checked)
		parser->checked = AllocSetContextCreate(context, "sparkify values", ALLOCSET_DEFAULT_SIZES);
	spk_event_parser_want(parser, binding->schema->all);
	return parser;
}

/*
 * Where texts are converted all of them are, and values that a type may refuse are
 * made for each row, wanted or not: which lines are events must not depend on the
 * query.
 */
void
spk_event_parser_want(SpkEventParser *parser, const uint64 *wanted)
{
	const SpkSchema *schema = parser->binding->schema;
	Size			 bytes = SPK_BITS_WORDS(schema->n_columns) * sizeof(uint64);

	memcpy(parser->wanted, wanted, bytes);
	memcpy(parser->decoded, parser->transcoder != NULL ? schema->all : wanted, bytes);
	for (int col = 0; col < schema->n_columns; col++)
	{
		if (parser->binding->casts[col].is_checked)
			spk_bits_add(parser->decoded, col);
	}
	spk_line_parser_want(parser->fast, parser->decoded);
}

/* Out of memory is an error: as a fault it would lose the line where faults are skipped. */
static bool
parse_strictly(SpkEventParser *parser, const char *line, size_t len, SpkEventFault *fault)
{
	if (spk_strict_parse(parser->strict, line, len, parser->decoded, &parser->row, fault))
		return true;
	if (fault->kind == SPK_FAULT_MEMORY)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("Failed while parsing a line of %zu bytes.", len)));
	return false;
}

/* Makes the values that their types may refuse; false, with the fault, when one does. */
static bool
check_values(SpkEventParser *parser, SpkEventFault *fault)
{
	SpkEventRow	 *row = &parser->row;
	MemoryContext oldcontext;
	bool		  fit = true;

	MemoryContextReset(parser->checked);
	oldcontext = MemoryContextSwitchTo(parser->checked);
	for (int col = 0; col < row->n_columns && fit; col++)
	{
		SpkCast *cast = &parser->binding->casts[col];

		if (cast->is_checked)
			fit = spk_cast_check(cast, row->isnull[col], &row->field[col], fault);
	}
	MemoryContextSwitchTo(oldcontext);
	return fit;
}

const SpkEventRow *
spk_event_parse(SpkEventParser *parser, const char *line, size_t len, SpkEventFault *fault)
{
	const SpkSchema *schema = parser->binding->schema;
	SpkEventRow		*row = &parser->row;

	if (!spk_line_parse(parser->fast, line, len, row) && !parse_strictly(parser, line, len, fault))
		return NULL;
	spk_event_row_check(row, schema, parser->decoded);
	if (parser->transcoder == NULL && parser->checked == NULL)
		return row;
	if (parser->transcoder != NULL && !spk_transcode(parser->transcoder, schema, row, fault))
		return NULL;
	if (parser->checked != NULL && !check_values(parser, fault))
		return NULL;
	for (int col = 0; col < row->n_columns; col++)
		row->isnull[col] |= !spk_bits_has(parser->wanted, col);
	return row;
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
		case SPK_FAULT_UNIT:
			return ERRCODE_INVALID_DATETIME_FORMAT;
		case SPK_FAULT_VALUE:
			return ERRCODE_INVALID_TEXT_REPRESENTATION;
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

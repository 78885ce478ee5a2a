/*
 * event_encoding.c
 *	  Converts an event's texts to the database's encoding.
 *
 * pg_any_to_server raises an error for a character that the encoding lacks, which
 * would end the load of a log for one line of it.
 */
#include "compat.h"

#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include "events/event_encoding.h"

struct SpkTranscoder
{
	int			  encoding;
	Oid			  conversion; /* looked up when there is something to convert */
	MemoryContext texts;	  /* of the current row */
};

SpkTranscoder *
spk_transcoder_new(MemoryContext context)
{
	SpkTranscoder *transcoder;
	int			   encoding = GetDatabaseEncoding();

	if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII)
		return NULL;
	transcoder = MemoryContextAllocZero(context, sizeof(SpkTranscoder));
	transcoder->encoding = encoding;
	transcoder->texts = AllocSetContextCreate(context, "sparkify texts", ALLOCSET_DEFAULT_SIZES);
	return transcoder;
}

static bool
is_ascii(const char *data, int len)
{
	for (int i = 0; i < len; i++)
	{
		if (IS_HIGHBIT_SET(data[i]))
			return false;
	}
	return true;
}

static void
look_up(SpkTranscoder *transcoder)
{
	if (OidIsValid(transcoder->conversion))
		return;
	transcoder->conversion = FindDefaultConversionProc(PG_UTF8, transcoder->encoding);
	if (!OidIsValid(transcoder->conversion))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("default conversion function for encoding \"%s\" to \"%s\" does not exist",
						pg_encoding_to_char(PG_UTF8),
						pg_encoding_to_char(transcoder->encoding))));
}

/* Converts a text of UTF-8; false, with the fault, when the encoding lacks a character. */
static bool
convert(SpkTranscoder *transcoder, const char *label, SpkField *field, SpkEventFault *fault)
{
	const char *data = field->text.data;
	int			len = field->text.len;
	Size		room = (Size) len * MAX_CONVERSION_GROWTH + 1;
	char	   *to = MemoryContextAlloc(transcoder->texts, room);
	int			done;

	look_up(transcoder);
	done = spk_convert_from_utf8(transcoder->conversion, transcoder->encoding, data, len, to,
								 (int) Min(room, (Size) PG_INT32_MAX));
	if (done < len)
		return spk_fault(fault, SPK_FAULT_UNTRANSLATABLE,
						 "%s has a character, U+%04X, that has no equivalent in encoding \"%s\"",
						 label, (unsigned int) utf8_to_unicode((const unsigned char *) data + done),
						 pg_encoding_to_char(transcoder->encoding));
	field->text.data = to;
	field->text.len = (int) strlen(to);
	return true;
}

bool
spk_transcode(SpkTranscoder *transcoder, const SpkSchema *schema, SpkEventRow *row,
			  SpkEventFault *fault)
{
	MemoryContextReset(transcoder->texts);
	for (int col = 0; col < schema->n_columns; col++)
	{
		SpkField *field = &row->field[col];

		if (!spk_type_is_text(schema->columns[col].type) || row->isnull[col] ||
			is_ascii(field->text.data, field->text.len))
			continue;
		if (!convert(transcoder, schema->columns[col].label, field, fault))
			return false;
	}
	return true;
}

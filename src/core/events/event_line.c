/*
 * event_line.c
 *	  One event from the common form of a line of JSON.
 *
 * A line is taken as a whole or not at all.  Whatever is not plainly right and
 * plainly convertible is left to a complete parser of JSON, so this one needs no
 * messages and no rare cases.  It only must never accept what the other would
 * refuse or read differently.
 *
 * Every byte of a log passes here once, so all that reads a line is inline: its
 * keys (line_key.h), its texts (line_text.h), its numbers (line_number.h) and its
 * times (line_time.h).
 */
#include <string.h>

#include "core/events/event_line.h"
#include "core/events/line_key.h"
#include "core/events/line_number.h"
#include "core/events/line_text.h"
#include "core/events/line_time.h"

/* The keys as the music log spells them, which no line may have done yet. */
static const SpkQuotedKey quoted_keys[SPK_N_COLUMNS] = {
#define SPK_EVENT_ITEM(constant, column, key, kind, comment) {key "\":", sizeof(key "\":") - 1},
#include "core/events/event_list.h"
#undef SPK_EVENT_ITEM
};

void
spk_line_parser_init(SpkLineParser *parser)
{
	memset(parser->next, 0, sizeof(parser->next));
	memcpy(parser->keys, quoted_keys, sizeof(parser->keys));
}

/* Reads a number as a value of this type, if it may be one. */
static inline bool
read_number_field(SpkLineCursor *c, SpkEventType type, SpkField *field)
{
	const char	 *start = c->at;
	SpkLineNumber number;

	if (!spk_line_read_number(c, &number))
		return false;
	switch (type)
	{
		case SPK_TYPE_TIME:
			return spk_line_time(&number, field);
		case SPK_TYPE_INT8:
			return spk_line_integer(&number, INT64_MAX, field);
		case SPK_TYPE_INT4:
			return spk_line_integer(&number, INT32_MAX, field);
		case SPK_TYPE_FLOAT:
			return spk_line_float(&number, field);
		case SPK_TYPE_TEXT:
			/* the digits of an id; 12.0 means 12, too, but those are not its bytes */
			field->text.data = start;
			field->text.len = (int) (c->at - start);
			return !number.point;
	}
	return false;
}

/* Reads a text; one that is not wanted is checked as well, but not unescaped. */
static inline bool
read_text_field(SpkLineCursor *c, bool wanted, SpkField *field)
{
	SpkLineText text;

	c->at++;
	if (!spk_line_read_text(c, &text))
		return false;
	if (!wanted)
		return true;
	if (text.escapes)
		spk_line_unescape(c, &text, field);
	else
	{
		field->text.data = text.start;
		field->text.len = (int) (text.end - text.start);
	}
	return true;
}

/* Reads the value of a column, of any type. */
static inline bool
read_field(SpkLineCursor *c, int col, bool wanted, SpkEventRow *row)
{
	SpkEventType type = spk_event_keys[col].type;

	if (*c->at == 'n')
		return spk_line_read_word(c, "null", 4);
	row->given |= UINT32_C(1) << col;
	row->isnull[col] = !wanted;
	if (*c->at != '"')
		return read_number_field(c, type, &row->field[col]);
	if (type == SPK_TYPE_TEXT)
		return read_text_field(c, wanted, &row->field[col]);
	return type == SPK_TYPE_TIME && spk_line_read_time(c, &row->field[col]);
}

/* Reads the value of a key that is no column. */
static bool
skip_value(SpkLineCursor *c)
{
	SpkLineNumber number;
	SpkLineText	  text;

	switch (*c->at)
	{
		case '"':
			c->at++;
			return spk_line_read_text(c, &text);
		case 'n':
			return spk_line_read_word(c, "null", 4);
		case 't':
			return spk_line_read_word(c, "true", 4);
		case 'f':
			return spk_line_read_word(c, "false", 5);
		default:
			return spk_line_read_number(c, &number);
	}
}

bool
spk_line_parse(SpkLineParser *parser, const char *line, size_t len, uint32_t wanted,
			   SpkEventRow *row)
{
	SpkLineCursor c = {line + 1, line + len, parser->unescaped};
	uint32_t	  seen = 0;
	int			  previous = SPK_N_COLUMNS;

	if (len < 2 || len > SPK_FAST_LINE_BYTES || line[0] != '{' || line[len - 1] != '}')
		return false;
	row->given = 0;
	memset(row->isnull, true, sizeof(row->isnull));

	do
	{
		int col;

		spk_line_skip_spaces(&c);
		if (!spk_line_read_key(parser, &c, parser->next[previous], &col))
			return false;
		spk_line_skip_spaces(&c);
		if (col == SPK_EVENT_NO_COLUMN)
		{
			/* keys of no column leave the guesses alone, which are about columns */
			if (!skip_value(&c))
				return false;
		}
		else
		{
			uint32_t bit = UINT32_C(1) << col;

			/* which of two values counts is for the complete parser to say */
			if ((seen & bit) != 0 || !read_field(&c, col, (wanted & bit) != 0, row))
				return false;
			seen |= bit;
			parser->next[previous] = (uint8_t) col;
			previous = col;
		}
		spk_line_skip_spaces(&c);
	} while (*c.at++ == ',');
	return c.at == c.end && c.at[-1] == '}' && (seen & SPK_EVENT_COLUMNS) != 0;
}

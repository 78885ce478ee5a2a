/*
 * line_value.c
 *	  The values that are rare in a line of JSON, or take longer to read than a call.
 */
#include <math.h>
#include <stdlib.h>

#include "core/base/uuid_text.h"
#include "core/events/line_value.h"

/* All numbers of this many bytes without an exponent are in the range of numeric, or of a float. */
#define SAFE_NUMERIC_BYTES 1000
#define SAFE_REAL_BYTES	   30

bool
spk_line_read_long(SpkLineCursor *c, const char *start, const SpkSchemaColumn *column,
				   SpkField *field)
{
	bool exponent = false;

	c->at = start;
	if (!spk_line_skip_number(c, &exponent))
		return false;
	switch (column->type)
	{
		case SPK_TYPE_FLOAT:
			/* what stands behind a number in JSON ends it for strtod, too */
			field->number = strtod(start, NULL);
			return isfinite(field->number);
		case SPK_TYPE_TEXT:
		case SPK_TYPE_ANY:
			spk_line_set_text(field, start, c->at);
			return true;
		case SPK_TYPE_NUMBER:
		case SPK_TYPE_JSON:
			spk_line_set_text(field, start, c->at);
			return !exponent && c->at - start <= SAFE_NUMERIC_BYTES;
		case SPK_TYPE_REAL:
			spk_line_set_text(field, start, c->at);
			return !exponent && c->at - start <= SAFE_REAL_BYTES;
		default:
			return false;
	}
}

/* Reads true or false, of which the first letter stands here. */
static bool
read_bool(SpkLineCursor *c, const SpkSchemaColumn *column, SpkField *field)
{
	const char *start = c->at;
	bool		is_true = *start == 't';

	if (!spk_line_read_word(c, is_true ? "true" : "false", is_true ? 4 : 5))
		return false;
	switch (column->type)
	{
		case SPK_TYPE_BOOL:
			field->integer = is_true;
			return true;
		case SPK_TYPE_JSON:
		case SPK_TYPE_ANY:
			spk_line_set_text(field, start, c->at);
			return true;
		case SPK_TYPE_TEXT:
			spk_line_set_text(field, start, c->at);
			return column->lenient;
		case SPK_TYPE_INT8:
		case SPK_TYPE_INT4:
		case SPK_TYPE_INT2:
			field->integer = is_true;
			return column->lenient;
		case SPK_TYPE_FLOAT:
			field->number = is_true;
			return column->lenient;
		case SPK_TYPE_REAL:
		case SPK_TYPE_NUMBER:
			field->text.data = is_true ? "1" : "0";
			field->text.len = 1;
			return column->lenient;
		case SPK_TYPE_TIME:
		case SPK_TYPE_UUID:
			return false;
	}
	return false;
}

/* Sets field to what a text in quotes, without escapes, is for a column of numbers or times. */
static bool
set_quoted(const SpkLineText *text, const SpkSchemaColumn *column, SpkField *field)
{
	/* the quote behind it ends each loop */
	SpkLineCursor c = {text->start, text->end, NULL};

	if (column->type == SPK_TYPE_TIME &&
		spk_time_of_iso8601(text->start, (size_t) (text->end - text->start), &field->integer))
		return true;
	return column->lenient && spk_line_number_field(&c, column, field) && c.at == text->end;
}

/* Reads a text in quotes for a column of another type. */
static SpkLineValue
read_quoted(SpkLineCursor *c, const SpkSchemaColumn *column, SpkField *field)
{
	const char *start = c->at++;
	SpkLineText text;
	bool		done;

	if (!spk_line_read_text(c, &text))
		return SPK_VALUE_LEFT;
	if (column->blank && text.start == text.end)
		return SPK_VALUE_BLANK;
	switch (column->type)
	{
		case SPK_TYPE_JSON:
		case SPK_TYPE_ANY:
			spk_line_set_text(field, start, c->at);
			return SPK_VALUE_GIVEN;
		case SPK_TYPE_UUID:
			spk_line_set_text(field, text.start, text.end);
			done = spk_uuid_valid(text.start, (size_t) (text.end - text.start));
			break;
		case SPK_TYPE_BOOL:
			return SPK_VALUE_LEFT;
		default:
			done = !text.escapes && set_quoted(&text, column, field);
			break;
	}
	return done ? SPK_VALUE_GIVEN : SPK_VALUE_LEFT;
}

/* Reads an object or an array, which depth others are around. */
static bool
read_container(SpkLineCursor *c, const SpkSchemaColumn *column, int depth, SpkField *field)
{
	const char *start = c->at;

	if (column->type != SPK_TYPE_JSON && column->type != SPK_TYPE_ANY)
		return false;
	/*
	 * jsonb has no number as large as an exponent may make it.  And the brace that ends
	 * the line may have been taken for an inner one.
	 */
	if (!spk_line_skip_value(c, depth, column->type == SPK_TYPE_ANY) || c->at >= c->end)
		return false;
	spk_line_set_text(field, start, c->at);
	return true;
}

SpkLineValue
spk_line_read_rare(SpkLineCursor *c, const SpkSchemaColumn *column, int depth, SpkField *field)
{
	bool done = false;

	switch (*c->at)
	{
		case '"':
			return read_quoted(c, column, field);
		case 't':
		case 'f':
			done = read_bool(c, column, field);
			break;
		case '{':
		case '[':
			done = read_container(c, column, depth, field);
			break;
	}
	return done ? SPK_VALUE_GIVEN : SPK_VALUE_LEFT;
}

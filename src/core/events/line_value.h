/*
 * line_value.h
 *	  Reading the value of a column from a line of JSON, by the column's type.
 *
 * A value that is not plainly of the column's type is left to the complete parser:
 * these functions return false then.
 */
#ifndef SPK_CORE_EVENTS_LINE_VALUE_H
#define SPK_CORE_EVENTS_LINE_VALUE_H

#include "core/events/line_skip.h"
#include "core/events/line_time.h"

static inline void
spk_line_set_text(SpkField *field, const char *start, const char *end)
{
	field->text.data = start;
	field->text.len = (int) (end - start);
}

/*
 * Reads a number from start on that has too many digits for an SpkLineNumber, or to
 * be converted by one division, where that changes nothing.
 */
extern bool spk_line_read_long(SpkLineCursor *c, const char *start, const SpkSchemaColumn *column,
							   SpkField *field);

/* The same with a copy of the cursor, so that its own may be in a register. */
static inline bool
spk_line_long_field(SpkLineCursor *c, const char *start, const SpkSchemaColumn *column,
					SpkField *field)
{
	SpkLineCursor copy = *c;
	bool		  done = spk_line_read_long(&copy, start, column, field);

	c->at = copy.at;
	return done;
}

/*
 * Makes a number the value of a column of integers, of milliseconds or of floats; false
 * when it is of another type, or does not fit.
 */
static inline __attribute__((always_inline)) bool
spk_line_set_number(const SpkLineNumber *number, const SpkSchemaColumn *column, SpkField *field)
{
	if (column->max != 0)
		return spk_line_integer(number, column->max, field);
	if (column->type == SPK_TYPE_TIME)
		return !column->lenient && spk_line_msecs(number, field);
	return column->type == SPK_TYPE_FLOAT && spk_line_float(number, field);
}

/* Reads a number as a value of this column.  The types that logs have most come first. */
static inline __attribute__((always_inline)) bool
spk_line_number_field(SpkLineCursor *c, const SpkSchemaColumn *column, SpkField *field)
{
	const char	 *start = c->at;
	SpkLineNumber number;

	if (!spk_line_read_number(c, &number))
		return column->lenient && spk_line_long_field(c, start, column, field);
	if (column->max != 0)
		return spk_line_integer(&number, column->max, field);
	if (column->type == SPK_TYPE_TIME)
		return column->lenient ? spk_line_time(&number, column->unit, field) :
								 spk_line_msecs(&number, field);
	if (column->type == SPK_TYPE_FLOAT)
		return spk_line_float(&number, field) ||
			(column->lenient && spk_line_long_field(c, start, column, field));
	/* the digits of an id; of the music log 12.0 means 12, too, but those are not its bytes */
	spk_line_set_text(field, start, c->at);
	if (column->type == SPK_TYPE_TEXT)
		return column->lenient || !number.point;
	return column->type != SPK_TYPE_BOOL && column->type != SPK_TYPE_UUID;
}

/* What reading a value has come to. */
typedef enum SpkLineValue
{
	SPK_VALUE_LEFT, /* to the complete parser */
	SPK_VALUE_NULL,
	SPK_VALUE_BLANK, /* "" where that is NULL */
	SPK_VALUE_GIVEN
} SpkLineValue;

/*
 * Reads what other columns than texts may have in quotes, and what is not a text, a
 * number or null.  depth is the number of containers around it.
 */
extern SpkLineValue spk_line_read_rare(SpkLineCursor *c, const SpkSchemaColumn *column, int depth,
									   SpkField *field);

/* Reads a text in quotes; one that is not wanted is checked as well, but not unescaped. */
static inline __attribute__((always_inline)) SpkLineValue
spk_line_text_field(SpkLineCursor *c, const SpkSchemaColumn *column, bool unwanted, SpkField *field)
{
	SpkLineText text;

	c->at++;
	if (unwanted ? !spk_line_read_text(c, &text) : !spk_line_take_text(c, &text, field))
		return SPK_VALUE_LEFT;
	if (unwanted)
		spk_line_set_text(field, text.start, text.end);
	return column->blank && text.start == text.end ? SPK_VALUE_BLANK : SPK_VALUE_GIVEN;
}

/* Reads the value of a column, of any type. */
static inline __attribute__((always_inline)) SpkLineValue
spk_line_read_value(SpkLineCursor *c, const SpkSchemaColumn *column, bool unwanted, int depth,
					SpkField *field)
{
	if (*c->at == '"' && column->type == SPK_TYPE_TEXT)
		return spk_line_text_field(c, column, unwanted, field);
	if (spk_line_is_digit(*c->at) || *c->at == '-')
		return spk_line_number_field(c, column, field) ? SPK_VALUE_GIVEN : SPK_VALUE_LEFT;
	if (*c->at == 'n')
		return spk_line_read_word(c, "null", 4) ? SPK_VALUE_NULL : SPK_VALUE_LEFT;
	{
		SpkLineCursor copy = *c;
		SpkLineValue  value = spk_line_read_rare(&copy, column, depth, field);

		c->at = copy.at;
		return value;
	}
}

#endif /* SPK_CORE_EVENTS_LINE_VALUE_H */

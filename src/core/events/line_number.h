/*
 * line_number.h
 *	  Numbers of a line of JSON, and what they are as integers and floats.
 */
#ifndef SPK_CORE_EVENTS_LINE_NUMBER_H
#define SPK_CORE_EVENTS_LINE_NUMBER_H

#include <float.h>

#include "core/base/elementary.h"
#include "core/events/event_columns.h"
#include "core/events/line_text.h"

/* All numbers of so many digits are integers of 64 bits. */
#define SPK_LINE_MAX_DIGITS 18

/* Up to here every integer is a double of its own. */
#define SPK_LINE_MAX_MANTISSA ((uint64_t) SPK_EXACT_NUMBERS)

/* mantissa / 10^scale */
typedef struct SpkLineNumber
{
	bool	 negative;
	uint64_t mantissa;
	int		 scale;
	bool	 point;
} SpkLineNumber;

static inline bool
spk_line_is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Reads digits into the mantissa; false when there are none or too many. */
static inline bool
spk_line_read_digits(SpkLineCursor *c, SpkLineNumber *number, ptrdiff_t max)
{
	const char *start = c->at;

	for (; spk_line_is_digit(*c->at); c->at++)
	{
		if (c->at - start >= max)
			return false;
		number->mantissa = number->mantissa * 10 + (uint64_t) (*c->at - '0');
	}
	return c->at > start;
}

/*
 * Reads a number without an exponent.  What comes behind it is the caller's to
 * check, an exponent included.
 */
static inline bool
spk_line_read_number(SpkLineCursor *c, SpkLineNumber *number)
{
	const char *start;

	number->mantissa = 0;
	number->scale = 0;
	number->negative = (*c->at == '-');
	if (number->negative)
		c->at++;
	start = c->at;
	if (!spk_line_read_digits(c, number, SPK_LINE_MAX_DIGITS) ||
		(*start == '0' && c->at - start > 1))
		return false;

	number->point = (*c->at == '.');
	if (number->point)
	{
		ptrdiff_t max = SPK_LINE_MAX_DIGITS - (c->at - start);

		start = ++c->at;
		if (!spk_line_read_digits(c, number, max))
			return false;
		number->scale = (int) (c->at - start);
	}
	/* integers know no negative zero, floats do */
	return !(number->negative && number->mantissa == 0);
}

/*
 * The absolute value of an integer, which may be written as a float as long as
 * that holds it exactly.
 */
static inline bool
spk_line_whole(const SpkLineNumber *number, uint64_t *value)
{
	*value = number->mantissa;
	for (int i = 0; i < number->scale; i++)
	{
		if (*value % 10 != 0)
			return false;
		*value /= 10;
	}
	return !number->point || *value <= SPK_LINE_MAX_MANTISSA;
}

static inline bool
spk_line_integer(const SpkLineNumber *number, uint64_t max, SpkField *field)
{
	uint64_t value;

	if (!spk_line_whole(number, &value) || value > max)
		return false;
	field->integer = number->negative ? -(int64_t) value : (int64_t) value;
	return true;
}

/*
 * One division of two exact doubles rounds once, as it should (W. D. Clinger,
 * How to Read Floating Point Numbers Accurately, 1990), where doubles are
 * computed as such.
 */
static inline bool
spk_line_float(const SpkLineNumber *number, SpkField *field)
{
	static const double powers[SPK_LINE_MAX_DIGITS + 1] = {1e0,	 1e1,  1e2,	 1e3,  1e4,	 1e5,  1e6,
														   1e7,	 1e8,  1e9,	 1e10, 1e11, 1e12, 1e13,
														   1e14, 1e15, 1e16, 1e17, 1e18};
	double				value;

	if (FLT_EVAL_METHOD != 0 || number->mantissa > SPK_LINE_MAX_MANTISSA)
		return false;
	value = (double) number->mantissa / powers[number->scale];
	field->number = number->negative ? -value : value;
	return true;
}

#endif /* SPK_CORE_EVENTS_LINE_NUMBER_H */

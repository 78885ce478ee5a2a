/*
 * line_number.h
 *	  Reading the numbers of a line of JSON, and their values as integers and
 *	  floats.
 *
 * A number is held as it is written, in decimal.  It becomes a value only when
 * nothing is lost by that; all others are left to the complete parser.
 */
#ifndef SPK_CORE_EVENTS_LINE_NUMBER_H
#define SPK_CORE_EVENTS_LINE_NUMBER_H

#include "core/base/elementary.h"
#include "core/events/event_columns.h"
#include "core/events/line_text.h"

/* All numbers of this many digits fit 64 bits. */
#define SPK_LINE_MAX_DIGITS 18

/* Up to here, different integers are different doubles. */
#define SPK_LINE_MAX_MANTISSA ((uint64_t) SPK_EXACT_NUMBERS)

/* The number mantissa / 10^scale, or its negative. */
typedef struct SpkLineNumber
{
	bool	 negative;
	uint64_t mantissa;
	int		 scale;
	bool	 point; /* a decimal point is written, even if only zeros follow it */
} SpkLineNumber;

static inline bool
spk_line_is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Moves over digits; false when there are none. */
static inline bool
spk_line_skip_digits(SpkLineCursor *c)
{
	const char *start = c->at;

	while (spk_line_is_digit(*c->at))
		c->at++;
	return c->at > start;
}

/*
 * Moves over a number of any size by JSON's grammar, or returns false.  *exponent
 * becomes true when it has one.
 */
static inline bool
spk_line_skip_number(SpkLineCursor *c, bool *exponent)
{
	const char *start;

	if (*c->at == '-')
		c->at++;
	start = c->at;
	if (!spk_line_skip_digits(c) || (*start == '0' && c->at - start > 1))
		return false;
	if (*c->at == '.')
	{
		c->at++;
		if (!spk_line_skip_digits(c))
			return false;
	}
	if (*c->at != 'e' && *c->at != 'E')
		return true;
	*exponent = true;
	c->at++;
	if (*c->at == '+' || *c->at == '-')
		c->at++;
	return spk_line_skip_digits(c);
}

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/*
 * Appends the digits that follow to the mantissa, eight at a time: digits beside each
 * other are put together to pairs, pairs to fours and those to eights, each by one
 * multiplication for all (D. Lemire, Number Parsing at a Gigabyte per Second, 2021).
 * Where fewer follow, zeros are put in front of them instead of what stands behind, so
 * that no branch depends on how many they are.  Stops behind the last digit, or near
 * the end of the line.
 */
static inline void
spk_line_read_eights(SpkLineCursor *c, SpkLineNumber *number)
{
	static const uint64_t powers[9] = {1,	   10,		100,	  1000,		10000,
									   100000, 1000000, 10000000, 100000000};
	unsigned			  n = 8;

	while (n == 8 && c->end - c->at >= 8)
	{
		uint64_t digits;
		uint64_t others; /* bit 7 of each byte that is no digit, above the lowest also others' */

		memcpy(&digits, c->at, sizeof(digits));
		digits ^= UINT64_C(0x3030303030303030);
		others = ((digits + UINT64_C(0x7676767676767676)) | digits) & UINT64_C(0x8080808080808080);
		n = others == 0 ? 8 : (unsigned) __builtin_ctzll(others) / 8;
		digits = n == 0 ? 0 : digits << (64 - 8 * n);
		digits = digits * 10 + (digits >> 8);
		digits = ((digits & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064) +
				  (digits >> 16 & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001)) >>
			32;
		number->mantissa = number->mantissa * powers[n] + digits;
		c->at += n;
	}
}
#else
static inline void
spk_line_read_eights(SpkLineCursor *c, SpkLineNumber *number)
{
	(void) c;
	(void) number;
}
#endif

/* Appends the digits that follow to the mantissa; false when there are none, or more than max. */
static inline __attribute__((always_inline)) bool
spk_line_read_digits(SpkLineCursor *c, SpkLineNumber *number, ptrdiff_t max)
{
	const char *start = c->at;

	spk_line_read_eights(c, number);
	for (; spk_line_is_digit(*c->at); c->at++)
		number->mantissa = number->mantissa * 10 + (uint64_t) (*c->at - '0');
	return c->at > start && c->at - start <= max;
}

/*
 * Reads a number without an exponent, or returns false.  The caller checks what
 * comes behind it, which may be an exponent.
 */
static inline __attribute__((always_inline)) bool
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
	/* a negative zero would be 0 as an integer, but not as a float */
	return !(number->negative && number->mantissa == 0);
}

/*
 * Sets *value to the absolute value of a whole number.  It may be written with a
 * point, as in 12.0; but then it must be small enough for a double to hold it
 * exactly, because the complete parser reads it as one.  Returns false otherwise.
 */
static inline __attribute__((always_inline)) bool
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

/* Sets field to a whole number whose absolute value is at most max; false otherwise. */
static inline __attribute__((always_inline)) bool
spk_line_integer(const SpkLineNumber *number, uint64_t max, SpkField *field)
{
	uint64_t value;

	if (!spk_line_whole(number, &value) || value > max)
		return false;
	field->integer = number->negative ? -(int64_t) value : (int64_t) value;
	return true;
}

/*
 * Sets field to the double that is nearest to the number; false when that takes
 * more than one division.  The division of two exact doubles rounds once, as it
 * should (W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990);
 * elementary.c refuses compilers that would compute it with more digits.
 */
static inline __attribute__((always_inline)) bool
spk_line_float(const SpkLineNumber *number, SpkField *field)
{
	static const double powers[SPK_LINE_MAX_DIGITS + 1] = {1e0,	 1e1,  1e2,	 1e3,  1e4,	 1e5,  1e6,
														   1e7,	 1e8,  1e9,	 1e10, 1e11, 1e12, 1e13,
														   1e14, 1e15, 1e16, 1e17, 1e18};
	double				value;

	if (number->mantissa > SPK_LINE_MAX_MANTISSA)
		return false;
	value = (double) number->mantissa / powers[number->scale];
	field->number = number->negative ? -value : value;
	return true;
}

#endif /* SPK_CORE_EVENTS_LINE_NUMBER_H */

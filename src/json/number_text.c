/*
 * number_text.c
 *	  The numbers of JSON as they are spelled.
 */
#include <stdlib.h>

#include "core/events/line_number.h"
#include "json/number_text.h"

/* What numeric holds before and behind the point. */
#define NUMERIC_WHOLE_DIGITS	131072
#define NUMERIC_FRACTION_DIGITS 16383

/* More digits of an exponent are more than numeric holds, whatever the number. */
#define MAX_EXPONENT_DIGITS 6

bool
spk_number_is_valid(const char *text, size_t len)
{
	SpkLineCursor c = {text, text + len, NULL};
	bool		  exponent = false;

	/* the end of the text ends each loop, and a null byte inside of it does, too */
	return spk_line_skip_number(&c, &exponent) && c.at == c.end;
}

/* The exponent at the end of a number, or 0; beyond a million it is as good as a million. */
static long
exponent_of(const char *at)
{
	bool negative;
	long exponent = 0;

	if (*at != 'e' && *at != 'E')
		return 0;
	negative = at[1] == '-';
	for (at += 1 + (at[1] == '-' || at[1] == '+'); spk_line_is_digit(*at); at++)
		if (exponent < 1000000)
			exponent = exponent * 10 + (*at - '0');
	return negative ? -exponent : exponent;
}

/* value times 10 to the power; false when it does not fit 64 bits. */
static bool
shift_digits(uint64_t *value, long power)
{
	for (; power > 0 && *value > 0; power--)
	{
		if (*value > UINT64_MAX / 10)
			return false;
		*value *= 10;
	}
	return true;
}

SpkWholeness
spk_number_whole(const char *text, int64_t *value)
{
	bool		negative = *text == '-';
	const char *at = text + negative;
	uint64_t	digits = 0; /* up to the last one that is not 0 */
	long		power = 0;	/* of 10, that the digits are to be multiplied by */
	long		zeros = 0;	/* read after that digit */
	bool		point = false;
	bool		fits = true;

	for (; spk_line_is_digit(*at) || *at == '.'; at++)
	{
		point = point || *at == '.';
		if (*at == '.')
			continue;
		power -= point;
		zeros++;
		if (*at == '0')
			continue;
		fits = fits && shift_digits(&digits, zeros) && digits <= UINT64_MAX - 9;
		digits += (uint64_t) (*at - '0');
		zeros = 0;
	}
	power += zeros + exponent_of(at);

	/* the last digit is not 0, so that it is a fraction's when it stands behind the point */
	if (digits > 0 && power < 0)
		return SPK_NUMBER_FRACTION;
	if (!fits || !shift_digits(&digits, power) || digits > (uint64_t) INT64_MAX + negative)
		return SPK_NUMBER_TOO_LARGE;
	*value = negative ? (int64_t) (0 - digits) : (int64_t) digits;
	return SPK_NUMBER_INTEGER;
}

bool
spk_number_fits(const char *text, size_t len)
{
	const char *end = text + len;
	const char *at = text + (*text == '-');
	const char *start = at;
	long		whole;
	long		fraction = 0;
	long		exponent = 0;

	while (at < end && spk_line_is_digit(*at))
		at++;
	whole = (long) (at - start);
	if (at < end && *at == '.')
	{
		start = ++at;
		while (at < end && spk_line_is_digit(*at))
			at++;
		fraction = (long) (at - start);
	}
	if (at < end)
	{
		bool negative = at[1] == '-';

		at += 1 + (at[1] == '-' || at[1] == '+');
		while (end - at > 1 && *at == '0')
			at++;
		if (end - at > MAX_EXPONENT_DIGITS)
			return false;
		for (; at < end; at++)
			exponent = exponent * 10 + (*at - '0');
		exponent = negative ? -exponent : exponent;
	}
	return whole + exponent <= NUMERIC_WHOLE_DIGITS &&
		fraction - exponent <= NUMERIC_FRACTION_DIGITS;
}

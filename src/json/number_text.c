/*
 * number_text.c
 *	  The numbers of JSON as they are spelled.
 */
#include <stdlib.h>
#include <string.h>

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

bool
spk_number_is_integer(const char *text)
{
	return strpbrk(text, ".eE") == NULL;
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

/*
 * line_digits.h
 *	  Reading a number whose end is known: all of its digits at once.
 */
#ifndef SPK_CORE_EVENTS_LINE_DIGITS_H
#define SPK_CORE_EVENTS_LINE_DIGITS_H

#include "core/events/line_number.h"

/* Numbers of more bytes are read in the way of those whose end is not known. */
#define SPK_LINE_DIGITS 16

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

#define SPK_DIGITS_OF(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Bit 7 of each byte that is no digit, of bytes less '0' without borrowing. */
static inline uint64_t
spk_line_no_digits(uint64_t bytes)
{
	const uint64_t low = SPK_DIGITS_OF(0x7F);

	return (((bytes & low) + SPK_DIGITS_OF(0x76)) | bytes) & ~low;
}

/* The value of eight digits, of which the first is the lowest byte; see spk_line_read_eights. */
static inline uint64_t
spk_line_eight_digits(uint64_t digits)
{
	digits = digits * 10 + (digits >> 8);
	return ((digits & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064) +
			(digits >> 16 & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001)) >>
		32;
}

/*
 * Takes a point, which is the byte of a word whose bit 7 is set in others, out of the
 * digits: those before it move on by one byte, and behind them comes in.  Returns the
 * number of digits behind it in the word, or -1 when it is something else.
 */
static inline int
spk_line_take_point(uint64_t *digits, uint64_t others, uint64_t in)
{
	unsigned shift = (unsigned) __builtin_ctzll(others) - 7;
	uint64_t before = (UINT64_C(1) << shift) - 1;

	if ((others & (others - 1)) != 0 || (*digits >> shift & 0xFF) != ('.' ^ '0'))
		return -1;
	*digits = (*digits & ~(before << 8 | 0xFF)) | (*digits & before) << 8 | in;
	return 7 - (int) shift / 8;
}

/*
 * Reads the number from start to end, places in a line, as spk_line_read_number would.
 * False when it is not that simple; it may be a number all the same.
 */
static inline __attribute__((always_inline)) bool
spk_line_number_between(const char *line, size_t start, size_t end, SpkLineNumber *number)
{
	size_t	 n = end - start;
	uint64_t high;
	uint64_t low;
	uint64_t others;

	/* what is before the line's first 16 bytes may not be read */
	if (spk_unlikely(n - 1 >= SPK_LINE_DIGITS || end < SPK_LINE_DIGITS || end < start))
		return false;
	memcpy(&high, line + end - 16, sizeof(high));
	memcpy(&low, line + end - 8, sizeof(low));
	high ^= SPK_DIGITS_OF('0');
	low ^= SPK_DIGITS_OF('0');
	/* bytes before the number become zeros */
	if (n <= 8)
	{
		high = 0;
		low = low >> (64 - 8 * n) << (64 - 8 * n);
	}
	else
		high = high >> (128 - 8 * n) << (128 - 8 * n);

	number->negative = false;
	number->scale = 0;
	others = spk_line_no_digits(high);
	number->point = (others | spk_line_no_digits(low)) != 0;
	if (number->point)
	{
		if (others != 0)
			number->scale = spk_line_no_digits(low) != 0 ?
				-1 :
				8 + spk_line_take_point(&high, others, 0);
		else
		{
			number->scale = spk_line_take_point(&low, spk_line_no_digits(low), high >> 56);
			high <<= 8;
		}
		/* neither the first byte nor the last one */
		if (number->scale <= 0 || (others != 0 && number->scale < 8) ||
			(size_t) number->scale == n - 1)
			return false;
	}
	if (line[start] == '0' && n > 1 && line[start + 1] != '.')
		return false;
	number->mantissa = spk_line_eight_digits(high) * 100000000 + spk_line_eight_digits(low);
	return true;
}

#else

static inline bool
spk_line_number_between(const char *line, size_t start, size_t end, SpkLineNumber *number)
{
	(void) line, (void) start, (void) end, (void) number;
	return false;
}

#endif

#endif /* SPK_CORE_EVENTS_LINE_DIGITS_H */

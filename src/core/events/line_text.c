/*
 * line_text.c
 *	  The texts of a line of JSON that hold escapes or letters beyond ASCII.
 *
 * Most writers of JSON escape every letter beyond ASCII.  A text of such a language is
 * one escape behind the other, so these are read in a loop of their own, and where the
 * text is wanted they are written while they are checked.
 */
#include "core/base/utf8.h"
#include "core/events/line_escape.h"
#include "core/events/line_text.h"

/* The longest escape: a pair of \uXXXX. */
#define LONGEST_ESCAPE 12

#define NONE8	-1, -1, -1, -1, -1, -1, -1, -1
#define NONE16	NONE8, NONE8
#define NONE64	NONE16, NONE16, NONE16, NONE16
#define LETTERS -1, 10, 11, 12, 13, 14, 15, -1, NONE8, NONE16

/* by the 16 of '0', 'A' and 'a', and those behind them */
/* clang-format off */
const int8_t spk_line_hex_digits[256] = {
	NONE16, NONE16, NONE16,
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -1, -1, -1, -1, -1,
	LETTERS, LETTERS,
	NONE64, NONE64,
};
/* clang-format on */

static inline bool
is_plain(unsigned char byte)
{
	return byte != '"' && byte != '\\' && byte >= 0x20;
}

/* Moves to the next byte that is not plain, or to the end; copies to *to, unless that is NULL. */
static inline __attribute__((always_inline)) void
pass_plain(const char **at, const char *end, char **to, bool *ascii)
{
#ifdef __SSE2__
	for (; end - *at >= 16; *at += 16)
	{
		__m128i	 bytes = _mm_loadu_si128((const __m128i *) *at);
		__m128i	 found = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
									  _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
		unsigned high = (unsigned) _mm_movemask_epi8(bytes);
		unsigned stops;
		unsigned n;

		found = _mm_or_si128(found,
							 _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes));
		stops = (unsigned) _mm_movemask_epi8(found);
		/* what is written never gets ahead of what is read, so that there is room for all 16 */
		if (*to != NULL)
			_mm_storeu_si128((__m128i *) *to, bytes);
		n = stops != 0 ? (unsigned) __builtin_ctz(stops) : 16;
		/* only the bytes before the first stop are passed */
		if ((high & ((1U << n) - 1)) != 0)
			*ascii = false;
		if (*to != NULL)
			*to += n;
		if (stops != 0)
		{
			*at += n;
			return;
		}
	}
#endif
	for (; *at < end && is_plain((unsigned char) **at); (*at)++)
	{
		if ((unsigned char) **at >= 0x80)
			*ascii = false;
		if (*to != NULL)
			*(*to)++ = **at;
	}
}

/*
 * Reads a pair of surrogates from *at on, of which the first is *code; false when they
 * are none.
 */
static bool
read_pair(const char **at, int32_t *code)
{
	int32_t low;

	if (*code >= 0xDC00 || (*at)[6] != '\\' || (*at)[7] != 'u')
		return false;
	low = spk_line_hex4(*at + 8);
	if (low < 0xDC00 || low > 0xDFFF)
		return false;
	*code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
	*at += 6;
	return true;
}

/*
 * Reads the escapes that begin here, one behind the other, of which the longest would
 * not reach beyond end.  False when one stands for no character: lone surrogates and
 * U+0000 are left to the complete parser.
 */
static inline __attribute__((always_inline)) bool
pass_escapes(const char **at, const char *end, char **to)
{
	while (**at == '\\' && end - *at >= LONGEST_ESCAPE)
	{
		int32_t code;

		if (spk_unlikely((*at)[1] != 'u'))
		{
			char byte = spk_line_unescaped_byte((*at)[1]);

			if (byte == '\0')
				return false;
			if (*to != NULL)
				*(*to)++ = byte;
			*at += 2;
			continue;
		}

		/* a half of a pair is none by itself */
		code = spk_line_hex4(*at + 2);
		if (code <= 0 || (code >= 0xD800 && code <= 0xDFFF && !read_pair(at, &code)))
			return false;
		*at += 6;
		if (*to != NULL)
			*to = spk_line_put_character(*to, code);
	}
	return true;
}

/*
 * The same near the end of the line, whose last byte is no part of an escape: from a
 * copy of what is left, with zeros behind.
 */
static __attribute__((noinline)) bool
pass_last_escapes(const char **at, const char *end, char **to)
{
	char		copy[2 * LONGEST_ESCAPE] = {0};
	size_t		left = (size_t) (end - *at);
	const char *from = copy;

	memcpy(copy, *at, left);
	if (!pass_escapes(&from, copy + left + LONGEST_ESCAPE, to) || (size_t) (from - copy) > left)
		return false;
	*at += from - copy;
	return true;
}

static inline __attribute__((always_inline)) const char *
pass_text(const char *start, const char *end, char **to, bool *escapes)
{
	const char *at = start;
	char	   *nowhere = NULL;
	bool		ascii = true;

	/* a text without escapes is not written, and stays where it is */
	pass_plain(&at, end, &nowhere, &ascii);
	if (at < end && *at == '\\' && *to != NULL)
	{
		memcpy(*to, start, (size_t) (at - start));
		*to += at - start;
	}
	while (at < end && *at == '\\')
	{
		*escapes = true;
		if (end - at >= LONGEST_ESCAPE ? !pass_escapes(&at, end, to) :
										 !pass_last_escapes(&at, end, to))
			return NULL;
		if (*at != '\\' && *at != '"')
			pass_plain(&at, end, to, &ascii);
	}
	if (at >= end || *at != '"')
		return NULL;
	return ascii || spk_utf8_valid(start, (size_t) (at - start)) ? at : NULL;
}

const char *
spk_line_find_end(const char *start, const char *end, bool *escapes)
{
	char *nowhere = NULL;

	return pass_text(start, end, &nowhere, escapes);
}

const char *
spk_line_unescape(const char *start, const char *end, char **to)
{
	char	   *place = *to;
	bool		escapes = false;
	const char *quote = pass_text(start, end, &place, &escapes);

	*to = place;
	return quote;
}

/* Writes what escapes stand for that begin here, all in a row, and are right; returns their number. */
static inline __attribute__((always_inline)) int
write_escapes(const char **at, char **to)
{
	int n = 0;

	for (; **at == '\\'; n++)
	{
		int32_t code;

		if (spk_unlikely((*at)[1] != 'u'))
		{
			*(*to)++ = spk_line_unescaped_byte((*at)[1]);
			*at += 2;
			continue;
		}
		code = spk_line_hex4(*at + 2);
		*at += 6;
		if (spk_unlikely(code >= 0xD800 && code <= 0xDFFF))
		{
			code = 0x10000 + ((code - 0xD800) << 10) + (spk_line_hex4(*at + 2) - 0xDC00);
			*at += 6;
		}
		*to = spk_line_put_character(*to, code);
	}
	return n;
}

/* Copies bytes to the next backslash, or to the end of the text; line_end is not read. */
static inline __attribute__((always_inline)) void
copy_plain(const char **at, const char *end, const char *line_end, char **to)
{
#ifdef __SSE2__
	for (; *at < end && line_end - *at >= 16; *at += 16, *to += 16)
	{
		__m128i	  bytes = _mm_loadu_si128((const __m128i *) *at);
		unsigned  found = (unsigned) _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
		ptrdiff_t n = end - *at;

		/* what is written never gets ahead of what is read, so that there is room for all 16 */
		_mm_storeu_si128((__m128i *) *to, bytes);
		if (found != 0 && __builtin_ctz(found) < n)
			n = __builtin_ctz(found);
		if (n < 16)
		{
			*at += n;
			*to += n;
			return;
		}
	}
#endif
	(void) line_end;
	while (*at < end && **at != '\\')
		*(*to)++ = *(*at)++;
}

int
spk_line_unescape_field(SpkLineCursor *c, SpkField *field)
{
	const char *at = field->text.data;
	const char *end = at + field->text.len;
	char	   *to = c->unescaped;
	int			n = 0;

	if (memchr(at, '\\', (size_t) field->text.len) == NULL)
		return 0;
	do
	{
		copy_plain(&at, end, c->end, &to);
		n += write_escapes(&at, &to);
	} while (at < end);
	field->text.data = c->unescaped;
	field->text.len = (int) (to - c->unescaped);
	c->unescaped = to;
	return n;
}

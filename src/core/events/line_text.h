/*
 * line_text.h
 *	  Reading the texts and words of a line of JSON, and the place in the line.
 *
 * Most bytes of a log are inside texts.  They are searched 8 or 16 at a time for
 * the byte that ends the text.
 */
#ifndef SPK_CORE_EVENTS_LINE_TEXT_H
#define SPK_CORE_EVENTS_LINE_TEXT_H

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "core/base/likely.h"
#include "core/base/utf8.h"
#include "core/events/event_columns.h"

/*
 * The place in a line that is being read.  The line's last byte is known to be a
 * brace.  So a loop that stops at any byte but certain ones, such as digits, stops
 * there at the latest and need not compare at with end.
 */
typedef struct SpkLineCursor
{
	const char *at;
	const char *end;
	char	   *unescaped; /* where the next unescaped text goes; there is room for the line */
} SpkLineCursor;

/* A text as it stands in the line, between its quotes. */
typedef struct SpkLineText
{
	const char *start;
	const char *end;
	bool		escapes; /* it holds escapes */
} SpkLineText;

/* Logs have no white space but blanks; a line with any other takes the slow way. */
static inline void
spk_line_skip_spaces(SpkLineCursor *c)
{
	while (*c->at == ' ')
		c->at++;
}

static inline bool
spk_line_ends_plain(unsigned char byte)
{
	return byte == '"' || byte == '\\' || byte < 0x20;
}

#ifdef __SSE2__
/*
 * Moves over plain bytes, 16 at a time.  Returns true when it has stopped at one
 * that is not plain, and false when fewer than 16 bytes are left to look at.
 * Clears *ascii when it has passed a byte that is not ASCII.
 */
static inline bool
spk_line_skip_plain_blocks(SpkLineCursor *c, bool *ascii)
{
	const __m128i quote = _mm_set1_epi8('"');
	const __m128i backslash = _mm_set1_epi8('\\');
	const __m128i control = _mm_set1_epi8(0x1F);

	for (; c->end - c->at >= 16; c->at += 16)
	{
		__m128i	 bytes = _mm_loadu_si128((const __m128i *) c->at);
		__m128i	 found = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote),
									  _mm_cmpeq_epi8(bytes, backslash));
		unsigned high = (unsigned) _mm_movemask_epi8(bytes);
		unsigned stops;

		found = _mm_or_si128(found, _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
		stops = (unsigned) _mm_movemask_epi8(found);
		if (stops != 0)
		{
			/* only the bytes before the first stop are passed: the bits below the lowest one set */
			if (high & (stops - 1) & ~stops)
				*ascii = false;
			c->at += __builtin_ctz(stops);
			return true;
		}
		if (high != 0)
			*ascii = false;
	}
	return false;
}
#else
#define SPK_LINE_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Sets bit 7 of each byte that is 0.  Above the lowest of these, other bytes' may be set, too. */
static inline uint64_t
spk_line_zero_bytes(uint64_t bytes)
{
	return (bytes - SPK_LINE_EACH(0x01)) & ~bytes & SPK_LINE_EACH(0x80);
}

/* The same 8 at a time, but the caller looks for the stop: it always returns false. */
static inline bool
spk_line_skip_plain_blocks(SpkLineCursor *c, bool *ascii)
{
	for (; c->end - c->at >= 8; c->at += 8)
	{
		uint64_t bytes;

		memcpy(&bytes, c->at, sizeof(bytes));
		if (spk_line_zero_bytes(bytes ^ SPK_LINE_EACH('"')) |
			spk_line_zero_bytes(bytes ^ SPK_LINE_EACH('\\')) |
			((bytes - SPK_LINE_EACH(0x20)) & ~bytes & SPK_LINE_EACH(0x80)))
			return false;
		if (bytes & SPK_LINE_EACH(0x80))
			*ascii = false;
	}
	return false;
}
#endif

/* Moves to the next quote, backslash or control character, or to the end. */
static inline void
spk_line_skip_plain(SpkLineCursor *c, bool *ascii)
{
	if (spk_line_skip_plain_blocks(c, ascii))
		return;
	for (; c->at < c->end && !spk_line_ends_plain((unsigned char) *c->at); c->at++)
	{
		if ((unsigned char) *c->at >= 0x80)
			*ascii = false;
	}
}

/* Returns what a short escape stands for, or 0 when there is no such escape. */
static inline char
spk_line_unescaped_byte(char escape)
{
	switch (escape)
	{
		case '"':
		case '\\':
		case '/':
			return escape;
		case 'b':
			return '\b';
		case 'f':
			return '\f';
		case 'n':
			return '\n';
		case 'r':
			return '\r';
		case 't':
			return '\t';
		default:
			return '\0';
	}
}

static inline int
spk_line_hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* Returns what the four hexadecimal digits at p are, or -1.  It stops at the first other byte. */
static inline int32_t
spk_line_hex4(const char *p)
{
	int32_t code = 0;

	for (int i = 0; i < 4; i++)
	{
		int digit = spk_line_hex_digit(p[i]);

		if (digit < 0)
			return -1;
		code = code * 16 + digit;
	}
	return code;
}

/*
 * Returns the length of the escape \uXXXX at p, or of two that are a surrogate pair
 * together, and sets *code to the character; 0 when it is none: lone surrogates and
 * U+0000 are left to the complete parser.  The line's last byte stops it.
 */
static inline size_t
spk_line_unicode(const char *p, int32_t *code)
{
	int32_t low;

	*code = spk_line_hex4(p + 2);
	if (*code <= 0 || (*code >= 0xDC00 && *code <= 0xDFFF))
		return 0;
	if (*code < 0xD800 || *code > 0xDFFF)
		return 6;
	if (p[6] != '\\' || p[7] != 'u')
		return 0;
	low = spk_line_hex4(p + 8);
	if (low < 0xDC00 || low > 0xDFFF)
		return 0;
	*code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
	return 12;
}

/* Writes a character as UTF-8; returns the place behind it. */
static inline char *
spk_line_put_character(char *to, int32_t code)
{
	if (code < 0x80)
		*to++ = (char) code;
	else if (code < 0x800)
		*to++ = (char) (0xC0 | code >> 6);
	else if (code < 0x10000)
	{
		*to++ = (char) (0xE0 | code >> 12);
		*to++ = (char) (0x80 | (code >> 6 & 0x3F));
	}
	else
	{
		*to++ = (char) (0xF0 | code >> 18);
		*to++ = (char) (0x80 | (code >> 12 & 0x3F));
		*to++ = (char) (0x80 | (code >> 6 & 0x3F));
	}
	if (code >= 0x80)
		*to++ = (char) (0x80 | (code & 0x3F));
	return to;
}

/* The length of the escape at p, inside of the line; 0 when the complete parser must read it. */
static inline size_t
spk_line_escape_length(const char *p)
{
	int32_t code;

	/* the byte behind the backslash is inside the line: the brace at the latest */
	if (p[1] == 'u')
		return spk_line_unicode(p, &code);
	return spk_line_unescaped_byte(p[1]) == '\0' ? 0 : 2;
}

/* Reads a text of any length as spk_line_read_text does, from start, where the cursor stands. */
static __attribute__((noinline)) const char *
spk_line_find_end(const char *start, const char *end, bool *escapes)
{
	SpkLineCursor c = {start, end, NULL};
	bool		  ascii = true;

	for (;;)
	{
		size_t length;

		spk_line_skip_plain(&c, &ascii);
		if (c.at >= end || (unsigned char) *c.at < 0x20)
			return NULL;
		if (*c.at == '"')
			break;
		length = spk_line_escape_length(c.at);
		if (length == 0)
			return NULL;
		*escapes = true;
		c.at += length;
	}
	return ascii || spk_utf8_valid(start, (size_t) (c.at - start)) ? c.at : NULL;
}

/*
 * Reads a text from behind its first quote to behind its last.  Returns false
 * unless it is UTF-8 without control characters, and each escape stands for a
 * character.
 */
static inline __attribute__((always_inline)) bool
spk_line_read_text(SpkLineCursor *c, SpkLineText *text)
{
	bool escapes = false;

	text->start = c->at;
	text->escapes = false;
#ifdef __SSE2__
	/* most texts are plain, and short, so that they are not worth a call */
	for (const char *at = c->at; spk_likely(c->end - at >= 16); at += 16)
	{
		__m128i	 bytes = _mm_loadu_si128((const __m128i *) at);
		unsigned quotes = (unsigned) _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
		unsigned others = (unsigned) _mm_movemask_epi8(
			_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')),
						 _mm_cmpgt_epi8(_mm_set1_epi8(0x20), bytes)));

		/* what is below the first quote, and all where there is none */
		if (spk_unlikely((others & (quotes ^ (quotes - 1))) != 0))
			break;
		if (quotes != 0)
		{
			text->end = at + __builtin_ctz(quotes);
			c->at = text->end + 1;
			return true;
		}
	}
#endif
	text->end = spk_line_find_end(c->at, c->end, &escapes);
	text->escapes = escapes;
	if (text->end == NULL)
		return false;
	c->at = text->end + 1;
	return true;
}

/* Sets field to the text without its escapes, which spk_line_read_text has checked. */
static inline void
spk_line_unescape(SpkLineCursor *c, const SpkLineText *text, SpkField *field)
{
	const char *from = text->start;
	char	   *to = c->unescaped;

	field->text.data = to;
	while (from < text->end)
	{
		const char *backslash = memchr(from, '\\', (size_t) (text->end - from));
		size_t		plain = (size_t) ((backslash ? backslash : text->end) - from);

		memcpy(to, from, plain);
		to += plain;
		from += plain;
		if (backslash == NULL)
			break;
		if (from[1] == 'u')
		{
			int32_t code;

			from += spk_line_unicode(from, &code);
			to = spk_line_put_character(to, code);
		}
		else
		{
			*to++ = spk_line_unescaped_byte(from[1]);
			from += 2;
		}
	}
	field->text.len = (int) (to - c->unescaped);
	c->unescaped = to;
}

/* Reads this word of len bytes, such as null; false when the line goes on with anything else. */
static inline bool
spk_line_read_word(SpkLineCursor *c, const char *word, size_t len)
{
	if ((size_t) (c->end - c->at) < len || memcmp(c->at, word, len) != 0)
		return false;
	c->at += len;
	return true;
}

#endif /* SPK_CORE_EVENTS_LINE_TEXT_H */

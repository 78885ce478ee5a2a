/*
 * line_text.h
 *	  Reading the texts and words of a line of JSON, and the place in the line.
 *
 * Most bytes of a log are inside texts.  They are searched 16 at a time for the byte
 * that ends the text.
 */
#ifndef SPK_CORE_EVENTS_LINE_TEXT_H
#define SPK_CORE_EVENTS_LINE_TEXT_H

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "core/base/likely.h"
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
	char
		*unescaped; /* where the next unescaped text goes; there is room for the rest of the line */
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

/*
 * Returns the place of the quote that ends the text from start on, or NULL unless the
 * text is as spk_line_read_text wants it.  *escapes becomes true when it holds any.
 */
extern const char *spk_line_find_end(const char *start, const char *end, bool *escapes);

/*
 * The same, and writes the text without its escapes to *to, which is moved on behind
 * it.  There is room at *to for the rest of the line.  A text that holds none is not
 * written, and leaves *to as it is.
 */
extern const char *spk_line_unescape(const char *start, const char *end, char **to);

/*
 * Moves from behind the first quote of a text to behind its last one, if it is short or
 * plain, as most are: so they are not worth a call.  False leaves the cursor where it is.
 */
static inline __attribute__((always_inline)) bool
spk_line_read_plain(SpkLineCursor *c, SpkLineText *text)
{
	text->start = c->at;
	text->escapes = false;
#ifdef __SSE2__
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
	return false;
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

	if (spk_line_read_plain(c, text))
		return true;
	text->end = spk_line_find_end(c->at, c->end, &escapes);
	text->escapes = escapes;
	if (text->end == NULL)
		return false;
	c->at = text->end + 1;
	return true;
}

/* The same for a text that is wanted: field becomes what it is without its escapes. */
static inline __attribute__((always_inline)) bool
spk_line_take_text(SpkLineCursor *c, SpkLineText *text, SpkField *field)
{
	char *to = c->unescaped;

	if (!spk_line_read_plain(c, text))
	{
		text->end = spk_line_unescape(c->at, c->end, &to);
		if (text->end == NULL)
			return false;
		c->at = text->end + 1;
	}
	field->text.data = text->start;
	field->text.len = (int) (text->end - text->start);
	if (to != c->unescaped)
	{
		field->text.data = c->unescaped;
		field->text.len = (int) (to - c->unescaped);
		c->unescaped = to;
	}
	return true;
}

/*
 * Makes a field, whose text is known to be right and ends before a quote, what it is
 * without its escapes, and returns how many there were.
 */
extern int spk_line_unescape_field(SpkLineCursor *c, SpkField *field);

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

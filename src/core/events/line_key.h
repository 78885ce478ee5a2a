/*
 * line_key.h
 *	  Finding the keys of a line of JSON, and the columns that they mean.
 *
 * All lines of a log have their keys in nearly the same order and spelling.  So
 * the next key is guessed to be the one that came next in the lines before, and
 * one comparison finds it.  Only when the guess is wrong is the key read as a
 * text and looked for among all columns.
 */
#ifndef SPK_CORE_EVENTS_LINE_KEY_H
#define SPK_CORE_EVENTS_LINE_KEY_H

#include "core/events/event_line.h"
#include "core/events/line_text.h"

/* Does the line go on with this key, its second quote and a colon? */
static inline bool
spk_line_is_key(const SpkLineCursor *c, const SpkQuotedKey *key)
{
#ifdef __SSE2__
	if (c->end - c->at >= SPK_KEY_BYTES)
	{
		__m128i	 bytes = _mm_loadu_si128((const __m128i *) c->at);
		__m128i	 wanted = _mm_loadu_si128((const __m128i *) key->bytes);
		unsigned others = (unsigned) _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)) ^ 0xFFFF;

		/* bytes behind the key may differ */
		return (others & ((1U << key->len) - 1)) == 0;
	}
#endif
	return (size_t) (c->end - c->at) >= key->len && memcmp(c->at, key->bytes, key->len) == 0;
}

/*
 * Reads a key and the colon behind it, where the column guess is expected.  *col
 * becomes the column that the key means, or SPK_EVENT_NO_COLUMN.  The parser
 * notes how the column's key is spelled, for the next line.  Returns false when
 * there is no key, or one that the complete parser must read.
 */
static inline bool
spk_line_read_key(SpkLineParser *parser, SpkLineCursor *c, int guess, int *col)
{
	SpkLineText text;
	bool		exact;

	if (*c->at != '"')
		return false;
	c->at++;
	if (spk_line_is_key(c, &parser->keys[guess]))
	{
		c->at += parser->keys[guess].len;
		*col = guess;
		return true;
	}
	if (!spk_line_read_text(c, &text) || text.escapes)
		return false;
	*col = spk_event_column_of_key(text.start, (size_t) (text.end - text.start), &exact);
	if (*col != SPK_EVENT_NO_COLUMN)
		memcpy(parser->keys[*col].bytes, text.start, (size_t) (text.end - text.start));
	spk_line_skip_spaces(c);
	return *c->at++ == ':';
}

#endif /* SPK_CORE_EVENTS_LINE_KEY_H */

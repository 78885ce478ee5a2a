/*
 * line_key.h
 *	  Keys of a line of JSON, guessed from the line before.
 */
#ifndef SPK_CORE_EVENTS_LINE_KEY_H
#define SPK_CORE_EVENTS_LINE_KEY_H

#include "core/events/event_line.h"
#include "core/events/line_text.h"

/* Whether the line goes on with this key, its quote and a colon. */
static inline bool
spk_line_is_key(const SpkLineCursor *c, const SpkQuotedKey *key)
{
#ifdef __SSE2__
	if (c->end - c->at >= SPK_KEY_BYTES)
	{
		__m128i	 bytes = _mm_loadu_si128((const __m128i *) c->at);
		__m128i	 wanted = _mm_loadu_si128((const __m128i *) key->bytes);
		unsigned others = (unsigned) _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)) ^ 0xFFFF;

		/* no byte of the key's is another */
		return (others & ((1U << key->len) - 1)) == 0;
	}
#endif
	return (size_t) (c->end - c->at) >= key->len && memcmp(c->at, key->bytes, key->len) == 0;
}

/*
 * Reads a key and the colon behind it; col may be SPK_EVENT_NO_COLUMN.  How the key of
 * a column is spelled is what the next line is guessed to have.
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
	*col = spk_column_of_key(text.start, (size_t) (text.end - text.start), &exact);
	if (*col != SPK_EVENT_NO_COLUMN)
		memcpy(parser->keys[*col].bytes, text.start, (size_t) (text.end - text.start));
	spk_line_skip_spaces(c);
	return *c->at++ == ':';
}

#endif /* SPK_CORE_EVENTS_LINE_KEY_H */

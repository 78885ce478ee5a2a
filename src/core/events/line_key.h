/*
 * line_key.h
 *	  Finding the keys of a line of JSON, and the places of a schema that they mean.
 *
 * All lines of a log have their keys in nearly the same order and spelling.  So
 * the next key is guessed to be the one that came next in the lines before, and
 * one comparison finds it.  That holds for keys without a place, too, whose values
 * are passed over.  Only when the guess is wrong is the key read as a text and
 * looked for, among the keys that were learned and then in the schema.
 */
#ifndef SPK_CORE_EVENTS_LINE_KEY_H
#define SPK_CORE_EVENTS_LINE_KEY_H

#include "core/base/likely.h"
#include "core/events/event_line.h"
#include "core/events/line_shape.h"
#include "core/events/line_text.h"

/* Keys are compared in pieces of this many bytes. */
#define SPK_KEY_PIECE 16

/* Longer keys (with their quotes and the colon) are looked up each time. */
#define SPK_KEY_BYTES 108

/* The most keys that are learned.  When there are more, all are forgotten. */
#define SPK_LEARNED_KEYS 1024

/* The slots of the table in which learned keys are found; a power of 2. */
#define SPK_KEY_SLOTS 4096

/* Number 0 of the learned keys is none: it is equal to nothing that stands in a line. */
#define SPK_NO_KEY 0

/*
 * A key as it stands in a line, from its first quote to the colon, with its escapes.  It
 * fills two cache lines, of which most keys need the first one only.
 */
typedef struct SpkLearnedKey
{
	int32_t	 node;	 /* the place that it means, or SPK_NO_NODE */
	int32_t	 leaf;	 /* the column of that place, see SpkSchemaNode */
	int32_t	 object; /* the place of the object that it stands in */
	uint16_t next;	 /* the key that came next when this one was last seen */
	uint16_t len;	 /* includes the quotes and the colon */
	uint32_t mask;	 /* a bit for each of the first SPK_KEY_PIECE bytes that it has */
	char	 bytes[SPK_KEY_BYTES];
} SpkLearnedKey;

struct SpkLineParser
{
	const SpkSchema *schema;
	uint64_t	 *seen; /* the set of places that the line has; the first word may be elsewhere */
	bool		 *unwanted; /* by column */
	uint16_t	 *first;	/* by place: the key that came first in the object there */
	int			  n_keys;
	SpkLearnedKey keys[SPK_LEARNED_KEYS];
	uint16_t	  slots[SPK_KEY_SLOTS]; /* numbers of keys, or SPK_NO_KEY */
	char		  unescaped[SPK_FAST_LINE_BYTES];
	SpkLineShapes shapes;
};

/* Forgets all keys. */
extern void spk_line_forget_keys(SpkLineParser *parser);

/* Does the line go on with this key, in its quotes, and a colon? */
static inline bool
spk_line_is_key(const SpkLineCursor *c, const SpkLearnedKey *key)
{
#ifdef __SSE2__
	if (spk_likely(c->end - c->at >= SPK_KEY_PIECE))
	{
		__m128i	 bytes = _mm_loadu_si128((const __m128i *) c->at);
		__m128i	 wanted = _mm_loadu_si128((const __m128i *) key->bytes);
		unsigned others = (unsigned) _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)) ^ 0xFFFF;

		/* bytes behind the key may differ */
		if ((others & key->mask) != 0)
			return false;
		if (spk_likely(key->len <= SPK_KEY_PIECE))
			return true;
	}
#endif
	return (size_t) (c->end - c->at) >= key->len && memcmp(c->at, key->bytes, key->len) == 0;
}

/* What a key of a line means. */
typedef struct SpkKeyMeaning
{
	int node; /* the place, or SPK_NO_NODE */
	int leaf; /* the column of that place, see SpkSchemaNode */
} SpkKeyMeaning;

/* spk_line_read_key for a key that is not the one expected; the cursor is undefined when false. */
extern bool spk_line_find_key(SpkLineParser *parser, SpkLineCursor *c, int object, uint16_t **link,
							  SpkKeyMeaning *meaning);

/*
 * Reads a key of the object at a place, and the colon behind it.  **link is the key
 * that is expected, and becomes the one that was found; *link then points to what is
 * expected behind it.  Returns false when there is no key, or one that the complete
 * parser must read.
 */
static inline __attribute__((always_inline)) bool
spk_line_read_key(SpkLineParser *parser, SpkLineCursor *c, int object, uint16_t **link,
				  SpkKeyMeaning *meaning)
{
	SpkLearnedKey *guess = &parser->keys[**link];

	if (spk_likely(spk_line_is_key(c, guess)))
	{
		c->at += guess->len;
		meaning->node = guess->node;
		meaning->leaf = guess->leaf;
		*link = &guess->next;
		return true;
	}
	else
	{
		/* of what stays in registers, a call gets copies */
		SpkLineCursor copy = *c;
		uint16_t	 *next = *link;
		SpkKeyMeaning found;
		bool		  done = spk_line_find_key(parser, &copy, object, &next, &found);

		c->at = copy.at;
		*link = next;
		*meaning = found;
		return done;
	}
}

#endif /* SPK_CORE_EVENTS_LINE_KEY_H */

/*
 * line_key.c
 *	  The keys that a parser has learned.
 */
#include "core/events/line_key.h"

/* Nothing in a line begins with this byte, so that no line goes on with key number 0. */
static const SpkLearnedKey no_key =
	{.node = SPK_NO_NODE, .leaf = -1, .object = SPK_NO_NODE, .len = 1, .mask = 1, .bytes = "\n"};

void
spk_line_forget_keys(SpkLineParser *parser)
{
	parser->keys[SPK_NO_KEY] = no_key;
	parser->n_keys = 1;
	memset(parser->slots, 0, sizeof(parser->slots));
	memset(parser->first, 0, (size_t) parser->schema->n_nodes * sizeof(parser->first[0]));
}

/* Where the search for a key of an object begins.  Most keys differ in length, or at an end. */
static size_t
first_slot(int object, const char *key, size_t len)
{
	uint64_t ends = (uint64_t) len << 32 | (uint64_t) (unsigned) object << 40;

	if (len > 0)
		ends |= (uint64_t) (unsigned char) key[0] | (uint64_t) (unsigned char) key[len / 2] << 8 |
			(uint64_t) (unsigned char) key[len - 1] << 16 |
			(uint64_t) (unsigned char) key[(len - 1) / 3] << 24;
	return (size_t) (ends * UINT64_C(0x9E3779B97F4A7C15) >> 32) % SPK_KEY_SLOTS;
}

/* Keeps a key that is not too long, if there is a slot for it; returns its number. */
static uint16_t
learn_key(SpkLineParser *parser, int object, const char *key, size_t len, int node, uint16_t *slot)
{
	SpkLearnedKey *learned;

	if (len + 3 > SPK_KEY_BYTES || parser->n_keys == SPK_LEARNED_KEYS)
		return SPK_NO_KEY;
	*slot = (uint16_t) parser->n_keys++;
	learned = &parser->keys[*slot];
	learned->bytes[0] = '"';
	memcpy(learned->bytes + 1, key, len);
	memcpy(learned->bytes + 1 + len, "\":", 2);
	learned->len = (uint16_t) (len + 3);
	learned->mask = learned->len >= SPK_KEY_PIECE ? 0xFFFF : (UINT32_C(1) << learned->len) - 1;
	learned->next = SPK_NO_KEY;
	learned->object = object;
	learned->node = node;
	learned->leaf = node == SPK_NO_NODE ? -1 : parser->schema->nodes[node].leaf;
	return *slot;
}

/* The place that a key means which nobody has learned; room is for what it is without escapes. */
static int
find_place(const SpkSchema *schema, int object, const SpkLineText *key, const char *end, char *room)
{
	const char *name = key->start;
	size_t		len = (size_t) (key->end - key->start);
	char	   *behind = room;
	bool		exact;

	if (key->escapes && spk_line_unescape(key->start, end, &behind) != NULL)
	{
		name = room;
		len = (size_t) (behind - room);
	}
	return spk_schema_find(schema, object, name, len, &exact);
}

/*
 * The place that a key means inside of the object at a place, or SPK_NO_NODE.  *learned
 * becomes the number of the learned key, or SPK_NO_KEY.  Keys are learned as they are
 * written, so that those in another script are found as fast.
 */
static int
look_up_key(SpkLineParser *parser, const SpkLineCursor *c, int object, const SpkLineText *text,
			uint16_t *learned)
{
	const char *key = text->start;
	size_t		len = (size_t) (text->end - text->start);
	size_t		slot = first_slot(object, key, len);
	int			node;

	/* a quarter of the slots is taken at most, so there is always a free one */
	for (; parser->slots[slot] != SPK_NO_KEY; slot = (slot + 1) % SPK_KEY_SLOTS)
	{
		const SpkLearnedKey *k = &parser->keys[parser->slots[slot]];

		if (k->object == object && k->len == len + 3 && memcmp(k->bytes + 1, key, len) == 0)
		{
			*learned = parser->slots[slot];
			return k->node;
		}
	}
	node = find_place(parser->schema, object, text, c->end, c->unescaped);
	*learned = learn_key(parser, object, key, len, node, &parser->slots[slot]);
	return node;
}

bool
spk_line_find_key(SpkLineParser *parser, SpkLineCursor *c, int object, uint16_t **link,
				  SpkKeyMeaning *meaning)
{
	SpkLineText text;

	meaning->node = SPK_NO_NODE;
	meaning->leaf = -1;
	if (*c->at != '"')
		return false;
	c->at++;
	if (!spk_line_read_text(c, &text))
		return false;
	meaning->node = look_up_key(parser, c, object, &text, *link);
	*link = &parser->keys[**link].next;
	if (meaning->node != SPK_NO_NODE)
		meaning->leaf = parser->schema->nodes[meaning->node].leaf;
	spk_line_skip_spaces(c);
	return *c->at++ == ':';
}

/*
 * event_line.c
 *	  One event from the common form of a line of JSON.
 *
 * A line is taken as a whole or not at all.  Whatever is not plainly right and
 * plainly convertible is left to a complete parser of JSON, so this one needs no
 * messages and no rare cases.  It only must never accept what the other would
 * refuse or read differently.
 *
 * Every byte of a log passes here once, so all that reads a line is inline: its
 * keys (line_key.h), its values (line_value.h), and what they are made of.  For the
 * same reason objects that have places inside are not read by recursion, which
 * would keep the cursor in memory, but with a stack.
 */
#include <string.h>

#include "core/events/event_line.h"
#include "core/events/line_key.h"
#include "core/events/line_value.h"

/* An object or array that is being read. */
typedef struct OpenContainer
{
	int			node;
	int64_t		element; /* of an array: the number of the next one; of an object: IN_OBJECT */
	const char *start;
	uint16_t   *link; /* of an object: where its next key is guessed and learned */
} OpenContainer;

#define IN_OBJECT (-1)

SpkLineParser *
spk_line_parser_new(const SpkSchema *schema, const SpkHost *host)
{
	size_t		   words = SPK_SET_WORDS(schema->n_nodes);
	SpkLineParser *parser = spk_alloc(host, 1,
									  sizeof(SpkLineParser) + words * sizeof(uint64_t) +
										  (size_t) schema->n_nodes * sizeof(uint16_t));

	_Static_assert(sizeof(SpkLineParser) % sizeof(uint64_t) == 0, "what follows is aligned");
	if (parser == NULL)
		return NULL;
	parser->schema = schema;
	parser->seen = (uint64_t *) (parser + 1);
	parser->first = (uint16_t *) (parser->seen + words);
	spk_line_forget_keys(parser);
	return parser;
}

/* Reads the value of one column. */
static inline __attribute__((always_inline)) bool
read_column(const SpkSchema *schema, SpkLineCursor *c, int col, const uint64_t *wanted, int depth,
			SpkEventRow *row)
{
	bool is_wanted = spk_set_has(wanted, col);

	switch (spk_line_read_value(c, &schema->columns[col], is_wanted, depth, &row->field[col]))
	{
		case SPK_VALUE_LEFT:
			return false;
		case SPK_VALUE_NULL:
			return true;
		case SPK_VALUE_BLANK:
			spk_set_add(row->blank, col);
			row->any_blank = true;
			return true;
		case SPK_VALUE_GIVEN:
			spk_set_add(row->given, col);
			row->isnull[col] = !is_wanted;
			return true;
	}
	return false;
}

/* Reads the value at a place for all columns there; where there are none it is passed over. */
static bool
read_columns(const SpkSchema *schema, SpkLineCursor *c, int node, const uint64_t *wanted, int depth,
			 SpkEventRow *row)
{
	const char *start = c->at;
	int			col = schema->nodes[node].column;

	if (col < 0)
		return spk_line_skip_value(c, depth, !schema->keeps_open);
	for (;;)
	{
		if (!read_column(schema, c, col, wanted, depth, row))
			return false;
		col = schema->columns[col].next;
		if (col < 0)
			return true;
		c->at = start;
	}
}

/* Gives the columns at the place of a container, which ends here, its text. */
static void
set_container(const SpkSchema *schema, const OpenContainer *open, const char *end,
			  const uint64_t *wanted, SpkEventRow *row)
{
	for (int col = schema->nodes[open->node].column; col >= 0; col = schema->columns[col].next)
	{
		spk_line_set_text(&row->field[col], open->start, end);
		spk_set_add(row->given, col);
		row->isnull[col] = !spk_set_has(wanted, col);
	}
}

/*
 * Begins to read a container that has places inside.  False when the complete
 * parser must do it.
 */
static inline bool
open_container(SpkLineParser *parser, SpkLineCursor *c, int node, OpenContainer *open)
{
	bool is_array = *c->at == '[';

	open->node = node;
	open->element = is_array ? 0 : IN_OBJECT;
	open->start = c->at++;
	open->link = &parser->first[node];
	spk_line_skip_spaces(c);
	return spk_schema_takes_containers(parser->schema, node) &&
		!(is_array && spk_schema_counts_from_end(parser->schema, node));
}

/* Is the container empty that has just been opened? */
static inline bool
is_empty(const SpkLineCursor *c, const OpenContainer *open)
{
	return *c->at == (open->element == IN_OBJECT ? '}' : ']');
}

/* Reads the key of the next member, or counts the next element; sets *node to its place. */
static inline bool
read_step(SpkLineParser *parser, SpkLineCursor *c, OpenContainer *open, int *node)
{
	if (open->element != IN_OBJECT)
	{
		*node = spk_schema_element(parser->schema, open->node, open->element++);
		return true;
	}
	if (!spk_line_read_key(parser, c, open->node, open->link, node))
		return false;
	open->link = &parser->keys[*open->link].next;
	spk_line_skip_spaces(c);
	return true;
}

/* Reads all that is inside of the line's object, from behind its brace to behind the last one. */
static bool
read_object(SpkLineParser *parser, const char *line, const char *end, const uint64_t *wanted,
			SpkEventRow *row)
{
	const SpkSchema *schema = parser->schema;
	SpkLineCursor	 c = {line + 1, end, parser->unescaped};
	OpenContainer	 stack[SPK_LINE_DEPTH];
	OpenContainer	*open = stack;

	*open = (OpenContainer) {SPK_ROOT, IN_OBJECT, line, &parser->first[SPK_ROOT]};
	spk_line_skip_spaces(&c);
	for (;;)
	{
		int node;
		int leaf;

		if (!read_step(parser, &c, open, &node))
			return false;
		if (node != SPK_NO_NODE)
		{
			/* which of two values counts is for the complete parser to say */
			if (spk_set_has(parser->seen, node))
				return false;
			spk_set_add(parser->seen, node);
		}
		leaf = node == SPK_NO_NODE ? -1 : schema->nodes[node].leaf;
		if (leaf >= 0)
		{
			if (!read_column(schema, &c, leaf, wanted, (int) (open - stack) + 1, row))
				return false;
		}
		else if (node == SPK_NO_NODE)
		{
			if (!spk_line_skip_value(&c, (int) (open - stack) + 1, !schema->keeps_open))
				return false;
		}
		else if (schema->nodes[node].child >= 0 && (*c.at == '{' || *c.at == '['))
		{
			if (open == stack + SPK_LINE_DEPTH - 1 || !open_container(parser, &c, node, open + 1))
				return false;
			open++;
			if (!is_empty(&c, open))
				continue;
			c.at++;
			set_container(schema, open, c.at, wanted, row);
			open--;
		}
		else if (!read_columns(schema, &c, node, wanted, (int) (open - stack) + 1, row))
			return false;

		/* behind a value: on to the next one, or out of what ends here */
		for (;;)
		{
			/* the brace that ends the line may have been taken for an inner one */
			if (c.at >= end)
				return false;
			spk_line_skip_spaces(&c);
			if (*c.at == ',')
				break;
			if (!is_empty(&c, open))
				return false;
			c.at++;
			set_container(schema, open, c.at, wanted, row);
			if (open == stack)
				return c.at == end;
			open--;
		}
		c.at++;
		spk_line_skip_spaces(&c);
	}
}

bool
spk_line_parse(SpkLineParser *parser, const char *line, size_t len, const uint64_t *wanted,
			   SpkEventRow *row)
{
	const SpkSchema *schema = parser->schema;
	size_t			 words = SPK_SET_WORDS(schema->n_nodes);

	if (len < 2 || len > SPK_FAST_LINE_BYTES || line[0] != '{' || line[len - 1] != '}')
		return false;
	/* new keys of a log that has more than can be learned */
	if (parser->n_keys == SPK_LEARNED_KEYS)
		spk_line_forget_keys(parser);
	spk_set_clear(parser->seen, words);
	spk_event_row_clear(row);
	return read_object(parser, line, line + len, wanted, row) &&
		(schema->any_object || spk_set_meet(parser->seen, schema->required, words));
}

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

#include "core/base/likely.h"
#include "core/events/event_line.h"
#include "core/events/line_key.h"
#include "core/events/line_value.h"

/* An object or array that is being read. */
typedef struct OpenContainer
{
	int			node;
	int64_t		element; /* of an array: the number of the next one; of an object: IN_OBJECT */
	const char *start;
	uint16_t
		*link; /* of an object around the innermost one: its next key is guessed and learned here */
} OpenContainer;

#define IN_OBJECT (-1)

SpkLineParser *
spk_line_parser_new(const SpkSchema *schema, const SpkHost *host)
{
	size_t		   words = SPK_BITS_WORDS(schema->n_nodes);
	SpkLineParser *parser = spk_alloc(host, 1,
									  sizeof(SpkLineParser) + words * sizeof(uint64_t) +
										  (size_t) schema->n_nodes * sizeof(uint16_t) +
										  (size_t) schema->n_columns * sizeof(bool));

	_Static_assert(sizeof(SpkLineParser) % sizeof(uint64_t) == 0, "what follows is aligned");
	if (parser == NULL)
		return NULL;
	parser->schema = schema;
	parser->seen = (uint64_t *) (parser + 1);
	parser->first = (uint16_t *) (parser->seen + words);
	parser->unwanted = (bool *) (parser->first + schema->n_nodes);
	spk_line_parser_want(parser, schema->all);
	spk_line_forget_keys(parser);
	return parser;
}

void
spk_line_parser_want(SpkLineParser *parser, const uint64_t *wanted)
{
	for (int col = 0; col < parser->schema->n_columns; col++)
		parser->unwanted[col] = !spk_bits_has(wanted, col);
}

/* Reads the value of one column; *given becomes true when it has one. */
static inline __attribute__((always_inline)) bool
read_column(const SpkLineParser *parser, SpkLineCursor *c, int col, int depth, SpkEventRow *row,
			bool *given)
{
	bool		 unwanted = parser->unwanted[col];
	SpkLineValue value = spk_line_read_value(c, &parser->schema->columns[col], unwanted, depth,
											 &row->field[col]);

	*given = value == SPK_VALUE_GIVEN;
	if (spk_likely(*given))
	{
		row->isnull[col] = unwanted;
		return true;
	}
	if (value == SPK_VALUE_BLANK)
	{
		spk_bits_add(row->blank, col);
		row->any_blank = true;
	}
	return value != SPK_VALUE_LEFT;
}

/* Reads the value at a place for all columns there; where there are none it is passed over. */
static __attribute__((noinline, cold)) bool
read_columns(const SpkLineParser *parser, SpkLineCursor *c, int node, int depth, SpkEventRow *row)
{
	const SpkSchema *schema = parser->schema;
	const char		*start = c->at;
	int				 col = schema->nodes[node].column;
	bool			 given;

	if (col < 0)
		return spk_line_skip_value(c, depth, !schema->keeps_open);
	for (;;)
	{
		if (!read_column(parser, c, col, depth, row, &given))
			return false;
		if (given)
			spk_bits_add(row->given, col);
		col = schema->columns[col].next;
		if (col < 0)
			return true;
		c->at = start;
	}
}

/*
 * Begins to read a container that has places inside.  False when the complete
 * parser must do it.
 */
static __attribute__((noinline, cold)) bool
open_container(SpkLineParser *parser, SpkLineCursor *c, int node, OpenContainer *open)
{
	bool is_array = *c->at == '[';

	open->node = node;
	open->element = is_array ? 0 : IN_OBJECT;
	open->start = c->at++;
	spk_line_skip_spaces(c);
	return spk_schema_takes_containers(parser->schema, node) &&
		!(is_array && spk_schema_counts_from_end(parser->schema, node));
}

/* Does the container end here, behind a value or because it is empty? */
static inline bool
ends_here(const SpkLineCursor *c, const OpenContainer *open)
{
	return *c->at == (open->element == IN_OBJECT ? '}' : ']');
}

/* Moves behind the container's end, and gives the columns at its place its text. */
static __attribute__((noinline, cold)) void
close_container(const SpkLineParser *parser, SpkLineCursor *c, const OpenContainer *open,
				SpkEventRow *row)
{
	const SpkSchema *schema = parser->schema;

	c->at++;
	for (int col = schema->nodes[open->node].column; col >= 0; col = schema->columns[col].next)
	{
		spk_line_set_text(&row->field[col], open->start, c->at);
		spk_bits_add(row->given, col);
		row->isnull[col] = parser->unwanted[col];
	}
}

/* Reads the key of the next member, or counts the next element, and tells what it means. */
static inline bool
read_step(SpkLineParser *parser, SpkLineCursor *c, OpenContainer *open, uint16_t **link,
		  SpkKeyMeaning *meaning)
{
	if (spk_unlikely(open->element != IN_OBJECT))
	{
		meaning->node = spk_schema_element(parser->schema, open->node, open->element++);
		meaning->leaf = meaning->node == SPK_NO_NODE ? -1 :
													   parser->schema->nodes[meaning->node].leaf;
		return true;
	}
	if (!spk_line_read_key(parser, c, open->node, link, meaning))
		return false;
	spk_line_skip_spaces(c);
	return true;
}

/* Does a container begin that has places inside? */
static inline bool
enters(const SpkLineParser *parser, const SpkLineCursor *c, int node)
{
	return (*c->at == '{' || *c->at == '[') && node != SPK_NO_NODE &&
		parser->schema->nodes[node].child >= 0;
}

/* Reads a value that is neither of just one column nor begins a container with places inside. */
static __attribute__((noinline, cold)) bool
read_other(const SpkLineParser *parser, SpkLineCursor *c, int node, int depth, SpkEventRow *row)
{
	bool done = node == SPK_NO_NODE ? spk_line_skip_value(c, depth, !parser->schema->keeps_open) :
									  read_columns(parser, c, node, depth, row);

	/* the brace that ends the line may have been taken for an inner one */
	return done && c->at < c->end;
}

/*
 * Notes that the line has this place; false when it has it already.  Of this set, and
 * of the columns that are given, the first word stays in a register, and is added to
 * the parser's and the row's in the end.
 */
static inline bool
see_place(SpkLineParser *parser, uint64_t *seen, int node)
{
	bool is_new = (*seen >> ((unsigned) node % 64) & 1) == 0;

	if (spk_unlikely((unsigned) node >= 64))
		return node == SPK_NO_NODE || spk_bits_take(parser->seen, node);
	*seen |= UINT64_C(1) << node;
	return is_new;
}

/* Reads the value of a place that is one column's alone. */
static inline __attribute__((always_inline)) bool
read_leaf(const SpkLineParser *parser, SpkLineCursor *c, int col, int depth, SpkEventRow *row,
		  uint64_t *given_columns)
{
	bool given;

	if (!read_column(parser, c, col, depth, row, &given))
		return false;
	if (spk_likely(col < 64))
		*given_columns |= (uint64_t) given << col;
	else if (given)
		spk_bits_add(row->given, col);
	return true;
}

/* Reads all that is inside of the line's object, from behind its brace to behind the last one. */
static inline bool
read_object(SpkLineParser *parser, const char *line, const char *end, SpkEventRow *row)
{
	SpkLineCursor  c = {line + 1, end, parser->unescaped};
	OpenContainer  stack[SPK_LINE_DEPTH];
	OpenContainer *open = stack;
	int			   depth = 1; /* of the containers that are open */
	uint16_t	  *link = &parser->first[SPK_ROOT];
	uint64_t	   seen = 0;
	uint64_t	   given = 0;

	*open = (OpenContainer) {SPK_ROOT, IN_OBJECT, line, NULL};
	spk_line_skip_spaces(&c);
	for (;;)
	{
		SpkKeyMeaning meaning;
		bool		  done;

		/* which of two values at one place counts is for the complete parser to say */
		if (!read_step(parser, &c, open, &link, &meaning) ||
			!see_place(parser, &seen, meaning.node))
			return false;
		if (spk_likely(meaning.leaf >= 0))
			done = read_leaf(parser, &c, meaning.leaf, depth, row, &given);
		else if (meaning.node == SPK_NO_NODE && *c.at != '{' && *c.at != '[')
			done = spk_line_skip_scalar(&c, !parser->schema->keeps_open);
		else if (enters(parser, &c, meaning.node))
		{
			open->link = link;
			link = &parser->first[meaning.node];
			if (depth++ == SPK_LINE_DEPTH || !open_container(parser, &c, meaning.node, ++open))
				return false;
			if (!ends_here(&c, open))
				continue;
			done = true;
		}
		else
			done = read_other(parser, &c, meaning.node, depth, row);
		if (!done)
			return false;

		/* behind a value: on to the next one, or out of what ends here */
		for (spk_line_skip_spaces(&c); *c.at != ','; spk_line_skip_spaces(&c))
		{
			if (!ends_here(&c, open))
				return false;
			close_container(parser, &c, open--, row);
			if (--depth == 0)
				break;
			if (c.at >= end)
				return false;
			link = open->link;
		}
		if (depth == 0)
			break;
		c.at++;
		spk_line_skip_spaces(&c);
	}
	parser->seen[0] |= seen;
	row->given[0] |= given;
	return c.at == end;
}

bool
spk_line_parse(SpkLineParser *parser, const char *line, size_t len, SpkEventRow *row)
{
	const SpkSchema *schema = parser->schema;
	size_t			 words = SPK_BITS_WORDS(schema->n_nodes);

	if (len < 2 || len > SPK_FAST_LINE_BYTES || line[0] != '{' || line[len - 1] != '}')
		return false;
	/* new keys of a log that has more than can be learned */
	if (parser->n_keys == SPK_LEARNED_KEYS)
		spk_line_forget_keys(parser);
	spk_bits_clear(parser->seen, words);
	spk_event_row_clear(row);
	return read_object(parser, line, line + len, row) &&
		(schema->any_object || spk_bits_meet(parser->seen, schema->required, words));
}

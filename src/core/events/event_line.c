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
 * same reason whatever is read by a call gets a copy of the cursor: one whose address
 * is taken would be kept in memory.
 */
#include <string.h>

#include "core/base/likely.h"
#include "core/events/event_line.h"
#include "core/events/line_digits.h"
#include "core/events/line_key.h"
#include "core/events/line_value.h"

SpkLineParser *
spk_line_parser_new(const SpkSchema *schema, const SpkHost *host)
{
	size_t		   words = SPK_BITS_WORDS(schema->n_nodes);
	size_t		   shapes = spk_line_shapes_room(schema) / sizeof(uint64_t) + 1;
	SpkLineParser *parser = spk_alloc(host, 1,
									  sizeof(SpkLineParser) + (words + shapes) * sizeof(uint64_t) +
										  (size_t) schema->n_nodes * sizeof(uint16_t) +
										  (size_t) schema->n_columns * sizeof(bool));

	_Static_assert(sizeof(SpkLineParser) % sizeof(uint64_t) == 0, "what follows is aligned");
	if (parser == NULL)
		return NULL;
	parser->schema = schema;
	parser->seen = (uint64_t *) (parser + 1);
	parser->first = (uint16_t *) (parser->seen + words + shapes);
	parser->unwanted = (bool *) (parser->first + schema->n_nodes);
	memset(parser->unwanted, false, (size_t) schema->n_columns * sizeof(bool));
	spk_line_forget_keys(parser);
	spk_line_parser_set_way(parser, spk_line_best_way());
	return parser;
}

void
spk_line_parser_set_way(SpkLineParser *parser, SpkLineWay way)
{
	spk_line_shapes_init(&parser->shapes, parser->schema, way,
						 parser->seen + SPK_BITS_WORDS(parser->schema->n_nodes));
}

void
spk_line_parser_want(SpkLineParser *parser, const uint64_t *wanted)
{
	bool same = true;

	for (int col = 0; col < parser->schema->n_columns; col++)
	{
		bool unwanted = !spk_bits_has(wanted, col);

		same &= parser->unwanted[col] == unwanted;
		parser->unwanted[col] = unwanted;
	}
	/* what is looked at in a shape depends on it */
	if (!same)
		spk_line_shapes_forget(&parser->shapes);
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
	char			*room = c->unescaped;
	char			*behind = room;
	int				 col = schema->nodes[node].column;
	bool			 given;

	if (col < 0)
		return spk_line_skip_value(c, depth, !schema->keeps_open);

	/* the text of all of them is the same: there is no room for one each */
	for (;;)
	{
		if (!read_column(parser, c, col, depth, row, &given))
			return false;
		if (given)
			spk_bits_add(row->given, col);
		if (c->unescaped > behind)
			behind = c->unescaped;
		col = schema->columns[col].next;
		if (col < 0)
			break;
		c->at = start;
		c->unescaped = room;
	}
	c->unescaped = behind;
	return true;
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

static bool read_inside(SpkLineParser *parser, SpkLineCursor *c, int node, int depth,
						SpkEventRow *row);

/* Reads what is neither of just one column nor a scalar that nobody wants. */
static inline bool
read_other(SpkLineParser *parser, SpkLineCursor *c, int node, int depth, SpkEventRow *row)
{
	SpkLineCursor copy = *c;
	bool		  done = read_inside(parser, &copy, node, depth, row);

	*c = copy;
	return done;
}

/* Moves over the comma behind a member or element; false when there is none. */
static inline bool
goes_on(SpkLineCursor *c)
{
	spk_line_skip_spaces(c);
	if (*c->at != ',')
		return false;
	c->at++;
	spk_line_skip_spaces(c);
	return true;
}

/* Moves behind the brace or bracket that ends a container; false when there is another byte. */
static inline bool
ends_with(SpkLineCursor *c, char last)
{
	return *c->at++ == last;
}

/*
 * Reads the object at a place, which has members, from its first brace to behind its
 * last one, which may be the line's end.  depth counts it, too.
 */
static inline __attribute__((always_inline)) bool
read_object(SpkLineParser *parser, SpkLineCursor *at, int object, int depth, SpkEventRow *row)
{
	SpkLineCursor c = *at;
	uint16_t	 *link = &parser->first[object];
	uint64_t	  seen = 0;
	uint64_t	  given = 0;

	c.at++;
	spk_line_skip_spaces(&c);
	do
	{
		SpkKeyMeaning meaning;
		bool		  done;

		if (!spk_line_read_key(parser, &c, object, &link, &meaning))
			return false;
		spk_line_skip_spaces(&c);
		/* which of two values at one place counts is for the complete parser to say */
		if (!see_place(parser, &seen, meaning.node))
			return false;
		if (spk_likely(meaning.leaf >= 0))
			done = read_leaf(parser, &c, meaning.leaf, depth, row, &given);
		else if (meaning.node == SPK_NO_NODE && *c.at != '{' && *c.at != '[')
			done = spk_line_skip_scalar(&c, !parser->schema->keeps_open);
		else
			done = read_other(parser, &c, meaning.node, depth, row);
		if (!done)
			return false;
	} while (goes_on(&c));
	parser->seen[0] |= seen;
	row->given[0] |= given;
	at->at = c.at;
	at->unescaped = c.unescaped;
	return ends_with(at, '}');
}

/* Reads the array at a place likewise. */
static bool
read_array(SpkLineParser *parser, SpkLineCursor *c, int array, int depth, SpkEventRow *row)
{
	int64_t number = 0;

	c->at++;
	spk_line_skip_spaces(c);
	do
	{
		int node = spk_schema_element(parser->schema, array, number++);

		if (!read_inside(parser, c, node, depth, row))
			return false;
	} while (goes_on(c));
	return ends_with(c, ']');
}

/* Moves behind the container that begins here, if it has nothing inside. */
static bool
skip_empty(SpkLineCursor *c)
{
	SpkLineCursor inside = *c;
	char		  last = *inside.at++ == '[' ? ']' : '}';

	spk_line_skip_spaces(&inside);
	if (*inside.at != last)
		return false;
	c->at = inside.at + 1;
	return true;
}

/* Gives the columns at the place of a container its text. */
static inline void
keep_text(const SpkLineParser *parser, int node, const char *start, const char *end,
		  SpkEventRow *row)
{
	const SpkSchema *schema = parser->schema;

	for (int col = schema->nodes[node].column; col >= 0; col = schema->columns[col].next)
	{
		spk_line_set_text(&row->field[col], start, end);
		spk_bits_add(row->given, col);
		row->isnull[col] = parser->unwanted[col];
	}
}

/* Reads a container that has places inside. */
static bool
enter_container(SpkLineParser *parser, SpkLineCursor *c, int node, int depth, SpkEventRow *row)
{
	const SpkSchema *schema = parser->schema;
	const char		*start = c->at;
	bool			 is_array = *start == '[';
	bool			 done;

	if (depth == SPK_LINE_DEPTH || !spk_schema_takes_containers(schema, node) ||
		(is_array && spk_schema_counts_from_end(schema, node)))
		return false;
	if (skip_empty(c))
		done = true;
	else if (is_array)
		done = read_array(parser, c, node, depth + 1, row);
	else
		done = read_object(parser, c, node, depth + 1, row);
	if (done)
		keep_text(parser, node, start, c->at, row);
	return done;
}

/* Reads any value, at a place or at none. */
static __attribute__((noinline)) bool
read_inside(SpkLineParser *parser, SpkLineCursor *c, int node, int depth, SpkEventRow *row)
{
	const SpkSchema *schema = parser->schema;
	bool			 done;

	if (node == SPK_NO_NODE)
		done = spk_line_skip_value(c, depth, !schema->keeps_open);
	else if ((*c->at == '{' || *c->at == '[') && schema->nodes[node].child >= 0)
		done = enter_container(parser, c, node, depth, row);
	else
		done = read_columns(parser, c, node, depth, row);
	/* the brace that ends the line may have been taken for an inner one */
	return done && c->at < c->end;
}

/* Reads what is in a gap as in any line. */
static __attribute__((noinline)) bool
read_any_gap(SpkLineParser *parser, SpkLineCursor *c, const SpkShapeGap *gap, const char *behind,
			 SpkEventRow *row)
{
	bool given;

	if (gap->kind == SPK_GAP_VALUE)
		return read_inside(parser, c, gap->what, gap->depth, row) && c->at == behind;
	if (!read_column(parser, c, gap->what, gap->depth, row, &given))
		return false;
	if (given)
		spk_bits_add(row->given, gap->what);
	return c->at == behind;
}

/* Reads what is in a gap of a line that has a shape. */
static inline __attribute__((always_inline)) bool
read_gap(SpkLineParser *parser, SpkLineCursor *c, const SpkShapeGap *gap, const char *line,
		 SpkEventRow *row, uint64_t *given)
{
	const SpkLineIndex *index = &parser->shapes.index;
	size_t				start = spk_shape_at(index, gap->start);
	size_t				end = spk_shape_at(index, gap->end);
	int					col = gap->what;
	SpkLineNumber		number;

	if (gap->kind == SPK_GAP_TEXT)
	{
		spk_line_set_text(&row->field[col], line + start, line + end);
		if (end > index->first_escape && start <= index->last_escape)
			parser->shapes.escapes += spk_line_unescape_field(c, &row->field[col]);
		return true;
	}
	if (spk_line_number_between(line, start, end, &number) &&
		(gap->digits > 0 ? end - start <= gap->digits && gap->point >= number.point :
						   gap->kind == SPK_GAP_COLUMN &&
				 spk_line_set_number(&number, &parser->schema->columns[col], &row->field[col])))
	{
		if (gap->kind != SPK_GAP_COLUMN)
			return true;
		row->isnull[col] = gap->digits > 0;
		if (spk_likely(col < 64))
			*given |= UINT64_C(1) << col;
		else
			spk_bits_add(row->given, col);
		return true;
	}
	c->at = line + start;
	return read_any_gap(parser, c, gap, line + end, row);
}

/* Reads a line that has a shape. */
static bool
read_shape(SpkLineParser *parser, const SpkLineShape *shape, const char *line, size_t len,
		   SpkEventRow *row)
{
	const SpkLineShapes *shapes = &parser->shapes;
	const SpkShapeGap	*gaps = shapes->gaps + shape->gap;
	size_t				 number = (size_t) (shape - shapes->shapes);
	size_t				 n = (size_t) row->n_columns;
	size_t				 words = SPK_BITS_WORDS(row->n_columns);
	SpkLineCursor		 c = {line, line + len, parser->unescaped};
	uint64_t			 given = 0;

	/* places inside of the gaps are not those around them */
	if (shape->any_value)
		spk_bits_clear(parser->seen, SPK_BITS_WORDS(parser->schema->n_nodes));
	spk_bits_copy(row->given, shapes->given + number * words, words);
	memcpy(row->isnull, shapes->isnull + number * n, n * sizeof(bool));
	if (row->any_blank)
		spk_bits_clear(row->blank, words);
	row->any_blank = false;

	for (int i = 0; i < shape->n_gaps; i++)
	{
		if (!read_gap(parser, &c, &gaps[i], line, row, &given))
			return false;
	}
	row->given[0] |= given;
	keep_text(parser, SPK_ROOT, line, c.end, row);
	return true;
}

bool
spk_line_parse(SpkLineParser *parser, const char *line, size_t len, SpkEventRow *row)
{
	const SpkSchema	   *schema = parser->schema;
	size_t				words = SPK_BITS_WORDS(schema->n_nodes);
	const SpkLineShape *shape;
	SpkLineCursor		c;
	bool				indexed;

	if (len < 2 || len > SPK_FAST_LINE_BYTES || line[0] != '{' || line[len - 1] != '}')
		return false;
	shape = spk_line_shape_find(&parser->shapes, line, len, &indexed);
	if (spk_likely(shape != NULL) && read_shape(parser, shape, line, len, row))
		return true;

	/* new keys of a log that has more than can be learned */
	if (parser->n_keys == SPK_LEARNED_KEYS)
		spk_line_forget_keys(parser);
	spk_bits_clear(parser->seen, words);
	spk_event_row_clear(row);
	c = (SpkLineCursor) {line, line + len, parser->unescaped};
	if (!read_object(parser, &c, SPK_ROOT, 1, row) || c.at != c.end)
		return false;
	keep_text(parser, SPK_ROOT, line, c.end, row);
	if (!schema->any_object && !spk_bits_meet(parser->seen, schema->required, words))
		return false;
	if (indexed && shape == NULL)
		spk_line_shape_learn(parser, line, len, c.unescaped);
	return true;
}

/*
 * line_lesson.c
 *	  Learns the shape of a line.
 *
 * The line has just been read, so it is known to be valid, and what its keys mean is
 * known, too.  Here it is walked once more: the bytes between its values become pieces,
 * and values become gaps where they need to be looked at.
 */
#include <string.h>

#include "core/events/line_key.h"
#include "core/events/line_skip.h"

/* The walk through a line.  What begins with a quote is at a place that the index has. */
typedef struct Lesson
{
	SpkLineParser *parser;
	SpkLineShapes *shapes;
	SpkLineShape  *shape;
	uint64_t	  *given;
	bool		  *isnull;
	const char	  *line;
	SpkLineCursor  c;
	size_t		   constant; /* where bytes begin that are no value, and not kept yet */
	uint32_t	   quote;	 /* the first one there or behind */
	bool		   open;	 /* the last gap's end is not known yet */
} Lesson;

/* Keeps len constant bytes, which begin so far from a quote; false when there is no room. */
static bool
add_pieces(Lesson *l, const char *bytes, size_t len, int from)
{
	for (size_t done = 0; done < len; done += SPK_PIECE_BYTES)
	{
		SpkLinePiece *piece = &l->shapes->pieces[l->shapes->n_pieces];
		size_t		  n = len - done < SPK_PIECE_BYTES ? len - done : SPK_PIECE_BYTES;

		if (l->shapes->n_pieces == SPK_SHAPE_PIECES)
			return false;
		l->shapes->n_pieces++;
		l->shape->n_pieces++;
		piece->quote = (uint16_t) l->quote;
		piece->from = (int16_t) (from + (int) done);
		piece->len = (int) n;
		memset(piece->bytes, 0, sizeof(piece->bytes));
		memcpy(piece->bytes, bytes + done, n);
	}
	return true;
}

/*
 * Keeps the constant bytes that end at a place of the line, which becomes *end.  False
 * when there is no quote among them, so that they may be anywhere: it is so between the
 * elements of an array of numbers.
 */
static bool
end_constant(Lesson *l, size_t at, SpkShapePlace *end)
{
	const SpkLineIndex *index = &l->shapes->index;
	int					from;

	while (l->quote < index->n_quotes && index->quotes[l->quote] < l->constant)
		l->quote++;
	if (index->quotes[l->quote] >= at && at < (size_t) (l->c.end - l->line))
		return false;
	from = (int) l->constant - index->quotes[l->quote];
	if (l->open)
		l->shapes->gaps[l->shapes->n_gaps - 1].end = (SpkShapePlace) {(uint16_t) l->quote,
																	  (int16_t) from};
	l->open = false;
	*end = (SpkShapePlace) {(uint16_t) l->quote, (int16_t) ((int) at - index->quotes[l->quote])};
	return add_pieces(l, l->line + l->constant, at - l->constant, from);
}

/* Begins a gap at a place of the line; NULL when there is no room. */
static SpkShapeGap *
begin_gap(Lesson *l, size_t at, SpkGapKind kind, int what, int depth)
{
	SpkShapeGap *gap = &l->shapes->gaps[l->shapes->n_gaps];

	memset(gap, 0, sizeof(*gap));
	if (l->shapes->n_gaps == SPK_SHAPE_GAPS || !end_constant(l, at, &gap->start))
		return NULL;
	gap->kind = (uint8_t) kind;
	gap->what = what;
	gap->depth = (uint8_t) depth;
	l->shapes->n_gaps++;
	l->shape->n_gaps++;
	l->shape->any_value |= kind == SPK_GAP_VALUE;
	l->open = true;
	return gap;
}

/* Sets which numbers a column surely takes, as it is not wanted. */
static void
set_digits(SpkShapeGap *gap, const SpkSchemaColumn *column)
{
	const uint8_t most = 15; /* digits of any number whose double is exact */

	switch (column->type)
	{
		case SPK_TYPE_INT8:
		case SPK_TYPE_TEXT:
			gap->digits = most;
			break;
		case SPK_TYPE_INT4:
			gap->digits = 9;
			break;
		case SPK_TYPE_INT2:
			gap->digits = 4;
			break;
		case SPK_TYPE_TIME:
			/* of other units the range is another one */
			gap->digits = column->lenient ? 0 : 14;
			break;
		case SPK_TYPE_FLOAT:
		case SPK_TYPE_REAL:
		case SPK_TYPE_NUMBER:
		case SPK_TYPE_JSON:
		case SPK_TYPE_ANY:
			gap->digits = most;
			gap->point = true;
			break;
		case SPK_TYPE_BOOL:
		case SPK_TYPE_UUID:
			break;
	}
}

/* Learns a text, which begins here, of a column of texts, or of no column if that is below 0. */
static bool
learn_text(Lesson *l, int col)
{
	size_t		  start = (size_t) (l->c.at - l->line) + 1;
	SpkShapePlace place;
	SpkLineText	  text;

	l->c.at++;
	if (!spk_line_read_text(&l->c, &text))
		return false;
	if (col >= 0)
		spk_bits_add(l->given, col);
	if (col >= 0 && !l->parser->unwanted[col])
	{
		l->isnull[col] = false;
		if (begin_gap(l, start, SPK_GAP_TEXT, col, 0) == NULL)
			return false;
	}
	else if (!end_constant(l, start, &place))
		return false;
	l->constant = (size_t) (text.end - l->line);
	return true;
}

/* Learns a value that is read as in any line. */
static bool
learn_read(Lesson *l, int node, int leaf, int depth)
{
	size_t		 start = (size_t) (l->c.at - l->line);
	bool		 is_column = leaf >= 0;
	SpkShapeGap *gap = begin_gap(l, start, is_column ? SPK_GAP_COLUMN : SPK_GAP_VALUE,
								 is_column ? leaf : node, depth);

	if (gap == NULL)
		return false;
	if (is_column && l->parser->unwanted[leaf])
		set_digits(gap, &l->parser->schema->columns[leaf]);
	else if (node == SPK_NO_NODE)
	{
		gap->digits = 15;
		gap->point = true;
	}
	if (!spk_line_skip_value(&l->c, 0, true))
		return false;
	l->constant = (size_t) (l->c.at - l->line);
	return true;
}

static bool learn_object(Lesson *l, int object, int depth);

/* Is it an object with members and no column of its own, whose members are learned? */
static bool
goes_inside(const Lesson *l, int node)
{
	const SpkSchemaNode *place = &l->parser->schema->nodes[node == SPK_NO_NODE ? 0 : node];
	SpkLineCursor		 c = l->c;

	if (*c.at++ != '{')
		return false;
	spk_line_skip_spaces(&c);
	return *c.at != '}' && (node == SPK_NO_NODE || (place->column < 0 && place->child >= 0));
}

/* Learns the value at a place, or at none. */
static bool
learn_value(Lesson *l, int node, int depth)
{
	const SpkSchema		  *schema = l->parser->schema;
	int					   leaf = node == SPK_NO_NODE ? -1 : schema->nodes[node].leaf;
	const SpkSchemaColumn *column = leaf < 0 ? NULL : &schema->columns[leaf];

	if (goes_inside(l, node))
		return depth < SPK_LINE_DEPTH && learn_object(l, node, depth + 1);
	if (*l->c.at == '"')
	{
		if (node == SPK_NO_NODE)
			return learn_text(l, -1);
		if (column != NULL && column->type == SPK_TYPE_TEXT && !column->blank)
			return learn_text(l, leaf);
	}
	return learn_read(l, node, leaf, depth);
}

/* Moves over a key and the colon behind it, and finds its place in the object at a place. */
static bool
pass_key(Lesson *l, int object, int *node)
{
	uint16_t	  unused = SPK_NO_KEY;
	uint16_t	 *link = &unused;
	SpkKeyMeaning meaning = {SPK_NO_NODE, -1};
	SpkLineText	  text;

	if (object != SPK_NO_NODE)
	{
		if (!spk_line_find_key(l->parser, &l->c, object, &link, &meaning))
			return false;
	}
	else
	{
		if (*l->c.at++ != '"' || !spk_line_read_text(&l->c, &text))
			return false;
		spk_line_skip_spaces(&l->c);
		if (*l->c.at++ != ':')
			return false;
	}
	spk_line_skip_spaces(&l->c);
	*node = meaning.node;
	return true;
}

/* Learns the object at a place, or at none, which has members; it may be the line. */
static bool
learn_object(Lesson *l, int object, int depth)
{
	l->c.at++;
	spk_line_skip_spaces(&l->c);
	for (;;)
	{
		int node;

		if (!pass_key(l, object, &node) || !learn_value(l, node, depth) || l->c.at >= l->c.end)
			return false;
		spk_line_skip_spaces(&l->c);
		if (*l->c.at != ',')
			return *l->c.at++ == '}';
		l->c.at++;
		spk_line_skip_spaces(&l->c);
	}
}

/* Learns the line; false when it has a form that no shape can have. */
static bool
learn_line(Lesson *l)
{
	SpkShapePlace end;

	return learn_object(l, SPK_ROOT, 1) && l->c.at == l->c.end &&
		end_constant(l, (size_t) (l->c.end - l->line), &end);
}

/* Makes room for a shape, if need be by forgetting all. */
static void
make_room(SpkLineShapes *shapes)
{
	if (shapes->n_shapes == SPK_SHAPES + 1 || shapes->n_pieces > SPK_SHAPE_PIECES / 2 ||
		shapes->n_gaps > SPK_SHAPE_GAPS / 2)
		spk_line_shapes_forget(shapes);
}

void
spk_line_shape_learn(SpkLineParser *parser, const char *line, size_t len, char *room)
{
	SpkLineShapes	   *shapes = &parser->shapes;
	const SpkLineIndex *index = &shapes->index;
	size_t				words = SPK_BITS_WORDS(shapes->n_columns);
	Lesson				l = {.parser = parser, .shapes = shapes, .line = line};

	if (shapes->lessons == 0 || index->n_quotes == 0)
		return;
	shapes->lessons--;
	make_room(shapes);
	l.shape = &shapes->shapes[shapes->n_shapes];
	*l.shape = (SpkLineShape) {.n_quotes = (uint16_t) index->n_quotes,
							   .first_quote = index->quotes[0],
							   .piece = (uint16_t) shapes->n_pieces,
							   .gap = (uint16_t) shapes->n_gaps};
	l.given = shapes->given + (size_t) shapes->n_shapes * words;
	l.isnull = shapes->isnull + (size_t) shapes->n_shapes * (size_t) shapes->n_columns;
	spk_bits_clear(l.given, words);
	memset(l.isnull, true, (size_t) shapes->n_columns * sizeof(bool));
	l.c = (SpkLineCursor) {line, line + len, room};

	/* what is not learned to its end leaves nothing behind */
	if (!learn_line(&l))
	{
		shapes->n_pieces = l.shape->piece;
		shapes->n_gaps = l.shape->gap;
		return;
	}
	l.shape->next = shapes->first[index->n_quotes];
	shapes->first[index->n_quotes] = (uint16_t) shapes->n_shapes++;
}

/*
 * line_shape.c
 *	  Finds the shape of a line among those that were learned.
 *
 * Learning takes longer than reading a line, and in a log without any order in its keys
 * no shape comes again.  So only few are learned of many lines, and where they do not
 * serve no line is indexed for a while.  So it is where most of what is wanted is
 * escapes: the plain way checks and writes them in one step.
 */
#include <string.h>

#include "core/base/likely.h"
#include "core/base/utf8.h"
#include "core/events/line_shape.h"

/* So many shapes with as many quotes are tried. */
#define SHAPE_TRIES 4

/* After so many lines it is looked how many had a shape; if it is not one in four: a pause. */
#define LINES_PER_LOOK 1024
#define PAUSE_LINES	   (16 * LINES_PER_LOOK)

/* So many shapes are learned at most of the first lines, and between two looks. */
#define FIRST_LESSONS SPK_SHAPES
#define MORE_LESSONS  8

size_t
spk_line_shapes_room(const SpkSchema *schema)
{
	return (SPK_SHAPES + 1) *
		(SPK_BITS_WORDS(schema->n_columns) * sizeof(uint64_t) +
		 (size_t) schema->n_columns * sizeof(bool));
}

void
spk_line_shapes_init(SpkLineShapes *shapes, const SpkSchema *schema, SpkLineWay way, void *room)
{
	shapes->way = spk_index_functions(way);
	shapes->n_columns = schema->n_columns;
	shapes->given = room;
	shapes->isnull = (bool *) (shapes->given +
							   (SPK_SHAPES + 1) * SPK_BITS_WORDS(schema->n_columns));
	spk_line_shapes_forget(shapes);
	shapes->tried = shapes->found = shapes->escapes = shapes->pause = 0;
	shapes->lessons = FIRST_LESSONS;
}

void
spk_line_shapes_forget(SpkLineShapes *shapes)
{
	shapes->n_shapes = SPK_NO_SHAPE + 1;
	shapes->n_pieces = 0;
	shapes->n_gaps = 0;
	memset(shapes->first, 0, sizeof(shapes->first));
}

/* Should the next line be indexed? */
static inline bool
is_worth_it(SpkLineShapes *shapes)
{
	if (spk_unlikely(shapes->pause > 0))
	{
		shapes->pause--;
		return false;
	}
	if (spk_unlikely(++shapes->tried > LINES_PER_LOOK))
	{
		if (shapes->found < LINES_PER_LOOK / 4 ||
			shapes->escapes > LINES_PER_LOOK * shapes->way->most_escapes)
			shapes->pause = PAUSE_LINES;
		shapes->tried = shapes->found = shapes->escapes = 0;
		shapes->lessons = MORE_LESSONS;
	}
	return true;
}

const SpkLineShape *
spk_line_shape_find(SpkLineShapes *shapes, const char *line, size_t len, bool *indexed)
{
	const SpkLineIndex *index = &shapes->index;
	uint16_t		   *first;
	uint16_t		   *link;

	*indexed = false;
	if (shapes->way == NULL || !is_worth_it(shapes))
		return NULL;
	if (!shapes->way->index(line, len, &shapes->index))
		return NULL;
	if (spk_unlikely(!index->is_ascii) && !spk_utf8_valid(line, len))
		return NULL;
	*indexed = true;
	link = first = &shapes->first[index->n_quotes];
	for (int tries = 0; *link != SPK_NO_SHAPE && tries < SHAPE_TRIES; tries++)
	{
		uint16_t	  number = *link;
		SpkLineShape *shape = &shapes->shapes[number];

		if (index->quotes[0] == shape->first_quote &&
			shapes->way->fit(shapes->pieces + shape->piece, shape->n_pieces, line, len,
							 index->quotes))
		{
			shapes->found++;
			/* the next line is most likely of this shape, too */
			*link = shape->next;
			shape->next = *first;
			*first = number;
			return shape;
		}
		link = &shape->next;
	}
	return NULL;
}

/*
 * line_shape.h
 *	  The shapes of a log's lines: what stands between their values.
 *
 * Lines with the same keys in the same order differ in their values alone.  A shape has
 * the bytes between these in pieces, whose places are counted from quotes, and what is
 * to be read in the gaps.  When the pieces stand in a line, the line is as valid as the
 * one that the shape was learned from, but for what is in the gaps: a text without
 * control characters and with escapes that are right, which the index has seen, or a
 * value that is read as in any line.  So no byte is looked at twice, texts and keys
 * that nobody wants take no step of their own, and no step waits for the one before.
 */
#ifndef SPK_CORE_EVENTS_LINE_SHAPE_H
#define SPK_CORE_EVENTS_LINE_SHAPE_H

#include "core/events/event_columns.h"
#include "core/events/event_schema.h"
#include "core/events/line_index.h"

/* What is kept at most.  When it is more, all is forgotten. */
#define SPK_SHAPES		 64
#define SPK_SHAPE_PIECES 1024
#define SPK_SHAPE_GAPS	 1024

/* Number 0 of the shapes is none. */
#define SPK_NO_SHAPE 0

/* What is in a gap. */
typedef enum SpkGapKind
{
	SPK_GAP_TEXT,	/* a text of a column of texts, wanted, without its quotes */
	SPK_GAP_COLUMN, /* a value that is one column's alone */
	SPK_GAP_VALUE	/* any value, at a place or at none */
} SpkGapKind;

/* A place in a line, counted from a quote. */
typedef struct SpkShapePlace
{
	uint16_t quote;
	int16_t	 from;
} SpkShapePlace;

typedef struct SpkShapeGap
{
	SpkShapePlace start;
	SpkShapePlace end;
	uint8_t		  kind;
	uint8_t		  depth; /* the number of containers around */

	/* numbers of so many digits at most need not be read, as nobody wants them; perhaps with a point */
	uint8_t digits;
	bool	point;
	int32_t what; /* the column; of SPK_GAP_VALUE the place or SPK_NO_NODE */
} SpkShapeGap;

typedef struct SpkLineShape
{
	uint16_t next; /* the next one to try with as many quotes, or SPK_NO_SHAPE */
	uint16_t n_quotes;
	uint16_t first_quote; /* its place, which is the same in all lines */
	uint16_t piece;
	uint16_t n_pieces;
	uint16_t gap;
	uint16_t n_gaps;
	bool	 any_value; /* is there a SPK_GAP_VALUE? */
} SpkLineShape;

typedef struct SpkLineShapes
{
	const SpkIndexFunctions *way; /* or NULL */

	/* how well shapes serve, see line_shape.c */
	int tried;
	int found;
	int escapes; /* in texts that are wanted */
	int pause;
	int lessons;

	int			 n_shapes; /* with number 0 */
	int			 n_pieces;
	int			 n_gaps;
	int			 n_columns;
	uint64_t	*given;	 /* by shape, a set of columns: those of its texts */
	bool		*isnull; /* by shape and column: all but its texts that are wanted */
	uint16_t	 first[SPK_INDEX_QUOTES + 1]; /* by the number of quotes: the shape to try first */
	SpkLineIndex index;						  /* of the line that is read */
	SpkLineShape shapes[SPK_SHAPES + 1];
	SpkLinePiece pieces[SPK_SHAPE_PIECES];
	SpkShapeGap	 gaps[SPK_SHAPE_GAPS];
} SpkLineShapes;

typedef struct SpkLineParser SpkLineParser;

/* The bytes that shapes need for their sets of columns, at given and isnull. */
extern size_t spk_line_shapes_room(const SpkSchema *schema);

/* Prepares shapes, of which there are none yet; room is aligned for words. */
extern void spk_line_shapes_init(SpkLineShapes *shapes, const SpkSchema *schema, SpkLineWay way,
								 void *room);

/* Forgets all shapes. */
extern void spk_line_shapes_forget(SpkLineShapes *shapes);

/*
 * The shape that fits the line, of len bytes, which begins with a brace; or NULL.  *indexed
 * becomes true when shapes->index is the line's.
 */
extern const SpkLineShape *spk_line_shape_find(SpkLineShapes *shapes, const char *line, size_t len,
											   bool *indexed);

/*
 * Learns the shape of a line that was just read and is indexed, unless shapes are learned
 * too often.  At room there is as much room as the line's keys need.
 */
extern void spk_line_shape_learn(SpkLineParser *parser, const char *line, size_t len, char *room);

/* Where a place is in the line that is indexed. */
static inline size_t
spk_shape_at(const SpkLineIndex *index, SpkShapePlace place)
{
	return (size_t) ((ptrdiff_t) index->quotes[place.quote] + place.from);
}

#endif /* SPK_CORE_EVENTS_LINE_SHAPE_H */

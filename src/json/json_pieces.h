/*
 * json_pieces.h
 *	  Long JSON text, one piece after the other.
 *
 * A parsed JSON value takes ten to forty times the memory of its text.  So long
 * text is walked with a cursor, which gives its small values to json-c one at a
 * time: no more memory is needed than the longest of them takes.  Nothing here
 * looks into a value or trusts the text: what is not JSON gives a fault, or a
 * piece that json-c refuses.  It needs libc only.
 *
 * To read an object that holds a list and small values:
 *
 *		spk_json_open(&c, '{');
 *		while (spk_json_next(&c, '}'))
 *		{
 *			SpkJsonPiece key = spk_json_key(&c);
 *
 *			if (key is of the list)
 *			{
 *				spk_json_open(&c, '[');
 *				while (spk_json_next(&c, ']'))
 *					element(spk_json_value(&c, MAX_ELEMENT));
 *			}
 *			else
 *				member(key, spk_json_value(&c, MAX_MEMBER));
 *		}
 *		spk_json_finish(&c);
 *		if (c.fault != NULL) ...
 *
 * After a fault every call does nothing, and returns false or an empty piece.
 */
#ifndef SPK_JSON_JSON_PIECES_H
#define SPK_JSON_JSON_PIECES_H

#include <stdbool.h>
#include <stddef.h>

/* A stretch of the text: it lasts as long as the text does. */
typedef struct SpkJsonPiece
{
	const char *at;
	size_t		len;
} SpkJsonPiece;

typedef struct SpkJsonCursor
{
	const char *start;
	const char *at;
	const char *end;
	bool		opened;	  /* an opening bracket was the last thing read */
	bool		too_long; /* the fault is a value longer than its limit */
	const char *fault;	  /* static text for people; NULL while there is none */
} SpkJsonCursor;

static inline SpkJsonCursor
spk_json_cursor(const char *text, size_t len)
{
	SpkJsonCursor c = {text, text, text + len, false, false, NULL};

	return c;
}

/* Moves behind the bracket that opens an object ('{') or an array ('['). */
extern bool spk_json_open(SpkJsonCursor *c, char bracket);

/*
 * Is there another member or element?  If so, moves to it, past the comma where
 * one belongs; if not, moves behind the closing bracket.
 */
extern bool spk_json_next(SpkJsonCursor *c, char closing_bracket);

/*
 * A member's key as it is written, with its quotes.  Moves behind the colon that
 * follows it.  One of more than 64 kB is a fault.
 */
extern SpkJsonPiece spk_json_key(SpkJsonCursor *c);

/* A value of any kind.  Moves behind it.  One of more than max bytes is a fault. */
extern SpkJsonPiece spk_json_value(SpkJsonCursor *c, size_t max);

/* It is a fault when anything but white space follows. */
extern void spk_json_finish(SpkJsonCursor *c);

/* Is the key, as spk_json_key returns it, this name, written without escapes? */
extern bool spk_json_is_key(SpkJsonPiece key, const char *name);

/*
 * What is wrong in a piece although json-c would take it: strings in single
 * quotes; zero bytes, which no text of PostgreSQL can hold; and halves of escaped
 * characters beyond the first 65536, of which it makes another character.  The text
 * is static; NULL when nothing is wrong.
 */
extern const char *spk_json_piece_fault(SpkJsonPiece piece);

/*
 * The number of keys in a piece, on all levels.  Repeated keys count each time:
 * json-c keeps only the last of them, so a smaller number there shows a repetition.
 */
extern int spk_json_count_keys(SpkJsonPiece piece);

#endif /* SPK_JSON_JSON_PIECES_H */

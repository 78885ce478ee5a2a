/*
 * json_pieces.h
 *	  Long JSON text, one piece after the other.
 *
 * A parsed JSON value takes ten to forty times the memory of its text.  So
 * whoever reads long text walks it with a cursor, hands json-c the small values
 * in it, each for itself, and needs no more memory than the longest of them.
 * Nothing here looks into a value, nor trusts the text: what is no JSON gives a
 * fault, or a piece that is none, and the parser refuses that.  libc only.
 *
 * An object of a list and of small values:
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
 * After a fault every call does nothing and gives false or an empty piece.
 */
#ifndef SPK_JSON_JSON_PIECES_H
#define SPK_JSON_JSON_PIECES_H

#include <stdbool.h>
#include <stddef.h>

/* A stretch of text. */
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
	bool		opened;	  /* nothing yet behind an opening bracket */
	bool		too_long; /* the fault is a value above its limit */
	const char *fault;	  /* static text for people, NULL while there is none */
} SpkJsonCursor;

static inline SpkJsonCursor
spk_json_cursor(const char *text, size_t len)
{
	SpkJsonCursor c = {text, text, text + len, false, false, NULL};

	return c;
}

/* Goes behind the bracket that opens an object ('{') or an array ('['). */
extern bool spk_json_open(SpkJsonCursor *c, char bracket);

/*
 * Is there another member or element?  If so goes to it, behind a comma where
 * one belongs, else behind the closing bracket.
 */
extern bool spk_json_next(SpkJsonCursor *c, char closing_bracket);

/* A member's key, its quotes included, as it is written; goes behind its colon. */
extern SpkJsonPiece spk_json_key(SpkJsonCursor *c);

/* A value, of whatever kind, of at most max bytes; goes behind it. */
extern SpkJsonPiece spk_json_value(SpkJsonCursor *c, size_t max);

/* There must be nothing but white space behind. */
extern void spk_json_finish(SpkJsonCursor *c);

/* Is a key, quotes and all, this name without escapes? */
extern bool spk_json_is_key(SpkJsonPiece key, const char *name);

/*
 * What is wrong in a piece though json-c would take it: strings in single
 * quotes, and zero bytes, which no text of PostgreSQL can hold.  NULL if nothing
 * is.
 */
extern const char *spk_json_piece_fault(SpkJsonPiece piece);

/* Keys in a piece, on all levels, repeated ones counted: json-c keeps the last of those. */
extern int spk_json_count_keys(SpkJsonPiece piece);

#endif /* SPK_JSON_JSON_PIECES_H */

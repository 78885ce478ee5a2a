/*
 * line_skip.h
 *	  Passing over values of a line of JSON that nobody wants, and over objects and
 *	  arrays that are kept as they are.
 */
#ifndef SPK_CORE_EVENTS_LINE_SKIP_H
#define SPK_CORE_EVENTS_LINE_SKIP_H

#include "core/events/line_number.h"
#include "core/events/line_text.h"

/* Containers nested deeper than this are left to the complete parser, which has its own limit. */
#define SPK_LINE_DEPTH 24

/*
 * Returns the place behind the object or array at this place, or NULL when the
 * complete parser must judge it.  The line ends at end, with a brace; depth is the
 * number of containers around.  exponents says whether numbers may have them.  The
 * place returned may be end.
 */
extern const char *spk_line_skip_container(const char *at, const char *end, int depth,
										   bool exponents);

/* Moves over a text, a number, true, false or null; false as above. */
static inline __attribute__((always_inline)) bool
spk_line_skip_scalar(SpkLineCursor *c, bool exponents)
{
	SpkLineText text;
	bool		exponent = false;

	/* most are texts */
	if (*c->at == '"')
	{
		c->at++;
		return spk_line_read_text(c, &text);
	}
	switch (*c->at)
	{
		case 'n':
			return spk_line_read_word(c, "null", 4);
		case 't':
			return spk_line_read_word(c, "true", 4);
		case 'f':
			return spk_line_read_word(c, "false", 5);
		default:
			return spk_line_skip_number(c, &exponent) && (exponents || !exponent);
	}
}

/* Moves over any value; false as above.  Behind it there may be the end of the line. */
static inline bool
spk_line_skip_value(SpkLineCursor *c, int depth, bool exponents)
{
	const char *behind;

	if (*c->at != '{' && *c->at != '[')
		return spk_line_skip_scalar(c, exponents);
	behind = spk_line_skip_container(c->at, c->end, depth, exponents);
	if (behind == NULL)
		return false;
	c->at = behind;
	return true;
}

#endif /* SPK_CORE_EVENTS_LINE_SKIP_H */

/*
 * line_skip.c
 *	  Passing over objects and arrays of a line of JSON.
 *
 * They are checked as thoroughly as all else, so that whatever is passed over here
 * is JSON for the complete parser, too.
 */
#include "core/events/line_skip.h"

/* Moves over a key, its colon and the spaces around. */
static inline bool
skip_key(SpkLineCursor *c)
{
	SpkLineText text;

	if (*c->at != '"')
		return false;
	c->at++;
	if (!spk_line_read_text(c, &text))
		return false;
	spk_line_skip_spaces(c);
	if (*c->at != ':')
		return false;
	c->at++;
	spk_line_skip_spaces(c);
	return true;
}

const char *
spk_line_skip_container(const char *at, const char *end, int depth, bool exponents)
{
	SpkLineCursor c = {at, end, NULL};
	uint32_t objects = 0; /* of the open containers, the innermost one in bit 0: is it an object? */
	int		 level = 0;

	_Static_assert(SPK_LINE_DEPTH <= 32, "a bit for each open container");
	for (;;)
	{
		if ((objects & 1) != 0 && !skip_key(&c))
			return NULL;
		if (*c.at == '{' || *c.at == '[')
		{
			uint32_t object = *c.at == '{';

			c.at++;
			spk_line_skip_spaces(&c);
			if (*c.at != (object ? '}' : ']'))
			{
				objects = objects << 1 | object;
				if (++level + depth > SPK_LINE_DEPTH)
					return NULL;
				continue;
			}
			c.at++;
		}
		else if (!spk_line_skip_scalar(&c, exponents))
			return NULL;

		/* behind a value: on to the next, or out of what ends here */
		for (;;)
		{
			if (level == 0)
				return c.at;
			/* the brace that ends the line may have been taken for an inner one */
			if (c.at >= end)
				return NULL;
			spk_line_skip_spaces(&c);
			if (*c.at == ',')
			{
				c.at++;
				spk_line_skip_spaces(&c);
				break;
			}
			if (*c.at != ((objects & 1) != 0 ? '}' : ']'))
				return NULL;
			c.at++;
			objects >>= 1;
			level--;
		}
	}
}

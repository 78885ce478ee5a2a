/*
 * escape.c
 *	  Any text as part of SVG or HTML, in ASCII.
 */
#include <stdio.h>
#include <string.h>

#include "core/drawing/escape.h"
#include "core/drawing/glyphs.h"

static void
put(SpkWriter *w, const char *text)
{
	spk_write_bytes(w, text, strlen(text));
}

/* A character's number, or a symbol for one that XML does not allow. */
static void
put_char(SpkWriter *w, uint32_t c)
{
	char buf[16];

	if (c < 0x20)
		c += 0x2400;
	else if (c == 0x7F)
		c = 0x2421;
	else if ((c & 0xFFFE) == 0xFFFE || (c >= 0x80 && c < 0xA0))
		c = SPK_REPLACEMENT;
	snprintf(buf, sizeof(buf), "&#x%X;", (unsigned) c);
	put(w, buf);
}

void
spk_put_escaped(SpkWriter *w, const char *text, size_t len)
{
	for (const char *at = text; at < text + len;)
	{
		const char *start = at;
		uint32_t	c = spk_next_char(&at, text + len);

		if (c == '&')
			put(w, "&amp;");
		else if (c == '<')
			put(w, "&lt;");
		else if (c == '>')
			put(w, "&gt;");
		else if (c == '"')
			put(w, "&quot;");
		else if (c == '\'')
			put(w, "&#39;");
		else if (c >= 0x20 && c < 0x7F)
			spk_write_bytes(w, start, 1);
		else
			put_char(w, c);
	}
}

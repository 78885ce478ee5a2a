/*
 * bars.c
 *	  Pictures of lines of text, for terminals: bars of Unicode's block characters.
 */
#include <math.h>
#include <string.h>

#include "core/drawing/bars.h"
#include "core/drawing/glyphs.h"

#define MAX_BAR_NAME (SPK_TERMINAL_WIDTH / 3)

/* A full block, and in eighths what fills a part of one from the left. */
static const char *const eighths[] = {"",
									  "\xE2\x96\x8F",
									  "\xE2\x96\x8E",
									  "\xE2\x96\x8D",
									  "\xE2\x96\x8C",
									  "\xE2\x96\x8B",
									  "\xE2\x96\x8A",
									  "\xE2\x96\x89",
									  "\xE2\x96\x88"};

static void
put(SpkWriter *out, const char *text)
{
	spk_write_bytes(out, text, strlen(text));
}

static void
put_blanks(SpkWriter *out, int n)
{
	while (n-- > 0)
		put(out, " ");
}

/* A text in so many columns at most; control characters would act on the terminal. */
static int
put_cut(SpkWriter *out, const char *text, int columns, bool blocks)
{
	size_t		len = strlen(text);
	bool		cut = spk_text_columns(text, len) > columns;
	const char *dots = blocks ? "\xE2\x80\xA6" : "~";
	int			used;

	if (cut)
		len = spk_text_fit_columns(text, len, columns - 1);
	used = spk_text_columns(text, len) + cut;
	for (const char *at = text; at < text + len;)
	{
		const char *start = at;
		uint32_t	c = spk_next_char(&at, text + len);

		if (c < 0x20 || (c >= 0x7F && c < 0xA0))
			put(out, "?");
		else if (c < 0x2066 || c > 0x2069) /* marks of direction are for other screens */
			spk_write_bytes(out, start, (size_t) (at - start));
	}
	put(out, cut ? dots : "");
	return used;
}

void
spk_put_bar_text(SpkWriter *out, const char *text)
{
	(void) put_cut(out, text, SPK_TERMINAL_WIDTH, false);
	put(out, "\n");
}

/* A bar of so many eighths of a column. */
static void
put_bar(SpkWriter *out, int size, bool blocks)
{
	for (; size >= 8; size -= 8)
		put(out, blocks ? eighths[8] : "#");
	if (size > 0)
		put(out, blocks ? eighths[size] : size >= 4 ? "#" : " ");
}

/* How the width is parted, the same for all bars. */
typedef struct Columns
{
	int	   name;
	int	   value;
	int	   left;	/* of the common line, for negative bars */
	int	   right;	/* for the others */
	double largest; /* size of a bar that fills its part */
} Columns;

static Columns
columns_of(const SpkBar *bars, int n)
{
	Columns c = {0, 0, 0, 0, 0};
	double	least = 0;
	double	most = 0;
	int		room;

	for (int i = 0; i < n; i++)
	{
		int name = spk_text_columns(bars[i].name, strlen(bars[i].name));
		int value = spk_text_columns(bars[i].value, strlen(bars[i].value));

		c.name = name > c.name ? name : c.name;
		c.value = value > c.value ? value : c.value;
		if (!isnan(bars[i].size))
		{
			least = fmin(least, bars[i].size);
			most = fmax(most, bars[i].size);
		}
	}

	/* both parts have the same scale; a blank stands before and behind the bars */
	c.name = c.name > MAX_BAR_NAME ? MAX_BAR_NAME : c.name;
	room = SPK_TERMINAL_WIDTH - c.name - c.value - 3;
	room = room < 10 ? 10 : room;
	if (most > least)
	{
		c.left = (int) ceil(room * (-least / (most - least)) - 1e-9);
		c.right = room - c.left;
		c.largest = fmax(c.left > 0 ? -least / c.left : 0, c.right > 0 ? most / c.right : 0);
	}
	return c;
}

void
spk_put_bars(SpkWriter *out, const SpkBar *bars, int n, bool blocks)
{
	Columns c = columns_of(bars, n);

	for (int i = 0; i < n; i++)
	{
		double columns = isnan(bars[i].size) || c.largest <= 0 ? 0 : bars[i].size / c.largest;
		int	   size = (int) lround(fabs(columns) * 8);
		int	   before = c.left;

		/* a bar to the left ends at the common line: blocks fill from the left, so it is of whole ones */
		put_blanks(out, c.name - put_cut(out, bars[i].name, c.name, blocks));
		put(out, " ");
		if (columns < 0)
		{
			size = (size + 7) / 8 * 8;
			before -= size / 8;
		}
		put_blanks(out, before);
		put_bar(out, size, blocks);
		put(out, size > 0 ? " " : "");
		put(out, bars[i].value);
		put(out, "\n");
	}
}

/*
 * glyphs.c
 *	  How wide a text will be, in a font that is not known.
 */
#include "core/drawing/glyphs.h"

#define FIRST_ASCII 32
#define N_ASCII		95

/* Thousandths of the size, of the characters from the space on. */
static const uint16_t regular_widths[N_ASCII] = {318, 401, 460,	 838, 636, 950, 780, 275, 390, 390,
												 500, 838, 318,	 361, 318, 337, 636, 636, 636, 636,
												 636, 636, 636,	 636, 636, 636, 337, 337, 838, 838,
												 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775,
												 752, 500, 500,	 667, 557, 863, 748, 787, 667, 787,
												 722, 667, 611,	 732, 684, 989, 685, 667, 685, 390,
												 337, 390, 838,	 556, 500, 613, 635, 550, 635, 615,
												 352, 635, 634,	 278, 278, 579, 278, 974, 634, 612,
												 635, 635, 411,	 521, 392, 634, 592, 818, 592, 592,
												 525, 636, 337,	 636, 838};

static const uint16_t bold_widths[N_ASCII] = {348, 456, 521,  838, 696, 1002, 872, 306,	 457, 457,
											  523, 838, 380,  415, 380, 365,  696, 696,	 696, 696,
											  696, 696, 696,  696, 696, 696,  400, 400,	 838, 838,
											  838, 611, 1000, 774, 762, 734,  830, 683,	 683, 821,
											  837, 372, 556,  775, 637, 995,  837, 850,	 733, 850,
											  770, 720, 682,  812, 774, 1103, 771, 724,	 725, 457,
											  365, 457, 838,  556, 500, 675,  716, 593,	 716, 678,
											  435, 716, 712,  343, 343, 665,  343, 1042, 712, 687,
											  716, 716, 493,  595, 478, 712,  652, 924,	 645, 652,
											  582, 712, 365,  712, 838};

/* What characters beyond ASCII are, by ranges in ascending order. */
typedef struct Range
{
	uint32_t first;
	uint32_t last;
	uint16_t width;	  /* thousandths of the size */
	uint8_t	 columns; /* on a terminal */
} Range;

static const Range ranges[] = {
	{0x0080, 0x009F, 0, 0},		 /* control characters */
	{0x00A0, 0x02FF, 700, 1},	 /* Latin letters */
	{0x0300, 0x036F, 0, 0},		 /* marks above and below letters */
	{0x0370, 0x0482, 800, 1},	 /* Greek, Cyrillic */
	{0x0483, 0x0489, 0, 0},		 /* marks */
	{0x048A, 0x0590, 900, 1},	 /* Cyrillic, Armenian */
	{0x0591, 0x05BD, 0, 0},		 /* points of Hebrew */
	{0x05BE, 0x0609, 700, 1},	 /* Hebrew */
	{0x060A, 0x064A, 800, 1},	 /* Arabic */
	{0x064B, 0x065F, 0, 0},		 /* marks of Arabic */
	{0x0660, 0x10FF, 900, 1},	 /* scripts of the Near East, of India, of Georgia */
	{0x1100, 0x115F, 1000, 2},	 /* Hangul */
	{0x1160, 0x200A, 900, 1},	 /* more scripts, spaces */
	{0x200B, 0x200F, 0, 0},		 /* joiners and marks of direction */
	{0x2010, 0x2029, 1000, 1},	 /* dashes and quotes, the ellipsis */
	{0x202A, 0x202E, 0, 0},		 /* marks of direction */
	{0x202F, 0x205F, 1000, 1},	 /* punctuation */
	{0x2060, 0x206F, 0, 0},		 /* marks of direction */
	{0x2070, 0x20CF, 800, 1},	 /* small digits, currencies */
	{0x20D0, 0x20FF, 0, 0},		 /* marks around characters */
	{0x2100, 0x25FF, 1000, 1},	 /* arrows, mathematics, blocks */
	{0x2600, 0x27BF, 1300, 2},	 /* symbols, many of which are shown as emoji */
	{0x27C0, 0x2E7F, 1000, 1},	 /* more symbols */
	{0x2E80, 0xA4CF, 1050, 2},	 /* Chinese, Japanese */
	{0xA4D0, 0xABFF, 1000, 1},	 /* more scripts */
	{0xAC00, 0xD7FF, 1050, 2},	 /* Hangul */
	{0xF900, 0xFAFF, 1050, 2},	 /* Chinese */
	{0xFB00, 0xFDFF, 1000, 1},	 /* ligatures, forms of Arabic */
	{0xFE00, 0xFE0F, 0, 0},		 /* selectors of variants */
	{0xFE10, 0xFE1F, 1050, 2},	 /* vertical forms */
	{0xFE20, 0xFE2F, 0, 0},		 /* half marks */
	{0xFE30, 0xFE6F, 1050, 2},	 /* forms of Chinese punctuation */
	{0xFE70, 0xFEFE, 1000, 1},	 /* forms of Arabic */
	{0xFEFF, 0xFEFF, 0, 0},		 /* no-break space without width */
	{0xFF00, 0xFFEF, 1050, 2},	 /* wide forms */
	{0x1F1E6, 0x1F1FF, 1300, 1}, /* letters of flags, two of which make one */
	{0x1F3FB, 0x1F3FF, 0, 0},	 /* tones of skin */
	{0x1F000, 0x1FAFF, 1300, 2}, /* emoji; comes after the tones, which are among them */
	{0x20000, 0x3FFFD, 1050, 2}, /* Chinese */
	{0xE0000, 0xE0FFF, 0, 0},	 /* tags and selectors */
};

#define ZERO_WIDTH_JOINER 0x200D

static const Range *
range_of(uint32_t c)
{
	static const Range other = {0, 0, 1000, 1};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return &ranges[i];
	return &other;
}

uint32_t
spk_next_char(const char **at, const char *end)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	const unsigned char	 *p = (const unsigned char *) *at;
	int					  more = p[0] < 0x80 ? 0 :
						  p[0] < 0xC2		 ? -1 :
						  p[0] < 0xE0		 ? 1 :
						  p[0] < 0xF0		 ? 2 :
						  p[0] < 0xF5		 ? 3 :
											   -1;
	uint32_t			  c = more <= 0 ? p[0] : p[0] & (0x3Fu >> more);

	(*at)++;
	if (more < 0 || end - *at < more)
		return SPK_REPLACEMENT;
	for (int i = 1; i <= more; i++)
	{
		if ((p[i] & 0xC0) != 0x80)
			return SPK_REPLACEMENT;
		c = c << 6 | (p[i] & 0x3Fu);
	}
	if (c < least[more] || (c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF)
		return SPK_REPLACEMENT;
	*at += more;
	return c;
}

/* Is it ASCII that is shown? */
static bool
is_plain(uint32_t c)
{
	return c >= FIRST_ASCII && c < FIRST_ASCII + N_ASCII;
}

static double
char_width(uint32_t c, bool bold)
{
	if (is_plain(c))
		return (bold ? bold_widths : regular_widths)[c - FIRST_ASCII] / 1000.0;
	/* control characters are shown by a symbol */
	return c < 0x80 ? 1.0 : range_of(c)->width * (bold ? 0.0011 : 0.001);
}

static int
char_columns(uint32_t c)
{
	return c < 0x80 ? 1 : range_of(c)->columns;
}

double
spk_text_width(const char *text, size_t len, bool bold)
{
	double width = 0;

	for (const char *at = text; at < text + len;)
		width += char_width(spk_next_char(&at, text + len), bold);
	return width;
}

/*
 * Walks on until the sum of widths exceeds room, and returns the last place at which
 * the text may be cut.  Widths are those of terminals, or else of a font.
 */
static size_t
fit(const char *text, size_t len, bool terminal, bool bold, double room)
{
	const char *end = text + len;
	const char *cut = text;
	double		width = 0;
	bool		joined = false; /* is the next character part of the one before? */

	for (const char *at = text; at < end;)
	{
		const char *start = at;
		uint32_t	c = spk_next_char(&at, end);
		double		more = terminal ? char_columns(c) : char_width(c, bold);

		if (more > 0 && !joined)
			cut = start;
		joined = c == ZERO_WIDTH_JOINER;
		width += more;
		if (width > room)
			return (size_t) (cut - text);
	}
	return len;
}

size_t
spk_text_fit(const char *text, size_t len, bool bold, double width)
{
	return fit(text, len, false, bold, width);
}

int
spk_text_columns(const char *text, size_t len)
{
	int columns = 0;

	for (const char *at = text; at < text + len;)
		columns += char_columns(spk_next_char(&at, text + len));
	return columns;
}

size_t
spk_text_fit_columns(const char *text, size_t len, int columns)
{
	return fit(text, len, true, false, columns);
}

bool
spk_text_right_to_left(const char *text, size_t len)
{
	for (const char *at = text; at < text + len;)
	{
		uint32_t c = spk_next_char(&at, text + len);

		if ((c >= 0x0590 && c <= 0x08FF) || (c >= 0xFB1D && c <= 0xFDFF) ||
			(c >= 0xFE70 && c <= 0xFEFC) || (c >= 0x10800 && c <= 0x10FFF) ||
			(c >= 0x1E800 && c <= 0x1EFFF) || c == 0x200F || (c >= 0x202A && c <= 0x202E))
			return true;
	}
	return false;
}

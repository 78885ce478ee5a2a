/*
 * event_line.c
 *	  One event from the common form of a line of JSON.
 *
 * A line is taken as a whole or not at all: whatever is not plainly right and
 * plainly convertible is left to a complete parser of JSON, so that this one
 * needs no messages and no rare cases, only never to accept what the other
 * would refuse or read differently.
 *
 * Most of the time goes into two things.  Keys come in the same order and
 * spelling in every line, so the next key is guessed from the last line and
 * compared at once.
 * Texts are searched 8 or 16 bytes at a time for the byte that ends them.
 */
#include <float.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "core/events/event_line.h"
#include "core/base/elementary.h"
#include "core/base/time_text.h"
#include "core/base/times.h"
#include "core/base/utf8.h"

/* All numbers of so many digits are integers of 64 bits. */
#define MAX_DIGITS 18

/* Up to here every integer is a double of its own. */
#define MAX_MANTISSA ((uint64_t) SPK_EXACT_NUMBERS)

/* 9999-12-31: beyond, and before 1970, somebody should look twice. */
#define MAX_MSECS UINT64_C(253402300799999)

_Static_assert(SPK_N_COLUMNS < 32, "sets of columns are masks of 32 bits");

const SpkEventKey spk_event_keys[SPK_N_COLUMNS] = {
#define SPK_EVENT_ITEM(constant, column, key, kind, comment) {key, SPK_TYPE_##kind},
#include "core/events/event_list.h"
#undef SPK_EVENT_ITEM
};

static const SpkQuotedKey quoted_keys[SPK_N_COLUMNS] = {
#define SPK_EVENT_ITEM(constant, column, key, kind, comment) {key "\":", sizeof(key "\":") - 1},
#include "core/events/event_list.h"
#undef SPK_EVENT_ITEM
};

/*
 * Where a line is being read.  Its last byte is known to be a brace, so that
 * whatever stops at any byte but its own needs no look at end.
 */
typedef struct Cursor
{
	const char *at;
	const char *end;
	char	   *unescaped; /* room for what is left to unescape */
} Cursor;

/* A text between its quotes. */
typedef struct Text
{
	const char *start;
	const char *end;
	bool		escapes;
	bool		ascii;
} Text;

/* mantissa / 10^scale */
typedef struct Number
{
	bool	 negative;
	uint64_t mantissa;
	int		 scale;
	bool	 point;
} Number;

static inline char
folded(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char) (byte + ('a' - 'A')) : byte;
}

static bool
same_folded(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
	{
		if (folded(a[i]) != folded(b[i]))
			return false;
	}
	return true;
}

int
spk_column_of_key(const char *key, size_t len, bool *exact)
{
	for (int col = 0; col < SPK_N_COLUMNS; col++)
	{
		if (len == quoted_keys[col].len - 2u && same_folded(quoted_keys[col].bytes, key, len))
		{
			*exact = memcmp(quoted_keys[col].bytes, key, len) == 0;
			return col;
		}
	}
	return SPK_EVENT_NO_COLUMN;
}

void
spk_line_parser_init(SpkLineParser *parser)
{
	memset(parser->next, 0, sizeof(parser->next));
	memcpy(parser->keys, quoted_keys, sizeof(parser->keys));
}

static inline void
skip_spaces(Cursor *c)
{
	while (*c->at == ' ')
		c->at++;
}

static inline bool
ends_plain(unsigned char byte)
{
	return byte == '"' || byte == '\\' || byte < 0x20;
}

#ifdef __SSE2__
/*
 * Moves over plain bytes, 16 at a time, and tells when it stopped at one that
 * is not.
 */
static inline bool
skip_plain_blocks(Cursor *c, bool *ascii)
{
	const __m128i quote = _mm_set1_epi8('"');
	const __m128i backslash = _mm_set1_epi8('\\');
	const __m128i control = _mm_set1_epi8(0x1F);

	for (; c->end - c->at >= 16; c->at += 16)
	{
		__m128i	 bytes = _mm_loadu_si128((const __m128i *) c->at);
		__m128i	 found = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote),
									  _mm_cmpeq_epi8(bytes, backslash));
		unsigned high = (unsigned) _mm_movemask_epi8(bytes);
		unsigned stops;

		found = _mm_or_si128(found, _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes));
		stops = (unsigned) _mm_movemask_epi8(found);
		if (stops != 0)
		{
			/* the bits below the lowest that is set */
			if (high & (stops - 1) & ~stops)
				*ascii = false;
			c->at += __builtin_ctz(stops);
			return true;
		}
		if (high != 0)
			*ascii = false;
	}
	return false;
}
#else
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Bit 7 of each byte that is 0; those above the lowest such may be set too. */
static inline uint64_t
zero_bytes(uint64_t bytes)
{
	return (bytes - EACH(0x01)) & ~bytes & EACH(0x80);
}

/* As above, 8 at a time; the last few are left to the caller. */
static inline bool
skip_plain_blocks(Cursor *c, bool *ascii)
{
	for (; c->end - c->at >= 8; c->at += 8)
	{
		uint64_t bytes;

		memcpy(&bytes, c->at, sizeof(bytes));
		if (zero_bytes(bytes ^ EACH('"')) | zero_bytes(bytes ^ EACH('\\')) |
			((bytes - EACH(0x20)) & ~bytes & EACH(0x80)))
			return false;
		if (bytes & EACH(0x80))
			*ascii = false;
	}
	return false;
}
#endif

/* Moves to the next quote, backslash or control character, or to the end. */
static inline void
skip_plain(Cursor *c, bool *ascii)
{
	if (skip_plain_blocks(c, ascii))
		return;
	for (; c->at < c->end && !ends_plain((unsigned char) *c->at); c->at++)
	{
		if ((unsigned char) *c->at >= 0x80)
			*ascii = false;
	}
}

/* What a short escape stands for, or 0. */
static char
unescaped_byte(char escape)
{
	switch (escape)
	{
		case '"':
		case '\\':
		case '/':
			return escape;
		case 'b':
			return '\b';
		case 'f':
			return '\f';
		case 'n':
			return '\n';
		case 'r':
			return '\r';
		case 't':
			return '\t';
		default:
			return '\0';
	}
}

/* Reads a text from behind its first quote to behind its last. */
static inline bool
read_text(Cursor *c, Text *text)
{
	text->start = c->at;
	text->escapes = false;
	text->ascii = true;
	for (;;)
	{
		skip_plain(c, &text->ascii);
		if (c->at >= c->end || (unsigned char) *c->at < 0x20)
			return false;
		if (*c->at == '"')
			break;
		/* behind the backslash there is the brace at least */
		if (unescaped_byte(c->at[1]) == '\0')
			return false;
		text->escapes = true;
		c->at += 2;
	}
	text->end = c->at++;
	return text->ascii || spk_utf8_valid(text->start, (size_t) (text->end - text->start));
}

/* Copies the text without its escapes, which read_text has checked. */
static void
unescape(Cursor *c, const Text *text, SpkField *field)
{
	const char *from = text->start;
	char	   *to = c->unescaped;

	field->text.data = to;
	while (from < text->end)
	{
		const char *backslash = memchr(from, '\\', (size_t) (text->end - from));
		size_t		plain = (size_t) ((backslash ? backslash : text->end) - from);

		memcpy(to, from, plain);
		to += plain;
		from += plain;
		if (backslash)
		{
			*to++ = unescaped_byte(from[1]);
			from += 2;
		}
	}
	field->text.len = (int) (to - c->unescaped);
	c->unescaped = to;
}

static inline bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Reads digits into the mantissa; false when there are none or too many. */
static inline bool
read_digits(Cursor *c, Number *number, ptrdiff_t max)
{
	const char *start = c->at;

	for (; is_digit(*c->at); c->at++)
	{
		if (c->at - start >= max)
			return false;
		number->mantissa = number->mantissa * 10 + (uint64_t) (*c->at - '0');
	}
	return c->at > start;
}

/*
 * Reads a number without an exponent.  What comes behind it is the caller's to
 * check, an exponent included.
 */
static inline bool
read_number(Cursor *c, Number *number)
{
	const char *start;

	number->mantissa = 0;
	number->scale = 0;
	number->negative = (*c->at == '-');
	if (number->negative)
		c->at++;
	start = c->at;
	if (!read_digits(c, number, MAX_DIGITS) || (*start == '0' && c->at - start > 1))
		return false;

	number->point = (*c->at == '.');
	if (number->point)
	{
		ptrdiff_t max = MAX_DIGITS - (c->at - start);

		start = ++c->at;
		if (!read_digits(c, number, max))
			return false;
		number->scale = (int) (c->at - start);
	}
	/* integers know no negative zero, floats do */
	return !(number->negative && number->mantissa == 0);
}

/*
 * The absolute value of an integer, which may be written as a float as long as
 * that holds it exactly.
 */
static inline bool
whole_number(const Number *number, uint64_t *value)
{
	*value = number->mantissa;
	for (int i = 0; i < number->scale; i++)
	{
		if (*value % 10 != 0)
			return false;
		*value /= 10;
	}
	return !number->point || *value <= MAX_MANTISSA;
}

static inline bool
integer_field(const Number *number, uint64_t max, SpkField *field)
{
	uint64_t value;

	if (!whole_number(number, &value) || value > max)
		return false;
	field->integer = number->negative ? -(int64_t) value : (int64_t) value;
	return true;
}

static inline bool
time_field(const Number *number, SpkField *field)
{
	uint64_t msecs;

	if (number->negative || !whole_number(number, &msecs) || msecs > MAX_MSECS)
		return false;
	field->integer = ((int64_t) msecs - SPK_EPOCH_MSECS) * 1000;
	return true;
}

/*
 * One division of two exact doubles rounds once, as it should (W. D. Clinger,
 * How to Read Floating Point Numbers Accurately, 1990), where doubles are
 * computed as such.
 */
static inline bool
float_field(const Number *number, SpkField *field)
{
	static const double powers[MAX_DIGITS + 1] = {1e0,	1e1,  1e2,	1e3,  1e4,	1e5,  1e6,
												  1e7,	1e8,  1e9,	1e10, 1e11, 1e12, 1e13,
												  1e14, 1e15, 1e16, 1e17, 1e18};
	double				value;

	if (FLT_EVAL_METHOD != 0 || number->mantissa > MAX_MANTISSA)
		return false;
	value = (double) number->mantissa / powers[number->scale];
	field->number = number->negative ? -value : value;
	return true;
}

static inline bool
read_number_field(Cursor *c, SpkEventType type, SpkField *field)
{
	const char *start = c->at;
	Number		number;

	if (!read_number(c, &number))
		return false;
	switch (type)
	{
		case SPK_TYPE_TIME:
			return time_field(&number, field);
		case SPK_TYPE_INT8:
			return integer_field(&number, INT64_MAX, field);
		case SPK_TYPE_INT4:
			return integer_field(&number, INT32_MAX, field);
		case SPK_TYPE_FLOAT:
			return float_field(&number, field);
		case SPK_TYPE_TEXT:
			field->text.data = start;
			field->text.len = (int) (c->at - start);
			return !number.point;
	}
	return false;
}

/* A time as text. */
static bool
read_time_text(Cursor *c, SpkField *field)
{
	Text text;

	c->at++;
	return read_text(c, &text) && !text.escapes &&
		spk_time_of_iso8601(text.start, (size_t) (text.end - text.start), &field->integer);
}

static inline bool
read_text_field(Cursor *c, bool wanted, SpkField *field)
{
	Text text;

	c->at++;
	if (!read_text(c, &text))
		return false;
	if (!wanted)
		return true;
	if (text.escapes)
		unescape(c, &text, field);
	else
	{
		field->text.data = text.start;
		field->text.len = (int) (text.end - text.start);
	}
	return true;
}

static inline bool
read_word(Cursor *c, const char *word, size_t len)
{
	if ((size_t) (c->end - c->at) < len || memcmp(c->at, word, len) != 0)
		return false;
	c->at += len;
	return true;
}

static inline bool
read_field(Cursor *c, int col, bool wanted, SpkEventRow *row)
{
	SpkEventType type = spk_event_keys[col].type;

	if (*c->at == 'n')
		return read_word(c, "null", 4);
	row->given |= UINT32_C(1) << col;
	row->isnull[col] = !wanted;
	if (*c->at != '"')
		return read_number_field(c, type, &row->field[col]);
	if (type == SPK_TYPE_TEXT)
		return read_text_field(c, wanted, &row->field[col]);
	return type == SPK_TYPE_TIME && read_time_text(c, &row->field[col]);
}

/* The value of a key that is no column. */
static bool
skip_value(Cursor *c)
{
	Number number;
	Text   text;

	switch (*c->at)
	{
		case '"':
			c->at++;
			return read_text(c, &text);
		case 'n':
			return read_word(c, "null", 4);
		case 't':
			return read_word(c, "true", 4);
		case 'f':
			return read_word(c, "false", 5);
		default:
			return read_number(c, &number);
	}
}

/* Whether the line goes on with this key, its quote and a colon. */
static inline bool
is_key(const Cursor *c, const SpkQuotedKey *key)
{
#ifdef __SSE2__
	if (c->end - c->at >= SPK_KEY_BYTES)
	{
		__m128i	 bytes = _mm_loadu_si128((const __m128i *) c->at);
		__m128i	 wanted = _mm_loadu_si128((const __m128i *) key->bytes);
		unsigned others = (unsigned) _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)) ^ 0xFFFF;

		/* no byte of the key's is another */
		return (others & ((1U << key->len) - 1)) == 0;
	}
#endif
	return (size_t) (c->end - c->at) >= key->len && memcmp(c->at, key->bytes, key->len) == 0;
}

/*
 * Reads a key and the colon behind it; col may be SPK_EVENT_NO_COLUMN.  How the key of
 * a column is spelled is what the next line is guessed to have.
 */
static inline bool
read_key(SpkLineParser *parser, Cursor *c, int guess, int *col)
{
	Text text;
	bool exact;

	if (*c->at != '"')
		return false;
	c->at++;
	if (is_key(c, &parser->keys[guess]))
	{
		c->at += parser->keys[guess].len;
		*col = guess;
		return true;
	}
	if (!read_text(c, &text) || text.escapes)
		return false;
	*col = spk_column_of_key(text.start, (size_t) (text.end - text.start), &exact);
	if (*col != SPK_EVENT_NO_COLUMN)
		memcpy(parser->keys[*col].bytes, text.start, (size_t) (text.end - text.start));
	skip_spaces(c);
	return *c->at++ == ':';
}

bool
spk_line_parse(SpkLineParser *parser, const char *line, size_t len, uint32_t wanted,
			   SpkEventRow *row)
{
	Cursor	 c = {line + 1, line + len, parser->unescaped};
	uint32_t seen = 0;
	int		 previous = SPK_N_COLUMNS;

	if (len < 2 || len > SPK_FAST_LINE_BYTES || line[0] != '{' || line[len - 1] != '}')
		return false;
	row->given = 0;
	memset(row->isnull, true, sizeof(row->isnull));
	do
	{
		int col;

		skip_spaces(&c);
		if (!read_key(parser, &c, parser->next[previous], &col))
			return false;
		skip_spaces(&c);
		if (col == SPK_EVENT_NO_COLUMN)
		{
			if (!skip_value(&c))
				return false;
		}
		else
		{
			uint32_t bit = UINT32_C(1) << col;

			if ((seen & bit) != 0 || !read_field(&c, col, (wanted & bit) != 0, row))
				return false;
			seen |= bit;
			parser->next[previous] = (uint8_t) col;
			previous = col;
		}
		skip_spaces(&c);
	} while (*c.at++ == ',');
	return c.at == c.end && c.at[-1] == '}' && (seen & SPK_EVENT_COLUMNS) != 0;
}

/*
 * line_escape.h
 *	  The escapes in the texts of JSON.
 */
#ifndef SPK_CORE_EVENTS_LINE_ESCAPE_H
#define SPK_CORE_EVENTS_LINE_ESCAPE_H

#include <stdint.h>

/* Returns what a short escape stands for, or 0 when there is no such escape. */
static inline char
spk_line_unescaped_byte(char escape)
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

/* What each byte is as a hexadecimal digit, or -1. */
extern const int8_t spk_line_hex_digits[256];

/* Returns what the four hexadecimal digits at p are; below 0 when one of the bytes is none. */
static inline int32_t
spk_line_hex4(const char *p)
{
	const unsigned char *digits = (const unsigned char *) p;

	/* the sign of any of them is that of all */
	return spk_line_hex_digits[digits[0]] * 4096 | spk_line_hex_digits[digits[1]] * 256 |
		spk_line_hex_digits[digits[2]] * 16 | spk_line_hex_digits[digits[3]];
}

/* Writes a character as UTF-8; returns the place behind it. */
static inline char *
spk_line_put_character(char *to, int32_t code)
{
	if (code < 0x80)
		*to++ = (char) code;
	else if (code < 0x800)
		*to++ = (char) (0xC0 | code >> 6);
	else if (code < 0x10000)
	{
		*to++ = (char) (0xE0 | code >> 12);
		*to++ = (char) (0x80 | (code >> 6 & 0x3F));
	}
	else
	{
		*to++ = (char) (0xF0 | code >> 18);
		*to++ = (char) (0x80 | (code >> 12 & 0x3F));
		*to++ = (char) (0x80 | (code >> 6 & 0x3F));
	}
	if (code >= 0x80)
		*to++ = (char) (0x80 | (code & 0x3F));
	return to;
}

#endif /* SPK_CORE_EVENTS_LINE_ESCAPE_H */

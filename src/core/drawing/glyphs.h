/*
 * glyphs.h
 *	  How wide a text will be, in a font that is not known.
 *
 * Pictures name no font, since a font from elsewhere is a request to elsewhere, and
 * each system has others.  So widths are taken from the widest sans serif font in use
 * (DejaVu Sans, which is as wide as Verdana): what fits by these fits by the others.
 */
#ifndef SPK_CORE_DRAWING_GLYPHS_H
#define SPK_CORE_DRAWING_GLYPHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands for bytes that are no character. */
#define SPK_REPLACEMENT 0xFFFD

/*
 * The character at *at, behind which *at is then; at must be below end.  A byte that
 * does not belong to valid UTF-8 is SPK_REPLACEMENT.
 */
extern uint32_t spk_next_char(const char **at, const char *end);

/* The width of len bytes of text, as a multiple of the size of the font. */
extern double spk_text_width(const char *text, size_t len, bool bold);

/*
 * How many bytes of the text, from its start, are at most so wide.  It is cut before a
 * character that stands for itself, never between a letter and its marks or within an
 * emoji that is joined of several.
 */
extern size_t spk_text_fit(const char *text, size_t len, bool bold, double width);

/* The width on a terminal, in columns: 0 for marks, 2 for wide characters. */
extern int	  spk_text_columns(const char *text, size_t len);
extern size_t spk_text_fit_columns(const char *text, size_t len, int columns);

/* Has the text a letter that is written from right to left? */
extern bool spk_text_right_to_left(const char *text, size_t len);

#endif /* SPK_CORE_DRAWING_GLYPHS_H */

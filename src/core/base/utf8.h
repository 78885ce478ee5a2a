/*
 * utf8.h
 *	  What is valid UTF-8 for PostgreSQL.
 */
#ifndef SPK_CORE_BASE_UTF8_H
#define SPK_CORE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Are the len bytes valid UTF-8?  They are when no byte is out of place and there
 * is no overlong form, no surrogate and nothing above U+10FFFF (RFC 3629, section
 * 4), and no U+0000 either, which no text of PostgreSQL holds.
 */
extern bool spk_utf8_valid(const char *text, size_t len);

/*
 * Returns the length of a text that was cut off after len bytes, without the piece
 * of a character that the cut may have left at the end.
 */
extern size_t spk_utf8_whole(const char *text, size_t len);

#endif /* SPK_CORE_BASE_UTF8_H */

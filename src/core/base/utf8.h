/*
 * utf8.h
 *	  Valid UTF-8, as PostgreSQL sees it.
 */
#ifndef SPK_CORE_BASE_UTF8_H
#define SPK_CORE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the len bytes are UTF-8: no byte out of place, no overlong form, no
 * surrogate, nothing above U+10FFFF (RFC 3629, section 4), and no U+0000, which
 * no text of PostgreSQL holds.
 */
extern bool spk_utf8_valid(const char *text, size_t len);

/*
 * The length of what was cut off after len bytes without the piece of a character
 * that the cut left at its end.
 */
extern size_t spk_utf8_whole(const char *text, size_t len);

#endif /* SPK_CORE_BASE_UTF8_H */

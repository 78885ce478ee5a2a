/*
 * escape.h
 *	  Any text as part of SVG or HTML, in ASCII.
 */
#ifndef SPK_CORE_DRAWING_ESCAPE_H
#define SPK_CORE_DRAWING_ESCAPE_H

#include "core/base/bytes.h"

/*
 * Appends len bytes of UTF-8 for the contents of an element or of an attribute in quotes.
 * Characters that mean something there, and those beyond ASCII, are written by name or
 * number; control characters, which XML does not allow, by a symbol, and bytes that are
 * no character by U+FFFD.
 */
extern void spk_put_escaped(SpkWriter *w, const char *text, size_t len);

#endif /* SPK_CORE_DRAWING_ESCAPE_H */

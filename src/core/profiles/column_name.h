/*
 * column_name.h
 *	  A name of events as a part of a column's name.
 */
#ifndef SPK_CORE_PROFILES_COLUMN_NAME_H
#define SPK_CORE_PROFILES_COLUMN_NAME_H

#include <stddef.h>

/* The most bytes of such a part: with what is put before and behind, it is less than 64. */
#define SPK_SLUG_BYTES 36

/*
 * What a column's name makes of a text, which is UTF-8, into slug with its
 * terminator; its length.  ASCII letters become small, digits and letters beyond
 * ASCII stay, all else (white space, punctuation, control and direction
 * characters) becomes one underscore, none at either end.  Begins with a letter,
 * so that no quotes are needed.  Different texts may have the same slug.
 */
extern size_t spk_column_slug(const char *text, size_t len, char slug[SPK_SLUG_BYTES + 1]);

#endif /* SPK_CORE_PROFILES_COLUMN_NAME_H */

/*
 * json_string.h
 *	  The texts that stand in valid JSON.
 */
#ifndef SPK_JSON_JSON_STRING_H
#define SPK_JSON_JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes what stands between the quotes of a string of valid JSON, without its
 * escapes, to a place with room for as many bytes; returns their number.  A lone
 * surrogate becomes U+FFFD, and *lone true if it is not NULL.
 */
extern size_t spk_json_unescape(const char *start, const char *end, char *to, bool *lone);

/* Returns the place behind the string of valid JSON whose first quote is at this place. */
extern const char *spk_json_string_end(const char *quote, const char *end);

/*
 * Returns the place behind the value of valid JSON that begins at this place, which
 * is no white space.
 */
extern const char *spk_json_value_end(const char *at, const char *end);

/* Returns the next place that is no white space, or end. */
extern const char *spk_json_skip_white(const char *at, const char *end);

#endif /* SPK_JSON_JSON_STRING_H */

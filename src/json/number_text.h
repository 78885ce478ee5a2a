/*
 * number_text.h
 *	  The numbers of JSON as they are spelled.
 */
#ifndef SPK_JSON_NUMBER_TEXT_H
#define SPK_JSON_NUMBER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is this terminated text of len bytes a number by JSON's grammar, and nothing else? */
extern bool spk_number_is_valid(const char *text, size_t len);

/* Is a number whole, and an integer of 64 bits? */
typedef enum SpkWholeness
{
	SPK_NUMBER_INTEGER,
	SPK_NUMBER_FRACTION,
	SPK_NUMBER_TOO_LARGE /* and whole */
} SpkWholeness;

/*
 * Sets *value to this terminated number, if it is an integer of 64 bits, however it is
 * spelled: 12, 12.0 and 1.2e1 are the same.  No digit is lost on the way.
 */
extern SpkWholeness spk_number_whole(const char *text, int64_t *value);

/* Can PostgreSQL's numeric hold this number of len bytes, with all its digits? */
extern bool spk_number_fits(const char *text, size_t len);

#endif /* SPK_JSON_NUMBER_TEXT_H */

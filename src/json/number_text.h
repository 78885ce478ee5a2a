/*
 * number_text.h
 *	  The numbers of JSON as they are spelled.
 */
#ifndef SPK_JSON_NUMBER_TEXT_H
#define SPK_JSON_NUMBER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Is this terminated text of len bytes a number by JSON's grammar, and nothing else? */
extern bool spk_number_is_valid(const char *text, size_t len);

/* Is this terminated number written without a point and an exponent? */
extern bool spk_number_is_integer(const char *text);

/* Can PostgreSQL's numeric hold this number of len bytes, with all its digits? */
extern bool spk_number_fits(const char *text, size_t len);

#endif /* SPK_JSON_NUMBER_TEXT_H */

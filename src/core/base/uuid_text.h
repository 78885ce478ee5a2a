/*
 * uuid_text.h
 *	  What PostgreSQL takes for a uuid.
 */
#ifndef SPK_CORE_BASE_UUID_TEXT_H
#define SPK_CORE_BASE_UUID_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Is this text of len bytes a uuid: 32 hexadecimal digits, perhaps with a hyphen
 * behind any four of them but the last, and perhaps all in braces?
 */
extern bool spk_uuid_valid(const char *text, size_t len);

#endif /* SPK_CORE_BASE_UUID_TEXT_H */

/*
 * json_text.h
 *	  Strict reading of JSON text with json-c, with PostgreSQL's errors.
 *
 * The text is hostile: every member is checked for presence and type, and
 * members that nobody asked for are an error.  json-c's memory is not
 * PostgreSQL's; run everything that may raise an error between spk_json_parse
 * and json_object_put inside PG_TRY and PG_FINALLY.
 */
#ifndef SPK_HOST_JSON_TEXT_H
#define SPK_HOST_JSON_TEXT_H

#include "compat.h"

#include <json-c/json.h>

/* Parses text whole, at most 32 levels deep.  ERRCODE_INVALID_TEXT_REPRESENTATION if it is not JSON. */
extern json_object *spk_json_parse(const char *text, const char *what);

/* Raises "invalid input syntax for type WHAT" with this detail. */
pg_noreturn extern void spk_json_error(const char *what, const char *detail_fmt, ...)
	pg_attribute_printf(2, 3);

/* The beginning of a text of the user's, for a message: whole characters, palloc'd. */
extern char *spk_json_shown(const char *text);

/* The member of an object, of this type; NULL when it is absent and optional. */
extern json_object *spk_json_member(json_object *object, const char *key, json_type type,
									bool optional, const char *what);

/* A whole number in min .. max. */
extern int64 spk_json_int(json_object *object, const char *key, int64 min, int64 max,
						  const char *what);

/* A text, terminated; no NUL inside. */
extern const char *spk_json_string(json_object *object, const char *key, const char *what);

/* Raises an error when the object has members beyond the n keys. */
extern void spk_json_only(json_object *object, const char *const *keys, int n, const char *what);

#endif /* SPK_HOST_JSON_TEXT_H */

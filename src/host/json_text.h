/*
 * json_text.h
 *	  Reads JSON text strictly with json-c, and raises PostgreSQL's errors.
 *
 * The text is hostile: every member is checked for presence and type, and members
 * that nobody asked for are an error.  json-c's memory is not PostgreSQL's, so
 * everything between spk_json_parse and json_object_put that may raise an error
 * must be inside PG_TRY and PG_FINALLY.
 *
 * what is the name of the type that the text is read for.  All errors are
 * spk_json_error's unless said otherwise.
 */
#ifndef SPK_HOST_JSON_TEXT_H
#define SPK_HOST_JSON_TEXT_H

#include "compat.h"

#include <json-c/json.h>

/*
 * Parses the whole text, which may be nested 32 levels deep.  The result is never
 * NULL, and is the caller's to put back.
 */
extern json_object *spk_json_parse(const char *text, const char *what);

/*
 * Raises ERRCODE_INVALID_TEXT_REPRESENTATION, "invalid input syntax for type WHAT",
 * with this detail, a sentence.
 */
pg_noreturn extern void spk_json_error(const char *what, const char *detail_fmt, ...)
	pg_attribute_printf(2, 3);

/* The beginning of a user's text, cut between characters, for a message; palloc'd. */
extern char *spk_json_shown(const char *text);

/*
 * The member of an object.  Another type is an error, and so is its absence unless
 * it is optional: then NULL.  It belongs to the object.
 */
extern json_object *spk_json_member(json_object *object, const char *key, json_type type,
									bool optional, const char *what);

/*
 * A member that is a whole number from min to max.  These must not be the ends of
 * int64, which json-c makes of the numbers beyond them, too.
 */
extern int64 spk_json_int(json_object *object, const char *key, int64 min, int64 max,
						  const char *what);

/* A member that is a text without null characters, terminated.  It belongs to the object. */
extern const char *spk_json_string(json_object *object, const char *key, const char *what);

/* Raises an error when the object has a member whose key is not one of these n. */
extern void spk_json_only(json_object *object, const char *const *keys, int n, const char *what);

#endif /* SPK_HOST_JSON_TEXT_H */

/*
 * json_strict.h
 *	  Parses JSON text into json-c's objects, by the strict grammar, whichever
 *	  version of json-c is there.
 *
 * It needs libc and json-c only, so that it can be tested without a server.
 */
#ifndef SPK_JSON_JSON_STRICT_H
#define SPK_JSON_JSON_STRICT_H

#include <stdbool.h>
#include <stddef.h>

#include <json-c/json.h>

#include "core/base/host.h"

typedef struct SpkJsonParser
{
	struct json_tokener *tokener;
	bool				 is_fussy; /* json-c's strict mode refuses some JSON */
	size_t				 at;	   /* where the last text ended, or failed */
	/* private: up to where memory was asked for, and whether that place is in a string */
	size_t covered;
	bool   in_string;
	bool   is_escaped; /* behind a backslash in a string */
} SpkJsonParser;

/*
 * The result when there was no memory.  json-c has a code for that from 0.17 on
 * (json_tokener_error_memory); before, it reports a success or a fault of the
 * text.  json_tokener_error_desc does not know this one.
 */
#define SPK_JSON_NO_MEMORY ((enum json_tokener_error) 53200)

/* Opens a parser of values nested up to max_depth; false when there is no memory. */
extern bool spk_json_parser_open(SpkJsonParser *parser, int max_depth);

/* Closes a parser; one that is all zeros and was never opened may be closed, too. */
extern void spk_json_parser_close(SpkJsonParser *parser);

/*
 * Parses len bytes: one JSON value with nothing but white space around it.  On
 * json_tokener_success *value is the caller's to put back, and NULL for null.
 * Otherwise *value is NULL, and the result says what is wrong at byte parser->at
 * of the text, counted from 0.  json_tokener_continue means that the host wants
 * to stop, SPK_JSON_NO_MEMORY that nothing is known of the text.  When the host
 * jumps instead, nothing is left behind but the parser, which is to be closed.
 *
 * Bytes above 127 within strings are passed on as they are.  An integer that
 * 64 bits cannot hold becomes the nearest one that they can.
 */
extern enum json_tokener_error spk_json_parse_strict(SpkJsonParser *parser, const char *text,
													 size_t len, const SpkHost *host,
													 struct json_object **value);

#endif /* SPK_JSON_JSON_STRICT_H */

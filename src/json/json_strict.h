/*
 * json_strict.h
 *	  JSON text to json-c's objects, strictly, whichever json-c it is.
 *
 * libc and json-c only, so that it can be tested without a server.
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
	/* private: the bytes that memory was there for, and where they end */
	size_t covered;
	bool   in_string;
	bool   is_escaped;
} SpkJsonParser;

/*
 * The result when there was no memory.  json-c has a word for it from 0.17 on
 * (json_tokener_error_memory); before, it calls that a success or takes it for
 * a fault of the text.  json_tokener_error_desc does not know this one.
 */
#define SPK_JSON_NO_MEMORY ((enum json_tokener_error) 53200)

/* Opens a parser of values nested up to max_depth; false when there is no memory. */
extern bool spk_json_parser_open(SpkJsonParser *parser, int max_depth);

/* Also for a parser of zeros, which was never opened. */
extern void spk_json_parser_close(SpkJsonParser *parser);

/*
 * Parses len bytes, one JSON value with nothing but white space around it.
 * json_tokener_success: *value is the caller's to put back, and NULL for null.
 * Else *value is NULL and the result says what is wrong at byte parser->at of
 * the text, from 0; json_tokener_continue means that the host wants to stop, and
 * SPK_JSON_NO_MEMORY that the text may well be JSON.  A host that jumps instead
 * leaves nothing behind but the parser, to be closed.
 *
 * Bytes above 127 pass within strings as they are.  An integer that 64 bits
 * cannot hold becomes the nearest that they can.
 */
extern enum json_tokener_error spk_json_parse_strict(SpkJsonParser *parser, const char *text,
													 size_t len, const SpkHost *host,
													 struct json_object **value);

#endif /* SPK_JSON_JSON_STRICT_H */

/*
 * profile_reading.h
 *	  Reading a profile's JSON text: its faults and its values.
 */
#ifndef SPK_JSON_PROFILE_READING_H
#define SPK_JSON_PROFILE_READING_H

#include <json-c/json.h>

#include "json/json_pieces.h"
#include "json/profile_text.h"

/* The longest text of a slice or of a member beside them: json-c's memory is some forty times that. */
#define SPK_READING_BYTES 65536

/* One reading; what follows a fault does no harm and is not heard of. */
typedef struct SpkProfileReading
{
	SpkJsonParser	*parser;
	SpkProfileState *state;
	const SpkHost	*host;
	SpkTextFault	*fault;
	SpkStatus		 status;
} SpkProfileReading;

/* Takes note of the fault, the first one: before, name (len bytes, cut to what fits) and after. */
extern void spk_reading_fail_at(SpkProfileReading *r, const char *before, const char *name,
								size_t len, const char *after);

/* The fault of a member: after goes on behind its name and begins with the quote that ends it. */
extern void spk_reading_fail_member(SpkProfileReading *r, const char *key, const char *after);

/* A fault without a name in it. */
extern void spk_reading_fail(SpkProfileReading *r, const char *what);

/* Takes note of a status that is no fault of the text. */
extern void spk_reading_note(SpkProfileReading *r, SpkStatus status);

/* A piece as json-c's object, or NULL after a fault; the caller puts it back before the host is called. */
extern json_object *spk_reading_parse(SpkProfileReading *r, SpkJsonPiece piece);

/* What spk_reading_fail_member says behind the name of a member that is not of this type. */
extern const char *spk_wrong_type(json_type type);

/* The member of an object, of this type; NULL when it is absent, which is a fault unless it is optional. */
extern json_object *spk_reading_member(SpkProfileReading *r, json_object *object, const char *key,
									   json_type type, bool optional);

/* A whole number from min to max; that of the lowest is not to be trusted (see is_lowest_written). */
extern int64_t spk_reading_int(SpkProfileReading *r, json_object *value, const char *key,
							   int64_t min, int64_t max);

/* A time, of a string. */
extern int64_t spk_reading_time(SpkProfileReading *r, json_object *value, const char *key);

/* The slices of the array that comes next, into the state. */
extern void spk_read_slices(SpkProfileReading *r, SpkJsonCursor *c);

#endif /* SPK_JSON_PROFILE_READING_H */

/*
 * profile_reading.h
 *	  Reads the values of a profile's JSON text, and keeps its first fault.
 */
#ifndef SPK_JSON_PROFILE_READING_H
#define SPK_JSON_PROFILE_READING_H

#include <json-c/json.h>

#include "json/json_pieces.h"
#include "json/profile_text.h"

/*
 * The longest text of a slice, or of another member of a profile.  json-c takes
 * some forty times that of memory.
 */
#define SPK_READING_BYTES 65536

/* One reading.  Only the first fault is kept; what is read after it is not used. */
typedef struct SpkProfileReading
{
	SpkJsonParser	*parser;
	SpkProfileState *state;
	const SpkHost	*host;
	SpkTextFault	*fault;
	SpkStatus		 status;
} SpkProfileReading;

/* Notes the first fault: before, name (len bytes, cut to what fits) and after. */
extern void spk_reading_fail_at(SpkProfileReading *r, const char *before, const char *name,
								size_t len, const char *after);

/* Notes a fault of a member.  after follows its name, and begins with the quote that ends it. */
extern void spk_reading_fail_member(SpkProfileReading *r, const char *key, const char *after);

/* Notes a fault that quotes nothing from the text. */
extern void spk_reading_fail(SpkProfileReading *r, const char *what);

/* Notes a status that is no fault of the text. */
extern void spk_reading_note(SpkProfileReading *r, SpkStatus status);

/*
 * Parses a piece; NULL after a fault.  The caller puts the result back before the
 * host is called, which may jump.
 */
extern json_object *spk_reading_parse(SpkProfileReading *r, SpkJsonPiece piece);

/* The end of a fault, for spk_reading_fail_member, of a member that is not of this type. */
extern const char *spk_wrong_type(json_type type);

/*
 * The member of an object.  Another type is a fault, and so is its absence unless
 * it is optional; both give NULL.  It belongs to the object.
 */
extern json_object *spk_reading_member(SpkProfileReading *r, json_object *object, const char *key,
									   json_type type, bool optional);

/*
 * A whole number, whose fault it is not to be from min to max.  INT64_MIN is not to
 * be trusted: json-c makes it of all numbers below, too.
 */
extern int64_t spk_reading_int(SpkProfileReading *r, json_object *value, const char *key,
							   int64_t min, int64_t max);

/* The time in a string; SPK_NO_TIME after a fault. */
extern int64_t spk_reading_time(SpkProfileReading *r, json_object *value, const char *key);

/*
 * Which of n members has this key, seen for the first time?  n after a fault: the
 * key is another one, or there twice.
 */
extern int spk_reading_key(SpkProfileReading *r, SpkJsonPiece key, const char *const *names, int n,
						   bool *seen);

/*
 * Does a piece say INT64_MIN?  Asked where a number of it was read as that, and
 * nothing else there can look like it: see spk_reading_int.
 */
extern bool spk_says_lowest(SpkJsonPiece piece);

/* Reads the array of slices, which comes next, into the state. */
extern void spk_read_slices(SpkProfileReading *r, SpkJsonCursor *c);

#endif /* SPK_JSON_PROFILE_READING_H */

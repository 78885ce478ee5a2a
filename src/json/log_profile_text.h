/*
 * log_profile_text.h
 *	  Writes and reads the JSON text of a profile of any log.
 *
 *	  {"version": 2, "more_names": true, "days": [
 *		{"day": "2024-03-01", "events": {"view": 12,
 *		   "buy": {"events": 2, "amounts": 2, "sum": 39.98, "refunds": 5}},
 *		 "other_events": 3, "hours": 190, "levels": {"free": 17}, "last_level": "free",
 *		 "last_level_at": "2024-03-01T11:00:00+00:00", "sessions": [
 *		   {"id": 7, "first": "2024-03-01T10:00:00+00:00", "last": ...}]}]}
 *
 * It says all that the bytes do.  The tables of names and levels, and the units of
 * times and amounts, follow from the days.  Numbers, amounts too, are exact.  As
 * with profiles of the music log (profile_text.h), absent members are unknown or
 * zero, and it needs libc and json-c only.
 *
 * "events" counts by name; a name with amounts has an object, which says of how
 * many of its events there is one.  "other_events" are those of names that are too
 * long, or beyond what a profile keeps (then there is "more_names", too); likewise
 * "other_levels", with "more_levels".  A last level that is one of those has a time
 * but no name.  "hours" is the sum of the events' UTC hours.  A session has an "id"
 * where that is a number, the "hash" of one that is not, or neither.
 */
#ifndef SPK_JSON_LOG_PROFILE_TEXT_H
#define SPK_JSON_LOG_PROFILE_TEXT_H

#include "core/profiles/log_profile.h"
#include "json/profile_text.h"

/* The digits of a session's hash. */
#define SPK_HASH_DIGITS 10

/*
 * Is this text of a profile of any log, and not of one of the music log?  The
 * member with its days tells, which may have only small ones before it.  A text
 * that is of neither is called one of the music log.
 */
extern bool spk_is_log_profile_text(const char *text, size_t len);

/*
 * Appends the text, in UTF-8, of a profile's bytes to w.  SPK_CORRUPT: they are no
 * profile, and *why says why, as static text without a final period.
 * SPK_NO_MEMORY and SPK_CANCELLED leave w with a part of the text.
 */
extern SpkStatus spk_log_profile_write_text(const SpkHost *host, const void *data, size_t len,
											SpkWriter *w, const char **why);

/*
 * Adds what the text, in UTF-8, says to an empty state, one day after the other.
 * SPK_CORRUPT: the text is no profile, and *fault says why.  SPK_NO_MEMORY comes
 * also when json-c had none; SPK_CANCELLED when the host of the state's dictionary
 * wants to stop.  A host that jumps leaves nothing behind but the parser, which is
 * the caller's.
 *
 * Whether there are days at all, and the tables full where they should be, is for
 * the caller to check, by spk_log_profile_check of what the state encodes to.
 */
extern SpkStatus spk_log_profile_read_text(SpkJsonParser *parser, const char *text, size_t len,
										   SpkLogProfileState *state, SpkTextFault *fault);

#endif /* SPK_JSON_LOG_PROFILE_TEXT_H */

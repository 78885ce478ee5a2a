/*
 * profile_text.h
 *	  Writes and reads a profile's JSON text.
 *
 * Times are ISO 8601 in UTC and exact (core/base/calendar.h).  Absent members are
 * unknown or zero.  It needs libc and json-c only, so that it can be tested and
 * fuzzed without a server.
 */
#ifndef SPK_JSON_PROFILE_TEXT_H
#define SPK_JSON_PROFILE_TEXT_H

#include "core/profiles/profile.h"
#include "json/json_strict.h"

/* How deep a parser for these texts must go: a slice, its pages, and some more. */
#define SPK_PROFILE_DEPTH 8

/*
 * What is wrong with a text, for people: before, name and after, put together.
 * name is quoted from the text, or empty, and may be cut within a character; the
 * other two are static.
 */
typedef struct SpkTextFault
{
	const char *before;
	const char *after;
	char		name[128];
} SpkTextFault;

/*
 * Appends the text of a profile's bytes to w.  SPK_CORRUPT: they are no profile,
 * and *why says why, as static text without a final period.  SPK_NO_MEMORY and
 * SPK_CANCELLED leave w with a part of the text.
 */
extern SpkStatus spk_profile_write_text(const SpkHost *host, const void *data, size_t len,
										SpkWriter *w, const char **why);

/*
 * Adds what the text says to an empty state, one slice after the other.
 * SPK_CORRUPT: the text is no profile, and *fault says why.  SPK_NO_MEMORY comes
 * also when json-c had none; SPK_CANCELLED when the host wants to stop.  A host
 * that jumps leaves nothing behind but the parser, which is the caller's.
 *
 * Whether the slices are as many as they should be, and agree with the header, is
 * for the caller to check, by spk_profile_check of what the state encodes to.
 */
extern SpkStatus spk_profile_read_text(SpkJsonParser *parser, const char *text, size_t len,
									   SpkProfileState *state, SpkTextFault *fault);

#endif /* SPK_JSON_PROFILE_TEXT_H */

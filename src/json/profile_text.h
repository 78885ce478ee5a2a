/*
 * profile_text.h
 *	  A profile's JSON text: libc and json-c only, so that it can be tested and
 *	  fuzzed without a server.
 *
 * Times are ISO 8601 in UTC and exact (core/calendar.h); absent members are
 * unknown or zero.
 */
#ifndef SPK_JSON_PROFILE_TEXT_H
#define SPK_JSON_PROFILE_TEXT_H

#include "core/profiles/profile.h"
#include "json/json_strict.h"

/* How deep the values in the text are nested: a slice and its pages. */
#define SPK_PROFILE_DEPTH 8

/*
 * What is wrong with a text, for people: before, name and after, one behind the
 * other.  name is what the text says, or empty, and may be cut within a
 * character.
 */
typedef struct SpkTextFault
{
	const char *before;
	const char *after;
	char		name[128];
} SpkTextFault;

/* Appends the text of a profile's bytes; SPK_CORRUPT with a reason in *why, SPK_CANCELLED, SPK_NO_MEMORY. */
extern SpkStatus spk_profile_write_text(const SpkHost *host, const void *data, size_t len,
										SpkWriter *w, const char **why);

/*
 * Adds what the text says to an empty state, one slice after the other.  SPK_CORRUPT
 * with *fault when it is no profile; that the slices are as many as they should
 * be and agree with the header is left to spk_profile_check.  SPK_NO_MEMORY,
 * also when json-c had none, and SPK_CANCELLED.  A host that jumps leaves nothing
 * behind but the parser, which is the caller's.
 */
extern SpkStatus spk_profile_read_text(SpkJsonParser *parser, const char *text, size_t len,
									   SpkProfileState *state, SpkTextFault *fault);

#endif /* SPK_JSON_PROFILE_TEXT_H */

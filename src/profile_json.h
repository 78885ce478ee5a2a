/*
 * profile_json.h
 *	  A profile as JSON text.
 */
#ifndef SPK_PROFILE_JSON_H
#define SPK_PROFILE_JSON_H

#include "compat.h"

#include "lib/stringinfo.h"

#include "core/profile.h"

/* Appends the JSON text of a profile's bytes; raises an error if they are corrupt. */
extern void spk_profile_to_json(StringInfo out, const void *data, size_t len);

/*
 * Adds what the JSON text says to an empty state.  Raises an error on text
 * that is not a profile; what is only inconsistent is left to
 * spk_profile_check.
 */
extern void spk_profile_from_json(const char *text, SpkProfileState *state);

#endif							/* SPK_PROFILE_JSON_H */

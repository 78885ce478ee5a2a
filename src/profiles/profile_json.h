/*
 * profile_json.h
 *	  A profile as JSON text, with PostgreSQL's memory and errors.
 */
#ifndef SPK_PROFILES_PROFILE_JSON_H
#define SPK_PROFILES_PROFILE_JSON_H

#include "postgres.h"

#include "core/profiles/profile.h"

/* The JSON text of a profile, palloc'd, as one or the other; raises an error if its bytes are corrupt. */
extern text *spk_profile_to_json(const bytea *profile);
extern char *spk_profile_to_cstring(const bytea *profile);

/*
 * Adds what the JSON text says to an empty state.  Raises an error on text
 * that is not a profile; what is only inconsistent is left to
 * spk_profile_check.
 */
extern void spk_profile_from_json(const char *text, SpkProfileState *state);

#endif /* SPK_PROFILES_PROFILE_JSON_H */

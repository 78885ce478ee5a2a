/*
 * profile_json.h
 *	Profiles as JSON text, with PostgreSQL's memory and errors.
 */
#ifndef SPK_PROFILES_PROFILE_JSON_H
#define SPK_PROFILES_PROFILE_JSON_H

#include "postgres.h"

#include "core/profiles/profile.h"

/*
 * Return the JSON text of a profile, palloc'd, in one form or the other.  Corrupt bytes
 * raise an error.
 */
extern text *spk_profile_to_json(const bytea *profile);
extern char *spk_profile_to_cstring(const bytea *profile);

/*
 * Adds what a JSON text says to an empty state.  Text that is no profile raises an
 * error.  A profile that is inconsistent is found by spk_profile_check later.
 */
extern void spk_profile_from_json(const char *text, SpkProfileState *state);

#endif /* SPK_PROFILES_PROFILE_JSON_H */

/*
 * profile_json.h
 *	Profiles as JSON text, with PostgreSQL's memory and errors.
 */
#ifndef SPK_PROFILES_PROFILE_JSON_H
#define SPK_PROFILES_PROFILE_JSON_H

#include "postgres.h"

#include "core/profiles/log_profile.h"
#include "core/profiles/profile.h"

/*
 * Return the JSON text of a profile of either kind, in the database's encoding,
 * palloc'd, in one form or the other.  Corrupt bytes raise an error.
 */
extern text *spk_profile_to_json(const bytea *profile);
extern char *spk_profile_to_cstring(const bytea *profile);

/*
 * Add what a JSON text, in UTF-8, of a profile of the music log, or of any other,
 * says to an empty state.  Text that is no profile raises an error.  A profile that is
 * inconsistent is found by spk_profile_check, or spk_log_profile_check, later.
 */
extern void spk_profile_from_json(const char *text, size_t len, SpkProfileState *state);
extern void spk_log_profile_from_json(const char *text, size_t len, SpkLogProfileState *state);

#endif /* SPK_PROFILES_PROFILE_JSON_H */

/*
 * profile_type.h
 *	The SQL type churn_profile, which holds the bytes of a profile.
 */
#ifndef SPK_PROFILES_PROFILE_TYPE_H
#define SPK_PROFILES_PROFILE_TYPE_H

#include "compat.h"

#include "core/profiles/log_profile.h"
#include "core/profiles/log_reader.h"
#include "core/profiles/profile.h"
#include "host/detoast.h"

/* What messages call a profile. */
#define PROFILE_WHAT "churn profile"

/* A profile argument, detoasted, for VARDATA_ANY and VARSIZE_ANY_EXHDR. */
#define PG_GETARG_PROFILE_PP(n) ((bytea *) spk_detoast_packed(PG_GETARG_DATUM(n)))

/* Is the profile, detoasted, of any log rather than of the music log? */
static inline bool
spk_profile_is_of_any_log(const bytea *profile)
{
	return spk_is_log_profile(VARDATA_ANY(profile), VARSIZE_ANY_EXHDR(profile));
}

/*
 * Raises an error, which names the function that was called, when the profile is
 * not of the music log: ERRCODE_DATATYPE_MISMATCH.
 */
extern void spk_require_music_profile(const bytea *profile, const char *function);

/* Returns the finished profile of a state, palloc'd in the current context. */
extern bytea *spk_profile_datum(SpkProfileState *state);

/*
 * Adds the content of a profile value to a state; an error when the one is of the
 * music log and the other is not.
 */
extern void spk_profile_add_datum(SpkProfileState *state, const bytea *profile);

/* The same two for any log. */
extern bytea *spk_log_profile_datum(SpkLogProfileState *state);
extern void	  spk_log_profile_add_datum(SpkLogProfileState *state, const bytea *profile);

#endif /* SPK_PROFILES_PROFILE_TYPE_H */

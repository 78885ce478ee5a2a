/*
 * profile_type.h
 *	  The SQL type churn_profile: a varlena around the core's profile bytes.
 */
#ifndef SPK_PROFILES_PROFILE_TYPE_H
#define SPK_PROFILES_PROFILE_TYPE_H

#include "compat.h"

#include "core/profiles/profile.h"
#include "host/detoast.h"

#define PROFILE_WHAT "churn profile"

/* A profile argument, detoasted; good for VARDATA_ANY and VARSIZE_ANY_EXHDR. */
#define PG_GETARG_PROFILE_PP(n) ((bytea *) spk_detoast_packed(PG_GETARG_DATUM(n)))

/* The finished profile of a state, palloc'd in the current context. */
extern bytea *spk_profile_datum(SpkProfileState *state);

/* Adds the content of a profile value to a state. */
extern void spk_profile_add_datum(SpkProfileState *state, const bytea *profile);

#endif /* SPK_PROFILES_PROFILE_TYPE_H */

/*
 * profile_source.h
 *	  Sources with a column of profiles.
 */
#ifndef SPK_PROFILES_PROFILE_SOURCE_H
#define SPK_PROFILES_PROFILE_SOURCE_H

#include "postgres.h"

#include "access/tupdesc.h"

/* Is the column of type churn_profile, or of a domain over it?  function is one of the extension's. */
extern bool spk_is_profile_column(Form_pg_attribute column, Oid function);

/*
 * The name of the column of profiles: this one, which must be there and be of
 * type churn_profile, or for NULL the only one of that type.
 */
extern const char *spk_profile_column(TupleDesc columns, const char *name, Oid function);

#endif /* SPK_PROFILES_PROFILE_SOURCE_H */

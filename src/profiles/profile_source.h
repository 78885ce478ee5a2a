/*
 * profile_source.h
 *	  Sources with a column of profiles.
 */
#ifndef SPK_PROFILES_PROFILE_SOURCE_H
#define SPK_PROFILES_PROFILE_SOURCE_H

#include "postgres.h"

#include "access/tupdesc.h"

/*
 * Is the column of type churn_profile, or of a domain over it?  The type is looked up
 * in the schema of this function, which is one of the extension's.
 */
extern bool spk_is_profile_column(Form_pg_attribute column, Oid function);

/*
 * Returns the name of the column of profiles: the one called name, or when that is
 * NULL the only one of type churn_profile.  It is an error when there is no such
 * column, when it is of another type, and when there are several to choose from; the
 * hint says how.
 */
extern const char *spk_profile_column(TupleDesc columns, const char *name, Oid function,
									  const char *hint);

/*
 * Has the column of profiles, quoted, of a source (as of spk_source_from) some of another
 * log than the music service's?  Reads the source; schema is ours, quoted.
 */
extern bool spk_has_other_profiles(const char *schema, const char *from, const char *profile);

#endif /* SPK_PROFILES_PROFILE_SOURCE_H */

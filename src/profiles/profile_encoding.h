/*
 * profile_encoding.h
 *	  The JSON text of profiles in the database's encoding.
 *
 * Profiles hold UTF-8, so that they are the same bytes in every database, and
 * json-c knows nothing else.  SQL_ASCII is no encoding: there bytes stay as they
 * are.
 */
#ifndef SPK_PROFILES_PROFILE_ENCODING_H
#define SPK_PROFILES_PROFILE_ENCODING_H

#include "postgres.h"

#include "core/base/bytes.h"

/* A JSON text of the database's as UTF-8, palloc'd if it differs, and its length. */
extern const char *spk_profile_text_to_utf8(const char *text, size_t *len);

/*
 * Puts a JSON text of UTF-8, or one to be read by people, which begins so many bytes behind the writer's start,
 * into the database's encoding.  A character that this lacks becomes an escape.
 */
extern void spk_profile_text_to_server(SpkWriter *w, size_t from);

#endif /* SPK_PROFILES_PROFILE_ENCODING_H */

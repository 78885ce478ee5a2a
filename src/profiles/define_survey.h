/*
 * define_survey.h
 *	  What names and levels the profiles of a source have.
 */
#ifndef SPK_PROFILES_DEFINE_SURVEY_H
#define SPK_PROFILES_DEFINE_SURVEY_H

#include "compat.h"

#include "core/profiles/log_reader.h"

/* A name of events, or a level, and how many have it. */
typedef struct SpkSeen
{
	const char *text; /* UTF-8, not terminated */
	uint32		len;
	uint64		users;
	uint64		events;
	bool		has_amounts;
	bool		has_refunds;
} SpkSeen;

/* Names and levels that most users have come first; equal ones by bytes. */
typedef struct SpkSurvey
{
	uint64	 users;
	uint64	 events;
	uint64	 users_with_others; /* who have events of names that profiles did not keep */
	SpkSeen *names;
	SpkSeen *levels;
	uint32	 n_names;
	uint32	 n_levels;
} SpkSurvey;

/*
 * Reads all profiles of a source, with the caller's rights.  function is one of
 * the extension's.  Errors when there is no column of profiles, no profile, one
 * of the music log, or more names than can be told apart.
 */
extern SpkSurvey *spk_survey_profiles(const char *source, Oid function);

/* The one of this text; NULL when there is none. */
extern const SpkSeen *spk_find_seen(const SpkSeen *seen, uint32 n, const char *text, size_t len);

#endif /* SPK_PROFILES_DEFINE_SURVEY_H */

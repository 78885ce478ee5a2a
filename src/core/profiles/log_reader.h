/*
 * log_reader.h
 *	  Reading the bytes of a profile of any log, day by day.
 */
#ifndef SPK_CORE_PROFILES_LOG_READER_H
#define SPK_CORE_PROFILES_LOG_READER_H

#include "core/profiles/log_day_codec.h"

/* A name or level where it stands in the bytes: UTF-8, without a terminator. */
typedef struct SpkLogText
{
	const char *text;
	uint32_t	len;
} SpkLogText;

/*
 * Names are numbered 0 .. n_names - 1, those with most events first; n_names is
 * the number of all other names together.  Levels likewise.  The texts are in
 * the profile's bytes, the arrays of them are the host's.
 */
typedef struct SpkLogReader
{
	const SpkHost *host;
	SpkReader	   reader;
	SpkDayUnits	   units;
	SpkDayCursor   cursor;
	SpkLogText	  *names;
	SpkLogText	  *levels;
	uint32_t	   n_names;
	uint32_t	   n_levels;
	uint32_t	   n_days;
	uint32_t	   days_left;
	bool		   names_dropped; /* there were names beyond those kept */
	bool		   levels_dropped;
	SpkStatus	   status;
	const char	  *why; /* with SPK_CORRUPT: for people, static */
} SpkLogReader;

/* Is this a profile of any log, by its first byte? */
extern bool spk_is_log_profile(const void *data, size_t len);

/*
 * Starts on a profile's bytes, which stay where they are.  Checks the header and
 * the tables.  SPK_CORRUPT, SPK_NO_MEMORY; then there is nothing to close.
 */
extern SpkStatus spk_log_reader_open(SpkLogReader *reader, const SpkHost *host, const void *data,
									 size_t len);
extern void		 spk_log_reader_close(SpkLogReader *reader);

/*
 * The next day into *day, normalised and sound, its numbers within the tables;
 * false at the end, or earlier with a status.
 */
extern bool spk_log_reader_next(SpkLogReader *reader, SpkLogDay *day);

/*
 * The number of a name; n_names when the profile does not have it.  Then
 * *is_known says whether it had no events, or fell among those that the profile
 * did not keep, of which nothing is known.
 */
extern uint32_t spk_log_reader_find(const SpkLogReader *reader, const char *text, size_t len,
									bool *is_known);

#endif /* SPK_CORE_PROFILES_LOG_READER_H */

/*
 * log_profile_reading.h
 *	  Reads the days of a profile of any log from JSON text.
 */
#ifndef SPK_JSON_LOG_PROFILE_READING_H
#define SPK_JSON_LOG_PROFILE_READING_H

#include "json/log_profile_text.h"
#include "json/profile_reading.h"

/* One reading.  Names are told apart, and counted, by their places in the state's dictionary. */
typedef struct SpkLogReading
{
	SpkProfileReading	r; /* without a state of the music log */
	SpkLogProfileState *state;
	SpkLogDay			day; /* the one that is read */
	uint32_t			stamp;
	uint32_t			n_names;
	uint32_t			n_levels;
	int32_t				last_day; /* of those read */
	bool				has_day;
} SpkLogReading;

/* Read the object of names, or of levels, that comes next, into the day. */
extern void spk_read_log_events(SpkLogReading *lr, SpkJsonCursor *c);
extern void spk_read_log_levels(SpkLogReading *lr, SpkJsonCursor *c);

/* Read what is said of all other names, and levels, into the day; faults name the member. */
extern void spk_read_log_other_events(SpkLogReading *lr, SpkJsonPiece piece, const char *member);
extern void spk_read_log_other_levels(SpkLogReading *lr, SpkJsonPiece piece, const char *member);

/* Reads the name of the day's last level. */
extern void spk_read_log_last_level(SpkLogReading *lr, SpkJsonPiece piece, const char *member);

/* Reads the object of a day, which comes next, into the state. */
extern void spk_read_log_day(SpkLogReading *lr, SpkJsonCursor *c);

#endif /* SPK_JSON_LOG_PROFILE_READING_H */

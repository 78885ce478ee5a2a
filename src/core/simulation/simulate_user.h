/*
 * simulate_user.h
 *	  One user of the simulated log: which page comes next, and when.
 *
 * Times are milliseconds since the start of the log.
 */
#ifndef SPK_CORE_SIMULATION_SIMULATE_USER_H
#define SPK_CORE_SIMULATION_SIMULATE_USER_H

#include "core/simulation/draw.h"
#include "core/events/event.h"
#include "core/simulation/simulate_words.h"

#define SPK_SIM_MS_PER_DAY INT64_C(86400000)
#define SPK_SIM_COUNTERS   2  /* this many servers number the sessions */
#define SPK_SIM_CHOICES	   14 /* what else than another song may follow in a session */

/* Whether the user is logged in, and if not, why. */
typedef enum SpkSimAuth
{
	SPK_SIM_LOGGED_IN = 0,
	SPK_SIM_LOGGED_OUT,
	SPK_SIM_GUEST,
	SPK_SIM_CANCELLED
} SpkSimAuth;

/* What all users share. */
typedef struct SpkSimLog
{
	uint64_t seed;
	int64_t	 end_ms;
} SpkSimLog;

typedef struct SpkSimUser
{
	SpkRng rng; /* the user's own stream */

	/* for life */
	int64_t		 registration_ms;
	double		 visits;	 /* a day, in a neutral mood */
	double		 songs;		 /* a visit, in a neutral mood */
	double		 taste[3];	 /* factors: thumbs up, thumbs down, company */
	double		 usual_mood; /* > 0 is bad */
	SpkSimPerson person;
	uint8_t		 counter; /* which server numbers the sessions */
	char		 userid[12];

	/* from day to day */
	int32_t day; /* of mood_drift */
	double	mood_drift;
	bool	leaving;  /* this visit is the last one */
	bool	farewell; /* the page before Cancel has been reached */

	/* the row to come */
	int64_t	   session; /* its number is set when the row with item 0 is given out */
	int32_t	   item;
	SpkPage	   page;
	SpkSimAuth auth;
	SpkLevel   level;

	/*
	 * The chances, out of 2^32, that something else than a song follows, as running
	 * sums.  They are good for one visit and one level.
	 */
	uint32_t chances[SPK_SIM_CHOICES];
} SpkSimUser;

/* Makes the user with this number, from 0 on, and returns the time of the first row. */
extern int64_t spk_sim_user_start(const SpkSimLog *log, uint32_t number, SpkSimUser *user);

/*
 * Makes the user's next row, after the row at now has been given out, and returns its
 * time, which is not before now; log->end_ms when there is none.  length is that of
 * the song, in seconds, when the last row was NextSong.
 */
extern int64_t spk_sim_user_next(const SpkSimLog *log, SpkSimUser *user, int64_t now,
								 double length);

#endif /* SPK_CORE_SIMULATION_SIMULATE_USER_H */

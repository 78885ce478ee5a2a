/*
 * simulate.h
 *	  A simulated log of a music service, for demos, tests and benchmarks.
 *
 * Every user is a small state machine with a random stream of its own, and a
 * heap brings the users' next rows into order of time, so that memory goes
 * with users, never with rows.  A hidden mood of each user drifts from day to
 * day; a bad one makes thumbs down, adverts and errors more frequent, visits
 * rarer and shorter, and cancelling likelier: churn can be learned from what
 * users do, though never for sure.
 */
#ifndef SPK_CORE_SIMULATION_SIMULATE_H
#define SPK_CORE_SIMULATION_SIMULATE_H

#include "core/events/event.h"
#include "core/base/host.h"

#define SPK_SIM_MAX_USERS 10000000
#define SPK_SIM_MAX_DAYS  3650

/* Rows of a user and day, roughly and on average: for estimates. */
#define SPK_SIM_ROWS_PER_USER_DAY 19.7

/*
 * One simulated row of the log.  Strings are terminated UTF-8, good until the
 * next call; NULL where the log has none.
 */
typedef struct SpkSimEvent
{
	int64_t		ts;		/* microseconds since 2000, whole milliseconds */
	const char *userid; /* "" when not logged in */
	int64_t		session;
	SpkPage		page;
	const char *auth;	/* Logged In, Logged Out, Guest, Cancelled */
	const char *method; /* GET or PUT */
	SpkLevel	level;
	int32_t		status;
	int32_t		item_in_session;
	const char *location; /* this and the next five: none when not logged in */
	const char *useragent;
	const char *lastname;
	const char *firstname;
	const char *gender;
	int64_t		registration; /* SPK_NO_TIME when not logged in */
	const char *artist;		  /* this and the next two: of NextSong only */
	const char *song;
	double		length; /* seconds; NaN when there is none */
} SpkSimEvent;

typedef struct SpkSimulation SpkSimulation;

/*
 * Starts a log of this many users (1 .. SPK_SIM_MAX_USERS) and days (1 ..
 * SPK_SIM_MAX_DAYS) from 2018-10-01 00:00 UTC; other figures are SPK_INVALID.
 * The same arguments give the same rows on every machine.  The simulation
 * lives in the host's memory, about 250 bytes a user; the host must stay.
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_simulation_new(const SpkHost *host, uint32_t users, uint32_t days,
									uint64_t seed, SpkSimulation **simulation);

/*
 * The next row in order of ts (of two users at the same time, the one with the
 * smaller number first); false at the end of the log.
 */
extern bool spk_simulation_next(SpkSimulation *simulation, SpkSimEvent *event);

extern void spk_simulation_release(SpkSimulation *simulation);

#endif /* SPK_CORE_SIMULATION_SIMULATE_H */

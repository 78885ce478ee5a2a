/*
 * simulate.h
 *	  A simulated log of a music service, for demos, tests and benchmarks.
 *
 * Every user is a small state machine with a random stream of its own.  A heap
 * brings the next rows of the users into the order of time, so that memory grows
 * with the number of users, never with that of rows.
 *
 * Each user has a hidden mood that drifts from day to day.  A bad mood makes thumbs
 * down, adverts and errors more frequent, visits rarer and shorter, and cancelling
 * more likely.  So churn can be learned from what users do, though never for sure.
 */
#ifndef SPK_CORE_SIMULATION_SIMULATE_H
#define SPK_CORE_SIMULATION_SIMULATE_H

#include "core/events/event.h"
#include "core/base/host.h"

#define SPK_SIM_MAX_USERS 10000000
#define SPK_SIM_MAX_DAYS  3650

/* The mean number of rows for each user and day, roughly; for estimates. */
#define SPK_SIM_ROWS_PER_USER_DAY 19.7

/*
 * One simulated row of the log.  Strings are UTF-8 with a terminating zero, or NULL
 * where the log has none.  They are good until the next call.
 */
typedef struct SpkSimEvent
{
	int64_t		ts;		/* microseconds since 2000; always whole milliseconds */
	const char *userid; /* "" when nobody is logged in */
	int64_t		session;
	SpkPage		page;
	const char *auth;	/* Logged In, Logged Out, Guest, Cancelled */
	const char *method; /* GET or PUT */
	SpkLevel	level;
	int32_t		status;
	int32_t		item_in_session;
	const char *location; /* this and the next five: none when nobody is logged in */
	const char *useragent;
	const char *lastname;
	const char *firstname;
	const char *gender;
	int64_t		registration; /* SPK_NO_TIME when nobody is logged in */
	const char *artist;		  /* this and the next two: for NextSong only */
	const char *song;
	double		length; /* seconds; NaN when there is none */
} SpkSimEvent;

typedef struct SpkSimulation SpkSimulation;

/*
 * Starts a log of this many users (1 .. SPK_SIM_MAX_USERS) and days (1 ..
 * SPK_SIM_MAX_DAYS), from 2018-10-01 00:00 UTC on.  The same arguments give the same
 * rows on every machine.  The simulation takes about 250 bytes of host memory for
 * each user, which spk_simulation_release gives back; the host must stay until then.
 * SPK_INVALID when an argument is out of range, SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_simulation_new(const SpkHost *host, uint32_t users, uint32_t days,
									uint64_t seed, SpkSimulation **simulation);

/*
 * Sets *event to the next row, in the order of ts.  Of two users at the same time the
 * one with the smaller number comes first.  False at the end of the log.
 */
extern bool spk_simulation_next(SpkSimulation *simulation, SpkSimEvent *event);

extern void spk_simulation_release(SpkSimulation *simulation);

#endif /* SPK_CORE_SIMULATION_SIMULATE_H */

/*
 * simulate.h
 *	  A simulated log of a music service, for demos, tests and benchmarks.
 */
#ifndef SPK_SIMULATE_H
#define SPK_SIMULATE_H

#include "event.h"
#include "host.h"

/*
 * One simulated row of the log.  Strings are terminated UTF-8, owned by the
 * simulation, good until the next call; NULL where the log has none.
 */
typedef struct SpkSimEvent
{
	int64_t		ts;				/* microseconds since 2000, whole milliseconds */
	const char *userid;			/* "" when not logged in */
	int64_t		session;
	SpkPage		page;
	const char *auth;			/* Logged In, Logged Out, Guest, Cancelled */
	const char *method;			/* GET or PUT */
	SpkLevel	level;
	int32_t		status;
	int32_t		item_in_session;
	const char *location;
	const char *useragent;
	const char *lastname;
	const char *firstname;
	const char *gender;
	int64_t		registration;	/* SPK_NO_TIME when not logged in */
	const char *artist;
	const char *song;
	double		length;			/* seconds; NaN when there is none */
} SpkSimEvent;

typedef struct SpkSimulation SpkSimulation;

/*
 * users 1 .. 10,000,000, days 1 .. 3,650.  The log starts on 2018-10-01 UTC.
 * Memory grows with users, never with events.
 */
extern SpkStatus spk_simulation_new(const SpkHost *host, uint32_t users, uint32_t days, uint64_t seed,
									SpkSimulation **simulation);

/* The next row in order of ts; false at the end of the log. */
extern bool spk_simulation_next(SpkSimulation *simulation, SpkSimEvent *event);

extern void spk_simulation_release(SpkSimulation *simulation);

#endif							/* SPK_SIMULATE_H */

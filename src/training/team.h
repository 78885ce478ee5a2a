/*
 * team.h
 *	  Leader and workers that do each step of their work together, and meet at a
 *	  barrier after it.
 *
 * They meet some thousands of times a second, within microseconds when all of
 * them are running, so that they spin for a while before they sleep.  A team whose
 * members do not run at the same time, since the machine has other work to do, is
 * slower than the leader alone: it is given up.
 */
#ifndef SPK_TRAINING_TEAM_H
#define SPK_TRAINING_TEAM_H

#include "postgres.h"

#include "port/atomics.h"
#include "portability/instr_time.h"

/* In memory that all of them share. */
typedef struct SpkSharedTeam
{
	pg_atomic_uint32 n_members; /* 0 until the leader knows */
	pg_atomic_uint32 n_waiting;
	pg_atomic_uint32 generation; /* of the barrier: how often all have met */
} SpkSharedTeam;

/* A process's part in it. */
typedef struct SpkMember
{
	SpkSharedTeam *team; /* NULL: alone from the start */
	uint32		   n_others;
	instr_time	   since; /* when the leader's last look was, and how long it has waited since */
	instr_time	   waited;
} SpkMember;

extern void spk_team_init(SpkSharedTeam *team);

/* The leader's: so many members, itself included, begin. */
extern void spk_team_begin(SpkSharedTeam *team, uint32 n);

/* A worker's: waits until they begin; how many they are. */
extern uint32 spk_team_await(SpkSharedTeam *team);

/* A member of the team, NULL if alone, that has so many others beside it. */
extern SpkMember spk_member(SpkSharedTeam *team, uint32 n_others);

/* Waits until all members are here.  What they wrote before is then seen by all. */
extern void spk_member_meet(SpkMember *member);

/*
 * Has the leader waited for the others so much longer than going on alone would
 * take?  Then it is to go on alone, and has no others from now on.  It looks
 * every tenth of a second, however often it is asked.
 */
extern bool spk_member_gives_up(SpkMember *member);

#endif /* SPK_TRAINING_TEAM_H */

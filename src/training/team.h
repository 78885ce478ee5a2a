/*
 * team.h
 *	  A leader and workers that do each step of their work together, and meet at a
 *	  barrier after it.
 *
 * They meet some thousands of times a second.  When all of them are running, they meet
 * within microseconds, so that they spin for a while before they sleep.  When the
 * machine has other work to do, they do not run at the same time, and such a team is
 * slower than the leader alone.  It is then given up.
 */
#ifndef SPK_TRAINING_TEAM_H
#define SPK_TRAINING_TEAM_H

#include "postgres.h"

#include "port/atomics.h"
#include "portability/instr_time.h"

/* What lies in memory that all members share. */
typedef struct SpkSharedTeam
{
	pg_atomic_uint32 n_members;	 /* with the leader; 0 until it knows how many started */
	pg_atomic_uint32 n_waiting;	 /* members that wait at the barrier */
	pg_atomic_uint32 generation; /* how often all members have met */
} SpkSharedTeam;

/* A process's part in a team. */
typedef struct SpkMember
{
	SpkSharedTeam *team; /* NULL for a leader that is alone from the start */
	uint32		   n_others;
	instr_time	   since;  /* when the leader last looked whether the team is worth it */
	instr_time	   waited; /* how long it has waited for others since then */
} SpkMember;

/* The leader calls this before workers start. */
extern void spk_team_init(SpkSharedTeam *team);

/* The leader calls this to let n members, itself included, begin. */
extern void spk_team_begin(SpkSharedTeam *team, uint32 n);

/* A worker calls this to wait until they begin.  Returns how many members there are. */
extern uint32 spk_team_await(SpkSharedTeam *team);

/* A member that has so many others beside it.  team is NULL for a leader that is alone. */
extern SpkMember spk_member(SpkSharedTeam *team, uint32 n_others);

/* Waits until all members are here.  All of them then see what each wrote before. */
extern void spk_member_meet(SpkMember *member);

/*
 * Only the leader calls this.  True when it has waited for the others so much longer than
 * going on alone would have taken that it is to go on alone; it has no others from then
 * on.  However often it is called, it looks only every tenth of a second.
 */
extern bool spk_member_gives_up(SpkMember *member);

#endif /* SPK_TRAINING_TEAM_H */

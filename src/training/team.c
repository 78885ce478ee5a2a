/*
 * team.c
 *	  A leader and workers that do each step of their work together.
 */
#include "compat.h"

#include "miscadmin.h"
#include "storage/s_lock.h"

#include "training/team.h"

/* So often a member looks at the barrier before it sleeps: for some 30 microseconds. */
#define SPINS	 1000
#define SLEEP_US 20

/*
 * A team is given up when, within this time, its leader has waited for the others so many
 * times longer than going on alone would have taken.
 */
#define LOOK_SECONDS 0.1
#define MAX_WAIT	 1.25

void
spk_team_init(SpkSharedTeam *team)
{
	pg_atomic_init_u32(&team->n_members, 0);
	pg_atomic_init_u32(&team->n_waiting, 0);
	pg_atomic_init_u32(&team->generation, 0);
}

void
spk_team_begin(SpkSharedTeam *team, uint32 n)
{
	pg_atomic_write_u32(&team->n_members, n);
}

/* Waits until it is time to look again at something that others are about to change. */
static void
wait_a_little(uint32 *looks)
{
	CHECK_FOR_INTERRUPTS();
	if (++*looks < SPINS)
		SPIN_DELAY();
	else
		pg_usleep(SLEEP_US);
}

uint32
spk_team_await(SpkSharedTeam *team)
{
	uint32 looks = 0;
	uint32 n;

	while ((n = pg_atomic_read_u32(&team->n_members)) == 0)
		wait_a_little(&looks);
	return n;
}

static void
start_look(SpkMember *member)
{
	INSTR_TIME_SET_CURRENT(member->since);
	INSTR_TIME_SET_ZERO(member->waited);
}

SpkMember
spk_member(SpkSharedTeam *team, uint32 n_others)
{
	SpkMember member = {team, n_others};

	start_look(&member);
	return member;
}

void
spk_member_meet(SpkMember *member)
{
	SpkSharedTeam *team = member->team;
	uint32		   generation = pg_atomic_read_u32(&team->generation);
	uint32		   looks = 0;
	instr_time	   start;
	instr_time	   end;

	/* the last one to come lets the others go; it resets the count before they can come again */
	if (pg_atomic_fetch_add_u32(&team->n_waiting, 1) + 1 == pg_atomic_read_u32(&team->n_members))
	{
		pg_atomic_write_u32(&team->n_waiting, 0);
		pg_atomic_fetch_add_u32(&team->generation, 1);
		return;
	}

	INSTR_TIME_SET_CURRENT(start);
	while (pg_atomic_read_u32(&team->generation) == generation)
		wait_a_little(&looks);
	pg_memory_barrier();
	INSTR_TIME_SET_CURRENT(end);
	INSTR_TIME_ACCUM_DIFF(member->waited, end, start);
}

bool
spk_member_gives_up(SpkMember *member)
{
	instr_time time;
	double	   waited;
	double	   worked;

	INSTR_TIME_SET_CURRENT(time);
	INSTR_TIME_SUBTRACT(time, member->since);
	if (member->n_others == 0 || INSTR_TIME_GET_DOUBLE(time) < LOOK_SECONDS)
		return false;
	waited = INSTR_TIME_GET_DOUBLE(member->waited);
	worked = INSTR_TIME_GET_DOUBLE(time) - waited;
	start_look(member);
	if (waited < MAX_WAIT * member->n_others * worked)
		return false;
	ereport(DEBUG1,
			(errmsg_internal("training goes on without workers: of %.0f ms it waited %.0f ms",
							 (worked + waited) * 1000, waited * 1000)));
	member->n_others = 0;
	return true;
}

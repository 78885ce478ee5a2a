/*
 * team.h
 *	  A team that works on one thing together: parallel workers, the threads of a
 *	  test, or one member alone.
 */
#ifndef SPK_CORE_BASE_TEAM_H
#define SPK_CORE_BASE_TEAM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct SpkTeam
{
	uint32_t n;	 /* how many members, at least 1 */
	uint32_t me; /* which of them this is; 0 is the leader */
	/* returns when all members have called it; by then all see what each wrote before */
	void (*barrier)(void *ctx);
	/*
	 * May be NULL.  The leader calls it to tell how many of all trees are done; it
	 * returns true when the leader is to go on alone.
	 */
	bool (*round)(void *ctx, uint32_t done, uint32_t total);
	void *ctx;
} SpkTeam;

/* Waits for the other members, if there are any. */
static inline void
spk_barrier(const SpkTeam *team)
{
	if (team->n > 1)
		team->barrier(team->ctx);
}

/* Returns the first of n things that a member does; it ends before the next member's first. */
static inline uint32_t
spk_share(const SpkTeam *team, uint32_t n, uint32_t member)
{
	return (uint32_t) ((uint64_t) n * member / team->n);
}

#endif /* SPK_CORE_BASE_TEAM_H */

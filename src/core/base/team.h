/*
 * team.h
 *	  Members that work on one thing together: parallel workers, threads of a
 *	  test, or one member alone.
 */
#ifndef SPK_CORE_BASE_TEAM_H
#define SPK_CORE_BASE_TEAM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct SpkTeam
{
	uint32_t n;	 /* members, at least 1 */
	uint32_t me; /* 0 is the leader */
	/* returns when all members have called it; what they wrote before is then seen by all */
	void (*barrier)(void *ctx);
	/*
	 * NULL, or told by the leader how many of all trees are done; true when it is
	 * to go on alone
	 */
	bool (*round)(void *ctx, uint32_t done, uint32_t total);
	void *ctx;
} SpkTeam;

static inline void
spk_barrier(const SpkTeam *team)
{
	if (team->n > 1)
		team->barrier(team->ctx);
}

/* The first of n things that member `member` does; the last is before the next member's first. */
static inline uint32_t
spk_share(const SpkTeam *team, uint32_t n, uint32_t member)
{
	return (uint32_t) ((uint64_t) n * member / team->n);
}

#endif /* SPK_CORE_BASE_TEAM_H */

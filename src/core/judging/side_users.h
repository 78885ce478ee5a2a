/*
 * side_users.h
 *	  The users of rows that have something in common, see one_sided.h.
 */
#ifndef SPK_CORE_JUDGING_SIDE_USERS_H
#define SPK_CORE_JUDGING_SIDE_USERS_H

#include "core/judging/one_sided.h"

/* What rows have in common. */
typedef struct SpkThings
{
	SpkSideKind			kind;
	uint64_t			key;	/* of OTHERS, BELOW, ABOVE */
	const SpkSideTally *values; /* of VALUES, by key */
	uint32_t			n_values;
} SpkThings;

/*
 * Counts the users of the n_rows rows that have one of the things, and adds them to users:
 * with apart those of each value to its own, otherwise all to users[0].  A row without a
 * user is one of its own.  It takes 16 bytes for each of the rows.  SPK_CANCELLED,
 * SPK_NO_MEMORY.
 */
extern SpkStatus spk_side_users(const SpkHost *host, const SpkSideColumn *column,
								const SpkThings *things, bool apart, uint32_t n_rows,
								uint32_t *users);

#endif /* SPK_CORE_JUDGING_SIDE_USERS_H */

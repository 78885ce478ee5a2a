/*
 * whole_history.h
 *	  Columns that know what users do after the date of their row.
 */
#ifndef SPK_CORE_JUDGING_WHOLE_HISTORY_H
#define SPK_CORE_JUDGING_WHOLE_HISTORY_H

#include "core/judging/panel.h"

/* In place of a column's number: there is none. */
#define SPK_NO_COLUMN UINT32_MAX

/* So many users must have two rows for anything to be said. */
#define SPK_HISTORY_MIN_USERS 100

typedef struct SpkWholeHistory
{
	uint32_t like;		  /* the column that grows into it, or SPK_NO_COLUMN */
	uint32_t n_users;	  /* users that were looked at */
	uint32_t n_equal;	  /* users whose last value of that column it equals; 0: see next */
	double	 correlation; /* with how much that column will grow, see below */
} SpkWholeHistory;

/* Is the column, in this many users, the same in all rows of each of them? */
extern bool spk_history_is_constant(const SpkBehaviour *behaviour);

/*
 * Is this column, which must be a constant one, of the whole history of users?
 * behaviours has one of each column.  A constant column may well be honest, as an age is.
 * But columns that only rise from date to date, counts up to the date, show what users did
 * later, and one of two things is not honest:
 *
 * - It is what such a column grows into: never less than that column's value in the user's
 *	 last row, and equal to it for at least 10 users for whom that grew, to at least 5
 *	 values.
 * - It knows how much such a column will grow.  The rank correlation of the two is 0.8 or
 *	 more, after that of either with the column's value in the user's first row has been
 *	 taken out (Kendall's partial correlation, of Spearman's ranks).
 *
 * At most 20,000 users are looked at; for the second, fewer when there are many columns,
 * 300 at least, and only the first 50 columns that rise.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_whole_history(const SpkHost *host, const SpkTable *table,
								   const SpkPanel *panel, const SpkBehaviour *behaviours,
								   uint32_t column, SpkWholeHistory *result);

/* The most bytes of host memory that it takes. */
extern uint64_t spk_whole_history_size(void);

#endif /* SPK_CORE_JUDGING_WHOLE_HISTORY_H */

/*
 * looks.h
 *	  Columns that look like the id of a user or the date of a snapshot: a model
 *	  learns the first by heart, and recognises the rows of users and dates by
 *	  them instead of telling what is to come.
 */
#ifndef SPK_CORE_ROWS_LOOKS_H
#define SPK_CORE_ROWS_LOOKS_H

#include "core/rows/matrix.h"

#define SPK_LOOKS_NO_COLUMN		UINT32_MAX

/* Rows (or users) from which on it is no chance that something holds for all of them. */
#define SPK_LOOKS_MIN_ROWS		20

typedef enum SpkLook
{
	SPK_LOOKS_FINE,
	SPK_LOOKS_UNIQUE,			/* an id: (nearly) all rows differ in it */
	SPK_LOOKS_ONCE_A_DATE,		/* an id: no value occurs twice on one date, but many do on several */
	SPK_LOOKS_NAMED,			/* an id: it is called one, and has many values */
	SPK_LOOKS_DATE				/* the date of the snapshot: of no user there are two rows with one date */
} SpkLook;

typedef struct SpkLooks
{
	SpkLook		look;
	uint32_t	date;			/* of SPK_LOOKS_ONCE_A_DATE: the column of the dates, SPK_LOOKS_NO_COLUMN for times */
} SpkLooks;

/*
 * Sets looks, of which there is one for each column.  groups, a key of the user
 * for each row (0: not known), and times, the date of each row (NaN: not
 * known), may be NULL when they are not known; columns are not looked at as
 * dates when times are.
 *
 * Chance does not do it: a number counts as an id when its values are whole,
 * are known in 100 rows and differ in all, while as many drawn from their range
 * would hardly do so (or it is called an id); a category when it is known in
 * 20 rows and 90 % of them differ, but as a number when it is written in digits
 * alone, as zip codes are.  It is there once a date when some 20 pairs of
 * rows would have both in common if they had nothing to do with each other, and
 * none has; where users are known it must be the same in all rows of each besides,
 * and be called an id, or be a category of 20 users or more, or a whole number of
 * so narrow a range that as many drawn from it would hardly all differ.
 * Where each user has one row there are no dates to look for.  A column called after users, as id, user_id or CustomerID, counts
 * when it has a value for every ten rows, of 100 or more.
 *
 * Most columns are done with after some hundred rows.  The result does not
 * depend on the order of the rows.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_find_looks(const SpkHost *host, const SpkTable *table, const uint64_t *groups,
								const double *times, SpkLooks *looks);

/* Bytes of host memory that it takes while it works, at most. */
extern uint64_t spk_looks_size(uint32_t n_rows);

#endif							/* SPK_CORE_ROWS_LOOKS_H */

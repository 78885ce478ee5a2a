/*
 * looks.h
 *	  Finds columns that look like the id of a user or the date of a snapshot.
 *
 * A model learns an id by heart.  By either it recognises rows of users and
 * dates that it knows, instead of telling what is to come.
 */
#ifndef SPK_CORE_ROWS_LOOKS_H
#define SPK_CORE_ROWS_LOOKS_H

#include "core/rows/matrix.h"

/* In place of a column: there is none. */
#define SPK_LOOKS_NO_COLUMN UINT32_MAX

/* What holds for all of this many rows, or users, is not taken for chance. */
#define SPK_LOOKS_MIN_ROWS 20

typedef enum SpkLook
{
	SPK_LOOKS_FINE,
	SPK_LOOKS_UNIQUE,	   /* an id: all rows, or nearly all, differ in it */
	SPK_LOOKS_ONCE_A_DATE, /* an id: no value occurs twice on one date, but many do on several */
	SPK_LOOKS_NAMED,	   /* an id: it is called one, and has many values */
	SPK_LOOKS_DATE		   /* the date of the snapshot: no user has two rows of one date */
} SpkLook;

typedef struct SpkLooks
{
	SpkLook	 look;
	uint32_t date; /* with SPK_LOOKS_ONCE_A_DATE, the column of the dates or _NO_COLUMN: times */
} SpkLooks;

/*
 * Sets looks, which has room for one of each column.
 *
 * groups has a key of the user for each row (0 where it is not known), and times
 * the date of each row (NaN where it is not known).  Either is NULL when it is
 * known of no row.  When times are given, no column is looked at as a date.
 *
 * A column must show more than chance would:
 *
 * - A number is unique (SPK_LOOKS_UNIQUE) when its values are whole, are known in
 *	 at least 100 rows, and differ in all of them, although as many values drawn
 *	 from their range would hardly do so.  The last does not matter when the column
 *	 is called an id.
 * - A category is unique when it is known in at least 20 rows and 90 % of these
 *	 differ.  If it is written in digits alone, as zip codes are, it must pass as a
 *	 number.
 * - A column is there once a date (SPK_LOOKS_ONCE_A_DATE) when no two rows have
 *	 both their value and their date in common, although some 20 pairs would if
 *	 the two had nothing to do with each other.  Where users are known, the value
 *	 must also be the same in all rows of a user, and the column must be called an
 *	 id, or be a category of at least 20 users, or a whole number of so narrow a
 *	 range that as many drawn from it would hardly all differ.
 * - A column that is called after users (SPK_LOOKS_NAMED), as id, user_id or
 *	 CustomerID, counts when it has a value for every ten rows, of at least 100.
 * - Where each user has one row, there are no dates (SPK_LOOKS_DATE) to look for.  When
 *	 neither users nor times are given, a unique column is taken for their id.
 *
 * Most columns are decided after some hundred rows.  The result does not depend
 * on the order of the rows.  Returns SPK_CANCELLED when the host asked to stop, and
 * SPK_NO_MEMORY when it gave none.
 */
extern SpkStatus spk_find_looks(const SpkHost *host, const SpkTable *table, const uint64_t *groups,
								const double *times, SpkLooks *looks);

/* The most bytes of host memory that spk_find_looks takes while it works. */
extern uint64_t spk_looks_size(uint32_t n_rows);

#endif /* SPK_CORE_ROWS_LOOKS_H */

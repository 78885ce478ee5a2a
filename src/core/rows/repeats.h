/*
 * repeats.h
 *	  Rows that come again.
 *
 * A model knows the twin of a row by heart.  So what it says of a row that was held out
 * is too good when the row's twin was not.
 */
#ifndef SPK_CORE_ROWS_REPEATS_H
#define SPK_CORE_ROWS_REPEATS_H

#include "core/rows/matrix.h"

/*
 * Sets *n to the number of rows that equal an earlier one in the label, all values, the
 * date (where times, unless NULL, has those of rows) and the user.
 *
 * Rows of users who are not known may be equal by chance.  They count only when the
 * table has no groups at all, at least 20 rows and one in 20 of the distinct ones come
 * again, and these are ten times as many as pairs of equal rows would be expected if
 * the columns had nothing to do with each other.  Who does nothing has the same values
 * as all others who do nothing, but that makes few rows that come again and again, not
 * many that come twice.
 *
 * It takes spk_repeats_size bytes of host memory while it works.  SPK_CANCELLED,
 * SPK_NO_MEMORY.
 */
extern SpkStatus spk_count_repeats(const SpkHost *host, const SpkTable *table, const double *times,
								   uint32_t *n);
extern uint64_t	 spk_repeats_size(const SpkTable *table);

#endif /* SPK_CORE_ROWS_REPEATS_H */

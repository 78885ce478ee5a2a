/*
 * row_names.h
 *	  Names of rows, by the values that they hold.
 */
#ifndef SPK_CORE_ROWS_ROW_NAMES_H
#define SPK_CORE_ROWS_ROW_NAMES_H

#include <math.h>
#include <string.h>

#include "core/rows/matrix.h"

/*
 * Sets the name of each row of the table, a hash of its values and weight (but not of the label)
 * that does not depend on the order of rows or of the names of categories.  names has
 * room for all rows.  It takes 8 bytes of host memory for each name of a column while
 * it works.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_row_names(const SpkHost *host, const SpkTable *table, uint64_t *names);

/*
 * Mixes the values of n listed rows in the columns from .. to - 1 into their names, which stand at
 * the places of the rows.  The table is in memory.  It takes memory as spk_row_names does.
 * SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_name_listed_rows(const SpkHost *host, const SpkTable *table, uint32_t from,
									  uint32_t to, const uint32_t *rows, uint32_t n,
									  uint64_t *names);

/* What a number, or NaN, adds to a name: the same for equal numbers. */
static inline uint64_t
spk_name_of_number(double number)
{
	uint64_t bits;

	if (isnan(number))
		return 1;  /* the bits of a number so small that no column holds it */
	number += 0.0; /* turns -0 into 0 */
	memcpy(&bits, &number, sizeof(bits));
	return bits;
}

#endif /* SPK_CORE_ROWS_ROW_NAMES_H */

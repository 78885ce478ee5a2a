/*
 * users.h
 *	  Which rows of a matrix are of one user.
 *
 * Rows of a user, as snapshots at several dates, are alike.  A row whose twin was
 * learned from says little of a model.  So whatever draws rows, or holds some out,
 * takes users whole.
 */
#ifndef SPK_CORE_ROWS_USERS_H
#define SPK_CORE_ROWS_USERS_H

#include "core/rows/matrix.h"

/*
 * Numbers the users of a matrix that spk_bin_table has made of a table, 0 ..
 * n_users - 1, in the order of their first rows.
 *
 * keys has the key of the user of each row of the table; a row with key 0 is a user
 * of its own.  origins says where each row of the matrix was in the table.  numbers,
 * which belongs to the caller and may be shared, has room for all rows.  Sets the
 * matrix's users and n_users: users points to numbers, or is NULL when no two rows
 * are of one user, because a matrix without them says the same.
 *
 * Rows that have all codes, the label and the weight in common are put into the order of their
 * keys, by which origins change.  So the same rows give the same numbers, whatever
 * order they came in.  It takes spk_users_work_size bytes of host memory while it works.  SPK_CANCELLED,
 * SPK_NO_MEMORY.
 */
extern SpkStatus spk_number_users(const SpkHost *host, const uint64_t *keys, uint32_t *origins,
								  uint32_t *numbers, SpkMatrix *matrix);
extern uint64_t	 spk_users_work_size(uint32_t n_rows);

/*
 * Sets the users of some, a matrix of n_rows of the rows of all in their order, in
 * the same way: numbers[i] is the number of its row i in all, and becomes that in
 * some.  It takes 4 bytes of host memory for each user of all.  SPK_NO_MEMORY.
 */
extern SpkStatus spk_renumber_users(const SpkHost *host, const SpkMatrix *all, uint32_t *numbers,
									SpkMatrix *some);

/* The number that a row's user has; without users every row is one. */
static inline uint32_t
spk_matrix_user(const SpkMatrix *m, uint32_t row)
{
	return m->users == NULL ? row : m->users[row];
}

#endif /* SPK_CORE_ROWS_USERS_H */

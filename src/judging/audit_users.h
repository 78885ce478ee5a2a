/*
 * audit_users.h
 *	  Notes, in words, on what columns show of users and of the dates of their rows.
 */
#ifndef SPK_JUDGING_AUDIT_USERS_H
#define SPK_JUDGING_AUDIT_USERS_H

#include "postgres.h"

#include "core/judging/audit.h"
#include "rows/row_store.h"

/*
 * Returns a note for each column, NULL where there is nothing to say: that it is an id of
 * users, that it tells the date, or that it is of the users' whole history.  The first
 * needs users or dates to be sure, the second dates, the last both.  It warns when no
 * column changes from date to date.  The table has taken the values of rows, and audits
 * has one of each column.
 */
extern char **spk_user_notes(const SpkRowStore *rows, const SpkTable *table,
							 const SpkAudit *audits);

/* The most bytes of host memory that it takes while it works. */
extern uint64 spk_user_notes_size(const SpkRowStore *rows);

#endif /* SPK_JUDGING_AUDIT_USERS_H */

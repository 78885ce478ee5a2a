/*
 * panel.h
 *	  The rows of each user in the order of their dates.
 */
#ifndef SPK_CORE_JUDGING_PANEL_H
#define SPK_CORE_JUDGING_PANEL_H

#include "core/rows/matrix.h"

typedef struct SpkPanel
{
	uint32_t  n_users;
	uint32_t *rows;	  /* those of user u from starts[u] to before starts[u + 1] */
	uint32_t *starts; /* users come in an order that is by chance, but always the same */
	bool	 *dated;  /* of each user: have the rows dates, of which no two are the same? */
} SpkPanel;

/* How a column behaves from row to row of a user.  Rows in which it is missing do not count. */
typedef struct SpkBehaviour
{
	uint32_t n_users;	 /* users that have a value */
	uint32_t n_repeated; /* users that have one in two rows or more */
	uint32_t n_same;	 /* of these: all are the same */
	uint64_t n_steps;	 /* of dated users, from one row to the next */
	uint64_t n_up;		 /* of these: the value rises */
	uint64_t n_down;	 /* and falls; both are 0 for categories */
} SpkBehaviour;

/*
 * Orders n_rows rows.  groups has a key of each row's user; rows without one (0) are left
 * out.  times has the dates, NaN where there is none, or is NULL.  The arrays are host
 * memory, which spk_panel_release gives back.  SPK_CANCELLED, SPK_NO_MEMORY; then nothing
 * is held.
 */
extern SpkStatus spk_panel_new(const SpkHost *host, const uint64_t *groups, const double *times,
							   uint32_t n_rows, SpkPanel *panel);
extern void		 spk_panel_release(const SpkHost *host, SpkPanel *panel);

/* The most bytes of host memory for so many rows, the arrays among them. */
extern uint64_t spk_panel_size(uint32_t n_rows);

/*
 * Looks at a column of as many rows.  When 20,000 users have been looked at, and some of
 * them have different values, no more are, which then do not count.  SPK_CANCELLED.
 */
extern SpkStatus spk_panel_look(const SpkHost *host, const SpkPanel *panel, const SpkColumn *column,
								SpkBehaviour *behaviour);

#endif /* SPK_CORE_JUDGING_PANEL_H */

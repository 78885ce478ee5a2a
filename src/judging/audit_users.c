/*
 * audit_users.c
 *	  Notes, in words, on what columns show of users and of the dates of their rows.
 */
#include "compat.h"

#include <math.h>

#include "core/judging/date_told.h"
#include "core/judging/panel.h"
#include "core/judging/whole_history.h"
#include "core/rows/id_names.h"
#include "core/rows/looks.h"
#include "host/pg_host.h"
#include "judging/audit_notes.h"
#include "judging/audit_users.h"
#include "training/train_warnings.h"

/* As many numbers that all differ are no counts; fewer may be. */
#define MIN_NUMBERS 100

/* Numbers of fewer users may all differ by chance, if fewer pairs than that are expected not to. */
#define MANY_DISTINCT_USERS 1000
#define MIN_EQUAL_PAIRS		10

/* Of categories of users, such a share differs when they are ids. */
#define DISTINCT_USERS 0.9

/* A column of fewer values is not of the whole history. */
#define MIN_VALUES 10

/* What the notes are made from. */
typedef struct Users
{
	SpkHost			   host;
	const SpkRowStore *rows;
	const SpkTable	  *table;
	const SpkAudit	  *audits;
	const SpkLooks	  *looks;	   /* NULL when there was no memory to look */
	SpkPanel		   panel;	   /* of no users when they are not known */
	SpkBehaviour	  *behaviours; /* of each column, all zeros without users */
	SpkDates		   dates;	   /* of no date when they are not known */
} Users;

/* ---- Ids ---- */

/*
 * May users differ in the numbers by chance, as in amounts or in times?  These are seconds
 * since 1970, or milliseconds or microseconds.
 */
static bool
may_differ(const SpkColumn *column, uint32 n_rows, uint32 n_users)
{
	double low = INFINITY;
	double high = -INFINITY;

	for (uint32 i = 0; i < n_rows; i++)
		if (!isnan(column->numbers[i]))
		{
			low = Min(low, column->numbers[i]);
			high = Max(high, column->numbers[i]);
		}
	for (double unit = 1; unit <= 1e6; unit *= 1000)
		if (low >= 9e8 * unit && high <= 2.2e9 * unit)
			return true;

	/* so many pairs of users would be expected to share a number drawn from the range */
	return n_users < MANY_DISTINCT_USERS &&
		(double) n_users * n_users / (2 * (high - low)) <= MIN_EQUAL_PAIRS;
}

/* Has each user a value of his own, the same in all his rows? */
static bool
is_one_each(const Users *u, uint32 i)
{
	const SpkBehaviour *b = &u->behaviours[i];
	const SpkAudit	   *a = &u->audits[i];
	const SpkColumn	   *column = &u->table->columns[i];

	if (b->n_repeated < SPK_LOOKS_MIN_ROWS || b->n_same < b->n_repeated ||
		a->n_distinct > b->n_users)
		return false;
	if (column->kind == SPK_CATEGORY)
		return a->n_distinct >= DISTINCT_USERS * b->n_users;
	return column->kind == SPK_NUMBER && a->whole && b->n_users >= MIN_NUMBERS &&
		a->n_distinct == b->n_users &&
		(spk_names_id(column->name) || !may_differ(column, u->table->n_rows, b->n_users));
}

/*
 * Are most values in equally many rows, and none in more, as the ids of users are when
 * there is one row for each date?  Chance does not deal values out so evenly.
 */
static bool
is_even(const Users *u, uint32 i)
{
	const SpkAudit *a = &u->audits[i];
	SpkFeatureKind	kind = u->table->columns[i].kind;

	return a->most_rows >= 2 && a->n_most >= a->n_distinct / 2.0 &&
		((kind == SPK_CATEGORY && a->n_distinct >= SPK_LOOKS_MIN_ROWS) ||
		 (kind == SPK_NUMBER && a->whole && a->n_distinct >= MIN_NUMBERS));
}

static void
note_id(StringInfo note, const Users *u, uint32 i)
{
	const SpkAudit *a = &u->audits[i];
	const SpkLooks *look = u->looks == NULL ? NULL : &u->looks[i];

	if (is_one_each(u, i))
		spk_append_note(note,
						"identifier of users: %u values of %u users, the same in all rows of each",
						a->n_distinct, u->behaviours[i].n_users);
	else if (look != NULL && look->look == SPK_LOOKS_UNIQUE && a->n_distinct == a->n_known)
		spk_append_note(note, "identifier: distinct in every row");
	else if (look != NULL && look->look == SPK_LOOKS_UNIQUE)
		spk_append_note(note, "identifier: %u values in %u rows", a->n_distinct, a->n_known);
	else if (look != NULL && look->look == SPK_LOOKS_ONCE_A_DATE)
		spk_append_note(note,
						"identifier of users: %u values in %u rows, none twice with the same %s",
						a->n_distinct, a->n_known, spk_look_date(look, u->rows, u->table));
	else if (look != NULL && look->look == SPK_LOOKS_NAMED)
		spk_append_note(note, "identifier of users by its name: %u values in %u rows",
						a->n_distinct, a->n_known);
	else if (!u->rows->grouped && u->rows->times == NULL && is_even(u, i))
		spk_append_note(note,
						"identifier of users: %u of %u values in %u rows each, and none in more",
						a->n_most, a->n_distinct, a->most_rows);
}

/* ---- Dates ---- */

static void
note_date(StringInfo note, const Users *u, uint32 i)
{
	SpkDateTold told = SPK_DATE_NOT_TOLD;

	if (u->looks != NULL && u->looks[i].look == SPK_LOOKS_DATE)
		spk_append_note(note, "date of the snapshot: %u dates, no user twice with the same one",
						u->audits[i].n_distinct);
	if (u->dates.n > 0)
		spk_check(spk_date_told(&u->host, &u->dates, &u->table->columns[i], u->table->n_rows,
								&told),
				  "training set", NULL);
	if (told == SPK_DATE_BY_VALUE)
		spk_append_note(note, "tells the date: one value at each of %u dates, no two the same",
						u->dates.n);
	else if (told != SPK_DATE_NOT_TOLD)
		spk_append_note(note, "tells the date: its values at each of %u dates are %s those before",
						u->dates.n, told == SPK_DATE_RISING ? "above" : "below");
}

/* ---- The whole history ---- */

static void
note_history(StringInfo note, const Users *u, uint32 i)
{
	SpkWholeHistory history;
	const char	   *like;

	if (u->table->columns[i].kind != SPK_NUMBER || u->audits[i].n_distinct < MIN_VALUES ||
		!spk_history_is_constant(&u->behaviours[i]))
		return;
	spk_check(spk_whole_history(&u->host, u->table, &u->panel, u->behaviours, i, &history),
			  "training set", NULL);
	if (history.like == SPK_NO_COLUMN)
		return;
	like = u->table->columns[history.like].name;
	if (history.n_equal > 0)
		spk_append_note(
			note,
			"the same at all dates of each user, and what %s grows into: never less, and equal to its last value for %u of %u users; is it of the whole history?",
			like, history.n_equal, history.n_users);
	else
		spk_append_note(
			note,
			"the same at all dates of each user, but knows how %s will grow (rank correlation %.2f for %u users); is it of the whole history?",
			like, history.correlation, history.n_users);
}

/* Warns when all columns are the same at all dates of their users. */
static void
warn_of_constancy(const Users *u)
{
	uint32 n_users = 0;
	bool   numbers = false;

	for (uint32 i = 0; i < u->table->n_columns; i++)
	{
		const SpkBehaviour *b = &u->behaviours[i];

		if (b->n_same < b->n_repeated)
			return;
		n_users = Max(n_users, b->n_repeated);
		numbers |= u->table->columns[i].kind == SPK_NUMBER && spk_history_is_constant(b) &&
			u->audits[i].n_distinct >= MIN_VALUES;
	}
	if (u->rows->times != NULL && numbers)
		ereport(WARNING,
				(errmsg("no feature changes from date to date"),
				 errdetail("Of %u users with rows of several dates none has a feature that differs between them.", n_users),
				 errhint("Features must be as of the date of their row. Were they made once, of the whole history?")));
}

/* ---- All together ---- */

static void
look_at_users(Users *u)
{
	const SpkRowStore *rows = u->rows;
	uint32			   n_rows = u->table->n_rows;

	if (rows->grouped)
		spk_check(spk_panel_new(&u->host, rows->groups, rows->times, n_rows, &u->panel),
				  "training set", NULL);
	for (uint32 i = 0; i < u->table->n_columns && rows->grouped; i++)
		spk_check(spk_panel_look(&u->host, &u->panel, &u->table->columns[i], &u->behaviours[i]),
				  "training set", NULL);
	if (rows->times != NULL)
		spk_check(spk_dates_new(&u->host, rows->times, n_rows, &u->dates), "training set", NULL);
}

char **
spk_user_notes(const SpkRowStore *rows, const SpkTable *table, const SpkAudit *audits)
{
	Users  u = {spk_pg_host(CurrentMemoryContext), rows, table, audits};
	char **notes = palloc0(Max(table->n_columns, 1) * sizeof(char *));

	u.looks = spk_look_at_columns(rows, table);
	u.behaviours = palloc0(Max(table->n_columns, 1) * sizeof(SpkBehaviour));
	look_at_users(&u);
	for (uint32 i = 0; i < table->n_columns; i++)
	{
		StringInfoData note;

		initStringInfo(&note);
		note_id(&note, &u, i);
		note_date(&note, &u, i);
		note_history(&note, &u, i);
		notes[i] = note.len > 0 ? note.data : NULL;
	}
	warn_of_constancy(&u);
	spk_panel_release(&u.host, &u.panel);
	spk_dates_release(&u.host, &u.dates);
	return notes;
}

uint64
spk_user_notes_size(const SpkRowStore *rows)
{
	uint64 size = rows->grouped ? spk_panel_size(rows->n_rows) + spk_whole_history_size() : 0;

	return size + (rows->times != NULL ? spk_dates_size(rows->n_rows) : 0);
}

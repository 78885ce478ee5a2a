/*
 * event_tell.c
 *	  Tells what is odd about the events of a read as a whole.
 *
 * A key in another spelling, times in seconds or pages of other names make no
 * line invalid, but the features come out as if nothing had happened.  One warning
 * for each of these says so.
 */
#include "compat.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

#include "events/event_row.h"
#include "events/event_tell.h"

#define BIT(col) (UINT32_C(1) << (col))

/* Columns that features are made of, too, but that a log may well lack. */
#define USEFUL \
	(BIT(SPK_COL_LEVEL) | BIT(SPK_COL_LENGTH) | BIT(SPK_COL_GENDER) | BIT(SPK_COL_REGISTRATION))

/* Of events that have no known end, the keys of this many are looked at. */
#define FIRST_EVENTS 100

/* Adds a name, which is UTF-8.  Where the server's encoding is another it is shown as ASCII. */
static void
append_name(StringInfo list, const char *name)
{
	char *shown = pstrdup(name);

	if (GetDatabaseEncoding() != PG_UTF8)
		spk_name_to_ascii(shown);
	appendStringInfo(list, "%s\"%s\"", list->len > 0 ? ", " : "", shown);
	pfree(shown);
}

static char *
list_names(const SpkNames *names)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < names->n; i++)
		append_name(&list, names->name[i]);
	if (names->more)
		appendStringInfoString(&list, " and others");
	return list.data;
}

static char *
list_columns(uint32 columns)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int col = 0; col < SPK_N_COLUMNS; col++)
	{
		if (columns & BIT(col))
			append_name(&list, spk_event_row_columns[col].name);
	}
	return list.data;
}

/* Those of these columns that some key seems to mean; *key gets the first such key, or NULL. */
static uint32
meant_columns(const SpkNames *keys, uint32 columns, const char **key)
{
	uint32 meant = 0;

	*key = NULL;
	for (int i = 0; i < keys->n; i++)
	{
		int col = spk_event_column_like(keys->name[i]);

		if (col == SPK_EVENT_NO_COLUMN || !(columns & BIT(col)))
			continue;
		if (*key == NULL)
			*key = keys->name[i];
		meant |= BIT(col);
	}
	return meant;
}

static int
hint_keys(const char *key)
{
	if (key != NULL)
		return errhint("Keys are found by the name of the column, in upper or lower case: "
					   "\"%s\" is not \"%s\".",
					   key, spk_event_keys[spk_event_column_like(key)].key);
	return errhint("Keys are found by the name of the column, in upper or lower case.");
}

/*
 * Columns that a log may well lack are only told when it has keys that are no
 * column, and they cause no warning unless one of those keys looks like one.
 */
static void
tell_missing(const SpkEventTally *tally, uint32 missing, const char *whose, int optional)
{
	const char *key;
	uint32		meant = meant_columns(&tally->keys, missing, &key);
	uint32		told = missing & (SPK_NEEDED_COLUMNS | meant);
	int			elevel = told != 0 ? WARNING : optional;

	if (tally->keys.n > 0)
		told |= missing & USEFUL;
	if (told == 0)
		return;
	ereport(elevel,
			(errcode(ERRCODE_WARNING),
			 (told & (told - 1)) == 0 ?
			 errmsg("column %s is NULL in all rows %s", list_columns(told), whose) :
			 errmsg("columns %s are NULL in all rows %s", list_columns(told), whose),
			 tally->keys.n > 0 ?
			 errdetail("Keys that are no column of an event: %s.", list_names(&tally->keys)) : 0,
			 hint_keys(key)));
}

/*
 * Tells columns that some rows have, while others have them under another key, as
 * when the files of two writers are read together.
 */
static void
tell_some_missing(const SpkEventTally *tally, uint32 asked, const char *whose)
{
	for (int col = 0; col < SPK_N_COLUMNS; col++)
	{
		const char *key;

		if (!(asked & tally->given & tally->meant & BIT(col)))
			continue;
		(void) meant_columns(&tally->keys, BIT(col), &key);
		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 errmsg("column \"%s\" is NULL in %lld of %lld rows %s", spk_event_row_columns[col].name,
						(long long) tally->without[col], (long long) tally->rows, whose),
				 hint_keys(key)));
	}
}

static int
hint_unit(bool early)
{
	if (early)
		return errhint(
			"Numbers are milliseconds since 1970: times in seconds must be multiplied by 1000.");
	return errhint(
		"Numbers are milliseconds since 1970: times in microseconds must be divided by 1000.");
}

static void
tell_odd_times(int64 count, bool early, SpkEventColumn col, const char *whose)
{
	if (count == 0)
		return;
	ereport(WARNING,
			(errcode(ERRCODE_WARNING),
			 errmsg_plural("%s is %s in %lld row %s", "%s is %s in %lld rows %s", (unsigned long) count,
						   spk_event_row_columns[col].name, early ? "before 1980" : "after 2099",
						   (long long) count, whose),
			 hint_unit(early)));
}

static bool
tell_times(const SpkEventTally *tally, const char *whose)
{
	tell_odd_times(tally->ts.early, true, SPK_COL_TS, whose);
	tell_odd_times(tally->ts.late, false, SPK_COL_TS, whose);
	tell_odd_times(tally->registration.early, true, SPK_COL_REGISTRATION, whose);
	tell_odd_times(tally->registration.late, false, SPK_COL_REGISTRATION, whose);
	return tally->ts.early != 0 || tally->ts.late != 0 || tally->registration.early != 0 ||
		tally->registration.late != 0;
}

/* Some unknown pages are no surprise, for pages come and go.  It is one when most are unknown. */
static void
tell_pages(const SpkEventTally *tally, const char *whose)
{
	if (tally->other_pages <= tally->pages / 2)
		return;
	ereport(WARNING,
			(errcode(ERRCODE_WARNING),
			 errmsg("page is not one of the known pages in %lld of %lld rows %s",
					(long long) tally->other_pages, (long long) tally->pages, whose),
			 errdetail("Other pages: %s.", list_names(&tally->page_names)),
			 errhint("Profiles know pages by their exact names, \"Cancellation Confirmation\" for one, "
					 "and count all others together.")));
}

void
spk_tell_events(const SpkEventTally *tally, uint32 asked, const char *whose, int optional)
{
	if (tally->rows == 0)
		return;
	tell_missing(tally, asked & ~tally->given, whose, optional);
	tell_some_missing(tally, asked, whose);
	(void) tell_times(tally, whose);
	tell_pages(tally, whose);
}

void
spk_tell_events_so_far(const SpkEventTally *tally, SpkToldSoFar *told)
{
	const char *key;
	uint32		meant;

	if (!told->times)
		told->times = tell_times(tally, "so far");
	if (told->keys || tally->keys.n == 0 || tally->rows > FIRST_EVENTS)
		return;
	meant = meant_columns(&tally->keys, SPK_ALL_COLUMNS & ~tally->given, &key);
	if (meant != 0)
		tell_missing(tally, meant, "so far", DEBUG1);
	told->keys = (meant != 0);
}

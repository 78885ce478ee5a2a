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

/* What is told of, of the rows of a binding. */
typedef struct Report
{
	SpkEventTally	 *tally;
	const SpkBinding *binding;
	const SpkSchema	 *schema;
	size_t			  words; /* of a set of columns */
	const char		 *whose;
} Report;

static Report
make_report(SpkEventTally *tally, const SpkBinding *binding, const char *whose)
{
	Report report = {tally, binding, binding->schema, SPK_BITS_WORDS(binding->schema->n_columns),
					 whose};

	return report;
}

static uint64 *
new_set(const Report *report)
{
	return palloc0(report->words * sizeof(uint64));
}

/* Is the column one of the music log's that features are made of, but that a log may well lack? */
static bool
is_useful(const SpkSchema *schema, int col)
{
	return col == schema->music[SPK_COL_LEVEL] || col == schema->music[SPK_COL_LENGTH] ||
		col == schema->music[SPK_COL_GENDER] || col == schema->music[SPK_COL_REGISTRATION];
}

/* Is the column one that a log may lack without a word: of the music log, but not needed? */
static bool
is_optional(const SpkSchema *schema, int col)
{
	return !schema->columns[col].lenient && !spk_bits_has(schema->needed, col);
}

static void
add_column(const Report *report, StringInfo list, int col)
{
	appendStringInfo(list, "%s\"%s\"", list->len > 0 ? ", " : "", report->binding->names[col]);
}

/* Lists the columns of the set: those of the music log in their order, and then others. */
static char *
list_columns(const Report *report, const uint64 *columns, int *n)
{
	const SpkSchema *schema = report->schema;
	StringInfoData	 list;

	*n = 0;
	initStringInfo(&list);
	for (int i = 0; i < SPK_N_COLUMNS; i++)
	{
		if (schema->music[i] == SPK_EVENT_NO_COLUMN || !spk_bits_has(columns, schema->music[i]))
			continue;
		add_column(report, &list, schema->music[i]);
		(*n)++;
	}
	for (int col = 0; col < schema->n_columns; col++)
	{
		if (!schema->columns[col].lenient || !spk_bits_has(columns, col))
			continue;
		add_column(report, &list, col);
		(*n)++;
	}
	return list.data;
}

/*
 * Adds those of the columns that some key seems to mean to the set meant; returns the
 * first such key, or NULL.
 */
static const char *
find_meant(const Report *report, const uint64 *columns, uint64 *meant)
{
	const SpkNames *keys = &report->tally->keys;
	const char	   *first = NULL;

	for (int i = 0; i < keys->n; i++)
	{
		int col = spk_event_column_like(report->schema, keys->name[i]);

		if (col == SPK_EVENT_NO_COLUMN || !spk_bits_has(columns, col))
			continue;
		if (first == NULL)
			first = keys->name[i];
		spk_bits_add(meant, col);
	}
	return first;
}

/* A key of a line, as messages can show it in any encoding. */
static const char *
shown_key(const char *key)
{
	char *shown = pstrdup(key);

	if (GetDatabaseEncoding() != PG_UTF8)
		spk_name_to_ascii(shown);
	return shown;
}

static int
hint_keys(const Report *report, const char *key)
{
	const char *own;

	if (key == NULL)
		return report->schema->is_music ?
			errhint("Keys are found by the name of the column, in upper or lower case.") :
			errhint("Keys are found by the name of the column, in upper or lower case, or by "
					"its options key and path.");
	own = spk_schema_top(report->schema, spk_event_column_like(report->schema, key))->key;
	if (report->schema->is_music)
		return errhint("Keys are found by the name of the column, in upper or lower case: "
					   "\"%s\" is not \"%s\".",
					   shown_key(key), shown_key(own));
	return errhint("Keys are found by the name of the column, in upper or lower case: "
				   "\"%s\" is not \"%s\". A column of a foreign table may have "
				   "OPTIONS (key '%s'), and churn_load_events has the argument columns.",
				   shown_key(key), shown_key(own), shown_key(key));
}

/*
 * Columns that a log may well lack are only told when it has keys that are no
 * column, and they cause no warning unless one of those keys looks like one.
 */
static void
tell_missing(const Report *report, const uint64 *missing, int optional)
{
	const SpkNames *keys = &report->tally->keys;
	uint64		   *told = new_set(report);
	const char	   *key = find_meant(report, missing, told);
	int				elevel = optional;
	char		   *list;
	int				n;

	for (int col = 0; col < report->schema->n_columns; col++)
	{
		if (!spk_bits_has(missing, col))
			continue;
		if (!is_optional(report->schema, col))
			spk_bits_add(told, col);
		if (spk_bits_has(told, col))
			elevel = WARNING;
		else if (keys->n > 0 && is_useful(report->schema, col))
			spk_bits_add(told, col);
	}
	list = list_columns(report, told, &n);
	if (n == 0)
		return;
	ereport(elevel,
			(errcode(ERRCODE_WARNING),
			 n == 1 ?
			 errmsg("column %s is NULL in all rows %s", list, report->whose) :
			 errmsg("columns %s are NULL in all rows %s", list, report->whose),
			 keys->n == 0 ? 0 :
			 report->schema->is_music ?
			 errdetail("Keys that are no column of an event: %s.", list_names(keys)) :
			 errdetail("Keys that are no column: %s.", list_names(keys)),
			 hint_keys(report, key)));
}

/*
 * Tells columns that some rows have, while others have them under another key, as
 * when the files of two writers are read together.
 */
static void
tell_some_missing(const Report *report, const uint64 *asked)
{
	SpkEventTally *tally = report->tally;

	for (int col = 0; col < report->schema->n_columns; col++)
	{
		uint64	   *one;
		const char *key;

		if (!spk_bits_has(asked, col) || !spk_bits_has(spk_tally_given(tally), col) ||
			!spk_bits_has(spk_tally_meant(tally), col))
			continue;
		one = new_set(report);
		spk_bits_add(one, col);
		key = find_meant(report, one, one);
		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 errmsg("column \"%s\" is NULL in %lld of %lld rows %s", report->binding->names[col],
						(long long) tally->columns[col].without, (long long) tally->rows,
						report->whose),
				 hint_keys(report, key)));
	}
}

/* Tells columns that are NULL where lines have "". */
static void
tell_blanks(const Report *report, const uint64 *asked)
{
	SpkEventTally *tally = report->tally;

	for (int col = 0; col < report->schema->n_columns; col++)
	{
		if (!spk_bits_has(asked, col) || tally->columns[col].blank == 0)
			continue;
		ereport(NOTICE,
				(errmsg("column \"%s\" is NULL in %lld of %lld rows %s that have \"\" for it",
						report->binding->names[col], (long long) tally->columns[col].blank,
						(long long) tally->rows, report->whose)));
	}
}

static int
hint_unit(const SpkSchemaColumn *column, bool early)
{
	static const char *const units[] = {"", "seconds", "milliseconds", "microseconds",
										"nanoseconds"};

	if (column->lenient)
		return errhint("Its numbers are taken for %s since 1970, as its option unit says.",
					   units[column->unit]);
	if (early)
		return errhint(
			"Numbers are milliseconds since 1970: times in seconds must be multiplied by 1000.");
	return errhint(
		"Numbers are milliseconds since 1970: times in microseconds must be divided by 1000.");
}

static bool
tell_odd_times(const Report *report, int col, bool early)
{
	const SpkOddTimes *times = &report->tally->columns[col].times;
	int64			   count = early ? times->early : times->late;

	if (count == 0)
		return false;
	ereport(WARNING,
			(errcode(ERRCODE_WARNING),
			 errmsg_plural("%s is %s in %lld row %s", "%s is %s in %lld rows %s", (unsigned long) count,
						   report->binding->names[col], early ? "before 1980" : "after 2099",
						   (long long) count, report->whose),
			 hint_unit(&report->schema->columns[col], early)));
	return true;
}

static bool
tell_times(const Report *report)
{
	bool told = false;

	for (int i = 0; i < report->schema->n_times; i++)
	{
		told |= tell_odd_times(report, report->schema->times[i], true);
		told |= tell_odd_times(report, report->schema->times[i], false);
	}
	return told;
}

/* Some unknown pages are no surprise, for pages come and go.  It is one when most are unknown. */
static void
tell_pages(const Report *report)
{
	SpkEventTally *tally = report->tally;

	if (tally->other_pages <= tally->pages / 2)
		return;
	ereport(WARNING,
			(errcode(ERRCODE_WARNING),
			 errmsg("page is not one of the known pages in %lld of %lld rows %s",
					(long long) tally->other_pages, (long long) tally->pages, report->whose),
			 errdetail("Other pages: %s.", list_names(&tally->page_names)),
			 errhint("Profiles know pages by their exact names, \"Cancellation Confirmation\" for one, "
					 "and count all others together.")));
}

void
spk_tell_events(SpkEventTally *tally, const SpkBinding *binding, const uint64 *asked,
				const char *whose, int optional)
{
	Report	report = make_report(tally, binding, whose);
	uint64 *missing = new_set(&report);

	if (tally->rows == 0)
		return;
	for (size_t i = 0; i < report.words; i++)
		missing[i] = asked[i] & ~spk_tally_given(tally)[i];
	tell_missing(&report, missing, optional);
	tell_some_missing(&report, asked);
	tell_blanks(&report, asked);
	(void) tell_times(&report);
	tell_pages(&report);
}

void
spk_tell_events_so_far(SpkEventTally *tally, const SpkBinding *binding, SpkToldSoFar *told)
{
	Report	report = make_report(tally, binding, "so far");
	uint64 *missing;
	uint64 *meant;

	if (!told->times)
		told->times = tell_times(&report);
	if (told->keys || tally->keys.n == 0 || tally->rows > FIRST_EVENTS)
		return;
	missing = new_set(&report);
	meant = new_set(&report);
	for (size_t i = 0; i < report.words; i++)
		missing[i] = report.schema->all[i] & ~spk_tally_given(tally)[i];
	told->keys = find_meant(&report, missing, meant) != NULL;
	if (told->keys)
		tell_missing(&report, meant, DEBUG1);
	pfree(missing);
	pfree(meant);
}

/*
 * event_tally.h
 *	  What was seen in the events of a load or a scan, so that its end can tell
 *	  what only shows in all of them together.
 */
#ifndef SPK_CORE_EVENTS_EVENT_TALLY_H
#define SPK_CORE_EVENTS_EVENT_TALLY_H

#include "core/events/event.h"
#include "core/events/event_line.h"
#include "core/events/event_names.h"

/* Profiles ignore rows that lack one of these columns, or nobody knows whose rows they are. */
#define SPK_NEEDED_COLUMNS (SPK_EVENT_COLUMNS | UINT32_C(1) << SPK_COL_SESSIONID)

/* Times outside of these come from another unit than milliseconds, or from a wrong clock. */
#define SPK_EARLIEST_TIME (-INT64_C(631152000000000)) /* 1980-01-01 */
#define SPK_LATEST_TIME	  INT64_C(3155760000000000)	  /* 2100-01-01 */

/* How many times of one column are not plausible, before and after those that are. */
typedef struct SpkOddTimes
{
	int64_t early;
	int64_t late;
} SpkOddTimes;

/* It starts as all zeros.  It has no pointers, because it may lie in shared memory. */
typedef struct SpkEventTally
{
	int64_t		rows;
	uint32_t	given; /* columns that have a value in some row */
	uint32_t	meant; /* needed columns that some row lacks while it has a key like theirs */
	int64_t		without[SPK_N_COLUMNS]; /* rows that lack it, for each needed column */
	SpkOddTimes ts;
	SpkOddTimes registration;
	int64_t		pages;		  /* rows with a page */
	int64_t		other_pages;  /* rows with a page that is none of SpkPage's */
	SpkNames	page_names;	  /* of some of the other pages */
	SpkNames	keys;		  /* some keys that are no column */
	int64_t		next_look;	  /* the count of rows at which a line's keys are looked at next */
	int64_t		lacking;	  /* rows without some needed column */
	int64_t		next_lacking; /* the count of these at which a line's keys are looked at next */
} SpkEventTally;

/* The rare parts of spk_tally_add, for it alone. */
extern void spk_tally_look(SpkEventTally *tally, const char *line, size_t len);
extern void spk_tally_lacking(SpkEventTally *tally, uint32_t columns, const char *line, size_t len);
extern void spk_tally_odd_time(SpkOddTimes *times, int64_t time);
extern void spk_tally_other_page(SpkEventTally *tally, const SpkField *page);

static inline void
spk_tally_time(SpkOddTimes *times, int64_t time)
{
	if (time < SPK_EARLIEST_TIME || time >= SPK_LATEST_TIME)
		spk_tally_odd_time(times, time);
}

/*
 * Adds a row and the line of len bytes that it came from.  Times and pages are
 * counted if the row holds them.
 *
 * As long as some column has had no value, some lines are searched for unknown
 * keys that might mean it: the first hundred, then ever fewer.  Lines that lack a
 * needed column are searched in the same way, because the spelling of keys may
 * change within a log.
 */
static inline void
spk_tally_add(SpkEventTally *tally, const SpkEventRow *row, const char *line, size_t len)
{
	tally->rows++;
	tally->given |= row->given;

	if (!row->isnull[SPK_COL_TS])
		spk_tally_time(&tally->ts, row->field[SPK_COL_TS].integer);
	if (!row->isnull[SPK_COL_REGISTRATION])
		spk_tally_time(&tally->registration, row->field[SPK_COL_REGISTRATION].integer);
	if (!row->isnull[SPK_COL_PAGE])
	{
		const SpkField *page = &row->field[SPK_COL_PAGE];

		tally->pages++;
		if (spk_page_of(page->text.data, (size_t) page->text.len) == SPK_PAGE_OTHER)
			spk_tally_other_page(tally, page);
	}

	if (SPK_NEEDED_COLUMNS & ~row->given)
		spk_tally_lacking(tally, SPK_NEEDED_COLUMNS & ~row->given, line, len);
	if (tally->given != SPK_ALL_COLUMNS && tally->rows >= tally->next_look)
		spk_tally_look(tally, line, len);
}

/* Adds what another tally has seen, such as that of a parallel worker. */
extern void spk_tally_merge(SpkEventTally *tally, const SpkEventTally *other);

#endif /* SPK_CORE_EVENTS_EVENT_TALLY_H */

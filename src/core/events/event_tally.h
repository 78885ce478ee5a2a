/*
 * event_tally.h
 *	  What was seen in the events of a read, so that what can only be told of all
 *	  of them together is told at its end.
 */
#ifndef SPK_CORE_EVENTS_EVENT_TALLY_H
#define SPK_CORE_EVENTS_EVENT_TALLY_H

#include "core/events/event.h"
#include "core/events/event_line.h"
#include "core/events/event_names.h"

/* Rows without these are ignored by profiles, or are nobody's. */
#define SPK_NEEDED_COLUMNS (SPK_EVENT_COLUMNS | UINT32_C(1) << SPK_COL_SESSIONID)

/* Times outside of these are another unit than milliseconds, or a wrong clock. */
#define SPK_EARLIEST_TIME (-INT64_C(631152000000000)) /* 1980-01-01 */
#define SPK_LATEST_TIME	  INT64_C(3155760000000000)	  /* 2100-01-01 */

/* Times of one column that are not plausible. */
typedef struct SpkOddTimes
{
	int64_t early;
	int64_t late;
} SpkOddTimes;

/* All zeros in the beginning; without pointers, for it may lie in shared memory. */
typedef struct SpkEventTally
{
	int64_t		rows;
	uint32_t	given; /* columns with a value in any row */
	uint32_t	meant; /* needed ones that a key of a row without them looks like */
	int64_t		without[SPK_N_COLUMNS]; /* rows, of the needed columns */
	SpkOddTimes ts;
	SpkOddTimes registration;
	int64_t		pages;		  /* rows with a page ... */
	int64_t		other_pages;  /* ... that is none of SpkPage's */
	SpkNames	page_names;	  /* some of those */
	SpkNames	keys;		  /* that are no column */
	int64_t		next_look;	  /* at the keys, when there are so many rows */
	int64_t		lacking;	  /* rows without some needed column */
	int64_t		next_lacking; /* to look at the keys of */
} SpkEventTally;

/* For spk_tally_add only. */
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
 * Adds a row and the line that it came from.  Times and pages count where they
 * are wanted.  While a column is missing some lines are searched for keys that
 * might mean it: the first hundred, then ever fewer; and so are those that lack
 * what is needed, for the spelling may change within a log.
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

/* Adds what another one has seen. */
extern void spk_tally_merge(SpkEventTally *tally, const SpkEventTally *other);

#endif /* SPK_CORE_EVENTS_EVENT_TALLY_H */

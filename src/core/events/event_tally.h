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

/* Times outside of these come from another unit than milliseconds, or from a wrong clock. */
#define SPK_EARLIEST_TIME (-INT64_C(631152000000000)) /* 1980-01-01 */
#define SPK_LATEST_TIME	  INT64_C(3155760000000000)	  /* 2100-01-01 */

/* How many times of one column are not plausible, before and after those that are. */
typedef struct SpkOddTimes
{
	int64_t early;
	int64_t late;
} SpkOddTimes;

/* What was seen of one column of a schema. */
typedef struct SpkColumnTally
{
	int64_t		without; /* rows that lack it, of a needed column */
	int64_t		blank;	 /* rows in which it is NULL because the line has "" */
	SpkOddTimes times;
} SpkColumnTally;

/* It has no pointers, because it may lie in shared memory. */
typedef struct SpkEventTally
{
	int64_t		   rows;
	int64_t		   pages;		 /* rows with a page, of the music log */
	int64_t		   other_pages;	 /* rows with a page that is none of SpkPage's */
	SpkNames	   page_names;	 /* of some of the other pages */
	SpkNames	   keys;		 /* some keys that are no column */
	int64_t		   next_look;	 /* the count of rows at which a line's keys are looked at next */
	int64_t		   lacking;		 /* rows without some needed column */
	int64_t		   next_lacking; /* the count of these at which a line's keys are looked at next */
	int			   n_columns;
	SpkColumnTally columns[]; /* two sets of columns follow them */
} SpkEventTally;

/* The bytes of a tally of this many columns, and a tally of them that has seen nothing. */
extern size_t spk_tally_size(int n_columns);
extern void	  spk_tally_clear(SpkEventTally *tally, int n_columns);

/* The set of columns that have a value in some row. */
static inline uint64_t *
spk_tally_given(SpkEventTally *tally)
{
	return (uint64_t *) (tally->columns + tally->n_columns);
}

/* The set of needed columns that some row lacks while it has a key like theirs. */
static inline uint64_t *
spk_tally_meant(SpkEventTally *tally)
{
	return spk_tally_given(tally) + SPK_BITS_WORDS(tally->n_columns);
}

/* The rare parts of spk_tally_add, for it alone. */
extern void spk_tally_look(SpkEventTally *tally, const SpkSchema *schema, const char *line,
						   size_t len);
extern void spk_tally_lacking(SpkEventTally *tally, const SpkSchema *schema, const SpkEventRow *row,
							  const char *line, size_t len);
extern void spk_tally_blanks(SpkEventTally *tally, const SpkEventRow *row);
extern void spk_tally_odd_time(SpkOddTimes *times, int64_t time);
extern void spk_tally_other_page(SpkEventTally *tally, const SpkField *page);

static inline void
spk_tally_time(SpkOddTimes *times, int64_t time)
{
	if (time < SPK_EARLIEST_TIME || time >= SPK_LATEST_TIME)
		spk_tally_odd_time(times, time);
}

static inline void
spk_tally_page(SpkEventTally *tally, const SpkField *page)
{
	tally->pages++;
	if (spk_page_of(page->text.data, (size_t) page->text.len) == SPK_PAGE_OTHER)
		spk_tally_other_page(tally, page);
}

/*
 * Adds a row of the schema and the line of len bytes that it came from.  Times and
 * pages are counted if the row holds them.
 *
 * As long as some column has had no value, some lines are searched for unknown
 * keys that might mean it: the first hundred, then ever fewer.  Lines that lack a
 * needed column are searched in the same way, because the spelling of keys may
 * change within a log.
 */
static inline void
spk_tally_add(SpkEventTally *tally, const SpkSchema *schema, const SpkEventRow *row,
			  const char *line, size_t len)
{
	size_t	  words = SPK_BITS_WORDS(tally->n_columns);
	uint64_t *given = spk_tally_given(tally);
	int		  page = schema->music[SPK_COL_PAGE];

	tally->rows++;
	spk_bits_join(given, row->given, words);
	for (int i = 0; i < schema->n_times; i++)
	{
		int col = schema->times[i];

		if (!row->isnull[col])
			spk_tally_time(&tally->columns[col].times, row->field[col].integer);
	}
	if (page >= 0 && !row->isnull[page])
		spk_tally_page(tally, &row->field[page]);

	if (row->any_blank)
		spk_tally_blanks(tally, row);
	if (!spk_bits_within(schema->needed, row->given, words))
		spk_tally_lacking(tally, schema, row, line, len);
	if (tally->rows >= tally->next_look && !spk_bits_within(schema->all, given, words))
		spk_tally_look(tally, schema, line, len);
}

/* Adds what another tally has seen, such as that of a parallel worker. */
extern void spk_tally_merge(SpkEventTally *tally, const SpkEventTally *other);

#endif /* SPK_CORE_EVENTS_EVENT_TALLY_H */

/*
 * event_tally.c
 *	  What was seen in the events of a load or a scan.
 */
#include <string.h>

#include "core/events/event_tally.h"

/* This many lines are searched for keys one by one, and then fewer and fewer. */
#define FIRST_LOOKS 100

/* Only this many pages are compared with the names that are kept. */
#define MAX_NAMED_PAGES 1000

/* Searching a line costs more than parsing it, so the lines searched grow rarer as they double. */
static int64_t
next_look(int64_t looks)
{
	return looks < FIRST_LOOKS ? looks + 1 : looks * 2;
}

void
spk_tally_look(SpkEventTally *tally, const char *line, size_t len)
{
	spk_names_add_keys(&tally->keys, line, len);
	tally->next_look = next_look(tally->rows);
}

void
spk_tally_lacking(SpkEventTally *tally, uint32_t columns, const char *line, size_t len)
{
	SpkNames keys;

	for (int col = 0; col < SPK_N_COLUMNS; col++)
		tally->without[col] += columns >> col & 1;
	if (++tally->lacking < tally->next_lacking)
		return;
	tally->next_lacking = next_look(tally->lacking);

	/* apart from the tally's keys, which are of all lines and may be full */
	keys.n = 0;
	keys.more = false;
	spk_names_add_keys(&keys, line, len);
	for (int i = 0; i < keys.n; i++)
	{
		int col = spk_event_column_like(keys.name[i]);

		if (col == SPK_EVENT_NO_COLUMN || !(columns >> col & 1))
			continue;
		tally->meant |= UINT32_C(1) << col;
		spk_names_add(&tally->keys, keys.name[i], strlen(keys.name[i]));
	}
}

void
spk_tally_odd_time(SpkOddTimes *times, int64_t time)
{
	if (time < SPK_EARLIEST_TIME)
		times->early++;
	else
		times->late++;
}

void
spk_tally_other_page(SpkEventTally *tally, const SpkField *page)
{
	if (tally->other_pages++ < MAX_NAMED_PAGES)
		spk_names_add(&tally->page_names, page->text.data, (size_t) page->text.len);
}

static void
merge_times(SpkOddTimes *times, const SpkOddTimes *other)
{
	times->early += other->early;
	times->late += other->late;
}

void
spk_tally_merge(SpkEventTally *tally, const SpkEventTally *other)
{
	tally->rows += other->rows;
	tally->given |= other->given;
	tally->meant |= other->meant;
	for (int col = 0; col < SPK_N_COLUMNS; col++)
		tally->without[col] += other->without[col];
	merge_times(&tally->ts, &other->ts);
	merge_times(&tally->registration, &other->registration);
	tally->pages += other->pages;
	tally->other_pages += other->other_pages;
	spk_names_merge(&tally->page_names, &other->page_names);
	spk_names_merge(&tally->keys, &other->keys);
}

/*
 * event_tally.c
 *	  What was seen in the events of a read.
 */
#include "event_tally.h"

/* So many lines are searched for keys before fewer are. */
#define FIRST_LOOKS			100

/* And so many pages for names. */
#define MAX_NAMED_PAGES		1000

void
spk_tally_look(SpkEventTally *tally, const char *line, size_t len)
{
	spk_names_add_keys(&tally->keys, line, len);
	tally->next_look = tally->rows < FIRST_LOOKS ? tally->rows + 1 : tally->rows * 2;
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
	merge_times(&tally->ts, &other->ts);
	merge_times(&tally->registration, &other->registration);
	tally->pages += other->pages;
	tally->other_pages += other->other_pages;
	spk_names_merge(&tally->page_names, &other->page_names);
	spk_names_merge(&tally->keys, &other->keys);
}

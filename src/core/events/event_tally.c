/*
 * event_tally.c
 *	  What was seen in the events of a load or a scan.
 */
#include <string.h>

#include "core/base/invariant.h"
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

size_t
spk_tally_size(int n_columns)
{
	return sizeof(SpkEventTally) + (size_t) n_columns * sizeof(SpkColumnTally) +
		2 * SPK_BITS_WORDS(n_columns) * sizeof(uint64_t);
}

void
spk_tally_clear(SpkEventTally *tally, int n_columns)
{
	memset(tally, 0, spk_tally_size(n_columns));
	tally->n_columns = n_columns;
}

void
spk_tally_look(SpkEventTally *tally, const SpkSchema *schema, const char *line, size_t len)
{
	spk_names_add_keys(&tally->keys, schema, line, len);
	tally->next_look = next_look(tally->rows);
}

void
spk_tally_lacking(SpkEventTally *tally, const SpkSchema *schema, const SpkEventRow *row,
				  const char *line, size_t len)
{
	SpkNames keys;

	for (int col = 0; col < tally->n_columns; col++)
		tally->columns[col].without += spk_bits_has(schema->needed, col) &&
			!spk_bits_has(row->given, col);
	if (++tally->lacking < tally->next_lacking)
		return;
	tally->next_lacking = next_look(tally->lacking);

	/* apart from the tally's keys, which are of all lines and may be full */
	keys.n = 0;
	keys.more = false;
	spk_names_add_keys(&keys, schema, line, len);
	for (int i = 0; i < keys.n; i++)
	{
		int col = spk_event_column_like(schema, keys.name[i]);

		if (col == SPK_EVENT_NO_COLUMN || !spk_bits_has(schema->needed, col) ||
			spk_bits_has(row->given, col))
			continue;
		spk_bits_add(spk_tally_meant(tally), col);
		spk_names_add(&tally->keys, keys.name[i], strlen(keys.name[i]));
	}
}

void
spk_tally_blanks(SpkEventTally *tally, const SpkEventRow *row)
{
	for (int col = 0; col < tally->n_columns; col++)
		tally->columns[col].blank += spk_bits_has(row->blank, col);
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
	size_t words = SPK_BITS_WORDS(tally->n_columns);

	spk_assert(tally->n_columns == other->n_columns);
	tally->rows += other->rows;
	/* the other's sets are only read */
	spk_bits_join(spk_tally_given(tally), spk_tally_given((SpkEventTally *) other), 2 * words);
	for (int col = 0; col < tally->n_columns; col++)
	{
		tally->columns[col].without += other->columns[col].without;
		tally->columns[col].blank += other->columns[col].blank;
		merge_times(&tally->columns[col].times, &other->columns[col].times);
	}
	tally->pages += other->pages;
	tally->other_pages += other->other_pages;
	spk_names_merge(&tally->page_names, &other->page_names);
	spk_names_merge(&tally->keys, &other->keys);
}

/*
 * event_columns.c
 *	  The columns of churn_event, and the memory of an event.
 */
#include <string.h>

#include "core/events/column_bits.h"
#include "core/events/event_columns.h"

const SpkEventKey spk_event_keys[SPK_N_COLUMNS] = {
#define SPK_EVENT_ITEM(constant, column, key, kind, comment) \
	{key, sizeof(key) - 1, SPK_TYPE_##kind},
#include "core/events/event_list.h"
#undef SPK_EVENT_ITEM
};

bool
spk_key_same(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
	{
		if (spk_key_folded(a[i]) != spk_key_folded(b[i]))
			return false;
	}
	return true;
}

bool
spk_event_key_known(const char *key, size_t len)
{
	for (int col = 0; col < SPK_N_COLUMNS; col++)
	{
		if (spk_event_keys[col].len == len && spk_key_same(spk_event_keys[col].key, key, len))
			return true;
	}
	return false;
}

bool
spk_event_row_init(SpkEventRow *row, int n_columns, const SpkHost *host)
{
	size_t n = (size_t) n_columns;
	size_t words = SPK_BITS_WORDS(n_columns);
	char  *room = spk_alloc(host, 1,
							n * (sizeof(SpkField) + sizeof(bool)) + 2 * words * sizeof(uint64_t));

	if (room == NULL)
		return false;
	/* one piece of memory: what needs the strictest alignment comes first */
	row->n_columns = n_columns;
	row->field = (SpkField *) room;
	row->given = (uint64_t *) (row->field + n);
	row->blank = row->given + words;
	row->isnull = (bool *) (row->blank + words);
	row->any_blank = true;
	spk_event_row_clear(row);
	return true;
}

void
spk_event_row_release(SpkEventRow *row, const SpkHost *host)
{
	spk_release(host, row->field);
	row->field = NULL;
}

void
spk_event_row_clear(SpkEventRow *row)
{
	size_t words = SPK_BITS_WORDS(row->n_columns);

	spk_bits_clear(row->given, words);
	if (row->any_blank)
		spk_bits_clear(row->blank, words);
	row->any_blank = false;
	memset(row->isnull, true, (size_t) row->n_columns * sizeof(bool));
}

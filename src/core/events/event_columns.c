/*
 * event_columns.c
 *	  The columns of an event, and their keys in JSON.
 */
#include <string.h>

#include "core/events/event_columns.h"

_Static_assert(SPK_N_COLUMNS < 32, "sets of columns are masks of 32 bits");

const SpkEventKey spk_event_keys[SPK_N_COLUMNS] = {
#define SPK_EVENT_ITEM(constant, column, key, kind, comment) \
	{key, sizeof(key) - 1, SPK_TYPE_##kind},
#include "core/events/event_list.h"
#undef SPK_EVENT_ITEM
};

static inline char
folded(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char) (byte + ('a' - 'A')) : byte;
}

static bool
same_folded(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
	{
		if (folded(a[i]) != folded(b[i]))
			return false;
	}
	return true;
}

int
spk_event_column_of_key(const char *key, size_t len, bool *exact)
{
	for (int col = 0; col < SPK_N_COLUMNS; col++)
	{
		if (len == spk_event_keys[col].len && same_folded(spk_event_keys[col].key, key, len))
		{
			*exact = memcmp(spk_event_keys[col].key, key, len) == 0;
			return col;
		}
	}
	return SPK_EVENT_NO_COLUMN;
}

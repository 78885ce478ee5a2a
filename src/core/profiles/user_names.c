/*
 * user_names.c
 *	  The names of events in one user's tally.
 */
#include "core/profiles/user_names.h"
#include "core/profiles/name_ranks.h"

#define FIRST_ENTRIES 8

/* Room for one more entry, and for its amounts where there are any. */
static SpkStatus
make_room(SpkUserTally *t)
{
	const SpkHost  *host = &t->names->host;
	uint32_t		room = t->entries_room == 0 ? FIRST_ENTRIES : 2 * t->entries_room;
	SpkNameTally   *entries;
	SpkAmountTally *amounts = NULL;

	if (t->n_entries < t->entries_room)
		return SPK_OK;
	if (t->amounts != NULL)
	{
		amounts = spk_alloc(host, room, sizeof(SpkAmountTally));
		if (amounts == NULL)
			return SPK_NO_MEMORY;
		memcpy(amounts, t->amounts, t->n_entries * sizeof(SpkAmountTally));
	}
	/* nothing is changed before all memory is there */
	entries = spk_alloc(host, room, sizeof(SpkNameTally));
	if (entries == NULL)
	{
		spk_release(host, amounts);
		return SPK_NO_MEMORY;
	}
	if (t->n_entries > 0)
		memcpy(entries, t->entries, t->n_entries * sizeof(SpkNameTally));
	spk_release(host, t->entries);
	spk_release(host, t->amounts);
	t->entries = entries;
	t->amounts = amounts;
	t->entries_room = room;
	return SPK_OK;
}

/* Where the entry of a number stands, or belongs. */
static uint32_t
place_of(const SpkUserTally *t, uint32_t number)
{
	uint32_t low = 0;
	uint32_t high = t->n_entries;

	while (low < high)
	{
		uint32_t middle = (low + high) / 2;

		if (t->entries[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Finds the entry of a number, or makes it: it is t->last_entry then. */
static SpkStatus
find_entry(SpkUserTally *t, uint32_t number)
{
	uint32_t  at;
	SpkStatus status;

	if (t->last_entry < t->n_entries && t->entries[t->last_entry].number == number)
		return SPK_OK;
	at = place_of(t, number);
	t->last_entry = at;
	if (at < t->n_entries && t->entries[at].number == number)
		return SPK_OK;
	status = make_room(t);
	if (status != SPK_OK)
		return status;
	memmove(t->entries + at + 1, t->entries + at, (t->n_entries - at) * sizeof(SpkNameTally));
	t->entries[at] = (SpkNameTally) {.number = number};
	if (t->amounts != NULL)
	{
		memmove(t->amounts + at + 1, t->amounts + at, (t->n_entries - at) * sizeof(SpkAmountTally));
		t->amounts[at] = (SpkAmountTally) {0};
	}
	t->n_entries++;
	return SPK_OK;
}

SpkStatus
spk_user_names_add(SpkUserTally *t, uint32_t number, const SpkSpan *span,
				   const SpkAmountTally *amounts)
{
	SpkStatus status = find_entry(t, number);

	if (status != SPK_OK)
		return status;
	spk_span_add(&t->entries[t->last_entry].span, span);
	if (amounts->rows == 0)
		return SPK_OK;
	if (t->amounts == NULL)
	{
		t->amounts = spk_alloc(&t->names->host, t->entries_room, sizeof(SpkAmountTally));
		if (t->amounts == NULL)
			return SPK_NO_MEMORY;
		memset(t->amounts, 0, t->entries_room * sizeof(SpkAmountTally));
	}
	spk_amount_tally_add(&t->amounts[t->last_entry], amounts);
	return SPK_OK;
}

/* Goes over to entries of another dictionary, which is the tally's own. */
static SpkStatus
move_entries(SpkUserTally *t, SpkDictionary *names, const uint32_t *kept)
{
	static const SpkAmountTally none;
	SpkUserTally				moved;
	SpkStatus					status = SPK_OK;

	spk_user_tally_init(&moved, names);
	for (uint32_t i = 0; i < t->n_entries && status == SPK_OK; i++)
		status = spk_user_names_add(&moved, kept[i], &t->entries[i].span,
									t->amounts != NULL ? &t->amounts[i] : &none);
	if (status != SPK_OK)
	{
		spk_release(&names->host, moved.entries);
		spk_release(&names->host, moved.amounts);
		return status;
	}
	spk_release(&names->host, t->entries);
	spk_release(&names->host, t->amounts);
	t->entries = moved.entries;
	t->amounts = moved.amounts;
	t->n_entries = moved.n_entries;
	t->entries_room = moved.entries_room;
	t->last_entry = 0;
	return SPK_OK;
}

SpkStatus
spk_user_names_renew(SpkUserTally *t)
{
	SpkHost		   host = t->names->host;
	SpkDictionary *names = spk_alloc(&host, 1, sizeof(SpkDictionary));
	uint32_t	  *numbers = spk_alloc(&host, t->n_entries, 2 * sizeof(uint32_t));
	SpkStatus	   status = SPK_NO_MEMORY;

	if (names != NULL)
		spk_dictionary_init(names, &host, SPK_OWN_NAMES);
	if (names != NULL && numbers != NULL)
	{
		for (uint32_t i = 0; i < t->n_entries; i++)
			numbers[i] = t->entries[i].number;
		status = spk_name_ranks_keep(t->names, numbers, t->n_entries, SPK_LOG_NAMES, names,
									 numbers + t->n_entries);
	}
	if (status == SPK_OK)
		status = move_entries(t, names, numbers + t->n_entries);
	/* of the two dictionaries the one that is not used goes, unless it is shared */
	if (status == SPK_OK)
	{
		SpkDictionary *old = t->owns_names ? t->names : NULL;

		t->names = names;
		t->owns_names = true;
		names = old;
	}
	if (names != NULL)
		spk_dictionary_release(names);
	spk_release(&host, names);
	spk_release(&host, numbers);
	return status;
}

SpkStatus
spk_user_names_number(SpkUserTally *t, const char *name, size_t len, uint32_t *number)
{
	SpkStatus status = spk_dictionary_add(t->names, name, len, number);

	if (status != SPK_LIMIT)
		return status;
	status = spk_user_names_renew(t);
	return status == SPK_OK ? spk_dictionary_add(t->names, name, len, number) : status;
}

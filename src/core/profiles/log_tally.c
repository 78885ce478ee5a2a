/*
 * log_tally.c
 *	  What looking at a log for the first time tells, from the tallies of its users.
 */
#include "core/profiles/log_tally.h"
#include "core/profiles/name_ranks.h"

#define FIRST_TOTALS 64

/* Room in the dictionary for the names of one more user, and in its texts. */
#define MAX_USED_NAMES (SPK_SHARED_NAMES - SPK_LOG_NAMES)
#define MAX_USED_TEXTS ((UINT32_C(4) << 20) - SPK_LOG_NAMES * SPK_LOG_NAME_BYTES)

SpkStatus
spk_log_tally_init(SpkLogTally *t, const SpkHost *host, int32_t last_day)
{
	memset(t, 0, sizeof(*t));
	t->host = *host;
	spk_dictionary_init(&t->names, host, SPK_SHARED_NAMES);
	spk_user_tally_init(&t->user, &t->names);
	return spk_active_days_init(&t->days, host, last_day);
}

/* Totals, zeros at first, for all numbers that the dictionary has. */
static SpkStatus
make_room(SpkLogTally *t)
{
	uint32_t	  room = t->totals_room == 0 ? FIRST_TOTALS : t->totals_room;
	SpkNameTotal *totals;

	while (room < t->names.n || room == 0)
		room *= 2;
	if (room == t->totals_room)
		return SPK_OK;
	totals = spk_alloc(&t->host, room, sizeof(SpkNameTotal));
	if (totals == NULL)
		return SPK_NO_MEMORY;
	memset(totals, 0, room * sizeof(SpkNameTotal));
	if (t->totals_room > 0)
		memcpy(totals, t->totals, t->totals_room * sizeof(SpkNameTotal));
	spk_release(&t->host, t->totals);
	t->totals = totals;
	t->totals_room = room;
	return SPK_OK;
}

static void
add_total(SpkNameTotal *total, const SpkNameTotal *other)
{
	spk_span_add(&total->span, &other->span);
	spk_amount_tally_add(&total->amounts, &other->amounts);
	total->users += other->users;
	total->ended += other->ended;
	total->ended_later += other->ended_later;
}

/* Leaves the names of the first ranks in a new dictionary; the others' totals go together. */
static SpkStatus
drop_names(SpkLogTally *t)
{
	uint32_t	  n = t->names.n;
	uint32_t	 *numbers = spk_alloc(&t->host, n, 2 * sizeof(uint32_t));
	SpkNameTotal *totals = spk_alloc(&t->host, SPK_TALLY_NAMES + 1, sizeof(SpkNameTotal));
	SpkDictionary names;
	SpkStatus	  status = SPK_NO_MEMORY;

	spk_dictionary_init(&names, &t->host, SPK_SHARED_NAMES);
	if (numbers != NULL && totals != NULL)
	{
		for (uint32_t i = 0; i < n; i++)
			numbers[i] = i;
		status = spk_name_ranks_keep(&t->names, numbers, n, SPK_TALLY_NAMES, &names, numbers + n);
	}
	if (status != SPK_OK)
	{
		spk_dictionary_release(&names);
		spk_release(&t->host, numbers);
		spk_release(&t->host, totals);
		return status;
	}
	/* what is left behind becomes number 0, that of the others */
	memset(totals, 0, (SPK_TALLY_NAMES + 1) * sizeof(SpkNameTotal));
	for (uint32_t i = 0; i < n; i++)
		add_total(&totals[numbers[n + i]], &t->totals[i]);
	spk_dictionary_release(&t->names);
	spk_release(&t->host, t->totals);
	spk_release(&t->host, numbers);
	t->names = names;
	t->totals = totals;
	t->totals_room = SPK_TALLY_NAMES + 1;
	t->names_dropped = true;
	return SPK_OK;
}

/* Adds the names of the user that was read. */
static void
add_names(SpkLogTally *t)
{
	const SpkUserTally *user = &t->user;

	for (uint32_t i = 0; i < user->n_entries; i++)
	{
		const SpkSpan *span = &user->entries[i].span;
		SpkNameTotal   total = {.span = *span, .users = 1};

		if (user->amounts != NULL)
			total.amounts = user->amounts[i];
		/* what the user did not do may come later */
		total.ended = user->done.rows == 0 || span->last >= user->done.last;
		total.ended_later = total.ended && user->events.first < span->last;
		add_total(&t->totals[user->entries[i].number], &total);
	}
	if (user->n_entries > t->max_names)
		t->max_names = user->n_entries;
	t->many_names_users += user->n_entries > SPK_MANY_NAMES;
}

/* Adds what is counted of users only. */
static SpkStatus
add_user(SpkLogTally *t)
{
	const SpkUserTally *user = &t->user;
	uint64_t			repeats = spk_row_sample_repeats(&user->sample);

	t->early_users += user->early.rows > 0;
	t->late_users += user->late.rows > 0;
	if (user->events.rows == 0)
		return SPK_OK;
	t->users++;
	spk_span_add(&t->events, &user->events);
	add_names(t);
	t->repeats += repeats;
	t->repeating_users += repeats > 0;
	if (user->sample.bits > t->sample_bits)
		t->sample_bits = user->sample.bits;
	if (user->events.rows > t->max_rows)
		t->max_rows = user->events.rows;
	return spk_active_days_add(&t->days, user);
}

SpkStatus
spk_log_tally_add(SpkLogTally *t, bool is_somebody, const void *data, size_t len, uint64_t *events)
{
	SpkUserTally *user = &t->user;
	SpkStatus	  status = SPK_OK;

	*events = 0;
	/* before the user comes, so that the dictionary is never full */
	if (t->names.n > MAX_USED_NAMES || t->names.texts_len > MAX_USED_TEXTS)
		status = drop_names(t);
	spk_user_tally_clear(user);
	if (status == SPK_OK)
		status = spk_user_tally_read(user, data, len);
	if (status == SPK_OK)
		status = make_room(t);
	if (status != SPK_OK)
		return status;
	t->rows += user->rows;
	t->no_time += user->no_time;
	t->no_event += user->no_event;
	spk_span_add(&t->early, &user->early);
	spk_span_add(&t->late, &user->late);
	if (!is_somebody)
	{
		t->no_user += user->rows;
		return SPK_OK;
	}
	*events = user->events.rows;
	return add_user(t);
}

SpkStatus
spk_log_tally_finish(SpkLogTally *t)
{
	SpkStatus status = make_room(t);

	/* [0] is no name */
	if (status == SPK_OK && t->names.n > SPK_TALLY_NAMES + 1)
		status = drop_names(t);
	return status;
}

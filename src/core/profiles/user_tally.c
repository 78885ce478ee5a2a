/*
 * user_tally.c
 *	  What looking at a log for the first time needs of one user.
 */
#include "core/profiles/user_tally.h"
#include "core/base/hash.h"
#include "core/profiles/user_names.h"

#define FIRST_BLOCKS 2

/* Of names that are too long for a dictionary. */
#define ROW_SEED UINT64_C(0x726f77)

void
spk_user_tally_init(SpkUserTally *t, SpkDictionary *names)
{
	memset(t, 0, sizeof(*t));
	t->names = names;
}

void
spk_user_tally_release(SpkUserTally *t)
{
	SpkHost host = t->names->host;

	spk_release(&host, t->entries);
	spk_release(&host, t->amounts);
	spk_release(&host, t->blocks);
	spk_row_sample_release(&host, &t->sample);
	if (t->owns_names)
	{
		spk_dictionary_release(t->names);
		spk_release(&host, t->names);
	}
	memset(t, 0, sizeof(*t));
}

void
spk_user_tally_clear(SpkUserTally *t)
{
	SpkUserTally old = *t;

	spk_user_tally_init(t, old.names);
	t->owns_names = old.owns_names;
	t->entries = old.entries;
	t->entries_room = old.entries_room;
	t->blocks = old.blocks;
	t->blocks_room = old.blocks_room;
	t->sample.rows = old.sample.rows;
	t->sample.room = old.sample.room;
	/* the next user may have none */
	spk_release(&old.names->host, old.amounts);
}

void
spk_span_add(SpkSpan *span, const SpkSpan *other)
{
	if (other->rows == 0)
		return;
	if (span->rows == 0 || other->first < span->first)
		span->first = other->first;
	if (span->rows == 0 || other->last > span->last)
		span->last = other->last;
	span->rows += other->rows;
}

void
spk_amount_tally_add(SpkAmountTally *tally, const SpkAmountTally *other)
{
	tally->rows += other->rows;
	tally->gained = spk_add_amount(tally->gained, other->gained);
	tally->refunded = spk_add_amount(tally->refunded, other->refunded);
}

/* ---- Days ---- */

/* Adds days of a block. */
static SpkStatus
add_days(SpkUserTally *t, int32_t number, uint64_t days)
{
	uint32_t at = t->n_blocks;

	/* as a rule it is the last one */
	while (at > 0 && t->blocks[at - 1].number > number)
		at--;
	if (at > 0 && t->blocks[at - 1].number == number)
	{
		t->blocks[at - 1].days |= days;
		return SPK_OK;
	}
	if (t->n_blocks == t->blocks_room)
	{
		uint32_t	 room = t->blocks_room == 0 ? FIRST_BLOCKS : 2 * t->blocks_room;
		SpkDayBlock *blocks = spk_alloc(&t->names->host, room, sizeof(SpkDayBlock));

		if (blocks == NULL)
			return SPK_NO_MEMORY;
		if (t->n_blocks > 0)
			memcpy(blocks, t->blocks, t->n_blocks * sizeof(SpkDayBlock));
		spk_release(&t->names->host, t->blocks);
		t->blocks = blocks;
		t->blocks_room = room;
	}
	memmove(t->blocks + at + 1, t->blocks + at, (t->n_blocks - at) * sizeof(SpkDayBlock));
	t->blocks[at] = (SpkDayBlock) {number, days};
	t->n_blocks++;
	return SPK_OK;
}

static SpkStatus
add_day(SpkUserTally *t, int64_t ts)
{
	int32_t day = spk_day_of(ts) - spk_day_of(SPK_EARLIEST_EVENT);

	return add_days(t, day / SPK_BLOCK_DAYS, UINT64_C(1) << day % SPK_BLOCK_DAYS);
}

/* ---- Rows ---- */

void
spk_user_tally_add_blank(SpkUserTally *t, bool has_time, bool has_event)
{
	t->rows++;
	if (!has_time)
		t->no_time++;
	if (!has_event)
		t->no_event++;
}

void
spk_user_tally_add_odd(SpkUserTally *t, int64_t ts)
{
	const SpkSpan span = {1, ts, ts};

	t->rows++;
	spk_span_add(ts < SPK_EARLIEST_EVENT ? &t->early : &t->late, &span);
}

/* What tells rows of one user apart.  The dictionary has the hash of a name that it knows. */
static uint64_t
row_hash(const SpkUserTally *t, uint32_t number, const SpkLogEvent *e)
{
	uint64_t hash = number != SPK_NAME_OTHER ? t->names->names[number].hash :
											   spk_hash_bytes(e->name, e->name_len, ROW_SEED);

	hash = spk_hash_combine(hash, (uint64_t) e->ts);
	hash = spk_hash_combine(hash, (uint64_t) e->session + (uint64_t) e->session_kind);
	hash = spk_hash_combine(hash, (uint64_t) e->amount + (e->has_amount ? 1 : 0));
	return e->level == NULL ? hash : spk_hash_bytes(e->level, e->level_len, hash);
}

SpkStatus
spk_user_tally_add(SpkUserTally *t, const SpkLogEvent *e, bool is_done)
{
	const SpkSpan		 span = {1, e->ts, e->ts};
	const SpkAmountTally amounts = {e->has_amount ? 1 : 0, e->amount > 0 ? e->amount : 0,
									e->amount < 0 ? -e->amount : 0};
	uint32_t  number;
	SpkStatus status = spk_user_names_number(t, e->name, e->name_len, &number);

	if (status == SPK_OK)
		status = spk_user_names_add(t, number, &span, &amounts);
	if (status == SPK_OK && is_done)
		status = add_day(t, e->ts);
	if (status == SPK_OK)
		status = spk_row_sample_add(&t->names->host, &t->sample, row_hash(t, number, e));
	if (status != SPK_OK)
		return status;
	t->rows++;
	spk_span_add(&t->events, &span);
	if (is_done)
		spk_span_add(&t->done, &span);
	return SPK_OK;
}

/* ---- Bytes ---- */

static void
write_span(SpkWriter *w, const SpkSpan *span)
{
	spk_write_varint(w, span->rows);
	if (span->rows == 0)
		return;
	spk_write_u64(w, (uint64_t) span->first);
	spk_write_varint(w, (uint64_t) span->last - (uint64_t) span->first);
}

static void
read_span(SpkReader *r, SpkSpan *span)
{
	SpkSpan read = {spk_read_varint(r), 0, 0};

	if (read.rows > 0)
	{
		read.first = (int64_t) spk_read_u64(r);
		read.last = (int64_t) ((uint64_t) read.first + spk_read_varint(r));
	}
	spk_span_add(span, &read);
}

static void
write_entry(SpkWriter *w, const SpkUserTally *t, uint32_t i)
{
	uint32_t number = t->entries[i].number;

	spk_write_u8(w, number == SPK_NAME_OTHER);
	if (number != SPK_NAME_OTHER)
	{
		spk_write_u8(w, t->names->names[number].len);
		spk_write_bytes(w, spk_dictionary_text(t->names, number), t->names->names[number].len);
	}
	write_span(w, &t->entries[i].span);
	if (t->amounts == NULL)
		return;
	spk_write_varint(w, t->amounts[i].rows);
	spk_write_varint(w, (uint64_t) t->amounts[i].gained);
	spk_write_varint(w, (uint64_t) t->amounts[i].refunded);
}

SpkStatus
spk_user_tally_write(SpkUserTally *t, SpkWriter *w)
{
	/* one of the entries may be the others' */
	if (t->n_entries > SPK_LOG_NAMES)
	{
		SpkStatus status = spk_user_names_renew(t);

		if (status != SPK_OK)
			return status;
	}
	spk_write_varint(w, t->rows);
	spk_write_varint(w, t->no_time);
	spk_write_varint(w, t->no_event);
	write_span(w, &t->early);
	write_span(w, &t->late);
	write_span(w, &t->events);
	write_span(w, &t->done);
	spk_row_sample_write(w, &t->sample);
	spk_write_varint(w, t->n_blocks);
	for (uint32_t i = 0; i < t->n_blocks; i++)
	{
		spk_write_varint(w, (uint64_t) t->blocks[i].number);
		spk_write_u64(w, t->blocks[i].days);
	}
	spk_write_varint(w, t->n_entries);
	spk_write_u8(w, t->amounts != NULL);
	for (uint32_t i = 0; i < t->n_entries; i++)
		write_entry(w, t, i);
	return w->status;
}

static SpkStatus
read_entry(SpkUserTally *t, SpkReader *r, bool has_amounts)
{
	SpkSpan		   span = {0};
	SpkAmountTally amounts = {0};
	uint32_t	   number = SPK_NAME_OTHER;
	bool		   is_other = spk_read_u8(r) != 0;
	size_t		   len = is_other ? 0 : spk_read_u8(r);
	const char	  *name = (const char *) spk_read_bytes(r, len);
	SpkStatus	   status = SPK_OK;

	read_span(r, &span);
	if (has_amounts)
	{
		amounts.rows = spk_read_varint(r);
		amounts.gained = (int64_t) spk_read_varint(r);
		amounts.refunded = (int64_t) spk_read_varint(r);
	}
	if (r->bad || name == NULL || amounts.gained < 0 || amounts.refunded < 0)
		return SPK_CORRUPT;
	if (!is_other)
		status = spk_user_names_number(t, name, len, &number);
	return status == SPK_OK ? spk_user_names_add(t, number, &span, &amounts) : status;
}

SpkStatus
spk_user_tally_read(SpkUserTally *t, const void *data, size_t len)
{
	SpkReader r = spk_reader(data, len);
	SpkStatus status;
	uint64_t  n;
	bool	  has_amounts;

	t->rows += spk_read_varint(&r);
	t->no_time += spk_read_varint(&r);
	t->no_event += spk_read_varint(&r);
	read_span(&r, &t->early);
	read_span(&r, &t->late);
	read_span(&r, &t->events);
	read_span(&r, &t->done);
	status = spk_row_sample_read(&t->names->host, &r, &t->sample);
	/* counts are not believed further than there are bytes */
	n = spk_read_varint(&r);
	for (uint64_t i = 0; i < n && status == SPK_OK && !r.bad; i++)
	{
		uint64_t number = spk_read_varint(&r);

		if (number > INT32_MAX)
			return SPK_CORRUPT;
		status = add_days(t, (int32_t) number, spk_read_u64(&r));
	}
	n = spk_read_varint(&r);
	has_amounts = spk_read_u8(&r) != 0;
	for (uint64_t i = 0; i < n && status == SPK_OK && !r.bad; i++)
		status = read_entry(t, &r, has_amounts);
	if (status == SPK_OK && (r.bad || spk_unread(&r) > 0))
		return SPK_CORRUPT;
	return status;
}

/*
 * row_sample.c
 *	  How many rows repeat an earlier one, told in bounded memory.
 */
#include "core/profiles/row_sample.h"

#define FIRST_ROWS 8

/* Below the hash stands a count that sticks at its maximum. */
#define SEEN_BITS 20
#define SEEN_MAX  ((UINT64_C(1) << SEEN_BITS) - 1)
#define HASH_BITS (64 - SEEN_BITS)

void
spk_row_sample_init(SpkRowSample *sample)
{
	memset(sample, 0, sizeof(*sample));
}

void
spk_row_sample_release(const SpkHost *host, SpkRowSample *sample)
{
	spk_release(host, sample->rows);
	spk_row_sample_init(sample);
}

/* Does a row, hash above its count, end with so many zeros? */
static bool
is_kept(uint64_t row, unsigned bits)
{
	return (row >> SEEN_BITS & ((UINT64_C(1) << bits) - 1)) == 0;
}

/* Keeps those rows alone that end with so many zeros. */
static void
raise_bits(SpkRowSample *sample, unsigned bits)
{
	uint16_t n = 0;

	for (uint16_t i = 0; i < sample->n; i++)
		if (is_kept(sample->rows[i], bits))
			sample->rows[n++] = sample->rows[i];
	sample->n = n;
	sample->bits = (uint16_t) bits;
}

/* Where the row of this hash stands, or belongs. */
static uint16_t
place_of(const SpkRowSample *sample, uint64_t hash)
{
	uint16_t low = 0;
	uint16_t high = sample->n;

	while (low < high)
	{
		uint16_t middle = (uint16_t) ((low + high) / 2);

		if (sample->rows[middle] >> SEEN_BITS < hash)
			low = (uint16_t) (middle + 1);
		else
			high = middle;
	}
	return low;
}

/* Room for one more. */
static SpkStatus
make_room(const SpkHost *host, SpkRowSample *sample)
{
	uint16_t  room = sample->room == 0 ? FIRST_ROWS : (uint16_t) (2 * sample->room);
	uint64_t *rows;

	if (sample->n < sample->room)
		return SPK_OK;
	rows = spk_alloc(host, room, sizeof(uint64_t));
	if (rows == NULL)
		return SPK_NO_MEMORY;
	if (sample->n > 0)
		memcpy(rows, sample->rows, sample->n * sizeof(uint64_t));
	spk_release(host, sample->rows);
	sample->rows = rows;
	sample->room = room;
	return SPK_OK;
}

/* Adds a row, its hash above its count of repeats, that ends with zeros enough. */
static SpkStatus
add_row(const SpkHost *host, SpkRowSample *sample, uint64_t row)
{
	uint16_t  at = place_of(sample, row >> SEEN_BITS);
	SpkStatus status;

	if (at < sample->n && sample->rows[at] >> SEEN_BITS == row >> SEEN_BITS)
	{
		uint64_t repeats = (sample->rows[at] & SEEN_MAX) + (row & SEEN_MAX) + 1;

		sample->rows[at] = (row & ~SEEN_MAX) | (repeats < SEEN_MAX ? repeats : SEEN_MAX);
		return SPK_OK;
	}
	while (sample->n == SPK_SAMPLE_ROWS && sample->bits < HASH_BITS)
		raise_bits(sample, sample->bits + 1U);
	if (!is_kept(row, sample->bits))
		return SPK_OK;
	status = make_room(host, sample);
	if (status != SPK_OK)
		return status;
	at = place_of(sample, row >> SEEN_BITS);
	memmove(sample->rows + at + 1, sample->rows + at, (sample->n - at) * sizeof(uint64_t));
	sample->rows[at] = row;
	sample->n++;
	return SPK_OK;
}

SpkStatus
spk_row_sample_add(const SpkHost *host, SpkRowSample *sample, uint64_t hash)
{
	uint64_t row = hash << SEEN_BITS;

	return is_kept(row, sample->bits) ? add_row(host, sample, row) : SPK_OK;
}

void
spk_row_sample_write(SpkWriter *w, const SpkRowSample *sample)
{
	spk_write_varint(w, sample->bits);
	spk_write_varint(w, sample->n);
	for (uint16_t i = 0; i < sample->n; i++)
		spk_write_u64(w, sample->rows[i]);
}

SpkStatus
spk_row_sample_read(const SpkHost *host, SpkReader *r, SpkRowSample *sample)
{
	uint64_t  bits = spk_read_varint(r);
	uint64_t  n = spk_read_varint(r);
	SpkStatus status = SPK_OK;

	if (bits > HASH_BITS || n > SPK_SAMPLE_ROWS || n * sizeof(uint64_t) > spk_unread(r))
		return SPK_CORRUPT;
	if (bits > sample->bits)
		raise_bits(sample, (unsigned) bits);
	for (uint64_t i = 0; i < n && status == SPK_OK; i++)
	{
		uint64_t row = spk_read_u64(r);

		if (is_kept(row, sample->bits))
			status = add_row(host, sample, row);
	}
	return status;
}

uint64_t
spk_row_sample_repeats(const SpkRowSample *sample)
{
	uint64_t repeats = 0;

	for (uint16_t i = 0; i < sample->n; i++)
		repeats += sample->rows[i] & SEEN_MAX;
	return repeats << sample->bits;
}

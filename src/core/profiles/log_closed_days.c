/*
 * log_closed_days.c
 *	  All days that a growing profile has closed, in pieces of memory.
 */
#include "core/profiles/log_closed_days.h"
#include "core/base/pool.h"

/* Bytes of a piece, with its head. */
#define MIN_PIECE ((size_t) 256)
#define MAX_PIECE ((size_t) 1 << 20)

_Static_assert(MIN_PIECE >= SPK_POOL_HEAD + sizeof(SpkDayPiece) + SPK_LATEST_BYTES,
			   "the latest days fit a piece");

/* Bytes that are let come near at most: more than any but the longest profiles have. */
#define MAX_PREFETCH ((size_t) 1 << 14)

void
spk_closed_days_init(SpkClosedDays *days)
{
	/* the latest days are not cleared: there are none */
	memset(days, 0, offsetof(SpkClosedDays, latest));
}

void
spk_closed_days_release(const SpkHost *host, SpkClosedDays *days)
{
	for (SpkDayPiece *piece = days->first; piece != NULL;)
	{
		SpkDayPiece *next = piece->next;

		spk_release(host, piece);
		piece = next;
	}
	spk_closed_days_init(days);
}

/*
 * Makes another piece, with room for so many bytes; false when there is no memory.  It is
 * as large as all before it together, in powers of 2, that allocators have.
 */
static bool
add_piece(const SpkHost *host, SpkClosedDays *days, size_t bytes)
{
	size_t		 size = MIN_PIECE;
	SpkDayPiece *piece;

	while (size < MAX_PIECE && size < days->len)
		size *= 2;
	/* a pool puts its head before, and the two are of a power of 2 */
	size -= SPK_POOL_HEAD;
	if (size < bytes + sizeof(SpkDayPiece))
		size = bytes + sizeof(SpkDayPiece);
	piece = size <= UINT32_MAX ? spk_alloc(host, size, 1) : NULL;
	if (piece == NULL)
	{
		days->status = SPK_NO_MEMORY;
		return false;
	}
	piece->next = NULL;
	if (days->last == NULL)
		days->first = piece;
	else
	{
		days->last->next = piece;
		days->last->len = days->used;
	}
	days->last = piece;
	days->used = 0;
	days->room = (uint32_t) (size - offsetof(SpkDayPiece, bytes));
	return true;
}

/* The place in the pieces for so many bytes; NULL when there is no memory. */
static uint8_t *
piece_for(const SpkHost *host, SpkClosedDays *days, size_t bytes)
{
	if (days->status != SPK_OK || (bytes > days->room && !add_piece(host, days, bytes)))
		return NULL;
	return days->last->bytes + days->used;
}

/* Notes that so many bytes were written there. */
static void
use_piece(SpkClosedDays *days, uint32_t bytes)
{
	days->used += bytes;
	days->room -= bytes;
	days->len += bytes;
}

/* Moves the latest days behind the others. */
static void
move_latest(const SpkHost *host, SpkClosedDays *days)
{
	uint8_t *at = piece_for(host, days, days->latest_len);

	if (at == NULL)
		return;
	memcpy(at, days->latest, days->latest_len);
	use_piece(days, days->latest_len);
	days->latest_len = 0;
}

uint8_t *
spk_closed_days_room(const SpkHost *host, SpkClosedDays *days, size_t most)
{
	if (most > SPK_LATEST_BYTES - days->latest_len && days->latest_len > 0)
		move_latest(host, days);
	if (days->status != SPK_OK)
		return NULL;
	if (most <= SPK_LATEST_BYTES)
		return days->latest + days->latest_len;
	return piece_for(host, days, most);
}

void
spk_closed_days_end(SpkClosedDays *days, const uint8_t *end)
{
	if (end >= days->latest && end <= days->latest + SPK_LATEST_BYTES)
		days->latest_len = (uint32_t) (end - days->latest);
	else
		use_piece(days, (uint32_t) (end - days->last->bytes) - days->used);
}

void
spk_closed_days_copy(const SpkHost *host, SpkClosedDays *days, const uint8_t *bytes, size_t len)
{
	uint8_t *at = spk_closed_days_room(host, days, len);

	if (at != NULL)
	{
		memcpy(at, bytes, len);
		spk_closed_days_end(days, at + len);
	}
}

void
spk_closed_days_prefetch(const SpkClosedDays *days)
{
	size_t len = 0;

	/* what tells where a piece is stands in the one before */
	for (const SpkDayPiece *piece = days->first; piece != NULL && len < MAX_PREFETCH;
		 piece = piece->next)
	{
		uint32_t piece_len = piece == days->last ? days->used : piece->len;

		for (uint32_t at = 0; at < piece_len && len < MAX_PREFETCH; at += 64, len += 64)
			__builtin_prefetch(piece->bytes + at);
	}
}

/*
 * log_closed_days.c
 *	  All days that a growing profile has closed, in pieces of memory.
 */
#include "core/profiles/log_closed_days.h"

/* Bytes of a piece, with its head. */
#define MIN_PIECE ((size_t) 256)
#define MAX_PIECE ((size_t) 1 << 20)

_Static_assert(MIN_PIECE >= sizeof(SpkDayPiece) + SPK_LATEST_BYTES, "the latest days fit a piece");

void
spk_closed_days_init(SpkClosedDays *days, const SpkHost *host)
{
	/* the latest days are not cleared: there are none */
	days->host = host;
	days->first = NULL;
	days->last = NULL;
	days->len = 0;
	days->status = SPK_OK;
	days->latest_len = 0;
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
	spk_closed_days_init(days, host);
}

/*
 * A piece with room for so many bytes more; NULL when there is no memory.  A new one is
 * as large as all before it together, in powers of 2, that allocators have.
 */
static SpkDayPiece *
piece_for(SpkClosedDays *days, size_t bytes)
{
	size_t		 size = MIN_PIECE;
	SpkDayPiece *piece = days->last;

	if (days->status != SPK_OK)
		return NULL;
	if (piece != NULL && piece->room - piece->len >= bytes)
		return piece;
	while (size < MAX_PIECE && size < days->len)
		size *= 2;
	if (size < bytes + sizeof(SpkDayPiece))
		size = bytes + sizeof(SpkDayPiece);
	piece = size <= UINT32_MAX ? spk_alloc(days->host, size, 1) : NULL;
	if (piece == NULL)
	{
		days->status = SPK_NO_MEMORY;
		return NULL;
	}
	*piece = (SpkDayPiece) {.room = (uint32_t) (size - sizeof(SpkDayPiece))};
	if (days->last == NULL)
		days->first = piece;
	else
		days->last->next = piece;
	days->last = piece;
	return piece;
}

/* Moves the latest days behind the others. */
static void
move_latest(SpkClosedDays *days)
{
	SpkDayPiece *piece = piece_for(days, days->latest_len);

	if (piece == NULL)
		return;
	memcpy(piece->bytes + piece->len, days->latest, days->latest_len);
	piece->len += days->latest_len;
	days->len += days->latest_len;
	days->latest_len = 0;
}

uint8_t *
spk_closed_days_room(SpkClosedDays *days, size_t most)
{
	SpkDayPiece *piece;

	if (most > SPK_LATEST_BYTES - days->latest_len && days->latest_len > 0)
		move_latest(days);
	if (days->status != SPK_OK)
		return NULL;
	if (most <= SPK_LATEST_BYTES)
		return days->latest + days->latest_len;
	piece = piece_for(days, most);
	return piece != NULL ? piece->bytes + piece->len : NULL;
}

void
spk_closed_days_end(SpkClosedDays *days, const uint8_t *end)
{
	SpkDayPiece *piece = days->last;

	if (end >= days->latest && end <= days->latest + SPK_LATEST_BYTES)
	{
		days->latest_len = (uint32_t) (end - days->latest);
		return;
	}
	days->len += (size_t) (end - piece->bytes) - piece->len;
	piece->len = (uint32_t) (end - piece->bytes);
}

void
spk_closed_days_copy(SpkClosedDays *days, const uint8_t *bytes, size_t len)
{
	uint8_t *at = spk_closed_days_room(days, len);

	if (at != NULL)
	{
		memcpy(at, bytes, len);
		spk_closed_days_end(days, at + len);
	}
}

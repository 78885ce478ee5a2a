/*
 * log_closed_days.h
 *	  All days that a growing profile has closed, in pieces of memory.
 *
 * Here they are bytes; log_closed_day.h says of what.
 */
#ifndef SPK_CORE_PROFILES_LOG_CLOSED_DAYS_H
#define SPK_CORE_PROFILES_LOG_CLOSED_DAYS_H

#include "core/base/bytes.h"

typedef struct SpkDayPiece
{
	struct SpkDayPiece *next;
	uint32_t			len; /* of the last one, the owner of the pieces knows */
	uint8_t				bytes[];
} SpkDayPiece;

/*
 * All days that a profile has closed, in the order in which they were: in pieces of
 * memory, and behind them the latest ones, which stand where the owner does.  So most days
 * touch no memory that is far away, and no piece is copied as more come.  Where in the last
 * piece there is room is known here, so that nothing has to be read there.
 */
#define SPK_LATEST_BYTES 184

typedef struct SpkClosedDays
{
	SpkDayPiece *first;
	SpkDayPiece *last;
	size_t		 len;	 /* of all pieces */
	uint32_t	 used;	 /* of the last one */
	uint32_t	 room;	 /* likewise: behind what is used */
	SpkStatus	 status; /* SPK_OK until a day could not be added */
	uint32_t	 latest_len;
	uint8_t		 latest[SPK_LATEST_BYTES];
} SpkClosedDays;

/* Has no days. */
extern void spk_closed_days_init(SpkClosedDays *days);

/* Gives all memory back to the host that it came from. */
extern void spk_closed_days_release(const SpkHost *host, SpkClosedDays *days);

/* Bytes of all days. */
static inline size_t
spk_closed_days_len(const SpkClosedDays *days)
{
	return days->len + days->latest_len;
}

/*
 * Room for a day of at most so many bytes; NULL when there is no memory, as the
 * status says.  What was written there ends at the place that spk_closed_days_end
 * is told.
 */
extern uint8_t *spk_closed_days_room(const SpkHost *host, SpkClosedDays *days, size_t most);
extern void		spk_closed_days_end(SpkClosedDays *days, const uint8_t *end);

/* Appends one of another profile's closed days as its bytes are. */
extern void spk_closed_days_copy(const SpkHost *host, SpkClosedDays *days, const uint8_t *bytes,
								 size_t len);

/* Lets all days come near, which are going to be read. */
extern void spk_closed_days_prefetch(const SpkClosedDays *days);

/* Goes through the days, which stay as they are. */
typedef struct SpkClosedReader
{
	const SpkClosedDays *days;
	const SpkDayPiece	*next; /* piece */
	SpkReader			 reader;
} SpkClosedReader;

static inline SpkClosedReader
spk_closed_reader(const SpkClosedDays *days)
{
	return (SpkClosedReader) {.days = days, .next = days->first};
}

/* A reader at the next day, which there must be. */
static inline SpkReader *
spk_closed_next(SpkClosedReader *r)
{
	if (r->reader.at != r->reader.end)
		return &r->reader;
	if (r->next == NULL)
		r->reader = spk_reader(r->days->latest, r->days->latest_len);
	else
	{
		r->reader = spk_reader(r->next->bytes,
							   r->next == r->days->last ? r->days->used : r->next->len);
		r->next = r->next->next;
	}
	return &r->reader;
}

#endif /* SPK_CORE_PROFILES_LOG_CLOSED_DAYS_H */

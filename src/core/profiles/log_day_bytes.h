/*
 * log_day_bytes.h
 *	  Parts of the bytes of a day of any log.
 *
 * Inside of log_day_codec.h, which says what they are, and of those who write the same
 * bytes another way.
 */
#ifndef SPK_CORE_PROFILES_LOG_DAY_BYTES_H
#define SPK_CORE_PROFILES_LOG_DAY_BYTES_H

#include "core/profiles/log_day_codec.h"

/* Bits of a count. */
#define COUNT_VALUED  1
#define COUNT_UNLIKE  2
#define COUNT_SEVERAL 4
#define COUNT_BITS	  3

/* How the levels are given: two bits. */
#define LEVELS_NONE	   0
#define LEVELS_ONE	   1
#define LEVELS_SEVERAL 2
#define LEVELS_BITS	   2

#define HASH_BYTES 5

static inline int64_t
start_of(int32_t day)
{
	return day * SPK_USECS_PER_DAY;
}

/* As spk_write_varint, where there is room. */
static inline void
put_varint(SpkWriter *w, uint64_t value)
{
	w->len = (size_t) (spk_put_varint(w->data + w->len, value) - w->data);
}

static inline void
put_zigzag(SpkWriter *w, int64_t value)
{
	put_varint(w, ((uint64_t) value << 1) ^ (uint64_t) (value >> 63));
}

static inline void
put_session_id(SpkWriter *w, SpkDayCursor *cursor, const SpkDaySession *s)
{
	uint64_t id = (uint64_t) s->id;

	if (s->kind == SPK_SESSION_INTEGER)
	{
		/* neighbours are often near; the difference wraps around */
		put_zigzag(w, (int64_t) (id - cursor->session));
		cursor->session = id;
	}
	else if (s->kind == SPK_SESSION_HASHED)
	{
		for (int i = 0; i < HASH_BYTES; i++)
			w->data[w->len++] = (uint8_t) (id >> (8 * i));
	}
}

/* A session of a day, of which the one before began then, or the day. */
static inline void
put_session(SpkWriter *w, const SpkDayUnits *units, SpkDayCursor *cursor, const SpkDaySession *s,
			int64_t from)
{
	put_varint(w, spk_in_units(s->first - from, units->time));
	if (units->sessions == SPK_SESSION_MIXED)
		w->data[w->len++] = (uint8_t) s->kind;
	put_session_id(w, cursor, s);
	put_varint(w, spk_in_units(s->last - s->first, units->time));
}

#endif /* SPK_CORE_PROFILES_LOG_DAY_BYTES_H */

/*
 * bytes.h
 *	  Reading and writing the byte formats of profiles and models.
 *
 * Numbers are little-endian or varints (LEB128: 7 bits a byte, the low ones
 * first), whatever the machine.  A varint must be as short as it can be, so that
 * each value has one encoding.
 *
 * Reading never leaves the bytes.  When they end too early or break a rule, bad is
 * set, and everything that is read from then on is 0.  So the caller need not
 * check each number; it checks bad once at the end, and before it trusts a count.
 */
#ifndef SPK_CORE_BASE_BYTES_H
#define SPK_CORE_BASE_BYTES_H

#include <string.h>

#include "core/base/host.h"

typedef struct SpkReader
{
	const uint8_t *at;
	const uint8_t *end;
	bool		   bad;
} SpkReader;

/*
 * Bytes that grow as they are written, in memory of the host that the owner of the
 * writer releases.  status becomes SPK_NO_MEMORY when they cannot grow, and
 * SPK_CANCELLED when the host wants to stop while they do.  From then on nothing
 * is written, so the caller checks status once, at the end.
 */
typedef struct SpkWriter
{
	const SpkHost *host;
	uint8_t		  *data;
	size_t		   len;
	size_t		   capacity;
	SpkStatus	   status;
} SpkWriter;

/* Starts to read len bytes, which stay where they are. */
extern SpkReader spk_reader(const void *data, size_t len);

/* The next number, of the type or encoding that the name says; 0 when the reader is bad. */
extern uint64_t spk_read_long_varint(SpkReader *r);
extern int64_t	spk_read_zigzag(SpkReader *r);
extern uint8_t	spk_read_u8(SpkReader *r);
extern uint16_t spk_read_u16(SpkReader *r);
extern uint32_t spk_read_u32(SpkReader *r);
extern uint64_t spk_read_u64(SpkReader *r);
extern float	spk_read_f32(SpkReader *r);
extern double	spk_read_f64(SpkReader *r);

/* Returns the next len bytes, where they stand; NULL, and the reader is bad, if they are fewer. */
extern const uint8_t *spk_read_bytes(SpkReader *r, size_t len);

/* Returns how many bytes are not read yet, which bounds every count of things to come. */
static inline size_t
spk_unread(const SpkReader *r)
{
	return (size_t) (r->end - r->at);
}

/* The next varint.  Most take one byte, which is read inline. */
static inline uint64_t
spk_read_varint(SpkReader *r)
{
	if (r->at < r->end && *r->at < 0x80 && !r->bad)
		return *r->at++;
	return spk_read_long_varint(r);
}

/* The longest varint of 64 bits. */
#define SPK_VARINT_BYTES 10

/*
 * Writes a varint where there is room for SPK_VARINT_BYTES, which may all be touched;
 * returns the place behind it.  Up to 56 bits are spread over the bytes by halves,
 * without a branch for each.
 */
static inline uint8_t *
spk_put_varint(uint8_t *at, uint64_t value)
{
	if (value < 0x80)
	{
		*at = (uint8_t) value;
		return at + 1;
	}
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (value >> 56 == 0)
	{
		uint64_t bytes = value;
		unsigned last; /* the bit where the last byte begins */

		bytes = (bytes & 0x0fffffff) | (bytes & UINT64_C(0x00fffffff0000000)) << 4;
		bytes = (bytes & UINT64_C(0x00003fff00003fff)) |
			(bytes & UINT64_C(0x0fffc0000fffc000)) << 2;
		bytes = (bytes & UINT64_C(0x007f007f007f007f)) |
			(bytes & UINT64_C(0x3f803f803f803f80)) << 1;
		last = (63 - (unsigned) __builtin_clzll(bytes)) & ~7u;
		bytes |= UINT64_C(0x8080808080808080) & ((UINT64_C(1) << last) - 1);
		memcpy(at, &bytes, sizeof(bytes));
		return at + last / 8 + 1;
	}
#endif
	for (; value >= 0x80; value >>= 7)
		*at++ = (uint8_t) (value | 0x80);
	*at++ = (uint8_t) value;
	return at;
}

/* Makes a writer that has written nothing and holds no memory. */
extern SpkWriter spk_writer(const SpkHost *host);

/* Appends a number, in the type or encoding that the name says. */
extern void spk_write_varint(SpkWriter *w, uint64_t value);
extern void spk_write_zigzag(SpkWriter *w, int64_t value);
extern void spk_write_u8(SpkWriter *w, uint8_t value);
extern void spk_write_u16(SpkWriter *w, uint16_t value);
extern void spk_write_u32(SpkWriter *w, uint32_t value);
extern void spk_write_u64(SpkWriter *w, uint64_t value);
extern void spk_write_f32(SpkWriter *w, float value);
extern void spk_write_f64(SpkWriter *w, double value);

/* Appends len bytes. */
extern void spk_write_bytes(SpkWriter *w, const void *data, size_t len);

/* Asks the host whether to go on.  Returns false when it wants to stop, or after a failure. */
static inline bool
spk_writer_poll(SpkWriter *w)
{
	if (w->status == SPK_OK && spk_cancelled(w->host))
		w->status = SPK_CANCELLED;
	return w->status == SPK_OK;
}

/* Makes room for len more bytes; returns false, with status set, when it cannot. */
extern bool spk_writer_reserve(SpkWriter *w, size_t len);

#endif /* SPK_CORE_BASE_BYTES_H */

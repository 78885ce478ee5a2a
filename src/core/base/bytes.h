/*
 * bytes.h
 *	  Bounded reading and growing writing of the byte formats (profile, model).
 *
 * Numbers are little-endian or varints (7 bits a byte, low bits first, as
 * LEB128), whatever the machine.  A varint must be as short as it can be, so
 * that a value has one encoding.  Reading beyond the end or against a rule
 * sets bad and yields zeros from then on; the caller checks bad once, at the
 * end or before it believes a count.
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
 * data belongs to the host; status turns SPK_NO_MEMORY when it cannot grow, and
 * SPK_CANCELLED when the host wants to stop while it does.
 */
typedef struct SpkWriter
{
	const SpkHost *host;
	uint8_t		  *data;
	size_t		   len;
	size_t		   capacity;
	SpkStatus	   status;
} SpkWriter;

extern SpkReader spk_reader(const void *data, size_t len);
extern uint64_t	 spk_read_long_varint(SpkReader *r);
extern int64_t	 spk_read_zigzag(SpkReader *r);
extern uint8_t	 spk_read_u8(SpkReader *r);
extern uint16_t	 spk_read_u16(SpkReader *r);
extern uint32_t	 spk_read_u32(SpkReader *r);
extern uint64_t	 spk_read_u64(SpkReader *r);
extern float	 spk_read_f32(SpkReader *r);
extern double	 spk_read_f64(SpkReader *r);

/* len bytes in place, or NULL (and bad) when there are fewer. */
extern const uint8_t *spk_read_bytes(SpkReader *r, size_t len);

/* Bytes not read yet: an upper bound for any count of things to come. */
static inline size_t
spk_unread(const SpkReader *r)
{
	return (size_t) (r->end - r->at);
}

/* A varint; most take one byte. */
static inline uint64_t
spk_read_varint(SpkReader *r)
{
	if (r->at < r->end && *r->at < 0x80 && !r->bad)
		return *r->at++;
	return spk_read_long_varint(r);
}

extern SpkWriter spk_writer(const SpkHost *host);
extern void		 spk_write_varint(SpkWriter *w, uint64_t value);
extern void		 spk_write_zigzag(SpkWriter *w, int64_t value);
extern void		 spk_write_u8(SpkWriter *w, uint8_t value);
extern void		 spk_write_u16(SpkWriter *w, uint16_t value);
extern void		 spk_write_u32(SpkWriter *w, uint32_t value);
extern void		 spk_write_u64(SpkWriter *w, uint64_t value);
extern void		 spk_write_f32(SpkWriter *w, float value);
extern void		 spk_write_f64(SpkWriter *w, double value);
extern void		 spk_write_bytes(SpkWriter *w, const void *data, size_t len);

/* Asks the host whether to go on; false, with status set, when not, or when status has been set before. */
static inline bool
spk_writer_poll(SpkWriter *w)
{
	if (w->status == SPK_OK && spk_cancelled(w->host))
		w->status = SPK_CANCELLED;
	return w->status == SPK_OK;
}

/* Makes room for len more bytes; false, with status set, when there is none. */
extern bool spk_writer_reserve(SpkWriter *w, size_t len);

#endif /* SPK_CORE_BASE_BYTES_H */

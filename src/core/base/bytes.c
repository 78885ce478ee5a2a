/*
 * bytes.c
 *	  Reading and writing the byte formats of profiles and models.
 */
#include "core/base/bytes.h"

SpkReader
spk_reader(const void *data, size_t len)
{
	SpkReader r = {data, (const uint8_t *) data + len, false};

	return r;
}

const uint8_t *
spk_read_bytes(SpkReader *r, size_t len)
{
	const uint8_t *start = r->at;

	if (r->bad || len > spk_unread(r))
	{
		r->bad = true;
		return NULL;
	}
	r->at += len;
	return start;
}

/* Reads a little-endian number of n bytes; 0 when they are not there. */
static inline uint64_t
read_le(SpkReader *r, int n)
{
	const uint8_t *p = spk_read_bytes(r, (size_t) n);
	uint64_t	   value = 0;

	if (p == NULL)
		return 0;
	for (int i = 0; i < n; i++)
		value |= (uint64_t) p[i] << (8 * i);
	return value;
}

uint8_t
spk_read_u8(SpkReader *r)
{
	return (uint8_t) read_le(r, 1);
}

uint16_t
spk_read_u16(SpkReader *r)
{
	return (uint16_t) read_le(r, 2);
}

uint32_t
spk_read_u32(SpkReader *r)
{
	return (uint32_t) read_le(r, 4);
}

uint64_t
spk_read_u64(SpkReader *r)
{
	return read_le(r, 8);
}

float
spk_read_f32(SpkReader *r)
{
	uint32_t bits = spk_read_u32(r);
	float	 value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

double
spk_read_f64(SpkReader *r)
{
	uint64_t bits = spk_read_u64(r);
	double	 value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/*
 * Reads a varint of at most 8 bytes, where there are as many, by putting the bits of
 * neighbours together; false when it is longer, or not as short as it can be.
 */
static inline bool
read_near_varint(SpkReader *r, uint64_t *value)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint64_t bytes;
	uint64_t ends; /* bit 7 of each byte that may be the last */
	unsigned last; /* the bit where the last byte begins */

	if (spk_unread(r) < sizeof(bytes))
		return false;
	memcpy(&bytes, r->at, sizeof(bytes));
	ends = ~bytes & UINT64_C(0x8080808080808080);
	if (ends == 0)
		return false;
	last = (unsigned) __builtin_ctzll(ends) & ~7u;
	bytes &= ~UINT64_C(0) >> (56 - last);
	if (last > 0 && bytes >> last == 0)
		return false;
	r->at += last / 8 + 1;
	bytes = (bytes & UINT64_C(0x007f007f007f007f)) | (bytes & UINT64_C(0x7f007f007f007f00)) >> 1;
	bytes = (bytes & UINT64_C(0x00003fff00003fff)) | (bytes & UINT64_C(0x3fff00003fff0000)) >> 2;
	*value = (bytes & 0x0fffffff) | (bytes & UINT64_C(0x0fffffff00000000)) >> 4;
	return true;
#else
	(void) r;
	(void) value;
	return false;
#endif
}

uint64_t
spk_read_long_varint(SpkReader *r)
{
	uint64_t value = 0;

	if (!r->bad && read_near_varint(r, &value))
		return value;
	for (int shift = 0; shift < 64; shift += 7)
	{
		uint8_t byte;

		if (r->bad || r->at == r->end)
			break;
		byte = *r->at++;
		if (shift == 63 && byte > 1)
			break; /* it has more than 64 bits */
		value |= (uint64_t) (byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
		{
			if (byte == 0 && shift > 0)
				break; /* it is longer than it need be */
			return value;
		}
	}
	r->bad = true;
	return 0;
}

int64_t
spk_read_zigzag(SpkReader *r)
{
	uint64_t u = spk_read_varint(r);

	return (int64_t) (u >> 1) ^ -(int64_t) (u & 1);
}

SpkWriter
spk_writer(const SpkHost *host)
{
	SpkWriter w = {host, NULL, 0, 0, SPK_OK};

	return w;
}

bool
spk_writer_reserve(SpkWriter *w, size_t len)
{
	size_t	 capacity;
	uint8_t *data;

	if (w->status != SPK_OK)
		return false;
	if (w->capacity - w->len >= len)
		return true;

	/* far enough below the limit that neither the sum nor its double overflows */
	if (len > SIZE_MAX / 4 - w->len)
	{
		w->status = SPK_NO_MEMORY;
		return false;
	}
	capacity = w->capacity < 64 ? 64 : w->capacity * 2;
	if (capacity < w->len + len)
		capacity = w->len + len;

	/* the host cannot enlarge memory in place, and large copies must be cancellable */
	data = spk_alloc(w->host, capacity, 1);
	if (data == NULL)
	{
		w->status = SPK_NO_MEMORY;
		return false;
	}
	if (!spk_copy(w->host, data, w->data, w->len))
	{
		spk_release(w->host, data);
		w->status = SPK_CANCELLED;
		return false;
	}
	if (w->data != NULL)
		spk_release(w->host, w->data);
	w->data = data;
	w->capacity = capacity;
	return true;
}

void
spk_write_bytes(SpkWriter *w, const void *data, size_t len)
{
	if (len > 0 && spk_writer_reserve(w, len))
	{
		memcpy(w->data + w->len, data, len);
		w->len += len;
	}
}

/* Appends the n low bytes of value, little-endian. */
static inline void
write_le(SpkWriter *w, uint64_t value, int n)
{
	/* the most that any number takes: a constant is checked faster than n */
	if (!spk_writer_reserve(w, 8))
		return;
	for (int i = 0; i < n; i++)
		w->data[w->len + (size_t) i] = (uint8_t) (value >> (8 * i));
	w->len += (size_t) n;
}

void
spk_write_u8(SpkWriter *w, uint8_t value)
{
	write_le(w, value, 1);
}

void
spk_write_u16(SpkWriter *w, uint16_t value)
{
	write_le(w, value, 2);
}

void
spk_write_u32(SpkWriter *w, uint32_t value)
{
	write_le(w, value, 4);
}

void
spk_write_u64(SpkWriter *w, uint64_t value)
{
	write_le(w, value, 8);
}

void
spk_write_f32(SpkWriter *w, float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	spk_write_u32(w, bits);
}

void
spk_write_f64(SpkWriter *w, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	spk_write_u64(w, bits);
}

void
spk_write_varint(SpkWriter *w, uint64_t value)
{
	if (spk_writer_reserve(w, SPK_VARINT_BYTES))
		w->len = (size_t) (spk_put_varint(w->data + w->len, value) - w->data);
}

void
spk_write_zigzag(SpkWriter *w, int64_t value)
{
	spk_write_varint(w, ((uint64_t) value << 1) ^ (uint64_t) (value >> 63));
}

/*
 * test_bytes.c
 *	  Numbers as bytes: there and back, one encoding each, no byte too far.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "unit_host.h"

static const int64_t samples[] = {0,	 1,		-1,		   63,		  64,		 127,	   128,
								  16383, 16384, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};

#define N_SAMPLES (sizeof(samples) / sizeof(samples[0]))

static void
test_round_trip(void **unused)
{
	UnitHost  h = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&h);
	SpkWriter w = spk_writer(&host);
	SpkReader r;

	(void) unused;
	for (size_t i = 0; i < N_SAMPLES; i++)
	{
		spk_write_varint(&w, (uint64_t) samples[i]);
		spk_write_zigzag(&w, samples[i]);
		spk_write_u8(&w, (uint8_t) samples[i]);
		spk_write_u16(&w, (uint16_t) samples[i]);
		spk_write_u32(&w, (uint32_t) samples[i]);
		spk_write_u64(&w, (uint64_t) samples[i]);
		spk_write_f32(&w, (float) samples[i]);
		spk_write_f64(&w, (double) samples[i]);
		spk_write_bytes(&w, "abc", 3);
	}
	assert_int_equal(w.status, SPK_OK);
	r = spk_reader(w.data, w.len);
	for (size_t i = 0; i < N_SAMPLES; i++)
	{
		assert_true(spk_read_varint(&r) == (uint64_t) samples[i]);
		assert_true(spk_read_zigzag(&r) == samples[i]);
		assert_int_equal(spk_read_u8(&r), (uint8_t) samples[i]);
		assert_int_equal(spk_read_u16(&r), (uint16_t) samples[i]);
		assert_int_equal(spk_read_u32(&r), (uint32_t) samples[i]);
		assert_true(spk_read_u64(&r) == (uint64_t) samples[i]);
		assert_true(spk_read_f32(&r) == (float) samples[i]);
		assert_true(spk_read_f64(&r) == (double) samples[i]);
		assert_memory_equal(spk_read_bytes(&r, 3), "abc", 3);
	}
	assert_false(r.bad);
	assert_int_equal(spk_unread(&r), 0);
	spk_release(&host, w.data);
	assert_int_equal(h.live, 0);
}

static void
test_too_short(void **unused)
{
	static const uint8_t bytes[] = {0x80, 0x80, 0x80};
	SpkReader			 r = spk_reader(bytes, sizeof(bytes));

	(void) unused;
	assert_true(spk_read_u32(&r) == 0);
	assert_true(r.bad);
	/* bad stays, and nothing is read any more */
	assert_int_equal(spk_read_u8(&r), 0);
	assert_null(spk_read_bytes(&r, 1));
	r = spk_reader(bytes, sizeof(bytes));
	assert_true(spk_read_varint(&r) == 0);
	assert_true(r.bad);
}

static void
test_one_encoding(void **unused)
{
	static const uint8_t longer[] = {0x81, 0x00};
	static const uint8_t too_big[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
	SpkReader			 r = spk_reader(longer, sizeof(longer));

	(void) unused;
	spk_read_varint(&r);
	assert_true(r.bad);
	r = spk_reader(too_big, sizeof(too_big));
	spk_read_varint(&r);
	assert_true(r.bad);
}

static void
test_no_memory(void **unused)
{
	UnitHost  h = {1, -1, 0};
	SpkHost	  host = unit_host(&h);
	SpkWriter w = spk_writer(&host);

	(void) unused;
	for (int i = 0; i < 100; i++)
		spk_write_u64(&w, 1);
	assert_int_equal(w.status, SPK_NO_MEMORY);
	assert_false(spk_writer_reserve(&w, 1));
	spk_release(&host, w.data);
	assert_int_equal(h.live, 0);
}

static void
test_hash_is_fixed(void **unused)
{
	(void) unused;
	/* part of the model format: these must never change */
	assert_true(spk_hash_bytes("", 0, 0) == spk_hash_combine(0, 0));
	assert_true(spk_hash_bytes("sparkify", 8, 1) == UINT64_C(0x75cce9cdfdb04acb));
	assert_true(spk_hash_bytes("sparkify!", 9, 1) == UINT64_C(0x8fcbecf97f4f510b));
	assert_true(spk_hash_16_bytes((const uint8_t *) "sparkify in core", 7) ==
				spk_hash_bytes("sparkify in core", 16, 7));
}

/* A varint of 7 bits a byte, put down and read byte by byte. */
static size_t
plain_varint(uint8_t *bytes, uint64_t value)
{
	size_t n = 0;

	for (; value >= 0x80; value >>= 7)
		bytes[n++] = (uint8_t) (value | 0x80);
	bytes[n++] = (uint8_t) value;
	return n;
}

/* Varints of all lengths, at each distance from the end of what is read. */
static void
test_varints(void **unused)
{
	UnitHost h = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&h);
	uint64_t value = 1;

	(void) unused;
	for (int i = 0; i < 6400; i++)
	{
		uint8_t	  bytes[32] = {0};
		uint8_t	 *exact;
		SpkWriter w = spk_writer(&host);
		size_t	  n;
		size_t	  behind = (size_t) i % 10;
		SpkReader r;

		value = value * UINT64_C(6364136223846793005) + 1442695040888963407;
		n = plain_varint(bytes, value >> (i / 100));
		spk_write_varint(&w, value >> (i / 100));
		assert_int_equal(w.len, n);
		assert_memory_equal(w.data, bytes, n);
		spk_release(&host, w.data);

		/* what is behind is not looked at, and what is beyond is not touched */
		memset(bytes + n, 0x80 | (i & 0x7f), behind);
		exact = malloc(n + behind);
		assert_non_null(exact);
		memcpy(exact, bytes, n + behind);
		r = spk_reader(exact, n + behind);
		assert_true(spk_read_varint(&r) == value >> (i / 100));
		assert_int_equal(spk_unread(&r), behind);

		/* not as short as it can be, or cut off */
		exact[n - 1] |= 0x80;
		if (behind > 0)
			exact[n] = 0;
		r = spk_reader(exact, n + behind);
		assert_true(spk_read_varint(&r) == 0);
		assert_true(r.bad);
		free(exact);
	}
	assert_int_equal(h.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_varints),	  cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_too_short), cmocka_unit_test(test_one_encoding),
		cmocka_unit_test(test_no_memory), cmocka_unit_test(test_hash_is_fixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

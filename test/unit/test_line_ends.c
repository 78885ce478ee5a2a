/*
 * test_line_ends.c
 *	  Where lines end: by each way, of bytes at any place and of any length, the same as
 *	  one by one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/events/line_ends.h"

/* Compares all ways over len bytes that end where nothing more may be read. */
static void
check_ends(const char *from, size_t len)
{
	char	 *bytes = malloc(len + (len == 0));
	uint16_t *ends = malloc((SPK_ENDS_BYTES + 1) * sizeof(uint16_t));

	memcpy(bytes, from, len);
	for (SpkLineWay way = SPK_LINE_PLAIN; way <= SPK_LINE_AVX512; way++)
	{
		uint32_t n;
		uint32_t seen = 0;

		if (!spk_line_has_way(way))
			continue;
		n = spk_line_ends(way, bytes, len, ends);
		for (size_t i = 0; i < len; i++)
		{
			if (bytes[i] != '\n')
				continue;
			assert_true(seen < n);
			assert_int_equal(ends[seen++], i);
		}
		assert_int_equal(seen, n);
	}
	free(bytes);
	free(ends);
}

static void
test_ends(void **unused)
{
	static const uint32_t one_in[] = {1, 2, 20, 300, 100000};
	char				 *bytes = malloc(SPK_ENDS_BYTES);
	uint64_t			  x = 7;

	(void) unused;
	for (int kind = 0; kind < 5; kind++)
	{
		for (size_t i = 0; i < SPK_ENDS_BYTES; i++)
		{
			x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			bytes[i] = (x >> 33) % one_in[kind] == 0 ? '\n' : (char) ('\n' ^ (char) (x >> 56 | 1));
		}
		for (size_t len = 0; len < 300; len++)
			check_ends(bytes + len, len);
		check_ends(bytes, SPK_ENDS_BYTES);
		check_ends(bytes, SPK_ENDS_BYTES - 1);
	}
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

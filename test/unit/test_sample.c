/*
 * test_sample.c
 *	  Samples of users: who is in, and that it has to do with nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/rows/sample.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define N_USERS 100000

static uint64_t
place_of(uint32_t user, uint64_t seed)
{
	char text[16];

	return spk_sample_place(text, (size_t) snprintf(text, sizeof(text), "%u", user), seed);
}

/* These decide who is in samples that were taken before: they must never change. */
static void
places_are_what_they_were(void **arg)
{
	assert_true(spk_sample_place("", 0, 0) < UINT64_C(1) << 53);
	assert_true(spk_sample_place("", 0, 0) == UINT64_C(1752979510029135));
	assert_true(spk_sample_place("42", 2, 0) == UINT64_C(6268709557750100));
	assert_true(spk_sample_place("42", 2, 1) == UINT64_C(1096918286509998));
	assert_true(spk_sample_place("\xe6\x9d\xb1\xe4\xba\xac", 6, 0) == UINT64_C(4502242946826952));
}

static void
all_and_none(void **arg)
{
	assert_true(spk_sample_has(0, 1e-300));
	assert_false(spk_sample_has(0, 0));
	assert_true(spk_sample_has((UINT64_C(1) << 53) - 1, 1));
	assert_false(spk_sample_has((UINT64_C(1) << 53) - 1, 1 - 0x1p-53));
	assert_true(spk_sample_has((UINT64_C(1) << 53) - 2, 1 - 0x1p-53));
}

/* Counts of 100,000 users lie within five standard deviations of what was asked for. */
static void
shares_are_what_was_asked_for(void **arg)
{
	static const double fractions[] = {0.001, 0.01, 0.1, 1.0 / 3, 0.5, 0.9, 0.999};

	for (uint64_t seed = 0; seed < 5; seed++)
		for (size_t f = 0; f < sizeof(fractions) / sizeof(fractions[0]); f++)
		{
			double mean = N_USERS * fractions[f];
			double variance = mean * (1 - fractions[f]);
			double n = 0;

			for (uint32_t user = 0; user < N_USERS; user++)
				n += spk_sample_has(place_of(user, seed), fractions[f]);
			assert_true((n - mean) * (n - mean) <= 25 * variance);
		}
}

static void
smaller_ones_are_in_larger_ones(void **arg)
{
	for (uint32_t user = 0; user < N_USERS; user++)
	{
		uint64_t place = place_of(user, 0);
		bool	 in = false;

		for (double fraction = 0; fraction <= 1; fraction += 0x1p-6)
		{
			assert_true(!in || spk_sample_has(place, fraction));
			in = spk_sample_has(place, fraction);
		}
		assert_true(in);
	}
}

/*
 * Half of the users of a sample have each bit of the key by which they are held out and
 * ordered, and half of them are in the sample of another seed.
 */
static void
other_hashes_are_independent(void **arg)
{
	double n = 0;
	double others = 0;
	double bits[64] = {0};

	for (uint32_t user = 0; user < N_USERS; user++)
	{
		char	 text[16];
		size_t	 len = (size_t) snprintf(text, sizeof(text), "%u", user);
		uint64_t key = spk_hash_bytes(text, len, 0);

		if (!spk_sample_has(place_of(user, 0), 0.5))
			continue;
		n++;
		others += spk_sample_has(place_of(user, 1), 0.5);
		for (int bit = 0; bit < 64; bit++)
			bits[bit] += key >> bit & 1;
	}
	assert_true((others - n / 2) * (others - n / 2) <= 25 * n / 4);
	for (int bit = 0; bit < 64; bit++)
		assert_true((bits[bit] - n / 2) * (bits[bit] - n / 2) <= 25 * n / 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_what_they_were),
		cmocka_unit_test(all_and_none),
		cmocka_unit_test(shares_are_what_was_asked_for),
		cmocka_unit_test(smaller_ones_are_in_larger_ones),
		cmocka_unit_test(other_hashes_are_independent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

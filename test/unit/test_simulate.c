/*
 * test_simulate.c
 *	  Unit tests of the simulated log and its draws.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/simulation/draw.h"
#include "core/base/hash.h"
#include "core/simulation/simulate.h"
#include "core/simulation/simulate_words.h"
#include "unit_host.h"

#define USERS 100
#define DAYS  40

static void
test_draws_against_libm(void **state)
{
	(void) state;
	for (double z = -7.0; z < 7.0; z += 0.01)
		assert_true(fabs(spk_normal_quantile(erfc(-z / sqrt(2.0)) / 2.0) - z) <
					1e-7 * (1.0 + z * z * z * z));
	assert_true(spk_unit(0) > 0.0);
	assert_true(spk_unit(UINT64_MAX) < 1.0);
	assert_true(isfinite(spk_normal_quantile(spk_unit(0))));
	assert_true(isfinite(spk_normal_quantile(spk_unit(UINT64_MAX))));
}

/* Lists without gaps, texts that fit, lengths of songs. */
static void
test_words(void **state)
{
	SpkRng rng = spk_rng(1, 2);
	double sum = 0.0;

	(void) state;
	for (int i = 0; i < 100000; i++)
	{
		uint64_t	 bits = spk_rng_next(&rng);
		SpkSimPerson person = spk_sim_person(bits);
		SpkSimSong	 song;

		assert_true(strlen(spk_sim_firstname(&person)) > 0);
		assert_true(strlen(spk_sim_lastname(&person)) > 0);
		assert_true(strlen(spk_sim_location(&person)) > 0);
		assert_true(strlen(spk_sim_useragent(&person)) > 0);
		spk_sim_song(bits, &song);
		assert_in_range(strlen(song.artist), 3, SPK_SIM_TEXT - 20);
		assert_in_range(strlen(song.title), 3, SPK_SIM_TEXT - 20);
		assert_true(song.length > 10.0 && song.length < 3000.0);
		sum += song.length;
	}
	assert_true(fabs(sum / 100000 - 249.0) < 3.0);
}

/* A hash of all rows; checks the order of rows on the way. */
static uint64_t
run(SpkSimulation *simulation, long *n_rows)
{
	SpkSimEvent event;
	uint64_t	hash = 0;
	int64_t		last = INT64_MIN;

	*n_rows = 0;
	while (spk_simulation_next(simulation, &event))
	{
		assert_true(event.ts >= last);
		assert_int_equal(event.ts % 1000, 0);
		assert_true((event.userid[0] == '\0') == (event.firstname == NULL));
		assert_true((event.page == SPK_PAGE_NEXT_SONG) == (event.song != NULL));
		last = event.ts;
		hash = spk_hash_combine(hash, (uint64_t) event.ts);
		hash = spk_hash_combine(hash, (uint64_t) event.session);
		hash = spk_hash_combine(hash, (uint64_t) event.item_in_session * 100 + event.page);
		hash = spk_hash_bytes(event.userid, strlen(event.userid), hash);
		if (event.song != NULL)
			hash = spk_hash_bytes(event.song, strlen(event.song), hash);
		(*n_rows)++;
	}
	assert_false(spk_simulation_next(simulation, &event));
	return hash;
}

static uint64_t
hash_of_log(uint32_t users, uint32_t days, uint64_t seed, long *n_rows)
{
	UnitHost	   unit = UNIT_HOST_INIT;
	SpkHost		   host = unit_host(&unit);
	SpkSimulation *simulation;
	uint64_t	   hash;

	assert_int_equal(spk_simulation_new(&host, users, days, seed, &simulation), SPK_OK);
	hash = run(simulation, n_rows);
	spk_simulation_release(simulation);
	assert_int_equal(unit.live, 0);
	return hash;
}

static void
test_deterministic(void **state)
{
	long	 n;
	long	 again;
	long	 other;
	uint64_t hash = hash_of_log(USERS, DAYS, 42, &n);

	(void) state;
	assert_true(hash == hash_of_log(USERS, DAYS, 42, &again));
	assert_int_equal(n, again);
	assert_false(hash == hash_of_log(USERS, DAYS, 43, &other));
	assert_true(n > 20000 && other > 20000);
	assert_true(hash_of_log(1, 1, 0, &n) == hash_of_log(1, 1, 0, &again));
}

/* Nothing of a user follows the confirmation, which follows Cancel. */
static void
test_cancelling(void **state)
{
	UnitHost	   unit = UNIT_HOST_INIT;
	SpkHost		   host = unit_host(&unit);
	SpkSimulation *simulation;
	SpkSimEvent	   event;
	SpkPage		   last[USERS + 1];
	int			   cancelled = 0;

	(void) state;
	for (int user = 0; user <= USERS; user++)
		last[user] = SPK_PAGE_OTHER;
	assert_int_equal(spk_simulation_new(&host, USERS, 63, 42, &simulation), SPK_OK);
	while (spk_simulation_next(simulation, &event))
	{
		int user = atoi(event.userid);

		if (user == 0)
			continue;
		assert_in_range(user, 1, USERS);
		assert_true(last[user] != SPK_PAGE_CANCELLATION);
		assert_true((last[user] == SPK_PAGE_CANCEL) == (event.page == SPK_PAGE_CANCELLATION));
		last[user] = event.page;
		cancelled += event.page == SPK_PAGE_CANCELLATION;
	}
	spk_simulation_release(simulation);
	assert_in_range(cancelled, USERS / 8, USERS / 3);
}

static void
test_refusals(void **state)
{
	UnitHost	   unit = UNIT_HOST_INIT;
	SpkHost		   host = unit_host(&unit);
	SpkSimulation *simulation;

	(void) state;
	assert_int_equal(spk_simulation_new(&host, 0, 1, 0, &simulation), SPK_INVALID);
	assert_int_equal(spk_simulation_new(&host, 1, 0, 0, &simulation), SPK_INVALID);
	assert_int_equal(spk_simulation_new(&host, SPK_SIM_MAX_USERS + 1, 1, 0, &simulation),
					 SPK_INVALID);
	assert_int_equal(spk_simulation_new(&host, 1, SPK_SIM_MAX_DAYS + 1, 0, &simulation),
					 SPK_INVALID);
	for (int allowed = 0; allowed < 3; allowed++)
	{
		unit.allocs_left = allowed;
		assert_int_equal(spk_simulation_new(&host, USERS, DAYS, 0, &simulation), SPK_NO_MEMORY);
		assert_null(simulation);
	}
	unit.allocs_left = -1;
	unit.polls_left = 1;
	assert_int_equal(spk_simulation_new(&host, 2000, DAYS, 0, &simulation), SPK_CANCELLED);
	assert_int_equal(unit.live, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_draws_against_libm), cmocka_unit_test(test_words),
		cmocka_unit_test(test_deterministic),	   cmocka_unit_test(test_cancelling),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

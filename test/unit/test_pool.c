/*
 * test_pool.c
 *	  Memory of a pool: things keep what they hold, places are used again, and what the
 *	  host lacks is no memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/pool.h"
#include "core/base/rng.h"
#include "unit_host.h"

#define THINGS 2000
#define STEPS  100000
#define MOST   ((size_t) 1 << 16)

typedef struct Thing
{
	uint8_t *at;
	size_t	 size;
	uint8_t	 byte; /* all its bytes are this */
} Thing;

/* Sizes as things have them: many small ones, limits of classes, and large ones. */
static size_t
some_size(SpkRng *rng)
{
	static const size_t limits[] = {1,	  56,	57,	  120,	440,  504,	1016,
									1017, 2040, 2041, 4087, 4088, 4089, 100000};

	if (spk_rng_below(rng, 4) == 0)
		return limits[spk_rng_below(rng, sizeof(limits) / sizeof(limits[0]))];
	return 1 + spk_rng_below(rng, spk_rng_below(rng, 50) == 0 ? 20000 : 600);
}

static void
make(const SpkHost *host, SpkRng *rng, Thing *thing)
{
	thing->size = some_size(rng);
	thing->byte = (uint8_t) spk_rng_below(rng, 256);
	thing->at = spk_alloc(host, thing->size, 1);
	assert_non_null(thing->at);
	assert_int_equal((uintptr_t) thing->at % 8, 0);
	if (thing->size <= SPK_POOL_LARGEST)
		assert_int_equal((uintptr_t) thing->at % SPK_ALIGNMENT, 0);
	memset(thing->at, thing->byte, thing->size);
}

static void
end(const SpkHost *host, Thing *thing)
{
	for (size_t i = 0; i < thing->size; i++)
		assert_int_equal(thing->at[i], thing->byte);
	spk_release(host, thing->at);
	thing->at = NULL;
}

/* Things come and go in any order; none touches another, and nothing is left. */
static void
test_things(void **unused)
{
	static Thing things[THINGS];
	UnitHost	 unit = UNIT_HOST_INIT;
	SpkHost		 own = unit_host(&unit);
	SpkRng		 rng = spk_rng(1, 0);
	SpkPool		 pool;
	SpkHost		 host;

	(void) unused;
	spk_pool_init(&pool, &own, MOST);
	host = spk_pool_host(&pool);
	for (int i = 0; i < STEPS; i++)
	{
		Thing *thing = &things[spk_rng_below(&rng, THINGS)];

		if (thing->at != NULL)
			end(&host, thing);
		else
			make(&host, &rng, thing);
	}
	for (int i = 0; i < THINGS; i++)
		if (things[i].at != NULL)
			end(&host, &things[i]);
	spk_release(&host, NULL);
	/* large things are gone, and pieces are few */
	assert_in_range(unit.live, 1, 40);
	spk_pool_release(&pool);
	assert_int_equal(unit.live, 0);
	assert_int_equal(pool.taken, 0);
}

/* Places that were given back are taken before others. */
static void
test_again(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 own = unit_host(&unit);
	SpkPool	 pool;
	SpkHost	 host;
	void	*at[100];
	size_t	 taken;

	(void) unused;
	spk_pool_init(&pool, &own, MOST);
	host = spk_pool_host(&pool);
	for (int i = 0; i < 100; i++)
		at[i] = spk_alloc(&host, 440, 1);
	taken = pool.taken;
	for (int round = 0; round < 1000; round++)
	{
		for (int i = 0; i < 100; i++)
			spk_release(&host, at[i]);
		for (int i = 0; i < 100; i++)
			at[i] = spk_alloc(&host, 420, 1);
	}
	assert_int_equal(pool.taken, taken);
	spk_pool_release(&pool);
	assert_int_equal(unit.live, 0);
}

/* What is taken is not much more than what is asked for, and pieces stay within their limit. */
static void
test_pieces(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 own = unit_host(&unit);
	SpkPool	 pool;
	SpkHost	 host;

	(void) unused;
	spk_pool_init(&pool, &own, MOST);
	host = spk_pool_host(&pool);
	for (size_t bytes = 448; bytes < 100 * MOST; bytes += 448)
	{
		size_t before = pool.taken;

		assert_non_null(spk_alloc(&host, 440, 1));
		assert_in_range(pool.taken - before, 0, MOST);
		assert_in_range(pool.taken, bytes, 2 * bytes + 2 * SPK_POOL_FIRST_PIECE);
		if (bytes > 4 * MOST)
			assert_in_range(pool.taken, bytes, bytes + bytes / 32 + MOST);
	}
	spk_pool_release(&pool);
	assert_int_equal(unit.live, 0);
}

/* A host with little memory: pieces get smaller, and in the end there is none. */
typedef struct Poor
{
	UnitHost unit;
	size_t	 most; /* bytes at once */
} Poor;

static void *
poor_alloc(void *ctx, size_t size)
{
	Poor *poor = ctx;

	return size <= poor->most ? unit_alloc(&poor->unit, size) : NULL;
}

static void
test_no_memory(void **unused)
{
	Poor	poor = {UNIT_HOST_INIT, MOST};
	SpkHost own = {poor_alloc, unit_release, unit_cancelled, &poor};
	SpkPool pool;
	SpkHost host;
	void   *thing = NULL;
	void   *last;
	long	pieces;

	(void) unused;
	spk_pool_init(&pool, &own, MOST);
	host = spk_pool_host(&pool);
	while (pool.taken < 4 * MOST)
		assert_non_null(spk_alloc(&host, 440, 1));
	pieces = poor.unit.live;
	poor.most = 3000;
	while (poor.unit.live < pieces + 3)
		assert_non_null(spk_alloc(&host, 440, 1));
	assert_null(spk_alloc(&host, 4000, 1));
	assert_null(spk_alloc(&host, SPK_POOL_LARGEST + 1, 1));
	assert_null(spk_alloc(&host, SIZE_MAX / 2, 1));
	poor.most = 0;
	do
	{
		last = thing;
		thing = spk_alloc(&host, 440, 1);
	} while (thing != NULL);

	/* one that is given back is there again */
	spk_release(&host, last);
	assert_ptr_equal(spk_alloc(&host, 440, 1), last);
	assert_null(spk_alloc(&host, 440, 1));
	spk_pool_release(&pool);
	assert_int_equal(poor.unit.live, 0);
}

/* Whoever works in the pool's memory stops when the host wants to. */
static void
test_cancelled(void **unused)
{
	UnitHost unit = {.allocs_left = -1, .polls_left = 1};
	SpkHost	 own = unit_host(&unit);
	SpkPool	 pool;
	SpkHost	 host;

	(void) unused;
	spk_pool_init(&pool, &own, MOST);
	host = spk_pool_host(&pool);
	assert_false(spk_cancelled(&host));
	assert_true(spk_cancelled(&host));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_things),	  cmocka_unit_test(test_again),
		cmocka_unit_test(test_pieces),	  cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

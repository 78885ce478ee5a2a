/*
 * test_time_order.c
 *	  Rows are put into the order of their times, and those of one time stay in order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "core/base/rng.h"
#include "core/rows/time_order.h"
#include "unit_host.h"

#define MAX_ROWS 500

/* Few or many times, some of them unknown; negative ones and both zeros among them. */
static uint32_t
make_times(SpkRng *rng, double *times)
{
	uint32_t n = spk_rng_below(rng, MAX_ROWS + 1);
	uint32_t n_times = 1 + spk_rng_below(rng, spk_rng_below(rng, 2) == 0 ? 4 : 2 * MAX_ROWS);

	for (uint32_t i = 0; i < n; i++)
	{
		times[i] = ((double) spk_rng_below(rng, n_times) - n_times / 3) * 86400e6;
		if (times[i] == 0 && spk_rng_below(rng, 2) == 0)
			times[i] = -0.0;
		if (spk_rng_below(rng, 10) == 0)
			times[i] = NAN;
	}
	return n;
}

/* Does row a come before row b? */
static bool
comes_before(const double *times, uint32_t a, uint32_t b)
{
	if (isnan(times[a]) || isnan(times[b]))
		return isnan(times[a]) == isnan(times[b]) ? a < b : isnan(times[b]);
	return times[a] != times[b] ? times[a] < times[b] : a < b;
}

static void
check_order(const double *times, uint32_t n, const SpkTimeOrder *order)
{
	uint32_t n_known = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t before = 0;

		for (uint32_t k = 0; k < n; k++)
			before += k != i && comes_before(times, k, i);
		assert_int_equal(order->places[i], before);
		n_known += !isnan(times[i]);
	}
	assert_int_equal(order->starts[0], 0);
	assert_int_equal(order->starts[order->n_times], n_known);
	for (uint32_t t = 0; t < order->n_times; t++)
	{
		uint32_t rows = 0;

		assert_true(t == 0 || order->times[t - 1] < order->times[t]);
		for (uint32_t i = 0; i < n; i++)
			rows += times[i] == order->times[t];
		assert_int_equal(order->starts[t + 1] - order->starts[t], rows);
		assert_true(rows > 0);
	}
}

static void
test_order(void **unused)
{
	UnitHost unit = UNIT_HOST_INIT;
	SpkHost	 host = unit_host(&unit);
	SpkRng	 rng = spk_rng(1, 1);

	(void) unused;
	for (int i = 0; i < 100; i++)
	{
		double		 times[MAX_ROWS];
		uint32_t	 n = make_times(&rng, times);
		SpkTimeOrder order;

		assert_int_equal(spk_time_order(&host, times, n, &order), SPK_OK);
		check_order(times, n, &order);
		spk_time_order_release(&host, &order);
	}
	assert_int_equal(unit.live, 0);
}

static void
test_faults(void **unused)
{
	double times[100];

	(void) unused;
	for (int i = 0; i < 100; i++)
		times[i] = i % 7;
	for (long allowed = 0;; allowed++)
	{
		UnitHost	 unit = UNIT_HOST_INIT;
		SpkHost		 host = unit_host(&unit);
		SpkTimeOrder order;
		SpkStatus	 status;

		unit.allocs_left = allowed;
		status = spk_time_order(&host, times, 100, &order);
		if (status == SPK_OK)
			spk_time_order_release(&host, &order);
		assert_int_equal(unit.live, 0);
		if (status == SPK_OK)
			break;
		assert_int_equal(status, SPK_NO_MEMORY);
	}
	for (long polls = 0; polls < 3; polls++)
	{
		UnitHost	 unit = UNIT_HOST_INIT;
		SpkHost		 host = unit_host(&unit);
		SpkTimeOrder order;
		SpkStatus	 status;

		unit.polls_left = polls;
		status = spk_time_order(&host, times, 100, &order);
		assert_true(status == SPK_CANCELLED || status == SPK_OK);
		if (status == SPK_OK)
			spk_time_order_release(&host, &order);
		assert_int_equal(unit.live, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

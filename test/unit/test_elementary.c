/*
 * test_elementary.c
 *	  Functions without libm, against libm's.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/elementary.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static void
assert_near(double got, double expected, double relative)
{
	if (fabs(got - expected) > relative * fabs(expected))
		fail_msg("got %.17g, not %.17g", got, expected);
}

static void
as_libm(void **unused)
{
	for (double x = -707.3; x < 708; x += 0.617)
		assert_near(spk_exp(x), exp(x), 1e-15);
	for (double x = 1e-300; x < 1e300; x *= 1.37)
		assert_near(spk_log(x), log(x), 1e-15);
	for (double x = 0.5; x < 2; x += 0.00137)
		assert_true(fabs(spk_log(x) - log(x)) <= 1e-15 * fabs(log(x)) + 1e-18);
	for (double x = 1e-300; x <= 1e300; x *= 1.7)
		assert_near(spk_log1p(x), log1p(x), 1e-15);
	for (double x = 1e-300; x <= 700; x *= 1.7)
	{
		assert_near(spk_expm1(x), expm1(x), 2e-15);
		assert_near(spk_expm1(-x), expm1(-x), 2e-15);
	}
	for (double x = 0; x < 26; x += 0.0137)
		assert_near(spk_erfc(x), erfc(x), 1e-12);
	for (double x = -40; x < 40; x += 0.37)
	{
		assert_near(spk_sigmoid(x), 1 / (1 + exp(-x)), 1e-15);
		assert_near(spk_log_loss(x, 1), x > 0 ? log1p(exp(-x)) : log1p(exp(x)) - x, 1e-14);
		assert_true(spk_log_loss(x, 1) == spk_log_loss(-x, 0));
	}
}

static void
at_the_ends(void **unused)
{
	assert_true(spk_exp(0) == 1 && spk_log(1) == 0 && spk_log1p(0) == 0 && spk_erfc(0) == 1);
	assert_true(spk_expm1(0) == 0 && spk_expm1(-1e300) == -1 && isfinite(spk_expm1(1e300)));
	assert_true(isfinite(spk_log1p(1.7976931348623157e308)));
	assert_true(spk_exp(-1e300) == 0 && isfinite(spk_exp(1e300)));
	assert_true(spk_sigmoid(-1e300) == 0 && spk_sigmoid(1e300) == 1 && spk_sigmoid(0) == 0.5);
	assert_true(spk_log_loss(1e300, 1) == 0 && spk_log_loss(-1e300, 1) == 1e300);
	assert_true(spk_erfc(100) == 0);
}

/* Not a bit may ever change: these are in models. */
static void
same_bits(void **unused)
{
	assert_true(spk_exp(1) == 0x1.5bf0a8b14576ap+1);
	assert_true(spk_exp(-33.3) == 0x1.f165bb9b59d94p-49);
	assert_true(spk_log(10) == 0x1.26bb1bbb55516p+1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_libm),
		cmocka_unit_test(at_the_ends),
		cmocka_unit_test(same_bits),
	};

	return cmocka_run_group_tests_name("elementary", tests, NULL, NULL);
}

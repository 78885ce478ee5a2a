/*
 * test_student.c
 *	  Student's distribution, and the test over folds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "core/judging/student.h"

/* cmocka hands every test a state that these do not need */
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* from test/reference/student.py */
static const struct
{
	double	 t;
	uint32_t degrees;
	double	 p;
} cases[] = {
	{0.001, 1, 0.99936338043983888},
	{0.5, 1, 0.70483276469913345},
	{1, 1, 0.5},
	{2.5, 1, 0.2422378831816868},
	{4.3, 1, 0.14546547849274273},
	{12, 1, 0.052929352119179751},
	{1000, 1, 0.00063661956016111788},
	{0.001, 2, 0.99929289339559008},
	{0.5, 2, 0.66666666666666667},
	{1, 2, 0.42264973081037424},
	{2.5, 2, 0.12961172022151081},
	{4.3, 2, 0.050057154117091588},
	{12, 2, 0.0068729336771584601},
	{1000, 2, 9.999985000025e-7},
	{0.001, 3, 0.99926489496946094},
	{0.5, 3, 0.65144796484815099},
	{1, 3, 0.39100221895577064},
	{2.5, 3, 0.087706647008065547},
	{4.3, 3, 0.023140264360234401},
	{12, 3, 0.0012450158007893367},
	{1000, 3, 2.2053076425765927e-9},
	{0.001, 4, 0.99925000015624996},
	{0.5, 4, 0.64332996318186327},
	{1, 4, 0.37390096630005889},
	{2.5, 4, 0.066766544811988145},
	{4.3, 4, 0.012645618935102641},
	{12, 4, 0.00027642854850297295},
	{1000, 4, 5.999960000209999e-12},
	{0.001, 9, 0.99922393032597327},
	{0.5, 9, 0.62907129982602648},
	{1, 9, 0.34343639613791351},
	{2.5, 9, 0.033861827682985739},
	{4.3, 9, 0.0019906522744612551},
	{12, 9, 7.699886222985652e-7},
	{1000, 9, 5.0916066078969348e-24},
	{0.001, 10, 0.99922178337474098},
	{0.5, 10, 0.62789360574297294},
	{1, 10, 0.34089313230205987},
	{2.5, 10, 0.031446844236608804},
	{4.3, 10, 0.0015614400925553654},
	{12, 10, 2.9214088247699871e-7},
	{1000, 10, 2.4608247101732711e-26},
	{0.001, 19, 0.99921254052356558},
	{0.5, 19, 0.62281649128644172},
	{1, 19, 0.32987680092112506},
	{2.5, 19, 0.021740411168397447},
	{4.3, 19, 0.00038637780321609196},
	{12, 19, 2.5908946372221993e-10},
	{1000, 19, 2.5405985268509762e-46},
	{0.001, 99, 0.99920412785713706},
	{0.5, 99, 0.61818464402440611},
	{1, 99, 0.3197484741393014},
	{2.5, 99, 0.014062596921149058},
	{4.3, 99, 4.0073054893806516e-5},
	{12, 99, 5.1306296878974855e-21},
	{1000, 99, 4.8401723705883442e-200},
	{0.001, 1000, 0.99920231501845273},
	{0.5, 1000, 0.61718508083387481},
	{1, 1000, 0.31755241808467231},
	{2.5, 1000, 0.012578567801090797},
	{4.3, 1000, 1.8752281666160234e-5},
	{12, 1000, 4.3240573867745275e-31},
	{1000, 1000, 0},
};

static void
p_values(void **unused)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		double p = spk_student_p(cases[i].t, cases[i].degrees);

		if (cases[i].p < 1e-300)
			assert_true(p >= 0 && p < 1e-300);
		else
			assert_true(fabs(p - cases[i].p) <= 1e-12 * cases[i].p);
		assert_true(spk_student_p(-cases[i].t, cases[i].degrees) == p);
	}
}

static void
ends(void **unused)
{
	for (uint32_t degrees = 1; degrees <= 1000; degrees++)
	{
		double last = 1;

		assert_true(spk_student_p(0, degrees) == 1);
		assert_true(spk_student_p(INFINITY, degrees) == 0);
		assert_true(spk_student_p(1e200, degrees) >= 0 && spk_student_p(1e200, degrees) < 1e-100);
		assert_true(isnan(spk_student_p(NAN, degrees)));
		for (double t = 0.05; t < 8; t += 0.05)
		{
			double p = spk_student_p(t, degrees);

			assert_true(p < last && p > 0);
			last = p;
		}
	}
}

/* With one degree it is Cauchy's distribution, with two a root. */
static void
closed_forms(void **unused)
{
	for (double t = 0.01; t < 100; t *= 1.3)
	{
		assert_true(fabs(spk_student_p(t, 1) - (1 - 2 / M_PI * atan(t))) < 1e-14);
		assert_true(fabs(spk_student_p(t, 2) - (1 - t / sqrt(2 + t * t))) < 1e-14);
	}
}

static void
paired(void **unused)
{
	const double same[] = {0, 0, 0};
	const double steady[] = {0.25, 0.25, 0.25};
	const double three[] = {0.02, 0.03, 0.01};
	const double ten[] = {0.1, -0.2, 0.3, 0.1, 0, 0.2, -0.1, 0.1, 0.4, 0.1};
	/* mean 0.02, deviation 0.01: t = 0.02 / (0.01 * sqrt(1/3 + 1/2)) */
	double t = 2 / sqrt(5.0 / 6);

	assert_true(spk_paired_p(same, 3) == 1);
	assert_true(spk_paired_p(steady, 3) == 0);
	assert_true(fabs(spk_paired_p(three, 3) - spk_student_p(t, 2)) < 1e-12);
	/* scipy: 2 * t.sf(0.1 / (0.17638342073763938 * sqrt(0.1 + 1 / 9)), 9) */
	assert_true(fabs(spk_paired_p(ten, 10) - 0.2484829659022212) < 1e-12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(p_values),
		cmocka_unit_test(ends),
		cmocka_unit_test(closed_forms),
		cmocka_unit_test(paired),
	};

	return cmocka_run_group_tests_name("student", tests, NULL, NULL);
}

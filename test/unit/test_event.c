/*
 * test_event.c
 *	  Unit tests of src/core/events/event.c.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/events/event.h"

static SpkPage
page_of(const char *name)
{
	return spk_page_of(name, strlen(name));
}

/* Each name leads back to its page: so no two of them share a slot. */
static void
test_pages_round_trip(void **state)
{
	(void) state;
	for (int page = 0; page < SPK_N_PAGES; page++)
		assert_int_equal(page_of(spk_page_name((SpkPage) page)), page);
}

static void
test_other_pages(void **state)
{
	char changed[32];

	(void) state;
	assert_int_equal(page_of(""), SPK_PAGE_OTHER);
	assert_int_equal(page_of("Hom"), SPK_PAGE_OTHER);
	assert_int_equal(page_of("home"), SPK_PAGE_OTHER);
	assert_int_equal(page_of("Radio"), SPK_PAGE_OTHER);
	assert_int_equal(page_of("Caf\xc3\xa9 \xff"), SPK_PAGE_OTHER);
	assert_int_equal(spk_page_of("Homeward", 4), SPK_PAGE_HOME);
	assert_int_equal(spk_page_of("Home\0", 5), SPK_PAGE_OTHER);

	/* any one letter changed makes another page */
	for (int page = 0; page < SPK_PAGE_OTHER; page++)
	{
		const char *name = spk_page_name((SpkPage) page);

		for (size_t i = 0; i < strlen(name); i++)
		{
			strcpy(changed, name);
			changed[i] ^= 0x20;
			assert_int_equal(page_of(changed), SPK_PAGE_OTHER);
		}
	}
}

static void
test_level_and_gender(void **state)
{
	(void) state;
	assert_int_equal(spk_level_of("free", 4), SPK_LEVEL_FREE);
	assert_int_equal(spk_level_of("paid", 4), SPK_LEVEL_PAID);
	assert_int_equal(spk_level_of("Paid", 4), SPK_LEVEL_UNKNOWN);
	assert_int_equal(spk_level_of("paid ", 5), SPK_LEVEL_UNKNOWN);
	assert_int_equal(spk_level_of("", 0), SPK_LEVEL_UNKNOWN);
	assert_int_equal(spk_gender_of("F", 1), SPK_GENDER_FEMALE);
	assert_int_equal(spk_gender_of("M", 1), SPK_GENDER_MALE);
	assert_int_equal(spk_gender_of("m", 1), SPK_GENDER_UNKNOWN);
	assert_int_equal(spk_gender_of("Male", 4), SPK_GENDER_UNKNOWN);
	assert_int_equal(spk_gender_of("", 0), SPK_GENDER_UNKNOWN);
}

static void
test_length(void **state)
{
	(void) state;
	assert_int_equal(spk_length_us(232.93342), 232933420);
	assert_int_equal(spk_length_us(0.0000005), 1);
	assert_int_equal(spk_length_us(0.0000004), 0);
	assert_int_equal(spk_length_us(1e6), INT64_C(1000000000000));
	assert_int_equal(spk_length_us(1000000.5), 0);
	assert_int_equal(spk_length_us(0.0), 0);
	assert_int_equal(spk_length_us(-1.0), 0);
	assert_int_equal(spk_length_us(NAN), 0);
	assert_int_equal(spk_length_us(INFINITY), 0);
}

static void
test_day(void **state)
{
	(void) state;
	assert_int_equal(spk_day_of(0), 0);
	assert_int_equal(spk_day_of(-1), -1);
	assert_int_equal(spk_day_of(SPK_USECS_PER_DAY - 1), 0);
	assert_int_equal(spk_day_of(-SPK_USECS_PER_DAY), -1);
	assert_int_equal(spk_day_of(SPK_MIN_TIME), SPK_MIN_TIME / SPK_USECS_PER_DAY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages_round_trip),
		cmocka_unit_test(test_other_pages),
		cmocka_unit_test(test_level_and_gender),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_column_name.c
 *	  Names of events as parts of columns' names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/base/utf8.h"
#include "core/profiles/column_name.h"

static void
assert_slug(const char *text, const char *expected)
{
	char   slug[SPK_SLUG_BYTES + 1];
	size_t n = spk_column_slug(text, strlen(text), slug);

	assert_string_equal(slug, expected);
	assert_int_equal(n, strlen(expected));
}

static void
test_slugs(void **unused)
{
	(void) unused;
	assert_slug("purchase", "purchase");
	assert_slug("Add to Cart", "add_to_cart");
	assert_slug("  $page--view!! ", "page_view");
	assert_slug("'; DROP TABLE users; --", "drop_table_users");
	assert_slug("\"quoted\"", "quoted");
	assert_slug("_under__score_", "under_score");
	assert_slug("404", "event_404");
	assert_slug("", "event");
	assert_slug("\n\t", "event");
	assert_slug("---", "event");
	assert_slug("select", "select");
	/* letters beyond ASCII stay, also an emoji; no-break spaces and marks of direction do not */
	assert_slug("Größe", "größe");
	assert_slug("购买 商品", "购买_商品");
	assert_slug("❤ it", "❤_it");
	assert_slug("\xF0\x9F\x9B\x92", "\xF0\x9F\x9B\x92");
	assert_slug("a\u202e\u00a0\u2028b", "a_b");
	assert_slug("\ufeffשלום", "שלום");
}

/* Cut between characters, whatever the text. */
static void
test_length(void **unused)
{
	char   text[301];
	char   slug[SPK_SLUG_BYTES + 1];
	SpkRng rng = spk_rng(1, 1);

	(void) unused;
	memset(text, 'x', 300);
	text[300] = '\0';
	assert_int_equal(spk_column_slug(text, 300, slug), SPK_SLUG_BYTES);
	for (int i = 0; i < 10000; i++)
	{
		static const char *const parts[] = {"a", "7", " ", "é", "购", "\xF0\x9F\x9B\x92", "_", "Z"};
		size_t					 n;

		text[0] = '\0';
		for (int k = (int) spk_rng_below(&rng, 60); k > 0; k--)
			strcat(text, parts[spk_rng_below(&rng, 8)]);
		n = spk_column_slug(text, strlen(text), slug);
		assert_true(n > 0 && n <= SPK_SLUG_BYTES && strlen(slug) == n);
		assert_true(spk_utf8_valid(slug, n));
		assert_true(slug[0] != '_' && slug[n - 1] != '_' && !(slug[0] >= '0' && slug[0] <= '9'));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slugs),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_bars.c
 *	  Bars of text for terminals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/drawing/bars.h"
#include "core/drawing/glyphs.h"
#include "unit_host.h"

/* The bars as text; the caller frees it. */
static char *
text_of(const SpkBar *bars, int n, bool blocks)
{
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkWriter out = spk_writer(&host);
	char	 *copy;

	spk_put_bars(&out, bars, n, blocks);
	assert_int_equal(out.status, SPK_OK);
	copy = calloc(out.len + 1, 1);
	if (out.len > 0)
		memcpy(copy, out.data, out.len);
	spk_release(&host, out.data);
	assert_int_equal(unit.live, 0);
	return copy;
}

static void
test_bars(void **unused)
{
	SpkBar bars[] = {{"one", "8", 8}, {"three", "4", 4}, {"no", "", NAN}, {"zero", "0", 0}};
	char  *text = text_of(bars, 4, false);

	(void) unused;
	/* 80 columns less the longest name, the longest figure and three blanks are 71 */
	assert_string_equal(
		text,
		"one   #######################################################################"
		" 8\n"
		"three #################################### 4\n"
		"no    \n"
		"zero  0\n");
	free(text);
	text = text_of(bars, 2, true);
	assert_non_null(strstr(text, "three "));
	assert_non_null(strstr(text, "\xE2\x96\x88\xE2\x96\x8C 4\n")); /* half a block at the end */
	free(text);
}

/* Bars to the left of the common line end there. */
static void
test_negative(void **unused)
{
	SpkBar bars[] = {{"up", "3", 3}, {"down", "-1", -1}};
	char  *text = text_of(bars, 2, false);
	char  *down = strstr(text, "down");

	(void) unused;
	assert_non_null(down);
	/* the blank before the figure is one more */
	assert_int_equal(strcspn(text, "#") + 1, 5 + strspn(down + 5, "# "));
	assert_non_null(strstr(down, "# -1\n"));
	free(text);
}

static void
test_names(void **unused)
{
	char   name[301];
	SpkBar bars[] = {{name, "1", 1}, {"中中", "2", 2}, {"a\x1B[31m\n", "2", 2}};
	char  *text;

	(void) unused;
	memset(name, 'x', 300);
	name[300] = '\0';
	text = text_of(bars, 3, true);
	assert_memory_equal(text, name, 25);
	assert_memory_equal(text + 25, "\xE2\x80\xA6 ", 4);
	assert_non_null(strstr(text, "\n中中                       "));
	assert_non_null(strstr(text, "\na?[31m? "));
	free(text);
}

/* No line is wider than a terminal. */
static void
test_any(void **unused)
{
	SpkRng rng = spk_rng(1, 1);

	(void) unused;
	for (int round = 0; round < 5000; round++)
	{
		SpkBar bars[10];
		int	   n = (int) (spk_rng_double(&rng) * 10);
		char  *text;

		for (int i = 0; i < n; i++)
		{
			static const char *const names[] = {"", "songs", "中文名称",
												"a very long name of a feature, which is cut"};

			bars[i] = (SpkBar) {names[(size_t) (spk_rng_double(&rng) * 4)], "-123.4",
								round % 7 == 0 ? 0 : (spk_rng_double(&rng) - 0.3) * 100};
		}
		text = text_of(bars, n, round % 2);
		for (char *line = text; *line != '\0';)
		{
			size_t len = strcspn(line, "\n");

			assert_true(spk_text_columns(line, len) <= SPK_TERMINAL_WIDTH);
			line += len + 1;
		}
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_negative),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_drawing.c
 *	  Pictures: widths of texts, round ticks, labels, and SVG that is nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/drawing/axis.h"
#include "core/drawing/glyphs.h"
#include "core/drawing/scale.h"
#include "core/drawing/svg.h"
#include "unit_host.h"
#include "unit_rounds.h"

/* ---- Widths ---- */

static void
test_width(void **unused)
{
	(void) unused;
	assert_true(spk_text_width("", 0, false) == 0);
	assert_true(fabs(spk_text_width("il", 2, false) - 0.556) < 1e-9);
	assert_true(spk_text_width("churn", 5, true) > spk_text_width("churn", 5, false));
	/* marks have no width, wide characters a whole one and more */
	assert_true(spk_text_width("e\xCC\x81", 3, false) == spk_text_width("e", 1, false));
	assert_true(spk_text_width("中", 3, false) >= 1);
	assert_true(spk_text_width("😀", 4, false) > 1);
	assert_int_equal(spk_text_columns("a中😀e\xCC\x81", 11), 6);
	/* bytes that are no character are one each */
	assert_int_equal(spk_text_columns("\xFF\xC3", 2), 2);
	assert_int_equal(spk_text_columns("\xED\xA0\x80", 3), 3);
}

static void
test_next_char(void **unused)
{
	const char *text = "a\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80\xC0\x80\xE4";
	const char *at = text;
	const char *end = text + strlen(text);
	uint32_t	expected[] =
		{'a', 0xE9, 0x4E2D, 0x1F600, SPK_REPLACEMENT, SPK_REPLACEMENT, SPK_REPLACEMENT};

	(void) unused;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		assert_int_equal(spk_next_char(&at, end), expected[i]);
	assert_ptr_equal(at, end);
}

static void
test_fit(void **unused)
{
	const char *family = "👩\xE2\x80\x8D👧x"; /* joined by U+200D */

	(void) unused;
	assert_int_equal(spk_text_fit("abc", 3, false, 100), 3);
	assert_int_equal(spk_text_fit("abc", 3, false, 0), 0);
	assert_int_equal(spk_text_fit_columns("abc", 3, 2), 2);
	/* a letter keeps its mark, and a family stays together */
	assert_int_equal(spk_text_fit_columns("e\xCC\x81x", 4, 1), 3);
	assert_int_equal(spk_text_fit_columns(family, strlen(family), 3), 0);
	assert_int_equal(spk_text_fit_columns(family, strlen(family), 4), strlen(family) - 1);
	assert_true(spk_text_right_to_left("a שלום", 10));
	assert_true(spk_text_right_to_left("مرحبا", 10));
	assert_false(spk_text_right_to_left("été 中", 9));
}

/* What fits is never wider than asked for, and one character more would be. */
static void
test_fit_any(void **unused)
{
	static const char *const pieces[] = {"a",	 "W", "é", "中", "😀", "\xCC\x81", "\xE2\x80\x8D",
										 "\xFF", "\n"};
	SpkRng					 rng = spk_rng(1, 1);

	(void) unused;
	for (int round = 0; round < ROUNDS(20000); round++)
	{
		char   text[128] = "";
		double room = spk_rng_double(&rng) * 10;
		size_t len;
		size_t fits;

		for (int i = (int) (spk_rng_double(&rng) * 20); i > 0; i--)
			strcat(text, pieces[(size_t) (spk_rng_double(&rng) * 9)]);
		len = strlen(text);
		fits = spk_text_fit(text, len, round % 2, room);
		assert_true(fits <= len);
		assert_true(spk_text_width(text, fits, round % 2) <= room + 1e-9);
		if (fits == len)
			continue;
		assert_true(spk_text_width(text, len, round % 2) > room);
	}
}

/* ---- Numbers ---- */

static void
assert_label(const char *expected, void (*label)(double, char *), double value)
{
	char buf[SPK_NUMBER_LABEL];

	label(value, buf);
	assert_string_equal(buf, expected);
}

static void
whole(double value, char *buf)
{
	spk_number_label(value, 0, buf);
}

static void
percent(double value, char *buf)
{
	spk_share_label(value, 1, buf);
}

static void
test_labels(void **unused)
{
	(void) unused;
	assert_label("0", whole, -0.3);
	assert_label("999", whole, 999);
	assert_label("1,000", whole, 1000);
	assert_label("-1,234,568", whole, -1234567.6);
	assert_label("1e+300", whole, 1e300);
	assert_label("unknown", whole, NAN);
	assert_label("12.3 %", percent, 0.1234);
	assert_label("0.0 %", percent, -0.0001);
	assert_label("0", spk_short_label, 0);
	assert_label("0.3333", spk_short_label, 1.0 / 3);
	assert_label("17.56", spk_short_label, 17.5614);
	assert_label("18", spk_short_label, 18);
	assert_label("100", spk_short_label, 100);
	assert_label("1,235", spk_short_label, 1234.56);
	assert_label("2.5e-05", spk_short_label, 0.000025);
	assert_label("0.1", spk_exact_label, 0.1);
	assert_label("0.30000000000000004", spk_exact_label, 0.1 + 0.2);
	assert_label("Infinity", spk_exact_label, INFINITY);
	assert_label("1e+300", spk_exact_label, 1e300);
}

/* Whatever the number, it reads back with the same bits, and its labels have room. */
static void
test_labels_any(void **unused)
{
	SpkRng rng = spk_rng(2, 1);
	char   buf[SPK_NUMBER_LABEL];

	(void) unused;
	for (int i = 0; i < ROUNDS(200000); i++)
	{
		uint64_t bits = spk_rng_next(&rng);
		double	 value;

		memcpy(&value, &bits, sizeof(value));
		spk_number_label(value, i % 10, buf);
		assert_true(strlen(buf) < SPK_NUMBER_LABEL);
		spk_short_label(value, buf);
		assert_true(strlen(buf) < SPK_NUMBER_LABEL);
		spk_share_label(value, 9, buf);
		assert_true(strlen(buf) < SPK_NUMBER_LABEL);
		spk_exact_label(value, buf);
		assert_true(isnan(value) || strtod(buf, NULL) == value);
	}
}

/* ---- Scales ---- */

/* Ticks are few, ascending, within the scale, and each has another label. */
static void
check_ticks(const SpkScale *scale, int at_most)
{
	double ticks[SPK_MAX_TICKS];
	int	   n = spk_scale_ticks(scale, ticks);
	char   before[SPK_NUMBER_LABEL] = "";

	assert_true(n <= at_most);
	for (int i = 0; i < n; i++)
	{
		char label[SPK_NUMBER_LABEL];

		assert_true(i == 0 || ticks[i] > ticks[i - 1]);
		assert_true(ticks[i] >= scale->low - (scale->high - scale->low) * 1e-6);
		assert_true(ticks[i] <= scale->high + (scale->high - scale->low) * 1e-6);
		spk_tick_label(scale, ticks[i], label);
		assert_string_not_equal(label, before);
		strcpy(before, label);
	}
}

static void
test_scale(void **unused)
{
	SpkScale scale = spk_scale(0.03, 0.87, SPK_UNIT_SHARE, 6, true);
	double	 ticks[SPK_MAX_TICKS];
	char	 label[SPK_NUMBER_LABEL];

	(void) unused;
	assert_true(scale.low == 0 && fabs(scale.high - 1) < 1e-9);
	assert_int_equal(spk_scale_ticks(&scale, ticks), 6);
	spk_tick_label(&scale, ticks[1], label);
	assert_string_equal(label, "20 %");
	scale.from = 100;
	scale.to = 200;
	assert_true(fabs(spk_scale_at(&scale, 0.5) - 150) < 1e-9);

	/* no range, none that can be drawn, none at all */
	scale = spk_scale(5, 5, SPK_UNIT_NUMBER, 5, true);
	assert_true(scale.low < 5 && scale.high > 5);
	scale = spk_scale(NAN, 1, SPK_UNIT_NUMBER, 5, true);
	assert_true(scale.low == 0 && scale.high == 1);
	scale = spk_scale(-INFINITY, INFINITY, SPK_UNIT_NUMBER, 5, true);
	assert_true(scale.low == 0 && scale.high == 1);
	scale = spk_scale(-1e308, 1e308, SPK_UNIT_NUMBER, 5, true);
	assert_true(isfinite(scale.low) && isfinite(scale.high));
	scale = spk_scale(0, 0, SPK_UNIT_SHARE, 5, true);
	assert_true(scale.low == 0 && scale.high == 1);
}

/* However large or small, all ticks are told apart, and all values have a place. */
static void
test_scale_extremes(void **unused)
{
	static const double sizes[] = {5e-324, 1e-300, 1e-12, 1e-7, 1, 1e11, 1e15, 1e300, 1.7e308};

	(void) unused;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (int k = 0; k < 4; k++)
		{
			double	 low = (k % 2 == 0 ? 0 : -1) * sizes[i];
			SpkScale scale = spk_scale(low, sizes[i], k < 2 ? SPK_UNIT_NUMBER : SPK_UNIT_SHARE, 6,
									   k % 2 == 0);
			double	 ticks[SPK_MAX_TICKS];
			char	 before[SPK_NUMBER_LABEL] = "";
			int		 n = spk_scale_ticks(&scale, ticks);

			scale.from = 0;
			scale.to = 100;
			assert_true(n >= 2);
			assert_true(spk_scale_at(&scale, low) >= -1e-6);
			assert_true(spk_scale_at(&scale, sizes[i]) <= 100 + 1e-6);
			for (int t = 0; t < n; t++)
			{
				char label[SPK_NUMBER_LABEL];

				spk_tick_label(&scale, ticks[t], label);
				assert_string_not_equal(label, before);
				strcpy(before, label);
			}
		}
}

static void
test_scale_any(void **unused)
{
	SpkRng rng = spk_rng(3, 1);

	(void) unused;
	for (int i = 0; i < ROUNDS(50000); i++)
	{
		double	 size = pow(10, spk_rng_double(&rng) * 12 - 5);
		double	 low = (spk_rng_double(&rng) - 0.5) * size;
		double	 high = low + (0.01 + spk_rng_double(&rng)) * size;
		int		 n = 3 + i % 6;
		SpkScale scale = spk_scale(low, high, SPK_UNIT_NUMBER, n, true);

		assert_true(scale.low <= low + size * 1e-6 && scale.high >= high - size * 1e-6);
		check_ticks(&scale, n);
		scale = spk_scale(low, high, SPK_UNIT_NUMBER, n, false);
		assert_true(scale.low <= low && scale.high >= high);
		check_ticks(&scale, n);
	}
}

static void
assert_day_ticks(double low, double high, int n, const char *first, const char *last)
{
	SpkScale scale = spk_scale(low, high, SPK_UNIT_DAY, 7, false);
	double	 ticks[SPK_MAX_TICKS];
	char	 label[SPK_NUMBER_LABEL];

	assert_int_equal(spk_scale_ticks(&scale, ticks), n);
	spk_tick_label(&scale, ticks[0], label);
	assert_string_equal(label, first);
	spk_tick_label(&scale, ticks[n - 1], label);
	assert_string_equal(label, last);
	check_ticks(&scale, n);
}

static void
test_days(void **unused)
{
	(void) unused;
	/* 2018-10-15 is day 6862 */
	assert_day_ticks(6862, 6862 + 28, 5, "15 Oct", "12 Nov");
	assert_day_ticks(6862, 6862 + 4, 5, "15 Oct", "19 Oct");
	assert_day_ticks(6862, 6862 + 200, 4, "Nov 2018", "May 2019");
	assert_day_ticks(6862, 6862 + 3000, 4, "2020", "2026");
	assert_day_ticks(6862, 6862, 3, "14 Oct", "16 Oct");
}

static void
test_spread(void **unused)
{
	double near[] = {10, 11, 12};
	double apart[] = {30, 10, 20};

	(void) unused;
	spk_spread(near, 3, 5, 0, 20);
	assert_true(near[0] == 10 && near[1] == 15 && near[2] == 20);
	spk_spread(apart, 3, 5, 0, 40);
	assert_true(apart[0] == 30 && apart[1] == 10 && apart[2] == 20);
}

/* ---- SVG ---- */

/* A picture with this text everywhere, terminated; the caller frees it. */
static char *
picture_of(const char *text)
{
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkWriter out = spk_writer(&host);
	SpkSvg	  svg;
	char	 *copy;

	spk_svg_begin(&svg, &host, "test", text);
	spk_svg_heading(&svg, text);
	spk_svg_rect(&svg, "fa", 1, 2.345, 3, -4);
	spk_svg_data_text(&svg, "name", text);
	spk_svg_data(&svg, "value", 0.1);
	spk_svg_data(&svg, "unknown", NAN);
	spk_svg_close(&svg, text);
	spk_svg_text(&svg, "ink", SPK_FONT_TEXT, 10, 20, SPK_ANCHOR_END, 60, text);
	spk_svg_end(&svg, 100, text, &out);
	assert_int_equal(out.status, SPK_OK);
	copy = calloc(out.len + 1, 1);
	memcpy(copy, out.data, out.len);
	spk_release(&host, out.data);
	assert_int_equal(unit.live, 0);
	return copy;
}

/* Elements are closed in order, attributes quoted, and nothing but ASCII is in it. */
static void
check_well_formed(const char *svg)
{
	char open[16][16];
	int	 depth = 0;

	for (const char *at = svg; *at != '\0'; at++)
	{
		assert_true(((unsigned char) *at >= 0x20 && (unsigned char) *at < 0x7F) || *at == '\n');
		if (*at == '&')
		{
			size_t len = strcspn(at, ";");

			assert_true(len < 12 && at[len] == ';');
		}
		if (*at != '<')
			continue;
		if (at[1] == '/')
		{
			size_t len = strcspn(at + 2, ">");

			assert_true(depth > 0);
			depth--;
			assert_int_equal(len, strlen(open[depth]));
			assert_memory_equal(at + 2, open[depth], len);
			continue;
		}
		assert_true(depth < 16);
		assert_int_equal(sscanf(at + 1, "%15[a-z]", open[depth]), 1);
		for (at++; *at != '>'; at++)
		{
			assert_true(*at != '<' && *at != '\0');
			if (*at == '"')
				for (at++; *at != '"'; at++)
					assert_true(*at != '<' && *at != '\0');
		}
		if (at[-1] != '/')
			depth++;
	}
	assert_int_equal(depth, 0);
}

static void
test_svg(void **unused)
{
	char *svg = picture_of("<script>alert(\"x\" & 'y')</script>");

	(void) unused;
	check_well_formed(svg);
	assert_null(strstr(svg, "<script"));
	assert_null(strstr(svg, " id="));
	assert_non_null(strstr(
		svg, "data-name=\"&lt;script&gt;alert(&quot;x&quot; &amp; &#39;y&#39;)&lt;/script&gt;\""));
	assert_non_null(strstr(svg, " y=\"2.35\"") ? svg : strstr(svg, " y=\"2.34\""));
	assert_non_null(strstr(svg, "height=\"0\""));
	assert_non_null(strstr(svg, "data-value=\"0.1\""));
	assert_null(strstr(svg, "data-unknown"));
	/* cut, with the whole in a title */
	assert_non_null(strstr(svg, "&#x2026;</text>"));
	free(svg);

	svg = picture_of("a\x01\x7F\xFFש");
	check_well_formed(svg);
	assert_non_null(strstr(svg, "data-name=\"a&#x2401;&#x2421;&#xFFFD;&#x5E9;\""));
	assert_non_null(strstr(svg, "&#x2068;a&#x2401;&#x2421;&#xFFFD;&#x5E9;&#x2069;</text>"));
	free(svg);
	svg = picture_of("");
	check_well_formed(svg);
	free(svg);
}

static void
test_svg_any(void **unused)
{
	SpkRng rng = spk_rng(4, 1);

	(void) unused;
	for (int i = 0; i < 2000; i++)
	{
		char   text[301];
		size_t len = (size_t) (spk_rng_double(&rng) * 300);
		char  *svg;

		for (size_t k = 0; k < len; k++)
			text[k] = (char) (1 + (spk_rng_next(&rng) >> 32) % 255);
		text[len] = '\0';
		svg = picture_of(text);
		check_well_formed(svg);
		free(svg);
	}
}

/* Lines are not wider than asked for, and no more of them. */
static void
test_lines(void **unused)
{
	UnitHost  unit = UNIT_HOST_INIT;
	SpkHost	  host = unit_host(&unit);
	SpkWriter out = spk_writer(&host);
	SpkSvg	  svg;

	(void) unused;
	spk_svg_begin(&svg, &host, "test", "t");
	assert_true(fabs(spk_svg_lines(&svg, "ink", SPK_FONT_TEXT, 0, 10, 100, 3, "one") - 26.2) <
				1e-9);
	assert_true(fabs(spk_svg_lines(&svg, "ink", SPK_FONT_TEXT, 0, 10, 62, 3,
								   "one two three four five six seven") -
					 58.6) < 1e-9);
	spk_svg_lines(&svg, "ink", SPK_FONT_TEXT, 0, 10, 66, 2, "average 12 % of all");
	spk_svg_end(&svg, 100, "d", &out);
	spk_write_bytes(&out, "", 1);
	assert_non_null(strstr((char *) out.data, ">one two</text>"));
	assert_null(strstr((char *) out.data, ">average 12</text>"));
	check_well_formed((char *) out.data);
	spk_release(&host, out.data);
	assert_int_equal(unit.live, 0);
}

/* Without memory the status says so, and nothing is left behind. */
static void
test_no_memory(void **unused)
{
	(void) unused;
	for (long allocs = 0;; allocs++)
	{
		UnitHost  unit = UNIT_HOST_INIT;
		SpkHost	  host = unit_host(&unit);
		SpkWriter out = spk_writer(&host);
		SpkSvg	  svg;
		SpkStatus status;

		unit.allocs_left = allocs;
		spk_svg_begin(&svg, &host, "test", "t");
		for (int i = 0; i < 100; i++)
		{
			spk_svg_circle(&svg, NULL, i, i, 1);
			spk_svg_close(&svg, "tip");
		}
		spk_svg_end(&svg, 10, "d", &out);
		status = out.status;
		spk_release(&host, out.data);
		assert_int_equal(unit.live, 0);
		if (status == SPK_OK)
			break;
		assert_int_equal(status, SPK_NO_MEMORY);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_width),	  cmocka_unit_test(test_next_char),
		cmocka_unit_test(test_fit),		  cmocka_unit_test(test_fit_any),
		cmocka_unit_test(test_labels),	  cmocka_unit_test(test_labels_any),
		cmocka_unit_test(test_scale),	  cmocka_unit_test(test_scale_extremes),
		cmocka_unit_test(test_scale_any), cmocka_unit_test(test_days),
		cmocka_unit_test(test_spread),	  cmocka_unit_test(test_svg),
		cmocka_unit_test(test_svg_any),	  cmocka_unit_test(test_lines),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

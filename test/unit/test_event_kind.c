/*
 * test_event_kind.c
 *	  What a file is that should be JSON lines; and which broken logs are still
 *	  logs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/event_kind.h"

#define O		 "{\"ts\":1538352117000,\"userId\":\"30\",\"page\":\"Home\",\"a\":[1,{\"b\":null}]}"
#define P		 "{\n  \"ts\": 1,\n  \"page\": \"Home\"\n}"
#define BYTES(s) (s), sizeof(s) - 1

typedef struct Case
{
	const char *bytes;
	size_t		len;
	SpkFileKind kind;
} Case;

static const Case cases[] = {
	{BYTES(""), SPK_KIND_LINES},
	{BYTES("\n\n"), SPK_KIND_LINES},
	{BYTES(O), SPK_KIND_LINES},
	{BYTES(O "\n" O "\n"), SPK_KIND_LINES},
	{BYTES("\xEF\xBB\xBF\r\n" O "\r\n" O), SPK_KIND_LINES},
	{BYTES("[" O ",\n" O "]\n"), SPK_KIND_ARRAY},
	{BYTES("[\n" O ",\n" O "\n]\n"), SPK_KIND_ARRAY},
	{BYTES("[\n" O "\n]\n"), SPK_KIND_ARRAY},
	{BYTES("[" O "," O "]"), SPK_KIND_ARRAY},
	{BYTES("\xEF\xBB\xBF [" O "]\n\n"), SPK_KIND_ARRAY},
	{BYTES("[\n" P ",\n" P "\n]"), SPK_KIND_ARRAY},
	{BYTES("[\n{\"a\":NaN},\n{\"a\":NaN},\n"), SPK_KIND_ARRAY},
	{BYTES("[" O "\n" O), SPK_KIND_LINES},
	{BYTES("[" O "]\n" O "\n"), SPK_KIND_LINES},
	{BYTES("[" O ",\n" O "\n" O "\n"), SPK_KIND_LINES},
	{BYTES("[]\n" O "\n"), SPK_KIND_LINES},
	{BYTES("[]"), SPK_KIND_LINES},
	{BYTES("[2018-10-01 INFO started\n" O "\n"), SPK_KIND_LINES},
	{BYTES("[\"page\"]\n" O), SPK_KIND_LINES},
	{BYTES("[1,2]\n[3,4]\n"), SPK_KIND_LINES},
	{BYTES(P "\n"), SPK_KIND_PRETTY},
	{BYTES(P "\n" P "\n"), SPK_KIND_PRETTY},
	{BYTES(P ",\n" P "\n"), SPK_KIND_PRETTY},
	{BYTES(P "\n" O "\n"), SPK_KIND_LINES},
	{BYTES("{\"ts\":1,\"page\":\"Ho\n" O "\n"), SPK_KIND_LINES},
	{BYTES("{\"ts\":\n" O "\n" O "\n"), SPK_KIND_LINES},
	{BYTES("{\"ts\":1,\n" O "\n"), SPK_KIND_LINES},
	{BYTES("{\n" O "\n"), SPK_KIND_LINES},
	{BYTES(O O "\n"), SPK_KIND_CONCATENATED},
	{BYTES(O " " O O), SPK_KIND_CONCATENATED},
	{BYTES(O O "\n" O "\n"), SPK_KIND_LINES},
	{BYTES(O "x" O "\n"), SPK_KIND_LINES},
	{BYTES(O ",\n" O ",\n"), SPK_KIND_COMMAS},
	{BYTES(O ", \r\n\n" O), SPK_KIND_COMMAS},
	{BYTES(O ",\n"), SPK_KIND_COMMAS},
	{BYTES(O ",\n" O "\n" O ",\n"), SPK_KIND_LINES},
	{BYTES(O "\n" O ",\n"), SPK_KIND_LINES},
	{BYTES(O ",\nx\n" O "\n"), SPK_KIND_LINES},
	{BYTES("{\"a\":NaN}\n{\"b\":[-Infinity]}\n"), SPK_KIND_NAN},
	{BYTES("{\"a\":NaN}\n" O "\n"), SPK_KIND_LINES},
	{BYTES("{\"a\":\"NaN\"}\n"), SPK_KIND_LINES},
	{BYTES("{'a': 'NaN', 'b': None}\n{'a': \"it's\"}\n"), SPK_KIND_PYTHON},
	{BYTES("{u'a': 1}"), SPK_KIND_PYTHON},
	{BYTES("{'a': 1}\n" O), SPK_KIND_LINES},
	{BYTES("\xFF\xFE{\0\"\0a\0"), SPK_KIND_UTF16},
	{BYTES("\xFE\xFF\0{\0\""), SPK_KIND_UTF16},
	{BYTES("{\0\"\0a\0"), SPK_KIND_UTF16},
	{BYTES("\0{\0\"\0a"), SPK_KIND_UTF16},
	{BYTES("\xFF\xFE\0\0{\0\0\0"), SPK_KIND_UTF32},
	{BYTES("{\0\0\0\"\0\0\0"), SPK_KIND_UTF32},
	/* a hole at the start of a log, as a crash leaves it */
	{BYTES("\0\0\0\0\0\0\0\0" O "\n" O "\n"), SPK_KIND_LINES},
	{BYTES("\x1F\x8B\x08\0\0\0\0\0\0\3"), SPK_KIND_GZIP},
	{BYTES("BZh91AY&SY\0\0"), SPK_KIND_BZIP2},
	{BYTES("BZhXX said\n" O), SPK_KIND_LINES},
	{BYTES("\xFD"
		   "7zXZ\0\0"),
	 SPK_KIND_XZ},
	{BYTES("\x28\xB5\x2F\xFD\x04\x58"), SPK_KIND_ZSTD},
	{BYTES("\x50\x2A\x4D\x18\x04\0"), SPK_KIND_ZSTD},
	{BYTES("\x04\x22\x4D\x18\x64\x40"), SPK_KIND_LZ4},
	{BYTES("PK\3\4\n\0\0"
		   "a.json\n" O "\n" O "\n"),
	 SPK_KIND_ZIP},
	{BYTES("PK\5\6\0\0"), SPK_KIND_ZIP},
	{BYTES("7z\xBC\xAF\x27\x1C"), SPK_KIND_7ZIP},
	{BYTES("PAR1\0\0"), SPK_KIND_PARQUET},
	{BYTES("Obj\1\2\3"), SPK_KIND_AVRO},
	{BYTES("ORC\1\2\3"), SPK_KIND_ORC},
	{BYTES("{\"a\":\"\\"), SPK_KIND_LINES},
	{BYTES("{\"a\":1"), SPK_KIND_LINES},
	{BYTES("{"), SPK_KIND_LINES},
};

/* The whole bytes, and any beginning of them, which says the same or nothing or that of a shorter file. */
static void
test_kinds(void **state)
{
	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		const Case *c = &cases[i];

		if (spk_kind_of(c->bytes, c->len, true) != c->kind)
			fail_msg("case %zu, \"%.60s\": %d", i, c->bytes,
					 (int) spk_kind_of(c->bytes, c->len, true));
		for (size_t len = 0; len <= c->len; len++)
		{
			/* of its own, so that a look behind is seen */
			char	   *piece = malloc(len + 1);
			SpkFileKind kind;

			memcpy(piece, c->bytes, len);
			kind = spk_kind_of(piece, len, false);
			if (kind != SPK_KIND_UNDECIDED && kind != c->kind && c->kind != SPK_KIND_LINES)
				fail_msg("case %zu, %zu bytes of \"%.60s\": %d", i, len, c->bytes, (int) kind);
			free(piece);
		}
	}
}

static void
test_tar(void **state)
{
	char tar[1200] = "events.json";

	(void) state;
	memcpy(tar + 257, "ustar", 5);
	strcpy(tar + 512, O "\n" O "\n");
	assert_int_equal(spk_kind_of(tar, sizeof(tar), true), SPK_KIND_TAR);
	assert_int_equal(spk_kind_of(tar, 200, false), SPK_KIND_UNDECIDED);
	assert_int_equal(spk_kind_of(tar, 262, false), SPK_KIND_TAR);
}

/* Decided at the latest when there are enough bytes. */
static void
test_long(void **state)
{
	static const Case parts[] = {
		{BYTES(O), SPK_KIND_CONCATENATED},
		{BYTES(O "\n"), SPK_KIND_LINES},
		{BYTES(O ",\n"), SPK_KIND_COMMAS},
		{BYTES("[" O ","), SPK_KIND_ARRAY},
		{BYTES("{\"a\":[\n1,"), SPK_KIND_PRETTY},
		{BYTES("{\"a\":\""), SPK_KIND_LINES},
		{BYTES("["), SPK_KIND_LINES},
		{BYTES(" "), SPK_KIND_LINES},
		{BYTES("x"), SPK_KIND_LINES},
	};
	size_t size = SPK_KIND_BYTES + 7;
	char  *text = malloc(size);

	(void) state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
	{
		const Case *part = &parts[i];
		/* these begin once and go on */
		const char *again = i == 3 ? O "," : i == 4 ? "1,\n" : i == 5 ? "aaa" : part->bytes;
		size_t		len = part->len;

		memcpy(text, part->bytes, len);
		for (size_t n = 0; len < size; len++, n++)
			text[len] = again[n % strlen(again)];
		assert_int_equal(spk_kind_of(text, size, false), part->kind);
	}
	free(text);
}

static void
test_words(void **state)
{
	(void) state;
	for (int kind = SPK_KIND_UNDECIDED + 1; kind < SPK_N_KINDS; kind++)
	{
		assert_non_null(spk_kind_name(kind));
		assert_non_null(spk_kind_hint(kind));
	}
	assert_null(spk_kind_hint(SPK_KIND_LINES));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_tar),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

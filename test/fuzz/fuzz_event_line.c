/*
 * fuzz_event_line.c
 *	  Holds the fast way to an event against json-c: whatever the fast way
 *	  accepts must be valid and mean the same.  Holds the way around a fussy
 *	  json-c against one that is not: all must mean the same.
 */
#include <string.h>

#include "core/events/event_line.h"
#include "core/events/event_names.h"
#include "core/base/utf8.h"
#include "json/event_strict.h"
#include "fuzz_host.h"
#include "json/json_strict.h"

static bool
same_field(int col, const SpkField *a, const SpkField *b)
{
	switch (spk_event_keys[col].type)
	{
		case SPK_TYPE_TEXT:
			return a->text.len == b->text.len &&
				memcmp(a->text.data, b->text.data, (size_t) a->text.len) == 0;
		case SPK_TYPE_FLOAT:
			/* the same bits: 0 is not -0 */
			return memcmp(&a->number, &b->number, sizeof(double)) == 0;
		default:
			return a->integer == b->integer;
	}
}

static void
compare_rows(const SpkEventRow *fast, const SpkEventRow *by_strict)
{
	fuzz_check(fast->given == by_strict->given, "both ways see the same columns");
	for (int col = 0; col < SPK_N_COLUMNS; col++)
	{
		if (fast->isnull[col] == by_strict->isnull[col] &&
			(fast->isnull[col] || same_field(col, &fast->field[col], &by_strict->field[col])))
			continue;
		fprintf(stderr, "the rows differ in \"%s\"\n", spk_event_keys[col].key);
		abort();
	}
}

static void
compare(SpkLineParser *parser, SpkStrictParser *strict, const char *line, size_t len,
		uint32_t wanted)
{
	SpkEventRow	  fast;
	SpkEventRow	  by_strict;
	SpkEventFault fault;

	if (!spk_line_parse(parser, line, len, wanted, &fast))
		return;
	if (!spk_strict_parse(strict, line, len, wanted, &by_strict, &fault))
	{
		fprintf(stderr, "the fast way accepts what is refused: %s\n", fault.reason);
		abort();
	}
	compare_rows(&fast, &by_strict);
}

/*
 * json-c stops at a null byte, where we see more; and it takes ' for a quote of
 * keys, which is refused elsewhere.  Values are compared as text: it takes NaN,
 * too, which is refused elsewhere and equals nothing.
 */
static void
compare_modes(const char *text, size_t len, const SpkHost *host)
{
	SpkJsonParser plain;
	SpkJsonParser fussy;
	json_object	 *a;
	json_object	 *b;

	if (memchr(text, '\0', len) != NULL || memchr(text, '\'', len) != NULL ||
		!spk_json_parser_open(&plain, 32))
		return;
	if (!plain.is_fussy && spk_json_parser_open(&fussy, 32))
	{
		enum json_tokener_error error = spk_json_parse_strict(&plain, text, len, host, &a);

		fussy.is_fussy = true;
		if (spk_json_parse_strict(&fussy, text, len, host, &b) != error || plain.at != fussy.at ||
			strcmp(json_object_to_json_string(a), json_object_to_json_string(b)) != 0)
		{
			fprintf(stderr, "json-c and the way around it differ: %s at %zu, %zu\n",
					json_tokener_error_desc(error), plain.at, fussy.at);
			abort();
		}
		json_object_put(a);
		json_object_put(b);
		spk_json_parser_close(&fussy);
	}
	spk_json_parser_close(&plain);
}

/* Of any bytes, though only those of valid lines are told. */
static void
check_names(const char *line, size_t size)
{
	SpkNames names = {0};
	bool	 exact;

	spk_names_add_keys(&names, line, size);
	if (!spk_utf8_valid(line, size))
		return; /* a name may be cut anywhere, or end too early */
	for (int i = 0; i < names.n; i++)
		fuzz_check(spk_event_column_of_key(names.name[i], strlen(names.name[i]), &exact) ==
					   SPK_EVENT_NO_COLUMN,
				   "a key that is told is no column's");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static SpkLineParser parser;
	FuzzHost			 fuzz = FUZZ_HOST_INIT;
	SpkHost				 host = fuzz_host(&fuzz);
	SpkStrictParser		*strict = spk_strict_new(&host);
	const char			*line = (const char *) data;

	check_names(line, size);
	if (strict == NULL)
		return 0;
	spk_line_parser_init(&parser);
	compare(&parser, strict, line, size, SPK_ALL_COLUMNS);
	/* once more, when it knows the order of the keys, and for some columns */
	compare(&parser, strict, line, size, SPK_ALL_COLUMNS);
	compare(&parser, strict, line, size, (uint32_t) (size * 2654435761u));
	spk_strict_release(strict);
	compare_modes(line, size, &host);
	fuzz_check(fuzz.unit.live == 0, "a strict parser gives its memory back");
	return 0;
}

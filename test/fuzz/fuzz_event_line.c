/*
 * fuzz_event_line.c
 *	  Holds the fast way to an event against the complete one, and both against
 *	  json-c, for the music log and for random columns of any log: whatever the fast
 *	  way accepts must be valid and mean the same.  It does so with each kind of vectors
 *	  that the processor has, and with lines that are nearly like the one whose shape was
 *	  learned.  Holds the way around a fussy json-c against one that is not: all must mean
 *	  the same.
 */
#include <stdlib.h>
#include <string.h>

#include "core/events/event_line.h"
#include "core/events/event_names.h"
#include "core/events/line_key.h"
#include "core/base/utf8.h"
#include "json/event_strict.h"
#include "fuzz_host.h"
#include "fuzz_schema.h"
#include "json/json_strict.h"

#define WAYS (SPK_LINE_AVX512 + 1)

/* A schema, with all that reads lines by it. */
typedef struct Readers
{
	const SpkHost	*host;
	SpkSchema		*schema;
	SpkLineParser	*parsers[WAYS]; /* NULL where the processor cannot go that way */
	SpkStrictParser *strict;
	SpkEventRow		 fast;
	SpkEventRow		 judged;
} Readers;

static bool
open_readers(Readers *r, SpkSchema *schema, const SpkHost *host)
{
	memset(r, 0, sizeof(*r));
	r->host = host;
	r->schema = schema;
	if (schema == NULL)
		return false;
	for (SpkLineWay way = SPK_LINE_PLAIN; way < WAYS; way++)
	{
		if (!spk_line_has_way(way))
			continue;
		r->parsers[way] = spk_line_parser_new(schema, host);
		if (r->parsers[way] == NULL)
			return false;
		spk_line_parser_set_way(r->parsers[way], way);
	}
	r->strict = spk_strict_new(schema, host);
	return r->strict != NULL && spk_event_row_init(&r->fast, schema->n_columns, host) &&
		spk_event_row_init(&r->judged, schema->n_columns, host);
}

static void
close_readers(Readers *r)
{
	spk_event_row_release(&r->fast, r->host);
	spk_event_row_release(&r->judged, r->host);
	if (r->strict != NULL)
		spk_strict_release(r->strict);
	for (int way = 0; way < WAYS; way++)
		spk_release(r->host, r->parsers[way]);
	spk_release(r->host, r->schema);
}

static bool
same_field(SpkEventType type, const SpkField *a, const SpkField *b)
{
	if (type == SPK_TYPE_ANY)
		return true;
	if (spk_type_is_text(type))
		return a->text.len == b->text.len &&
			memcmp(a->text.data, b->text.data, (size_t) a->text.len) == 0;
	if (type == SPK_TYPE_FLOAT)
		/* the same bits: 0 is not -0 */
		return memcmp(&a->number, &b->number, sizeof(double)) == 0;
	return a->integer == b->integer;
}

static void
compare_rows(const Readers *r)
{
	size_t words = SPK_BITS_WORDS(r->schema->n_columns) * sizeof(uint64_t);

	fuzz_check(memcmp(r->fast.given, r->judged.given, words) == 0,
			   "both ways see the same columns");
	fuzz_check(memcmp(r->fast.blank, r->judged.blank, words) == 0, "both ways see the same blanks");
	for (int col = 0; col < r->schema->n_columns; col++)
	{
		if (r->fast.isnull[col] == r->judged.isnull[col] &&
			(r->fast.isnull[col] ||
			 same_field(r->schema->columns[col].type, &r->fast.field[col], &r->judged.field[col])))
			continue;
		fprintf(stderr, "the rows differ in column %d, %s, of type %d\n", col,
				r->schema->columns[col].label, r->schema->columns[col].type);
		abort();
	}
}

/* Returns whether the complete way takes the line. */
static bool
compare(Readers *r, const char *line, size_t len, const uint64_t *wanted)
{
	SpkEventFault fault;
	bool		  is_valid = spk_strict_parse(r->strict, line, len, wanted, &r->judged, &fault);
	bool		  is_fast = false;

	if (is_valid)
		spk_event_row_check(&r->judged, r->schema, wanted);
	for (int way = SPK_LINE_PLAIN; way < WAYS; way++)
	{
		bool taken;

		if (r->parsers[way] == NULL)
			continue;
		spk_line_parser_want(r->parsers[way], wanted);
		taken = spk_line_parse(r->parsers[way], line, len, &r->fast);
		if (way == SPK_LINE_PLAIN)
			is_fast = taken;
		fuzz_check(taken == is_fast, "all ways take the same lines");
		if (taken && !is_valid)
		{
			fprintf(stderr, "the fast way accepts what is refused: %s\n", fault.reason);
			abort();
		}
		if (taken)
		{
			spk_event_row_check(&r->fast, r->schema, wanted);
			compare_rows(r);
		}
	}
	return is_valid;
}

/*
 * Lines that are like this one but for one or two bytes, after which some are of its
 * shape and some are not.
 */
static void
compare_neighbours(Readers *r, const char *line, size_t len, const uint64_t *wanted)
{
	static const char bytes[] = "\"\\,:{}[]0915.-+eEunx /\t\xC3\xA9";
	uint64_t		  random = len * UINT64_C(0x9E3779B97F4A7C15) + 1;
	char			 *copy;

	if (len < 2 || (copy = malloc(len)) == NULL)
		return;
	for (size_t i = 0; i < len; i++)
		random = (random ^ (unsigned char) line[i]) * UINT64_C(0x100000001B3);
	/* reading a line in all ways takes long; that of another input will do */
	for (int i = 0; i < 6 && random >> 62 == 0; i++)
	{
		memcpy(copy, line, len);
		for (int change = 0; change <= i % 2; change++)
		{
			random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			copy[(random >> 33) % len] = bytes[(random >> 20) % (sizeof(bytes) - 1)];
		}
		(void) compare(r, copy, len, wanted);
	}
	free(copy);
}

/* Of any bytes, though only those of valid lines are told. */
static void
check_names(const SpkSchema *schema, const char *line, size_t size)
{
	SpkNames names = {0};
	bool	 exact;

	spk_names_add_keys(&names, schema, line, size);
	/* otherwise a name may be cut anywhere, or end too early */
	for (int i = 0; spk_utf8_valid(line, size) && i < names.n; i++)
		fuzz_check(spk_schema_find(schema, SPK_ROOT, names.name[i], strlen(names.name[i]),
								   &exact) == SPK_NO_NODE,
				   "a key that is told is no column's");
}

/* The readers of the music log are made once; they forget what they have learned. */
static void
check_music(const char *line, size_t size)
{
	static FuzzHost fuzz = FUZZ_HOST_INIT;
	static SpkHost	host;
	static Readers	r;
	uint64_t		some = (size * UINT64_C(2654435761)) & ((UINT64_C(1) << SPK_N_COLUMNS) - 1);

	if (r.schema == NULL)
	{
		host = fuzz_host(&fuzz);
		fuzz_check(open_readers(&r, spk_schema_new_music(&host), &host), "there is memory");
	}
	for (int way = 0; way < WAYS; way++)
	{
		if (r.parsers[way] == NULL)
			continue;
		spk_line_forget_keys(r.parsers[way]);
		spk_line_parser_set_way(r.parsers[way], (SpkLineWay) way);
	}
	check_names(r.schema, line, size);
	(void) compare(&r, line, size, r.schema->all);
	/* once more, when it knows the order of the keys and the shape, and for some columns */
	(void) compare(&r, line, size, r.schema->all);
	compare_neighbours(&r, line, size, r.schema->all);
	(void) compare(&r, line, size, &some);
	(void) compare(&r, line, size, &some);
}

/*
 * Holds what was read by a path, whose keys have no other spellings, against json-c.
 * A place whose key is also some column's by name may have another spelling's value.
 */
static void
check_values(const Readers *r, const FuzzSchema *plan, const char *line, size_t size)
{
	SpkJsonParser parser;
	json_object	 *object = NULL;

	if (!spk_json_parser_open(&parser, JSON_TOKENER_DEFAULT_DEPTH))
		return;
	fuzz_check(spk_json_parse_strict(&parser, line, size, r->host, &object) == json_tokener_success,
			   "what is accepted is JSON");
	for (int col = 0; col < plan->n_columns; col++)
	{
		const SpkSchemaNode *top = spk_schema_top(r->schema, col);
		bool				 found;
		json_object			*value = fuzz_value_at(object, &plan->plans[col], &found);

		if (top != NULL && top->folds && !found)
			continue;
		fuzz_check(spk_bits_has(r->judged.given, col) + spk_bits_has(r->judged.blank, col) ==
					   (value != NULL),
				   "what stands in the line is found");
		fuzz_check(r->judged.isnull[col] ||
					   fuzz_same_value(value, &plan->plans[col], &r->judged.field[col]),
				   "json-c reads the same value");
	}
	json_object_put(object);
	spk_json_parser_close(&parser);
}

static void
check_any_log(const char *line, size_t size, const SpkHost *host)
{
	static FuzzSchema plan;
	Readers			  r;

	/* to make and to take back all that reads lines takes longer than to read one */
	fuzz_plan(&plan, line, size);
	if (fuzz_draw(&plan, 3) > 0)
		return;
	if (open_readers(&r, spk_schema_new(plan.plans, plan.n_columns, host), host))
	{
		uint64_t some[1] = {plan.random & *r.schema->all};

		if (compare(&r, line, size, r.schema->all))
			check_values(&r, &plan, line, size);
		(void) compare(&r, line, size, r.schema->all);
		compare_neighbours(&r, line, size, r.schema->all);
		(void) compare(&r, line, size, some);
		(void) compare(&r, line, size, some);
	}
	close_readers(&r);
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzHost	fuzz = FUZZ_HOST_INIT;
	SpkHost		host = fuzz_host(&fuzz);
	const char *line = (const char *) data;

	check_music(line, size);
	check_any_log(line, size, &host);
	compare_modes(line, size, &host);
	fuzz_check(fuzz.unit.live == 0, "all memory is given back");
	return 0;
}

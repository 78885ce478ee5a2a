/*
 * compare_random.c
 *	  Random search: models whose options are drawn by chance from values and ranges.
 *
 * Where few of many options matter, drawn models try more values of those that do than a
 * grid of as many models (Bergstra and Bengio: Random search for hyper-parameter
 * optimization, 2012).
 */
#include "compat.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "core/base/elementary.h"
#include "core/base/rng.h"
#include "judging/compare_specs.h"
#include "models/options_json.h"

#define TRIES "tries"

/* More models than this are a mistake, as each is fitted several times. */
#define MAX_TRIES 1000

/* For each model that is to be found, so many may be drawn in vain. */
#define DRAWS_PER_TRY 20

/* An option, and what its value is drawn from. */
typedef struct Source
{
	JsonbValue name;
	JsonbValue value; /* an array of n values, a range, or the only value itself */
	uint32	   n;	  /* 0 for a range */
	bool	   array;
	double	   from;
	double	   to;
	bool	   log;	  /* are logarithms, not numbers, equally likely? */
	bool	   whole; /* does the option take whole numbers only? */
} Source;

static bool
is_object(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data);
}

static bool
key_is(const JsonbValue *key, const char *name)
{
	return key->val.string.len == (int) strlen(name) &&
		memcmp(key->val.string.val, name, strlen(name)) == 0;
}

/* Is the value a range?  An object of names of columns is not. */
static bool
is_range(const JsonbValue *name, const JsonbValue *value)
{
	int option = spk_option_of(name->val.string.val, name->val.string.len);

	return is_object(value) && !(option >= 0 && spk_option_specs[option].names);
}

bool
spk_grid_is_random(JsonbContainer *object)
{
	JsonbIterator	  *it = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue		   name;
	JsonbValue		   value;
	bool			   random = false;

	while ((token = JsonbIteratorNext(&it, &name, true)) != WJB_DONE)
		if (token == WJB_KEY)
		{
			JsonbIteratorNext(&it, &value, true);
			random |= key_is(&name, TRIES) || is_range(&name, &value);
		}
	return random;
}

/* ---- Ranges ---- */

pg_noreturn static void
refuse_range(const Source *source, const char *why)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid range of option \"%.*s\": %s", source->name.val.string.len,
					source->name.val.string.val, why),
			 errhint("As in {\"from\": 0.01, \"to\": 0.3} or, with logarithms equally likely, {\"from\": 0.01, \"to\": 0.3, \"log\": true}.")));
}

static double
range_end(const Source *source, const JsonbValue *value)
{
	double number;

	if (value->type != jbvNumeric)
		refuse_range(source, "its ends must be numbers");
	number = DatumGetFloat8(
		DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));
	if (!isfinite(number))
		refuse_range(source, "its ends must be numbers");
	return number;
}

/* Reads {"from": …, "to": …, "log": …}. */
static void
read_range(Source *source)
{
	JsonbIterator	  *it = JsonbIteratorInit(source->value.val.binary.data);
	JsonbIteratorToken token;
	JsonbValue		   name;
	JsonbValue		   value;

	source->n = 0;
	source->from = source->to = NAN;
	while ((token = JsonbIteratorNext(&it, &name, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		JsonbIteratorNext(&it, &value, true);
		if (key_is(&name, "from"))
			source->from = range_end(source, &value);
		else if (key_is(&name, "to"))
			source->to = range_end(source, &value);
		else if (!key_is(&name, "log") || value.type != jbvBool)
			refuse_range(source,
						 "it has \"from\", \"to\" and perhaps \"log\", which is true or false");
		else
			source->log = value.val.boolean;
	}
	if (isnan(source->from) || isnan(source->to))
		refuse_range(source, "it has \"from\", \"to\" and perhaps \"log\", which is true or false");
	if (!(source->from < source->to))
		refuse_range(source, "\"from\" must be less than \"to\"");
	if (source->log && source->from <= 0)
		refuse_range(source, "\"from\" must be greater than 0 where logarithms are equally likely");
}

/* ---- Drawing ---- */

/* A number with four digits, which tell people and models as much as seventeen. */
static double
rounded(double number)
{
	char digits[32];

	snprintf(digits, sizeof(digits), "%.4g", number);
	return strtod(digits, NULL);
}

/* A number of the range. */
static double
draw_number(const Source *source, SpkRng *rng)
{
	double share = spk_rng_double(rng);
	double from = source->from;
	double to = source->to;
	double number;

	/* each whole number has the interval up to the next one, so that both ends count in full */
	if (source->whole)
		to += 1;
	if (source->log)
		number = from * spk_exp(share * spk_log(to / from));
	else
		number = from + share * (to - from);
	number = source->whole ? floor(number) : rounded(number);
	return fmin(fmax(number, source->from), source->to);
}

static JsonbValue
numeric_value(double number)
{
	JsonbValue value = {jbvNumeric};

	value.val.numeric = DatumGetNumeric(
		DirectFunctionCall1(float8_numeric, Float8GetDatum(number)));
	return value;
}

static JsonbValue
draw_value(const Source *source, SpkRng *rng)
{
	if (source->n == 0)
		return numeric_value(draw_number(source, rng));
	if (!source->array)
		return source->value;
	return *getIthJsonbValueFromContainer(source->value.val.binary.data,
										  spk_rng_below(rng, source->n));
}

static Jsonb *
draw_options(const Source *sources, int n, SpkRng *rng)
{
	SpkJsonbState state = {0};

	spk_jsonb_push(&state, WJB_BEGIN_OBJECT, NULL);
	for (int i = 0; i < n; i++)
	{
		JsonbValue value = draw_value(&sources[i], rng);

		spk_jsonb_push(&state, WJB_KEY, (JsonbValue *) &sources[i].name);
		spk_jsonb_push(&state, WJB_VALUE, &value);
	}
	spk_jsonb_push(&state, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(state.result);
}

/* ---- The object ---- */

/* Refuses an end of a range that the option does not take, whether it would be drawn or not. */
static void
check_end(SpkAlgorithm algorithm, const Source *source, double end)
{
	SpkJsonbState	state = {0};
	JsonbValue		value = numeric_value(end);
	SpkNamedOptions named;

	spk_jsonb_push(&state, WJB_BEGIN_OBJECT, NULL);
	spk_jsonb_push(&state, WJB_KEY, (JsonbValue *) &source->name);
	spk_jsonb_push(&state, WJB_VALUE, &value);
	spk_jsonb_push(&state, WJB_END_OBJECT, NULL);
	(void) spk_options_from_jsonb(JsonbValueToJsonb(state.result), algorithm, &named);
}

static Source
make_source(SpkAlgorithm algorithm, const JsonbValue *name, const JsonbValue *value)
{
	Source source = {*name, *value, 1};
	int	   option = spk_option_of(name->val.string.val, name->val.string.len);

	source.array = spk_grid_has_values(name, value);
	if (source.array)
		source.n = JsonContainerSize(value->val.binary.data);
	if (source.array && source.n == 0)
		spk_grid_refuse(algorithm);
	if (is_range(name, value))
	{
		read_range(&source);
		check_end(algorithm, &source, source.from);
		check_end(algorithm, &source, source.to);
		source.whole = spk_option_specs[option].whole;
	}
	return source;
}

static int
tries_of(const JsonbValue *value)
{
	Datum number;

	if (value->type == jbvNumeric)
	{
		number = DirectFunctionCall1(numeric_float8_no_overflow,
									 NumericGetDatum(value->val.numeric));
		if (DatumGetFloat8(number) >= 1 && DatumGetFloat8(number) <= MAX_TRIES &&
			DatumGetFloat8(number) == floor(DatumGetFloat8(number)))
			return (int) DatumGetFloat8(number);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" in the grid must be a whole number from 1 to %d", TRIES, MAX_TRIES)));
	return 0; /* not reached */
}

/* Reads the sources of the object, and *tries, 0 when it has none. */
static Source *
read_sources(SpkAlgorithm algorithm, JsonbContainer *object, int *n, int *tries)
{
	Source			  *sources = palloc(Max(JsonContainerSize(object), 1) * sizeof(Source));
	JsonbIterator	  *it = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue		   name;
	JsonbValue		   value;

	*n = *tries = 0;
	while ((token = JsonbIteratorNext(&it, &name, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		JsonbIteratorNext(&it, &value, true);
		if (key_is(&name, TRIES))
			*tries = tries_of(&value);
		else
			sources[(*n)++] = make_source(algorithm, &name, &value);
	}
	return sources;
}

/* Is the text the same as one of n before it? */
static bool
is_repeated(char **texts, int n, const char *text)
{
	for (int i = 0; i < n; i++)
		if (strcmp(texts[i], text) == 0)
			return true;
	return false;
}

/* Adds a model, unless its options are those of one that was added before. */
static void
add_drawn(SpkSpecs *specs, SpkAlgorithm algorithm, Jsonb *options, char **texts, int first)
{
	StringInfoData		text;
	const SpkModelSpec *spec;

	spk_specs_add(specs, algorithm, options);
	spec = &specs->list[specs->n - 1];
	initStringInfo(&text);
	spk_options_to_json(&text, &spec->options, algorithm, &spec->named);
	texts[specs->n - 1 - first] = text.data;
	if (is_repeated(texts, specs->n - 1 - first, text.data))
		specs->n--;
}

void
spk_grid_draw(SpkSpecs *specs, SpkAlgorithm algorithm, JsonbContainer *object, uint64 seed)
{
	int		first = specs->n;
	SpkRng	rng = spk_rng(seed, (uint64) algorithm);
	int		tries;
	int		n;
	Source *sources = read_sources(algorithm, object, &n, &tries);
	char  **texts = palloc(Max(tries, 1) * sizeof(char *));

	if (tries == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("grid of %s has a range, but does not say how many models to draw",
						spk_training_name(algorithm)),
				 errhint("Add a number of them, as in {\"tries\": 20}.")));
	for (int draw = 0; draw < tries * DRAWS_PER_TRY && specs->n < first + tries; draw++)
		add_drawn(specs, algorithm, draw_options(sources, n, &rng), texts, first);
	if (specs->n < first + tries)
		ereport(NOTICE,
				(errmsg_plural("found only %d different model of %s in place of %d",
							   "found only %d different models of %s in place of %d", specs->n - first,
							   specs->n - first, spk_training_name(algorithm), tries)));
}

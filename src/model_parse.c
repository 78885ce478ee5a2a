/*
 * model_parse.c
 *	  Models from JSON text.
 *
 * The text is hostile.  json-c parses it, with two cares: the long arrays are
 * parsed one element at a time (see model_text.h); and json-c keeps the last of
 * several equal keys, so the keys of the text are counted and compared with
 * those found.
 */
#include "compat.h"

#include <math.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "json_strict.h"
#include "json_text.h"
#include "model_json.h"
#include "model_parse.h"
#include "model_text.h"
#include "options_json.h"
#include "pg_host.h"

/* Nesting of what is parsed at once: object, options, number, and some. */
#define MAX_DEPTH		8

/* Bytes parsed at once: a feature with the most and longest categories, escaped, and some. */
#define MAX_PIECE		(4 * 1024 * 1024)

/* Parses a text that must be one JSON value; the caller puts it back. */
json_object *
spk_parse_json(SpkJsonInput *in, SpkText text)
{
	json_object *value;
	enum json_tokener_error error;

	if (text.end - text.at > MAX_PIECE)
		SPK_REFUSE("A part of the text is longer than %d bytes.", MAX_PIECE);
	error = spk_json_parse_strict(&in->parser, text.at, text.end - text.at, &in->host, &value);
	if (value != NULL)
		return value;
	if (error == SPK_JSON_NO_MEMORY)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	if (error == json_tokener_error_parse_eof)
		SPK_REFUSE("The JSON text ends early.");
	SPK_REFUSE("The text is not the JSON of a model: %s.", json_tokener_error_desc(error));
}

/* Elements of a list, of which max are allowed. */
uint32
spk_parse_count(SpkTextList list, uint32 max, const char *what)
{
	SpkText		element;
	uint32		n = 0;

	while (spk_text_next(&list, &element))
	{
		CHECK_FOR_INTERRUPTS();
		if (n++ == max)
			SPK_REFUSE("There are more than %u %s.", max, what);
	}
	if (list.bad)
		SPK_REFUSE("The %s are not arrays or objects separated by commas.", what);
	return n;
}

/* ---- Values ---- */

static json_object *
get_member(json_object *object, const char *key, json_type type)
{
	return spk_json_member(object, key, type, false, SPK_MODEL_TYPE);
}

/* An element of an array, which must be of this type. */
json_object *
spk_parse_element(json_object *array, uint32 i, json_type type, const char *what)
{
	json_object *value = json_object_array_get_idx(array, i);

	if (!json_object_is_type(value, type))
		SPK_REFUSE("%s is not of type %s.", what, json_type_to_name(type));
	return value;
}

uint32
spk_parse_length(json_object *array, uint32 max, const char *what)
{
	size_t		n = json_object_array_length(array);

	if (n > max)
		SPK_REFUSE("There are more than %u %s.", max, what);
	return (uint32) n;
}

double
spk_parse_number(json_object *value, const char *what)
{
	double		number;

	if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double))
		SPK_REFUSE("%s is not a number.", what);
	number = json_object_get_double(value);
	if (!isfinite(number))
		SPK_REFUSE("%s is not a finite number.", what);
	/* json-c cuts long integers down to 64 bits; exact doubles of that size have an exponent */
	if (json_object_is_type(value, json_type_int) && fabs(number) >= 0x1p63)
		SPK_REFUSE("%s is a whole number of more than 63 bits, without an exponent.", what);
	return number;
}

double
spk_parse_number_member(json_object *object, const char *key)
{
	json_object *value;

	if (!json_object_object_get_ex(object, key, &value))
		SPK_REFUSE("The member \"%s\" is missing.", key);
	return spk_parse_number(value, psprintf("The member \"%s\"", key));
}

uint32
spk_parse_integer(json_object *value, uint32 max, const char *what)
{
	int64		number = json_object_get_int64(value);

	if (!json_object_is_type(value, json_type_int) || number < 0 || number > (int64) max)
		SPK_REFUSE("%s is not a whole number from 0 to %u.", what, max);
	return (uint32) number;
}

/* A copy of a string in the database's encoding; only what can be converted gets in. */
static char *
get_string(SpkJsonInput *in, json_object *value, uint32 *len)
{
	const char *utf8 = json_object_get_string(value);
	int			utf8_len = json_object_get_string_len(value);
	char	   *converted = pg_any_to_server(utf8, utf8_len, in->encoding);

	if (converted != utf8)
	{
		*len = strlen(converted);
		return converted;
	}
	*len = utf8_len;
	return pnstrdup(utf8, utf8_len);
}

static int
count_keys(json_object *object)
{
	int			n = 0;

	json_object_object_foreach(object, key, value)
	{
		(void) key;
		n += json_object_is_type(value, json_type_object) ? 1 + count_keys(value) : 1;
	}
	return n;
}

/* The value of this text must be an object, of objects and simple values, without repeated keys. */
static void
check_object(json_object *value, SpkText text)
{
	if (!json_object_is_type(value, json_type_object))
		SPK_REFUSE("The text holds something else where an object belongs.");
	if (count_keys(value) != spk_text_count_keys(text))
		SPK_REFUSE("A key occurs twice, or an object is where none belongs.");
}

void *
spk_parse_array(size_t n, size_t size)
{
	return memset(MemoryContextAllocHuge(CurrentMemoryContext, n * size + 1), 0, n * size);
}

/* ---- The parts of a model ---- */

static SpkAlgorithm
get_algorithm(json_object *root)
{
	json_object *value = get_member(root, "algorithm", json_type_string);
	SpkAlgorithm algorithm;

	if (!spk_algorithm_of(json_object_get_string(value), json_object_get_string_len(value), &algorithm))
		SPK_REFUSE("The algorithm is not known.");
	return algorithm;
}

static double
get_option(json_object *value, SpkOption option)
{
	const char *name = spk_option_specs[option].name;
	double		number;

	if (json_object_is_type(value, json_type_string))
	{
		if (spk_option_of_word(option, json_object_get_string(value),
							   json_object_get_string_len(value), &number))
			return number;
	}
	else if (json_object_is_type(value, json_type_boolean))
	{
		if (spk_option_specs[option].boolean)
			return json_object_get_boolean(value) ? 1 : 0;
	}
	else
	{
		number = spk_parse_number(value, psprintf("The member \"%s\"", name));
		if (spk_option_takes_number(option, number))
			return number;
	}
	SPK_REFUSE("Option \"%s\" has an impossible value.", name);
}

static void
get_options(json_object *root, SpkModel *model)
{
	json_object *options = get_member(root, "options", json_type_object);
	const char *known[SPK_N_OPTIONS];
	int			n = 0;

	model->options = spk_options_default(model->algorithm);
	for (int i = 0; i < SPK_N_OPTIONS; i++)
		if (spk_option_applies((SpkOption) i, model->algorithm))
		{
			const char *name = spk_option_specs[i].name;
			json_object *value;

			known[n++] = name;
			if (json_object_object_get_ex(options, name, &value))
				model->options.value[i] = get_option(value, (SpkOption) i);
			else if (!spk_option_specs[i].later)
				SPK_REFUSE("The member \"%s\" is missing.", name);
		}
	spk_json_only(options, known, n, SPK_MODEL_TYPE);
}

static void
get_facts(json_object *root, SpkModel *model)
{
	json_object *facts = get_member(root, "facts", json_type_object);

	for (int i = 0; i < SPK_N_FACTS; i++)
	{
		const char *name = spk_fact_names[i];

		model->facts[i] = json_object_object_get_ex(facts, name, NULL) ?
			spk_parse_number_member(facts, name) : NAN;
	}
	spk_json_only(facts, spk_fact_names, SPK_N_FACTS, SPK_MODEL_TYPE);
}

static void
get_categories(SpkJsonInput *in, json_object *object, SpkFeature *feature)
{
	json_object *categories = get_member(object, "categories", json_type_array);

	if (json_object_array_length(categories) != feature->n_bins)
		SPK_REFUSE("A feature has not one count more than categories.");
	feature->categories = spk_parse_array(feature->n_bins, sizeof(SpkCategory));
	for (uint32 i = 0; i < feature->n_bins; i++)
	{
		SpkCategory *category = &feature->categories[i];

		category->name = get_string(in, spk_parse_element(categories, i, json_type_string, "A category"),
									&category->len);
	}
}

static void
get_edges(json_object *object, SpkFeature *feature)
{
	json_object *edges = get_member(object, "edges", json_type_array);
	uint32		n = feature->n_bins > 0 ? feature->n_bins - 1 : 0;

	if (json_object_array_length(edges) != n)
		SPK_REFUSE("A feature has not two counts more than edges.");
	feature->edges = spk_parse_array(n, sizeof(double));
	for (uint32 i = 0; i < n; i++)
		feature->edges[i] = spk_parse_number(json_object_array_get_idx(edges, i), "An edge");
}

static SpkFeatureKind
get_kind(json_object *object)
{
	const char *name = json_object_get_string(get_member(object, "kind", json_type_string));

	for (int kind = 0; kind < SPK_N_FEATURE_KINDS; kind++)
		if (strcmp(name, spk_kind_names[kind]) == 0)
			return (SpkFeatureKind) kind;
	SPK_REFUSE("The kind of a feature is not known.");
}

/* permutation: the model has permutation importances */
static void
get_feature(SpkJsonInput *in, json_object *object, bool permutation, SpkFeature *feature)
{
	const char *known[] = {"name", "kind", "counts", "importance", NULL, "permutation"};
	json_object *counts = get_member(object, "counts", json_type_array);
	uint32		n_counts = spk_parse_length(counts, SPK_MAX_BINS + 1, "counts of a feature");
	uint32		len;

	if (n_counts == 0)
		SPK_REFUSE("A feature has no counts.");
	feature->n_bins = n_counts - 1;
	feature->counts = spk_parse_array(n_counts, sizeof(uint32));
	for (uint32 i = 0; i < n_counts; i++)
		feature->counts[i] = spk_parse_integer(json_object_array_get_idx(counts, i), PG_UINT32_MAX,
											   "A count");
	feature->name = get_string(in, get_member(object, "name", json_type_string), &len);
	feature->importance = spk_parse_number_member(object, "importance");
	if (permutation)
		feature->permutation = spk_parse_number_member(object, "permutation");
	feature->kind = get_kind(object);
	if (feature->kind == SPK_CATEGORY)
		get_categories(in, object, feature);
	else
		get_edges(object, feature);
	known[4] = feature->kind == SPK_CATEGORY ? "categories" : "edges";
	spk_json_only(object, known, permutation ? 6 : 5, SPK_MODEL_TYPE);
}

static void
get_features(SpkJsonInput *in, SpkText text, SpkModel *model)
{
	bool		permutation = spk_has_permutation(&model->options, model->algorithm);
	SpkTextList list = spk_text_list(text);
	SpkText		element;

	model->n_features = spk_parse_count(list, SPK_MAX_FEATURES, "features");
	model->features = spk_parse_array(model->n_features, sizeof(SpkFeature));
	for (SpkFeature *feature = model->features; spk_text_next(&list, &element); feature++)
	{
		in->element = spk_parse_json(in, element);
		check_object(in->element, element);
		get_feature(in, in->element, permutation, feature);
		json_object_put(in->element);
		in->element = NULL;
	}
}

/* ---- The whole ---- */

/* Parses the text without the insides of its two long arrays, features and another. */
static void
get_root(SpkJsonInput *in, SpkText text, SpkText features, SpkText other)
{
	SpkText		first = features.at < other.at ? features : other;
	SpkText		second = features.at < other.at ? other : features;
	StringInfoData buf;
	SpkText		head;

	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, text.at, first.at - text.at);
	appendBinaryStringInfo(&buf, first.end, second.at - first.end);
	appendBinaryStringInfo(&buf, second.end, text.end - second.end);
	head.at = buf.data;
	head.end = buf.data + buf.len;
	in->root = spk_parse_json(in, head);
	check_object(in->root, head);
	pfree(buf.data);
	if (spk_parse_integer(get_member(in->root, "sparkify_model", json_type_int), PG_UINT32_MAX,
					"The member \"sparkify_model\"") != 1)
		SPK_REFUSE("The format version is not known.");
}

/* Models of trees have other parts than those without. */
static void
check_parts(json_object *root, SpkAlgorithm algorithm)
{
	static const char *const forest[] = {
		"sparkify_model", "algorithm", "threshold", "options", "facts", "features", "trees", "calibration"};
	static const char *const additive[] = {
		"sparkify_model", "algorithm", "threshold", "options", "facts", "features", "intercept", "terms",
		"calibration"};

	if (spk_algorithm_is_forest(algorithm))
		spk_json_only(root, forest, lengthof(forest), SPK_MODEL_TYPE);
	else
		spk_json_only(root, additive, lengthof(additive), SPK_MODEL_TYPE);
}

static void
get_model(SpkJsonInput *in, SpkText text, SpkModel *model)
{
	SpkText		features = spk_text_array(text, "features");
	SpkText		other = spk_text_array(text, "trees");
	const char *fault;

	if (other.at == NULL)
		other = spk_text_array(text, "terms");
	if (features.at == NULL || other.at == NULL)
		SPK_REFUSE("The text is not a JSON object with arrays \"features\" and \"trees\" or \"terms\".");
	if ((fault = spk_text_fault(text)) != NULL)
		SPK_REFUSE("%s.", fault);
	if (!spk_json_parser_open(&in->parser, MAX_DEPTH))
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));

	get_root(in, text, features, other);
	model->algorithm = get_algorithm(in->root);
	check_parts(in->root, model->algorithm);
	model->threshold = spk_parse_number_member(in->root, "threshold");
	get_options(in->root, model);
	get_facts(in->root, model);
	get_features(in, features, model);
	if (spk_algorithm_is_forest(model->algorithm))
		spk_parse_trees(in, other, model);
	else
		spk_parse_terms(in, other, model);
	spk_parse_calibration(in, model);
}

SpkModel *
spk_model_from_json(const char *json)
{
	SpkModel   *model = palloc0(sizeof(SpkModel));
	SpkJsonInput *in = palloc0(sizeof(SpkJsonInput));
	SpkText		text;

	in->host = spk_pg_host(CurrentMemoryContext);
	/* json-c knows UTF-8 only; without an encoding, bytes are left as they are */
	in->encoding = GetDatabaseEncoding() == PG_SQL_ASCII ? PG_SQL_ASCII : PG_UTF8;
	text.at = pg_server_to_any(json, strlen(json), in->encoding);
	text.end = text.at + strlen(text.at);

	PG_TRY();
	{
		get_model(in, text, model);
	}
	PG_FINALLY();
	{
		json_object_put(in->element);
		json_object_put(in->root);
		spk_json_parser_close(&in->parser);
	}
	PG_END_TRY();
	pfree(in);
	return model;
}

/*
 * model_parse.c
 *	  Models from JSON text.
 *
 * The text is hostile.  json-c parses it, with three cares: the long arrays are
 * parsed one element at a time (see model_text.h); a piece has as many values
 * as the largest that belongs, as each takes memory that nobody counts; and
 * json-c keeps the last of several equal keys, so the keys of the text are
 * counted and compared with those found.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/models/calibration.h"
#include "core/models/codec.h"
#include "core/models/learner.h"
#include "json/model_parse.h"

/* Nesting of what is parsed at once: object, options, number, and some. */
#define PART_DEPTH 8

/* Bytes parsed at once: a feature with the most and longest categories, escaped, and some. */
#define PART_BYTES (4 * 1024 * 1024)

/* Values in there: those of an isotonic calibration, or of a feature, and some. */
#define PART_VALUES (2 * SPK_MAX_POINTS + 1024)

#define LENGTHOF(array) ((int) (sizeof(array) / sizeof((array)[0])))

void
spk_refuse(SpkModelParse *p, const char *format, ...)
{
	va_list args;

	if (!spk_parsing(p))
		return;
	va_start(args, format);
	vsnprintf(p->why, sizeof(p->why), format, args);
	va_end(args);
	p->status = SPK_CORRUPT;
}

/* Asks the host whether to go on; false when not, or when there has been a fault. */
static bool
go_on(SpkModelParse *p)
{
	if (spk_parsing(p) && spk_cancelled(p->host))
		p->status = SPK_CANCELLED;
	return spk_parsing(p);
}

void
spk_parse_put(SpkModelParse *p)
{
	json_object_put(p->element);
	p->element = NULL;
}

static void
note_json_error(SpkModelParse *p, enum json_tokener_error error)
{
	if (error == SPK_JSON_NO_MEMORY)
		p->status = SPK_NO_MEMORY;
	else if (error == json_tokener_continue)
		p->status = SPK_CANCELLED;
	else if (error == json_tokener_error_parse_eof)
		spk_refuse(p, "The JSON text ends early.");
	else
		spk_refuse(p, "The text is not the JSON of a model: %s.", json_tokener_error_desc(error));
}

bool
spk_parse_piece(SpkModelParse *p, SpkText text)
{
	enum json_tokener_error error;

	if (!spk_parsing(p))
		return false;
	if (text.end - text.at > PART_BYTES)
		spk_refuse(p, "A part of the text is longer than %d bytes.", PART_BYTES);
	else if (spk_text_count_values(text) > PART_VALUES)
		spk_refuse(p, "A part of the text has more than %d values.", PART_VALUES);
	else
	{
		error = spk_json_parse_strict(&p->parser, text.at, (size_t) (text.end - text.at), p->host,
									  &p->element);
		if (p->element == NULL)
			note_json_error(p, error);
	}
	return spk_parsing(p);
}

uint32_t
spk_parse_count(SpkModelParse *p, SpkTextList list, uint32_t max, const char *what)
{
	SpkText	 element;
	uint32_t n = 0;

	while (go_on(p) && spk_text_next(&list, &element))
		if (n++ == max)
			spk_refuse(p, "There are more than %u %s.", max, what);
	if (list.bad && go_on(p))
		spk_refuse(p, "The %s are not arrays or objects separated by commas.", what);
	return spk_parsing(p) ? n : 0;
}

/* ---- Values ---- */

json_object *
spk_parse_member(SpkModelParse *p, json_object *object, const char *key, json_type type,
				 bool optional)
{
	json_object *member;

	if (!spk_parsing(p))
		return NULL;
	if (!json_object_is_type(object, json_type_object))
		spk_refuse(p, "An object with \"%s\" is expected.", key);
	else if (!json_object_object_get_ex(object, key, &member))
	{
		if (!optional)
			spk_refuse(p, "The member \"%s\" is missing.", key);
	}
	else if (!json_object_is_type(member, type))
		spk_refuse(p, "The member \"%s\" must be of type %s.", key, json_type_to_name(type));
	else
		return member;
	return NULL;
}

void
spk_parse_only(SpkModelParse *p, json_object *object, const char *const *keys, int n)
{
	if (spk_parsing(p))
	{
		json_object_object_foreach(object, key, member)
		{
			int i = 0;

			(void) member;
			while (i < n && strcmp(key, keys[i]) != 0)
				i++;
			if (i == n)
				spk_refuse(p, "The member \"%.63s\" is not known.", key);
		}
	}
}

uint32_t
spk_parse_length(SpkModelParse *p, json_object *array, uint32_t max, const char *what)
{
	size_t n = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

	if (n > max)
		spk_refuse(p, "There are more than %u %s.", max, what);
	return spk_parsing(p) ? (uint32_t) n : 0;
}

double
spk_parse_number(SpkModelParse *p, json_object *value, const char *what)
{
	double number = 0;

	if (!spk_parsing(p))
		return 0;
	if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double))
		spk_refuse(p, "%s is not a number.", what);
	else if (!isfinite(number = json_object_get_double(value)))
		spk_refuse(p, "%s is not a finite number.", what);
	/* json-c cuts long integers down to 64 bits; exact doubles of that size have an exponent */
	else if (json_object_is_type(value, json_type_int) && fabs(number) >= 0x1p63)
		spk_refuse(p, "%s is a whole number of more than 63 bits, without an exponent.", what);
	return spk_parsing(p) ? number : 0;
}

double
spk_parse_number_member(SpkModelParse *p, json_object *object, const char *key)
{
	json_object *value = NULL;
	char		 what[96];

	if (!spk_parsing(p))
		return 0;
	snprintf(what, sizeof(what), "The member \"%s\"", key);
	if (!json_object_object_get_ex(object, key, &value))
		spk_refuse(p, "%s is missing.", what);
	return spk_parse_number(p, value, what);
}

uint32_t
spk_parse_integer(SpkModelParse *p, json_object *value, uint32_t max, const char *what)
{
	int64_t number = spk_parsing(p) ? json_object_get_int64(value) : 0;

	if (!json_object_is_type(value, json_type_int) || number < 0 || number > (int64_t) max)
		spk_refuse(p, "%s is not a whole number from 0 to %u.", what, max);
	return spk_parsing(p) ? (uint32_t) number : 0;
}

void *
spk_parse_array(SpkModelParse *p, size_t n, size_t size)
{
	void *array;

	if (!spk_parsing(p))
		return NULL;
	array = spk_alloc(p->host, n, size);
	if (array == NULL)
		p->status = SPK_NO_MEMORY;
	else if (!spk_clear(p->host, array, n * size))
	{
		spk_release(p->host, array);
		array = NULL;
		p->status = SPK_CANCELLED;
	}
	return array;
}

static int
count_keys(json_object *object)
{
	int n = 0;

	json_object_object_foreach(object, key, value)
	{
		(void) key;
		n += json_object_is_type(value, json_type_object) ? 1 + count_keys(value) : 1;
	}
	return n;
}

/* The element, of this text, must be an object, of objects and simple values, without repeated keys. */
static void
check_object(SpkModelParse *p, SpkText text)
{
	if (!spk_parsing(p))
		return;
	if (!json_object_is_type(p->element, json_type_object))
		spk_refuse(p, "The text holds something else where an object belongs.");
	else if (count_keys(p->element) != spk_text_count_keys(text))
		spk_refuse(p, "A key occurs twice, or an object is where none belongs.");
}

/* ---- The parts of a model ---- */

static void
get_algorithm(SpkModelParse *p)
{
	json_object *value = spk_parse_member(p, p->root, "algorithm", json_type_string, false);

	if (value != NULL &&
		!spk_algorithm_of(json_object_get_string(value), (size_t) json_object_get_string_len(value),
						  &p->model->algorithm))
		spk_refuse(p, "The algorithm is not known.");
}

static double
get_option(SpkModelParse *p, json_object *value, SpkOption option)
{
	const char *name = spk_option_specs[option].name;
	double		number = 0;
	bool		possible;
	char		what[96];

	if (json_object_is_type(value, json_type_string))
		possible = spk_option_of_word(option, json_object_get_string(value),
									  (size_t) json_object_get_string_len(value), &number);
	else if (json_object_is_type(value, json_type_boolean))
	{
		possible = spk_option_specs[option].boolean;
		number = json_object_get_boolean(value) ? 1 : 0;
	}
	else
	{
		snprintf(what, sizeof(what), "The member \"%s\"", name);
		number = spk_parse_number(p, value, what);
		possible = spk_option_takes_number(option, number);
	}
	if (!possible)
		spk_refuse(p, "Option \"%s\" has an impossible value.", name);
	return number;
}

static void
get_options(SpkModelParse *p)
{
	SpkModel	*model = p->model;
	json_object *options = spk_parse_member(p, p->root, "options", json_type_object, false);
	const char	*known[SPK_N_OPTIONS];
	int			 n = 0;

	if (options == NULL)
		return;
	model->options = spk_options_default(model->algorithm);
	for (int i = 0; i < SPK_N_OPTIONS; i++)
		if (spk_option_applies((SpkOption) i, model->algorithm))
		{
			const char	*name = spk_option_specs[i].name;
			json_object *value;

			known[n++] = name;
			if (json_object_object_get_ex(options, name, &value))
				model->options.value[i] = get_option(p, value, (SpkOption) i);
			else if (!spk_option_specs[i].later)
				spk_refuse(p, "The member \"%s\" is missing.", name);
		}
	spk_parse_only(p, options, known, n);
}

static void
get_facts(SpkModelParse *p)
{
	json_object *facts = spk_parse_member(p, p->root, "facts", json_type_object, false);

	if (facts == NULL)
		return;
	for (int i = 0; i < SPK_N_FACTS; i++)
	{
		const char *name = spk_fact_names[i];

		p->model->facts[i] = json_object_object_get_ex(facts, name, NULL) ?
			spk_parse_number_member(p, facts, name) :
			NAN;
	}
	spk_parse_only(p, facts, spk_fact_names, SPK_N_FACTS);
}

static void
get_name(SpkModelParse *p, json_object *object, SpkFeature *feature)
{
	json_object *value = spk_parse_member(p, object, "name", json_type_string, false);
	size_t		 len = value == NULL ? 0 : (size_t) json_object_get_string_len(value);
	char		*name = spk_parse_array(p, len + 1, 1);

	if (name != NULL)
		memcpy(name, json_object_get_string(value), len);
	feature->name = name;
}

/* The names follow the categories in one piece of memory. */
static void
get_categories(SpkModelParse *p, json_object *object, SpkFeature *feature)
{
	json_object *categories = spk_parse_member(p, object, "categories", json_type_array, false);
	size_t		 bytes = 0;
	char		*names;

	if (categories == NULL)
		return;
	if (json_object_array_length(categories) != feature->n_bins)
		spk_refuse(p, "A feature has not one count more than categories.");
	for (uint32_t i = 0; i < feature->n_bins && spk_parsing(p); i++)
	{
		json_object *value = json_object_array_get_idx(categories, i);

		if (!json_object_is_type(value, json_type_string))
			spk_refuse(p, "A category is not of type string.");
		else
			bytes += (size_t) json_object_get_string_len(value);
	}
	feature->categories = spk_parse_array(p, feature->n_bins * sizeof(SpkCategory) + bytes, 1);
	if (feature->categories == NULL)
		return;
	names = (char *) (feature->categories + feature->n_bins);
	for (uint32_t i = 0; i < feature->n_bins; i++)
	{
		json_object *value = json_object_array_get_idx(categories, i);
		SpkCategory *category = &feature->categories[i];

		category->len = (uint32_t) json_object_get_string_len(value);
		category->name = names;
		memcpy(names, json_object_get_string(value), category->len);
		names += category->len;
	}
}

static void
get_edges(SpkModelParse *p, json_object *object, SpkFeature *feature)
{
	json_object *edges = spk_parse_member(p, object, "edges", json_type_array, false);
	uint32_t	 n = feature->n_bins > 0 ? feature->n_bins - 1 : 0;

	if (edges == NULL)
		return;
	if (json_object_array_length(edges) != n)
		spk_refuse(p, "A feature has not two counts more than edges.");
	feature->edges = spk_parse_array(p, n, sizeof(double));
	for (uint32_t i = 0; i < n && spk_parsing(p); i++)
		feature->edges[i] = spk_parse_number(p, json_object_array_get_idx(edges, i), "An edge");
}

static void
get_kind(SpkModelParse *p, json_object *object, SpkFeature *feature)
{
	json_object *value = spk_parse_member(p, object, "kind", json_type_string, false);

	for (int kind = 0; kind < SPK_N_FEATURE_KINDS && value != NULL; kind++)
		if (strcmp(json_object_get_string(value), spk_kind_names[kind]) == 0)
		{
			feature->kind = (SpkFeatureKind) kind;
			return;
		}
	spk_refuse(p, "The kind of a feature is not known.");
}

static void
get_counts(SpkModelParse *p, json_object *object, SpkFeature *feature)
{
	json_object *counts = spk_parse_member(p, object, "counts", json_type_array, false);
	uint32_t	 n = spk_parse_length(p, counts, SPK_MAX_BINS + 1, "counts of a feature");

	if (n == 0)
		spk_refuse(p, "A feature has no counts.");
	feature->counts = spk_parse_array(p, n, sizeof(uint32_t));
	if (feature->counts == NULL)
		return;
	feature->n_bins = n - 1;
	for (uint32_t i = 0; i < n; i++)
		feature->counts[i] = spk_parse_integer(p, json_object_array_get_idx(counts, i), UINT32_MAX,
											   "A count");
}

static void
get_feature(SpkModelParse *p, SpkFeature *feature)
{
	const char	*known[] = {"name", "kind", "counts", "importance", NULL, "permutation"};
	bool		 permutation = spk_has_permutation(&p->model->options, p->model->algorithm);
	json_object *object = p->element;

	get_counts(p, object, feature);
	get_name(p, object, feature);
	feature->importance = spk_parse_number_member(p, object, "importance");
	if (permutation)
		feature->permutation = spk_parse_number_member(p, object, "permutation");
	get_kind(p, object, feature);
	if (feature->kind == SPK_CATEGORY)
		get_categories(p, object, feature);
	else
		get_edges(p, object, feature);
	known[4] = feature->kind == SPK_CATEGORY ? "categories" : "edges";
	spk_parse_only(p, object, known, permutation ? 6 : 5);
}

static void
get_features(SpkModelParse *p, SpkText text)
{
	SpkTextList list = spk_text_list(p->host, text);
	uint32_t	n = spk_parse_count(p, list, SPK_MAX_FEATURES, "features");
	SpkText		element;

	p->model->features = spk_parse_array(p, n, sizeof(SpkFeature));
	if (p->model->features == NULL)
		return;
	p->model->n_features = n;
	for (uint32_t i = 0; i < n && go_on(p) && spk_text_next(&list, &element); i++)
	{
		if (spk_parse_piece(p, element))
			check_object(p, element);
		if (spk_parsing(p))
			get_feature(p, &p->model->features[i]);
		spk_parse_put(p);
	}
}

/* ---- The whole ---- */

/* Parses the text without the insides of its two long arrays, features and another. */
static void
get_root(SpkModelParse *p, SpkText text, SpkText features, SpkText other)
{
	SpkText first = features.at < other.at ? features : other;
	SpkText second = features.at < other.at ? other : features;
	size_t	before = (size_t) (first.at - text.at);
	size_t	between = (size_t) (second.at - first.end);
	size_t	behind = (size_t) (text.end - second.end);
	SpkText head;
	char   *copy;

	if (before + between + behind > PART_BYTES)
		spk_refuse(p, "A part of the text is longer than %d bytes.", PART_BYTES);
	if ((copy = spk_parse_array(p, before + between + behind, 1)) == NULL)
		return;
	memcpy(copy, text.at, before);
	memcpy(copy + before, first.end, between);
	memcpy(copy + before + between, second.end, behind);
	head.at = copy;
	head.end = copy + before + between + behind;
	if (spk_parse_piece(p, head))
		check_object(p, head);
	spk_release(p->host, copy);
	p->root = p->element;
	p->element = NULL;
	if (spk_parse_integer(p, spk_parse_member(p, p->root, "sparkify_model", json_type_int, false),
						  UINT32_MAX, "The member \"sparkify_model\"") != 1)
		spk_refuse(p, "The format version is not known.");
}

/* Models of trees have other parts than those without. */
static void
check_parts(SpkModelParse *p)
{
	static const char *const forest[] = {"sparkify_model", "algorithm", "threshold", "options",
										 "facts",		   "features",	"trees",	 "calibration"};
	static const char *const additive[] = {"sparkify_model", "algorithm", "threshold",
										   "options",		 "facts",	  "features",
										   "intercept",		 "terms",	  "calibration"};

	if (spk_has_trees(p->model->algorithm))
		spk_parse_only(p, p->root, forest, LENGTHOF(forest));
	else
		spk_parse_only(p, p->root, additive, LENGTHOF(additive));
}

static void
get_model(SpkModelParse *p, SpkText text)
{
	SpkText		features = spk_text_array(p->host, text, "features");
	SpkText		other = spk_text_array(p->host, text, "trees");
	const char *fault;

	if (other.at == NULL)
		other = spk_text_array(p->host, text, "terms");
	if (!go_on(p))
		return;
	if (features.at == NULL || other.at == NULL)
	{
		spk_refuse(
			p,
			"The text is not a JSON object with arrays \"features\" and \"trees\" or \"terms\".");
		return;
	}
	if ((fault = spk_text_fault(p->host, text)) != NULL)
		spk_refuse(p, "%s.", fault);

	get_root(p, text, features, other);
	get_algorithm(p);
	check_parts(p);
	p->model->threshold = spk_parse_number_member(p, p->root, "threshold");
	get_options(p);
	get_facts(p);
	get_features(p, features);
	if (spk_parsing(p) && spk_has_trees(p->model->algorithm))
		spk_parse_trees(p, other);
	else if (spk_parsing(p))
		spk_parse_terms(p, other);
	if (spk_parsing(p))
		spk_parse_calibration(p);
}

SpkStatus
spk_model_parse(SpkModelParse *p, const SpkHost *host, const char *text, size_t len,
				SpkModel *model)
{
	SpkText whole = {text, text + len};

	memset(p, 0, sizeof(*p));
	memset(model, 0, sizeof(*model));
	p->host = host;
	p->model = model;
	if (!spk_json_parser_open(&p->parser, PART_DEPTH))
		p->status = SPK_NO_MEMORY;
	else
		get_model(p, whole);
	if (!spk_parsing(p))
		spk_model_release(host, model);
	return p->status;
}

void
spk_model_parse_close(SpkModelParse *p)
{
	json_object_put(p->element);
	json_object_put(p->root);
	spk_json_parser_close(&p->parser);
	p->element = p->root = NULL;
}

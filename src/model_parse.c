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

#include <float.h>
#include <math.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "core/additive.h"
#include "json_strict.h"
#include "json_text.h"
#include "model_json.h"
#include "model_text.h"
#include "options_json.h"
#include "pg_host.h"

/* Nesting of what is parsed at once: object, options, number, and some. */
#define MAX_DEPTH		8

/* Bytes parsed at once: a feature with the most and longest categories, escaped, and some. */
#define MAX_PIECE		(4 * 1024 * 1024)

/* What json-c holds, to be given back when an error jumps out. */
typedef struct JsonInput
{
	SpkJsonParser parser;
	SpkHost		host;
	json_object *root;			/* the model without its features and trees */
	json_object *element;		/* the feature or node being read */
	int			encoding;		/* of the strings in there */
} JsonInput;

#define TYPE_NAME		"churn_model"
#define REFUSE(...)		spk_json_error(TYPE_NAME, __VA_ARGS__)

/* Parses a text that must be one JSON value; the caller puts it back. */
static json_object *
parse_json(JsonInput *in, SpkText text)
{
	json_object *value;
	enum json_tokener_error error;

	if (text.end - text.at > MAX_PIECE)
		REFUSE("A part of the text is longer than %d bytes.", MAX_PIECE);
	error = spk_json_parse_strict(&in->parser, text.at, text.end - text.at, &in->host, &value);
	if (value != NULL)
		return value;
	if (error == json_tokener_error_parse_eof)
		REFUSE("The JSON text ends early.");
	REFUSE("The text is not the JSON of a model: %s.", json_tokener_error_desc(error));
}

/* Elements of a list, of which max are allowed. */
static uint32
count_elements(SpkTextList list, uint32 max, const char *what)
{
	SpkText		element;
	uint32		n = 0;

	while (spk_text_next(&list, &element))
	{
		CHECK_FOR_INTERRUPTS();
		if (n++ == max)
			REFUSE("There are more than %u %s.", max, what);
	}
	if (list.bad)
		REFUSE("The %s are not arrays or objects separated by commas.", what);
	return n;
}

/* ---- Values ---- */

static json_object *
get_member(json_object *object, const char *key, json_type type)
{
	return spk_json_member(object, key, type, false, TYPE_NAME);
}

/* An element of an array, which must be of this type. */
static json_object *
get_element(json_object *array, uint32 i, json_type type, const char *what)
{
	json_object *value = json_object_array_get_idx(array, i);

	if (!json_object_is_type(value, type))
		REFUSE("%s is not of type %s.", what, json_type_to_name(type));
	return value;
}

static uint32
get_length(json_object *array, uint32 max, const char *what)
{
	size_t		n = json_object_array_length(array);

	if (n > max)
		REFUSE("There are more than %u %s.", max, what);
	return (uint32) n;
}

static double
get_number(json_object *value, const char *what)
{
	double		number;

	if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double))
		REFUSE("%s is not a number.", what);
	number = json_object_get_double(value);
	if (!isfinite(number))
		REFUSE("%s is not a finite number.", what);
	/* json-c cuts long integers down to 64 bits; exact doubles of that size have an exponent */
	if (json_object_is_type(value, json_type_int) && fabs(number) >= 0x1p63)
		REFUSE("%s is a whole number of more than 63 bits, without an exponent.", what);
	return number;
}

static double
get_number_member(json_object *object, const char *key)
{
	json_object *value;

	if (!json_object_object_get_ex(object, key, &value))
		REFUSE("The member \"%s\" is missing.", key);
	return get_number(value, psprintf("The member \"%s\"", key));
}

static uint32
get_integer(json_object *value, uint32 max, const char *what)
{
	int64		number = json_object_get_int64(value);

	if (!json_object_is_type(value, json_type_int) || number < 0 || number > (int64) max)
		REFUSE("%s is not a whole number from 0 to %u.", what, max);
	return (uint32) number;
}

/* A copy of a string in the database's encoding; only what can be converted gets in. */
static char *
get_string(JsonInput *in, json_object *value, uint32 *len)
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
		REFUSE("The text holds something else where an object belongs.");
	if (count_keys(value) != spk_text_count_keys(text))
		REFUSE("A key occurs twice, or an object is where none belongs.");
}

static void *
alloc_array(size_t n, size_t size)
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
		REFUSE("The algorithm is not known.");
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
		number = get_number(value, psprintf("The member \"%s\"", name));
		if (spk_option_takes_number(option, number))
			return number;
	}
	REFUSE("Option \"%s\" has an impossible value.", name);
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
				REFUSE("The member \"%s\" is missing.", name);
		}
	spk_json_only(options, known, n, TYPE_NAME);
}

static void
get_facts(json_object *root, SpkModel *model)
{
	json_object *facts = get_member(root, "facts", json_type_object);

	for (int i = 0; i < SPK_N_FACTS; i++)
	{
		const char *name = spk_fact_names[i];

		model->facts[i] = json_object_object_get_ex(facts, name, NULL) ? get_number_member(facts, name) : NAN;
	}
	spk_json_only(facts, spk_fact_names, SPK_N_FACTS, TYPE_NAME);
}

static void
get_categories(JsonInput *in, json_object *object, SpkFeature *feature)
{
	json_object *categories = get_member(object, "categories", json_type_array);

	if (json_object_array_length(categories) != feature->n_bins)
		REFUSE("A feature has not one count more than categories.");
	feature->categories = alloc_array(feature->n_bins, sizeof(SpkCategory));
	for (uint32 i = 0; i < feature->n_bins; i++)
	{
		SpkCategory *category = &feature->categories[i];

		category->name = get_string(in, get_element(categories, i, json_type_string, "A category"),
									&category->len);
	}
}

static void
get_edges(json_object *object, SpkFeature *feature)
{
	json_object *edges = get_member(object, "edges", json_type_array);
	uint32		n = feature->n_bins > 0 ? feature->n_bins - 1 : 0;

	if (json_object_array_length(edges) != n)
		REFUSE("A feature has not two counts more than edges.");
	feature->edges = alloc_array(n, sizeof(double));
	for (uint32 i = 0; i < n; i++)
		feature->edges[i] = get_number(json_object_array_get_idx(edges, i), "An edge");
}

static SpkFeatureKind
get_kind(json_object *object)
{
	const char *name = json_object_get_string(get_member(object, "kind", json_type_string));

	for (int kind = 0; kind < SPK_N_FEATURE_KINDS; kind++)
		if (strcmp(name, spk_kind_names[kind]) == 0)
			return (SpkFeatureKind) kind;
	REFUSE("The kind of a feature is not known.");
}

/* permutation: the model has permutation importances */
static void
get_feature(JsonInput *in, json_object *object, bool permutation, SpkFeature *feature)
{
	const char *known[] = {"name", "kind", "counts", "importance", NULL, "permutation"};
	json_object *counts = get_member(object, "counts", json_type_array);
	uint32		n_counts = get_length(counts, SPK_MAX_BINS + 1, "counts of a feature");
	uint32		len;

	if (n_counts == 0)
		REFUSE("A feature has no counts.");
	feature->n_bins = n_counts - 1;
	feature->counts = alloc_array(n_counts, sizeof(uint32));
	for (uint32 i = 0; i < n_counts; i++)
		feature->counts[i] = get_integer(json_object_array_get_idx(counts, i), PG_UINT32_MAX, "A count");
	feature->name = get_string(in, get_member(object, "name", json_type_string), &len);
	feature->importance = get_number_member(object, "importance");
	if (permutation)
		feature->permutation = get_number_member(object, "permutation");
	feature->kind = get_kind(object);
	if (feature->kind == SPK_CATEGORY)
		get_categories(in, object, feature);
	else
		get_edges(object, feature);
	known[4] = feature->kind == SPK_CATEGORY ? "categories" : "edges";
	spk_json_only(object, known, permutation ? 6 : 5, TYPE_NAME);
}

static void
get_features(JsonInput *in, SpkText text, SpkModel *model)
{
	bool		permutation = spk_has_permutation(&model->options, model->algorithm);
	SpkTextList list = spk_text_list(text);
	SpkText		element;

	model->n_features = count_elements(list, SPK_MAX_FEATURES, "features");
	model->features = alloc_array(model->n_features, sizeof(SpkFeature));
	for (SpkFeature *feature = model->features; spk_text_next(&list, &element); feature++)
	{
		in->element = parse_json(in, element);
		check_object(in->element, element);
		get_feature(in, in->element, permutation, feature);
		json_object_put(in->element);
		in->element = NULL;
	}
}

/* ---- Trees ---- */

static void
get_codes(json_object *codes, SpkCodeSet *set)
{
	uint32		n = get_length(codes, SPK_MISSING + 1, "codes in a split");

	for (uint32 i = 0; i < n; i++)
		spk_set_add(set, get_integer(json_object_array_get_idx(codes, i), SPK_MISSING, "A code"));
}

/* "left" or "right": where missing values go. */
static uint8
get_direction(json_object *value)
{
	const char *word = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";

	if (strcmp(word, "left") == 0)
		return SPK_NODE_MISSING_LEFT;
	if (strcmp(word, "right") != 0)
		REFUSE("The direction of missing values is neither \"left\" nor \"right\".");
	return 0;
}

static float
get_leaf_value(json_object *value)
{
	double		number = get_number(value, "A leaf");

	if (fabs(number) > FLT_MAX || (double) (float) number != number)
		REFUSE("A leaf is not a number of single precision.");
	return (float) number;
}

/* [value, cover], [feature, [code, ...], cover] or [feature, code, direction, cover] */
static void
get_node(json_object *array, SpkTree *tree, SpkNode *node)
{
	size_t		n = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

	if (n < 2 || n > 4)
		REFUSE("A node is not an array of two, three or four.");
	node->cover = get_integer(json_object_array_get_idx(array, n - 1), PG_UINT32_MAX, "The cover of a node");
	if (n == 2)
	{
		node->flags = SPK_NODE_LEAF;
		node->u.value = get_leaf_value(json_object_array_get_idx(array, 0));
		return;
	}
	node->feature = get_integer(json_object_array_get_idx(array, 0), SPK_MAX_FEATURES - 1,
								"The feature of a split");
	if (n == 3)
	{
		json_object *codes = get_element(array, 1, json_type_array, "The set of a split");

		node->flags = SPK_NODE_SET;
		node->set = tree->n_sets++;
		get_codes(codes, &tree->sets[node->set]);
	}
	else
	{
		node->split = get_integer(json_object_array_get_idx(array, 1), SPK_MAX_BINS - 1, "The code of a split");
		node->flags = get_direction(json_object_array_get_idx(array, 2));
	}
}

/* Nodes with an array inside: room for the sets of a tree. */
static uint32
count_sets(SpkTextList nodes)
{
	SpkText		node;
	uint32		n = 0;

	while (spk_text_next(&nodes, &node))
		n += memchr(node.at + 1, '[', node.end - node.at - 1) != NULL;
	return n;
}

static void
get_tree(JsonInput *in, SpkText text, SpkTree *tree)
{
	SpkTextList list;
	SpkText		element;

	if (*text.at != '[')
		REFUSE("A tree is not an array.");
	text.at++;
	text.end--;
	list = spk_text_list(text);
	tree->n_nodes = count_elements(list, PG_UINT32_MAX, "nodes");
	tree->nodes = alloc_array(tree->n_nodes, sizeof(SpkNode));
	tree->sets = alloc_array(count_sets(list), sizeof(SpkCodeSet));
	for (SpkNode *node = tree->nodes; spk_text_next(&list, &element); node++)
	{
		CHECK_FOR_INTERRUPTS();
		in->element = parse_json(in, element);
		get_node(in->element, tree, node);
		json_object_put(in->element);
		in->element = NULL;
	}
}

static void
get_trees(JsonInput *in, SpkText text, SpkModel *model)
{
	SpkTextList list = spk_text_list(text);
	SpkText		element;

	model->n_trees = count_elements(list, SPK_MAX_TREES, "trees");
	model->trees = alloc_array(model->n_trees, sizeof(SpkTree));
	for (SpkTree *tree = model->trees; spk_text_next(&list, &element); tree++)
		get_tree(in, element, tree);
}

/* ---- Terms ---- */

/* The numbers of a term, of which there must be n. */
static void
get_numbers(json_object *array, double *numbers, uint32 n)
{
	if (!json_object_is_type(array, json_type_array) || json_object_array_length(array) != n)
		REFUSE("A term has not as many numbers as its feature asks for.");
	for (uint32 i = 0; i < n; i++)
		numbers[i] = get_number(json_object_array_get_idx(array, i), "A number of a term");
}

static void
get_terms(JsonInput *in, SpkText text, SpkModel *model)
{
	SpkTextList list = spk_text_list(text);
	SpkText		element;
	double	   *term;

	if (count_elements(list, SPK_MAX_FEATURES, "terms") != model->n_features)
		REFUSE("There are not as many terms as features.");
	model->terms = alloc_array(spk_terms_length(model), sizeof(double));
	get_numbers(get_member(in->root, "intercept", json_type_array), model->terms, SPK_INTERCEPT);
	term = model->terms + SPK_INTERCEPT;
	for (SpkFeature *feature = model->features; spk_text_next(&list, &element); feature++)
	{
		uint32		n = spk_term_length(model, feature);

		in->element = parse_json(in, element);
		get_numbers(in->element, term, n);
		json_object_put(in->element);
		in->element = NULL;
		term += n;
	}
}

/* ---- The whole ---- */

/* Parses the text without the insides of its two long arrays, features and another. */
static void
get_root(JsonInput *in, SpkText text, SpkText features, SpkText other)
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
	in->root = parse_json(in, head);
	check_object(in->root, head);
	pfree(buf.data);
	if (get_integer(get_member(in->root, "sparkify_model", json_type_int), PG_UINT32_MAX,
					"The member \"sparkify_model\"") != 1)
		REFUSE("The format version is not known.");
}

/* Models of trees have other parts than those without. */
static void
check_parts(json_object *root, SpkAlgorithm algorithm)
{
	static const char *const forest[] = {
		"sparkify_model", "algorithm", "threshold", "options", "facts", "features", "trees"};
	static const char *const additive[] = {
		"sparkify_model", "algorithm", "threshold", "options", "facts", "features", "intercept", "terms"};

	if (spk_algorithm_is_forest(algorithm))
		spk_json_only(root, forest, lengthof(forest), TYPE_NAME);
	else
		spk_json_only(root, additive, lengthof(additive), TYPE_NAME);
}

static void
get_model(JsonInput *in, SpkText text, SpkModel *model)
{
	SpkText		features = spk_text_array(text, "features");
	SpkText		other = spk_text_array(text, "trees");
	const char *fault;

	if (other.at == NULL)
		other = spk_text_array(text, "terms");
	if (features.at == NULL || other.at == NULL)
		REFUSE("The text is not a JSON object with arrays \"features\" and \"trees\" or \"terms\".");
	if ((fault = spk_text_fault(text)) != NULL)
		REFUSE("%s.", fault);
	if (!spk_json_parser_open(&in->parser, MAX_DEPTH))
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));

	get_root(in, text, features, other);
	model->algorithm = get_algorithm(in->root);
	check_parts(in->root, model->algorithm);
	model->threshold = get_number_member(in->root, "threshold");
	get_options(in->root, model);
	get_facts(in->root, model);
	get_features(in, features, model);
	if (spk_algorithm_is_forest(model->algorithm))
		get_trees(in, other, model);
	else
		get_terms(in, other, model);
}

SpkModel *
spk_model_from_json(const char *json)
{
	SpkModel   *model = palloc0(sizeof(SpkModel));
	JsonInput  *in = palloc0(sizeof(JsonInput));
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

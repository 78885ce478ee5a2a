/*
 * model_parse.c
 *	  Reads a model from JSON text.
 *
 * The text is hostile.  json-c parses it, with three precautions.  The long arrays
 * are parsed one element at a time (see model_text.h).  A piece may have as many
 * values as the largest that belongs into a model, because each value takes memory
 * that nobody counts.  And json-c keeps only the last of several equal keys, so
 * the keys in the text are counted and compared with those that it kept.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/invariant.h"
#include "core/models/codec.h"
#include "core/models/learner.h"
#include "json/model_parse.h"
#include "json/model_parse_parts.h"
#include "json/model_parse_values.h"

/* How deep a piece may be nested: the object, its options, a number, and some more. */
#define PART_DEPTH 8

#define LENGTHOF(array) ((int) (sizeof(array) / sizeof((array)[0])))

/* ---- The parts of a model ---- */

void
spk_parse_algorithm(SpkModelParse *p, json_object *object, SpkAlgorithm *algorithm)
{
	json_object *value = spk_parse_member(p, object, "algorithm", json_type_string, false);

	if (value != NULL &&
		!spk_algorithm_of(json_object_get_string(value), (size_t) json_object_get_string_len(value),
						  algorithm))
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

void
spk_parse_options(SpkModelParse *p, json_object *object, SpkAlgorithm algorithm,
				  SpkOptions *options)
{
	json_object *member = spk_parse_member(p, object, "options", json_type_object, false);
	const char	*known[SPK_N_OPTIONS];
	int			 n = 0;

	if (member == NULL)
		return;
	*options = spk_options_before(algorithm);
	for (int i = 0; i < SPK_N_OPTIONS; i++)
		if (spk_option_applies((SpkOption) i, algorithm))
		{
			const char	*name = spk_option_specs[i].name;
			json_object *value;

			known[n++] = name;
			if (!json_object_object_get_ex(member, name, &value))
			{
				if (!spk_option_specs[i].later)
					spk_refuse(p, "The member \"%s\" is missing.", name);
			}
			else if (!spk_option_specs[i].names)
				options->value[i] = get_option(p, value, (SpkOption) i);
			else if (options == &p->model->options)
				spk_parse_names(p, value, (SpkOption) i);
			else
				spk_refuse(p, "A candidate has option \"%s\".", name);
		}
	spk_parse_only(p, member, known, n);
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

/* ---- The whole ---- */

/* The long arrays of a model, in any order; those that it does not have are nowhere. */
enum
{
	FEATURES,
	SEARCH,
	TREES, /* of this and the next two a model has one */
	TERMS,
	PARTS,
	N_ARRAYS
};

/* The array that comes first of those that are not in the set of taken ones; N_ARRAYS for none. */
static int
next_array(const SpkText *arrays, unsigned taken)
{
	int next = N_ARRAYS;

	for (int i = 0; i < N_ARRAYS; i++)
		if (arrays[i].at != NULL && (taken >> i & 1) == 0 &&
			(next == N_ARRAYS || arrays[i].at < arrays[next].at))
			next = i;
	return next;
}

/* Parses the text without the insides of its long arrays into p->root. */
static void
get_root(SpkModelParse *p, SpkText text, const SpkText *arrays)
{
	size_t		len = (size_t) (text.end - text.at);
	const char *at = text.at;
	unsigned	taken = 0;
	SpkText		head;
	char	   *copy;
	int			i;

	for (i = 0; i < N_ARRAYS; i++)
		if (arrays[i].at != NULL)
			len -= (size_t) (arrays[i].end - arrays[i].at);
	if (len > SPK_PART_BYTES)
		spk_refuse(p, "A part of the text is longer than %d bytes.", SPK_PART_BYTES);
	if ((copy = spk_parse_array(p, len, 1)) == NULL)
		return;

	/* with all of them empty this is a small object, which json-c can have as a whole */
	head.at = head.end = copy;
	while ((i = next_array(arrays, taken)) < N_ARRAYS)
	{
		taken |= 1u << i;
		memcpy(copy + (head.end - head.at), at, (size_t) (arrays[i].at - at));
		head.end += arrays[i].at - at;
		at = arrays[i].end;
	}
	memcpy(copy + (head.end - head.at), at, (size_t) (text.end - at));
	head.end += text.end - at;
	if (spk_parse_piece(p, head))
		spk_parse_check_object(p, head);
	spk_release(p->host, copy);
	p->root = p->element;
	p->element = NULL;

	/* before any member is judged by the rules of this version */
	if (spk_parse_integer(p, spk_parse_member(p, p->root, "sparkify_model", json_type_int, false),
						  UINT32_MAX, "The member \"sparkify_model\"") != 1)
		spk_refuse(p, "The format version is not known.");
}

/* It is a fault when a model has members that those of its kind should not have. */
static void
check_parts(SpkModelParse *p)
{
	static const char *const forest[] = {"sparkify_model", "algorithm", "threshold", "options",
										 "facts",		   "features",	"trees",	 "calibration",
										 "search",		   "scores"};
	static const char *const additive[] = {"sparkify_model", "algorithm", "threshold", "options",
										   "facts",			 "features",  "intercept", "terms",
										   "calibration",	 "search",	  "scores"};
	static const char *const blend[] = {"sparkify_model", "algorithm", "threshold", "options",
										"facts",		  "features",  "weights",	"parts",
										"calibration",	  "search",	   "scores"};

	if (spk_has_trees(p->model->algorithm))
		spk_parse_only(p, p->root, forest, LENGTHOF(forest));
	else if (spk_has_parts(p->model->algorithm))
		spk_parse_only(p, p->root, blend, LENGTHOF(blend));
	else
		spk_parse_only(p, p->root, additive, LENGTHOF(additive));
}

/* What the algorithm predicts with; check_parts has seen that the array is the right one. */
static void
get_body(SpkModelParse *p, const SpkText *arrays)
{
	if (!spk_parsing(p))
		return;
	if (spk_has_trees(p->model->algorithm))
		spk_parse_trees(p, arrays[TREES]);
	else if (spk_has_parts(p->model->algorithm))
		spk_parse_blend(p, arrays[PARTS]);
	else
		spk_parse_terms(p, arrays[TERMS]);
}

void
spk_parse_model(SpkModelParse *p, SpkText text)
{
	static const char *const keys[N_ARRAYS] = {"features", "search", "trees", "terms", "parts"};
	SpkText					 arrays[N_ARRAYS] = {{NULL, NULL}};
	const char				*fault;
	bool					 body = false;

	/* one of the last three is enough; a second one is a member that should not be */
	for (int i = 0; i < N_ARRAYS && !body; i++)
	{
		arrays[i] = spk_text_array(p->host, text, keys[i]);
		body = i >= TREES && arrays[i].at != NULL;
	}

	/* a search that was cancelled has found nothing, either */
	if (!spk_parse_go_on(p))
		return;
	if (arrays[FEATURES].at == NULL || !body)
	{
		spk_refuse(
			p,
			"The text is not a JSON object with arrays \"features\" and \"trees\" or \"terms\".");
		return;
	}
	if (p->outer == NULL && (fault = spk_text_fault(p->host, text)) != NULL)
		spk_refuse(p, "%s.", fault);

	/* in this order: each part is judged by those before it, first of all by the algorithm */
	get_root(p, text, arrays);
	spk_parse_algorithm(p, p->root, &p->model->algorithm);
	check_parts(p);
	p->model->threshold = spk_parse_number_member(p, p->root, "threshold");
	spk_parse_options(p, p->root, p->model->algorithm, &p->model->options);
	get_facts(p);
	spk_parse_features(p, arrays[FEATURES]);
	if (spk_parsing(p))
		spk_parse_rules(p);
	get_body(p, arrays);
	if (spk_parsing(p))
		spk_parse_calibration(p);
	if (spk_parsing(p))
		spk_parse_search(p, arrays[SEARCH]);
	if (spk_parsing(p))
		spk_parse_scores(p);
}

#ifdef SPK_CHECK_INVARIANTS

/* Checks all that is true of a parse when it has ended, well or not. */
static void
check_parse(const SpkModelParse *p)
{
	const SpkModel *model = p->model;

	spk_assert(p->element == NULL);
	spk_assert((p->status == SPK_CORRUPT) == (p->why[0] != '\0'));
	if (p->status == SPK_OK)
	{
		spk_assert(p->root != NULL && model->features != NULL);
		spk_assert((model->trees != NULL) == spk_has_trees(model->algorithm));
		spk_assert((model->terms != NULL) == spk_has_terms(model->algorithm));
		spk_assert((model->parts != NULL) == spk_has_parts(model->algorithm));
	}
	else
		spk_assert(model->features == NULL && model->trees == NULL && model->terms == NULL &&
				   model->parts == NULL);
}

#else
#define check_parse(p) ((void) 0)
#endif

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
		spk_parse_model(p, whole);
	if (!spk_parsing(p))
		spk_model_release(host, model);
	check_parse(p);
	return p->status;
}

void
spk_model_parse_close(SpkModelParse *p)
{
	json_object_put(p->element);
	json_object_put(p->root);
	json_object_put(p->outer);
	spk_json_parser_close(&p->parser);
	p->element = p->root = p->outer = NULL;
}

/*
 * model_parse_parts.c
 *	  What a model predicts with, from JSON text: its trees or its terms, and its
 *	  calibration.
 */
#include "compat.h"

#include <float.h>
#include <math.h>

#include "miscadmin.h"

#include "core/additive.h"
#include "core/calibrate.h"
#include "json_text.h"
#include "model_parse.h"

static void
get_codes(json_object *codes, SpkCodeSet *set)
{
	uint32		n = spk_parse_length(codes, SPK_MISSING + 1, "codes in a split");

	for (uint32 i = 0; i < n; i++)
		spk_set_add(set, spk_parse_integer(json_object_array_get_idx(codes, i), SPK_MISSING, "A code"));
}

/* "left" or "right": where missing values go. */
static uint8
get_direction(json_object *value)
{
	const char *word = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";

	if (strcmp(word, "left") == 0)
		return SPK_NODE_MISSING_LEFT;
	if (strcmp(word, "right") != 0)
		SPK_REFUSE("The direction of missing values is neither \"left\" nor \"right\".");
	return 0;
}

static float
get_leaf_value(json_object *value)
{
	double		number = spk_parse_number(value, "A leaf");

	if (fabs(number) > FLT_MAX || (double) (float) number != number)
		SPK_REFUSE("A leaf is not a number of single precision.");
	return (float) number;
}

/* [value, cover], [feature, [code, ...], cover] or [feature, code, direction, cover] */
static void
get_node(json_object *array, SpkTree *tree, SpkNode *node)
{
	size_t		n = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

	if (n < 2 || n > 4)
		SPK_REFUSE("A node is not an array of two, three or four.");
	node->cover = spk_parse_integer(json_object_array_get_idx(array, n - 1), PG_UINT32_MAX,
									"The cover of a node");
	if (n == 2)
	{
		node->flags = SPK_NODE_LEAF;
		node->u.value = get_leaf_value(json_object_array_get_idx(array, 0));
		return;
	}
	node->feature = spk_parse_integer(json_object_array_get_idx(array, 0), SPK_MAX_FEATURES - 1,
								"The feature of a split");
	if (n == 3)
	{
		json_object *codes = spk_parse_element(array, 1, json_type_array, "The set of a split");

		node->flags = SPK_NODE_SET;
		node->set = tree->n_sets++;
		get_codes(codes, &tree->sets[node->set]);
	}
	else
	{
		node->split = spk_parse_integer(json_object_array_get_idx(array, 1), SPK_MAX_BINS - 1,
										"The code of a split");
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
get_tree(SpkJsonInput *in, SpkText text, SpkTree *tree)
{
	SpkTextList list;
	SpkText		element;

	if (*text.at != '[')
		SPK_REFUSE("A tree is not an array.");
	text.at++;
	text.end--;
	list = spk_text_list(text);
	tree->n_nodes = spk_parse_count(list, PG_UINT32_MAX, "nodes");
	tree->nodes = spk_parse_array(tree->n_nodes, sizeof(SpkNode));
	tree->sets = spk_parse_array(count_sets(list), sizeof(SpkCodeSet));
	for (SpkNode *node = tree->nodes; spk_text_next(&list, &element); node++)
	{
		CHECK_FOR_INTERRUPTS();
		in->element = spk_parse_json(in, element);
		get_node(in->element, tree, node);
		json_object_put(in->element);
		in->element = NULL;
	}
}

void
spk_parse_trees(SpkJsonInput *in, SpkText text, SpkModel *model)
{
	SpkTextList list = spk_text_list(text);
	SpkText		element;

	model->n_trees = spk_parse_count(list, SPK_MAX_TREES, "trees");
	model->trees = spk_parse_array(model->n_trees, sizeof(SpkTree));
	for (SpkTree *tree = model->trees; spk_text_next(&list, &element); tree++)
		get_tree(in, element, tree);
}

/* ---- Terms ---- */

/* The numbers of a term, of which there must be n. */
static void
get_numbers(json_object *array, double *numbers, uint32 n)
{
	if (!json_object_is_type(array, json_type_array) || json_object_array_length(array) != n)
		SPK_REFUSE("A term has not as many numbers as its feature asks for.");
	for (uint32 i = 0; i < n; i++)
		numbers[i] = spk_parse_number(json_object_array_get_idx(array, i), "A number of a term");
}

void
spk_parse_terms(SpkJsonInput *in, SpkText text, SpkModel *model)
{
	SpkTextList list = spk_text_list(text);
	SpkText		element;
	double	   *term;

	if (spk_parse_count(list, SPK_MAX_FEATURES, "terms") != model->n_features)
		SPK_REFUSE("There are not as many terms as features.");
	model->terms = spk_parse_array(spk_terms_length(model), sizeof(double));
	get_numbers(spk_json_member(in->root, "intercept", json_type_array, false, SPK_MODEL_TYPE), model->terms,
				SPK_INTERCEPT);
	term = model->terms + SPK_INTERCEPT;
	for (SpkFeature *feature = model->features; spk_text_next(&list, &element); feature++)
	{
		uint32		n = spk_term_length(model, feature);

		in->element = spk_parse_json(in, element);
		get_numbers(in->element, term, n);
		json_object_put(in->element);
		in->element = NULL;
		term += n;
	}
}

/* ---- Calibration ---- */

static void
get_points(json_object *object, SpkCalibration *calibration)
{
	static const char *const known[] = {"scores", "probabilities"};
	json_object *scores = spk_json_member(object, known[0], json_type_array, false, SPK_MODEL_TYPE);
	json_object *probabilities = spk_json_member(object, known[1], json_type_array, false, SPK_MODEL_TYPE);
	uint32		n = spk_parse_length(scores, SPK_MAX_POINTS, "points of the calibration");

	if (json_object_array_length(probabilities) != n)
		SPK_REFUSE("There are not as many probabilities of the calibration as scores.");
	calibration->n_points = n;
	calibration->points = spk_parse_array(n, sizeof(SpkPoint));
	for (uint32 i = 0; i < n; i++)
	{
		calibration->points[i].score = spk_parse_number(json_object_array_get_idx(scores, i), "A score");
		calibration->points[i].probability = spk_parse_number(json_object_array_get_idx(probabilities, i),
															  "A probability");
	}
	spk_json_only(object, known, lengthof(known), SPK_MODEL_TYPE);
}

void
spk_parse_calibration(SpkJsonInput *in, SpkModel *model)
{
	static const char *const known[] = {"slope", "intercept"};
	bool		wanted = spk_has_calibration(&model->options);
	json_object *object = spk_json_member(in->root, "calibration", json_type_object, !wanted, SPK_MODEL_TYPE);

	if (!wanted && object != NULL)
		SPK_REFUSE("There is a calibration, but option \"calibrate\" is \"none\".");
	if (!wanted)
		return;
	if (model->options.value[SPK_OPT_CALIBRATE] == SPK_CALIBRATE_PLATT)
	{
		model->calibration.slope = spk_parse_number_member(object, known[0]);
		model->calibration.intercept = spk_parse_number_member(object, known[1]);
		spk_json_only(object, known, lengthof(known), SPK_MODEL_TYPE);
	}
	else
		get_points(object, &model->calibration);
}

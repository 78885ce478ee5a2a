/*
 * model_parse_parts.c
 *	  Reads what a model predicts with from JSON text: its trees or its terms, and its
 *	  calibration; and how its scores were spread.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/models/terms.h"
#include "core/models/calibration.h"
#include "core/models/score_counts.h"
#include "json/model_parse_parts.h"
#include "json/model_parse_values.h"

static void
get_codes(SpkModelParse *p, json_object *codes, SpkCodeSet *set)
{
	uint32_t n = spk_parse_length(p, codes, SPK_MISSING + 1, "codes in a split");

	for (uint32_t i = 0; i < n; i++)
		spk_set_add(set,
					(uint8_t) spk_parse_integer(p, json_object_array_get_idx(codes, i), SPK_MISSING,
												"A code"));
}

/* The flag of where missing values go, from "left" or "right". */
static uint8_t
get_direction(SpkModelParse *p, json_object *value)
{
	const char *word = json_object_is_type(value, json_type_string) ?
		json_object_get_string(value) :
		"";

	if (strcmp(word, "left") == 0)
		return SPK_NODE_MISSING_LEFT;
	if (strcmp(word, "right") != 0)
		spk_refuse(p, "The direction of missing values is neither \"left\" nor \"right\".");
	return 0;
}

static float
get_single(SpkModelParse *p, json_object *value, const char *what)
{
	double number = spk_parse_number(p, value, what);

	if (fabs(number) > FLT_MAX || (double) (float) number != number)
	{
		spk_refuse(p, "%s is not a number of single precision.", what);
		return 0;
	}
	return (float) number;
}

/*
 * Reads a node from p->element: [value, cover], [feature, [code, ...], cover] or
 * [feature, code, direction, cover].  The tree has room for max_sets sets.
 */
static void
get_node(SpkModelParse *p, SpkTree *tree, uint32_t max_sets, SpkNode *node)
{
	json_object *array = p->element;
	size_t n = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

	if (n < 2 || n > 4)
	{
		spk_refuse(p, "A node is not an array of two, three or four.");
		return;
	}

	/* the length tells the three kinds of nodes apart; the cover is the last member of each */
	node->cover = spk_parse_integer(p, json_object_array_get_idx(array, n - 1), UINT32_MAX,
									"The cover of a node");
	if (n == 2)
	{
		node->flags = SPK_NODE_LEAF;
		node->u.value = get_single(p, json_object_array_get_idx(array, 0), "A leaf");
		return;
	}
	node->feature = (uint16_t) spk_parse_integer(p, json_object_array_get_idx(array, 0),
												 SPK_MAX_FEATURES - 1, "The feature of a split");
	if (n == 4)
	{
		node->split = (uint8_t) spk_parse_integer(p, json_object_array_get_idx(array, 1),
												  SPK_MAX_BINS - 1, "The code of a split");
		node->flags = get_direction(p, json_object_array_get_idx(array, 2));
	}
	else if (!json_object_is_type(json_object_array_get_idx(array, 1), json_type_array) ||
			 tree->n_sets == max_sets)
		spk_refuse(p, "The set of a split is not of type array.");
	else
	{
		node->flags = SPK_NODE_SET;
		node->set = tree->n_sets++;
		get_codes(p, json_object_array_get_idx(array, 1), &tree->sets[node->set]);
	}
}

/* The number of nodes with an array inside: as many sets a tree needs room for. */
static uint32_t
count_sets(SpkTextList nodes)
{
	SpkText	 node;
	uint32_t n = 0;

	while (spk_text_next(&nodes, &node))
		n += memchr(node.at + 1, '[', (size_t) (node.end - node.at - 1)) != NULL;
	return n;
}

static void
get_tree(SpkModelParse *p, SpkText text, SpkTree *tree)
{
	SpkTextList list;
	SpkText		element;
	uint32_t	n;
	uint32_t	sets;

	if (*text.at != '[')
		spk_refuse(p, "A tree is not an array.");

	/* both arrays are made before the first node is parsed: they never grow, and hang on the model */
	text.at++;
	text.end--;
	list = spk_text_list(p->host, text);
	n = spk_parse_count(p, list, UINT32_MAX, "nodes");
	sets = spk_parsing(p) ? count_sets(list) : 0;
	if ((tree->nodes = spk_parse_array(p, n, sizeof(SpkNode))) == NULL ||
		(tree->sets = spk_parse_array(p, sets, sizeof(SpkCodeSet))) == NULL)
		return;
	tree->n_nodes = n;

	/* a node is parsed in less time than it takes to ask the host */
	for (uint32_t i = 0; i < n && spk_parsing(p) && spk_text_next(&list, &element); i++)
	{
		if (i % 64 == 0 && spk_cancelled(p->host))
			p->status = SPK_CANCELLED;
		if (spk_parse_piece(p, element))
			get_node(p, tree, sets, &tree->nodes[i]);
		spk_parse_put(p);
	}
}

void
spk_parse_trees(SpkModelParse *p, SpkText text)
{
	SpkTextList list = spk_text_list(p->host, text);
	uint32_t	n = spk_parse_count(p, list, SPK_MAX_TREES, "trees");
	SpkText		element;

	p->model->trees = spk_parse_array(p, n, sizeof(SpkTree));
	if (p->model->trees == NULL)
		return;
	p->model->n_trees = n;
	for (uint32_t i = 0; i < n && spk_parsing(p) && spk_text_next(&list, &element); i++)
		get_tree(p, element, &p->model->trees[i]);
}

/* ---- Terms ---- */

/* Reads the numbers of a term; it is a fault when they are not n. */
static void
get_numbers(SpkModelParse *p, json_object *array, double *numbers, uint32_t n)
{
	if (!spk_parsing(p))
		return;
	if (!json_object_is_type(array, json_type_array) || json_object_array_length(array) != n)
	{
		spk_refuse(p, "A term has not as many numbers as its feature asks for.");
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		numbers[i] = spk_parse_number(p, json_object_array_get_idx(array, i), "A number of a term");
}

void
spk_parse_terms(SpkModelParse *p, SpkText text)
{
	SpkModel   *model = p->model;
	SpkTextList list = spk_text_list(p->host, text);
	SpkText		element;
	double	   *term;

	if (spk_parse_count(p, list, SPK_MAX_FEATURES, "terms") != model->n_features)
		spk_refuse(p, "There are not as many terms as features.");
	model->terms = spk_parse_array(p, spk_terms_length(model), sizeof(double));
	if (model->terms == NULL)
		return;
	get_numbers(p, spk_parse_member(p, p->root, "intercept", json_type_array, false), model->terms,
				SPK_INTERCEPT);

	/* terms have no length of their own: how long each is follows from its feature */
	term = model->terms + SPK_INTERCEPT;
	for (uint32_t i = 0; i < model->n_features && spk_parsing(p) && spk_text_next(&list, &element);
		 i++)
	{
		uint32_t n = spk_term_length(model, &model->features[i]);

		if (spk_parse_piece(p, element))
			get_numbers(p, p->element, term, n);
		spk_parse_put(p);
		term += n;
	}
}

/* ---- Calibration ---- */

static void
get_points(SpkModelParse *p, json_object *object)
{
	static const char *const known[] = {"scores", "probabilities"};
	SpkCalibration			*calibration = &p->model->calibration;
	json_object				*scores = spk_parse_member(p, object, known[0], json_type_array, false);
	json_object *probabilities = spk_parse_member(p, object, known[1], json_type_array, false);
	uint32_t	 n = spk_parse_length(p, scores, SPK_MAX_POINTS, "points of the calibration");

	if (spk_parsing(p) && json_object_array_length(probabilities) != n)
		spk_refuse(p, "There are not as many probabilities of the calibration as scores.");
	calibration->points = spk_parse_array(p, n, sizeof(SpkPoint));
	if (calibration->points == NULL)
		return;
	calibration->n_points = n;
	for (uint32_t i = 0; i < n; i++)
	{
		calibration->points[i].score = spk_parse_number(p, json_object_array_get_idx(scores, i),
														"A score");
		calibration->points[i].probability =
			spk_parse_number(p, json_object_array_get_idx(probabilities, i), "A probability");
	}
	spk_parse_only(p, object, known, 2);
}

void
spk_parse_calibration(SpkModelParse *p)
{
	static const char *const known[] = {"slope", "intercept"};
	SpkModel				*model = p->model;
	bool					 wanted = spk_has_calibration(&model->options);
	json_object *object = spk_parse_member(p, p->root, "calibration", json_type_object, !wanted);

	if (object == NULL)
		return;
	if (!wanted)
		spk_refuse(p, "There is a calibration, but option \"calibrate\" is \"none\".");
	else if (model->options.value[SPK_OPT_CALIBRATE] == SPK_CALIBRATE_PLATT)
	{
		model->calibration.slope = spk_parse_number_member(p, object, known[0]);
		model->calibration.intercept = spk_parse_number_member(p, object, known[1]);
		spk_parse_only(p, object, known, 2);
	}
	else
		get_points(p, object);
}

/* ---- Scores ---- */

void
spk_parse_scores(SpkModelParse *p)
{
	static const char *const known[] = {"edges", "counts"};
	SpkScoreCounts			*scores = &p->model->scores;
	bool					 wanted = spk_has_scores(p->model);
	json_object *object = spk_parse_member(p, p->root, "scores", json_type_object, true);
	json_object *edges;
	json_object *counts;
	const char	*fault;

	if (wanted != (object != NULL))
		spk_refuse(p, "The member \"scores\" and the fact \"scored_rows\" do not go together.");
	if (object == NULL || !spk_parsing(p))
		return;
	edges = spk_parse_member(p, object, known[0], json_type_array, false);
	counts = spk_parse_member(p, object, known[1], json_type_array, false);
	scores->n_bins = spk_parse_length(p, counts, SPK_MAX_SCORE_BINS, "bins of scores");
	if (spk_parsing(p) && json_object_array_length(edges) + 1 != scores->n_bins)
		spk_refuse(p, "The edges of scores are not one fewer than the counts.");

	/* nothing is read into arrays that it might not fit into */
	for (uint32_t i = 0; i < scores->n_bins && spk_parsing(p); i++)
	{
		if (i + 1 < scores->n_bins)
			scores->edges[i] = get_single(p, json_object_array_get_idx(edges, i),
										  "An edge of scores");
		scores->counts[i] = spk_parse_integer(p, json_object_array_get_idx(counts, i), UINT32_MAX,
											  "A count of scores");
	}
	spk_parse_only(p, object, known, 2);
	if (spk_parsing(p) && (fault = spk_scores_fault(p->model)) != NULL)
		spk_refuse(p, "%s.", fault);
}

/*
 * import_xgboost.c
 *	  Reads models of XGBoost from the JSON that Booster.save_model("model.json") writes.
 *
 * XGBoost rounds what it compares to single precision: x < t goes left, where x is the
 * value of the row so rounded.  Rounding keeps the order, so there is a largest double that
 * is rounded to less than t; we compare with that, x <= edge, and every double takes the
 * path that it takes there.  Missing values go where default_left says.  The categories
 * that a split lists go right.
 *
 * XGBoost starts with a margin of its own, which we keep as a tree without splits, and adds
 * up in single precision, where we take doubles.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/elementary.h"
#include "json/import_reader.h"
#include "json/import_xgboost_tree.h"

static const char objective_hint[] =
	"Only models of the objectives binary:logistic and reg:logistic can be imported.";

/* ---- What is said about the trees ---- */

/* Finds the members of an object in an object, by the names on the way to it. */
static void
descend(SpkImport *im, SpkJsonPiece *object, const char *key)
{
	SpkImportMember m[] = {{key, true, {NULL, 0}}};

	spk_import_members(im, *object, m, SPK_LENGTHOF(m));
	*object = m[0].piece;
}

static void
read_objective(SpkImport *im, SpkJsonPiece objective)
{
	size_t		len;
	const char *name;

	descend(im, &objective, "name");
	name = spk_import_string(im, objective, "name of the objective", &len);
	if (name != NULL && strcmp(name, "binary:logistic") != 0 && strcmp(name, "reg:logistic") != 0)
		spk_import_cannot(im, objective_hint, "The objective is \"%.60s\".", name);
}

/* The margin of a probability, in the precision and by the steps of XGBoost. */
static double
read_base(SpkImport *im, SpkJsonPiece piece)
{
	SpkJsonPiece text = spk_import_unquoted(piece);
	float		 p;

	/* a list of one from version 3.1 on */
	if (text.len > 2 && text.at[0] == '[')
		text = (SpkJsonPiece) {text.at + 1, text.len - 2};
	p = (float) spk_import_number(im, text, "member \"base_score\"");
	if (spk_importing(im) && !(p > 0 && p < 1))
		spk_import_cannot(im, objective_hint, "The base score is not between 0 and 1.");
	if (!spk_importing(im))
		return 0;
	return -spk_log(fmax(1.0f / p - 1.0f, FLT_MIN));
}

/* Reads what holds for the whole model; returns how many features it has, and its margin. */
static uint32_t
read_parameters(SpkImport *im, SpkJsonPiece parameters, double *base)
{
	SpkImportMember m[] = {{"base_score", true, {NULL, 0}},
						   {"num_class", true, {NULL, 0}},
						   {"num_feature", true, {NULL, 0}},
						   {"num_target", false, {NULL, 0}}};
	uint32_t		n;

	spk_import_members(im, parameters, m, SPK_LENGTHOF(m));
	if (!spk_importing(im))
		return 0;
	if (spk_import_whole(im, spk_import_unquoted(m[1].piece), UINT32_MAX, "member \"num_class\"") >
			1 ||
		(m[3].piece.len > 0 &&
		 spk_import_whole(im, spk_import_unquoted(m[3].piece), UINT32_MAX,
						  "member \"num_target\"") > 1))
		spk_import_cannot(im, objective_hint, "The model has more than one class or target.");
	n = spk_import_whole(im, spk_import_unquoted(m[2].piece), SPK_MAX_FEATURES,
						 "member \"num_feature\"");
	*base = read_base(im, m[0].piece);
	return n;
}

/* XGBClassifier takes the best round's trees, Booster.predict all of them. */
static void
read_attributes(SpkImport *im, SpkJsonPiece attributes, uint32_t n_rounds)
{
	SpkImportMember m[] = {{"best_iteration", false, {NULL, 0}}};

	if (attributes.len == 0)
		return;
	spk_import_members(im, attributes, m, SPK_LENGTHOF(m));
	if (m[0].piece.len > 0 &&
		spk_import_whole(im, spk_import_unquoted(m[0].piece), UINT32_MAX - 1,
						 "member \"best_iteration\"") +
				1 <
			n_rounds)
		spk_import_note(
			im,
			"all rounds of the document are imported, as Booster.predict takes them, though an earlier one was the best; save booster[:booster.best_iteration + 1] to have what XGBClassifier predicts");
}

/* ---- Features ---- */

/* Makes the features; without names they have those that XGBoost shows, f0 and so on. */
static void
make_features(SpkImport *im, SpkJsonPiece names, uint32_t n)
{
	SpkDraft *draft = im->draft;

	if (names.len > 0 && spk_import_count(im, names, SPK_MAX_FEATURES, "features") > 0)
		spk_import_features(im, names);
	else if ((draft->features = spk_import_array(im, n, sizeof(SpkFeature))) != NULL)
	{
		draft->n_features = n;
		draft->gains = spk_import_array(im, n, sizeof(double));
		for (uint32_t f = 0; f < n && spk_importing(im); f++)
		{
			char *name = spk_import_array(im, 16, 1);

			if (name != NULL)
				snprintf(name, 16, "f%u", f);
			draft->features[f].name = name;
		}
	}
	if (draft->n_features != n)
		spk_import_refuse(im, "There are %u names of %u features.", draft->n_features, n);
}

/* Gives a feature whose categories have no names the numbers that trees can tell apart. */
static void
number_categories(SpkImport *im, SpkFeature *feature)
{
	SpkCategory *categories = spk_import_array(im, SPK_MAX_BINS, sizeof(SpkCategory) + 4);
	char		*at = (char *) (categories + SPK_MAX_BINS);

	if (categories == NULL)
		return;
	feature->kind = SPK_CATEGORY;
	feature->categories = categories;
	feature->n_bins = SPK_MAX_BINS;
	for (uint32_t i = 0; i < SPK_MAX_BINS; i++)
	{
		categories[i].name = at;
		categories[i].len = (uint32_t) snprintf(at, 4, "%u", i);
		at += 4;
	}
}

/* Reads which features are categories, and their names, which versions from 3.1 on tell. */
static void
read_types(SpkImport *im, SpkJsonPiece types, SpkJsonPiece cats)
{
	SpkImportMember m[] = {{"enc", true, {NULL, 0}}};
	SpkImportList	list;
	SpkJsonPiece	piece;
	bool			numbered = false;

	if (cats.len > 0)
	{
		spk_import_members(im, cats, m, SPK_LENGTHOF(m));
		list = spk_import_list(im, m[0].piece);
		for (uint32_t f = 0; spk_import_next(&list, &piece); f++)
			if (f >= im->draft->n_features)
				spk_import_refuse(im, "There are more lists of categories than features.");
			else
				spk_import_encoding(im, &im->draft->features[f], piece);
	}
	if (types.len == 0 || !spk_importing(im))
		return;

	/* earlier versions only say that a feature is a category */
	list = spk_import_list(im, types);
	for (uint32_t f = 0; spk_import_next(&list, &piece); f++)
		if (f >= im->draft->n_features)
			spk_import_refuse(im, "There are more types than features.");
		else if (spk_import_is(piece, "\"c\"") && im->draft->features[f].kind != SPK_CATEGORY)
		{
			number_categories(im, &im->draft->features[f]);
			numbered = true;
		}
	if (numbered)
		spk_import_note(
			im,
			"the document has categories without names: their columns must hold the numbers that XGBoost was given, as text");
}

/* ---- The whole ---- */

/* Adds a tree without splits. */
static void
add_base(SpkImport *im, SpkDraftTree *tree, double base)
{
	SpkDraftNode *node = spk_import_node(im, tree);

	if (node == NULL)
		return;
	node->flags = SPK_NODE_LEAF;
	node->value = base;
	node->cover = 1;
}

static void
read_trees(SpkImport *im, SpkJsonPiece trees, SpkJsonPiece weights, double base)
{
	SpkDraft	 *draft = im->draft;
	uint32_t	  more = base != 0 ? 1 : 0;
	uint32_t	  n = spk_import_count(im, trees, SPK_MAX_TREES - more, "trees");
	SpkImportList list = spk_import_list(im, trees);
	SpkImportList weight_list = weights.len > 0 ? spk_import_list(im, weights) : list;
	SpkJsonPiece  piece;
	SpkJsonPiece  weight;

	if ((draft->trees = spk_import_array(im, n + more, sizeof(SpkDraftTree))) == NULL)
		return;
	draft->n_trees = n + more;
	for (uint32_t t = 0; t < n && spk_import_next(&list, &piece); t++)
	{
		float factor = 1;

		im->tree = t;
		im->node = -1;
		if (weights.len > 0 && !spk_import_next(&weight_list, &weight))
			spk_import_refuse(im, "The tree has no weight.");
		else if (weights.len > 0)
			factor = (float) spk_import_number(im, weight, "weight of the tree");
		spk_import_xgboost_tree(im, piece, factor, &draft->trees[t]);
	}
	im->tree = im->node = -1;
	/* behind the others, so that trees have their numbers */
	if (more > 0)
		add_base(im, &draft->trees[n], base);
}

/* The trees of a model of this booster, which is an object, and their weights, if it has any. */
static SpkJsonPiece
find_trees(SpkImport *im, SpkJsonPiece booster, SpkJsonPiece *weights, SpkJsonPiece *cats,
		   uint32_t *per_round)
{
	SpkImportMember m[] = {{"name", true, {NULL, 0}}, {"weight_drop", false, {NULL, 0}}};
	SpkImportMember parts[] = {{"trees", true, {NULL, 0}},
							   {"cats", false, {NULL, 0}},
							   {"gbtree_model_param", true, {NULL, 0}}};
	SpkJsonPiece	parameters;

	spk_import_members(im, booster, m, SPK_LENGTHOF(m));
	if (spk_import_is(m[0].piece, "\"dart\""))
	{
		descend(im, &booster, "gbtree");
		*weights = m[1].piece;
	}
	else if (!spk_import_is(m[0].piece, "\"gbtree\""))
		spk_import_cannot(im, NULL, "The booster is not gbtree or dart.");
	descend(im, &booster, "model");
	spk_import_members(im, booster, parts, SPK_LENGTHOF(parts));
	parameters = parts[2].piece;
	descend(im, &parameters, "num_parallel_tree");
	*per_round = spk_import_whole(im, spk_import_unquoted(parameters), SPK_MAX_TREES,
								  "member \"num_parallel_tree\"");
	*cats = parts[1].piece;
	return parts[0].piece;
}

void
spk_import_xgboost(SpkImport *im, SpkJsonPiece text)
{
	SpkImportMember m[] = {{"attributes", false, {NULL, 0}},
						   {"feature_names", false, {NULL, 0}},
						   {"feature_types", false, {NULL, 0}},
						   {"gradient_booster", true, {NULL, 0}},
						   {"objective", true, {NULL, 0}},
						   {"learner_model_param", true, {NULL, 0}}};
	SpkJsonPiece	trees;
	SpkJsonPiece	weights = {NULL, 0};
	SpkJsonPiece	cats = {NULL, 0};
	uint32_t		per_round = 1;
	uint32_t		n_features;
	double			base = 0;

	descend(im, &text, "learner");
	spk_import_members(im, text, m, SPK_LENGTHOF(m));
	if (!spk_importing(im))
		return;
	read_objective(im, m[4].piece);
	n_features = read_parameters(im, m[5].piece, &base);
	trees = find_trees(im, m[3].piece, &weights, &cats, &per_round);
	if (!spk_importing(im))
		return;

	/* in this order: trees refer to features, whose categories must be known by then */
	make_features(im, m[1].piece, n_features);
	read_types(im, m[2].piece, cats);
	read_trees(im, trees, weights, base);
	if (spk_importing(im) && per_round > 0)
		read_attributes(im, m[0].piece,
						spk_import_count(im, trees, SPK_MAX_TREES, "trees") / per_round);
}

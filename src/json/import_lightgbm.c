/*
 * import_lightgbm.c
 *	  Reads models of LightGBM from the JSON that Booster.dump_model() returns.
 *
 * LightGBM compares doubles, as we do: x <= threshold goes left.  Where missing values go
 * depends on the split.  A split of missing type "None" takes them for 0; one of "NaN"
 * has a direction; one of "Zero", which zero_as_missing makes, has a direction for 0, too.
 * Categories are numbers in the trees.  Columns of pandas' type category have their names
 * in a list of their own; other numbers are their own names.  Categories that a split does
 * not list go right, and so do missing ones.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/import_reader.h"

/* What LightGBM takes for 0. */
#define ZERO 1e-35f

/* The categories of a feature as numbers in the trees: those of pandas are their places. */
typedef struct Categories
{
	bool	 in_pandas;
	uint32_t n;
	int64_t *numbers; /* by their places */
} Categories;

typedef struct Reader
{
	SpkImport	 *im;
	SpkDraftTree *tree;
	Categories	 *categories; /* of each feature */
	double		  factor;	  /* leaves are multiplied by it */
} Reader;

/* ---- The model ---- */

/* Returns the factor of the margin in "binary sigmoid:1". */
static double
read_objective(SpkImport *im, SpkJsonPiece piece)
{
	static const char start[] = "binary sigmoid:";
	static const char hint[] = "Only models of the objective binary can be imported.";
	const char		 *text = NULL;
	char			 *end = NULL;
	double			  factor = 0;
	size_t			  len;

	if (piece.len == 0)
		spk_import_cannot(im, hint, "The model has an objective of its own.");
	text = spk_import_string(im, piece, "objective", &len);
	if (text == NULL)
		return 0;
	if (strncmp(text, start, strlen(start)) == 0)
		factor = strtod(text + strlen(start), &end);
	if (end == NULL || *end != '\0' || !(factor > 0 && factor < 1e100))
		spk_import_cannot(im, hint, "The objective is \"%.60s\".", text);
	return factor;
}

/* The place of a feature by its name; -1 when there is none. */
static int64_t
find_feature(const SpkDraft *draft, const char *name)
{
	for (uint32_t f = 0; f < draft->n_features; f++)
		if (strcmp(draft->features[f].name, name) == 0)
			return f;
	return -1;
}

/* Reads the numbers that a feature's categories have, and makes these its categories. */
static void
read_numbers(Reader *r, uint32_t f, SpkJsonPiece values)
{
	SpkImport	 *im = r->im;
	Categories	 *categories = &r->categories[f];
	SpkImportList list = spk_import_list(im, values);
	SpkJsonPiece  piece;

	if (categories->n > 0)
		spk_import_refuse(im, "Feature %u is described twice.", f);
	spk_import_categories(im, &im->draft->features[f], values);
	if (!spk_importing(im))
		return;
	categories->n = im->draft->features[f].n_bins;
	categories->numbers = spk_import_array(im, categories->n, sizeof(int64_t));
	for (uint32_t i = 0; i < categories->n && spk_import_next(&list, &piece); i++)
		categories->numbers[i] = (int64_t) spk_import_number(im, piece, "value of a category");
}

/* Reads which features are categories: those of which single values are told. */
static void
read_infos(Reader *r, SpkJsonPiece infos)
{
	SpkImport	 *im = r->im;
	SpkImportList list = spk_import_list(im, infos);
	SpkJsonPiece  key;
	SpkJsonPiece  info;

	while (spk_import_next_member(&list, &key, &info))
	{
		SpkImportMember members[] = {{"values", true, {NULL, 0}}};
		size_t			len;
		const char	   *name = spk_import_string(im, key, "name of a feature", &len);
		int64_t			f = name == NULL ? -1 : find_feature(im->draft, name);

		if (f < 0)
			spk_import_refuse(im, "\"%.63s\" in \"feature_infos\" is no feature.",
							  name == NULL ? "" : name);
		spk_import_members(im, info, members, SPK_LENGTHOF(members));
		if (spk_importing(im) && spk_import_count(im, members[0].piece, UINT32_MAX - 1, "") > 0)
			read_numbers(r, (uint32_t) f, members[0].piece);
	}
}

/*
 * Reads the names that pandas has for categories.  The document does not say whose they
 * are, but has them in the order of the features; so they must be as many.
 */
static void
read_pandas(Reader *r, SpkJsonPiece names)
{
	static const char hint[] =
		"Train with columns of pandas' type category, of which none is ordered and each has two values at least, or without any.";
	SpkImport	 *im = r->im;
	uint32_t	  n = spk_import_count(im, names, SPK_MAX_FEATURES, "columns of pandas");
	uint32_t	  n_categories = 0;
	SpkImportList list = spk_import_list(im, names);
	SpkJsonPiece  piece;

	for (uint32_t f = 0; f < im->draft->n_features; f++)
		n_categories += r->categories[f].n > 0;
	if (n == 0)
		return;
	if (n != n_categories)
		spk_import_cannot(
			im, hint,
			"There are %u columns of pandas' type category, but %u features that the model takes for categories.",
			n, n_categories);

	/* whether they are the right ones shows in the numbers, which must be places among them */
	for (uint32_t f = 0; f < im->draft->n_features && spk_importing(im); f++)
	{
		Categories *categories = &r->categories[f];

		if (categories->n == 0)
			continue;
		if (!spk_import_next(&list, &piece))
			return;
		spk_import_categories(im, &im->draft->features[f], piece);
		for (uint32_t i = 0; i < categories->n && spk_importing(im); i++)
			if (categories->numbers[i] >= im->draft->features[f].n_bins)
				spk_import_cannot(im, hint, "The categories of feature %u are not those of pandas.",
								  f);
		categories->in_pandas = true;
	}
}

/* ---- Trees ---- */

/* Reads the set of a split from its categories, as in "0||3||5". */
static void
read_set(Reader *r, SpkJsonPiece piece, const SpkFeature *feature, const Categories *categories,
		 SpkCodeSet *set)
{
	SpkImport  *im = r->im;
	size_t		len;
	const char *at = spk_import_string(im, piece, "threshold", &len);

	while (at != NULL && spk_importing(im))
	{
		char	 *end;
		long long number = strtoll(at, &end, 10);
		uint32_t  place = 0;

		if (end == at || (*end != '\0' && strncmp(end, "||", 2) != 0))
			spk_import_refuse(im, "The categories of a split are not numbers.");
		if (categories->in_pandas)
			place = number >= 0 && number < feature->n_bins ? (uint32_t) number : feature->n_bins;
		else
			while (place < categories->n && categories->numbers[place] != number)
				place++;
		if (place >= feature->n_bins)
			spk_import_refuse(im, "The feature does not have the category %lld.", number);
		else
			spk_set_add(set, (uint8_t) place);
		at = *end == '\0' ? NULL : end + 2;
	}
}

/*
 * Where the values that LightGBM takes for 0 go with the missing ones, the numbers that go
 * left are still those up to some number, unless 0 goes elsewhere than its neighbours.
 */
static double
around_zero(SpkImport *im, double threshold, bool default_left)
{
	if (default_left ? threshold < -ZERO : threshold >= ZERO)
		spk_import_cannot(im, "Train without zero_as_missing.",
						  "The split sends 0 elsewhere than the numbers around it.");
	if (threshold < -ZERO || threshold >= ZERO)
		return threshold;
	return default_left ? ZERO : nextafter(-ZERO, -1);
}

/* Sets where numbers and missing values go. */
static void
read_threshold(SpkImport *im, SpkJsonPiece threshold, SpkJsonPiece missing_type,
			   SpkJsonPiece default_left, SpkDraftNode *node)
{
	bool is_left = spk_import_bool(im, default_left, "member \"default_left\"");

	node->value = spk_import_number(im, threshold, "threshold");
	if (spk_import_is(missing_type, "\"None\""))
		is_left = 0 <= node->value;
	else if (spk_import_is(missing_type, "\"Zero\""))
		node->value = around_zero(im, node->value, is_left);
	else if (!spk_import_is(missing_type, "\"NaN\""))
		spk_import_refuse(im, "The missing type is neither None nor Zero nor NaN.");
	node->flags = is_left ? SPK_NODE_MISSING_LEFT : 0;
}

/* The members of a node. */
enum
{
	FEATURE,
	THRESHOLD,
	DECISION,
	DEFAULT_LEFT,
	MISSING_TYPE,
	LEFT,
	RIGHT,
	GAIN,
	VALUE,
	COUNT,
	COEFFICIENTS,
	N_MEMBERS
};

static const char *const member_names[N_MEMBERS] = {"split_feature", "threshold",
													"decision_type", "default_left",
													"missing_type",	 "left_child",
													"right_child",	 "split_gain",
													"leaf_value",	 "leaf_count",
													"leaf_coeff"};

static void
read_leaf(Reader *r, SpkImportMember *m, bool is_root, SpkDraftNode *node)
{
	SpkImport *im = r->im;

	if (m[COEFFICIENTS].piece.len > 0)
		spk_import_cannot(im, "Train without linear_tree.", "The leaves of the model are linear.");
	node->flags = SPK_NODE_LEAF;
	node->value = spk_import_number(im, m[VALUE].piece, "value of a leaf") * r->factor;
	if (m[COUNT].piece.len > 0 || !is_root)
		node->cover = spk_import_number(im, m[COUNT].piece, "member \"leaf_count\"");
	if (node->cover < 0)
		spk_import_refuse(im, "The member \"leaf_count\" is negative.");
}

static void
read_split(Reader *r, SpkImportMember *m, SpkDraftNode *node)
{
	SpkImport  *im = r->im;
	uint32_t	feature = spk_import_whole(im, m[FEATURE].piece, SPK_MAX_FEATURES,
										   "member \"split_feature\"");
	double		gain = spk_import_number(im, m[GAIN].piece, "member \"split_gain\"");
	SpkCodeSet *set;

	if (feature >= im->draft->n_features)
		spk_import_refuse(im, "There is no feature %u.", feature);
	if (!spk_importing(im))
		return;

	/* a gain may be a little below 0 by rounding, an importance not */
	node->feature = (uint16_t) feature;
	im->draft->gains[feature] += fmax(gain, 0);
	if (spk_import_is(m[DECISION].piece, "\"<=\""))
	{
		if (im->draft->features[feature].kind == SPK_CATEGORY)
			spk_import_refuse(im, "A split by a number has a feature of categories.");
		read_threshold(im, m[THRESHOLD].piece, m[MISSING_TYPE].piece, m[DEFAULT_LEFT].piece, node);
		return;
	}
	if (!spk_import_is(m[DECISION].piece, "\"==\"") || r->categories[feature].n == 0)
		spk_import_refuse(im, "The member \"decision_type\" does not fit the feature.");
	node->flags = SPK_NODE_SET;
	node->set = r->tree->n_sets;
	if ((set = spk_import_set(im, r->tree)) != NULL)
		read_set(r, m[THRESHOLD].piece, &im->draft->features[feature], &r->categories[feature],
				 set);
}

/* Reads a node and those below it, of which it is so many splits down; returns its place. */
static uint32_t
read_node(Reader *r, SpkJsonPiece object, int depth)
{
	SpkImport	   *im = r->im;
	uint32_t		place = r->tree->n_nodes;
	SpkImportMember m[N_MEMBERS];
	SpkDraftNode   *node;

	memset(m, 0, sizeof(m));
	for (int i = 0; i < N_MEMBERS; i++)
		m[i].key = member_names[i];
	spk_import_members(im, object, m, N_MEMBERS);
	if ((node = spk_import_node(im, r->tree)) == NULL)
		return 0;
	im->node = place;
	if (m[LEFT].piece.len == 0)
	{
		read_leaf(r, m, depth == 0, node);
		return place;
	}
	if (depth == SPK_MAX_DEPTH)
		spk_import_cannot(im, "Train with a max_depth.",
						  "The tree has a path of more than %d splits.", SPK_MAX_DEPTH);
	if (m[RIGHT].piece.len == 0)
		spk_import_refuse(im, "The member \"right_child\" is missing.");
	read_split(r, m, node);

	/* more nodes may move those that there are */
	if (spk_importing(im))
	{
		uint32_t left = read_node(r, m[LEFT].piece, depth + 1);
		uint32_t right = read_node(r, m[RIGHT].piece, depth + 1);

		r->tree->nodes[place].left = left;
		r->tree->nodes[place].right = right;
	}
	return place;
}

static void
read_trees(Reader *r, SpkJsonPiece trees)
{
	SpkImport	 *im = r->im;
	SpkDraft	 *draft = im->draft;
	uint32_t	  n = spk_import_count(im, trees, SPK_MAX_TREES, "trees");
	SpkImportList list = spk_import_list(im, trees);
	SpkJsonPiece  piece;

	if ((draft->trees = spk_import_array(im, n, sizeof(SpkDraftTree))) == NULL)
		return;
	draft->n_trees = n;
	for (uint32_t t = 0; t < n && spk_import_next(&list, &piece); t++)
	{
		SpkImportMember members[] = {{"tree_structure", true, {NULL, 0}}};

		im->tree = t;
		im->node = -1;
		r->tree = &draft->trees[t];
		spk_import_members(im, piece, members, SPK_LENGTHOF(members));
		if (spk_importing(im))
			(void) read_node(r, members[0].piece, 0);
	}
	im->tree = -1;
}

/* ---- The whole ---- */

enum
{
	N_CLASSES,
	PER_ITERATION,
	OBJECTIVE,
	AVERAGE,
	NAMES,
	INFOS,
	TREES,
	PANDAS,
	N_PARTS
};

static void
read_parts(Reader *r, SpkImportMember *m)
{
	SpkImport *im = r->im;
	bool	   average = m[AVERAGE].piece.len > 0 &&
		spk_import_bool(im, m[AVERAGE].piece, "member \"average_output\"");

	if (spk_import_whole(im, m[N_CLASSES].piece, UINT32_MAX, "member \"num_class\"") != 1 ||
		spk_import_whole(im, m[PER_ITERATION].piece, UINT32_MAX,
						 "member \"num_tree_per_iteration\"") != 1)
		spk_import_cannot(im, "Only models of the objective binary can be imported.",
						  "The model has more than one class.");
	r->factor = read_objective(im, m[OBJECTIVE].piece);
	if (average)
		r->factor /= fmax(1, spk_import_count(im, m[TREES].piece, SPK_MAX_TREES, "trees"));
	spk_import_features(im, m[NAMES].piece);
	r->categories = spk_import_array(im, im->draft->n_features, sizeof(Categories));
	if (!spk_importing(im))
		return;
	read_infos(r, m[INFOS].piece);
	if (m[PANDAS].piece.len > 0 && !spk_import_is(m[PANDAS].piece, "null"))
		read_pandas(r, m[PANDAS].piece);
	read_trees(r, m[TREES].piece);
}

void
spk_import_lightgbm(SpkImport *im, SpkJsonPiece text)
{
	SpkImportMember members[N_PARTS] = {
		[N_CLASSES] = {"num_class", true, {NULL, 0}},
		[PER_ITERATION] = {"num_tree_per_iteration", true, {NULL, 0}},
		[OBJECTIVE] = {"objective", false, {NULL, 0}},
		[AVERAGE] = {"average_output", false, {NULL, 0}},
		[NAMES] = {"feature_names", true, {NULL, 0}},
		[INFOS] = {"feature_infos", true, {NULL, 0}},
		[TREES] = {"tree_info", true, {NULL, 0}},
		[PANDAS] = {"pandas_categorical", false, {NULL, 0}},
	};
	Reader r = {.im = im};

	spk_import_members(im, text, members, N_PARTS);
	if (spk_importing(im))
		read_parts(&r, members);
	for (uint32_t f = 0; f < im->draft->n_features && r.categories != NULL; f++)
		spk_release(im->host, r.categories[f].numbers);
	spk_release(im->host, r.categories);
}

/*
 * import_xgboost_tree.c
 *	  Reads one tree of a model of XGBoost, which has an array of each thing about nodes.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "json/import_reader.h"
#include "json/import_xgboost_tree.h"

double
spk_largest_below(float t)
{
	float  before = nextafterf(t, -INFINITY);
	double middle;

	if (isinf(before))
		return -DBL_MAX;
	/* exact; halfway between two numbers rounding takes the even one */
	middle = ((double) before + (double) t) / 2;
	return (float) middle < t ? middle : nextafter(middle, -INFINITY);
}

/* The members of a tree. */
enum
{
	LEFT,
	RIGHT,
	FEATURE,
	CONDITION,
	DEFAULT_LEFT,
	HESSIAN,
	GAIN,
	N_REQUIRED,
	TYPE = N_REQUIRED,
	CATEGORIES,
	NODES,
	STARTS,
	SIZES,
	PARAMETERS,
	N_MEMBERS
};

static const char *const member_names[N_MEMBERS] = {"left_children",	   "right_children",
													"split_indices",	   "split_conditions",
													"default_left",		   "sum_hessian",
													"loss_changes",		   "split_type",
													"categories",		   "categories_nodes",
													"categories_segments", "categories_sizes",
													"tree_param"};

/* A number of single precision. */
static double
read_float(SpkImport *im, SpkJsonPiece piece, const char *what)
{
	double number = spk_import_number(im, piece, what);

	if (fabs(number) > FLT_MAX)
		spk_import_refuse(im, "The %s is beyond the numbers of single precision.", what);
	return spk_importing(im) ? (float) number : 0;
}

/* A number, or true and false as 1 and 0, as versions before 1.6 have them. */
static bool
read_flag(SpkImport *im, SpkJsonPiece piece, const char *what)
{
	if (piece.len > 1)
		return spk_import_bool(im, piece, what);
	return spk_import_whole(im, piece, 1, what) == 1;
}

static void
read_child(SpkImport *im, SpkJsonPiece piece, const SpkDraftTree *tree, SpkDraftNode *node,
		   uint32_t *child)
{
	if (spk_import_is(piece, "-1"))
		node->flags = SPK_NODE_LEAF;
	else
		*child = spk_import_whole(im, piece, tree->n_nodes - 1, "child");
}

static void
read_feature(SpkImport *im, SpkJsonPiece piece, SpkDraftNode *node)
{
	uint32_t feature = spk_import_whole(im, piece, UINT32_MAX, "feature");

	if (node->flags & SPK_NODE_LEAF)
		return;
	if (feature >= im->draft->n_features)
		spk_import_refuse(im, "There is no feature %u.", feature);
	node->feature = (uint16_t) feature;
}

/* Makes a split by category of one by a number, before its categories are read. */
static void
read_type(SpkImport *im, SpkJsonPiece piece, SpkDraftTree *tree, SpkDraftNode *node)
{
	const SpkFeature *feature = &im->draft->features[node->feature];
	bool			  is_set = spk_import_whole(im, piece, 1, "type of a split") == 1;

	if (node->flags & SPK_NODE_LEAF)
		return;
	if (is_set != (feature->kind == SPK_CATEGORY))
		spk_import_refuse(im, "The split does not fit its feature, \"%.63s\".", feature->name);
	if (is_set && spk_importing(im))
	{
		SpkCodeSet *set;

		node->set = tree->n_sets;
		if ((set = spk_import_set(im, tree)) == NULL)
			return;
		if (node->flags & SPK_NODE_MISSING_LEFT)
			spk_set_add(set, SPK_MISSING);
		for (uint32_t code = 0; code < feature->n_bins; code++)
			spk_set_add(set, (uint8_t) code);
		node->flags = SPK_NODE_SET;
	}
}

/* Reads what one member says about one node. */
static void
read_member(SpkImport *im, int member, SpkJsonPiece piece, float factor, SpkDraftTree *tree,
			SpkDraftNode *node)
{
	bool is_leaf = (node->flags & SPK_NODE_LEAF) != 0;

	switch (member)
	{
		case LEFT:
			read_child(im, piece, tree, node, &node->left);
			break;
		case RIGHT:
			if (spk_import_is(piece, "-1") != is_leaf)
				spk_import_refuse(im, "The node has one child.");
			read_child(im, piece, tree, node, &node->right);
			break;
		case FEATURE:
			read_feature(im, piece, node);
			break;
		case CONDITION:
			node->value = read_float(im, piece, is_leaf ? "leaf" : "threshold");
			node->value = is_leaf ? node->value * factor : spk_largest_below((float) node->value);
			break;
		case DEFAULT_LEFT:
			if (read_flag(im, piece, "member \"default_left\"") && !is_leaf)
				node->flags = SPK_NODE_MISSING_LEFT;
			break;
		case HESSIAN:
			node->cover = fmax(0, spk_import_number(im, piece, "sum of hessians"));
			break;
		case GAIN:
			if (!is_leaf)
				im->draft->gains[node->feature] += fmax(0,
														spk_import_number(im, piece,
																		  "change of the loss"));
			break;
		case TYPE:
			read_type(im, piece, tree, node);
			break;
	}
}

/* Takes categories out of the sets that go left: as many as size says, from start on. */
static void
read_categories(SpkImport *im, SpkImportList *categories, uint32_t size, SpkDraftTree *tree,
				const SpkDraftNode *node)
{
	const SpkFeature *feature = &im->draft->features[node->feature];
	SpkCodeSet		 *set = &tree->sets[node->set];
	SpkJsonPiece	  piece;

	for (uint32_t i = 0; i < size; i++)
	{
		uint32_t code;

		if (!spk_import_next(categories, &piece))
		{
			spk_import_refuse(im, "There are fewer categories than splits have.");
			return;
		}
		code = spk_import_whole(im, piece, UINT32_MAX, "category");
		/* one behind those with names stands for none, where all of them go left */
		if (code == feature->n_bins && code < SPK_MAX_BINS)
			continue;
		if (code >= feature->n_bins)
			spk_import_cannot(
				im,
				"Number the categories from 0 on, or train with names in a version from 3.1 on.",
				"The feature \"%.63s\" does not have the category %u.", feature->name, code);
		if (!spk_importing(im))
			return;
		set->bits[code >> 6] &= ~(UINT64_C(1) << (code & 63));
	}
}

/* Reads the categories of all splits that have any; those of one stand behind those before. */
static void
read_sets(SpkImport *im, const SpkImportMember *m, SpkDraftTree *tree)
{
	SpkImportList nodes = spk_import_list(im, m[NODES].piece);
	SpkImportList starts = spk_import_list(im, m[STARTS].piece);
	SpkImportList sizes = spk_import_list(im, m[SIZES].piece);
	SpkImportList categories = spk_import_list(im, m[CATEGORIES].piece);
	SpkJsonPiece  piece;
	SpkJsonPiece  start;
	SpkJsonPiece  size;
	uint32_t	  read = 0;
	uint32_t	  n_nodes = 0;
	int64_t		  last = -1;

	while (spk_import_next(&nodes, &piece))
	{
		uint32_t place = spk_import_whole(im, piece, tree->n_nodes - 1, "node");
		uint32_t n;

		im->node = place;
		if ((int64_t) place <= last)
			spk_import_refuse(im, "The nodes that have categories do not ascend.");
		last = place;
		if (spk_importing(im) && !(tree->nodes[place].flags & SPK_NODE_SET))
			spk_import_refuse(im, "The node has categories, but does not split by them.");
		if (!spk_import_next(&starts, &start) || !spk_import_next(&sizes, &size))
			spk_import_refuse(im, "The categories of the node have no place.");
		if (!spk_importing(im))
			return;
		if (spk_import_whole(im, start, UINT32_MAX, "place of categories") != read)
			spk_import_refuse(im, "The categories do not stand behind those of the node before.");
		n = spk_import_whole(im, size, SPK_MAX_BINS, "number of categories");
		read_categories(im, &categories, n, tree, &tree->nodes[place]);
		read += n;
		n_nodes++;
	}

	/* no node came twice, so that none is left out when they are as many */
	im->node = -1;
	if (n_nodes != tree->n_sets)
		spk_import_refuse(im, "There are categories of %u splits, but %u splits by category.",
						  n_nodes, tree->n_sets);
}

/* Documents of versions without categories do not tell the types of splits: all are by numbers. */
static void
check_numbers(SpkImport *im, const SpkDraftTree *tree)
{
	for (uint32_t i = 0; i < tree->n_nodes && spk_importing(im); i++)
		if (!(tree->nodes[i].flags & SPK_NODE_LEAF) &&
			im->draft->features[tree->nodes[i].feature].kind == SPK_CATEGORY)
			spk_import_refuse(im, "The types of splits are missing.");
}

static void
check_parameters(SpkImport *im, SpkJsonPiece parameters)
{
	SpkImportMember m[] = {{"size_leaf_vector", false, {NULL, 0}}};

	spk_import_members(im, parameters, m, SPK_LENGTHOF(m));
	if (m[0].piece.len > 0 &&
		spk_import_whole(im, spk_import_unquoted(m[0].piece), UINT32_MAX,
						 "member \"size_leaf_vector\"") > 1)
		spk_import_cannot(im, "Train without multi_strategy.", "The leaves are vectors.");
}

void
spk_import_xgboost_tree(SpkImport *im, SpkJsonPiece object, float factor, SpkDraftTree *tree)
{
	SpkImportMember m[N_MEMBERS];
	SpkJsonPiece	piece;
	uint32_t		n;

	memset(m, 0, sizeof(m));
	for (int i = 0; i < N_MEMBERS; i++)
	{
		m[i].key = member_names[i];
		m[i].required = i < N_REQUIRED;
	}
	spk_import_members(im, object, m, N_MEMBERS);
	if (m[PARAMETERS].piece.len > 0)
		check_parameters(im, m[PARAMETERS].piece);
	n = spk_import_count(im, m[LEFT].piece, INT32_MAX, "nodes");
	for (uint32_t i = 0; i < n; i++)
		if (spk_import_node(im, tree) == NULL)
			return;
	if (n == 0)
		spk_import_refuse(im, "The tree has no nodes.");

	/* in this order: whether a node is a leaf says what the rest of it means */
	for (int member = 0; member <= TYPE && spk_importing(im); member++)
	{
		SpkImportList list;
		uint32_t	  i = 0;

		if (m[member].piece.len == 0)
			continue;
		list = spk_import_list(im, m[member].piece);
		for (; spk_import_next(&list, &piece); i++)
		{
			im->node = i;
			if (i >= n)
				spk_import_refuse(im, "The member \"%s\" tells of more nodes than there are.",
								  member_names[member]);
			else
				read_member(im, member, piece, factor, tree, &tree->nodes[i]);
		}
		if (i < n)
			spk_import_refuse(im, "The member \"%s\" does not tell of all nodes.",
							  member_names[member]);
		im->node = -1;
	}
	if (m[TYPE].piece.len == 0)
		check_numbers(im, tree);
	if (spk_importing(im) && tree->n_sets > 0)
		read_sets(im, m, tree);
}

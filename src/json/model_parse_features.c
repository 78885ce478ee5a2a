/*
 * model_parse_features.c
 *	  Reads the features of a model from JSON text.
 */
#include <string.h>

#include "json/model_parse_parts.h"
#include "json/model_parse_values.h"

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

/*
 * Reads the categories of a feature whose counts, and groups if it has any, have been
 * read.  Their names follow them in one piece of memory.
 */
static void
get_categories(SpkModelParse *p, json_object *object, SpkFeature *feature)
{
	json_object *categories = spk_parse_member(p, object, "categories", json_type_array, false);
	uint32_t	 n = spk_n_categories(feature);
	size_t		 bytes = 0;
	char		*names;

	if (categories == NULL)
		return;
	if (json_object_array_length(categories) != n)
		spk_refuse(p,
				   feature->n_grouped > 0 ? "A feature has not as many groups as categories." :
											"A feature has not one count more than categories.");

	/* all are measured before memory is asked for, and nothing of the text is trusted after */
	for (uint32_t i = 0; i < n && spk_parsing(p); i++)
	{
		json_object *value = json_object_array_get_idx(categories, i);

		if (!json_object_is_type(value, json_type_string))
			spk_refuse(p, "A category is not of type string.");
		else
			bytes += (size_t) json_object_get_string_len(value);
	}
	feature->categories = spk_parse_array(p, n * sizeof(SpkCategory) + bytes, 1);
	if (feature->categories == NULL)
		return;
	names = (char *) (feature->categories + n);
	for (uint32_t i = 0; i < n; i++)
	{
		json_object *value = json_object_array_get_idx(categories, i);
		SpkCategory *category = &feature->categories[i];

		category->len = (uint32_t) json_object_get_string_len(value);
		category->name = names;
		memcpy(names, json_object_get_string(value), category->len);
		names += category->len;
	}
}

/* Reads the groups of a feature's categories, which only those have that are grouped. */
static bool
get_groups(SpkModelParse *p, json_object *object, SpkFeature *feature)
{
	json_object *groups = spk_parse_member(p, object, "groups", json_type_array, true);
	uint32_t	 n;

	if (groups == NULL)
		return false;
	n = spk_parse_length(p, groups, SPK_MAX_CATEGORIES, "groups of categories");
	if (n == 0)
		spk_refuse(p, "A feature has no groups.");
	feature->groups = spk_parse_array(p, n, 1);
	if (feature->groups == NULL)
		return true;
	feature->n_grouped = n;
	for (uint32_t i = 0; i < n; i++)
		feature->groups[i] = (uint8_t) spk_parse_integer(p, json_object_array_get_idx(groups, i),
														 SPK_MAX_BINS - 1, "A group");
	return true;
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
	uint32_t	 most = feature->kind == SPK_CATEGORY ? SPK_MAX_CATEGORIES : SPK_MAX_BINS;
	uint32_t	 n = spk_parse_length(p, counts, most + 1, "counts of a feature");

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
	const char	*known[7] = {"name", "kind", "counts", "importance"};
	int			 n_known = 4;
	bool		 permutation = spk_has_permutation(&p->model->options, p->model->algorithm);
	json_object *object = p->element;

	get_kind(p, object, feature);
	get_counts(p, object, feature);
	get_name(p, object, feature);
	feature->importance = spk_parse_number_member(p, object, "importance");
	if (permutation)
		feature->permutation = spk_parse_number_member(p, object, "permutation");
	known[n_known++] = feature->kind == SPK_CATEGORY ? "categories" : "edges";
	if (feature->kind == SPK_CATEGORY && get_groups(p, object, feature))
		known[n_known++] = "groups";
	if (feature->kind == SPK_CATEGORY)
		get_categories(p, object, feature);
	else
		get_edges(p, object, feature);
	if (permutation)
		known[n_known++] = "permutation";
	spk_parse_only(p, object, known, n_known);
}

void
spk_parse_features(SpkModelParse *p, SpkText text)
{
	SpkTextList list = spk_text_list(p->host, text);
	uint32_t	n = spk_parse_count(p, list, SPK_MAX_FEATURES, "features");
	SpkText		element;

	p->model->features = spk_parse_array(p, n, sizeof(SpkFeature));
	if (p->model->features == NULL)
		return;
	p->model->n_features = n;
	for (uint32_t i = 0; i < n && spk_parse_go_on(p) && spk_text_next(&list, &element); i++)
	{
		if (spk_parse_piece(p, element))
			spk_parse_check_object(p, element);
		if (spk_parsing(p))
			get_feature(p, &p->model->features[i]);
		spk_parse_put(p);
	}
}

/*
 * model_parse_names.c
 *	  Reads the options that have names of columns from a model's JSON text.
 */
#include <string.h>

#include "json/model_parse_parts.h"
#include "json/model_parse_values.h"

/* The column of the rows' weights. */
static void
get_weights(SpkModelParse *p, json_object *value)
{
	size_t len = (size_t) json_object_get_string_len(value);

	if (!json_object_is_type(value, json_type_string) || len > SPK_MAX_NAME)
		spk_refuse(p, "Option \"weights\" is not the name of a column.");
	else
		memcpy(p->model->weights, json_object_get_string(value), len);
}

void
spk_parse_names(SpkModelParse *p, json_object *value, SpkOption option)
{
	double *number = &p->model->options.value[option];

	switch (option)
	{
		case SPK_OPT_WEIGHTS:
			get_weights(p, value);
			*number = 1;
			break;
		case SPK_OPT_MONOTONE:
			if (!json_object_is_type(value, json_type_object) ||
				json_object_object_length(value) == 0)
				spk_refuse(p, "Option \"monotone\" is not an object of features.");
			else
				*number = json_object_object_length(value);
			break;
		default:
			*number = spk_parse_length(p, value, SPK_MAX_GROUPS, "groups of features");
			if (*number == 0)
				spk_refuse(p, "Option \"interactions\" has no groups.");
			break;
	}
}

/* The feature with this name, or NULL, which is a fault. */
static SpkFeature *
find_feature(SpkModelParse *p, const char *name, size_t len)
{
	for (uint32_t f = 0; f < p->model->n_features; f++)
		if (strlen(p->model->features[f].name) == len &&
			memcmp(p->model->features[f].name, name, len) == 0)
			return &p->model->features[f];
	spk_refuse(p, "An option names a column that is no feature.");
	return NULL;
}

static void
get_sign(SpkModelParse *p, const char *name, json_object *value)
{
	SpkFeature *feature = find_feature(p, name, strlen(name));
	const char *word = json_object_is_type(value, json_type_string) ?
		json_object_get_string(value) :
		"";

	if (strcmp(word, "increasing") != 0 && strcmp(word, "decreasing") != 0)
		spk_refuse(p, "A feature is monotone in an unknown direction.");
	else if (feature != NULL)
		feature->rule.monotone = word[0] == 'i' ? 1 : -1;
}

static void
get_group(SpkModelParse *p, json_object *names, uint64_t group)
{
	uint32_t n = spk_parse_length(p, names, SPK_MAX_FEATURES, "features of a group");

	if (n == 0)
		spk_refuse(p, "A group has no features.");
	for (uint32_t i = 0; i < n && spk_parsing(p); i++)
	{
		json_object *name = json_object_array_get_idx(names, i);
		SpkFeature	*feature;

		if (!json_object_is_type(name, json_type_string))
		{
			spk_refuse(p, "The name of a feature is not of type string.");
			return;
		}
		feature = find_feature(p, json_object_get_string(name),
							   (size_t) json_object_get_string_len(name));
		if (feature == NULL)
			return;
		if (feature->rule.groups & group)
			spk_refuse(p, "A group has a feature twice.");
		feature->rule.groups |= group;
	}
}

void
spk_parse_rules(SpkModelParse *p)
{
	const SpkModel *model = p->model;
	json_object	   *options = spk_parse_member(p, p->root, "options", json_type_object, false);
	json_object	   *value;

	if (spk_has_monotone(&model->options) && json_object_object_get_ex(options, "monotone", &value))
	{
		json_object_object_foreach(value, name, sign) if (spk_parse_go_on(p))
			get_sign(p, name, sign);
	}
	if (spk_has_interactions(&model->options) &&
		json_object_object_get_ex(options, "interactions", &value))
		for (size_t i = 0; i < json_object_array_length(value) && spk_parse_go_on(p); i++)
			get_group(p, json_object_array_get_idx(value, i), UINT64_C(1) << i);
}

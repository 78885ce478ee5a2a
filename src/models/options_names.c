/*
 * options_names.c
 *	  Options that users write with names of columns.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/numeric.h"

#include "models/options_json.h"
#include "models/options_names.h"

/* So many features are named at most when one of them was meant. */
#define MAX_FEATURES_TOLD 20

static const char *const directions[] = {"decreasing", NULL, "increasing"}; /* by the sign and 1 */

/* ---- Reading ---- */

/* The name in a JSON string, palloc'd; NULL when no column can have it. */
static char *
read_name(const JsonbValue *value)
{
	if (value->type != jbvString || value->val.string.len == 0 ||
		value->val.string.len > SPK_MAX_NAME)
		return NULL;
	return pnstrdup(value->val.string.val, value->val.string.len);
}

/* Sets *sign to the direction that a JSON value says; false when it says none. */
static bool
read_sign(const JsonbValue *value, int8 *sign)
{
	double number;

	if (value->type == jbvString)
	{
		for (int i = 0; i < lengthof(directions); i++)
			if (directions[i] != NULL && strlen(directions[i]) == (size_t) value->val.string.len &&
				memcmp(directions[i], value->val.string.val, value->val.string.len) == 0)
			{
				*sign = (int8) (i - 1);
				return true;
			}
		return false;
	}
	if (value->type != jbvNumeric)
		return false;
	number = DatumGetFloat8(
		DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));
	*sign = (int8) (number > 0 ? 1 : number < 0 ? -1 : 0);
	return number == *sign;
}

/* An object of features and their directions. */
static bool
read_signs(const JsonbValue *value, SpkNamedOptions *named, double *number)
{
	JsonbIterator	  *it;
	JsonbIteratorToken token;
	JsonbValue		   v;

	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		return false;
	named->n_signs = 0;
	named->signs = palloc(Max(JsonContainerSize(value->val.binary.data), 1) * sizeof(SpkNamedSign));
	it = JsonbIteratorInit(value->val.binary.data);
	*number = 0;
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		SpkNamedSign *sign = &named->signs[named->n_signs];

		if (token != WJB_KEY)
			continue;
		sign->name = read_name(&v);
		JsonbIteratorNext(&it, &v, true);
		if (sign->name == NULL)
			return false;
		if (!read_sign(&v, &sign->sign))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("invalid direction of feature \"%s\" in option \"monotone\": %s", sign->name,
							spk_value_as_written(&v)),
					 errhint("Allowed are: \"increasing\" or 1, \"decreasing\" or -1, and 0.")));
		named->n_signs++;
		*number += sign->sign != 0;
	}
	return true;
}

/* An array of features, none of them twice. */
static bool
read_group(const JsonbValue *value, SpkNamedGroup *group)
{
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		return false;
	group->n = JsonContainerSize(value->val.binary.data);
	group->names = palloc(Max(group->n, 1) * sizeof(char *));
	for (uint32 i = 0; i < group->n; i++)
	{
		group->names[i] = read_name(getIthJsonbValueFromContainer(value->val.binary.data, i));
		if (group->names[i] == NULL)
			return false;
		for (uint32 k = 0; k < i; k++)
			if (strcmp(group->names[i], group->names[k]) == 0)
				return false;
	}
	return group->n > 0;
}

/* An array of groups. */
static bool
read_groups(const JsonbValue *value, SpkNamedOptions *named, double *number)
{
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		return false;
	named->n_groups = JsonContainerSize(value->val.binary.data);
	if (named->n_groups == 0 || named->n_groups > SPK_MAX_GROUPS)
		return false;
	named->groups = palloc(named->n_groups * sizeof(SpkNamedGroup));
	for (uint32 i = 0; i < named->n_groups; i++)
		if (!read_group(getIthJsonbValueFromContainer(value->val.binary.data, i),
						&named->groups[i]))
			return false;
	*number = named->n_groups;
	return true;
}

bool
spk_names_read(SpkOption option, const JsonbValue *value, SpkNamedOptions *named, double *number)
{
	switch (option)
	{
		case SPK_OPT_WEIGHTS:
			named->weights = read_name(value);
			*number = 1;
			return named->weights != NULL;
		case SPK_OPT_MONOTONE:
			return read_signs(value, named, number);
		case SPK_OPT_INTERACTIONS:
			return read_groups(value, named, number);
		default:
			elog(ERROR, "option %d has no names", (int) option);
	}
	return false; /* not reached */
}

const char *
spk_names_allowed(SpkOption option)
{
	switch (option)
	{
		case SPK_OPT_WEIGHTS:
			return "the name of a column, as in \"weight\"";
		case SPK_OPT_MONOTONE:
			return "an object of features and directions, which are \"increasing\" or 1, \"decreasing\" or -1, and 0, as in {\"tenure\": \"decreasing\"}";
		case SPK_OPT_INTERACTIONS:
			return "an array of up to 64 arrays of distinct features, as in [[\"a\", \"b\"], [\"c\", \"d\"]]";
		default:
			elog(ERROR, "option %d has no names", (int) option);
	}
	return NULL; /* not reached */
}

/* ---- Writing ---- */

static void
append_signs(StringInfo buf, const SpkNamedOptions *named)
{
	const char *separator = "";

	appendStringInfoChar(buf, '{');
	for (uint32 i = 0; i < named->n_signs; i++)
	{
		if (named->signs[i].sign == 0)
			continue;
		appendStringInfoString(buf, separator);
		escape_json(buf, named->signs[i].name);
		appendStringInfo(buf, ": \"%s\"", directions[named->signs[i].sign + 1]);
		separator = ", ";
	}
	appendStringInfoChar(buf, '}');
}

static void
append_groups(StringInfo buf, const SpkNamedOptions *named)
{
	appendStringInfoChar(buf, '[');
	for (uint32 i = 0; i < named->n_groups; i++)
	{
		appendStringInfoString(buf, i > 0 ? ", [" : "[");
		for (uint32 k = 0; k < named->groups[i].n; k++)
		{
			if (k > 0)
				appendStringInfoString(buf, ", ");
			escape_json(buf, named->groups[i].names[k]);
		}
		appendStringInfoChar(buf, ']');
	}
	appendStringInfoChar(buf, ']');
}

void
spk_names_append(StringInfo buf, SpkOption option, const SpkNamedOptions *named)
{
	switch (option)
	{
		case SPK_OPT_WEIGHTS:
			escape_json(buf, named->weights);
			break;
		case SPK_OPT_MONOTONE:
			append_signs(buf, named);
			break;
		case SPK_OPT_INTERACTIONS:
			append_groups(buf, named);
			break;
		default:
			elog(ERROR, "option %d has no names", (int) option);
	}
}

/* ---- Of models ---- */

static void
take_signs(const SpkModel *model, SpkNamedOptions *named)
{
	named->signs = palloc(model->n_features * sizeof(SpkNamedSign));
	for (uint32 f = 0; f < model->n_features; f++)
		if (model->features[f].rule.monotone != 0)
			named->signs[named->n_signs++] = (SpkNamedSign) {model->features[f].name,
															 model->features[f].rule.monotone};
}

static void
take_groups(const SpkModel *model, SpkNamedOptions *named)
{
	named->n_groups = (uint32) model->options.value[SPK_OPT_INTERACTIONS];
	named->groups = palloc0(named->n_groups * sizeof(SpkNamedGroup));
	for (uint32 i = 0; i < named->n_groups; i++)
	{
		SpkNamedGroup *group = &named->groups[i];

		group->names = palloc(model->n_features * sizeof(char *));
		for (uint32 f = 0; f < model->n_features; f++)
			if (model->features[f].rule.groups >> i & 1)
				group->names[group->n++] = model->features[f].name;
	}
}

SpkNamedOptions
spk_names_of_model(const SpkModel *model)
{
	SpkNamedOptions named = {NULL};

	if (spk_has_weights(&model->options))
		named.weights = model->weights;
	if (spk_has_monotone(&model->options))
		take_signs(model, &named);
	if (spk_has_interactions(&model->options))
		take_groups(model, &named);
	return named;
}

/* ---- Binding ---- */

/* The place of the feature with this name, which there must be. */
static uint32
find_feature(SpkOption option, const char *name, const SpkNamedColumn *columns, uint32 n)
{
	StringInfoData list;

	for (uint32 i = 0; i < n; i++)
		if (strcmp(columns[i].name, name) == 0)
			return i;
	initStringInfo(&list);
	for (uint32 i = 0; i < n && i < MAX_FEATURES_TOLD; i++)
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", columns[i].name);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("option \"%s\" names \"%s\", which is no feature", spk_option_specs[option].name, name),
			 n > MAX_FEATURES_TOLD ?
			 errdetail("The first features are: %s.", list.data) :
			 errdetail("The features are: %s.", list.data)));
	return 0; /* not reached */
}

void
spk_names_bind(const SpkNamedOptions *named, const SpkNamedColumn *columns, uint32 n,
			   SpkFeatureRule *rules)
{
	memset(rules, 0, n * sizeof(SpkFeatureRule));
	for (uint32 i = 0; i < named->n_signs; i++)
	{
		const SpkNamedSign *sign = &named->signs[i];
		uint32				f = find_feature(SPK_OPT_MONOTONE, sign->name, columns, n);

		if (sign->sign != 0 && columns[f].kind == SPK_CATEGORY)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("feature \"%s\" cannot be monotone, because it is a category", sign->name),
					 errdetail("Categories have no order."),
					 errhint("Cast it to a number that has the order you mean.")));
		rules[f].monotone = sign->sign;
	}
	for (uint32 i = 0; i < named->n_groups; i++)
		for (uint32 k = 0; k < named->groups[i].n; k++)
			rules[find_feature(SPK_OPT_INTERACTIONS, named->groups[i].names[k], columns, n)]
				.groups |= UINT64CONST(1) << i;
}

/*
 * options_json.c
 *	  Training options as users write them.
 *
 * Everything here, errors included, follows from core/models/option_list.h, so a new
 * option needs no line in this file.
 */
#include "compat.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "models/options_json.h"

void
spk_append_number(StringInfo buf, double value)
{
	char digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(value, digits);
	appendStringInfoString(buf, digits);
	/* "-0" is an integer to JSON readers, and integers have one zero */
	if (value == 0 && signbit(value))
		appendStringInfoString(buf, ".0");
}

/* Returns the names of the options that the algorithm uses, for a hint. */
static char *
names_of_options(SpkAlgorithm algorithm)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < SPK_N_OPTIONS; i++)
		if (spk_option_applies((SpkOption) i, algorithm))
			appendStringInfo(&buf, "%s%s", buf.len > 0 ? ", " : "", spk_option_specs[i].name);
	return buf.data;
}

/* Appends the end of a range for people, who read 0.000001 more easily than 1e-06. */
static void
append_bound(StringInfo buf, double bound)
{
	Datum numeric;

	if (bound == floor(bound))
		appendStringInfo(buf, "%.0f", bound);
	else if (bound < 1e-6)
		spk_append_number(buf, bound);
	else
	{
		numeric = DirectFunctionCall1(float8_numeric, Float8GetDatum(bound));
		appendStringInfoString(buf, DatumGetCString(DirectFunctionCall1(numeric_out, numeric)));
	}
}

/* Returns what may be written for the option, for a hint. */
static char *
values_of_option(SpkOption option)
{
	const SpkOptionSpec *spec = &spk_option_specs[option];
	StringInfoData		 buf;

	initStringInfo(&buf);
	if (spec->names)
		appendStringInfoString(&buf, spk_names_allowed(option));
	if (spec->boolean)
		appendStringInfoString(&buf, "true, false");
	if (spec->numbers)
	{
		appendStringInfoString(&buf, spec->whole ? "whole numbers from " : "numbers from ");
		append_bound(&buf, spec->min);
		appendStringInfoString(&buf, " to ");
		append_bound(&buf, spec->max);
	}
	for (const SpkWord *w = spec->words; w->word != NULL; w++)
		appendStringInfo(&buf, "%s\"%s\"", buf.len > 0 ? ", " : "", w->word);
	return buf.data;
}

const char *
spk_value_as_written(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return psprintf("\"%.*s\"", value->val.string.len, value->val.string.val);
		case jbvNumeric:
			return DatumGetCString(
				DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
		case jbvBool:
			return value->val.boolean ? "true" : "false";
		case jbvNull:
			return "null";
		default:
			return "an array or object";
	}
}

/* Returns the option that a key names, which the algorithm must have. */
static SpkOption
option_from_key(const JsonbValue *key, SpkAlgorithm algorithm)
{
	int option = spk_option_of(key->val.string.val, key->val.string.len);

	if (option < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unrecognized option \"%.*s\"", key->val.string.len, key->val.string.val),
				 errhint("Options of %s are: %s.", spk_training_name(algorithm),
						 names_of_options(algorithm))));
	if (!spk_option_applies((SpkOption) option, algorithm))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"%s\" does not apply to %s", spk_option_specs[option].name,
						spk_training_name(algorithm)),
				 errhint("Options of %s are: %s.", spk_training_name(algorithm),
						 names_of_options(algorithm))));
	return (SpkOption) option;
}

/* Sets *number to a number that the option takes; a whole one must not need rounding. */
static bool
option_number(SpkOption option, Numeric written, double *number)
{
	*number = DatumGetFloat8(
		DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(written)));
	if (!spk_option_takes_number(option, *number))
		return false;
	return !spk_option_specs[option].whole ||
		DatumGetBool(
			DirectFunctionCall2(numeric_eq, NumericGetDatum(written),
								DirectFunctionCall1(int8_numeric, Int64GetDatum((int64) *number))));
}

/* Sets *number to what a JSON value stands for; false when the option takes no such value. */
static bool
option_value(SpkOption option, const JsonbValue *value, double *number)
{
	switch (value->type)
	{
		case jbvString:
			return spk_option_of_word(option, value->val.string.val, value->val.string.len, number);
		case jbvNumeric:
			return option_number(option, value->val.numeric, number);
		case jbvBool:
			*number = value->val.boolean ? 1 : 0;
			return spk_option_specs[option].boolean;
		default:
			return false;
	}
}

/* Refuses values that are possible alone but not together. */
static void
check_together(const SpkOptions *options, SpkAlgorithm algorithm)
{
	if (algorithm == SPK_GRADIENT_BOOSTING &&
		options->value[SPK_OPT_MODELS] * options->value[SPK_OPT_TREES] > SPK_MAX_TREES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options \"models\" and \"trees\" ask for more than %d trees", SPK_MAX_TREES),
				 errdetail("They are %.0f models of up to %.0f trees each.",
						   options->value[SPK_OPT_MODELS], options->value[SPK_OPT_TREES])));
	if (spk_has_permutation(options, algorithm) && options->value[SPK_OPT_BOOTSTRAP] == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"importance\" cannot be \"permutation\" without bootstrap"),
				 errdetail("Permutation importance is measured on the rows that a tree has not drawn.")));
}

SpkOptions
spk_options_from_jsonb(Jsonb *options, SpkAlgorithm algorithm, SpkNamedOptions *named)
{
	SpkOptions		   result = spk_options_default(algorithm);
	JsonbIterator	  *it;
	JsonbIteratorToken token;
	JsonbValue		   v;

	*named = (SpkNamedOptions) {NULL};
	if (options == NULL)
		return result;
	if (!JB_ROOT_IS_OBJECT(options))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options must be a JSON object"),
				 errhint("Options of %s are: %s.", spk_training_name(algorithm),
						 names_of_options(algorithm))));

	/* values that are arrays or objects are skipped whole: no key inside them is an option */
	it = JsonbIteratorInit(&options->root);
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		SpkOption option;
		double	 *number;

		if (token != WJB_KEY)
			continue;
		option = option_from_key(&v, algorithm);
		number = &result.value[option];
		JsonbIteratorNext(&it, &v, true);
		if (spk_option_specs[option].names ? !spk_names_read(option, &v, named, number) :
											 !option_value(option, &v, number))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("invalid value for option \"%s\": %s",
							spk_option_specs[option].name, spk_value_as_written(&v)),
					 errdetail("%s: %s.", spk_option_specs[option].name,
							   spk_option_specs[option].doc),
					 errhint("Allowed are: %s.", values_of_option(option))));
	}
	check_together(&result, algorithm);
	return result;
}

/* Appends a value as users write it. */
static void
append_option_value(StringInfo buf, SpkOption option, double value)
{
	const SpkOptionSpec *spec = &spk_option_specs[option];

	for (const SpkWord *w = spec->words; w->word != NULL; w++)
		if (w->value == value)
		{
			appendStringInfo(buf, "\"%s\"", w->word);
			return;
		}
	if (spec->boolean)
		appendStringInfoString(buf, value != 0 ? "true" : "false");
	else
		spk_append_number(buf, value);
}

void
spk_options_to_json(StringInfo buf, const SpkOptions *options, SpkAlgorithm algorithm,
					const SpkNamedOptions *named)
{
	const char *separator = "";

	appendStringInfoChar(buf, '{');
	for (int i = 0; i < SPK_N_OPTIONS; i++)
		if (spk_option_applies((SpkOption) i, algorithm) &&
			!(spk_option_specs[i].names && options->value[i] == 0))
		{
			appendStringInfo(buf, "%s\"%s\": ", separator, spk_option_specs[i].name);
			if (spk_option_specs[i].names)
				spk_names_append(buf, (SpkOption) i, named);
			else
				append_option_value(buf, (SpkOption) i, options->value[i]);
			separator = ", ";
		}
	appendStringInfoChar(buf, '}');
}

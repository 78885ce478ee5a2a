/*
 * options_names.c
 *	  Options that users write with names of columns.
 */
#include "compat.h"

#include "utils/json.h"

#include "models/options_names.h"

/* The name in a JSON string, palloc'd; NULL when no column can have it. */
static char *
read_name(const JsonbValue *value)
{
	if (value->type != jbvString || value->val.string.len == 0 ||
		value->val.string.len > SPK_MAX_NAME)
		return NULL;
	return pnstrdup(value->val.string.val, value->val.string.len);
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
		default:
			elog(ERROR, "option %d has no names", (int) option);
	}
	return NULL; /* not reached */
}

void
spk_names_append(StringInfo buf, SpkOption option, const SpkNamedOptions *named)
{
	switch (option)
	{
		case SPK_OPT_WEIGHTS:
			escape_json(buf, named->weights);
			break;
		default:
			elog(ERROR, "option %d has no names", (int) option);
	}
}

SpkNamedOptions
spk_names_of_model(const SpkModel *model)
{
	SpkNamedOptions named = {NULL};

	if (spk_has_weights(&model->options))
		named.weights = model->weights;
	return named;
}

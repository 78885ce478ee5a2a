/*
 * export.c
 *	  The SQL function churn_export.
 */
#include "compat.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "models/export.h"
#include "models/model_type.h"

PG_FUNCTION_INFO_V1(churn_export);

static const struct
{
	const char *name;
	void (*append)(StringInfo buf, const SpkModel *model);
} formats[] = {
	{"python", spk_export_python},
	{"xgboost", spk_export_xgboost},
};

Datum
churn_export(PG_FUNCTION_ARGS)
{
	char		  *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	StringInfoData buf;

	for (int i = 0; i < lengthof(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
		{
			initStringInfo(&buf);
			formats[i].append(&buf, spk_model_from_datum(PG_GETARG_DATUM(0), CurrentMemoryContext));
			PG_RETURN_TEXT_P(cstring_to_text_with_len(buf.data, buf.len));
		}
	initStringInfo(&buf);
	for (int i = 0; i < lengthof(formats); i++)
		appendStringInfo(&buf, "%s%s", i > 0 ? ", " : "", formats[i].name);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized format of export \"%s\"", name),
			 errhint("The formats are: %s.", buf.data)));
	PG_RETURN_NULL();
}

/*
 * model_input.c
 *	Models from JSON text in the encoding of the database, with PostgreSQL's errors.
 */
#include "compat.h"

#include "mb/pg_wchar.h"

#include "models/model_json.h"
#include "json/model_parse.h"
#include "host/pg_host.h"

/* Converts the names in a model from this encoding to the database's, or raises an error. */
static void
convert_names(SpkModel *model, int encoding)
{
	for (uint32 i = 0; i < model->n_features; i++)
	{
		SpkFeature *feature = &model->features[i];

		feature->name = pg_any_to_server(feature->name, strlen(feature->name), encoding);
		for (uint32 j = 0; feature->kind == SPK_CATEGORY && j < spk_n_categories(feature); j++)
		{
			SpkCategory *category = &feature->categories[j];
			char		*converted = pg_any_to_server(category->name, category->len, encoding);

			if (converted == category->name)
				continue;
			category->name = converted;
			category->len = strlen(converted);
		}
	}
	for (uint32 i = 0; i < model->n_parts; i++)
		convert_names(&model->parts[i].model, encoding);
}

SpkModel *
spk_model_from_json(const char *json)
{
	SpkModel	  *model = palloc(sizeof(SpkModel));
	SpkModelParse *parse = palloc0(sizeof(SpkModelParse));
	SpkHost		   host = spk_pg_host(CurrentMemoryContext);
	/* json-c knows only UTF-8; bytes without an encoding stay as they are */
	int	  encoding = GetDatabaseEncoding() == PG_SQL_ASCII ? PG_SQL_ASCII : PG_UTF8;
	char *text = pg_server_to_any(json, strlen(json), encoding);

	PG_TRY();
	{
		(void) spk_model_parse(parse, &host, text, strlen(text), model);
	}
	PG_FINALLY();
	{
		spk_model_parse_close(parse);
	}
	PG_END_TRY();
	if (parse->status == SPK_CORRUPT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", "churn_model"),
				 errdetail_internal("%s", parse->why)));
	spk_check(parse->status, "churn model", NULL);
	pfree(parse);
	convert_names(model, encoding);
	return model;
}

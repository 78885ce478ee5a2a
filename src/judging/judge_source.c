/*
 * judge_source.c
 *	  The part of a query that judges a model on the rows of a source.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "core/rows/id_names.h"
#include "judging/judge_agg.h"
#include "judging/judge_source.h"
#include "models/model_type.h"
#include "rows/column_roles.h"
#include "scoring/score.h"
#include "host/source.h"

static bool
is_feature(const SpkModel *model, const char *name)
{
	for (uint32 i = 0; i < model->n_features; i++)
		if (strcmp(model->features[i].name, name) == 0)
			return true;
	return false;
}

/* The column that tells users apart when no argument names one, or NULL. */
static const char *
default_id(const SpkJudgedSource *judged)
{
	const char *first = NULL;

	for (int i = 0; i < judged->columns->natts; i++)
	{
		const char *name = NameStr(TupleDescAttr(judged->columns, i)->attname);

		if (strcmp(name, judged->label) == 0 || is_feature(judged->model, name) ||
			OidIsValid(spk_time_type(judged->columns, name)))
			continue;
		if (strcmp(name, "userid") == 0)
			return name;
		if (first == NULL && spk_names_user(name))
			first = name;
	}
	return first;
}

SpkJudgedSource
spk_judged_source(Oid function, Datum model, const char *source, const char *label, const char *id)
{
	SpkJudgedSource judged = {.schema = spk_own_schema(function), .label = label, .id = id};
	Oid			   *arguments;
	int				n_arguments;

	judged.model = spk_model_from_datum(model, CurrentMemoryContext);
	judged.from = spk_source_gathered(source, judged.schema);
	judged.columns = spk_source_columns(judged.from);
	spk_source_require_column(judged.columns, label, "label");
	if (id == NULL)
		judged.id = default_id(&judged);
	else
		spk_source_require_column(judged.columns, id, "id");
	(void) get_func_signature(function, &arguments, &n_arguments);
	judged.model_type = arguments[0];
	return judged;
}

char *
spk_judge_call(const SpkJudgedSource *judged, const char *other)
{
	StringInfoData call;

	initStringInfo(&call);
	appendStringInfo(&call, "%s.sparkify_judge(q.%s, %s, $2, $3", judged->schema,
					 quote_identifier(judged->label),
					 spk_prediction_of(judged->model, judged->columns, judged->schema));
	if (judged->id != NULL)
		appendStringInfo(&call, ", q.%s", quote_identifier(judged->id));
	else if (other != NULL)
		appendStringInfoString(&call, ", NULL::pg_catalog.text");
	if (other != NULL)
		appendStringInfo(&call, ", %s", other);
	appendStringInfoChar(&call, ')');
	return call.data;
}

void
spk_judge_run(const char *sql, int n_params, const Oid *types, const Datum *values, int n_columns,
			  const Oid *column_types, SpkRowCallback callback, void *arg)
{
	SpkReadProgress	 progress;
	SpkReadProgress *watched;

	/* the aggregate counts rows here, as long as this is not left by an error */
	spk_read_progress_start(&progress);
	watched = spk_judge_watch(&progress);
	PG_TRY();
	{
		spk_source_run(sql, n_params, types, values, n_columns, column_types, callback, arg);
	}
	PG_FINALLY();
	{
		spk_judge_watch(watched);
	}
	PG_END_TRY();
}

void
spk_refuse_unlabelled(uint64 n_rows)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("no labelled rows to judge"),
			 errdetail("The label is null in all " UINT64_FORMAT " rows.", n_rows)));
}

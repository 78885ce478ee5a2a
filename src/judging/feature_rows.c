/*
 * feature_rows.c
 *	  The features that a model has in the rows of a source, row by row.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "host/progress.h"
#include "judging/feature_rows.h"
#include "rows/row_slot.h"
#include "scoring/score.h"
#include "host/source.h"

typedef struct Reading
{
	SpkFeatureBinding	  binding;
	double				 *values;
	bool				  scored;
	MemoryContext		  context; /* reset after each row */
	SpkReadProgress		  progress;
	SpkFeatureRowCallback callback;
	void				 *arg;
} Reading;

SpkFeatureSource
spk_feature_source(Oid function, Datum value, const SpkModel *model, const char *source)
{
	SpkFeatureSource s = {.schema = spk_own_schema(function), .model = model, .value = value};
	Oid				*arguments;
	int				 n_arguments;

	s.from = spk_source_from(source);
	s.columns = spk_source_columns(s.from);
	(void) get_func_signature(function, &arguments, &n_arguments);
	s.model_type = arguments[0];
	return s;
}

static void
read_row(TupleTableSlot *slot, void *arg)
{
	Reading		   *r = arg;
	const SpkModel *model = r->binding.model;
	MemoryContext	old = MemoryContextSwitchTo(r->context);
	double			score = NAN;

	spk_row_load_slot(r->binding.row, slot);
	for (uint32 i = 0; i < model->n_features; i++)
		r->values[i] = model->features[i].kind == SPK_CATEGORY ?
			NAN :
			spk_row_number(r->binding.row, &r->binding.columns[i]);
	spk_binding_check_finite(&r->binding, r->values);
	if (r->scored)
	{
		bool isnull;

		score = DatumGetFloat8(slot_getattr(slot, (int) model->n_features + 1, &isnull));
	}
	r->callback(&r->binding, r->values, score, r->arg);
	spk_read_progress(&r->progress);
	MemoryContextSwitchTo(old);
	MemoryContextReset(r->context);
}

/* The features' columns in the model's order, as the source has them. */
static TupleDesc
feature_columns(const SpkFeatureSource *s, const SpkFeatureBinding *binding)
{
	uint32	  n = s->model->n_features;
	TupleDesc desc = CreateTemplateTupleDesc((int) n);

	for (uint32 i = 0; i < n; i++)
	{
		Form_pg_attribute att = TupleDescAttr(s->columns, binding->columns[i].attno);

		TupleDescInitEntry(desc, (AttrNumber) (i + 1), s->model->features[i].name, att->atttypid,
						   att->atttypmod, 0);
		TupleDescInitEntryCollation(desc, (AttrNumber) (i + 1), att->attcollation);
	}
	spk_finish_tupdesc(desc);
	return desc;
}

void
spk_read_features(const SpkFeatureSource *s, bool scored, SpkFeatureRowCallback callback, void *arg)
{
	uint32		   n = s->model->n_features;
	Reading		   r = {.scored = scored, .callback = callback, .arg = arg};
	Oid			  *types = palloc((n + 1) * sizeof(Oid));
	TupleDesc	   desc;
	StringInfoData sql;

	/* the source is looked at first, so that errors can name its columns */
	r.context = AllocSetContextCreate(CurrentMemoryContext, "churn feature row",
									  ALLOCSET_DEFAULT_SIZES);
	r.values = palloc(Max(n, 1) * sizeof(double));
	spk_binding_init(&r.binding, s->model, CurrentMemoryContext);
	for (uint32 i = 0; i < n; i++)
		spk_binding_ask(&r.binding, i);
	spk_binding_set_row(&r.binding, spk_row_of_columns(s->columns, CurrentMemoryContext));

	/* then only what the model needs is read */
	desc = feature_columns(s, &r.binding);
	spk_binding_set_row(&r.binding, spk_row_of_columns(desc, CurrentMemoryContext));
	initStringInfo(&sql);
	for (uint32 i = 0; i < n; i++)
	{
		types[i] = TupleDescAttr(desc, i)->atttypid;
		appendStringInfo(&sql, "%sq.%s", i == 0 ? "SELECT " : ", ",
						 quote_identifier(s->model->features[i].name));
	}
	types[n] = FLOAT8OID;
	if (scored || n == 0)
		appendStringInfo(&sql, "%s%s", n == 0 ? "SELECT " : ", ",
						 spk_prediction_of(s->model, s->columns, s->schema));
	appendStringInfo(&sql, " FROM %s", s->from);
	spk_read_progress_start(&r.progress);
	spk_source_run(sql.data, 1, &s->model_type, &s->value, (int) (n + (scored || n == 0)), types,
				   read_row, &r);
	MemoryContextDelete(r.context);
}

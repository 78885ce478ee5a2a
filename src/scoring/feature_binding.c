/*
 * feature_binding.c
 *	  Where the features of a model are in the rows that it is applied to.
 */
#include "compat.h"

#include "utils/builtins.h"

#include "scoring/feature_binding.h"
#include "core/rows/binning.h"

void
spk_binding_init(SpkFeatureBinding *binding, const SpkModel *model, MemoryContext context)
{
	size_t n = Max(model->n_features, 1);

	memset(binding, 0, sizeof(SpkFeatureBinding));
	binding->context = context;
	binding->model = model;
	binding->columns = MemoryContextAlloc(context, n * sizeof(SpkRowColumn));
	binding->asked = MemoryContextAlloc(context, n * sizeof(uint32));
}

void
spk_binding_ask(SpkFeatureBinding *binding, uint32 feature)
{
	binding->asked[binding->n_asked++] = feature;
}

/* The feature's column, of the right kind. */
static SpkRowColumn
find_column(const SpkRow *row, const SpkFeature *feature)
{
	int			 attno = spk_row_find(row, feature->name);
	SpkRowColumn column;

	if (attno < 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of the model is missing from the row", feature->name),
				 errhint("Pass a row with every feature column the model was trained on.")));
	column = spk_row_column(row, attno);
	if (column.kind != feature->kind)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of type %s does not fit the model", feature->name,
						format_type_be(TupleDescAttr(row->desc, attno)->atttypid)),
				 errdetail("The model was trained on %s in this column, not %s.",
						   spk_kind_phrase(feature->kind), spk_kind_phrase(column.kind)),
				 spk_kind_is_time(feature->kind) && spk_kind_is_time(column.kind) ?
				 errhint("Pass the column AT TIME ZONE 'UTC', or of the zone that is meant.") : 0));
	return column;
}

void
spk_binding_set_row(SpkFeatureBinding *binding, SpkRow *row)
{
	int last = -1; /* column that will be read */

	if (binding->row != NULL)
		spk_row_free(binding->row);
	binding->row = NULL;
	for (uint32 i = 0; i < binding->model->n_features; i++)
		binding->columns[i] = find_column(row, &binding->model->features[i]);
	binding->flat = true;
	for (int i = 0; i < binding->n_asked; i++)
	{
		const SpkRowColumn *column = &binding->columns[binding->asked[i]];

		last = Max(last, column->attno);
		binding->flat = binding->flat && column->kind != SPK_CATEGORY && column->offset >= 0;
	}
	spk_row_limit(row, last + 1);
	binding->row = row;
}

uint8
spk_binding_category(const SpkFeatureBinding *binding, uint32 feature)
{
	SpkCategory c = spk_row_category(binding->row, &binding->columns[feature]);

	return c.name == NULL ? SPK_MISSING :
							spk_code_category(&binding->model->features[feature], c.name, c.len);
}

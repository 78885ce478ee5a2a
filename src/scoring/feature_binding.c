/*
 * feature_binding.c
 *	  Where the features of a model are in the rows that it is applied to.
 */
#include "compat.h"

#include "utils/builtins.h"

#include "scoring/feature_binding.h"
#include "core/rows/binning.h"

void
spk_bound_row_init(SpkBoundRow *bound, const SpkModel *model, MemoryContext context)
{
	size_t		n = Max(model->n_features, 1);

	memset(bound, 0, sizeof(SpkBoundRow));
	bound->context = context;
	bound->model = model;
	bound->columns = MemoryContextAlloc(context, n * sizeof(SpkRowColumn));
	bound->asked = MemoryContextAlloc(context, n * sizeof(uint32));
}

void
spk_ask_feature(SpkBoundRow *bound, uint32 feature)
{
	bound->asked[bound->n_asked++] = feature;
}

/* The feature's column, of the right kind. */
static SpkRowColumn
find_column(const SpkRow *row, const SpkFeature *feature)
{
	int			attno = spk_row_find(row, feature->name);
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
spk_bind_row(SpkBoundRow *bound, SpkRow *row)
{
	int			last = -1;		/* column that will be read */

	if (bound->row != NULL)
		spk_row_free(bound->row);
	bound->row = NULL;
	for (uint32 i = 0; i < bound->model->n_features; i++)
		bound->columns[i] = find_column(row, &bound->model->features[i]);
	bound->flat = true;
	for (int i = 0; i < bound->n_asked; i++)
	{
		const SpkRowColumn *column = &bound->columns[bound->asked[i]];

		last = Max(last, column->attno);
		bound->flat = bound->flat && column->kind != SPK_CATEGORY && column->offset >= 0;
	}
	spk_row_limit(row, last + 1);
	bound->row = row;
}

uint8
spk_bound_category(const SpkBoundRow *bound, uint32 feature)
{
	SpkCategory c = spk_row_category(bound->row, &bound->columns[feature]);

	return c.name == NULL ? SPK_MISSING : spk_code_category(&bound->model->features[feature], c.name, c.len);
}

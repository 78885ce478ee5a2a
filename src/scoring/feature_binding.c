/*
 * feature_binding.c
 *	  Where a model's features are in the rows that the model is applied to.
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
	binding->given = SPK_NO_FEATURE;
	binding->columns = MemoryContextAlloc(context, n * sizeof(SpkRowColumn));
	binding->asked = MemoryContextAlloc(context, n * sizeof(uint32));
	binding->floats = MemoryContextAlloc(context, n * sizeof(SpkFloatColumn));
	binding->others = MemoryContextAlloc(context, n * sizeof(uint32));
}

void
spk_binding_ask(SpkFeatureBinding *binding, uint32 feature)
{
	binding->asked[binding->n_asked++] = feature;
}

void
spk_binding_give(SpkFeatureBinding *binding, uint32 feature)
{
	binding->given = feature;
}

/* The feature's column in the row, which must be of the feature's kind. */
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
	int last = -1; /* the last column that will be read */

	/* an error must leave no row behind whose columns are not known */
	if (binding->row != NULL)
		spk_row_release(binding->row);
	binding->row = NULL;
	for (uint32 i = 0; i < binding->model->n_features; i++)
		if (i != binding->given)
			binding->columns[i] = find_column(row, &binding->model->features[i]);

	/* all features have to be there, but only those that are asked for are read */
	binding->flat = true;
	binding->n_floats = binding->n_others = 0;
	for (int i = 0; i < binding->n_asked; i++)
	{
		uint32				feature = binding->asked[i];
		const SpkRowColumn *column = &binding->columns[feature];

		if (column->read == SPK_READ_FLOAT8)
			binding->floats[binding->n_floats++] = (SpkFloatColumn) {feature, column->attno};
		else
			binding->others[binding->n_others++] = feature;

		last = Max(last, column->attno);
		binding->flat = binding->flat && column->kind != SPK_CATEGORY && column->offset >= 0;
	}
	spk_row_limit(row, last + 1);
	binding->row = row;
	spk_binding_check(binding);
}

uint32
spk_binding_place(const SpkFeatureBinding *binding, uint32 feature)
{
	SpkCategory c = spk_row_category(binding->row, &binding->columns[feature]);

	return c.name == NULL ? SPK_NO_PLACE :
							spk_category_place(&binding->model->features[feature], c.name, c.len);
}

/* The bits of a double without its sign, and those of infinity. */
#define SIZE_BITS	  UINT64_C(0x7fffffffffffffff)
#define INFINITE_BITS UINT64_C(0x7ff0000000000000)

void
spk_binding_check_finite(const SpkFeatureBinding *binding, const double *values)
{
	uint64 infinite = 0;

	/* this is done for each row that is scored, so it has no branches */
	for (uint32 i = 0; i < binding->model->n_features; i++)
	{
		uint64 bits;

		memcpy(&bits, &values[i], sizeof(bits));
		infinite |= (bits & SIZE_BITS) == INFINITE_BITS;
	}
	if (infinite == 0)
		return;
	for (uint32 i = 0; i < binding->model->n_features; i++)
		spk_row_check_finite(&binding->columns[i], values[i]);
}

#ifdef USE_ASSERT_CHECKING

void
spk_binding_check(const SpkFeatureBinding *binding)
{
	const SpkModel *model = binding->model;
	const SpkRow   *row = binding->row;
	bool			flat = true;

	Assert(binding->n_asked >= 0 && (uint32) binding->n_asked <= model->n_features);
	for (int i = 0; i < binding->n_asked; i++)
	{
		Assert(binding->asked[i] < model->n_features);
		Assert(i == 0 || binding->asked[i] > binding->asked[i - 1]);
		Assert(binding->asked[i] != binding->given);
	}
	if (row == NULL)
		return;

	/* what a feature learned from holds only for the column that has its name and kind */
	for (uint32 i = 0; i < model->n_features; i++)
	{
		const SpkRowColumn *column = &binding->columns[i];

		if (i == binding->given)
			continue;
		Assert(column->attno >= 0 && column->attno < row->desc->natts);
		Assert(!TupleDescAttr(row->desc, column->attno)->attisdropped);
		Assert(strcmp(column->name, model->features[i].name) == 0);
		Assert(column->kind == model->features[i].kind);
	}

	/* what is read is loaded; a flat row has all of it in place */
	for (int i = 0; i < binding->n_asked; i++)
	{
		const SpkRowColumn *column = &binding->columns[binding->asked[i]];

		Assert(column->attno < row->n_loaded);
		flat = flat && column->kind != SPK_CATEGORY && column->offset >= 0;
	}
	Assert(binding->flat == flat);
	Assert(binding->n_floats + binding->n_others == binding->n_asked);
}

#endif

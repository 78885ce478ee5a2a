/*
 * predictor.c
 *	  A model made ready for rows: where their columns go, and what its parts say of them.
 */
#include "compat.h"

#include "utils/float.h"

#include "core/models/blend.h"
#include "core/models/learner.h"
#include "core/models/terms.h"
#include "core/rows/binning.h"
#include "core/rows/values.h"
#include "core/scoring/predict.h"
#include "host/pg_host.h"
#include "scoring/predictor.h"

/* Lays out the model's trees, if it has any, for walking. */
static void
prepare_piece(SpkPredictorPiece *piece, SpkModel *model, double weight, MemoryContext context)
{
	SpkHost host = spk_pg_host(context);

	piece->model = model;
	piece->weight = weight;
	if (!spk_has_trees(model->algorithm))
		return;
	piece->walker = spk_walker_new(&host, model, spk_walk_best());
	if (piece->walker == NULL)
		spk_check(SPK_NO_MEMORY, "churn model", NULL);
	model->trees = NULL;
	piece->codes = MemoryContextAllocZero(context, spk_walker_codes(piece->walker));
}

/* Prepares the model, or each of its parts, and gives back the memory of all trees. */
static void
prepare_pieces(SpkPredictor *p, MemoryContext context, MemoryContext trees)
{
	SpkModel *model = p->model;

	p->pieces = &p->one;
	p->n_pieces = 1;
	if (!spk_has_parts(model->algorithm))
		prepare_piece(p->pieces, model, 1, context);
	else
	{
		p->n_pieces = model->n_parts;
		p->pieces = MemoryContextAllocZero(context, p->n_pieces * sizeof(SpkPredictorPiece));
		for (uint32 i = 0; i < p->n_pieces; i++)
			prepare_piece(&p->pieces[i], &model->parts[i].model, model->parts[i].weight, context);
	}
	MemoryContextDelete(trees);
}

/* Does any piece need the feature? */
static bool
is_used(const SpkPredictor *p, uint32 feature)
{
	for (uint32 i = 0; i < p->n_pieces; i++)
		if (p->pieces[i].walker == NULL || spk_walk_uses(p->pieces[i].walker, feature))
			return true;
	return false;
}

SpkPredictor *
spk_predictor_without(SpkModel *model, MemoryContext context, MemoryContext trees, uint32 given)
{
	SpkPredictor *p = MemoryContextAllocZero(context, sizeof(SpkPredictor));

	p->model = model;
	prepare_pieces(p, context, trees);
	spk_binding_init(&p->binding, model, context);
	spk_binding_give(&p->binding, given);
	for (uint32 i = 0; i < model->n_features; i++)
		if (i != given && is_used(p, i))
			spk_binding_ask(&p->binding, i);
	p->values = MemoryContextAllocZero(context, Max(model->n_features, 1) * sizeof(double));
	return p;
}

void *
spk_predictor_prepare(SpkModel *model, MemoryContext context, MemoryContext trees)
{
	return spk_predictor_without(model, context, trees, SPK_NO_FEATURE);
}

/* Puts what is at this place among a feature's categories where each piece looks for it. */
static void
put_place(SpkPredictor *p, uint32 feature, uint32 place)
{
	for (uint32 i = 0; i < p->n_pieces; i++)
	{
		SpkPredictorPiece *piece = &p->pieces[i];

		if (piece->walker == NULL)
			p->values[feature] = spk_value_of_place(place);
		else if (spk_walk_uses(piece->walker, feature))
			spk_walk_put_code(piece->walker, feature,
							  spk_code_of_place(&piece->model->features[feature], place),
							  piece->codes);
	}
}

void
spk_predictor_read(SpkPredictor *p)
{
	const SpkFeatureBinding *binding = &p->binding;

	for (int i = 0; i < binding->n_asked; i++)
	{
		uint32 feature = binding->asked[i];

		if (p->model->features[feature].kind != SPK_CATEGORY)
			p->values[feature] = spk_row_number(binding->row, &binding->columns[feature]);
		else
			put_place(p, feature, spk_binding_place(binding, feature));
	}
}

void
spk_predictor_read_arguments(SpkPredictor *p, FunctionCallInfo fcinfo, int first)
{
	const SpkFeatureBinding *binding = &p->binding;
	const NullableDatum		*args = fcinfo->args + first;

	/* this is done for each value that is scored: most of them are floats */
	for (int i = 0; i < binding->n_floats; i++)
	{
		const NullableDatum *arg = &args[binding->floats[i].attno];

		p->values[binding->floats[i].feature] = arg->isnull ? get_float8_nan() :
															  DatumGetFloat8(arg->value);
	}
	for (int i = 0; i < binding->n_others; i++)
	{
		uint32				 feature = binding->others[i];
		const SpkRowColumn	*column = &binding->columns[feature];
		const NullableDatum *arg = &args[column->attno];

		if (column->kind != SPK_CATEGORY)
			p->values[feature] = spk_row_number_of(arg->value, arg->isnull, column);
		else
		{
			binding->row->values[column->attno] = arg->value;
			binding->row->nulls[column->attno] = arg->isnull;
			put_place(p, feature, spk_binding_place(binding, feature));
		}
	}
}

void
spk_predictor_put_numbers(const SpkPredictor *p)
{
	for (uint32 i = 0; i < p->n_pieces; i++)
		if (p->pieces[i].walker != NULL)
			spk_walk_put_numbers(p->pieces[i].walker, p->values, p->pieces[i].codes);
}

/* What the leaves or terms of a piece add up to. */
static double
sum_of(const SpkPredictorPiece *piece, const double *values)
{
	return piece->walker != NULL ? spk_walk(piece->walker, piece->codes) :
								   spk_margin(piece->model, values);
}

double
spk_predictor_answer(const SpkPredictor *p)
{
	double margin = 0;

	if (p->pieces == &p->one)
		return spk_answer(p->model, sum_of(&p->one, p->values));
	for (uint32 i = 0; i < p->n_pieces; i++)
	{
		const SpkPredictorPiece *piece = &p->pieces[i];

		margin += piece->weight * spk_part_margin(piece->model, sum_of(piece, p->values));
	}
	return spk_blend_answer(p->model, margin);
}

double
spk_predict_row(const SpkPredictor *p)
{
	spk_binding_check_finite(&p->binding, p->values);
	spk_predictor_put_numbers(p);
	return spk_predictor_answer(p);
}

void
spk_predictor_read_tuple(SpkPredictor *p, HeapTupleHeader tuple)
{
	SpkFeatureBinding *binding = &p->binding;

	spk_binding_set_tuple(binding, tuple);
	if (binding->flat && spk_row_is_flat(binding->row, tuple))
		spk_row_flat_numbers(tuple, binding->columns, binding->asked, binding->n_asked, p->values);
	else
	{
		spk_row_load(binding->row, tuple);
		spk_predictor_read(p);
	}
}

double
spk_predict_tuple(SpkPredictor *p, HeapTupleHeader tuple)
{
	spk_predictor_read_tuple(p, tuple);
	return spk_predict_row(p);
}

/*
 * feature_binding.h
 *	  Where a model's features are in the rows that the model is applied to.
 */
#ifndef SPK_SCORING_FEATURE_BINDING_H
#define SPK_SCORING_FEATURE_BINDING_H

#include "rows/row.h"

#define SPK_NO_FEATURE PG_UINT32_MAX

/* A feature that is read from a column of floats, as most are. */
typedef struct SpkFloatColumn
{
	uint32 feature;
	int	   attno; /* counted from 0 */
} SpkFloatColumn;

typedef struct SpkFeatureBinding
{
	MemoryContext	context; /* owns the row and the arrays */
	const SpkModel *model;
	SpkRow		   *row;	 /* NULL until the first row */
	SpkRowColumn   *columns; /* one for each feature, in the row */
	uint32		   *asked;	 /* the features whose values will be read, ascending */
	int				n_asked;
	SpkFloatColumn *floats; /* with a row: those of the features asked for that are float8 */
	int				n_floats;
	uint32		   *others; /* and the others of them */
	int				n_others;
	bool			flat;  /* can all of these be read in place, in a row without NULLs? */
	uint32			given; /* the feature that the caller has a value of; SPK_NO_FEATURE for none */
} SpkFeatureBinding;

/*
 * Starts without a row, and without a feature to read.  The caller then asks for the
 * features that it wants to read, in ascending order, each once.  The model must stay as
 * long as the binding.
 */
extern void spk_binding_init(SpkFeatureBinding *binding, const SpkModel *model,
							 MemoryContext context);
extern void spk_binding_ask(SpkFeatureBinding *binding, uint32 feature);

/* The caller has a value of this feature: rows need not have it, and it must not be asked for. */
extern void spk_binding_give(SpkFeatureBinding *binding, uint32 feature);

/*
 * Finds all of the model's features in rows like this one.  The row becomes
 * binding->row; the one before it is freed.  A missing column is
 * ERRCODE_UNDEFINED_COLUMN, a column of a kind that the model was not trained on
 * ERRCODE_DATATYPE_MISMATCH.
 */
extern void spk_binding_set_row(SpkFeatureBinding *binding, SpkRow *row);

/* Finds them in a row for this tuple, unless it is like the one before.  True when it was not. */
static inline bool
spk_binding_set_tuple(SpkFeatureBinding *binding, HeapTupleHeader tuple)
{
	if (binding->row != NULL && spk_row_matches(binding->row, tuple))
		return false;
	spk_binding_set_row(binding, spk_row_new(tuple, binding->context));
	return true;
}

/*
 * The place of the loaded row's value among the categories of a feature.  It is SPK_NO_PLACE
 * when the value is NULL, and when training did not know it.
 */
extern uint32 spk_binding_place(const SpkFeatureBinding *binding, uint32 feature);

/*
 * Raises an error that names the column when one of the values is infinite, as training
 * does.  values has a finite or missing one for each feature that is not asked for.
 */
extern void spk_binding_check_finite(const SpkFeatureBinding *binding, const double *values);

/* Checks all that is true of a binding, with or without a row. */
#ifdef USE_ASSERT_CHECKING
extern void spk_binding_check(const SpkFeatureBinding *binding);
#else
#define spk_binding_check(binding) ((void) 0)
#endif

#endif /* SPK_SCORING_FEATURE_BINDING_H */

/*
 * feature_binding.h
 *	  Where the features of a model are in the rows that it is applied to.
 */
#ifndef SPK_SCORING_FEATURE_BINDING_H
#define SPK_SCORING_FEATURE_BINDING_H

#include "rows/row_binding.h"

typedef struct SpkBoundRow
{
	MemoryContext context;		/* of what is allocated here */
	const SpkModel *model;
	SpkRow	   *row;			/* NULL until the first row */
	SpkRowColumn *columns;		/* of the row, one for each feature */
	uint32	   *asked;			/* features whose values will be read, ascending */
	int			n_asked;
	bool		flat;			/* can all of these be read where they are in a row without NULLs? */
} SpkBoundRow;

/*
 * Not bound yet, and asking for no feature: the caller puts those it wants,
 * once each, with spk_ask_feature.  The model must stay.
 */
extern void spk_bound_row_init(SpkBoundRow *bound, const SpkModel *model, MemoryContext context);
extern void spk_ask_feature(SpkBoundRow *bound, uint32 feature);

/*
 * Finds the model's features, all of them, in rows like this one, which becomes
 * bound->row.  A column that is missing (ERRCODE_UNDEFINED_COLUMN) or of a type
 * that the model was not trained on (ERRCODE_DATATYPE_MISMATCH) is an error.
 */
extern void spk_bind_row(SpkBoundRow *bound, SpkRow *row);

/* Does so when the tuple is not like the one before it, and tells whether it was not. */
static inline bool
spk_bind_tuple(SpkBoundRow *bound, HeapTupleHeader tuple)
{
	if (bound->row != NULL && spk_row_matches(bound->row, tuple))
		return false;
	spk_bind_row(bound, spk_row_make(tuple, bound->context));
	return true;
}

/* The code of the loaded row's value in a categorical feature, SPK_MISSING when it is none that training knew. */
extern uint8 spk_bound_category(const SpkBoundRow *bound, uint32 feature);

#endif							/* SPK_SCORING_FEATURE_BINDING_H */

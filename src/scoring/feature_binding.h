/*
 * feature_binding.h
 *	  Where the features of a model are in the rows that it is applied to.
 */
#ifndef SPK_SCORING_FEATURE_BINDING_H
#define SPK_SCORING_FEATURE_BINDING_H

#include "rows/row.h"

typedef struct SpkFeatureBinding
{
	MemoryContext	context; /* of what is allocated here */
	const SpkModel *model;
	SpkRow		   *row;	 /* NULL until the first row */
	SpkRowColumn   *columns; /* of the row, one for each feature */
	uint32		   *asked;	 /* features whose values will be read, ascending */
	int				n_asked;
	bool			flat; /* can all of these be read where they are in a row without NULLs? */
} SpkFeatureBinding;

/*
 * Without a row yet, and asking for no feature: the caller puts those it wants,
 * once each, with spk_binding_ask.  The model must stay.
 */
extern void spk_binding_init(SpkFeatureBinding *binding, const SpkModel *model,
							 MemoryContext context);
extern void spk_binding_ask(SpkFeatureBinding *binding, uint32 feature);

/*
 * Finds the model's features, all of them, in rows like this one, which becomes
 * binding->row.  A column that is missing (ERRCODE_UNDEFINED_COLUMN) or of a type
 * that the model was not trained on (ERRCODE_DATATYPE_MISMATCH) is an error.
 */
extern void spk_binding_set_row(SpkFeatureBinding *binding, SpkRow *row);

/* Does so when the tuple is not like the one before it, and tells whether it was not. */
static inline bool
spk_binding_set_tuple(SpkFeatureBinding *binding, HeapTupleHeader tuple)
{
	if (binding->row != NULL && spk_row_matches(binding->row, tuple))
		return false;
	spk_binding_set_row(binding, spk_row_make(tuple, binding->context));
	return true;
}

/* The code of the loaded row's value in a categorical feature, SPK_MISSING when it is none that training knew. */
extern uint8 spk_binding_category(const SpkFeatureBinding *binding, uint32 feature);

#endif /* SPK_SCORING_FEATURE_BINDING_H */

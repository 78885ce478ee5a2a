/*
 * design.h
 *	  The design matrix: the columns that a regression makes of the features.
 *	  logistic.h says which these are.
 */
#ifndef SPK_CORE_LINEAR_DESIGN_H
#define SPK_CORE_LINEAR_DESIGN_H

#include "core/models/model.h"
#include "core/rows/values.h"

/* In place of a column's number: there is none. */
#define SPK_DESIGN_NONE UINT32_MAX

/* Where the columns of a feature are.  Column 0 is the intercept. */
typedef struct SpkPlace
{
	uint32_t value;		 /* of the standardised number */
	uint32_t missing;	 /* of the indicator of missing values */
	uint32_t categories; /* of category 0; with a reference, the place before category 1 */
	bool	 reference;	 /* category 0 is the reference, and has no column */
	double	 center;
	double	 scale; /* 0: the number says nothing, and its column, if any, is 0 */
} SpkPlace;

/* How many columns the model's features make with its options, with the intercept. */
extern uint32_t spk_design_width(const SpkModel *model);

/*
 * Finds the places of the model's features (n_features), and the center and scale
 * that standardise numbers over these rows.  SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_design_place(const SpkHost *host, const SpkValues *rows, const SpkModel *model,
								  SpkPlace *places);

/* Makes the columns of a row in x, which has width doubles.  Those beyond the last column are 0. */
extern void spk_design_make(const SpkPlace *places, uint32_t n_features, const double *values,
							uint32_t width, double *x);

#endif /* SPK_CORE_LINEAR_DESIGN_H */

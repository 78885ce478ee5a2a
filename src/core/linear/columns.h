/*
 * columns.h
 *	  The columns that a regression makes of the features: logistic.h tells
 *	  which they are.
 */
#ifndef SPK_CORE_LINEAR_COLUMNS_H
#define SPK_CORE_LINEAR_COLUMNS_H

#include "core/models/model.h"
#include "core/rows/values.h"

#define SPK_COLUMNS_NONE UINT32_MAX

/* Where a feature's columns are; column 0 is the intercept. */
typedef struct SpkPlace
{
	uint32_t value; /* standardised number */
	uint32_t missing;
	uint32_t categories; /* of category 0; a reference has the place before, and is skipped */
	bool	 reference;	 /* category 0 has no column */
	double	 center;
	double	 scale; /* 0: the number's column, if there is one, is 0 */
} SpkPlace;

/* Columns that the model's features make with its options, the intercept included. */
extern uint32_t spk_count_columns(const SpkModel *model);

/* Finds the places of all features and what standardises them.  SPK_NO_MEMORY, SPK_CANCELLED. */
extern SpkStatus spk_place_columns(const SpkHost *host, const SpkValues *rows,
								   const SpkModel *model, SpkPlace *places);

/* The columns of a row into x, which has width doubles; those beyond the last are 0. */
extern void spk_make_columns(const SpkPlace *places, uint32_t n_features, const double *values,
							 uint32_t width, double *x);

#endif /* SPK_CORE_LINEAR_COLUMNS_H */

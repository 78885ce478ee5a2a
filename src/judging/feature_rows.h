/*
 * feature_rows.h
 *	  The features that a model has in the rows of a source, row by row.
 */
#ifndef SPK_JUDGING_FEATURE_ROWS_H
#define SPK_JUDGING_FEATURE_ROWS_H

#include "postgres.h"

#include "access/tupdesc.h"

#include "scoring/feature_binding.h"

/* A model and a source that has its features. */
typedef struct SpkFeatureSource
{
	const char	   *schema; /* the extension's, quoted */
	const SpkModel *model;
	Datum			value; /* of the model */
	Oid				model_type;
	char		   *from; /* the source in FROM */
	TupleDesc		columns;
} SpkFeatureSource;

/* For the SQL function, whose first argument is this model, of the same type. */
extern SpkFeatureSource spk_feature_source(Oid function, Datum value, const SpkModel *model,
										   const char *source);

/*
 * Called for each row.  values has a number for each feature: NaN when it is missing, and of a
 * category always, which spk_row_category of the binding's row and column gives.  score is the
 * model's prediction, NaN unless asked for.  Memory is reset after each call.
 */
typedef void (*SpkFeatureRowCallback)(const SpkFeatureBinding *binding, const double *values,
									  double score, void *arg);

/*
 * Reads the source once, with the caller's rights, in parallel where that pays.  A feature that is no
 * column of it, or of another kind, is an error, and so is an infinite value.
 */
extern void spk_read_features(const SpkFeatureSource *source, bool scored,
							  SpkFeatureRowCallback callback, void *arg);

#endif /* SPK_JUDGING_FEATURE_ROWS_H */

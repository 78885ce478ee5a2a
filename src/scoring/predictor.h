/*
 * predictor.h
 *	  A model made ready for rows: where their columns go, and what its parts say of them.
 *
 * A row is loaded, read and predicted: records by spk_predict_tuple, which does all three,
 * others by loading binding.row and then spk_predictor_read and spk_predict_row.  Arguments
 * of a call are read where they are.
 */
#ifndef SPK_SCORING_PREDICTOR_H
#define SPK_SCORING_PREDICTOR_H

#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"

#include "core/models/model.h"
#include "core/scoring/walk.h"
#include "scoring/feature_binding.h"

/* A model that is no blend: the model itself, or a part of it. */
typedef struct SpkPredictorPiece
{
	SpkModel  *model;  /* without its trees */
	double	   weight; /* of a part */
	SpkWalker *walker; /* of the model's trees; NULL when it has none */
	uint8	  *codes;  /* answers to all questions of the trees; NULL without trees */
} SpkPredictorPiece;

typedef struct SpkPredictor
{
	SpkModel		  *model;
	SpkPredictorPiece  one; /* the model, when it is no blend */
	SpkPredictorPiece *pieces;
	uint32			   n_pieces;
	SpkFeatureBinding  binding; /* asks for the features that trees use, or for all of them */
	double			  *values;	/* of the row, one for each feature; set for those asked for */
} SpkPredictor;

/*
 * Prepares a model; what spk_prepared_model calls.  trees is the context of the model's trees,
 * which are deleted, as their layout for walking takes their place.
 */
extern void *spk_predictor_prepare(SpkModel *model, MemoryContext context, MemoryContext trees);

/* The same for rows that have all of the model's features but the one of this number. */
extern SpkPredictor *spk_predictor_without(SpkModel *model, MemoryContext context,
										   MemoryContext trees, uint32 given);

/* Reads the features that are asked for from the row that is loaded. */
extern void spk_predictor_read(SpkPredictor *p);

/*
 * Reads them from the arguments of a call, from number first on, for which binding.row was
 * made.
 */
extern void spk_predictor_read_arguments(SpkPredictor *p, FunctionCallInfo fcinfo, int first);

/* Loads a record and reads it.  One without the model's columns is an error that names it. */
extern void spk_predictor_read_tuple(SpkPredictor *p, HeapTupleHeader tuple);

/* Codes the numbers of the row that was read. */
extern void spk_predictor_put_numbers(const SpkPredictor *p);

/* The probability of churn for the row whose numbers are coded. */
extern double spk_predictor_answer(const SpkPredictor *p);

/* Both for the row that was read.  An infinite number is an error that names the column. */
extern double spk_predict_row(const SpkPredictor *p);

/* The probability of churn for a record. */
extern double spk_predict_tuple(SpkPredictor *p, HeapTupleHeader tuple);

#endif /* SPK_SCORING_PREDICTOR_H */

/*
 * score.h
 *	  The call that applies a model to the rows of a source.
 */
#ifndef SPK_SCORING_SCORE_H
#define SPK_SCORING_SCORE_H

#include "postgres.h"

#include "access/tupdesc.h"

#include "core/models/model.h"

/*
 * The text of the call that predicts a row of q, a source with these columns;
 * the model is the query's parameter $1.  schema is the extension's, quoted.
 */
extern char *spk_prediction_of(const SpkModel *model, TupleDesc columns, const char *schema);

#endif /* SPK_SCORING_SCORE_H */

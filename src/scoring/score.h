/*
 * score.h
 *	  The call in SQL that applies a model to a row of a source.
 */
#ifndef SPK_SCORING_SCORE_H
#define SPK_SCORING_SCORE_H

#include "postgres.h"

#include "access/tupdesc.h"

#include "core/models/model.h"

/*
 * Returns the text of a call that predicts a row of the source q, which has these
 * columns.  The model is parameter $1 of the query.  schema is the extension's, quoted.
 * The text is palloc'd.
 */
extern char *spk_prediction_of(const SpkModel *model, TupleDesc columns, const char *schema);

/* Likewise, with the model in another parameter. */
extern char *spk_prediction_by(int param, const SpkModel *model, TupleDesc columns,
							   const char *schema);

#endif /* SPK_SCORING_SCORE_H */

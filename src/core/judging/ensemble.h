/*
 * ensemble.h
 *	  Which models to blend, and with what weights.
 *
 * The margins are of rows that the models had not seen.  Weights are chosen by greedy
 * selection (Caruana et al.: Ensemble selection from libraries of models, 2004): twenty
 * times the model is added, again and again if need be, with which the mean of the margins
 * has the least log loss, and the best of these twenty means counts.  So weights are
 * positive, and their sum is 1.
 *
 * Weights chosen by rows look better on these rows than they are.  So the blend is tested
 * as a model is: for each fold weights are chosen by the rows of all other folds, and the
 * losses of the fold's rows tell of them.
 */
#ifndef SPK_CORE_JUDGING_ENSEMBLE_H
#define SPK_CORE_JUDGING_ENSEMBLE_H

#include "core/base/host.h"

#define SPK_ENSEMBLE_STEPS 20

/* The most models to choose from. */
#define SPK_ENSEMBLE_MODELS 64

/*
 * The margins of n_rows rows by n_models models, and the rows' labels (0, 1), folds and
 * weights.  A loss is a mean by weight.
 */
typedef struct SpkMargins
{
	uint32_t	   n_models;
	uint32_t	   n_rows;
	uint32_t	   n_folds;
	const double  *margins[SPK_ENSEMBLE_MODELS]; /* n_rows of each model */
	const uint8_t *labels;
	const uint8_t *folds;	/* rows of other folds than 0 .. n_folds - 1 do not count */
	const double  *weights; /* of each row; NULL: all weigh the same */
} SpkMargins;

/* What a test of a blend against the best of its models has shown. */
typedef struct SpkEnsembleTest
{
	double blend; /* mean log loss of the blends, on the folds that did not choose their weights */
	double alone; /* the same of the model that is best on all other folds */
	double p;	  /* p value of the difference over the folds, see student.h */
	bool   accepted; /* is the blend better? */
} SpkEnsembleTest;

/*
 * Sets weights (n_models) by the rows that are not in the fold, or by all for a fold that
 * there is not.  SPK_NO_MEMORY, SPK_CANCELLED.
 */
extern SpkStatus spk_ensemble_weights(const SpkHost *host, const SpkMargins *margins, int fold,
									  double *weights);

/*
 * Sets weights (n_models) to those of a blend, where the test accepts it, and otherwise to
 * 1 for the model with the least log loss and 0 for all others.  SPK_NO_MEMORY,
 * SPK_CANCELLED.
 */
extern SpkStatus spk_ensemble_choose(const SpkHost *host, const SpkMargins *margins,
									 double *weights, SpkEnsembleTest *test);

#endif /* SPK_CORE_JUDGING_ENSEMBLE_H */

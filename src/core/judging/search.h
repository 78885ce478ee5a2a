/*
 * search.h
 *	  The search of "auto": which of many candidates, an algorithm with options each, are
 *	  worth a part in the model.
 *
 * Candidates are judged by the log loss of rows that they have not seen, weighed as in
 * training by their own weights and those of the classes, on folds that all of them share, in rounds (successive halving; Jamieson and Talwalkar:
 * Non-stochastic best arm identification, 2016).  All of them are judged by the first
 * folds, the better half by the next one, and the better half of these by all others.
 * The best one of each algorithm is never dropped, because different models are what
 * makes a blend.  What is left is blended, or the best of it is taken alone, as
 * ensemble.h says.
 *
 * Which candidate is dropped depends on the rows alone, so that whoever makes the fits
 * leaves no trace.
 */
#ifndef SPK_CORE_JUDGING_SEARCH_H
#define SPK_CORE_JUDGING_SEARCH_H

#include "core/judging/cross_fit.h"
#include "core/judging/ensemble.h"
#include "core/judging/samples.h"

#define SPK_SEARCH_FOLDS 5

/*
 * So many rows are searched at most, because the time of a search is that of some thirty
 * fits.  More rows tell candidates apart no better.
 */
#define SPK_SEARCH_ROWS 30000

/* A fit of the search: a candidate, and the fold that it leaves out and scores. */
typedef struct SpkSearchFit
{
	uint32_t candidate;
	uint32_t fold;
} SpkSearchFit;

typedef struct SpkSearch
{
	uint32_t	   n; /* candidates */
	uint32_t	   n_rows;
	uint32_t	   n_folds_done; /* by which all that are left have been judged */
	SpkTried	   tried[SPK_MAX_TRIED];
	bool		   left[SPK_MAX_TRIED]; /* those that are still in it */
	double		  *margins; /* n_rows of each candidate, of rows in folds that are done */
	const uint8_t *labels;	/* of the rows */
	const uint8_t *folds;
	/* of each row how many units it weighs (weights.h), NULL: all weigh the same */
	const uint32_t	 *multiples;
	double			  unit;
	const SpkOptions *asked;   /* those of "auto" */
	double			 *weights; /* of each row with that of its class; NULL: all are 1 */
	uint32_t		  n_fits;  /* of this round */
	SpkSearchFit	  fits[SPK_MAX_TRIED * SPK_SEARCH_FOLDS];
	SpkEnsembleTest	  test;
} SpkSearch;

/* Makes all fits of the round, each by spk_search_fit or to the same effect. */
typedef SpkStatus (*SpkSearchRound)(void *ctx, SpkSearch *search);

/*
 * Lists the candidates for these options of "auto" in tried, which has room for
 * SPK_MAX_TRIED.  like has the features.  Returns how many there are.  Their options are
 * not settled yet, and those that name columns are not among them: they are the model's.
 */
extern uint32_t spk_search_candidates(const SpkOptions *asked, const SpkModel *like,
									  SpkTried *tried);

/*
 * Is the algorithm left out of the candidates because its models cannot be held to the
 * option "monotone"?
 */
extern bool spk_search_leaves_out(const SpkOptions *asked, SpkAlgorithm algorithm);

/*
 * Searches.  The caller has set n, n_rows and tried, by spk_search_candidates, and the
 * pointers but weights, which stay its own.  run makes the fits of one round after the other.
 * Afterwards tried has each candidate's figures and its weight in the model.  What run
 * returns, SPK_NO_MEMORY or SPK_CANCELLED.
 */
extern SpkStatus spk_search(const SpkHost *host, SpkSearch *search, SpkSearchRound run, void *ctx);

/*
 * Makes one fit: to the rows of samples that are not in the fold, which have both forms in
 * one order.  Sets the margins of the rows in the fold, in an array with one of each row.
 * like has the features in the form that the candidate takes (code_form.h), the options of "auto" and the name of the weights.  What
 * spk_samples_fit returns.
 */
extern SpkStatus spk_search_fit(const SpkHost *host, const SpkSamples *samples, int fold,
								const SpkTried *candidate, const SpkModel *like, double *margins);

/*
 * Sets a candidate's algorithm and options for so many rows to train on, with what like
 * asks of every model, and clears the facts.  The model has copies of like's features, and
 * keeps of their rules what its algorithm has options for.
 */
extern void spk_search_start(const SpkTried *candidate, const SpkModel *like, uint32_t n_rows,
							 uint32_t n_positives, SpkModel *model);

/*
 * Scores the rows by the model that the search has found, n of them, as it would be
 * without having seen them.  scored is the caller's and has room for all rows, and so has
 * multiples, which is set where rows have weights, or NULL.
 */
extern void spk_search_score(const SpkSearch *search, SpkScored *scored, uint32_t *multiples,
							 size_t *n);

/*
 * Learns from these scores, for spk_search_make, as spk_cross_fit_learn does: the
 * calibration of the model, whose options are those of "auto", and a threshold.
 */
extern SpkStatus spk_search_learn(const SpkHost *host, const SpkSearch *search, SpkModel *model,
								  SpkCrossFitted *fitted);

/*
 * Makes the model of fitted parts, one of each candidate that has a weight, in their order.
 * What they hold is taken over, and nothing of it after a failure.  The model is of
 * SPK_BLEND; its options, features, calibration and facts about the rows are set.  One part
 * alone makes it a plain model of that algorithm, several a blend, with the means of their
 * importances.  It holds what the search has tried, in new host memory.  SPK_NO_MEMORY.
 */
extern SpkStatus spk_search_make(const SpkHost *host, const SpkSearch *search,
								 const SpkCrossFitted *fitted, SpkModel *parts, SpkModel *model);

/*
 * The whole of it, serial: searches among the rows of samples that are not in the fold, and
 * fits what it chooses to these rows.  samples has both forms in one order.  parted has the
 * same rows, but its folds are those of the search; rows that are SPK_HOLDOUT there are not
 * searched by.  What spk_samples_fit returns.  The model is as for spk_search_make; after a
 * failure, too, the caller releases it.
 */
extern SpkStatus spk_search_model(const SpkHost *host, const SpkSamples *samples, int fold,
								  const SpkSamples *parted, SpkModel *model);

/* How many candidates have a weight. */
extern uint32_t spk_search_n_parts(const SpkSearch *search);

#endif /* SPK_CORE_JUDGING_SEARCH_H */

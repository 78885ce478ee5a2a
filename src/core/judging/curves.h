/*
 * curves.h
 *	  How scores rank and how far they can be believed: ROC, precision and
 *	  recall, lift and calibration.
 *
 * All of it comes from one walk down the ties, and nothing depends on the
 * order of rows with the same score.  Scores in cells count as the middle of
 * their cell, and as its lower end where they are thresholds.
 */
#ifndef SPK_CORE_JUDGING_CURVES_H
#define SPK_CORE_JUDGING_CURVES_H

#include "core/judging/scores.h"

/* Parts of a curve's length in which one point is enough. */
#define SPK_CURVE_PARTS	 1000
#define SPK_CURVE_POINTS (SPK_CURVE_PARTS + 2)

#define SPK_DECILES				 10
#define SPK_CALIBRATION_BINS	 10
#define SPK_MAX_CALIBRATION_BINS 1000

/* Columns of the SQL types, in order; NaN is NULL. */
typedef struct SpkRocPoint
{
	double threshold; /* flagged: score >= threshold; infinity flags nobody */
	double fpr;
	double tpr;
} SpkRocPoint;

typedef struct SpkPrPoint
{
	double threshold;
	double precision;
	double recall;
} SpkPrPoint;

typedef struct SpkDecile
{
	int		 decile; /* 1 scores highest */
	uint64_t n;
	double	 min_score;
	double	 max_score;
	double	 churned;		  /* a fraction where a tie is cut in two */
	double	 rate;			  /* of those in the decile, who churned */
	double	 lift;			  /* rate against that of all rows; NaN when nobody churned */
	double	 capture;		  /* of all who churned, those in the decile; NaN so, too */
	double	 gain;			  /* capture of this and all higher deciles */
	double	 cumulative_lift; /* lift of this and all higher deciles */
} SpkDecile;

typedef struct SpkCalibrationBin
{
	int		 bin; /* from 1 */
	double	 low; /* scores in (low, high], and 0 in the first */
	double	 high;
	uint64_t n;
	double	 mean_score;
	double	 rate; /* share that churned */
} SpkCalibrationBin;

/*
 * The ROC curve from (infinity, 0, 0) to (lowest score, 1, 1), without the
 * points on a straight line between their neighbours.  When more than
 * SPK_CURVE_POINTS are left, the path of (fpr + tpr) / 2 from 0 to 1 is cut
 * into SPK_CURVE_PARTS, and beside the first point the last one in each part
 * is kept: what is left out is less than 2 / SPK_CURVE_PARTS from a point, in
 * fpr and tpr together.  *n is 0 with one class only.  points has
 * room for SPK_CURVE_POINTS.  SPK_CANCELLED.
 */
extern SpkStatus spk_roc(const SpkHost *host, SpkScores *scores, SpkRocPoint *points, int *n);

/*
 * Precision and recall at each score that somebody who churned has, below
 * (infinity, 1, 0).  When these are more than SPK_CURVE_POINTS, recall is cut
 * into SPK_CURVE_PARTS, and beside the first point the last one in each part
 * is kept.  *n is 0 when nobody churned.  points has room for SPK_CURVE_POINTS.
 * SPK_CANCELLED.
 */
extern SpkStatus spk_pr(const SpkHost *host, SpkScores *scores, SpkPrPoint *points, int *n);

/*
 * The rows in tenths, highest scores first; the first tenths have one row more
 * where n is no multiple of ten, and those without rows are left out, *n is
 * the number of the others.  Where a border cuts a tie, those of the tie who
 * churned are spread over both sides evenly: what is expected when equal
 * scores come in random order.  deciles has room for SPK_DECILES.
 * SPK_CANCELLED.
 */
extern SpkStatus spk_lift(const SpkHost *host, SpkScores *scores, SpkDecile *deciles, int *n);

/*
 * Mean score and share that churned of n_bins bins of equal width, highest
 * first; those without rows are left out, *n is the number of the others.
 * n_bins is 1 to SPK_MAX_CALIBRATION_BINS; bins has room for as many.  SPK_CANCELLED.
 */
extern SpkStatus spk_calibration(const SpkHost *host, SpkScores *scores, int n_bins,
								 SpkCalibrationBin *bins, int *n);

/*
 * Expected calibration error: the mean over the rows of |mean score - share
 * that churned| of their bin, of SPK_CALIBRATION_BINS (Naeini, Cooper, Hauskrecht:
 * Obtaining Well Calibrated Probabilities Using Bayesian Binning, 2015).
 * There are rows.  SPK_CANCELLED.
 */
extern SpkStatus spk_ece(const SpkHost *host, SpkScores *scores, double *ece);

#endif /* SPK_CORE_JUDGING_CURVES_H */

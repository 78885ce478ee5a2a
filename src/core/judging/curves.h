/*
 * curves.h
 *	  How well scores rank, and how far they can be believed: ROC, precision and
 *	  recall, lift and calibration.
 *
 * Each of these walks down the scores, tie by tie, so that nothing depends on the
 * order of rows with the same score.  A score in a cell counts as the middle of the
 * cell; as a threshold it counts as the lower end.
 */
#ifndef SPK_CORE_JUDGING_CURVES_H
#define SPK_CORE_JUDGING_CURVES_H

#include "core/judging/scores.h"

/* A long curve is cut into this many parts, and has one point in each. */
#define SPK_CURVE_PARTS	 1000
#define SPK_CURVE_POINTS (SPK_CURVE_PARTS + 2)

#define SPK_DECILES				 10
#define SPK_CALIBRATION_BINS	 10
#define SPK_MAX_CALIBRATION_BINS 1000

/* The structs have the columns of the SQL types, in their order.  NaN becomes NULL. */
typedef struct SpkRocPoint
{
	double threshold; /* rows with score >= threshold are flagged; infinity flags nobody */
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
	int		 decile; /* from 1, which has the highest scores */
	uint64_t n;
	double	 min_score;
	double	 max_score;
	double	 churned;		  /* not whole where a tie is cut in two */
	double	 rate;			  /* the share of the decile that churned */
	double	 lift;			  /* rate divided by that of all rows; NaN when nobody churned */
	double	 capture;		  /* the decile's share of all who churned; NaN when nobody did */
	double	 gain;			  /* capture of this decile and all higher ones */
	double	 cumulative_lift; /* lift of this decile and all higher ones */
} SpkDecile;

typedef struct SpkCalibrationBin
{
	int		 bin; /* from 1 */
	double	 low; /* scores above low, up to high; the first bin also has score 0 */
	double	 high;
	uint64_t n;
	double	 mean_score;
	double	 rate; /* the share of the bin that churned */
} SpkCalibrationBin;

/*
 * The ROC curve from (infinity, 0, 0) to (lowest score, 1, 1).  Points on a straight
 * line between their neighbours are left out.  When more than SPK_CURVE_POINTS
 * remain, the range of (fpr + tpr) / 2 from 0 to 1 is cut into SPK_CURVE_PARTS, and
 * only the first point of the curve and the last one in each part are kept.  Then
 * every point that is left out is less than 2 / SPK_CURVE_PARTS away from one that is
 * kept, in fpr and tpr together.
 *
 * points has room for SPK_CURVE_POINTS.  *n is their number, or 0 when all rows are
 * of one class.  SPK_CANCELLED.
 */
extern SpkStatus spk_roc(const SpkHost *host, SpkScores *scores, SpkRocPoint *points, int *n);

/*
 * Precision and recall: first (infinity, 1, 0), and then a point for each score that
 * somebody who churned has.  When these are more than SPK_CURVE_POINTS, the range of
 * recall is cut into SPK_CURVE_PARTS, and only the first point of the curve and the
 * last one in each part are kept.
 *
 * points has room for SPK_CURVE_POINTS.  *n is their number, or 0 when nobody
 * churned.  SPK_CANCELLED.
 */
extern SpkStatus spk_pr(const SpkHost *host, SpkScores *scores, SpkPrPoint *points, int *n);

/*
 * The rows in tenths, beginning with the highest scores.  When the number of rows is
 * no multiple of ten, the first tenths have one row more.  Where a border cuts a tie,
 * the rows of the tie that churned are spread evenly over both sides, as is expected
 * when equal scores come in random order.
 *
 * deciles has room for SPK_DECILES.  Tenths without rows are left out, and *n is the
 * number of the others.  SPK_CANCELLED.
 */
extern SpkStatus spk_lift(const SpkHost *host, SpkScores *scores, SpkDecile *deciles, int *n);

/*
 * The mean score and the share that churned in n_bins bins of equal width, beginning
 * with the highest scores.  n_bins is 1 .. SPK_MAX_CALIBRATION_BINS, and bins has
 * room for as many.  Bins without rows are left out, and *n is the number of the
 * others.  SPK_CANCELLED.
 */
extern SpkStatus spk_calibration(const SpkHost *host, SpkScores *scores, int n_bins,
								 SpkCalibrationBin *bins, int *n);

/*
 * The expected calibration error: the mean over all rows of |mean score - share that
 * churned| in the row's bin, of SPK_CALIBRATION_BINS bins (Naeini, Cooper, Hauskrecht:
 * Obtaining Well Calibrated Probabilities Using Bayesian Binning, 2015).  There must
 * be rows.  SPK_CANCELLED.
 */
extern SpkStatus spk_ece(const SpkHost *host, SpkScores *scores, double *ece);

#endif /* SPK_CORE_JUDGING_CURVES_H */

/*
 * delong.h
 *	  How sure an AUC is, and whether one is more than another by more than chance.
 */
#ifndef SPK_CORE_JUDGING_DELONG_H
#define SPK_CORE_JUDGING_DELONG_H

#include "core/judging/evidence.h"

/* Two-sided 95 % of a normal distribution: its quantile at 0.975. */
#define SPK_NORMAL_975 1.959963984540054

typedef struct SpkInterval
{
	double low; /* NaN where nothing can be told */
	double high;
} SpkInterval;

/* What there is to know of an AUC, or of two on the same rows. */
typedef struct SpkDelong
{
	double		auc[2];		 /* of the score and of the other one; NaN with one class only */
	SpkInterval interval[2]; /* 95 % confidence limits of each */
	SpkInterval difference;	 /* those of auc[0] - auc[1] */
	double		p;			 /* two-sided, of the difference against 0; 1 when there is none */
} SpkDelong;

/*
 * The variance is DeLong, DeLong and Clarke-Pearson's (Biometrics 44, 1988), computed in
 * n log n by ranks with ties (Sun and Xu, IEEE Signal Processing Letters 21, 2014).  Of users
 * with several rows it is Obuchowski's (Biometrics 53, 1997), which is the same where each
 * user has one.  The limits are those of a normal distribution, within 0 and 1, as
 * R's pROC has them.
 *
 * When no pair is the wrong way round, the variance is 0 and says nothing.  Then the limit is
 * that of so many pairs without a failure as there are that share no user (Clopper, Pearson
 * 1934): chance of 0.025.
 *
 * Without paired, only the first of two is set, and all else is NaN.  Rows that are a part of
 * more then have limits that are moved in by the root of the part's share, around the part's AUC.  It takes 20 to 60
 * bytes of host memory a row.  SPK_CANCELLED, SPK_NO_MEMORY.
 */
extern SpkStatus spk_delong(const SpkHost *host, const SpkUserRows *rows, bool paired,
							SpkDelong *delong);

/*
 * A share of 1 that so many users have without an exception: the least that it may be in
 * truth.  A share of 0 is at most 1 less that.  n > 0.
 */
extern double spk_surely(uint32_t n);

#endif /* SPK_CORE_JUDGING_DELONG_H */

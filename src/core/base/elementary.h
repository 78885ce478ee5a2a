/*
 * elementary.h
 *	  Exponential, logarithm and what follows from them, the same bits on every
 *	  machine.
 *
 * libm's functions differ in their last bits between C libraries; these use
 * + - * / and sqrt only, which IEEE 754 rounds the same way everywhere.  Errors
 * are a few units in the last place.
 */
#ifndef SPK_CORE_BASE_ELEMENTARY_H
#define SPK_CORE_BASE_ELEMENTARY_H

#define SPK_LN_2 0x1.62e42fefa39efp-1
#define SPK_PI	 0x1.921fb54442d18p+1

/* Whole numbers from here on (2^53) may not be told from their neighbours. */
#define SPK_EXACT_NUMBERS 9007199254740992.0

/* e to the x; 0 below -708, and x above 708 counts as 708: the result is finite. */
extern double spk_exp(double x);

/* The natural logarithm of a positive normal number. */
extern double spk_log(double x);

/* ln(1 + x) for 0 <= x <= 1, exact for small x too. */
extern double spk_log1p(double x);

/* 1 / (1 + e to the -margin): the probability of a margin. */
extern double spk_sigmoid(double margin);

/* -ln of the probability that the margin gives to what happened (0 or 1). */
extern double spk_log_loss(double margin, int happened);

/*
 * The complementary error function of x >= 0, relative error below 1e-12;
 * erfc(|z| / sqrt 2) is the two-sided p value of a normal z.
 */
extern double spk_erfc(double x);

#endif /* SPK_CORE_BASE_ELEMENTARY_H */

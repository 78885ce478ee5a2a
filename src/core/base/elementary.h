/*
 * elementary.h
 *	  The exponential function, the logarithm and what is made of them, with the
 *	  same bits on every machine.
 *
 * The functions of libm differ in their last bits from one C library to another.
 * These use only + - * /, which IEEE 754 rounds in the same way everywhere.  Their
 * results are wrong by a few units in the last place at most.
 */
#ifndef SPK_CORE_BASE_ELEMENTARY_H
#define SPK_CORE_BASE_ELEMENTARY_H

#define SPK_LN_2 0x1.62e42fefa39efp-1
#define SPK_PI	 0x1.921fb54442d18p+1

/* 2^53: from here on, doubles do not tell all whole numbers from their neighbours. */
#define SPK_EXACT_NUMBERS 9007199254740992.0

/* Returns e to the x.  It is 0 for x below -708, and x above 708 counts as 708: always finite. */
extern double spk_exp(double x);

/* Returns the natural logarithm of x, which must be positive, finite and no subnormal number. */
extern double spk_log(double x);

/* Returns ln(1 + x) for finite x >= 0, as exactly for small x as for others. */
extern double spk_log1p(double x);

/* Returns e to the x, less 1, as exactly for small x as for others; its ends are those of spk_exp. */
extern double spk_expm1(double x);

/* Returns 1 / (1 + e to the -margin): the probability whose log-odds the margin is. */
extern double spk_sigmoid(double margin);

/* Returns -ln of the probability that the margin gives to what happened (0 or 1). */
extern double spk_log_loss(double margin, int happened);

/*
 * Returns the complementary error function of x >= 0, with a relative error below
 * 1e-12.  erfc(|z| / sqrt 2) is the two-sided p value of a normal z.
 */
extern double spk_erfc(double x);

#endif /* SPK_CORE_BASE_ELEMENTARY_H */

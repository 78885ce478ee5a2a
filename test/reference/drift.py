#!/usr/bin/env python3
#
# drift.py
#	  Distances by scipy, and indices by numpy, for test/unit/test_drift.c.
#
# pip install numpy scipy; then run it.  Nothing else needs it.
#
import numpy as np
from scipy.stats import chi2, ks_2samp


def histogram(n, values, shift):
    """How many of n rows have each of so many values."""
    i = np.arange(n)
    return np.bincount((i * i * 7 + i * (3 + shift)) % 97 * values // 97 // (1 + shift), minlength=values)


def psi(then, now):
    p = (then + 0.5) / (then.sum() + 0.5 * len(then))
    q = (now + 0.5) / (now.sum() + 0.5 * len(now))
    return ((q - p) * np.log(q / p)).sum()


for n, m, values in ((500, 300, 8), (1000, 40, 8), (2000, 5000, 40)):
    for shift in (0, 1):
        then, now = histogram(n, values, 0), histogram(m, values, shift)
        ks = ks_2samp(np.repeat(np.arange(values), then), np.repeat(np.arange(values), now)).statistic
        # tenths of then, each bin in the one that its middle is in
        middle = (np.cumsum(then) - then / 2) / then.sum()
        group = np.minimum((middle * 10).astype(int), 9)
        used = np.unique(group)
        a = np.array([then[group == g].sum() for g in used])
        b = np.array([now[group == g].sum() for g in used])
        chance = (1 / n + 1 / m) * chi2.ppf(0.95, len(used) - 1)
        print("\t{%d, %d, %d, %d, %.12g, %.12g, %.4g}," % (n, m, values, shift, psi(a, b), ks, chance))

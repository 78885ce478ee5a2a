#!/usr/bin/env python3
#
# student.py
#	  Two-sided p values of Student's distribution, for test/unit/test_student.c.
#
# pip install mpmath; then run it.  Nothing else needs it.
#
from mpmath import betainc, mp, mpf

mp.dps = 40
for degrees in (1, 2, 3, 4, 9, 10, 19, 99, 1000):
    for t in ("0.001", "0.5", "1", "2.5", "4.3", "12", "1000"):
        x = mpf(degrees) / (degrees + mpf(t) ** 2)
        p = betainc(mpf(degrees) / 2, mpf(1) / 2, 0, x, regularized=True)
        print("\t{%s, %d, %s}," % (t, degrees, mp.nstr(p, 17) if p > mpf("1e-300") else "0"))

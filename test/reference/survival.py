#!/usr/bin/env python3
#
# survival.py
#	  What lifelines and scikit-survival make of the times and curves that
#	  sql/survival_judged.sql judges.
#
# pip install lifelines scikit-survival; then survival.py prints SQL values.
# Nothing else needs it.  Made with lifelines 0.30.3, scikit-survival 0.28.0 and numpy 2.4.6.
#
import lifelines
import lifelines.utils
import numpy as np
import sksurv
import sksurv.metrics

WIDTH, PERIODS = 10, 8


def formula():
    """500 users; they leave on even days and are censored on odd ones, so that no definition of ties matters."""
    i = np.arange(500)
    x = (7 * i * i + 3 * i) % 101 / 100
    u = i * 7919 % 97
    left = (i * 53 + 7) % 10 < 3 + 4 * x
    days = np.where(left, 2 * np.floor(u * (1.2 - x)) + 2, 2 * u + 1).astype(int)
    curve = (0.98 - 0.1 * x)[:, None] ** np.arange(1, PERIODS + 1)
    return days, left, curve


days, left, curve = formula()
ends = WIDTH * np.arange(1, PERIODS + 1)
y = np.array(list(zip(left, days)), dtype=[("left", bool), ("days", float)])
km = lifelines.KaplanMeierFitter().fit(days, left)
of_all = np.tile(km.predict(ends).values, (len(days), 1))
limits = km.confidence_interval_survival_function_.loc[ends].values

print("lifelines", lifelines.__version__, "scikit-survival", sksurv.__version__, "numpy", np.__version__)
print("concordance, lifelines:", repr(float(lifelines.utils.concordance_index(days, curve[:, -1], left))))
print("concordance, scikit-survival:",
      repr(float(sksurv.metrics.concordance_index_censored(left, days, 1 - curve[:, -1], tied_tol=0)[0])))
print("integrated_brier:", repr(float(sksurv.metrics.integrated_brier_score(y, y, curve, ends))))
print("baseline_brier:", repr(float(sksurv.metrics.integrated_brier_score(y, y, of_all, ends))))
print("brier:", ", ".join(repr(float(b)) for b in sksurv.metrics.brier_score(y, y, curve, ends)[1]))
for k in range(0, PERIODS, 3):
    print("survival:", f"({ends[k]}, {float(of_all[0, k])!r}, {float(limits[k, 0])!r}, {float(limits[k, 1])!r})")

#!/usr/bin/env python3
#
# calibrate.py
#	  What scikit-learn and statsmodels make of the scores that
#	  test/unit/test_calibrate.c calibrates: the expected values there come from
#	  here.
#
# pip install statsmodels scikit-learn; then run it.  Nothing else needs it.
# Made with statsmodels 0.15.0 and scikit-learn 1.9.1.
#
import numpy as np
import statsmodels.api as sm
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression

i = np.arange(1, 501)
score = (i * 37 % 101) / 100
churned = (i * 7919 % 1000 < 600 * score).astype(int)
negatives, positives = np.bincount(churned)
low, high = 1 / (negatives + 2), (positives + 1) / (positives + 2)
grid = np.arange(0, 21) / 20


def log_odds(s):
    p = 0.001 + 0.998 * s
    return np.log(p / (1 - p))


def show(what, values):
    print(what, ', '.join('%.15g' % v for v in np.atleast_1d(values)))


# Platt's targets are fractions of successes to a GLM
targets = np.where(churned == 1, high, low)
fit = sm.GLM(targets, sm.add_constant(log_odds(score)), family=sm.families.Binomial()).fit(tol=1e-14)
intercept, slope = fit.params
show('slope, intercept', [slope, intercept])
show('platt', 1 / (1 + np.exp(-(slope * log_odds(grid) + intercept))))

# the same by scikit-learn, to the five or so digits its search ends with
sigmoid = _SigmoidCalibration().fit(log_odds(score), churned)
show('scikit-learn', [-sigmoid.a_, -sigmoid.b_])

isotonic = IsotonicRegression(y_min=low, y_max=high, out_of_bounds='clip').fit(score, churned)
show('points', [len(isotonic.X_thresholds_)])
show('isotonic', isotonic.predict(grid))

#!/usr/bin/env python3
#
# metrics.py
#	  What scikit-learn makes of the scores that sql/metrics.sql, sql/curves.sql
#	  and the unit tests judge.
#
# pip install scikit-learn; then metrics.py >test/unit/expected_metrics.h.
# Nothing else needs it.  Made with scikit-learn 1.9.1 and numpy 2.4.6.
#
import numpy as np
import sklearn
import sklearn.metrics as k
from sklearn.calibration import calibration_curve


def formula():
    """500 rows with 101 scores, 0 and 1 among them: those of the SQL tests."""
    i = np.arange(500)
    s = (7 * i * i + 3 * i) % 101 / 100
    return s, (37 * i + 11) % 89 < 50 * s * s + 10


def random():
    """400 rows, every third with a score that others have, too."""
    state = 1
    rows = []

    def draw():
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return (state >> 11) * 2.0 ** -53

    for i in range(400):
        a, b = draw(), draw()
        s = int(a * 20) / 20 if i % 3 == 0 else a * a
        rows.append((s, b < 0.8 * s + 0.05))
    return np.array([r[0] for r in rows]), np.array([r[1] for r in rows])


def bins_of(s, n_bins):
    return np.searchsorted(np.linspace(0, 1, n_bins + 1)[1:-1], s)


def metrics(s, y):
    p = s >= 0.5
    tn, fp, fn, tp = k.confusion_matrix(y, p).ravel()
    a, b, c = k.precision_recall_curve(y, s)
    f = 2 * a * b / np.maximum(a + b, 1e-300)
    best = max(range(len(c)), key=lambda j: (f[j], c[j]))
    ids = bins_of(s, 10)
    counts = np.array([(ids == j).sum() for j in np.unique(ids)])
    rate, mean = calibration_curve(y, s, n_bins=10)
    return [len(y), y.sum(), 0.5, tp, fp, tn, fn, k.accuracy_score(y, p), k.precision_score(y, p),
            k.recall_score(y, p), k.f1_score(y, p), k.f1_score(y, p, average='weighted'),
            k.f1_score(y, p, average='macro'), k.roc_auc_score(y, s), k.average_precision_score(y, s),
            k.log_loss(y, np.clip(s, 1e-15, 1 - 1e-15)), k.brier_score_loss(y, s),
            k.f1_score(y, 0 * y, average='weighted'), c[best], f[best],
            (counts * abs(rate - mean)).sum() / len(y)]


def corners(points, n, positives):
    """Without the points on a straight line between their neighbours."""
    kept = points[:1]
    for here, after in zip(points[1:], points[2:] + [None]):
        if after is not None:
            ax, ay, bx, by, cx, cy = [round(v) for q in (kept[-1], here, after)
                                      for v in (q[1] * (n - positives), q[2] * positives)]
            if (bx - ax) * (cy - by) == (by - ay) * (cx - bx):
                continue
        kept.append(here)
    return kept


def roc(s, y):
    fpr, tpr, thresholds = k.roc_curve(y, s, drop_intermediate=False)
    return corners(list(zip(thresholds, fpr, tpr)), len(y), y.sum())


def pr(s, y):
    """From the highest threshold down, where recall grows."""
    precision, recall, thresholds = k.precision_recall_curve(y, s)
    points = list(zip(np.append(thresholds, np.inf), precision, recall))[::-1]
    return points[:1] + [q for p, q in zip(points, points[1:]) if q[2] > p[2]]


def calibration(s, y, n_bins):
    ids = bins_of(s, n_bins)
    rate, mean = calibration_curve(y, s, n_bins=n_bins)
    return [(j + 1, (ids == j).sum(), m, r) for j, m, r in zip(np.unique(ids), mean, rate)]


def show(name, rows):
    def text(v):
        return 'INFINITY' if np.isinf(v) else repr(float(v)) if v != int(v) else '%d' % v

    rows = [r if isinstance(r, tuple) else (r,) for r in rows]
    width = len(rows[0])
    print('static const double %s[]%s = {' % (name, '[%d]' % width if width > 1 else ''))
    for row in rows:
        values = ', '.join(text(v) for v in row)
        print('\t%s,' % ('{%s}' % values if width > 1 else values))
    print('};\n')


print('/*\n * expected_metrics.h\n *\t  Made by test/reference/metrics.py with scikit-learn %s.\n */'
      % sklearn.__version__)
for name, (s, y) in {'formula': formula(), 'random': random()}.items():
    show(name + '_metrics', metrics(s, y))
    show(name + '_roc', roc(s, y))
    show(name + '_pr', pr(s, y))
    show(name + '_calibration', calibration(s, y, 10))
    show(name + '_calibration_7', calibration(s, y, 7))

"""Forests of the Python libraries, timed, on the same rows as ours.

peer_forest.py keep CSV FILE               the rows of a CSV file (label first), as arrays
peer_forest.py train LIB DEPTH ROWS HELD   grow 100 trees on ROWS, print the AUC on HELD
peer_forest.py predict LIB DEPTH ROWS      the time to predict the rows in memory

LIB is sklearn, xgboost or lightgbm; DEPTH 0 is no limit.  Two threads, 4 of 20
features a split, 255 bins where there are any.
"""
import os
import sys
import time

# threads that wait do not spin: on a busy machine that takes many times as long
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np  # noqa: E402

TREES, THREADS, SHARE = 100, 2, 0.2


def forest(lib, depth):
    if lib == "sklearn":
        from sklearn.ensemble import RandomForestClassifier
        return RandomForestClassifier(TREES, max_depth=depth or None, max_features=SHARE, n_jobs=THREADS, random_state=1)
    if lib == "xgboost":
        import xgboost
        return xgboost.XGBRFClassifier(
            n_estimators=TREES, max_depth=depth, subsample=0.632, colsample_bynode=SHARE, tree_method="hist",
            max_bin=255, min_child_weight=1e-6, reg_lambda=0, n_jobs=THREADS, random_state=1)
    import lightgbm
    return lightgbm.LGBMClassifier(
        boosting_type="rf", n_estimators=TREES, max_depth=depth or -1, num_leaves=2 ** (depth or 14), subsample=0.632,
        subsample_freq=1, feature_fraction_bynode=SHARE, max_bin=255, min_child_samples=1, min_child_weight=0,
        n_jobs=THREADS, random_state=1, verbose=-1)


def load(path):
    rows = np.load(path)
    return rows[:, 1:], rows[:, 0] > 0


def auc(label, score):
    order = np.argsort(score, kind="stable")
    score, label = score[order], label[order]
    _, first, count = np.unique(score, return_index=True, return_counts=True)
    rank = np.repeat(first + (count + 1) / 2, count)
    pos = label.sum()
    return (rank[label].sum() - pos * (pos + 1) / 2) / (pos * (len(label) - pos))


def timed(work):
    before = os.times()
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    after = os.times()
    print(f"Time: {seconds * 1000} ms")
    print(f"CPU: {(after.user + after.system - before.user - before.system) * 1000} ms")
    return result


def predict(lib, model, x):
    if lib == "xgboost":
        return model.get_booster().inplace_predict(x)
    return model.predict_proba(x)[:, 1]


def main():
    what = sys.argv[1]
    if what == "keep":
        np.save(sys.argv[3], np.loadtxt(sys.argv[2], delimiter=",", dtype=np.float64))
        return
    lib, depth = sys.argv[2], int(sys.argv[3])
    x, y = load(sys.argv[4])
    model = forest(lib, depth)
    if what == "train":
        timed(lambda: model.fit(x, y))
        held, label = load(sys.argv[5])
        print(f"AUC: {auc(label, predict(lib, model, held)):.4f}")
    else:
        # as large a forest as ours: the peers' own, of the first rows
        model.fit(x[:200000], y[:200000])
        x = x.astype(np.float32)
        timed(lambda: predict(lib, model, x))


main()

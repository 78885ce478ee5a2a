"""Forests of the Python libraries, timed or judged, on the same rows as ours.

peer_forest.py keep ROWS COLUMNS FILE                     rows from a binary COPY (label first), as arrays
peer_forest.py train KIND LIB DEPTH FILE ROWS             the time to train on the first ROWS
peer_forest.py weigh KIND LIB DEPTH FILE ROWS HELD        the same, the AUC on HELD, and the peak of the memory
peer_forest.py auc KIND LIB DEPTH FILE ROWS HELD SECONDS  the AUC on HELD, for each seed, see below
peer_forest.py predict LIB DEPTH FILE                     the time to predict all rows in memory, by a forest
peer_forest.py explain KIND LIB DEPTH FILE ROWS OF        the time for the SHAP values of OF rows
peer_forest.py folds CSV                                 the AUC of scikit-learn on each part of a cross-validation

KIND is forest (100 trees, 4 of 20 features a split) or boost (100 rounds); LIB is
sklearn, xgboost, lightgbm or catboost; DEPTH 0 is no limit.  Two threads, 255 bins where
there are any.  Seed S trains on the S-th stretch of ROWS, of those there are; no
new one starts after SECONDS.
"""
import os
import resource
import sys
import time

# threads that wait do not spin: on a busy machine that takes many times as long
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "2")

import numpy as np  # noqa: E402

THREADS, SHARE, SEEDS = 2, 0.2, 5


def forest(lib, depth, seed):
    if lib == "sklearn":
        from sklearn.ensemble import RandomForestClassifier
        return RandomForestClassifier(
            100, max_depth=depth or None, max_features=SHARE, n_jobs=THREADS, random_state=seed)
    if lib == "xgboost":
        import xgboost
        return xgboost.XGBRFClassifier(
            n_estimators=100, max_depth=depth, subsample=0.632, colsample_bynode=SHARE, tree_method="hist",
            max_bin=255, min_child_weight=1e-6, reg_lambda=0, n_jobs=THREADS, random_state=seed)
    import lightgbm
    return lightgbm.LGBMClassifier(
        boosting_type="rf", n_estimators=100, max_depth=depth or -1, num_leaves=2 ** (depth or 14), subsample=0.632,
        subsample_freq=1, feature_fraction_bynode=SHARE, max_bin=255, min_child_samples=1, min_child_weight=0,
        n_jobs=THREADS, random_state=seed, verbose=-1)


def boost(lib, depth, seed):
    if lib == "xgboost":
        import xgboost
        return xgboost.XGBClassifier(
            n_estimators=100, max_depth=depth, learning_rate=0.1, tree_method="hist", max_bin=255, reg_lambda=1,
            min_child_weight=1, n_jobs=THREADS, random_state=seed)
    if lib == "catboost":
        import catboost
        return catboost.CatBoostClassifier(
            n_estimators=100, max_depth=depth, learning_rate=0.1, border_count=255, l2_leaf_reg=1,
            thread_count=THREADS, random_seed=seed, verbose=False, allow_writing_files=False)
    if lib == "sklearn":
        from sklearn.ensemble import HistGradientBoostingClassifier
        return HistGradientBoostingClassifier(
            max_iter=100, max_depth=depth, max_leaf_nodes=2 ** depth, learning_rate=0.1, max_bins=255,
            l2_regularization=1, min_samples_leaf=20, early_stopping=False, random_state=seed)
    import lightgbm
    return lightgbm.LGBMClassifier(
        n_estimators=100, max_depth=depth, num_leaves=2 ** depth, learning_rate=0.1, max_bin=255, reg_lambda=1,
        min_child_samples=20, n_jobs=THREADS, random_state=seed, verbose=-1)


MODELS = {"forest": forest, "boost": boost}


# above so many rows numbers have 32 bits, which all libraries take, to leave them the memory
MANY_ROWS = 2000000


def keep(n_rows, n_columns, path):
    """Rows of float8 without NULLs, as COPY writes them: of all of them each number is at the same place."""
    row = np.dtype([("n", ">i2"), ("of", [("len", ">i4"), ("value", ">f8")], n_columns)])
    kept = np.lib.format.open_memmap(
        path, "w+", np.float64 if n_rows <= MANY_ROWS else np.float32, (n_rows, n_columns))
    given = sys.stdin.buffer
    given.read(19)
    for at in range(0, n_rows, 10000):
        n = min(10000, n_rows - at)
        rows = np.frombuffer(given.read(n * row.itemsize), row)
        assert (rows["n"] == n_columns).all() and (rows["of"]["len"] == 8).all()
        kept[at:at + n] = rows["of"]["value"]
    assert given.read() == b"\xff\xff"
    kept.flush()


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
    work()
    seconds = time.perf_counter() - start
    after = os.times()
    print(f"Time: {seconds * 1000} ms")
    print(f"CPU: {(after.user + after.system - before.user - before.system) * 1000} ms")


def predict(lib, model, x):
    if lib == "xgboost":
        return model.get_booster().inplace_predict(x)
    return model.predict_proba(x)[:, 1]


def explain(lib, model, x):
    if lib == "xgboost":
        import xgboost
        return model.get_booster().predict(xgboost.DMatrix(x, nthread=THREADS), pred_contribs=True)
    return model.predict(x, pred_contrib=True, num_threads=THREADS)


def judge(kind, lib, depth, x, y, rows, held, limit):
    x_held, y_held = load(held)
    start = time.perf_counter()
    for seed in range(1, SEEDS + 1):
        if time.perf_counter() - start > limit:
            break
        first = (seed - 1) * rows % (len(x) - rows + 1)
        model = MODELS[kind](lib, depth, seed)
        model.fit(x[first:first + rows], y[first:first + rows])
        print(seed, auc(y_held, predict(lib, model, x_held)))


def judge_folds(path):
    from sklearn.ensemble import RandomForestClassifier
    # part (of five in each repetition), fold, label, features
    rows = np.loadtxt(path, delimiter=",")
    for part in np.unique(rows[:, 0]):
        of_part = rows[rows[:, 0] == part]
        out = of_part[:, 1] == part % 5
        x, y = of_part[:, 3:], of_part[:, 2] > 0
        model = RandomForestClassifier(100, n_jobs=THREADS, random_state=1).fit(x[~out], y[~out])
        print(int(part), auc(y[out], model.predict_proba(x[out])[:, 1]))


def main():
    what, *args = sys.argv[1:]
    if what == "keep":
        keep(int(args[0]), int(args[1]), args[2])
    elif what == "predict":
        lib, depth, (x, y) = args[0], int(args[1]), load(args[2])
        # as large a forest as ours: the peers' own, of the first rows
        model = forest(lib, depth, 1).fit(x[:200000], y[:200000])
        x = x.astype(np.float32)
        timed(lambda: predict(lib, model, x))
    elif what == "folds":
        judge_folds(args[0])
    else:
        kind, lib, depth, (x, y), rows = args[0], args[1], int(args[2]), load(args[3]), int(args[4])
        if what == "auc":
            judge(kind, lib, depth, x, y, rows, args[5], float(args[6]))
        elif what == "explain":
            model = MODELS[kind](lib, depth, 1).fit(x[:rows], y[:rows])
            x = x[:int(args[5])].astype(np.float32)
            timed(lambda: explain(lib, model, x))
        else:
            model = MODELS[kind](lib, depth, 1)  # imports, too
            timed(lambda: model.fit(x[:rows], y[:rows]))
            if what == "weigh":
                print(f"Memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
                x_held, y_held = load(args[5])
                print(f"AUC: {auc(y_held, predict(lib, model, x_held)):.4f}")


main()

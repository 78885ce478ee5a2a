"""Scores that peers give to rows held out, for the topic accuracy.

peer_accuracy.py PEER CSV FITS    of the first FITS of the ten fits (2 repetitions, 5 folds)

Writes CSV lines: repetition, fold, CPU seconds of the fit, y, score.  PEER is one of
lightgbm, xgboost, catboost and hist_gradient_boosting, as its makers set it, or
with _300 at its end with 300 trees, rate 0.05 and depth 4.  Two threads.

Categories are handed to each as it wants them: as pandas' categories to LightGBM
and XGBoost, as texts to CatBoost, and as numbers to HistGradientBoosting, whose
254 most frequent values count.  What is missing stays missing.
"""
import os
import sys
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "2")

import pandas as pd  # noqa: E402

THREADS, FOLDS, MOST_CODES = 2, 5, 254


def lightgbm(long, categories):
    from lightgbm import LGBMClassifier
    options = {"n_estimators": 300, "learning_rate": 0.05, "max_depth": 4} if long else {}
    return LGBMClassifier(n_jobs=THREADS, random_state=1, verbose=-1, **options)


def xgboost(long, categories):
    from xgboost import XGBClassifier
    options = {"n_estimators": 300, "learning_rate": 0.05, "max_depth": 4} if long else {}
    return XGBClassifier(n_jobs=THREADS, random_state=1, tree_method="hist", enable_categorical=True, **options)


def catboost(long, categories):
    from catboost import CatBoostClassifier
    options = {"iterations": 300, "learning_rate": 0.05, "depth": 4} if long else {}
    return CatBoostClassifier(thread_count=THREADS, random_seed=1, verbose=False, allow_writing_files=False,
                              cat_features=categories, **options)


def hist_gradient_boosting(long, categories):
    from sklearn.ensemble import HistGradientBoostingClassifier
    options = {"max_iter": 300, "learning_rate": 0.05, "max_depth": 4} if long else {}
    return HistGradientBoostingClassifier(random_state=1, categorical_features=categories or None, **options)


PEERS = {make.__name__: make for make in (lightgbm, xgboost, catboost, hist_gradient_boosting)}


def hand_over(peer, x, categories):
    """The columns of categories, as the peer wants them."""
    for column in categories:
        if peer == "catboost":
            x[column] = x[column].fillna("missing").astype(str)
        elif peer == "hist_gradient_boosting":
            codes = {value: code for code, value in enumerate(x[column].value_counts().index[:MOST_CODES])}
            x[column] = x[column].map(codes).astype(float)
        else:
            x[column] = x[column].astype("category")
    return x


def main():
    name, path, fits = sys.argv[1], sys.argv[2], int(sys.argv[3])
    long = name.endswith("_300")
    peer = name.removesuffix("_300")
    rows = pd.read_csv(path, keep_default_na=False, na_values=[""])
    y = rows["y"]
    x = rows.drop(columns=["userid", "fold1", "fold2", "y"])
    categories = [column for column in x.columns if not pd.api.types.is_numeric_dtype(x[column])]
    x = hand_over(peer, x, categories)
    for fit in range(fits):
        repetition, fold = fit // FOLDS + 1, fit % FOLDS
        held = rows[f"fold{repetition}"] == fold
        model = PEERS[peer](long, categories)
        start = time.process_time()
        model.fit(x[~held], y[~held])
        seconds = time.process_time() - start
        for label, score in zip(y[held], model.predict_proba(x[held])[:, 1]):
            print(f"{repetition},{fold},{seconds:.4f},{label},{float(score)!r}")


main()

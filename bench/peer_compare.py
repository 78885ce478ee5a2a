"""The comparison that churn_compare makes, with scikit-learn: two jobs, timed.

peer_compare.py hist|classic CSV    label first; NaN where nothing is known

The models are those of churn_compare's defaults: 100 trees with leaves of at
least 5 rows; 100 boosting rounds of depth 6; a regression on standardised
numbers with C = 1; Gaussian naive Bayes.  Each is fitted three times for the
folds and once for the holdout.  The jobs are there before the clock starts.
"""
import os
import sys
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np  # noqa: E402
from joblib import Parallel, delayed  # noqa: E402
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import accuracy_score, brier_score_loss, f1_score, log_loss, roc_auc_score  # noqa: E402
from sklearn.model_selection import StratifiedKFold, cross_validate, train_test_split  # noqa: E402
from sklearn.naive_bayes import GaussianNB  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

JOBS = 2
SCORING = {"weighted_f1": "f1_weighted", "f1": "f1", "accuracy": "accuracy", "auc": "roc_auc", "log_loss": "neg_log_loss",
           "brier": "neg_brier_score", "pr_auc": "average_precision"}


def models(boosting):
    impute = SimpleImputer(add_indicator=True)
    yield "random_forest", make_pipeline(SimpleImputer(), RandomForestClassifier(
        100, min_samples_leaf=5, max_features="sqrt", oob_score=True, random_state=42))
    if boosting == "hist":
        yield "gradient_boosting", HistGradientBoostingClassifier(
            max_iter=100, max_depth=6, max_leaf_nodes=None, learning_rate=0.1, l2_regularization=1,
            min_samples_leaf=20, early_stopping=False, random_state=42)
    else:
        yield "gradient_boosting", make_pipeline(SimpleImputer(), GradientBoostingClassifier(
            n_estimators=100, max_depth=6, min_samples_leaf=20, random_state=42))
    yield "logistic_regression", make_pipeline(impute, StandardScaler(), LogisticRegression(C=1, max_iter=1000))
    yield "naive_bayes", make_pipeline(SimpleImputer(), GaussianNB())


def finish(name, model, x, y, held_x, held_y):
    model.fit(x, y)
    score = model.predict_proba(held_x)[:, 1]
    flag = score >= 0.5
    return name, [f1_score(held_y, flag, average="weighted"), accuracy_score(held_y, flag), roc_auc_score(held_y, score),
                  log_loss(held_y, score), brier_score_loss(held_y, score)]


def main():
    rows = np.loadtxt(sys.argv[2], delimiter=",")
    x, y = rows[:, 1:], rows[:, 0].astype(int)
    Parallel(JOBS)(delayed(time.sleep)(0.5) for _ in range(JOBS))
    Parallel(JOBS)(delayed(finish)(name, model, x[:500], y[:500], x[:500], y[:500]) for name, model in models("hist"))

    start = time.perf_counter()
    x, held_x, y, held_y = train_test_split(x, y, test_size=0.2, stratify=y, random_state=42)
    folds = StratifiedKFold(3, shuffle=True, random_state=42)
    result = {}
    for name, model in models(sys.argv[1]):
        result[name] = cross_validate(model, x, y, cv=folds, scoring=SCORING, n_jobs=JOBS)
    held = dict(Parallel(JOBS)(delayed(finish)(name, model, x, y, held_x, held_y) for name, model in models(sys.argv[1])))
    print(f"Time: {(time.perf_counter() - start) * 1000} ms")
    for name in result:
        print(name, {k: round(float(np.mean(result[name]["test_" + k])), 4) for k in ("weighted_f1", "auc")}, np.round(held[name], 4),
              f"{np.sum(result[name]['fit_time']):.2f} s")


if __name__ == "__main__":
    main()

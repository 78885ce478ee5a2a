"""The notebook's whole job by pandas and scikit-learn, timed: JSON lines, six features, four cross-validated models.

peer_notebook.py FILE

As bench/peer_spark.py, with two jobs, which are there before the clock starts.
"""
import os
import sys
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np  # noqa: E402
from joblib import Parallel, delayed  # noqa: E402
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import f1_score, roc_auc_score  # noqa: E402
from sklearn.model_selection import StratifiedKFold, cross_validate, train_test_split  # noqa: E402
from sklearn.naive_bayes import MultinomialNB  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import MinMaxScaler  # noqa: E402

from peer_pandas import read_json, six  # noqa: E402

JOBS = 2
MODELS = {
    "logistic_regression": LogisticRegression(max_iter=100),
    "random_forest": RandomForestClassifier(100, max_depth=10, random_state=42),
    "gradient_boosting": HistGradientBoostingClassifier(max_iter=100, max_depth=6, max_leaf_nodes=None, learning_rate=0.1,
                                                        early_stopping=False, random_state=42),
    "naive_bayes": MultinomialNB(),
}


def main(path):
    Parallel(JOBS)(delayed(time.sleep)(0.5) for _ in range(JOBS))
    start = time.perf_counter()
    events = read_json(path)
    features = six(events)
    left = events.userId[events.page == "Cancellation Confirmation"].unique()
    print(f"features of {len(features)} users {time.perf_counter() - start:.2f}")
    x, y = features.to_numpy(float), features.index.isin(left).astype(int)
    x, held_x, y, held_y = train_test_split(x, y, test_size=0.2, stratify=y, random_state=42)
    for name, learner in MODELS.items():
        begun = time.perf_counter()
        model = make_pipeline(SimpleImputer(), MinMaxScaler(clip=True), learner)
        folds = cross_validate(model, x, y, cv=StratifiedKFold(3, shuffle=True, random_state=42), scoring="f1_weighted", n_jobs=JOBS)
        score = model.fit(x, y).predict_proba(held_x)[:, 1]
        print(f"{name} cv_f1 {np.mean(folds['test_score']):.4f} holdout_f1 {f1_score(held_y, score >= 0.5, average='weighted'):.4f}"
              f" holdout_auc {roc_auc_score(held_y, score):.4f}")
        print(f"{name} {time.perf_counter() - begun:.2f}")
    print(f"Time: {1e3 * (time.perf_counter() - start):.3f} ms")


main(sys.argv[1])

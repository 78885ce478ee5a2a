"""Scores rows with a model that churn_export has written for XGBoost.

Reads the model from the file that is named, and rows of JSON from its input; writes the margin
of each, the sum of its contributions, and that of what each tree predicts alone, which is of
doubles.  Needs xgboost and pandas.
"""
import json
import sys

import pandas
import xgboost

booster = xgboost.Booster()
booster.load_model(sys.argv[1])
rows = [json.loads(line) for line in sys.stdin]
frame = pandas.DataFrame({name: [row[name] for row in rows] for name in booster.feature_names})
for name, kind in zip(booster.feature_names, booster.feature_types):
    frame[name] = frame[name].astype('category' if kind == 'c' else 'float')
data = xgboost.DMatrix(frame, enable_categorical=True)
exact = sum(booster.predict(data, output_margin=True, iteration_range=(i, i + 1)).astype(float)
            for i in range(booster.num_boosted_rounds()))
for margin, why, total in zip(booster.predict(data, output_margin=True), booster.predict(data, pred_contribs=True), exact):
    print(repr(float(margin)), repr(float(why.sum())), repr(float(total)))

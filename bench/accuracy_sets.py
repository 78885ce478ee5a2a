"""Deals the rows of data sets into folds, for the topic accuracy.

accuracy_sets.py FROM TO    for each FROM/NAME.csv: TO/NAME.csv and TO/NAME.sql

FROM/NAME.csv has a first column userid and a last column y.  To it come fold1 and
fold2, one for each repetition, numbers from 0 to 4.  A user's rows are in one fold,
and users are dealt by a hash of their number, those who have a 1 apart, so that each
fold has its share of them.  TO/NAME.sql makes the table set_NAME for them: a column
whose values are all numbers is one of numbers, each other is one of categories.

What scikit-learn brings with it is added as breast_cancer.
"""
import hashlib
import os
import sys

import pandas as pd

REPETITIONS, FOLDS = 2, 5


def deal(rows, repetition):
    churns = rows.groupby("userid")["y"].max()
    fold = {}
    for label in (0, 1):
        users = [user for user in churns.index if churns[user] == label]
        users.sort(key=lambda user: hashlib.md5(f"{repetition}:{user}".encode()).hexdigest())
        fold.update((user, i % FOLDS) for i, user in enumerate(users))
    return rows["userid"].map(fold)


def table(name, rows):
    columns = []
    for column in rows.columns:
        if column in ("userid", "fold1", "fold2"):
            kind = "bigint"
        elif column == "y":
            kind = "int"
        else:
            kind = "float8" if pd.api.types.is_numeric_dtype(rows[column]) else "text"
        columns.append(f'"{column}" {kind}')
    return f"CREATE TABLE set_{name} ({', '.join(columns)});\n"


def keep(folder, name, rows):
    rows.insert(1, "fold1", deal(rows, 1))
    rows.insert(2, "fold2", deal(rows, 2))
    path = os.path.join(folder, name)
    rows.to_csv(path + ".csv", index=False)
    with open(path + ".sql", "w", encoding="utf-8") as file:
        file.write(table(name, rows))


def main():
    source, target = sys.argv[1:]
    for file in sorted(os.listdir(source)):
        if file.endswith(".csv"):
            keep(target, file[:-4], pd.read_csv(os.path.join(source, file), keep_default_na=False, na_values=[""]))
    try:
        from sklearn.datasets import load_breast_cancer
    except ImportError:
        print("skipped: breast_cancer (no scikit-learn here)", file=sys.stderr)
        return
    cancer = load_breast_cancer(as_frame=True)
    rows = cancer.data.rename(columns=lambda column: column.replace(" ", "_"))
    rows.insert(0, "userid", range(1, len(rows) + 1))
    rows["y"] = 1 - cancer.target
    keep(target, "breast_cancer", rows)


main()

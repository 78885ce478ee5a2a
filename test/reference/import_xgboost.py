"""Trains models of XGBoost for test/t/028_exchange.pl, into the folder that is named.

Of each model there are NAME.json, its document, and NAME.csv: the rows, their margins and the
contributions of their features as XGBoost computes them.  Needs xgboost and pandas.
"""
import sys

import numpy
import pandas
import xgboost

folder = sys.argv[1]
n = 3000
random = numpy.random.default_rng(7)
plans = ['paid', 'free', 'x y', '"\'\\', 'null', 'zz']

frame = pandas.DataFrame({
    'songs': random.integers(-5, 50, n).astype(float),
    'adverts': random.normal(size=n),
    'plan': pandas.Categorical(random.choice(plans, n), categories=plans),
    'code': pandas.Categorical(random.choice([7, 300, 12, 5], n)),
    'opened': random.integers(0, 2, n).astype(bool),
    'visits': random.poisson(1, n)})
frame.loc[::7, 'adverts'] = numpy.nan
frame.loc[::5, 'songs'] = 0
frame.loc[::11, 'plan'] = numpy.nan
label = (frame.songs + 10 * frame.adverts.fillna(0) + 15 * frame['plan'].isin(plans[3:]) + 9 * frame.code.isin([7, 12])
         + 3 * frame.visits + random.normal(size=n) * 9 > 42).astype(int)
numbers = frame.drop(columns=['plan', 'code'])

# doubles that single precision does not tell from the thresholds beside them
near = pandas.DataFrame({'adverts': random.integers(1, 60, n) / 10 + random.choice([-1e-9, 0, 1e-9, 1e-8, -3e-8], n)})
near_label = (near.adverts + random.normal(size=n) > 3).astype(int)
wide = pandas.DataFrame({'songs': numpy.arange(n) * 0.37})


def save(name, booster, rows, **options):
    booster.save_model('%s/%s.json' % (folder, name))
    if rows is None:
        return
    data = xgboost.DMatrix(rows, enable_categorical=True, **options)
    named = pandas.DataFrame(rows) if isinstance(rows, pandas.DataFrame) else pandas.DataFrame(
        rows, columns=['f%d' % i for i in range(rows.shape[1])])
    result = named.copy()
    if options:
        result['f0'] = result['f0'].astype(int)
    result['margin'] = booster.predict(data, output_margin=True).astype(float)
    for column, values in zip(named.columns, booster.predict(data, pred_contribs=True).T):
        result['why_' + column] = values.astype(float)
    result.to_csv('%s/%s.csv' % (folder, name), index=False)


def train(name, rows, rounds, label=label, compared=True, types=None, **options):
    options = dict({'objective': 'binary:logistic', 'nthread': 1, 'max_cat_to_onehot': 1}, **options)
    more = {} if types is None else {'feature_types': types}
    booster = xgboost.train(options, xgboost.DMatrix(rows, label, enable_categorical=True, **more), rounds)
    save(name, booster, rows if compared else None, **more)


train('xgb', frame, 60)
train('xgb_deep', frame, 30, max_depth=12, min_child_weight=0.1, max_cat_to_onehot=10, base_score=0.2)
train('xgb_dart', numbers, 30, booster='dart', rate_drop=0.3, one_drop=1)
train('xgb_near', near, 30, label=near_label)
train('xgb_exact', numbers[['songs', 'visits', 'opened']], 20, tree_method='exact')
train('xgb_plain', numbers.to_numpy(dtype=float), 20, max_leaves=9, grow_policy='lossguide')
train('xgb_codes', numpy.column_stack([numpy.arange(n) % 12, frame.adverts]), 20, types=['c', 'q'])
train('xgb_bins', numbers, 90, tree_method='exact', max_depth=4)
forest = xgboost.XGBRFClassifier(n_estimators=30, max_depth=5, n_jobs=1).fit(numbers, label)
save('xgb_forest', forest.get_booster(), numbers)
stopped = xgboost.XGBClassifier(n_estimators=60, early_stopping_rounds=5, n_jobs=1, learning_rate=0.9)
stopped.fit(numbers[::2], label[::2], eval_set=[(numbers[1::2], label[1::2])], verbose=False)
stopped.get_booster().save_model(folder + '/xgb_stopped.json')
train('xgb_wide', wide, 9, label=random.integers(0, 2, n), tree_method='exact', max_depth=10, min_child_weight=0)
train('xgb_letters', pandas.DataFrame({'plan': pandas.Categorical(random.choice(['a', '\u00e9'], n))}), 2, compared=False)
train('xgb_linear', numbers.fillna(0), 2, compared=False, booster='gblinear')
train('xgb_numbers', numbers, 2, compared=False, objective='reg:squarederror')
train('xgb_classes', numbers, 2, label=frame.visits.clip(upper=2), compared=False, objective='multi:softprob', num_class=3)

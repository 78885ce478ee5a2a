"""Trains models of LightGBM for test/t/028_exchange.pl, into the folder that is named.

Of each model there are NAME.json, its document, and NAME.csv: the rows, their margins and the
contributions of their features as LightGBM computes them.  Needs lightgbm and pandas.
"""
import json
import sys

import lightgbm
import numpy
import pandas

folder = sys.argv[1]
n = 3000
random = numpy.random.default_rng(7)
plans = ['free', 'paid', 'x y', '\u00fcn\u00ef"\'\\', '\U0001F600', 'zz']

frame = pandas.DataFrame({
    'songs': random.integers(-5, 50, n).astype(float),
    'adverts': random.normal(size=n),
    'plan': pandas.Categorical(random.choice(plans, n)),
    'code': random.integers(0, 9, n).astype(float),
    'opened': random.integers(0, 2, n).astype(bool),
    'visits': random.poisson(1, n)})
frame.loc[::7, 'adverts'] = numpy.nan
frame.loc[::5, 'songs'] = 0
frame.loc[::11, 'plan'] = numpy.nan
frame.loc[::13, 'code'] = numpy.nan
label = (frame.songs + 10 * frame.adverts.fillna(0) + 15 * frame['plan'].isin(plans[3:]) + frame.code.fillna(3) % 3 * 9
         + 3 * frame.visits + random.normal(size=n) * 9 > 42).astype(int)
numbers = frame.drop(columns=['plan', 'code'])

# a number of exactly 254 parts, which is as many as fit
wide = pandas.DataFrame({'songs': numpy.arange(n) % 255 + 0.25})
odd = pandas.Series((numpy.arange(n) % 255 % 2 == 0).astype(int))


def write(name, rows, rounds, label=label, categories='auto', **options):
    options = dict({'objective': 'binary', 'verbose': -1, 'num_threads': 1, 'min_data_per_group': 10}, **options)
    data = lightgbm.Dataset(rows, label, categorical_feature=categories)
    booster = lightgbm.train(options, data, rounds)
    dump = booster.dump_model()
    with open('%s/%s.json' % (folder, name), 'w') as file:
        file.write(json.dumps(dump))
    # what is refused has nothing to compare
    if options['objective'] != 'binary' or options.get('linear_tree'):
        return
    result = rows.copy()
    for column in rows.select_dtypes('float').columns:
        if column in categories:
            result[column] = result[column].astype('Int64')
    factor = options.get('sigmoid', 1) / (rounds if options.get('boosting') == 'rf' else 1)
    result['margin'] = booster.predict(rows, raw_score=True) * factor
    for column, values in zip(rows.columns, booster.predict(rows, pred_contrib=True).T):
        result['why_' + column] = values * factor
    result.to_csv('%s/%s.csv' % (folder, name), index=False)


write('gbdt', frame, 100)
write('deep', frame, 30, num_leaves=255, min_data_in_leaf=2, max_cat_to_onehot=1)
write('dart', frame, 40, boosting='dart')
write('goss', frame, 40, data_sample_strategy='goss', extra_trees=True)
write('rf', frame.drop(columns='plan'), 20, categories=['code'], boosting='rf', bagging_freq=1, bagging_fraction=0.6)
write('codes', frame.drop(columns='plan'), 40, categories=['code'], max_cat_to_onehot=1, cat_smooth=1)
write('slope', numbers, 40, sigmoid=2.5, is_unbalance=True)
write('no_missing', numbers, 40, use_missing=False)
write('stump', numbers, 1, min_data_in_leaf=n)
write('wide', wide, 60, label=odd, num_leaves=63, min_data_in_leaf=1, min_data_in_bin=1)
write('zeros', frame[['visits']], 5, zero_as_missing=True)
write('zeros_apart', numbers, 40, zero_as_missing=True)
write('classes', numbers, 2, label=frame.visits.clip(upper=2), objective='multiclass', num_class=3)
write('numbers', numbers, 2, objective='regression')
write('linear', numbers, 2, linear_tree=True)

#!/usr/bin/env python3
#
# linear.py
#	  What statsmodels and scikit-learn make of the rows that sql/linear.sql and
#	  the unit tests train on: the expected values there come from here.
#
# pip install statsmodels scikit-learn; then run it.  Nothing else needs it.
# Made with statsmodels 0.15.0 and scikit-learn as of the end of 2026.
#
import numpy as np
import sklearn
import statsmodels
import statsmodels.api as sm
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import CategoricalNB, GaussianNB, MultinomialNB
from sklearn.preprocessing import MinMaxScaler, PowerTransformer

np.set_printoptions(precision=17)


def row_numbers(n):
    return np.arange(1, n + 1)


def plain():
    """Two numbers."""
    i = row_numbers(200)
    x = np.column_stack([i * 37 % 101, (i * 53 % 97) / 8])
    y = (i * 7919 % 1000 + 5 * (i * 37 % 101) > 700).astype(int)
    return ['songs', 'hours'], x.astype(float), y


def scales():
    """Numbers of very different scales, one far from 0."""
    i = row_numbers(300)
    x = np.column_stack([1e9 + i * 41 % 211 * 1e4, (i * 29 % 83) * 1e-5, i % 2])
    y = (i * 7919 % 1000 + 3 * (i * 41 % 211) - 200 * (i % 2) > 600).astype(int)
    return ['bytes', 'rate', 'paid'], x.astype(float), y


def mixed():
    """A number and a category, both with missing values: mean and indicator, levels and one for missing."""
    i = row_numbers(250)
    number = np.where(i % 9 == 4, np.nan, i * 31 % 89)
    city = np.where(i % 11 == 3, -1, i * 13 % 4)
    y = (i * 7919 % 1000 + 4 * (i * 31 % 89) + 150 * (i * 13 % 4 == 2) > 700).astype(int)
    return number, city, y


def mixed_columns(levels):
    number, city, y = mixed()
    missing = np.isnan(number)
    columns = [np.where(missing, np.nanmean(number), number), missing]
    columns += [city == level for level in levels] + [city == -1]
    return np.column_stack(columns).astype(float), y


def show(what, values):
    print(what, ' '.join('%.15g' % v for v in values))


def glm(name, x, y, weights=None):
    """Fitted on standardised columns, which changes no digit of the model but keeps more of them."""
    mean, sd = x.mean(0), x.std(0)
    fit = sm.GLM(y, sm.add_constant((x - mean) / sd), family=sm.families.Binomial(),
                 freq_weights=weights).fit(tol=1e-14, maxiter=200)
    to_original = np.eye(x.shape[1] + 1)
    to_original[0, 1:] = -mean / sd
    to_original[1:, 1:] = np.diag(1 / sd)
    coefficients = to_original @ fit.params
    errors = np.sqrt(np.diag(to_original @ fit.cov_params() @ to_original.T))
    show(name + ' coefficients', coefficients)
    show(name + ' errors', errors)
    show(name + ' p', 2 * norm.sf(abs(coefficients / errors)))
    show(name + ' deviance', [fit.deviance])


def penalised(name, x, y, l2, standardised, **options):
    """The columns named in standardised are; the intercept is that of the original scale."""
    mean, sd = np.zeros(x.shape[1]), np.ones(x.shape[1])
    for column, (m, s) in standardised.items():
        mean[column], sd[column] = m, s
    fit = LogisticRegression(C=1 / l2, tol=1e-14, max_iter=1000, solver='newton-cholesky', **options)
    fit.fit((x - mean) / sd, y)
    weights = fit.coef_[0] / sd
    show(name + ' coefficients', [fit.intercept_[0] - (weights * mean).sum(), *weights])


print('statsmodels', statsmodels.__version__, 'scikit-learn', sklearn.__version__)

for name, (columns, x, y) in {'plain': plain(), 'scales': scales()}.items():
    all_columns = dict(enumerate(zip(x.mean(0), x.std(0))))
    glm(name, x, y)
    penalised(name + ' l2 = 1', x, y, 1, all_columns)
    penalised(name + ' l2 = 25 balanced', x, y, 25, all_columns, class_weight='balanced')
    show(name + ' gaussian', GaussianNB().fit(x, y).predict_proba(x)[:5, 1])
    scaled = MinMaxScaler().fit_transform(x)
    show(name + ' multinomial', MultinomialNB().fit(scaled, y).predict_proba(scaled)[:5, 1])

x, y = mixed_columns([1, 2, 3])
glm('mixed', x, y)
x, y = mixed_columns([0, 1, 2, 3])
number, city, y = mixed()
penalised('mixed l2 = 1', x, y, 1, {0: (np.nanmean(number), np.nanstd(number))})

# rows without missing values, where both libraries can follow
known = ~np.isnan(number) & (city >= 0)
a = GaussianNB().fit(number[known, None], y[known])
b = CategoricalNB(alpha=1).fit(city[known, None], y[known])
joint = (a.predict_log_proba(number[known, None]) + b.predict_log_proba(city[known, None]) -
         np.log(a.class_prior_))
show('mixed known bayes', (1 / (1 + np.exp(joint[:, 0] - joint[:, 1])))[:5])

# the powers that test_transforms.c expects, to the nearest step of its grid
i = row_numbers(3000)
x = np.column_stack([np.exp(i * 7919 % 1009 / 150), -np.exp(i * 7919 % 1009 / 500), (i * 31 % 101) ** 2 / 1000 - 2])
show('Yeo-Johnson powers', PowerTransformer(method='yeo-johnson').fit(x).lambdas_)

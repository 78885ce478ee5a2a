# predict(row) is the probability of churn, and at_risk(row) holds it against THRESHOLD.
#
# A row is a dict with a value for the name of each of FEATURES; other names are ignored.  None
# and NaN are missing.  What a value is, the feature's kind says:
#
#   number    a bool, an int, a float or a Decimal
#   category  a str; one that training did not know counts as missing
#   time      a date, or a datetime without time zone
#   instant   a datetime with a time zone
#
# Times may be texts of ISO 8601, too.  As a program, this reads a row of JSON from each line of
# its input, and writes the probability:
#
#   python3 model.py < rows.jsonl
#
# It needs Python 3.7 and no library, and makes what churn_predict makes, but for the last digit.

import bisect
import datetime
import json
import math
import sys

MISSING = 255  # the code of a category that is missing, where there are no more categories
EPOCH = datetime.datetime(2000, 1, 1)


def predict(row):
    """Returns the probability of churn."""
    values = [value_of(feature, row) for feature in FEATURES]
    if PARTS:
        return calibrated(sigmoid(blend_of(values)))
    total = total_of(MODEL, TERMS, values)
    return calibrated(sigmoid(total) if TREES_ADD_UP else total / len(MODEL['trees']))


def at_risk(row):
    """Is the probability of churn at least the model's threshold?"""
    return predict(row) >= THRESHOLD


# ---- From a row to numbers and codes ----

def value_of(feature, row):
    """A number, NaN when it is missing, or the code of a category."""
    name = feature['name']
    kind = feature['kind']
    if name not in row:
        raise KeyError('feature "%s" is missing from the row' % name)
    value = row[name]
    missing = value is None or value != value
    if kind == 'category':
        return feature['missing'] if missing else code_of(feature, value)
    if missing:
        return math.nan
    number = number_of(name, value) if kind == 'number' else microseconds_of(name, kind, value)
    if math.isinf(number):
        raise ValueError('infinite value in feature "%s"' % name)
    return number


def code_of(feature, value):
    if not isinstance(value, str):
        raise TypeError('feature "%s" must be a str, not %r' % (feature['name'], value))
    return feature['codes'].get(value, feature['missing'])


def number_of(name, value):
    if isinstance(value, (str, bytes)):
        raise TypeError('feature "%s" must be a number, not %r' % (name, value))
    return float(value)


def microseconds_of(name, kind, value):
    """Microseconds since 2000-01-01, of an instant in UTC."""
    if isinstance(value, str):
        value = value[:-1] + '+00:00' if value[-1:] == 'Z' else value
        value = datetime.datetime.fromisoformat(value)
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime.datetime):
        raise TypeError('feature "%s" must be a datetime, not %r' % (name, value))
    if (value.tzinfo is not None) != (kind == 'instant'):
        raise ValueError('feature "%s" must be a datetime %s time zone, not %r'
                         % (name, 'with a' if kind == 'instant' else 'without', value))
    if kind == 'instant':
        value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    span = value - EPOCH
    return float((span.days * 86400 + span.seconds) * 1000000 + span.microseconds)


# ---- Blends, and models that are none ----

def blend_of(values):
    """The weighted mean of the log-odds of churn that a blend's parts give."""
    margin = 0.0
    for weight, part, (adds_up, terms) in zip(MODEL['weights'], MODEL['parts'], PARTS):
        total = total_of(part, terms, values)
        margin += weight * (total if adds_up else log_odds(total / len(part['trees'])))
    return margin


def total_of(model, terms, values):
    """The sum of the leaves that a row reaches, or of the terms."""
    if terms is not None:
        return margin_of(model, terms, values)
    total = 0.0
    for tree in model['trees']:
        total += leaf_of(tree, values)
    return total


# ---- Trees ----

def tree_of(nodes, features):
    """Nodes as (feature, test, whether missing values go left, left child); a leaf has no feature.

    The children of the k-th split are nodes 2k + 1 and 2k + 2.  A test is the largest number, or
    the set of the codes, that goes left.
    """
    tree = []
    left = 1
    for node in nodes:
        if len(node) == 2:
            tree.append((None, node[0], False, 0))
            continue
        if len(node) == 3:
            tree.append((node[0], frozenset(node[1]), False, left))
        else:
            edges = features[node[0]]['edges']
            edge = edges[node[1]] if node[1] < len(edges) else math.inf
            tree.append((node[0], edge, node[2] == 'left', left))
        left += 2
    return tree


def leaf_of(tree, values):
    """The value of the leaf that a row reaches."""
    feature, test, missing_left, left = tree[0]
    while feature is not None:
        value = values[feature]
        if isinstance(test, frozenset):
            goes_left = value in test
        elif value != value:
            goes_left = missing_left
        else:
            goes_left = value <= test
        feature, test, missing_left, left = tree[left if goes_left else left + 1]
    return test


# ---- Models without trees ----

def margin_of(model, terms, values):
    """The log-odds of churn: the intercept, and what each feature adds."""
    first, second = model['intercept']
    margin = first if terms == 'logistic' else second - first
    for feature, term, value in zip(FEATURES, model['terms'], values):
        if feature['kind'] == 'number' and model['options'].get('transform', 'none') != 'none':
            value = transformed(term[-3], term[-2], value)
        add = logistic_contribution if terms == 'logistic' else bayes_contribution
        margin += add(model, feature, term, value)
    return margin


def logistic_contribution(_, feature, term, value):
    if feature['kind'] == 'category':
        return term[len(feature['codes']) if value == feature['missing'] else value]
    if value != value:
        return term[4]
    return term[2] * standardised(value, term[0], term[1]) if term[1] > 0 else 0.0


def bayes_contribution(model, feature, term, value):
    if feature['kind'] == 'category':
        return 0.0 if value == feature['missing'] else term[len(feature['codes']) + value] - term[value]
    if value != value:
        return 0.0
    if model['options']['distribution'] == 'multinomial':
        return between(value, term[0], term[1]) * (term[3] - term[2])
    if term[2] == 0:
        return 0.0
    z0 = standardised(value, term[0], term[2])
    z1 = standardised(value, term[1], term[3])
    return math.log(term[2] / term[3]) + 0.5 * (z0 - z1) * (z0 + z1)


def standardised(x, center, scale):
    z = (x * 0.5 - center * 0.5) / (scale * 0.5)
    return max(-1e15, min(1e15, z))


def between(x, low, high):
    """Where x lies between low, which is 0, and high, which is 1."""
    half = high * 0.5 - low * 0.5
    if half < 1e-300:
        return 0.5
    return 0.0 if x <= low else 1.0 if x >= high else (x * 0.5 - low * 0.5) / half


def transformed(form, power, x):
    """x itself (0), its logarithm (1) or a power of it (2, of Yeo and Johnson), with its sign."""
    if x != x or form == 0:
        return x
    size = math.log1p(abs(x))
    if form == 2:
        exponent = 2 - power if x < 0 else power
        if exponent != 0:
            size = math.expm1(min(exponent * size, 708)) / exponent
    return -size if x < 0 else size


# ---- From scores to probabilities ----

def sigmoid(margin):
    e = math.exp(-abs(margin))
    return (e if margin < 0 else 1) / (1 + e)


def log_odds(share):
    """Those of a share that is kept off 0 and 1."""
    p = 0.001 + (1 - 2 * 0.001) * share
    return math.log(p / (1 - p))


def calibrated(score):
    map_ = MODEL.get('calibration')
    if map_ is None:
        return score
    if 'slope' in map_:
        return sigmoid(map_['slope'] * log_odds(score) + map_['intercept'])
    scores = map_['scores']
    probabilities = map_['probabilities']
    at = bisect.bisect_right(scores, score) - 1
    if at < 0 or at == len(scores) - 1:
        return probabilities[max(at, 0)]
    place = (score - scores[at]) / (scores[at + 1] - scores[at])
    rise = probabilities[at + 1] - probabilities[at]
    return min(probabilities[at] + place * rise, probabilities[at + 1])


# ---- The model ----

def load(text):
    """Takes the model's JSON, which is that of the type churn_model, apart."""
    global MODEL, FEATURES, THRESHOLD
    MODEL = json.loads(text)
    FEATURES = MODEL['features']
    THRESHOLD = MODEL['threshold']
    for feature in FEATURES:
        if feature['kind'] == 'category':
            names = feature['categories']
            codes = feature.get('groups', range(len(names)))
            feature['codes'] = dict(zip(names, codes))
            feature['missing'] = MISSING if 'groups' in feature else max(MISSING, len(names))
    for model in [MODEL] + MODEL.get('parts', []):
        if 'trees' in model:
            model['trees'] = [tree_of(nodes, model['features']) for nodes in model['trees']]


def main():
    for line in sys.stdin:
        print(repr(predict(json.loads(line))))



# Drift says what scipy says of the same numbers.  Skipped without python3 and scipy.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'python3 with scipy is not installed'
  unless eval { IPC::Run::run([ 'python3', '-c', 'import numpy, scipy.stats, scipy.special' ], '>', \my $out, '2>', \my $err) };

my $node = PostgreSQL::Test::Cluster->new('scipy');
$node->init;
$node->start;
my $dir = $node->data_dir;

# Few enough values that each has a bin, and values that are missing
$node->safe_psql('postgres', q{
	CREATE EXTENSION sparkify;
	CREATE TABLE rows AS
	SELECT i AS userid, i > 3000 AS now, hashint4(i) % 100 > 20 AS churned,
		abs(hashint4(i * 3) % 100) / (CASE WHEN i > 3000 THEN 2 ELSE 1 END) AS songs,
		CASE WHEN hashint4(i * 5) % 9 > 1 THEN abs(hashint4(i * 7) % 40) + (i > 3000)::int END AS hours,
		abs(hashint4(i * 11) % 7) AS alike
	FROM generate_series(1, 5000) AS i;
	UPDATE rows SET churned = songs + abs(hashint4(userid * 13)) % 60 < 70 WHERE NOT now;
	CREATE TABLE models AS
	SELECT algorithm, model FROM unnest('{random_forest,logistic_regression}'::text[]) AS algorithm,
		LATERAL (SELECT model FROM churn_train('SELECT userid, churned, songs, hours, alike FROM rows WHERE NOT now', algorithm => algorithm, id => 'userid')) AS t;
});

sub to_file
{
	my ($file, $query) = @_;
	append_to_file("$dir/$file", $node->safe_psql('postgres', $query) . "\n");
}

my ($then, $now) = map { "SELECT userid, songs, hours, alike FROM rows WHERE $_" } 'NOT now', 'now';
to_file('models.json', q{SELECT json_object_agg(algorithm, model::text::json) FROM models});
to_file('rows.json', q{SELECT json_agg(r) FROM (SELECT algorithm, now, songs, hours, alike, churn_predict(model, r) AS score FROM rows AS r, models) AS r});
to_file('drift.json', qq{SELECT json_agg(d) FROM (
	SELECT algorithm, NULL AS reference, d.* FROM models, churn_drift(model, \$\$$now\$\$) AS d
	UNION ALL SELECT algorithm, 'rows', d.* FROM models, churn_drift(model, \$\$$now\$\$, \$\$$then\$\$) AS d) AS d});

append_to_file("$dir/check.py", <<'PYTHON');
import json, sys
import numpy as np
from scipy import special, stats

models, rows, drift = (json.load(open(f'{sys.argv[1]}/{name}.json')) for name in ('models', 'rows', 'drift'))
n_checked = 0

def check(what, here, there, tolerance=1e-9):
    global n_checked
    n_checked += 1
    if not abs(here - there) <= tolerance:
        print(f'{what}: {here} here, {there} there')

def index(then, now):
    p, q = ((c + 0.5) / (c + 0.5).sum() for c in (then, now))
    return special.rel_entr(q, p).sum() + special.rel_entr(p, q).sum()

def tenths(then, now):
    """bins into tenths of what was, each by its middle; then only those that some bin is in"""
    middle = np.cumsum(then) - then / 2
    group = np.minimum(9, np.floor(10 * middle / then.sum())).astype(int)
    return [np.array([c[group == g].sum() for g in np.unique(group)]) for c in (then, now)]

for d in drift:
    what = f"{d['algorithm']} {d['feature']} {d['reference']}"
    mine = [r for r in rows if r['algorithm'] == d['algorithm']]
    name = 'score' if d['feature'] == '(score)' else d['feature']
    then, now = ([r[name] for r in mine if r['now'] == side] for side in (False, True))
    missing = [sum(v is None for v in side) for side in (then, now)]
    then, now = (np.array([v for v in side if v is not None], float) for side in (then, now))
    model = models[d['algorithm']]
    if name == 'score' and d['reference'] is None:
        counts = np.array(model['scores']['counts'], float)
        new = np.bincount(np.searchsorted(model['scores']['edges'], now), minlength=len(counts)).astype(float)
        ks = np.abs(np.cumsum(counts) / counts.sum() - np.cumsum(new) / new.sum()).max()
    elif name == 'score':
        # bins of a thousandth each, in which the distance may be a little less
        fine = [np.minimum(999, np.floor(v * 1000)) for v in (then, now)]
        counts, new = (np.bincount(v.astype(int), minlength=1000).astype(float) for v in fine)
        ks = stats.ks_2samp(*fine).statistic
        exact = stats.ks_2samp(then, now).statistic
        check(what + ' not beyond that of the scores', max(d['ks'] - exact, 0), 0)
        check(what + ' near that of the scores', d['ks'], exact, 0.02)
    else:
        edges = [f for f in model['features'] if f['name'] == name][0]['edges']
        counts, new = (np.bincount(np.searchsorted(edges, v), minlength=len(edges) + 1).astype(float) for v in (then, now))
        ks = stats.ks_2samp(then, now).statistic
    groups = tenths(counts, new)
    if sum(missing) > 0:
        groups = [np.append(g, m) for g, m in zip(groups, missing)]
    n, m = groups[0].sum(), groups[1].sum()
    check(what + ' psi', d['psi'], index(*groups))
    check(what + ' ks', d['ks'], ks)
    check(what + ' chance', d['psi_chance'] / ((1 / n + 1 / m) * stats.chi2.ppf(0.95, len(groups[0]) - 1)), 1, 0.01)
    check(what + ' chance of ks', d['ks_chance'] / np.sqrt(1 / (n - missing[0]) + 1 / (m - missing[1])), stats.kstwobign.ppf(0.95), 1e-4)
print(f'{n_checked} figures compared')
PYTHON

my ($out, $err) = ('', '');
IPC::Run::run([ 'python3', "$dir/check.py", $dir ], '<', \undef, '>', \$out, '2>', \$err);
is($err, '', 'scipy runs');
is($out, "68 figures compared\n", 'and says the same of scores and features, with and without a reference');

$node->stop;
done_testing();

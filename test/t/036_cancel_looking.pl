# Looking at a model and watching it can be cancelled at once, wherever it is.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nmax_parallel_workers_per_gather = 0");
$node->start;

my $grace = 2;					# seconds that a busy machine may add to the promised 0.1

# Rows, a model and profiles, so many that nothing below is done in the time that it is given
$node->safe_psql('postgres', q{
	CREATE EXTENSION sparkify;
	CREATE TABLE rows AS
		SELECT i / 3 AS userid, hashint4(i) % 5 > 2 AS churned, i % 7 AS seventh, sin(i) AS a, sin(2 * i) AS b, i % 1000 AS c,
			'name ' || i % 300 AS name
		FROM generate_series(1, 400000) AS i;
	CREATE TABLE models AS SELECT model FROM churn_train('SELECT * FROM rows LIMIT 30000', options => '{"trees": 400}', id => 'userid', exclude => '{seventh}');
	CREATE TABLE profiles AS
		SELECT i AS userid, churn_profile(timestamptz '2024-01-01 00:00+00' + j * (i % 9 + 1) * interval '1 day', 'view') AS profile
		FROM generate_series(1, 20000) AS i, generate_series(1, 20) AS j GROUP BY i;
	CREATE TABLE texts (document text);
	ALTER TABLE texts ALTER document SET STORAGE EXTERNAL;
	INSERT INTO texts SELECT churn_export(model, 'xgboost') FROM churn_train('SELECT * FROM rows LIMIT 10000', algorithm => 'gradient_boosting', id => 'userid',
		options => '{"trees": 300, "max_depth": 8, "early_stopping": 0, "threshold": 0.5}', exclude => '{seventh,name}');
	CREATE TYPE point_of_curve AS (fpr float8, tpr float8);
	CREATE TABLE points AS SELECT array_agg(ROW(i / 20000.0, i / 20000.0)::point_of_curve) AS roc FROM generate_series(1, 20000) AS i;
});

my $rows = q{'SELECT r.* FROM rows AS r, generate_series(1, 20)'};
my @calls = (
	[ 'churn_evaluate', "SELECT count(*) FROM models, churn_evaluate(model, $rows)" ],
	[ 'churn_segments', "SELECT count(*) FROM models, churn_segments(model, $rows, by => 'seventh')" ],
	[ 'churn_drift', "SELECT count(*) FROM models, churn_drift(model, $rows)" ],
	[ 'churn_drift with a reference', "SELECT count(*) FROM models, churn_drift(model, 'rows', $rows)" ],
	[ 'churn_dependence', "SELECT count(*) FROM models, churn_dependence(model, $rows, 'a', 255, 100000)" ],
	[ 'churn_dependence of a sample', "SELECT count(*) FROM models, churn_dependence(model, 'rows', 'a', 255, 100000)" ],
	[ 'churn_retention', 'SELECT cardinality(churn_retention(profile, DATE \'2024-12-01\')) FROM profiles, generate_series(1, 100)' ],
	[ 'churn_report', "SELECT length(churn_report(model, $rows)) FROM models" ],
	[ 'churn_report of few', "SELECT sum(length(churn_report(model, 'SELECT * FROM rows LIMIT 20000'))) FROM models, generate_series(1, 100)" ],
	[ 'churn_plot_summary', "SELECT length(churn_plot_summary(model, $rows)) FROM models" ],
	[ 'churn_plot_features', "SELECT length(churn_plot_features($rows))" ],
	[ 'churn_plot_roc', 'SELECT sum(length(churn_plot_roc(roc))) FROM points, generate_series(1, 10000)' ],
	[ 'churn_plot_reasons', 'SELECT sum(length(churn_plot_reasons(model, r))) FROM models, rows AS r' ],
	[ 'churn_export as Python', "SELECT sum(length(churn_export(model, 'python'))) FROM models, generate_series(1, 1000)" ],
	[ 'churn_export as XGBoost', "SELECT sum(length(churn_export(model, 'xgboost'))) FROM models, generate_series(1, 1000)" ],
	[ 'churn_import', "SELECT count(churn_fingerprint(churn_import(document || repeat(' ', n), 'xgboost'))) FROM texts, generate_series(1, 1000) AS n" ],
	[ 'churn_challenge', "SELECT churn_paired_test(model, model, $rows) FROM models" ],
	[ 'churn_score', "SELECT count(*) FROM models, churn_score(model, $rows)" ],
	[ 'churn_record', "SELECT churn_record('m', $rows, DATE '2024-01-01')" ]);
$node->safe_psql('postgres', "SELECT churn_deploy('m', model) FROM models");

# early, while the source is read, and later, in what comes after
foreach my $timeout (0.1, 1.3)
{
	foreach my $call (@calls)
	{
		my ($name, $query) = @$call;
		my $start = time;
		my ($status, $stdout, $stderr) = $node->psql('postgres', 'SET statement_timeout = ' . int($timeout * 1000) . "; $query");
		my $seconds = time - $start;

		like($stderr, qr/canceling statement due to statement timeout/, "$name is cancelled after $timeout s");
		cmp_ok($seconds, '<', $timeout + $grace, 'and ends soon after');
		note sprintf '%s: %.2f s after', $name, $seconds - $timeout;
	}
}

# Nothing is left, and the session goes on
is($node->safe_psql('postgres', 'SELECT count(*) FROM churn_scores'), '0', 'no score was recorded');
is($node->safe_psql('postgres', q{
		SET statement_timeout = '100ms';
		DO $$ BEGIN PERFORM churn_report(model, 'rows') FROM models; EXCEPTION WHEN query_canceled THEN NULL; END $$;
		SET statement_timeout = 0;
		SELECT length(churn_report(model, 'SELECT * FROM rows LIMIT 300')) > 10000 FROM models}),
	't', 'a session writes a report after a cancelled one');
is(join(' ', glob($node->data_dir . '/base/pgsql_tmp/*')), '', 'no temporary file is left');

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC|leak/i, 'the server\'s log complains of nothing');
done_testing();

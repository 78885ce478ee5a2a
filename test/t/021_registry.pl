# The registry of models in use is dumped and restored, and copied to a replica, which
# scores by it; who deploys at the same time waits, and gets the next version.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use IPC::Run ();

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->start;

$primary->safe_psql('postgres', q{
	CREATE ROLE deployer;
	CREATE SCHEMA churn;
	CREATE EXTENSION sparkify SCHEMA churn;
	GRANT USAGE ON SCHEMA churn TO deployer;
	GRANT SELECT, INSERT, UPDATE ON churn.churn_models TO deployer;
	SET search_path = churn, public;
	CREATE TABLE public.users AS
		SELECT i AS userid, i * 37 % 100 AS songs, (i * 37 % 100) + (i * 7919) % 60 < 60 AS churned FROM generate_series(1, 1000) AS i;
	CREATE VIEW public.risk AS SELECT userid, churn_predict(churn_active('daily'), u) AS risk FROM users AS u;
	SELECT churn_deploy('daily', model, 'users', judged_on => 'users') FROM churn_train('users', options => '{"trees": 10}');
	SELECT churn_deploy('daily', model) FROM churn_train('users', algorithm => 'logistic_regression');
	SELECT churn_record('daily', 'users', '2024-01-01');});

# Everything that is known of the models, and what they say
my $content = q{
	SELECT name, version, active, previous, md5(model::text), metrics, options, created_at, created_by FROM churn.churn_models
	UNION ALL SELECT 'risk', userid, NULL, NULL, risk::text, NULL, NULL, NULL, NULL FROM risk
	UNION ALL SELECT name, userid, at_risk, version, score::text, NULL, NULL, as_of, NULL FROM churn.churn_scores JOIN users ON id = userid::text
	ORDER BY 1, 2, 5};
my $expected = $primary->safe_psql('postgres', $content);
like($expected, qr/^daily\|1\|f\|.*"auc_low"/m, 'there is something to compare');
is(() = $expected =~ /^risk\|/mg, 1000, 'and scores');

# Dumped and restored, with the privileges on it
my $dump = $primary->basedir . '/dump';
$primary->safe_psql('postgres', 'CREATE DATABASE restored');
$primary->command_ok([ 'pg_dump', '-f', $dump, $primary->connstr('postgres') ], 'pg_dump');
$primary->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, '-d', $primary->connstr('restored') ], 'restore');
is($primary->safe_psql('restored', $content), $expected, 'the registry is restored');
is($primary->safe_psql('restored', q{
	SET ROLE deployer;
	SELECT churn.churn_deploy('daily', churn.churn_active('daily')), has_table_privilege('churn.churn_scores', 'SELECT')}), '3|f',
	'who may deploy may do so there');

# On a replica, which follows the next deployment
$primary->backup('backup');
my $replica = PostgreSQL::Test::Cluster->new('replica');
$replica->init_from_backup($primary, 'backup', has_streaming => 1);
$replica->start;
sub catch_up
{
	$primary->wait_for_catchup('replica', 'replay', $primary->lsn('insert'));
}
catch_up();
is($replica->safe_psql('postgres', $content), $expected, 'a replica scores by the registry');
$primary->safe_psql('postgres', q{SELECT churn.churn_rollback('daily')});
catch_up();
$expected = $primary->safe_psql('postgres', $content);
is($replica->safe_psql('postgres', $content), $expected, 'and follows');
my ($status, $out, $err) = $replica->psql('postgres', q{SELECT churn.churn_deploy('daily', churn.churn_active('daily'))});
like($err, qr/cannot .*during recovery/, 'but deploys nothing');

# Two at the same time, and somebody who goes on reading
my $psql = [ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $primary->connstr('postgres') ];
my ($first_in, $first_out) = ("BEGIN;\nSELECT 'first', churn.churn_deploy('daily', churn.churn_active('daily'));\n", '');
my ($second_out, $second_err) = ('', '');
my $timer = IPC::Run::timeout(180);
my $first = IPC::Run::start($psql, '<', \$first_in, '>', \$first_out, $timer);
$first->pump until $first_out =~ /first\|3/;
my $second = IPC::Run::start([ @$psql, '-c', q{SELECT churn.churn_deploy('daily', churn.churn_active('daily'))} ],
	'<', \undef, '>', \$second_out, '2>', \$second_err, $timer);
ok($primary->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'churn.churn_models'::regclass AND NOT granted)}),
	'the second one waits');
is($primary->safe_psql('postgres', $content), $expected, 'who reads does not, and sees what was before');
$first_in .= "COMMIT;\n";
$first->finish;
ok($second->finish, 'the second one goes on') or diag($second_err);
is($second_out, "4\n", 'with the next version');
is($primary->safe_psql('postgres', q{SELECT version, previous FROM churn.churn_models WHERE active}), '4|3', 'which is in use');

$replica->stop;
$primary->stop;
done_testing();

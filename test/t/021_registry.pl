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
like($err, qr/cannot execute churn_deploy\(\) during recovery/, 'but deploys nothing');
for my $call (q{churn_rollback('daily')}, q{churn_record('daily', 'users')}, q{churn_challenge('daily', churn.churn_active('daily'), 'users')})
{
	my ($name) = $call =~ /(\w+)/;
	($status, $out, $err) = $replica->psql('postgres', "SELECT churn.$call");
	like($err, qr/cannot execute $name\(\) during recovery/, "nor does $name go");
}
is($replica->safe_psql('postgres', q{SELECT users FROM churn.churn_history('daily')}), 1000, 'it looks back as well');

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

# A challenger that was compared with a champion that is no more does not take the place of another
$primary->safe_psql('postgres', q{
	SET search_path = churn, public;
	CREATE TABLE public.tried AS SELECT 'poor' AS kind, model FROM churn_train('SELECT userid, userid % 7 AS songs, churned FROM users', options => '{"trees": 5}')
		UNION ALL SELECT 'good', model FROM churn_train('users', options => '{"trees": 5}');
	SELECT churn_deploy('race', model) FROM tried WHERE kind = 'poor';});
my $challenge = q{SELECT deployed, version FROM tried, churn.churn_challenge('race', model, 'users') WHERE kind = 'good'};
($first_in, $first_out) = ("BEGIN;\nSELECT 'first', churn.churn_deploy('race', churn.churn_active('race'));\n", '');
$first = IPC::Run::start($psql, '<', \$first_in, '>', \$first_out, $timer);
$first->pump until $first_out =~ /first\|2/;
($second_out, $second_err) = ('', '');
$second = IPC::Run::start([ @$psql, '-c', $challenge ], '<', \undef, '>', \$second_out, '2>', \$second_err, $timer);
ok($primary->poll_query_until('postgres', q{SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'churn.churn_models'::regclass AND NOT granted)}),
	'the challenger waits');
$first_in .= "COMMIT;\n";
$first->finish;
ok(!$second->finish, 'and is refused');
like($second_err, qr/version 1 of model "race" is no longer in use, which the challenger was compared with/, 'by a clear error');
is($primary->safe_psql('postgres', q{SELECT version FROM churn.churn_models WHERE name = 'race' AND active}), 2, 'nothing was deployed');
is($primary->safe_psql('postgres', $challenge), 't|3', 'it is, when it is compared with the one in use');

# Sessions follow what others deploy, at once or, when they see one state of all, from the next transaction on
$primary->safe_psql('postgres', q{
	CREATE VIEW in_use AS SELECT kind FROM tried WHERE churn.churn_fingerprint(model) = churn.churn_fingerprint(churn.churn_active('race'))});
my $kind = 'SELECT kind FROM in_use';
my ($session_in, $session_out) = ("PREPARE kind AS $kind;\n", '');
my $session = IPC::Run::start($psql, '<', \$session_in, '>', \$session_out, $timer);
sub said
{
	my ($query) = @_;
	$session_out = '';
	$session_in .= "$query;\n\\echo .\n";
	$session->pump until $session_out =~ /^\.$/m;
	return $session_out =~ s/\n?\.\n//r;
}
is(said('EXECUTE kind') . said('BEGIN; EXECUTE kind'), 'goodgood', 'a session has a plan with it');
$primary->safe_psql('postgres', q{SELECT churn.churn_rollback('race', 1)});
is(said('EXECUTE kind') . said("$kind; COMMIT"), 'poorpoor', 'which follows within a transaction');
is(said('BEGIN ISOLATION LEVEL REPEATABLE READ; EXECUTE kind'), 'poor', 'and one that sees one state');
$primary->safe_psql('postgres', q{SELECT churn.churn_rollback('race', 3)});
is(said('EXECUTE kind') . said('COMMIT; EXECUTE kind'), 'poorgood', 'goes on with that');

# Renamed, the registry is still found: nothing names a schema that was once
$primary->safe_psql('postgres', q{ALTER SCHEMA churn RENAME TO "Other ""schema"" %s"});
my $schema = q{"Other ""schema"" %s"};
is(said('EXECUTE kind') . said($kind), 'goodgood', 'in a session that has used it under its old name');
$session_in .= "\\q\n";
$session->finish;
is($primary->safe_psql('postgres', 'SELECT count(risk) FROM public.risk'), 1000, 'a view scores');
is($primary->safe_psql('postgres', qq{
	SELECT ${schema}.churn_deploy('race', model, judged_on => 'users') FROM tried WHERE kind = 'poor';
	SELECT ${schema}.churn_rollback('race', 1);
	SELECT deployed, version FROM tried, ${schema}.churn_challenge('race', model, 'users') WHERE kind = 'good';
	SELECT ${schema}.churn_record('race', 'users', '2024-01-01');
	SELECT ${schema}.churn_record('race', 'users', '2024-01-02');
	SELECT users, became_at_risk FROM ${schema}.churn_history('race', 1);
	SELECT count(*) FROM ${schema}.churn_changes('race')}), "4\n1\nt|5\n1000\n1000\n1000|0\n10", 'all of it works');
is($primary->safe_psql('postgres', qq{
	CREATE SCHEMA churn;
	CREATE TABLE churn.churn_models AS SELECT * FROM ${schema}.churn_models WHERE false;
	CREATE TABLE churn.churn_scores AS SELECT * FROM ${schema}.churn_scores WHERE false;
	SET search_path = churn;
	SELECT ${schema}.churn_rollback('race');
	SELECT ${schema}.churn_record('race', 'public.users', '2024-01-03');
	SELECT users FROM ${schema}.churn_history('race', 1)}), "1\n1000\n1000", 'whatever has its old name now');

# Nothing of it needs a procedural language
$primary->safe_psql('postgres', 'CREATE DATABASE plain');
is($primary->safe_psql('plain', q{
	DROP EXTENSION plpgsql;
	CREATE EXTENSION sparkify;
	SELECT churn_deploy('daily', model) FROM churn_train('SELECT i AS userid, i AS x, i > 50 AS churned FROM generate_series(1, 100) AS i', options => '{"trees": 3}');
	SELECT churn_record('daily', 'SELECT 1 AS userid, 2 AS x')}), "1\n1", 'without PL/pgSQL all is there');

$replica->stop;
$primary->stop;
done_testing();

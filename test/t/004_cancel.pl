# Whatever takes long can be cancelled at once, and leaves nothing behind.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', q{
	fsync = off
	max_worker_processes = 8
	max_parallel_workers = 8
	max_parallel_maintenance_workers = 2
});
$node->start;

my $timeout = 0.1;				# of a statement, in seconds
my $grace = 2;					# what a busy machine may add to the promised 0.1
my $log = $node->basedir . '/events.json';

sub value { return $node->safe_psql('postgres', $_[0]); }

# A training table wide and long enough that no call below is done in time
value(q{
	CREATE EXTENSION sparkify;
	CREATE TABLE loaded OF churn_event;
	CREATE TABLE training AS
		SELECT i AS userid, (i * 7919) % 3 = 0 AS churned,
			   sin(i) AS a, sin(2 * i) AS b, sin(3 * i) AS c, sin(5 * i) AS d,
			   sin(7 * i) AS e, sin(11 * i) AS f, sin(13 * i) AS g, sin(17 * i) AS h
		FROM generate_series(1, 100000) i;
	CREATE TABLE models AS
		SELECT model FROM churn_train('SELECT * FROM training LIMIT 5000');
	CREATE TABLE user_profiles AS
		SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
		FROM churn_simulate_events(200) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;});

# one user's million and a half of sessions, in no order, as events, a profile and text
value(q{
	CREATE TABLE bursts AS
		SELECT '2018-10-01 UTC'::timestamptz + (i::bigint * 7919 % 1500000) * interval '40 seconds' AS ts,
			   i::bigint * 48271 % 1500007 AS sessionid
		FROM generate_series(1, 1500000) i;
	CREATE TABLE large (profile churn_profile);
	ALTER TABLE large ALTER profile SET STORAGE EXTERNAL;
	INSERT INTO large SELECT churn_profile(ts, sessionid, 'NextSong', 'paid', 200.5, 'F', NULL) FROM bursts;
	CREATE TABLE long_text (t text);
	ALTER TABLE long_text ALTER t SET STORAGE EXTERNAL;
	INSERT INTO long_text SELECT '{"version": 1, "slices": [' || string_agg('{"session": ' || i::bigint * 48271 % 500009 ||
			', "day": "2018-10-01", "pages": {"Cancel": 1}}', ', ') || ']}'
		FROM generate_series(1, 500000) i;
	CREATE TABLE large_log (profile churn_profile, t text);
	ALTER TABLE large_log ALTER profile SET STORAGE EXTERNAL, ALTER t SET STORAGE EXTERNAL;
	INSERT INTO large_log SELECT profile, profile::text FROM (SELECT churn_profile(ts, 'view', sessionid) AS profile FROM bursts) AS p;});

# and a log of two million events
my $line = '{"ts":1538352117000,"userId":"30","sessionId":29,"page":"NextSong","auth":"Logged In",'
  . '"level":"paid","registration":1538173362000,"length":277.89016}' . "\n";
append_to_file($log, $line x 50000) for 1 .. 40;

my @calls = (
	[ 'churn_load_events', "SELECT churn_load_events('loaded', '$log')" ],
	[ 'churn_read_events', "SELECT count(*) FROM churn_read_events('$log')" ],
	[ 'churn_simulate_events', 'SELECT count(*) FROM churn_simulate_events(20000)' ],
	[
		'churn_train', q{SELECT algorithm FROM churn_train('SELECT * FROM training',
			options => '{"trees": 10000}')}
	],
	[
		'churn_train without workers', q{SET max_parallel_maintenance_workers = 0;
			SELECT algorithm FROM churn_train('SELECT * FROM training', options => '{"trees": 10000}')}
	],
	[ 'churn_profile', "SELECT churn_profile(ts, sessionid, 'NextSong', 'paid', 200.5, 'F', NULL) IS NULL FROM bursts" ],
	[
		'merging large profiles', q{SELECT churn_profile_merge(churn_profile_merge(profile, profile), profile) IS NULL
			FROM large, generate_series(1, 9)}
	],
	[ 'the text of a large profile', 'SELECT profile::json IS NULL FROM large, generate_series(1, 9)' ],
	[ 'reading a long text', 'SELECT t::churn_profile IS NULL FROM long_text, generate_series(1, 9)' ],
	[ 'a profile of any log', "SELECT churn_profile(ts, 'view', sessionid) IS NULL FROM bursts" ],
	[
		'merging large profiles of any log', q{SELECT churn_profile_merge(churn_profile_merge(profile, profile), profile) IS NULL
			FROM large_log, generate_series(1, 9)}
	],
	[ 'the text of a large one', 'SELECT profile::json IS NULL FROM large_log, generate_series(1, 9)' ],
	[ 'reading its text', 'SELECT t::churn_profile IS NULL FROM large_log, generate_series(1, 9)' ],
	[ 'the last day of large ones', 'SELECT count(churn_last_day(profile)) FROM large_log, generate_series(1, 99)' ],
	[ 'features of a large profile', 'SELECT sum(n_songs) FROM large, generate_series(1, 99), churn_features(profile)' ],
	[ 'labels of a large profile', 'SELECT count(churn_label(profile)) FROM large, generate_series(1, 99)' ],
	[ 'churn_explain', 'SELECT sum(contribution) FROM training t, models, churn_explain(model, t)' ],
	[ 'churn_reasons', 'SELECT count(churn_reasons(model, t)) FROM training t, models' ],
	[
		'churn_backtest', q{SELECT as_of FROM churn_backtest('user_profiles', '{2018-10-15,2018-10-29,2018-11-12}',
			options => '{"trees": 10000}')}
	],
	[
		'churn_backtest over rows', q{SELECT as_of FROM churn_backtest('SELECT i AS userid, date ''2024-01-01'' + i % 100 AS as_of,
			i % 7 = 0 AS churned, i % 1000 AS x FROM generate_series(1, 3000000) AS i', horizon => '1 day', algorithm => 'naive_bayes')}
	],
	[
		'labels of large profiles of any log', q{SELECT count(churn_inactive(profile, '2100-01-01', '7 days')) FROM generate_series(1, 99),
			(SELECT churn_profile('2000-01-01'::timestamp + i * interval '1 hour', 'event ' || i % 50) AS profile FROM generate_series(1, 200000) AS i) AS p}
	],
	[
		'churn_observations', q{SELECT count(*) FROM churn_observations('SELECT i AS userid, date ''2024-01-01'' AS started_at,
			NULL::date AS ended_at FROM generate_series(1, 100000) AS i', '7 days', every => '1 day', log_end => '2100-01-01')}
	],
	[
		'churn_audit', q{SELECT feature FROM churn_audit('SELECT t.* FROM training t, generate_series(1, 40)')}
	],
	[
		'churn_forest_agg', q{SELECT churn_info(churn_forest_agg(churned, t, '{"trees": 10000}'))
			FROM (SELECT churned, a, b, c, d, e, f, g, h FROM training) t}
	]);

foreach my $call (@calls)
{
	my ($name, $query) = @$call;
	my $start = time;
	my ($status, $stdout, $stderr) = $node->psql('postgres',
		'SET statement_timeout = ' . int($timeout * 1000) . "; $query");
	my $seconds = time - $start;

	like($stderr, qr/canceling statement due to statement timeout/, "$name is cancelled");
	cmp_ok($seconds, '<', $timeout + $grace, "$name ends soon after");
}

is(value('SELECT count(*) FROM loaded'), '0', 'nothing is loaded');
ok( $node->poll_query_until(
		'postgres', q{SELECT count(*) = 0 FROM pg_stat_activity
			WHERE backend_type IN ('parallel worker', 'client backend') AND pid <> pg_backend_pid()}),
	'no worker is left');
is(join(' ', glob($node->data_dir . '/base/pgsql_tmp/*')), '', 'no temporary file is left');
is(value('SELECT count(*) FROM pg_prepared_xacts'), '0', 'no transaction is left');

# and the same session goes on working
is( value(q{
		SET statement_timeout = '100ms';
		DO $$ BEGIN PERFORM churn_train('SELECT * FROM training', options => '{"trees": 10000}');
		EXCEPTION WHEN query_canceled THEN NULL; END $$;
		SET statement_timeout = 0;
		SELECT n_rows FROM churn_train('SELECT * FROM training LIMIT 1000', options => '{"trees": 2}')}),
	'1000',
	'the session trains on after a cancelled training');

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC|leak/i, 'the server\'s log complains of nothing');
done_testing();

# DDL beside every function with a source: the server stays up, and what fails
# fails with an error of a kind that a name that comes and goes explains.
#
# Lasts SPARKIFY_RACE_SECONDS, by default 12.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $seconds = $ENV{SPARKIFY_RACE_SECONDS} || 12;
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', q{
	fsync = off
	deadlock_timeout = 20ms
	max_parallel_workers = 2
	restart_after_crash = off
	log_min_messages = panic
	log_min_error_statement = panic
});
$node->start;
my $file = $node->basedir . '/events.jsonl';
append_to_file($file, join '', map {
	sprintf qq({"ts":%d,"userId":"%d","sessionId":%d,"page":"Home","auth":"Logged In","level":"free"}\n),
		1538352117000 + 60000 * $_, $_ % 7, $_ % 20 } 1 .. 300);
$node->safe_psql('postgres', q{
	CREATE EXTENSION sparkify;
	CREATE SCHEMA here;
	CREATE TYPE here.mood AS ENUM ('glad', 'sad');
	CREATE TYPE here.pair AS (x int, y int);
	CREATE DOMAIN here.count AS int;
	CREATE TABLE stable AS SELECT i AS userid, i % 3 = 0 AS churned, i % 7 AS x FROM generate_series(1, 60) AS i;
	CREATE TABLE models AS SELECT model FROM churn_train('stable', algorithm => 'decision_tree');
	CREATE TABLE stable_profiles AS
		SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
		FROM churn_simulate_events(25, 60, 7) WHERE auth <> 'Logged Out' GROUP BY userid;
	CREATE FUNCTION pairs() RETURNS SETOF here.pair LANGUAGE sql VOLATILE ROWS 200
		AS 'SELECT i % 5, i % 11 FROM generate_series(1, 200) AS i';
});

# What comes and goes
my $make = q{
	CREATE TABLE here.gone AS SELECT userid, churned, x, 'glad'::here.mood AS mood, x::here.count AS n FROM stable;
	CREATE VIEW here.gone_view AS SELECT userid, churned, x FROM here.gone;
	CREATE TABLE here.profiles AS SELECT * FROM stable_profiles;
	CREATE TABLE here.whole AS SELECT churn_label(profile) AS churned, profile, f.* FROM stable_profiles, churn_features(profile) AS f;
	CREATE TABLE here.events OF churn_event;
};
my $drop = 'DROP VIEW IF EXISTS here.gone_view; DROP TABLE IF EXISTS here.gone, here.profiles, here.whole, here.events;';

# a table that comes and goes as fast as it can, and calls which only ever look it up
my $quick_ddl = 'DO $$ BEGIN FOR i IN 1 .. 500 LOOP CREATE TABLE here.gone (userid int, churned bool); COMMIT;
	DROP TABLE here.gone; COMMIT; END LOOP; END $$';
my $quick_calls = join ";\n", map { "DO \$\$ BEGIN FOR i IN 1 .. 500 LOOP
	BEGIN PERFORM $_; EXCEPTION WHEN undefined_table OR invalid_parameter_value THEN NULL; END; COMMIT; END LOOP; END \$\$" }
	"churn_train('here.gone')", "churn_audit('here.gone')";
my @ddl = (
	[ 'at once' => $quick_ddl, $quick_calls ],
	[ 'create and drop' => "$make $drop" ],
	[ 'rename' => "$make ALTER TABLE here.gone RENAME TO went; ALTER TABLE here.went RENAME TO gone;
		ALTER TABLE here.profiles RENAME TO went; ALTER TABLE here.went RENAME TO profiles;
		ALTER SCHEMA here RENAME TO there; ALTER SCHEMA there RENAME TO here; $drop" ],
	[ 'alter' => "$make ALTER TABLE here.gone ADD COLUMN more text DEFAULT 'a'; DROP VIEW here.gone_view;
		ALTER TABLE here.gone ALTER COLUMN x TYPE text; ALTER TABLE here.gone DROP COLUMN x;
		ALTER TABLE here.profiles ALTER COLUMN profile TYPE text; ALTER TABLE here.gone DROP COLUMN churned;
		ALTER TABLE here.events NOT OF; ALTER TABLE here.events DROP COLUMN page; $drop" ],
	[ 'truncate' => "$make TRUNCATE here.gone; TRUNCATE here.profiles, here.whole; $drop" ],
	[ 'types' => "ALTER TYPE here.pair ALTER ATTRIBUTE y TYPE text; ALTER TYPE here.pair ALTER ATTRIBUTE y TYPE int;
		ALTER TYPE here.pair ADD ATTRIBUTE z int; ALTER TYPE here.pair DROP ATTRIBUTE z;
		$make ALTER TYPE here.mood RENAME VALUE 'glad' TO 'merry'; ALTER TYPE here.mood RENAME VALUE 'merry' TO 'glad';
		ALTER DOMAIN here.count ADD CONSTRAINT small CHECK (value < 100); ALTER DOMAIN here.count DROP CONSTRAINT small; $drop" ],
	[ 'extension' => "DROP EXTENSION sparkify CASCADE; CREATE EXTENSION sparkify;", join ";\n", map { "SELECT $_('stable')" }
		qw(churn_train churn_audit churn_train churn_compare) ]);
my @calls = (
	"SELECT churn_train('here.gone', algorithm => 'decision_tree')",
	"SELECT churn_train('SELECT * FROM here.gone', algorithm => 'naive_bayes')",
	"SELECT churn_train('here.gone_view', algorithm => 'naive_bayes')",
	"SELECT churn_train('SELECT p.x = 0 AS churned, p.* FROM pairs() AS p', algorithm => 'decision_tree')",
	"SELECT churn_forest_agg(p.x = 0, p) FROM pairs() AS p",
	"SELECT churn_forest_agg(churned, g, '{\"trees\": 1}') FROM here.gone AS g",
	"SELECT churn_compare('here.gone', algorithms => '{naive_bayes}', folds => 2)",
	"SELECT churn_audit('here.gone')",
	"SELECT churn_audit('here.whole')",
	"SELECT churn_backtest('here.profiles', '{2018-10-15,2018-10-29}', algorithm => 'naive_bayes')",
	"SELECT churn_score(model, 'here.gone') FROM models",
	"SELECT churn_score(model, 'here.gone_view') FROM models",
	"SELECT churn_evaluate(model, 'here.gone') FROM models",
	"SELECT churn_predict(model, g) FROM here.gone AS g, models",
	"SELECT churn_load_events('here.events', '$file')",
	"SELECT churn_load_events('here.events', '$file', on_error => 'skip')");

# The errors that a name explains which comes and goes, by SQLSTATE
my %expected = map { $_ => 1 } qw(
	42P01 42883 3F000 42703 42704 42809 42804 42P13 22P07 22P02 22023 40P01);
# and PostgreSQL's own words for what is gone between two looks at its catalogs
my $core = qr/^(?:cache lookup failed for|could not (?:open relation|find (?:trigger|type)) |tuple concurrently )/;

# Runs scripts side by side over and over until the time is up; what they said
sub race
{
	my ($until, @scripts) = @_;
	my @pids;
	my @outs;

	for my $script (@scripts)
	{
		my $base = PostgreSQL::Test::Utils::tempdir() . '/race';

		append_to_file("$base.sql", $script);
		push @outs, "$base.out";
		append_to_file("$base.out", '');
		my $pid = fork // die "cannot fork: $!";
		if ($pid == 0)
		{
			open STDOUT, '>', '/dev/null';
			open STDERR, '>>', "$base.out";
			while (time < $until)
			{
				system('psql', '-Xq', '-v', 'VERBOSITY=verbose', '-d', $node->connstr('postgres'), '-f', "$base.sql");
				last if $? >> 8 == 2;
			}
			exec 'true';
		}
		push @pids, $pid;
	}
	waitpid $_, 0 for @pids;
	return map { slurp_file($_) } @outs;
}

for (@ddl)
{
	my ($name, $statements, $calls) = @$_;
	my @half = $calls ? $calls : map { my $odd = $_; join ";\n", (map { $calls[$_] } grep { $_ % 2 == $odd } 0 .. $#calls) x 5 } 0, 1;
	my @said = race(time + $seconds / @ddl, "$statements;\n" x 10, map { "$_;\n" } @half);
	my %seen;
	my @unexpected;

	for my $line (map { split /\n/ } @said)
	{
		next unless $line =~ /(?:ERROR|FATAL|PANIC):  (\w{5}): (.*)/ || $line =~ /(?:server closed)()()/;
		my ($state, $message) = ($1, $2);
		$seen{$state}++;
		push @unexpected, $line
			unless $expected{$state} || $state eq 'XX000' && $message =~ $core;
	}
	note "$name: ", join ', ', map { "$_ $seen{$_} times" } sort keys %seen;
	is(join("\n", @unexpected), '', "$name: no other errors");
	is($node->safe_psql('postgres', 'SELECT 1'), '1', "$name: the server is up");
	cmp_ok($seen{'42P01'} // 0, '>', 0, "$name: something was gone at times") unless $calls || $name eq 'truncate';
	$node->safe_psql('postgres', $drop);
}
is($node->safe_psql('postgres', "SELECT n_rows FROM churn_train('stable', algorithm => 'decision_tree')"), '60', 'right rows');

$node->stop;
done_testing();

# Tables of profiles and models go through pg_dump and pg_restore, as text and
# in both formats of COPY, without a changed byte.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

$node->safe_psql('postgres', 'CREATE DATABASE origin');
$node->safe_psql(
	'origin', q{
	CREATE EXTENSION sparkify;
	CREATE TABLE events OF churn_event;
	INSERT INTO events SELECT * FROM churn_simulate_events(80, 40);
	CREATE TABLE profiles AS
		SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
		FROM events WHERE registration IS NOT NULL GROUP BY userid;
	CREATE TABLE log_profiles AS
		SELECT userid, churn_profile(ts, page || ' "é"', sessionid, length, level) AS profile
		FROM events WHERE registration IS NOT NULL GROUP BY userid;
	CREATE TABLE training AS
		SELECT p.userid, churn_label(p.profile) AS churned, f.*
		FROM profiles p, churn_features(p.profile) f;
	CREATE TABLE models AS
		SELECT algorithm, model
		FROM unnest('{random_forest,decision_tree}'::text[]) a,
			churn_train('SELECT * FROM training', algorithm => a);
	ALTER TABLE models ADD COLUMN forest churn_forest;
	UPDATE models SET forest = model;});

# Everything the types hold, down to the byte that is sent
my $bytes = q{
	SELECT 'events', count(*), md5(string_agg(md5(e::text), '' ORDER BY md5(e::text))) FROM events e
	UNION ALL
	SELECT 'profile ' || userid, length(profile::text), md5(sparkify_profile_send(profile)) FROM profiles
	UNION ALL
	SELECT 'log profile ' || userid, length(profile::text), md5(sparkify_profile_send(profile)) FROM log_profiles
	UNION ALL
	SELECT 'model ' || algorithm, length(model::text), md5(sparkify_model_send(model)) FROM models
	UNION ALL
	SELECT 'forest ' || algorithm, length(forest::text), md5(sparkify_forest_send(forest)) FROM models
	UNION ALL
	SELECT 'score ' || userid, 0, churn_predict(model, t)::text
	FROM training t, models WHERE algorithm = 'random_forest'
	ORDER BY 1};
my $expected = $node->safe_psql('origin', $bytes);
like($expected, qr/^model random_forest\|\d+\|/m, 'there is something to compare');
like($expected, qr/^log profile 1\d*\|\d+\|/m, 'and profiles of any log');

my $dump = $node->basedir . '/dump';
foreach my $format (qw(plain custom))
{
	$node->safe_psql('postgres', "CREATE DATABASE $format");
	$node->command_ok([ 'pg_dump', '-F', $format, '-f', "$dump.$format", $node->connstr('origin') ],
		"pg_dump in $format format");
	my @restore =
	  $format eq 'plain'
	  ? ('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dump.$format")
	  : ('pg_restore', '--exit-on-error', "$dump.$format");
	$node->command_ok([ @restore, '-d', $node->connstr($format) ], "restore from $format format");
	is($node->safe_psql($format, $bytes), $expected, "$format format keeps every byte");
}

# Binary COPY takes the way through the receive functions.
foreach my $table (qw(profiles log_profiles models))
{
	$node->safe_psql('origin',
		"COPY $table TO '$dump.$table' (FORMAT binary);
		 TRUNCATE $table;
		 COPY $table FROM '$dump.$table' (FORMAT binary)");
}
is($node->safe_psql('origin', $bytes), $expected, 'binary COPY keeps every byte');

$node->stop;
done_testing();

# Tables with profiles and models replicate without a key: the subscriber finds
# the rows that change by comparing all of their columns.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $publisher = PostgreSQL::Test::Cluster->new('publisher');
$publisher->init(allows_streaming => 'logical');
$publisher->start;
my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init;
$subscriber->start;

# The same model twice and profiles in and out of line, so that rows are told apart by them alone
foreach my $node ($publisher, $subscriber)
{
	$node->safe_psql('postgres', q{
		CREATE EXTENSION sparkify;
		CREATE TABLE profiles (userid text, profile churn_profile);
		CREATE TABLE models (name text, model churn_model, forest churn_forest);
		CREATE TABLE other (a int);
		ALTER TABLE profiles REPLICA IDENTITY FULL;
		ALTER TABLE models REPLICA IDENTITY FULL;
		ALTER TABLE other REPLICA IDENTITY FULL;});
}
$publisher->safe_psql('postgres', q{
	CREATE TABLE made AS
		SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
		FROM churn_simulate_events(30) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
	CREATE TABLE made_of_any_log AS
		SELECT 'log ' || userid AS userid, churn_profile(ts, page, sessionid, length, level) AS profile
		FROM churn_simulate_events(30) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY 1;
	INSERT INTO profiles SELECT * FROM made;
	INSERT INTO profiles SELECT 'all', churn_profile_merge(profile) FROM made;
	INSERT INTO profiles SELECT * FROM made_of_any_log;
	INSERT INTO profiles SELECT 'log all', churn_profile_merge(profile) FROM made_of_any_log;
	INSERT INTO profiles VALUES ('none', NULL);
	INSERT INTO models SELECT n::text, model, model::churn_forest
		FROM churn_train('SELECT i % 3 = 0 AS churned, i % 97 AS x, i % 31 AS y FROM generate_series(1, 1000) AS i',
			options => '{"trees": 20}'), generate_series(1, 3) AS n;
	CREATE PUBLICATION everything FOR TABLE profiles, models, other;});
$subscriber->safe_psql('postgres',
	"CREATE SUBSCRIPTION everything CONNECTION '" . $publisher->connstr . " dbname=postgres' PUBLICATION everything");

my $content = q{
	SELECT 'profile', userid, md5(sparkify_profile_send(profile)) FROM profiles
	UNION ALL SELECT 'model', name, md5(sparkify_model_send(model) || sparkify_forest_send(forest)) FROM models
	UNION ALL SELECT 'other', a::text, '' FROM other ORDER BY 1, 2, 3};

# Both say the same when all has been applied; a worker that dies at a row never gets there.
sub replicates
{
	my ($what) = @_;
	my $expected = $publisher->safe_psql('postgres', $content);

	$publisher->wait_for_catchup('everything');
	is($subscriber->safe_psql('postgres', $content), $expected, $what);
}

ok( $subscriber->poll_query_until(
		'postgres', q{SELECT count(*) = 3 AND bool_and(srsubstate IN ('r', 's')) FROM pg_subscription_rel}),
	'tables are copied');
replicates('first copies arrive');

$publisher->safe_psql('postgres', q{
	INSERT INTO other VALUES (1);
	UPDATE profiles SET profile = churn_profile_merge(profile, profile) WHERE userid < '2';
	UPDATE profiles SET profile = churn_profile_merge(profile, profile) WHERE userid = 'all';
	UPDATE profiles SET profile = churn_profile_merge(profile, profile) WHERE userid = 'log all' OR userid < 'log 2' AND userid > 'log';
	UPDATE profiles SET userid = 'nobody' WHERE userid = 'none';
	INSERT INTO other VALUES (2);});
replicates('updates of profiles arrive');

$publisher->safe_psql('postgres', q{
	UPDATE models SET model = churn_set_threshold(model, 0.75) WHERE name = '2';
	UPDATE models SET forest = NULL WHERE name = '3';
	INSERT INTO other VALUES (3);});
replicates('updates of models arrive');

$publisher->safe_psql('postgres', q{
	DELETE FROM profiles WHERE userid IN ('all', 'nobody', 'log all') OR userid > '5';
	DELETE FROM models WHERE name = '2';
	DELETE FROM other WHERE a = 1;});
replicates('deletions arrive');

is($subscriber->safe_psql('postgres', 'SELECT count(*) FROM other'), '2', 'tables without profiles go on');
unlike(slurp_file($subscriber->logfile), qr/equality operator/, 'no worker misses an operator');

$subscriber->stop;
$publisher->stop;
done_testing();

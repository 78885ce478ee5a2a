# Events in the shards of postgres_fdw: profiles, features, labels and predictions are made
# where the events are, and are those of one machine, byte for byte.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $log = "SELECT *, hashtext(userid) & 3 AS part FROM churn_simulate_events(120) WHERE auth NOT IN ('Logged Out', 'Guest')";
my $profile = 'churn_profile(ts, sessionid, page, level, length, gender, registration)';

# ---- The shards: four, in which two of them hold all, or each its part ----

my @shards = map { PostgreSQL::Test::Cluster->new("shard$_") } (0 .. 3);
foreach my $shard (@shards)
{
	$shard->init;

	# a shard's own settings must not matter
	$shard->append_conf('postgresql.conf', "timezone = 'Asia/Tokyo'\ndatestyle = 'German, DMY'\nextra_float_digits = 0");
	$shard->start;
	$shard->safe_psql('postgres', "CREATE EXTENSION sparkify; CREATE TABLE log AS $log;
		CREATE TABLE events (LIKE log); CREATE TABLE profiles (userid text, profile churn_profile)");
}

my $home = PostgreSQL::Test::Cluster->new('home');
$home->init;
$home->start;
$home->safe_psql('postgres', 'CREATE EXTENSION sparkify; CREATE EXTENSION postgres_fdw');
foreach my $i (0 .. $#shards)
{
	$home->safe_psql('postgres', "CREATE SERVER shard$i FOREIGN DATA WRAPPER postgres_fdw
		OPTIONS (host '" . $shards[$i]->host . "', port '" . $shards[$i]->port . "', dbname 'postgres', extensions 'sparkify', async_capable 'true');
		CREATE USER MAPPING FOR CURRENT_USER SERVER shard$i");
}
$home->append_conf('postgresql.conf', 'enable_partitionwise_aggregate = on');
$home->reload;

# All that is asked of events, on one machine
$home->safe_psql('postgres', "CREATE TABLE whole AS $log; ALTER TABLE whole DROP part;
	CREATE TABLE expected_profiles AS SELECT userid, $profile AS profile FROM whole GROUP BY userid;
	CREATE FUNCTION rows_of(profiles text) RETURNS text LANGUAGE sql RETURN 'SELECT p.userid, d AS as_of, churn_label(p.profile, d, ''14 days'') AS churned, f.* FROM '
		|| profiles || ' AS p, churn_dates(''2018-10-08'', ''2018-11-19'', ''7 days'') AS d, churn_features(p.profile, d) AS f WHERE churn_label(p.profile, d, ''14 days'') IS NOT NULL';
	CREATE TABLE models AS SELECT model FROM churn_train(rows_of('expected_profiles'))") if $home->pg_version >= 14;
plan skip_all => 'foreign tables have no asynchronous scans' if $home->pg_version < 14;

my $expected = $home->safe_psql('postgres', "SELECT userid, md5(sparkify_profile_send(profile)) FROM expected_profiles ORDER BY userid");
my $model = $home->safe_psql('postgres', 'SELECT churn_fingerprint(model) FROM models');
my $scores = "SELECT userid, churn_predict((SELECT model FROM models), profile, '2018-11-19') FROM %s ORDER BY userid";
my $expected_scores = $home->safe_psql('postgres', sprintf($scores, 'expected_profiles'));

sub explained { return $home->safe_psql('postgres', "EXPLAIN (VERBOSE, COSTS OFF) $_[0]"); }

# ---- Two, then four ----

foreach my $n (2, 4)
{
	$home->safe_psql('postgres', 'DROP TABLE IF EXISTS events, profiles;
		CREATE TABLE events (LIKE whole) PARTITION BY HASH (userid);
		CREATE TABLE profiles (userid text, profile churn_profile) PARTITION BY HASH (userid)');
	foreach my $i (0 .. $n - 1)
	{
		$shards[$i]->safe_psql('postgres', 'TRUNCATE events, profiles; ALTER TABLE events DROP COLUMN IF EXISTS part');
		$home->safe_psql('postgres', "CREATE FOREIGN TABLE ${_}_$i PARTITION OF $_ FOR VALUES WITH (MODULUS $n, REMAINDER $i) SERVER shard$i OPTIONS (table_name '$_', batch_size '1000')")
		  foreach ('events', 'profiles');
	}
	$home->safe_psql('postgres', 'INSERT INTO events SELECT * FROM whole; ANALYZE events');
	is($home->safe_psql('postgres', 'SELECT count(*) FROM events'), $home->safe_psql('postgres', 'SELECT count(*) FROM whole'), "$n shards have all events");
	isnt($shards[$_]->safe_psql('postgres', 'SELECT count(*) FROM events'), '0', "  and shard $_ its part") foreach (0 .. $n - 1);

	my $grouped = "SELECT userid, $profile AS profile FROM events GROUP BY userid";
	my @shipped = explained($grouped) =~ /Remote SQL: SELECT userid, \S*churn_profile\(/g;
	is(scalar @shipped, $n, "$n shards make the profiles");
	$home->safe_psql('postgres', "INSERT INTO profiles $grouped; ANALYZE profiles");
	is($home->safe_psql('postgres', 'SELECT userid, md5(sparkify_profile_send(profile)) FROM profiles ORDER BY userid'), $expected, '  and they are those of one machine');

	my $labels = "SELECT count(*) FROM profiles WHERE churn_label(profile, '2018-11-01', '14 days')";
	like(explained($labels), qr/Remote SQL:.*churn_label\(/, '  labels are made there');
	is($home->safe_psql('postgres', $labels), $home->safe_psql('postgres', $labels =~ s/profiles/expected_profiles/r), '  and are the same');

	# a value of a type without name has no place in another server's answer, but each column has
	is($home->safe_psql('postgres', "SELECT churn_fingerprint(model) FROM churn_train(rows_of('profiles'))"), $model, '  the model is the same');

	my $at_risk = "SELECT count(*) FROM profiles WHERE churn_predict((SELECT model FROM models), profile, '2018-11-19') > 0.1";
	like(explained($at_risk), qr/Remote SQL:.*churn_predict\(\$1::\S*churn_model, profile/, '  predictions are made there');
	is($home->safe_psql('postgres', $at_risk), $home->safe_psql('postgres', $at_risk =~ s/FROM profiles/FROM expected_profiles/r), '  and count the same');
	is($home->safe_psql('postgres', sprintf($scores, 'profiles')), $expected_scores, '  the scores are the same to the last bit');
}

# ---- A sample of the users: chosen on the shards, and the same as by the option ----

my $some = 'SELECT count(*) FROM profiles WHERE churn_sampled(userid, 0.5)';
my @sampled = explained($some =~ s/count\(\*\)/userid/r) =~ /Remote SQL:.*churn_sampled\(userid, 0\.5::double precision/g;
is(scalar @sampled, 4, 'the shards sample users');
is($home->safe_psql('postgres', $some), $home->safe_psql('postgres', $some =~ s/profiles/expected_profiles/r), '  as many as one machine');
my $trees = "SELECT md5((model::text::jsonb -> 'trees')::text), n_rows FROM churn_train(%s)";
is($home->safe_psql('postgres', sprintf($trees, "rows_of('profiles') || ' AND churn_sampled(p.userid, 0.5)'")),
	$home->safe_psql('postgres', sprintf($trees, "rows_of('expected_profiles'), options => '{\"sample\": 0.5}'")), '  and the model is that of the option');

# ---- Models of groups, each trained by the shard that has the group ----

$home->safe_psql('postgres', q{
	CREATE TABLE snapshots AS
	SELECT u / 5 AS userid, (ARRAY['north', 'east', 'south', 'west', 'sea'])[u % 5 + 1] AS region, hashint4(u) % 7 > 3 AS churned, hashint4(u) % 11 AS songs, sin(u) AS gap
	FROM generate_series(1, 5000) AS u;
	CREATE TABLE group_models (grp text, model churn_model) PARTITION BY LIST (grp)});
my @regions = ("'north', 'sea'", "'east'", "'south'", "'west'");
foreach my $i (0 .. $#shards)
{
	my $rows = $home->safe_psql('postgres', "COPY (SELECT * FROM snapshots WHERE region IN ($regions[$i])) TO STDOUT");

	$shards[$i]->safe_psql('postgres', "CREATE TABLE snapshots (userid int, region text, churned boolean, songs int, gap float8);
COPY snapshots FROM STDIN;
$rows
\\.
CREATE VIEW group_models AS SELECT grp, model FROM churn_train('public.snapshots', options => '{\"trees\": 20}', group_by => 'region')");
	$home->safe_psql('postgres', "CREATE FOREIGN TABLE group_models_$i PARTITION OF group_models FOR VALUES IN ($regions[$i]) SERVER shard$i OPTIONS (table_name 'group_models')");
}
my $one_machine = $home->safe_psql('postgres', "SELECT grp, churn_fingerprint(model) FROM churn_train('snapshots', options => '{\"trees\": 20}', group_by => 'region') ORDER BY grp COLLATE \"C\"");
like($one_machine, qr/east.*\nnorth.*\nsea.*\nsouth.*\nwest/, 'one machine trains a model for each group');
is($home->safe_psql('postgres', 'SELECT grp, churn_fingerprint(model) FROM group_models ORDER BY grp COLLATE "C"'), $one_machine, '  and shards the same ones');
like(explained('SELECT grp, model FROM group_models'), qr/(Async Foreign Scan.*){4}/s, '  all at once');
unlike(explained("SELECT model FROM group_models WHERE grp = 'sea'"), qr/shard1|group_models_[123]/, '  or only the one that is asked for its group');

# ---- A shard that stops is an error, and no answer ----

$home->safe_psql('postgres', 'SET statement_timeout = 0; SELECT count(*) FROM events');
$shards[2]->stop('immediate');
my ($out, $err);
isnt($home->psql('postgres', "SELECT userid, $profile FROM events GROUP BY userid", stdout => \$out, stderr => \$err), 0, 'a query without one of the shards fails');
is($out, '', '  and answers nothing');
like($err, qr/shard2|could not connect/, '  the server is named');
isnt($home->psql('postgres', "SELECT n_rows FROM churn_train(rows_of('profiles'))", stdout => \$out, stderr => \$err), 0, 'training fails as well');
$shards[2]->start;
is($home->safe_psql('postgres', sprintf($scores, 'profiles')), $expected_scores, 'once it is back all is as it was');

# in the middle of an answer, of which part has come
my $stop = 'pg_ctl -s -m immediate -D ' . $shards[1]->data_dir . ' stop';
my ($ended) = IPC::Run::run(['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $home->connstr('postgres'),
		'-c', 'BEGIN', '-c', 'DECLARE answer CURSOR FOR SELECT count(*) OVER (), userid FROM events',
		'-c', 'DECLARE begun CURSOR FOR SELECT userid FROM events', '-c', 'FETCH 1 FROM begun', '-c', "\\! $stop", '-c', 'FETCH ALL FROM answer'],
	'<', \undef, '>', \my $part, '2>', \my $part_err);
ok(!$ended, 'a shard that stops in the middle is an error');
like($part_err, qr/shard1|server closed the connection|terminating connection|could not/, '  which says so');
unlike($part, qr/\|/, '  and no part of the answer comes');
system_or_bail('pg_ctl', '-w', '-s', '-D', $shards[1]->data_dir, '-l', $shards[1]->logfile, 'start');

done_testing();

# Where events may live on one server: declarative partitions, columnar tables of Citus, hypertables
# of TimescaleDB. The profiles are those of a plain table, in any of them and in any plan. What is
# not installed is skipped, with a word.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $kept = "auth NOT IN ('Logged Out', 'Guest')";
my $profile = 'churn_profile(ts, sessionid, page, level, length, gender, registration)';
my $profiles = "SELECT userid, md5(sparkify_profile_send($profile)) FROM %s WHERE $kept GROUP BY userid ORDER BY userid";
my $merged = "SELECT userid, md5(sparkify_profile_send(profile)) FROM merged ORDER BY userid";

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "max_parallel_workers_per_gather = 2\nmin_parallel_table_scan_size = 0\nparallel_setup_cost = 0\nparallel_tuple_cost = 0");
$node->start;
my %available = map { $_ => $node->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = '$_'") } ('citus_columnar', 'timescaledb');
my @preload = grep { $available{$_} } ('timescaledb');
if (@preload)
{
	$node->append_conf('postgresql.conf', "shared_preload_libraries = '@preload'\ntimescaledb.telemetry_level = off");
	$node->restart;
}

my $file = PostgreSQL::Test::Utils::tempdir() . '/log.json';
my $expected;

# A database with the log as a plain table
sub database
{
	my ($name) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $name");
	$node->safe_psql($name, 'SET client_min_messages = error; CREATE EXTENSION sparkify; CREATE TABLE plain AS SELECT * FROM churn_simulate_events(60)');
	return;
}

database('parts');
$expected = $node->safe_psql('parts', sprintf($profiles, 'plain'));
$node->safe_psql('parts', qq{COPY (SELECT json_strip_nulls(json_build_object(
		'ts', (extract(epoch FROM ts) * 1000)::bigint, 'userId', userid, 'sessionId', sessionid,
		'page', page, 'auth', auth, 'level', level, 'length', length, 'gender', gender,
		'registration', (extract(epoch FROM registration) * 1000)::bigint))
	FROM plain) TO '$file' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')});

# ---- Declarative partitions, as docs/scaling-out.md has them ----

my ($section) = slurp_file("$ENV{TESTDIR}/docs/scaling-out.md") =~ /^## One large machine, and partitions\n(.*?)^## /ms;
my @blocks = $section =~ /^```sql\n(.*?)^```$/gms;
is(scalar @blocks, 3, 'the document has blocks');
s{/path/to/log\.json}{$file}, s{CREATE EXTENSION sparkify;}{} foreach (@blocks);
$node->safe_psql('parts', join("\n", @blocks[0, 1]));
is($node->safe_psql('parts', sprintf($profiles, 'events')), $expected, 'partitions by time: the profiles are those of a table');
is($node->safe_psql('parts', $merged), $node->safe_psql('parts', sprintf($profiles, 'plain') =~ s/WHERE/WHERE ts < '2018-12-01 00:00+00' AND/r), '  and merging a new partition gives the same');
like($node->safe_psql('parts', "EXPLAIN (COSTS OFF) SELECT userid, $profile FROM events WHERE $kept GROUP BY userid"),
	qr/Finalize.*Gather.*Partial.*Parallel Append.*Parallel Seq Scan on events_2018_10/s, '  workers aggregate them together');
unlike($node->safe_psql('parts', "EXPLAIN (COSTS OFF) SELECT userid, $profile FROM events WHERE ts >= '2018-11-01 00:00+00' AND ts < '2018-11-20 00:00+00' GROUP BY userid"),
	qr/events_2018_10|events_rest/, '  and only those that a time leaves');

# a file in parts, each by a session of its own
$node->safe_psql('parts', 'TRUNCATE events');
$node->safe_psql('parts', "SELECT churn_load_events('events', '$file', part => $_, parts => 3)") foreach (1, 2, 3);
is($node->safe_psql('parts', sprintf($profiles, 'events')), $expected, '  loaded in three parts, too');

$node->safe_psql('parts', "CREATE TABLE by_user (LIKE plain) PARTITION BY HASH (userid);
	CREATE TABLE by_user_0 PARTITION OF by_user FOR VALUES WITH (MODULUS 3, REMAINDER 0);
	CREATE TABLE by_user_1 PARTITION OF by_user FOR VALUES WITH (MODULUS 3, REMAINDER 1);
	CREATE TABLE by_user_2 PARTITION OF by_user FOR VALUES WITH (MODULUS 3, REMAINDER 2);
	SELECT churn_load_events('by_user', '$file'); ANALYZE by_user");
like($node->safe_psql('parts', "SET enable_partitionwise_aggregate = on; SET max_parallel_workers_per_gather = 0; EXPLAIN (COSTS OFF) SELECT userid, $profile FROM by_user GROUP BY userid"),
	qr/^(Append|.*?\n?.*Append).*Aggregate.*by_user_0.*Aggregate.*by_user_1.*Aggregate.*by_user_2/s, 'partitions by user: each is aggregated by itself');
is($node->safe_psql('parts', "SET enable_partitionwise_aggregate = on; " . sprintf($profiles, 'by_user')), $expected, '  and the profiles are the same');

# ---- Columnar tables of Citus ----

SKIP:
{
	skip 'citus_columnar is not installed', 3 unless $available{citus_columnar};
	database('columns');
	$node->safe_psql('columns', 'CREATE EXTENSION citus_columnar; CREATE TABLE events (LIKE plain) USING columnar');
	$node->safe_psql('columns', "SELECT churn_load_events('events', '$file')");
	is($node->safe_psql('columns', sprintf($profiles, 'events')), $expected, 'a columnar table: the profiles are those of a table');
	is($node->safe_psql('columns', 'SELECT churn_fingerprint((SELECT model FROM churn_train($$SELECT churned, f.* FROM (SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile FROM events GROUP BY userid) AS p,
			churn_features(profile, \'2018-11-01\') AS f, churn_label(profile, \'2018-11-01\', \'30 days\') AS churned$$)))'),
		$node->safe_psql('columns', 'SELECT churn_fingerprint((SELECT model FROM churn_train($$SELECT churned, f.* FROM (SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile FROM plain GROUP BY userid) AS p,
			churn_features(profile, \'2018-11-01\') AS f, churn_label(profile, \'2018-11-01\', \'30 days\') AS churned$$)))'), '  and so is the model');
	cmp_ok($node->safe_psql('columns', "SELECT pg_total_relation_size('events')::float8 / pg_total_relation_size('plain')"), '<', 0.5, '  in less than half the room');
	note($node->safe_psql('columns', "SELECT 'bytes of an event: ' || pg_total_relation_size('plain') / count(*) || ' in a table, ' || pg_total_relation_size('events') / count(*) || ' in columns' FROM plain"));
}

# ---- Hypertables of TimescaleDB ----

SKIP:
{
	skip 'TimescaleDB is not installed', 5 unless $available{timescaledb};
	database('hyper');
	$node->safe_psql('hyper', "SET client_min_messages = error; CREATE EXTENSION timescaledb; $blocks[2]");
	$node->safe_psql('hyper', "SELECT churn_load_events('events', '$file')");
	cmp_ok($node->safe_psql('hyper', "SELECT count(*) FROM show_chunks('events')"), '>', 3, 'a hypertable has chunks');
	is($node->safe_psql('hyper', sprintf($profiles, 'events')), $expected, '  and the profiles are those of a table');

	# continuous: what a week adds is merged
	$node->safe_psql('hyper', "CREATE TABLE merged AS SELECT userid, churn_profile_merge(profile) AS profile FROM (
		SELECT userid, $profile AS profile FROM events WHERE ts < '2018-11-12' AND $kept GROUP BY userid
		UNION ALL SELECT userid, $profile FROM events WHERE ts >= '2018-11-12' AND $kept GROUP BY userid) AS parts GROUP BY userid");
	is($node->safe_psql('hyper', $merged), $expected, '  merged by weeks, too');
	my ($status, $out, $err) = $node->psql('hyper', "SET client_min_messages = error; ALTER TABLE events SET (timescaledb.compress, timescaledb.compress_segmentby = 'userid', timescaledb.compress_orderby = 'ts');
		SELECT count(compress_chunk(c)) > 3 FROM show_chunks('events') AS c");
	is("$status $out", '0 t', '  chunks are compressed') or diag($err);
	is($node->safe_psql('hyper', sprintf($profiles, 'events')), $expected, '  and the profiles stay the same');
	note($node->safe_psql('hyper', "SELECT 'bytes of an event: ' || hypertable_size('events') / count(*) || ' compressed' FROM plain"));
}

done_testing();

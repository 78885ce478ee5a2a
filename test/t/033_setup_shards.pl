# Setting up shards of postgres_fdw: all or nothing, with what was wrong named; loading them
# through the coordinator, and each its part of a file by itself; and the check of what they have.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $profile = 'churn_profile(ts, sessionid, page, level, length, gender, registration)';
my $kept = "auth NOT IN ('Logged Out', 'Guest')";
my $home = PostgreSQL::Test::Cluster->new('home');
$home->init;
$home->start;
my $file = PostgreSQL::Test::Utils::tempdir() . '/log.json';
$home->safe_psql('postgres', qq{
	CREATE EXTENSION sparkify;
	CREATE EXTENSION postgres_fdw;
	CREATE TABLE whole AS SELECT * FROM churn_simulate_events(60);
	COPY (SELECT json_strip_nulls(json_build_object(
			'ts', (extract(epoch FROM ts) * 1000)::bigint, 'userId', userid, 'sessionId', sessionid,
			'page', page, 'auth', auth, 'level', level, 'length', length, 'gender', gender,
			'registration', (extract(epoch FROM registration) * 1000)::bigint))
		FROM churn_simulate_events(60)) TO '$file' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')});
my $events = $home->safe_psql('postgres', 'SELECT count(*) FROM whole');
my $users = $home->safe_psql('postgres', 'SELECT count(*) FROM (SELECT FROM whole GROUP BY userid) AS u');
my $expected = $home->safe_psql('postgres', "SELECT userid, md5(sparkify_profile_send($profile)) FROM whole WHERE $kept GROUP BY userid ORDER BY userid");

my @shards = map { PostgreSQL::Test::Cluster->new("shard$_") } (1, 2);
foreach my $shard (@shards)
{
	$shard->init;
	$shard->start;
	$shard->safe_psql('postgres', 'CREATE EXTENSION sparkify; CREATE TABLE events OF churn_event; CREATE TABLE other (userid text, n bigint);
		CREATE DATABASE bare; CREATE DATABASE elsewhere');
	$shard->safe_psql('elsewhere', 'CREATE SCHEMA ext; CREATE EXTENSION sparkify SCHEMA ext');
}

# A server of postgres_fdw with this name
sub server
{
	my ($name, $shard, $database, $options) = @_;

	$home->safe_psql('postgres', "CREATE SERVER \"$name\" FOREIGN DATA WRAPPER postgres_fdw
		OPTIONS (host '" . $shard->host . "', port '" . $shard->port . "', dbname '$database'" . ($options // '') . ");
		CREATE USER MAPPING FOR CURRENT_USER SERVER \"$name\"");
	return;
}

server('shard1', $shards[0], 'postgres');
server('Shard "2"' =~ s/"/""/gr, $shards[1], 'postgres', ", extensions 'postgres_fdw'");
server('bare', $shards[1], 'bare');
server('elsewhere', $shards[1], 'elsewhere');
$home->safe_psql('postgres', "CREATE SERVER logs FOREIGN DATA WRAPPER sparkify_json;
	CREATE SERVER gone FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '" . $shards[0]->host . "', port '1', dbname 'postgres');
	CREATE USER MAPPING FOR CURRENT_USER SERVER gone;
	CREATE TABLE events (LIKE whole) PARTITION BY HASH (userid);
	CREATE TABLE other (userid text, n int) PARTITION BY HASH (userid);
	CREATE TABLE unknown (LIKE whole) PARTITION BY HASH (userid);
	CREATE TABLE by_day (LIKE whole) PARTITION BY RANGE (ts)");

# ---- What is wrong is said, and then nothing has been made ----

my $made = "SELECT count(*) FROM pg_foreign_table; SELECT array_agg(srvoptions::text ORDER BY srvname) FROM pg_foreign_server; SELECT count(*) FROM pg_class WHERE relname LIKE 'sparkify\$%'";
my $before = $home->safe_psql('postgres', $made);

sub refused
{
	my ($arguments, $message, $what) = @_;
	my ($out, $err);

	isnt($home->psql('postgres', "SELECT churn_setup_shards($arguments)", stdout => \$out, stderr => \$err), 0, "$what is refused");
	like($err, $message, '  with what is wrong');
	is($home->safe_psql('postgres', $made), $before, '  and nothing has been made');
	return;
}

refused("'events', '{shard1,nowhere}'", qr/server "nowhere" does not exist/, 'an unknown server');
refused("'events', '{shard1,logs}'", qr/server "logs" is one of sparkify_json, not of postgres_fdw/, 'a server of another wrapper');
refused("'events', '{shard1,gone}'", qr/could not connect to server "gone"/, 'a server that does not answer');
refused("'events', '{shard1,bare}'", qr/server "bare" has no extension "sparkify"/, 'a server without the extension');
refused("'events', '{shard1,elsewhere}'", qr/extension "sparkify" is in schema ext on server "elsewhere", and in public here/, 'a server with it elsewhere');
refused("'unknown', '{shard1}'", qr/server "shard1" has no table public.unknown/, 'a server without the table');
refused("'other', '{shard1}'", qr/table public.other of server "shard1" has other columns.*type: n\./s, 'a table with another column');
refused("'events', '{shard1,shard1}'", qr/server "shard1" is named twice/, 'a server twice');
refused("'events', '{}'", qr/servers must not be empty/, 'no server');
refused("'events', '{shard1,NULL}'", qr/servers must not contain nulls/, 'a server without a name');
refused("'events', '{shard1}', 0", qr/fetch_size must be at least 1, not 0/, 'an impossible size');
refused("'by_day', '{shard1}'", qr/table "by_day" is not partitioned by hash/, 'a table partitioned by time');
refused("'whole', '{shard1}'", qr/table "whole" is not partitioned by hash/, 'a table without partitions');

$shards[1]->safe_psql('postgres', "UPDATE pg_extension SET extversion = '0.0.9' WHERE extname = 'sparkify'");
refused("'events', ARRAY['shard1', 'Shard \"2\"']", qr/version 0\.0\.9 on server "Shard "2"", and 0\.1\.0 here/, 'another version');
$shards[1]->safe_psql('postgres', "UPDATE pg_extension SET extversion = '0.1.0' WHERE extname = 'sparkify'");

# one that computes something else
$shards[1]->safe_psql('postgres', 'ALTER EXTENSION sparkify DROP FUNCTION churn_predict(churn_model, churn_profile, date);
	ALTER FUNCTION churn_predict(churn_model, churn_profile, date) RENAME TO right_predict;
	CREATE FUNCTION churn_predict(churn_model, churn_profile, date) RETURNS float8 LANGUAGE sql AS $$ SELECT public.right_predict($1, $2, $3) + 1e-15 $$');
refused("'events', ARRAY['shard1', 'Shard \"2\"']", qr/server "Shard "2"" predicts otherwise than this one/, 'another prediction');
$shards[1]->safe_psql('postgres', 'DROP FUNCTION churn_predict(churn_model, churn_profile, date); ALTER FUNCTION right_predict RENAME TO churn_predict');

# who may not
$home->safe_psql('postgres', 'CREATE ROLE plain LOGIN; GRANT ALL ON events TO plain; GRANT ALL ON SCHEMA public TO plain');
my ($status, $out, $err) = $home->psql('postgres', "SET ROLE plain; SELECT churn_setup_shards('events', '{shard1}')");
like($err, qr/must be owner of foreign server shard1/, 'only the owner of a server changes it');

# ---- Set up ----

($status, $out, $err) = $home->psql('postgres', "SELECT server, partition, version FROM churn_setup_shards('events', ARRAY['shard1', 'Shard \"2\"'], batch_size => 500)");
is($out, "shard1|events_shard1|0.1.0\nShard \"2\"|\"events_Shard \"\"2\"\"\"|0.1.0", 'two shards are set up');
like($err, qr/NOTICE:  aggregates are sent to the servers while enable_partitionwise_aggregate is on/, '  the setting is told of');
is($home->safe_psql('postgres', "SELECT array_agg(o.option_value ORDER BY srvname) FROM pg_foreign_server, pg_options_to_table(srvoptions) o WHERE option_name = 'extensions'"),
	'{"postgres_fdw, sparkify",sparkify}', '  the extension is named beside others');
like($home->safe_psql('postgres', "SELECT DISTINCT ftoptions FROM pg_foreign_table"),
	$home->pg_version >= 14 ? qr/^\{schema_name=public,table_name=events,fetch_size=10000,batch_size=500,async_capable=true\}$/ : qr/fetch_size=10000\}$/, '  and each has the options');
$home->safe_psql('postgres', 'ALTER DATABASE postgres SET enable_partitionwise_aggregate = on');
$before = $home->safe_psql('postgres', $made);
refused("'events', '{shard1}'", qr/table "events" has partitions already/, 'a second time');

sub made_of
{
	my ($what) = @_;

	is($home->safe_psql('postgres', "SELECT userid, md5(sparkify_profile_send($profile)) FROM events WHERE $kept GROUP BY userid ORDER BY userid"), $expected, "$what: the profiles are those of one machine");
	is($home->safe_psql('postgres', "SELECT sum(n_rows), sum(n_keys), sum(n_misplaced), min(n_keys) > 0 FROM churn_check_shards('events')"), "$events|$users|0|t", '  and each row is where it belongs');
	return;
}

# ---- Loaded through the coordinator ----

$home->safe_psql('postgres', "SELECT churn_load_events('events', '$file')");
made_of('loaded through the coordinator');
is($home->safe_psql('postgres', "SELECT bool_or(analyzed) FROM churn_check_shards('events')"), 'f', 'nothing is known of the rows');
$home->safe_psql('postgres', 'ANALYZE events');
is($home->safe_psql('postgres', "SELECT bool_and(analyzed) FROM churn_check_shards('events')"), 't', 'until they are analyzed');
like($home->safe_psql('postgres', "EXPLAIN (VERBOSE, COSTS OFF) SELECT userid, $profile FROM events WHERE $kept GROUP BY userid"), qr/Remote SQL: SELECT userid, public\.churn_profile\(/, 'the profiles are made in the shards');

# ---- Each shard its users of the file, by itself ----

foreach my $i (0, 1)
{
	$shards[$i]->safe_psql('postgres', "TRUNCATE events; CREATE TABLE hashed (userid text) PARTITION BY HASH (userid);
		INSERT INTO events SELECT * FROM churn_read_events('$file') WHERE satisfies_hash_partition('hashed'::regclass, 2, $i, userid)");
}
made_of('each shard by itself');

# ---- And what the check finds ----

$shards[0]->safe_psql('postgres', "INSERT INTO events SELECT * FROM churn_read_events('$file') WHERE satisfies_hash_partition('hashed'::regclass, 2, 1, userid) LIMIT 7");
is($home->safe_psql('postgres', "SELECT server, n_misplaced FROM churn_check_shards('events')"), "Shard \"2\"|0\nshard1|7", 'rows in a wrong shard are counted');
($status, $out, $err) = $home->psql('postgres', "SELECT churn_check_shards('whole')");
like($err, qr/table "whole" has no partitions on servers of postgres_fdw/, 'a table without shards is refused');

# ---- The document, as it stands ----

my ($section) = slurp_file("$ENV{TESTDIR}/docs/scaling-out.md") =~ /^## Shards of postgres_fdw\n(.*?)^## /ms;
my @blocks = $section =~ /^```sql\n(.*?)^```$/gms;
is(scalar @blocks, 7, 'the document has blocks');
$_->safe_psql('postgres', 'CREATE DATABASE log') foreach ($home, @shards);
$home->safe_psql('log', "CREATE EXTENSION sparkify;
	CREATE TABLE models AS SELECT 'monthly' AS name, churn_forest_agg(i % 3 = 0, f) AS model
	FROM generate_series(1, 30) AS i, LATERAL (SELECT (i % 7)::bigint AS n_songs) AS f; DROP EXTENSION IF EXISTS postgres_fdw");
foreach my $block (@blocks)
{
	my ($where) = $block =~ /^-- on (each shard|the server that asks)/ or die "where does this run: $block";

	$block =~ s{/path/to/log\.json}{$file};
	foreach my $i ($where eq 'each shard' ? (0, 1) : ())
	{
		(my $sql = $block) =~ s/\$i/$i/g;
		$shards[$i]->safe_psql('log', $sql);
	}
	next if $where eq 'each shard';
	$block =~ s/CREATE EXTENSION sparkify;//;
	$block =~ s/host 'shard(\d)'/"host '" . $shards[$1 - 1]->host . "', port '" . $shards[$1 - 1]->port . "'"/ge;
	($status, $out, $err) = $home->psql('log', "SET client_min_messages = warning; $block", on_error_die => 0, on_error_stop => 1);
	is("$status $err", '0 ', 'the document runs: ' . substr($block, 24, 50) =~ s/\n/ /gr);
	$_->safe_psql('log', 'TRUNCATE events') foreach ($block =~ /churn_load_events/ ? @shards : ());
}
is($home->safe_psql('log', 'SET enable_partitionwise_aggregate = on; SELECT userid, md5(sparkify_profile_send(profile)) FROM profiles ORDER BY userid'),
	$expected, '  and makes the profiles of one machine');

# ---- Without a server ----

$shards[1]->stop;
($status, $out, $err) = $home->psql('postgres', "SELECT * FROM churn_check_shards('events')");
like($err, qr/could not connect to server "Shard "2""/, 'a shard that does not answer is an error');
is($out, '', '  and no part of an answer');

done_testing();

# Aggregates that the scan of a foreign table feeds itself: the same bytes with any number
# of workers, with little memory, and when a row changes or a query ends meanwhile.
use strict;
use warnings FATAL => 'all';
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('pushdown');
$node->init;
$node->append_conf('postgresql.conf', "max_worker_processes = 16\nmax_parallel_workers = 16\njit = off");
$node->start;
my $dir = $node->data_dir . '/logs';
mkdir $dir or die $!;

# A log of several chunks in two files, and one more of which some lines are none
$node->safe_psql('postgres', qq{
	CREATE EXTENSION sparkify;
	COPY (SELECT json_strip_nulls(json_build_object(
			'ts', (extract(epoch FROM ts) * 1000)::bigint, 'userId', userid, 'sessionId', sessionid,
			'page', page, 'auth', auth, 'level', level, 'length', length, 'gender', gender,
			'registration', (extract(epoch FROM registration) * 1000)::bigint, 'userAgent', useragent))
		FROM churn_simulate_events(60)) TO '$dir/all.json' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02');
});
my @lines = split /^/, slurp_file("$dir/all.json");
my $n = @lines;
sub put
{
	my ($file, @text) = @_;
	open my $fh, '>', "$dir/$file" or die $!;
	print $fh @text;
	close $fh or die $!;
}
put('part_1.json', @lines[0 .. 999]);
put('part_2.json', @lines[1000 .. $n - 1]);
put('faulty.json', map { $_ % 1000 == 500 ? "{\"ts\":$_,\n" : $lines[$_] } 0 .. $n - 1);
my $columns = 'ts timestamptz, userid text, sessionid bigint, page text, auth text, level text, length float8, '
  . 'gender text, registration timestamptz, useragent text';
$node->safe_psql('postgres', qq{
	CREATE SERVER logs FOREIGN DATA WRAPPER sparkify_json;
	CREATE FOREIGN TABLE log ($columns) SERVER logs OPTIONS (filename '$dir/part_*.json');
	CREATE FOREIGN TABLE faulty ($columns) SERVER logs OPTIONS (filename '$dir/faulty.json', on_error 'skip')});

my $music = 'ts, sessionid, page, level, length, gender, registration';
my %query = (
	profile => "SELECT userid, churn_profile($music) FROM log WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid",
	features => "SELECT userid, churn_features($music), count(*), count(length), min(ts), max(page), sum(sessionid) FROM log GROUP BY userid",
	'log profile' => "SELECT userid, churn_profile(ts, page, sessionid, length, level), count(*) FILTER (WHERE page = 'Error') "
	  . "FROM log WHERE ts >= '2018-10-08' GROUP BY userid",
	keys => 'SELECT userid, level, gender, churn_profile(ts, page) FROM log GROUP BY userid, level, gender',
	all => "SELECT churn_profile($music), count(*) FROM log",
);
my $easily = 'SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;';

# What a query returns, as bytes of its rows in an order of their own
sub bytes_of
{
	my ($query, $settings) = @_;
	return $node->safe_psql('postgres', "SET sparkify.compact_text = on; $settings "
		. "SELECT count(*), md5(string_agg(s::text, E'\\n' ORDER BY s::text COLLATE \"C\")) FROM ($query) AS s");
}
my %expected = map { $_ => bytes_of($query{$_}, 'SET sparkify.aggregate_pushdown = off; SET max_parallel_workers_per_gather = 0;') } keys %query;
for my $name (sort keys %query)
{
	for my $workers (0 .. 4)
	{
		for my $settings ('', q{SET work_mem = '64kB';}, 'SET parallel_leader_participation = off;', 'SET sparkify.aggregate_pushdown = off;')
		{
			# without the leader one worker is no more than one process
			next if $settings =~ /participation/ && $workers < 2;
			my $with = "$easily SET max_parallel_workers_per_gather = $workers; $settings";
			my $plan = $node->safe_psql('postgres', "$with EXPLAIN (COSTS OFF) $query{$name}");
			my $scan = $settings =~ /pushdown/ ? qr/Partial|Aggregate/ : $workers > 0 ? qr/Parallel Foreign Scan\n.*\n\s+Aggregated:/ : qr/Foreign Scan\n.*\n\s+Aggregated:/;
			like($plan, $scan, "$name, $workers workers, $settings the plan");
			is(bytes_of($query{$name}, $with), $expected{$name}, "$name, $workers workers, $settings the same bytes");
		}
	}
}
like($node->safe_psql('postgres', "EXPLAIN (ANALYZE, COSTS OFF) $query{profile}"), qr/Workers Launched: [12].*Aggregated: churn_profile/s,
	'workers took part, with the settings as they come');

# Scans that are repeated, by one process and by several
for my $workers (0, 2)
{
	is($node->safe_psql('postgres', "$easily SET enable_material = off; SET enable_memoize = off; SET max_parallel_workers_per_gather = $workers;
		SELECT x, s.count FROM generate_series(1, 3) AS x LEFT JOIN (SELECT count(*) FROM log) AS s ON x > 1"), "1|\n2|$n\n3|$n",
		"repeated, $workers workers");
}

# Lines that are none are counted and told as without, by all processes together
for my $settings ('', 'SET sparkify.aggregate_pushdown = off;')
{
	for my $workers (0, 3)
	{
		my ($status, $out, $err) = $node->psql('postgres',
			"$easily SET max_parallel_workers_per_gather = $workers; $settings SELECT sum(c) FROM (SELECT userid, count(*) AS c FROM faulty GROUP BY userid) AS s");
		my $skipped = 0;
		$skipped += $1 while $err =~ /skipped (\d+) invalid lines? of foreign table "faulty"/g;
		my $faults = grep { $_ % 1000 == 500 } 0 .. $n - 1;
		is("$out $skipped", ($n - $faults) . " $faults", "faults that are skipped, $workers workers, $settings");
	}
}
$node->safe_psql('postgres', q{ALTER FOREIGN TABLE faulty OPTIONS (SET on_error 'stop')});
for my $workers (0, 2)
{
	my ($status, $out, $err) = $node->psql('postgres', "$easily SET max_parallel_workers_per_gather = $workers; SELECT userid, churn_features($music) FROM faulty GROUP BY userid");
	like($err, qr/ERROR:  invalid event in line (501|at byte offset \d+) of file ".*faulty\.json"/, "a fault amid the log, $workers workers");
	is($node->safe_psql('postgres', 'SELECT count(*) FROM log'), $n, 'after which all is as before');
}

# Cancelled while groups are made
for my $workers (0, 2)
{
	my ($status, $out, $err) = $node->psql('postgres', "$easily SET max_parallel_workers_per_gather = $workers; SET statement_timeout = '150ms'; "
		. "DO \$\$ BEGIN LOOP PERFORM userid, churn_profile($music) FROM log GROUP BY userid; END LOOP; END \$\$");
	like($err, qr/canceling statement due to statement timeout/, "cancelled, $workers workers");
}

# Groups that need little memory get little: what was handed out is forgotten
if ($node->pg_version >= 14)
{
	my $total = 'SELECT sum(total_bytes) FROM pg_backend_memory_contexts';
	my $grown = sub {
		my ($settings) = @_;
		my ($before, $after) = split /\n/, $node->safe_psql('postgres', "$settings SET enable_hashagg = off; SET max_parallel_workers_per_gather = 0; BEGIN;
			DECLARE c CURSOR FOR SELECT userid, sessionid, churn_profile(ts, page) FROM log GROUP BY userid, sessionid;
			$total; MOVE 1 FROM c; $total; ROLLBACK");
		return $after - $before;
	};
	cmp_ok($grown->(q{SET work_mem = '64kB';}), '<', 1_000_000, 'a scan with little memory takes little');
}

# A row is changed by another session while a query waits for it: its subquery, which
# depends on the row, is run again
$node->safe_psql('postgres', q{CREATE TABLE users (id int, userid text, events bigint); INSERT INTO users SELECT 1, min(userid), 0 FROM log WHERE userid <> ''});
my ($in, $out, $err) = ('', '', '');
my $timeout = IPC::Run::timeout(120);
my $other = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$in, '>', \$out, '2>', \$err, $timeout);
$in = "BEGIN; UPDATE users SET userid = (SELECT max(userid) FROM log) WHERE id = 1; SELECT 'changed';\n";
$other->pump until $out =~ /changed/ || $timeout->is_expired;
my $waiting = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c',
	'UPDATE users SET events = (SELECT count(*) FROM log WHERE log.userid = users.userid) WHERE id = 1' ], '<', \undef, '>', \my $waited, '2>', \my $complaint);
$node->poll_query_until('postgres', q{SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'});
$in = "COMMIT;\n\\q\n";
$other->finish;
$waiting->finish;
is($complaint, '', 'the query that waited goes on');
is($node->safe_psql('postgres', 'SELECT events = (SELECT count(*) FROM log WHERE userid = u.userid) AND events > 0, userid = (SELECT max(userid) FROM log) FROM users u'),
	't|t', 'and has counted the events of the new user');

# Letters that a collation does not tell apart are left to PostgreSQL
my ($no_icu, $ignored, $reason) = $node->psql('postgres', q{CREATE COLLATION insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false)});
SKIP:
{
	skip "no ICU: $reason", 3 if $no_icu != 0;
	$node->safe_psql('postgres', qq{CREATE FOREIGN TABLE letters (page text COLLATE insensitive, level text) SERVER logs OPTIONS (filename '$dir/part_1.json')});
	unlike($node->safe_psql('postgres', 'EXPLAIN SELECT page, count(*) FROM letters GROUP BY page'), qr/Aggregated/, 'a key of such a collation');
	unlike($node->safe_psql('postgres', 'EXPLAIN SELECT level, max(page) FROM letters GROUP BY level'), qr/Aggregated/, 'an aggregate by such a collation');
	is($node->safe_psql('postgres', q{SELECT count(*) FROM letters WHERE page IN ('HOME', 'home')}),
		$node->safe_psql('postgres', q{SELECT count(*) FROM letters WHERE page COLLATE "C" = 'Home'}), 'conditions of such a collation');
}

# Events wait for their groups: an error that one of them is comes before that of a later line
put('late.json', map { $_ == 401 ? "{\n" : sprintf qq({"ts":1538352117000,"userId":"1","page":"Home","length":%s}\n), $_ == 400 ? '1e300' : 1 } 1 .. 500);
$node->safe_psql('postgres', qq{CREATE FOREIGN TABLE late ($columns) SERVER logs OPTIONS (filename '$dir/late.json')});
for my $pushdown ('on', 'off')
{
	my ($status, $out, $err) = $node->psql('postgres', "SET sparkify.aggregate_pushdown = $pushdown; SET max_parallel_workers_per_gather = 0; SELECT churn_profile(ts, page, sessionid, length) FROM late");
	like($err, qr/ERROR:  amount/, "the error of the first line, pushdown $pushdown");
}

# Keys of all types and lengths, in an order in which few groups are near each other
put('keys.json', map
	{
		my $i = $_ * 7919 % 200;
		sprintf qq({"ts":%d,"a":"%s%d","b":%s,"c":"00000000-0000-0000-0000-%012d","d":%s,"e":"2018-10-%02d"}\n), 1538352117000 + $i % 7 * 86400000,
			'x' x ($i % 90), $i, $i % 2 ? 'true' : 'false', $i % 50, $i % 3 ? $i % 11 : 'null', 1 + $i % 9
	} 1 .. 6000);
$node->safe_psql('postgres', qq{CREATE FOREIGN TABLE keys (ts timestamptz OPTIONS (unit 'ms'), a text, b boolean, c uuid, d int, e date, f varchar OPTIONS (key 'a'), g smallint OPTIONS (key 'd')) SERVER logs OPTIONS (filename '$dir/keys.json')});
for my $by ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'ts', 'b, d', 'g, b', 'b, e', 'f, b')
{
	my $query = "SELECT $by, count(*), min(ts), max(f), min(g) FROM keys GROUP BY $by";
	like($node->safe_psql('postgres', "SET enable_sort = off; EXPLAIN $query"), qr/Aggregated/, "by $by the plan");
	is(bytes_of($query, q{SET work_mem = '64kB';}), bytes_of($query, 'SET sparkify.aggregate_pushdown = off;'), "by $by the same bytes");
}

# Where the cost is that of reading, nothing is compiled for what is left to the executor
SKIP:
{
	skip 'no JIT in this build', 2 if $node->safe_psql('postgres', 'SET jit = on; SELECT pg_jit_available()') eq 'f';
	my $compile = 'SET jit = on; SET jit_above_cost = 500; SET max_parallel_workers_per_gather = 0;';
	my $count = 'EXPLAIN (ANALYZE, TIMING off) SELECT userid, count(*) FROM log';
	unlike($node->safe_psql('postgres', "$compile $count GROUP BY userid"), qr/JIT:/, 'events that are only counted');
	like($node->safe_psql('postgres', "$compile $count WHERE length * 2 > 100 GROUP BY userid"), qr/JIT:/, 'events for which a condition is computed');
}

$node->stop;
done_testing();

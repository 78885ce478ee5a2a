# The memory that profiles of any log share while they grow: the same bytes whatever there
# is of it, and nothing of it is left when a query ends, however it ends.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('profiles');
$node->init;
$node->append_conf('postgresql.conf', "max_worker_processes = 16\nmax_parallel_workers = 16\njit = off\n");
$node->start;

# many customers at the same time, a few with very many events, and names that go beyond all
$node->safe_psql('postgres', q{
	CREATE EXTENSION sparkify;
	CREATE TABLE log AS SELECT 'c' || (hashint8(i) & 32767) % 9000 AS customer, md5((i / 7)::text)::uuid AS session,
		timestamptz '2025-01-01Z' + i * interval '90 seconds' AS at, 'event ' || (hashint8(i + 1) & 31) AS event,
		CASE i % 5 WHEN 0 THEN (hashint8(i + 2) & 4095) / 100.0 - 10 END AS amount FROM generate_series(1, 250000) i
	UNION ALL SELECT 'busy' || i % 3, NULL, timestamptz '2025-01-01Z' + i * interval '11 minutes', 'name ' || i % 70, i
		FROM generate_series(1, 60000) i;
	VACUUM ANALYZE log;
	CREATE FUNCTION memory(of text) RETURNS bigint LANGUAGE sql AS
		$$SELECT (regexp_match(pg_read_file('/proc/self/status'), of || ':\s+(\d+) kB'))[1]::bigint$$;});

my $profiles = "SELECT customer, churn_profile(at, event, session, amount) AS p FROM log GROUP BY customer";
my $digest = "SELECT md5(string_agg(md5(p::text), '' ORDER BY customer COLLATE \"C\")) || count(*) FROM ($profiles) s";
my $plain = $node->safe_psql('postgres', "SET max_parallel_workers_per_gather = 0; SET work_mem = '512MB'; $digest");
like($plain, qr/^[0-9a-f]{32}9003$/, 'profiles of all customers, with room for all');

my %ways = (
	'hash aggregation that spills' => "max_parallel_workers_per_gather = 0; SET work_mem = '64kB'; SET enable_sort = off",
	'one that spills pieces of large pages' => "max_parallel_workers_per_gather = 0; SET work_mem = '4MB'; SET enable_sort = off",
	'one customer after another' => 'max_parallel_workers_per_gather = 0; SET enable_hashagg = off',
	'workers' => "parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET work_mem = '256MB'",);
is($node->safe_psql('postgres', "SET $ways{$_}; $digest"), $plain, "the same bytes: $_") for sort keys %ways;
like($node->safe_psql('postgres', "SET $ways{'hash aggregation that spills'}; EXPLAIN (ANALYZE, COSTS OFF) $profiles"),
	qr/Batches: [0-9]{2}/, 'there were batches');

# sets of groups have a context each; an aggregate beside others shares one with them
my $one = "churn_profile(at, event) FILTER (WHERE customer < 'c11')";
my $few = "FROM log WHERE customer LIKE 'c10%' GROUP BY";
is($node->safe_psql('postgres', "SET work_mem = '256MB';
	SELECT count(*) > 1000, count(*) = count(*) FILTER (WHERE a.p::text = b.p::text) FROM
		(SELECT customer, session, churn_profile(at, event) AS p $few GROUPING SETS (customer, session, ())) a FULL JOIN
		(SELECT customer, NULL::uuid AS session, churn_profile(at, event) AS p $few 1 UNION ALL
			SELECT NULL, session, churn_profile(at, event) $few 2 UNION ALL SELECT NULL, NULL, churn_profile(at, event) $few ()) b
		ON coalesce(a.customer, '') = coalesce(b.customer, '') AND coalesce(a.session::text, '') = coalesce(b.session::text, '')"),
	't|t', 'sets of groups');
my $many = join(', ', map { "$one AS p$_" } 1 .. 1000);
my $same = join(' AND ', map { "p$_ IS NOT DISTINCT FROM p1" } (2, 500, 999, 1000));
is($node->safe_psql('postgres', "SET work_mem = '256MB'; SELECT count(*), count(p1), bool_and($same) FROM (SELECT $many FROM log
	WHERE customer < 'c12' GROUP BY left(customer, 3)) s"), '5|4|t', 'a thousand aggregates of a query');

# a query that is cancelled, that fails or that nobody reads to its end gives all back
SKIP:
{
	skip 'needs /proc', 3 if !-r '/proc/self/status';
	my $query = "SELECT count(p) FROM ($profiles OFFSET 0) s";
	my $fails = "SELECT count(p) FROM (SELECT customer, churn_profile(at, event, session, CASE WHEN at > '2025-08-01Z' THEN 'NaN' ELSE amount END) AS p
		FROM log GROUP BY customer OFFSET 0) s";
	my ($status, $out, $err) = $node->psql('postgres', qq{
		SET max_parallel_workers_per_gather = 0; SET work_mem = '256MB';
		$query;
		SELECT memory('RssAnon') AS before \\gset
		$query; $query; $query; $query; $query;
		SET statement_timeout = '50ms'; $query; $query; $query; $query; $query; RESET statement_timeout;
		$fails; $fails; $fails; $fails; $fails;
		BEGIN; DECLARE c CURSOR FOR $profiles; FETCH 1 FROM c \\g /dev/null
		CLOSE c; COMMIT;
		SELECT memory('RssAnon') - :before < 4096, memory('VmHWM') > 0;
		$query;}, on_error_stop => 0);
	is($out, join("\n", (9003) x 6, 't|t', 9003), 'all memory is given back');
	like($err, qr/canceling statement due to statement timeout/, 'though queries were cancelled');
	like($err, qr/amount NaN of event "event [0-9-]+" is out of range/, 'and others failed');
}

$node->stop;
done_testing();

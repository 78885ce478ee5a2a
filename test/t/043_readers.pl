# The processes of a parallel scan that makes groups, where there are more of them than
# processors: those that come late leave the reading to the others, and read what these leave.
use strict;
use warnings FATAL => 'all';
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# All that this process starts runs on its first processor alone
my $affinity = `taskset -pc $$ 2>&1`;
plan skip_all => 'taskset says which processors there are' if $? != 0 || $affinity !~ /: (\d+)/;
system("taskset -pc $1 $$ >/dev/null") == 0 or plan skip_all => 'no processor can be chosen';

my $node = PostgreSQL::Test::Cluster->new('readers');
$node->init;
$node->append_conf('postgresql.conf', "max_worker_processes = 8\nmax_parallel_workers = 8\njit = off");
$node->start;
my $dir = $node->data_dir . '/logs';
mkdir $dir or die $!;

# Each file is a chunk, and a group of its own, in which one event takes a while
my $files = 100;
for my $file (1 .. $files)
{
	open my $fh, '>', sprintf('%s/%03d.json', $dir, $file) or die $!;
	print $fh qq({"ts":1538352117000,"userId":"$file","sessionId":$_,"page":") . ($_ == 5 ? 'Slow' : 'Home') . qq("}\n) for 1 .. 200;
	close $fh or die $!;
}
$node->safe_psql('postgres', qq{
	CREATE EXTENSION sparkify;
	CREATE FUNCTION takes_a_while(page text) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS
		\$\$ BEGIN IF page = 'Slow' THEN PERFORM pg_sleep(0.02); END IF; RETURN true; END \$\$;
	CREATE SERVER logs FOREIGN DATA WRAPPER sparkify_json;
	CREATE FOREIGN TABLE log (ts timestamptz, userid text, sessionid bigint, page text) SERVER logs OPTIONS (filename '$dir/*.json')});
my $query = 'SELECT userid, count(*), sum(sessionid) FROM log WHERE takes_a_while(page) GROUP BY userid';
my $expected = join "\n", sort map { "$_|200|20100" } 1 .. $files;
my $easily = 'SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0.1;';

# The processes' groups, which are the files that they read: the leader's first
sub groups_of
{
	my ($settings) = @_;
	my $plan = $node->safe_psql('postgres', "$easily $settings EXPLAIN (ANALYZE, VERBOSE, COSTS off, TIMING off) $query");

	like($plan, qr/Parallel Foreign Scan \(actual rows=.*?Aggregated:/s, "$settings the scan makes groups");
	my ($scan) = $plan =~ /(Parallel Foreign Scan .*)/s;
	my @workers = $scan =~ /Worker \d+: +actual rows=(\d+)/g;
	my $all = 0;
	$all += $_ for @workers;
	return ($files - $all, @workers);
}

sub same_rows
{
	my ($settings, $name) = @_;
	is(join("\n", sort split /\n/, $node->safe_psql('postgres', "$easily $settings $query")), $expected, $name);
}

# Who comes first fills the processor; a busy machine may let it wait so long that the others help
my ($leader, @workers) = groups_of('SET max_parallel_workers_per_gather = 2;');
is(scalar @workers, 2, 'the workers took part');
my ($most) = sort { $b <=> $a } $leader, @workers;
cmp_ok($most, '>', $files / 2, "the others stood back: the leader and the workers had $leader @workers of $files files");
same_rows('SET max_parallel_workers_per_gather = 1;', 'each file once');

# Who hands out groups before the end is no reason to stand back, and who does not read is none
for my $settings ('', q{SET work_mem = '64kB';}, 'SET parallel_leader_participation = off;')
{
	for my $workers (2, 4)
	{
		same_rows("SET max_parallel_workers_per_gather = $workers; $settings", "$workers workers, $settings the same rows");
	}
}

# Nobody else comes: the leader reads everything, or what the plan's other workers cannot
($leader, @workers) = groups_of('SET max_parallel_workers_per_gather = 2; SET max_parallel_workers = 0;');
is("$leader @workers", "$files ", 'no worker could start, and the leader read all');
same_rows('SET max_parallel_workers_per_gather = 4; SET max_parallel_workers = 1;', 'one of four workers started');

# A scan that is repeated begins with no reader
is($node->safe_psql('postgres', "$easily SET max_parallel_workers_per_gather = 2; SET enable_material = off; SET enable_memoize = off;
	SELECT sum(n) FROM generate_series(1, 3) AS i, LATERAL (SELECT count(*) + i AS n FROM log WHERE page <> 'Slow' GROUP BY userid OFFSET 0) AS s"),
	3 * $files * 199 + 6 * $files, 'repeated');

# Who waits can be cancelled, and hears of a worker that is gone
sub background
{
	my ($out, $err) = ('', '');
	my $run = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c',
		"SET application_name = 'waiting'; SET max_parallel_workers_per_gather = 1; $easily $query" ], '>', \$out, '2>', \$err,
		IPC::Run::timeout(60));

	# one of the leader and its worker amid its work, while the other waits
	$node->poll_query_until('postgres', "SELECT count(*) = 2 FROM pg_stat_activity
		WHERE (backend_type = 'parallel worker' OR application_name = 'waiting') AND wait_event IN ('PgSleep', 'Extension')")
	  or die 'nobody waits';
	return ($run, \$err);
}
my ($run, $err) = background();
$node->safe_psql('postgres', "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'waiting' AND backend_type = 'client backend'");
$run->finish;
like($$err, qr/canceling statement due to user request/, 'cancelled while workers read');
($run, $err) = background();
$node->safe_psql('postgres', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'parallel worker'");
$run->finish;
like($$err, qr/terminating .*due to administrator command/, 'a worker that is terminated ends the query');
$node->stop;
done_testing();

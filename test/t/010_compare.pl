# Models compared in parallel workers: that they are there, that they leave no
# trace in the result, and nothing behind.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

# With mmap every segment of dynamic shared memory is a file that can be seen
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', q{
	fsync = off
	dynamic_shared_memory_type = mmap
	log_min_messages = debug1
	max_worker_processes = 12
	max_parallel_workers = 12
	max_parallel_workers_per_gather = 0
	max_parallel_maintenance_workers = 2
});
$node->start;

sub value { return $node->safe_psql('postgres', $_[0]); }

# What a query gives, and the workers that started while it ran; the log says so
sub run_and_count
{
	my ($query) = @_;
	my $offset = -s $node->logfile;
	my $result = value($query);
	my $log = slurp_file($node->logfile, $offset);
	return ($result, scalar(() = $log =~ /starting background worker process "parallel worker/g));
}

sub everybody_left
{
	return $node->poll_query_until('postgres',
		q{SELECT count(*) = 0 FROM pg_stat_activity
		  WHERE backend_type IN ('parallel worker', 'client backend') AND pid <> pg_backend_pid()});
}

sub segments
{
	return join ' ', sort(slurp_dir($node->data_dir . '/pg_dynshmem'));
}

value(q{
	CREATE EXTENSION sparkify;
	CREATE TABLE training AS
		SELECT userid, day AS as_of, (userid * 7919 + day * 17) % 1000 + (userid * 31) % 400 > 950 AS churned,
			   (userid * 7919 + day * 17) % 1000 AS songs, (userid * 31) % 400 AS adverts,
			   nullif((userid * 13 + day) % 11, 0) AS friends, 'city ' || userid % 40 AS city
		FROM generate_series(1, 1500) userid, generate_series(1, 3) day;
	CREATE TABLE shuffled AS SELECT * FROM training ORDER BY md5(userid::text || as_of);
	ALTER TABLE training SET (parallel_workers = 3);
	ANALYZE training});
my $before = segments();

# everything but the time
sub compare
{
	my ($source) = @_;
	return qq{SELECT rank, algorithm, options, cv_mean, cv_sd, difference, p_value, holdout, spread_34,
			churn_fingerprint(model)
		FROM churn_compare('$source', metric => 'auc', folds => 3,
			grid => '{"random_forest": {"trees": [30, 40], "bins": [16, 255]}, "logistic_regression": [{"calibrate": "platt"}], "naive_bayes": [{}, {"smoothing": 3}]}')
		ORDER BY rank};
}

my ($expected, $n) = run_and_count('SET max_parallel_maintenance_workers = 0; ' . compare('training'));
is($n, 0, 'no workers when none are allowed');
is(scalar(split /\n/, $expected), 9, 'a row for each model and the baseline');
for my $workers (1, 2, 8)
{
	my ($result, $started) = run_and_count("SET max_parallel_maintenance_workers = $workers; " . compare('training'));

	is($started, $workers, "$workers workers fit models");
	is($result, $expected, 'and the result is the same');
}
is(value(compare('shuffled')), $expected, 'nor does it depend on the order of the rows');
my $cheap = q{SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
	SET max_parallel_workers_per_gather = 3;};
my ($result, $started) = run_and_count($cheap . compare('training'));
is($result, $expected, 'nor on the plan');
is($started, 5, 'in which workers collect rows, then others fit');
is( (run_and_count(q{SELECT count(*) FROM churn_compare('SELECT * FROM training WHERE userid <= 60',
		algorithms => '{naive_bayes}')}))[1],
	0, 'no workers for what is done sooner without');
my ($status, $stdout, $stderr) = $node->psql('postgres', "SET sparkify.max_training_memory = '1MB'; " . compare('training'));
my ($least) = $stderr =~ /ERROR:  training takes (\d+) MB of memory/;
ok($least > 1, 'too little memory is an error');
($result, $started) = run_and_count(
	"SET sparkify.max_training_memory = '${least}MB'; SET max_parallel_maintenance_workers = 8; " . compare('training'));
is($result, $expected, 'with just enough the result is the same');
cmp_ok($started, '<', 8, 'and there are fewer workers');
ok(everybody_left(), 'every session ends');
is(segments(), $before, 'and leaves no shared memory');

# Cancelled: soon, with nothing left, with workers and without
for my $workers (2, 0)
{
	my $start = time;
	($status, $stdout, $stderr) = $node->psql('postgres', qq{
		SET max_parallel_maintenance_workers = $workers;
		SET statement_timeout = '500ms';
		SELECT rank FROM churn_compare('SELECT t.*, g FROM training t, generate_series(1, 10) g',
			grid => '{"random_forest": [{"trees": 10000, "max_depth": 5}]}')});

	like($stderr, qr/canceling statement due to statement timeout/, "a comparison with $workers workers is cancelled");
	cmp_ok(time - $start, '<', 4, 'in time');
	ok(everybody_left(), 'no worker is left behind');
	is(segments(), $before, 'nor any shared memory');
}

# An error in a worker is the leader's, and no more than that
my $long = q{SELECT rank FROM churn_compare('SELECT t.*, g FROM training t, generate_series(1, 10) g',
	grid => '{"random_forest": [{"trees": 10000, "max_depth": 5}]}')};
my ($in, $out, $err) = ('', '', '');
my $leader = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', $long ],
	'<', \$in, '>', \$out, '2>', \$err);
ok( $node->poll_query_until(
		'postgres', q{SELECT count(*) > 0 FROM pg_stat_activity WHERE backend_type = 'parallel worker'}),
	'workers are at work');
value(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'parallel worker' LIMIT 1});
$leader->finish;
like($err, qr/terminating|lost connection to parallel worker/, 'the leader fails with its worker');
ok(everybody_left(), 'the others end');
is(segments(), $before, 'and leave no shared memory');

# No process left for a worker
$node->append_conf('postgresql.conf', 'max_worker_processes = 0');
$node->restart;
is(value(compare('training')), $expected, 'the same where no worker can start');

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC|leak/i, 'the server\'s log complains of nothing');
done_testing();

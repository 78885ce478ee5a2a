# Training in parallel workers: that they are there, what happens without them,
# and that nothing of them is left behind.
use strict;
use warnings;

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
	max_worker_processes = 8
	max_parallel_workers = 8
	max_parallel_workers_per_gather = 0
	max_parallel_maintenance_workers = 3
});
$node->start;

sub value { return $node->safe_psql('postgres', $_[0]); }

# Workers that started while this ran; the log says so
sub workers_started
{
	my ($query) = @_;
	my $offset = -s $node->logfile;

	value($query);
	my $log = slurp_file($node->logfile, $offset);
	return scalar(() = $log =~ /starting background worker process "parallel worker/g);
}

# Waits for workers and other sessions to be gone: who gets an error gets it
# before the session has cleaned up.
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
		SELECT i AS userid, (i * 7919) % 1000 + (i * 31) % 400 > 900 AS churned, i % 5 AS grp,
			   (i * 7919) % 1000 AS songs, (i * 31) % 400 AS adverts, (i * 17) % 365 AS tenure,
			   'city ' || i % 40 AS city
		FROM generate_series(1, 10000) i;
	ALTER TABLE training SET (parallel_workers = 3);
	ANALYZE training});
my $before = segments();

my $train = q{SELECT churn_fingerprint(model) FROM churn_train('training')};
my $expected = value("SET max_parallel_maintenance_workers = 0; $train");
my $cheap = q{SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
	SET max_parallel_workers_per_gather = 3;};
my $aggregate = q{SELECT churn_fingerprint(churn_forest_agg(churned, ROW(songs, adverts, tenure, city))) FROM training};
my $groups = q{SELECT string_agg(churn_fingerprint(model), ' ' ORDER BY grp)
	FROM (SELECT grp, churn_forest_agg(churned, ROW(songs, adverts, tenure, city)) AS model
		  FROM training GROUP BY grp) g};

is(workers_started("SET max_parallel_maintenance_workers = 0; $train"), 0, 'no workers when none are allowed');
is(workers_started($train), 3, 'workers grow trees');
is(workers_started("$cheap $train"), 6, 'workers collect rows, then others grow trees');
is( workers_started(q{SELECT churn_train('SELECT * FROM training LIMIT 50')}),
	0, 'no workers for what is done sooner without');
is( workers_started(q{SELECT churn_train('training', options => '{"trees": 2}')}),
	0, 'nor for two small trees');
is( workers_started(q{SELECT churn_train('training', algorithm => 'decision_tree')}),
	0, 'nor for one tree');
cmp_ok(workers_started("$cheap SET enable_hashagg = off; $groups"), '>', 3,
	'under a Gather that is still at work, too');

is(value($train), $expected, 'workers do not change the model');
is(value("$cheap $train"), $expected, 'nor does a parallel plan');
is(value("SET max_parallel_workers = 0; $train"), $expected, 'nor does the lack of workers');
is( value("$cheap SET enable_hashagg = off; $groups"),
	value("SET max_parallel_maintenance_workers = 0; $groups"),
	'groups are the same under a Gather');

# a calibrated one fits several models, users kept whole
for my $algorithm (qw(random_forest gradient_boosting logistic_regression))
{
	my $calibrate = qq{SELECT churn_fingerprint(model) FROM churn_train('SELECT userid / 3 AS userid, churned, songs,
		adverts, city FROM training', algorithm => '$algorithm', options => '{"calibrate": "isotonic"}')};
	my $serial = value("SET max_parallel_maintenance_workers = 0; $calibrate");

	is(value("$cheap $calibrate"), $serial, "a calibrated $algorithm is the same by workers");
	is(value("$cheap SET max_parallel_workers_per_gather = 1; SET max_parallel_maintenance_workers = 1; $calibrate"),
		$serial, 'and by fewer of them');
}

# Columns of many numbers are binned by workers, of which no more are wanted than other processors
my $columns = join ', ', map { "nullif((i::bigint * (7919 + $_)) % 99991, $_)::float8 AS x$_" } 1 .. 35;
value("CREATE TABLE wide AS SELECT i * 7919::bigint % 1000 > 800 AS churned, 'city ' || i % 7 AS city, $columns FROM generate_series(1, 300000) i");
my $wide = q{SELECT churn_fingerprint(model) FROM churn_train('wide', algorithm => 'naive_bayes')};
my $others = `nproc` - 1;
my $alone = value("SET max_parallel_maintenance_workers = 0; $wide");
is(workers_started($wide), $others < 3 ? $others : 3, 'workers bin columns');
is(value($wide), $alone, 'to the same model');
is(value("SET max_parallel_workers = 0; $wide"), $alone, 'also where none can start');
value('DROP TABLE wide');
is(segments(), $before, 'and no segment is left');

my $calibrated = q{SELECT churn_train('training', options => '{"calibrate": "platt"}')};
is(workers_started($calibrated), 6, 'workers score rows held out, then others grow trees');
is(workers_started("SET max_parallel_maintenance_workers = 0; $calibrated"), 0, 'or none does');

# all of the query in a worker, which may start none
my $mode = $node->pg_version < 16 ? 'force_parallel_mode' : 'debug_parallel_query';
my $in_worker = "SET $mode = on; SET max_parallel_workers_per_gather = 1; SET parallel_setup_cost = 1e9;";
like(value("$in_worker EXPLAIN $aggregate"), qr/Single Copy: true/, 'a plan that runs in one worker');
is(workers_started("$in_worker $aggregate"), 1, 'starts no more');
is(value("$in_worker $aggregate"), value("$cheap $aggregate"), 'and gives the same model');
ok(everybody_left(), 'every session ends');
is(segments(), $before, 'and leaves no shared memory');

# Cancelled: soon, with nothing left
my $long = q{SELECT churn_train('SELECT t.*, g AS g FROM training t, generate_series(1, 10) g',
	options => '{"trees": 10000}')};
my $start = time;
my ($status, $stdout, $stderr) = $node->psql('postgres', "SET statement_timeout = '700ms'; $long");
like($stderr, qr/canceling statement due to statement timeout/, 'training is cancelled');
cmp_ok(time - $start, '<', 4, 'in time');
ok(everybody_left(), 'no worker is left behind');
is(segments(), $before, 'nor any shared memory');

# What a worker has collected gets to the leader also when it is more than fits a value.
# Categories of a thousand bytes each are the quickest way there; the one worker that may
# start has them all.
SKIP:
{
	my ($available) = -r '/proc/meminfo' ? slurp_file('/proc/meminfo') =~ /^MemAvailable: +(\d+) kB/m : 0;
	my ($shared) = `df -Pk /dev/shm 2>/dev/null` =~ /(\d+) +\d+% /;
	skip 'no 5 GB of memory to spare', 2 if $available < 5e6 || ($shared // 0) < 2.5e6;
	my $row = join ', ', map { "lpad(userid || 'a$_', 1000)" } 1 .. 120;
	my $large = "SET sparkify.max_training_memory = '6GB'; SELECT md5(churn_forest_agg(churned, ROW($row))::text) FROM training";

	is(value("$cheap SET max_parallel_workers = 1; SET parallel_leader_participation = off; $large"),
		value("SET max_parallel_workers_per_gather = 0; $large"), 'a worker that collects more than fits a value');
	ok(everybody_left(), 'leaves nobody behind');
}

# A worker that dies is an error for the leader, and no more than that
my ($in, $out, $err) = ('', '', '');
my $leader = IPC::Run::start(
	[ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', $long ],
	'<', \$in, '>', \$out, '2>', \$err);
ok( $node->poll_query_until(
		'postgres', q{SELECT count(*) > 0 FROM pg_stat_activity WHERE backend_type = 'parallel worker'}),
	'workers are at work');
value(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'parallel worker' LIMIT 1});
$leader->finish;
like($err, qr/terminating|lost connection to parallel worker/, 'the leader fails with its worker');
ok(everybody_left(), 'the other workers end');
is(segments(), $before, 'and leave no shared memory');
is(value($train), $expected, 'the server trains on');

# No process left for a worker
$node->append_conf('postgresql.conf', 'max_worker_processes = 0');
$node->restart;
is(value($train), $expected, 'the same model where no worker can start');
is(value("$cheap $train"), $expected, 'in a parallel plan without workers, too');

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC|leak/i, 'the server\'s log complains of nothing');
done_testing();

# The progress of a load, for its own session and for others, and of training.
use strict;
use warnings FATAL => 'all';

use IPC::Run qw(start finish timer);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use POSIX qw(mkfifo);
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION sparkify; CREATE TABLE events OF churn_event');

# A pipe gives lines when the test wants; the load looks at the clock every
# thousand rows.
my $pipe = $node->basedir . '/events.json';
mkfifo($pipe, 0700) or die "mkfifo: $!";

my $line = qq({"ts":1538352117000,"userId":"1","sessionId":1,"page":"Home"}\n);
my ($thousand, $all) = map { $_ * length $line } 1000, 3000;

sub load_slowly
{
	my ($settings) = @_;
	my ($out, $err) = ('', '');
	my $psql = start(['psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', $settings, '-c',
			"SELECT rows, rejected, bytes FROM churn_load_events('events', '$pipe')"],
		'<', \undef, '>', \$out, '2>', \$err, timer($PostgreSQL::Test::Utils::timeout_default));

	open my $fh, '>', $pipe or die "open: $!";
	$fh->autoflush(1);
	print $fh $line x 1500;
	ok( $node->poll_query_until('postgres', qq{
			SELECT count(*) = 1 FROM pg_stat_progress_copy
			WHERE relid = 'events'::regclass AND command = 'COPY FROM' AND type = 'FILE'
				AND bytes_processed >= $thousand AND tuples_processed BETWEEN 1000 AND 1500}),
		'another session sees the load');
	sleep 2;
	print $fh $line x 1500;
	close $fh;
	finish $psql;
	is($out, "3000|0|$all\n", 'the load ends');
	is($node->safe_psql('postgres', 'SELECT count(*) FROM pg_stat_progress_copy'), '0',
		'nobody sees it any more');
	return $err;
}

SKIP:
{
	skip 'no pg_stat_progress_copy before PostgreSQL 14', 8 if $node->pg_version < 14;

	like(load_slowly('SET sparkify.progress = on'), qr{^NOTICE:  read 0 MB, loaded \d{4} rows, 0 MB/s$}m, 'a notice after two seconds');
	is(load_slowly('SET sparkify.progress = off'), '', 'and none when it is switched off');
}

# A load that fails is no longer shown
$node->safe_psql('postgres', "DO \$\$ BEGIN PERFORM churn_load_events('events', 'PG_VERSION');
	EXCEPTION WHEN invalid_text_representation THEN NULL; END \$\$");
is($node->safe_psql('postgres', 'SELECT count(*) FROM pg_stat_progress_copy'), '0', 'a load that fails goes away');

# A training that takes longer than anybody waits
sub long_training
{
	my ($progress, $algorithm, $options, $rows) = @_;

	return qq{SET sparkify.progress = $progress;
		SET max_parallel_maintenance_workers = 0;
		SELECT churn_train('SELECT i % 7 = 0 AS churned, hashint4(i) AS x, hashint4(-i) AS y FROM generate_series(1, $rows) i',
			algorithm => '$algorithm', options => '{$options}');};
}

# Waits until a training says what is expected, however long that takes here, and ends it.
sub says
{
	my ($algorithm, $options, $rows, $expected, $what) = @_;
	my ($in, $out, $err) = (long_training('on', $algorithm, $options, $rows) . "\n\\q\n", '', '');
	my $until = timer($PostgreSQL::Test::Utils::timeout_default);
	my $psql = start(['psql', '-XAtq', '-d', $node->connstr('postgres')], '<', \$in, '>', \$out, '2>', \$err, $until);

	$psql->pump while $psql->pumpable && $err !~ $expected && !$until->is_expired;
	like($err, $expected, "$algorithm tells how far it is$what");
	$node->safe_psql('postgres', q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%churn_train%' AND pid <> pg_backend_pid()});
	finish $psql;
	return;
}

my $notice = qr{NOTICE:  \d+ of 10000 trees grown in \d+ s, \d+ s left$}m;
says('random_forest', '"trees": 10000', 80000, $notice, '');
says('gradient_boosting', '"trees": 10000, "early_stopping": 0, "threshold": 0.5', 80000, $notice, '');
# of more rows than these only some have a part in that
says('gradient_boosting', '"trees": 10000, "max_depth": 8, "early_stopping": 0', 10000, qr{NOTICE:  \d of \d folds scored in \d+ s}m, ' also while its threshold is chosen');

my ($status, $out, $err) = $node->psql('postgres', "SET statement_timeout = '4000ms';" . long_training('off', 'random_forest', '"trees": 10000', 80000));
is($err =~ s/^psql:.*?: //r, 'ERROR:  canceling statement due to statement timeout', 'but not when it is switched off');

# What reads a source to judge or to watch a model, and takes too long
$node->safe_psql('postgres', q{CREATE TABLE models AS SELECT model FROM churn_train('SELECT i % 7 = 0 AS churned, hashint4(i) AS x FROM generate_series(1, 1000) AS i',
	options => '{"trees": 5}')});

sub read_long
{
	my ($progress, $call) = @_;
	my ($status, $out, $err) = $node->psql('postgres', qq{
		SET sparkify.progress = $progress;
		SET max_parallel_workers_per_gather = 0;
		SET statement_timeout = '4000ms';
		SELECT count(*) FROM models, $call});

	like($err, qr/ERROR:  canceling statement due to statement timeout/, "$call takes long");
	return $err;
}

my $many = q{'SELECT i % 7 = 0 AS churned, i % 3 AS third, hashint4(i + j) AS x FROM generate_series(1, 50000) AS i, generate_series(1, 50000) AS j'};
my $has_read = qr{NOTICE:  this process has read [1-9]\d+ rows in \d s$}m;
like(read_long('on', $_), $has_read, 'and tells how far it is')
  foreach "churn_evaluate(model, $many)", "churn_segments(model, $many, by => 'third')", "churn_paired_test(model, model, $many)",
  "churn_drift(model, $many)", "churn_dependence(model, $many, 'x')", "churn_report(model, $many)";
unlike(read_long('off', "churn_evaluate(model, $many)"), qr/NOTICE/, 'but not when it is switched off');
$node->stop;
done_testing();

# The loader makes pages ahead of its rows.  Nothing of that shows: not in a table that
# others work on, nor after a crash, on a standby or in logical decoding.
use strict;
use warnings FATAL => 'all';

use IPC::Run;
use POSIX qw(mkfifo);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 'logical');
$node->append_conf('postgresql.conf', "sparkify.progress = off\nautovacuum = off\nshared_buffers = 128MB\nwal_keep_size = 1GB");
$node->start;
my $version = $node->safe_psql('postgres', q{SELECT current_setting('server_version_num')::int / 10000});
my $has_amcheck = $version >= 14
	&& $node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'});
$node->safe_psql('postgres', q{CREATE EXTENSION sparkify; CREATE TABLE events OF churn_event; CREATE TABLE other (LIKE events)});
$node->safe_psql('postgres', 'CREATE EXTENSION amcheck') if $has_amcheck;
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;

# About 30 rows a page
sub lines
{
	my ($from, $to) = @_;

	return join '', map {
		sprintf qq({"ts":%d,"userId":"%d","sessionId":%d,"page":"NextSong","artist":"%s","song":"%s"}\n),
			1538352000000 + $_, $_ % 97, $_, 'a' x ($_ % 61), 's' x (90 + $_ % 53)
	} $from .. $to;
}

sub value
{
	my ($sql, $where) = @_;
	return ($where // $node)->safe_psql('postgres', $sql);
}

# Errors of a table's pages; nothing is wrong where there is no word of it
sub errors_of
{
	my ($table) = @_;
	return $has_amcheck ? value("SELECT count(*) FROM verify_heapam('$table')") : '0';
}

my $log = $node->basedir . '/log.json';
my $rows = 60_000;
append_to_file($log, lines(1, $rows));
my $content = 'SELECT count(*), sum(sessionid), sum(hashtext(t::text)::bigint)';
my $pages = q{pg_relation_size('%s') / current_setting('block_size')::int};
my $used = q{(SELECT max((ctid::text::point)[0]::int) + 1 FROM %s)};
my $spare = sub { value(sprintf "SELECT $pages - $used", ($_[0]) x 2) };

# Rows, their order, and room
is(value("SELECT rows FROM churn_load_events('events', '$log')"), $rows, 'a log is loaded');
my $expected = value("$content FROM churn_read_events('$log') AS t");
is(value("$content FROM events AS t"), $expected, '  the rows are those of the file');
# where the heap looks for the next page by itself it fills up earlier ones
is(value('SELECT count(*) FROM (SELECT sessionid, lag(sessionid) OVER (ORDER BY ctid) AS before FROM events) AS o WHERE before > sessionid'),
	'0', '  in its order, as pages are made ahead') if $version < 16;
is(errors_of('events'), '0', '  the pages are sound');
cmp_ok($spare->('events'), '<', 32, '  few pages were not needed');
my $size = value(sprintf "SELECT $pages", 'events');
value('INSERT INTO events (ts, userid, sessionid, page) SELECT now(), 1, 1, \'Home\' FROM generate_series(1, 20)');
is(value(sprintf "SELECT $pages", 'events'), $size, '  and the next rows go there') if $spare->('events') > 0;
value('DELETE FROM events WHERE sessionid = 1 AND page = \'Home\'');
value("SELECT churn_load_events('other', '$log') FROM generate_series(1, 3)");
cmp_ok($spare->('other'), '<', 32, 'a table that is loaded several times has few such pages, too');
is(value('SELECT count(*) FROM other'), 3 * $rows, '  and all rows');
is(value(qq{WITH small AS (INSERT INTO other SELECT * FROM events LIMIT 0 RETURNING 1) SELECT count(*) FROM small}), '0', '  of statements beside it');

# A small load makes no more pages than its rows need
my $few = $node->basedir . '/few.json';
append_to_file($few, lines(1, 20));
value('CREATE TABLE small (LIKE events)');
value("SELECT churn_load_events('small', '$few')");
is(value(sprintf "SELECT $pages", 'small'), '1', 'a small load takes one page');

# Partitions have pages of their own
value(q{CREATE TABLE parts (LIKE events) PARTITION BY HASH (sessionid)});
value("CREATE TABLE parts_$_ PARTITION OF parts FOR VALUES WITH (MODULUS 20, REMAINDER $_)") for 0 .. 19;
value("SELECT churn_load_events('parts', '$log')");
is(value("$content FROM parts AS t"), $expected, 'the rows of a partitioned table are those of the file');
cmp_ok($spare->("parts_$_"), '<', 32, "  partition $_ has few pages that were not needed") for 0, 19;

# Two loads, inserts and VACUUM at the same time
value('TRUNCATE other');
my @sessions;
my $end = time + 180;
for my $sql ((map { "SELECT churn_load_events('other', '$log', part => $_, parts => 2) FROM generate_series(1, 4)" } 1, 2),
	join(';', map { "INSERT INTO other (ts, userid, sessionid, page) SELECT now(), 'x', i, repeat('p', 100) FROM generate_series(1, 50) AS i" } 1 .. 100),
	join(';', ('VACUUM other') x 20))
{
	push @sessions, IPC::Run::start([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-d', $node->connstr('postgres'),
		map { ('-c', $_) } split /;/, $sql ], '<', \undef, IPC::Run::timeout($end - time));
}
ok($_->finish, 'a session ends well') for @sessions;
is(value('SELECT count(*) FILTER (WHERE userid <> \'x\'), count(*) FILTER (WHERE userid = \'x\') FROM other'), 4 * $rows . '|5000',
	'loads, inserts and VACUUM at the same time lose no row');
is(errors_of('other'), '0', '  the pages are sound');

# The standby and logical decoding
value('TRUNCATE other');
SKIP:
{
	my $made = $node->psql('postgres', q{SELECT 1 FROM pg_create_logical_replication_slot('decoded', 'test_decoding')});

	skip 'no test_decoding here', 1 if $made != 0;
	value("SELECT churn_load_events('other', '$log')");
	is(value(q{SELECT count(*) FROM pg_logical_slot_get_changes('decoded', NULL, NULL) WHERE data LIKE 'table public.other: INSERT:%'}),
		$rows, 'logical decoding sees each row');
	value(q{SELECT pg_drop_replication_slot('decoded')});
	value('TRUNCATE other');
}
value("SELECT churn_load_events('other', '$log')");
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
is(value("$content FROM other AS t", $standby), $expected, 'a standby has the rows');
is(value("$content FROM parts AS t", $standby), $expected, '  of partitions, too');

# A crash in the middle of a load: nothing is left but room
my $pipe = $node->basedir . '/pipe';
mkfifo($pipe, 0600) or die "mkfifo: $!";
value('TRUNCATE other; CHECKPOINT');
my $err = '';
my $load = IPC::Run::start([ 'psql', '-X', '-d', $node->connstr('postgres'), '-c', "SELECT churn_load_events('other', '$pipe')" ],
	'<', \undef, '>', \my $out, '2>', \$err, IPC::Run::timeout(180));
open my $writer, '>', $pipe or die "open: $!";
$writer->autoflush(1);
print $writer lines(1, $rows);
ok($node->poll_query_until('postgres', sprintf "SELECT $pages > 1000", 'other'), 'a load is half way');
$node->stop('immediate');
close $writer;
$load->finish;
$node->start;
is(value('SELECT count(*) FROM other'), '0', 'after a crash none of its rows are seen');
is(errors_of('other'), '0', '  the pages are sound');
value('VACUUM other');
value("SELECT churn_load_events('other', '$log')");
is(value("$content FROM other AS t"), $expected, '  and another load has all of them');

# A crash after the load: all of it is there
$node->stop('immediate');
$node->start;
is(value("$content FROM other AS t"), $expected, 'after a crash the rows of a load are there');
is(errors_of('other'), '0', '  the pages are sound');
value('DELETE FROM other WHERE sessionid % 3 = 0; VACUUM other');
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
is(value('SELECT count(*), sum(sessionid) FROM other', $standby), value('SELECT count(*), sum(sessionid) FROM other'), 'the standby follows');

# A load that fails and one that is cancelled keep no buffers
append_to_file($log, "{\"ts\":\n");
for my $try (1 .. 5)
{
	my ($code, $stdout, $stderr) = $node->psql('postgres', "SELECT churn_load_events('other', '$log')");
	like($stderr, qr/invalid event in line 60001/, 'a load fails at its end');
	unlike($stderr, qr/leak/, '  and leaves nothing behind');
}
unlike(slurp_file($node->logfile), qr/leak|PANIC|unexpected data beyond/, 'the server found nothing to complain about');
done_testing();

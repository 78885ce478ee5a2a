# Loading into what looks like a plain table and is none, into foreign tables,
# beside sessions that change the table, and on a standby.
use strict;
use warnings FATAL => 'all';

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = abs_path(dirname(__FILE__) . '/../..');
my $build = PostgreSQL::Test::Utils::tempdir;
my $module = "$top/test/modules/insert_elsewhere";
my $pg_config = $ENV{PG_CONFIG} || 'pg_config';
system_or_bail('make', '-s', '-C', $build, '-f', "$module/Makefile", "VPATH=$module", "PG_CONFIG=$pg_config",
	'with_llvm=no', 'all');

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', "sparkify.progress = off\nsession_preload_libraries = 'sparkify'");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION sparkify; CREATE EXTENSION postgres_fdw;
	CREATE TABLE shell OF churn_event; CREATE TABLE store (LIKE shell)');

my $log = $node->basedir . '/events.json';
append_to_file($log, join '', map { qq({"ts":1538352000000,"userId":"$_","sessionId":$_,"page":"Home"}\n) } 1 .. 500);

# Returns what psql said on stdout and stderr.
sub sql
{
	my ($text) = @_;
	my ($out, $err) = ('', '');
	$node->psql('postgres', $text, stdout => \$out, stderr => \$err);
	return ($out, $err);
}

sub load
{
	my ($table, $settings) = @_;
	return sql(($settings // '') . "SELECT rows FROM churn_load_events('$table', '$log')");
}

# A planner that puts a custom scan on top sends the rows where they belong.
my $elsewhere = "LOAD '$build/insert_elsewhere.so'";
my ($shell, $store) = split /\|/, $node->safe_psql('postgres', q{SELECT 'shell'::regclass::oid, 'store'::regclass::oid});
$elsewhere .= "; SET insert_elsewhere.shell = $shell; SET insert_elsewhere.store = $store;";
my $count = 'SELECT (SELECT count(*) FROM shell), (SELECT count(*) FROM store)';
is((load('shell', $elsewhere))[0], '500', 'a table whose inserts are planned otherwise is loaded');
is($node->safe_psql('postgres', $count), '0|500', '  the rows are where that planner puts them');
is((load('store', $elsewhere))[0], '500', 'another table in the same session is loaded');
is($node->safe_psql('postgres', $count), '0|1000', '  the rows are in it');
$node->safe_psql('postgres', 'ALTER TABLE store ADD CHECK (sessionid <> 400) NOT VALID');
like((load('shell', $elsewhere))[1], qr{store_sessionid_check.*\nDETAIL:.*\nCONTEXT:  read up to line 400 of file}, '  an error says how far was read');
is($node->safe_psql('postgres', $count), '0|1000', '  and nothing was loaded');

# Foreign tables, alone and as partitions; batches travel where there are any.
my ($host, $port) = ($node->host, $node->port);
my $batch = $node->pg_version >= 14 ? ", batch_size '100'" : '';
$node->safe_psql('postgres', qq{
	CREATE SERVER loop FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'postgres'$batch);
	CREATE USER MAPPING FOR CURRENT_USER SERVER loop;
	CREATE TABLE far (LIKE store);
	CREATE FOREIGN TABLE near (ts timestamptz, userid text, sessionid bigint, page text) SERVER loop OPTIONS (table_name 'far');
	CREATE TABLE parted (LIKE store) PARTITION BY RANGE (sessionid);
	CREATE TABLE parted_here PARTITION OF parted FOR VALUES FROM (0) TO (300);
	CREATE FOREIGN TABLE parted_far PARTITION OF parted FOR VALUES FROM (300) TO (1000) SERVER loop OPTIONS (table_name 'far')});
is((load('near'))[0], '500', 'a foreign table is loaded');
is($node->safe_psql('postgres', 'SELECT count(*), count(DISTINCT sessionid) FROM far'), '500|500', '  the rows are there');
$node->safe_psql('postgres', 'TRUNCATE far');
is((load('parted'))[0], '500', 'a table with a foreign partition is loaded');
is($node->safe_psql('postgres', 'SELECT (SELECT count(*) FROM parted_here), (SELECT count(*) FROM far)'), '299|201',
	'  each row is in its partition');
$node->safe_psql('postgres', 'ALTER TABLE far ADD CHECK (sessionid <> 400) NOT VALID');
like((load('parted'))[1], qr{far_sessionid_check.*CONTEXT:.*\nread up to line \d+ of file}s, '  an error says how far was read');

# A partition that is attached during the load is looked at before it gets rows.
$node->safe_psql('postgres', q{
	CREATE TABLE growing (LIKE store) PARTITION BY LIST (page);
	CREATE TABLE growing_home PARTITION OF growing FOR VALUES IN ('Home') PARTITION BY RANGE (sessionid);
	CREATE TABLE growing_1 PARTITION OF growing_home FOR VALUES FROM (0) TO (300);
	CREATE TABLE growing_2 (LIKE store);
	CREATE TRIGGER late BEFORE INSERT ON growing_2 FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()});
my $pipe = $node->basedir . '/pipe.json';
system_or_bail('mkfifo', $pipe);
chmod 0666, $pipe;
my $growing_err = '';
my $growing = IPC::Run::start(['psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', "SELECT rows FROM churn_load_events('growing', '$pipe')"],
	'<', \undef, '>', \my $nothing, '2>', \$growing_err);
$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_locks WHERE relation = 'growing_1'::regclass AND mode = 'RowExclusiveLock'});
$node->safe_psql('postgres', 'ALTER TABLE growing_home ATTACH PARTITION growing_2 FOR VALUES FROM (300) TO (1000)');
system("cat '$log' > '$pipe'");
$growing->finish;
like($growing_err, qr{partition "growing_2" was attached during the load.*\nDETAIL:.*\nHINT:  Load again.}, 'a partition attached meanwhile');
is($node->safe_psql('postgres', 'SELECT count(*) FROM growing'), '0', '  nothing was loaded');

# The table is dropped, made again, renamed and moved while others load into it.
my @ddl = map { "DROP TABLE IF EXISTS moving, away.moving, moved; CREATE TABLE moving (LIKE store); ALTER TABLE moving RENAME TO moved;"
		. " ALTER TABLE moved RENAME TO moving; ALTER TABLE moving SET SCHEMA away; ALTER SCHEMA away RENAME TO gone;"
		. " CREATE SCHEMA away; DROP SCHEMA gone CASCADE; CREATE TABLE moving (LIKE store); TRUNCATE moving;" } 1 .. 60;
$node->safe_psql('postgres', 'CREATE SCHEMA away');
my ($ddl_file, $load_file) = ($node->basedir . '/ddl.sql', $node->basedir . '/load.sql');
append_to_file($ddl_file, join "\n", @ddl);
append_to_file($load_file, "SELECT rows FROM churn_load_events(coalesce(to_regclass('moving'), to_regclass('away.moving'), 'store'), '$log');\n" x 300);
my ($ddl_err, $load_out, $load_err) = ('', '', '');
my @psql = ('psql', '-XAtq', '-d', $node->connstr('postgres'), '-f');
my $changing = IPC::Run::start([@psql, $ddl_file], '<', \undef, '>', \my $ignored, '2>', \$ddl_err);
my $loading = IPC::Run::start([@psql, $load_file], '<', \undef, '>', \$load_out, '2>', \$load_err);
$changing->finish;
$loading->finish;
my @answers = grep { !/^500$/ } split /\n/, $load_out;
is("@answers", '', 'a load beside changes is whole or an error');
unlike($load_err, qr{FATAL|PANIC|server closed|unexpected|cache lookup}, '  and an error that says why');

# A standby takes no rows.
$node->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'copy', has_streaming => 1);
$standby->start;
my ($status, $out, $err) = $standby->psql('postgres', "SELECT churn_load_events('store', '$log')");
like($err, qr{cannot execute churn_load_events\(\) during recovery}, 'no load on a standby');

done_testing();

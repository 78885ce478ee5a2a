# What a scan holds belongs to the scan: a cursor that fetched its first row in a
# subtransaction reads on when that is rolled back, and closes nobody else's file.
use strict;
use warnings FATAL => 'all';
use IO::Compress::Gzip qw(gzip $GzipError);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use POSIX qw(mkfifo);
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('savepoints');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$node->start;
my $dir = $node->data_dir . '/logs';
mkdir $dir or die $!;

my $n = 9000;
my @lines = map { '{"ts":' . (1538352117000 + $_) . qq(,"userId":"$_","sessionId":$_,"page":"Home","song":"\\u00e9$_"}\n) } 1 .. $n;

sub put
{
	my ($file, @content) = @_;
	open my $fh, '>', "$dir/$file" or die $!;
	print $fh @content;
	close $fh or die $!;
}

put('whole.json', @lines);
gzip \join('', @lines) => "$dir/whole.json.gz" or die $GzipError;
put("part_$_.json", @lines[ ($_ - 1) * 1000 .. $_ * 1000 - 1 ]) for 1 .. 9;

$node->safe_psql('postgres', qq{
	CREATE EXTENSION sparkify;
	CREATE SERVER logs FOREIGN DATA WRAPPER sparkify_json OPTIONS (on_error 'skip');
	CREATE FOREIGN TABLE whole (userid text, song text) SERVER logs OPTIONS (filename '$dir/whole.json');
	CREATE FOREIGN TABLE gzipped (userid text, song text) SERVER logs OPTIONS (filename '$dir/whole.json.gz');
	CREATE FOREIGN TABLE parts (userid text, song text) SERVER logs OPTIONS (filename '$dir/part_*.json');});

my %readers = (
	'a foreign table' => 'SELECT userid FROM whole',
	'a compressed one' => 'SELECT userid FROM gzipped',
	'one of several files' => 'SELECT userid FROM parts',
	'several at once' => 'SELECT userid FROM parts UNION ALL SELECT userid FROM whole WHERE false',
	'a function in a select list' => "SELECT (churn_read_events('$dir/whole.json')).userid",
	'a function in FROM' => "SELECT userid FROM churn_read_events('$dir/whole.json')",
	'a function of a compressed file' => "SELECT (churn_read_events('$dir/whole.json.gz')).userid",
	'parsed lines' => q{SELECT (churn_parse_event(song)).userid FROM (SELECT '{"userId":"' || userid || '","song":"\\u00e9"}' AS song FROM whole) w});

# The victims' files get the numbers of descriptors that a rollback would free
sub victims
{
	$node->safe_psql('postgres', q{
		DROP TABLE IF EXISTS victim, victim2;
		CREATE TABLE victim AS SELECT g AS i, repeat('a', 500) AS pad FROM generate_series(1, 1000) g;
		CREATE TABLE victim2 AS SELECT g AS i, repeat('b', 500) AS pad FROM generate_series(1, 3000) g;
		CHECKPOINT;});
}

sub victims_are_whole
{
	my ($name) = @_;
	is( $node->safe_psql('postgres', q{SELECT count(*) FILTER (WHERE pad = repeat('a', 500)), count(*), sum(i) FROM victim}),
		'1000|3000|4501500', "$name: the table that was written to is whole");
	is( $node->safe_psql('postgres', q{SELECT count(*), sum(i) FROM victim2 WHERE pad = repeat('b', 500)}),
		'3000|4501500', "$name: the table that was read is whole");
}

sub succeeds
{
	my ($name, $sql, $expected) = @_;
	my ($status, $out, $err) = $node->psql('postgres', $sql);
	is($err, '', "$name: no complaint");
	is($out, $expected, "$name: the right rows");
}

my $touch = q{
	SELECT count(*) > 0 FROM victim;
	MOVE 4000 IN c;
	SELECT count(*) > 0 FROM victim2;
	INSERT INTO victim SELECT g, 'new' FROM generate_series(1001, 3000) g;
	CHECKPOINT;
};
my $rest = $n - 4001;

for my $name (sort keys %readers)
{
	victims();
	succeeds("$name, first row in a savepoint", qq{
		BEGIN;
		DECLARE c CURSOR FOR $readers{$name};
		SAVEPOINT s;
		FETCH 1 FROM c;
		ROLLBACK TO s;
		$touch
		FETCH 1 FROM c;
		MOVE FORWARD ALL IN c;
		CLOSE c;
		COMMIT;}, "1\nt\nt\n4002");
	victims_are_whole($name);

	# the other ways in which a subtransaction ends before the scan
	victims();
	succeeds("$name, held and abandoned", qq{
		BEGIN;
		DECLARE c CURSOR WITH HOLD FOR $readers{$name};
		SAVEPOINT s;
		FETCH 1 FROM c;
		SAVEPOINT t;
		MOVE 1 IN c;
		DECLARE d CURSOR FOR $readers{$name};
		MOVE 5 IN d;
		ROLLBACK TO t;
		RELEASE s;
		SELECT count(*) > 0 FROM victim;
		INSERT INTO victim SELECT g, 'new' FROM generate_series(1001, 3000) g;
		COMMIT;
		MOVE 3999 IN c;
		FETCH 1 FROM c;
		CLOSE c;}, "1\nt\n4002");
	victims_are_whole("$name, held");

	# a loop whose body fails and goes on, one that is left by a failure
	victims();
	succeeds("$name, a loop", qq{
		DO \$\$
		DECLARE r record; rows int := 0; caught int := 0;
		BEGIN
			FOR r IN $readers{$name} LOOP
				BEGIN
					rows := rows + 1;
					IF rows % 1000 = 1 THEN
						PERFORM 1 / (rows - rows);
					END IF;
				EXCEPTION WHEN division_by_zero THEN
					caught := caught + 1;
					IF caught = 5 THEN
						PERFORM count(*) FROM victim;
						INSERT INTO victim SELECT g, 'new' FROM generate_series(1001, 3000) g;
					END IF;
				END;
			END LOOP;
			BEGIN
				FOR r IN $readers{$name} LOOP
					PERFORM 1 / 0;
				END LOOP;
			EXCEPTION WHEN division_by_zero THEN NULL;
			END;
			PERFORM count(*) FROM victim2;
			IF rows <> $n OR caught <> 9 THEN
				RAISE 'rows %, caught %', rows, caught;
			END IF;
		END \$\$;}, '');
	victims_are_whole("$name, a loop");
}

# A loop that commits at each turn reads from a held portal
victims();
succeeds('commits within a loop', q{
	DO $$
	DECLARE r record; rows int := 0;
	BEGIN
		FOR r IN SELECT userid FROM parts LOOP
			rows := rows + 1;
			IF rows % 1000 = 0 THEN COMMIT; END IF;
		END LOOP;
		INSERT INTO victim SELECT g, 'new' FROM generate_series(1001, 3000) g;
		IF rows <> 9000 THEN RAISE 'rows %', rows; END IF;
	END $$;}, '');
victims_are_whole('commits within a loop');

# Scans that fail leave no descriptor behind
my $open = q{SELECT count(*) FROM (SELECT pg_ls_dir('/proc/' || pg_backend_pid() || '/fd')) f};
SKIP:
{
	skip 'no /proc', 1 unless -d '/proc/self/fd';
	my $failures = join '', map { qq{
		SAVEPOINT s; SELECT userid, 1 / (userid::int - 3) FROM parts; ROLLBACK TO s;
		SAVEPOINT s; SELECT (churn_read_events('$dir/whole.json.gz')).userid::int / 0; ROLLBACK TO s;} } 1 .. 40;
	my ($status, $out, $err) = $node->psql('postgres',
		"SELECT count(*) FROM whole; BEGIN; $open; $failures $open; COMMIT", on_error_stop => 0);
	my ($rows, $before, $after) = split /\n/, $out;
	cmp_ok($after, '<=', $before + 3, 'failed scans leave no descriptor open');
}

# More cursors than the server may have descriptors: files are opened anew
$node->append_conf('postgresql.conf', 'max_files_per_process = 64');
$node->restart;
my $cursors = join '', map { "DECLARE c$_ CURSOR FOR SELECT userid FROM whole; MOVE 2000 IN c$_;" } 1 .. 150;
my $fetches = join '', map { "FETCH 1 FROM c$_;" } 1 .. 150;
succeeds('150 cursors', "BEGIN; SAVEPOINT s; $cursors RELEASE s; $fetches COMMIT", join("\n", ('2001') x 150));

# A file whose place another took is not read on where the first one ended
put('replaced.json', (@lines) x 10);
$node->safe_psql('postgres', "CREATE FOREIGN TABLE replaced (userid text) SERVER logs OPTIONS (filename '$dir/replaced.json')");
put('other.json', reverse @lines);
my ($status, $out, $err) = $node->psql('postgres', qq{
	BEGIN;
	DECLARE c CURSOR FOR SELECT userid FROM replaced;
	MOVE 1 IN c;
	$cursors
	\\! mv $dir/other.json $dir/replaced.json
	MOVE FORWARD ALL IN c;});
like($err, qr/file ".*replaced.json" was replaced while it was read/, 'a replaced file is told');

# Pipes: descriptors of their own kind
my $pipe = "$dir/pipe";
mkfifo($pipe, 0600) or die $!;
victims();
my $writer = fork() // die $!;
if ($writer == 0)
{
	open my $fh, '>', $pipe or POSIX::_exit(1);
	print $fh @lines;
	close $fh;
	POSIX::_exit(0);
}
succeeds('a pipe', qq{
	BEGIN;
	DECLARE c CURSOR FOR SELECT (churn_read_events('$pipe')).userid;
	SAVEPOINT s;
	FETCH 1 FROM c;
	ROLLBACK TO s;
	$touch
	FETCH 1 FROM c;
	MOVE FORWARD ALL IN c;
	COMMIT;}, "1\nt\nt\n4002");
waitpid($writer, 0);
is($?, 0, 'the writer could write it all');
victims_are_whole('a pipe');

# one that nobody writes to is waited for, and that can be cancelled
my $start = time;
($status, $out, $err) = $node->psql('postgres',
	"SET statement_timeout = '100ms'; SELECT count(*) FROM churn_read_events('$pipe')");
like($err, qr/canceling statement due to statement timeout/, 'waiting for a writer is cancelled');
cmp_ok(time - $start, '<', 10, 'soon');

# and one whose writer comes and says nothing
$writer = fork() // die $!;
if ($writer == 0)
{
	open my $fh, '>', $pipe or POSIX::_exit(1);
	sleep 60;
	POSIX::_exit(0);
}
($status, $out, $err) = $node->psql('postgres',
	"SET statement_timeout = '300ms'; SELECT count(*) FROM churn_read_events('$pipe')");
like($err, qr/canceling statement due to statement timeout/, 'waiting for bytes is cancelled');
kill 'KILL', $writer;
waitpid($writer, 0);

# as is looking for the files of a pattern, and nothing is lost by it
mkdir "$dir/many" or die $!;
symlink '../part_1.json', "$dir/many/$_.json" or die $! for 1 .. 20000;
$node->safe_psql('postgres', "CREATE FOREIGN TABLE many (userid text) SERVER logs OPTIONS (filename '$dir/many/*.json')");
($status, $out, $err) = $node->psql('postgres',
	"SET statement_timeout = '5ms'; EXPLAIN SELECT FROM many; EXPLAIN SELECT FROM many; EXPLAIN SELECT FROM many",
	on_error_stop => 0);
like($err, qr/canceling statement due to statement timeout/, 'planning of many files is cancelled');
like($node->safe_psql('postgres', 'EXPLAIN SELECT FROM many'), qr/Files: 20000/, 'many files are found');

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC|TRAP|signal 11|leak|could not close/i, 'the server\'s log complains of nothing');
done_testing();

# Files as they are on a disk that others use, too: folders that cannot be searched,
# names that are no text, logs that are rotated or cut while they are read.
use strict;
use warnings FATAL => 'all';
use IO::Compress::Gzip qw(gzip $GzipError);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('files');
$node->init(extra => [ '--encoding', 'UTF8', '--locale', 'C' ]);
$node->start;
my $dir = $node->data_dir . '/logs';
mkdir $_ or die $! foreach $dir, "$dir/a", "$dir/b";

sub put
{
	my ($file, $text) = @_;
	open my $fh, '>', "$dir/$file" or die $!;
	print $fh $text;
	close $fh or die $!;
}

sub gzipped
{
	my ($text) = @_;
	gzip \$text => \my $bytes or die $GzipError;
	return $bytes;
}

my ($out, $err);

sub run_sql
{
	my ($sql) = @_;
	(undef, $out, $err) = $node->psql('postgres', $sql);
}

put("$_/log.json", qq({"page":"Home"}\n)) foreach 'a', 'b';
$node->safe_psql('postgres', qq{
	CREATE EXTENSION sparkify;
	CREATE TABLE loaded OF churn_event;
	CREATE SERVER logs FOREIGN DATA WRAPPER sparkify_json OPTIONS (on_error 'skip');
	CREATE FOREIGN TABLE folders (page text) SERVER logs OPTIONS (filename '$dir/*/log.json');
	CREATE FOREIGN TABLE odd (page text) SERVER logs OPTIONS (filename '$dir/caf*');
	CREATE FOREIGN TABLE odd_folder (page text) SERVER logs OPTIONS (filename '$dir/odd*/*');
	CREATE FOREIGN TABLE rotated (userid text, song text) SERVER logs OPTIONS (filename '$dir/rotated_*');});

# A folder that cannot be searched: its file would be missed by nobody
SKIP:
{
	skip 'root searches all folders', 4 if $> == 0;
	chmod 0, "$dir/b" or die $!;
	for my $query ('SELECT count(*) FROM folders', "SELECT rows FROM churn_load_events('loaded', '$dir/*/log.json')")
	{
		run_sql($query);
		is($out, '', "$query: no rows");
		like($err, qr/ERROR:  could not stat file ".*\/b\/log\.json": Permission denied/, 'but an error');
	}
	chmod 0700, "$dir/b" or die $!;
}
symlink 'itself', "$dir/itself" or die $!;
symlink 'nothing', "$dir/dangling" or die $!;
run_sql("SELECT rows FROM churn_load_events('loaded', '$dir/[abd]*/log.json')");
is($out, '2', 'what leads nowhere has no file');
run_sql("SELECT rows FROM churn_load_events('loaded', '$dir/[abi]*/log.json')");
like($err, qr/ERROR:  could not stat file ".*\/itself\/log\.json": Too many levels of symbolic links/, 'a loop');

# Names that are no text: a message with one would be an error of its own, or nothing that a client can read
put("caf\xe9.json", qq({"page":"Home"}\nno event\n));
mkdir "$dir/odd\xe9" or die $!;
for my $client ('UTF8', 'LATIN1')
{
	run_sql("SET client_encoding = $client; SELECT rows, rejected FROM churn_load_events('loaded', '$dir/caf*', 'skip')");
	is($out, '1|1', "$client: a file of such a name is loaded");
	like($err, qr/WARNING:  invalid event in line 2 of file ".*\/caf\?\.json": not a JSON object/, 'and named as well as may be');
	run_sql("SET client_encoding = $client; SELECT count(*) FROM odd");
	is($out, '1', "$client: and read in place");
	like($err, qr/The first one is line 2 of file ".*\/caf\?\.json"/, 'with its name, too');
	run_sql("SET client_encoding = $client; SELECT churn_load_events('loaded', '$dir/caf*')");
	like($err, qr/ERROR:  invalid event in line 2 of file ".*\/caf\?\.json"/, "$client: an error");
}
symlink 'nothing', "$dir/odd\xe9/log\xe9.json" or die $!;
run_sql('SET client_encoding = LATIN1; SELECT count(*) FROM odd_folder');
like($err, qr/ERROR:  could not stat file ".*\/odd\?\/log\?\.json": No such file/, 'a file that is not there');
run_sql("SET client_encoding = LATIN1; SELECT churn_load_events('loaded', '$dir/odd*/*')");
like($err, qr/ERROR:  could not open file ".*\/odd\?\/log\?\.json"/, 'to be loaded');

# A log that is rotated or cut under a scan: its lines would be missed, or read in pieces of two
my $lines = join '', map { qq({"userId":"$_","song":") . 'x' x 1000 . qq("}\n) } 1 .. 3000;
my $half = substr $lines, 0, length($lines) / 2;
my $fetch = 'BEGIN; DECLARE c CURSOR FOR SELECT userid FROM rotated; FETCH 1 FROM c;';
my %changes = (
	'cut while it is read' => [ 'rotated_1.json', "truncate -s 0", 'truncated' ],
	'cut before its turn' => [ 'rotated_2.json', "truncate -s 1000", 'truncated' ],
	'replaced before its turn' => [ 'rotated_2.json', "cp $dir/rotated_1.json $dir/new; mv $dir/new", 'replaced' ],);
for my $name (sort keys %changes)
{
	my ($file, $command, $what) = @{ $changes{$name} };
	put($_, $lines) foreach 'rotated_1.json', 'rotated_2.json';
	run_sql("$fetch\n\\! $command $dir/$file\nFETCH 6000 FROM c");
	like($err, qr/ERROR:  file ".*\/\Q$file\E" was $what while it was read/, $name);
}
put($_, $lines) foreach 'rotated_1.json', 'rotated_2.json';
run_sql("$fetch\n\\! cp $dir/rotated_1.json $dir/new; mv $dir/new $dir/rotated_1.json\nMOVE 2999 IN c; CLOSE c; COMMIT; SELECT count(*) FROM rotated");
is($out, "1\n6000", 'the open file is read to its end, whatever has its name');
is($err, '', 'without a word');

# A file that has bytes but no size: nobody is told that it is empty
SKIP:
{
	skip 'needs /proc', 2 if !-r '/proc/version' || -s '/proc/version';
	run_sql(q{CREATE FOREIGN TABLE sizeless (page text) SERVER logs OPTIONS (filename '/proc/version'); SELECT count(*) FROM sizeless});
	is($out, '0', 'a file without size that is no log');
	like($err, qr/WARNING:  skipped 1 invalid line of foreign table "sizeless"/, 'is read');
}

# Compressed twice, as servers of files do when they compress what is compressed
gzip \gzipped(qq({"page":"Home"}\n)) => "$dir/twice.json.gz" or die $GzipError;
run_sql("SELECT rows FROM churn_load_events('loaded', '$dir/twice.json.gz', 'skip')");
like($err, qr/ERROR:  file ".*" is compressed twice\nHINT:  Decompress it once/, 'gzip within gzip');

# More values than an event has: json-c would take gigabytes for 16 MB of them
put('values.json', '{"page":"Home","more":[' . join(',', ('{}') x 5_000_000) . "]}\n" . qq({"page":"Help"}\n));
run_sql("SELECT rows, rejected FROM churn_load_events('loaded', '$dir/values.json', 'skip')");
is($out, '1|1', 'a line of millions of values');
like($err, qr/line 1 of file ".*": line has more than 100000 values/, 'is no event');
run_sql(q{SELECT churn_parse_event('{"page":"Home","more":[' || repeat('[],', 99990) || '0]}') IS NOT NULL});
is($out, 'f', 'a line of thousands is');
is($err, '', 'without a word');
run_sql(q{SELECT churn_parse_event('{"page":"Home","more":[' || repeat('0,', 100000) || '0]}')});
like($err, qr/ERROR:  invalid event: line has more than 100000 values/, 'or none');

$node->stop;
done_testing();

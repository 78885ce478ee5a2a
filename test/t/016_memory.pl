# A valid line that there is no memory to parse is an error, not a line to skip.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'needs prlimit and /proc' if !-r '/proc/self/status' || system('prlimit --version >/dev/null 2>&1') != 0;

my $node = PostgreSQL::Test::Cluster->new('memory');
$node->init;
$node->start;
my $dir = $node->data_dir . '/logs';
mkdir $dir or die $!;

# json-c takes some 13 MB for this line, of a seventh of one, and PostgreSQL little
my $large = '{"page":"Home","more":[' . join(',', ('{}') x 45000) . ']}';
append_to_file("$dir/large.json", qq({"page":"About"}\n$large\n{"page":"Help"}\nno event\n));
my $lines = "(SELECT pg_read_file('$dir/line.json') AS line) l";
append_to_file("$dir/line.json", $large);
$node->safe_psql('postgres', qq{
	CREATE EXTENSION sparkify;
	CREATE TABLE loaded OF churn_event;
	CREATE SERVER logs FOREIGN DATA WRAPPER sparkify_json OPTIONS (on_error 'skip');
	CREATE FOREIGN TABLE log (page text) SERVER logs OPTIONS (filename '$dir/large.json');});

my %calls = (
	'a load' => [ "SELECT rows, rejected FROM churn_load_events('loaded', '$dir/large.json', 'skip')", '3|1' ],
	'a foreign table' => [ 'SELECT count(*) FROM log', '3' ],
	'churn_read_events' => [ "SELECT count(*) FROM (SELECT churn_read_events('$dir/large.json') LIMIT 3) e", '3' ],
	'churn_parse_event' => [ "SELECT (churn_parse_event(line)).page FROM $lines", 'Home' ],);

for my $name (sort keys %calls)
{
	my ($query, $rows) = @{ $calls{$name} };
	my ($status, $out, $err) = $node->psql('postgres', qq{
		\\set QUIET on
		SELECT count(*) FROM churn_parse_event('{"page":"\\u00e9"}') \\g /dev/null
		SELECT pg_backend_pid() AS pid \\gset
		\\setenv PID :pid
		\\! prlimit --pid \$PID --as=\$(awk '/VmSize/ { print (\$2 + 10000) * 1024 }' /proc/\$PID/status):
		$query;
		\\echo :SQLSTATE
		\\! prlimit --pid \$PID --as=unlimited:
		$query;
		\\echo :SQLSTATE}, on_error_stop => 0);
	is($out, "53200\n$rows\n00000", "$name: an error without memory, all rows with it");
	like($err, qr/ERROR:  out of memory/, "$name: that says so");
	unlike($err, qr/invalid JSON|line 2/, "$name: nothing is said against the line");
}
is($node->safe_psql('postgres', q{SELECT string_agg(page, ' ') FROM loaded}), 'About Home Help', 'nothing is lost');

$node->stop;
done_testing();

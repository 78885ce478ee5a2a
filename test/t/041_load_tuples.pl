# The loader makes tuples by itself.  They are those that the executor makes of the same
# rows, byte for byte, whatever the types and wherever NULLs stand.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "sparkify.progress = off\ntimezone = 'UTC'");
$node->start;
plan skip_all => 'no pageinspect here'
  if !$node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'pageinspect'});
$node->safe_psql('postgres', q{CREATE EXTENSION sparkify; CREATE EXTENSION pageinspect;
	CREATE FUNCTION as_it_is() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
	CREATE DOMAIN small AS int CHECK (value < 100);
	CREATE DOMAIN word AS text CHECK (value <> 'no')});

# Lines of the keys k0 to k19, each with a value of its column's type, or null, or left out
my @makers = (
	sub { 'k' x $_[0] }, sub { int(rand 2) ? 'true' : 'false' }, sub { int rand 30000 }, sub { int rand 2e9 },
	sub { int rand 9e15 }, sub { rand 100 }, sub { rand 1e6 }, sub { sprintf '2018-10-%02dT12:%02d:%02d.%03dZ', 1 + rand 30, rand 60, rand 60, rand 1000 },
	sub { int(rand 1e9) . '.' . int rand 1e4 });
my @types = (
	[ 'text' => 0 ], [ 'bool' => 1 ], [ 'int2' => 2 ], [ 'text' => 0 ], [ 'int4' => 3 ], [ 'varchar' => 0 ], [ 'int8' => 4 ],
	[ 'float4' => 5 ], [ 'bool' => 1 ], [ 'float8' => 6 ], [ 'timestamptz' => 7 ], [ 'text' => 0 ], [ 'date' => 7 ],
	[ 'numeric' => 8 ], [ 'varchar(3000)' => 0 ], [ 'name' => 9 ], [ 'jsonb' => 10 ], [ 'small' => 11 ], [ 'word' => 0 ],
	[ 'timestamp(0)' => 7 ], [ 'uuid' => 12 ], [ 'char' => 13 ], [ '"char"' => 13 ], [ 'int[]' => 14 ], [ 'json' => 10 ], [ 'point' => 15 ]);
push @makers, sub { 'n' . int rand 1e5 }, sub { '{"a": [' . int(rand 1000) . ', "' . ('b' x int rand 200) . '"]}' },
	sub { int rand 100 }, sub { sprintf '%08x-0000-4000-8000-%012x', rand 4e9, rand 4e9 }, sub { chr(65 + rand 26) },
	sub { '{' . join(',', map { int rand 10 } 0 .. rand 50) . '}' }, sub { '(' . int(rand 9) . ',' . int(rand 9) . ')' };

sub line
{
	my ($null_share, $length) = @_;
	my @pairs;

	for my $i (0 .. $#types)
	{
		my $kind = $types[$i][1];
		my $value = $makers[$kind]->($length->());
		next if rand() < $null_share;
		$value = 'null' if rand() < $null_share;
		$value = qq("$value") if $value ne 'null' && grep { $_ == $kind } 0, 7, 9, 12, 13, 14, 15;
		push @pairs, qq("k$i":$value);
	}
	push @pairs, '"k3":"there"' if !@pairs;
	return '{' . join(',', @pairs) . "}\n";
}

# The headers and bytes of all rows, but for what says which transaction made them, and where
my $tuples = q{SELECT lp_len, t_infomask & x'000f'::int, t_infomask2 & 2047, t_hoff, t_bits, md5(t_data)
	FROM generate_series(0, pg_relation_size('%s') / 8192 - 1) AS p, heap_page_items(get_raw_page('%s', p::int)) WHERE lp_len > 0};

sub compare
{
	my ($what, $log, $columns) = @_;

	$node->safe_psql('postgres', qq{DROP TABLE IF EXISTS loaded, inserted CASCADE; CREATE TABLE loaded ($columns);
		ALTER TABLE loaded DROP COLUMN IF EXISTS gone;
		CREATE TABLE inserted ($columns); ALTER TABLE inserted DROP COLUMN IF EXISTS gone;
		CREATE TRIGGER through_the_executor BEFORE INSERT ON inserted FOR EACH ROW EXECUTE FUNCTION as_it_is();
		SELECT churn_load_events('loaded', '$log'); SELECT churn_load_events('inserted', '$log')});
	is($node->safe_psql('postgres', "SELECT count(*) FROM (TABLE loaded EXCEPT ALL TABLE inserted) AS d") . ' '
		. $node->safe_psql('postgres', "SELECT count(*) > 100 FROM loaded"), '0 t', "$what: the rows are the same")
	  if $columns !~ /json|point/;
	my $of = sub { sprintf $tuples, ($_[0]) x 2 };
	is($node->safe_psql('postgres', 'SELECT count(*) FROM (' . $of->('loaded') . ' EXCEPT ALL ' . $of->('inserted') . ') AS d'),
		'0', "$what: and so are their tuples");
	is($node->safe_psql('postgres', 'SELECT count(*) > 100 FROM (' . $of->('loaded') . ') AS d'), 't', '  of which there are many');
	return;
}

srand 16;
my $path = $node->basedir . '/log.json';
my $all = join ', ', map { "k$_ $types[$_][0]" } 0 .. $#types;
my $plain = join ', ', map { "k$_ $types[$_][0]" } grep { $types[$_][1] <= 7 && $types[$_][0] !~ /\(/ } 0 .. $#types;
my @lengths = (
	[ 'short texts', sub { int rand 20 } ],
	[ 'texts about where their header changes', sub { 120 + int rand 12 } ],
	[ 'texts of all lengths', sub { int rand(rand() < 0.1 ? 300 : 60) } ]);
for my $case (map { my $length = $_; map { [ @$length, $_ ] } 0, 0.1, 0.6 } @lengths)
{
	my ($name, $length, $null_share) = @$case;
	my $share = "$name, a share of $null_share NULL";

	unlink $path;
	append_to_file($path, join '', map { line($null_share, $length) } 1 .. 400);
	compare("columns of all types, $share", $path, $all);
	compare("columns of numbers and texts, $share", $path, $plain);
	compare("columns that no line has, and one that is gone, $share", $path, "$plain, gone int, nothing text, k99 int");
}

# Rows that do not fit a page go to the table beside it, and come back
unlink $path;
append_to_file($path, join '', map { line(0.1, sub { int rand 3000 }) } 1 .. 300);
$node->safe_psql('postgres', qq{DROP TABLE loaded, inserted; CREATE TABLE loaded ($plain); CREATE TABLE inserted (LIKE loaded);
	ALTER TABLE loaded ALTER k0 SET STORAGE external; ALTER TABLE inserted ALTER k0 SET STORAGE external;
	CREATE TRIGGER through_the_executor BEFORE INSERT ON inserted FOR EACH ROW EXECUTE FUNCTION as_it_is();
	SELECT churn_load_events('loaded', '$path'); SELECT churn_load_events('inserted', '$path')});
is($node->safe_psql('postgres', 'SELECT count(*) FROM (TABLE loaded EXCEPT ALL TABLE inserted) AS d'), '0', 'long rows are the same');
is($node->safe_psql('postgres', q{SELECT count(*), count(*) FILTER (WHERE length(k0) > 2000) > 50,
	pg_relation_size(reltoastrelid) > 100000 FROM loaded, pg_class WHERE pg_class.oid = 'loaded'::regclass GROUP BY reltoastrelid}), '300|t|t',
	'  and some of their texts are out of line');

done_testing();

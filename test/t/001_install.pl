# The extension comes, goes and behaves as an object of the database: nothing
# left behind, everything described, no rights borrowed, no search_path trusted.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

sub value
{
	my ($query, $db) = @_;
	return $node->safe_psql($db // 'postgres', $query);
}

# Everything an extension could leave in the catalogs
my $catalog_counts = join ' UNION ALL ',
  map { "SELECT '$_', count(*) FROM $_" }
  qw(pg_proc pg_type pg_class pg_attribute pg_cast pg_operator pg_opclass
  pg_aggregate pg_namespace pg_description pg_depend pg_shdepend pg_extension);

my $before = value($catalog_counts);
value('CREATE EXTENSION sparkify');
isnt(value($catalog_counts), $before, 'CREATE EXTENSION makes objects');

# A composite type is a member as a relation; its comment is the type's.  The
# array types, members since PostgreSQL 17, need none of their own.
my $members = q{
	SELECT pg_describe_object(d.classid, d.objid, 0) AS name,
		   CASE WHEN c.relkind = 'c' THEN obj_description(c.reltype, 'pg_type')
				ELSE obj_description(d.objid, (SELECT relname FROM pg_class WHERE oid = d.classid))
		   END AS comment
	FROM pg_depend d
		JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
		LEFT JOIN pg_type t ON d.classid = 'pg_type'::regclass AND d.objid = t.oid
	WHERE e.extname = 'sparkify' AND d.deptype = 'e' AND t.typcategory IS DISTINCT FROM 'A'};

is(value("SELECT name FROM ($members) m WHERE comment IS NULL ORDER BY 1"),
	'', 'every object has a comment');
is( value(
		q{SELECT attname FROM pg_attribute
		  WHERE attrelid = 'churn_metrics'::regclass AND attnum > 0
			AND col_description(attrelid, attnum) IS NULL}),
	'',
	'every column of churn_metrics has a comment');

my $functions = q{
	pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
		AND d.deptype = 'e'
		JOIN pg_extension e ON d.refobjid = e.oid AND e.extname = 'sparkify'};

is(value("SELECT p.oid::regprocedure FROM $functions WHERE p.prosecdef"),
	'', 'no function runs with its owner\'s rights');
is( value(
		"SELECT p.oid::regprocedure FROM $functions WHERE p.proname !~ '^(churn|sparkify)_' ORDER BY 1"),
	'',
	'every function is named churn_... or sparkify_...');

value('DROP EXTENSION sparkify');
is(value($catalog_counts), $before, 'DROP EXTENSION leaves nothing');

# Whoever has no more than a login
value('CREATE ROLE plain LOGIN');
my ($status, $stdout, $stderr) =
  $node->psql('postgres', 'SET ROLE plain; CREATE EXTENSION sparkify');
like($stderr, qr/permission denied to create extension/, 'creating it takes a superuser');

value('CREATE EXTENSION sparkify');
append_to_file($node->basedir . '/empty.json', '');
my $read = "SET ROLE plain; SELECT count(*) FROM churn_read_events('"
  . $node->basedir . "/empty.json')";
($status, $stdout, $stderr) = $node->psql('postgres', $read);
like($stderr, qr/permission denied/, 'reading a file of the server takes the right to');
value('GRANT pg_read_server_files TO plain');
is(value($read), '0', 'which pg_read_server_files is');

# The whole path, every name qualified as a careful user would; the same must
# come out whatever the search_path brings into sight.
sub whole_path
{
	my ($db, $settings) = @_;
	return value(
		qq{$settings
		CREATE SCHEMA work;
		CREATE TABLE work.events OF ext.churn_event;
		INSERT INTO work.events SELECT * FROM ext.churn_simulate_events(60, 30);
		CREATE TABLE work.profiles AS
			SELECT userid, ext.churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
			FROM work.events WHERE registration IS NOT NULL GROUP BY userid;
		CREATE TABLE work.training AS
			SELECT p.userid, ext.churn_label(p.profile, event => 'cancel') AS churned, f.*
			FROM work.profiles p, LATERAL ext.churn_features(p.profile) f;
		CREATE TABLE work.models AS
			SELECT * FROM ext.churn_train('SELECT * FROM work.training', 'churned', 'random_forest', '{"trees": 5}');
		SELECT ext.churn_fingerprint(model) FROM work.models;
		SELECT pg_catalog.md5(pg_catalog.array_agg(s ORDER BY s.id)::pg_catalog.text)
			FROM work.models m, LATERAL ext.churn_score(m.model, 'SELECT * FROM work.training') s;
		SELECT pg_catalog.md5(pg_catalog.array_agg(i)::pg_catalog.text)
			FROM work.models m, LATERAL ext.churn_importance(m.model) i;
		SELECT pg_catalog.md5((ext.churn_metrics(t.churned, ext.churn_predict(m.model, t)))::pg_catalog.text)
			FROM work.models m, work.training t;},
		$db);
}

$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(calm hostile);
value('CREATE SCHEMA ext; CREATE EXTENSION sparkify SCHEMA ext', 'calm');

# Functions, operators and a relation that take the place of PostgreSQL's own
my @traps = (
	[ 'lower', 'text' ], [ 'format', 'text, VARIADIC "any"' ], [ 'quote_ident', 'text' ],
	[ 'count', '"any"' ], [ 'unnest', 'anyarray' ], [ 'now', '' ],
	[ 'to_timestamp', 'float8' ], [ 'date_part', 'text, timestamptz' ]);
my @operators = (
	[ '=', 'text', 'text' ], [ '=', 'int4', 'int4' ], [ '=', 'bool', 'bool' ],
	[ '<', 'int4', 'int4' ], [ '+', 'int4', 'int4' ], [ '||', 'text', 'text' ],
	[ '<>', 'text', 'text' ], [ '/', 'float8', 'float8' ], [ '=', 'oid', 'oid' ]);
my $hostile = 'CREATE SCHEMA evil; CREATE TABLE evil.pg_attribute (); CREATE TABLE evil.pg_type ();';
$hostile .= qq{
	CREATE FUNCTION evil.spring() RETURNS int LANGUAGE plpgsql AS
		\$\$BEGIN RAISE EXCEPTION 'hijacked'; END\$\$;};
foreach my $trap (grep { $_->[1] !~ /"any"/ } @traps)
{
	my ($name, $args) = @$trap;
	my $returns = $args eq 'anyarray' ? 'anyelement' : 'text';
	$hostile .= qq{
		CREATE FUNCTION evil.$name($args) RETURNS $returns LANGUAGE plpgsql AS
			\$\$BEGIN RAISE EXCEPTION 'hijacked: $name'; END\$\$;};
}
foreach my $operator (@operators)
{
	my ($name, $left, $right) = @$operator;
	my $returns = $name =~ /[=<>]/ ? 'bool' : $left;
	$hostile .= qq{
		CREATE FUNCTION evil.operator($left, $right, OUT result $returns) LANGUAGE plpgsql AS
			\$\$BEGIN RAISE EXCEPTION 'hijacked: $name'; END\$\$;} unless $hostile =~ /evil\.operator\($left, $right,/;
	$hostile .= qq{
		CREATE OPERATOR evil.$name (FUNCTION = evil.operator, LEFTARG = $left, RIGHTARG = $right);}
	  if $returns eq 'bool' || $name =~ /[|+\/]/;
}
value($hostile, 'hostile');
my $search_path = 'SET search_path = evil, pg_catalog;';
($status, $stdout, $stderr) =
  $node->psql('hostile', "$search_path SELECT 'a'::text = 'a'::text");
like($stderr, qr/hijacked/, 'the traps are set');
value("CREATE SCHEMA ext; $search_path CREATE EXTENSION sparkify SCHEMA ext", 'hostile');
is( whole_path('hostile', $search_path),
	whole_path('calm', 'SET search_path = pg_catalog;'),
	'a hostile search_path changes nothing');

# The database as a whole goes through a dump
$node->command_ok(
	[ 'pg_dump', '-f', $node->basedir . '/calm.sql', $node->connstr('calm') ],
	'pg_dump of a database with the extension');
value('CREATE DATABASE restored');
$node->command_ok(
	[
		'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $node->basedir . '/calm.sql',
		'-d', $node->connstr('restored')
	],
	'and its restore');
is( value('SELECT pg_catalog.count(*) FROM work.events', 'restored'),
	value('SELECT pg_catalog.count(*) FROM work.events', 'calm'),
	'with every row');

$node->stop;
done_testing();

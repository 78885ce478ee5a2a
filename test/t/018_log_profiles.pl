# Profiles of any log have the same bytes in databases of any encoding, whatever
# way they come there, and foreign servers make them themselves.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
my $dump = $node->basedir . '/dump';

my %encodings = (wide => 'UTF8', latin => 'LATIN1', japan => 'EUC_JP', bytes => 'SQL_ASCII');
foreach my $db (sort keys %encodings)
{
	$node->safe_psql('postgres',
		"CREATE DATABASE $db ENCODING '$encodings{$db}' LOCALE 'C' TEMPLATE template0");
	$node->safe_psql($db, 'CREATE EXTENSION sparkify; CREATE TABLE profiles (name text, profile churn_profile)');
}

# One event of this name in a database, which gets it in UTF-8.
sub make
{
	my ($db, $label, $name, $level) = @_;
	my $client = $db eq 'bytes' ? 'SQL_ASCII' : 'UTF8';

	$node->safe_psql($db, "SET client_encoding = $client;
		INSERT INTO profiles SELECT '$label', churn_profile('2024-03-01 10:00:00+00'::timestamptz, '$name'::text, 7, 2.5, '$level'::text)");
}

# The bytes of a database's profiles, and the texts of them in UTF-8.
sub bytes { return $node->safe_psql($_[0], 'SELECT name, md5(sparkify_profile_send(profile)) FROM profiles ORDER BY name'); }
sub texts
{
	my ($db) = @_;
	my $client = $db eq 'bytes' ? 'SQL_ASCII' : 'UTF8';

	return $node->safe_psql($db,
		"SET client_encoding = $client; SELECT name, profile::jsonb #> '{days,0,events}' IS NOT NULL, profile FROM profiles WHERE name <> 'world' ORDER BY name");
}
sub fails
{
	my ($db, $sql, $message, $what) = @_;
	my ($out, $err);

	isnt($node->psql($db, $sql, stdout => \$out, stderr => \$err), 0, "$what fails");
	like($err, $message, "$what says why");
}

# ---- Made in each database ----

my $accent = "gr\xc3\xb6\xc3\x9fer als \xc3\xa9";
my $world = "\xe4\xb8\x96\xe7\x95\x8c \xf0\x9f\x98\x80";

make($_, 'accent', $accent, "pay\xc3\xa9") foreach ('wide', 'latin', 'bytes');
make($_, 'plain', 'view "it" \\ now', 'free') foreach (sort keys %encodings);
my $expected = bytes('wide');
is(bytes($_), $expected, "names of $encodings{$_} are kept as those of UTF8") foreach ('latin', 'bytes');
is(texts($_), texts('wide'), "texts in $encodings{$_} say the same") foreach ('latin', 'bytes');
like(texts('latin'), qr/"$accent": \{"events": 1, "amounts": 1, "sum": 2\.5\}/, 'letters that there are stand for themselves');
make($_, 'japan', "\xe4\xb8\x96\xe7\x95\x8c", "\xe5\xba\x97") foreach ('wide', 'japan');
is( $node->safe_psql('japan', "SELECT md5(sparkify_profile_send(profile)) FROM profiles WHERE name = 'japan'"),
	$node->safe_psql('wide', "SELECT md5(sparkify_profile_send(profile)) FROM profiles WHERE name = 'japan'"),
	'letters of several bytes are kept as those of UTF8');
$node->safe_psql('wide', "DELETE FROM profiles WHERE name = 'japan'");

# ---- Brought from one to another ----

make('wide', 'world', $world, 'free');
$node->safe_psql('wide', "COPY profiles TO '$dump' (FORMAT binary)");
$expected = bytes('wide');
foreach my $db ('latin', 'bytes', 'japan')
{
	$node->safe_psql($db, "TRUNCATE profiles; COPY profiles FROM '$dump' (FORMAT binary)");
	is(bytes($db), $expected, "binary COPY into $encodings{$db} keeps every byte");
	$node->safe_psql($db, 'UPDATE profiles SET profile = profile::text::churn_profile');
	is(bytes($db), $expected, "the text in $encodings{$db} keeps every byte");
	$node->safe_psql($db, 'UPDATE profiles SET profile = profile::json::text::churn_profile');
	is(bytes($db), $expected, "and so does json");
}
my $of_world = "SELECT profile FROM profiles WHERE name = 'world'";
like($node->safe_psql('latin', $of_world), qr/"\\u4e16\\u754c \\ud83d\\ude00": \{/, 'characters that LATIN1 lacks are escaped');
like($node->safe_psql('japan', "SET client_encoding = UTF8; $of_world"), qr/"\xe4\xb8\x96\xe7\x95\x8c \\ud83d\\ude00": \{/, 'those that EUC_JP lacks only');
like($node->safe_psql('bytes', $of_world), qr/"$world": \{/, 'without an encoding there are bytes');

# Names as results and columns: the same escapes, and the features are those of the name
my $define = q{SELECT kind, subject, columns FROM churn_define_features('f', $$SELECT profile FROM profiles WHERE name = 'world'$$, families => '{count,level}')};
my $row = "SELECT f.* FROM profiles, f(profile, NULL) AS f WHERE name = 'world'";
like($node->safe_psql('latin', $define), qr/^event\|\\u4e16\\u754c \\ud83d\\ude00\|\{u4e16_u754c_ud83d_ude00_count\}$/m, 'define_features names what LATIN1 lacks by escapes');
is($node->safe_psql('latin', "SELECT event, events FROM profiles, churn_events(profile) WHERE name = 'world'"), '\u4e16\u754c \ud83d\ude00|1', 'and so does churn_events');
$node->safe_psql('wide', $define);
is($node->safe_psql('latin', $row), $node->safe_psql('wide', $row), 'the columns have the same values as in UTF8');
$node->command_ok([ 'pg_dump', '-f', "$dump.recipe", $node->connstr('latin') ], 'a recipe is dumped from LATIN1');
$node->safe_psql('postgres', "CREATE DATABASE restored ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0");
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored'), '-f', "$dump.recipe" ], 'and restored into UTF8');
is($node->safe_psql('restored', $row), $node->safe_psql('latin', $row), 'where it means the same');

foreach my $format ('plain', 'custom')
{
	foreach my $db ('latin', 'bytes', 'japan')
	{
		my @encoding = $db eq 'bytes' ? ('-E', 'UTF8') : ();
		my $file = "$dump.$db.$format";

		$node->command_ok([ 'pg_dump', @encoding, '-a', '-t', 'profiles', '-F', $format, '-f', $file, $node->connstr($db) ],
			"pg_dump of $encodings{$db} in $format format");
		$node->safe_psql('wide', 'TRUNCATE profiles');
		$node->command_ok(
			$format eq 'plain'
			? [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('wide'), '-f', $file ]
			: [ 'pg_restore', '--exit-on-error', '-d', $node->connstr('wide'), $file ],
			'restore into UTF8');
		is(bytes('wide'), $expected, 'keeps every byte');
	}
}

# ---- What is wrong ----

fails('latin', "SELECT profile::jsonb FROM profiles WHERE name = 'world'", qr/unsupported Unicode escape sequence|has no equivalent/,
	'jsonb in LATIN1, which cannot hold the name,');
fails('latin', "SET client_encoding = UTF8; SELECT '{\"version\": 2, \"days\": [], \"gr\xc3\xb6\xc3\x9fe\": 1}'::churn_profile",
	qr/The member "gr\xc3\xb6\xc3\x9fe" is not known/, 'an unknown member in LATIN1');
fails('latin', "SET client_encoding = UTF8; SELECT ('{\"version\": 2, \"days\": [{\"' || repeat('\xc3\xb6', 300) || '\": 1}]}')::churn_profile",
	qr/The member "(\xc3\xb6){63}" is not known/, 'a long one');
my $day = q("day": "2024-03-01", "sessions": [{"first": "2024-03-01T10:00:00Z", "last": "2024-03-01T10:00:00Z"}]);
is( $node->safe_psql('latin', qq(SET client_encoding = UTF8; SELECT '{"version": 2, "days": [{$day, "events": {"\xc3\xb6\\u00f6\\u4e16": 1}}]}'::churn_profile)),
	$node->safe_psql('latin', qq(SET client_encoding = UTF8; SELECT '{"version": 2, "days": [{$day, "events": {"\\u00f6\xc3\xb6\\u4E16": 1}}]}'::churn_profile)),
	'letters and escapes mix');
fails('bytes', qq(SELECT ('{"version": 2, "days": [{$day, "events": {"a' || E'\\xf6' || '": 1}}]}')::churn_profile),
	qr/The name "a.*" is not UTF-8/s, 'a name that is no UTF-8 where nobody checks');
fails('bytes', "SELECT churn_profile('2024-03-01'::date, E'a\\xf6'::text)", qr/must be UTF-8/, 'an event that is none');

# ---- A foreign server makes the profiles ----

$node->safe_psql('wide', q{
	CREATE TABLE log AS
		SELECT g % 7 AS userid, '2024-03-01 00:00:00'::timestamp + g * interval '17 minutes' AS ts, ('2024-03-01 00:00:00+00'::timestamptz + g * interval '17 minutes') AS tz,
			'event ' || g % 5 AS event, g / 10 AS session, g % 13 - 2.25 AS amount, (ARRAY['free', 'paid'])[1 + g % 2]::varchar(10) AS level
		FROM generate_series(1, 700) AS g;});
my ($host, $port) = ($node->host, $node->port);
$node->safe_psql('wide', qq{
	CREATE EXTENSION postgres_fdw;
	CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'wide', extensions 'sparkify');
	CREATE USER MAPPING FOR CURRENT_USER SERVER far;
	CREATE FOREIGN TABLE far_log (userid int, ts timestamp, tz timestamptz, event text, session int, amount numeric, level varchar(10)) SERVER far OPTIONS (table_name 'log');});
foreach my $args ('ts, event', 'tz, event', 'ts::date, event', 'ts, event, session', 'tz, event, session, amount',
	'tz, event, session, amount, level', "tz, event, NULL, amount", "tz, 'view'")
{
	my $far = "SELECT userid, churn_profile($args) AS p FROM far_log GROUP BY userid";

	like($node->safe_psql('wide', "SET timezone = 'Asia/Tokyo'; EXPLAIN (VERBOSE, COSTS OFF) $far"),
		qr/Foreign Scan.*Remote SQL: SELECT userid, \S*churn_profile\(/s, "churn_profile($args) is made by the foreign server");
	is( $node->safe_psql('wide', "SET timezone = 'Asia/Tokyo';
			SELECT count(*), count(*) FILTER (WHERE f.p = l.p) FROM ($far) AS f
			JOIN (SELECT userid, churn_profile($args) AS p FROM log GROUP BY userid) AS l USING (userid)"),
		'7|7', 'and is the same');
}
like($node->safe_psql('wide', 'EXPLAIN (VERBOSE, COSTS OFF) SELECT churn_profile(tz, event, session) FROM far_log'),
	qr/Remote SQL: SELECT \S*churn_profile\(/, 'one of all users, too');

$node->stop;
done_testing();

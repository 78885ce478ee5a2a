# A first look at a log: in other encodings, told on the way, cancelled at once, in bounded memory.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;

# Names of events are the database's text; what the SQL to go on with says of them is, too
sub look_in
{
	my ($encoding, $cafe) = @_;
	my $db = lc $encoding;
	my $look = qq{churn_describe_log('log', 'u', 't', 'e')};

	$node->safe_psql('postgres', "CREATE DATABASE $db ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
	$node->safe_psql($db, qq{
		CREATE EXTENSION sparkify;
		CREATE TABLE log AS
		SELECT u, timestamp '2024-01-01' + d * interval '1 day' AS t, CASE d WHEN 40 THEN $cafe ELSE 'use' END AS e
		FROM generate_series(1, 6) AS u, generate_series(1, 40) AS d});
	is($node->safe_psql($db, "SELECT topic, encode(convert_to(name, 'UTF8'), 'escape'), users, ended FROM $look WHERE topic IN ('churn', 'event')"),
		join("\n", 'churn|caf\\303\\251|6|6', 'churn|inactive for 7 days|6|0', 'event|use|6|0', 'event|caf\\303\\251|6|6'),
		"$encoding: the name is what it was");
	is($node->safe_psql($db, "SELECT encode(convert_to(note, 'UTF8'), 'escape') ~ 'ARRAY\\[''caf.303.251''\\]' FROM $look WHERE name = 'features'"),
		't', 'in the SQL, too');
	my $statement = $node->safe_psql($db, "SELECT note FROM $look WHERE name = 'profiles'");
	is($node->safe_psql($db, "$statement SELECT count(*) FROM log_profiles"), '6', 'which runs');
}
look_in('UTF8', q{U&'caf\\00e9'});
look_in('LATIN1', q{'caf' || chr(233)});

# Names that are not UTF-8 in a database that does not know are an error, as in a profile
$node->safe_psql('postgres', "CREATE DATABASE plain ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
my (undef, undef, $err) = $node->psql('plain', qq{
	CREATE EXTENSION sparkify;
	SELECT churn_describe_log(\$\$SELECT 1 AS u, now() AS t, E'caf\\xe9' AS e\$\$, 'u', 't', 'e')});
like($err, qr/ERROR:  names of events, sessions and levels must be UTF-8/, 'SQL_ASCII: names must be UTF-8');

# A log of many users, which memory does not hold
$node->safe_psql('postgres', q{
	CREATE EXTENSION sparkify;
	CREATE TABLE log AS SELECT n % 300000 AS u, timestamp '2024-01-01' + n * interval '10 s' AS t, 'e' || n % 5 AS e FROM generate_series(1, 900000) AS n;
	ANALYZE log});
my $look = q{FROM churn_describe_log('log', 'u', 't', 'e') WHERE topic IN ('log', 'event')};
my $few = $node->safe_psql('postgres', "SET work_mem = '64kB'; SELECT * $look");
like($few, qr/^log\|events\|900000\|300000\|/m, 'what does not fit is looked at');
is($node->safe_psql('postgres', "SET work_mem = '1GB'; SELECT * $look"), $few, 'and is the same as where it fits');
my $peak = $node->safe_psql('postgres', qq{
	SET work_mem = '64kB';
	SET max_parallel_workers_per_gather = 0;
	SELECT count(*) $look;
	SELECT pg_read_file('/proc/' || pg_backend_pid() || '/status')});
SKIP:
{
	skip 'no VmHWM here', 1 unless $peak =~ /VmHWM:\s+(\d+) kB/;
	my $kilobytes = $1;
	cmp_ok($kilobytes, '<', 200_000, 'in bounded memory');
}

# A source that takes its time
my $slow = q{churn_describe_log($$SELECT n % 1000 AS u, now() AS t, repeat(md5(n::text), 3) AS e FROM (SELECT generate_series(1, 20000000) AS n) AS s$$, 'u', 't', 'e')};
my $start = time;
(undef, undef, $err) = $node->psql('postgres', "SET statement_timeout = '2500ms'; SELECT count(*) FROM $slow");
cmp_ok(time - $start, '<', 5, 'it is cancelled at once');
like($err, qr/ERROR:  canceling statement due to statement timeout/, 'as it should be');
like($err, qr/NOTICE:  this process has read \d+ rows in \d s$/m, 'and told before how far it was');
(undef, undef, $err) = $node->psql('postgres', "SET sparkify.progress = off; SET statement_timeout = '2500ms'; SELECT count(*) FROM $slow");
unlike($err, qr/NOTICE/, 'unless that is switched off');

done_testing();

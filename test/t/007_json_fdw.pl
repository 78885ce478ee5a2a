# Logs read in place: the same profiles as loaded ones with any number of
# workers, over several files, while files change.
use strict;
use warnings FATAL => 'all';
use IO::Compress::Gzip qw(gzip $GzipError);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('in_place');
$node->init;
$node->append_conf('postgresql.conf', "max_worker_processes = 16\njit = off");
$node->start;
my $dir = $node->data_dir . '/logs';
mkdir $dir or die $!;

sub is_sql
{
	my ($sql, $expected, $name) = @_;
	is($node->safe_psql('postgres', $sql), $expected, $name);
}

sub fails_sql
{
	my ($sql, $error, $name) = @_;
	my ($status, $out, $err) = $node->psql('postgres', $sql);
	like($err, $error, $name);
}

sub put
{
	my ($file, $text, $mode) = @_;
	open my $fh, $mode // '>', "$dir/$file" or die $!;
	print $fh $text;
	close $fh or die $!;
}

# A log of several chunks, cut into files of unequal size: an empty one, and one
# whose last line has no newline
$node->safe_psql('postgres', qq{
	CREATE EXTENSION sparkify;
	COPY (SELECT json_strip_nulls(json_build_object(
			'ts', (extract(epoch FROM ts) * 1000)::bigint, 'userId', userid, 'sessionId', sessionid,
			'page', page, 'auth', auth, 'level', level, 'length', length, 'gender', gender,
			'registration', (extract(epoch FROM registration) * 1000)::bigint, 'userAgent', useragent))
		FROM churn_simulate_events(60)) TO '$dir/all.json' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02');
});
my @lines = split /^/, slurp_file("$dir/all.json");
my $n = @lines;
ok(-s "$dir/all.json" > 16 * 1024 * 1024, 'the log is large enough for several chunks');
my $third = int($n / 3);
put('part_1.json', join('', @lines[0 .. 99]));
put('part_2.json', '');
put('part_3.json', join('', @lines[100 .. $third]));
put('part_4.json', join('', @lines[$third + 1 .. $n - 1]) =~ s/\n\z//r);

my $columns = 'ts timestamptz, userid text, sessionid bigint, page text, auth text, level text, length float8, '
  . 'gender text, registration timestamptz, useragent text';
my $profiles = 'SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile '
  . "FROM log WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid";
$node->safe_psql('postgres', qq{
	CREATE SERVER logs FOREIGN DATA WRAPPER sparkify_json;
	CREATE FOREIGN TABLE one ($columns) SERVER logs OPTIONS (filename '$dir/all.json');
	CREATE FOREIGN TABLE many ($columns) SERVER logs OPTIONS (filename '$dir/part_*.json');
	CREATE TABLE loaded ($columns);
	SELECT churn_load_events('loaded', '$dir/all.json');
	CREATE TABLE expected AS } . $profiles =~ s/log/loaded/r);
is_sql('SELECT count(*) FROM loaded', $n, 'the log is loaded');

# The plan, with default settings
my $plan = $node->safe_psql('postgres', 'EXPLAIN (COSTS OFF) ' . $profiles =~ s/log/one/r);
like($plan, qr/Finalize.*Gather.*Parallel Foreign Scan.*Aggregated: churn_profile/s, 'profiles are made in parallel, by the scan');
$plan = $node->safe_psql('postgres', 'SET sparkify.aggregate_pushdown = off; EXPLAIN (COSTS OFF) ' . $profiles =~ s/log/one/r);
like($plan, qr/Gather.*Partial HashAggregate.*Parallel Foreign Scan on one/s, 'profiles are made in parallel');

# Nobody has said ANALYZE: what the plans know of the log they have read from it
sub plan_rows
{
	my ($query, $settings) = @_;
	my $text = $node->safe_psql('postgres', ($settings // '') . " EXPLAIN $query");
	return $text =~ /rows=(\d+)/ ? $1 : die $text;
}
sub close_to
{
	my ($got, $expected, $factor, $name) = @_;
	ok($got > $expected / $factor && $got < $expected * $factor, $name) or diag("$got instead of $expected");
}
my $serial = 'SET max_parallel_workers_per_gather = 0;';
for my $condition ("auth IN ('Logged In')", "auth NOT IN ('Logged Out', 'Guest')", "page = 'NextSong'", "ts > '2018-11-20'",
	'length IS NULL', "level = 'paid' AND gender = 'F'")
{
	for my $table ('one', 'many')
	{
		close_to(plan_rows("SELECT * FROM $table WHERE $condition", $serial),
			$node->safe_psql('postgres', "SELECT count(*) FROM loaded WHERE $condition"), 1.5, "$table: rows with $condition");
	}
}
close_to(plan_rows("SELECT * FROM $_", $serial), $n, 1.1, "$_: rows") for 'one', 'many';
close_to(plan_rows("SELECT DISTINCT userid FROM one", $serial), $node->safe_psql('postgres', 'SELECT count(DISTINCT userid) FROM loaded'),
	2, 'users');
is(plan_rows('SELECT DISTINCT level FROM one', $serial), 2, 'levels');
like($node->safe_psql('postgres', 'EXPLAIN SELECT useragent FROM one'), qr/width=(8\d|9\d|1[0-2]\d)\b/, 'widths');

# so no plan of the documents sorts the log, or makes groups of what was sorted; groups that a scan makes may be
for my $query ($profiles, $profiles =~ s/NOT IN .*\)/IN ('Logged In')/r, 'SELECT page, count(*) FROM log GROUP BY page',
	$profiles =~ s/churn_profile/churn_features/r, "SELECT userid, sessionid, min(ts) FROM log WHERE auth = 'Logged In' GROUP BY 1, 2",
	"SELECT * FROM log WHERE userid IN (SELECT userid FROM log WHERE page = 'Cancel')")
{
	for my $table ('one', 'many')
	{
		for my $settings ('', $serial, 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;',
			'SET sparkify.aggregate_pushdown = off;', "$serial SET sparkify.aggregate_pushdown = off;")
		{
			unlike($node->safe_psql('postgres', "$settings EXPLAIN (COSTS OFF) " . $query =~ s/\blog\b/$table/gr),
				qr/Sort Key: [^\n]*\n\s*->  (Parallel )?Foreign Scan on/, "$table, $settings nothing sorts the log: $query");
		}
	}
}

# The sample is kept while the files are the same, and taken anew when one or the table changes
put('grows_1.json', join('', @lines[0 .. 99]));
$node->safe_psql('postgres', qq{CREATE FOREIGN TABLE grows (page text, auth text) SERVER logs OPTIONS (filename '$dir/grows_*.json', on_error 'skip');
	CREATE ROLE reader; CREATE ROLE nobody});
put('grows.more', join('', @lines[100 .. 249]));
my $out_of_session = $node->safe_psql('postgres', qq{
	EXPLAIN SELECT * FROM grows;
	COPY (SELECT) TO PROGRAM 'cp $dir/grows.more $dir/grows_2.json';
	EXPLAIN SELECT * FROM grows;
	COPY (SELECT '{"page":"Rare"}' FROM generate_series(1, 10)) TO '$dir/grows_2.json';
	EXPLAIN SELECT * FROM grows WHERE page = 'Rare';
	ALTER FOREIGN TABLE grows ALTER page OPTIONS (key 'auth');
	EXPLAIN SELECT * FROM grows WHERE page = 'Logged In';
	ALTER FOREIGN TABLE grows DROP COLUMN auth;
	EXPLAIN SELECT * FROM grows;
	ANALYZE grows;
	COPY (SELECT '{"auth":"Rare"}' FROM generate_series(1, 1000)) TO '$dir/grows_2.json';
	EXPLAIN SELECT * FROM grows WHERE page = 'Rare';
});
my $logged_in = grep { /"Logged In"/ } @lines[0 .. 99];
is(join(' ', $out_of_session =~ /rows=(\d+)/g), "100 250 10 $logged_in 100 1",
	'a small log is known to the line, whatever becomes of it, until ANALYZE goes first');

# What is wrong with a file is said by the query, not by its plan
put('broken_1.json.gz', "\x1F\x8B\x08 this is no gzip file");
put('broken_2.json', "PAR1\0\0\0\0");
put('broken_3.json', qq({"page":"Home"}\n{"page":17.5}\nrubbish\n));
put('broken_4.json', '');
put('secret.json', qq({"page":"Home"}\n));
chmod 0, "$dir/secret.json" or die $!;
$node->safe_psql('postgres', q{
	CREATE FUNCTION boom(text) RETURNS bool LANGUAGE plpgsql AS $$BEGIN RAISE 'called for %', $1; END$$;
	CREATE DOMAIN explosive AS text CHECK (boom(VALUE))});
for my $file ('broken_1.json.gz', 'broken_2.json', 'broken_4.json', 'broken_*', 'secret.json', 'absent.json', '', 'none_*.json')
{
	like($node->safe_psql('postgres', qq{BEGIN; CREATE FOREIGN TABLE broken (page text) SERVER logs OPTIONS (filename '$dir/$file');
		EXPLAIN SELECT page, count(*) FROM broken WHERE page = 'Home' GROUP BY page; ROLLBACK}), qr/Foreign Scan/, "planned: '$file'");
}
chmod 0600, "$dir/secret.json" or die $!;
like($node->safe_psql('postgres', qq{CREATE FOREIGN TABLE bomb (page explosive) SERVER logs OPTIONS (filename '$dir/secret.json');
	EXPLAIN SELECT * FROM bomb WHERE page = 'Home'}), qr/Foreign Scan/, 'a plan calls no checks of domains');
fails_sql('SELECT * FROM bomb', qr/called for Home/, 'which the query calls');

# who may not read the table learns nothing by a function of the planner's choice
$node->safe_psql('postgres', q{
	CREATE FUNCTION leak(text, text) RETURNS bool LANGUAGE plpgsql AS $$BEGIN RAISE NOTICE 'seen: %', $1; RETURN true; END$$;
	CREATE OPERATOR <<<< (FUNCTION = leak, LEFTARG = text, RIGHTARG = text, RESTRICT = eqsel);
	GRANT SELECT ON one TO reader});
for my $role ('reader', 'nobody')
{
	my ($status, $out, $err) = $node->psql('postgres', "SET ROLE $role; EXPLAIN SELECT * FROM one WHERE page <<<< 'Home'");
	is($err =~ /seen/ ? 'seen' : 'not seen', $role eq 'reader' ? 'seen' : 'not seen', "$role and the sampled values");
}

# The same bytes, whoever reads which line
for my $table ('one', 'many')
{
	for my $workers (0, 1, 2, 4)
	{
		for my $leader ('on', 'off')
		{
			next if $workers == 0 && $leader eq 'off';
			my $settings = "SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0;"
			  . "SET max_parallel_workers_per_gather = $workers; SET parallel_leader_participation = $leader;";
			is_sql("$settings SELECT count(*) FROM (" . $profiles =~ s/log/$table/r
				. ') AS a JOIN expected AS b USING (userid) WHERE a.profile::text = b.profile::text',
				$node->safe_psql('postgres', 'SELECT count(*) FROM expected'),
				"$table, workers $workers, leader $leader: the same profiles");
			is_sql("$settings SELECT count(*) FROM $table", $n, "$table, workers $workers, leader $leader: each line once");
		}
	}
}
like($node->safe_psql('postgres', 'EXPLAIN (ANALYZE, COSTS OFF) SELECT count(*) FROM one'), qr/Workers Launched: [12]/,
	'workers took part');
is_sql('SELECT count(*) FROM (TABLE one EXCEPT ALL TABLE loaded) AS differ', 0, 'all columns, line by line');

# Statistics
$node->safe_psql('postgres', 'ANALYZE one; ANALYZE many; ANALYZE loaded');
is_sql(qq{SELECT bool_and(abs(reltuples / $n - 1) < 0.02) FROM pg_class WHERE relname IN ('one', 'many')}, 't',
	'ANALYZE estimates the number of lines');
is_sql(q{SELECT bool_and(abs(a.null_frac - b.null_frac) < 0.03) FROM pg_stats a JOIN pg_stats b USING (attname)
	WHERE a.tablename = 'one' AND b.tablename = 'loaded'}, 't', 'and of what columns hold');

# Memory does not grow with what was read
is_sql(q{BEGIN; DECLARE c CURSOR FOR SELECT * FROM one; MOVE 50000 FROM c;
	SELECT sum(total_bytes) < 1000000 FROM pg_backend_memory_contexts WHERE name LIKE 'sparkify%'; ROLLBACK}, 't',
	'memory is small')
  if $node->pg_version >= 14;

# A file that grows, shrinks or goes away under a scan
put('live_1.json', qq({"page":"A"}\n{"page":"B"}\n));
put('live_2.json', qq({"page":"C"}\n));
$node->safe_psql('postgres', qq{CREATE FOREIGN TABLE live (page text) SERVER logs OPTIONS (filename '$dir/live_*.json')});
my $fetch_one = "BEGIN; DECLARE c CURSOR FOR SELECT page FROM live; FETCH 1 FROM c;";
is_sql(qq{$fetch_one COPY (SELECT '{"page":"D"}') TO PROGRAM 'cat >> $dir/live_2.json'; FETCH ALL FROM c; ROLLBACK}, "A\nB\nC",
	'lines that come later are left out');
is_sql('SELECT page FROM live', "A\nB\nC\nD", 'and there for the next scan');
fails_sql(qq{$fetch_one COPY (SELECT) TO PROGRAM 'cat >/dev/null; rm $dir/live_2.json'; FETCH ALL FROM c},
	qr/could not open file ".*live_2\.json" for reading: No such file or directory/, 'a file that goes away');
is_sql('SELECT page FROM live', "A\nB", 'the pattern is expanded anew');
is_sql(qq{$fetch_one SAVEPOINT s; FETCH 1 FROM c; ROLLBACK TO s; SELECT count(*) FROM live; ROLLBACK}, "A\nB\n2",
	'a savepoint is rolled back amid a scan');

# Lines longer than a chunk, and than what a line may have
put('long.json', qq({"page":"A"}\n{"page":"B","other":") . 'x' x 10_000_000 . qq("}\n{"page":"C"}\n{"page":")
	. 'y' x 20_000_000 . qq("}\n{"page":"D"}\n));
$node->safe_psql('postgres', qq{CREATE FOREIGN TABLE long (page text) SERVER logs
	OPTIONS (filename '$dir/long.json', on_error 'skip')});
my $parallel = 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;';
is_sql("$parallel SELECT page FROM long ORDER BY page", "A\nB\nC\nD", 'long lines belong to one chunk');
is_sql('SET max_parallel_workers_per_gather = 0; SELECT page FROM long', "A\nB\nC\nD", 'long lines, without workers');

# Compressed files among others: each is one piece of work, read from its start
gzip(\join('', @lines[0 .. $third]) => "$dir/mixed_1.json.gz") or die $GzipError;
gzip(\'' => "$dir/mixed_2.json.gz") or die $GzipError;
put('mixed_3.json', join('', @lines[$third + 1 .. $n - 1]));
$node->safe_psql('postgres', qq{
	CREATE FOREIGN TABLE mixed ($columns) SERVER logs OPTIONS (filename '$dir/mixed_*');
	CREATE FOREIGN TABLE gz (page text) SERVER logs OPTIONS (filename '$dir/mixed_1.json.gz')});
for my $workers (0, 2)
{
	my $settings = "$parallel SET max_parallel_workers_per_gather = $workers;";
	is_sql("$settings SELECT count(*) FROM (TABLE mixed EXCEPT ALL TABLE loaded) AS differ", 0,
		"compressed files, workers $workers: the same rows");
	is_sql("$settings SELECT count(*) FROM mixed", $n, "compressed files, workers $workers: each line once");
}
unlike($node->safe_psql('postgres', "$parallel EXPLAIN SELECT * FROM gz"), qr/Parallel/, 'one stream, one process');
is_sql('SELECT n, (SELECT count(*) FROM gz WHERE n > 0) FROM generate_series(0, 2) AS n', "0|0\n1|" . ($third + 1) . "\n2|" . ($third + 1),
	'a stream is read again from its start');
$node->safe_psql('postgres', 'SET default_statistics_target = 1; ANALYZE mixed');
is_sql(q{SELECT reltuples FROM pg_class WHERE relname = 'mixed'}, $n, 'ANALYZE reads compressed files whole');
put('mixed_1.json.gz', substr(slurp_file("$dir/mixed_1.json.gz"), 0, 10000));
fails_sql('SELECT count(*) FROM gz', qr/mixed_1\.json\.gz/, 'a stream that is cut short');

# Cancelled in the leader and in workers
for my $workers (0, 2)
{
	fails_sql("SET max_parallel_workers_per_gather = $workers; SET statement_timeout = '200ms'; "
		. 'DO $$ BEGIN LOOP PERFORM count(*) FROM one; END LOOP; END $$',
		qr/canceling statement due to statement timeout/, "cancelled, workers $workers");
}

# Another encoding
$node->safe_psql('postgres', "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
put('latin.json', qq({"page":"Home","artist":"Bj\\u00f6rk","K\xC3\xB6ln":1}\n));
put('worldly.json', qq({"page":"Home","artist":"Bj\\u00f6rk","song":"\\u4e16"}\n)
	. qq({"page":"Home","artist":"Bj\xc3\xb6rk","song":"\xc3\xa9\xe4\xb8\x96"}\n{"page":"Help","song":"\xc3\xa9"}\n));
$node->safe_psql('latin', qq{CREATE EXTENSION sparkify; CREATE SERVER logs FOREIGN DATA WRAPPER sparkify_json;
	CREATE FOREIGN TABLE latin (artist text, song text, userid text) SERVER logs OPTIONS (filename '$dir/latin.json');
	CREATE FOREIGN TABLE worldly (page text, artist text, song text) SERVER logs OPTIONS (filename '$dir/worldly.json');
	CREATE FOREIGN TABLE skipping (page text, artist text, song text) SERVER logs OPTIONS (filename '$dir/worldly.json', on_error 'skip');
	CREATE TABLE loaded OF churn_event});
is($node->safe_psql('latin', 'SELECT length(artist), octet_length(artist) FROM latin'), '5|5', "in the server's encoding");

# escapes mean the same to both ways of reading, of which a tab between members chooses the slow one
$node->safe_psql('postgres', "CREATE DATABASE euc ENCODING 'EUC_JP' LOCALE 'C' TEMPLATE template0");
$node->safe_psql('postgres', "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
$node->safe_psql($_, 'CREATE EXTENSION sparkify') for 'euc', 'ascii';
for my $database ('postgres', 'latin', 'euc', 'ascii')
{
	my %got = map { split /\|/, $_, 2 } split /\n/, $node->safe_psql($database, q{
		CREATE FUNCTION pg_temp.song_of(line text) RETURNS text LANGUAGE plpgsql AS $$
		BEGIN
			RETURN encode(convert_to((churn_parse_event(line)).song, getdatabaseencoding()), 'hex');
		EXCEPTION WHEN others THEN
			RETURN SQLSTATE || ' ' || SQLERRM;
		END $$;
		SELECT t, pg_temp.song_of('{"page":"Home", "song":"' || t || '"}') || CASE WHEN
				pg_temp.song_of('{"page":"Home", "song":"' || t || '"}') = pg_temp.song_of(E'{"page":"Home",\t"song":"' || t || '"}')
				AND pg_temp.song_of('{"page":"Home", "' || t || '":1,"song":"a"}') =
					pg_temp.song_of(E'{"page":"Home",\t"' || t || '":1,"song":"a"}') THEN '' ELSE ' differs' END
		FROM unnest(ARRAY['\u0041', '\u3042\u3044', '\u00e9', 'x\ud83c\udfb5', '\ud800', '\udc00x', '\ud83c\u0041', '\u0000',
			'\u007f', '\uffff', '\u00zz', '\U0041', '\x', '\u004', '\/\"\b\f\n\r\t\\\\', '\\']) AS t});
	is($node->safe_psql($database, q{SELECT count(convert_to(concat(artist, song, firstname), 'UTF8')) FROM churn_simulate_events(30)}),
		$node->safe_psql('postgres', 'SELECT count(*) FROM churn_simulate_events(30)'), "$database: the simulated log is in its encoding")
	  if $database ne 'ascii';
	is_deeply([ grep { $got{$_} =~ /differs/ } sort keys %got ], [], "$database: escapes are the same both ways");
	is(scalar keys %got, 16, "$database: all of them");
	is($got{'\u0041'}, '41', "$database: a letter");
	is($got{'\u3042\u3044'}, { postgres => 'e38182e38184', euc => 'a4a2a4a4', ascii => 'e38182e38184' }->{$database}, "$database: Japanese")
	  if $database ne 'latin';
	like($got{'\u3042\u3044'}, qr/^22P05 .*U\+3042/, 'which Latin-1 lacks') if $database eq 'latin';
	like($got{'\u0000'}, qr/^22P05 .*cannot be converted to text/, "$database: no zero");
	like($got{'\u00zz'}, qr/^22P02 /, "$database: no digits");
}
# a key that it may not have
my ($status, $out, $err) = $node->psql('latin', 'SELECT userid FROM latin');
like($err, qr/column "userid" is NULL in all rows.*\n.*: "K\?ln"\.$/m, 'a key that it may not have');

# a character that the server does not have: the fault of a line, whatever is asked of it
for my $query ('SELECT song FROM worldly', 'SELECT count(*) FROM worldly', "SELECT churn_load_events('loaded', '$dir/worldly.json')",
	"SELECT count(*) FROM churn_read_events('$dir/worldly.json')")
{
	($status, $out, $err) = $node->psql('latin', $query);
	like($err, qr/line 1 of file .* key "song" has a character, U\+4E16, that has no equivalent in encoding "LATIN1"/, $query);
}
($status, $out, $err) = $node->psql('latin', q{SELECT churn_parse_event('{"page":"Home","song":"' || chr(233) || '\u4e16"}')});
like($err, qr/invalid event: key "song" has a character, U\+4E16,/, 'churn_parse_event');
is($node->safe_psql('latin', q{SELECT octet_length((churn_parse_event('{"page":"Home","song":"' || chr(233) || '\u00e9"}')).song)}), '2', 'what it has is parsed');
($status, $out, $err) = $node->psql('latin', 'SELECT page, octet_length(song) FROM skipping');
is($out, 'Help|1', 'such lines are skipped');
like($err, qr/skipped 2 invalid lines/, 'and counted');
is((split /\n/, ($node->psql('latin', 'SELECT count(*) FROM skipping'))[1])[0], '1', 'also where no text is asked for');
($status, $out, $err) = $node->psql('latin', "SELECT rows, rejected FROM churn_load_events('loaded', '$dir/worldly.json', 'skip')");
is($out, '1|2', 'a load goes on');
like($err, qr/line 2 of file .*U\+4E16/, 'and tells which lines');
is($node->safe_psql('latin', 'SELECT octet_length(song) FROM loaded'), '1', 'with the one that it loaded');

# columns of one's own: their names, texts and jsonb, whose escapes are translated
put('own.json', qq({"gr\xC3\xB6\xC3\x9Fe":1,"note":"\xC3\xBC","extra":{"a":"\\u00fc"}}\n{"gr\xC3\xB6\xC3\x9Fe":2,"note":"\\u20ac"}\n)
	. qq({"gr\xC3\xB6\xC3\x9Fe":3,"extra":{"a":"\\u20ac"}}\n{"gr\xC3\xB6\xC3\x9Fe":"\xC3\xBC"}\n{"GR\xC3\xB6\xC3\x9FE":5,"extra":"\xE2\x82\xAC"}\n{"GR\xC3\xB6\xC3\x9FE":6}\n));
$node->safe_psql('latin', qq{SET client_encoding = UTF8;
	CREATE FOREIGN TABLE own ("gr\xC3\xB6\xC3\x9Fe" int, note varchar(5), extra jsonb) SERVER logs OPTIONS (filename '$dir/own.json', on_error 'skip')});
($status, $out, $err) = $node->psql('latin', qq{SET client_encoding = UTF8; SELECT "gr\xC3\xB6\xC3\x9Fe", octet_length(note), octet_length(extra->>'a') FROM own});
is($out, "1|1|1\n6||", 'columns of any log, in the encoding of the server');
like($err, qr/skipped 4 invalid lines/, 'without the lines that it cannot hold');
is((split /\n/, ($node->psql('latin', 'SELECT count(*) FROM own'))[1])[0], '2', 'whatever is asked for');

# Dumped with the schema, without the rows
$node->safe_psql('postgres', qq{CREATE FOREIGN TABLE own (at timestamptz OPTIONS (key 'created.at', unit 'ms'), sku text OPTIONS (path '{items,0,"a b"}'))
	SERVER logs OPTIONS (filename '$dir/all.json')});
my $dump = "$dir/dump.sql";
$node->command_ok([ 'pg_dump', '-d', $node->connstr('postgres'), '-t', 'one', '-f', $dump ], 'dumped');
$node->command_ok([ 'pg_dump', '-d', $node->connstr('postgres'), '-t', 'own', '-f', "$dump.own" ], 'columns are dumped');
like(slurp_file("$dump.own"), qr/key 'created\.at',\s+unit 'ms'.*path '\{items,0,"a b"\}'/s, 'with their options');
like(slurp_file($dump), qr/CREATE FOREIGN TABLE public\.one .*filename '\Q$dir\E\/all\.json'/s, 'with its options');

$node->stop;
done_testing();

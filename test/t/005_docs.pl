# The SQL of the documents runs as it stands, in order, so that it cannot rot; but
# for what is marked as not-run, since it needs what is not there.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use IPC::Run ();

my $node = PostgreSQL::Test::Cluster->new('docs');
$node->init;
$node->start;

# The log that the documents load from /path/to/log.json, and one of fewer users
my $log = $node->data_dir . '/log.json';
my $short_log = $node->data_dir . '/short_log.json';
$node->safe_psql('postgres', 'CREATE EXTENSION sparkify');
$node->safe_psql('postgres', qq{
	COPY (SELECT json_strip_nulls(json_build_object(
			'ts', (extract(epoch FROM ts) * 1000)::bigint, 'userId', userid, 'sessionId', sessionid,
			'page', page, 'auth', auth, 'level', level, 'length', length, 'gender', gender,
			'registration', (extract(epoch FROM registration) * 1000)::bigint))
		FROM churn_simulate_events($$_[1])) TO '$$_[0]' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')
}) foreach [ $log, 200 ], [ $short_log, 80 ];

# What a document takes for granted; what it does not show
my %before = (
	'README.md' => '',
	'docs/any-log.md' => '',
	'docs/quickstart.md' => '',
	'docs/loading.md' => '',
	'docs/in-place.md' => '',
	'docs/incremental.md' => q{
		CREATE EXTENSION sparkify;
		CREATE TABLE events OF churn_event;
		INSERT INTO events SELECT * FROM churn_simulate_events(50, 10);
	},
	'docs/models.md' => 'CREATE EXTENSION sparkify;',
	'docs/metrics.md' => 'CREATE EXTENSION sparkify;',
	'docs/survival.md' => 'CREATE EXTENSION sparkify;',
	'docs/watching.md' => q{
		CREATE EXTENSION sparkify;
		CREATE TABLE user_profiles AS
		SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
		FROM churn_simulate_events(500) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
		CREATE TABLE snapshots AS
		SELECT p.userid, d AS as_of, churn_label(p.profile, d, '14 days') AS churned, f.*
		FROM user_profiles AS p, churn_dates('2018-10-08', '2018-11-19', '7 days') AS d, churn_features(p.profile, d) AS f
		WHERE churn_label(p.profile, d, '14 days') IS NOT NULL;
		CREATE TABLE models AS
		SELECT 'october' AS name, model FROM churn_train('SELECT * FROM snapshots WHERE as_of <= ''2018-10-29''');
	},
	'docs/pictures.md' => '',
	'docs/exchange.md' => 'CREATE EXTENSION sparkify;',
	'docs/log-features.md' => q{
		CREATE EXTENSION sparkify;
		CREATE TABLE shop_profiles AS
		SELECT u AS customer, churn_profile(timestamp '2024-01-01' + (u * 37 + i * 101) % 1400 * interval '1 hour',
			(ARRAY['view', 'search', 'Add to Cart', 'purchase', 'cancel'])[1 + (u + i * i) % (4 + (u % 5 = 0)::int)], NULL, i) AS profile
		FROM generate_series(1, 50) AS u, generate_series(1, 30) AS i GROUP BY u;
	},
	'docs/features.md' => q{
		CREATE EXTENSION sparkify;
		CREATE TABLE events OF churn_event;
		INSERT INTO events SELECT * FROM churn_simulate_events(20);
		CREATE TABLE user_profiles AS
		SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
		FROM events WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
	});

# The SQL of a document, with what comes before
sub sql_of
{
	my ($doc) = @_;
	my @blocks = slurp_file($doc) =~ /^```sql\n(.*?)^```$/gms;
	my $sql = join("\n", $before{$doc}, @blocks);

	ok(@blocks, "$doc has SQL");
	$sql =~ s{'/path/to/}{"'" . $node->data_dir . '/'}ge;
	$sql =~ s{/path/to/log\.json}{'$log'}g;
	return $sql;
}

sub database_of
{
	(my $db = lc join('_', @_)) =~ s/\W/_/g;
	return $db;
}

# What a document has made, in psql: how many rows each relation holds, the range
# of its dates, its models and profiles to the bit.
my $traces = q{
SELECT format(CASE t.type
		WHEN 'date' THEN 'SELECT %1$L, min(%2$I), max(%2$I) FROM %3$s'
		WHEN 'churn_model' THEN 'SELECT %1$L, churn_fingerprint(%2$I) FROM %3$s ORDER BY 2'
		WHEN 'churn_profile' THEN 'SELECT %1$L, md5(string_agg(b, '''' ORDER BY b)) FROM (SELECT sparkify_profile_send(%2$I) FROM %3$s) AS s(b)'
		ELSE 'SELECT %1$L, count(*) FROM %3$s'
	END, relname || '.' || coalesce(attname, '*'), attname, oid::regclass)
FROM pg_class AS c LEFT JOIN LATERAL (
	SELECT NULL AS attname, NULL AS type
	UNION ALL
	SELECT attname, atttypid::regtype::text FROM pg_attribute
	WHERE attrelid = oid AND NOT attisdropped AND attnum > 0
		AND atttypid IN ('date'::regtype, 'churn_model'::regtype, 'churn_profile'::regtype)) AS t ON true
WHERE relnamespace IN ('public'::regnamespace, pg_my_temp_schema()) AND relkind IN ('r', 'v', 'p', 'f')
ORDER BY 1 \gexec
};

my @zones = ('UTC', 'America/New_York', 'Asia/Kathmandu');

# Runs each script in a database of its own and in the time zone beside it, all
# at once: [name, database, time zone, script, log.json if it is another].  What each has made, as it looks
# from each zone; a view may be read in another one than it was made in.
sub run_all
{
	my @runs;

	for my $run (@_)
	{
		my ($name, $db, $zone, $sql, $its_log) = @$run;
		my $dir = $node->data_dir . "/$db";
		my $file = "$dir.sql";
		my ($out, $err);

		# each has files of its own
		mkdir $dir;
		link $its_log // $log, "$dir/log.json" or die $!;
		$sql =~ s{'\Q@{[ $node->data_dir ]}\E/}{'$dir/}g;
		$node->safe_psql('postgres', "CREATE DATABASE $db");
		append_to_file($file, join("\n", '\o /dev/null', $sql, '\o', map { "SET timezone = '$_';\n\\echo === read in\n$traces" } @zones));
		local $ENV{PGTZ} = $zone;
		push @runs, [ $name, \$out, \$err, IPC::Run::start(
			[ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($db), '-f', $file ],
			'<', \undef, '>', \$out, '2>', \$err) ];
	}
	return map {
		my ($name, $out, $err, $psql) = @$_;
		ok($psql->finish, "$name runs") or diag($$err);
		unlike($$err, qr/ERROR|WARNING/, "$name runs without complaint");
		$$out;
	} @runs;
}

# As they stand, by somebody in New York, whose days are not those of UTC
my %sql = map { $_ => sql_of($_) } sort keys %before;
run_all(map { [ $_, database_of($_), 'America/New_York', $sql{$_} ] } sort keys %sql);

# and the pictures that docs/pictures.md shows are those that it makes
my @shown = slurp_file('docs/pictures.md') =~ /\]\(pictures\/(\w+\.svg)\)/g;
cmp_ok(scalar @shown, '>', 10, 'docs/pictures.md shows pictures');
my $drawn = $node->data_dir . '/' . database_of('docs/pictures.md');
is(slurp_file("$drawn/$_"), slurp_file("docs/pictures/$_"), "docs/pictures/$_ is up to date") foreach @shown;

# And wherever one lives they make the same; of fewer users, since it is done three times
for my $doc (sort keys %sql)
{
	(my $few = $sql{$doc}) =~ s/churn_simulate_events\((?:500|1000)\)/churn_simulate_events(200)/g;

	my ($utc, @others) = run_all(map { [ "$doc in $_", database_of($doc, $_), $_, $few, $short_log ] } @zones);
	my (undef, @reads) = split /^=== read in\n/m, $utc;
	like($reads[0], qr/\w/, "$doc makes something");
	is_deeply(\@reads, [ ($reads[0]) x @zones ], "what $doc makes reads the same elsewhere");
	is($_, $utc, "$doc makes the same elsewhere") foreach @others;
}

# and shows what it says it shows
is($node->safe_psql('readme_md', q{SELECT n_positive > 0 AND n_features = relnatts FROM models, pg_class WHERE oid = 'churn_features'::regclass}), 't', 'a model was trained');
is($node->safe_psql('readme_md', q{SELECT count(*) > 100 AND bool_and(risk BETWEEN 0 AND 1) FROM users_at_risk}), 't',
	'users are scored');
is($node->safe_psql('docs_quickstart_md', q{SELECT count(DISTINCT churn_fingerprint(model)) FROM models}), '2',
	'two options, two models');

# Of any log: three ways to churn, each of which can be foretold, and something to do today
foreach my $rows ([ 'cancel', '30 days' ], [ 'silent', '30 days' ], [ 'renewal', '18 days' ])
{
	my ($name, $horizon) = @$rows;
	is($node->safe_psql('docs_any_log_md', qq{
		SELECT count(*), avg((metrics).auc) > 0.6, bool_and((metrics).auc < 1)
		FROM churn_backtest('${name}_rows', ARRAY(SELECT churn_dates('2024-05-01', '2024-08-01', '1 month')), '$horizon', id => 'customer_id')}),
		'4|t|t', "any log: $name");
	is($node->safe_psql('docs_any_log_md', qq{
		SELECT count(*) FILTER (WHERE churned) > 20, count(*) FILTER (WHERE NOT churned) > 200, bool_or(feature ~ 'cancel')
		FROM ${name}_rows, LATERAL (SELECT feature FROM ${name}_model, churn_importance(model) LIMIT 1) AS i}), 't|t|f',
		'whose labels are of both kinds, and whose features do not tell them');
}
is($node->safe_psql('docs_any_log_md', q{
	SELECT count(*) > 10, count(*) FILTER (WHERE churned IS NOT NULL) FROM renewal_rows WHERE as_of > date '2024-09-30' - 14}), 't|0',
	'renewals that are ahead have no label yet');
is($node->safe_psql('docs_any_log_md', q{
	SELECT churn_count(profile, NULL) - (SELECT count(*) FROM (SELECT DISTINCT * FROM app_events WHERE customer_id = 'c1') AS e) FROM app_profiles WHERE customer_id = 'c1'}), '1',
	'a message that was sent twice is merged once');

# When users leave: the curve of the users, a curve for each, and these are better than that
is($node->safe_psql('docs_survival_md', q{
	SELECT cardinality(curve) > 20, curve[cardinality(curve)].survival BETWEEN 0.6 AND 0.9 FROM (SELECT churn_survival(days, churned) AS curve FROM times) AS c}), 't|t', 'users stay');
is($node->safe_psql('docs_survival_md', q{
	SELECT (j).concordance > 0.7, (j).integrated_brier < 0.95 * (j).baseline_brier FROM (
		SELECT churn_curve_metrics(t.days, t.churned, churn_predict_curve(m.model, f, 5), 7) AS j
		FROM times AS t JOIN user_profiles AS p USING (userid), churn_features(p.profile, t.as_of) AS f, hazard_model AS m
		WHERE t.userid::int % 3 = 0) AS k}), 't|t', 'and each is told when they leave');

# Merging days: any order, no day twice, and the whole in the end
my $days = $node->safe_psql('docs_incremental_md', q{
	SELECT string_agg(format('CALL merge_day(%L);', d::date), ' ')
	FROM generate_series('2018-10-10'::date, '2018-10-03', '-1 day') AS d});
$node->safe_psql('docs_incremental_md', $days);
is($node->safe_psql('docs_incremental_md', q{
	SELECT count(*) > 30, count(*) FILTER (WHERE sparkify_profile_send(profile) <> sparkify_profile_send(whole)) FROM (
		SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS whole
		FROM (SELECT * FROM events UNION ALL SELECT * FROM late_events) AS e
		WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid) AS w FULL JOIN user_profiles USING (userid)}),
	't|0', 'merged days are the whole');
my ($status, $out, $err) = $node->psql('docs_incremental_md', q{CALL merge_day('2018-10-05')});
like($err, qr/duplicate key value violates unique constraint "merged_days_pkey"/, 'a day merged twice fails');
is($node->safe_psql('docs_incremental_md', q{SELECT count(*) FROM merged_days}), '10', 'and is noted once');

# In a select list (f(x)).* calls f once for each column of its result, so nowhere
# is one of ours written so; aggregates are computed once all the same, but for
# those of subqueries, no two of which are the same to the planner.
my %columns;
$columns{$_->[0]}{$_->[1]} = 1 foreach map { [ split /\|/ ] } split /\n/, $node->safe_psql('readme_md', q{
	SELECT proname, n FROM pg_proc AS p LEFT JOIN pg_class AS c ON c.reltype = prorettype,
		generate_series(pronargs::int - pronargdefaults, pronargs) AS n
	WHERE proname LIKE 'churn\_%' AND prokind = 'f'
		AND (c.relnatts > 1 OR cardinality(array_positions(proargmodes, 'o') || array_positions(proargmodes, 't')) > 1)});
my $nested = qr{(?<nested>\((?:[^()]++|(?&nested))*+\))};

sub calls_by_column
{
	my ($text) = @_;
	my @found;

	while ($text =~ /\(\s*(churn_\w+)\s*(?=\()/g)
	{
		my ($name, $rest) = ($1, substr $text, pos $text);
		next unless $rest =~ /^($nested)\s*\)\s*\.\s*\*/;
		my $args = substr $1, 1, -1;
		my $subquery = $args =~ /\(\s*SELECT\b/i;
		1 while $args =~ s/$nested//g;
		my $n = $args =~ /\S/ ? 1 + ($args =~ tr/,//) : 0;
		push @found, "$name/$n" if $columns{$name}{$n} || $subquery;
	}
	return @found;
}

# Nor do dates come from generate_series or current_date, which know time zones
sub asks_time_zone
{
	my ($text) = @_;

	return 1 if $text =~ /\bcurrent_date\b(?!`)/i;
	while ($text =~ /generate_series\s*(?=\()/g)
	{
		return 1 if substr($text, pos $text) =~ /^$nested/
			&& $+{nested} =~ /::date\b|\bdate '|'[0-9. ]*(?:day|week|month)s?'/i;
	}
	return 0;
}

is(join(' ', map { asks_time_zone($_) } "generate_series('2018-10-08'::date, '2018-11-19', '7 days') AS d", 'profile, current_date)',
		"generate_series(1, 5) AS i, churn_features(profile, DATE '2018-12-01' + i)"), '1 1 0', 'such dates are known');
my @zoned = grep { asks_time_zone(slurp_file($_)) }
	grep { -f } 'README.md', glob 'docs/*.md test/demo/*.sql bench/* bench/topics/*';
is(join(' ', @zoned), '', 'dates are free of time zones');

cmp_ok(scalar keys %columns, '>', 8, 'functions of several columns were found');
is(join(' ', map { calls_by_column($_) } '(churn_features(p, d)).*', "( churn_features(p.profile , (d + 1)::date) ) . *",
		'(churn_train(f(x, y))).*', '(churn_parse_event(line)).*', '(churn_features(p, d)).n_songs', 'churn_features(p, d) AS f',
		'(churn_features(ts, sessionid, page, level, length, gender, registration)).*', '(churn_metrics(churned, score)).*',
		'(churn_metrics(churned, churn_predict((SELECT model FROM models), s))).*'),
	'churn_features/2 churn_features/2 churn_train/1 churn_parse_event/1 churn_metrics/2', 'such calls are known');
my @wrong = map { my $file = $_; map { "$file: $_" } calls_by_column(slurp_file($file)) }
	grep { -f } 'README.md', glob 'docs/*.md test/demo/*.sql test/*.sql test/t/*.pl bench/* bench/topics/* sql/*.sql';
is(join(', ', grep { !/005_docs|sql.plans/ } @wrong), '', 'no function of several columns is called once for each');

# docs/models.md has each option of each algorithm in its section.
my ($models, $missing) = (slurp_file('docs/models.md'), '');
foreach my $algorithm (qw(random_forest decision_tree gradient_boosting logistic_regression naive_bayes))
{
	my ($section) = $models =~ /^## $algorithm\n(.*?)^## /ms;
	my ($status, $out, $err) = $node->psql('readme_md',
		qq{SELECT churn_train('SELECT true AS churned', algorithm => '$algorithm', options => '{"no such option": 1}')});
	my ($options) = $err =~ /^HINT:  Options of $algorithm are: (.*)\.$/m;

	$missing .= "$algorithm: $_ " foreach grep { $section !~ /^\|[^|]*`$_`[^|]*\|/m } split /, /, $options;
}
is($missing, '', 'every option is in docs/models.md');

# Every object of the extension has its place in the reference.
my $reference = slurp_file('docs/reference.md');
my @objects = split /\n/, $node->safe_psql('readme_md', q{
	SELECT DISTINCT coalesce(p.proname, t.typname) FROM pg_depend AS d
		LEFT JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
		LEFT JOIN pg_type AS t ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND t.typname !~ '^_'
	WHERE d.deptype = 'e' AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'sparkify')
		AND coalesce(p.proname, t.typname) IS NOT NULL});
cmp_ok(scalar @objects, '>', 20, 'objects were found');
is(join(' ', grep { $reference !~ /\b\Q$_\E\b/ } @objects), '', 'every object is in docs/reference.md');

$node->stop;
done_testing();

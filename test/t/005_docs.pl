# The SQL of the documents runs as it stands, in order, so that it cannot rot; but
# for what is marked as not-run, since it needs what is not there.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('docs');
$node->init;
$node->start;

# The log that the documents load from /path/to/log.json
my $log = $node->data_dir . '/log.json';
$node->safe_psql('postgres', qq{
	CREATE EXTENSION sparkify;
	COPY (SELECT json_strip_nulls(json_build_object(
			'ts', (extract(epoch FROM ts) * 1000)::bigint, 'userId', userid, 'sessionId', sessionid,
			'page', page, 'auth', auth, 'level', level, 'length', length, 'gender', gender,
			'registration', (extract(epoch FROM registration) * 1000)::bigint))
		FROM churn_simulate_events(300)) TO '$log' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02');
});

# What a document takes for granted; what it does not show
my %before = (
	'README.md' => '',
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
	'docs/features.md' => q{
		CREATE EXTENSION sparkify;
		CREATE TABLE events OF churn_event;
		INSERT INTO events SELECT * FROM churn_simulate_events(20);
		CREATE TABLE user_profiles AS
		SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
		FROM events WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
	});

for my $doc (sort keys %before)
{
	(my $db = lc $doc) =~ s/\W/_/g;
	my $text = slurp_file($doc);
	my @blocks = $text =~ /^```sql\n(.*?)^```$/gms;

	ok(@blocks, "$doc has SQL");
	$node->safe_psql('postgres', "CREATE DATABASE $db");
	my $sql = join("\n", $before{$doc}, @blocks);
	$sql =~ s{'/path/to/}{"'" . $node->data_dir . '/'}ge;
	$sql =~ s{/path/to/log\.json}{'$log'}g;
	my ($status, $out, $err) = $node->psql($db, $sql, on_error_stop => 1);
	is($status, 0, "$doc runs") or diag($err);
	unlike($err, qr/ERROR|WARNING/, "$doc runs without complaint");
}

# and shows what it says it shows
is($node->safe_psql('readme_md', q{SELECT n_positive > 0 AND n_features = 36 FROM models}), 't', 'a model was trained');
is($node->safe_psql('readme_md', q{SELECT count(*) > 100 AND bool_and(risk BETWEEN 0 AND 1) FROM users_at_risk}), 't',
	'users are scored');
is($node->safe_psql('docs_quickstart_md', q{SELECT count(DISTINCT churn_fingerprint(model)) FROM models}), '2',
	'two options, two models');

# Merging days: any order, no day twice, and the whole in the end
my $days = $node->safe_psql('docs_incremental_md', q{
	SELECT string_agg(format('CALL merge_day(%L);', d::date), ' ')
	FROM generate_series('2018-10-10'::date, '2018-10-03', '-1 day') AS d});
$node->safe_psql('docs_incremental_md', $days);
is($node->safe_psql('docs_incremental_md', q{
	SELECT count(*) > 30, count(*) FILTER (WHERE churn_profile_send(profile) <> churn_profile_send(whole)) FROM (
		SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS whole
		FROM (SELECT * FROM events UNION ALL SELECT * FROM late_events) AS e
		WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid) AS w FULL JOIN user_profiles USING (userid)}),
	't|0', 'merged days are the whole');
my ($status, $out, $err) = $node->psql('docs_incremental_md', q{CALL merge_day('2018-10-05')});
like($err, qr/duplicate key value violates unique constraint "merged_days_pkey"/, 'a day merged twice fails');
is($node->safe_psql('docs_incremental_md', q{SELECT count(*) FROM merged_days}), '10', 'and is noted once');

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

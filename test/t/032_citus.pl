# The extension on Citus: each statement gives on distributed tables what it gives on one
# machine.  Skipped where Citus is not installed.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $single = PostgreSQL::Test::Cluster->new('single');
$single->init;
$single->start;
if ($single->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = 'citus'") eq '0')
{
	plan skip_all => 'Citus is not installed';
}
$single->safe_psql('postgres', 'CREATE EXTENSION sparkify');

# ---- A coordinator and two workers ----

my @cluster = map { PostgreSQL::Test::Cluster->new($_) } ('coordinator', 'worker1', 'worker2');
my ($coordinator, @workers) = @cluster;
foreach my $node (@cluster)
{
	$node->init;
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'citus'
		max_prepared_transactions = 50
		citus.node_conninfo = 'sslmode=disable'
		citus.enable_statistics_collection = off
		citus.show_shards_for_app_name_prefixes = '*'
		unix_socket_directories = '" . $node->host . "'");
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION citus; CREATE EXTENSION sparkify');
}
$coordinator->safe_psql('postgres', "SELECT citus_set_coordinator_host('" . $coordinator->host . "', " . $coordinator->port . ')');
$coordinator->safe_psql('postgres', "SELECT citus_add_node('" . $_->host . "', " . $_->port . ')') foreach (@workers);

# ---- The same statements ----

# Both give the same: the cluster, and one machine.
sub same
{
	my ($what, $sql) = @_;
	my ($out, $err);
	my $here = $single->safe_psql('postgres', $sql);

	is($coordinator->psql('postgres', $sql, stdout => \$out, stderr => \$err), 0, "$what: runs")
	  or diag $err;
	is($out, $here, "$what: is the same");
	isnt($here, '', "$what: is something");
	return;
}

# Runs the statement on both.
sub both
{
	my ($sql) = @_;

	$_->safe_psql('postgres', $sql) foreach ($single, $coordinator);
	return;
}

sub distribute
{
	my ($table) = @_;

	$coordinator->safe_psql('postgres', "SELECT create_distributed_table('$table', 'userid', shard_count => 4)");
	return;
}

both('CREATE TABLE events OF churn_event; CREATE TABLE profiles (userid text, profile churn_profile)');
distribute($_) foreach ('events', 'profiles');
both('INSERT INTO events SELECT * FROM churn_simulate_events(150)');
both("INSERT INTO profiles SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration)
	FROM events WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid");
both("CREATE VIEW snapshots AS SELECT p.userid, d AS as_of, churn_label(p.profile, d, '14 days') AS churned, f.*
	FROM profiles p, churn_dates('2018-10-08', '2018-11-19', '7 days') d, churn_features(p.profile, d) f
	WHERE churn_label(p.profile, d, '14 days') IS NOT NULL");

same('events', 'SELECT count(*), sum(length)::numeric(12,2) FROM events');
same('profiles', "SELECT md5(string_agg(md5(sparkify_profile_send(profile)), '' ORDER BY userid)) FROM profiles");
same('profiles not grouped by the distribution column',
	'SELECT gender, md5(sparkify_profile_send(churn_profile(ts, sessionid, page, level, length, gender, registration)))
	FROM events WHERE gender IS NOT NULL GROUP BY gender ORDER BY gender');
same('profiles of the events as of any log',
	"SELECT md5(string_agg(p, '' ORDER BY userid)) FROM (SELECT userid, md5(sparkify_profile_send(churn_profile(ts, page, sessionid, length, level))) AS p
	FROM events WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid) AS s");
same('merged profiles', 'SELECT md5(sparkify_profile_send(churn_profile_merge(profile))) FROM profiles');
same('features', 'SELECT count(*), sum(n_songs), sum(avg_play_hour)::numeric(12,4) FROM snapshots');

# A model of a source, which stands in dollars
sub model
{
	my ($source, $more) = @_;

	return "SELECT grp, n_rows, n_positive, churn_fingerprint(model) FROM churn_train(\$\$$source\$\$" . ($more // '') . ')';
}

same('a model of a view', model('snapshots'));
same('a model of a query', model("SELECT * FROM snapshots WHERE as_of <= '2018-10-29'", ", id => 'userid', \"time\" => 'as_of'"));
same('models by group', model('SELECT *, n_songs > 300 AS heavy FROM snapshots', ", group_by => 'heavy'"));
same('boosting', model('SELECT * FROM snapshots', ", algorithm => 'gradient_boosting', options => '{\"trees\": 20}'"));

both('CREATE TABLE models (id int, model churn_forest)');
both('CREATE TABLE made (LIKE snapshots); CREATE TABLE copied (LIKE snapshots)');
distribute('made');
$coordinator->safe_psql('postgres', "SELECT create_reference_table('$_')") foreach ('models', 'copied');
both("INSERT INTO models SELECT 1, model::churn_forest FROM churn_train('snapshots')");
both("INSERT INTO $_ SELECT * FROM snapshots") foreach ('made', 'copied');
foreach my $table ('made', 'copied')
{
	same("a model of a $table table", model($table));
	same("a model of a query of a $table table", model("SELECT * FROM $table"));
}

# such a query is sent whole to the server that has the user
same('a model of the rows of one user', model("SELECT *, as_of > '2018-10-20' AS late FROM made WHERE userid = '10'",
	", label => 'late', exclude => '{churned,userid,as_of}', algorithm => 'naive_bayes'"));
same('a comparison', "SELECT rank, algorithm, cv_mean FROM churn_compare('SELECT * FROM snapshots', algorithms => '{random_forest,logistic_regression}', id => 'userid', \"time\" => 'as_of')");
same('an audit', "SELECT feature, auc, note FROM churn_audit('SELECT * FROM snapshots') ORDER BY feature");
same('a backtest of profiles', "SELECT as_of, trained_to, metrics, churn_fingerprint(model) FROM churn_backtest('profiles', ARRAY['2018-10-15','2018-10-29','2018-11-12']::date[])");

my $judged = "(SELECT model FROM models), 'SELECT * FROM snapshots'";
same('a judgement', "SELECT metric, value, low, high FROM churn_evaluate($judged)");
same('segments', "SELECT segment, n, auc FROM churn_segments($judged, by => 'as_of')");
same('drift', "SELECT * FROM churn_drift($judged)");
same('dependence', "SELECT * FROM churn_dependence($judged, 'n_songs')");
same('a report', "SELECT regexp_replace(churn_report($judged), 'report of [0-9-]+', '')");
same('a description of the log', "SELECT * FROM churn_describe_log('events', 'userid', 'ts', 'page')");

# ---- Scores, made where the users are ----

my $features = "churn_features(p.profile, '2018-11-19')";
my $columns = $single->safe_psql('postgres', "SELECT quote_literal(jsonb_agg(feature)) || ', ' || string_agg('f.' || feature, ', ')
	FROM (SELECT feature FROM churn_importance((SELECT model FROM models)) ORDER BY feature) AS i");

same('scores', "SELECT * FROM churn_score((SELECT model FROM models), \$\$SELECT p.userid, f.* FROM profiles p, $features f\$\$) ORDER BY id");
same('scores of features', "SELECT p.userid, churn_predict(m.model, $features) FROM profiles p, models m ORDER BY 1");
same('scores of profiles', "SELECT p.userid, churn_predict(m.model, p.profile, '2018-11-19'), churn_at_risk(m.model, p.profile, '2018-11-19') FROM profiles p, models m ORDER BY 1");
same('scores of rows of a subquery', "SELECT f.userid, churn_predict(m.model, f), churn_at_risk(m.model, f), churn_reasons(m.model, f)
	FROM (SELECT p.userid, ($features).* FROM profiles p) f, models m ORDER BY 1");
same('scores of rows from FROM', "SELECT f.userid, churn_predict(m.model, f) FROM (SELECT p.userid, f.* FROM profiles p, $features f) f, models m ORDER BY 1");
same('scores of named values', "SELECT f.userid, churn_predict(m.model, f) - churn_predict_columns(m.model, $columns) AS difference
	FROM made f, models m WHERE f.as_of = '2018-11-19' ORDER BY 1");
same('scores in WHERE and GROUP BY', "SELECT round(churn_predict(m.model, p.profile, '2018-11-19')::numeric, 1) AS score, count(*) FROM profiles p, models m
	WHERE churn_predict(m.model, p.profile, '2018-11-19') > 0.05 GROUP BY 1 ORDER BY 1");
same('metrics', 'SELECT churn_metrics(s.churned, churn_predict(m.model, s)) FROM snapshots s, models m');

# ---- A column's name twice, and rows without names, in an aggregate ----

# a row that has a name twice can be sent neither whole nor by its columns
my ($out, $err, $far_out, $far_err);
$coordinator->psql('postgres', model('SELECT s.*, p.userid AS churned_by, 1 AS churned_by FROM snapshots s JOIN profiles p USING (userid)',
	", exclude => '{userid,as_of,churned_by}'"), stderr => \$err);
like($err, qr/ERROR:  column "churned_by" specified more than once in a source that other servers read/, 'a name twice is an error that says so');
same('a name twice, of what is here', model('SELECT i % 7 AS n, i % 3 = 0 AS churned, 1 AS x, 2 AS x FROM generate_series(1, 60) AS i', ", exclude => '{x}'"));

# what newer versions would split, and cannot for rows: see docs/scaling-out.md
my $splits = 'citus.allow_aggregate_worker_combine_on_internal_types';
$coordinator->safe_psql('postgres', "ALTER DATABASE postgres SET $splits = off")
  if $coordinator->safe_psql('postgres', "SELECT count(*) FROM pg_settings WHERE name = '$splits'") ne '0';
same('a forest by an aggregate',
	'SELECT churn_fingerprint(churn_forest_agg(s.churned, f)) FROM snapshots s JOIN profiles p USING (userid), churn_features(p.profile, s.as_of) f');

# names of a row that a subquery makes are not sent along
$coordinator->psql('postgres', "SELECT churn_forest_agg(churned, f) FROM (SELECT m.churned, f FROM made m, LATERAL (SELECT m.$_) f) AS s", stderr => \$err),
  like($err, qr/ERROR:  the row of features has columns without names/, "a row without names is an error that says so: $_")
  foreach ('n_songs, m.n_errors', 'n_songs');
same('the same by churn_train', model('SELECT m.churned, m.n_songs, m.n_errors FROM made m'));

# ---- Models of groups, trained where the groups are ----

both('CREATE TYPE play AS (n_songs bigint, n_errors bigint)');
both('CREATE TABLE regional (region text, userid text, churned boolean, f play)');
$coordinator->safe_psql('postgres', "SELECT create_distributed_table('regional', 'region', shard_count => 4)");
both("INSERT INTO regional SELECT 'region ' || userid::int % 3, userid, churned, (n_songs, n_errors)::play FROM snapshots");

my $by_region = q{SELECT region, churn_fingerprint(churn_forest_agg(churned, f, '{"seed": 1}', userid)) FROM regional GROUP BY region};
same('models of groups by an aggregate', "$by_region ORDER BY region");
my $plan = $coordinator->safe_psql('postgres', "EXPLAIN (COSTS OFF) $by_region");
like($plan, qr/\ACustom Scan \(Citus Adaptive\)\n(.*\n){4}\s*->  (Group|Hash)Aggregate/, 'each is made in the shard of its group')
  or diag $plan;

# ---- The documents, each statement ----

# The statements of the document's blocks, one by one
sub statements
{
	my ($doc) = @_;
	my ($sql, @statements) = ('');

	foreach my $line (map { split /^/ } slurp_file("$ENV{TESTDIR}/$doc") =~ /^```sql\n(.*?)^```$/gms)
	{
		$sql .= $line;
		next unless $line =~ /;\s*(--.*)?$/ && (() = $sql =~ /\$\$/g) % 2 == 0;
		push @statements, $sql;
		$sql = '';
	}
	return @statements;
}

my $dir = PostgreSQL::Test::Utils::tempdir();
$single->safe_psql('postgres', qq{COPY (SELECT json_strip_nulls(json_build_object(
		'ts', (extract(epoch FROM ts) * 1000)::bigint, 'userId', userid, 'sessionId', sessionid,
		'page', page, 'auth', auth, 'level', level, 'length', length, 'gender', gender,
		'registration', (extract(epoch FROM registration) * 1000)::bigint))
	FROM churn_simulate_events(150)) TO '$dir/log.json' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')});

# What is made, to the bit
my $traces = q{SELECT format(CASE t.type
		WHEN 'churn_model' THEN 'SELECT %1$L, string_agg(churn_fingerprint(%2$I), '' '' ORDER BY churn_fingerprint(%2$I)) FROM %3$s'
		WHEN 'churn_profile' THEN 'SELECT %1$L, md5(string_agg(b, '''' ORDER BY b)) FROM (SELECT md5(sparkify_profile_send(%2$I)) FROM %3$s) AS s(b)'
		ELSE 'SELECT %1$L, count(*) FROM %3$s'
	END, relname || '.' || coalesce(attname, '*'), attname, oid::regclass)
FROM pg_class AS c LEFT JOIN LATERAL (
	SELECT NULL AS attname, NULL AS type
	UNION ALL
	SELECT attname, atttypid::regtype::text FROM pg_attribute
	WHERE attrelid = oid AND NOT attisdropped AND attnum > 0 AND atttypid IN ('churn_model'::regtype, 'churn_profile'::regtype)) AS t ON true
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'p', 'f') AND relname !~ '^(citus_|pg_dist)' ORDER BY 1 \gexec};

foreach my $doc ('README.md', 'docs/quickstart.md', 'docs/any-log.md')
{
	(my $db = lc $doc) =~ s/\W/_/g;
	my @distributed;

	foreach my $node ($single, @cluster)
	{
		$node->safe_psql('postgres', "SET client_min_messages = error; CREATE DATABASE $db") unless $node == $single;
		$node->safe_psql('postgres', "CREATE DATABASE $db") if $node == $single;
		$node->safe_psql($db, 'CREATE EXTENSION citus') unless $node == $single;
		$node->safe_psql($db, 'CREATE EXTENSION sparkify');
	}
	$coordinator->safe_psql($db, "SELECT citus_set_coordinator_host('" . $coordinator->host . "', " . $coordinator->port . ')');
	$coordinator->safe_psql($db, "SELECT citus_add_node('" . $_->host . "', " . $_->port . ')') foreach (@workers);
	foreach my $statement (statements($doc))
	{
		next if $statement =~ /^CREATE EXTENSION (IF NOT EXISTS )?sparkify/m;
		$statement =~ s{'/path/to/}{'$dir/}g;
		$statement =~ s/churn_simulate_events\((?:500|1000)\)/churn_simulate_events(150)/g;

		# distributed tables have no way in but INSERT
		(my $far = $statement) =~ s/SELECT (?:\* FROM )?churn_load_events\('(\w+)', ('[^']+')[^;]*\);/INSERT INTO $1 SELECT * FROM churn_read_events($2);/;
		my $here = $single->psql($db, "SET client_min_messages = error; $statement", stdout => \$out, stderr => \$err);
		my $there = $coordinator->psql($db, "SET client_min_messages = error; $far", stdout => \$far_out, stderr => \$far_err);
		my $name = "$doc: " . substr($statement =~ s/^--.*\n//gmr, 0, 60) =~ s/\s+/ /gr;

		$far_err =~ s/^psql:.* WARNING: .*\n|^DETAIL:  .*will be created only locally\n?//gm;
		is("$there $far_err", "$here $err", $name);
		next unless $statement =~ /^CREATE TABLE (\w+)/m;
		my ($table) = $1;
		my $user = $coordinator->safe_psql($db, "SELECT attname FROM pg_attribute WHERE attrelid = '$table'::regclass AND attname IN ('userid', 'customer_id') AND NOT attnotnull");
		next if $user eq '';
		$coordinator->safe_psql($db, "SET client_min_messages = error; SELECT create_distributed_table('$table', '$user', shard_count => 4)");
		push @distributed, $table;
	}
	cmp_ok(scalar @distributed, '>', 0, "$doc: tables are distributed: @distributed");
	is($coordinator->safe_psql($db, $traces), $single->safe_psql($db, $traces), "$doc: what it makes is the same");
}

done_testing();

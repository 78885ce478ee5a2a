# Real logs and real users, when they are there: SPARKIFY_DATA names a folder
# with daily/*.json, sparkify_log_small.json and mini_user_features.csv.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{SPARKIFY_DATA};
plan skip_all => 'no real logs here (SPARKIFY_DATA)' unless defined $data && -d "$data/daily";

my $node = PostgreSQL::Test::Cluster->new('real');
$node->init;
$node->start;
$node->safe_psql('postgres', slurp_file('test/plain_features.sql') =~ s/^/CREATE EXTENSION sparkify;
	CREATE TABLE daily OF churn_event; CREATE TABLE small OF churn_event;
	CREATE TABLE ev (userid text, ts timestamptz, sessionid bigint, page text, level text, length float8,
		gender text, registration timestamptz);\n/r);

sub is_sql
{
	my ($sql, $expected, $name) = @_;
	is($node->safe_psql('postgres', $sql), $expected, $name);
}

# 30 daily files: explicit nulls, registration as a float, slashes as \/
my @days = sort glob "$data/daily/*.json";
is(scalar @days, 30, '30 daily files');
$node->safe_psql('postgres', join "\n", map { "SELECT churn_load_events('daily', '$_');" } @days);
is_sql(q{SELECT count(*), count(DISTINCT userid) FILTER (WHERE userid <> ''), count(*) FILTER (WHERE userid = '') FROM daily},
	'8056|97|286', 'rows, users and rows without a user');
is_sql(q{SELECT string_agg(page || ' ' || n, ', ' ORDER BY n DESC) FROM (SELECT page, count(*) AS n FROM daily GROUP BY page) AS p},
	'NextSong 6820, Home 806, Login 92, Logout 90, Downgrade 60, Settings 56, Help 47, About 36, Upgrade 21, Save Settings 10, '
	. 'Error 9, Submit Upgrade 8, Submit Downgrade 1', 'pages');
is_sql(q{SELECT userid, count(*) FROM daily WHERE userid <> '' GROUP BY userid ORDER BY 2 DESC LIMIT 1}, '49|772', 'the busiest user');

# the same files in place, as one table
$node->safe_psql('postgres', qq{CREATE SERVER logs FOREIGN DATA WRAPPER sparkify_json;
	CREATE FOREIGN TABLE in_place () INHERITS (daily) SERVER logs OPTIONS (filename '$data/daily/*.json')});
is_sql('SELECT count(*) FROM (TABLE ONLY in_place EXCEPT ALL TABLE ONLY daily) AS differ', '0', 'in place: the same rows');
is_sql('SELECT count(*) FROM ONLY in_place', '8056', 'in place: all of them');
$node->safe_psql('postgres', 'DROP FOREIGN TABLE in_place');

# the other sample: keys left out where unknown
$node->safe_psql('postgres', "SELECT churn_load_events('small', '$data/sparkify_log_small.json')");
is_sql(q{SELECT count(*), count(DISTINCT userid) FILTER (WHERE userid <> ''), count(*) FILTER (WHERE userid = ''),
	count(*) FILTER (WHERE page LIKE 'Cancel%') FROM small}, '1000|141|34|0', 'rows, users, rows without a user, cancellations');

# features of every user against plain SQL
for my $table ('daily', 'small')
{
	$node->safe_psql('postgres', qq{TRUNCATE ev;
		INSERT INTO ev SELECT userid, ts, sessionid, page, level, length, gender, registration
		FROM $table WHERE auth NOT IN ('Logged Out', 'Guest')});
	for my $as_of ('NULL', q{(SELECT max(ts)::date - 7 FROM ev)})
	{
		next if $as_of ne 'NULL' && $table eq 'small';	# it is of one day
		is_sql("SELECT users > 0, compared = users * (SELECT relnatts FROM pg_class WHERE oid = 'churn_features'::regclass), differing, example FROM compare_features($as_of)", 't|t|0|',
			"features of the users in $table as of $as_of");
	}
}
is_sql(q{SELECT f.n_songs, f.n_sessions, f.gender_dum, f.level_paid
	FROM (SELECT (churn_features(ts, sessionid, page, level, length, gender, registration)).* FROM daily WHERE userid = '49') AS f},
	$node->safe_psql('postgres', q{SELECT count(*) FILTER (WHERE page = 'NextSong'), count(DISTINCT sessionid),
		CASE max(gender) WHEN 'M' THEN 1 ELSE 0 END, CASE (array_agg(level ORDER BY ts DESC))[1] WHEN 'paid' THEN 1 ELSE 0 END
		FROM daily WHERE userid = '49'}), 'features of user 49');
is_sql(q{SELECT count(*) FROM (SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS p FROM daily GROUP BY 1) AS w
	JOIN (SELECT userid, churn_profile_merge(p) AS q FROM (SELECT userid,
		churn_profile(ts, sessionid, page, level, length, gender, registration) AS p FROM daily GROUP BY userid, ts::date) AS d GROUP BY userid) AS m
	USING (userid) WHERE sparkify_profile_send(p) <> sparkify_profile_send(q)}, '0', 'daily profiles merged are the whole');

# 225 real users, 52 of whom left
my $columns = (split /\n/, slurp_file("$data/mini_user_features.csv"))[0];
my $definitions = join ', ', map { sprintf '"%s" %s', $_, /^(gender|split|userId)$/ ? 'text' : 'float8' } split /,/, $columns;
$node->safe_psql('postgres', qq{CREATE TABLE users ($definitions);
	COPY users FROM '$data/mini_user_features.csv' WITH (FORMAT csv, HEADER)});
is_sql(q{SELECT count(*), sum(churn) FROM users}, '225|52', 'users and churned');
is_sql(q{SELECT m.weighted_f1 > m.baseline_weighted_f1, round(m.baseline_weighted_f1::numeric, 1) BETWEEN 0.6 AND 0.7
	FROM (SELECT (churn_metrics(churn, churn_predict(model, u))).*
		FROM churn_train($$SELECT * FROM users WHERE split = 'train'$$, label => 'churn', exclude => '{userId,split}'), users AS u
		WHERE split = 'test') AS m}, 't|t', 'a forest is better than "stays" on the test split');

# how long a user was observed, which the notebook took for behaviour, tells most
is_sql(q{SELECT feature, round(auc::numeric, 6), note FROM churn_audit('users', 'churn', '{userId,split}') LIMIT 1},
	q{tenure_days|0.147732|a leak if it is of the whole history, up to the user's leaving}, 'the audit finds the leak');

# 10 times 5-fold cross-validation, stratified
$node->safe_psql('postgres', q{
	CREATE TABLE fold_auc (auc float8);
	DO $$
	BEGIN
		FOR rep IN 1 .. 10 LOOP
			CREATE TEMP TABLE folded AS
			SELECT session_count, avg_songs_session, tenure_days, error_count, gender, churn,
				row_number() OVER (PARTITION BY churn ORDER BY md5(rep || '/' || "userId")) % 5 AS fold
			FROM users;
			FOR k IN 0 .. 4 LOOP
				INSERT INTO fold_auc
				SELECT (churn_metrics(churn, churn_predict(model, f))).auc
				FROM churn_train(format('SELECT * FROM folded WHERE fold <> %s', k), label => 'churn', exclude => '{fold}'), folded AS f
				WHERE fold = k;
			END LOOP;
			DROP TABLE folded;
		END LOOP;
	END
	$$});
my ($folds, $auc, $sd) = split /\|/, $node->safe_psql('postgres', 'SELECT count(*), avg(auc), stddev(auc) FROM fold_auc');
is($folds, 50, '10 times 5 folds');
cmp_ok($auc, '>=', 0.84, sprintf 'AUC %.3f +- %.3f over the folds is 0.84 or more', $auc, $sd);

$node->stop;
done_testing();

# Predictions where another library plans, as most servers have one that only counts queries.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('counted');
$node->init;
$node->start;
if ($node->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'") eq '0')
{
	plan skip_all => 'pg_stat_statements is not installed';
}
$node->safe_psql('postgres', q{
	CREATE EXTENSION sparkify;
	CREATE TABLE users AS SELECT n AS userid, hashint4(n) % 10 AS songs, CASE WHEN n % 3 > 0 THEN n % 7 END AS thumbs, n % 4 = 0 AS churned
	FROM generate_series(1, 300) AS n;
	CREATE TABLE models AS SELECT model FROM churn_train('users', exclude => '{userid}', options => '{"trees": 5}');
	CREATE VIEW scored AS SELECT userid, churn_predict(model, u) AS score FROM users AS u, models});
my $scores = q{SELECT md5(string_agg(score::text, ' ' ORDER BY userid)) FROM scored};
my $plan = 'EXPLAIN (VERBOSE, COSTS OFF) SELECT score FROM scored';
my $whole = q{SELECT md5(string_agg(churn_predict(model, u)::text, ' ' ORDER BY u.userid))
	FROM users AS o LEFT JOIN users AS u USING (userid), models};
my $alone = $node->safe_psql('postgres', $scores);

like($node->safe_psql('postgres', $plan), qr/sparkify_predict_row/, 'a row is not made');
is($node->safe_psql('postgres', $whole), $alone, 'one that is has the same prediction');
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_stat_statements'");
$node->restart;
like($node->safe_psql('postgres', $plan), qr/sparkify_predict_row/, 'nor is it where queries are counted');
is($node->safe_psql('postgres', $scores), $alone, 'with the same predictions');
is($node->safe_psql('postgres', $whole), $alone, 'and so have those of named rows');

done_testing();

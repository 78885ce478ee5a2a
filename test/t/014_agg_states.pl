# What an aggregate keeps is the aggregate's: its functions run by an FmgrInfo
# that is gone after each call, as distributed engines call them, and give what
# they give otherwise.  See test/modules/short_lived, which guards the parameters
# of queries as well.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $source = "$ENV{TESTDIR}/test/modules/short_lived/short_lived.c";
my $module = PostgreSQL::Test::Utils::tempdir() . '/short_lived.so';
my $pg_config = $ENV{PG_CONFIG} || 'pg_config';
chomp(my $include = `$pg_config --includedir-server`);
system_or_bail($ENV{CC} || 'cc', '-Wall', '-Werror', '-shared', '-fPIC', "-I$include", '-o', $module, $source);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', qq{
	CREATE EXTENSION sparkify;
	CREATE FUNCTION short_lived_trans(internal, regprocedure, VARIADIC "any") RETURNS internal
		AS '$module' LANGUAGE C IMMUTABLE;
	CREATE FUNCTION short_lived_final(internal) RETURNS text
		AS '$module' LANGUAGE C IMMUTABLE;
	CREATE AGGREGATE short_lived(regprocedure, VARIADIC "any") (
		SFUNC = short_lived_trans, STYPE = internal, FINALFUNC = short_lived_final);
	CREATE TABLE events AS SELECT * FROM churn_simulate_events(12, 40, 3);
	CREATE TABLE profiles AS
		SELECT userid, sessionid % 3 AS part, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
		FROM events WHERE auth <> 'Logged Out' GROUP BY 1, 2;
	CREATE TABLE whole AS
		SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
		FROM churn_simulate_events(60, 60, 7) WHERE auth <> 'Logged Out' GROUP BY userid;
	CREATE TABLE labelled AS SELECT userid, profile, churn_label(profile) AS churned, f.* FROM whole, churn_features(profile) AS f;
	CREATE TABLE scored AS
		SELECT i, i % 3 = 0 AS churned, (i * 7919 % 1000) / 1000.0::float8 AS score, (i % 5)::text AS city FROM generate_series(1, 400) AS i;
});

# The aggregate by PostgreSQL and by short-lived functions: the same text
sub same
{
	my ($aggregate, $args, $from, $more) = @_;
	my ($name) = $aggregate =~ /^(\w+)/;
	my $sql = "SELECT %s FROM $from " . ($more // '');
	my $expected = $node->safe_psql('postgres', sprintf($sql, "$name($args)::text"));
	my ($status, $got, $error) = $node->psql('postgres', sprintf($sql, "short_lived('$aggregate', $args)"));

	is("$status $got$error", "0 $expected", "$name($args) " . ($more // ''));
	isnt($expected, '', "$aggregate has a result");
}

my $log = 'ts, sessionid, page, level, length, gender, registration';
my $log_types = 'timestamptz,bigint,text,text,float8,text,timestamptz';
my $users = "WHERE auth <> 'Logged Out' GROUP BY userid ORDER BY userid";
same("churn_profile($log_types)", $log, 'events', $users);
same("churn_features($log_types)", $log, 'events', $users);
same("churn_profile($log_types)", $log, "(SELECT * FROM events ORDER BY md5(events::text)) AS e", $users);
same("churn_profile($log_types)", $log, 'events', '');
same('churn_profile_merge(churn_profile)', 'profile', 'profiles', 'GROUP BY userid ORDER BY userid');
foreach my $label ('anyelement', 'boolean')
{
	same("churn_metrics($label,float8)", 'churned, score', 'scored', '');
	same("churn_metrics($label,float8,float8)", 'churned, score, 0.3::float8', 'scored', '');
	same("churn_roc($label,float8)", 'churned, score', 'scored', '');
	same("churn_pr($label,float8)", 'churned, score', 'scored', '');
	same("churn_lift($label,float8)", 'churned, score', 'scored', '');
	same("churn_calibration($label,float8)", 'churned, score', 'scored', '');
	same("churn_calibration($label,float8,int)", 'churned, score, 7', 'scored', '');
	same("churn_threshold($label,float8)", 'churned, score', 'scored', '');
	same("churn_threshold($label,float8,float8,float8)", 'churned, score, 1::float8, 4::float8', 'scored', '');
	same("churn_threshold($label,float8,bigint)", 'churned, score, 40::bigint', 'scored', '');
	same("churn_survival(bigint,$label)", '(i % 40)::bigint, churned', 'scored', '');
	same("churn_curve_metrics(bigint,$label,float8[],int)", '(i % 40)::bigint, churned, ARRAY[score, score / 2], 7', 'scored', '');
}
same('churn_retention(churn_profile,date)', "profile, '2018-12-15'::date", 'whole', '');
my $rows = 'scored, LATERAL (SELECT score, i % 9 AS n, city AS town) AS f';
same('churn_forest_agg(anyelement,record)', 'churned, f', $rows, '');
same('churn_forest_agg(anyelement,record,jsonb)', q{churned, f, '{"trees": 3}'::jsonb}, $rows, "GROUP BY city ORDER BY city");

# Queries without parameters come without a list of them
for ("churn_backtest('whole', '{2018-10-15,2018-10-29}', algorithm => 'naive_bayes')", "churn_audit('labelled')",
	"churn_compare('scored', algorithms => '{naive_bayes}')", "churn_train('scored', algorithm => 'naive_bayes')")
{
	my ($status, $out, $error) = $node->psql('postgres', "LOAD '$module'; SELECT count(*) > 0 FROM $_");
	is("$status $out", '0 t', "$_ has no empty list of parameters");
}

$node->stop;
done_testing();

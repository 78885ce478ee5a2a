# What churn_define_features makes is the user's: it is dumped and restored, follows
# the extension where that moves, and is defined by one session at a time.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1);
$node->start;

# An ordinary role makes all of it, the extension being in a schema of its own
$node->safe_psql('postgres', 'CREATE ROLE shop LOGIN; CREATE ROLE stranger; CREATE DATABASE origin OWNER shop');
$node->safe_psql('origin', q{CREATE SCHEMA ext; CREATE EXTENSION sparkify SCHEMA ext; GRANT USAGE ON SCHEMA ext TO PUBLIC});

sub as_shop
{
	my ($db, $sql, %more) = @_;
	return $node->safe_psql($db, $sql, extra_params => [ '-U', 'shop' ], %more);
}

my $profiles = q{
	INSERT INTO own.profiles SELECT customer, ext.churn_profile(at, event, NULL::text, price, plan) FROM own.events GROUP BY customer
};
as_shop('origin', q{
	CREATE SCHEMA own;
	CREATE TABLE own.events AS
	SELECT u AS customer, timestamp '2024-01-01' + (u * 37 + i * 101) % 1400 * interval '1 hour' AS at,
		(ARRAY['view', '"; DROP TABLE own.events; --', 'purchase', 'cancel', 'Add to Cart'])[1 + (u + i * i) % 5] AS event,
		(u * i % 500 - 50) / 4.0 AS price, (ARRAY['free', 'gold'])[1 + u % 2] AS plan
	FROM generate_series(1, 30) AS u, generate_series(1, 40) AS i;
	CREATE TABLE own.profiles (customer int PRIMARY KEY, profile ext.churn_profile);
} . $profiles);
my $columns = as_shop('origin', q{
	SELECT sum(cardinality(columns)) FROM ext.churn_define_features('own.features', 'own.profiles', exclude => '{cancel}')});
cmp_ok($columns, '>', 60, 'columns were made');
as_shop('origin', q{
	CREATE VIEW own.training AS SELECT customer, d AS as_of, f.*
	FROM own.profiles AS p, ext.churn_dates('2024-01-10', '2024-02-20', '10 days') AS d, own.features(p.profile, d) AS f});
is(as_shop('origin', q{SELECT string_agg(DISTINCT rolname, ' ') FROM pg_roles AS r JOIN (
		SELECT proowner AS owner FROM pg_proc WHERE oid = 'own.features'::regproc UNION ALL SELECT typowner FROM pg_type WHERE oid = 'own.features_row'::regtype) AS o ON o.owner = r.oid}),
	'shop', 'they belong to whoever defined them');

# A dump of all but the profiles, which are made anew
my $rows = q{SELECT md5(string_agg(t::text, '|' ORDER BY customer, as_of)) FROM own.training AS t};
my $expected = as_shop('origin', $rows);
my $dump = $node->basedir . '/dump.sql';
$node->command_ok([ 'pg_dump', '--exclude-table-data=own.profiles', '-f', $dump, $node->connstr('origin') ], 'it dumps');
$node->safe_psql('postgres', 'CREATE DATABASE restored OWNER shop');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored'), '-f', $dump ], 'and restores');
as_shop('restored', $profiles);
is(as_shop('restored', $rows), $expected, 'to the same rows');

# The restored function is known as one that was defined
sub define_again
{
	my ($db, $schema, $more, $what) = @_;
	my ($status, $out, $err) = $node->psql($db, qq{SET search_path = own, $schema;
		SELECT kind FROM churn_define_features('features', 'profiles', exclude => '{cancel}'$more) LIMIT 1}, extra_params => [ '-U', 'shop' ]);
	my ($new, $gone) = $err =~ /own\.features was defined before; new columns: (\d+), columns that are NULL from now on: (\d+)/ or diag("$out\n$err");

	is($status, 0, "$what can be defined again");
	return "$new new, $gone gone";
}
is(define_again('restored', 'ext', '', 'what was restored'), '0 new, 0 gone', 'it is the same');
is(as_shop('restored', $rows), $expected, 'and makes the same rows');

# As does one whose body is a text, as in dumps of PostgreSQL 13
my $recipe = as_shop('restored', q{SELECT substring(pg_get_functiondef('own.features'::regproc) FROM '''\{.*\}''::jsonb')});
as_shop('restored', qq{CREATE OR REPLACE FUNCTION own.features(profile ext.churn_profile, as_of date DEFAULT NULL) RETURNS own.features_row
	LANGUAGE sql IMMUTABLE PARALLEL SAFE AS \$body\$SELECT ext.churn_row(NULL::own.features_row, \$1, \$2, $recipe)\$body\$});
is(as_shop('restored', $rows), $expected, 'a text makes the same rows');
is(define_again('restored', 'ext', q{, windows => '{7,28,56}'}, 'a text'), '30 new, 0 gone', 'a window is added');
is(as_shop('restored', $rows), $expected, 'the view has its columns');
like(as_shop('restored', q{EXPLAIN (COSTS OFF) SELECT f.events FROM own.profiles AS p, own.features(p.profile) AS f}), qr/Function Scan on churn_row f/,
	'it is inlined');

# The extension's schema gets another name
$node->safe_psql('restored', 'ALTER SCHEMA ext RENAME TO "Another ""schema"');
is(as_shop('restored', $rows), $expected, 'it follows the extension');
is(define_again('restored', '"Another ""schema"', '', 'what moved'), '0 new, 30 gone', 'a window is gone');

# A prepared statement sees the recipe of now
is(as_shop('origin', q{
	SET search_path = own, ext;
	PREPARE p AS SELECT count(f.view_7d), count(f.view_28d) FROM profiles AS p, features(p.profile, '2024-02-01') AS f;
	EXECUTE p;
	SELECT count(*) > 0 FROM churn_define_features('features', 'profiles', windows => '{28}');
	EXECUTE p;}), "30|30\nt\n0|30", 'plans are made anew');

# Two at once: the second waits for the first, and finds what that has left
$node->safe_psql('origin', 'CREATE EXTENSION dblink');
my $second = $node->connstr('origin');
sub define_behind
{
	my ($first) = @_;
	my ($status, $out, $err) = $node->psql('origin', qq{
		SET client_min_messages = warning;
		SET search_path = public, own, ext;
		SELECT dblink_connect('second', \$\$$second options='-c client_min_messages=warning'\$\$);
		BEGIN;
		$first;
		SELECT dblink_send_query('second', \$\$SELECT kind FROM ext.churn_define_features('own.twice', 'own.profiles', families => '{window}') WHERE kind = 'log'\$\$);
		DO \$\$BEGIN
			FOR i IN 1..1000 LOOP
				IF dblink_is_busy('second') = 0 THEN RAISE 'does not wait'; END IF;
				EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE NOT granted);
				PERFORM pg_sleep(0.01);
			END LOOP;
		END\$\$;
		COMMIT;
		SELECT kind FROM dblink_get_result('second') AS t (kind text);
		SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_attribute WHERE attrelid = 'own.twice_row'::regclass AND attname ~ '^view_'});

	return ($out =~ s/^.*\n(?=log$)//smr) . $err;
}
my $define = q{SELECT count(*) FROM churn_define_features('own.twice', 'own.profiles', families => '{count}')};
is(define_behind($define), "log\nview_28d view_7d view_count", 'made by the first, added to by the second');
is(define_behind('DROP TYPE own.twice_row CASCADE'), "log\nview_28d view_7d", 'dropped by the first, made by the second');
is(define_behind("DROP TYPE own.twice_row CASCADE; $define"), "log\nview_28d view_7d view_count", 'dropped and made by the first, added to by the second');
is(define_behind('ALTER TYPE own.twice_row RENAME TO thrice_row; ALTER FUNCTION own.twice RENAME TO thrice'), "log\nview_28d view_7d",
	'renamed by the first, made by the second');

# Who may not define it does not make others wait, and is told before profiles are read
my ($denied, undef, $denial) = $node->psql('origin', q{SET ROLE stranger; SELECT ext.churn_define_features('own.twice', 'nowhere')});
like($denial, qr/permission denied for schema own/, 'a stranger is refused first');

# An event of a log in LATIN1 is called in LATIN1
$node->safe_psql('postgres', q{CREATE DATABASE latin1 OWNER shop ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0});
$node->safe_psql('latin1', 'CREATE EXTENSION sparkify');
is(as_shop('latin1', q{
	SET client_encoding = 'UTF8';
	CREATE SCHEMA own;
	SET search_path = own, public;
	CREATE TABLE profiles AS SELECT churn_profile(timestamp '2024-01-01' + i * interval '1 day', e, NULL::int, i, 'l' || chr(233)) AS profile
	FROM unnest(ARRAY['achet' || chr(233), 'Gr' || chr(246) || chr(223) || 'e', 'plain', chr(171) || 'x' || chr(187)]) WITH ORDINALITY AS u (e, i);
	SELECT subject, columns FROM churn_define_features('f', 'profiles', families => '{count,level}') ORDER BY subject COLLATE "C";
	SELECT f.* FROM profiles AS p, f(p.profile, '2024-02-01') AS f;
	SELECT event FROM profiles, churn_events(profile) ORDER BY day LIMIT 1;
	SELECT churn_count(profile, 'achet' || chr(233)), churn_count(profile, 'achete') FROM profiles;}),
	"Gr\x{c3}\x{b6}\x{c3}\x{9f}e|{gr\x{c3}\x{b6}\x{c3}\x{9f}e_count}\nachet\x{c3}\x{a9}|{achet\x{c3}\x{a9}_count}\nl\x{c3}\x{a9}|{level_l\x{c3}\x{a9}_share}\n"
	. "plain|{plain_count}\n\x{c2}\x{ab}x\x{c2}\x{bb}|{x_count}\n|{level}\nl\x{c3}\x{a9}|1|1|1|1|1\nachet\x{c3}\x{a9}\n1|0", 'names in LATIN1');

# A standby has it all, and answers all that makes nothing
my $looks = q{
	SET search_path = own, ext;
	SELECT churn_label(profile, '2024-01-20', '14 days', 'cancel'), churn_inactive(profile, '2024-01-20', '7 days'), churn_count(profile, 'view') FROM profiles ORDER BY customer;
	SELECT * FROM churn_describe_log('events', 'customer', 'at', 'event', amount => 'price', level => 'plan');
	SELECT * FROM churn_observations('SELECT customer AS userid, at AS started_at, at + interval ''9 days'' AS ended_at FROM events', '2 days', log_end => '2024-02-20');
	SELECT as_of, n_train, n_train_positive, (metrics).auc FROM churn_backtest('profiles', '{2024-01-15, 2024-01-29, 2024-02-12}', '7 days', label => 'churn_inactive', features => 'features', id => 'customer')};
$node->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'copy', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
my @shop = (extra_params => [ '-U', 'shop' ]);
is($standby->safe_psql('origin', $rows, @shop), as_shop('origin', $rows), 'a standby makes the same rows');
is($standby->safe_psql('origin', $looks, @shop), as_shop('origin', $looks), 'and has the same labels, looks, observations and figures');
my (undef, undef, $refusal) = $standby->psql('origin', q{SELECT ext.churn_define_features('own.features', 'own.profiles')}, @shop);
like($refusal, qr/cannot execute churn_define_features\(\) during recovery/, 'it defines nothing');
$standby->stop;

# Nothing is left without the extension
my ($status, $out, $err) = $node->psql('origin', 'DROP EXTENSION sparkify');
like($err, qr/cannot drop extension sparkify because other objects depend on it/, 'the extension is needed');
like($err, qr/function own\.features\(ext\.churn_profile,date\) depends on/, 'by the function');

$node->stop;
done_testing();

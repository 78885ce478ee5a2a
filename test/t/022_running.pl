# docs/running.md as it stands: its SQL, scripts, crontab, roles and replicas; pg_cron,
# pgbouncer, psycopg with pandas, and dbt where they are installed.
use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);
use IPC::Run ();

# The document, as [what it is marked with, language, text]
my @blocks;
my $doc = slurp_file('docs/running.md');
push @blocks, [ $1 // '', $2, $3 ] while $doc =~ /(?:^<!-- ([\w ]+) -->\n)?^```(\w+)\n(.*?)^```$/gms;
my ($recipe) = slurp_file('docs/incremental.md') =~ /^## The recipe\n(.*?)^## /ms;

# The text of the only block of a language that has this in it
sub block
{
	my ($language, $pattern) = @_;
	my @found = grep { $_->[1] eq $language && $_->[2] =~ $pattern } @blocks;

	is(scalar @found, 1, "docs/running.md has one block of $language with $pattern");
	return $found[0][2];
}

# The path of a program, or nothing
sub program
{
	my ($name) = @_;
	my ($path) = grep { -x } map { "$_/$name" } split(/:/, $ENV{PATH}), '/usr/sbin';

	return $path;
}

# Runs a command; its status, and all that it said
sub said
{
	my (@command) = @_;
	my $out = '';
	my $ok = IPC::Run::run(\@command, '<', \undef, '>&', \$out);

	return ($ok ? 'ok' : 'failed', $out);
}

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
chomp(my $libraries = `pg_config --pkglibdir`);
my $has_cron = -e "$libraries/pg_cron.so";
$primary->append_conf('postgresql.conf', block('conf', qr/max_training_memory/) . "wal_keep_size = 1GB\n");
$primary->append_conf('postgresql.conf', block('conf', qr/pg_cron/) . "max_worker_processes = 16\n") if $has_cron;
$primary->start;
$primary->safe_psql('postgres', 'CREATE DATABASE app');
my $dir = PostgreSQL::Test::Utils::tempdir;

# Everywhere below psql and others find the database as their user's would, in New York
$ENV{PGHOST} = $primary->host;
$ENV{PGPORT} = $primary->port;
$ENV{PGDATABASE} = 'app';
$ENV{PGTZ} = 'America/New_York';

sub sql
{
	my ($query, $role, $node) = @_;

	return ($node // $primary)->safe_psql('app', (defined $role ? "SET ROLE $role;\n" : '') . $query);
}

sub refused
{
	my ($query, $role, $pattern, $name) = @_;
	my ($status, $out, $err) = $primary->psql('app', "SET ROLE $role;\n$query");

	like($err, $pattern, $name);
}

# ---- The SQL, block by block

sql(q{
	CREATE EXTENSION sparkify;
	CREATE TABLE events OF churn_event;
	INSERT INTO events SELECT * FROM churn_simulate_events(300)});
sql($_) foreach grep { !/^CALL/ } $recipe =~ /^```sql\n(.*?)^```$/gms;

my $n = 0;
foreach my $block (grep { $_->[1] eq 'sql' } @blocks)
{
	my ($mark, undef, $text) = @$block;
	my $file = "$dir/block" . ++$n . '.sql';

	next if $mark eq 'needs pg_cron' && !$has_cron;
	append_to_file($file, ($mark =~ /^as (\w+)$/ ? "SET ROLE $1;\n" : '') . $text);
	my ($status, $out) = said('psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-f', $file);
	is($status, 'ok', "block $n runs") or diag($out);
	unlike($out, qr/ERROR|WARNING/, "block $n runs without complaint");
}
cmp_ok($n, '>', 15, 'there were blocks of SQL');

is(sql('SELECT count(*), max(day) FROM merged_days'), '63|2018-12-02', 'the days are in');
is(sql(q{
	SELECT count(*) > 200, count(*) FILTER (WHERE sparkify_profile_send(profile) <> sparkify_profile_send(whole)) FROM (
		SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS whole
		FROM events WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid) AS w FULL JOIN user_profiles USING (userid)}),
	't|0', 'and the profiles are those of the whole log');
is(sql(q{SELECT string_agg(as_of || ' ' || version, ', ' ORDER BY as_of) FROM churn_history('daily')}),
	'2018-11-19 1, 2018-11-20 1, 2018-12-03 1', 'the nights are recorded');
is(sql('SELECT count(*), bool_and(users > 200 AND churned > 5 AND auc > 0.5) FROM judged_nights'), '1|t',
	'the first of them can be judged');
is(sql('SELECT count(*), bool_and(challenger_auc > 0.5) FROM challenges'), '1|t', 'the model was challenged');
is(sql(q{SELECT count(*), count(*) FILTER (WHERE feature = '(score)' AND psi IS NOT NULL) FROM drift}), '111|3',
	'drift is kept, with that of the score');
is(sql('SELECT hours_behind > 24, scored FROM churn_health'), 't|t', 'the log has ended');
is(sql(q{SELECT count(*) > 200, count(*) FILTER (WHERE risk = score) = count(*) FROM users_at_risk JOIN churn_scores ON id = userid AND as_of = '2018-12-03'}),
	't|t', 'the materialized view says what was recorded');
is(sql(q{SELECT string_agg(name, ' ' ORDER BY name), bool_and(data_uri(svg) ~ '^data:image/svg\+xml;base64,PHN2ZyB[A-Za-z0-9+/]+=*$') FROM pictures}),
	'importance lift retention|t', 'pictures are addresses of one line');
is(sql('SHOW sparkify.max_training_memory'), '4GB', 'settings are known from the start');
is(sql(q{CALL run_night('2018-12-02'); SELECT count(*) FROM churn_scores WHERE as_of = '2018-12-03'}),
	sql('SELECT count(*) FROM users_now'), 'a night runs twice');

# ---- pg_cron: its jobs, but every minute and for a day of this log; they are looked at below

if ($has_cron)
{
	is(sql('SELECT jobname, schedule, command FROM cron.job ORDER BY jobid'),
		"churn: night|10 1 * * *|CALL run_night()\nchurn: retrain|40 2 1 * *|CALL retrain()", 'jobs are scheduled');
	sql(q{
		DELETE FROM churn_scores WHERE as_of = '2018-12-03';
		SELECT cron.alter_job(jobid, schedule => '* * * * *', command => replace(command, 'night()', 'night(''2018-12-02'')')) FROM cron.job;
		SELECT cron.schedule('too early', '* * * * *', 'CALL run_night()')});
}

# ---- cron

my $script = block('sh', qr/^#!/);
$script =~ s{/path/to/}{$dir/}g;
append_to_file("$dir/churn-night", $script);
my ($status, $out) = said('sh', "$dir/churn-night");
is($status, 'failed', 'the script ends when the log has not come');
like($out, qr/ERROR:  there are no events of 2018-12-03\nHINT:  Has the log been loaded\?/, 'and says so');
ok(!-e "$dir/report.html", 'before it writes a report');

ok($script =~ s/run_night\(\)/run_night('2018-12-02')/, 'the script for this log');
append_to_file("$dir/churn-night-then", $script);
($status, $out) = said('sh', "$dir/churn-night-then");
is("$status $out", 'ok ', 'the script runs without a word');
like(slurp_file("$dir/report.html"), qr{\A<!DOCTYPE html>.*</html>\s*\z}s, 'and leaves a report');

my @lines = grep { !/^\w+=/ } split /\n/, block('cron', qr/./);
is(scalar @lines, 2, 'the crontab has two jobs');
foreach my $line (@lines)
{
	like($line, qr/^\d+ \d+ (?:\*|1) \* \*  postgres  \S/, 'at an hour, as a user');
	unlike($line, qr/%/, 'without a sign that cron takes for an end of line');
	(my $command = $line) =~ s/^(?:\S+ +){6}//;
	$command =~ s{^/path/to/churn-night$}{sh $dir/churn-night-then};
	is(join(' ', said('sh', '-c', $command)), 'ok ', "cron can run: $command");
}

# ---- Who may do what

sql(q{
	CREATE ROLE ann IN ROLE churn_reader;
	CREATE ROLE bob IN ROLE churn_analyst;
	CREATE ROLE carl IN ROLE churn_deployer;
	INSERT INTO accounts SELECT userid, 'ann' FROM users_at_risk ORDER BY risk DESC LIMIT 3});
is(sql(q{SELECT count(*) FROM churn_scores WHERE as_of = '2018-12-03'}, 'ann'), '3', 'a reader sees the scores of her own users');
is(sql('SELECT users FROM churn_history(\'daily\', 1)', 'ann'), '3', 'also in the history');
is(sql('SELECT count(*) FROM my_users_at_risk', 'ann'), '3', 'and in the view');
refused("SELECT * FROM $_ LIMIT 1", 'ann', qr/permission denied for (?:table|view|materialized view) $_/, "but nothing of $_")
	foreach qw(user_profiles users_now churn_models users_at_risk events);
refused(q{SELECT churn_active('daily')}, 'ann', qr/permission denied for table churn_models/, 'nor the model');

is(sql(q{SELECT count(*) FROM churn_scores WHERE as_of = '2018-12-03'}, 'bob'), sql('SELECT count(*) FROM users_now'), 'an analyst sees all scores');
is(sql(q{SELECT n_rows > 500 FROM churn_train('snapshots', id => 'userid', "time" => 'as_of')}, 'bob'), 't', 'and trains');
is(sql(q{SELECT count(*) > 200 FROM churn_score(churn_active('daily'), 'users_now')}, 'bob'), 't', 'and scores');
refused(q{SELECT churn_deploy('daily', churn_active('daily'))}, 'bob', qr/permission denied for table churn_models/, 'but deploys nothing');
refused(q{SELECT churn_record('daily', 'users_now')}, 'bob', qr/permission denied for table churn_scores/, 'and records nothing');
refused('SELECT count(*) FROM events', 'bob', qr/permission denied for table events/, 'nor does he see the log');

my $version = sql(q{SELECT churn_deploy('daily', churn_active('daily'))}, 'carl');
is(sql(q{SELECT churn_rollback('daily')}, 'carl'), $version - 1, 'a deployer deploys and goes back');
is(sql(q{CALL retrain(); SELECT count(*) > 1 FROM churn_models}, 'carl'), 't', 'and retrains');
is(sql(q{CALL run_night('2018-12-02'); SELECT count(*) FROM churn_scores WHERE as_of = '2018-12-03'}, 'carl'),
	sql('SELECT count(*) FROM users_now'), 'and runs the night');
is(sql('SELECT count(*) FROM churn_models', 'dashboard') =~ /^\d+$/, 1, 'a dashboard counts models');
refused('SELECT model FROM churn_models', 'dashboard', qr/permission denied for table churn_models/, 'but has none');

# On profiles policies hold for training as well, and for views that read as who asks
sql(q{
	CREATE VIEW own_rows AS SELECT p.userid, f.* FROM user_profiles AS p, churn_features(p.profile, '2018-12-03') AS f;
	GRANT SELECT ON own_rows, accounts TO bob;
	ALTER TABLE user_profiles ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON user_profiles FOR SELECT TO bob USING (userid IN (SELECT userid FROM accounts))});
my $query = q{SELECT count(*) FROM churn_score((SELECT churn_active('daily')),
	'SELECT p.userid, f.* FROM user_profiles AS p, churn_features(p.profile, ''2018-12-03'') AS f')};
is(sql($query, 'bob'), '3', 'profiles of his users are scored');
cmp_ok(sql('SELECT count(*) FROM own_rows', 'bob'), '>', 3, 'a view reads as its owner');
SKIP: {
	skip 'views read as their owner before PostgreSQL 15', 1 if $primary->pg_version < 15;
	sql('ALTER VIEW own_rows SET (security_invoker = true)');
	is(sql('SELECT count(*) FROM own_rows', 'bob'), '3', 'unless told otherwise');
}
sql('DROP VIEW own_rows; DROP POLICY own ON user_profiles; ALTER TABLE user_profiles DISABLE ROW LEVEL SECURITY; REVOKE SELECT ON accounts FROM bob');

# ---- Materialized views and privileges in a dump; pg_cron allows only one database to have it

my $content = q{
	SELECT userid, risk::text FROM users_at_risk
	UNION ALL SELECT relname, array_to_string(relacl, ' ') FROM pg_class WHERE relname IN ('churn_scores', 'churn_models', 'my_users_at_risk')
	UNION ALL SELECT name, md5(svg) FROM pictures ORDER BY 1, 2};
$primary->safe_psql('postgres', 'CREATE DATABASE restored');
command_ok([ 'pg_dump', '-Fc', '-f', "$dir/dump", 'app' ], 'pg_dump');
append_to_file("$dir/list", join('', grep { !/cron/ } `pg_restore -l $dir/dump`));
command_ok([ 'pg_restore', '-e', '-L', "$dir/list", '-d', 'restored', "$dir/dump" ], 'pg_restore');
is($primary->safe_psql('restored', $content), sql($content), 'materialized views and privileges are restored');

# ---- Replicas

$primary->backup('backup');
my $replica = PostgreSQL::Test::Cluster->new('replica');
$replica->init_from_backup($primary, 'backup', has_streaming => 1);
$replica->start;
$primary->wait_for_catchup('replica', 'replay', $primary->lsn('insert'));
my $scores = q{SELECT md5(string_agg(churn_predict(churn_active('daily'), u)::text, ' ' ORDER BY userid)) FROM users_now AS u};
is(sql($scores, undef, $replica), sql($scores), 'a replica scores');

my $travel = block('sh', qr/-h replica/);
foreach my $node ($replica, $primary)
{
	my ($name, $address) = ($node->name, '-h ' . $node->host . ' -p ' . $node->port);
	ok($travel =~ s/-h $name /$address /, "the script names the $name");
}
my $before = sql(q{SELECT max(version) FROM churn_models});
is((said('sh', '-c', $travel))[0], 'ok', 'a model is trained on the replica');
is(sql(q{SELECT version, note FROM churn_models WHERE active}), $before + 1 . '|trained on a replica', 'and deployed on the primary');
$primary->wait_for_catchup('replica', 'replay', $primary->lsn('insert'));
is(sql($scores, undef, $replica), sql($scores), 'which the replica follows');
$replica->stop;

# ---- pgbouncer

my $pooler;
END { kill 'INT', $pooler if $pooler } # also when the test dies
SKIP: {
	my $pgbouncer = program('pgbouncer') or skip 'pgbouncer is not installed', 7;
	my $place = PostgreSQL::Test::Utils::tempdir_short;
	my $ini = block('ini', qr/pool_mode = transaction/);
	my $user = sql('SELECT current_user');

	$ini =~ s/host=127\.0\.0\.1 port=5432/'host=' . $primary->host . ' port=' . $primary->port/e;
	$ini =~ s/^listen_addr = .*$/unix_socket_dir = $place\nlogfile = $place\/log\npidfile = $place\/pid\ndefault_pool_size = 1/m;
	$ini =~ s/^auth_type = .*$/auth_type = trust/m;
	$ini =~ s{^auth_file = .*$}{auth_file = $place/users}m;
	append_to_file("$place/users", qq{"$user" ""\n});
	append_to_file("$place/ini", $ini);
	command_ok([ $pgbouncer, '-q', '-d', "$place/ini" ], 'pgbouncer starts');
	# the daemon goes on by itself: it writes its pid, and listens, some time later
	foreach (1 .. 10 * $PostgreSQL::Test::Utils::timeout_default)
	{
		last if -s "$place/pid" && -S "$place/.s.PGSQL.6432";
		usleep(100_000);
	}
	($pooler) = slurp_file("$place/pid") =~ /(\d+)/;

	# two clients, one connection of the pool
	my @clients = map { { in => '', out => '' } } 1, 2;
	my $timer = IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default);
	$_->{psql} = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', $place, '-p', 6432 ],
		'<', \$_->{in}, '>', \$_->{out}, '2>&1', $timer) foreach @clients;
	my $ask = sub {
		my ($client, $query) = @_;
		$client->{out} = '';
		$client->{in} = "$query;\n\\echo done\n";
		$client->{psql}->pump until $client->{out} =~ s/^done\n\z//m;
		return $client->{out};
	};
	my ($one, $other) = @clients;
	my $pooled = $ask->($one, $scores);
	is($pooled, sql($scores) . "\n", 'scores are the same');
	is($ask->($other, 'SELECT pg_backend_pid()'), $ask->($one, 'SELECT pg_backend_pid()'), 'both have the same connection');
	$ask->($other, q{SELECT churn_rollback('daily')});
	isnt($ask->($one, $scores), $pooled, 'one client follows what another has deployed');
	is($ask->($one, $scores), sql($scores) . "\n", 'to the bit');
	is($ask->($one, q{CALL run_night('2018-12-02')}), '', 'a night runs, and commits in between');
	$ask->($one, q{SET sparkify.training_memory = '100MB'});
	is($ask->($other, 'SHOW sparkify.training_memory'), "100MB\n", 'a setting meets somebody else');
	$_->{in} .= "\\q\n" foreach @clients;
	$_->{psql}->finish foreach @clients;
}

# ---- psycopg and pandas

my @python = map { $_->[2] } grep { $_->[1] eq 'python' && $_->[2] !~ /superset/ } @blocks;
my $python = program('python3');
sub has_module
{
	return $python && (said($python, '-c', join('; ', map { "import $_" } @_)))[0] eq 'ok';
}
SKIP: {
	skip 'python3 has no psycopg, or no pandas', 1 unless has_module('psycopg', 'pandas');
	splice @python, 1, 1 unless has_module('IPython'); # what a notebook shows
	($status, $out) = said($python, '-c', join("\n", @python));
	is($status, 'ok', 'psycopg 3' . (@python < 3 ? ' (without IPython)' : '')) or diag($out);
	like($out, qr/level_paid.*^0 .*^1 /ms, 'which shows scores');
}
SKIP: {
	skip 'python3 has no psycopg2, or no pandas', 1 unless has_module('psycopg2', 'pandas');
	(my $first = $python[0]) =~ s/^import psycopg$/import psycopg2 as psycopg/m;
	like((said($python, '-c', $first))[1], qr/level_paid.*^0 .*^1 /ms, 'psycopg2');
}

# ---- What Superset must let through is all that pictures are made of

my $allowed = block('python', qr/superset/);
my %missing;
my %called = (class => 'className');
foreach my $svg (map { slurp_file($_) } glob 'docs/pictures/*.svg')
{
	foreach my $element ($svg =~ /<(\w[^<>]*)>/g)
	{
		my ($name, @attributes) = $element =~ /^(\w+)|\s([\w-]+)="/g;
		@attributes = grep { defined && !/^(?:data-.*|xmlns|aria-.*)$/ } $element =~ /\s([\w-]+)="/g;
		$missing{$name} = 1 if $allowed !~ /tagNames.*"$name"/;
		foreach my $attribute (@attributes)
		{
			(my $property = $called{$attribute} // $attribute) =~ s/-(\w)/\U$1/g;
			$missing{$attribute} = 1 if $allowed !~ /attributes.*"$property"/s;
		}
	}
}
is(join(' ', sort keys %missing), '', 'Superset lets all through that pictures are made of');

# ---- dbt

SKIP: {
	my $dbt = program('dbt') or skip 'dbt is not installed', 1;
	my $commands = block('sh', qr/^dbt /m);
	my $project = "$dir/project";

	$primary->safe_psql('postgres', 'CREATE DATABASE dbt');
	$primary->safe_psql('dbt', q{
		CREATE EXTENSION sparkify;
		CREATE TABLE events OF churn_event;
		INSERT INTO events SELECT * FROM churn_simulate_events(100)});
	local $ENV{HOME} = $dir;
	system_or_bail('mkdir', '-p', "$project/docs");
	system_or_bail('cp', '-r', 'docs/dbt', "$project/docs/dbt");
	ok($commands =~ s/PGDATABASE=app/PGDATABASE=dbt/, 'the commands for a database of its own');
	my $run = sub {
		my ($log_end, $text) = @_;
		$text =~ s/(--project-dir \S+)/$1 --no-use-colors --vars '{log_end: $log_end}'/g;
		return said('sh', '-c', "set -e\ncd $project\n$text");
	};
	my ($setup, $build) = ($commands =~ /^(export .*\n)/, 'dbt build --project-dir docs/dbt');

	($status, $out) = $run->('2018-11-26', $commands);
	is($status, 'ok', 'dbt makes profiles, trains and scores') or diag($out);
	like($out, qr/in use is version 1\b/, 'the first model is deployed');
	like($primary->safe_psql('dbt', 'SELECT source FROM churn_models'), qr/as_of <= '2018-10-15'$/, 'which says what it has learnt');
	like($out, qr/PASS=1\d WARN=\d ERROR=0 SKIP=0/, 'and all tests pass');

	($status, $out) = $run->('2018-12-03', "$setup$build");
	is($status, 'ok', 'the next run') or diag($out);
	is($primary->safe_psql('dbt', q{
		SELECT count(*) > 80, count(*) FILTER (WHERE sparkify_profile_send(profile) <> sparkify_profile_send(whole)) FROM (
			SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS whole
			FROM events WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid) AS w FULL JOIN churn.user_profiles USING (userid)}),
		't|0', 'has merged what is new');
	is($primary->safe_psql('dbt', q{SELECT string_agg(DISTINCT as_of::text, ' ' ORDER BY as_of::text), bool_and(score BETWEEN 0 AND 1) FROM churn.scores}),
		'2018-11-26 2018-12-03|t', 'and has scores of both days');

	$primary->safe_psql('dbt', q{
		UPDATE churn.user_profiles SET profile = churn_profile_merge(profile, profile)});
	($status, $out) = $run->('2018-12-03', "$setup dbt test --project-dir docs/dbt --select profiles_are_whole");
	is($status, 'failed', 'what was merged twice is found');
	like($out, qr/FAIL \d+ profiles_are_whole/, 'by its test');
}

# ---- What pg_cron has done meanwhile

SKIP: {
	skip 'pg_cron is not installed', 1 unless $has_cron;
	ok($primary->poll_query_until('app', q{
		SELECT count(DISTINCT jobid) = 3 FROM cron.job_run_details WHERE status IN ('succeeded', 'failed')}), 'pg_cron runs its jobs');
	is(sql(q{SELECT DISTINCT jobname, status, split_part(return_message, E'\n', 1)
		FROM cron.job_run_details JOIN cron.job USING (jobid) WHERE status IN ('succeeded', 'failed') ORDER BY 1}),
		"churn: night|succeeded|CALL\nchurn: retrain|succeeded|CALL\ntoo early|failed|ERROR: there are no events of 2018-12-03",
		'what becomes of them is told');
}

$primary->stop;
done_testing();

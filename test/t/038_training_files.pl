# Rows that memory does not hold lie in temporary files while a model is trained: where the
# server wants them, no longer than the training, however that ends.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "log_temp_files = 0\nmax_parallel_workers_per_gather = 0");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION sparkify;
	CREATE TABLE snapshots AS
	SELECT i AS userid, (i * 7919) % 1000 + (i * 31) % 400 > 900 AS churned, (i * 7919) % 1000 AS songs, (i * 31) % 400 AS adverts, i % 17 AS friends
	FROM generate_series(1, 400000::bigint) AS i});

sub files
{
	my ($dir) = @_;

	return scalar grep { -f } map { glob("$_/*") } $dir, glob("$dir/pgsql_tmp*"), glob("$dir/*/pgsql_tmp*");
}

my $base = $node->data_dir . '/base/pgsql_tmp';
my $train = q{SELECT churn_fingerprint(model) FROM churn_train('snapshots', options => '{"trees": 3, "max_depth": 5}')};
my $small = "SET sparkify.training_memory = '26MB'; SET max_parallel_maintenance_workers = 0;";
my $fingerprint = $node->safe_psql('postgres', $train);

# ---- As the server wants them ----

my ($out, $err);
is($node->psql('postgres', "$small $train", stdout => \$out, stderr => \$err), 0, 'rows beyond the memory are trained on');
like($err, qr/400000 rows of 3 features are trained on from a temporary file of \d+ MB/, '  from a file, as is told');
is($out, $fingerprint, '  and the model is the same');
is(files($base), 0, '  no file is left');
like(slurp_file($node->logfile), qr/temporary file: path "base\/pgsql_tmp[^"]*", size \d{7,}/, '  the server has logged it as one of its own');

isnt($node->psql('postgres', "$small SET temp_file_limit = '2MB'; $train", stderr => \$err), 0, 'temp_file_limit bounds it');
like($err, qr/temporary file size exceeds temp_file_limit/, '  with the error of the server');
is(files($base), 0, '  no file is left');

my $space = PostgreSQL::Test::Utils::tempdir();
$node->safe_psql('postgres', "CREATE TABLESPACE scratch LOCATION '$space'");
my $before = -s $node->logfile;
$node->safe_psql('postgres', "$small SET temp_tablespaces = 'scratch'; $train");
like(substr(slurp_file($node->logfile), $before), qr/temporary file: path "pg_tblspc\//, 'it lies in temp_tablespaces');
is(files($space), 0, '  where no file is left');

# ---- However it ends ----

# a session that trains for long, from a file
sub begin_training
{
	my $h = IPC::Run::start(['psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', "SET application_name = 'trainer'; $small",
			'-c', $train =~ s/"trees": 3/"trees": 2000/r], '<', \undef, '>', \my $stdout, '2>', \my $stderr);

	foreach (1 .. 600)
	{
		last if files($base) > 0;
		sleep 0.05;
	}
	return ($h, \$stderr);
}

foreach my $how ('cancel', 'terminate')
{
	my ($h, $stderr) = begin_training();
	cmp_ok(files($base), '>', 0, 'a training has a file');
	is($node->safe_psql('postgres', "SELECT pg_${how}_backend(pid) FROM pg_stat_activity WHERE application_name = 'trainer'"), 't', "  $how ends it");
	$h->finish;
	like($$stderr, qr/canceling|terminating/, '  with its error');
	foreach (1 .. 100)
	{
		last if files($base) == 0;
		sleep 0.05;
	}
	is(files($base), 0, '  and no file is left');
}

# an error while rows are read, behind a savepoint; the session trains on
$node->safe_psql('postgres', "CREATE FUNCTION fails_late(n bigint) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN 1 / (399999 - n); END'");
my $session;
$node->psql('postgres', "$small SET client_min_messages = error; BEGIN; SAVEPOINT s;
	SELECT count(*) FROM churn_train('SELECT *, fails_late(userid) AS late FROM snapshots');
	ROLLBACK TO s;
	SELECT count(*) FROM pg_ls_tmpdir();
	$train; COMMIT", stdout => \$session, on_error_stop => 0);
is($session, "0\n$fingerprint", 'after an error behind a savepoint no file is left, and the next training is right');

# the rows of a cursor's query are gone with it
is($node->safe_psql('postgres', "$small SET client_min_messages = error; BEGIN;
	DECLARE c CURSOR FOR SELECT churn_fingerprint(churn_forest_agg(churned, (songs, adverts, friends)::three, '{\"trees\": 3, \"max_depth\": 5}', userid)) FROM snapshots;
	FETCH c; CLOSE c; SELECT count(*) FROM pg_ls_tmpdir(); COMMIT" =~ s/BEGIN;/CREATE TYPE three AS (songs bigint, adverts bigint, friends bigint); BEGIN;/r),
	"$fingerprint\n0", 'an aggregate in a cursor gives the same, and leaves none');

done_testing();

# Training where /dev/shm is small, as it is in containers: without workers, or
# with those of the first trees, and the same models.
#
# A server in a mount namespace of its own, with a /dev/shm of 8 MB.  Who makes
# the namespace is root in it, which PostgreSQL refuses to be; so there is
# another one inside, of an ordinary user.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @namespace = ('unshare', '--user', '--map-root-user', '--mount', 'sh', '-c',
	'mount -t tmpfs -o size=8m tmpfs /dev/shm && exec unshare --user --map-user=1000 --map-group=1000 "$@"', 'sh');
plan skip_all => 'no namespaces for an ordinary user here'
	unless $^O eq 'linux' && system("@{[map { quotemeta } @namespace]} true >/dev/null 2>&1") == 0;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', q{
	fsync = off
	dynamic_shared_memory_type = posix
	max_worker_processes = 8
	max_parallel_workers = 8
	max_parallel_workers_per_gather = 0
	max_parallel_maintenance_workers = 2
});
system_or_bail(@namespace, 'pg_ctl', '--silent', '--wait', '-D', $node->data_dir, '-l', $node->logfile, 'start');
END { system('pg_ctl', '--silent', '-m', 'immediate', '-D', $node->data_dir, 'stop') if $node; }

# The model's fingerprint, and what the session was told
sub train
{
	my ($workers, $source, $options) = @_;
	my ($status, $print, $told) = $node->psql('postgres', "SET max_parallel_maintenance_workers = $workers;
		SELECT churn_fingerprint(model) FROM churn_train('SELECT * FROM training WHERE userid <= $source', $options)");

	is($status, 0, "training of $source rows with $options ends well");
	return ($print, $told);
}

# The same model with and without workers, and such a warning
sub same_model
{
	my ($name, $warning, @what) = @_;
	my ($expected, $nothing) = train(0, @what);
	my ($print, $told) = train(2, @what);

	is($print, $expected, "$name: the same model");
	is($nothing, '', "$name: nothing to say without workers");
	like($told, $warning, "$name: what is told");
}

$node->psql('postgres', q{
	CREATE EXTENSION sparkify;
	CREATE TABLE training AS
		SELECT i AS userid, hashint4(i) % 3 = 0 AS churned,
			   (i * 7919::bigint) % 1000 AS songs, (i * 31) % 400 AS adverts, (i * 17) % 365 AS tenure
		FROM generate_series(1, 1000000) i});
my $too_small = qr/WARNING:  not enough shared memory to train in parallel\nDETAIL:  Training takes at least \d+ MB of it\.\nHINT:  Make \/dev\/shm larger/;

same_model('room for all', qr/^$/, 20000, q{options => '{"max_depth": 5, "trees": 20}'});
same_model('no room for the rows', $too_small, 1000000, q{options => '{"max_depth": 5, "trees": 3}'});
same_model('no room for later trees', $too_small, 20000, q{options => '{"trees": 200, "min_leaf": 5}'});
same_model('boosting, room for all', qr/^$/, 20000, q{'churned', 'gradient_boosting', '{"trees": 200, "max_depth": 2}'});
same_model('boosting, no room', $too_small, 1000000, q{'churned', 'gradient_boosting', '{"trees": 5}'});

done_testing();

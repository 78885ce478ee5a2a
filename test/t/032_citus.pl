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

diag $coordinator->safe_psql('postgres', 'SELECT * FROM pg_dist_node');
ok(1, 'cluster');
done_testing();

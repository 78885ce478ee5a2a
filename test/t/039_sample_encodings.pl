# Who is in a sample goes by the text of an id in UTF-8, whatever the encoding of the database.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
my %sampled;
for my $encoding ('UTF8', 'LATIN1', 'SQL_ASCII')
{
	my $name = lc($encoding);
	my $bytes = $encoding eq 'LATIN1' ? '\xe9' : '\xc3\xa9';

	$node->safe_psql('postgres', "CREATE DATABASE $name ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
	$node->safe_psql("$name", 'CREATE EXTENSION sparkify');
	$sampled{$encoding} = $node->safe_psql("$name",
		"SELECT string_agg(n::text, ' ' ORDER BY n) FROM generate_series(1, 40) AS n WHERE churn_sampled('Ren' || E'$bytes' || n, 0.3)");
}
like($sampled{UTF8}, qr/^\d+( \d+)+$/, 'some are in a sample');
is($sampled{LATIN1}, $sampled{UTF8}, '  the same in LATIN1');
is($sampled{SQL_ASCII}, $sampled{UTF8}, '  and in SQL_ASCII, where the bytes are those of UTF-8');

# SQL_ASCII keeps what is no UTF-8: these are bytes of an id like any others
is($node->safe_psql('sql_ascii', q{SELECT count(*) > 200 AND count(*) < 400 FROM generate_series(1, 1000) AS n WHERE churn_sampled(n || E'\xe9', 0.3)}),
	't', 'ids that are no UTF-8 can be sampled');
is($node->safe_psql('sql_ascii', q{SELECT churn_sampled(E'Ren\xe9', 0.5) = churn_sampled(E'Ren\xe9'::text, 0.5)}), 't', '  as a literal as well');
is($node->safe_psql('sql_ascii', q{SET client_min_messages = warning;
	SELECT n_rows BETWEEN 200 AND 400 FROM churn_train('SELECT n || E''\xe9'' AS userid, n % 7 AS songs, n % 3 = 0 AS churned FROM generate_series(1, 1000) AS n',
		options => '{"trees": 1, "sample": 0.3}')}), 't', '  and trained on');

done_testing();

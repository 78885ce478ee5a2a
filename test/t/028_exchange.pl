# Models go to other programs and come from them, and score there as here.  What is not
# installed (python3, its libraries xgboost and lightgbm) is skipped, with a notice.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('exchange');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'");
$node->start;
my $dir = $node->data_dir;

plan skip_all => 'python3 is not installed' unless eval { run_log([ 'python3', '-c', '' ]) };

# All kinds of features, with missing values; half of the users are for training only
$node->safe_psql('postgres', q{
	CREATE EXTENSION sparkify;
	CREATE TABLE users AS
	SELECT i AS userid, (i * 7919) % 499 * 2 + (i * 31) % 400 + (i % 3) * 100 + (i * i * 17) % 611 > 1200 AS churned,
		(i * 7919) % 499 AS songs,
		CASE WHEN i % 11 > 0 THEN exp(((i * 31) % 400) / 37.0) - 3 END::float8 AS adverts,
		CASE WHEN i % 7 > 0 THEN (i % 1001) / 1000.0 END::numeric AS share,
		CASE WHEN i % 5 > 0 THEN i % 2 = 0 END AS opened,
		DATE '2018-01-01' + (i * 37) % 300 AS joined,
		CASE WHEN i % 13 > 0 THEN timestamptz '2018-10-01 00:00:00.25+00' + i * interval '1234567.891 s' END AS seen,
		(ARRAY['free', 'paid', NULL, 'it''s "\x', E'\U0001F600 \u00E9\uFFFD', '', 'null', '''''''', 'z'])[1 + (i * i) % CASE WHEN i <= 1000 THEN 8 ELSE 9 END] AS level,
		CASE i % 4 WHEN 0 THEN 'north' WHEN 1 THEN 'south' WHEN 2 THEN 'west' END AS region
	FROM generate_series(1, 2000) i;
	CREATE TABLE trained (name text, model churn_model);
	CREATE VIEW training AS SELECT * FROM users WHERE userid <= 1000;
});

my %models = (
	random_forest => '{"trees": 20}',
	random_forest_platt => '{"trees": 10, "calibrate": "platt"}',
	decision_tree => '{"max_depth": 12, "calibrate": "isotonic"}',
	gradient_boosting => '{"trees": 50, "max_depth": 4}',
	logistic_regression => '{}',
	logistic_regression_log => '{"transform": "log"}',
	logistic_regression_power => '{"transform": "yeo_johnson"}',
	logistic_regression_plain => '{"transform": "none", "calibrate": "isotonic"}',
	naive_bayes => '{"transform": "none"}',
	naive_bayes_power => '{"transform": "yeo_johnson", "calibrate": "platt"}',
	naive_bayes_shares => '{"distribution": "multinomial"}');

# Writes what a query tells to a file, as users do with psql -Atc
sub to_file
{
	my ($file, $query) = @_;
	append_to_file("$dir/$file", $node->safe_psql('postgres', $query) . "\n");
}

to_file('rows.jsonl', 'SELECT row_to_json(u) FROM users u ORDER BY userid');

# The lines that a program of Python writes of these rows
our $rows = "$dir/rows.jsonl";
sub python
{
	my (@command) = @_;
	my ($out, $err);
	IPC::Run::run([ 'python3', @command ], '<', $rows, '>', \$out, '2>', \$err) or diag($err);
	return split /\n/, $out;
}

# How many of some numbers are another one's than those beside them, by more than this
sub far_apart
{
	my ($here, $there, $tolerance) = @_;
	return -1 unless @$here == @$there;
	return grep { abs($here->[$_] - $there->[$_]) > $tolerance } 0 .. $#$here;
}

# ---- Plain Python ----

for my $name (sort keys %models)
{
	(my $algorithm = $name) =~ s/_(platt|log|power|plain|shares)$//;
	$node->safe_psql('postgres', qq{
		INSERT INTO trained SELECT '$name', model FROM churn_train('training', algorithm => '$algorithm', options => '$models{$name}')});
}

# A blend of trees and terms, with a part of each kind
$node->safe_psql('postgres', q{
	INSERT INTO trained
	SELECT 'blend', jsonb_build_object('sparkify_model', 1, 'algorithm', 'blend', 'threshold', 0.4, 'facts', '{}'::jsonb,
		'options', '{"class_weight": "none", "seed": 42, "calibrate": "platt"}'::jsonb, 'calibration', '{"slope": 0.9, "intercept": -0.2}'::jsonb,
		'features', jsonb_agg(m)->0->'features', 'weights', '[0.25, 0.25, 0.125, 0.375]'::jsonb, 'parts', jsonb_agg(m ORDER BY name))::text::churn_model
	FROM (SELECT name, model::text::jsonb AS m FROM trained
		WHERE name IN ('gradient_boosting', 'logistic_regression_power', 'naive_bayes', 'random_forest')) AS p});

for my $name (sort(keys %models, 'blend'))
{
	to_file("$name.py", "SELECT churn_export(model, 'python') FROM trained WHERE name = '$name'");
	my @here = split /\n/, $node->safe_psql('postgres', qq{
		SET extra_float_digits = 1;
		SELECT churn_predict(model, u) FROM trained, users u WHERE name = '$name' ORDER BY userid});
	my @there = python("$dir/$name.py");

	is(scalar(@here), 2000, "$name scores");
	is(scalar(far_apart(\@here, \@there, 1e-12)), 0, "$name scores the same in Python");
	cmp_ok(scalar(keys %{ { map { $_ => 1 } @there } }), '>', 2, "$name scores differ");
	unlike(slurp_file("$dir/$name.py"), qr/[^\x00-\x7f]/, "$name is ASCII in Python");
}

# What is at risk, and what is refused
my $check = "$dir/check.py";
append_to_file($check, <<"PYTHON");
import sys
sys.path.insert(0, '$dir')
import datetime, decimal, json, random_forest as m
rows = [json.loads(line) for line in sys.stdin]
print(sum(m.at_risk(row) for row in rows))
row = rows[1]
same = dict(row, songs=decimal.Decimal(row['songs']), share=float(row['share']), opened=int(row['opened']), more=1,
            joined=datetime.date.fromisoformat(row['joined']), seen=datetime.datetime.fromisoformat(row['seen'][:-6] + '000+00:00').astimezone(
            datetime.timezone(datetime.timedelta(hours=5, minutes=45))))
print(m.predict(same) == m.predict(row))
print(m.predict(dict(row, level='unseen', adverts=float('nan'))) == m.predict(dict(row, level=None, adverts=None)))
del same['songs']
for bad in (same, dict(row, songs='1'), dict(row, level=1), dict(row, songs=float('inf')), dict(row, seen=datetime.datetime(2018, 1, 1)),
            dict(row, joined='2018-01-01 00:00:00Z'), dict(row, joined=1)):
    try:
        print(m.predict(bad))
    except (KeyError, TypeError, ValueError) as fault:
        print(type(fault).__name__, fault.args[0])
PYTHON
my @told = python($check);
is(shift @told, $node->safe_psql('postgres', q{SELECT count(*) FROM trained, users u WHERE name = 'random_forest' AND churn_at_risk(model, u)}),
	'as many are at risk in Python');
is(join("\n", @told), <<'TOLD' =~ s/\n\z//r, 'Python takes what it should, and refuses the rest by name');
True
True
KeyError feature "songs" is missing from the row
TypeError feature "songs" must be a number, not '1'
TypeError feature "level" must be a str, not 1
ValueError infinite value in feature "songs"
ValueError feature "seen" must be a datetime with a time zone, not datetime.datetime(2018, 1, 1, 0, 0)
ValueError feature "joined" must be a datetime without time zone, not datetime.datetime(2018, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
TypeError feature "joined" must be a datetime, not 1
TOLD

# ---- From libraries ----

# Runs a program of test/reference, which writes models and what they say of rows; false,
# with a notice, when what it needs is not there
sub reference
{
	my ($program, @libraries) = @_;
	my ($out, $err);
	foreach my $library (@libraries)
	{
		next if IPC::Run::run([ 'python3', '-c', "import $library" ], '<', \undef, '>', \$out, '2>', \$err);
		diag("models of other programs are not compared: python3 has no $library");
		return 0;
	}
	mkdir "$dir/$program";
	return ok(IPC::Run::run([ 'python3', "$ENV{TESTDIR}/test/reference/$program.py", "$dir/$program" ], '<', \undef, '>', \$out, '2>', \$err),
		"$program writes models") || diag($err);
}

# Imports a model, and holds its scores and explanations to those that stand beside its rows
sub compare
{
	my ($format, $path, $categories) = @_;
	my ($header) = slurp_file("$path.csv") =~ /^(.*)/;
	my @columns = split /,/, $header;
	my ($name) = $path =~ /(\w+)$/;
	my @features = map { /^why_(.*)/ ? $1 : () } @columns;
	my %types = (opened => 'boolean', map { $_ => 'text' } @$categories);
	my $types = join ', ', map { "$_ " . ($types{$_} // 'float8') } @columns;

	$node->safe_psql('postgres', qq{
		CREATE TABLE rows_$name ($types);
		COPY rows_$name FROM '$path.csv' (FORMAT csv, HEADER);
		CREATE TABLE model_$name AS SELECT churn_import(pg_read_file('$path.json'), '$format') AS model});
	is($node->safe_psql('postgres', qq{
		SELECT count(*) > 1000, max(abs(churn_predict(model, r) - 1 / (1 + exp(-margin)))) < 1e-6 FROM model_$name, rows_$name r}),
		't|t', "$name scores as in $format");
	my $why = join ' ', map { "WHEN '$_' THEN why_$_" } @features;
	is($node->safe_psql('postgres', qq{
		SELECT count(*) > 100, max(abs(margin - sum) / greatest(1, abs(margin))) < 1e-6, max(far) < 1e-5 FROM (
			SELECT margin, sum(contribution), max(abs(contribution - CASE feature $why END)) AS far
			FROM model_$name, (SELECT row_number() OVER () AS i, * FROM rows_$name) r, churn_explain(model, r)
			WHERE i % 23 = 0 GROUP BY i, margin) AS s}),
		't|t|t', "$name has its margins, and explains them");
	is($node->safe_psql('postgres', qq{SELECT (model::text::churn_model) = model, churn_info(model)->>'imported_from' FROM model_$name}),
		"t|$format", "$name is a model");
}

# It is refused to import a model, for this reason
sub refuse
{
	my ($format, $path, $reason) = @_;
	my (undef, undef, $err) = $node->psql('postgres', "SELECT churn_import(pg_read_file('$path.json'), '$format')");

	like($err, qr/^psql:<stdin>:1: ERROR:  this model of \w+ cannot be imported\nDETAIL:  $reason/, "$path is refused");
}

if (reference('import_lightgbm', 'lightgbm', 'pandas'))
{
	my $models = "$dir/import_lightgbm";

	compare('lightgbm', "$models/$_", ['plan']) foreach qw(gbdt deep dart goss slope no_missing stump wide zeros);
	compare('lightgbm', "$models/$_", ['code']) foreach qw(rf codes);
	refuse('lightgbm', "$models/zeros_apart", 'Tree \d+, node \d+: The split sends 0 elsewhere than the numbers around it\.\nHINT:  Train without zero_as_missing\.');
	refuse('lightgbm', "$models/classes", 'The model has more than one class\.');
	refuse('lightgbm', "$models/numbers", 'The objective is "regression"\.');
	refuse('lightgbm', "$models/linear", 'Tree 0, node \d+: The leaves of the model are linear\.');
}

# XGBoost adds up in single precision, so that its own digits are the last of seven
if (reference('import_xgboost', 'xgboost', 'pandas', 'sklearn'))
{
	my $models = "$dir/import_xgboost";

	compare('xgboost', "$models/$_", [ 'plan', 'code' ]) foreach qw(xgb xgb_deep xgb_dart xgb_near xgb_exact xgb_plain xgb_forest);
	compare('xgboost', "$models/xgb_codes", ['f0']);

	# more numbers than one model can hold
	foreach my $name (qw(xgb_bins xgb_wide))
	{
		compare('xgboost', "$models/$name", []);
		is($node->safe_psql('postgres', qq{SELECT churn_info(model)->>'algorithm' FROM model_$name}), 'blend', "$name has too many numbers for one model");
	}
	to_file('xgb_bins.py', q{SELECT churn_export(model, 'python') FROM model_xgb_bins});
	to_file('xgb_bins.jsonl', q{SELECT row_to_json(r) FROM rows_xgb_bins r ORDER BY r::text});
	{
		local $rows = "$dir/xgb_bins.jsonl";
		my @here = split /\n/, $node->safe_psql('postgres', 'SELECT churn_predict(model, r) FROM model_xgb_bins, rows_xgb_bins r ORDER BY r::text');
		my @there = python("$dir/xgb_bins.py");

		is(scalar(far_apart(\@here, \@there, 1e-12)), 0, 'it scores the same in Python');
	}
	refuse('xgboost', "$models/xgb_letters", 'A category has letters beyond ASCII, which XGBoost cuts off\.');
	refuse('xgboost', "$models/xgb_linear", 'The booster is not gbtree or dart\.');
	refuse('xgboost', "$models/xgb_numbers", 'The objective is "reg:squarederror"\.');
	refuse('xgboost', "$models/xgb_classes", 'The objective is "multi:softprob"\.');
	my (undef, undef, $err) = $node->psql('postgres', "SELECT churn_import(pg_read_file('$models/xgb_stopped.json'), 'xgboost') IS NULL");
	like($err, qr/NOTICE:  all rounds of the document are imported/, 'that another round was the best is told');

	# and back: what we have trained, without what XGBoost cannot have
	foreach my $algorithm (qw(gradient_boosting random_forest decision_tree))
	{
		$node->safe_psql('postgres', qq{
			CREATE TABLE plain_$algorithm AS SELECT model FROM churn_train('SELECT userid, churned, songs, adverts, share, opened, region FROM training',
				algorithm => '$algorithm', options => '{"max_depth": 7}', id => 'userid')});
		to_file("$algorithm.json", "SELECT churn_export(model, 'xgboost') FROM plain_$algorithm");
		my @here = split /\n/, $node->safe_psql('postgres', qq{
			SELECT sum(contribution) FROM plain_$algorithm, users u, churn_explain(model, u) GROUP BY userid ORDER BY userid});
		my @there = map { [ split / / ] } python("$ENV{TESTDIR}/test/reference/export_xgboost.py", "$dir/$algorithm.json");

		is(scalar(@here), 2000, "$algorithm explains");
		is(scalar(far_apart(\@here, [ map { $_->[2] } @there ], 1e-7)), 0, "$algorithm reaches the same leaves in XGBoost");
		is(scalar(far_apart(\@here, [ map { $_->[0] } @there ], 1e-5)), 0, "$algorithm scores the same in XGBoost");
		is(scalar(far_apart(\@here, [ map { $_->[1] } @there ], 1e-5)), 0, "$algorithm explains itself in XGBoost");
	}
}

done_testing();

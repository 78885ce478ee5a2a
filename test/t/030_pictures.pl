# Pictures as a browser shows them: nothing cut off or overlapping, nothing asked of
# anybody, light and dark, narrow and wide, in print. Screenshots are left in tmp_check.
use strict;
use warnings FATAL => 'all';
use utf8;

use File::Path qw(make_path);
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding', 'UTF8', '--locale', 'C' ]);
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION sparkify;
	CREATE TABLE log AS SELECT * FROM churn_simulate_events(300);
	CREATE TABLE profiles AS
	SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
	FROM log WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
	CREATE TABLE snapshots AS
	SELECT userid, d AS as_of, churned, f.*, p AS "<b>""&' שלום 😀", repeat('<script>x</script>', 10) || userid::int % 3 AS category
	FROM profiles, churn_dates('2018-10-15', '2018-11-12', '7 days') AS d,
		churn_label(profile, d, '14 days') AS churned, churn_features(profile, d) AS f, LATERAL (SELECT f.n_songs % 7 AS p) AS p
	WHERE churned IS NOT NULL;
	CREATE TABLE forest AS SELECT model FROM churn_train('snapshots', id => 'userid', "time" => 'as_of',
		options => '{"trees": 20, "importance": "permutation"}');
	CREATE TABLE boosting AS SELECT model FROM churn_train('snapshots', id => 'userid', "time" => 'as_of',
		algorithm => 'gradient_boosting', options => '{"trees": 20, "calibrate": "platt"}');
	CREATE TABLE scored AS
	SELECT churned, churn_predict(f.model, s) AS score, churn_predict(b.model, s) AS boosted, category
	FROM snapshots AS s, forest AS f, boosting AS b});

# Names that are not like names
my @nasty = ('<script>alert("x")</script>', q{quotes " ' and & more}, "😀👩\x{200D}👩\x{200D}👧 emoji 🇩🇪", 'שלום עולם', 'مرحبا بالعالم',
	'long ' x 40, 'W' x 200, '购买商品' x 20, "control \x01 \x1b[31m", "e\x{301}" x 60, '');
my $nasty = 'ARRAY[' . join(', ', map { my $n = $_; $n =~ s/'/''/g; "'$n'" } @nasty) . ']';
my $narrow_row = q{(SELECT s.* FROM snapshots AS s, forest ORDER BY churn_predict(model, s) DESC, userid LIMIT 1) AS s};

my @pictures = (
	[ importance => 'SELECT churn_plot_importance(model) FROM forest' ],
	[ permutation => q{SELECT churn_plot_importance(model, 'permutation', 40) FROM forest} ],
	[ reasons => "SELECT churn_plot_reasons(model, s) FROM forest, $narrow_row" ],
	[ reasons_odds => "SELECT churn_plot_reasons(model, s, 25) FROM boosting, $narrow_row" ],
	[ summary => q{SELECT churn_plot_summary(model, 'snapshots') FROM forest} ],
	[ dependence => q{SELECT churn_plot_dependence(array_agg(d), 'songs') FROM (
		SELECT (i * 1000)::text AS value, i * 1000 AS number, 1 / (1.0 + i) AS mean_score, 0.5 / (1 + i) AS q10, least(1, 1.5 / (1 + i)) AS q90, 7 AS n FROM generate_series(0, 9) AS i
		UNION ALL SELECT NULL, NULL, 0.3, 0.2, 0.4, 1) AS d} ],
	[ dependence_dates => q{SELECT churn_plot_dependence(array_agg(d)) FROM (
		SELECT '2024-01-01' AS value, 1704067200 + i * 2592000 AS number, 0.4 AS mean_score, NULL::float8 AS q10, NULL::float8 AS q90, 7 AS n FROM generate_series(0, 9) AS i) AS d} ],
	[ dependence_names => "SELECT churn_plot_dependence(array_agg(d), title => 'nasty') FROM (SELECT unnest($nasty) AS value, NULL::float8 AS number, 0.3 AS mean_score, 0.2 AS q10, 0.4 AS q90, 7 AS n) AS d" ],
	[ roc => 'SELECT churn_plot_roc(churn_roc(churned, score), churn_metrics(churned, score, 0.3)) FROM scored' ],
	[ roc_names => "SELECT churn_plot_roc(array_agg(p)) FROM (SELECT n AS name, x AS fpr, power(x, 1.0 / i) AS tpr
		FROM unnest(($nasty)[1:4]) WITH ORDINALITY AS n(n, i), generate_series(0, 1, 0.1) AS x) AS p" ],
	[ pr => 'SELECT churn_plot_pr(churn_pr(churned, score), churn_metrics(churned, score, 0.3)) FROM scored' ],
	[ lift => 'SELECT churn_plot_lift(churn_lift(churned, score)) FROM scored' ],
	[ gain => 'SELECT churn_plot_gain(churn_lift(churned, score)) FROM scored' ],
	[ calibration => 'SELECT churn_plot_calibration(churn_calibration(churned, score)) FROM scored' ],
	[ scores => 'SELECT churn_plot_scores(churn_calibration(churned, score, 20), 0.3) FROM scored' ],
	[ scores_right => 'SELECT churn_plot_scores(churn_calibration(churned, score, 20), 0.99) FROM (SELECT churned, 1 - score AS score FROM scored) AS s' ],
	[ confusion => 'SELECT churn_plot_confusion(churn_metrics(churned, score, 0.3)) FROM scored' ],
	[ compare => q{SELECT churn_plot_compare(array_agg(c)) FROM churn_compare('snapshots', id => 'userid', "time" => 'as_of',
		algorithms => '{decision_tree,logistic_regression,naive_bayes}') AS c} ],
	[ compare_names => "SELECT churn_plot_compare(array_agg(c)) FROM (SELECT n AS algorithm, 0.9 - i * 0.01 AS cv_mean, 0.02 AS cv_sd,
		-i * 0.01 AS difference, CASE WHEN i > 0 THEN 1.0 / (1 + i) END AS p_value FROM unnest($nasty) WITH ORDINALITY AS n(n, i)) AS c" ],
	[ backtest => q{SELECT churn_plot_backtest(array_agg(b)) FROM churn_backtest('snapshots', horizon => '14 days',
		algorithm => 'logistic_regression') AS b} ],
	[ survival => q{SELECT churn_plot_survival(churn_survival(days, churned)) FROM profiles, churn_time(profile, NULL, '2018-12-01')} ],
	[ survival_names => "SELECT churn_plot_survival(array_agg(p)) FROM (SELECT ($nasty)[1 + g] AS name, p.*
		FROM (SELECT userid::int % 4 AS g, churn_survival(days, churned) AS c FROM profiles, churn_time(profile, NULL, '2018-12-01') GROUP BY 1 ORDER BY 1) AS s, unnest(c) AS p) AS p" ],
	[ retention => q{SELECT churn_plot_retention(array_agg(r)) FROM (SELECT date '2018-10-01' + c * 7 AS cohort, a AS age, 1000 AS users,
		1000 - a * 90 AS active, 1 - a * 0.09 AS share FROM generate_series(0, 9) AS c, generate_series(0, 9 - c) AS a) AS r} ],
	[ retention_many => q{SELECT churn_plot_retention(array_agg(r), 'days') FROM (SELECT date '2018-10-01' + c AS cohort, a AS age, 123456 AS users,
		1000 AS active, 0.5 AS share FROM generate_series(0, 40) AS c, generate_series(0, 60 - c) AS a) AS r} ],
	[ retention_names => "SELECT churn_plot_retention(array_agg(r)) FROM (SELECT n AS cohort, a AS age, 7 AS users, 3 AS active, 3.0 / 7 AS share
		FROM unnest($nasty) AS n, generate_series(0, 3) AS a) AS r" ],
	[ features => q{SELECT churn_plot_features('snapshots')} ],
	[ timeline => q{SELECT churn_plot_timeline(array_agg(e), 'Cancellation Confirmation') FROM (
		SELECT churn_profile(ts, page) AS p FROM log WHERE userid = (SELECT min(userid) FROM log WHERE page = 'Cancel')) AS s, churn_events(p) AS e} ],
	[ timeline_names => "SELECT churn_plot_timeline(array_agg(e), top => 20, title => repeat('<b>title ', 30)) FROM (
		SELECT date '2024-01-01' + i::int * 40 AS day, n AS event, 1000 * i AS events FROM unnest($nasty) WITH ORDINALITY AS n(n, i)) AS e" ],
	# numbers that are hard to draw, and none
	[ dependence_huge => q{SELECT churn_plot_dependence(array_agg(d), '') FROM (SELECT i::text AS value, 1e308 * i AS number, 0 AS mean_score, NULL::float8 AS q10, NULL::float8 AS q90, 7 AS n FROM generate_series(-1, 1) AS i) AS d} ],
	[ dependence_tiny => q{SELECT churn_plot_dependence(array_agg(d), 'tiny') FROM (SELECT i::text AS value, 1e-300 * i AS number, i * 1e-9 AS mean_score, NULL::float8 AS q10, NULL::float8 AS q90, 7 AS n FROM generate_series(0, 9) AS i) AS d} ],
	[ dependence_crossed => q{SELECT churn_plot_dependence(array_agg(d), 'x') FROM (SELECT i::text AS value, i AS number, 0.3 + 0.2 * sin(i) AS mean_score, NULL::float8 AS q10, NULL::float8 AS q90, 7 AS n FROM generate_series(0, 9) AS i
		UNION ALL SELECT NULL, NULL, 0.1, NULL, NULL, 1) AS d} ],
	[ lift_at_one => 'SELECT churn_plot_lift(churn_lift(i % 7 = 0, (i * 31 % 100) / 100.0)) FROM generate_series(1, 1000) AS i' ],
	[ scores_at_zero => 'SELECT churn_plot_scores(churn_calibration(i % 2 = 0, (i % 2)::float8, 20), 0) FROM generate_series(1, 100000) AS i' ],
	[ confusion_all => 'SELECT churn_plot_confusion(churn_metrics(true, 0.9::float8)) FROM generate_series(1, 12345)' ],
	[ survival_at_once => 'SELECT churn_plot_survival(churn_survival(0::bigint, true))' ],
	[ features_hard => q{SELECT churn_plot_features('SELECT i % 2 = 0 AS churned, 1e300 AS a, 5e-324::float8 AS b, i * -1e12 AS c, CASE WHEN i % 2 = 0 THEN 1000 + i END AS d, repeat(''x'', 0) AS e FROM generate_series(1, 9) AS i')} ],
	[ timeline_huge => q{SELECT churn_plot_timeline(array_agg(e)) FROM (VALUES (date '2024-01-01', 'x', 1e300), ('2034-01-01', ' ', 1), ('0044-03-15 BC', 'y', 123456789)) AS e(day, event, events)} ],
	[ nothing => q{SELECT churn_plot_roc('{}'::churn_roc_point[])} ]);

my $dir = "$PostgreSQL::Test::Utils::tmp_check/pictures";
make_path($dir);
my %svg;
foreach my $picture (@pictures)
{
	my ($name, $sql) = @$picture;
	utf8::encode(my $bytes = $sql);
	$svg{$name} = $node->safe_psql('postgres', $bytes);
	append_to_file("$dir/$name.svg", $svg{$name});
}
my @names = map { $_->[0] } @pictures;

# What can be seen without a browser
is(join(' ', grep { $svg{$_} !~ m{\A<svg [^<>]*role="img"[^<>]*><title>[^<]*</title><desc>[^<]+</desc>} } @names), '', 'each has a title and says what it shows');
is(join(' ', grep { $svg{$_} =~ /[^\n\x20-\x7e]/ } @names), '', 'all is ASCII');
is(join(' ', grep { (my $s = $svg{$_}) =~ s{ xmlns="http://www.w3.org/2000/svg"}{}; $s =~ m{<script|<a |<image|<use|href|url\(|://| id="| on\w+="|\@import|\@font-face}i } @names), '',
	'there is no script, no link and no id');

# The page about a model, of users and segments with such names
utf8::encode(my $report_sql = "SELECT churn_report(model, 'named', by => 'kind', top => 11, title => repeat('<b>report ', 20)) FROM forest");
utf8::encode(my $named_sql = "CREATE TABLE named AS SELECT s.*, n || userid AS name_id, n AS kind FROM snapshots AS s, LATERAL (SELECT ($nasty)[1 + userid::int % 11] AS n) AS n;
	ALTER TABLE named DROP userid; ALTER TABLE named RENAME name_id TO userid");
$node->safe_psql('postgres', $named_sql);
my $report = $node->safe_psql('postgres', $report_sql);
is(scalar(() = $report =~ /<script/g), 1, 'the report has the one script that sorts its tables');
is(join(' ', $report =~ m{[^\n\x20-\x7e]|<b>|href|src=|\@import|url\(}g), '', 'and no other tags than its own');

my ($chromium) = grep { $_ && -x $_ } map { my $b = $_; map { "$_/$b" } split /:/, $ENV{PATH} } qw(chromium chromium-browser google-chrome);

# A script by which a page measures itself; it writes what it finds into an element
my $measure = <<"HTML";
<pre id="report" hidden></pre>
<script>
const found = [], note = (name, what) => found.push(name + ': ' + what);
document.body.style.width = (location.hash.slice(1) || '640') + 'px';
const number = s => s.match(/[\\d.]+/g).map(Number);
const light = c => { const l = number(c).slice(0, 3).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4)); return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2]; };
const contrast = (a, b) => { const [x, y] = [light(a), light(b)]; return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); };
let texts = 0, marks = 0;
for (const svg of document.querySelectorAll('svg.spk')) {
	const section = svg.parentElement, name = section.id || svg.dataset.picture, box = svg.getBoundingClientRect();
	const paper = getComputedStyle(svg.querySelector('.spk-paper')).fill;
	if (Math.abs(box.width - Math.min(672, section.clientWidth)) > 1) note(name, 'is ' + box.width + ' wide');
	const all = [...svg.querySelectorAll('text')].map(t => ({ t, r: t.getBoundingClientRect(), s: t.lastChild ? t.lastChild.textContent : '' })).filter(x => x.s !== '');
	for (const { t, r, s } of all) {
		texts++;
		if (r.left < box.left - 0.5 || r.right > box.right + 0.5 || r.top < box.top - 0.5 || r.bottom > box.bottom + 0.5) note(name, 'cut off: ' + s);
		if (!t.classList.contains('spk-on') && contrast(getComputedStyle(t).fill, paper) < 4.5) note(name, 'hard to read: ' + s);
		if (parseFloat(getComputedStyle(t).fontSize) * box.width / 440 < 9) note(name, 'too small: ' + s);
	}
	for (let i = 0; i < all.length; i++)
		for (let k = 0; k < i; k++) {
			const a = all[i].r, b = all[k].r;
			if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
				note(name, 'overlap: ' + all[i].s + ' | ' + all[k].s);
		}
	// no line runs through a text: not a dashed one or a curve at all, others not without a rim of paper around the text, and nothing lies on it
	const order = new Map([...svg.querySelectorAll('*')].map((e, i) => [e, i]));
	const inside = (b, x, y) => x > b.left + 1 && x < b.right - 1 && y > b.top + 3 && y < b.bottom - 3;
	for (const l of svg.querySelectorAll('line, path.spk-sa, path.spk-sb, path.spk-sc, path.spk-sd')) {
		const m = l.getScreenCTM(), weak = l.matches('.spk-grid, .spk-axis'), points = [];
		const ends = l.tagName === 'line' ? ['x1', 'y1', 'x2', 'y2'].map(k => Number(l.getAttribute(k))) : (l.getAttribute('d').match(/-?[\\d.]+/g) || []).map(Number);
		for (let i = 0; i + 3 < ends.length; i += 2) {
			const [x1, y1, x2, y2] = ends.slice(i, i + 4), n = Math.ceil(Math.hypot(x2 - x1, y2 - y1) / 2) || 1;
			for (let k = 0; k <= n; k++) points.push([(x1 + (x2 - x1) * k / n) * m.a + m.e, (y1 + (y2 - y1) * k / n) * m.d + m.f]);
		}
		for (const { t, r, s } of all)
			if (!(weak && t.classList.contains('spk-halo')) && points.some(([x, y]) => inside(r, x, y))) note(name, 'a line through: ' + s);
	}
	for (const m of svg.querySelectorAll('rect:not(.spk-paper), circle')) {
		const b = m.getBoundingClientRect();
		for (const { t, r, s } of all)
			if (order.get(t) < order.get(m) && b.width * b.height > 0 && Math.min(b.right, r.right) - Math.max(b.left, r.left) > 2 && Math.min(b.bottom, r.bottom) - Math.max(b.top, r.top) > 4) note(name, 'covered: ' + s);
	}
	for (const m of svg.querySelectorAll('rect:not(.spk-paper), circle, path')) {
		const r = m.getBoundingClientRect();
		marks++;
		if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1) note(name, 'mark outside: ' + m.outerHTML.slice(0, 80));
	}
}
for (const [name, source] of JSON.parse(document.getElementById('sources').textContent))
	if (new DOMParser().parseFromString(source, 'image/svg+xml').querySelector('parsererror')) note(name, 'is no XML');
const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
if (new Set(ids).size !== ids.length) note('page', 'an id is there twice');
if (performance.getEntriesByType('resource').length) note('page', 'asks for something');
if (document.querySelectorAll('script').length !== 3) note('page', 'has another script');
const edge = document.body.getBoundingClientRect().right;
for (const e of document.querySelectorAll('h1, h2, p, pre, svg, .scroll'))
	if (e.getBoundingClientRect().right > edge + 1) note('page', 'too wide: ' + e.textContent.slice(0, 40));
const dark = getComputedStyle(document.querySelector('.spk-paper')).fill !== 'rgb(255, 255, 255)';
document.getElementById('report').textContent = found.join('\\n') + '\\n=== ' + texts + ' texts, ' + marks + ' marks, ' + (dark ? 'dark' : 'light');
</script>
HTML

sub write_page
{
	my ($file, $before, $after, @shown) = @_;
	(my $json = JSON::PP->new->canonical->encode([ map { [ $_, $svg{$_} ] } @shown ])) =~ s{</}{<\\/}g;

	append_to_file($file, qq{$before<script type="application/json" id="sources">$json</script>$measure$after});
}

sub browse
{
	my @args = @_;
	my ($out, $err) = ('', '');
	local $ENV{HOME} = $dir;
	my $ok = IPC::Run::run([ $chromium, '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--no-first-run', '--disable-extensions',
			'--disable-dev-shm-usage', '--disable-background-networking', '--enable-logging=stderr', "--user-data-dir=$dir/profile", '--virtual-time-budget=20000', @args ],
		'<', \undef, '>', \$out, '2>', \$err, IPC::Run::timeout(300));
	return ($ok, $out, join("\n", grep { /CONSOLE/ } split /\n/, $err));
}

SKIP:
{
	skip 'there is no chromium to look at pictures with (Debian: apt-get install chromium)', 17 unless $chromium;
	write_page("$dir/pictures.html", qq{<!DOCTYPE html><html><head><meta charset="utf-8"><title>pictures</title>
<style>body { margin: 0 } section { margin: 0 0 12px } \@media (prefers-color-scheme: dark) { body { background: #000 } }</style></head><body>}
		. join("\n", map { qq{<section id="$_">$svg{$_}</section>} } @names) . '<script></script>', '</body></html>', @names);
	my ($before, $after) = $report =~ m{\A(.*)(</body>.*)\z}s;
	write_page("$dir/report.html", $before, $after);
	foreach my $look ([ 'pictures', 380, 'light' ], [ 'pictures', 672, 'dark' ], [ 'report', 380, 'light' ])
	{
		my ($name, $width, $mode) = @$look;
		my $setting = '--blink-settings=preferredColorScheme=' . ($mode eq 'light' ? 1 : 0);
		my $page = "file://$dir/$name.html#$width";
		my ($ok, $dom, $console) = browse('--dump-dom', '--window-size=700,800', $setting, $page);
		ok($ok, "$name of $width pixels, $mode: shown");
		is($console, '', 'without a word on the console');
		my ($found_here) = $dom =~ m{<pre id="report"[^>]*>(.*?)</pre>}s;
		my ($found, $counts) = split /\n=== /, $found_here // '';
		is($found, '', 'nothing is cut off, overlaps or is hard to read');
		like($counts, qr/^(?:[2-9]\d\d|\d{4,}) texts, \d{4,} marks, $mode$/, "of $counts");
		($ok) = browse("--screenshot=$dir/$name-$mode-$width.png", "--window-size=$width,16000", $setting, $page);
		ok($ok && -s "$dir/$name-$mode-$width.png", 'and kept as a screenshot');
	}
	foreach my $name (qw(pictures report))
	{
		my ($ok) = browse("--print-to-pdf=$dir/$name.pdf", '--no-pdf-header-footer', '--blink-settings=preferredColorScheme=0', "file://$dir/$name.html#640");
		ok($ok && -s "$dir/$name.pdf", "$name are printed");
	}
}

# In encodings that lack them, characters are escaped, and bars are made of what there is
$node->safe_psql('postgres', q{CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0});
is($node->safe_psql('latin', q{
	CREATE EXTENSION sparkify;
	SELECT churn_plot_timeline(array_agg(e), title => 'caf' || chr(233)) ~ '<title>caf&#xE9;</title>' FROM (SELECT date '2024-01-01' AS day, repeat('x', 300) AS event, 1 AS events) AS e}),
	't', 'LATIN1: a picture');
is($node->safe_psql('latin', q{
	SELECT churn_plot_lift(churn_lift(i > 5, i / 10.0), 'caf' || chr(233), 'text') ~ E'^caf\\xe9\n.*\ntenth  1 #+ 2.0' FROM generate_series(1, 10) AS i}),
	't', 'and bars');
$node->safe_psql('postgres', q{CREATE DATABASE any_bytes ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0});
is($node->safe_psql('any_bytes', q{
	CREATE EXTENSION sparkify;
	SELECT churn_plot_timeline(array_agg(e)) ~ '>caf&#xFFFD;<' FROM (SELECT date '2024-01-01' AS day, E'caf\\xe9' AS event, 1 AS events) AS e}),
	't', 'bytes of no known encoding: a picture');
is($node->safe_psql('any_bytes', q{SELECT churn_plot_lift(churn_lift(i > 5, i / 10.0), E'caf\\xe9', 'text') ~ E'^caf\\xe9\n' FROM generate_series(1, 10) AS i}), 't', 'and bars');

$node->stop;
done_testing();

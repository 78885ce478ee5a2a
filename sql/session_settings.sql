-- Reports and pictures are the same bytes whatever the session's settings are
\set SHOW_CONTEXT never
SET client_min_messages = error;

CREATE TABLE users AS
SELECT i % 300 / 7.0::float8 AS userid, date '2024-01-01' + i % 40 AS as_of, (i * 7919) % 1000 + (i * 31) % 400 > 1100 AS churned,
	(i * 7919) % 700 / 3.0::float8 AS songs, ((i * 37) % 400 / 7.0)::float4 AS adverts, date '2023-01-01' + i * 7919 % 90 AS since,
	timestamptz '2023-01-01 00:00:00+00' + make_interval(secs => i * 7919 % 70000 * 100.001) AS seen,
	timestamp '2023-01-01 00:00:00' + make_interval(secs => i * 31 % 400 * 1000) AS noted,
	CASE i % 3 WHEN 0 THEN 'free' WHEN 1 THEN 'paid' END AS level, timestamptz '2024-01-01 12:00:00.5+00' + make_interval(days => i % 2) AS "Term",
	make_interval(hours => i % 300, days => i % 3) AS span, convert_to((i % 300)::text, 'UTF8') || '\x00'::bytea AS key, ARRAY[i % 300 / 7.0::float8] AS pair
FROM generate_series(1, 900) AS i;
CREATE TABLE models AS
SELECT algorithm, model FROM churn_train('SELECT userid, as_of, churned, songs, adverts, since, seen, noted, level FROM users', id => 'userid', "time" => 'as_of', options => '{"trees": 10}')
UNION ALL SELECT algorithm, model FROM churn_train('SELECT userid, as_of, churned, songs, adverts, since, seen, noted, level FROM users', id => 'userid', "time" => 'as_of', algorithm => 'logistic_regression');

CREATE TABLE scored AS SELECT churned, churn_predict(model, u) AS score FROM users AS u, models WHERE algorithm = 'random_forest';

-- everything that is written of them
CREATE FUNCTION written() RETURNS TABLE (name text, body text) LANGUAGE sql AS $$
	SELECT 'report', churn_report(model, 'users', by => 'Term') FROM models WHERE algorithm = 'random_forest'
	UNION ALL SELECT 'report of spans', churn_report(model, 'SELECT * FROM users', by => 'adverts', id => 'span') FROM models WHERE algorithm = 'random_forest'
	UNION ALL SELECT 'report of keys', churn_report(model, 'users', by => 'since', id => 'key') FROM models WHERE algorithm = 'random_forest'
	UNION ALL SELECT 'report of pairs', churn_report(model, 'users', by => 'span', id => 'pair') FROM models WHERE algorithm = 'random_forest'
	UNION ALL SELECT 'reasons ' || f || algorithm, churn_plot_reasons(model, u, format => f) FROM models, (SELECT * FROM users ORDER BY seen LIMIT 1) AS u, unnest('{svg,text}'::text[]) AS f
	UNION ALL SELECT 'summary', churn_plot_summary(model, 'users', rows => 100) FROM models WHERE algorithm = 'random_forest'
	UNION ALL SELECT 'dependence ' || f, churn_plot_dependence(array_agg(d), f) FROM models, unnest('{songs,adverts,since,seen,noted,level}'::text[]) AS f, churn_dependence(model, 'users', f, points => 5) AS d
		WHERE algorithm = 'random_forest' GROUP BY f
	UNION ALL SELECT 'importance ' || f, churn_plot_importance(model, format => f) FROM models, unnest('{svg,text}'::text[]) AS f WHERE algorithm = 'random_forest'
	UNION ALL SELECT 'features', churn_plot_features('SELECT churned, songs, adverts, level FROM users')
	UNION ALL SELECT 'retention', churn_plot_retention(array_agg(r)) FROM (SELECT timestamptz '2024-01-01 00:00+00' + make_interval(hours => 30 * c) AS cohort, a AS age, 10 AS users, 9 - a AS active, (9 - a) / 10.0 AS share
		FROM generate_series(0, 3) AS c, generate_series(0, 3 - c) AS a) AS r
	UNION ALL SELECT 'retention of numbers', churn_plot_retention(array_agg(r)) FROM (SELECT c / 3.0::float8 AS cohort, a AS age, 10 AS users, 9 - a AS active, (9 - a) / 10.0 AS share
		FROM generate_series(0, 3) AS c, generate_series(0, 3 - c) AS a) AS r
	UNION ALL SELECT 'timeline', churn_plot_timeline(array_agg(e ORDER BY day)) FROM (SELECT seen AS day, level AS event, 3 AS events FROM users WHERE level IS NOT NULL) AS e
	UNION ALL SELECT 'survival', churn_plot_survival(churn_survival(extract(day FROM seen - timestamptz '2022-12-31 00:00+00')::bigint, churned)) FROM users
	UNION ALL SELECT 'compare', churn_plot_compare(array_agg(c ORDER BY rank)) FROM (SELECT rank, algorithm, options, cv_mean, cv_sd, difference, p_value
		FROM churn_compare('SELECT userid, as_of, churned, songs, since FROM users', algorithms => '{decision_tree,naive_bayes}', id => 'userid', "time" => 'as_of')) AS c
	UNION ALL SELECT 'backtest', churn_plot_backtest(array_agg(b)) FROM churn_backtest('SELECT userid, as_of, churned, songs, since FROM users', horizon => '7 days', algorithm => 'naive_bayes') AS b
	UNION ALL SELECT 'roc', churn_plot_roc(churn_roc(churned, score), churn_metrics(churned, score, 0.3)) FROM scored
	UNION ALL SELECT 'pr', churn_plot_pr(churn_pr(churned, score), churn_metrics(churned, score, 0.3)) FROM scored
	UNION ALL SELECT 'lift', churn_plot_lift(churn_lift(churned, score)) FROM scored
	UNION ALL SELECT 'gain', churn_plot_gain(churn_lift(churned, score)) FROM scored
	UNION ALL SELECT 'calibration', churn_plot_calibration(churn_calibration(churned, score)) FROM scored
	UNION ALL SELECT 'scores ' || f, churn_plot_scores(churn_calibration(churned, score), 0.3, format => f) FROM scored, unnest('{svg,text}'::text[]) AS f GROUP BY f
	UNION ALL SELECT 'confusion', churn_plot_confusion(churn_metrics(churned, score, 0.3)) FROM scored
	UNION ALL SELECT 'explanation', string_agg(concat_ws(':', algorithm, feature, value, array_to_string(churn_reasons(model, u), ';')), ' ' ORDER BY algorithm, feature)
		FROM models, (SELECT * FROM users ORDER BY seen LIMIT 1) AS u, churn_explain(model, u) AS e
	UNION ALL SELECT 'segments ' || b, string_agg(concat_ws(':', segment, n, verdict), ' ' ORDER BY segment COLLATE "C")
		FROM models, unnest('{Term,since,adverts,span,pair,key}'::text[]) AS b, churn_segments(model, 'SELECT * FROM users WHERE ("Term" AT TIME ZONE ''UTC'')::date > ''2024-01-01''', by => b) AS s WHERE algorithm = 'random_forest' GROUP BY b
	UNION ALL SELECT 'audit', string_agg(concat_ws(':', feature, note), ' ' ORDER BY feature) FROM churn_audit('SELECT userid, as_of, churned, songs, adverts, since, seen, noted, level FROM users', id => 'userid', "time" => 'as_of')
	UNION ALL SELECT 'export ' || algorithm, churn_export(model, 'python') FROM models
	UNION ALL SELECT 'meanings', string_agg(meaning, ' ') FROM models, churn_evaluate(model, 'users', id => 'pair') WHERE algorithm = 'random_forest'
$$;

CREATE TABLE usual AS SELECT * FROM written();
SET DateStyle = 'German, DMY';
SET TimeZone = 'Asia/Kathmandu';
SET extra_float_digits = -9;
SET IntervalStyle = 'sql_standard';
SET bytea_output = 'escape';
SET quote_all_identifiers = on;
CREATE TABLE unusual AS SELECT * FROM written();
RESET ALL;
SELECT count(*) > 40 AS all_of_them, count(DISTINCT name) = count(*) AS each, count(*) FILTER (WHERE length(u.body) > 20) = count(*) AS none_empty,
	array_agg(name ORDER BY name) FILTER (WHERE u.body IS DISTINCT FROM v.body) AS differ
FROM usual AS u FULL JOIN unusual AS v USING (name);

-- what a value looks like, and that a cast to text says the same where nothing is set
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SELECT e.value, e.value = (to_jsonb(t) ->> feature) OR e.value::timestamptz = (to_jsonb(t) ->> feature)::timestamptz AS same
FROM models, (SELECT * FROM users ORDER BY seen LIMIT 1) AS t, churn_explain(model, t) AS e WHERE algorithm = 'random_forest' AND feature IN ('since', 'seen', 'noted', 'songs') ORDER BY feature;
SELECT sparkify_text(v), sparkify_text(v) = v::text AS same FROM (VALUES (1.5::float8), ('NaN'), ('-Infinity'), (1e300), (1 / 3.0::float8), ('-0')) AS t(v);
SELECT sparkify_text(v), sparkify_text(v) = v::text AS same FROM (VALUES (1.5::float4), ((1 / 3.0)::float4)) AS t(v);
SELECT sparkify_text(v), sparkify_text(v) = v::text AS same FROM (VALUES (date '2024-02-29'), ('infinity'), ('0044-03-15 BC'), ('20240-01-01')) AS t(v);
SELECT sparkify_text(v), sparkify_text(v) = v::text AS same FROM (VALUES (timestamp '2024-02-29 01:02:03.45'), ('-infinity'), ('0044-03-15 BC')) AS t(v);
SELECT sparkify_text(v), sparkify_text(v) = v::text AS same FROM (VALUES (timestamptz '2024-02-29 01:02:03.45+05:45'), ('infinity'), ('0044-03-15 00:00:00+00 BC')) AS t(v);
SET TimeZone = 'Asia/Kathmandu';
SET DateStyle = 'SQL, DMY';
SET IntervalStyle = 'iso_8601';
SET bytea_output = 'escape';
SELECT sparkify_text(timestamptz '2024-02-29 01:02:03+00'), sparkify_text(interval '1 day 02:00'), sparkify_text('\x00ff'::bytea),
	sparkify_text(ROW(date '2024-02-29', 'a b')), sparkify_text(ARRAY[timestamp '2024-02-29']), sparkify_text('a'::name), sparkify_text(true), sparkify_text(NULL::int) IS NULL AS is_null;
-- nothing of it stays
SELECT current_setting('TimeZone'), current_setting('DateStyle'), current_setting('IntervalStyle'), current_setting('bytea_output');
RESET ALL;

DROP TABLE users, models, scored, usual, unusual;
DROP FUNCTION written;

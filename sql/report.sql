-- A page about a model
\set SHOW_CONTEXT never
SET client_min_messages = error;
\pset format unaligned
\pset tuples_only on

CREATE TABLE users AS
SELECT 'user ' || i % 400 AS userid, date '2024-01-01' + i % 40 AS as_of, (i * 7919) % 1000 + (i * 31) % 400 > 1100 AS churned,
	   (i * 7919) % 700 AS songs, CASE WHEN i % 9 > 0 THEN ((i * 37) % 400) / 7.0 END::float8 AS adverts,
	   (i * 31) % 400 AS helps, CASE i % 3 WHEN 0 THEN 'free' WHEN 1 THEN '<b>paid</b>' END AS level
FROM generate_series(1, 900) i;
CREATE TABLE models AS SELECT model FROM churn_train('users', id => 'userid', "time" => 'as_of', options => '{"trees": 20}');

CREATE TABLE reports AS
SELECT 'plain' AS name, churn_report(model, 'users') AS page FROM models
UNION ALL SELECT 'all', churn_report(model, 'SELECT * FROM users WHERE as_of > ''2024-01-10''', by => 'level', top => 3, title => '<script>alert(1)</script>',
	users => 'SELECT DISTINCT ON (userid) * FROM users ORDER BY userid, as_of DESC') FROM models;
SELECT name, regexp_replace(m[1], '<[^>]*>', '', 'g') FROM reports, regexp_matches(page, '<h[12]>(.*?)</h[12]>', 'g') m ORDER BY name DESC;
-- it is ASCII, whole, and asks for nothing; what is data is text
SELECT name, page ~ '^[\x01-\x7e]*$', page ~ '^<!DOCTYPE html>.*</html>$', page ~ 'alert\(1\)</script>|<b>paid', page ~ 'href|src=|@import|url\(',
	(SELECT count(*) FROM regexp_matches(page, '<script', 'g')) AS scripts, (SELECT count(*) > 12 FROM regexp_matches(page, '<svg', 'g')) AS pictures
FROM reports ORDER BY name DESC;

-- the cells of the tables
CREATE FUNCTION cells(page text, head text) RETURNS SETOF text[] LANGUAGE sql AS $$
	SELECT ARRAY(SELECT c[1] FROM regexp_matches(r[1], '<td[^>]*>([^<]*)</td>', 'g') WITH ORDINALITY AS m(c, n) ORDER BY n)
	FROM (SELECT (regexp_matches(page, '<thead><tr><th[^>]*?>' || head || '</th>(.*?)</table>'))[1] AS body) t,
		regexp_matches(body, '<tr>(<td.*?)</tr>', 'g') WITH ORDINALITY AS x(r, n) ORDER BY n $$;
SELECT count(*), bool_and(abs(c[2]::numeric - round(value::numeric, 3)) <= 0.001 AND (low IS NULL AND c[3] = '' OR abs(c[3]::numeric - low::numeric) < 0.001))
FROM reports, models, cells(page, 'figure') c JOIN churn_evaluate(model, 'users') e ON e.metric = c[1] WHERE name = 'plain';
SELECT count(*), bool_and(c[2] = round(100 * score::numeric, 1) || ' %' AND (c[3] = 'yes') = at_risk AND c[4] = array_to_string(reasons, '; '))
FROM reports, cells(page, 'user') WITH ORDINALITY AS c(c, n) FULL JOIN (
	SELECT userid, score, at_risk, reasons, row_number() OVER (ORDER BY score DESC, userid COLLATE "C") AS n
	FROM (SELECT DISTINCT ON (userid) userid, churn_predict(model, u) AS score, churn_at_risk(model, u) AS at_risk, churn_reasons(model, u) AS reasons
		FROM users u, models ORDER BY userid, churn_predict(model, u) DESC, u::text COLLATE "C") AS t ORDER BY n LIMIT 20) AS e ON e.n = c.n AND e.userid = c[1]
WHERE name = 'plain';
SELECT c[1], c[2]::int = n, c[3]::int = positives, c[8] = verdict
FROM reports, models, cells(page, 'segment') c JOIN churn_segments(model, 'SELECT * FROM users WHERE as_of > ''2024-01-10''', by => 'level') s
	ON c[1] = CASE segment WHEN '<b>paid</b>' THEN '&lt;b&gt;paid&lt;/b&gt;' ELSE coalesce(segment, 'unknown') END WHERE name = 'all';
SELECT count(*), bool_and(c[2]::numeric = round(psi::numeric, 3) AND c[7] = verdict)
FROM reports, models, cells(page, 'feature') c JOIN churn_drift(model, 'users') d ON c[1] = d.feature WHERE name = 'plain';
SELECT count(*) FROM reports, cells(page, 'user') c WHERE name = 'all';

-- where the model comes from: what it says itself, and what the registry knows, for who may look
SELECT page ~ 'is known of models that are deployed', page ~ ('Its fingerprint is ' || churn_fingerprint(model)) FROM reports, models WHERE name = 'plain';
SELECT churn_deploy('<b>churn', model, 'SELECT * FROM users') FROM models;
SELECT c[1:2], c[4:5] FROM models, cells(churn_report(model, 'users'), 'deployed as') c WHERE c[3] = to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD');
CREATE ROLE regress_report;
GRANT SELECT ON users, models TO regress_report;
SET ROLE regress_report;
SELECT page ~ 'deployed' AS deployed, page ~ 'Its fingerprint' AS fingerprint FROM models, churn_report(model, 'users') AS page;
RESET ROLE;
REVOKE ALL ON users, models FROM regress_report;
DROP ROLE regress_report;
DELETE FROM churn_models WHERE name = '<b>churn';
-- users and segments without a name
SELECT page ~ '<td>\(empty\)</td>' FROM models, churn_report(model, 'SELECT songs, adverts, helps, level, churned, repeat('' '', length(level)) AS userid FROM users', top => 1, by => 'userid') AS page;

-- pictures are those of the functions
SELECT bool_and(strpos(page, svg) > 0) FROM reports, models,
	LATERAL (SELECT churn_plot_importance(model) AS svg UNION ALL SELECT churn_plot_summary(model, 'users')
		UNION ALL SELECT churn_plot_lift(churn_lift(churned, churn_predict(model, u))) FROM users u) AS p WHERE name = 'plain';

-- with users and labels of other kinds, rows of one class, and none without a label
SELECT page ~ 'of one class only', page ~ 'data-picture="roc"', page ~ 'data-picture="scores"'
FROM models, churn_report(model, 'SELECT * FROM users WHERE NOT churned') AS page;
SELECT page ~ '<td>1</td>' AS rows_are_users FROM models, churn_report(model, 'SELECT churned::int AS gone, songs, adverts, helps, level FROM users', 'gone', top => 900) AS page;
SELECT length(churn_report(model, 'SELECT 1 AS churned, songs, adverts, helps, level FROM users LIMIT 1')) > 10000 FROM models;
SELECT churn_report(model, 'SELECT * FROM users WHERE false') FROM models;
SELECT churn_report(model, 'users', users => 'SELECT * FROM users WHERE false') FROM models;

-- refused
SELECT churn_report(NULL, 'users');
SELECT churn_report(model, NULL) FROM models;
SELECT churn_report(model, 'users', 'gone') FROM models;
SELECT churn_report(model, 'users', id => 'nobody') FROM models;
SELECT churn_report(model, 'users', by => 'nothing') FROM models;
SELECT churn_report(model, 'users', top => 0) FROM models;
SELECT churn_report(model, 'SELECT churned, songs FROM users') FROM models;
SELECT churn_report(model, 'users', users => 'SELECT songs, adverts, helps, level FROM users') FROM models;

DROP TABLE users, models, reports;
DROP FUNCTION cells;

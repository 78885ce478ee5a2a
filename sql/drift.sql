-- How far what a model sees has moved from what it has learned from
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE TABLE history AS
SELECT i AS userid, hashint4(i) % 5 = 0 AS churned, abs(hashint4(i * 3) % 1000) AS songs, abs(hashint4(i * 5) % 4) AS helps,
	CASE WHEN i % 10 < 2 THEN NULL ELSE (ARRAY['web', 'ios', 'android'])[1 + abs(hashint4(i * 7)) % 3] END AS platform,
	CASE WHEN i % 4 > 0 THEN timestamp '2024-01-01' + abs(hashint4(i * 11) % 1000) * interval '1 hour' END AS seen, i % 2 = 0 AS paid
FROM generate_series(1, 4000) AS i;
CREATE TABLE models AS SELECT model FROM churn_train('history', options => '{"trees": 20}');
CREATE FUNCTION drift(source text, reference text DEFAULT NULL) RETURNS TABLE (feature text, psi numeric, psi_chance numeric, ks numeric, ks_chance numeric,
	missing_then numeric, missing_now numeric, new_categories text[], verdict text) LANGUAGE sql AS $$
	SELECT feature, round(psi::numeric, 4), round(psi_chance::numeric, 4), round(ks::numeric, 4), round(ks_chance::numeric, 4), round(missing_then::numeric, 3), round(missing_now::numeric, 3), new_categories, verdict
	FROM models, churn_drift(model, source, reference) $$;

-- nothing has moved, nor have others of the same kind
SELECT * FROM drift('history');
SELECT * FROM drift('SELECT * FROM history WHERE userid % 3 = 0');
-- each has moved in its own way
SELECT * FROM drift($$SELECT songs + 300 AS songs, helps, CASE WHEN userid % 3 = 0 THEN 'tv' WHEN userid % 30 = 1 THEN 'car' ELSE platform END AS platform,
	CASE WHEN userid % 2 = 0 THEN seen END AS seen, true AS paid FROM history$$);
-- so few rows tell nothing, and fewer than none less
SELECT feature, psi, psi_chance, verdict FROM drift('SELECT * FROM history WHERE userid <= 30');
-- of another source the scores are known, too
SELECT * FROM drift('SELECT * FROM history WHERE userid > 2000', 'SELECT * FROM history WHERE userid <= 2000');
SELECT feature, psi, ks, verdict FROM drift('SELECT userid, 999 AS songs, helps, platform, seen, paid FROM history', 'history') WHERE feature IN ('(score)', 'songs');

-- by plain SQL: categories with half a row more, and the distance at the ends of bins, of a number with a bin for each value
CREATE VIEW now AS SELECT churned, songs, least(helps, 2) AS helps, CASE WHEN userid % 3 = 0 THEN 'tv' ELSE platform END AS platform, seen, paid FROM history WHERE userid % 7 < 3;
WITH c AS (SELECT platform, count(*) FILTER (WHERE old) AS a, count(*) FILTER (WHERE NOT old) AS b
		FROM (SELECT platform, true AS old FROM history UNION ALL SELECT platform, false FROM now) u GROUP BY 1),
	s AS (SELECT (a + 0.5) / (sum(a) OVER () + 0.5 * count(*) OVER ()) AS p, (b + 0.5) / (sum(b) OVER () + 0.5 * count(*) OVER ()) AS q FROM c)
SELECT abs(d.psi - j.psi) < 1e-9 AS psi FROM models, churn_drift(model, 'now') d, (SELECT sum((q - p) * ln(q / p)) AS psi FROM s) j WHERE feature = 'platform';
SELECT abs(d.ks - j.ks) < 1e-9 AS ks, d.ks > 0.2 AS large FROM models, churn_drift(model, 'now') d,
	(SELECT max(abs(a - b)) AS ks FROM generate_series(0, 3) v, LATERAL (SELECT avg((helps <= v)::int) AS a FROM history) h, LATERAL (SELECT avg((helps <= v)::int) AS b FROM now) n) j WHERE feature = 'helps';
SELECT abs(d.missing_now - j.missing) < 1e-9 AS missing FROM models, churn_drift(model, 'now') d, (SELECT avg((seen IS NULL)::int) AS missing FROM now) j WHERE feature = 'seen';
-- the model counts what the rows have, so that both ways are the same
SELECT count(*) AS same FROM models, churn_drift(model, 'now') a JOIN churn_drift(model, 'now', 'history') b ON a = b;

-- many new categories, in any order: those that most rows have
CREATE VIEW urls AS SELECT songs, helps, 'page ' || (userid % 40 + CASE WHEN n > 1 THEN userid * 10 + n ELSE 0 END) AS platform, seen, paid FROM history, generate_series(1, 3) n;
SELECT a.new_categories = b.new_categories AS same, cardinality(a.new_categories) AS shown, a.verdict
FROM models, churn_drift(model, 'urls') a, churn_drift(model, 'SELECT * FROM urls ORDER BY platform DESC') b WHERE a.feature = 'platform' AND b.feature = 'platform';
SELECT new_categories FROM models, churn_drift(model, 'SELECT songs, helps, repeat(''ü'', 200) || userid % 2 AS platform, seen, paid FROM history') WHERE feature = 'platform';

-- in workers the same
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE TABLE once AS SELECT d.* FROM models, churn_drift(model, 'history', 'now') d;
SET max_parallel_workers_per_gather = 0;
SELECT count(*) AS same FROM models, churn_drift(model, 'history', 'now') d JOIN once o ON d = o;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- a model of one class knows its features; one whose feature was never known, too
SELECT feature, psi > 1 AS moved, ks, missing_then, missing_now, verdict FROM (SELECT model FROM churn_train('SELECT userid, churned, songs, NULL::float8 AS late FROM history', options => '{"trees": 3}')) m,
	churn_drift(model, 'SELECT songs, songs::float8 AS late FROM history') ORDER BY 1;

-- refusals
SELECT churn_drift(NULL, 'history');
SELECT churn_drift(model, NULL) FROM models;
SELECT churn_drift(model, 'SELECT * FROM history WHERE false') FROM models;
SELECT churn_drift(model, 'history', 'SELECT * FROM history LIMIT 0') FROM models;
SELECT churn_drift(model, 'SELECT songs, helps FROM history') FROM models;
SELECT churn_drift(model, 'SELECT songs, helps, platform, seen::timestamptz, paid FROM history') FROM models;
SELECT churn_drift(model, 'SELECT ''infinity''::float8 AS songs, helps, platform, seen, paid FROM history') FROM models;
SELECT churn_drift(model, 'history', 'DELETE FROM history') FROM models;
CREATE ROLE regress_drift;
GRANT SELECT ON models TO regress_drift;
SET ROLE regress_drift;
SELECT churn_drift(model, 'history') FROM models;
RESET ROLE;
REVOKE ALL ON models FROM regress_drift;
DROP ROLE regress_drift;
DROP FUNCTION drift;
DROP VIEW now, urls;
DROP TABLE history, models, once;

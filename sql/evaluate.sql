-- A model judged, a figure a line
\set SHOW_CONTEXT never
SET client_min_messages = warning;

CREATE TABLE users AS
SELECT i AS userid, CASE WHEN i % 50 = 7 THEN NULL ELSE (i * 7919) % 1000 + (i * 31) % 400 > 1100 END AS churned,
	   (i * 7919) % 1000 AS songs, (i * 37) % 400 AS adverts, (i * 31) % 400 + i % 97 AS helps
FROM generate_series(1, 2000) i;
CREATE TABLE models AS SELECT model FROM churn_train('SELECT * FROM users WHERE userid % 2 = 0');
CREATE VIEW later AS SELECT * FROM users WHERE userid % 2 = 1;

SELECT metric, round(value::numeric, 4) AS value, round(low::numeric, 4) AS low, round(high::numeric, 4) AS high,
	round(baseline::numeric, 4) AS baseline, meaning
FROM models, churn_evaluate(model, 'later');

-- the figures are churn_metrics's at the model's threshold, the baselines those of who says "nobody churns" ...
CREATE TABLE judged AS SELECT e.* FROM models, churn_evaluate(model, 'later') e;
CREATE FUNCTION judgements(score_of text) RETURNS TABLE (metric text, value float8) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE 'SELECT key, j.value::float8 FROM (SELECT churn_metrics(churned, ' || score_of ||
		', (churn_info(model) ->> ''threshold'')::float8) AS m FROM later u, models) s, jsonb_each_text(to_jsonb(m)) j(key, value)';
END $$;
SELECT j.metric, j.value, m.value AS other FROM judgements('churn_predict(model, u)') m FULL JOIN judged j USING (metric)
WHERE j.value IS DISTINCT FROM m.value AND metric NOT IN ('skipped', 'baseline_weighted_f1');
SELECT metric, j.baseline, m.value FROM judgements('0') m JOIN judged j USING (metric)
WHERE metric IN ('tp', 'fp', 'fn', 'tn', 'recall', 'f1', 'weighted_f1', 'macro_f1', 'accuracy')
	AND j.baseline IS DISTINCT FROM m.value;
SELECT j.baseline = m.value AS same FROM judgements('0') m, judged j
WHERE j.metric = 'weighted_f1' AND m.metric = 'baseline_weighted_f1';
-- ... or of the share of churn for everybody, or of everybody flagged
CREATE FUNCTION share() RETURNS float8 LANGUAGE sql STABLE AS $$ SELECT avg(churned::int)::float8 FROM later $$;
SELECT metric, j.baseline, m.value FROM judgements('share()') m JOIN judged j USING (metric)
WHERE metric IN ('auc', 'pr_auc', 'log_loss', 'brier', 'ece', 'best_f1') AND abs(j.baseline - m.value) < 1e-9 IS NOT TRUE;
SELECT metric, abs(baseline - share()) < 1e-9 AS share FROM judged WHERE metric IN ('precision', 'pr_auc') ORDER BY 1;

-- a table, a view or a query, another label, other columns beside; 0 and 1 will do
SELECT count(*) AS same FROM models, churn_evaluate(model, 'later') a
	JOIN churn_evaluate(model, 'SELECT churned::int AS "Left", 1 AS one, helps, adverts, songs, userid FROM later', 'Left') b ON a = b;
SELECT count(*) AS same FROM models, churn_evaluate(model, 'later') a
	JOIN churn_evaluate(model, 'SELECT *, 0 AS songs FROM later', label => 'churned') b ON a = b;

-- at a threshold of one's own, that nothing reaches
SELECT metric, value, low, round(high::numeric, 4) AS high, baseline, meaning FROM models, churn_evaluate(churn_set_threshold(model, 0.999), 'later')
WHERE metric IN ('threshold', 'tp', 'precision', 'recall', 'f1');
-- few rows, and of one class
SELECT metric, round(value::numeric, 4) AS value, baseline, meaning FROM models, churn_evaluate(model, 'SELECT * FROM later WHERE NOT churned LIMIT 5')
WHERE metric IN ('positives', 'auc', 'pr_auc', 'precision', 'recall', 'log_loss', 'ece', 'best_threshold', 'best_f1');
SELECT metric, round(value::numeric, 4) AS value, round(low::numeric, 4) AS low, round(high::numeric, 4) AS high, baseline FROM models, churn_evaluate(model, 'SELECT * FROM later WHERE churned LIMIT 5')
WHERE metric IN ('positives', 'auc', 'recall', 'log_loss', 'accuracy');

-- the limits: of users with all of their rows, whoever names them; by a seed
CREATE FUNCTION limits(source text, id text DEFAULT NULL, seed bigint DEFAULT 42) RETURNS TABLE (metric text, low float8, high float8, meaning text) LANGUAGE sql STABLE AS $$
	SELECT metric, low, high, meaning FROM models, churn_evaluate(model, source, id => id, seed => seed) WHERE low IS NOT NULL OR metric = 'n' $$;
SELECT count(*) AS figures, count(*) FILTER (WHERE value BETWEEN low AND high) AS between FROM judged WHERE low IS NOT NULL;
SELECT count(*) AS same FROM limits('later') a JOIN limits('SELECT * FROM later ORDER BY songs', 'userid') b ON a = b;
SELECT count(*) FILTER (WHERE a.low = b.low AND a.high = b.high) AS same, max(abs(a.low - b.low)) < 0.03 AS near FROM limits('later') a JOIN limits('later', seed => 1) b USING (metric);
CREATE VIEW fourfold AS SELECT u.*, userid % 500 AS customer_id, 'u' || userid % 500 AS name FROM later u, generate_series(1, 4);
SELECT metric, count(DISTINCT (low, high)) AS limits FROM (
	SELECT * FROM limits('SELECT customer_id, churned, songs, adverts, helps FROM fourfold')
	UNION ALL SELECT * FROM limits('fourfold', 'customer_id') UNION ALL SELECT * FROM limits('fourfold', 'name')) l WHERE metric IN ('auc', 'recall', 'brier') GROUP BY 1 ORDER BY 1;
SELECT source, meaning FROM unnest('{later,fourfold,SELECT churned\, songs\, adverts\, helps FROM later,SELECT *\, userid AS uid FROM fourfold,SELECT *\, NULL::text AS email FROM (SELECT churned\, songs\, adverts\, helps FROM later) l}'::text[]) source, limits(source) WHERE metric = 'n';
-- four rows of each user tell no more than one, unless one takes each row for a user
WITH widths AS (SELECT metric, a.high - a.low AS one, b.high - b.low AS four, c.high - c.low AS rows FROM limits('later') a JOIN limits('fourfold') b USING (metric)
	JOIN limits('SELECT churned, songs, adverts, helps FROM fourfold') c USING (metric) WHERE metric IN ('auc', 'pr_auc', 'recall', 'f1', 'accuracy', 'log_loss', 'brier'))
SELECT metric FROM widths WHERE one / four NOT BETWEEN 0.8 AND 1.25 OR one / rows NOT BETWEEN 1.6 AND 2.5;
-- of users who have more rows than can be kept
CREATE VIEW endless AS SELECT songs, helps, adverts, churned, n AS userid FROM (SELECT * FROM users WHERE churned OR userid < 4 LIMIT 100) u, generate_series(1, 2) n, generate_series(1, 1400) i;
SELECT octet_length(sparkify_judge(churned, songs / 1000.0, 0.5, 42, userid)) > 0 AS judged FROM endless WHERE userid = 1;
SELECT metric, value, low, high, meaning FROM models, churn_evaluate(model, 'SELECT * FROM endless WHERE userid = 2') WHERE metric IN ('n', 'accuracy');

-- two models on the same rows
CREATE TABLE weaker AS SELECT model FROM churn_train('SELECT userid, churned, helps, adverts FROM users WHERE userid % 2 = 0');
SELECT t.n, t.positives, t.users, round(t.auc::numeric, 4) AS auc, round(t.other_auc::numeric, 4) AS other_auc, round(t.difference::numeric, 4) AS difference,
	round(t.low::numeric, 4) AS low, round(t.high::numeric, 4) AS high, t.p_value < 0.001 AS sure
FROM models m, weaker w, churn_paired_test(m.model, w.model, 'later') t;
SELECT t.auc = j.value AS same, t.difference = t.auc - t.other_auc AS difference, u.other_auc = t.auc AND u.low = -t.high AND u.p_value = t.p_value AS mirrored
FROM models m, weaker w, judged j, churn_paired_test(m.model, w.model, 'later') t, churn_paired_test(w.model, m.model, 'later') u WHERE metric = 'auc';
SELECT t.* FROM models m, churn_paired_test(m.model, m.model, 'SELECT * FROM later WHERE churned') t;
SELECT p_value, difference FROM models m, churn_paired_test(m.model, m.model, 'later') t;
SELECT a.p_value < 0.5 * b.p_value AS rows_count_more FROM models m, (SELECT model FROM churn_train('SELECT * FROM users WHERE userid % 2 = 0', options => '{"trees": 3}')) w,
	churn_paired_test(m.model, w.model, 'SELECT churned, songs, adverts, helps FROM fourfold WHERE userid < 300') a,
	churn_paired_test(m.model, w.model, 'SELECT * FROM fourfold WHERE userid < 300', id => 'userid') b;
SELECT churn_paired_test(m.model, w.model, 'SELECT churned, helps, adverts FROM later') FROM models m, weaker w;
SELECT churn_paired_test(m.model, NULL, 'later') FROM models m;
SELECT churn_paired_test(m.model, w.model, 'SELECT * FROM later WHERE false') FROM models m, weaker w;

-- of many users those of some tell of chance, around the figures of all
CREATE VIEW many AS SELECT songs, helps, adverts, churned, userid * 1000 + i AS userid FROM later, generate_series(1, 200) i;
SELECT e.metric, abs(e.value - j.value) < 1e-12 AS same, abs((e.low + e.high) / 2 - e.value) < 0.001 AS around, round((sqrt(200) * (e.high - e.low) / (j.high - j.low))::numeric, 1) AS width
FROM models, churn_evaluate(model, 'many') e JOIN judged j USING (metric) WHERE metric IN ('auc', 'accuracy', 'recall', 'brier');
SELECT meaning ~ 'from 1\d{5} users$|from \d{5} users$' AS some FROM models, churn_evaluate(model, 'many') WHERE metric = 'n';

-- in parallel, and the same
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*) AS same FROM models, churn_evaluate(model, 'later') e JOIN judged j ON e = j;
EXPLAIN (COSTS off) SELECT sparkify_judge(churned, 0.5, 0.5, 42, userid) FROM users;
SELECT sparkify_judge(churned, songs / 1000.0, 0.5, 42, userid) = (SELECT sparkify_judge(churned, songs / 1000.0, 0.5, 42, userid) FROM (SELECT * FROM users OFFSET 0) u) AS same,
	sparkify_judge(churned, songs / 1000.0, 0.5, 42) = (SELECT sparkify_judge(churned, songs / 1000.0, 0.5, 42) FROM (SELECT * FROM users ORDER BY helps OFFSET 0) u) AS same_alone
FROM users;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- refusals
SELECT churn_evaluate(NULL, 'later');
SELECT churn_evaluate(model, NULL) FROM models;
SELECT churn_evaluate(model, 'later', NULL) FROM models;
SELECT churn_evaluate(model, 'later', seed => NULL) FROM models;
SELECT churn_evaluate(model, 'nowhere') FROM models;
SELECT churn_evaluate(model, 'later', 'gone') FROM models;
SELECT churn_evaluate(model, 'later', id => 'gone') FROM models;
SELECT churn_evaluate(model, 'SELECT churned, songs, helps FROM later') FROM models;
SELECT churn_evaluate(model, 'SELECT churned, songs, helps, now() AS adverts FROM later') FROM models;
SELECT churn_evaluate(model, 'later', 'songs') FROM models;
SELECT churn_evaluate(model, 'SELECT songs, adverts, helps, ''yes'' AS churned FROM later') FROM models;
SELECT churn_evaluate(model, 'SELECT * FROM later WHERE churned IS NULL') FROM models;
SELECT churn_evaluate(model, 'SELECT * FROM later WHERE false') FROM models;
SELECT churn_evaluate(model, 'DELETE FROM users') FROM models;

-- with the caller's rights
CREATE ROLE regress_evaluate;
GRANT SELECT ON models TO regress_evaluate;
SET ROLE regress_evaluate;
SELECT churn_evaluate(model, 'users') FROM models;
RESET ROLE;
GRANT SELECT ON users TO regress_evaluate;
SET ROLE regress_evaluate;
SELECT count(*) FROM models, churn_evaluate(model, 'users');
RESET ROLE;
REVOKE ALL ON models, users FROM regress_evaluate;
DROP ROLE regress_evaluate;
DROP FUNCTION judgements, share, limits;
DROP VIEW fourfold, endless, many, later;
DROP TABLE users, models, judged, weaker;

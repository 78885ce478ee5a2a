-- A model judged, a figure a line
\set SHOW_CONTEXT never
SET client_min_messages = warning;

CREATE TABLE users AS
SELECT i AS userid, CASE WHEN i % 50 = 7 THEN NULL ELSE (i * 7919) % 1000 + (i * 31) % 400 > 1100 END AS churned,
	   (i * 7919) % 1000 AS songs, (i * 37) % 400 AS adverts, (i * 31) % 400 + i % 97 AS helps
FROM generate_series(1, 2000) i;
CREATE TABLE models AS SELECT model FROM churn_train('SELECT * FROM users WHERE userid % 2 = 0');
CREATE VIEW later AS SELECT * FROM users WHERE userid % 2 = 1;

SELECT metric, round(value::numeric, 4) AS value, round(baseline::numeric, 4) AS baseline, meaning
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
	JOIN churn_evaluate(model, 'SELECT churned::int AS "Left", 1 AS one, helps, adverts, songs FROM later', 'Left') b ON a = b;
SELECT count(*) AS same FROM models, churn_evaluate(model, 'later') a
	JOIN churn_evaluate(model, 'SELECT *, 0 AS songs FROM later', label => 'churned') b ON a = b;

-- at a threshold of one's own, that nothing reaches
SELECT metric, value, baseline, meaning FROM models, churn_evaluate(churn_set_threshold(model, 0.999), 'later')
WHERE metric IN ('threshold', 'tp', 'precision', 'recall', 'f1');
-- few rows, and of one class
SELECT metric, round(value::numeric, 4) AS value, baseline, meaning FROM models, churn_evaluate(model, 'SELECT * FROM later WHERE NOT churned LIMIT 5')
WHERE metric IN ('positives', 'auc', 'pr_auc', 'precision', 'recall', 'log_loss', 'ece', 'best_threshold', 'best_f1');
SELECT metric, round(value::numeric, 4) AS value, baseline FROM models, churn_evaluate(model, 'SELECT * FROM later WHERE churned LIMIT 5')
WHERE metric IN ('positives', 'auc', 'recall', 'log_loss', 'accuracy');

-- in parallel, and the same
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*) AS same FROM models, churn_evaluate(model, 'later') e JOIN judged j ON e = j;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- refusals
SELECT churn_evaluate(NULL, 'later');
SELECT churn_evaluate(model, NULL) FROM models;
SELECT churn_evaluate(model, 'later', NULL) FROM models;
SELECT churn_evaluate(model, 'nowhere') FROM models;
SELECT churn_evaluate(model, 'later', 'gone') FROM models;
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
DROP FUNCTION judgements, share;
DROP VIEW later;
DROP TABLE users, models, judged;

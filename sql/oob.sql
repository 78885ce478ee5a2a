-- What a forest knows of itself: out-of-bag facts, the threshold, permutation importance; bounds on trees
\set SHOW_CONTEXT never
SET client_min_messages = warning;

-- churn follows two of the columns, loosely; noise is different in every row
CREATE TABLE users AS
SELECT i AS userid, hashint4(-i) % 2 = 0 AS learnt,
	   hashint4(i) % 100 + 12 * (i % 7) > 60 + 8 * (i % 4) AS churned,
	   nullif(i % 7, 6) AS thumbs_down, (ARRAY['free', 'paid', 'family', NULL])[1 + i % 4] AS level,
	   hashint4(i + 1000000)::float8 AS noise, (i * 31) % 5 AS errors
FROM generate_series(1, 4000) i;
CREATE TABLE models AS
SELECT 'forest' AS name, model FROM churn_train('SELECT * FROM users WHERE learnt', exclude => '{userid,learnt}',
	options => '{"importance": "permutation"}')
UNION ALL SELECT 'no bootstrap', model FROM churn_train('SELECT * FROM users WHERE learnt',
	exclude => '{userid,learnt}', options => '{"bootstrap": false, "trees": 5}')
UNION ALL SELECT 'tree', model FROM churn_train('SELECT * FROM users WHERE learnt',
	exclude => '{userid,learnt}', algorithm => 'decision_tree');
CREATE TABLE facts AS SELECT name, f.*, (churn_info(model) ->> 'threshold')::float8 AS threshold
FROM models, jsonb_to_record(churn_info(model) -> 'facts') AS f (rows int, positives int, oob_rows int, oob_auc float8,
	oob_log_loss float8, oob_f1 float8, oob_weighted_f1 float8, oob_macro_f1 float8);

-- only with bootstrap
SELECT name, rows, positives, oob_rows, oob_auc IS NULL AS no_auc, oob_f1 IS NULL AS no_f1, threshold = 0.5 AS half
FROM facts ORDER BY name;

-- they are close to what rows say that no tree has seen
CREATE TABLE judged AS
SELECT m.name, (churn_metrics(churned, churn_predict(model, u), f.threshold)).*
FROM users u, models m JOIN facts f USING (name) WHERE NOT learnt GROUP BY m.name;
SELECT name, abs(oob_auc - auc) < 0.03 AS auc, abs(oob_log_loss - log_loss) < 0.04 AS log_loss, abs(oob_f1 - f1) < 0.04 AS f1,
	   abs(oob_weighted_f1 - weighted_f1) < 0.04 AS weighted_f1, abs(oob_macro_f1 - macro_f1) < 0.04 AS macro_f1
FROM facts JOIN judged USING (name) WHERE name = 'forest';

-- the threshold is one that finds churn well
SELECT f1 > best_f1 - 0.03 AS good, threshold BETWEEN 0.01 AND 0.99 AS inside FROM judged WHERE name = 'forest';
SELECT count(*) FILTER (WHERE churn_at_risk(model, u) = (churn_predict(model, u) >= f.threshold)) AS same
FROM users u, models JOIN facts f USING (name) WHERE name = 'forest';
SELECT churn_info(churn_set_threshold(model, 0.25)) ->> 'threshold' AS threshold FROM models WHERE name = 'forest';

-- too few of a class for the best F1: as many are flagged as churned
SELECT churn_info(model) ->> 'threshold_rule' AS rule, round((churn_info(model) ->> 'threshold')::numeric, 6) AS threshold, churn_info(model) -> 'facts' -> 'oob_rows' AS oob_rows
FROM churn_train('SELECT thumbs_down, userid = 1 OR userid % 50 = 3 AS churned FROM users WHERE userid <= 400');

-- the same facts for any number of workers and any order
CREATE TABLE shuffled AS SELECT * FROM users ORDER BY noise;
CREATE TEMP TABLE prints (how text, print text);
SET max_parallel_maintenance_workers = 0;
INSERT INTO prints SELECT 'alone', churn_fingerprint(model)
FROM churn_train('SELECT * FROM users WHERE learnt', exclude => '{userid,learnt}', options => '{"importance": "permutation"}');
SET max_parallel_maintenance_workers = 1;
INSERT INTO prints SELECT '1 worker', churn_fingerprint(model)
FROM churn_train('SELECT * FROM shuffled WHERE learnt', exclude => '{userid,learnt}', options => '{"importance": "permutation"}');
SET max_parallel_maintenance_workers = 2;
INSERT INTO prints SELECT '2 workers', churn_fingerprint(model)
FROM churn_train('SELECT * FROM users WHERE learnt', exclude => '{userid,learnt}', options => '{"importance": "permutation"}');
SET max_parallel_maintenance_workers = 8;
INSERT INTO prints SELECT '8 workers', churn_fingerprint(model)
FROM churn_train('SELECT * FROM shuffled WHERE learnt', exclude => '{userid,learnt}', options => '{"importance": "permutation"}');
INSERT INTO prints SELECT 'before', churn_fingerprint(model) FROM models WHERE name = 'forest';
SELECT count(*), count(DISTINCT print) FROM prints;
RESET max_parallel_maintenance_workers;

-- impurity falls for a column of noise; permutation does not
SELECT feature, rank() OVER (ORDER BY importance DESC) FROM models, churn_importance(model) WHERE name = 'forest';
SELECT feature, round(importance::numeric, 2) AS importance FROM models, churn_importance(model, 'permutation')
WHERE name = 'forest' AND feature IN ('thumbs_down', 'level', 'noise');
SELECT sum(importance) FROM models, churn_importance(model, kind => 'impurity') WHERE name = 'tree';
SELECT * FROM models, churn_importance(model, 'permutation') WHERE name = 'tree';
SELECT * FROM models, churn_importance(model, 'permutation') WHERE name = 'no bootstrap';
SELECT * FROM models, churn_importance(model, 'gain') WHERE name = 'forest';
SELECT count(*) FROM models, churn_importance(model, NULL);
SELECT churn_train('users', exclude => '{userid,learnt}', options => '{"importance": "permutation", "bootstrap": false}');
SELECT churn_train('users', exclude => '{userid,learnt}', options => '{"importance": true}');
SELECT churn_train('users', exclude => '{userid,learnt}', algorithm => 'decision_tree', options => '{"importance": "impurity"}');

-- exact as text
SELECT name, model::text::churn_model = model AS same FROM models ORDER BY name;
SELECT jsonb_object_keys(model::text::jsonb -> 'features' -> 0) AS key FROM models WHERE name = 'forest' ORDER BY 1;
SELECT replace(model::text, ', "permutation": ', ', "importance": ')::churn_model IS NULL FROM models WHERE name = 'forest';
SELECT regexp_replace(model::text, ', "permutation": [^}]*', '')::churn_model IS NULL FROM models WHERE name = 'forest';
SELECT replace(model::text, '"importance": "permutation"', '"importance": "impurity"')::churn_model IS NULL
FROM models WHERE name = 'forest';

-- models of before they knew of these options
SELECT churn_fingerprint(replace(replace(model::text, ', "min_gain": 0', ''), ', "max_leaves": 0', '')::churn_model) =
	   churn_fingerprint(model) AS same FROM models ORDER BY name;

-- bounds
CREATE TABLE sizes AS
SELECT o.options, (churn_info(model) ->> 'nodes')::int AS nodes, (churn_info(model) ->> 'depth')::int AS depth
FROM (VALUES (1, '{}'), (2, '{"max_leaves": 0}'), (3, '{"max_leaves": 1}'), (4, '{"max_leaves": 8}'),
			 (5, '{"max_leaves": 8, "max_depth": 2}'), (6, '{"max_leaves": 1000000}'), (7, '{"min_gain": 0.01}'),
			 (8, '{"min_gain": 1}'), (9, '{"min_gain": 1e-9}')) AS o (n, options),
	 LATERAL churn_train('users', exclude => '{userid,learnt}', algorithm => 'decision_tree', options => o.options::jsonb) t
ORDER BY n;
SELECT options, nodes < (SELECT nodes FROM sizes WHERE options = '{}') AS smaller, nodes <= 15 AS eight FROM sizes;
SELECT (churn_info(model) ->> 'nodes')::int AS nodes
FROM churn_train('users', exclude => '{userid,learnt}', options => '{"max_leaves": 8, "trees": 10}');
SELECT churn_train('users', options => '{"max_leaves": -1}');
SELECT churn_train('users', options => '{"max_leaves": 2.5}');
SELECT churn_train('users', options => '{"min_gain": -0.1}');
SELECT churn_train('users', options => '{"min_gain": "none"}');

-- users of a simulated log, half of them set aside
CREATE TABLE log_users AS
SELECT p.userid::int % 2 = 0 AS learnt, churn_label(p.profile, '2018-10-25') AS churned, f.*
FROM (SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
	  FROM churn_simulate_events(1000, 40) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid) AS p,
	 churn_features(p.profile, '2018-10-25') AS f
WHERE churn_label(p.profile, '2018-10-25') IS NOT NULL;
SELECT count(*) > 500 AS enough FROM log_users;
SELECT abs((churn_info(model) -> 'facts' ->> 'oob_auc')::float8 -
		   (SELECT (churn_metrics(churned, churn_predict(model, u))).auc FROM log_users u WHERE NOT learnt)) < 0.08 AS close,
	   (churn_info(model) -> 'facts' ->> 'oob_auc')::float8 > 0.65 AS learned
FROM churn_train('SELECT * FROM log_users WHERE learnt', exclude => '{learnt}', options => '{"trees": 300}');

DROP TABLE sizes, judged, facts, log_users, shuffled, models, users;

-- Gradient boosting
\set SHOW_CONTEXT never
SET client_min_messages = warning;

CREATE TABLE boosted AS
SELECT i AS userid, (i * 7919) % 1000 + (i * 31) % 400 > 900 AS churned,
	   (i * 7919) % 1000 AS songs,
	   CASE WHEN i % 11 = 0 THEN 'NaN' ELSE ((i * 31) % 400) / 4.0 END::float8 AS adverts,
	   DATE '2018-01-01' + (i * 37) % 300 AS joined,
	   (ARRAY['free', 'paid', NULL])[1 + i % 3] AS level,
	   ('city ' || i % 40) AS city
FROM generate_series(1, 20000) i;
CREATE TABLE models AS SELECT * FROM churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 40}');
SELECT grp, algorithm, n_rows, n_positive, n_features FROM models;

-- a forest, with facts, options and importances as others have
SELECT churn_info(model)->'algorithm' AS algorithm, churn_info(model)->'trees' AS trees, churn_info(model)->'depth' AS depth,
	   churn_info(model)->'threshold' AS threshold, churn_info(model)->'options' AS options, churn_info(model)->'facts' AS facts
FROM models;
SELECT pg_typeof(model::churn_forest), model::churn_forest::churn_model = model AS same FROM models;
SELECT feature, importance > 0.2 AS important FROM models, churn_importance(model) LIMIT 3;
SELECT round(sum(importance)::numeric, 9) AS sum FROM models, churn_importance(model);

-- text and bytes, exact both ways; leaves are margins
SELECT model::text::churn_model = model AS same FROM models;
SELECT model::text ~ '\[-\d\.\d+,\d+\]' AS margins FROM models;
SELECT left(model::text, 20)::churn_forest FROM models;
SELECT regexp_replace(model::text, '\[-\d\.\d+,(\d+)\]', '[1e39,\1]')::churn_model FROM models;
SELECT replace(model::text, 'gradient_boosting', 'decision_tree')::churn_model FROM models;

-- predictions
SELECT min(p) > 0 AND max(p) < 1 AS probabilities, round(avg(p)::numeric, 2) = round(avg(churned::int), 2) AS calibrated,
	   (churn_metrics(churned, p)).auc > 0.99 AS fits
FROM (SELECT churned, churn_predict(model, b) AS p FROM models, boosted b) s;
SELECT count(*) FILTER (WHERE churn_at_risk(model, b) <> (churn_predict(model, b) >= (churn_info(model)->>'threshold')::float8)) AS different FROM models, boosted b;
SELECT churn_predict(model, f) BETWEEN 0 AND 1 AS missing
FROM models, (SELECT NULL::int AS songs, 'NaN'::float8 AS adverts, NULL::date AS joined, 'new' AS level, NULL::text AS city) f;
SELECT count(*) FROM models, churn_score(model, 'boosted') WHERE at_risk = (score >= (churn_info(model)->>'threshold')::float8);

-- the same model whatever the workers, the plan and the order
CREATE TEMP TABLE prints (how text, print text);
INSERT INTO prints SELECT 'first', churn_fingerprint(model) FROM models;
SET max_parallel_maintenance_workers = 0;
INSERT INTO prints SELECT 'serial', churn_fingerprint(model)
FROM churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 40}');
SET max_parallel_maintenance_workers = 8;
INSERT INTO prints SELECT 'eight', churn_fingerprint(model)
FROM churn_train('SELECT * FROM boosted ORDER BY city, songs', algorithm => 'gradient_boosting', options => '{"trees": 40}');
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
INSERT INTO prints SELECT 'collected in parallel', churn_fingerprint(model)
FROM churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 40}');
RESET max_parallel_workers_per_gather;
RESET max_parallel_maintenance_workers;
SELECT count(*), count(DISTINCT print) FROM prints;

-- the seed names the draws, and nothing else is random
SELECT count(DISTINCT churn_fingerprint(model::text::churn_model)) AS models, count(DISTINCT (model::text)::json->>'trees') AS trees
FROM (VALUES ('{"seed": 1}'), ('{"seed": 2}')) o(options),
	 LATERAL churn_train('boosted', algorithm => 'gradient_boosting', options => o.options::jsonb || '{"trees": 3, "category_subsets": 255, "subsample": 1, "features_per_split": "all", "early_stopping": 0}');
SELECT count(DISTINCT (model::text)::json->>'trees') AS trees
FROM (VALUES ('{"seed": 1}'), ('{"seed": 2}')) o(options),
	 LATERAL churn_train('boosted', algorithm => 'gradient_boosting', options => o.options::jsonb || '{"trees": 3, "subsample": 0.5, "category_subsets": 255, "features_per_split": "all", "early_stopping": 0}');
SELECT count(DISTINCT (model::text)::json->>'trees') AS trees
FROM (VALUES ('{"seed": 1}'), ('{"seed": 2}')) o(options),
	 LATERAL churn_train('boosted', algorithm => 'gradient_boosting', options => o.options::jsonb || '{"trees": 3, "category_subsets": 5, "subsample": 1, "features_per_split": "all", "early_stopping": 0}');

-- many categories: statistics and penalties keep chance out, whatever the order, the plan and the workers
CREATE TABLE coded AS
SELECT i AS userid, (i * 7919) % 1000 + (i * 104729) % 3001 / 3 > 1000 AS churned, (i * 7919) % 1000 AS songs,
	   'code ' || (i * 7907) % 211 AS code, 'group ' || (i * 6007) % 12 AS grouped
FROM generate_series(1, 6000) i;
CREATE TEMP TABLE coded_models AS
SELECT name, churn_fingerprint(model) AS print, model
FROM (VALUES ('statistics', '{}'), ('subsets', '{"category_subsets": 255}'), ('least', '{"category_min_rows": 100}'),
			 ('chance', '{"category_subsets": 255, "category_smoothing": 0, "category_l2": 0}')) o(name, options),
	 LATERAL churn_train('SELECT * FROM coded WHERE userid % 2 = 0', algorithm => 'gradient_boosting', options => o.options::jsonb || '{"trees": 40}');
SELECT name, rank() OVER (ORDER BY (churn_metrics(churned, churn_predict(model, c))).log_loss)
FROM coded_models, coded c WHERE userid % 2 = 1 AND name <> 'least' GROUP BY name ORDER BY 2;
SET max_parallel_maintenance_workers = 8;
SELECT name, print = churn_fingerprint(t.model) AS same
FROM (VALUES ('statistics', '{}'), ('subsets', '{"category_subsets": 255}'), ('least', '{"category_min_rows": 100}')) o(name, options)
JOIN coded_models m USING (name),
	 LATERAL churn_train('SELECT * FROM coded WHERE userid % 2 = 0 ORDER BY songs', algorithm => 'gradient_boosting', options => o.options::jsonb || '{"trees": 40}') t;
RESET max_parallel_maintenance_workers;
SELECT model::text::churn_model = model AS same FROM coded_models WHERE name = 'statistics';
-- what is new goes where missing values go, and contributions are the category's
SELECT count(*) AS differ FROM coded_models, coded c,
	 LATERAL (SELECT c.songs, 'new'::text AS code, c.grouped) new, LATERAL (SELECT c.songs, NULL::text AS code, c.grouped) missing
WHERE userid < 100 AND churn_predict(model, new) <> churn_predict(model, missing);
SELECT name, max(abs(1 / (1 + exp(-total)) - churn_predict(model, c))) < 1e-6 AS adds_up
FROM coded_models, coded c, LATERAL (SELECT sum(contribution) AS total FROM churn_explain(model, c)) e WHERE userid < 50 GROUP BY name ORDER BY name;
DROP TABLE coded;
-- nor does a row learn its label from other rows of its user
CREATE FUNCTION draw(user_id int, what text) RETURNS int LANGUAGE sql AS $$ SELECT ('x' || left(md5(what || user_id), 7))::bit(28)::int % 1000 $$;
CREATE TABLE dated AS
SELECT i AS userid, d AS as_of, draw(i, 'churned') + draw(i, 'songs') < 700 AS churned, 'code ' || draw(i, 'code') % 211 AS code, draw(i, 'songs') AS songs
FROM generate_series(1, 3000) i, generate_series(1, 4) d;
SELECT name, rank() OVER (ORDER BY (churn_metrics(churned, churn_predict(model, d))).log_loss)
FROM (SELECT 'users' AS name, model FROM churn_train('SELECT * FROM dated WHERE userid % 2 = 0', algorithm => 'gradient_boosting', id => 'userid')
	  UNION ALL SELECT 'rows', model FROM churn_train('SELECT churned, code, songs FROM dated WHERE userid % 2 = 0', algorithm => 'gradient_boosting')) m,
	 dated d WHERE userid % 2 = 1 GROUP BY name ORDER BY 2;
DROP TABLE dated;
DROP FUNCTION draw;
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"category_subsets": 256}');
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"category_smoothing": -1}');
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"category_l2": "none"}');
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"category_min_rows": 0.5}');
SELECT churn_train('boosted', algorithm => 'random_forest', options => '{"category_l2": 5}');

-- groups
SELECT grp, n_rows, n_features, churn_info(model)->'trees' AS trees
FROM churn_train('boosted', algorithm => 'gradient_boosting', group_by => 'level', options => '{"trees": 3}');

-- options
SELECT churn_info(model)->'depth' AS depth, (churn_info(model)->'nodes')::int AS nodes
FROM churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 1, "max_depth": 2}');
SELECT (churn_info(model)->'nodes')::int AS nodes
FROM churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 1, "max_depth": 64, "max_leaves": 9}');
SELECT (churn_info(model)->'nodes')::int AS nodes
FROM churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 5, "min_leaf": 1000000}');
SELECT gain, (churn_info(model)->'nodes')::int AS nodes
FROM (VALUES (0), (10), (1000), (1e9)) AS g (gain),
	 LATERAL churn_train('boosted', algorithm => 'gradient_boosting',
						 options => jsonb_build_object('trees', 1, 'max_depth', 3, 'features_per_split', 'all', 'min_gain', gain)) ORDER BY gain;
SELECT (churn_info(model)->'trees')::int BETWEEN 1 AND 499 AS stopped
FROM churn_train('SELECT userid % 7 AS a, (userid * 7919) % 97 AS b, (userid * 31) % 5 = 0 AS churned FROM boosted',
				 algorithm => 'gradient_boosting', options => '{"trees": 500, "early_stopping": 3, "learning_rate": 0.5}');
-- with the number of trees that was best, the model is grown on all rows, unless it is to keep those that have not seen all
SELECT t.model::json->'trees' #>> '{}' = again.model::json->'trees' #>> '{}' AS same_trees
FROM (SELECT model::text AS model, (churn_info(model)->'trees')::int AS trees FROM churn_train(
		'SELECT userid % 7 AS a, (userid * 7919) % 97 AS b, (userid * 31) % 5 = 0 AS churned FROM boosted',
		algorithm => 'gradient_boosting', options => '{"trees": 500, "early_stopping": 3, "learning_rate": 0.5}')) AS t,
	LATERAL (SELECT model::text AS model FROM churn_train(
		'SELECT userid % 7 AS a, (userid * 7919) % 97 AS b, (userid * 31) % 5 = 0 AS churned FROM boosted', algorithm => 'gradient_boosting',
		options => jsonb_build_object('trees', t.trees, 'early_stopping', 0, 'learning_rate', 0.5))) AS again;
SELECT count(DISTINCT churn_info(model)->>'trees') AS numbers, count(DISTINCT model::text::json->>'trees') AS models
FROM (VALUES (true), (false)) AS r (refit), LATERAL churn_train(
	'SELECT userid % 7 AS a, (userid * 7919) % 97 AS b, (userid * 31) % 5 = 0 AS churned FROM boosted', algorithm => 'gradient_boosting',
	options => jsonb_build_object('trees', 500, 'early_stopping', 3, 'learning_rate', 0.5, 'refit', refit));
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"refit": 1}');
SELECT churn_info(model)->'options'->'class_weight' AS weight
FROM churn_train('boosted', algorithm => 'gradient_boosting',
				 options => '{"trees": 2, "class_weight": "balanced", "features_per_split": 0.5, "l2": 0, "bins": 7}');
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"learning_rate": 0}');
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"learning_rate": 1.5}');
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"l2": -1}');
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"subsample": 0}');
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"early_stopping": 2.5}');
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"validation": 1}');
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"criterion": "gini"}');
SELECT churn_train('boosted', algorithm => 'random_forest', options => '{"learning_rate": 0.1}');
SELECT churn_train('SELECT * FROM boosted WHERE churned', algorithm => 'gradient_boosting');
SELECT churn_train('SELECT churned FROM boosted', algorithm => 'gradient_boosting');

-- it can be cancelled, alone and with workers, and leaves nothing behind
SET statement_timeout = '200ms';
SET max_parallel_maintenance_workers = 0;
SELECT n_rows FROM churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 10000}');
SET max_parallel_maintenance_workers = 2;
SELECT n_rows FROM churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 10000}');
RESET statement_timeout;
RESET max_parallel_maintenance_workers;
SELECT n_rows FROM churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 1}');

-- several models are one whose margins are the mean of theirs; the same in any plan, and explained as one
CREATE TEMP TABLE several AS
SELECT model FROM churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 20, "subsample": 0.5, "models": 3}');
SET max_parallel_maintenance_workers = 0;
SELECT churn_info(several.model)->'trees' AS trees, churn_info(several.model)->'options'->'models' AS models,
	   churn_fingerprint(several.model) = churn_fingerprint(serial.model) AS same
FROM several, churn_train('SELECT * FROM boosted ORDER BY city, songs', algorithm => 'gradient_boosting',
	options => '{"trees": 20, "subsample": 0.5, "models": 3}') AS serial;
RESET max_parallel_maintenance_workers;
SELECT model::text::churn_model = model AS same, round((SELECT sum(importance) FROM churn_importance(model))::numeric, 9) AS importance FROM several;
SELECT abs(sum(e.contribution) - ln(churn_predict(m.model, b) / (1 - churn_predict(m.model, b)))) < 1e-6 AS explained
FROM several AS m, (SELECT * FROM boosted ORDER BY userid LIMIT 1) AS b, churn_explain(m.model, b) AS e GROUP BY m.model, b;
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 5001, "models": 2}');
SELECT churn_train('boosted', algorithm => 'gradient_boosting', options => '{"models": 0}');
DROP TABLE several;

-- memory is bounded
SET sparkify.max_training_memory = '2MB';
SELECT n_rows FROM churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 2, "max_depth": 40, "threshold": 0.5, "category_subsets": 255}');
SELECT n_rows FROM churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 2, "max_depth": 3, "threshold": 0.5, "category_subsets": 255}');
SELECT n_rows FROM churn_train('boosted', algorithm => 'gradient_boosting', options => '{"trees": 2, "max_depth": 3, "threshold": 0.5}');
RESET sparkify.max_training_memory;

-- nothing to learn from: the share of churn
SELECT round(churn_predict(model, ROW(1))::numeric, 4) AS share, churn_info(model)->'nodes' AS nodes
FROM (SELECT model FROM churn_train('SELECT 1 AS f1, userid % 4 = 0 AS churned FROM boosted', algorithm => 'gradient_boosting')) m;

-- users whose churn is known for the other half, better than by a single tree
CREATE TABLE users AS
SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
FROM churn_simulate_events(2000, 42) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
CREATE VIEW snapshots AS
SELECT userid, d AS as_of, churn_label(profile, d, '14 days') AS churned, f.*
FROM users, churn_dates('2018-10-15', '2018-10-29', '7 days') AS d, churn_features(profile, d) AS f
WHERE churn_label(profile, d, '14 days') IS NOT NULL;
CREATE TABLE known AS SELECT * FROM snapshots WHERE userid::int % 2 = 0;
CREATE TABLE unknown AS SELECT * FROM snapshots WHERE userid::int % 2 <> 0;
CREATE TEMP TABLE judged AS
SELECT algorithm, churn_metrics(churned, churn_predict(model, u)) AS m
FROM (VALUES ('gradient_boosting', '{"trees": 60, "learning_rate": 0.05, "max_depth": 4}'), ('decision_tree', '{}')) a(name, options),
	 LATERAL churn_train('known', algorithm => a.name, options => a.options::jsonb) t, unknown u
GROUP BY algorithm;
SELECT (b.m).auc > (t.m).auc AS better, (b.m).auc > 0.6 AS good, (b.m).log_loss < (t.m).log_loss AS surer
FROM judged b, judged t WHERE b.algorithm = 'gradient_boosting' AND t.algorithm = 'decision_tree';

DROP VIEW snapshots;
DROP TABLE boosted, models, users, known, unknown;

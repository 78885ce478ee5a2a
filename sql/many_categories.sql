-- Features with more categories than trees have codes for: none of their values is lost
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET sparkify.progress = off;

-- 505 plans, each with a share of churn of its own, and a few rows without one
CREATE TABLE many_plans AS
SELECT i AS userid, 'plan ' || (i * i) % 1009 AS plan,
	   CASE WHEN i % 50 > 0 THEN 'shop ' || (i * 7) % 331 END AS shop, (i * 31) % 400 AS songs,
	   (i * 7919) % 1000 < 50 + 90 * ((i * i) % 1009 * 13 % 8) AS churned
FROM generate_series(1, 12000) i;
ALTER TABLE many_plans SET (parallel_workers = 2);
ANALYZE many_plans;

CREATE TABLE plan_algorithms (algorithm text, options text);
INSERT INTO plan_algorithms VALUES
	('gradient_boosting', '{"trees": 40, "early_stopping": 0}'), ('gradient_boosting', '{"trees": 40, "early_stopping": 5}'),
	('gradient_boosting', '{"trees": 40, "early_stopping": 5, "refit": false, "models": 2, "bins": 20}'),
	('random_forest', '{"trees": 20}'), ('decision_tree', '{"max_depth": 6}');
CREATE TABLE plan_models AS
SELECT a.*, model, n_features FROM plan_algorithms a,
	 LATERAL churn_train('SELECT * FROM many_plans WHERE userid % 4 > 0', algorithm => a.algorithm, options => a.options::jsonb, id => 'userid');

-- learned from all of them: rows held out are told apart, and all values are in the model
SELECT algorithm, options,
	   round((SELECT (churn_metrics(churned, churn_predict(model, m))).auc FROM many_plans m WHERE userid % 4 = 0)::numeric, 2) AS auc
FROM plan_models ORDER BY algorithm, options;
SELECT algorithm, options, f->>'name' AS feature, f->>'categories' AS categories, (f->>'bins')::int BETWEEN 2 AND 255 AS bins, f->>'missing' AS missing
FROM plan_models, jsonb_array_elements(churn_info(model)->'features') f WHERE f->>'kind' = 'category' ORDER BY 1, 2, 3;

-- the same bits from any order, plan and number of workers
CREATE TABLE plan_prints AS SELECT algorithm, options, churn_fingerprint(model) AS print FROM plan_models;
SET max_parallel_maintenance_workers = 4;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
INSERT INTO plan_prints
SELECT a.algorithm, a.options, churn_fingerprint(model) FROM plan_algorithms a,
	 LATERAL churn_train('SELECT * FROM many_plans WHERE userid % 4 > 0', algorithm => a.algorithm, options => a.options::jsonb, id => 'userid');
INSERT INTO plan_prints
SELECT a.algorithm, a.options, churn_fingerprint(model) FROM plan_algorithms a,
	 LATERAL churn_train('SELECT * FROM many_plans WHERE userid % 4 > 0 ORDER BY songs DESC, plan', algorithm => a.algorithm, options => a.options::jsonb, id => 'userid');
SET max_parallel_maintenance_workers = 0;
SET max_parallel_workers_per_gather = 0;
INSERT INTO plan_prints
SELECT a.algorithm, a.options, churn_fingerprint(model) FROM plan_algorithms a,
	 LATERAL churn_train('SELECT * FROM many_plans WHERE userid % 4 > 0 ORDER BY plan', algorithm => a.algorithm, options => a.options::jsonb, id => 'userid');
SELECT algorithm, options, count(*), count(DISTINCT print) FROM plan_prints GROUP BY 1, 2 ORDER BY 1, 2;
RESET max_parallel_maintenance_workers;
RESET max_parallel_workers_per_gather;

-- text and back; what explains a prediction adds up to it and shows the value; an unknown plan is as a missing one
SELECT algorithm, options, model::text::churn_model = model AS same FROM plan_models ORDER BY 1, 2;
SELECT algorithm, options, bool_and(abs(total - CASE algorithm WHEN 'gradient_boosting' THEN ln(p / (1 - p)) ELSE p END) < 1e-6) AS adds_up, min(shown) AS shown
FROM plan_models, LATERAL (SELECT churn_predict(model, m) AS p, (SELECT sum(contribution) FROM churn_explain(model, m)) AS total,
	(SELECT value FROM churn_explain(model, m) WHERE feature = 'plan') AS shown FROM many_plans m WHERE userid = 5) x
GROUP BY 1, 2 ORDER BY 1, 2;
SELECT algorithm, options,
	   (SELECT churn_predict(model, x) FROM (SELECT 'no such plan'::text AS plan, 'shop 5'::text AS shop, 7 AS songs) x) =
	   (SELECT churn_predict(model, x) FROM (SELECT NULL::text AS plan, 'shop 5'::text AS shop, 7 AS songs) x) AS same
FROM plan_models ORDER BY 1, 2;

-- what changes a category's group is refused
CREATE FUNCTION plans_spoiled(model churn_model, path text[], value text) RETURNS text LANGUAGE SQL
AS $$ SELECT jsonb_set(model::text::jsonb, path, value::jsonb)::text $$;
SELECT plans_spoiled(model, '{features,0,groups,0}', '255')::churn_model FROM plan_models WHERE algorithm = 'decision_tree';
SELECT plans_spoiled(model, '{features,0,groups}', '[]')::churn_model FROM plan_models WHERE algorithm = 'decision_tree';
SELECT plans_spoiled(model, '{features,0,groups}', '[0, 1]')::churn_model FROM plan_models WHERE algorithm = 'decision_tree';
SELECT plans_spoiled(model, '{features,2,groups}', '[0, 1]')::churn_model FROM plan_models WHERE algorithm = 'decision_tree';

-- comparing, cross-fitting and calibrating learn groups from the rows that each fit sees
SELECT rank, algorithm, round(cv_mean::numeric, 2) AS auc, round(((holdout).auc)::numeric, 2) AS holdout
FROM churn_compare('many_plans', algorithms => '{random_forest,gradient_boosting,decision_tree,logistic_regression}', id => 'userid',
	grid => '{"gradient_boosting": {"trees": 40}, "random_forest": {"trees": 20}}') ORDER BY rank;
SELECT t.algorithm, round(((churn_info(model)->'facts'->>'cv_auc')::numeric), 2) AS cv_auc
FROM (VALUES ('decision_tree'), ('gradient_boosting')) a(algorithm),
	 LATERAL churn_train('many_plans', algorithm => a.algorithm, options => '{"calibrate": "platt"}', id => 'userid') t;

-- a value of each row, of which training warns, tells nothing: it is not learned by heart
SET client_min_messages = error;
SELECT t.algorithm, round((churn_info(t.model)->'features'->1->>'importance')::numeric, 1) AS importance, churn_info(t.model)->'features'->1->>'categories' AS categories
FROM (VALUES ('decision_tree'), ('gradient_boosting'), ('random_forest')) a(algorithm),
	 LATERAL churn_train('SELECT churned, songs, md5(userid::text) AS token FROM many_plans', algorithm => a.algorithm) t ORDER BY 1;
SET client_min_messages = warning;

-- beside weights, with a feature that predictions must not fall with, in parallel and alone
CREATE VIEW weighted_plans AS SELECT *, 1 + userid % 3 AS weight FROM many_plans;
CREATE TABLE held_models AS
SELECT a.algorithm, w.workers, t.model
FROM (VALUES ('decision_tree', '{"max_depth": 6}'), ('random_forest', '{"trees": 10}'), ('gradient_boosting', '{"trees": 20}')) a(algorithm, options),
	 (VALUES (0), (4)) w(workers), LATERAL set_config('max_parallel_maintenance_workers', w.workers::text, false) s,
	 LATERAL churn_train('weighted_plans', algorithm => a.algorithm, id => 'userid',
		options => a.options::jsonb || ('{"weights": "weight", "monotone": {"songs": "increasing"}}'::text)::jsonb) t;
SELECT algorithm, count(DISTINCT churn_fingerprint(model)) AS models, min(f->>'categories') AS categories, min(churn_info(model)->'facts'->>'weight') AS weight
FROM held_models, jsonb_array_elements(churn_info(model)->'features') f WHERE f->>'name' = 'plan' GROUP BY 1 ORDER BY 1;
SELECT algorithm, bool_and(p >= before) AS rises, count(DISTINCT p) > 10 AS differ
FROM (SELECT algorithm, p, lag(p, 1, p) OVER (PARTITION BY algorithm, plan ORDER BY songs) AS before
	  FROM held_models, (SELECT DISTINCT plan FROM many_plans WHERE userid < 60) x, generate_series(0, 400, 20) songs,
		   LATERAL (SELECT churn_predict(model, r) AS p FROM (SELECT x.plan, 'shop 7'::text AS shop, songs) r) q
	  WHERE workers = 0) w
GROUP BY 1 ORDER BY 1;
SELECT algorithm, model::text::churn_model = model AS same FROM held_models WHERE workers = 0 ORDER BY 1;
SELECT rank, algorithm, round(cv_mean::numeric, 1) AS auc, round(((holdout).auc)::numeric, 1) AS holdout
FROM churn_compare('weighted_plans', algorithms => '{random_forest,gradient_boosting,logistic_regression}', id => 'userid',
	grid => '{"gradient_boosting": {"trees": 20, "weights": "weight"}, "random_forest": {"trees": 10}}') ORDER BY rank;

-- what a model does with a grouped value, and how far rows have moved among the groups
SELECT count(*), bool_and(value IS NULL OR value LIKE 'plan %') AS plans, count(DISTINCT mean_score) > 5 AS differ, sum(n) AS rows
FROM held_models, churn_dependence(model, 'SELECT * FROM many_plans', 'plan', 255, 50) WHERE algorithm = 'gradient_boosting' AND workers = 0;
SELECT d.feature, round(psi::numeric, 3) AS psi, missing_then, missing_now, new_categories, verdict
FROM held_models, churn_drift(model, 'SELECT churned, songs, shop, CASE WHEN userid = 1 THEN ''no such plan'' ELSE plan END AS plan FROM many_plans') d
WHERE algorithm = 'decision_tree' AND workers = 0 AND d.feature IN ('plan', 'shop') ORDER BY 1;

-- auto tries all of them with as many categories as a regression can have columns; each part of a blend groups them in its own way
SET client_min_messages = notice;
CREATE TABLE found AS
SELECT a.workers, t.model
FROM (VALUES (0, 'many_plans'), (2, '(SELECT * FROM many_plans ORDER BY plan, userid DESC)')) a(workers, source), LATERAL set_config('max_parallel_maintenance_workers', a.workers::text, false) s,
	 LATERAL churn_train('SELECT churned, songs, plan, userid FROM ' || source || ' AS p WHERE userid % 4 = 0 AND userid * userid % 1009 < 600', algorithm => 'auto', id => 'userid', options => '{"candidates": 3}') t;
SET client_min_messages = warning;
SET max_parallel_maintenance_workers = 0;
SELECT count(DISTINCT churn_fingerprint(model)) AS models, bool_and(model::text::churn_model = model) AS text FROM found;
SELECT churn_fingerprint(c.model) = churn_fingerprint(f.model) AS compared
FROM found f, churn_compare('SELECT churned, songs, plan, userid FROM many_plans WHERE userid % 4 = 0 AND userid * userid % 1009 < 600', algorithms => '{auto}', folds => 2, holdout => 0, id => 'userid', grid => '{"auto": {"candidates": 3}}') c
WHERE f.workers = 0 AND c.algorithm = 'auto';
CREATE TABLE found_parts AS
SELECT (w#>>'{}')::float8 AS weight, (p::text)::churn_model AS model, f->>'categories' AS categories, f->>'bins' AS bins
FROM found, LATERAL (SELECT model::text::json) AS t (j), json_array_elements(j->'weights') WITH ORDINALITY AS ws (w, n) JOIN json_array_elements(j->'parts') WITH ORDINALITY AS ps (p, m) ON n = m,
	 LATERAL (SELECT f FROM jsonb_array_elements(churn_info((p::text)::churn_model)->'features') AS f WHERE f->>'name' = 'plan') AS i WHERE workers = 0;
SELECT churn_info(found.model)->>'algorithm' AS algorithm, f->>'bins' AS categories,
	   (SELECT bool_and(coalesce(p.categories, p.bins) = f->>'bins' AND (p.categories IS NULL) = (churn_info(p.model)->>'algorithm' = 'logistic_regression')) FROM found_parts p) AS parts
FROM found, jsonb_array_elements(churn_info(found.model)->'features') f WHERE workers = 0 AND f->>'name' = 'plan';
-- it answers as its parts do together, and explains what it answers
SELECT count(*), max(abs(p - 1 / (1 + exp(-margin)))) < 1e-12 AS mean, max(abs(ln(p / (1 - p)) - explained)) < 1e-9 AS explained, count(DISTINCT p) > 100 AS differ
FROM (SELECT churn_predict(f.model, u) AS p, (SELECT sum(contribution) FROM churn_explain(f.model, u)) AS explained,
			 (SELECT sum(weight * ln(s / (1 - s))) FROM found_parts, LATERAL (SELECT churn_predict(model, u) AS x) AS q,
				 LATERAL (SELECT CASE churn_info(model)->>'algorithm' WHEN 'random_forest' THEN 0.001 + 0.998 * x ELSE x END AS s) AS z) AS margin
	  FROM found f, (SELECT * FROM many_plans WHERE userid <= 300) AS u WHERE workers = 0) AS q;
SELECT bool_and(score = churn_predict(model, u)) AS scored
FROM found, (SELECT * FROM many_plans WHERE userid <= 300) AS u JOIN churn_score((SELECT model FROM found WHERE workers = 0), 'SELECT * FROM many_plans WHERE userid <= 300', id => 'userid') s ON s.id = u.userid::text WHERE workers = 0;
SELECT count(*), bool_and(value IS NULL OR value LIKE 'plan %') AS plans, count(DISTINCT mean_score) > 5 AS differ
FROM found, churn_dependence(model, 'SELECT * FROM many_plans WHERE userid <= 300', 'plan', 255, 50) WHERE workers = 0;
SELECT d.feature, psi < 0.01 AS stable, verdict FROM found, churn_drift(model, 'SELECT churned, songs, plan FROM many_plans WHERE userid % 4 = 0 AND userid * userid % 1009 < 600') d WHERE workers = 0 AND d.feature = 'plan';
-- more than that are left out, and told; too few users to search by make a plain model, which has its groups, too
SET client_min_messages = notice;
SELECT churn_info(model)->'facts'->>'candidates' AS candidates, f->>'name' AS feature, f->>'bins' AS bins, f->>'categories' AS categories, (f->>'missing')::int > 1000 AS missing
FROM churn_train('SELECT churned, songs, plan, 1000 + userid % 1000 || '''' AS thousand FROM many_plans WHERE userid % 3 = 0', algorithm => 'auto', options => '{"candidates": 1}') t,
	 jsonb_array_elements(churn_info(model)->'features') f ORDER BY 2;
SELECT churn_info(t.model)->>'algorithm' AS algorithm, f->>'categories' AS categories, t.model::text::churn_model = t.model AS text
FROM churn_train('SELECT userid = 7 AS churned, ''p'' || userid % 400 AS plan, userid FROM many_plans WHERE userid <= 900', algorithm => 'auto') t, jsonb_array_elements(churn_info(t.model)->'features') f;
DROP TABLE found, found_parts;
DROP VIEW weighted_plans;
DROP FUNCTION plans_spoiled;
DROP TABLE many_plans, plan_algorithms, plan_models, plan_prints, held_models;

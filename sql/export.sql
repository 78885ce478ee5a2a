-- Models to other programs: churn_export
\set SHOW_CONTEXT never
CREATE FUNCTION pg_temp.model(names text DEFAULT '"songs"') RETURNS churn_model LANGUAGE sql AS $$
SELECT format('{"sparkify_model": 1, "algorithm": "decision_tree", "threshold": 0.4,
 "options": {"max_depth": 5, "min_leaf": 1, "features_per_split": "all", "bins": 255, "class_weight": "none",
             "criterion": "gini", "seed": 42},
 "facts": {"rows": 300, "positives": 70, "skipped": 0},
 "features": [
   {"name": %s, "kind": "number", "edges": [10.5], "counts": [200, 80, 20], "importance": 0.7},
   {"name": "level", "kind": "category", "categories": ["it''s \"\\", "paid"], "counts": [150, 140, 10], "importance": 0.3}],
 "trees": [[[0,0,"left",300], [1,[1,255],160], [0.25,140], [0,120], [0.5,40]]]}', names)::churn_model $$;

-- a file of Python: the scorer, which is always the same, and the model
SELECT line FROM regexp_split_to_table(churn_export(pg_temp.model(), 'python'), '\n') AS line
WHERE line ~ '^(# A churn|def (predict|at_risk|main)|TREES_|TERMS|if)|"(features|name|trees)": ' AND line !~ 'options';
SELECT count(DISTINCT split_part(churn_export(model, 'python'), E'\nTREES_ADD_UP', 1)) = count(DISTINCT churn_fingerprint(model)) AS one_scorer
FROM (VALUES (pg_temp.model()), (churn_set_threshold(pg_temp.model(), 0.9)), (pg_temp.model('"x"'))) AS m(model);

-- what is beyond ASCII is escaped, whatever the encoding
SELECT unnest(regexp_matches(churn_export(pg_temp.model(U&'"\00E9\+01F600"'), 'python'), '"name": "[^"]*"')) AS name;

-- XGBoost: shares of churn are a regression whose trees add up to them
SELECT churn_export(pg_temp.model(), 'xgboost');

-- and what it says is what we say, on numbers of single precision and on others
CREATE TABLE users AS
SELECT i AS userid, (i * 7919) % 499 AS songs, CASE WHEN i % 11 > 0 THEN sqrt((i * 31) % 400) END::real AS adverts,
	   (ARRAY['free', 'paid', 'family', NULL])[1 + (i / 3) % 4] AS plan, DATE '2018-01-01' + i % 99 AS joined,
	   (i * 7919) % 499 * 2 + (i * 31) % 400 + (i * i * 17) % 611 > 1200 AS churned
FROM generate_series(1, 1000) AS i;
CREATE FUNCTION pg_temp.train(options text, columns text DEFAULT 'songs, adverts, plan', algorithm text DEFAULT 'gradient_boosting') RETURNS churn_model LANGUAGE sql AS $$
	SELECT model FROM churn_train(format('SELECT churned, %s FROM users', columns), algorithm => algorithm, options => options::jsonb) $$;
CREATE TABLE boosted AS SELECT pg_temp.train('{"trees": 40, "early_stopping": 0}') AS model;
CREATE TABLE back AS SELECT churn_import(churn_export(model, 'xgboost'), 'xgboost') AS model FROM boosted;
SELECT count(*) AS rows, count(*) FILTER (WHERE churn_predict(b.model, u) = churn_predict(k.model, u)) AS same,
	   count(DISTINCT churn_predict(k.model, u)) > 100 AS differ FROM boosted b, back k, users u;
SELECT count(*) AS rows, count(*) FILTER (WHERE churn_predict(b.model, u) = churn_predict(k.model, u)) AS same
FROM boosted b, back k, (SELECT i AS songs, NULL::real AS adverts, 'unseen' AS plan FROM generate_series(1, 500) AS i) AS u;
-- an edge that is no number of single precision parts these where it did; a double beside it may change sides
WITH model AS (SELECT replace(pg_temp.model()::text, '10.5', '0.1')::churn_model AS model)
SELECT songs, churn_predict(model, r) AS here, churn_export(model, 'xgboost') LIKE '%"split_conditions": [0.1,%' AS there
FROM model, (SELECT songs, 'paid' AS level FROM unnest(ARRAY[0.1::real::float8, 0.1, 0.09999999]) AS songs) AS r;

-- what a feature's splits gain together is its importance
SELECT i.feature, abs(i.importance - k.importance) < 1e-6 AS same, i.importance > 0 AS known
FROM boosted b, back r, churn_importance(b.model) AS i JOIN LATERAL (SELECT * FROM churn_importance(r.model)) AS k USING (feature) ORDER BY 1;

-- groups of categories become the categories in them: all of a group go the same way
CREATE TABLE towns AS SELECT i % 600 AS town, 'town ' || i % 600 AS name, i % 7 AS n, (i % 600) * 7919 % 600 < 300 AND i % 5 > 0 AS churned FROM generate_series(1, 6000) AS i;
CREATE TABLE grouped AS SELECT model::json AS ours, churn_export(model, 'xgboost')::json->'learner' AS theirs
FROM churn_train('SELECT name, n, churned FROM towns', algorithm => 'random_forest', options => '{"trees": 3, "max_depth": 4}');
SELECT json_array_length(ours->'features'->0->'categories') AS categories, (SELECT count(DISTINCT g) < 256 FROM json_array_elements_text(ours->'features'->0->'groups') AS g) AS grouped,
	   json_array_length(theirs #> '{gradient_booster,model,cats,enc,0,offsets}') - 1 AS told FROM grouped;
WITH nodes AS (
	SELECT t.i AS tree, n.i AS node, n.j->1 AS codes, t.j AS theirs, ours FROM grouped,
		json_array_elements(ours->'trees') WITH ORDINALITY AS o(j, i) JOIN LATERAL (SELECT * FROM json_array_elements(theirs #> '{gradient_booster,model,trees}') WITH ORDINALITY AS t(j, i)) AS t USING (i),
		json_array_elements(o.j) WITH ORDINALITY AS n(j, i) WHERE json_array_length(n.j) = 3),
sets AS (
	SELECT tree, node, ours, theirs, codes, (SELECT p.i FROM json_array_elements_text(theirs->'categories_nodes') WITH ORDINALITY AS p(j, i) WHERE p.j::int = node - 1) AS place FROM nodes)
SELECT count(*) > 5 AS splits, bool_and(expected = told) AS same FROM sets, LATERAL (
	SELECT array_agg((c.i - 1)::int ORDER BY c.i) AS expected FROM json_array_elements_text(ours->'features'->0->'groups') WITH ORDINALITY AS c(g, i)
	WHERE g::int NOT IN (SELECT v::int FROM json_array_elements_text(codes) AS v)) AS e, LATERAL (
	SELECT array_agg(j::int ORDER BY i) AS told FROM json_array_elements_text(theirs->'categories') WITH ORDINALITY AS c(j, i)
	WHERE i > (theirs->'categories_segments'->>(place - 1)::int)::int AND i <= (theirs->'categories_segments'->>(place - 1)::int)::int + (theirs->'categories_sizes'->>(place - 1)::int)::int) AS t;

-- a blend of boosting adds up to the trees of its parts, weighted; another does not
CREATE TABLE blends AS
SELECT jsonb_build_object('sparkify_model', 1, 'algorithm', 'blend', 'threshold', 0.4, 'facts', '{}'::jsonb, 'options', '{"class_weight": "none", "seed": 42, "calibrate": "none"}'::jsonb,
	'features', a->'features', 'weights', '[0.25, 0.75]'::jsonb, 'parts', jsonb_build_array(a, b))::text::churn_model AS model
FROM (SELECT model::text::jsonb AS a FROM boosted) AS a, (SELECT pg_temp.train(options, algorithm => algorithm)::text::jsonb AS b
	FROM (VALUES ('{"trees": 9, "early_stopping": 0, "max_depth": 2}', 'gradient_boosting'), ('{"trees": 9}', 'random_forest')) AS v(options, algorithm)) AS b;
SELECT churn_info(churn_import(churn_export(model, 'xgboost'), 'xgboost'))->'trees' AS trees, max(abs(churn_predict(churn_import(churn_export(model, 'xgboost'), 'xgboost'), u) - churn_predict(model, u))) < 1e-6 AS same
FROM blends, (SELECT * FROM users WHERE userid <= 20) AS u WHERE churn_info(model)->'parts'->1->>'algorithm' = 'gradient_boosting' GROUP BY 1;
SELECT churn_export(model, 'xgboost') IS NULL FROM blends WHERE churn_info(model)->'parts'->1->>'algorithm' = 'random_forest';

-- what XGBoost cannot say
SELECT churn_export(pg_temp.train('{"calibrate": "platt"}'), 'xgboost');
SELECT churn_export(pg_temp.train('{}', algorithm => 'naive_bayes'), 'xgboost');
SELECT churn_export(pg_temp.train('{}', 'joined, songs'), 'xgboost');
SELECT churn_export(pg_temp.model('"a[1]"'), 'xgboost');
SELECT churn_export(replace(pg_temp.model()::text, 'paid', U&'pay\00E9')::churn_model, 'xgboost');

SELECT churn_export(pg_temp.model(), 'pickle');
SELECT churn_export(pg_temp.model(), '');
SELECT churn_export(NULL, 'python') IS NULL AS strict, churn_export(pg_temp.model(), NULL) IS NULL AS strict_too;
DROP TABLE users, boosted, back, towns, grouped, blends;

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

-- what XGBoost cannot say
SELECT churn_export(pg_temp.train('{"calibrate": "platt"}'), 'xgboost');
SELECT churn_export(pg_temp.train('{}', algorithm => 'naive_bayes'), 'xgboost');
SELECT churn_export(pg_temp.train('{}', 'joined, songs'), 'xgboost');
SELECT churn_export(pg_temp.model('"a[1]"'), 'xgboost');
SELECT churn_export(replace(pg_temp.model()::text, 'paid', U&'pay\00E9')::churn_model, 'xgboost');

SELECT churn_export(pg_temp.model(), 'pickle');
SELECT churn_export(pg_temp.model(), '');
SELECT churn_export(NULL, 'python') IS NULL AS strict, churn_export(pg_temp.model(), NULL) IS NULL AS strict_too;
DROP TABLE users, boosted, back;

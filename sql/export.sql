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

SELECT churn_export(pg_temp.model(), 'pickle');
SELECT churn_export(pg_temp.model(), '');
SELECT churn_export(NULL, 'python') IS NULL AS strict, churn_export(pg_temp.model(), NULL) IS NULL AS strict_too;

-- Random search: options that churn_compare draws from values and ranges
\set SHOW_CONTEXT never
SET client_min_messages = notice;
SET max_parallel_maintenance_workers = 0;
SET sparkify.progress = off;

CREATE TABLE rows AS SELECT i AS userid, (i * 7919) % 150 AS x, (i * 31) % 77 AS y, (i * 7919) % 150 + (i * 31) % 77 > 140 AS churned FROM generate_series(1, 300) AS i;
CREATE FUNCTION drawn(grid jsonb, seed bigint DEFAULT 42, algorithm text DEFAULT 'decision_tree') RETURNS SETOF jsonb LANGUAGE SQL
AS $$ SELECT options FROM churn_compare('rows', algorithms => ARRAY[algorithm], folds => 2, holdout => 0, grid => grid, seed => seed)
	AS c WHERE c.algorithm <> 'baseline' $$;

-- as many as tries says, from the values and within the ranges, whole where the option is
SELECT count(*), count(DISTINCT o), bool_and((o->>'max_depth')::int BETWEEN 2 AND 6) AS depth, bool_and(o->>'criterion' IN ('gini', 'entropy')) AS criterion,
	   bool_and((o->>'min_gain')::float8 BETWEEN 0.0001 AND 0.01) AS gain, count(DISTINCT o->>'max_depth') AS depths, count(DISTINCT o->>'min_gain') > 15 AS gains,
	   bool_and(o->>'min_leaf' = '7') AS leaf
FROM drawn('{"decision_tree": {"max_depth": {"from": 2, "to": 6}, "criterion": ["gini", "entropy"], "min_gain": {"from": 0.0001, "to": 0.01, "log": true}, "min_leaf": 7, "tries": 20}}') AS o;

-- logarithms are equally likely: as many below the middle of the logarithms as above; four digits are enough
SELECT bool_and(length(rtrim(translate(o->>'min_gain', '0.e-', ''), '0')) <= 6) AS short, count(*) FILTER (WHERE (o->>'min_gain')::float8 < 0.001) BETWEEN 60 AND 140 AS half
FROM drawn('{"decision_tree": {"min_gain": {"from": 0.0001, "to": 0.01, "log": true}, "tries": 200}}') AS o;
SELECT count(*) FILTER (WHERE (o->>'min_gain')::float8 < 0.00505) BETWEEN 60 AND 140 AS half
FROM drawn('{"decision_tree": {"min_gain": {"from": 0.0001, "to": 0.01}, "tries": 200}}') AS o;
-- both ends of a range of whole numbers are drawn
SELECT array_agg(DISTINCT (o->>'max_depth')::int ORDER BY (o->>'max_depth')::int) FROM drawn('{"decision_tree": {"max_depth": {"from": 1, "to": 3}, "min_gain": {"from": 0, "to": 0.001}, "tries": 30}}') AS o;
SELECT array_agg(DISTINCT (o->>'max_depth')::int ORDER BY (o->>'max_depth')::int) FROM drawn('{"decision_tree": {"max_depth": {"from": 1, "to": 3, "log": true}, "min_gain": {"from": 0, "to": 0.001}, "tries": 30}}') AS o;

-- the same seed draws the same, whatever else is compared; another one others
CREATE TABLE d AS SELECT seed, array_agg(o ORDER BY o) AS os
FROM unnest('{1,2}'::bigint[]) AS seed, drawn('{"decision_tree": {"max_depth": {"from": 1, "to": 20}, "min_gain": {"from": 0, "to": 1}, "tries": 4}}', seed) AS o GROUP BY seed;
SELECT count(DISTINCT os) FROM d;
SELECT array_agg(options ORDER BY options) = (SELECT os FROM d WHERE seed = 2) AS same
FROM churn_compare('rows', algorithms => '{naive_bayes,decision_tree}', folds => 2, holdout => 0, seed => 2,
	grid => '{"naive_bayes": {"smoothing": {"from": 1, "to": 9}, "tries": 2}, "decision_tree": {"tries": 4, "min_gain": {"to": 1, "from": 0}, "max_depth": {"to": 20, "from": 1}}}')
WHERE algorithm = 'decision_tree';
-- values alone may be drawn from, too; what is drawn twice is one model
SELECT o->>'max_depth' AS depth, o->>'criterion' AS criterion FROM drawn('{"decision_tree": {"max_depth": [1, 2], "criterion": ["gini", "entropy"], "tries": 10}}') AS o ORDER BY 1, 2;
SELECT count(*) FROM drawn('{"decision_tree": {"max_depth": [1, 2, 3, 4], "criterion": ["gini", "entropy"], "tries": 3}}');
SELECT count(*) FROM drawn('{"decision_tree": {"tries": 3}}');
SELECT count(*) FROM drawn('{"auto": {"candidates": {"from": 1, "to": 2}, "tries": 2}}', 42, 'auto');
-- a grid is as before
SELECT count(*) FROM drawn('{"decision_tree": {"max_depth": [1, 2, 3], "criterion": ["gini", "entropy"]}}');

-- what cannot be drawn from
SELECT drawn('{"decision_tree": {"max_depth": {"from": 2, "to": 6}}}');
SELECT drawn('{"decision_tree": {"max_depth": [2], "tries": 0}}');
SELECT drawn('{"decision_tree": {"max_depth": [2], "tries": 1.5}}');
SELECT drawn('{"decision_tree": {"max_depth": [2], "tries": "many"}}');
SELECT drawn('{"decision_tree": {"max_depth": [2], "tries": 1001}}');
SELECT drawn('{"decision_tree": {"max_depth": [], "tries": 2}}');
SELECT drawn('{"decision_tree": {"max_depth": {"from": 6, "to": 2}, "tries": 2}}');
SELECT drawn('{"decision_tree": {"max_depth": {"from": 2}, "tries": 2}}');
SELECT drawn('{"decision_tree": {"max_depth": {"from": 2, "to": "6"}, "tries": 2}}');
SELECT drawn('{"decision_tree": {"max_depth": {"from": 2, "to": 6, "step": 2}, "tries": 2}}');
SELECT drawn('{"decision_tree": {"max_depth": {"from": 2, "to": 6, "log": 1}, "tries": 2}}');
SELECT drawn('{"decision_tree": {"min_gain": {"from": 0, "to": 6, "log": true}, "tries": 2}}');
SELECT drawn('{"decision_tree": {"max_depth": {"from": 2, "to": 65}, "tries": 2}}');
SELECT drawn('{"decision_tree": {"max_depth": {"from": 1.5, "to": 6}, "tries": 2}}');
SELECT drawn('{"decision_tree": {"criterion": {"from": 0, "to": 1}, "tries": 2}}');
SELECT drawn('{"decision_tree": {"colour": {"from": 0, "to": 1}, "tries": 2}}');
SELECT drawn('{"decision_tree": {"max_depth": {"from": 1e-400, "to": 1e400}, "tries": 2}}');

DROP FUNCTION drawn;
DROP TABLE rows, d;

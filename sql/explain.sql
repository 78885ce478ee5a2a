-- Why: churn_explain and churn_reasons
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';

CREATE TYPE plan AS ENUM ('free', 'family');
CREATE TABLE users AS
SELECT i AS userid, (i * 7919) % 1000 + (i * 31) % 400 > 900 AS churned,
	   (i * 7919) % 1000 AS songs,
	   CASE WHEN i % 11 > 0 THEN ((i * 31) % 400) / 7.0 END::float8 AS adverts,
	   TIMESTAMPTZ '2018-01-01' + (i * 37) % 300 * interval '1 day' AS joined,
	   i % 5 = 0 AS friend,
	   (ARRAY['free', 'paid', NULL])[1 + i % 3] AS level,
	   (ARRAY['F', 'M'])[1 + i % 2]::char(4) AS gender,
	   (ARRAY['free', 'family'])[1 + i % 2]::plan AS plan
FROM generate_series(1, 1000) i;
CREATE TABLE models AS
SELECT algorithm AS name, model FROM unnest('{random_forest,decision_tree,gradient_boosting,logistic_regression,naive_bayes}'::text[]) a,
	   churn_train('users', algorithm => a, options => CASE WHEN a IN ('random_forest', 'gradient_boosting') THEN '{"trees": 20}' ELSE '{}' END::jsonb)
UNION ALL SELECT 'multinomial', model FROM churn_train('users', algorithm => 'naive_bayes', options => '{"distribution": "multinomial"}')
UNION ALL SELECT 'song', model FROM churn_train('SELECT songs, churned FROM users', algorithm => 'decision_tree',
	options => '{"max_depth": 1}');

-- one split: the base is the share of churn, and what is left is what its side adds
SELECT u.songs, feature, value, round(contribution::numeric, 3) AS contribution
FROM models, (SELECT 900 AS songs UNION ALL SELECT 1) u, churn_explain(model, u) WHERE name = 'song';
SELECT round(avg(churned::int), 3) FROM users;

-- furthest first, values as text has them
SELECT feature, value FROM models, users u, churn_explain(model, u) WITH ORDINALITY WHERE name = 'random_forest' AND userid = 22
ORDER BY feature;
SELECT name, bool_and(size <= before) FILTER (WHERE feature IS NOT NULL) AS sorted, count(*), count(*) FILTER (WHERE feature IS NULL AND n = 8) AS base
FROM (SELECT name, userid, feature, n, abs(contribution) AS size,
			 lag(abs(contribution)) OVER (PARTITION BY name, userid ORDER BY n) AS before
	  FROM models, users u, churn_explain(model, u) WITH ORDINALITY AS e (feature, value, contribution, n)
	  WHERE userid <= 10 AND name <> 'song') m
GROUP BY name ORDER BY name;

-- they add up to the probability or its log-odds, and on average to nothing
SELECT name, count(*), max(abs(CASE WHEN name IN ('random_forest', 'decision_tree', 'song') THEN sum
							   ELSE 1 / (1 + exp(-sum)) END - churn_predict(model, u))) < 1e-12 AS adds_up
FROM models, users u, LATERAL (SELECT sum(contribution) FROM churn_explain(model, u)) e (sum) GROUP BY name ORDER BY name;
SELECT name, max(abs(mean)) < 1e-10 AS from_the_mean
FROM (SELECT name, feature, avg(contribution) AS mean FROM models, users u, churn_explain(model, u)
	  WHERE feature IS NOT NULL AND name IN ('logistic_regression', 'naive_bayes', 'multinomial', 'song') GROUP BY 1, 2) f
GROUP BY name ORDER BY name;

-- a linear model moves by weight times the distance from the mean
SELECT bool_and(abs(contribution - weight * (songs - mean)) < 1e-10) AS linear
FROM (SELECT model, (c->>'estimate')::float8 AS weight FROM churn_train('SELECT songs, churned FROM users', algorithm => 'logistic_regression'),
	  jsonb_array_elements(churn_info(model)->'coefficients') c WHERE c->>'feature' = 'songs') m,
	 (SELECT avg(songs)::float8 AS mean FROM users) a, users u, churn_explain(model, u)
WHERE feature = 'songs';

-- the last row: the average over the training rows, and with bootstrap over those that each tree drew
SET client_min_messages = error;
SELECT v.n, abs(base - mean) < 1e-9 AS average, abs(base - drawn) < 1e-9 AS of_draws
FROM (VALUES (1, 'random_forest', '{"trees": 7}'), (2, 'random_forest', '{"trees": 7, "bootstrap": false}'), (3, 'decision_tree', '{"class_weight": 3}'),
			 (4, 'gradient_boosting', '{"trees": 7, "subsample": 0.5}'), (5, 'logistic_regression', '{}'), (6, 'naive_bayes', '{}')) v(n, algorithm, options),
	 LATERAL churn_train('users', algorithm => v.algorithm, options => v.options::jsonb) t,
	 LATERAL (SELECT contribution AS base FROM (SELECT * FROM users WHERE userid = 1) u, churn_explain(t.model, u) WHERE feature IS NULL) b,
	 LATERAL (SELECT avg(CASE WHEN v.n < 4 THEN p ELSE ln(p) - ln(1 - p) END) AS mean FROM (SELECT churn_predict(t.model, u) AS p FROM users u) p) m,
	 LATERAL (SELECT sum(share) / count(DISTINCT tree) * CASE WHEN v.n = 4 THEN count(DISTINCT tree) ELSE 1 END AS drawn
			  FROM (SELECT tree, (leaf->>0)::float8 * (leaf->>1)::float8 / sum((leaf->>1)::float8) OVER (PARTITION BY tree) AS share
					FROM jsonb_array_elements(t.model::text::jsonb->'trees') WITH ORDINALITY trees(nodes, tree), jsonb_array_elements(nodes) leaf
					WHERE jsonb_array_length(leaf) = 2) leaves) d
ORDER BY v.n;
SET client_min_messages = warning;

-- a calibrated model is explained before its calibration
SELECT abs(sum - raw) < 1e-12 AS before, abs(sum - calibrated) > 1e-6 AS not_after
FROM (SELECT t.model, (t.model::text::jsonb - 'calibration' #- '{options,calibrate}')::text::churn_model AS plain
	  FROM churn_train('users', options => '{"trees": 20, "calibrate": "platt"}') t) m,
	 (SELECT * FROM users WHERE userid = 5) u,
	 LATERAL (SELECT sum(contribution), churn_predict(plain, u) AS raw, churn_predict(m.model, u) AS calibrated
			  FROM churn_explain(m.model, u) GROUP BY 2, 3) s;

-- missing values and categories that training did not know have their part, too
SELECT feature, value, contribution <> 0 AS moves
FROM models, (SELECT 0 AS songs, NULL::float8 AS adverts, '2030-01-01 UTC'::timestamptz AS joined, true AS friend, 'gold' AS level, NULL::text AS gender,
			  'free'::plan AS plan) u, churn_explain(model, u)
WHERE name = 'logistic_regression' AND feature IN ('adverts', 'joined', 'friend', 'level', 'gender') ORDER BY feature;

-- reasons: what raises the risk, strongest first
SELECT churn_reasons(model, u) FROM models, (SELECT 900 AS songs) u WHERE name = 'song';
SELECT churn_reasons(model, u) FROM models, (SELECT 1 AS songs) u WHERE name = 'song';
SELECT churn_reasons(model, u) AS three, cardinality(churn_reasons(model, u, 100)) < 7 AS rising,
	   churn_reasons(model, u, 1) AS one, churn_reasons(model, u, 0) AS none
FROM models, users u WHERE name = 'logistic_regression' AND userid = 119;
SELECT count(*), count(*) FILTER (WHERE reasons = expected) AS same
FROM users u, models, LATERAL (SELECT churn_reasons(model, u, 2) AS reasons) r,
	 LATERAL (SELECT coalesce(array_agg(reason), '{}') AS expected
			  FROM (SELECT CASE WHEN value IS NULL THEN feature || ' is missing'
							WHEN feature = 'adverts' THEN 'adverts = ' || round(value::numeric, 6 - length(trunc(value::numeric)::text))::float8
							ELSE feature || ' = ' || value END AS reason
					FROM churn_explain(model, u) WHERE feature IS NOT NULL AND contribution > 0 ORDER BY contribution DESC LIMIT 2) l) e
WHERE name = 'random_forest' AND userid <= 200;

-- fractions are shortened in reasons, large ones too
SELECT churn_reasons(model, u) FROM (SELECT model FROM churn_train('SELECT x, x > 0 AS churned FROM generate_series(-50, 50) x',
	algorithm => 'decision_tree', options => '{"max_depth": 1}') OFFSET 0) m,
	 (VALUES (1234567.891::float8), (12.3456789), (0.50000012345678), (0.5000123456), (1e20)) u (x);

-- wrong calls
SELECT * FROM models, users u, LATERAL (SELECT u.songs, u.adverts, 'infinity'::timestamptz AS joined, u.friend, u.level, u.gender, u.plan) f, churn_explain(model, f)
WHERE name = 'logistic_regression' AND userid = 1;
SELECT churn_reasons(model, u) FROM models, (SELECT 'infinity'::float8 AS songs) u WHERE name = 'song';
SELECT churn_reasons(model, u, -1) FROM models, users u WHERE name = 'song' LIMIT 1;
SELECT * FROM models, (SELECT 1 AS adverts) u, churn_explain(model, u) WHERE name = 'song';
SELECT * FROM models, (SELECT 'x' AS songs) u, churn_explain(model, u) WHERE name = 'song';
SELECT * FROM churn_explain('{}', ROW(1));
-- a column of a view has no reasons without a model; rows do not vanish
SELECT churn_reasons(NULL::churn_model, ROW(1)) IS NULL AS no_model, churn_reasons(model, NULL::users) IS NULL AS no_row FROM models WHERE name = 'random_forest';
SELECT churn_reasons(model, u, NULL) FROM models, users u WHERE name = 'random_forest' AND userid = 1;
SELECT count(*) FROM churn_explain(NULL, ROW(1));
SELECT count(*) FROM users u LEFT JOIN models m ON m.name = u.level, churn_explain(m.model, u);
SELECT count(*) FROM models, churn_explain(model, NULL::users);

-- in the list of columns, and in parallel
SELECT (churn_explain(model, u)).feature FROM models, (SELECT 1 AS songs) u WHERE name = 'song';
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
ALTER TABLE users SET (parallel_workers = 2); ANALYZE users; ANALYZE models;
EXPLAIN (COSTS OFF) SELECT userid FROM users u, models WHERE churn_reasons(model, u) = '{}';

DROP TABLE users, models;
DROP TYPE plan;

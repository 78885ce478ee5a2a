-- One call for the best model: algorithm auto, blends, and random search in churn_compare
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET max_parallel_maintenance_workers = 0;
SET sparkify.progress = off;

-- a number from 0 to 1 that looks like chance, and is the same everywhere
CREATE FUNCTION h(i int, salt int) RETURNS float8 LANGUAGE SQL IMMUTABLE
AS $$ SELECT ('x' || substr(md5(i || '/' || salt), 1, 8))::bit(32)::bigint / 4294967296.0 $$;

-- part of the truth is a straight line, part is steps: neither boosting nor a regression sees all of it
CREATE TABLE users AS
SELECT i / 2 AS userid, x, y, z, city,
	   (h(i, 9) < 1 / (1 + exp(-(2 * x + y - 2 + CASE WHEN z > 0.5 AND x > 0.5 THEN 1.5 ELSE -0.5 END + CASE city WHEN 'Bonn' THEN 0.7 ELSE 0 END))))::int AS churned
FROM (SELECT i, h(i / 2, 1) AS x, h(i / 2, 2) + h(i / 2, 3) AS y, CASE WHEN i % 11 > 0 THEN h(i, 4) END AS z,
			 (ARRAY['Aix', 'Bonn', 'Ulm', NULL])[1 + i % 4] AS city
	  FROM generate_series(0, 799) AS i) AS u;

CREATE TABLE models AS
SELECT t.* FROM churn_train('users', algorithm => 'auto', id => 'userid', options => '{"candidates": 3, "seed": 2}') AS t;
SELECT algorithm, grp, n_rows, n_features, n_positive > 0 AS some, churn_info(model)->>'algorithm' AS is FROM models;

-- what it did: every candidate, how far it came, and its weight, which sum to 1
SELECT c->>'algorithm' AS algorithm, c->'options'->>'max_depth' AS max_depth, c->'options'->>'l2' AS l2, c->>'folds' AS folds,
	   (c->>'log_loss')::float8 BETWEEN 0.1 AND 0.7 AS log_loss, (c->>'auc')::float8 BETWEEN 0.5 AND 1 AS auc, (c->>'weight')::float8 > 0 AS part
FROM models, jsonb_array_elements(churn_info(model)->'search') WITH ORDINALITY AS s (c, n) ORDER BY n;
SELECT sum((c->>'weight')::float8), count(*) FROM models, jsonb_array_elements(churn_info(model)->'search') AS c;
SELECT p->>'algorithm' AS algorithm, (p->>'weight')::float8 > 0 AS weight, p ? 'trees' AS trees, p ? 'coefficients' AS coefficients, p->'facts'->>'rows' AS rows
FROM models, jsonb_array_elements(churn_info(model)->'parts') AS p;
SELECT f->>'rows' AS rows, f->>'candidates' AS candidates, f->>'searched_rows' AS searched, f->>'cv_rows' AS cv_rows,
	   (f->>'cv_auc')::float8 > 0.7 AS auc, i->>'threshold_rule' AS rule, i->>'threshold_rows' AS by
FROM models, churn_info(model) AS i, LATERAL (SELECT i->'facts' AS f) AS l;

-- a value like any other: text and binary, =, hash, threshold
SELECT model::text::churn_model = model AS text, (SELECT count(*) FROM (SELECT model FROM models UNION SELECT model FROM models) AS u) AS one,
	   churn_fingerprint(model) = churn_fingerprint(model::text::churn_model) AS fingerprint,
	   (churn_info(churn_set_threshold(model, 0.25))->>'threshold')::float8 AS threshold
FROM models;
SELECT model::churn_forest FROM models;

-- it answers by the mean of its parts' log-odds, the forest's share kept off both ends
CREATE TABLE parts AS
SELECT n, (w#>>'{}')::float8 AS weight, (p::text)::churn_model AS model
FROM models, LATERAL (SELECT model::text::json AS j) AS t,
	 json_array_elements(j->'weights') WITH ORDINALITY AS ws (w, n) JOIN json_array_elements(j->'parts') WITH ORDINALITY AS ps (p, m) ON n = m;
CREATE FUNCTION log_odds(p float8, model churn_model) RETURNS float8 LANGUAGE SQL
AS $$ SELECT ln(s / (1 - s)) FROM (SELECT CASE churn_info(model)->>'algorithm' WHEN 'random_forest' THEN 0.001 + 0.998 * p ELSE p END AS s) AS q $$;
SELECT count(*), max(abs(churn_predict(m.model, u) - 1 / (1 + exp(-margin)))) < 1e-12 AS mean
FROM models AS m, users AS u, LATERAL (SELECT sum(weight * log_odds(churn_predict(p.model, u), p.model)) AS margin FROM parts AS p) AS l;
SELECT count(*), bool_and(score = churn_predict(model, u)) AS same, bool_and(at_risk = churn_at_risk(model, u)) AS at_risk
FROM models, (SELECT DISTINCT ON (userid) * FROM users) AS u JOIN churn_score((SELECT model FROM models), 'SELECT DISTINCT ON (userid) * FROM users') ON id = userid::text;

-- explanations add up to the log-odds, and importances to 1
SELECT max(abs(sum - ln(p / (1 - p)))) < 1e-9 AS adds_up
FROM (SELECT churn_predict(model, u) AS p, (SELECT sum(contribution) FROM churn_explain(model, u)) AS sum FROM models, users AS u WHERE userid < 200) AS e;
SELECT array_agg(feature ORDER BY feature), round(sum(importance)::numeric, 9) FROM models, churn_importance(model);
SELECT count(*) FROM models, users AS u, unnest(churn_reasons(model, u, 1)) WHERE userid < 20;
SELECT * FROM models, churn_importance(model, 'permutation');

-- the same in any order, with workers and without, and through churn_compare
SELECT churn_fingerprint(t.model) = churn_fingerprint(m.model) AS order
FROM models AS m, churn_train('SELECT * FROM users ORDER BY md5(users::text)', algorithm => 'auto', id => 'userid', options => '{"candidates": 3, "seed": 2}') AS t;
SET max_parallel_maintenance_workers = 2;
SET min_parallel_table_scan_size = 0;
SELECT churn_fingerprint(t.model) = churn_fingerprint(m.model) AS workers
FROM models AS m, churn_train('users', algorithm => 'auto', id => 'userid', options => '{"candidates": 3, "seed": 2}') AS t;
CREATE TABLE compared AS
SELECT * FROM churn_compare('users', algorithms => '{random_forest,auto,logistic_regression}', folds => 2, holdout => 0, id => 'userid', metric => 'log_loss',
	grid => '{"auto": {"candidates": 3, "seed": 2}}');
SELECT rank, algorithm, options FROM compared WHERE algorithm = 'auto';
SELECT algorithm, p_value < 1 AS tested FROM compared WHERE algorithm <> 'auto' ORDER BY rank;
SELECT churn_fingerprint(c.model) = churn_fingerprint(m.model) AS compared FROM models AS m, compared AS c WHERE c.algorithm = 'auto';
SET max_parallel_maintenance_workers = 0;
RESET min_parallel_table_scan_size;
SELECT bool_and(c.cv_mean = d.cv_mean AND (c.holdout).auc = (d.holdout).auc AND c.model IS NOT DISTINCT FROM d.model) AS same, count(*)
FROM churn_compare('users', algorithms => '{auto,naive_bayes}', id => 'userid', folds => 2, grid => '{"auto": {"candidates": [1, 3], "calibrate": ["platt"]}}') AS c
JOIN churn_compare('SELECT * FROM users ORDER BY z, x', algorithms => '{naive_bayes,auto}', id => 'userid', folds => 2, grid => '{"auto": {"candidates": [1, 3], "calibrate": ["platt"]}}') AS d USING (algorithm, options);

-- one model alone is a plain one, and says that it was chosen
SELECT i->>'algorithm' AS algorithm, i->'facts'->>'candidates' AS candidates, i->'search'->0->>'weight' AS weight, i ? 'parts' AS parts, i->'options'->>'calibrate' AS calibrate, i ? 'calibration' AS calibration,
	   t.model::text::churn_model = t.model AS text
FROM churn_train('users', algorithm => 'auto', id => 'userid', options => '{"candidates": 1, "calibrate": "platt"}') AS t, churn_info(t.model) AS i;
SELECT i->>'algorithm' AS algorithm, i->'calibration' ? 'slope' AS calibrated, i->>'threshold' AS threshold, i->>'threshold_rule' AS rule
FROM churn_train('users', algorithm => 'auto', id => 'userid', options => '{"candidates": 3, "calibrate": "platt", "threshold": 0.3, "class_weight": "balanced"}') AS t, churn_info(t.model) AS i;
SELECT grp, churn_info(model)->'facts'->>'rows' AS rows FROM churn_train('users', algorithm => 'auto', id => 'userid', group_by => 'city', options => '{"candidates": 2}');

SELECT c->>'algorithm' AS algorithm, c->'options'->'models' AS models FROM churn_train('users', algorithm => 'auto', id => 'userid', options => '{"candidates": 2, "models": 2}') AS t, jsonb_array_elements(churn_info(t.model)->'search') AS c;

-- too few to compare by: boosting
SET client_min_messages = notice;
SELECT churn_info(model)->>'algorithm' AS algorithm FROM churn_train('SELECT i AS userid, i AS x, i = 7 AS churned FROM generate_series(1, 40) AS i', algorithm => 'auto');
SELECT churn_train('SELECT i AS userid, i AS x, i = 7 AS churned FROM generate_series(1, 40) AS i', algorithm => 'auto', options => '{"calibrate": "platt"}');
SELECT churn_compare('SELECT i AS userid, i AS x, i in (7, 8) AS churned FROM generate_series(1, 40) AS i', algorithms => '{auto}', folds => 2, holdout => 0);
SET client_min_messages = warning;

-- options of the candidates are not auto's, and blend is no name to train by
SELECT churn_train('users', algorithm => 'auto', options => '{"trees": 10}');
SELECT churn_train('users', algorithm => 'auto', options => '{"candidates": 9}');
SELECT churn_train('users', algorithm => 'blend');
SELECT churn_compare('users', algorithms => '{auto,auto}');
SELECT churn_compare('users', algorithms => '{auto}', grid => '{"blend": [{}]}');

-- text from anywhere: each part is checked, and the whole
CREATE FUNCTION refused(m jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE why text;
BEGIN
	PERFORM m::text::churn_model;
	RETURN 'accepted';
EXCEPTION WHEN invalid_text_representation THEN
	GET STACKED DIAGNOSTICS why = PG_EXCEPTION_DETAIL;
	RETURN why;
END $$;
SELECT what, refused(changed) FROM (SELECT model::text::jsonb AS m FROM models) AS s, LATERAL (VALUES
	('nothing', m),
	('weights missing', m - 'weights'),
	('parts missing', m - 'parts'),
	('trees beside parts', m || '{"trees": []}'),
	('a weight too few', jsonb_set(m, '{weights}', (m->'weights') - 0)),
	('a weight too large', jsonb_set(m, '{weights,0}', '0.9')),
	('no number', jsonb_set(m, '{weights,0}', '"a"')),
	('one part', jsonb_set(jsonb_set(m, '{weights}', '[1]'), '{parts}', jsonb_build_array(m->'parts'->0))),
	('a blend in a blend', jsonb_set(m, '{parts,0}', m)),
	('a part of another name', jsonb_set(m, '{parts,0,features,0,name}', '"w"')),
	('a part with other bins', jsonb_set(m, '{parts,0,features,0,edges,0}', '-7')),
	('a part that is no model', jsonb_set(m, '{parts,0}', '{"features": []}')),
	('a part without threshold', m #- '{parts,0,threshold}'),
	('search missing', m - 'search'),
	('candidates missing', m #- '{facts,candidates}'),
	('fewer candidates', m #- '{search,0}'),
	('a candidate of no algorithm', jsonb_set(m, '{search,0,algorithm}', '"magic"')),
	('a candidate without auc', m #- '{search,0,auc}'),
	('a candidate too much', jsonb_set(m, '{search,0,more}', '1')),
	('a candidate with an impossible figure', jsonb_set(m, '{search,0,auc}', '2')),
	('a candidate with a weight', jsonb_set(m, '{search,0,weight}', '3'))) AS v (what, changed);

-- a blend of the hazard, written by hand: the curve is made of what it predicts for each period
CREATE TABLE periods AS
SELECT userid, p AS period, x, city, h(userid, 50 + p) < 0.1 + 0.2 * x + 0.05 * p AS churned FROM users, generate_series(1, 4) AS p;
CREATE TABLE hazard AS
SELECT jsonb_build_object('sparkify_model', 1, 'algorithm', 'blend', 'threshold', 0.4, 'options', '{"class_weight": "none", "seed": 42}'::jsonb, 'facts', '{}'::jsonb,
	   'features', a.m->'features', 'weights', '[0.75, 0.25]'::jsonb, 'parts', jsonb_build_array(a.m, b.m))::text::churn_model AS model
FROM (SELECT model::text::jsonb AS m FROM churn_train('periods', algorithm => 'decision_tree', options => '{"max_depth": 3}')) AS a,
	 (SELECT model::text::jsonb AS m FROM churn_train('periods', algorithm => 'logistic_regression')) AS b;
SELECT count(*), bool_and(array_length(curve, 1) = 4 AND abs(curve[4] - stay) < 1e-12) AS product
FROM hazard, (SELECT DISTINCT ON (userid) * FROM periods WHERE userid < 100) AS r, churn_predict_curve(model, r) AS curve,
	 LATERAL (SELECT exp(sum(ln(1 - churn_predict(model, p)))) AS stay FROM (SELECT r.userid, q AS period, r.x, r.city FROM generate_series(1, 4) AS q) AS p) AS l;

-- weights: those of the search, of the blend and of its parts; the same in any order, with workers, through churn_compare
CREATE TABLE weighed AS SELECT *, 1 + (userid * 7) % 3 AS w, 1 AS one FROM users;
CREATE TABLE weighed_models AS
SELECT o, t.model FROM unnest('{"{}","{\"calibrate\": \"isotonic\", \"class_weight\": 2}"}'::text[]) AS o,
	   churn_train('weighed', algorithm => 'auto', id => 'userid', exclude => '{one}', options => o::jsonb || '{"candidates": 3, "seed": 2, "weights": "w"}') AS t;
SELECT o, i->'options'->'weights' AS weights, f->'rows' AS rows, f->'weight' = to_jsonb(s) AS weight, f->'weight_unit' AS unit, f->'unweighted' AS unweighted,
	   (SELECT bool_and(p->'options'->>'weights' = 'w' AND p->'facts'->'weight' = f->'weight') FROM jsonb_array_elements(i->'parts') AS p) AS parts,
	   model::text::churn_model = model AS text, churn_fingerprint(model::text::churn_model) = churn_fingerprint(model) AS fingerprint
FROM weighed_models, churn_info(model) AS i, LATERAL (SELECT i->'facts') AS l (f), (SELECT sum(w) FROM weighed) AS a (s) ORDER BY o;
SET max_parallel_maintenance_workers = 2;
SET min_parallel_table_scan_size = 0;
SELECT o, churn_fingerprint(t.model) = churn_fingerprint(m.model) AS same
FROM weighed_models AS m, churn_train('SELECT * FROM weighed ORDER BY z, w, userid DESC', algorithm => 'auto', id => 'userid', exclude => '{one}',
	options => o::jsonb || '{"candidates": 3, "seed": 2, "weights": "w"}') AS t ORDER BY o;
SELECT algorithm, options->'weights' AS weights, churn_fingerprint(c.model) = (SELECT churn_fingerprint(model) FROM weighed_models WHERE o = '{}') AS same
FROM churn_compare('weighed', algorithms => '{auto,naive_bayes}', folds => 2, holdout => 0, id => 'userid', exclude => '{one}',
	grid => '{"auto": {"candidates": 3, "seed": 2}, "naive_bayes": {"weights": "w"}}') AS c ORDER BY algorithm;
SET max_parallel_maintenance_workers = 0;
RESET min_parallel_table_scan_size;
SELECT max(abs(churn_predict(w.model, u) - churn_predict(m.model, u))) > 0.01 AS others FROM models AS m, weighed_models AS w, users AS u WHERE w.o = '{}';
-- weight for those who churn, as rows or as a class, is the same task to the search
SELECT a.c->>'algorithm' AS algorithm, abs((a.c->>'log_loss')::float8 - (b.c->>'log_loss')::float8) < 0.02 AS log_loss
FROM (SELECT n, c FROM churn_train('SELECT *, 1 + 3 * churned AS w FROM users', algorithm => 'auto', id => 'userid', options => '{"candidates": 3, "weights": "w"}') AS t,
			 jsonb_array_elements(churn_info(t.model)->'search') WITH ORDINALITY AS s (c, n)) AS a,
	 (SELECT n, c FROM churn_train('users', algorithm => 'auto', id => 'userid', options => '{"candidates": 3, "class_weight": 4}') AS t,
			 jsonb_array_elements(churn_info(t.model)->'search') WITH ORDINALITY AS s (c, n)) AS b WHERE a.n = b.n ORDER BY a.n;
SELECT as_of, (metrics).n AS judged, churn_info(model)->'options'->'weights' AS weights
FROM churn_backtest('SELECT userid, DATE ''2024-01-01'' + 10 * (userid % 3) AS as_of, churned, x, y, z, nullif(w, 3) AS w FROM weighed', horizon => '10 days', algorithm => 'auto',
	options => '{"candidates": 2, "weights": "w"}') ORDER BY 1;

-- constraints: what cannot be held to them is not tried, and told; what is found keeps them
SET client_min_messages = notice;
CREATE TABLE held AS
SELECT o, t.model FROM unnest('{"{\"monotone\": {\"x\": \"decreasing\", \"y\": 1, \"z\": 0}}","{\"monotone\": {\"x\": 1}, \"weights\": \"w\", \"calibrate\": \"platt\"}","{\"interactions\": [[\"x\", \"y\"], [\"z\"]]}"}'::text[]) AS o,
	   churn_train('weighed', algorithm => 'auto', id => 'userid', exclude => CASE WHEN o LIKE '%weights%' THEN '{one}' ELSE '{one,w}' END::text[], options => o::jsonb || '{"candidates": 3, "seed": 2}') AS t;
SELECT rank, algorithm FROM churn_compare('users', algorithms => '{auto,naive_bayes}', folds => 2, holdout => 0, id => 'userid', metric => 'log_loss', grid => '{"auto": [{"candidates": 2, "monotone": {"x": 1}}, {"candidates": 3, "monotone": {"y": 1}}]}');
SET client_min_messages = warning;
SELECT i->>'algorithm' AS algorithm, i->'options'->'monotone' AS monotone, i->'options'->'interactions' AS interactions, i->'facts'->'candidates' AS candidates,
	   ARRAY(SELECT c->>'algorithm' FROM jsonb_array_elements(i->'search') AS c) AS tried, model::text::churn_model = model AS text
FROM held, churn_info(model) AS i ORDER BY o;
CREATE FUNCTION wrong(m churn_model, sign int) RETURNS bigint LANGUAGE SQL
AS $$ SELECT count(*) FILTER (WHERE sign * (p - before) < 0) FROM (SELECT churn_predict(m, r) AS p, lag(churn_predict(m, r)) OVER (PARTITION BY u.userid, u.z, u.city ORDER BY g) AS before
	FROM weighed AS u, generate_series(-0.1, 1.1, 0.05) AS g, LATERAL (SELECT g AS x, u.y, u.z, u.city) AS r WHERE u.userid % 10 = 0) AS s $$;
SELECT churn_info(model)->>'algorithm' AS algorithm, sign, wrong(model, sign) FROM held, LATERAL (SELECT CASE WHEN o LIKE '%decreasing%' THEN -1 ELSE 1 END) AS s (sign) WHERE o LIKE '%monotone%' ORDER BY o;
SELECT wrong(model, 1) > 0 AS up, wrong(model, -1) > 0 AS down FROM models;
SELECT churn_fingerprint(t.model) = churn_fingerprint(h.model) AS workers
FROM held AS h, LATERAL (SELECT set_config('max_parallel_maintenance_workers', '2', true), set_config('min_parallel_table_scan_size', '0', true)) AS s,
	 LATERAL churn_train('SELECT * FROM weighed ORDER BY y', algorithm => 'auto', id => 'userid', exclude => CASE WHEN o LIKE '%weights%' THEN '{one}' ELSE '{one,w}' END::text[],
		options => o::jsonb || '{"candidates": 3, "seed": 2}') AS t ORDER BY o;
SELECT i->>'algorithm' AS algorithm, i->'options'->'monotone' AS monotone, i->'options'->'weights' AS weights, i->'facts'->'weight' AS weight
FROM churn_train('SELECT i AS userid, i AS x, 2 AS w, i = 7 AS churned FROM generate_series(1, 40) AS i', algorithm => 'auto', options => '{"monotone": {"x": 1}, "weights": "w"}') AS t, churn_info(t.model) AS i;
SELECT churn_train('users', algorithm => 'auto', options => '{"monotone": {"nobody": 1}}');
SELECT churn_train('users', algorithm => 'auto', options => '{"monotone": {"city": 1}}');
SELECT churn_train('users', algorithm => 'auto', options => '{"weights": "nobody"}');

-- text whose parts do not keep what the blend promises
SELECT refused(jsonb_set(m, '{options,interactions}', '[["x", "y", "z", "city"]]')) AS groups, refused(jsonb_set(m, '{options,monotone}', '{"x": "increasing"}')) AS regression,
	   refused(m #- '{options,interactions}') AS less
FROM (SELECT model::text::jsonb AS m FROM held WHERE o LIKE '%interactions%') AS s;
DROP FUNCTION wrong;
DROP TABLE weighed, weighed_models, held;

DROP TABLE users, models, parts, compared, periods, hazard;
DROP FUNCTION h, log_odds, refused;

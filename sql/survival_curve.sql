-- churn_predict_curve: the chance to stay through the periods ahead, by a model of the hazard
\pset null NULL
\set SHOW_CONTEXT never
\set VERBOSITY default
SET client_min_messages = warning;

-- users leave more often with high x and in later weeks, and in one city
CREATE TABLE users AS
SELECT i AS userid, (i * 7919 % 1000) / 1000.0::float8 AS x, CASE WHEN i % 11 = 0 THEN NULL ELSE i * 31 % 17 END AS y, 'city ' || i % 4 AS city FROM generate_series(1, 2000) AS i;
CREATE TABLE times AS
SELECT userid, least(coalesce(week * 7 - userid % 7, 1000), 42 + userid % 9) AS days, coalesce(week * 7 - userid % 7, 1000) <= 42 + userid % 9 AS churned, 42 + userid % 9 AS follow_up
FROM users, LATERAL (SELECT min(w) AS week FROM generate_series(1, 12) AS w WHERE abs(hashint8(userid * 100 + w)::bigint) % 1000 < 40 + 160 * x * x + 8 * w + CASE city WHEN 'city 2' THEN 60 ELSE 0 END) AS left_in;
CREATE VIEW weeks AS SELECT u.*, p.period, p.churned FROM users AS u JOIN times AS t USING (userid), churn_periods(t.days, t.churned, follow_up => t.follow_up) AS p;
SELECT period, count(*) AS users, count(*) FILTER (WHERE churned) AS leave FROM weeks GROUP BY period ORDER BY period;
CREATE TABLE hazards AS
SELECT algorithm, model FROM (VALUES ('gradient_boosting', '{"trees": 40, "max_depth": 3}'), ('random_forest', '{"trees": 20}'), ('decision_tree', '{"max_depth": 4}'), ('logistic_regression', '{}'), ('naive_bayes', '{}')) AS v (a, o),
	churn_train('weeks', algorithm => a, options => o::jsonb, exclude => '{userid}', id => 'userid');

-- each element is the product of 1 - hazard of the periods up to it, whatever the algorithm
SELECT algorithm, count(*), max(abs(curve[k] - stay)) < 1e-12 AS product, bool_and(cardinality(curve) = 7) AS all_periods
FROM (SELECT algorithm, u, k, churn_predict_curve(model, u) AS curve, exp(sum(ln(greatest(1 - churn_predict(model, r), 1e-300))) OVER (PARTITION BY algorithm, userid ORDER BY k)) AS stay
	FROM hazards, users AS u, generate_series(1, 7) AS k, LATERAL (SELECT u.x, u.y, u.city, k AS period) AS r WHERE userid % 10 = 0) AS c GROUP BY algorithm ORDER BY algorithm;
-- fewer periods are the first ones; a column "period" of the row is not read
SELECT bool_and(churn_predict_curve(model, u, 3) = (churn_predict_curve(model, u))[1:3] AND churn_predict_curve(model, r) = churn_predict_curve(model, u) AND churn_predict_curve(model, t) = churn_predict_curve(model, u)) AS same
FROM hazards, users AS u, LATERAL (SELECT u.*, 5 AS period) AS r, LATERAL (SELECT u.*, 'week 5' AS period) AS t WHERE u.userid < 50;
-- the mean of the curves is near to what happened
SELECT k, abs(avg(curve[k]) - (SELECT min(p.survival) FROM (SELECT churn_survival(days, churned) AS c FROM times) AS s, unnest(c) AS p WHERE p.time <= 7 * k)) < 0.03 AS near
FROM hazards, users AS u, generate_series(1, 6) AS k, churn_predict_curve(model, u) AS curve WHERE algorithm = 'gradient_boosting' GROUP BY k ORDER BY k;
-- a calibrated model; one of a single period; one that has no use for the period; long periods
SELECT max(abs(c[2] - (1 - churn_predict(model, r1)) * (1 - churn_predict(model, r2)))) < 1e-12 AS calibrated
FROM churn_train('weeks', algorithm => 'gradient_boosting', options => '{"trees": 10, "calibrate": "isotonic"}', exclude => '{userid}', id => 'userid'), users AS u,
	LATERAL (SELECT u.*, 1 AS period) AS r1, LATERAL (SELECT u.*, 2 AS period) AS r2, churn_predict_curve(model, u) AS c WHERE u.userid < 30;
SELECT cardinality(c), c[1] = 1 - churn_predict(model, r) AS same FROM churn_train('SELECT * FROM weeks WHERE period = 1', algorithm => 'gradient_boosting', options => '{"trees": 10}', exclude => '{userid}'), users AS u, LATERAL (SELECT u.*, 1 AS period) AS r, churn_predict_curve(model, u) AS c WHERE u.userid = 7;
SELECT cardinality(c) FROM churn_train('SELECT churned, y, period::numeric FROM weeks', algorithm => 'decision_tree', options => '{"max_depth": 1}'), users AS u, churn_predict_curve(model, u) AS c WHERE userid = 7;

-- nothing of nobody
SELECT churn_predict_curve(NULL, u), churn_predict_curve(model, NULL::users) FROM users AS u, hazards WHERE userid = 1 AND algorithm = 'naive_bayes';
-- refused
SELECT churn_predict_curve(model, u, 8) FROM users AS u, hazards WHERE userid = 1 AND algorithm = 'gradient_boosting';
SELECT churn_predict_curve(model, u, 0) FROM users AS u, hazards WHERE userid = 1 AND algorithm = 'gradient_boosting';
SELECT churn_predict_curve(model, ROW(1)) FROM hazards WHERE algorithm = 'gradient_boosting';
SELECT churn_predict_curve(model, u) FROM users AS u, churn_train('SELECT churned, x FROM weeks WHERE period = 1', options => '{"trees": 1}') WHERE userid = 1;
SELECT churn_predict_curve(model, u) FROM users AS u, churn_train('SELECT churned, x, ''week '' || period AS period FROM weeks', options => '{"trees": 1}') WHERE userid = 1;
SELECT churn_predict_curve(model, u) FROM users AS u, churn_train('SELECT churned, x, 20240100 + period AS period FROM weeks', options => '{"trees": 1}') WHERE userid = 1;
SELECT churn_predict_curve(model, u) FROM users AS u, churn_train('SELECT churned, x, period - 1 AS period FROM weeks', options => '{"trees": 1}') WHERE userid = 1;
SELECT churn_predict_curve(model, u) FROM users AS u, churn_train('SELECT churned, x, NULL::int AS period FROM weeks', options => '{"trees": 1}') WHERE userid = 1;

-- in workers the same
CREATE TABLE serial AS SELECT algorithm, userid, churn_predict_curve(model, u) AS curve FROM hazards, users AS u;
ALTER TABLE users SET (parallel_workers = 3);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 3;
CREATE FUNCTION plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE plan json; BEGIN EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan; RETURN plan::text; END $$;
SELECT plan_of('SELECT algorithm, userid, churn_predict_curve(model, u) AS curve FROM hazards, users AS u') ~ '"Workers Planned": 3' AS workers;
SELECT count(*), bool_and(p.curve = s.curve) AS same FROM (SELECT algorithm, userid, churn_predict_curve(model, u) AS curve FROM hazards, users AS u) AS p JOIN serial AS s USING (algorithm, userid);
RESET ALL;
DROP FUNCTION plan_of;
DROP VIEW weeks;
DROP TABLE users, times, hazards, serial;

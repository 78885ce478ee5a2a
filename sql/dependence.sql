-- What a model scores when one feature has another value
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE TABLE users AS
SELECT i AS userid, abs(hashint4(i * 3) % 100) AS songs, CASE WHEN i % 9 > 0 THEN abs(hashint4(i * 5) % 1000) / 10.0 END AS hours,
	CASE WHEN i % 11 > 0 THEN (ARRAY['free', 'free', 'free', 'paid', 'paid', 'trial'])[1 + abs(hashint4(i * 7)) % 6] END AS level,
	timestamp '2024-01-01' + abs(hashint4(i * 11) % 60) * interval '1 day' AS seen, i % 3 = 0 AS mobile
FROM generate_series(1, 800) AS i;
ALTER TABLE users ADD churned boolean;
UPDATE users SET churned = songs + abs(hashint4(userid)) % 60 + CASE WHEN level = 'free' THEN 0 ELSE 30 END < 60;
CREATE TABLE models AS
SELECT algorithm, model FROM unnest('{random_forest,gradient_boosting,logistic_regression,naive_bayes}'::text[]) a, churn_train('users', algorithm => a, options => '{}');
-- a blend, written by hand: trees and terms in one model
INSERT INTO models
SELECT 'blend', jsonb_build_object('sparkify_model', 1, 'algorithm', 'blend', 'threshold', 0.4, 'options', '{"class_weight": "none", "seed": 42}'::jsonb,
	'facts', '{}'::jsonb, 'features', b.m->'features', 'weights', '[0.5, 0.25, 0.25]'::jsonb, 'parts', jsonb_build_array(b.m, l.m, f.m))::text::churn_model
FROM (SELECT model::text::jsonb AS m FROM models WHERE algorithm = 'gradient_boosting') AS b,
	(SELECT model::text::jsonb AS m FROM models WHERE algorithm = 'logistic_regression') AS l,
	(SELECT model::text::jsonb AS m FROM models WHERE algorithm = 'random_forest') AS f;
CREATE FUNCTION dependence(of text, points int DEFAULT 20) RETURNS TABLE (value text, number numeric, mean_score numeric, q10 numeric, median numeric, q90 numeric, n bigint) LANGUAGE sql AS $$
	SELECT value, number::numeric, round(mean_score::numeric, 3), round(q10::numeric, 3), round(median::numeric, 3), round(q90::numeric, 3), n
	FROM models, churn_dependence(model, 'users', of, points) WHERE algorithm = 'random_forest' $$;
SELECT * FROM dependence('songs', 6);
SELECT * FROM dependence('level');
SELECT * FROM dependence('level', 2);
SELECT * FROM dependence('hours', 3);
SELECT * FROM dependence('seen', 4);
SELECT * FROM dependence('mobile');

-- the same by plain SQL: each row with the value in place of its own
CREATE VIEW plain AS
SELECT m.algorithm, f.feature, d.value, d.mean_score, d.q10, d.q25, d.median, d.q75, d.q90, j.mean, j.spread
FROM models m, unnest('{songs,hours,level,mobile,seen}'::text[]) AS f(feature), churn_dependence(m.model, 'users', f.feature, 5) d,
	LATERAL (SELECT avg(p) AS mean, percentile_cont('{0.1,0.25,0.5,0.75,0.9}'::float8[]) WITHIN GROUP (ORDER BY p) AS spread
		FROM users u, LATERAL (SELECT churn_predict(m.model, r) AS p FROM (SELECT
			CASE WHEN f.feature = 'songs' THEN d.value::int ELSE u.songs END AS songs, CASE WHEN f.feature = 'hours' THEN d.value::numeric ELSE u.hours END AS hours,
			CASE WHEN f.feature = 'level' THEN d.value ELSE u.level END AS level, CASE WHEN f.feature = 'seen' THEN d.value::timestamp ELSE u.seen END AS seen,
			CASE WHEN f.feature = 'mobile' THEN d.value::boolean ELSE u.mobile END AS mobile) r) s) j;
SELECT algorithm, count(*) AS points, count(*) FILTER (WHERE abs(mean - mean_score) < 1e-12) AS means,
	count(*) FILTER (WHERE abs(spread[1] - q10) + abs(spread[2] - q25) + abs(spread[3] - median) + abs(spread[4] - q75) + abs(spread[5] - q90) < 1e-12) AS spreads FROM plain GROUP BY 1 ORDER BY 1;
-- all rows are near some value, and the ends are the ends
SELECT feature, sum(d.n) AS n, bool_and(d.mean_score BETWEEN d.q10 AND d.q90) AS between, min(number) = least FROM models, (VALUES ('songs', 0), ('hours', (SELECT min(hours) FROM users)), ('mobile', 0)) f(feature, least),
	churn_dependence(model, 'users', feature, 7) d WHERE algorithm = 'gradient_boosting' GROUP BY feature, least ORDER BY 1;

-- of many rows some are taken, in whatever order they come
CREATE VIEW many AS SELECT u.*, songs + n * 0.001 AS more FROM users u, generate_series(1, 10) n;
SELECT count(*) AS same FROM models, churn_dependence(model, 'SELECT userid, more AS songs, hours, level, seen, mobile FROM many', 'songs') a
	JOIN churn_dependence(model, 'SELECT userid, more AS songs, hours, level, seen, mobile FROM many ORDER BY more DESC, userid DESC', 'songs') b ON a = b WHERE algorithm = 'random_forest';
SELECT abs(a.mean_score - b.mean_score) < 0.05 AS near, a.n = 10 * b.n AS rows FROM models, churn_dependence(model, 'many', 'level') a JOIN churn_dependence(model, 'users', 'level') b USING (value) WHERE algorithm = 'random_forest';
SELECT count(*), count(DISTINCT mean_score) AS means FROM models, generate_series(1, 3) i, churn_dependence(model, 'many', 'level', sample => (10 ^ i)::int) WHERE algorithm = 'random_forest';

-- refusals
SELECT churn_dependence(NULL, 'users', 'songs');
SELECT churn_dependence(model, 'users', NULL) FROM models LIMIT 1;
SELECT churn_dependence(model, 'users', 'userid') FROM models LIMIT 1;
SELECT churn_dependence(model, 'users', 'songs', 1) FROM models LIMIT 1;
SELECT churn_dependence(model, 'users', 'songs', sample => 0) FROM models LIMIT 1;
SELECT churn_dependence(model, 'SELECT * FROM users WHERE false', 'songs') FROM models LIMIT 1;
SELECT churn_dependence(model, 'SELECT songs FROM users', 'songs') FROM models LIMIT 1;
DROP VIEW plain, many;
DROP FUNCTION dependence;
DROP TABLE users, models;

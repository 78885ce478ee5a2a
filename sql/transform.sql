-- Skewed numbers: what regressions and naive Bayes make of them, against plain SQL
\set SHOW_CONTEXT never
\set VERBOSITY default
SET client_min_messages = notice;
SET extra_float_digits = 0;

CREATE FUNCTION trained(source text, algorithm text, options jsonb DEFAULT '{}') RETURNS churn_model
LANGUAGE sql AS 'SELECT model FROM churn_train(source, algorithm => $2, options => $3)';
CREATE FUNCTION near(a float8, b float8, within float8) RETURNS boolean
LANGUAGE sql AS 'SELECT abs(a - b) <= within * greatest(abs(a), abs(b))';
-- the formulas of docs/models.md
CREATE FUNCTION transformed(transform text, power float8, x float8) RETURNS float8 LANGUAGE sql AS $$
	SELECT CASE
		WHEN transform IS NULL THEN x
		WHEN transform = 'log' THEN sign(x) * ln(1 + abs(x))
		WHEN x >= 0 AND power = 0 THEN ln(1 + x)
		WHEN x >= 0 THEN ((1 + x) ^ power - 1) / power
		WHEN power = 2 THEN -ln(1 - x)
		ELSE -((1 - x) ^ (2 - power) - 1) / (2 - power) END $$;
-- what a regression says of its numbers, one row for each
CREATE FUNCTION weights(m churn_model) RETURNS TABLE (feature text, transform text, power float8, missing boolean, estimate float8)
LANGUAGE sql AS $$
	SELECT c.* FROM jsonb_to_recordset(churn_info(m)->'coefficients')
		AS c(feature text, transform text, power float8, missing boolean, estimate float8) $$;

-- posts and debts are skewed and count by their logarithms; calls are skewed and count by their squares; age is not skewed
CREATE TABLE users AS
SELECT i AS userid, posts, debts, calls, age, flag, joined,
	   0.8 * ln(1 + posts) + 0.5 * ln(1 - debts) - 0.03 * calls ^ 2 + (i * 7121) % 1000 / 300.0 < 6.5 AS churned
FROM (SELECT i, (exp((i * 7919) % 1009 / 150.0))::int AS posts, -exp((i * 104729) % 997 / 250.0) AS debts,
			 floor(-3 * ln(1 - (i * 3571) % 991 / 992.0)) AS calls, nullif((i * 31) % 83, 7) + 0.5 AS age, i % 40 = 0 AS flag,
			 timestamp '2018-01-01' + make_interval(secs => exp((i * 271) % 97 / 6.0)) AS joined
	  FROM generate_series(1, 3000) i) s;
ALTER TABLE users SET (parallel_workers = 4);
ANALYZE users;

-- which numbers are transformed, and what that is good for
CREATE TABLE models AS
SELECT n, algorithm, options, trained('users', algorithm, options::jsonb) AS model
FROM (VALUES (1, 'logistic_regression', '{}'), (2, 'logistic_regression', '{"transform": "none"}'),
			 (3, 'logistic_regression', '{"transform": "log"}'), (4, 'logistic_regression', '{"transform": "yeo_johnson", "l2": 0}'),
			 (5, 'naive_bayes', '{}'), (6, 'naive_bayes', '{"transform": "none"}'), (7, 'naive_bayes', '{"transform": "log"}'),
			 (8, 'naive_bayes', '{"transform": "yeo_johnson"}'), (9, 'naive_bayes', '{"distribution": "multinomial"}'),
			 (10, 'naive_bayes', '{"distribution": "multinomial", "transform": "log"}')) v(n, algorithm, options);
SELECT n, churn_info(model)#>>'{options,transform}' AS option, feature, transform, power
FROM models, weights(model) WHERE n <= 4 AND missing IS NULL AND feature <> '(intercept)' ORDER BY n, feature;
SELECT n, churn_info(model)#>>'{options,transform}' AS option, feature, transform, power
FROM models, jsonb_to_recordset(churn_info(model)->'likelihoods') AS l(feature text, transform text, power float8)
WHERE n > 4 ORDER BY n, feature;
SELECT algorithm, options, round((churn_metrics(churned, churn_predict(model, u))).auc::numeric, 2) AS auc
FROM models, users u GROUP BY n, algorithm, options ORDER BY n;

-- a regression predicts what its coefficients say, on the scale that they name
SELECT n, bool_and(near(ln(p / (1 - p)), margin, 1e-9)) AS by_the_formula
FROM (SELECT n, u.userid, churn_predict(model, u) AS p,
			 sum(CASE WHEN feature = '(intercept)' THEN estimate
					  WHEN missing THEN CASE WHEN value IS NULL THEN estimate + mean_of_age ELSE 0 END
					  WHEN value IS NULL THEN 0
					  ELSE estimate * transformed(transform, power, value) END) AS margin
	  FROM models, users u, weights(model) w,
		   LATERAL (SELECT CASE feature WHEN 'posts' THEN posts WHEN 'debts' THEN debts WHEN 'calls' THEN calls WHEN 'age' THEN age
										WHEN 'flag' THEN flag::int WHEN 'joined' THEN extract(epoch FROM joined - '2000-01-01') * 1e6 END::float8) v(value),
		   LATERAL (SELECT CASE WHEN missing THEN (SELECT a.estimate * avg(transformed(a.transform, a.power, age::float8))
												   FROM weights(model) a, users WHERE a.feature = 'age' AND a.missing IS NULL
												   GROUP BY a.estimate, a.transform, a.power) END) m(mean_of_age)
	  WHERE n <= 4 AND u.userid % 100 < 7
	  GROUP BY n, u.userid, model, u) s GROUP BY n ORDER BY n;

-- so does naive Bayes, by the means and deviations of its classes
SELECT n, bool_and(near(ln(p / (1 - p)), margin, 1e-9)) AS by_the_formula
FROM (SELECT n, u.userid, churn_predict(model, u) AS p,
			 ln((churn_info(model)#>>'{classes,1}')::float8 / (churn_info(model)#>>'{classes,0}')::float8) +
			 sum(CASE WHEN value IS NULL THEN 0
					  ELSE ln(deviation[1] / deviation[2]) + ((t - mean[1]) / deviation[1]) ^ 2 / 2 - ((t - mean[2]) / deviation[2]) ^ 2 / 2 END) AS margin
	  FROM models, users u, jsonb_to_recordset(churn_info(model)->'likelihoods')
			AS l(feature text, transform text, power float8, mean float8[], deviation float8[]),
		   LATERAL (SELECT CASE feature WHEN 'posts' THEN posts WHEN 'debts' THEN debts WHEN 'calls' THEN calls WHEN 'age' THEN age
										WHEN 'flag' THEN flag::int WHEN 'joined' THEN extract(epoch FROM joined - '2000-01-01') * 1e6 END::float8) v(value),
		   LATERAL (SELECT transformed(transform, power, value)) w(t)
	  WHERE n BETWEEN 5 AND 8 AND u.userid % 100 < 7
	  GROUP BY n, u.userid, model, u) s GROUP BY n ORDER BY n;

-- explanations add up to the margin, and are 0 on average
SELECT n, bool_and(near(ln(p / (1 - p)), total, 1e-9)) AS adds_up, round(max(abs(mean))::numeric, 9) AS mean
FROM (SELECT n, churn_predict(model, u) AS p, (SELECT sum(contribution) FROM churn_explain(model, u)) AS total
	  FROM models, users u WHERE userid % 50 = 0) s
JOIN (SELECT n, avg(contribution) AS mean FROM models, users u, churn_explain(model, u) e WHERE e.feature IS NOT NULL
	  GROUP BY n, e.feature) m USING (n)
GROUP BY n ORDER BY n;

-- the same rows give the same model, whatever the order, the plan and the workers
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
CREATE TABLE shuffled AS SELECT * FROM users ORDER BY (userid * 7919) % 3001;
SELECT n, count(*), bool_and(churn_fingerprint(m) = churn_fingerprint(model)) AS same
FROM models, unnest('{users,shuffled,SELECT * FROM users ORDER BY posts}'::text[]) source, trained(source, algorithm, options::jsonb) m
GROUP BY n ORDER BY n;
RESET max_parallel_workers_per_gather;
-- more rows than training looks at
SELECT count(DISTINCT churn_fingerprint(m)) AS models
FROM (VALUES ('userid'), ('userid % 7919')) v(by),
	 trained('SELECT u.* FROM users u, generate_series(1, 13) AS g(g) ORDER BY g, ' || by, 'logistic_regression') m;

-- text and back, binary and back
SELECT n, model::text::churn_model = model AS text FROM models ORDER BY n;
CREATE TEMP TABLE copied (n int, algorithm text, options text, model churn_model);
\set abs_builddir `echo "${PG_ABS_BUILDDIR:-$PWD}"`
\set file :abs_builddir '/results/transform.copy'
COPY models TO :'file' (FORMAT binary);
COPY copied FROM :'file' (FORMAT binary);
SELECT count(*) FROM models JOIN copied USING (n) WHERE models.model = copied.model;

-- nothing to choose: constants, two values, few rows, counts that are mostly 0, values without an end
SELECT w.feature, w.transform
FROM weights(trained('SELECT 3 AS constant, i % 50 = 0 AS flag, i % 90 = 0 AND i < 1500 AS rare, NULL::int AS never,
							 CASE WHEN i % 20 = 0 THEN i % 700 ELSE 0 END AS mostly_none, 1e300 * (i % 9) ^ 4 AS huge, 1e-300 * (i % 9) ^ 4 AS tiny,
							 (i * 7919) % 1000 + CASE WHEN i % 20 = 0 THEN i % 700 ELSE 0 END > 500 AS churned
					  FROM generate_series(1, 2000) i', 'logistic_regression')) w;
SELECT w.feature, w.transform FROM weights(trained('SELECT i ^ 3 AS few, i % 3 = 0 AS churned FROM generate_series(1, 12) i', 'logistic_regression')) w;
SELECT w.feature, w.transform, w.power
FROM weights(trained('SELECT CASE WHEN churned THEN 5 ELSE 6 END AS a, posts, churned FROM users', 'logistic_regression', '{"transform": "yeo_johnson"}')) w;

-- wrong options
SELECT churn_train('users', algorithm => 'logistic_regression', options => '{"transform": "sqrt"}');
SELECT churn_train('users', algorithm => 'naive_bayes', options => '{"transform": true}');
SELECT churn_train('users', algorithm => 'logistic_regression', options => '{"transform": 1}');
SELECT churn_train('users', options => '{"transform": "log"}');

-- a model of before there was the option: it transforms nothing, and what it says has not changed
CREATE TABLE small (logistic text, bayes text);
INSERT INTO small VALUES (
'{"sparkify_model": 1, "algorithm": "logistic_regression", "threshold": 0.5,
  "options": {"class_weight": "none", "l2": 1, "max_iter": 100, "transform": "auto"}, "facts": {"rows": 10},
  "features": [{"name": "songs", "kind": "number", "edges": [1.5], "counts": [5, 4, 1], "importance": 0.5},
			   {"name": "at", "kind": "time", "edges": [1.5], "counts": [5, 5, 0], "importance": 0.5}],
  "intercept": [-1.5, 0.25], "terms": [[2,0.5,0.75,0.125,0,0,1,0,0.25], [0,1,0.5,0,0,0,-0.125]]}',
'{"sparkify_model": 1, "algorithm": "naive_bayes", "threshold": 0.5,
  "options": {"class_weight": "none", "smoothing": 1, "var_smoothing": 1e-9, "distribution": "gaussian", "transform": "yeo_johnson"}, "facts": {"rows": 10},
  "features": [{"name": "songs", "kind": "number", "edges": [1.5], "counts": [5, 4, 1], "importance": 0.5}],
  "intercept": [-0.5, -1], "terms": [[2,3,0.5,0.75,2,0.5,-1.5]]}');
SELECT round(churn_predict(logistic::churn_model, r)::numeric, 12) AS logistic, round(churn_predict(bayes::churn_model, r)::numeric, 12) AS bayes,
	   round((1 / (1 + exp(1.5 - 0.75 * (sign(songs) * ln(1 + abs(songs)) - 2) / 0.5)))::numeric, 12) AS by_hand
FROM small, (VALUES (2::float8, timestamp '2000-01-01'), (-3, timestamp '2000-01-01'), (NULL, timestamp '2000-01-01')) AS r(songs, at);
SELECT churn_info(replace(replace(logistic, ', "transform": "auto"', ''), '0,0,1,0,0.25', '0,0,0.25')::churn_model)->'options' AS of_before,
	   near(churn_predict(replace(replace(logistic, ', "transform": "auto"', ''), '0,0,1,0,0.25', '0,0,0.25')::churn_model, r),
			1 / (1 + exp(1.5::float8)), 1e-15) AS as_before
FROM small, (VALUES (2::float8, timestamp '2000-01-01')) AS r(songs, at);
CREATE FUNCTION wrong(which int, was text, is_now text) RETURNS churn_model LANGUAGE plpgsql AS $$
DECLARE
	model text := (SELECT CASE which WHEN 1 THEN logistic ELSE bayes END FROM small);
BEGIN
	IF position(was in model) = 0 THEN RAISE 'nothing to replace in %', model; END IF;
	RETURN replace(model, was, is_now)::churn_model;
END $$;
SELECT wrong(1, '0,0,1,0,0.25', '0,0,0.25');
SELECT wrong(1, ', "transform": "auto"', '');
SELECT wrong(1, '0,0,1,0,0.25', '0,0,3,0,0.25');
SELECT wrong(1, '0,0,1,0,0.25', '0,0,0.5,0,0.25');
SELECT wrong(1, '0,0,1,0,0.25', '0,0,-1,0,0.25');
SELECT wrong(1, '0,0,1,0,0.25', '0,0,-0.0,1,0.25');
SELECT wrong(1, '0,0,1,0,0.25', '0,0,1,0.5,0.25');
SELECT wrong(1, '"auto"', '"yeo_johnson"');
SELECT wrong(1, '"auto"', '"square"');
SELECT wrong(1, '[0,1,0.5,0,0,0,-0.125]', '[0,1,0.5,0,0,0,0,1,-0.125]');
SELECT wrong(2, '2,0.5,-1.5', '2,4.5,-1.5');
SELECT wrong(2, '2,0.5,-1.5', '2,1e999,-1.5');
SELECT wrong(2, '2,0.5,-1.5', '1,0,-1.5');

DROP TABLE users, models, shuffled, small;
DROP FUNCTION trained, near, transformed, weights, wrong;

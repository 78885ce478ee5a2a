-- Row weights: the option weights
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET max_parallel_maintenance_workers = 0;

CREATE TABLE weighted AS
SELECT i AS userid,
	   (i * 7919) % 1000 + (i * 31) % 400 + 100 * (i % 3) > 900 AS churned,
	   (i * 7919) % 1000 / 50 AS songs,
	   nullif(i % 7, 0) AS sessions,
	   (ARRAY['free', 'paid', NULL])[1 + i % 3] AS level,
	   1 + (i * 13) % 3 AS weight
FROM generate_series(1, 900) i;
-- the same with each row as often as its weight says
CREATE TABLE repeated AS
SELECT w.userid, w.churned, w.songs, w.sessions, w.level FROM weighted w, generate_series(1, w.weight);
-- what models are asked
CREATE VIEW asked AS SELECT DISTINCT songs, sessions, level FROM weighted;

-- a row of weight 2 is a row twice: the largest difference of predictions
CREATE FUNCTION difference(algorithm text, options jsonb) RETURNS float8 LANGUAGE sql AS $$
	SELECT max(abs(churn_predict(a.model, q) - churn_predict(b.model, q)))
	FROM churn_train('weighted', algorithm => algorithm, options => options || '{"weights": "weight"}') a,
		 churn_train('repeated', algorithm => algorithm, options => options) b, asked q $$;
SELECT difference('decision_tree', '{"max_depth": 8}') AS tree,
	   difference('decision_tree', '{"criterion": "entropy", "class_weight": "balanced", "max_leaves": 9}') AS leaves,
	   difference('random_forest', '{"bootstrap": false, "features_per_split": "all", "trees": 2, "min_leaf": 1}') AS forest,
	   difference('gradient_boosting', '{"trees": 10, "min_leaf": 1, "subsample": 1, "early_stopping": 0, "max_depth": 2}') AS boosting,
	   difference('gradient_boosting', '{"trees": 10, "min_leaf": 1, "subsample": 1, "early_stopping": 0, "max_depth": 2, "class_weight": 2.5}') AS weighted_classes;
SELECT a, round(difference(a, o::jsonb)::numeric, 9) AS difference
FROM (VALUES ('logistic_regression', '{}'), ('logistic_regression', '{"l2": 0, "class_weight": "balanced"}'),
			 ('logistic_regression', '{"transform": "yeo_johnson"}'), ('naive_bayes', '{}'),
			 ('naive_bayes', '{"distribution": "multinomial", "class_weight": 3}'),
			 ('naive_bayes', '{"transform": "log"}')) v(a, o);

-- all rows alike: weights change nothing but the scale of the penalty
SELECT max(abs(churn_predict(a.model, q) - churn_predict(b.model, q))) AS scaled
FROM churn_train('SELECT userid, churned, songs, sessions, level, 4 AS w FROM weighted', algorithm => 'gradient_boosting',
				 options => '{"trees": 10, "weights": "w", "l2": 12, "subsample": 1, "early_stopping": 0, "category_l2": 80, "category_smoothing": 80}') a,
	 churn_train('SELECT userid, churned, songs, sessions, level FROM weighted', algorithm => 'gradient_boosting',
				 options => '{"trees": 10, "l2": 3, "subsample": 1, "early_stopping": 0}') b, asked q;

-- the column is no feature, and is told
CREATE TABLE weighted_models AS
SELECT a AS name, model FROM unnest('{random_forest,decision_tree,gradient_boosting,logistic_regression,naive_bayes}'::text[]) a,
	 churn_train('weighted', algorithm => a, options => '{"weights": "weight"}');
SELECT name, churn_info(model)->'options'->>'weights' AS weights, jsonb_array_length(churn_info(model)->'features') AS features,
	   churn_info(model)->'facts'->'weight' AS weight, churn_info(model)->'facts'->'positive_weight' AS positive,
	   churn_info(model)->'facts'->'weight_unit' AS unit, churn_info(model)->'facts'->'unweighted' AS unweighted
FROM weighted_models ORDER BY name;
SELECT sum(weight), sum(weight) FILTER (WHERE churned) FROM weighted;

-- options of a model train the same model again, and text and bytes keep it
SELECT name, churn_fingerprint(m.model) = churn_fingerprint(a.model) AS again,
	   churn_fingerprint(m.model::text::churn_model) = churn_fingerprint(m.model) AS text,
	   churn_info(m.model::text::churn_model)->'options'->>'weights' AS weights
FROM weighted_models m, churn_train('weighted', algorithm => name, options => churn_info(m.model)->'options') a ORDER BY name;

-- any order of rows, any plan and any number of workers: the same bits
SET client_min_messages = error;
ALTER TABLE weighted SET (parallel_workers = 3);
SET max_parallel_workers_per_gather = 3;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_maintenance_workers = 2;
SELECT name, bool_and(churn_fingerprint(m.model) = churn_fingerprint(a.model)) AS same
FROM weighted_models m, (VALUES ('weighted'), ('SELECT * FROM weighted ORDER BY songs, userid DESC'), ('SELECT * FROM weighted ORDER BY weight')) s(source),
	 LATERAL churn_train(source, algorithm => name, options => '{"weights": "weight"}') a GROUP BY name ORDER BY name;
RESET max_parallel_workers_per_gather;
SET max_parallel_maintenance_workers = 0;
SET client_min_messages = warning;

-- the aggregate has it in the record
SELECT churn_fingerprint(churn_forest_agg(w.churned, f, '{"weights": "weight"}', w.userid)) = churn_fingerprint(m.model) AS same
FROM weighted w, LATERAL (SELECT w.songs, w.sessions, w.level, w.weight) f, weighted_models m
WHERE m.name = 'random_forest' GROUP BY m.model;

-- weights between the rows of a user, thresholds and calibrations
SELECT a, churn_info(model)->'facts'->'cv_rows' AS rows, churn_info(model)->'facts'->'weight_unit' AS unit
FROM unnest('{gradient_boosting,naive_bayes}'::text[]) a, unnest('{platt,isotonic}'::text[]) c,
	 churn_train('SELECT userid % 300 AS userid, churned, songs, sessions, level, weight / 4.0 AS weight FROM weighted',
				 algorithm => a, id => 'userid', options => jsonb_build_object('weights', 'weight', 'calibrate', c) ||
				 CASE a WHEN 'naive_bayes' THEN '{}' ELSE '{"trees": 20}' END::jsonb) ORDER BY a, c;

-- zero and null weights: left out, counted and told
SET client_min_messages = notice;
SELECT n_rows, churn_info(model)->'facts'->'unweighted' AS unweighted
FROM churn_train('SELECT songs, sessions, churned, CASE userid % 5 WHEN 0 THEN 0 WHEN 1 THEN NULL ELSE 1.5 END AS w FROM weighted',
				 options => '{"trees": 3, "weights": "w"}');
-- weights that are no multiples of anything, and some that are too small beside others
SELECT n_rows, churn_info(model)->'facts'->'weight_unit' AS unit
FROM churn_train('SELECT songs, sessions, churned, CASE WHEN userid = 1 THEN 1e9 ELSE sqrt(userid) END AS w FROM weighted', algorithm => 'decision_tree', options => '{"weights": "w"}');
SELECT n_rows, round((churn_info(model)->'facts'->'weight')::numeric, 1) AS weight
FROM churn_train('SELECT songs, sessions, churned, sqrt(userid) AS w FROM weighted', algorithm => 'decision_tree', options => '{"weights": "w"}');
SELECT n_rows, round((churn_info(model)->'facts'->'weight')::numeric, 1) AS weight
FROM churn_train('SELECT songs, sessions, churned, sqrt(userid) AS w FROM weighted', algorithm => 'naive_bayes', options => '{"weights": "w"}');
SELECT n_rows, churn_info(model)->'facts'->'weight_unit' AS unit
FROM churn_train('SELECT songs, sessions, churned, 1e12 * (1 + userid % 3) AS w FROM weighted', algorithm => 'decision_tree', options => '{"weights": "w"}');
SET client_min_messages = warning;
-- from the least to the largest there may be, which make sums and leaves that are numbers; what is less is none
SELECT a, n_rows, churn_info(model)->'facts'->'unweighted' AS unweighted, count(*) FILTER (WHERE churn_predict(model, q) BETWEEN 0 AND 1) AS sound
FROM unnest('{random_forest,decision_tree,gradient_boosting,logistic_regression,naive_bayes}'::text[]) a,
	 churn_train('SELECT songs, sessions, churned, CASE userid WHEN 1 THEN 1e30 WHEN 2 THEN 1e-300 ELSE 1e-30 END AS w FROM weighted', algorithm => a, options => '{"weights": "w"}'),
	 (SELECT DISTINCT songs, sessions FROM weighted) AS q GROUP BY 1, 2, 3 ORDER BY 1;

-- refusals
SELECT churn_train('SELECT songs, churned, 0 AS w FROM weighted', options => '{"weights": "w"}');
SELECT churn_train('SELECT songs, churned, CASE WHEN churned THEN 1 END AS w FROM weighted', options => '{"weights": "w"}');
SELECT churn_train('SELECT songs, churned, -1 AS w FROM weighted', options => '{"weights": "w"}');
SELECT churn_train('SELECT songs, churned, ''NaN''::float8 AS w FROM weighted', options => '{"weights": "w"}');
SELECT churn_train('SELECT songs, churned, ''Infinity''::float8 AS w FROM weighted', options => '{"weights": "w"}');
SELECT churn_train('SELECT songs, churned, 1e31 AS w FROM weighted', options => '{"weights": "w"}');
SELECT churn_train('SELECT songs, churned, 1e-31 AS w FROM weighted', options => '{"weights": "w"}');
SELECT churn_train('SELECT songs, churned, level AS w FROM weighted', options => '{"weights": "w"}');
SELECT churn_train('SELECT songs, churned, churned AS w FROM weighted', options => '{"weights": "w"}');
SELECT churn_train('SELECT songs, churned, ARRAY[1] AS w FROM weighted', options => '{"weights": "w"}');
SELECT churn_train('weighted', options => '{"weights": "nobody"}');
SELECT churn_train('SELECT songs, churned, weight AS w, sessions AS w FROM weighted', options => '{"weights": "w"}');
SELECT churn_train('SELECT songs, churned, userid AS u, sessions AS u FROM weighted', id => 'u');
SELECT churn_train('SELECT songs, churned, date ''2024-01-01'' AS d, date ''2024-01-02'' AS d FROM weighted', "time" => 'd');
SELECT churn_compare('SELECT songs, churned, weight AS w, sessions AS w FROM weighted', algorithms => '{decision_tree}', grid => '{"decision_tree": [{"weights": "w"}]}');
SELECT churn_train('weighted', options => '{"weights": "churned"}');
SELECT churn_train('weighted', options => '{"weights": "userid"}');
SELECT churn_train('weighted', options => '{"weights": 1}');
SELECT churn_train('weighted', options => '{"weights": ""}');
SELECT churn_train('weighted', options => '{"weights": null}');
SELECT churn_forest_agg(churned, f, '{"weights": "weight"}') FROM weighted w, LATERAL (SELECT w.songs) f;
SELECT churn_train('SELECT churned, weight FROM weighted', options => '{"weights": "weight"}');

-- comparisons: weights of one model are those of all, and who is judged counts as one
SELECT algorithm, options->>'weights' AS weights, (holdout).n AS holdout, churn_info(model)->'facts'->'weight_unit' AS unit,
	   churn_info(model)->'facts'->'weight' = '1800' AS whole
FROM churn_compare('weighted', algorithms => '{decision_tree,gradient_boosting,logistic_regression,naive_bayes}', holdout => 0.3,
				   grid => '{"gradient_boosting": {"trees": [20], "weights": "weight", "calibrate": "platt"}}') ORDER BY algorithm;
SELECT churn_compare('weighted', algorithms => '{decision_tree}', grid => '{"decision_tree": [{"weights": "weight"}, {"weights": "songs"}]}');
SELECT churn_compare('weighted', algorithms => '{decision_tree}', grid => '{"decision_tree": [{"weights": "churned"}]}');
-- the model of a comparison is that of churn_train
SELECT algorithm, churn_fingerprint(c.model) = churn_fingerprint(m.model) AS same
FROM churn_compare('weighted', algorithms => '{decision_tree,random_forest}', holdout => 0, grid => '{"decision_tree": [{"weights": "weight"}]}') c,
	 weighted_models m WHERE m.name = algorithm ORDER BY 1;

-- backtests
SELECT as_of, n_train, (metrics).n AS judged, churn_info(model)->'facts'->'weight' AS weight
FROM churn_backtest('SELECT userid, DATE ''2024-01-01'' + 10 * (userid % 4) AS as_of, churned, songs, sessions, weight FROM weighted',
					horizon => '10 days', algorithm => 'decision_tree', options => '{"weights": "weight"}') ORDER BY 1;

SET client_min_messages = notice;
SELECT as_of, n_train
FROM churn_backtest('SELECT userid, DATE ''2024-01-01'' + 10 * (userid % 2) AS as_of, churned, songs, sessions, weight - 1 AS weight FROM weighted',
					horizon => '10 days', algorithm => 'decision_tree', options => '{"weights": "weight"}') ORDER BY 1;
SET client_min_messages = warning;

DROP VIEW asked;
DROP FUNCTION difference;
DROP TABLE weighted, repeated, weighted_models;

-- Models that compete: churn_compare
\set SHOW_CONTEXT never
SET client_min_messages = warning;

-- 400 users, three rows each: what they do tells of churn, loosely
CREATE TABLE training AS
SELECT userid, day AS as_of, (userid * 7919 + day * 17) % 1000 + (userid * 31) % 400 > 950 AS churned,
	   (userid * 7919 + day * 17) % 1000 AS songs, (userid * 31) % 400 AS adverts,
	   nullif((userid * 13 + day) % 11, 0) AS friends, 'city ' || userid % 7 AS city
FROM generate_series(1, 400) userid, generate_series(1, 3) day;
ANALYZE training;

-- one call: every model, judged by the same folds and the same holdout, and refitted
SELECT rank, algorithm, round(cv_mean::numeric, 6) AS mean, round(cv_sd::numeric, 6) AS sd,
	   round(difference::numeric, 6) AS difference, round(p_value::numeric, 6) AS p,
	   round((holdout).weighted_f1::numeric, 6) AS f1, round(spread_34[1]::numeric, 6) AS low,
	   round(spread_34[2]::numeric, 6) AS high, seconds >= 0 AS timed, pg_typeof(model)
FROM churn_compare('training');
SELECT DISTINCT (holdout).n, (holdout).positives FROM churn_compare('training');
SELECT algorithm, model IS NULL AS none, options = churn_info(model)->'options' AS in_effect, options = '{}' AS empty
FROM churn_compare('training') ORDER BY algorithm;

-- without a holdout the model is the one that churn_train makes of all rows, to the bit, whatever the algorithm
SELECT c.algorithm, c.model = t.model AS same, c.holdout IS NULL AND c.spread_34 IS NULL AS unseen
FROM churn_compare('training', holdout => 0, algorithms => '{decision_tree,naive_bayes,random_forest,logistic_regression,gradient_boosting}',
				   grid => '{"gradient_boosting": [{"bins": 16, "subsample": 0.5}], "random_forest": {"trees": 20, "importance": "permutation"},
							 "naive_bayes": {"distribution": "multinomial"}}') AS c,
	 LATERAL churn_train('training', algorithm => c.algorithm, options => c.options) AS t
WHERE c.algorithm <> 'baseline' ORDER BY 1;

-- calibrated ones, too, by the same scores of unseen rows
SELECT c.algorithm, c.options->>'calibrate' AS calibrate, c.model = t.model AS same
FROM churn_compare('training', holdout => 0, metric => 'log_loss', algorithms => '{naive_bayes,random_forest,logistic_regression}',
				   grid => '{"random_forest": {"trees": 20, "seed": [1, 2], "bins": [16, 255], "calibrate": "isotonic"},
							 "naive_bayes": {"calibrate": ["none", "platt"]}, "logistic_regression": [{"calibrate": "isotonic"}]}') AS c,
	 LATERAL churn_train('training', algorithm => c.algorithm, options => c.options) AS t
WHERE c.algorithm <> 'baseline' ORDER BY 1, 2;

-- a grid: options listed, or the values of each that are all combined
SELECT algorithm, options->>'trees' AS trees, options->>'max_depth' AS depth, options->>'l2' AS l2
FROM churn_compare('training', algorithms => '{random_forest,logistic_regression}', folds => 2, holdout => 0,
	grid => '{"random_forest": {"trees": [2, 3], "max_depth": [4, 5, 6], "min_leaf": 10}, "logistic_regression": [{"l2": 0.5}, {}]}')
ORDER BY 1, 2, 3, 4;
SELECT options->'smoothing' AS smoothing FROM churn_compare('training', algorithms => '{naive_bayes}', grid => '{"naive_bayes": {}}') WHERE rank = 1;

-- every metric ranks, the best first
SELECT metric, count(*), bool_and(sorted) AS sorted, count(p) AS p_values
FROM unnest('{weighted_f1,f1,macro_f1,auc,pr_auc,log_loss,brier,accuracy}'::text[]) AS metric,
	 LATERAL (SELECT p_value AS p, (metric IN ('log_loss', 'brier')) = (cv_mean >= lag(cv_mean) OVER (ORDER BY rank))
			  OR cv_mean = lag(cv_mean) OVER (ORDER BY rank) AS sorted
			  FROM churn_compare('training', metric => metric, algorithms => '{naive_bayes,decision_tree}')) c
GROUP BY metric ORDER BY metric;
SELECT (holdout).auc, round((holdout).accuracy::numeric, 6) AS accuracy, cv_mean, cv_sd, options
FROM churn_compare('training', metric => 'auc', algorithms => '{naive_bayes}') WHERE algorithm = 'baseline';
-- what is equal stays in the order asked for
SELECT rank, algorithm, options->'max_iter' AS max_iter, round(difference::numeric, 6) AS difference, round(p_value::numeric, 6) AS p_value
FROM churn_compare('training', algorithms => '{logistic_regression}', grid => '{"logistic_regression": {"max_iter": [200, 100, 300]}}')
ORDER BY rank;

-- the seed deals rows out, and nothing else
SELECT count(DISTINCT holdout), count(DISTINCT churn_fingerprint(model)), count(DISTINCT options)
FROM generate_series(1, 3) AS seed, churn_compare('training', seed => seed, algorithms => '{decision_tree}')
WHERE algorithm <> 'baseline';
SELECT count(DISTINCT holdout), count(DISTINCT churn_fingerprint(model))
FROM generate_series(1, 3), churn_compare('training', seed => -1, algorithms => '{decision_tree}') WHERE algorithm <> 'baseline';

-- the rows of one user stay together: who knows a user by a feature gains nothing, and much without
CREATE TABLE fans AS
SELECT userid, (userid * 7919) % 101 < 30 AS churned, (userid * 7919) % 10007 AS number, s AS snapshot
FROM generate_series(1, 300) userid, generate_series(1, 5) s;
SELECT 'together' AS users, cv_mean < 0.65 AS none, cv_mean > 0.9 AS cheating
FROM churn_compare('fans', exclude => '{userid,snapshot}', algorithms => '{random_forest}', metric => 'auc',
	grid => '{"random_forest": {"min_leaf": 1, "trees": 20}}') WHERE algorithm <> 'baseline'
UNION ALL
SELECT 'apart', cv_mean < 0.65, cv_mean > 0.9
FROM churn_compare('SELECT churned, number FROM fans', algorithms => '{random_forest}', metric => 'auc',
	grid => '{"random_forest": {"min_leaf": 1, "trees": 20}}') WHERE algorithm <> 'baseline';

-- whose row it is, in any type; a row without a user is on its own
CREATE FUNCTION judged(source text) RETURNS text LANGUAGE sql AS
$$SELECT round(cv_mean::numeric, 9) || ' ' || (holdout).n FROM churn_compare(source, algorithms => '{decision_tree}', metric => 'auc') WHERE algorithm <> 'baseline'$$;
SELECT count(DISTINCT judged(format('SELECT userid::%s, churned, songs, adverts, friends, city FROM training', type))), count(*)
FROM unnest('{smallint,int,bigint}'::text[]) AS type;
SELECT count(DISTINCT judged(format('SELECT userid::%s, churned, songs, adverts, friends, city FROM training', type))), count(*)
FROM unnest('{text,varchar,char(9),numeric,name}'::text[]) AS type;
SELECT judged('SELECT churned, songs FROM training') = judged('SELECT NULL::int AS userid, churned, songs FROM training');
SELECT judged('SELECT ''2024-01-01''::date + userid AS userid, churned, songs FROM training') IS NOT NULL;

-- tables, queries, odd names, labels that are null, other labels
CREATE VIEW "Odd ""Names""" AS SELECT userid AS "User", churned::int AS "Left?", songs AS "my songs", adverts FROM training;
SELECT judged('TABLE training') = judged('training');
SELECT count(*) FROM churn_compare('"Odd ""Names"""', 'Left?', '{naive_bayes}', exclude => '{User}');
SELECT (churn_info(model)->'facts'->>'skipped')::int AS skipped, (holdout).n
FROM churn_compare('SELECT userid, CASE WHEN userid > 100 THEN churned END AS churned, songs FROM training', algorithms => '{naive_bayes}')
WHERE algorithm <> 'baseline';
SELECT count(*) FROM churn_compare('training', exclude => NULL, algorithms => '{naive_bayes}', grid => NULL);

-- the source is read once, in workers that hand packed rows over
CREATE SEQUENCE reads;
SELECT count(*) FROM churn_compare('SELECT t.*, nextval(''reads'') AS read FROM training t', exclude => '{userid,as_of,read}');
SELECT last_value FROM reads;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT sparkify_rows_agg(churned, t, '{userid,as_of,churned}', 'userid', NULL, NULL, NULL) FROM training t;
CREATE TEMP TABLE results AS SELECT rank, algorithm, cv_mean, p_value, holdout, spread_34, model FROM churn_compare('training');
SET max_parallel_workers_per_gather = 0;
SET max_parallel_maintenance_workers = 0;
SELECT count(*) FROM (SELECT rank, algorithm, cv_mean, p_value, holdout, spread_34, churn_fingerprint(model) FROM results
	INTERSECT SELECT rank, algorithm, cv_mean, p_value, holdout, spread_34, churn_fingerprint(model)
	FROM churn_compare('SELECT * FROM training ORDER BY md5(userid::text || as_of)')) same;
RESET max_parallel_maintenance_workers;

-- within another one's source, and in statements that write
SELECT count(*) FROM churn_compare($$SELECT t.* FROM training t, churn_compare('training', algorithms => '{naive_bayes}')$$, algorithms => '{naive_bayes}');
CREATE TABLE best AS SELECT algorithm, model FROM churn_compare('training') WHERE rank = 1;
SELECT count(*) FROM best, training t WHERE churn_predict(model, t) BETWEEN 0 AND 1;

-- what a fit has to tell
SET client_min_messages = notice;
SELECT algorithm FROM churn_compare('SELECT userid, churned, songs, churned::int + 0.5 AS leak FROM training', algorithms => '{logistic_regression}',
	grid => '{"logistic_regression": {"l2": 0}}') WHERE rank = 1;
SELECT algorithm FROM churn_compare('SELECT userid, churned, songs, churned::int AS leak FROM training', algorithms => '{naive_bayes}') WHERE rank = 1;
SET client_min_messages = warning;

-- refused
SELECT churn_compare('SELECT i AS x, i = 2 OR i = 3 AS churned FROM generate_series(1, 8) i', folds => 2, holdout => 0, algorithms => '{naive_bayes}',
	grid => '{"naive_bayes": [{"calibrate": "platt"}]}');
SELECT churn_compare('nowhere');
SELECT churn_compare('training', 'left');
SELECT churn_compare(NULL);
SELECT churn_compare('training', algorithms => NULL);
SELECT churn_compare('training', seed => NULL);
SELECT churn_compare('training', algorithms => '{}');
SELECT churn_compare('training', algorithms => '{random_forest,NULL}');
SELECT churn_compare('training', algorithms => '{random_forest,svm}');
SELECT churn_compare('training', algorithms => '{random_forest,naive_bayes,random_forest}');
SELECT churn_compare('training', folds => 1);
SELECT churn_compare('training', folds => 101);
SELECT churn_compare('training', holdout => 1);
SELECT churn_compare('training', holdout => 'NaN');
SELECT churn_compare('training', metric => 'F1');
SELECT churn_compare('training', exclude => '{userid,NULL}');
SELECT churn_compare('training', exclude => '{songs,adverts,friends,city,userid,as_of}');
SELECT churn_compare('training', grid => '[]');
SELECT churn_compare('training', grid => '{"svm": []}');
SELECT churn_compare('training', grid => '{"decision_tree": [{}]}');
SELECT churn_compare('training', grid => '{"random_forest": 3}');
SELECT churn_compare('training', grid => '{"random_forest": []}');
SELECT churn_compare('training', grid => '{"random_forest": [3]}');
SELECT churn_compare('training', grid => '{"random_forest": [[{}]]}');
SELECT churn_compare('training', grid => '{"random_forest": {"trees": []}}');
\set VERBOSITY terse
SELECT churn_compare('training', grid => '{"random_forest": {"tree": [1]}}');
SELECT churn_compare('training', grid => '{"random_forest": [{"l2": 1}]}');
\set VERBOSITY default
SELECT churn_compare('training', grid => '{"random_forest": {"trees": [1, "many"]}}');
SELECT churn_compare('training', grid => '{"random_forest": {"trees": [[1]]}}');
SELECT churn_compare('training', algorithms => '{random_forest}', grid => jsonb_build_object('random_forest',
	jsonb_build_object('seed', (SELECT jsonb_agg(i) FROM generate_series(1, 1001) i))));
SELECT churn_compare('SELECT * FROM training WHERE false');
SELECT churn_compare('SELECT songs, NULL::boolean AS churned FROM training');
SELECT churn_compare('SELECT songs, true AS churned FROM training');
SELECT churn_compare('SELECT userid, churned, songs FROM training WHERE userid % 40 = 1', folds => 10);
SELECT churn_compare('SELECT i AS x, i > 3 AS churned FROM generate_series(1, 6) i', folds => 2);
SELECT count(*) FROM churn_compare('SELECT i AS x, i % 2 = 0 AS churned FROM generate_series(1, 6) i', folds => 3, holdout => 0, algorithms => '{naive_bayes}');
SELECT sparkify_rows_agg(churned, t, '{churned}', 'userid', NULL, NULL, NULL) FROM training t;
SELECT count(*) FROM churn_compare('SELECT t.*, (SELECT sparkify_rows_agg(churned, u, ''{churned}'', NULL, NULL, NULL, NULL) FROM training u) FROM training t');
SET sparkify.max_training_memory = '1MB';
DO $$ BEGIN PERFORM churn_compare('training', grid => '{"random_forest": {"min_leaf": 1}}'); EXCEPTION WHEN configuration_limit_exceeded THEN RAISE WARNING 'too much memory'; END $$;
RESET sparkify.max_training_memory;

DROP VIEW "Odd ""Names""";
DROP TABLE training, fans, best;
DROP SEQUENCE reads;
DROP FUNCTION judged;

-- Rows that memory does not hold are trained on from a temporary file: sparkify.training_files
\set SHOW_CONTEXT never
SELECT format('CREATE TABLE filed AS
SELECT i AS userid, (i * 7919) %% 1000 + (i * 31) %% 400 > 900 AS churned, nullif((i * 7919) %% 1000, 13) AS songs, (i * 31) %% 400 AS adverts,
	CASE WHEN i %% 50 > 0 THEN ''city '' || i * i %% 1000 END AS city, CASE WHEN i %% 3 > 0 THEN ''plan '' || i %% 7 END AS plan,
	1 + i %% 3 AS weight, %s
FROM generate_series(1, 30000::bigint) AS i', string_agg(format('i * %s %% 1009 / 3.0 AS x%s', n * n + 5, n), ', ')) FROM generate_series(1, 26) AS n \gexec
ALTER TABLE filed SET (parallel_workers = 2);
ANALYZE filed;
CREATE TABLE prints (what text, model churn_model);
CREATE TYPE filed_row AS (songs bigint, adverts bigint, x1 numeric, x2 numeric, x3 numeric, city text);
CREATE FUNCTION print_all() RETURNS void LANGUAGE sql AS $$
INSERT INTO prints SELECT 'forest', model FROM churn_train('filed', options => '{"trees": 3, "max_depth": 6, "weights": "weight"}');
INSERT INTO prints SELECT 'boosting', model FROM churn_train('filed', algorithm => 'gradient_boosting', options => '{"trees": 5, "bins": 15, "max_depth": 3}', exclude => '{userid,weight}');
INSERT INTO prints SELECT 'calibrated', model FROM churn_train('filed', algorithm => 'decision_tree', options => '{"max_depth": 4, "calibrate": "isotonic"}', exclude => '{userid,weight}');
INSERT INTO prints SELECT 'city', model FROM churn_train('filed', algorithm => 'decision_tree', options => '{"max_depth": 4, "threshold": 0.5}', exclude => '{userid,weight}', id => 'city');
INSERT INTO prints SELECT 'rows', model FROM churn_train('filed', algorithm => 'decision_tree', options => '{"max_depth": 4, "min_leaf": 20, "threshold": 0.5}', exclude => '{weight,x1}');
INSERT INTO prints SELECT 'sample', model FROM churn_train('filed', options => '{"trees": 2, "max_depth": 4, "sample": 0.9}');
INSERT INTO prints SELECT 'groups', model FROM churn_train('SELECT *, userid > 100 AS most FROM filed', options => '{"trees": 2, "max_depth": 4}', group_by => 'most');
INSERT INTO prints SELECT 'aggregate', churn_forest_agg(churned, (songs, adverts, x1, x2, x3, city)::filed_row, '{"trees": 2, "max_depth": 4}', userid) FROM filed;
$$;

-- what fits stays in memory
SET client_min_messages = warning;
SELECT print_all();
SHOW sparkify.training_files;
SELECT name, setting, enumvals, context FROM pg_settings WHERE name = 'sparkify.training_files';

-- the model of what does not is the same to the bit, whoever has read the rows
SET client_min_messages = notice;
SET sparkify.training_memory = '9MB';
SELECT n_rows, n_features FROM churn_train('filed', options => '{"trees": 3, "max_depth": 6, "weights": "weight"}');
INSERT INTO prints SELECT 'forest', model FROM churn_train('filed', options => '{"trees": 3, "max_depth": 6, "weights": "weight"}');
RESET sparkify.training_memory;
SET sparkify.training_files = always;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SELECT print_all();
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT print_all();
SET parallel_leader_participation = off;
SET max_parallel_maintenance_workers = 0;
SELECT print_all();
RESET parallel_leader_participation;
RESET max_parallel_maintenance_workers;
SET max_parallel_workers_per_gather = 0;
RESET sparkify.training_files;
SELECT what, count(*) AS n, count(DISTINCT model::text) AS models FROM prints GROUP BY what ORDER BY what;

-- a file that no model is made of is closed as well: of groups that fail, and of those that are not asked for
SET sparkify.training_files = always;
SELECT grp, n_rows, model IS NULL AS failed FROM churn_train('SELECT *, least(userid, 3) AS few FROM filed WHERE userid < 3000',
	options => '{"trees": 1, "max_depth": 2}', exclude => '{userid,weight,city}', group_by => 'few');
SET enable_sort = off;
SELECT churn_forest_agg(churned, (songs, adverts, x1, x2, x3, city)::filed_row, '{"trees": 1, "max_depth": 2}') IS NULL AS failed FROM filed GROUP BY userid % 3 LIMIT 1;
SELECT count(*) FROM (SELECT churn_forest_agg(churned, (songs, adverts, x1, x2, x3, city)::filed_row, '{"trees": 1}') FROM filed GROUP BY userid % 3 HAVING count(*) < 0) AS none;
RESET enable_sort;
BEGIN;
DECLARE few CURSOR FOR SELECT churn_forest_agg(churned, (songs, adverts, x1, x2, x3, city)::filed_row, '{"trees": 1, "max_depth": 2}') IS NULL AS failed FROM filed GROUP BY userid % 3;
FETCH few;
SAVEPOINT before;
FETCH few;
ROLLBACK TO before;
FETCH few;
COMMIT;
RESET sparkify.training_files;

-- it is an error when it must not be, when even the codes are too many, and when the disk is not to be had
SET sparkify.training_memory = '9MB';
SET sparkify.training_files = off;
SELECT churn_train('filed', options => '{"trees": 3}');
SET sparkify.training_files = 'on';
SET sparkify.training_files = auto;
SET sparkify.training_memory = '2MB';
SELECT churn_train('filed', options => '{"trees": 3}');
SET sparkify.training_memory = '4MB';
SET temp_file_limit = '1MB';
\set VERBOSITY sqlstate
SELECT churn_train('filed', options => '{"trees": 3}');
\set VERBOSITY default
RESET temp_file_limit;

-- other algorithms learn from values, and those that compare share them
SELECT churn_train('filed', algorithm => 'logistic_regression');
SELECT churn_train('filed', algorithm => 'auto');
SELECT count(*) FROM churn_compare('filed', algorithms => '{random_forest}');

-- what is the label, or has too many categories, is told all the same
SET client_min_messages = notice;
SET sparkify.training_memory = '30MB';
SELECT n_features FROM churn_train('SELECT *, churned AS same, ''n'' || userid + again * 30000 AS name FROM filed, generate_series(1, 3) AS again',
	algorithm => 'decision_tree', options => '{"max_depth": 2, "threshold": 0.5}', exclude => '{userid,weight,again}');
DROP FUNCTION print_all;
DROP TABLE filed, prints;
DROP TYPE filed_row;

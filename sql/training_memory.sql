-- What training may take: sparkify.max_training_memory
\set SHOW_CONTEXT never
SET client_min_messages = warning;

CREATE TABLE training AS
SELECT (i * 7919) % 1000 + (i * 31) % 400 > 900 AS churned, (i * 7919) % 1000 AS songs, (i * 31) % 400 AS adverts,
	   i % 17 AS friends, i % 23 AS errors, ('city ' || i % 40) AS city
FROM generate_series(1, 60000) i;
ALTER TABLE training SET (parallel_workers = 2);
ANALYZE training;

SELECT setting::bigint > 0 AS sensible, unit, context FROM pg_settings WHERE name = 'sparkify.max_training_memory';
SET sparkify.max_training_memory = '1kB';
SET sparkify.max_training_memory = 'much';

-- too much before the last row is read, and before trees grow
SET sparkify.max_training_memory = '2MB';
SET max_parallel_workers_per_gather = 0;
SELECT churn_train('training');
SELECT churn_forest_agg(churned, ROW(songs, adverts, friends, errors, city)) FROM training;
SET sparkify.max_training_memory = '5MB';
SELECT churn_train('training');
SELECT n_features FROM churn_train('training', algorithm => 'decision_tree');

-- categories count with their names: a few will do, one for each row not
SET sparkify.max_training_memory = '8MB';
SELECT n_features FROM churn_train('SELECT churned, repeat(city, 10) AS city FROM training', options => '{"trees": 3, "max_depth": 4}');
SELECT churn_train('SELECT churned, repeat(city, 10) || songs || adverts || errors || friends AS city FROM training', options => '{"trees": 3, "max_depth": 4}');

-- fewer rows or columns, or smaller trees, will do; the model is the same
CREATE TEMP TABLE prints AS
SELECT churn_fingerprint(model) AS print FROM churn_train('training', options => '{"trees": 3, "max_depth": 4}');
SELECT n_features FROM churn_train('training', options => '{"trees": 3, "max_depth": 4}', exclude => '{city,friends,errors}');
SET max_parallel_maintenance_workers = 8;
RESET sparkify.max_training_memory;
INSERT INTO prints
SELECT churn_fingerprint(model) FROM churn_train('training', options => '{"trees": 3, "max_depth": 4}');
SELECT count(*), count(DISTINCT print) FROM prints;

-- a source that may be too large for a value is read without workers
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
CREATE FUNCTION as_if_large(t training) RETURNS SETOF training LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000000
AS 'SELECT (t).*';
INSERT INTO prints
SELECT churn_fingerprint(model)
FROM churn_train('SELECT l.* FROM training t, as_if_large(t) l', options => '{"trees": 3, "max_depth": 4}');
SELECT count(*), count(DISTINCT print) FROM prints;
SHOW max_parallel_workers_per_gather;

-- a user may ask for less than the administrator's bound, not for more; in one process,
-- so that it is too much at the same row each time
SET max_parallel_workers_per_gather = 0;
SELECT name, context FROM pg_settings WHERE name IN ('sparkify.max_training_memory', 'sparkify.training_memory') ORDER BY 1;
CREATE ROLE regress_sparkify_trainer;
GRANT SELECT ON training TO regress_sparkify_trainer;
SET sparkify.max_training_memory = '5MB';
SET ROLE regress_sparkify_trainer;
SET sparkify.max_training_memory = '1TB';
SET sparkify.training_memory = '1TB';
SELECT churn_train('training');
SET sparkify.training_memory = '2MB';
SELECT churn_train('training');
SET sparkify.training_memory = '0';
SELECT churn_train('training');
RESET sparkify.training_memory;
SELECT churn_train('training');
SELECT n_features FROM churn_train('training', algorithm => 'decision_tree');
RESET ROLE;
RESET sparkify.max_training_memory;

-- nor before the library is loaded, whatever the way
SELECT current_user AS me \gset
ALTER ROLE regress_sparkify_trainer LOGIN;
\c - regress_sparkify_trainer
SHOW sparkify.progress;
SET sparkify.progress = off;
SET sparkify.max_training_memory = '1TB';
SET sparkify.training_memory = '3MB';
ALTER ROLE regress_sparkify_trainer SET sparkify.max_training_memory = '1TB';
SELECT churn_train('training');
SELECT current_setting('sparkify.max_training_memory') = '1TB' AS taken, current_setting('sparkify.training_memory') AS asked,
	   current_setting('sparkify.progress') AS progress;
SET sparkify.max_training_memory = '1TB';
\c - :me
SET client_min_messages = warning;
-- what an administrator sets holds for others from the start
ALTER ROLE regress_sparkify_trainer SET sparkify.max_training_memory = '5MB';
ALTER ROLE regress_sparkify_trainer SET session_preload_libraries = 'sparkify';
\c - regress_sparkify_trainer
SHOW sparkify.max_training_memory;
SHOW sparkify.progress;
SET sparkify.max_training_memory = '1TB';
SELECT churn_train('training');
\c - :me
SET client_min_messages = warning;

DROP FUNCTION as_if_large;
DROP TABLE training;
DROP ROLE regress_sparkify_trainer;

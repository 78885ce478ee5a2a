-- Training: churn_forest_agg and churn_train
\set SHOW_CONTEXT never
SET client_min_messages = warning;

CREATE TYPE plan AS ENUM ('free', 'family', 'student');
CREATE DOMAIN minutes AS float8;

-- every type a feature may have, and missing values in each
CREATE TABLE training AS
SELECT i AS userid, DATE '2018-11-01' + i % 3 AS as_of,
	   (i * 7919) % 1000 + (i * 31) % 400 > 900 AS churned,
	   (i * 7919) % 1000 / 2 * 2 AS songs,
	   nullif(i % 7, 0)::smallint AS sessions,
	   nullif((i * 31) % 400, 13)::bigint AS adverts,
	   CASE WHEN i % 11 = 0 THEN 'NaN' ELSE ((i * 17) % 100) / 4.0 END::float8 AS ratio,
	   (((i * 13) % 50) / 8.0)::float4 AS share,
	   ((i * 19) % 77)::numeric / 10 AS paid,
	   (i * 3 % 60)::minutes AS listened,
	   i % 2 = 0 AS on_paid_level,
	   DATE '2018-01-01' + (i * 37) % 300 AS joined,
	   TIMESTAMP '2018-10-01 12:00' + (i % 100) * INTERVAL '1 hour' AS seen,
	   TIMESTAMPTZ '2018-10-01 12:00 UTC' + (i % 90) * INTERVAL '1 hour' AS seen_utc,
	   (ARRAY['free', 'paid', NULL])[1 + i % 3] AS level,
	   ('city ' || i % 40)::varchar(20) AS city,
	   (ARRAY['F', 'M'])[1 + i % 2]::char(4) AS gender,
	   (ARRAY['free', 'family', 'student'])[1 + i % 3]::plan AS plan
FROM generate_series(1, 3000) i;
ALTER TABLE training SET (parallel_workers = 4);
ANALYZE training;

-- the features alone
CREATE VIEW features AS
SELECT songs, sessions, adverts, ratio, share, paid, listened, on_paid_level, joined, seen, seen_utc,
	   level, city, gender, plan
FROM training;

-- one model
SELECT grp, algorithm, n_rows, n_positive, n_features, seconds >= 0 AS timed FROM churn_train('training');
SELECT pg_typeof(model) FROM churn_train('training', options => '{"trees": 2}');
SELECT grp, algorithm, n_rows FROM churn_train('training', algorithm => 'decision_tree');
SELECT pg_typeof(churn_forest_agg(churned, f, '{"trees": 2}')) FROM training t, LATERAL (SELECT t.songs, t.paid) f;

-- labels may be numbers; rows without one are skipped
SELECT n_rows, n_positive, n_features FROM churn_train('SELECT songs, paid, churned::int AS gone FROM training', 'gone');
SELECT n_rows, n_positive
FROM churn_train('SELECT songs, paid, CASE WHEN userid % 3 > 0 THEN churned END AS churned FROM training');

-- exclude
SELECT n_features FROM churn_train('SELECT userid, songs, paid, churned FROM training');
SELECT n_features FROM churn_train('SELECT userid, songs, paid, churned FROM training', exclude => '{}');
SELECT n_features FROM churn_train('SELECT userid, songs, paid, churned FROM training', exclude => NULL);
SELECT n_features FROM churn_train('SELECT userid, songs, paid, churned FROM training', exclude => '{paid,nothing}');
SELECT churn_train('SELECT userid, songs, paid, churned FROM training', exclude => '{userid,songs,paid}');
SELECT churn_train('training', exclude => '{userid,NULL}');

-- the aggregate and churn_train agree, to the bit
SELECT (SELECT churn_fingerprint(churn_forest_agg(t.churned, f))
		FROM training t, LATERAL (SELECT t.songs, t.paid, t.level) f) =
	   (SELECT churn_fingerprint(model) FROM churn_train('SELECT songs, paid, level, churned FROM training')) AS same;

-- the plan of the collecting aggregate
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
EXPLAIN (COSTS OFF, VERBOSE OFF) SELECT churn_forest_agg(churned, t) FROM training t;
EXPLAIN (COSTS OFF) SELECT level, churn_forest_agg(churned, t, '{}') FROM training t GROUP BY level;

-- the same rows give the same model, whatever the plan, the workers and the order
CREATE TEMP TABLE prints (how text, print text);
INSERT INTO prints SELECT 'parallel', churn_fingerprint(model) FROM churn_train('training');
SET max_parallel_maintenance_workers = 0;
INSERT INTO prints SELECT 'collected in parallel', churn_fingerprint(model) FROM churn_train('training');
SET max_parallel_workers_per_gather = 0;
INSERT INTO prints SELECT 'serial', churn_fingerprint(model) FROM churn_train('training');
SET max_parallel_maintenance_workers = 4;
INSERT INTO prints SELECT 'grown in parallel', churn_fingerprint(model) FROM churn_train('training');
CREATE TABLE shuffled AS SELECT * FROM training ORDER BY (userid * 7919) % 3001;
INSERT INTO prints SELECT 'shuffled', churn_fingerprint(model) FROM churn_train('shuffled');
INSERT INTO prints SELECT 'query', churn_fingerprint(model) FROM churn_train('SELECT * FROM shuffled ORDER BY songs');
SELECT count(*), count(DISTINCT print) FROM prints;

-- the aggregate under a Gather that is still at work starts workers of its own
SET max_parallel_workers_per_gather = 4;
CREATE TEMP TABLE groups AS
SELECT level, churn_forest_agg(churned, f) AS model
FROM (SELECT level, churned, f FROM training t, LATERAL (SELECT t.songs, t.paid) f) s GROUP BY level;
SET enable_hashagg = off;
EXPLAIN (COSTS OFF)
SELECT level, churn_forest_agg(churned, ROW(songs, paid)) FROM training GROUP BY level;
CREATE TEMP TABLE sorted_groups AS
SELECT level, churn_forest_agg(churned, ROW(songs, paid)) AS model FROM training GROUP BY level;
RESET enable_hashagg;
SET max_parallel_workers_per_gather = 0;
SET max_parallel_maintenance_workers = 0;
SELECT count(*), count(DISTINCT churn_fingerprint(g.model)),
	   count(*) FILTER (WHERE churn_fingerprint(g.model) = churn_fingerprint(s.model)) AS same
FROM groups g
JOIN (SELECT level, churn_forest_agg(churned, f) AS model
	  FROM training t, LATERAL (SELECT t.songs, t.paid) f GROUP BY level) s ON s.level IS NOT DISTINCT FROM g.level;
SELECT count(*), count(DISTINCT churn_fingerprint(g.model)),
	   count(*) FILTER (WHERE churn_fingerprint(g.model) = churn_fingerprint(s.model)) AS same
FROM sorted_groups g
JOIN (SELECT level, churn_forest_agg(churned, ROW(songs, paid)) AS model
	  FROM training GROUP BY level) s ON s.level IS NOT DISTINCT FROM g.level;
RESET max_parallel_maintenance_workers;

-- groups: one model each, NULL being a group; the column is no feature
SELECT grp, n_rows, n_features FROM churn_train('training', group_by => 'level', options => '{"trees": 3}');
SELECT count(*) AS same
FROM churn_train('SELECT songs, paid, churned, level FROM training', group_by => 'level') t
JOIN groups g ON g.level IS NOT DISTINCT FROM t.grp AND churn_fingerprint(g.model) = churn_fingerprint(t.model);
SELECT grp, n_rows FROM churn_train('training', group_by => 'as_of', options => '{"trees": 1}');

-- the seed matters
SELECT count(DISTINCT churn_fingerprint(model))
FROM (VALUES ('{"seed": 1}'), ('{"seed": 2}'), ('{"seed": 1, "trees": 100}')) o(options),
	 LATERAL churn_train('training', options => o.options::jsonb);

-- sources
CREATE SCHEMA "My Data";
CREATE TABLE "My Data"."Users; Drop" AS SELECT songs, paid, churned AS "Gone?", 1 AS q FROM training;
SELECT n_rows, n_features FROM churn_train('"My Data"."Users; Drop"', 'Gone?');
SELECT n_rows FROM churn_train('public.training', options => '{"trees": 1}');
SELECT n_rows FROM churn_train(' /* a /* nested */ comment */ -- and another
	SELECT * FROM training; -- the end', options => '{"trees": 1}');
SELECT n_rows FROM churn_train('(SELECT * FROM training)', options => '{"trees": 1}');
SELECT n_rows FROM churn_train('WITH t AS (SELECT * FROM training) SELECT * FROM t', options => '{"trees": 1}');
SELECT n_rows FROM churn_train('TABLE training', options => '{"trees": 1}');
SELECT n_rows FROM churn_train('VALUES (1, true), (2, false)', 'column2', options => '{"trees": 1}');
SELECT n_rows FROM churn_train('SELECT q.* FROM training q', options => '{"trees": 1}');
SELECT churn_train('nowhere');
SELECT churn_train('');
SELECT churn_train('a.b.c.d');
SELECT churn_train('training AS t');
SELECT churn_train('SELECT * FROM nowhere');
SELECT churn_train('SELECT * FRO training');
SELECT churn_train('SELECT 1; SELECT 2');
SELECT churn_train('SELECT * FROM training) AS q; DROP TABLE training; SELECT (1');
SELECT churn_train('DELETE FROM training RETURNING *');
SELECT churn_train('SELECT * INTO stolen FROM training');
SELECT churn_train('WITH d AS (DELETE FROM training RETURNING *) SELECT * FROM d');
SELECT churn_train('training', 'gone');
SELECT churn_train('training', group_by => 'gone');
SELECT churn_train('SELECT FROM training');
SELECT count(*) FROM training;

-- nulls
SELECT churn_train(NULL);
SELECT churn_train('training', NULL);
SELECT churn_train('training', algorithm => NULL);
SELECT churn_forest_agg(true, NULL::training);
SELECT n_rows FROM churn_train('SELECT * FROM training LIMIT 99', options => NULL);
SELECT churn_fingerprint(churn_forest_agg(churned, t, NULL)) = churn_fingerprint(churn_forest_agg(churned, t)) AS same
FROM (SELECT songs, paid FROM training LIMIT 500) t, LATERAL (SELECT songs > 500 AS churned) l;
SELECT n_rows FROM churn_train('training', group_by => NULL, options => '{"trees": 1}');

-- algorithms and options
SELECT churn_train('training', algorithm => 'crystal_ball');
SELECT churn_train('training', options => '{"tree": 5}');
SELECT churn_train('training', options => '{"trees": 0}');
SELECT churn_train('training', options => '{"trees": 1e300}');
SELECT churn_train('training', options => '{"bins": 256}');
SELECT churn_train('training', options => '[]');
SELECT churn_train('training', algorithm => 'decision_tree', options => '{"trees": 5}');
SELECT churn_forest_agg(churned, t, '{"max_depth": 65}') FROM training t;
SELECT churn_forest_agg(churned, t, CASE WHEN userid = 7 THEN '{"trees": 3}' ELSE '{}' END::jsonb) FROM training t;
SELECT n_rows FROM churn_train('training', options => '{"trees": 1, "max_depth": 64, "bins": 2, "min_leaf": 100000}');

-- labels
SELECT churn_train('SELECT songs, level AS churned FROM training');
SELECT churn_train('SELECT songs, 2 AS churned FROM training');
SELECT churn_forest_agg('NaN'::float8, t) FROM training t;

-- rows that do not do
SELECT churn_train('SELECT * FROM training WHERE false');
SELECT churn_train('SELECT * FROM training WHERE false', group_by => 'level');
SELECT churn_train('SELECT songs, NULL::boolean AS churned FROM training');
SELECT churn_train('SELECT * FROM training WHERE churned');

-- as groups among others they have no model, and all of them are told at once
SET client_min_messages = notice;
SELECT grp, model IS NOT NULL AS trained, n_rows, n_positive, n_features
FROM churn_train('SELECT * FROM training WHERE NOT churned OR level IS NULL', group_by => 'level', options => '{"trees": 1}');
SELECT grp, model IS NOT NULL AS trained, n_rows, n_positive, n_features
FROM churn_train('SELECT songs, CASE WHEN level = ''free'' THEN churned WHEN level = ''paid'' THEN NULL ELSE true END AS churned, level FROM training',
	group_by => 'level', options => '{"trees": 1}');
-- too few users of a group to calibrate on
SELECT grp, model IS NOT NULL AS trained, n_rows, n_positive
FROM churn_train('SELECT CASE WHEN i % 2 = 0 THEN i ELSE i % 20 END AS userid, i % 20 < 2 AS churned, i * 7919 % 1000 AS x, i % 2 AS odd FROM generate_series(0, 1999) AS i',
	algorithm => 'naive_bayes', options => '{"calibrate": "platt"}', group_by => 'odd');
-- all of them, more than are named, with names that are clipped
SELECT count(*), count(model), sum(n_rows)
FROM churn_train('SELECT repeat(''é'', 45) || '' "'' || songs % 24 AS g, songs, false AS churned FROM training', group_by => 'g');
-- the others are as they would be alone
SELECT churn_fingerprint(model) = (SELECT churn_fingerprint(model) FROM churn_train('SELECT songs, paid, churned FROM training WHERE level = ''paid''')) AS same
FROM churn_train('SELECT songs, paid, churned OR level = ''free'' AS churned, level FROM training', group_by => 'level') WHERE grp = 'paid';

-- the aggregate cannot know whether it is one of many
SELECT churn_forest_agg(churned, t) IS NULL AS null_without_rows FROM training t WHERE false;
SELECT churn_forest_agg(NULL::boolean, t) FROM training t;
SELECT churn_forest_agg(true, t) FROM training t;
SELECT level, churn_forest_agg(churned OR level IS DISTINCT FROM 'paid', f, '{"trees": 1}') IS NOT NULL AS trained
FROM training t, LATERAL (SELECT t.songs) f GROUP BY level ORDER BY level;
SELECT count(*), count(model) FROM (SELECT churn_forest_agg(true, f) AS model FROM training t, LATERAL (SELECT t.paid) f GROUP BY userid % 12) s;
SELECT churn_forest_agg(userid = 7, f, '{"calibrate": "platt"}') IS NULL AS not_calibrated FROM training t, LATERAL (SELECT t.songs) f;
SET client_min_messages = warning;

-- features
SELECT churn_train('SELECT songs, ARRAY[1] AS list, churned FROM training');
SELECT churn_train('SELECT songs, ''1 day''::interval AS gap, churned FROM training');
SELECT churn_train('SELECT songs, songs, churned FROM training');
SELECT churn_train('SELECT songs, 1 / nullif(songs, songs)::float8 AS gap, ''infinity''::float8 AS rate, churned FROM training');
SELECT churn_train('SELECT songs, ''-infinity''::date AS d, churned FROM training');
SELECT churn_train('SELECT songs, ''infinity''::timestamptz AS t, churned FROM training');
SELECT churn_train('SELECT songs, 1e400::numeric AS n, churned FROM training');
SELECT n_features FROM churn_train('SELECT songs, NULL::int AS a, NULL::text AS b, NULL::date AS c, churned FROM training');
SELECT n_features FROM churn_train('SELECT NULL::int AS a, churned FROM training');
SELECT n_features FROM churn_train('SELECT songs, repeat(''x'', 2000 + songs) AS long, '''' AS empty, churned FROM training');

-- a label among the features is told
SELECT pg_typeof(churn_forest_agg(churned, t, '{"trees": 1}')) FROM training t;
SELECT n_features FROM churn_train('SELECT songs, churned, churned::int AS gone FROM training', options => '{"trees": 1}');

-- a table that was altered
CREATE TABLE altered AS SELECT songs, level AS dropped, paid, churned FROM training;
ALTER TABLE altered DROP COLUMN dropped;
ALTER TABLE altered ADD COLUMN added int DEFAULT 3;
SELECT n_features FROM churn_train('altered');
SELECT (SELECT churn_fingerprint(model) FROM churn_train('altered', exclude => '{added}')) =
	   (SELECT churn_fingerprint(model) FROM churn_train('SELECT songs, paid, churned FROM training')) AS same;

-- where it runs: CTAS, INSERT, cursor, function, after writes, serializable
CREATE TEMP TABLE models AS SELECT 'ctas' AS how, model FROM churn_train('training');
INSERT INTO models SELECT 'insert', model FROM churn_train('training');
CREATE FUNCTION train_inside() RETURNS churn_model LANGUAGE plpgsql AS
$$ DECLARE m churn_model; BEGIN SELECT model INTO m FROM churn_train('training'); RETURN m; END $$;
INSERT INTO models VALUES ('function', train_inside());
BEGIN;
DECLARE c CURSOR FOR SELECT churn_fingerprint(model) = (SELECT churn_fingerprint(model) FROM models LIMIT 1) AS same
FROM churn_train('training');
FETCH ALL FROM c;
CLOSE c;
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
UPDATE training SET songs = songs + 1;
INSERT INTO models SELECT 'changed', model FROM churn_train('training');
UPDATE training SET songs = songs - 1;
INSERT INTO models SELECT 'serializable', model FROM churn_train('training');
COMMIT;
SELECT how, churn_fingerprint(model) = (SELECT print FROM prints LIMIT 1) AS same FROM models ORDER BY how;
DO $$ BEGIN PERFORM churn_train('training', 'gone'); EXCEPTION WHEN undefined_column THEN
	INSERT INTO models SELECT 'after an error', model FROM churn_train('training'); END $$;
SELECT churn_fingerprint(model) = (SELECT print FROM prints LIMIT 1) AS same FROM models WHERE how = 'after an error';

-- runs with the caller's rights
CREATE ROLE regress_sparkify_nobody;
SET ROLE regress_sparkify_nobody;
SELECT churn_train('training');
SELECT churn_train('SELECT *, true AS churned FROM features');
RESET ROLE;
GRANT SELECT ON training TO regress_sparkify_nobody;
SET ROLE regress_sparkify_nobody;
SELECT n_rows FROM churn_train('training', options => '{"trees": 1}');
RESET ROLE;

-- nothing depends on the search path
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.lower(pg_catalog.text) RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT 1 / 0';
CREATE DOMAIN hostile.text AS int;
SET search_path = hostile, public, pg_catalog;
SELECT n_rows FROM public.churn_train('training', options => '{"trees": 1}', group_by => 'on_paid_level');
RESET search_path;

DROP SCHEMA hostile, "My Data" CASCADE;
DROP VIEW features;
DROP TABLE training, shuffled, altered;
DROP FUNCTION train_inside;
DROP TYPE plan;
DROP DOMAIN minutes;
DROP ROLE regress_sparkify_nobody;

-- options that follow the training rows: the model tells what they came to, and is that of who writes the same numbers
CREATE TABLE few AS SELECT i AS userid, hashint4(i) % 10 > 7 AS churned, hashint4(i) % 7 + hashint4(i * 3) % 5 AS a, hashint4(i * 7) % 100 AS b FROM generate_series(1, 12000) AS i;
SELECT t.algorithm, n, t.n_positive, churn_info(t.model) #> '{options,min_leaf}' AS min_leaf, churn_info(t.model) #> '{options,early_stopping}' AS early_stopping,
	churn_fingerprint(t.model) = churn_fingerprint(again.model) AS same
FROM (VALUES (100), (400), (4000), (12000)) AS r (n), unnest('{random_forest,gradient_boosting}'::text[]) AS a (algorithm),
	LATERAL churn_train(format('SELECT * FROM few WHERE userid <= %s', n), algorithm => a.algorithm, options => '{"trees": 20}') AS t,
	LATERAL churn_train(format('SELECT * FROM few WHERE userid <= %s', n), algorithm => a.algorithm, options => churn_info(t.model)->'options') AS again
ORDER BY 1, 2;
SELECT churn_info(model) #> '{options,min_leaf}' AS min_leaf, churn_info(model) #> '{options,early_stopping}' AS early_stopping
FROM churn_train('few', algorithm => 'gradient_boosting', options => '{"trees": 3, "min_leaf": "auto", "early_stopping": 0}');
SELECT churn_info(model) #> '{options,min_leaf}' AS min_leaf FROM churn_train('few', options => '{"trees": 3, "min_leaf": "auto"}');
SELECT churn_info(model) #> '{options,min_leaf}' AS min_leaf FROM churn_train('few', algorithm => 'decision_tree');
-- folds are judged with the options of the model that is made of all rows
SELECT c.options = churn_info(c.model)->'options' AS in_effect, c.options->'min_leaf' AS min_leaf, c.model = t.model AS same
FROM churn_compare('few', algorithms => '{random_forest}', folds => 2, holdout => 0, grid => '{"random_forest": {"trees": 5}}') AS c,
	LATERAL churn_train('few', options => c.options) AS t WHERE c.algorithm = 'random_forest';
SELECT n_rows FROM churn_train('few', options => '{"min_leaf": 0}');
SELECT n_rows FROM churn_train('few', options => '{"min_leaf": "few"}');
SELECT n_rows FROM churn_train('few', algorithm => 'gradient_boosting', options => '{"early_stopping": -1}');
DROP TABLE few;

-- One model for each group
\set SHOW_CONTEXT never
SET client_min_messages = warning;

-- city 200 has rows of one class only, city 201 no labelled ones
CREATE TABLE users AS
SELECT i AS userid, CASE WHEN i % 202 = 201 THEN NULL WHEN i % 202 = 200 THEN false
						 ELSE (i * 7919) % 1000 + (i * 31) % 400 > 900 END AS churned,
	   (i * 7919) % 1000 AS songs, (i * 31) % 400 AS adverts, 'city ' || i % 202 AS city
FROM generate_series(1, 20200) i;
ALTER TABLE users SET (parallel_workers = 2);
ANALYZE users;
CREATE VIEW cities AS SELECT * FROM users WHERE city NOT IN ('city 200', 'city 201');

-- 200 of them, in one pass over the source
CREATE TABLE models AS SELECT grp, model, n_rows FROM churn_train('cities', group_by => 'city', options => '{"trees": 5}');
SELECT count(*), count(DISTINCT grp), sum(n_rows), min(n_rows), max(n_rows) FROM models;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF)
SELECT city, churn_forest_agg(churned, ROW(songs, adverts), '{"trees": 5}') FROM cities GROUP BY city;

-- the model of a group is that of its rows alone
SELECT count(*) AS same
FROM models m, LATERAL churn_train(format('SELECT userid, churned, songs, adverts FROM users WHERE city = %L', m.grp),
								   options => '{"trees": 5}') t
WHERE m.grp IN ('city 0', 'city 42', 'city 199') AND churn_fingerprint(m.model) = churn_fingerprint(t.model);
SELECT count(*) AS same
FROM (SELECT city, churn_forest_agg(churned, f, '{"trees": 5}') AS model
	  FROM cities c, LATERAL (SELECT c.songs, c.adverts) f GROUP BY city) a
JOIN models m ON m.grp = a.city AND churn_fingerprint(m.model) = churn_fingerprint(a.model);

-- each row is scored by the model of its group
SELECT count(churn_predict(m.model, c)) FROM cities c JOIN models m ON m.grp = c.city;

-- a group that does not do is named
SET client_min_messages = notice;
SELECT count(*), count(model), min(grp) FILTER (WHERE model IS NULL) AS without, min(n_rows) FILTER (WHERE model IS NULL) AS n_rows FROM churn_train('SELECT * FROM users WHERE city <> ''city 201''', group_by => 'city', options => '{"trees": 5}');
SELECT count(*), count(model), min(grp) FILTER (WHERE model IS NULL) AS without, min(n_rows) FILTER (WHERE model IS NULL) AS n_rows FROM churn_train('SELECT * FROM users WHERE city <> ''city 200''', group_by => 'city', options => '{"trees": 5}');
SELECT count(*), count(model), min(grp) FILTER (WHERE model IS NULL) AS without, min(n_rows) FILTER (WHERE model IS NULL) AS n_rows FROM churn_train('SELECT * FROM users WHERE city = ''city 200''', group_by => 'city');
SELECT count(*), count(model), min(grp) FILTER (WHERE model IS NULL) AS without, min(n_rows) FILTER (WHERE model IS NULL) AS n_rows FROM churn_train('SELECT churned, songs, NULL::text AS city FROM users WHERE churned', group_by => 'city');
SET client_min_messages = warning;
SELECT churn_train('users', group_by => 'town');

DROP TABLE models;
DROP VIEW cities;
DROP TABLE users;

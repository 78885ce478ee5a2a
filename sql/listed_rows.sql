-- What the planner makes of churn_predict and churn_at_risk of the rows of a query
\set SHOW_CONTEXT never
SET client_min_messages = warning;

CREATE TYPE plan AS ENUM ('free', 'family');
CREATE TABLE users AS
SELECT i AS userid, (i * 7919) % 1000 + (i * 31) % 400 > 900 AS churned,
	   1 AS dropped,
	   (i * 7919) % 1000 AS songs,
	   CASE WHEN i % 11 > 0 THEN ((i * 31) % 400) / 8.0 END AS adverts,
	   CASE WHEN i % 7 > 0 THEN ((i * 31) % 400) / 8.0 END::numeric AS ratio,
	   DATE '2018-01-01' + (i * 37) % 300 AS joined,
	   (ARRAY['free', 'paid', NULL])[1 + i % 3] AS level,
	   (ARRAY['free', 'family'])[1 + i % 2]::plan AS plan,
	   i % 5 = 0 AS active
FROM generate_series(1, 1000) i;
ALTER TABLE users DROP COLUMN dropped;
ANALYZE users;
CREATE TABLE models AS SELECT model FROM churn_train('users', options => '{"trees": 20}');

-- rows of a CTE come whole: the scores that all others must have
CREATE TABLE scores AS WITH r AS MATERIALIZED (SELECT u AS r FROM users u)
SELECT (r.r).userid, churn_predict(model, r.r) AS score, churn_at_risk(model, r.r) AS at_risk FROM r, models;
CREATE FUNCTION calls(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE line text; n int := 0;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
		n := n + (line ~ '(sparkify_predict_row|sparkify_at_risk_row)\(')::int;
	END LOOP;
	RETURN n;
END $$;
CREATE FUNCTION differ(query text) RETURNS TABLE (calls boolean, rows bigint, other bigint) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT calls(%L) > 0, count(*), count(*) FILTER (WHERE q.score IS DISTINCT FROM s.score) FROM (%s) AS q JOIN scores s USING (userid)', query, query);
END $$;

-- tables, views, subqueries of both kinds, joins, aggregates, conditions
CREATE VIEW pulled AS SELECT * FROM users;
CREATE VIEW kept AS SELECT DISTINCT * FROM users;
CREATE VIEW renamed AS SELECT userid, active, plan, level, joined, ratio, adverts::text::float8 AS adverts, songs::bigint AS songs, now() AS extra FROM users;
SELECT * FROM differ('SELECT userid, churn_predict(model, u) AS score FROM users u, models');
SELECT * FROM differ('SELECT userid, churn_predict((SELECT model FROM models), u) AS score FROM users u');
SELECT * FROM differ('SELECT userid, churn_predict(model, v) AS score FROM pulled v, models');
SELECT * FROM differ('SELECT userid, churn_predict(model, v) AS score FROM kept v, models');
SELECT * FROM differ('SELECT userid, churn_predict(model, v) AS score FROM renamed v, models');
SELECT * FROM differ('SELECT userid, churn_predict(model, q) AS score FROM (SELECT * FROM users OFFSET 0) q, models');
SELECT * FROM differ('SELECT userid, churn_predict(model, q) AS score FROM (SELECT level, plan, joined, ratio, adverts, songs, active, userid FROM users ORDER BY 1) q (level, plan, joined, ratio, adverts, songs, active, userid), models');
SELECT * FROM differ('SELECT userid, max(churn_predict(model, u)) AS score FROM users u, models GROUP BY userid');
-- rows that are grouped by come whole from PostgreSQL 18 on
SELECT rows, other FROM differ('SELECT userid, churn_predict(model, u) AS score FROM users u, models GROUP BY u, userid, model');
SELECT * FROM differ('SELECT u.userid, churn_predict(model, u) AS score FROM users u LEFT JOIN pulled p ON p.userid = -u.userid CROSS JOIN models');
SELECT count(*), count(*) FILTER (WHERE churn_at_risk(model, u) = at_risk) AS same FROM users u JOIN scores USING (userid), models;
SELECT count(*) = (SELECT count(*) FROM scores WHERE at_risk) AS same FROM users u, models WHERE churn_at_risk(model, u);
SELECT calls('SELECT FROM users u, models WHERE churn_at_risk(model, u) ORDER BY churn_predict(model, u)') AS calls;
CREATE TABLE parts (LIKE users) PARTITION BY HASH (userid);
CREATE TABLE parts_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parts_1 (active boolean, plan plan, level text, joined date, ratio numeric, adverts numeric, songs int, churned boolean, userid int);
ALTER TABLE parts ATTACH PARTITION parts_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parts SELECT * FROM users;
SELECT * FROM differ('SELECT userid, churn_predict(model, u) AS score FROM parts u, models');

-- of several columns of a name the first counts
SELECT count(*) FROM (SELECT u.*, -1 AS songs FROM users u) q JOIN scores s USING (userid), models WHERE churn_predict(model, q) = s.score;

-- a row that is missing is no row of NULLs
SELECT count(*), count(churn_predict(model, u)) AS scored, calls('SELECT churn_predict(model, u) FROM models, generate_series(1, 3) i LEFT JOIN users u ON u.userid = 2 * i - 4') AS calls
FROM models, generate_series(1, 3) i LEFT JOIN users u ON u.userid = 2 * i - 4;
SELECT count(*), count(churn_predict(model, v)) AS scored FROM models, generate_series(1, 3) i LEFT JOIN pulled v ON v.userid = 2 * i - 4;
SELECT count(*), count(churn_predict(model, v)) AS scored FROM models, kept v RIGHT JOIN generate_series(1, 3) i ON v.userid = 2 * i - 4;
SELECT count(*), count(churn_predict(model, v)) AS scored FROM models, (SELECT * FROM users WHERE userid < 3) v FULL JOIN generate_series(2, 4) i ON v.userid = i;
SELECT count(*), count(score) AS scored FROM (SELECT churn_predict(model, u) AS score FROM users u, models WHERE userid < 4 GROUP BY GROUPING SETS ((u, model), (model))) q;
SELECT count(churn_predict(NULL, u)) AS scored FROM users u;

-- what is changed, deleted or sorted by itself
CREATE TABLE target AS SELECT u.*, NULL::float8 AS score FROM users u;
UPDATE target t SET score = churn_predict(model, t) FROM models;
SELECT count(*) FROM target t JOIN scores s USING (userid) WHERE t.score = s.score;
WITH gone AS (DELETE FROM target t USING models WHERE userid < 4 RETURNING userid, churn_predict(model, t) AS score)
SELECT count(*) FROM gone JOIN scores USING (userid, score);

-- errors are those of a row
SELECT churn_predict(model, q) FROM (SELECT songs, adverts FROM users) q, models;
SELECT churn_predict(model, q) FROM (SELECT userid, active, plan, level, joined, ratio, adverts, level AS songs FROM users) q, models;
SELECT churn_predict(model, q) FROM (SELECT userid, active, plan, level, joined, 'infinity'::float8 AS ratio, adverts, songs FROM users) q, models;

-- more columns than a function takes; types that stand alone; plans that are kept while names change
SELECT format('CREATE VIEW wide AS SELECT u.*, %s FROM users u', string_agg(format('%s AS x%s', i, i), ', ')) FROM generate_series(1, 95) i \gexec
SELECT calls('SELECT churn_predict(model, w) FROM wide w, models') AS calls;
SELECT count(*) FROM wide w JOIN scores s USING (userid), models WHERE churn_predict(model, w) = s.score;
CREATE TYPE alone AS (songs int, adverts numeric, ratio numeric, joined date, level text, plan plan, active boolean);
SELECT calls('SELECT churn_predict(model, ROW(songs, adverts, ratio, joined, level, plan, active)::alone) FROM users, models') AS calls;
SELECT count(*) FROM users u JOIN scores s USING (userid), models
WHERE churn_predict(model, ROW(songs, adverts, ratio, joined, level, plan, active)::alone) = s.score;
PREPARE kept_plan AS SELECT count(*) FROM users u JOIN scores s USING (userid), models WHERE churn_predict(model, u) = s.score;
EXECUTE kept_plan;
ALTER TABLE users RENAME songs TO tracks;
EXECUTE kept_plan;
ALTER TABLE users RENAME tracks TO songs;
EXECUTE kept_plan;

-- nor do the names of a table that is no part of the query stay what they were
CREATE TABLE named (songs int, adverts numeric, ratio numeric, joined date, level text, plan plan, active boolean);
CREATE FUNCTION predict_one(m churn_model) RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN RETURN churn_predict(m, ROW(7, 0.5, 1, DATE '2018-03-01', 'free', 'family'::plan, true)::named); END $$;
SET plan_cache_mode = force_generic_plan;
PREPARE named_plan AS SELECT count(*) FROM users u JOIN scores s USING (userid), models
WHERE churn_predict(model, ROW(songs, adverts, ratio, joined, level, plan, active)::named) = s.score;
EXECUTE named_plan;
SELECT predict_one(model) IS NOT NULL AS scored, calls('SELECT churn_predict(model, ROW(songs, adverts, ratio, joined, level, plan, active)::named) FROM users, models') AS calls FROM models;
ALTER TABLE named RENAME songs TO tracks;
EXECUTE named_plan;
SELECT predict_one(model) FROM models;
ALTER TABLE named RENAME adverts TO songs;
ALTER TABLE named RENAME tracks TO adverts;
EXECUTE named_plan;
ALTER TABLE named DROP COLUMN level;
EXECUTE named_plan;
RESET plan_cache_mode;

-- not for who may not call the function
CREATE ROLE regress_sparkify_unlisted;
GRANT SELECT ON users, models TO regress_sparkify_unlisted;
REVOKE EXECUTE ON FUNCTION churn_predict(churn_model, record) FROM PUBLIC;
SET ROLE regress_sparkify_unlisted;
SELECT churn_predict(model, u) FROM users u, models;
RESET ROLE;
GRANT EXECUTE ON FUNCTION churn_predict(churn_model, record) TO PUBLIC;

-- but for who may not call what takes its place, or may not use the schema, as before
REVOKE EXECUTE ON FUNCTION sparkify_predict_row FROM PUBLIC;
SET ROLE regress_sparkify_unlisted;
SELECT count(churn_predict(model, u)), calls('SELECT churn_predict(model, u) FROM users u, models') AS calls FROM users u, models;
RESET ROLE;
GRANT EXECUTE ON FUNCTION sparkify_predict_row TO PUBLIC;
CREATE SCHEMA open_to_all;
CREATE VIEW open_to_all.scored AS SELECT churn_predict(model, u) AS score, churn_at_risk(model, u) AS at_risk FROM users u, models;
GRANT USAGE ON SCHEMA open_to_all TO regress_sparkify_unlisted;
GRANT SELECT ON open_to_all.scored TO regress_sparkify_unlisted;
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
SET ROLE regress_sparkify_unlisted;
SELECT count(score) AS scored, count(at_risk) AS told FROM open_to_all.scored;
RESET ROLE;
GRANT USAGE ON SCHEMA public TO PUBLIC;
DROP SCHEMA open_to_all CASCADE;
REVOKE SELECT ON users FROM regress_sparkify_unlisted;
GRANT SELECT (userid, songs, adverts, ratio, joined, level, plan, active) ON users TO regress_sparkify_unlisted;
SET ROLE regress_sparkify_unlisted;
SELECT count(churn_predict(model, u)) FROM users u, models;
SELECT count(churn_predict(model, q)) FROM (SELECT userid, songs, adverts, ratio, joined, level, plan, active FROM users) q, models;
RESET ROLE;

-- what a subquery computes is computed once for a row
CREATE SEQUENCE computed;
SELECT count(churn_predict(model, q)) FROM (SELECT userid, nextval('computed') AS songs, adverts, ratio, joined, level, plan, active FROM users) q, models;
SELECT last_value FROM computed;

-- nor by hand with names that differ
SELECT sparkify_predict_row(model, ARRAY[level], songs) FROM users, models;
SELECT sparkify_predict_row(model, NULL, songs) FROM users, models;
SELECT sparkify_predict_row(model, '{songs}', songs, adverts) FROM users, models;
SELECT sparkify_at_risk_row(model, '{songs}', VARIADIC ARRAY[songs]) FROM users, models;
SELECT sparkify_predict_row(NULL, '{songs}', 1), sparkify_at_risk_row(NULL, '{songs}', 1);

DROP TABLE parts, target, scores, models;
DROP VIEW pulled, kept, renamed, wide;
DROP TABLE users;
DROP TABLE named;
DROP SEQUENCE computed;
DROP FUNCTION calls, differ, predict_one;
DROP TYPE plan, alone;
DROP ROLE regress_sparkify_unlisted;

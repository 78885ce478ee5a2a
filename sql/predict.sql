-- Use: churn_predict, churn_at_risk and churn_score
\set SHOW_CONTEXT never
SET client_min_messages = warning;

CREATE TYPE plan AS ENUM ('free', 'family');
CREATE TABLE users AS
SELECT i AS userid, (i * 7919) % 1000 + (i * 31) % 400 > 900 AS churned,
	   (i * 7919) % 1000 AS songs,
	   CASE WHEN i % 11 > 0 THEN ((i * 31) % 400) / 8.0 END::float8 AS adverts,
	   DATE '2018-01-01' + (i * 37) % 300 AS joined,
	   (ARRAY['free', 'paid', NULL])[1 + i % 3] AS level,
	   (ARRAY['F', 'M'])[1 + i % 2]::char(4) AS gender,
	   (ARRAY['free', 'family'])[1 + i % 2]::plan AS plan
FROM generate_series(1, 2000) i;
ALTER TABLE users SET (parallel_workers = 4);
ANALYZE users;
CREATE TABLE models AS
SELECT 'forest' AS name, model FROM churn_train('users', options => '{"trees": 20}')
UNION ALL SELECT 'tree', model FROM churn_train('users', algorithm => 'decision_tree')
UNION ALL SELECT 'song', model FROM churn_train('SELECT songs, churned FROM users', algorithm => 'decision_tree',
	options => '{"max_depth": 1}');

-- it learned something, and speaks in probabilities
SELECT name, (churn_metrics(churned, churn_predict(model, u))).accuracy > 0.85 AS learned,
	   min(churn_predict(model, u)) >= 0 AND max(churn_predict(model, u)) <= 1 AS probable
FROM users u, models GROUP BY name ORDER BY name;

-- a view with its columns reordered, and more of them, scores the same
CREATE VIEW wide AS
SELECT now() AS extra, plan, gender::text AS gender, level::varchar AS level, joined::timestamptz AT TIME ZONE 'UTC' AS joined,
	   adverts::numeric AS adverts, ARRAY[1] AS list, songs::bigint AS songs, userid
FROM users;
SET timezone = 'UTC';
SELECT count(*), count(*) FILTER (WHERE churn_predict(model, u) = churn_predict(model, w)) AS same
FROM models, users u JOIN wide w USING (userid);

-- so does a table with dropped and added columns, an anonymous row, a row variable
CREATE TABLE altered AS SELECT 1 AS dropped, u.* FROM users u;
ALTER TABLE altered DROP COLUMN dropped;
ALTER TABLE altered ADD COLUMN added int DEFAULT 1;
SELECT count(*) FILTER (WHERE churn_predict(model, u) = churn_predict(model, a)) AS same
FROM models, users u JOIN altered a USING (userid);
CREATE FUNCTION predict_inside(m churn_model) RETURNS float8 LANGUAGE plpgsql AS
$$ DECLARE r record; best float8 := 0;
BEGIN
	FOR r IN SELECT * FROM users WHERE userid <= 100 LOOP best := greatest(best, churn_predict(m, r)); END LOOP;
	RETURN best;
END $$;
SELECT count(*) AS same FROM models m
WHERE predict_inside(model) = (SELECT max(churn_predict(m.model, u)) FROM users u WHERE userid <= 100);

-- values are read where they are in rows of fixed widths without NULLs, and elsewhere as well
CREATE TABLE fixed AS
SELECT true AS dropped, songs > 500 AS bool, (songs % 7)::int2 AS int2, (songs % 3 = 0) AS odd, songs::bigint * 7 AS int8,
	   userid::int2 AS id, adverts::float4 AS float4, (songs % 2 = 0) AS even, joined AS date, songs AS int4,
	   sqrt(songs) AS float8, joined::timestamp + make_interval(mins => songs) AS ts, churned FROM users;
ALTER TABLE fixed DROP COLUMN dropped;
ALTER TABLE fixed ADD COLUMN added float8 DEFAULT 1;
INSERT INTO fixed SELECT churned, 1, NOT churned, 2, 3, NULL, churned, '2018-02-03', songs, 4, NULL, churned, 5 FROM users;
SELECT count(*) AS rows, count(a) AS known, count(*) FILTER (WHERE churn_predict(model, f) = churn_predict(model, g)) AS same,
	   count(DISTINCT churn_predict(model, f)) > 100 AS differ
FROM (SELECT model FROM churn_train('SELECT bool, int2, odd, int8, float4, even, date, int4, float8, ts, added, churned FROM fixed',
									options => '{"trees": 20, "features_per_split": 3, "bootstrap": false}') OFFSET 0) m,
	 fixed f, LATERAL (SELECT 'x'::text AS text, f.*) g, LATERAL (SELECT CASE WHEN f IS NOT NULL THEN 1 END) n(a);

-- a missing column, and one of another kind, is an error that names it
SELECT churn_predict(model, f) FROM models, (SELECT songs, adverts, joined, level, plan FROM users) f WHERE name = 'forest';
SELECT churn_predict(model, f) FROM models, (SELECT songs::text FROM users) f WHERE name = 'song';
SELECT churn_predict(model, f) FROM models, (SELECT now() AS songs FROM users) f WHERE name = 'song';
SELECT churn_predict(model, f) FROM models, (SELECT ARRAY[1] AS songs FROM users) f WHERE name = 'song';
SELECT churn_predict(model, ROW(1)) FROM models WHERE name = 'song';
SELECT churn_predict(model, f) IS NOT NULL AS ok FROM models, (SELECT 7.0::float4 AS songs) f WHERE name = 'song';

-- an alias that is a column's name, too, is that column; with a star it is the row
\set VERBOSITY terse
SELECT churn_predict(model, d) FROM models, (SELECT 7 AS songs, date '2024-01-01' AS d) d WHERE name = 'song';
\set VERBOSITY default
SELECT churn_predict(model, d.*) = churn_predict(model, s) AS same, churn_at_risk(model, d.*) = churn_at_risk(model, s) AS flagged, churn_reasons(model, d.*) = churn_reasons(model, s) AS reasons
FROM models, (SELECT 7 AS songs, date '2024-01-01' AS d) d, (SELECT 7 AS songs) s WHERE name = 'song';

-- missing and unseen values have their way; infinities are refused, as in training
SELECT churn_predict(model, f) BETWEEN 0 AND 1 AS ok
FROM models, (SELECT NULL::int AS songs, 'NaN'::float8 AS adverts, NULL::date AS joined, 'gold' AS level,
			  ''::char(4) AS gender, NULL::plan AS plan) f WHERE name <> 'song';
SELECT churn_predict(model, f) FROM models, (SELECT 'infinity'::float8 AS songs) f WHERE name = 'song';
SELECT churn_at_risk(model, f) FROM models, (SELECT '-infinity'::real AS songs) f WHERE name = 'song';
SELECT churn_predict(model, f) FROM models, (SELECT 1e400::numeric AS songs) f WHERE name = 'song';
SELECT churn_predict(model, f) FROM models, (SELECT NULL::int AS adverts, 'infinity'::float8 AS songs) f WHERE name = 'song';
SELECT * FROM models, churn_score(model, $$SELECT 1 AS userid, '-infinity'::float8 AS songs$$) WHERE name = 'song';
SELECT churn_predict(model, f) IS NOT NULL AS not_asked FROM models, (SELECT 1 AS songs, 'infinity'::float8 AS other) f WHERE name = 'song';
SELECT churn_predict(NULL, u) IS NULL AS null FROM users u WHERE userid = 1;
SELECT churn_predict(model, NULL::users) IS NULL AS null FROM models WHERE name = 'song';

-- at risk: from the model's threshold on
SELECT count(*) FILTER (WHERE churn_at_risk(model, u) = (churn_predict(model, u) >= threshold)) AS same
FROM (SELECT model, (churn_info(model) ->> 'threshold')::float8 AS threshold FROM models OFFSET 0) m, users u;
SELECT count(*) FILTER (WHERE churn_at_risk(churn_set_threshold(model, 0.9), u) = (churn_predict(model, u) >= 0.9)) AS same
FROM models, users u;
SELECT churn_at_risk(NULL, u) IS NULL AS null FROM users u WHERE userid = 1;

-- stored, inline, compressed and computed models, and more of them than are kept
CREATE TABLE many AS
SELECT n, churn_set_threshold(model, n / 20.0) AS model FROM models, generate_series(1, 19) n WHERE name = 'song';
SELECT count(*) FILTER (WHERE churn_at_risk(m.model, u) = (churn_predict(m.model, u) >= n / 20.0)) AS same
FROM (SELECT userid, songs FROM users WHERE userid <= 100) u, many m;
CREATE TABLE plain (model churn_model);
ALTER TABLE plain ALTER model SET STORAGE PLAIN;
INSERT INTO plain SELECT model FROM models WHERE name = 'song';
SELECT count(*) FILTER (WHERE churn_predict(p.model, u) = churn_predict(m.model, u)) AS same
FROM users u, plain p, models m WHERE name = 'song';
CREATE TABLE outside (model churn_model);
ALTER TABLE outside ALTER model SET STORAGE EXTERNAL;
INSERT INTO outside SELECT model FROM models WHERE name = 'forest';
SELECT count(*) FILTER (WHERE churn_predict(o.model, u) = churn_predict(m.model::text::churn_model, u)) AS same
FROM (SELECT * FROM users WHERE userid <= 20) u, outside o, models m WHERE name = 'forest';

-- a model in a loop: the expression is kept, the model changes
DO $$
DECLARE m churn_model; r record; flagged int := 0;
BEGIN
	SELECT songs INTO r FROM users WHERE userid = 1;
	FOR m IN SELECT model FROM many LOOP
		IF churn_at_risk(m, r) THEN flagged := flagged + 1; END IF;
	END LOOP;
	IF flagged <> (SELECT count(*) FROM many WHERE churn_at_risk(model, r)) THEN RAISE EXCEPTION 'stale model'; END IF;
END $$;
-- and so does the row type
CREATE FUNCTION predict_row(m churn_model, r anyelement) RETURNS float8 LANGUAGE sql AS 'SELECT churn_predict($1, $2)';
BEGIN;
SELECT predict_row(model, a) IS NOT NULL AS ok FROM models, altered a WHERE userid = 1 AND name = 'song';
ALTER TABLE altered RENAME songs TO tunes;
SELECT predict_row(model, a) FROM models, altered a WHERE userid = 1 AND name = 'song';
ROLLBACK;

-- the plan is parallel; versions word the subquery's result differently, not the nodes
CREATE FUNCTION plan_nodes(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line ~ 'Aggregate|Gather|Scan|Materialize' THEN
            RETURN NEXT line;
        END IF;
    END LOOP;
END $$;
ALTER TABLE models SET (parallel_workers = 0);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
SELECT plan_nodes($$SELECT count(*) FROM users u WHERE churn_predict((SELECT model FROM models WHERE name = 'tree'), u) > 0.5$$);
SELECT count(*) > 0 AS some FROM users u WHERE churn_predict((SELECT model FROM models WHERE name = 'tree'), u) > 0.5;

-- that of a view over many rows at default costs, too
CREATE TABLE large AS SELECT u.* FROM users u, generate_series(1, 80);
ALTER TABLE large SET (autovacuum_enabled = false);
ANALYZE large, models;
CREATE VIEW large_scored AS
SELECT userid, churn_predict((SELECT model FROM models WHERE name = 'forest'), u) AS risk FROM large u;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;
SELECT plan_nodes('SELECT * FROM large_scored');
SELECT plan_nodes('SELECT avg(risk) FROM large_scored');

-- and a join with the table of models, which is read once for each worker
SELECT plan_nodes($$SELECT avg(churn_predict(model, u)) FROM large u, models WHERE name = 'forest'$$);
SELECT plan_nodes($$SELECT count(*) FROM large u LEFT JOIN models ON churn_at_risk(model, u)$$);
DROP TABLE large CASCADE;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;

-- churn_score equals churn_predict and churn_at_risk
SELECT name, count(*), count(*) FILTER (WHERE s.score = churn_predict(model, u)) AS scores,
	   count(*) FILTER (WHERE s.at_risk = churn_at_risk(model, u)) AS flags
FROM models, churn_score(model, 'users') s JOIN users u ON s.id = u.userid::text GROUP BY name ORDER BY name;
RESET max_parallel_workers_per_gather;
SELECT count(*), count(DISTINCT id) FROM models, churn_score(model, 'SELECT * FROM wide -- all', 'userid') WHERE name = 'forest';
SELECT id, at_risk FROM models, churn_score(model, 'SELECT NULL::int AS userid, 999 AS songs') WHERE name = 'song';
SELECT count(id) FROM models, churn_score(model, 'WITH u AS (VALUES (1, 10)) SELECT * FROM u AS q(q, songs)', 'q') WHERE name = 'song';
SELECT count(*) FROM models, churn_score(model, 'SELECT * FROM users WHERE false') WHERE name = 'song';
SELECT count(*) FROM churn_score(NULL, 'users');
SELECT count(*) FROM models, churn_score(model, NULL);
SELECT count(*) FROM models, churn_score(model, 'users', NULL);
SELECT churn_score(model, 'users', 'name') FROM models WHERE name = 'song';
SELECT churn_score(model, 'nowhere') FROM models WHERE name = 'song';
SELECT churn_score(model, 'SELECT userid, level FROM users') FROM models WHERE name = 'song';
SELECT churn_score(model, 'SELECT 1; SELECT 2') FROM models WHERE name = 'song';
SELECT churn_score(model, 'SELECT userid, now() AS songs FROM users') FROM models WHERE name = 'song';

-- the model's columns in any order and among others, wherever they can be told apart, or so many that they come as a row
SELECT name, count(*) AS same FROM models, churn_score(model, 'users') s, churn_score(model, 'wide') w
WHERE s = w GROUP BY name ORDER BY name;
SELECT count(*) AS same FROM models, churn_score(model, 'users') s, churn_score(model, 'SELECT *, 0 AS songs FROM users') d
WHERE s = d AND name = 'song';
DO $$ BEGIN
	EXECUTE 'CREATE TABLE columns AS SELECT userid, churned, ' ||
		(SELECT string_agg(format('(songs * %s) %% 1000 AS %I', n, 'N "' || n), ', ') FROM generate_series(1, 100) n) || ' FROM users';
END $$;
SELECT features, count(*) AS rows, count(*) FILTER (WHERE s.score = churn_predict(model, c)) AS same
FROM (SELECT 100 - coalesce(array_length(x, 1), 0) AS features,
			 (SELECT model FROM churn_train('columns', options => '{"trees": 10}', exclude => x || '{userid}'::text[])) AS model
	  FROM (VALUES (NULL::text[]), ('{"N \"1"}'), ('{"N \"1", "N \"2"}')) v(x) OFFSET 0) m,
	 churn_score(model, 'columns') s JOIN columns c ON s.id = c.userid::text GROUP BY features ORDER BY features;

-- what a clock shows is not the same to a model as a point in time; a date is the first moment of its day
CREATE TABLE times AS
SELECT i % 3 = 0 AS churned, TIMESTAMP '2018-10-01' + i * interval '1 day' AS t, (TIMESTAMP '2018-10-01' + i * interval '1 day') AT TIME ZONE 'UTC' AS tz
FROM generate_series(1, 60) AS i;
CREATE TABLE timed AS
SELECT 'clock' AS name, model FROM churn_train('SELECT churned, t FROM times', algorithm => 'decision_tree') UNION ALL
SELECT 'instant', model FROM churn_train('SELECT churned, tz AS t FROM times', algorithm => 'decision_tree');
SELECT name, model::text::jsonb #>> '{features,0,kind}' AS kind, churn_fingerprint(model::text::churn_model) = churn_fingerprint(model) AS same FROM timed ORDER BY name;
SELECT count(*) FILTER (WHERE churn_predict(c.model, a) = churn_predict(i.model, b)) AS same, count(*) FILTER (WHERE churn_predict(c.model, a) = churn_predict(c.model, d)) AS days
FROM timed c, timed i, times, LATERAL (SELECT times.t) a, LATERAL (SELECT times.tz AS t) b, LATERAL (SELECT times.t::date AS t) d WHERE c.name = 'clock' AND i.name = 'instant';
SELECT churn_predict(model, f) FROM timed, LATERAL (SELECT tz AS t FROM times) f WHERE name = 'clock';
SELECT churn_predict(model, f) FROM timed, LATERAL (SELECT t FROM times) f WHERE name = 'instant';
SELECT churn_predict(model, f) FROM timed, LATERAL (SELECT t::date AS t FROM times) f WHERE name = 'instant';
SELECT count(*) FROM timed, churn_score(model, 'SELECT tz AT TIME ZONE ''UTC'' AS t, 1 AS userid FROM times') WHERE name = 'clock';
SELECT churn_score(model, 'SELECT t, 1 AS userid FROM times') FROM timed WHERE name = 'instant';
DROP TABLE timed, times;

-- what churn_score calls
SELECT count(*) FILTER (WHERE sparkify_predict_values(model, songs) = churn_predict(model, u)) AS same
FROM models, users u WHERE name = 'song';
SELECT sparkify_predict_values(NULL, 1) IS NULL AS null, sparkify_predict_values(model, NULL::int) IS NULL AS missing
FROM models WHERE name = 'song';
SELECT sparkify_predict_values(model, 1, 2) FROM models WHERE name = 'song';
SELECT sparkify_predict_values(model, 'many') FROM models WHERE name = 'song';
SELECT sparkify_predict_values(model, VARIADIC ARRAY[1]) FROM models WHERE name = 'song';
CREATE VIEW scored AS SELECT userid, churn_predict(model, u) AS risk FROM users u, models WHERE name = 'tree';
SELECT count(risk) FROM scored;

-- with the caller's rights
CREATE ROLE regress_sparkify_nobody;
GRANT SELECT ON models TO regress_sparkify_nobody;
SET ROLE regress_sparkify_nobody;
SELECT churn_score(model, 'users') FROM models WHERE name = 'song';
RESET ROLE;

DROP VIEW scored, wide;
DROP FUNCTION predict_inside, predict_row;
DROP TABLE users, models, altered, fixed, columns, many, plain, outside;
DROP TYPE plan;
DROP ROLE regress_sparkify_nobody;

-- what other servers can compute: of profiles, and of values with their names
CREATE TABLE p_profiles AS SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
FROM churn_simulate_events(60) WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
CREATE TABLE p_models AS SELECT model FROM churn_train('SELECT churn_label(profile) AS churned, f.* FROM p_profiles, churn_features(profile) AS f');
SELECT count(*) AS users,
	count(*) FILTER (WHERE churn_predict(model, profile, d) = churn_predict(model, f) AND churn_at_risk(model, profile, d) = churn_at_risk(model, f)) AS same,
	count(*) FILTER (WHERE churn_predict(model, profile, d) IS NULL AND churn_at_risk(model, profile, d) IS NULL AND f IS NULL) AS unseen
FROM p_models, p_profiles, (VALUES (date '2018-10-10'), (NULL)) AS v (d), LATERAL (SELECT churn_features(profile, d) AS f OFFSET 0) AS s;
SELECT churn_predict(NULL, profile, NULL), churn_at_risk(model, NULL, NULL) FROM p_models, p_profiles LIMIT 1;
SELECT churn_predict(model, p, NULL) FROM p_models, (SELECT churn_profile('2024-01-01'::timestamptz, 'view') AS p) AS s;
SELECT provolatile, count(*) FROM pg_proc WHERE proname IN ('churn_predict', 'churn_at_risk', 'churn_predict_columns')
	AND NOT 'record'::regtype = ANY (proargtypes) GROUP BY 1;

CREATE TABLE p_values AS SELECT i / 7.0 AS a, i % 7 AS b, (ARRAY['x', 'y', 'z'])[1 + i % 3] AS c, i % 5 = 0 AND i % 3 = 1 AS churned FROM generate_series(1, 400) AS i;
CREATE TABLE p_named AS SELECT model FROM churn_train('p_values');
SELECT count(*) FILTER (WHERE churn_predict(model, v) = churn_predict_columns(model, '["c", "more", "b", "a"]', c, NULL::date, b, a)) FROM p_named, p_values AS v;
SELECT churn_predict_columns(NULL, '["c"]', 1), churn_predict_columns(model, NULL, 1) FROM p_named;
SELECT churn_predict_columns(model, '["c", "b"]', c, b, a) FROM p_named, p_values;
SELECT churn_predict_columns(model, '["c", "b"]', c, b) FROM p_named, p_values;
SELECT churn_predict_columns(model, '["c", "b", 3]', c, b, a) FROM p_named, p_values;
SELECT churn_predict_columns(model, '{"c": 1}', c) FROM p_named, p_values;
SELECT churn_predict_columns(model, to_jsonb(ARRAY[c, 'b', 'a']), c, b, a) FROM p_named, p_values;
SELECT churn_predict_columns(model, '["c"]', VARIADIC ARRAY[c]) FROM p_named, p_values;
SELECT churn_predict_columns(model, '["c", "b", "a"]', c, b, 'x'::text) FROM p_named, p_values;
CREATE TYPE p_enum AS ENUM ('x', 'y', 'z');
SELECT churn_predict_columns(model, '["c", "b", "a"]', c::p_enum, b, a) FROM p_named, p_values;

-- rows made of their columns, as the planner makes them for other servers
SELECT churn_predict(model, sparkify_named_row('{b,c,a}', b, c, a)) = churn_predict(model, v) AS same FROM p_named, p_values AS v LIMIT 1;
SELECT to_jsonb(sparkify_named_row('{a,"B c"}', 1, NULL::text));
SELECT sparkify_named_row('{a}', 1, 2);
SELECT sparkify_named_row('{a,NULL}', 1, 2);
SELECT sparkify_named_row(NULL, 1);
SELECT sparkify_named_row(ARRAY[c], 1) FROM p_values;

-- the rows of a source, brought whole
SELECT churn_fingerprint(a.model) = churn_fingerprint(b.model) AS same FROM churn_train('SELECT * FROM p_values') AS a,
	churn_train('SELECT * FROM sparkify_source_rows(''p_values AS q'') AS s (a numeric, b int, c text, churned boolean)') AS b;
SELECT * FROM sparkify_source_rows('p_values AS q') AS s (a int, b int, c text, churned boolean);
SELECT * FROM sparkify_source_rows('p_values AS q') AS s (a numeric);
SELECT * FROM sparkify_source_rows('(DELETE FROM p_values RETURNING *) AS q') AS s (a numeric);
DROP TABLE p_profiles, p_models, p_values, p_named;
DROP TYPE p_enum;

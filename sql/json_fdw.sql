-- the foreign data wrapper sparkify_json
SET timezone = 'UTC';

-- exact bytes into a file of the data directory
CREATE FUNCTION pg_temp.put(path text, content bytea) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE lob oid := lo_from_bytea(0, content);
BEGIN
    PERFORM lo_export(lob, path);
    PERFORM lo_unlink(lob);
END $$;
CREATE FUNCTION pg_temp.put(path text, content text) RETURNS void
LANGUAGE sql AS $$ SELECT pg_temp.put(path, convert_to(content, 'UTF8')) $$;

SELECT pg_temp.put('sparkify_fdw_1.json', $$
{"ts":1538352117000,"userId":"30","sessionId":29,"page":"NextSong","auth":"Logged In","level":"paid","length":277.5,"song":"K\u00f6ln"}
{"ts":1538352180000,"userId":30,"sessionId":29,"page":"Home","auth":"Logged In","level":"paid"}
{"ts":1538352190000.0,"userId":"","sessionId":8,"page":"Login","auth":"Logged Out","level":"free","status":307}
$$);
SELECT pg_temp.put('sparkify_fdw_2.json', E'{"ts":1538352394000,"userId":"9","sessionId":8,"page":"Thumbs Up","auth":"Logged In","level":"free","other":[1]}');

-- options
CREATE FOREIGN DATA WRAPPER sparkify_other HANDLER sparkify_json_handler VALIDATOR sparkify_json_validator OPTIONS (filename 'x');
CREATE SERVER sparkify_logs FOREIGN DATA WRAPPER sparkify_json OPTIONS (filename 'x');
CREATE SERVER sparkify_logs FOREIGN DATA WRAPPER sparkify_json OPTIONS (on_error 'ignore');
CREATE SERVER sparkify_logs FOREIGN DATA WRAPPER sparkify_json;
CREATE USER MAPPING FOR CURRENT_USER SERVER sparkify_logs OPTIONS (filename 'x');
CREATE FOREIGN TABLE log (ts timestamptz) SERVER sparkify_logs;
CREATE FOREIGN TABLE log (ts timestamptz) SERVER sparkify_logs OPTIONS (filename '');
CREATE FOREIGN TABLE log (ts timestamptz) SERVER sparkify_logs OPTIONS (filename 'x', format 'csv');
CREATE FOREIGN TABLE log (ts timestamptz) SERVER sparkify_logs OPTIONS (filename 'x', on_error 'ignore');
CREATE FOREIGN TABLE log (ts timestamptz) SERVER sparkify_logs OPTIONS (filename 'x', filename 'y');

-- any columns in any order, found by name
CREATE FOREIGN TABLE log (
    page text, ts timestamptz, gone int, userid text, sessionid bigint, auth text, level text, length float8,
    gender text, registration timestamptz, status int, song text
) SERVER sparkify_logs OPTIONS (filename 'sparkify_fdw_1.json');
ALTER FOREIGN TABLE log DROP COLUMN gone;
TABLE log;
SELECT count(*), sum(length), max(song) FROM log;
SELECT userid, page FROM log WHERE auth NOT IN ('Logged Out', 'Guest') AND ts > '2018-10-01';
SELECT log FROM log WHERE status IS NOT NULL;
SELECT tableoid::regclass, page FROM log LIMIT 1;
SELECT * FROM log AS a JOIN log AS b USING (ts) WHERE a.length > 1;
CREATE FOREIGN TABLE none () SERVER sparkify_logs OPTIONS (filename 'sparkify_fdw_1.json');
SELECT FROM none;

-- columns that are none of an event, or of another type
CREATE FOREIGN TABLE odd (ts timestamptz, "userId" text) SERVER sparkify_logs OPTIONS (filename 'sparkify_fdw_1.json');
TABLE odd;
EXPLAIN SELECT ts FROM odd;
ANALYZE odd;
ALTER FOREIGN TABLE odd DROP COLUMN "userId";
TABLE odd;
ALTER FOREIGN TABLE odd ALTER COLUMN ts TYPE bigint;
TABLE odd;

-- only what is needed is decoded
EXPLAIN (VERBOSE, COSTS OFF) SELECT userid, page FROM log WHERE auth <> 'Guest' ORDER BY ts;
EXPLAIN (VERBOSE, COSTS OFF) SELECT count(*) FROM log;
EXPLAIN (VERBOSE, COSTS OFF) SELECT log FROM log;
-- in full, but for what some versions say of each plan
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) ' || query INTO plan;
    RETURN (plan->0->'Plan') - '{Async Capable,Disabled}'::text[];
END $$;
SELECT jsonb_pretty(pg_temp.plan_of('TABLE odd'));

-- several files; what is no file
ALTER FOREIGN TABLE log OPTIONS (SET filename 'sparkify_fdw_?.json');
SELECT userid, page, level FROM log;
EXPLAIN (COSTS OFF) SELECT * FROM log;
ALTER FOREIGN TABLE log OPTIONS (SET filename 'sparkify_fdw_missing.json');
EXPLAIN (COSTS OFF) SELECT * FROM log;
TABLE log;
ANALYZE log;
ALTER FOREIGN TABLE log OPTIONS (SET filename 'sparkify_fdw_missing*.json');
EXPLAIN (COSTS OFF) SELECT * FROM log;
TABLE log;
ALTER FOREIGN TABLE log OPTIONS (SET filename 'base');
TABLE log;
ALTER FOREIGN TABLE log OPTIONS (DROP filename);
ALTER FOREIGN TABLE log OPTIONS (SET filename 'sparkify_fdw_?.json');

-- nothing is written
INSERT INTO log (page) VALUES ('Home');
UPDATE log SET page = 'Home';
DELETE FROM log;

-- rescans, cursors, locks
SELECT n, (SELECT count(*) FROM log WHERE sessionid < n) FROM generate_series(8, 30, 11) AS n;
SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off;
SELECT count(*) FROM log AS a, log AS b WHERE a.userid = b.userid;
RESET enable_hashjoin; RESET enable_mergejoin; RESET enable_material;
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT page FROM log;
FETCH 3 FROM c;
FETCH BACKWARD 1 FROM c;
FETCH ALL FROM c;
ROLLBACK;
CREATE TABLE seen (userid text, pages int);
INSERT INTO seen VALUES ('30', 0), ('9', 0);
UPDATE seen SET pages = pages + 1 FROM log WHERE log.userid = seen.userid AND log.page = 'Home' RETURNING *;
SELECT * FROM seen JOIN log USING (userid) WHERE page = 'Home' FOR UPDATE;

-- a partition among tables
CREATE TABLE all_events (ts timestamptz, userid text, page text) PARTITION BY RANGE (ts);
CREATE TABLE events_2019 PARTITION OF all_events FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
CREATE FOREIGN TABLE events_2018 PARTITION OF all_events FOR VALUES FROM ('2018-01-01') TO ('2019-01-01')
    SERVER sparkify_logs OPTIONS (filename 'sparkify_fdw_1.json');
INSERT INTO all_events VALUES ('2019-06-01', '1', 'About');
SELECT * FROM all_events ORDER BY ts DESC LIMIT 2;

-- statistics
ANALYZE log;
SELECT relpages, reltuples FROM pg_class WHERE relname = 'log';
SELECT attname, null_frac, n_distinct FROM pg_stats WHERE tablename = 'log' AND attname IN ('page', 'status') ORDER BY 1;
EXPLAIN SELECT * FROM log WHERE auth = 'Guest';
SELECT pg_temp.put('sparkify_fdw_3.json', string_agg(format('{"ts":%s,"userId":"%s","sessionId":%s,"page":"Home","auth":"%s"}',
    1538352117000 + i * 1000, i % 100, i / 50, CASE i % 10 WHEN 0 THEN 'Guest' ELSE 'Logged In' END), E'\n' ORDER BY i))
FROM generate_series(1, 100000) AS i;
ALTER FOREIGN TABLE log OPTIONS (SET filename 'sparkify_fdw_3.json');
SET default_statistics_target = 1;
ANALYZE log;
-- 31 places are read, of which one can be the short last one: 3 %, and the lines' lengths differ by 1 %
SELECT abs(reltuples - 100000) < 5000 AS close FROM pg_class WHERE relname = 'log';
SELECT n_distinct BETWEEN 50 AND 150 AS close FROM pg_stats WHERE tablename = 'log' AND attname = 'userid';
RESET default_statistics_target;

-- parallel: partial plans, each line once, the same bytes
CREATE TABLE loaded (LIKE log);
INSERT INTO loaded TABLE log;
SET min_parallel_table_scan_size = '1MB'; SET parallel_setup_cost = 0;
EXPLAIN (COSTS OFF) SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration)
FROM log WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
CREATE TABLE in_place AS
SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
FROM log WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid;
SELECT count(*) FROM in_place;
SELECT count(*) FROM in_place AS a JOIN (
    SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) AS profile
    FROM loaded WHERE auth NOT IN ('Logged Out', 'Guest') GROUP BY userid) AS b USING (userid)
WHERE a.profile::text = b.profile::text;
EXPLAIN (COSTS OFF) SELECT ts FROM log WHERE status > 0;
SELECT count(*), count(DISTINCT ts) FROM (SELECT ts FROM log OFFSET 0) AS s;
SET enable_material = off;
SELECT n, (SELECT count(*) FROM log WHERE sessionid < n) FROM generate_series(8, 30, 11) AS n;
EXPLAIN (COSTS OFF) SELECT n, s.count FROM generate_series(8, 30, 11) AS n LEFT JOIN (SELECT count(*) FROM log) AS s ON n > 8;
SELECT n, s.count FROM generate_series(8, 30, 11) AS n LEFT JOIN (SELECT count(*) FROM log) AS s ON n > 8;
SELECT userid FROM log WHERE userid = '7' LIMIT 1;
SET parallel_leader_participation = off;
SELECT count(*), min(ts), max(ts) FROM log;
RESET enable_material;
RESET parallel_leader_participation;
\set SHOW_CONTEXT never
SELECT pg_temp.put('sparkify_fdw_4.json', repeat(E'{"page":"Home"}\n', 600000) || E'\n{"page":[]}\n');
CREATE FOREIGN TABLE faulty (page text) SERVER sparkify_logs OPTIONS (filename 'sparkify_fdw_4.json');
EXPLAIN (COSTS OFF) SELECT count(*) FROM faulty;
SELECT count(*) FROM faulty;
ALTER FOREIGN TABLE faulty OPTIONS (ADD on_error 'skip');
SELECT count(*) FROM faulty;
DROP FOREIGN TABLE faulty;
\set SHOW_CONTEXT errors
RESET min_parallel_table_scan_size; RESET parallel_setup_cost;

-- invalid lines: where they are, or how many
SELECT pg_temp.put('sparkify_fdw_3.json', E'{"ts":1,"page":"A"}\n{"ts":"1"}\n\n{"ts":2,"page":"B"}\nx\n');
SELECT page FROM log;
SELECT count(*) FROM log;
ALTER FOREIGN TABLE log OPTIONS (ADD on_error 'skip');
SELECT page FROM log;
ANALYZE log;
ALTER FOREIGN TABLE log OPTIONS (SET on_error 'stop');
ANALYZE log;
ALTER FOREIGN TABLE log OPTIONS (DROP on_error);
ALTER SERVER sparkify_logs OPTIONS (on_error 'skip');
SELECT count(*) FROM log;
ALTER FOREIGN TABLE log OPTIONS (ADD on_error 'stop');
SELECT count(*) FROM log;
SELECT pg_temp.put('sparkify_fdw_3.json', '');
SELECT count(*) FROM log;
ANALYZE log;

-- privileges: to set a file name, to read the table
ALTER FOREIGN TABLE log OPTIONS (SET filename 'sparkify_fdw_2.json');
CREATE ROLE regress_sparkify_fdw;
GRANT USAGE ON FOREIGN SERVER sparkify_logs TO regress_sparkify_fdw;
GRANT CREATE ON SCHEMA public TO regress_sparkify_fdw;
SET ROLE regress_sparkify_fdw;
CREATE FOREIGN TABLE mine (page text) SERVER sparkify_logs OPTIONS (filename 'sparkify_fdw_2.json');
TABLE log;
RESET ROLE;
GRANT SELECT ON log TO regress_sparkify_fdw;
SET ROLE regress_sparkify_fdw;
SELECT page FROM log;
RESET ROLE;
ALTER FOREIGN TABLE log OWNER TO regress_sparkify_fdw;
SET ROLE regress_sparkify_fdw;
ALTER FOREIGN TABLE log OPTIONS (SET filename 'postgresql.conf');
RESET ROLE;
GRANT pg_read_server_files TO regress_sparkify_fdw;
SET ROLE regress_sparkify_fdw;
CREATE FOREIGN TABLE mine (page text) SERVER sparkify_logs OPTIONS (filename 'sparkify_fdw_2.json');
TABLE mine;
RESET ROLE;

COPY (SELECT) TO PROGRAM 'cat > /dev/null; rm -f sparkify_fdw_1.json sparkify_fdw_2.json sparkify_fdw_3.json sparkify_fdw_4.json';
DROP TABLE seen, all_events, loaded, in_place;
DROP FOREIGN TABLE none, odd;
DROP OWNED BY regress_sparkify_fdw;
DROP ROLE regress_sparkify_fdw;
DROP SERVER sparkify_logs;

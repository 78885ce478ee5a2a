-- aggregates that the scan of a foreign table feeds itself: which plans have them, and that results are the same
SET timezone = 'UTC';
\set SHOW_CONTEXT never
CREATE FUNCTION pg_temp.put(path text, content text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE lob oid := lo_from_bytea(0, convert_to(content, 'UTF8'));
BEGIN
    PERFORM lo_export(lob, path);
    PERFORM lo_unlink(lob);
END $$;

-- a log of two hundred users in two files, some lines of it of nobody, without a level or of a strange page
SELECT pg_temp.put('sparkify_push_' || part || '.json', string_agg(format(
    '{"ts":%s,"userId":%s,"sessionId":%s,"page":"%s","auth":"%s","level":%s,"length":%s,"gender":"%s","registration":1538000000000,"n":%s,"day":"2024-03-%s","id":"00000000-0000-0000-0000-%s","kind":"k%s","worth":"%s"}',
    1538352117000 + i::bigint * 60000, CASE WHEN i % 97 = 0 THEN 'null' ELSE to_json((i * 7 % 200)::text)::text END, i / 50,
    (ARRAY['NextSong', 'Home', 'Thumbs Up', 'Error', 'Cancellation Confirmation'])[1 + i % 5 % (1 + i % 4)],
    (ARRAY['Logged In', 'Guest', 'Logged Out'])[1 + i % 13 / 11], CASE WHEN i % 31 = 0 THEN 'null' ELSE '"paid"' END,
    CASE WHEN i % 5 % (1 + i % 4) = 0 THEN (i % 300)::text || '.25' ELSE 'null' END, CASE WHEN i * 7 % 200 % 2 = 0 THEN 'M' ELSE 'F' END,
    CASE WHEN i % 11 = 0 THEN 'null' ELSE (i % 1000)::text END, lpad((1 + i % 28)::text, 2, '0'), lpad((i % 20)::text, 12, '0'), i % 7, i % 100), E'\n' ORDER BY i))
FROM generate_series(1, 20000) AS i, LATERAL (SELECT 1 + (i > 15000)::int) AS p(part) GROUP BY part;
CREATE SERVER sparkify_push FOREIGN DATA WRAPPER sparkify_json;
CREATE FOREIGN TABLE log (
    ts timestamptz, userid text, sessionid bigint, page text, auth text, level text, length float8, gender text, registration timestamptz,
    n int, day date, id uuid, kind varchar(10), worth numeric(10, 2)
) SERVER sparkify_push OPTIONS (filename 'sparkify_push_*.json');

-- the plan shows what the scan does
EXPLAIN (COSTS OFF) SELECT userid, churn_features(ts, sessionid, page, level, length, gender, registration), count(*) FILTER (WHERE page = 'Error')
FROM log WHERE auth NOT IN ('Logged Out', 'Guest') AND length(userid) > 1 GROUP BY userid;
EXPLAIN (COSTS OFF, VERBOSE) SELECT kind, day, churn_profile(ts, page, id, worth, level), max(n) FROM log WHERE ts >= '2018-10-03' GROUP BY day, kind;
EXPLAIN (COSTS OFF) SELECT count(*), min(ts) FROM log WHERE n IS NOT NULL;
CREATE FUNCTION pg_temp.shown(query text, what text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, FORMAT json) ' || query INTO plan;
    RETURN jsonb_path_query_first(plan, ('$.**?(exists(@."Aggregated"))."' || what || '"')::jsonpath);
END $$;
SELECT what, pg_temp.shown('SELECT count(*), min(ts) FROM log WHERE auth = ''Logged In'' AND n % 2 = 0', what)
FROM unnest(ARRAY['Foreign Table', 'Aggregated', 'Group Key', 'Filter', 'Rows Removed by Filter', 'Files']) AS what;
EXPLAIN (COSTS OFF) SELECT userid, count(*) FROM log GROUP BY userid HAVING sum(n) > 40000 ORDER BY 2 DESC, 1 LIMIT 3;
SELECT userid, count(*) FROM log GROUP BY userid HAVING sum(n) > 40000 ORDER BY 2 DESC, 1 LIMIT 3;

-- with and without, both ways: the same rows; and what the plan is
CREATE FUNCTION pg_temp.compare(query text, OUT pushed boolean, OUT rows bigint, OUT differ bigint) LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
    state text := current_setting('sparkify.aggregate_pushdown');
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    pushed := plan::text LIKE '%"Aggregated"%';
    EXECUTE 'CREATE TEMP TABLE with_pushdown AS SELECT s::text AS line FROM (' || query || ') AS s';
    SET sparkify.aggregate_pushdown = off;
    EXECUTE 'CREATE TEMP TABLE without_pushdown AS SELECT s::text AS line FROM (' || query || ') AS s';
    PERFORM set_config('sparkify.aggregate_pushdown', state, false);
    SELECT count(*) INTO rows FROM without_pushdown;
    SELECT count(*) INTO differ FROM (
        (TABLE with_pushdown EXCEPT ALL TABLE without_pushdown) UNION ALL (TABLE without_pushdown EXCEPT ALL TABLE with_pushdown)) AS d;
    DROP TABLE with_pushdown, without_pushdown;
END $$;
CREATE TABLE queries (n int GENERATED ALWAYS AS IDENTITY, query text);
INSERT INTO queries (query) VALUES
    ('SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) FROM log WHERE auth NOT IN (''Logged Out'', ''Guest'') GROUP BY userid'),
    ('SELECT userid, churn_features(ts, sessionid, page, level, length, gender, registration), churn_profile(ts, sessionid, page, level, length, gender, registration) FROM log GROUP BY userid'),
    ('SELECT userid, churn_profile(ts, page) FROM log GROUP BY userid'),
    ('SELECT userid, churn_profile(ts, page, sessionid) FROM log GROUP BY userid'),
    ('SELECT userid, churn_profile(ts, kind, id, n) FROM log GROUP BY userid'),
    ('SELECT userid, churn_profile(day, page, id, worth, level) FROM log GROUP BY userid'),
    ('SELECT userid, count(*), count(n), count(level), min(n), max(n), sum(n), sum(length), avg(n), avg(length), sum(worth), sum(sessionid), min(page), max(worth), bool_and(n > 5), stddev(n) FROM log GROUP BY userid'),
    ('SELECT userid, count(*) FILTER (WHERE page = ''Home''), sum(n) FILTER (WHERE n % 3 = 0), churn_profile(ts, page) FILTER (WHERE level IS NOT NULL) FROM log GROUP BY userid'),
    ('SELECT count(*), max(ts), churn_profile(ts, page) FROM log WHERE userid = ''7'''),
    ('SELECT count(*), max(ts), churn_profile(ts, page) FROM log WHERE userid = ''nobody'''),
    ('SELECT level, kind, day, count(*), max(length + n) FROM log GROUP BY 1, 2, 3'),
    ('SELECT id, n, count(*) FROM log WHERE n BETWEEN 10 AND 20 AND userid <> ''14'' AND sessionid > 100 GROUP BY 1, 2'),
    ('SELECT ts, count(*) FROM log WHERE level IS NULL GROUP BY ts'),
    ('SELECT userid, page, count(*), upper(page) || count(*)::text FROM log WHERE userid = ''8'' GROUP BY 1, 2'),
    ('SELECT page, sum(n) OVER (ORDER BY page), n FROM (SELECT page, count(n) AS n FROM log WHERE worth > 17.5 GROUP BY page) AS s'),
    ('SELECT u, c.count FROM unnest(ARRAY[''7'', ''14'', NULL]) AS u, LATERAL (SELECT count(*) FROM log WHERE userid = u) AS c'),
    ('SELECT count(*), sum(n) FROM log WHERE n > (SELECT avg(n) FROM log)'),
    ('SELECT userid, count(*) FROM log WHERE page IN (''Home'', NULL, ''Error'') GROUP BY userid'),
    ('SELECT count(*) FROM log WHERE page NOT IN (''Home'', NULL)'),
    ('SELECT count(*) FROM log WHERE auth <> ALL (''{}'') AND auth > ''H'' AND ''2018-10-02'' < ts'),
    ('SELECT generate_series(1, 2), userid, count(*) FROM log GROUP BY userid'),
    ('SELECT a.page, a.c + b.c FROM (SELECT page, count(*) AS c FROM log GROUP BY page) a JOIN (SELECT page, count(*) AS c FROM log WHERE n = 4 GROUP BY page) b USING (page)');
SELECT n, c.*, CASE WHEN c.differ > 0 OR NOT c.pushed THEN query END AS query FROM queries, pg_temp.compare(query) AS c ORDER BY n;
-- what is left to PostgreSQL
TRUNCATE queries;
INSERT INTO queries (query) VALUES
    ('SELECT upper(page), count(*) FROM log GROUP BY 1'),
    ('SELECT page, count(DISTINCT userid) FROM log GROUP BY page'),
    ('SELECT page, string_agg(userid, '','' ORDER BY ts) FROM log GROUP BY page'),
    ('SELECT page, percentile_disc(0.5) WITHIN GROUP (ORDER BY n) FROM log GROUP BY page'),
    ('SELECT worth, count(*) FROM log GROUP BY worth'),
    ('SELECT page, level, count(*) FROM log GROUP BY ROLLUP (page, level)'),
    ('SELECT DISTINCT page FROM log'),
    ('SELECT page, count(*) FROM log WHERE random() >= 0 GROUP BY page'),
    ('SELECT page, count(n + random()) FROM log GROUP BY page'),
    ('SELECT page, count(*) FROM log WHERE userid IN (SELECT userid FROM log WHERE n = 3) GROUP BY page'),
    ('SELECT page, count((SELECT max(x) FROM generate_series(1, n) AS x)) FROM log GROUP BY page'),
    ('SELECT page, count(log) FROM log GROUP BY page'),
    ('SELECT tableoid, count(*) FROM log GROUP BY 1'),
    ('SELECT page, count(*) FROM log WHERE current_setting(''timezone'') = ''UTC'' GROUP BY page'),
    ('SELECT count(*) FROM log WHERE false'),
    ('SELECT a.page, count(*) FROM log a JOIN log b ON a.ts = b.ts WHERE a.n = 1 GROUP BY a.page'),
    ('SELECT page, array_agg(n) IS NULL FROM log GROUP BY page'),
    ('SELECT page, regress_push_sum(n) FROM log GROUP BY page'),
    ('SELECT page, (churn_metrics(n > 500, n / 1000.0::float8)).auc FROM log GROUP BY page');
CREATE AGGREGATE regress_push_sum (int) (sfunc = int4_sum, stype = int8, combinefunc = int8pl, parallel = safe);
SELECT n, c.*, query FROM queries, pg_temp.compare(query) AS c ORDER BY n;
DROP AGGREGATE regress_push_sum (int);

-- the option of a table, and of its server
CREATE FUNCTION pg_temp.is_pushed() RETURNS boolean LANGUAGE sql AS $$ SELECT pushed AND differ = 0 FROM pg_temp.compare('SELECT page, count(*) FROM log GROUP BY page') $$;
ALTER FOREIGN TABLE log OPTIONS (ADD aggregate_pushdown 'perhaps');
ALTER FOREIGN TABLE log OPTIONS (ADD aggregate_pushdown 'false');
SELECT pg_temp.is_pushed();
ALTER FOREIGN TABLE log OPTIONS (SET aggregate_pushdown 'on');
SELECT pg_temp.is_pushed();
ALTER SERVER sparkify_push OPTIONS (ADD aggregate_pushdown 'false');
SELECT pg_temp.is_pushed();
ALTER FOREIGN TABLE log OPTIONS (DROP aggregate_pushdown);
SELECT pg_temp.is_pushed();
ALTER SERVER sparkify_push OPTIONS (DROP aggregate_pushdown);
SET sparkify.aggregate_pushdown = off;
SELECT pg_temp.is_pushed();
RESET sparkify.aggregate_pushdown;

-- groups that have no room are handed out in parts
SET work_mem = '64kB';
TRUNCATE queries;
INSERT INTO queries (query) VALUES
    ('SELECT userid, churn_features(ts, sessionid, page, level, length, gender, registration), count(*), max(page), sum(worth) FROM log GROUP BY userid'),
    ('SELECT userid, churn_profile(ts, page, sessionid) FROM log GROUP BY userid'),
    ('SELECT userid, sessionid, churn_profile(ts, kind, id, n), count(*) FROM log GROUP BY 1, 2'),
    ('SELECT churn_profile(ts, page, sessionid) FROM log');
SET enable_sort = off;
SELECT n, c.*, CASE WHEN c.differ > 0 THEN query END AS query FROM queries, pg_temp.compare(query) AS c ORDER BY n;
SELECT pg_temp.shown(query, 'Actual Rows')::float8 BETWEEN 400 AND 20000 AS more_than_groups FROM queries WHERE query LIKE '%max(page)%';
RESET work_mem;
SELECT pg_temp.shown(query, 'Actual Rows')::float8 AS groups FROM queries WHERE query LIKE '%max(page)%';
RESET enable_sort;

-- parameters, of plans for any values, and of a cursor that goes back
SET plan_cache_mode = force_generic_plan;
PREPARE counted(text, int) AS SELECT page, count(*), sum(n + $2) FROM log WHERE userid = $1 AND n > $2 GROUP BY page ORDER BY page;
EXPLAIN (COSTS OFF) EXECUTE counted('8', 500);
EXECUTE counted('8', 500);
EXECUTE counted('9', 900);
RESET plan_cache_mode;
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT page, count(*) FROM log GROUP BY page ORDER BY page;
FETCH 3 FROM c;
FETCH BACKWARD 2 FROM c;
FETCH ALL FROM c;
COMMIT;
-- a row that is changed meanwhile has its subqueries run again: they find all events
CREATE TABLE users AS SELECT '8'::text AS userid, 0::bigint AS n;
UPDATE users SET n = (SELECT count(*) FROM log WHERE log.userid = users.userid) RETURNING n;
-- views, with the rights of their owners; tables and columns, with the caller's
CREATE VIEW counts WITH (security_barrier) AS SELECT userid, count(*) AS n FROM log WHERE level = 'paid' GROUP BY userid;
CREATE ROLE regress_sparkify_push;
GRANT SELECT ON counts TO regress_sparkify_push;
GRANT SELECT (userid, page) ON log TO regress_sparkify_push;
SET ROLE regress_sparkify_push;
SELECT n FROM counts WHERE userid = '8';
SELECT count(*), max(page) FROM log WHERE userid = '8';
SELECT count(*), max(ts) FROM log WHERE userid = '8';
SELECT count(*) FROM log WHERE n = 1;
RESET ROLE;
DROP OWNED BY regress_sparkify_push;
DROP ROLE regress_sparkify_push;

-- partitions, of which each is a file: states of each, or results where the keys are the partitions'
CREATE TABLE parted (LIKE log) PARTITION BY RANGE (ts);
CREATE FOREIGN TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2018-10-01') TO ('2018-10-11 09:02:57') SERVER sparkify_push OPTIONS (filename 'sparkify_push_1.json');
CREATE FOREIGN TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2018-10-11 09:02:57') TO ('2018-11-01') SERVER sparkify_push OPTIONS (filename 'sparkify_push_2.json');
SET enable_partitionwise_aggregate = on;
EXPLAIN (COSTS OFF) SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration) FROM parted GROUP BY userid;
SELECT c.* FROM unnest(ARRAY['SELECT userid, churn_profile(ts, sessionid, page, level, length, gender, registration), count(*) FROM parted GROUP BY userid',
    'SELECT ts, count(*) FROM parted GROUP BY ts HAVING max(n) > 3', 'SELECT count(*) FROM parted WHERE page = ''Home''']) AS q, pg_temp.compare(q) AS c;
RESET enable_partitionwise_aggregate;
DROP TABLE parted;

-- a table with children is scanned with these
CREATE FOREIGN TABLE more () INHERITS (log) SERVER sparkify_push OPTIONS (filename 'sparkify_push_2.json');
SELECT q, c.* FROM unnest(ARRAY['SELECT userid, count(*) FROM log GROUP BY userid', 'SELECT userid, count(*) FROM ONLY log GROUP BY userid']) AS q, pg_temp.compare(q) AS c;
SELECT (SELECT count(*) FROM log), (SELECT count(*) FROM ONLY log);
DROP FOREIGN TABLE more;

-- the same is told, and the same is wrong
SELECT pg_temp.put('sparkify_push_odd.json', E'{"ts":1538352117000,"userId":"1","sessionId":1,"page":"Home"}\nx\n{"ts":1,"userId":"1","sessionId":1,"page":"Nowhere"}\n{"ts":[]}\n{"ts":1538352117000,"user_agent":"x","userId":"2","sessionId":1,"page":"Home"}');
CREATE FOREIGN TABLE odd (ts timestamptz, userid text, sessionid bigint, page text, useragent text) SERVER sparkify_push OPTIONS (filename 'sparkify_push_odd.json', on_error 'skip');
SELECT userid, count(page), max(useragent), min(ts) FROM odd GROUP BY userid ORDER BY 1;
SET sparkify.aggregate_pushdown = off;
SELECT userid, count(page), max(useragent), min(ts) FROM odd GROUP BY userid ORDER BY 1;
RESET sparkify.aggregate_pushdown;
ALTER FOREIGN TABLE odd OPTIONS (SET on_error 'stop');
SELECT userid, count(page) FROM odd GROUP BY userid;
SELECT churn_profile(ts, sessionid, userid) FROM log;
SELECT userid, churn_profile(ts, page, length) FROM log GROUP BY userid;
SELECT sum(2000000000 / (n - 5)) FROM log;
-- files without lines, compressed ones, and none
SELECT pg_temp.put('sparkify_push_odd.json', '');
SELECT count(*), max(ts), churn_profile(ts, page) FROM odd;
SELECT userid, count(*) FROM odd GROUP BY userid;
COPY (SELECT) TO PROGRAM 'cat > /dev/null; gzip -c sparkify_push_1.json > sparkify_push_1.json.gz';
ALTER FOREIGN TABLE odd OPTIONS (SET filename 'sparkify_push_1.json.gz');
ANALYZE odd;
SELECT c.* FROM pg_temp.compare('SELECT userid, churn_profile(ts, page, sessionid) FROM odd GROUP BY userid') AS c;
ALTER FOREIGN TABLE odd OPTIONS (SET filename 'sparkify_push_none.json', ADD aggregate_pushdown 'true');
SELECT userid, count(*) FROM odd GROUP BY userid;

COPY (SELECT) TO PROGRAM 'cat > /dev/null; rm -f sparkify_push_1.json sparkify_push_2.json sparkify_push_odd.json sparkify_push_1.json.gz';
DROP TABLE queries, users;
DROP SERVER sparkify_push CASCADE;

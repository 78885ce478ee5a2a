-- Files that zstd compressed.  Where sparkify was built without libzstd they are refused
-- (event_zstd_1.out).
SET timezone = 'UTC';
SET sparkify.progress = off;

-- exact bytes into a file of the data directory
CREATE FUNCTION pg_temp.put(path text, content bytea) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE lob oid := lo_from_bytea(0, content);
BEGIN
    PERFORM lo_export(lob, path);
    PERFORM lo_unlink(lob);
END $$;
CREATE FUNCTION pg_temp.plan(query text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN plan;
END $$;
CREATE TABLE events OF churn_event;

-- one line, two lines without a checksum, and nothing
CREATE TEMP TABLE frames (name text PRIMARY KEY, bytes bytea);
INSERT INTO frames VALUES
    ('A', '\x28b52ffd04686900007b2270616765223a2241227d0ab50c7edc'),
    ('BA', '\x28b52ffd0058bd0000887b2270616765223a2242227d0a41227d0a010050cc2f'),
    ('nothing', '\x28b52ffd240001000099e9d851'),
    ('skipped', '\x502a4d180400000000010203'),
    ('gzip', '\x28b52ffd04580901001f8b0800000000000003ab562a484c4f55b2527256aae502002f44a3480d0000005a28a774'),
    ('zstd', '\x28b52ffd0458d1000028b52ffd04586900007b2270616765223a2243227d0aac7fa12092ea92fe'),
    ('within gzip', '\x1f8b0800000000000003d3d8aaff9725229381a15aa920313d55c94ac959a9966b4dfd420500f29361ba1a000000');
CREATE FUNCTION pg_temp.put_frames(VARIADIC names text[]) RETURNS void LANGUAGE sql AS $$
    SELECT pg_temp.put('sparkify_zstd.json', string_agg(bytes, '' ORDER BY n))
    FROM unnest(names) WITH ORDINALITY AS u (name, n) JOIN frames USING (name) $$;
SELECT pg_temp.put_frames('A');
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_zstd.json');
-- frames are one file, also those that hold nothing or are to be skipped
SELECT pg_temp.put_frames('skipped', 'BA', 'nothing', 'A', 'skipped', 'A');
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_zstd.json');
SELECT page FROM churn_read_events('sparkify_zstd.json');
SELECT pg_temp.put_frames('nothing');
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_zstd.json');

-- cut off at each byte, damaged, followed by something else, and a window of 256 MB
CREATE FUNCTION pg_temp.reads(content bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE hint text; n bigint;
BEGIN
    PERFORM pg_temp.put('sparkify_zstd.json', content);
    SELECT rows INTO n FROM churn_load_events('events', 'sparkify_zstd.json', 'skip');
    RETURN n || ' rows';
EXCEPTION WHEN data_corrupted OR program_limit_exceeded OR invalid_text_representation THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN SQLERRM || coalesce(nullif(' / ' || hint, ' / '), '');
END $$;
SET client_min_messages = error;
SELECT min(n) AS "from", max(n) AS "to", says
FROM frames, generate_series(4, length(bytes)) AS n, pg_temp.reads(substr(bytes, 1, n)) AS says
WHERE name = 'BA' GROUP BY says ORDER BY 1;
SELECT n, pg_temp.reads(content)
FROM frames, LATERAL (VALUES (1, set_byte(bytes, 22, 0)), (2, set_byte(bytes, 5, 255)), (3, bytes || '\x00'), (4, bytes || convert_to(E'{"page":"B"}\n', 'UTF8')),
    (5, overlay(bytes PLACING '\x0090' FROM 5 FOR 2))) AS v (n, content)
WHERE name = 'A' ORDER BY n;
-- compressed twice
SELECT name, pg_temp.reads(bytes) FROM frames WHERE name IN ('gzip', 'zstd', 'within gzip') ORDER BY name;
RESET client_min_messages;

-- a file cannot be cut, but several are dealt out: each line is loaded once
SELECT pg_temp.put(format('sparkify_zstd_%s.json.zst', n), decode(repeat(encode(bytes, 'hex'), 100 * n), 'hex'))
FROM frames, generate_series(1, 5) AS n WHERE name = 'A';
SELECT * FROM churn_load_events('events', 'sparkify_zstd_1.json.zst', part => 1, parts => 2);
TRUNCATE events;
SET client_min_messages = error;
SELECT part, rows, rejected, bytes FROM generate_series(1, 3) AS part, churn_load_events('events', 'sparkify_zstd_*', part => part, parts => 3);
SELECT pg_temp.put('sparkify_zstd_6.json', convert_to(repeat(E'{"page":"B"}\n', 1000), 'UTF8'));
SELECT part, rows, rejected, bytes FROM generate_series(1, 3) AS part, churn_load_events('events', 'sparkify_zstd_*', part => part, parts => 3);
RESET client_min_messages;
SELECT page, count(*) FROM events GROUP BY page ORDER BY page;

-- in place: the workers take the files, and the planner knows from their beginnings how much they hold
CREATE SERVER zstd_logs FOREIGN DATA WRAPPER sparkify_json;
CREATE FOREIGN TABLE zstd_log (page text) SERVER zstd_logs OPTIONS (filename 'sparkify_zstd_[1-5]*');
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT page FROM zstd_log;
SELECT count(DISTINCT page), count(*) FROM zstd_log;
SELECT (plan -> 0 -> 'Plan' ->> 'Plan Rows')::int FROM (SELECT pg_temp.plan('SELECT * FROM zstd_log')) AS p (plan);
SELECT pg_temp.put('sparkify_zstd_3.json.zst', substr(bytes, 1, 10)) FROM frames WHERE name = 'A';
SET max_parallel_workers_per_gather = 0;
SELECT count(*) FROM zstd_log;

COPY (SELECT) TO PROGRAM 'cat > /dev/null; rm -f sparkify_zstd*.json sparkify_zstd*.json.zst';
DROP SERVER zstd_logs CASCADE;
DROP TABLE events;

-- churn_load_events
SET timezone = 'UTC';
SET sparkify.progress = off;
\set abs_srcdir `echo "${PG_ABS_SRCDIR:-$PWD}"`
\set events_file :abs_srcdir '/test/data/events.jsonl'

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

-- the usual table
CREATE TABLE events OF churn_event;
SELECT rows, rejected, bytes, seconds >= 0 AS timed FROM churn_load_events('events', :'events_file');
SELECT count(*) FROM events;
SELECT count(*) FROM (TABLE events EXCEPT ALL SELECT * FROM churn_read_events(:'events_file')) AS differ;

-- a table of its own shape, with a hole, defaults, constraints and indexes
CREATE TABLE shaped (
    id serial PRIMARY KEY, gone int, page text NOT NULL, note text DEFAULT 'new' || '!', nothing int,
    userid text CHECK (userid <> 'bad'), sessionid bigint, ts timestamptz, length float8);
ALTER TABLE shaped DROP COLUMN gone;
CREATE INDEX shaped_page ON shaped (lower(page)) WHERE length IS NULL;
CREATE UNIQUE INDEX shaped_key ON shaped (ts, userid, page);
SELECT pg_temp.put('sparkify_test.json', $$
{"ts":1,"userId":"1","sessionId":1,"page":"Home","artist":"left out"}
{"ts":2,"userId":"1","sessionId":1,"page":"NextSong","length":200.5}

{"ts":3,"userId":"1","sessionId":1,"page":"Logout"}
$$);
SELECT rows, rejected, bytes FROM churn_load_events('shaped', 'sparkify_test.json');
TABLE shaped;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT page FROM shaped WHERE lower(page) = 'logout' AND length IS NULL;
SELECT page FROM shaped WHERE lower(page) = 'logout' AND length IS NULL;
RESET enable_seqscan;

-- constraints: the line is in the context, and nothing was loaded
\set VERBOSITY default
SELECT * FROM churn_load_events('shaped', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', $$
{"ts":11,"userId":"1","sessionId":1,"page":"Home"}
{"ts":12,"userId":"1","sessionId":1}
$$);
SELECT * FROM churn_load_events('shaped', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', $${"ts":11,"userId":"bad","sessionId":1,"page":"Home"}$$);
SELECT * FROM churn_load_events('shaped', 'sparkify_test.json', 'skip');
SELECT count(*) FROM shaped;

-- a volatile default sees the rows before its own
CREATE FUNCTION count_counted() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM counted); END';
CREATE TABLE counted (id int GENERATED ALWAYS AS IDENTITY, ts timestamptz, userid text, sessionid bigint, page text,
    seen bigint DEFAULT count_counted());
SELECT rows FROM churn_load_events('counted', :'events_file');
SELECT id, seen FROM counted WHERE id IN (1, 2, 11);

-- stop and skip
SELECT pg_temp.put('sparkify_test.json', $$
{"ts":1,"userId":"1","sessionId":1,"page":"Home"}
{"ts":"1"}
{"ts":2,"userId":"1","sessionId":1,"page":"Home"}
[]
$$);
TRUNCATE events;
SELECT * FROM churn_load_events('events', 'sparkify_test.json');
SELECT * FROM churn_read_events('sparkify_test.json');
SELECT count(*) FROM events;
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test.json', on_error => 'skip');
SELECT count(*) FROM events;
SELECT pg_temp.put('sparkify_test.json', repeat(E'x\n', 12) || '{"ts":3}');
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test.json', 'skip');
SELECT * FROM churn_load_events('events', 'sparkify_test.json', 'ignore');

-- lines that are no events, each for a reason of its own
SELECT pg_temp.put('sparkify_test.json', concat_ws(E'\n',
    '{"page":"Home","page":"Help"}', '{"page":"Home"', '{"page":"Home"}}', '["page"]', '{"page":' || repeat('[', 40) || repeat(']', 40) || '}',
    '{"page":"\u0000"}', '{"page":"\ud83c\udfb5"}', '{"ts":1e300}', '{"ts":"2018-13-01"}', '{"sessionId":9223372036854775808}',
    '{"status":1.5}', '{"length":1e999}', '{"page":"About"}'));
TRUNCATE events;
SELECT rows, rejected FROM churn_load_events('events', 'sparkify_test.json', 'skip');
SELECT page FROM events;

-- bytes of all kinds
TRUNCATE events;
SELECT pg_temp.put('sparkify_test.json', ''::bytea);
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', '\xefbbbf'::bytea);
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', '\xefbbbf'::bytea || convert_to(E'{"page":"A"}\r\n\r\n \t\r\n\n{"page":"B"}\r\n{"page":"C"}', 'UTF8'));
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test.json');
SELECT page, length(page) FROM events;
SELECT pg_temp.put('sparkify_test.json', convert_to(E'{"page":"A"}\n{"page":"', 'UTF8') || '\xff'::bytea || convert_to('"}', 'UTF8'));
SELECT * FROM churn_load_events('events', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', convert_to('{"page":"', 'UTF8') || '\xeda080'::bytea || convert_to('"}', 'UTF8'));
SELECT * FROM churn_load_events('events', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', convert_to('{"page":"', 'UTF8') || '\x00'::bytea || convert_to('"}', 'UTF8'));
SELECT * FROM churn_load_events('events', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', E'{"page":"A"}\n\uFEFF{"page":"B"}\n');
SELECT * FROM churn_load_events('events', 'sparkify_test.json');

-- a file that grows while it is read: what is there when its end is reached
CREATE TABLE growing (ts timestamptz, userid text, sessionid bigint, page text, more text);
CREATE FUNCTION grow() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM growing) < 3 THEN
        COPY (SELECT 'ge":"B"}') TO PROGRAM 'cat >> sparkify_test.json; printf ''{"pa'' >> sparkify_test.json';
    END IF;
    RETURN 'grown';
END $$;
ALTER TABLE growing ALTER more SET DEFAULT grow();
SELECT pg_temp.put('sparkify_test.json', E'{"page":"A"}\n{"pa');
SELECT rows, rejected, bytes FROM churn_load_events('growing', 'sparkify_test.json', 'skip');
SELECT page, more FROM growing;
DROP TABLE growing;
DROP FUNCTION grow;

-- gzip: one member, several, an empty one; known by its bytes
TRUNCATE events;
SELECT pg_temp.put('sparkify_test.json', '\x1f8b0800000000000203ab562a484c4f55b2527254aae50200a48caae20d000000'::bytea);
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', '\x1f8b0800000000000203ab562a484c4f55b2527254aae5aa86719ca01c00e109095e1e0000001f8b0800000000000203030000000000000000001f8b08000000000002034b4f55b2527256aae50200feadeec809000000'::bytea);
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test.json');
SELECT page FROM events;
SELECT page FROM churn_read_events('sparkify_test.json');
SELECT * FROM churn_load_events('events', 'sparkify_test.json', part => 1, parts => 2);
SELECT pg_temp.put('sparkify_test.json', '\x1f8b080000000000020303000000000000000000'::bytea);
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test.json');
-- cut off, damaged, followed by something else
SELECT pg_temp.put('sparkify_test.json', '\x1f8b0800000000000203ab562a484c4f55b2527254aae5aa86719ca01c00e10909'::bytea);
SELECT * FROM churn_load_events('events', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', '\x1f8b'::bytea);
SELECT * FROM churn_load_events('events', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', '\x1f8b0800000000000203ab562a484c4f55b2527254aae5aa86719ca01c00000000001e000000'::bytea);
SELECT * FROM churn_load_events('events', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', '\x1f8b0800000000000203ab562a484c4f55b2527254aae5aa86719ca01c00e109095e1e000000'::bytea || convert_to(E'{"page":"A"}\n', 'UTF8'));
SELECT * FROM churn_load_events('events', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', '\x1f'::bytea);
SELECT * FROM churn_load_events('events', 'sparkify_test.json');

-- other kinds of files are refused as a whole, also by those who skip
CREATE FUNCTION pg_temp.kind(content bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE hint text; read text;
BEGIN
    PERFORM pg_temp.put('sparkify_test.json', content);
    SELECT rows || ' rows, ' || rejected || ' rejected' INTO read FROM churn_load_events('events', 'sparkify_test.json', 'skip');
    RETURN read;
EXCEPTION WHEN invalid_text_representation THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN SQLERRM || ' / ' || hint;
END $$;
SET client_min_messages = error;
SELECT pg_temp.kind(convert_to(content, 'UTF8')) FROM (VALUES
    (1, E'[{"page":"A"},\n{"page":"B"}]\n'), (2, E'{\n "page": "A"\n}\n'), (3, '{"page":"A"}{"page":"B"}'),
    (4, E'{"page":"A"},\n{"page":"B"}\n'), (5, E'{"length":NaN}\n'), (6, E'{''page'': ''A''}\n'),
    (7, E'[{"page":"A"},\n{"page":"B"}\n{"page":"C"}\n'), (8, E'{"page":"A"}{"page":"B"}\n{"page":"C"}\n'),
    (9, E'{"page":"A"},\n{"page":"B"}\n{"page":"C"}\n'), (10, E'{"length":NaN}\n{"page":"B"}\n'),
    (11, E'{"page":"A\n{"page":"B"}\n')) AS v(n, content) ORDER BY n;
SELECT pg_temp.kind(content) FROM (VALUES
    (1, '\xfffe7b002200'::bytea), (2, '\x425a68393141592653'), (3, '\xfd377a585a0000'),
    (4, '\x504b03040a00' || convert_to(E'a.json\n{"page":"A"}\n', 'UTF8')),
    (5, convert_to(rpad('a.json', 257, '-') || rpad('ustar', 255, '-') || E'\n{"page":"A"}\n', 'UTF8'))) AS v(n, content) ORDER BY n;
RESET client_min_messages;
SELECT pg_temp.put('sparkify_test.json', E'{"page":"A"}\n{"length":NaN}\n');
SELECT rows FROM churn_load_events('events', 'sparkify_test.json');
SELECT count(*) FROM churn_read_events('sparkify_test.json');

-- zeros behind the members of a compressed file, and what is no zero
SELECT pg_temp.put('sparkify_test.json', gz || decode(repeat('00', 512), 'hex') || gz || '\x00'::bytea) FROM (VALUES ('\x1f8b0800000000000003ab562a484c4f55b2527254aae50200a48caae20d000000'::bytea)) AS v(gz);
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', gz || '\x000000ff'::bytea) FROM (VALUES ('\x1f8b0800000000000003ab562a484c4f55b2527254aae50200a48caae20d000000'::bytea)) AS v(gz);
SELECT rows FROM churn_load_events('events', 'sparkify_test.json');

-- several files: by a pattern, in the order of their names, or by a list
SELECT pg_temp.put('sparkify_test_1.json', E'{"page":"1"}\n{"page":"1"}');
SELECT pg_temp.put('sparkify_test_2.json', E'{"page":"2"}\nx\n');
SELECT pg_temp.put('sparkify_test_[1].json', '{"page":"[1]"}');
TRUNCATE events;
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test_?.json', 'skip');
SELECT page FROM events;
TRUNCATE events;
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test_[1].json');
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test_[2].json', 'skip');
SELECT rows, rejected, bytes FROM churn_load_events('events', ARRAY['sparkify_test_2.json', 'sparkify_test_1*'], 'skip');
SELECT page FROM events;
TRUNCATE events;
SELECT sum(rows) AS rows, sum(bytes) AS bytes FROM generate_series(1, 5) AS part,
    LATERAL churn_load_events('events', ARRAY['sparkify_test_1.json', 'sparkify_test_2.json'], 'skip', part, 5);
SELECT page FROM events ORDER BY page;
SELECT * FROM churn_load_events('events', 'sparkify_test_?.json');
SELECT * FROM churn_load_events('events', 'sparkify_test_3*');
SELECT * FROM churn_load_events('events', 'sparkify_missing/*');
SELECT * FROM churn_load_events('events', ARRAY['sparkify_test_1.json', 'sparkify_missing.json']);
SELECT * FROM churn_load_events('events', '{}'::text[]);
SELECT * FROM churn_load_events('events', ARRAY['sparkify_test_1.json', NULL]);
SELECT * FROM churn_load_events('events', NULL::text[]);
-- a constraint that fails when the batch is written names the file of the row
CREATE TABLE unique_pages (ts timestamptz, userid text, sessionid bigint, page text UNIQUE);
SELECT * FROM churn_load_events('unique_pages', 'sparkify_test_?.json', 'skip');
DROP TABLE unique_pages;

-- the progress can be switched off, and on
SHOW sparkify.progress;
SET sparkify.progress = 'sometimes';

-- long lines; one that is too long is passed over whole
SELECT pg_temp.put('sparkify_test.json', '{"page":"' || repeat('p', 5000000) || E'"}\n{"page":"' || repeat('x', 40000000) || E'"}\n{"page":"A"}\n');
TRUNCATE events;
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test.json', 'skip');
SELECT length(page) FROM events;

-- a file larger than the cache is thought to be is kept out of it; the rows are the same
SET effective_cache_size = 1;
TRUNCATE events;
SELECT rows, rejected, bytes FROM churn_load_events('events', 'sparkify_test.json', 'skip');
SELECT sum(rows) AS rows, sum(rejected) AS rejected, sum(bytes) AS bytes FROM generate_series(1, 5) AS part, LATERAL churn_load_events('events', 'sparkify_test.json', 'skip', part, 5);
SELECT length(page), count(*) FROM events GROUP BY 1 ORDER BY 1;
RESET effective_cache_size;

-- parts: each line in exactly one of them
SELECT pg_temp.put('sparkify_test.json', string_agg(format('{"ts":1538352117000,"userId":"1","sessionId":%s,"page":"Home","song":"%s"}', i, repeat('p', i * 37 % 50)) || CASE i % 3 WHEN 0 THEN E'\n' WHEN 1 THEN E'\r\n' ELSE E'\n\n' END, '' ORDER BY i)) FROM generate_series(1, 40) AS i;
TRUNCATE events;
SELECT parts, sum(rows) AS rows, sum(bytes) AS bytes
FROM (VALUES (1), (2), (3), (7), (40), (101)) AS v(parts),
     LATERAL generate_series(1, parts) AS part,
     LATERAL churn_load_events('events', 'sparkify_test.json', part => part, parts => parts)
GROUP BY parts ORDER BY parts;
SELECT count(*), min(n), max(n) FROM (SELECT sessionid, count(*) AS n FROM events GROUP BY 1) AS s;
SELECT pg_temp.put('sparkify_test.json', E'\uFEFF{"page":"one line"}');
SELECT part, rows, bytes FROM generate_series(1, 3) AS part, LATERAL churn_load_events('events', 'sparkify_test.json', part => part, parts => 3);
SELECT sum(rows), sum(bytes) FROM generate_series(1, 100) AS part, LATERAL churn_load_events('events', 'sparkify_test.json', part => part, parts => 100);
SELECT pg_temp.put('sparkify_test.json', ''::bytea);
SELECT part, rows, bytes FROM generate_series(1, 2) AS part, LATERAL churn_load_events('events', 'sparkify_test.json', part => part, parts => 2);
SELECT pg_temp.put('sparkify_test.json', E'{"page":"A"}\n{"page":"B"}\nx\n');
SELECT * FROM churn_load_events('events', 'sparkify_test.json', part => 2, parts => 2);
SELECT * FROM churn_load_events('events', 'sparkify_test.json', part => 0);
SELECT * FROM churn_load_events('events', 'sparkify_test.json', part => 2);
SELECT * FROM churn_load_events('events', 'sparkify_test.json', parts => 0);

-- arguments
SELECT * FROM churn_load_events(NULL, 'sparkify_test.json');
SELECT * FROM churn_load_events('events', NULL);
SELECT * FROM churn_load_events('events', 'sparkify_test.json', NULL);
SELECT * FROM churn_load_events('events', 'sparkify_missing.json');
SELECT * FROM churn_load_events('events', 'base');
SELECT * FROM churn_load_events('no_such_table', 'sparkify_test.json');
SELECT * FROM churn_load_events(0::regclass, 'sparkify_test.json');

-- what nothing can be loaded into
SELECT * FROM churn_load_events('pg_class', 'sparkify_test.json');
SELECT * FROM churn_load_events('shaped_id_seq', 'sparkify_test.json');
CREATE MATERIALIZED VIEW event_kept AS TABLE events;
SELECT * FROM churn_load_events('event_kept', 'sparkify_test.json');
SELECT * FROM churn_load_events('churn_event', 'sparkify_test.json');
\set VERBOSITY sqlstate
SELECT * FROM churn_load_events('shaped_key', 'sparkify_test.json');
SELECT * FROM churn_load_events(4294967295, 'sparkify_test.json');
\set VERBOSITY default
-- some of an event's columns, and columns of other types, which are any log's
CREATE TABLE event_lacking (ts timestamptz, userid text, page text);
SELECT rows, rejected FROM churn_load_events('event_lacking', 'sparkify_test.json', 'skip');
CREATE TABLE event_mismatched (ts timestamptz, userid int, sessionid bigint, page text);
SELECT rows, rejected FROM churn_load_events('event_mismatched', 'sparkify_test.json', 'skip');
CREATE TABLE event_modified (ts timestamptz(0), userid text, sessionid bigint, page text);
SELECT rows, rejected FROM churn_load_events('event_modified', 'sparkify_test.json', 'skip');

-- a partition takes what belongs to it
CREATE TABLE event_parted (LIKE events) PARTITION BY RANGE (ts);
CREATE TABLE event_2018 PARTITION OF event_parted FOR VALUES FROM ('2018-01-01') TO ('2019-01-01');
SELECT pg_temp.put('sparkify_test.json', E'{"ts":1538352117000,"page":"A"}\n');
SELECT rows FROM churn_load_events('event_2018', 'sparkify_test.json');
SELECT pg_temp.put('sparkify_test.json', E'{"ts":1,"page":"A"}\n');
SELECT rows FROM churn_load_events('event_2018', 'sparkify_test.json');

-- transactions
BEGIN;
CREATE TEMP TABLE fresh OF churn_event;
SELECT rows FROM churn_load_events('fresh', :'events_file');
SAVEPOINT s;
SELECT rows FROM churn_load_events('fresh', :'events_file');
ROLLBACK TO s;
SELECT count(*) FROM fresh;
COMMIT;
BEGIN READ ONLY;
SELECT rows FROM churn_load_events('fresh', :'events_file');
SELECT rows FROM churn_load_events('events', :'events_file');
ROLLBACK;
SELECT count(*) FROM fresh;

-- privileges
CREATE ROLE regress_sparkify_loader;
SET ROLE regress_sparkify_loader;
SELECT * FROM churn_load_events('events', 'sparkify_test.json');
RESET ROLE;
GRANT pg_read_server_files TO regress_sparkify_loader;
SET ROLE regress_sparkify_loader;
SELECT * FROM churn_load_events('events', 'sparkify_test.json');
RESET ROLE;
GRANT INSERT ON events TO regress_sparkify_loader;
SET ROLE regress_sparkify_loader;
SELECT rows FROM churn_load_events('events', 'sparkify_test.json');
RESET ROLE;
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_rows ON events USING (true);
SET ROLE regress_sparkify_loader;
SELECT rows FROM churn_load_events('events', 'sparkify_test.json');
RESET ROLE;
SELECT rows FROM churn_load_events('events', 'sparkify_test.json');

COPY (SELECT) TO PROGRAM 'cat > /dev/null; rm -f sparkify_test.json sparkify_test_*.json';
DROP OWNED BY regress_sparkify_loader;
DROP ROLE regress_sparkify_loader;
DROP MATERIALIZED VIEW event_kept;
DROP TABLE events, shaped, counted, event_parted, event_lacking, event_mismatched, event_modified;
DROP FUNCTION count_counted;

-- keys in any case, times as text, and what is told of a log as a whole
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET sparkify.progress = off;
CREATE FUNCTION pg_temp.put(path text, content text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE lob oid := lo_from_bytea(0, convert_to(content, 'UTF8'));
BEGIN
    PERFORM lo_export(lob, path);
    PERFORM lo_unlink(lob);
END $$;
CREATE SERVER sparkify_keys FOREIGN DATA WRAPPER sparkify_json;
CREATE FOREIGN TABLE keys_log (ts timestamptz, userid text, sessionid bigint, page text, gender text, registration timestamptz)
    SERVER sparkify_keys OPTIONS (filename 'sparkify_keys.json');
CREATE TABLE events OF churn_event;

-- keys are folded as names of columns are; the source's spelling wins, the same one again is the last
SELECT ts, userid, sessionid, iteminsession, useragent FROM churn_parse_event(
    '{"Ts":1538352117000,"USERID":"30","sessionid":29,"page":"Home","iteminsession":50,"userAGENT":"x"}');
SELECT (churn_parse_event('{"userid":"folded","userId":"exact","USERID":7.5}')).userid;
SELECT (churn_parse_event('{"userId":null,"userid":"folded"}')).userid IS NULL AS is_null;
SELECT (churn_parse_event('{"userid":"1","userid":"2"}')).userid;
SELECT (churn_parse_event('{"user\u0049d":"1","userid":"2"}')).userid;
SELECT churn_parse_event('{"userid":"1","USERID":"1"}');
SELECT churn_parse_event('{"page":"Home","SessionID":null,"sessionid":1}');
SELECT churn_parse_event('{"PAGE":1.5}');
-- no letters beyond ASCII
SELECT churn_parse_event('{"u\u017Ferid":"1","uſerid":"2","page":"Home"}');

-- what has none of the keys of an event is none, whatever a query reads of it
SELECT churn_parse_event('{}');
SELECT churn_parse_event('{"error":"rate limit"}');
SELECT churn_parse_event('{"sessionId":1,"length":1.5}');
SELECT churn_parse_event('{"user_id":"1","Köln":{"page":"Home"},"a\"b":1,"' || repeat('x', 200) || '":1}');
SELECT pg_temp.put('sparkify_keys.json', E'{"ts":1538352117000,"userId":"1","sessionId":1,"page":"Home"}\n{"sessionId":1}\n');
SELECT count(*) FROM churn_read_events('sparkify_keys.json');
SELECT * FROM churn_load_events('events', 'sparkify_keys.json');
SELECT rows, rejected FROM churn_load_events('events', 'sparkify_keys.json', 'skip');
SELECT count(*) FROM keys_log;
SELECT sessionid FROM keys_log;
ALTER FOREIGN TABLE keys_log OPTIONS (ADD on_error 'skip');
SELECT count(*) FROM keys_log;
SELECT count(gender) FROM keys_log;

-- a table goes out by row_to_json and comes back the same, wherever the client is
TRUNCATE events;
INSERT INTO events SELECT * FROM churn_simulate_events(20, 14);
SET timezone = 'Asia/Kathmandu';
SELECT pg_temp.put('sparkify_keys.json', (SELECT string_agg(row_to_json(e)::text, E'\n') FROM events AS e));
SELECT left(row_to_json(e)::text, 46) FROM events AS e ORDER BY ts LIMIT 1;
SET timezone = 'America/New_York';
CREATE TABLE again OF churn_event;
SELECT rows = (SELECT count(*) FROM events) AS all_rows, rejected FROM churn_load_events('again', 'sparkify_keys.json');
SELECT count(*) FROM (TABLE events EXCEPT ALL TABLE again) AS differ;
SELECT count(*) FROM (SELECT ts, userid, sessionid, page, gender, registration FROM events EXCEPT ALL TABLE keys_log) AS differ;

-- times as text: UTC without a zone, whatever the zone of the client
SELECT t, (churn_parse_event(json_build_object('ts', t)::text)).ts AT TIME ZONE 'UTC' AS utc FROM unnest(ARRAY[
    '2018-10-01T00:01:57Z', '2018-10-01 00:01:57', '2018-10-01 00:01:57 UTC', '2018-10-01T05:46:57+05:45', '2018-10-01T05:46:57+0545',
    '2018-09-30 20:01:57-04', '2018-10-01T00:01:57.5', '2018-10-01T00:01:57.123456499Z', '2018-10-01T00:01', '2018-10-01']) AS t;
SELECT (churn_parse_event('{"page":"Home","registration":"2018-10-01"}')).registration;
SET timezone = 'UTC';
SELECT churn_parse_event('{"ts":"now"}');
SELECT churn_parse_event('{"ts":"10/01/2018"}');
SELECT churn_parse_event('{"ts":"2018-10-01 00:01:57 America/New_York"}');
SELECT churn_parse_event('{"ts":"1538352117000"}');
SELECT churn_parse_event('{"ts":""}');
SELECT churn_parse_event('{"ts":[]}');
SELECT churn_parse_event('{"page":"2018-10-01","sessionId":"2018-10-01"}');

-- columns without a value in any row are told, with the keys that might have been them
SELECT pg_temp.put('sparkify_keys.json', $$
{"ts":1538352117000,"user_id":"1","session_id":3,"page":"Home","useragent":"x","nested":{"gender":"F","a":[{"b":1}]}}
{"ts":1538352117001,"user_id":"2","session_id":4,"page":"NextSong","useragent":"y"}
$$);
TRUNCATE events;
SELECT rows, rejected FROM churn_load_events('events', 'sparkify_keys.json');
SELECT count(*) FROM churn_read_events('sparkify_keys.json');
TABLE keys_log;
-- columns that nobody asks for, and rows that nobody read to the end, are not spoken of
SELECT page FROM keys_log;
SELECT userid FROM keys_log LIMIT 1;
SELECT userid FROM keys_log LIMIT 3;
SELECT EXISTS (SELECT sessionid FROM keys_log) AS some;
-- once a query, however often it reads
SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off;
SELECT n, s.* FROM generate_series(1, 2) AS n, LATERAL (SELECT userid, page FROM keys_log WHERE extract(epoch FROM ts) > n OFFSET 0) AS s;
RESET enable_hashjoin; RESET enable_mergejoin; RESET enable_material;
BEGIN;
DECLARE c CURSOR FOR SELECT userid FROM keys_log;
FETCH 1 FROM c;
COMMIT;
-- only the table's columns
CREATE TABLE narrow (ts timestamptz, userid text, sessionid bigint, page text);
SELECT rows FROM churn_load_events('narrow', 'sparkify_keys.json');
-- some rows with a value are enough, and a log may lack what only some users have
SELECT pg_temp.put('sparkify_keys.json', $$
{"ts":1538352117000,"userId":"1","sessionId":null,"page":"Home"}
{"ts":1538352117001,"userId":null,"sessionId":4,"page":"NextSong"}
$$);
SELECT rows FROM churn_load_events('events', 'sparkify_keys.json');
TABLE keys_log;
-- unless there are keys that nobody knows
SELECT pg_temp.put('sparkify_keys.json', '{"ts":1538352117000,"userId":"1","sessionId":1,"page":"Home","sex":"F","level":"free","length":1}');
SELECT rows FROM churn_load_events('events', 'sparkify_keys.json');
SELECT count(gender) FROM keys_log;
-- many keys
SELECT pg_temp.put('sparkify_keys.json', (SELECT '{"ts":1538352117000,"userId":"1","page":"Home",' || string_agg(format('"key %s":0', i), ',' ORDER BY i) || '}' FROM generate_series(1, 20) AS i));
SELECT count(*) FROM churn_read_events('sparkify_keys.json');
SELECT pg_temp.put('sparkify_keys.json', '{"ts":1538352117000,"userId":"1","page":"Home","' || repeat('ü', 40) || '":0}');
SELECT count(*) FROM churn_read_events('sparkify_keys.json');

-- times in another unit
SELECT pg_temp.put('sparkify_keys.json', $$
{"ts":1538352117,"userId":"1","sessionId":1,"page":"Home","registration":1538352}
{"ts":1538352118,"userId":"1","sessionId":1,"page":"Home"}
{"ts":1538352117000,"userId":"1","sessionId":1,"page":"Home"}
$$);
SELECT rows FROM churn_load_events('events', 'sparkify_keys.json');
SELECT count(ts) FROM keys_log;
SELECT count(userid) FROM keys_log;
SELECT pg_temp.put('sparkify_keys.json', '{"ts":1538352117000000,"userId":"1","sessionId":1,"page":"Home"}');
SELECT ts FROM churn_read_events('sparkify_keys.json');
SELECT (churn_parse_event(line)).ts FROM (VALUES ('{"ts":1538352117}'), ('{"ts":1538352118}'), ('{"ts":1538352117000}')) AS v(line);
SELECT (churn_parse_event(line)).userid FROM (VALUES ('{"ts":1538352117000,"user_id":"1"}'), ('{"ts":1538352118000,"user_id":"1"}')) AS v(line);
SELECT (churn_parse_event(t)).ts FROM unnest(ARRAY['{"ts":"1979-12-31T23:59:59.999999Z"}', '{"ts":"2100-01-01"}']) AS t;
SELECT (churn_parse_event(t)).ts FROM unnest(ARRAY['{"ts":"1980-01-01"}', '{"ts":"2099-12-31T23:59:59.999999Z"}']) AS t;

-- pages by other names: when most are
SELECT pg_temp.put('sparkify_keys.json', $$
{"ts":1538352117000,"userId":"1","sessionId":1,"page":"home"}
{"ts":1538352117001,"userId":"1","sessionId":1,"page":"Next Song"}
{"ts":1538352117002,"userId":"1","sessionId":1,"page":"home"}
$$);
SELECT rows FROM churn_load_events('events', 'sparkify_keys.json');
SELECT page FROM keys_log;
SELECT userid FROM keys_log;
SELECT pg_temp.put('sparkify_keys.json', $$
{"ts":1538352117000,"userId":"1","sessionId":1,"page":"Home"}
{"ts":1538352117001,"userId":"1","sessionId":1,"page":"Some new page"}
$$);
SELECT rows FROM churn_load_events('events', 'sparkify_keys.json');

-- several files are one log, and so are the parts of a file that each process reads
SELECT pg_temp.put('sparkify_keys.json', string_agg(format('{"TS":%s,"UserID":"%s","session_id":%s,"Page":"Home"}',
    1538352117000 + i * 1000, i % 100, i / 50), E'\n' ORDER BY i)) FROM generate_series(1, 200000) AS i;
SELECT pg_temp.put('sparkify_keys_2.json', '{"ts":1538352117000,"userId":"1","sessionId":1,"page":"Home","gender":"F"}');
SELECT rows FROM churn_load_events('events', 'sparkify_keys*.json');
SET min_parallel_table_scan_size = '1MB'; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
-- from 16 on, workers would sort for DISTINCT
DO $$ BEGIN PERFORM set_config(name, 'off', false) FROM pg_settings WHERE name = 'enable_presorted_aggregate'; END $$;
EXPLAIN (COSTS OFF) SELECT count(sessionid), count(DISTINCT ts), count(gender) FROM keys_log WHERE page = 'Home';
SELECT count(sessionid), count(DISTINCT ts), count(gender) FROM keys_log WHERE page = 'Home';
SELECT userid FROM keys_log WHERE sessionid IS NULL AND userid = '7' LIMIT 1;
SET parallel_leader_participation = off;
SELECT count(sessionid) FROM keys_log;
RESET parallel_leader_participation;
SET enable_material = off;
SELECT n, s.count FROM generate_series(1, 2) AS n LEFT JOIN (SELECT count(sessionid) FROM keys_log) AS s ON n > 0;
RESET enable_material;
ALTER FOREIGN TABLE keys_log OPTIONS (SET filename 'sparkify_keys*.json');
SELECT count(sessionid), count(gender) FROM keys_log;
RESET min_parallel_table_scan_size; RESET parallel_setup_cost; RESET parallel_tuple_cost;

COPY (SELECT) TO PROGRAM 'cat > /dev/null; rm -f sparkify_keys.json sparkify_keys_2.json';
DROP SERVER sparkify_keys CASCADE;
DROP TABLE events, again, narrow;

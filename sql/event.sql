-- churn_event, churn_parse_event and churn_read_events
SET timezone = 'UTC';
\set abs_srcdir `echo "${PG_ABS_SRCDIR:-$PWD}"`
\set events_file :abs_srcdir '/test/data/events.jsonl'

-- the columns of an event
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = 'churn_event'::regclass ORDER BY attnum;

-- all dialects of the source
\pset null ~
SELECT ts, sessionid, length, registration, status, iteminsession, page, level, gender, userid
FROM churn_read_events(:'events_file');
SELECT userid, auth, method, firstname, lastname, location, useragent, artist, song
FROM churn_read_events(:'events_file');
SELECT length(song), octet_length(song) FROM churn_read_events(:'events_file') WHERE userid = '7' AND song IS NOT NULL;
\pset null ''

-- a caller may stop early, also in a cursor
SELECT count(*) FROM (SELECT churn_read_events(:'events_file') LIMIT 3) AS few;
BEGIN;
DECLARE c CURSOR FOR SELECT (e).page FROM (SELECT churn_read_events(:'events_file') AS e) AS s;
FETCH 2 FROM c;
COMMIT;
SELECT count(*) FROM churn_read_events(NULL);

-- one line
SELECT * FROM churn_parse_event('{"ts":1538352117000,"userId":"30","sessionId":29,"page":"Help"}');
SELECT churn_parse_event(NULL) IS NULL AS is_null;
SELECT churn_parse_event('{"ts":null}');
SELECT churn_parse_event(E' \t{"page":null} \r');
SELECT (churn_parse_event('{"page":"a\"b\\c\/d\b\f\n\r\t\u00e9"}')).page = E'a"b\\c/d\b\f\n\r\t' || chr(233) AS same;
SELECT (churn_parse_event('{"page":""}')).page = '' AS empty;
SELECT ascii((churn_parse_event('{"page":"\ud800"}')).page) AS lone_surrogate;
SELECT (churn_parse_event('{"page":"' || repeat('x', 3000000) || '"}')).page = repeat('x', 3000000) AS long_text;
SELECT (churn_parse_event('{"page":"Home","other":[' || repeat('123456,', 50000) || repeat('12345.678901234567890123456789012345678901234567890123456789,', 49990) || '1]}')).page;

-- numbers
SELECT (churn_parse_event('{"ts":1540919166796.0}')).ts;
SELECT (churn_parse_event('{"ts":1540919166796.1239}')).ts;
SELECT (churn_parse_event('{"ts":1.540919166796e12}')).ts;
SELECT (churn_parse_event('{"ts":-0.5}')).ts;
SELECT (churn_parse_event('{"ts":0}')).ts;
SELECT (churn_parse_event('{"ts":9224318015999999}')).ts;
SELECT (churn_parse_event('{"ts":9224318016000000}')).ts;
SELECT (churn_parse_event('{"ts":-210866803200000}')).ts;
SELECT (churn_parse_event('{"ts":-210866803200001}')).ts;
SELECT (churn_parse_event('{"ts":9223372036854775807}')).ts;
SELECT (churn_parse_event('{"ts":-9223372036854775807}')).ts;
SELECT (churn_parse_event('{"ts":1e300}')).ts;
SELECT (churn_parse_event('{"page":"A","sessionId":9223372036854775807}')).sessionid;
SELECT (churn_parse_event('{"sessionId":9223372036854775808}')).sessionid;
SELECT (churn_parse_event('{"sessionId":-9223372036854775809}')).sessionid;
SELECT (churn_parse_event('{"sessionId":99999999999999999999999999}')).sessionid;
SELECT (churn_parse_event('{"sessionId":1e20}')).sessionid;
SELECT (churn_parse_event('{"sessionId":1.5}')).sessionid;
SELECT (churn_parse_event('{"page":"A","status":2147483647.0}')).status;
SELECT (churn_parse_event('{"status":2147483648}')).status;
SELECT (churn_parse_event('{"itemInSession":-2147483649}')).iteminsession;
SELECT (churn_parse_event('{"page":"A","length":3}')).length;
SELECT (churn_parse_event('{"length":1e999}')).length;
SELECT (churn_parse_event('{"length":NaN}')).length;
SELECT (churn_parse_event('{"length":-Infinity}')).length;
SELECT (churn_parse_event('{"userId":30}')).userid;
SELECT (churn_parse_event('{"userId":30.0}')).userid;
SELECT (churn_parse_event('{"userId":30.5}')).userid;

-- the wrong type
SELECT churn_parse_event('{"ts":"2018-13-01"}');
SELECT churn_parse_event('{"registration":true}');
SELECT churn_parse_event('{"sessionId":"29"}');
SELECT churn_parse_event('{"status":[]}');
SELECT churn_parse_event('{"length":"1.5"}');
SELECT churn_parse_event('{"page":{}}');
SELECT churn_parse_event('{"page":false}');

-- keys: the last one wins
SELECT (churn_parse_event('{"page":"Home","page":"Help"}')).page;
SELECT (churn_parse_event('{"page":"Home","page":null}')).page IS NULL AS is_null;
SELECT (churn_parse_event('{"p\u0061ge":"Home"}')).page;

-- what is no JSON, or no object
SELECT churn_parse_event('');
SELECT churn_parse_event('null');
SELECT churn_parse_event('[]');
SELECT churn_parse_event('17');
SELECT churn_parse_event('{');
SELECT churn_parse_event('{"page":"Home"');
SELECT churn_parse_event('{"page":"Home');
SELECT churn_parse_event('{"page":"Home\"}');
SELECT churn_parse_event('{"page":"Home",}');
SELECT churn_parse_event('{"page" "Home"}');
SELECT churn_parse_event('{"page":"Home" "ts":1}');
SELECT churn_parse_event('{page:"Home"}');
SELECT churn_parse_event('{''page'':"Home"}');
SELECT churn_parse_event('{"page":''Home''}');
SELECT churn_parse_event('{"page":"Home"} {}');
SELECT churn_parse_event('{"page":"Home"}x');
SELECT churn_parse_event('{"page":"Home"/* comment */}');
SELECT churn_parse_event('{"page":nil}');
SELECT churn_parse_event('{"page":NULL}');
SELECT churn_parse_event('{"ts":01}');
SELECT churn_parse_event('{"ts":-01}');
SELECT churn_parse_event('{"ts":1.}');
SELECT churn_parse_event('{"ts":-.5}');
SELECT churn_parse_event('{"ts":1e}');
SELECT churn_parse_event('{"ts":1-2}');
SELECT (churn_parse_event('{"page":"A","length":-0.5e+01}')).length;
SELECT churn_parse_event('{"ts":+1}');
SELECT churn_parse_event('{"other":Infinity}');
SELECT churn_parse_event('{"page":"\x"}');
SELECT churn_parse_event('{"page":"\u12g4"}');
SELECT churn_parse_event('{"page":"a\u0000b"}');
SELECT (churn_parse_event('{"page":"a\\u0000b"}')).page;
SELECT churn_parse_event('{"page\u0000":"Home"}');
SELECT churn_parse_event(E'{"page":"a\tb"}');
SELECT churn_parse_event('{"other":' || repeat('[', 100) || repeat(']', 100) || '}');
SELECT churn_parse_event('{"page":"' || repeat('x', 17000000) || '"}');

-- files that cannot be read
\set VERBOSITY terse
SELECT * FROM churn_read_events('sparkify_missing.json');
SELECT * FROM churn_read_events('base');
SELECT * FROM churn_read_events('');
CREATE ROLE regress_sparkify_reader;
SET ROLE regress_sparkify_reader;
\set VERBOSITY default
SELECT * FROM churn_read_events('sparkify_missing.json');
SELECT (churn_parse_event('{"page":"Home"}')).page;
RESET ROLE;
GRANT pg_read_server_files TO regress_sparkify_reader;
SET ROLE regress_sparkify_reader;
SELECT count(*) FROM churn_read_events(:'events_file');
RESET ROLE;
DROP ROLE regress_sparkify_reader;

-- a type that was changed
ALTER TYPE churn_event ADD ATTRIBUTE extra int;
SELECT churn_parse_event('{"page":"Home"}');
ALTER TYPE churn_event DROP ATTRIBUTE extra;

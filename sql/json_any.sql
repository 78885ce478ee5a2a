-- logs of any shape: foreign tables and loads of any columns
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET sparkify.progress = off;
\set VERBOSITY default
\set SHOW_CONTEXT never
CREATE FUNCTION pg_temp.put(path text, content text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE lob oid := lo_from_bytea(0, convert_to(content, 'UTF8'));
BEGIN
    PERFORM lo_export(lob, path);
    PERFORM lo_unlink(lob);
END $$;
-- one line, in place: its table is called line, its values are shown
CREATE FUNCTION pg_temp.read(columns text, line text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    result text;
    message text;
    hint text;
BEGIN
    PERFORM pg_temp.put('sparkify_any_line.json', line);
    EXECUTE format('CREATE FOREIGN TABLE line (%s) SERVER sparkify_any OPTIONS (filename ''sparkify_any_line.json'')', columns);
    EXECUTE 'SELECT line::text FROM line' INTO result;
    DROP FOREIGN TABLE line;
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    message := replace(message, 'invalid event in line 1 of file "sparkify_any_line.json": ', '');
    -- before 16 errors of what is no base type have no name of the key
    message := replace(message, 'key "v": malformed array', 'malformed array');
    RETURN SQLSTATE || ': ' || message || coalesce(' | ' || nullif(hint, ''), '');
END $$;
CREATE SERVER sparkify_any FOREIGN DATA WRAPPER sparkify_json;

-- a shop's log, of two writers
SELECT pg_temp.put('sparkify_any.json', $$
{"event_id":"0f8fad5b-d9cd-4b1c-8a3e-2f4d6c8a9b10","customerId":1042,"created_at":"2024-03-01T12:00:01.250+01:00","type":"purchase","amount":19.90,"gift":true,"properties":{"coupon":null,"items":[{"sku":"G-32","price":19.9}]},"service.name":"web"}
{"service.name":"app","type":"refund","event_id":"7c9e6679-7425-40de-944b-e07fc1f90ae7","customerId":"1043","created_at":"2024-03-02 08:30:00","amount":"-5.00","gift":false,"properties":{"items":[]},"unknown":{"a":[1,{"b":"}"}]}}

{"type":"visit","customerId":1044,"created_at":"2024-03-03","amount":"","properties":{"items":[{"price":1},{"sku":"x","price":2e1}]}}
$$);
CREATE FOREIGN TABLE shop (
    event_id uuid, customerid bigint, created_at timestamptz, type text, amount numeric(10,2), gift boolean,
    properties jsonb, first_sku text OPTIONS (path '{properties,items,0,sku}'), last_price float8 OPTIONS (path '{properties,items,-1,price}'),
    service text OPTIONS (key 'service.name'), day date OPTIONS (key 'created_at'), line json OPTIONS (path '{}')
) SERVER sparkify_any OPTIONS (filename 'sparkify_any.json');
SELECT event_id, customerid, created_at, type, amount, gift, service, day FROM shop;
SELECT properties, first_sku, last_price FROM shop;
SELECT line->>'type' AS type, length(line::text) FROM shop;
SELECT count(*) FROM shop;
SELECT type, amount FROM shop WHERE created_at >= '2024-03-02' ORDER BY amount;
EXPLAIN (VERBOSE, COSTS OFF) SELECT first_sku FROM shop WHERE amount > 1;
ANALYZE shop;
SELECT attname, null_frac > 0 AS nulls FROM pg_stats WHERE tablename = 'shop' AND attname IN ('amount', 'type') ORDER BY 1;

-- loaded by the same rules; columns without a key get their default
CREATE TABLE sales (
    id bigint GENERATED ALWAYS AS IDENTITY, loaded text DEFAULT 'now', customerid int NOT NULL, created_at timestamp, type varchar(8),
    amount numeric, properties json, gift boolean DEFAULT false);
SELECT rows, rejected FROM churn_load_events('sales', 'sparkify_any.json');
TABLE sales;
-- through the executor
CREATE TABLE computed (LIKE sales INCLUDING DEFAULTS INCLUDING IDENTITY, day date GENERATED ALWAYS AS (created_at::date) STORED);
SELECT rows, rejected FROM churn_load_events('computed', 'sparkify_any.json');
SELECT id, loaded, customerid, type, gift, day FROM computed;
SELECT count(*) FROM (SELECT customerid, created_at, type, amount, properties::text, gift FROM sales EXCEPT ALL
    SELECT customerid, created_at, type, amount, properties::text, gift FROM computed) AS differ;
-- partitions, and what breaks a constraint
CREATE TABLE parted (type text NOT NULL, amount numeric) PARTITION BY LIST (type);
CREATE TABLE parted_purchase PARTITION OF parted FOR VALUES IN ('purchase');
SELECT rows FROM churn_load_events('parted', 'sparkify_any.json');
CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
SELECT rows FROM churn_load_events('parted', 'sparkify_any.json');
SELECT tableoid::regclass, * FROM parted ORDER BY amount;
CREATE TABLE nothing_to_load (n int GENERATED ALWAYS AS (1) STORED);
SELECT rows FROM churn_load_events('nothing_to_load', 'sparkify_any.json');
CREATE TABLE other_keys (a int, b text);
SELECT rows FROM churn_load_events('other_keys', 'sparkify_any.json');
SELECT rows, rejected FROM churn_load_events('other_keys', 'sparkify_any.json', 'skip');

-- options of columns: refused when they are set, or when their type is known
CREATE FOREIGN TABLE odd (a text OPTIONS (kee 'a')) SERVER sparkify_any OPTIONS (filename 'x');
CREATE FOREIGN TABLE odd (a text OPTIONS (filename 'a')) SERVER sparkify_any OPTIONS (filename 'x');
CREATE FOREIGN TABLE odd (a text) SERVER sparkify_any OPTIONS (filename 'x', key 'a');
CREATE FOREIGN TABLE odd (a text OPTIONS (key 'a', path '{a}')) SERVER sparkify_any OPTIONS (filename 'x');
CREATE FOREIGN TABLE odd (a text OPTIONS (path 'a')) SERVER sparkify_any OPTIONS (filename 'x');
CREATE FOREIGN TABLE odd (a text OPTIONS (path '{a,NULL}')) SERVER sparkify_any OPTIONS (filename 'x');
CREATE FOREIGN TABLE odd (a text OPTIONS (path '{{a,b},{c,d}}')) SERVER sparkify_any OPTIONS (filename 'x');
CREATE FOREIGN TABLE odd (a timestamptz OPTIONS (unit 'minutes')) SERVER sparkify_any OPTIONS (filename 'x');
SELECT pg_temp.read('a bigint OPTIONS (unit ''ms'')', '{"a":1}');
SELECT pg_temp.read('a text OPTIONS (path ''{}'')', '{"a":1}');
SELECT pg_temp.read('a text OPTIONS (key '''')', '{"":"empty key"}');

-- keys: folded as SQL does it, the exact spelling wins; two that fold to one column are none
SELECT pg_temp.read('customerid int', line) FROM unnest(ARRAY[
    '{"customerId":1}', '{"CUSTOMERID":2}', '{"customerId":1,"customerid":2}', '{"customerid":2,"customerId":1}',
    '{"customerId":1,"CustomerID":2}', '{"customerId":1,"customerId":2}', '{"customer\u0049d":1}', '{"customer_id":1}']) AS line;
SELECT pg_temp.read('"customerId" int, customerid int', line) FROM unnest(ARRAY[
    '{"customerId":1,"customerid":2}', '{"customerId":1}', '{"CUSTOMERID":3}']) AS line;
SELECT pg_temp.read('a int OPTIONS (key ''A'')', line) FROM unnest(ARRAY['{"A":1}', '{"a":1}', '{"a":1,"A":2}']) AS line;
SELECT pg_temp.read('"größe" int, "Ünlü" text', '{"größe":1,"GRÖSSE":2,"ünlü":"no","Ünlü":"yes"}');
SELECT pg_temp.read('a int, a_too text OPTIONS (key ''a''), b int OPTIONS (path ''{a,b}'')', '{"a":7}');
SELECT pg_temp.read(format('%I int, k text OPTIONS (key %L)', repeat('k', 63), repeat('long', 100)),
    format('{"%s":1,"%s":"of 400 bytes"}', repeat('k', 63), repeat('long', 100)));

\pset format unaligned
SET client_min_messages = error;
\pset tuples_only on
-- paths, as #> goes them; repeated objects count as a whole
SELECT pg_temp.read('p text OPTIONS (path ''{a,b,c}''), q int OPTIONS (path ''{a,0}''), r int OPTIONS (path ''{a,-1}''), a jsonb', line)
FROM unnest(ARRAY['{"a":{"b":{"c":"x"},"0":5}}', '{"a":[1,2,3]}', '{"a":[4]}', '{"a":[]}', '{"a":{}}', '{"a":null}', '{"a":1}', '{"a":{"b":[{"c":1}]}}',
    '{"a":{"b":{"c":"first"}},"a":{"0":1}}', '{"a":{"b":{"c":1},"b":{"c":2}}}', '{"A":{"b":{"c":1}}}']) AS line;
SELECT pg_temp.read('p text OPTIONS (path ''{a,b,c}'')', '{"a":{"b":{"c":{"d":1}}}}');

-- values: what each type takes
SELECT v, pg_temp.read('v smallint', v.line) AS int2, pg_temp.read('v int', v.line) AS int4, pg_temp.read('v bigint', v.line) AS int8
FROM (SELECT format('{"v":%s}', v) AS line, v FROM unnest(ARRAY['1', '-1', '32768', '2147483648', '9223372036854775807', '9223372036854775808',
    '1.0', '1e2', '1.5', 'true', 'false', '"7"', '"7.0"', '"1e2"', '"+7"', '" 7"', '"seven"', '""', '[1]', '{}', 'null', '-0', '-9223372036854775808']) AS v) AS v;
SELECT v, pg_temp.read('v real', v.line) AS float4, pg_temp.read('v float8', v.line) AS float8, pg_temp.read('v numeric', v.line) AS numeric,
    pg_temp.read('v numeric(5,2)', v.line) AS "numeric(5,2)"
FROM (SELECT format('{"v":%s}', v) AS line, v FROM unnest(ARRAY['1', '0.10', '1e3', '1e40', '1e309', '1e-50', '123456789012345678901234567890.5', '-0.0',
    '"12.50"', '"NaN"', '"Infinity"', '""', 'true', '"x"', '[]', '1e200000', '1e-20000', '999.999']) AS v) AS v;
SELECT v, pg_temp.read('v text', v.line) AS text, pg_temp.read('v varchar(3)', v.line) AS "varchar(3)", pg_temp.read('v char(3)', v.line) AS "char(3)",
    pg_temp.read('v boolean', v.line) AS boolean
FROM (SELECT format('{"v":%s}', v) AS line, v FROM unnest(ARRAY['"a"', '""', '"abc   "', '"abcd"', '"\u00fc\ud83d\ude00"', '"\ud83d"', '1', '1.0', '1e5', '12345678901234567890',
    '-0', 'true', 'false', 'null', '[1]', '{"a":1}', '"true"']) AS v) AS v;
SELECT v, pg_temp.read('v json', v.line) AS json, pg_temp.read('v jsonb', v.line) AS jsonb
FROM (SELECT format('{"v":%s}', v) AS line, v FROM unnest(ARRAY['1.50', '"a"', 'true', 'null', '[1, {"b":[]}]', '{"a" : 1e2}', '{"a":"\ud83d"}', '[1e200000]', '{"a":1,"a":2}', '"\u0000"']) AS v) AS v;
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN always AS text NOT NULL;
SELECT pg_temp.read('v mood', line) AS enum, pg_temp.read('v positive', line) AS domain, pg_temp.read('v uuid', line) AS uuid, pg_temp.read('v inet', line) AS inet,
    pg_temp.read('v interval', line) AS interval, pg_temp.read('v text[]', line) AS "text[]"
FROM (SELECT format('{"v":%s}', v) AS line FROM unnest(ARRAY['"good"', '"ugly"', '5', '-5', '"0F8FAD5B-d9cd-4b1c-8a3e2f4d6c8a9b10"', '"0f8fad5b"', '"10.0.0.1"', '"2 days"', '""', '"{a,b}"', '["a"]']) AS v) AS v;
SELECT pg_temp.read('v always, w text', '{"v":null,"w":"x"}');
SELECT pg_temp.read('v always, w text', '{"w":"x"}');

-- times: texts in UTC without a zone, numbers of a unit
SET timezone = 'America/New_York';
SELECT v, pg_temp.read('v timestamptz', line) AS timestamptz, pg_temp.read('v timestamp', line) AS timestamp, pg_temp.read('v date', line) AS date, pg_temp.read('v timestamptz(0)', line) AS "timestamptz(0)"
FROM (SELECT format('{"v":%s}', v) AS line, v FROM unnest(ARRAY['"2024-03-01T12:00:01.25Z"', '"2024-03-01 23:30:00 UTC"', '"2024-03-01T23:30:00-05:00"', '"2024-03-01 12:00:00.999999999+0530"', '"2024-03-01"',
    '"2024-03-01T12:00"', '"2024-02-30"', '"now"', '""', '1709294401', '"1709294401"', 'true', 'null']) AS v) AS v;
SET timezone = 'UTC';
SELECT unit, v, pg_temp.read(format('v timestamp OPTIONS (unit %L)', unit), format('{"v":%s}', v))
FROM unnest(ARRAY['s', 'ms', 'us', 'ns']) AS unit, unnest(ARRAY['1709294401', '1709294401250', '1709294401.25', '"1709294401.2500004"', '1.7092944e9', '-1.5', '0.0000005', '"2024-03-01"', '1e300', '9223371331200000000']) AS v;
-- today's nanoseconds take 19 digits; and no digit of an integer is lost, however it is spelled
SELECT v, pg_temp.read('v timestamp OPTIONS (unit ''ns'')', format('{"v":%s}', v)) AS ns, pg_temp.read('v int8', format('{"v":%s}', v)) AS int8
FROM unnest(ARRAY['1709294401123456789', '"1709294401123456500"', '1709294401123456499', '-1', '-500', '-501', '9007199254740993.0', '-9007199254740993e0', '9007199254740991.4', '1.00000000000000000001',
    '0.99999999999999999999', '1e-400', '1e18', '1e19', '123456789012345678.0', '9.223372036854775807e18', '-9223372036854775808', '-9223372036854775808.0', '9223372036854775808', '0e999999999', '0.0', '1200e-2', '1e99999999999']) AS v;

\pset format aligned
RESET client_min_messages;
\pset tuples_only off
-- which lines are events depends on the table, not on the query
SELECT pg_temp.put('sparkify_any_lines.json', E'{"a":1,"b":"good"}\n{"a":2,"b":"ugly"}\n{"c":3}\n{"a":"x"}\n{"b":"bad"}\n');
CREATE FOREIGN TABLE lines (a int, b mood) SERVER sparkify_any OPTIONS (filename 'sparkify_any_lines.json');
SELECT count(*) FROM lines;
SELECT a FROM lines;
ALTER FOREIGN TABLE lines OPTIONS (ADD on_error 'skip');
SELECT count(*) FROM lines;
SELECT a FROM lines;
SELECT * FROM lines;
SELECT pg_temp.put('sparkify_any_lines.json', E'{"a":1}\n{"c":3}\n{"d":4,"e":{"a":1}}');
ALTER FOREIGN TABLE lines OPTIONS (SET on_error 'stop');
TABLE lines;
CREATE FOREIGN TABLE anything () SERVER sparkify_any OPTIONS (filename 'sparkify_any_lines.json');
SELECT count(*) FROM anything;

-- what no line had, with the keys that were seen; what was ""
SELECT pg_temp.put('sparkify_any_lines.json', E'{"customerId":1,"price":"","props":{"plan":"a"}}\n{"customerId":2,"price":"","props":{"plan":"b"}}\n{"customerId":3,"price":"5","x":1}\n');
CREATE FOREIGN TABLE missing (customer_id int, price numeric, level text OPTIONS (path '{props,level}'), at timestamptz) SERVER sparkify_any OPTIONS (filename 'sparkify_any_lines.json');
TABLE missing;
SELECT price FROM missing;
SELECT count(*) FROM missing;
SELECT price FROM missing LIMIT 2;
CREATE TABLE missing_loaded (customer_id int, price numeric, at timestamptz DEFAULT '2024-01-01');
SELECT rows FROM churn_load_events('missing_loaded', 'sparkify_any_lines.json');
SELECT pg_temp.put('sparkify_any_lines.json', E'{"at":1709294401,"n":1}\n{"at":1709294402,"n":1}\n');
CREATE FOREIGN TABLE wrong_unit (at timestamptz OPTIONS (unit 'ms'), n int) SERVER sparkify_any OPTIONS (filename 'sparkify_any_lines.json');
SELECT extract(year FROM at) AS year, n FROM wrong_unit;

-- the same in parallel: each line once, told once
SELECT pg_temp.put('sparkify_any_lines.json', string_agg(format('{"at":"2024-03-01T00:00:00Z","who":"u%s","what":{"n":%s,"deep":[{"x":"%s"}]},"paid":"%s"}', i % 100, i, repeat('y', i % 50),
    CASE WHEN i % 4 > 0 THEN i::text ELSE '' END), E'\n' ORDER BY i)) FROM generate_series(1, 100000) AS i;
CREATE FOREIGN TABLE many (at timestamptz, who text, n int OPTIONS (path '{what,n}'), x text OPTIONS (path '{what,deep,0,x}'), paid bigint, none text) SERVER sparkify_any OPTIONS (filename 'sparkify_any_lines.json');
SELECT count(*), sum(n), sum(length(x)), sum(paid), count(paid), count(DISTINCT who) FROM many;
SET min_parallel_table_scan_size = '1MB'; SET parallel_setup_cost = 0;
EXPLAIN (COSTS OFF) SELECT count(*), sum(n), sum(paid) FROM many;
SELECT count(*), sum(n), sum(length(x)), sum(paid), count(none) FROM many;
RESET min_parallel_table_scan_size; RESET parallel_setup_cost;

-- a table of many columns
SELECT pg_temp.put('sparkify_any_lines.json', '{' || string_agg(format('"key %s":%s', i, i), ',') || '}') FROM generate_series(1, 1000) AS i;
SELECT format('CREATE FOREIGN TABLE wide (%s) SERVER sparkify_any OPTIONS (filename ''sparkify_any_lines.json'')', string_agg(format('"key %s" int', i), ',')) FROM generate_series(1, 1000) AS i \gexec
SELECT (SELECT sum(value::int) FROM json_each_text(row_to_json(wide))) FROM wide;

COPY (SELECT) TO PROGRAM 'cat > /dev/null; rm -f sparkify_any.json sparkify_any_line.json sparkify_any_lines.json sparkify_any_columns.json';
-- a load into a table: columns say what the options of a foreign table say, with the same errors
SELECT pg_temp.put('sparkify_any_columns.json', $$
{"ts":1709294401500,"user":{"id":"u1"},"items":[{"price":"9.99"},{"price":1}],"at":"no time"}
{"ts":1709294402500,"user":{"id":"u2"},"items":[],"x":"1"}
$$);
CREATE TABLE placed (at timestamptz, who text DEFAULT 'nobody', price numeric(10, 2), x int, line jsonb, total numeric GENERATED ALWAYS AS (price * 2) STORED);
SELECT rows, rejected FROM churn_load_events('placed', 'sparkify_any_columns.json', columns => '{"at": {"key": "ts", "unit": "ms"}, "who": {"path": "{user,id}"}, "price": {"path": "{items,0,price}"}, "line": {"path": "{}"}}');
SELECT at, who, price, x, total, line -> 'x' AS line FROM placed ORDER BY at;
CREATE TABLE placed_again (LIKE placed INCLUDING ALL);
CREATE FUNCTION pg_temp.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER kept BEFORE INSERT ON placed_again FOR EACH ROW EXECUTE FUNCTION pg_temp.keep();
SELECT rows FROM churn_load_events('placed_again', ARRAY['sparkify_any_columns.json'], columns => '{"at": {"key": "ts", "unit": "ms"}, "who": {"path": "{user,id}"}, "price": {"path": "{items,0,price}"}, "line": {"path": "{}"}}');
SELECT count(*) FROM (TABLE placed EXCEPT ALL TABLE placed_again) AS differ;
SELECT rows FROM churn_load_events('placed_again', 'sparkify_any_columns.json', 'skip', columns => '{}');
SELECT c, (SELECT rows FROM churn_load_events('placed', 'sparkify_any_columns.json', columns => c::jsonb)) FROM unnest(ARRAY['{"line": {}, "at": {"key": "ts", "unit": "ms"}}']) c;
SELECT churn_load_events('placed', 'sparkify_any_columns.json', columns => '[]');
SELECT churn_load_events('placed', 'sparkify_any_columns.json', columns => '{"price": "{items,0,price}"}');
SELECT churn_load_events('placed', 'sparkify_any_columns.json', columns => '{"price": {"path": ["items", 0, "price"]}}');
SELECT churn_load_events('placed', 'sparkify_any_columns.json', columns => '{"price": {"where": "{items,0,price}"}}');
SELECT churn_load_events('placed', 'sparkify_any_columns.json', columns => '{"prize": {"path": "{items,0,price}"}}');
SELECT churn_load_events('placed', 'sparkify_any_columns.json', columns => '{"total": {"path": "{items,0,price}"}}');
SELECT churn_load_events('placed', 'sparkify_any_columns.json', columns => '{"price": {"path": "{a}", "key": "a"}}');
SELECT churn_load_events('placed', 'sparkify_any_columns.json', columns => '{"price": {"path": "a"}}');
SELECT churn_load_events('placed', 'sparkify_any_columns.json', columns => '{"price": {"unit": "ms"}}');
SELECT churn_load_events('placed', 'sparkify_any_columns.json', columns => '{"at": {"unit": "minutes"}}');
SELECT churn_load_events('placed', 'sparkify_any_columns.json', columns => '{"who": {"path": "{}"}}');
DROP TABLE placed, placed_again;

DROP TABLE sales, computed, parted, nothing_to_load, other_keys, missing_loaded;
DROP SERVER sparkify_any CASCADE;
DROP TYPE mood;
DROP DOMAIN positive, always;

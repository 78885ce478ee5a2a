-- churn_profile of any log: its forms, and calls as people write them
SET timezone = 'America/New_York';	-- nothing may depend on it
\pset format unaligned
\pset tuples_only on

-- each form: of timestamptz, timestamp and date, from two to five arguments
SELECT churn_profile('2024-03-01 23:30:00-05'::timestamptz, 'view');
SELECT churn_profile('2024-03-01 23:30:00'::timestamp, 'view');
SELECT churn_profile('2024-03-01'::date, 'view');
SELECT churn_profile('2024-03-01 23:30:00-05'::timestamptz, 'view', 7);
SELECT churn_profile('2024-03-01 23:30:00'::timestamp, 'view', 7);
SELECT churn_profile('2024-03-01'::date, 'view', 7);
SELECT churn_profile('2024-03-01 23:30:00-05'::timestamptz, 'view', 7, 19.99);
SELECT churn_profile('2024-03-01 23:30:00'::timestamp, 'view', 7, 19.99);
SELECT churn_profile('2024-03-01'::date, 'view', 7, 19.99);
SELECT churn_profile('2024-03-01 23:30:00-05'::timestamptz, 'view', 7, 19.99, 'free');
SELECT churn_profile('2024-03-01 23:30:00'::timestamp, 'view', 7, 19.99, 'free');
SELECT churn_profile('2024-03-01'::date, 'view', 7, 19.99, 'free');
-- as aggregates of the catalog
SELECT p.oid::regprocedure, proparallel FROM pg_proc AS p JOIN pg_aggregate AS a ON a.aggfnoid = p.oid
WHERE proname = 'churn_profile' AND pronargs < 7 ORDER BY pronargs, p.oid::regprocedure::text COLLATE "C";

-- an untyped literal is a time with zone, a text or a number
SELECT churn_profile('2024-03-01 10:00:00+00', 'view', 'abc', '19.99', 'free');
SELECT churn_profile('2024-03-01 10:00:00+00', 'view', 'abc', 'much', 'free');
-- a NULL is none of each
SELECT churn_profile(NULL, NULL) IS NULL, churn_profile(NULL, 'view') IS NULL, churn_profile('2024-03-01'::date, NULL) IS NULL,
	churn_profile(NULL::timestamp, 'view') IS NULL, churn_profile('2024-03-01'::date, NULL::text) IS NULL;
SELECT churn_profile('2024-03-01'::date, 'view', NULL, NULL, NULL);
SELECT churn_profile('2024-03-01'::date, 'view', NULL::bigint, NULL::numeric, NULL::text);
SELECT churn_profile(t, e) FROM (VALUES ('2024-03-01'::timestamp, NULL), (NULL, 'view'), ('2024-03-02', 'buy')) AS v (t, e);
SELECT churn_profile(t, e) IS NULL FROM (VALUES ('2024-03-01'::timestamp, 'view')) AS v (t, e) WHERE false;

-- types of names and levels
CREATE TYPE kind AS ENUM ('view', 'buy', 'it''s "odd"');
CREATE TYPE plan AS ENUM ('free', 'paid');
CREATE DOMAIN event_name AS text CHECK (value <> '');
CREATE DOMAIN strict_kind AS kind NOT NULL;
CREATE DOMAIN of_domain AS event_name;
CREATE EXTENSION citext;
CREATE TABLE typed (t timestamptz, v varchar(10), c char(10), n name, k kind, d event_name, sk strict_kind, od of_domain, ci citext,
	i2 smallint, i4 int, i8 bigint, u uuid, f4 real, f8 float8, num numeric(12, 4), p plan, pc char(6));
INSERT INTO typed SELECT '2024-03-01 10:00:00+00', 'view', 'view', 'view', 'view', 'view', 'view', 'view', 'view',
	7, 7, 7, '5b30857f-0bfa-48b5-ac0b-5c64e28078d1', 2.5, 2.5, 2.5, 'free', 'free';
SELECT count(*), count(DISTINCT p) FROM (
	SELECT churn_profile(t, 'view') FROM typed UNION ALL SELECT churn_profile(t, v) FROM typed UNION ALL SELECT churn_profile(t, c) FROM typed UNION ALL
	SELECT churn_profile(t, n) FROM typed UNION ALL SELECT churn_profile(t, k) FROM typed UNION ALL SELECT churn_profile(t, d) FROM typed UNION ALL
	SELECT churn_profile(t, sk) FROM typed UNION ALL SELECT churn_profile(t, od) FROM typed UNION ALL SELECT churn_profile(t, ci) FROM typed UNION ALL
	SELECT churn_profile(t, 'view'::text COLLATE "C") FROM typed) AS x (p);
SELECT churn_profile(t, k) FROM (VALUES ('2024-03-01'::date, 'it''s "odd"'::kind)) AS v (t, k);
-- case and blanks tell names apart, but for those that pad a character(n)
SELECT churn_profile(t, e) FROM (VALUES ('2024-03-01'::date, 'view'), ('2024-03-01', 'View'), ('2024-03-01', 'view '), ('2024-03-01', ' view')) AS v (t, e);
-- of sessions: an integer of any width is the same id, and no text
SELECT count(*), count(DISTINCT p) FROM (
	SELECT churn_profile(t, 'view', 7) FROM typed UNION ALL SELECT churn_profile(t, v, i2) FROM typed UNION ALL
	SELECT churn_profile(t, v, i4) FROM typed UNION ALL SELECT churn_profile(t, v, i8) FROM typed) AS x (p);
SELECT count(*), count(DISTINCT p) FROM (
	SELECT churn_profile(t, v, v) FROM typed UNION ALL SELECT churn_profile(t, v, c) FROM typed UNION ALL
	SELECT churn_profile(t, v, n) FROM typed UNION ALL SELECT churn_profile(t, v, 'view') FROM typed UNION ALL SELECT churn_profile(t, v, d) FROM typed) AS x (p);
SELECT churn_profile(t, v, u) FROM typed;
SELECT churn_profile(t, 'view', s) FROM typed, (VALUES (-9223372036854775808), (9223372036854775807), (0), (-1)) AS s (s);
-- of amounts and levels
SELECT count(*), count(DISTINCT p) FROM (
	SELECT churn_profile(t, v, i4, 2.5) FROM typed UNION ALL SELECT churn_profile(t, v, i4, f4) FROM typed UNION ALL
	SELECT churn_profile(t, v, i4, f8) FROM typed UNION ALL SELECT churn_profile(t, v, i4, num) FROM typed UNION ALL SELECT churn_profile(t, v, i4, '2.5') FROM typed) AS x (p);
SELECT count(*), count(DISTINCT p) FROM (
	SELECT churn_profile(t, v, i4, 7) FROM typed UNION ALL SELECT churn_profile(t, v, i4, i2) FROM typed UNION ALL
	SELECT churn_profile(t, v, i4, i4) FROM typed UNION ALL SELECT churn_profile(t, v, i4, i8) FROM typed UNION ALL SELECT churn_profile(t, v, i4, 7.0) FROM typed) AS x (p);
SELECT count(*), count(DISTINCT p) FROM (
	SELECT churn_profile(t, v, i4, 7, 'free') FROM typed UNION ALL SELECT churn_profile(t, v, i4, 7, p) FROM typed UNION ALL
	SELECT churn_profile(t, v, i4, 7, pc) FROM typed) AS x (p);
-- a look at a log takes what profiles take, of users what can be compared
SELECT c, rows, users FROM unnest('{v,c,n,k,d,sk,od,ci}'::text[]) AS c, churn_describe_log('typed', c, 't', c, level => c) WHERE topic = 'event' AND name = 'view';
SELECT c, rows FROM unnest('{v,c,n,d,ci,i2,i4,i8,u}'::text[]) AS c, churn_describe_log('typed', c, 't', 'v', session => c) WHERE topic = 'event';
SELECT c, amount FROM unnest('{i2,i4,i8,f4,f8,num}'::text[]) AS c, churn_describe_log('typed', c, 't', 'v', amount => c) WHERE topic = 'event';
SELECT c, rows FROM unnest('{v,c,ci}'::text[]) AS c, churn_describe_log('SELECT t, k, ''''::varchar AS v, '' ''::char(4) AS c, ''''::citext AS ci FROM typed', c, 't', 'k') WHERE name = 'without user';
-- amounts are rounded to millionths, to the nearest; what is smaller is an amount of nothing
SELECT churn_profile(t, 'buy', NULL, a) FROM (VALUES ('2024-03-01'::date, 0.1), ('2024-03-01', 0.0000005), ('2024-03-01', -0.0000004), ('2024-03-01', 1e-30), ('2024-03-01', 9200000000000)) AS v (t, a);
SELECT churn_profile(t, 'buy', NULL, a) FROM (VALUES ('2024-03-01'::date, 0.1::float8), ('2024-03-01', 1e-300), ('2024-03-01', -0.0), ('2024-03-01', -9.2e12), ('2024-03-01', 1234.56)) AS v (t, a);

-- timestamp and date are of UTC, whatever the zone is, and a timestamptz is what it is
SELECT churn_profile(t, 'x') = churn_profile(z, 'x') AS same FROM (VALUES ('2024-03-10 02:30:00'::timestamp, '2024-03-10 02:30:00+00'::timestamptz)) AS v (t, z);
SELECT churn_profile(d, 'x') = churn_profile(z, 'x') AS same FROM (VALUES ('2024-03-10'::date, '2024-03-10 00:00:00+00'::timestamptz)) AS v (d, z);
SET timezone = 'Asia/Kolkata';
SELECT churn_profile(t, 'x') = churn_profile(z, 'x') AS same FROM (VALUES ('2024-03-10 02:30:00'::timestamp, '2024-03-10 02:30:00+00'::timestamptz)) AS v (t, z);
SELECT churn_profile('4714-11-24 BC'::date, 'x') IS NOT NULL, churn_profile('294276-12-31'::date, 'x') IS NOT NULL;

-- what is refused
SELECT churn_profile(t, i4) FROM typed;
SELECT churn_profile(t, 7) FROM typed;
SELECT churn_profile(t, u) FROM typed;
SELECT churn_profile(t, ARRAY['view']) FROM typed;
SELECT churn_profile(t, '"view"'::jsonb) FROM typed;
SELECT churn_profile(t, v, num) FROM typed;
SELECT churn_profile(t, v, 19.99) FROM typed;
SELECT churn_profile(t, v, f8) FROM typed;
SELECT churn_profile(t, v, t) FROM typed;
SELECT churn_profile(t, v, ARRAY[1]) FROM typed;
SELECT churn_profile(t, v, k) FROM typed;
SELECT churn_profile(t, v, i4, '1'::money) FROM typed;
SELECT churn_profile(t, v, i4, v) FROM typed;
SELECT churn_profile(t, v, i4, ARRAY[1.5]) FROM typed;
SELECT churn_profile(t, v, i4, true) FROM typed;
SELECT churn_profile(t, v, i4, f8, i4) FROM typed;
SELECT churn_profile(t, v, i4, f8, ARRAY['free']) FROM typed;
SELECT churn_profile(t, v, i4, f8, true) FROM typed;
-- also where there are no values of them
SELECT churn_profile(NULL::date, NULL::int);
SELECT churn_profile(t, v, NULL::numeric) FROM typed;
SELECT churn_profile(t, v, i4, NULL::money) FROM typed;
-- by the domain's name, which is what the user wrote
CREATE DOMAIN price AS numeric;
SELECT churn_profile(t, v, 1.5::price) FROM typed;
-- no such form
\set VERBOSITY terse
SELECT churn_profile(t) FROM typed;
SELECT churn_profile(1, 'view');
SELECT churn_profile('10:00'::time, 'view');
SELECT churn_profile(t, v, i4, f8, pc, 1) FROM typed;
\set VERBOSITY default
-- amounts and times out of range, by the name of the event
SELECT churn_profile(t, 'buy', NULL, 'NaN'::float8) FROM typed;
SELECT churn_profile(t, 'buy', NULL, 'Infinity'::float8) FROM typed;
SELECT churn_profile(t, 'buy', NULL, '-Infinity'::real) FROM typed;
SELECT churn_profile(t, 'buy', NULL, 9.2000001e12::float8) FROM typed;
SELECT churn_profile(t, 'buy', NULL, 'NaN'::numeric) FROM typed;
SELECT churn_profile(t, 'buy', NULL, -9200000000000.0000001) FROM typed;
SELECT churn_profile(t, 'buy', NULL, 1e300) FROM typed;
SELECT churn_profile(t, 'a "very" odd name', NULL, 9200000000001) FROM typed;
SELECT churn_profile(t, repeat('long ', 1000), NULL, 9200000000001) FROM typed;
SELECT churn_profile(t, 'buy', NULL, (-9223372036854775808)::bigint) FROM typed;
SELECT churn_profile('infinity'::timestamptz, 'view');
SELECT churn_profile('-infinity'::timestamp, 'view');
SELECT churn_profile('infinity'::date, 'view');
SELECT churn_profile('5874897-12-31'::date, 'view');

\pset tuples_only off
\pset format aligned
DROP TABLE typed;
DROP EXTENSION citext;
DROP DOMAIN price, of_domain, event_name, strict_kind;
DROP TYPE kind, plan;
-- numeric amounts of any size and form are the same as their text says, to the millionth
CREATE FUNCTION pg_temp.amount_of(numeric) RETURNS float8 LANGUAGE sql AS
$$ SELECT churn_sum(churn_profile('2024-01-01Z'::timestamptz, 'pay', NULL::int, $1), 'pay') $$;
SELECT amount, pg_temp.amount_of(amount) FROM unnest('{0, 0.000, 0.0001, 0.00001, 0.000001, 0.0000004, 0.0000005, 19.99, 10000, 9999.9999, 10000.0001,
	123456789.0123, 123456789.01234, 99999999.99999, 999999999999, 999999999999.9999, 1000000000000, 9199999999999.999999, 1e11, 0.5000000000000000000000000001}'::numeric[]) AS amount;
SELECT count(*), count(*) FILTER (WHERE pg_temp.amount_of(amount) IS DISTINCT FROM round(amount, 6)::float8) AS unlike
FROM (SELECT (((i * 7919 + 13) % 1000003)::numeric * 10::numeric ^ (i % 17 - 10))::numeric(40, 12) AS amount FROM generate_series(1, 3000) AS i) AS s WHERE amount < 9200000000000;
CREATE TEMP TABLE amounts AS SELECT i % 7 AS customer, (i * 37 % 100000 / 100.0)::numeric(10, 2) * (CASE WHEN i % 5 = 0 THEN -1 ELSE 1 END) AS amount FROM generate_series(1, 5000) AS i;
SELECT count(*) AS same FROM (SELECT customer, churn_profile('2024-01-01Z'::timestamptz, 'pay', customer, amount) AS profile, sum(amount) FILTER (WHERE amount > 0) AS gained FROM amounts GROUP BY customer) AS s
WHERE churn_sum(profile, 'pay') = gained::float8;

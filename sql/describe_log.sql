-- A first look at a log, against plain SQL by another road
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- A shop: 60 users, who have two names for leaving, or just stay away; some rows are no events
CREATE TYPE shop_event AS ENUM ('open', 'view', 'buy', 'refund', 'bye', 'closed');
CREATE TABLE shop AS
SELECT 'c' || u AS customer, timestamptz '2024-01-01 08:00+00' + (d * (3 + u % 7) + u % 3) * interval '1 day' + i * interval '7 min' AS at,
	(ARRAY['open', 'view', 'buy', 'refund'])[1 + (u * 7 + d * 3 + i * 5) % 4]::shop_event AS kind,
	u * 100 + d AS visit, CASE (u * 7 + d * 3 + i * 5) % 4 WHEN 2 THEN 9.99 + u WHEN 3 THEN -1.5 END AS price, CASE WHEN u % 4 = 0 THEN 'gold' ELSE 'basic' END AS plan
FROM generate_series(1, 60) AS u, generate_series(0, 90 / (3 + u % 7)) AS d, generate_series(1, 1 + u % 2) AS i
WHERE u % 6 > 0 OR d < 20 / (3 + u % 7);
INSERT INTO shop SELECT customer, max(at) + interval '1 s', 'bye', max(visit), NULL, max(plan) FROM shop WHERE customer LIKE '%5' GROUP BY customer;
INSERT INTO shop SELECT customer, at, 'closed', visit, NULL, plan FROM shop WHERE kind = 'bye';

SELECT * FROM churn_describe_log('shop', 'customer', 'at', 'kind', 'visit', 'price', 'plan') WHERE topic <> 'next';
SELECT name, note FROM churn_describe_log('shop', 'customer', 'at', 'kind', 'visit', 'price', 'plan') WHERE topic = 'next' \g (format=unaligned tuples_only=on)

-- The SQL to go on with runs as it is
SELECT note FROM churn_describe_log('shop', 'customer', 'at', 'kind', 'visit', 'price', 'plan') WHERE topic = 'next' AND name <> 'scores' \gexec
SELECT note FROM churn_describe_log('shop', 'customer', 'at', 'kind', 'visit', 'price', 'plan') WHERE topic = 'next' AND name = 'scores' \gset
SELECT rtrim(:'note', ';') AS scores \gset
SELECT count(*) AS scored, bool_and(risk BETWEEN 0 AND 1) AS probable, min(cardinality(reasons)) AS reasons FROM (:scores) AS s;
SELECT count(*) AS left_as_of FROM shop_training AS t JOIN shop AS s USING (customer) WHERE s.kind = 'bye' AND s.at < as_of;
DROP VIEW shop_training;
DROP FUNCTION shop_features;
DROP TYPE shop_features_row;
DROP TABLE shop_profiles, shop_model;

-- Rows that are no events, twice the same, and times that cannot be
CREATE TABLE untidy AS TABLE shop;
INSERT INTO untidy SELECT * FROM shop WHERE visit % 7 = 0;
INSERT INTO untidy SELECT * FROM shop WHERE visit % 21 = 0;
INSERT INTO untidy SELECT NULL, at, kind, visit, price, plan FROM shop WHERE visit % 5 = 1;
INSERT INTO untidy SELECT '', at, kind, visit, price, plan FROM shop WHERE visit % 11 = 1;
INSERT INTO untidy SELECT customer, NULL, kind, visit, price, plan FROM shop WHERE visit % 13 = 1;
INSERT INTO untidy SELECT customer, at, NULL, visit, price, plan FROM shop WHERE visit % 17 = 1;
INSERT INTO untidy SELECT customer, NULL, NULL, visit, price, plan FROM shop WHERE visit % 19 = 1;
INSERT INTO untidy SELECT customer, to_timestamp(extract(epoch FROM at) / 1000), kind, visit, price, plan FROM shop WHERE visit % 23 = 1;
INSERT INTO untidy SELECT customer, at + interval '1000 years', kind, visit, price, plan FROM shop WHERE visit % 29 = 1;
INSERT INTO untidy VALUES ('c1', 'infinity', 'bye'), ('c1', '-infinity', 'bye'), ('c2', '0001-01-01 BC', 'bye');

CREATE VIEW events_of AS
SELECT * FROM untidy WHERE customer <> '' AND at >= '1971-01-01' AND at < now() + interval '1 day' AND kind IS NOT NULL;

-- each name
CREATE VIEW plain_events AS
WITH pairs AS (
	SELECT customer, kind, count(*) AS rows, min(at) AS first_at, max(at) AS last_at, sum(price) AS amount FROM events_of GROUP BY 1, 2
), ends AS (SELECT customer, max(at) AS last_at FROM events_of GROUP BY 1)
SELECT kind::text AS name, sum(p.rows)::bigint AS rows, count(*) AS users, count(*) FILTER (WHERE p.last_at = e.last_at) AS ended,
	round(100.0 * count(*) FILTER (WHERE p.last_at = e.last_at) / count(*), 2) AS percent, round(sum(p.rows) / count(*), 2) AS per_user,
	min(p.first_at) AS first_at, max(p.last_at) AS last_at, sum(amount) AS amount
FROM pairs AS p JOIN ends AS e USING (customer) GROUP BY 1;
CREATE TABLE looked AS SELECT * FROM churn_describe_log('untidy', 'customer', 'at', 'kind', 'visit', 'price', 'plan');
SELECT count(*) AS names, count(*) FILTER (WHERE p IS NOT DISTINCT FROM l) AS same
FROM plain_events AS p FULL JOIN (SELECT name, rows, users, ended, percent, per_user, first_at, last_at, amount FROM looked WHERE topic = 'event') AS l USING (name);

-- rows of each kind
SELECT l.name, l.rows, l.rows = p.rows AS same, l.users, l.users = p.users AS same_users, l.note
FROM looked AS l JOIN LATERAL (
	SELECT count(*), NULL::bigint FROM untidy WHERE l.name = 'rows'
	UNION ALL SELECT count(*), NULL FROM untidy WHERE l.name = 'without user' AND coalesce(customer, '') = ''
	UNION ALL SELECT count(*), NULL FROM untidy WHERE l.name = 'without time' AND at IS NULL
	UNION ALL SELECT count(*), NULL FROM untidy WHERE l.name = 'without event' AND kind IS NULL
	UNION ALL SELECT count(*), count(DISTINCT customer) FROM untidy WHERE l.name = 'before 1971' AND at < '1971-01-01'
	UNION ALL SELECT count(*), count(DISTINCT customer) FROM untidy WHERE l.name = 'in the future' AND at > now() + interval '2 days'
	UNION ALL SELECT count(*), count(DISTINCT customer) FROM events_of WHERE l.name = 'events'
	UNION ALL SELECT sum(n - 1), count(DISTINCT customer) FROM (SELECT customer, count(*) AS n FROM events_of AS e GROUP BY customer, e.*) AS r WHERE n > 1 AND l.name = 'repeats'
	UNION ALL SELECT * FROM (SELECT count(*) AS n, 1 FROM events_of WHERE l.name = 'largest user' GROUP BY customer ORDER BY 1 DESC LIMIT 1) AS m
) AS p (rows, users) ON p.rows > 0
WHERE topic = 'log' AND l.name <> 'in the future';
SELECT rows, users, note ~ '^left out: from \d{4}-\d\d-\d\d on; ' AS told FROM looked WHERE name = 'in the future';
SELECT l.name, l.first_at, l.last_at FROM looked AS l WHERE l.topic = 'log' AND l.name ~ '1971|events';

-- when the log is complete; gaps; silence
WITH days AS (SELECT (at AT TIME ZONE 'UTC')::date AS day, count(DISTINCT customer) AS n FROM events_of GROUP BY 1)
SELECT last_at, last_at = (SELECT max(day) FROM days WHERE n >= (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY n) FROM days) / 10.0) AS same
FROM looked WHERE name = 'complete until';
WITH days AS (SELECT DISTINCT customer, (at AT TIME ZONE 'UTC')::date AS day FROM events_of),
	gaps AS (SELECT lead(day) OVER (PARTITION BY customer ORDER BY day) - day AS gap FROM days)
SELECT name, rows, days, rows = count(gap) AS same, days = percentile_disc(percent::float8 / 100) WITHIN GROUP (ORDER BY gap) AS same_days
FROM looked, gaps WHERE topic = 'gap' GROUP BY name, rows, days, percent ORDER BY days;
SELECT l.name, l.users, l.ended, l.percent, (SELECT (count(*), count(*) FILTER (WHERE silent)) = (l.users, l.ended) FROM (
		SELECT bool_and(at < first_at OR at >= last_at) AS silent FROM events_of GROUP BY customer
		HAVING bool_or(at >= first_at - l.days * interval '1 day' AND at < first_at)) AS u) AS same, note
FROM looked AS l WHERE topic = 'inactive';

-- the SQL that it gives takes each event once, and no other row
SELECT regexp_replace(note, 'at < ''.{10}', 'at < ''...') AS shown, note AS statement FROM looked WHERE topic = 'next' AND name = 'profiles' \gset
\echo :shown
:statement
SELECT count(*) AS users, count(DISTINCT customer) FROM untidy_profiles;
SELECT count(*) AS differ FROM untidy_profiles AS p
JOIN (SELECT customer, churn_profile(at, kind, visit, price, plan) AS profile FROM (SELECT DISTINCT * FROM events_of) AS e GROUP BY 1) AS o USING (customer)
WHERE p.profile <> o.profile;

-- The same in workers and from any source
ANALYZE untidy;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0.01;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT customer, sparkify_user_tally(at, kind, visit, price, plan, now(), true) FROM untidy GROUP BY customer;
SELECT count(*) AS differ FROM churn_describe_log('untidy', 'customer', 'at', 'kind', 'visit', 'price', 'plan') AS l
WHERE NOT EXISTS (SELECT FROM looked AS o WHERE o IS NOT DISTINCT FROM l);
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
SELECT count(*) AS differ FROM churn_describe_log('SELECT * FROM untidy ORDER BY price, random()', 'customer', 'at', 'kind', 'visit', 'price', 'plan') AS l
WHERE topic <> 'next' AND NOT EXISTS (SELECT FROM looked AS o WHERE o IS NOT DISTINCT FROM l);
SELECT note AS statement FROM churn_describe_log('SELECT * FROM untidy -- all', 'customer', 'at', 'kind') WHERE topic = 'next' AND name = 'profiles' \gset
:statement
SELECT count(*) FROM log_profiles;

-- A column may be named for several things; what is not on the search path is qualified
SELECT note AS statement FROM churn_describe_log('untidy', 'customer', 'at', 'kind', 'visit', NULL, 'customer') WHERE topic = 'next' AND name = 'profiles' \gset
DROP TABLE untidy_profiles;
:statement
SELECT count(*) FROM untidy_profiles;
SET search_path = '';
SELECT note FROM public.churn_describe_log('public.shop', 'customer', 'at', 'kind') WHERE topic = 'next' \g (format=unaligned tuples_only=on)
RESET search_path;
SELECT note FROM churn_describe_log($$SELECT repeat('long ', 30) AS u, now() AS t, 'e'::text AS e$$, 'u', 't', 'e') WHERE name = 'largest user';

-- More rows than are compared one by one: repeats are estimated
CREATE TABLE many AS SELECT 1 AS u, timestamp '2024-01-01' + i % 9000 * interval '1 min' AS t, 'e' AS e FROM generate_series(1, 12000) AS i;
SELECT name, rows BETWEEN 2000 AND 4000 AS near, note FROM churn_describe_log('many', 'u', 't', 'e') WHERE name = 'repeats';

-- Names that a program made
CREATE TABLE urls AS SELECT i % 3 AS u, date '2024-01-01' + i % 50 AS d, ('/item/' || i || '/' || (ARRAY['view', 'buy'])[1 + i % 2])::varchar AS e FROM generate_series(1, 900) AS i;
INSERT INTO urls SELECT u, d, 'home' FROM urls;
SELECT name, users, percent, note FROM churn_describe_log('urls', 'u', 'd', 'e') WHERE name LIKE 'users of%';
SELECT count(*) AS rows, max(name) AS last FROM churn_describe_log('urls', 'u', 'd', 'e') WHERE topic = 'event';
SELECT note FROM churn_describe_log('urls', 'u', 'd', 'e') WHERE topic = 'next' AND name = 'profiles' \gexec
SELECT count(*) FROM urls_profiles;
SELECT users, note FROM churn_describe_log($$SELECT 1 AS u, date '2024-01-01' AS d, chr(65 + i % 25) || chr(97 + i / 25) AS e FROM generate_series(1, 300) AS i$$, 'u', 'd', 'e') WHERE name LIKE 'users of%';
SELECT name, rows, users FROM churn_describe_log($$SELECT 1 AS u, date '2024-01-01' AS d, repeat('x', 254 + i) AS e FROM generate_series(1, 3) AS i$$, 'u', 'd', 'e')
WHERE topic = 'event' AND name LIKE '(%';

-- and of the events that mean leaving those alone that are made of them
SELECT note FROM churn_describe_log($$SELECT u, date '2024-01-01' + d AS d, 'item ' || u * 300 + d AS e FROM generate_series(1, 9) AS u, generate_series(1, 250) AS d
	UNION ALL SELECT u, '2024-10-01', 'closed on 2024-10-01' FROM generate_series(1, 9) AS u$$, 'u', 'd', 'e') WHERE topic = 'next' AND name = 'features';

-- Hostile names, of which none runs
CREATE SCHEMA "a schema";
CREATE TABLE "a schema"."it's; DROP TABLE shop; --" ("the ""user""" int, "when?" timestamp, "select" text, "profile" text);
INSERT INTO "a schema"."it's; DROP TABLE shop; --"
SELECT u, timestamp '2024-01-01' + d * interval '1 day', CASE WHEN d = 50 THEN E'it''s \\ over'']; DROP TABLE shop; --' ELSE 'use ' || d % 3 END, 'p' || u
FROM generate_series(1, 20) AS u, generate_series(1, 50) AS d;
SELECT note FROM churn_describe_log('"a schema"."it''s; DROP TABLE shop; --"', 'the "user"', 'when?', 'select') WHERE topic = 'next' \g (format=unaligned tuples_only=on)
SELECT note FROM churn_describe_log('"a schema"."it''s; DROP TABLE shop; --"', 'the "user"', 'when?', 'select') WHERE topic = 'next' AND name = 'profiles' \gexec
SELECT note FROM churn_describe_log('"a schema"."it''s; DROP TABLE shop; --"', 'profile', 'when?', 'select') WHERE topic = 'next' AND name IN ('profiles', 'model') \g (format=unaligned tuples_only=on)
SELECT count(*) FROM "it's; DROP TABLE shop; --_profiles";
SELECT note FROM churn_describe_log('"a schema"."it''s; DROP TABLE shop; --"', 'the "user"', 'when?', 'select') WHERE topic = 'next' AND name IN ('features', 'training') \gexec
SELECT count(*) AS rows, count(churned) AS labelled FROM "it's; DROP TABLE shop; --_training";
DROP VIEW "it's; DROP TABLE shop; --_training";
DROP FUNCTION "it's; DROP TABLE shop; --_features";
DROP TYPE "it's; DROP TABLE shop; --_features_row";
-- a long name leaves room for what is made of it, and a user's column may be called as a feature is
CREATE VIEW a_log_whose_name_is_as_long_as_the_name_of_a_table_may_ever_be_ AS SELECT customer AS level, at, kind FROM shop;
CREATE VIEW other_log AS SELECT customer AS sessions, at, kind FROM shop;
DO $$
DECLARE note text;
BEGIN
	FOR note IN SELECT l.note FROM churn_describe_log('a_log_whose_name_is_as_long_as_the_name_of_a_table_may_ever_be_', 'level', 'at', 'kind') AS l WHERE topic = 'next' LOOP
		EXECUTE note;
	END LOOP;
	FOR note IN SELECT l.note FROM churn_describe_log('other_log', 'sessions', 'at', 'kind') AS l WHERE topic = 'next' LOOP
		EXECUTE note;
	END LOOP;
END$$;
SELECT relname, relkind FROM pg_class WHERE relname ~ '^(other|a)_log_.*(model|features_row)$' ORDER BY 1;
DROP VIEW other_log_training, other_log, a_log_whose_name_is_as_long_as_the_name_of_a_table_training, a_log_whose_name_is_as_long_as_the_name_of_a_table_may_ever_be_;
DROP TABLE other_log_model, other_log_profiles, a_log_whose_name_is_as_long_as_the_name_of_a_table_ma_model, a_log_whose_name_is_as_long_as_the_name_of_a_table_profiles;
DROP FUNCTION other_log_features, a_log_whose_name_is_as_long_as_the_name_of_a_table_features;
DROP TYPE other_log_features_row, a_log_whose_name_is_as_long_as_the_name_of_a_table_features_row;

-- Columns as people have them
CREATE DOMAIN moment AS timestamptz;
CREATE TABLE typed AS SELECT md5(u::text)::uuid AS id, u AS n, u::numeric / 3 AS x, ('u' || u)::char(9) AS c, ('u' || u)::name AS nm, ARRAY[u] AS a, jsonb_build_object('u', u) AS j,
	('2024-01-01'::timestamptz + d * interval '1 day') AS tz, (timestamp '2024-01-01' + d * interval '1 day') AS t, date '2024-01-01' + d AS d, ('2024-01-01'::timestamptz + d * interval '1 day')::moment AS m,
	'view'::text AS text, 'view'::varchar(20) AS v, 'view'::char(9) AS ch, 'view'::name AS na, 'view'::shop_event AS en
FROM generate_series(1, 4) AS u, generate_series(1, 40) AS d;
INSERT INTO typed (c, d, text) VALUES ('', '2024-01-01', 'view');
SELECT u AS user_id, ts, event, l.rows, l.users, l.ended, l.first_at, l.last_at
FROM (VALUES ('id', 'tz', 'text'), ('n', 't', 'v'), ('x', 'd', 'ch'), ('c', 'm', 'na'), ('nm', 'd', 'en'), ('a', 'tz', 'text'), ('j', 'd', 'text')) AS c (u, ts, event),
	churn_describe_log('typed', u, ts, event) AS l WHERE topic = 'event';
SELECT name, rows FROM churn_describe_log('typed', 'c', 'd', 'text') WHERE name = 'without user';
SELECT name, rows, first_at, last_at FROM churn_describe_log($$VALUES (1, date '-infinity', 'e'), (1, '294277-01-01', 'e'), (1, '4713-02-01 BC', 'e'), (1, '2024-02-29', 'e')$$, 'column1', 'column2', 'column3')
WHERE topic = 'log' AND rows > 0 AND first_at IS NOT NULL;

-- What has too little in it
SELECT topic, name, rows, users, note FROM churn_describe_log('SELECT * FROM shop WHERE false', 'customer', 'at', 'kind');
SELECT topic, name, rows, users, ended, percent, per_user, note FROM churn_describe_log('SELECT * FROM shop WHERE customer = ''c7'' LIMIT 1', 'customer', 'at', 'kind');
SELECT topic, name, rows, note FROM churn_describe_log($$SELECT 1 AS u, now() + interval '9 days' AS t, 'e'::text AS e$$, 'u', 't', 'e') WHERE rows > 0 AND name <> 'in the future' OR topic <> 'log';

-- Whether leaving is certain, or not quite; whoever did nothing else may have come and gone
CREATE TABLE leaving AS
SELECT u, timestamp '2024-01-01' + d * interval '1 day' + u * interval '1 min' AS t, 'use'::text AS e FROM generate_series(1, 40) AS u, generate_series(1, 60) AS d WHERE u <= 20;
INSERT INTO leaving SELECT u, timestamp '2024-01-20' + u * interval '1 day', 'sign up' FROM generate_series(21, 40) AS u;
SELECT name, note FROM churn_describe_log('leaving', 'u', 't', 'e') WHERE topic = 'churn';
INSERT INTO leaving SELECT u, timestamp '2024-03-01' + u * interval '1 day', 'pause' FROM generate_series(1, 8) AS u;
INSERT INTO leaving VALUES (1, '2024-05-01', 'use'), (2, '2024-05-01', 'use');
SELECT name, rows, users, ended, percent, note FROM churn_describe_log('leaving', 'u', 't', 'e') WHERE topic = 'churn';
INSERT INTO leaving SELECT u, timestamp '2024-05-02', 'delete account' FROM generate_series(1, 5) AS u;
SELECT name, rows, users, ended, percent, note FROM churn_describe_log('leaving', 'u', 't', 'e') WHERE topic = 'churn';

-- Refusals
\set VERBOSITY default
SELECT churn_describe_log(NULL, 'customer', 'at', 'kind');
SELECT churn_describe_log('shop', NULL, 'at', 'kind');
SELECT churn_describe_log('shop', 'user', 'at', 'kind');
SELECT churn_describe_log('shop', 'customer', 'ts', 'kind');
SELECT churn_describe_log('shop', 'customer', 'at', 'event');
SELECT churn_describe_log('shop', 'customer', 'at', 'kind', 'session');
SELECT churn_describe_log('shop', 'customer', 'at', 'kind', NULL, 'amount');
SELECT churn_describe_log('shop', 'customer', 'at', 'kind', NULL, NULL, 'level');
CREATE TABLE wrong (u json, epoch bigint, "text" text, n int, money money, b boolean, f float8, a text[]);
SELECT churn_describe_log('wrong', 'u', 'epoch', 'text');
SELECT churn_describe_log('wrong', 'n', 'epoch', 'text');
SELECT churn_describe_log('wrong', 'n', 'text', 'text');
SELECT churn_describe_log('shop', 'customer', 'at', 'visit');
SELECT churn_describe_log('shop', 'customer', 'at', 'kind', 'price');
SELECT churn_describe_log('SELECT *, now() AS at FROM wrong', 'n', 'at', 'text', NULL, 'money');
SELECT churn_describe_log('SELECT *, now() AS at FROM wrong', 'n', 'at', 'text', NULL, NULL, 'b');
SELECT churn_describe_log('SELECT *, now() AS at FROM wrong', 'n', 'at', 'a');
SELECT churn_describe_log($$VALUES (1, timestamp '2024-01-01', 'buy', 'NaN'::float8)$$, 'column1', 'column2', 'column3', NULL, 'column4');
SELECT churn_describe_log((SELECT 'SELECT ' || string_agg(i || ' AS c' || i, ', ') FROM generate_series(1, 50) AS i), 'u', 'd', 'e');
SELECT churn_describe_log('nowhere', 'customer', 'at', 'kind');
SELECT churn_describe_log('DELETE FROM shop', 'customer', 'at', 'kind');
SELECT churn_describe_log('WITH gone AS (DELETE FROM shop RETURNING *) SELECT * FROM gone', 'customer', 'at', 'kind');
SELECT churn_describe_log('SELECT * FROM shop FOR UPDATE', 'customer', 'at', 'kind');
SELECT churn_describe_log('SELECT customer, at, kind, 1 / (visit - visit) FROM shop', 'customer', 'at', 'kind', '?column?');

-- The caller's rights are what counts
CREATE ROLE regress_churn_looker;
SET ROLE regress_churn_looker;
SELECT churn_describe_log('shop', 'customer', 'at', 'kind');
RESET ROLE;
GRANT SELECT (customer, at, kind) ON shop TO regress_churn_looker;
SET ROLE regress_churn_looker;
SELECT churn_describe_log('shop', 'customer', 'at', 'kind', 'visit');
SELECT count(*) FROM churn_describe_log('SELECT customer, at, kind FROM shop', 'customer', 'at', 'kind') WHERE topic = 'event';
RESET ROLE;

-- what users do not do themselves: mails keep nobody alive, and are no day of anybody
CREATE TABLE mailed AS
SELECT u, timestamp '2024-01-01' + d * interval '1 day' + u * interval '1 minute' AS t, e
FROM generate_series(1, 40) u, generate_series(0, 119) d, LATERAL (
	SELECT 'mail' AS e WHERE d % 3 = 0 UNION ALL SELECT 'use' WHERE (u * 7 + d) % 4 = 0 AND (u % 4 > 0 OR d < 50)
	UNION ALL SELECT 'leave' WHERE u % 8 = 0 AND d = 50) x;
SELECT topic, name, rows, users, ended, days FROM churn_describe_log('mailed', 'u', 't', 'e') WHERE topic IN ('churn', 'gap', 'inactive', 'event') OR name = 'events';
SELECT topic, name, rows, users, ended, days FROM churn_describe_log('mailed', 'u', 't', 'e', ignore => '{mail}') WHERE topic IN ('churn', 'gap', 'inactive', 'event') OR name = 'events';
-- gaps and silence are those of a log without them
SELECT count(*) AS differ FROM (
	SELECT topic, name, users, ended, percent, days, first_at, last_at FROM churn_describe_log('mailed', 'u', 't', 'e', ignore => '{mail}') WHERE topic IN ('gap', 'inactive')
	EXCEPT SELECT topic, name, users, ended, percent, days, first_at, last_at FROM churn_describe_log($$SELECT * FROM mailed WHERE e <> 'mail'$$, 'u', 't', 'e')) AS d;
SELECT note FROM churn_describe_log($$SELECT * FROM mailed WHERE e <> 'leave'$$, 'u', 't', 'e', ignore => '{mail,in''voice}') WHERE name = 'training';
SELECT topic, name, rows, users, ended FROM churn_describe_log('mailed', 'u', 't', 'e', ignore => '{mail,use,leave}') WHERE topic IN ('churn', 'event', 'inactive') OR name IN ('events', 'complete until');
SELECT count(*) AS differ FROM (SELECT * FROM churn_describe_log('mailed', 'u', 't', 'e') EXCEPT ALL SELECT * FROM churn_describe_log('mailed', 'u', 't', 'e', ignore => '{}')) AS d;
SELECT churn_describe_log('mailed', 'u', 't', 'e', ignore => '{mail,NULL}');
DROP TABLE mailed;

DROP VIEW plain_events, events_of;
DROP TABLE shop, untidy, looked, many, urls, typed, leaving, wrong, untidy_profiles, log_profiles, urls_profiles, "it's; DROP TABLE shop; --_profiles";
DROP SCHEMA "a schema" CASCADE;
DROP DOMAIN moment;
DROP TYPE shop_event;
DROP ROLE regress_churn_looker;

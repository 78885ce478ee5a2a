-- churn_profile of any log: what it counts, the same whatever the plan
SET timezone = 'America/New_York';	-- nothing may depend on it
SET jit = off;	-- of queries over functions that return rows it would compile too much

-- what a profile says, one row for each thing
CREATE FUNCTION counts(p churn_profile) RETURNS TABLE (day date, event text, events bigint, amounts bigint, gained numeric, refunded numeric)
LANGUAGE sql IMMUTABLE AS $$
	SELECT (d ->> 'day')::date, e.key,
		CASE jsonb_typeof(e.value) WHEN 'number' THEN e.value::text::bigint ELSE (e.value ->> 'events')::bigint END,
		CASE jsonb_typeof(e.value) WHEN 'number' THEN 0 ELSE (e.value ->> 'amounts')::bigint END,
		CASE jsonb_typeof(e.value) WHEN 'number' THEN 0 ELSE coalesce((e.value ->> 'sum')::numeric, 0) END,
		CASE jsonb_typeof(e.value) WHEN 'number' THEN 0 ELSE coalesce((e.value ->> 'refunds')::numeric, 0) END
	FROM jsonb_array_elements(p::jsonb -> 'days') AS d,
		LATERAL (SELECT * FROM jsonb_each(d -> 'events') UNION ALL SELECT NULL, d -> 'other_events' WHERE d ? 'other_events') AS e (key, value) $$;
CREATE FUNCTION sessions(p churn_profile) RETURNS TABLE (day date, id bigint, hash text, first timestamptz, last timestamptz)
LANGUAGE sql IMMUTABLE AS $$
	SELECT (d ->> 'day')::date, (s ->> 'id')::bigint, s ->> 'hash', (s ->> 'first')::timestamptz, (s ->> 'last')::timestamptz
	FROM jsonb_array_elements(p::jsonb -> 'days') AS d, jsonb_array_elements(d -> 'sessions') AS s $$;
CREATE FUNCTION levels(p churn_profile) RETURNS TABLE (day date, level text, events bigint)
LANGUAGE sql IMMUTABLE AS $$
	SELECT (d ->> 'day')::date, l.key, l.value::bigint
	FROM jsonb_array_elements(p::jsonb -> 'days') AS d, jsonb_each_text(coalesce(d -> 'levels', '{}')) AS l $$;
CREATE FUNCTION days(p churn_profile) RETURNS TABLE (day date, hours bigint, last_level text, last_level_at timestamptz)
LANGUAGE sql IMMUTABLE AS $$
	SELECT (d ->> 'day')::date, coalesce((d ->> 'hours')::bigint, 0), d ->> 'last_level', (d ->> 'last_level_at')::timestamptz
	FROM jsonb_array_elements(p::jsonb -> 'days') AS d $$;

-- without ids, less than 30 minutes of silence keep a session, and midnight UTC parts it
SELECT to_char(first AT TIME ZONE 'UTC', 'DD HH24:MI:SS.US') AS first, to_char(last AT TIME ZONE 'UTC', 'DD HH24:MI:SS.US') AS last FROM (
	SELECT churn_profile(t, 'x') AS p FROM unnest('{2024-03-01 10:00:00, 2024-03-01 10:29:59.999999, 2024-03-01 10:59:59.999999,
		2024-03-01 23:50:00, 2024-03-02 00:10:00, 2024-03-02 00:39:59.999999}'::timestamp[]) AS t) AS x, sessions(p);
-- an event in between joins two, whenever it comes
SELECT count(*) FROM (SELECT churn_profile(t, 'x' ORDER BY n) AS p FROM unnest('{2024-03-01 10:00:00, 2024-03-01 10:40:00, 2024-03-01 10:20:00}'::timestamp[]) WITH ORDINALITY AS t (t, n)) AS x, sessions(p);
-- with an id, silence and other sessions between do not matter; a text is not the number that it looks like
SELECT id, hash, first AT TIME ZONE 'UTC' AS first, last AT TIME ZONE 'UTC' AS last FROM (SELECT churn_profile(t, 'x', s) AS p
	FROM (VALUES ('2024-03-01 01:00:00'::timestamp, 1), ('2024-03-01 02:00:00', 2), ('2024-03-01 03:00:00', NULL), ('2024-03-01 09:00:00', 1), ('2024-03-02 01:00:00', 1)) AS v (t, s)) AS x, sessions(p);
SELECT count(*) FROM sessions(churn_profile_merge((SELECT churn_profile('2024-03-01'::date, 'x', 1)), (SELECT churn_profile('2024-03-01'::date, 'x', '1'::text))));
-- the last level is that of the last event that has one; of several at that time the same one, in any order
SELECT last_level, to_char(last_level_at AT TIME ZONE 'UTC', 'HH24:MI') AS at FROM (SELECT churn_profile(t, 'x', NULL, NULL, l) AS p
	FROM (VALUES ('2024-03-01 01:00:00'::timestamp, 'paid'), ('2024-03-01 02:00:00', 'free'), ('2024-03-01 03:00:00', NULL)) AS v (t, l)) AS x, days(p);
SELECT count(DISTINCT p) AS same FROM (
	SELECT churn_profile('2024-03-01'::date, 'x', NULL, NULL, l ORDER BY l) FROM unnest('{a,b,c,1}'::text[]) AS l UNION ALL
	SELECT churn_profile('2024-03-01'::date, 'x', NULL, NULL, l ORDER BY l DESC) FROM unnest('{a,b,c,1}'::text[]) AS l) AS x (p);

-- a log with everything: many times half an hour apart and at midnight, ties, refunds, sessions with and without ids
CREATE TABLE log AS
SELECT g % 31 AS userid,
	'2024-03-01 00:00:00'::timestamp + (g * 7919 % 700) * interval '30 minutes' + (g * 104729 % 7 - 3) * interval '9 minutes 59.999999 seconds' AS ts,
	(ARRAY['view', 'view', 'view', 'search', 'add to cart', 'buy', 'sign "out"', 'Größe wählen', '', '😀', 'step 1', '/help', 'View'])[1 + g * 31 % 13] AS event,
	CASE WHEN g % 3 > 0 THEN g * 7919 % 700 / 20 END AS session,
	CASE WHEN g * 31 % 13 IN (5, 10) AND g % 4 > 0 THEN (g * 7919 % 100003 - 20000) / 1000.0 END AS amount,
	(ARRAY['free', 'paid', 'trial 1', NULL])[1 + g * 13 % 4] AS level
FROM generate_series(1, 20000) AS g;
ANALYZE log;
CREATE TABLE whole AS SELECT userid, churn_profile(ts, event, session, amount, level) AS p FROM log GROUP BY userid;
SELECT count(*) AS users, sum((SELECT sum(events) FROM counts(p))) AS events, count(*) FILTER (WHERE p::text::churn_profile = p) AS same FROM whole;

-- the same by plain SQL: all that is there, and nothing else
CREATE TABLE plain_counts AS
SELECT userid, ts::date AS day, event, count(*) AS events, count(amount) AS amounts,
	coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS gained, coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS refunded
FROM log GROUP BY 1, 2, 3;
CREATE TABLE plain_sessions AS
SELECT userid, ts::date AS day, session::bigint AS id, min(ts) AT TIME ZONE 'UTC' AS first, max(ts) AT TIME ZONE 'UTC' AS last
FROM log WHERE session IS NOT NULL GROUP BY 1, 2, 3
UNION ALL
SELECT userid, day, NULL, min(ts) AT TIME ZONE 'UTC', max(ts) AT TIME ZONE 'UTC' FROM (
	SELECT *, count(*) FILTER (WHERE silence IS NULL OR silence >= interval '30 minutes') OVER (PARTITION BY userid, day ORDER BY ts, n) AS nth FROM (
		SELECT userid, ts::date AS day, ts, row_number() OVER w AS n, ts - lag(ts) OVER w AS silence
		FROM log WHERE session IS NULL WINDOW w AS (PARTITION BY userid, ts::date ORDER BY ts)) AS a) AS b
GROUP BY userid, day, nth;
CREATE TABLE plain_levels AS
SELECT userid, ts::date AS day, level, count(*) AS events FROM log WHERE level IS NOT NULL GROUP BY 1, 2, 3;
CREATE TABLE plain_days AS
SELECT userid, ts::date AS day, sum(extract(hour FROM ts))::bigint AS hours, max(ts) FILTER (WHERE level IS NOT NULL) AT TIME ZONE 'UTC' AS last_level_at FROM log GROUP BY 1, 2;
SELECT (SELECT count(*) FROM plain_counts) > 5000 AS many,
	(SELECT count(*) FROM (SELECT userid, c.* FROM whole, counts(p) AS c EXCEPT ALL TABLE plain_counts) AS x) AS too_many,
	(SELECT count(*) FROM (TABLE plain_counts EXCEPT ALL SELECT userid, c.* FROM whole, counts(p) AS c) AS x) AS missing;
SELECT (SELECT count(*) FROM plain_sessions WHERE id IS NULL AND first < last) > 1000 AS many,
	(SELECT count(*) FROM (SELECT userid, day, id, first, last FROM whole, sessions(p) EXCEPT ALL TABLE plain_sessions) AS x) AS too_many,
	(SELECT count(*) FROM (TABLE plain_sessions EXCEPT ALL SELECT userid, day, id, first, last FROM whole, sessions(p)) AS x) AS missing;
SELECT (SELECT count(*) FROM (SELECT userid, l.* FROM whole, levels(p) AS l EXCEPT ALL TABLE plain_levels) AS x) AS too_many,
	(SELECT count(*) FROM (TABLE plain_levels EXCEPT ALL SELECT userid, l.* FROM whole, levels(p) AS l) AS x) AS missing;
SELECT (SELECT count(*) FROM (SELECT userid, day, hours, last_level_at FROM whole, days(p) EXCEPT ALL TABLE plain_days) AS x) AS too_many,
	(SELECT count(*) FROM (TABLE plain_days EXCEPT ALL SELECT userid, day, hours, last_level_at FROM whole, days(p)) AS x) AS missing,
	(SELECT count(*) FROM whole AS w, days(p) AS d WHERE last_level IS NOT NULL AND NOT EXISTS (
		SELECT FROM log AS l WHERE l.userid = w.userid AND l.ts AT TIME ZONE 'UTC' = d.last_level_at AND l.level = d.last_level)) AS wrong_level;
SELECT count(*) FROM whole JOIN (SELECT userid, max(ts::date) AS last FROM log GROUP BY userid) AS l USING (userid) WHERE churn_last_day(p) = last;

-- any order, and parts of any kind, give the same bytes
SELECT count(*) FROM whole JOIN (SELECT userid, churn_profile(ts, event, session, amount, level ORDER BY ts DESC, level) AS q FROM log GROUP BY userid) AS o USING (userid) WHERE p = q;
CREATE TABLE daily AS SELECT userid, ts::date AS day, churn_profile(ts, event, session, amount, level) AS p FROM log GROUP BY 1, 2;
SELECT count(*) FROM whole AS w JOIN (SELECT userid, churn_profile_merge(p ORDER BY day DESC) AS q FROM daily GROUP BY userid) AS m USING (userid) WHERE p = q;
SELECT count(*) FROM whole AS w JOIN (SELECT userid, churn_profile_merge(churn_profile_merge(p) FILTER (WHERE extract(day FROM day)::int % 2 = 0), churn_profile_merge(p) FILTER (WHERE extract(day FROM day)::int % 2 = 1)) AS q
	FROM daily GROUP BY userid) AS m USING (userid) WHERE p = q;
SELECT count(*) FROM whole AS w JOIN (
	SELECT userid, churn_profile_merge(p) AS q FROM (
		SELECT userid, churn_profile(ts, event, session, amount, level) AS p FROM log GROUP BY userid, hashtext(log::text) % 5) AS parts
	GROUP BY userid) AS m USING (userid) WHERE w.p = q;
SELECT churn_profile_merge(p, NULL) = p AS same, churn_profile_merge(NULL, p) = p AS same, churn_profile_merge(p, p) = p AS twice FROM whole WHERE userid = 3;
SELECT churn_profile_merge(p) IS NULL AS nothing FROM whole WHERE false;
-- fewer arguments are the same profile with less in it
SELECT (SELECT churn_profile(ts, event) FROM log) = (SELECT churn_profile(ts, event, NULL) FROM log) AS no_session,
	(SELECT churn_profile(ts, event, session) FROM log) = (SELECT churn_profile(ts, event, session, NULL, NULL) FROM log) AS no_amount,
	(SELECT churn_profile(ts, event, session, amount) FROM log) = (SELECT churn_profile(ts, event, session, amount, NULL::text) FROM log) AS no_level;

-- aggregates as SQL has them: DISTINCT, FILTER, grouping sets, windows
SELECT churn_profile(DISTINCT ts, event) = (SELECT churn_profile(ts, event) FROM (SELECT DISTINCT ts, event FROM log) AS d) AS of_distinct FROM log;
SELECT count(*) FROM (SELECT userid, churn_profile(ts, event) FILTER (WHERE event LIKE 'v%') AS a FROM log GROUP BY userid) AS f
	JOIN (SELECT userid, churn_profile(ts, event) AS b FROM log WHERE event LIKE 'v%' GROUP BY userid) AS w USING (userid) WHERE a = b;
SELECT count(*) FILTER (WHERE userid IS NULL) AS whole, count(w.p) AS users, count(*) FILTER (WHERE q = coalesce(w.p, (SELECT churn_profile_merge(p) FROM whole))) AS same FROM (
	SELECT userid, churn_profile(ts, event, session, amount, level) AS q FROM log GROUP BY GROUPING SETS ((userid), ())) AS s LEFT JOIN whole AS w USING (userid);
SELECT count(*) FILTER (WHERE userid IS NULL AND level IS NULL AND g = 3) AS whole, count(*) FILTER (WHERE g = 1) AS users, count(DISTINCT q) FILTER (WHERE g = 2) AS levels FROM (
	SELECT userid, level, grouping(userid, level) AS g, churn_profile(ts, event) AS q FROM log GROUP BY CUBE (userid, level)) AS c;
SELECT count(*) AS rows, count(*) FILTER (WHERE churn_last_day(q) = ts::date) AS until_then, bool_and(q = p) FILTER (WHERE next IS NULL) AS whole_at_end FROM (
	SELECT ts, churn_profile(ts, event, session, amount, level) OVER w AS q, lead(ts) OVER w AS next, (SELECT p FROM whole WHERE userid = 5)
	FROM log WHERE userid = 5 WINDOW w AS (ORDER BY ts, event, session, amount, level ROWS UNBOUNDED PRECEDING)) AS x;

-- parallel workers: the plan, and the same bytes
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT userid, churn_profile(ts, event) FROM log GROUP BY userid;
EXPLAIN (COSTS OFF) SELECT userid, churn_profile(ts, event, session, amount, level) FROM log GROUP BY userid;
EXPLAIN (COSTS OFF) SELECT churn_profile(ts::date, event) FROM log;
SELECT count(*) FROM whole JOIN (SELECT userid, churn_profile(ts, event, session, amount, level) AS q FROM log GROUP BY userid) AS o USING (userid) WHERE p = q;
SELECT count(DISTINCT q) FROM (
	SELECT churn_profile_merge(p) AS q FROM daily UNION ALL
	SELECT churn_profile_merge(p) FROM whole UNION ALL
	SELECT churn_profile(ts, event, session, amount, level) FROM log) AS x;
RESET max_parallel_workers_per_gather;

-- hash aggregation that spills: many users, little memory
CREATE TABLE crowd AS
SELECT g * 7919 % 3000 AS userid, '2024-03-01 00:00:00'::timestamp + g * interval '97 seconds' AS ts, 'event ' || g % 40 AS event,
	g % 5 AS session, g % 1000 / 100.0 AS amount, 'level ' || g % 3 AS level
FROM generate_series(1, 30000) AS g;
ANALYZE crowd;
SET enable_sort = off;
SET max_parallel_workers_per_gather = 0;
CREATE FUNCTION hash_batches(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, FORMAT json) ' || query INTO plan;
	RETURN plan #>> '{0,Plan,HashAgg Batches}';
END$$;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT hash_batches('SELECT userid, churn_profile(ts, event, session, amount, level) FROM crowd GROUP BY userid') > 1 AS spills;
CREATE TABLE spilled AS SELECT userid, churn_profile(ts, event, session, amount, level) AS p FROM crowd GROUP BY userid;
SET work_mem = '256MB';
SELECT hash_batches('SELECT userid, churn_profile(ts, event, session, amount, level) FROM crowd GROUP BY userid') AS batches;
SELECT count(*), count(*) FILTER (WHERE p = q) AS same FROM spilled
	JOIN (SELECT userid, churn_profile(ts, event, session, amount, level) AS q FROM crowd GROUP BY userid) AS o USING (userid);
SET enable_sort = on;
SET enable_hashagg = off;
SELECT count(*) FILTER (WHERE p = q) AS same FROM spilled
	JOIN (SELECT userid, churn_profile(ts, event, session, amount, level) AS q FROM crowd GROUP BY userid) AS o USING (userid);
RESET enable_hashagg;
RESET work_mem;
RESET hash_mem_multiplier;
RESET max_parallel_workers_per_gather;

-- more names and levels than are kept: the same ones are, whatever the order and the parts
CREATE TABLE names AS
SELECT '2024-03-01 00:00:00'::timestamp + g * interval '7 minutes' AS ts,
	CASE WHEN g % 3 = 0 THEN 'purchase' WHEN g % 3 = 1 THEN '/item/' || g % 1777 ELSE 'open ' || chr(97 + g % 26) || chr(97 + g / 26 % 26) END AS event,
	g % 11 - 3.5 AS amount, 'level ' || g % 101 AS level
FROM generate_series(1, 9000) AS g;
CREATE TABLE capped AS SELECT churn_profile(ts, event, NULL, amount, level) AS p FROM names;
SELECT p::jsonb - 'days' AS header, p::text::churn_profile = p AS same FROM capped;
SELECT count(DISTINCT event) AS names, sum(events) AS events, sum(gained - refunded) = (SELECT sum(amount) FROM names) AS net,
	count(DISTINCT event) FILTER (WHERE event LIKE 'open%') = (SELECT count(DISTINCT event) FROM names WHERE event LIKE 'open%') AS without_digits,
	bool_or(event = 'purchase') AS purchase FROM capped, counts(p);
SELECT count(*) AS wrong FROM (SELECT event, sum(events) AS events, sum(amounts) AS amounts, sum(gained) AS gained, sum(refunded) AS refunded FROM capped, counts(p) WHERE event IS NOT NULL GROUP BY event
	EXCEPT SELECT event, count(*), count(amount), sum(greatest(amount, 0)), -sum(least(amount, 0)) FROM names GROUP BY event) AS x;
SELECT count(DISTINCT level) AS levels, sum(events) AS events FROM capped, levels(p);
SELECT count(*) AS ways, count(*) FILTER (WHERE q = p) AS same FROM capped, (
	SELECT churn_profile(ts, event, NULL, amount, level ORDER BY ts DESC) FROM names UNION ALL
	SELECT churn_profile(ts, event, NULL, amount, level ORDER BY event) FROM names UNION ALL
	SELECT churn_profile_merge(q) FROM (SELECT churn_profile(ts, event, NULL, amount, level) AS q FROM names GROUP BY ts::date) AS x UNION ALL
	SELECT churn_profile_merge(q ORDER BY h) FROM (SELECT hashtext(event) % 7 AS h, churn_profile(ts, event, NULL, amount, level) AS q FROM names GROUP BY 1) AS x UNION ALL
	SELECT churn_profile_merge(q ORDER BY h DESC) FROM (SELECT hashtext(level) % 3 AS h, churn_profile(ts, event, NULL, amount, level) AS q FROM names GROUP BY 1) AS x) AS w (q);

DROP TABLE log, whole, plain_counts, plain_sessions, plain_levels, plain_days, daily, crowd, spilled, names, capped;
DROP FUNCTION counts, sessions, levels, days, hash_batches;

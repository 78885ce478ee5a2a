-- Features of any log: rows by a recipe, and accessors
\set SHOW_CONTEXT errors
CREATE SCHEMA regress_log_features;
SET search_path = regress_log_features, public;

-- a shop: 40 customers, 60 days, sessions with and without an id, also across midnight
CREATE TABLE shop AS
SELECT u AS customer, TIMESTAMPTZ '2024-01-01 UTC' + ((u * 31 + i * 7919) % 86400 / 60 + (i * i * 13 + u * 7) % 60 * 1440) * interval '1 min' AS at,
	(ARRAY['view', 'view', 'view', 'search', 'Add to Cart', 'purchase', 'refund', 'cancel'])[1 + (u * 5 + i * 11) % (7 + (i % 23 = 0)::int)] AS event,
	CASE WHEN (u + i) % 3 > 0 THEN (u * 17 + i) % 30 END AS visit,
	CASE WHEN (u * 5 + i * 11) % (7 + (i % 23 = 0)::int) IN (5, 6) THEN ((i * 37 + u) % 1000 - 200) / 4.0 END AS price,
	CASE WHEN i % 4 > 0 THEN (ARRAY['free', 'gold', 'silver'])[1 + (u + i / 20) % 3] END AS plan
FROM generate_series(1, 40) AS u, generate_series(1, 60 + u) AS i;
CREATE TABLE profiles AS
SELECT customer, churn_profile(at, event, visit, price, plan) AS profile FROM shop GROUP BY customer;
ANALYZE shop, profiles;

-- which columns there are is returned; who leaves is left out
SELECT kind, subject, users, events, cardinality(columns) AS columns, left_out
FROM churn_define_features('shop_features', 'SELECT profile FROM profiles', exclude => '{cancel}');
SELECT attname, format_type(atttypid, atttypmod) AS type, col_description(attrelid, attnum) AS meaning
FROM pg_attribute WHERE attrelid = 'shop_features_row'::regclass AND (attname !~ '^(add|view|search|refund)_') ORDER BY attnum;

-- inlined, and called once a row, where it stands in FROM
SELECT count(set_config(name, 'off', false)) AS settings FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
		RETURN NEXT regexp_replace(line, '''\{.*\}''', '''{...}''');
	END LOOP;
END $$;
SELECT * FROM plan_of('SELECT customer, f.events, f.purchase_sum FROM profiles AS p, shop_features(p.profile, ''2024-02-01'') AS f');
SELECT * FROM plan_of('SELECT (shop_features(profile)).events FROM profiles');
CREATE VIEW training AS
SELECT customer, d AS as_of, f.* FROM profiles AS p, churn_dates('2023-12-25', '2024-03-10', '5 days') AS d, shop_features(p.profile, d) AS f;

-- the same by another road: events one by one, in plain SQL
CREATE FUNCTION share(a float8, b float8) RETURNS float8 IMMUTABLE LANGUAGE sql AS 'SELECT CASE WHEN b > 0 THEN a / b END';
CREATE VIEW before AS
SELECT t.customer, as_of, s.*, (at AT TIME ZONE 'UTC')::date AS day, as_of - (at AT TIME ZONE 'UTC')::date AS age
FROM (SELECT DISTINCT customer, as_of FROM training) AS t
	LEFT JOIN LATERAL (SELECT at, event, visit, price, plan FROM shop AS s WHERE s.customer = t.customer AND at < as_of::timestamp AT TIME ZONE 'UTC') AS s ON true;
CREATE VIEW by_sql AS
SELECT customer, as_of, count(at) AS events, count(at) FILTER (WHERE age <= 7) AS events_7d, count(DISTINCT day) AS active_days,
	count(DISTINCT day) FILTER (WHERE age <= 28) AS active_days_28d,
	share(count(DISTINCT day), as_of - min(day)) AS active_day_share,
	extract(epoch FROM as_of::timestamp AT TIME ZONE 'UTC' - max(at)) / 86400.0 AS days_since_last,
	extract(epoch FROM as_of::timestamp AT TIME ZONE 'UTC' - min(at)) / 86400.0 AS tenure_days,
	avg(extract(hour FROM at AT TIME ZONE 'UTC')) AS mean_hour,
	count(*) FILTER (WHERE event = 'purchase') AS purchase_count,
	count(*) FILTER (WHERE event = 'purchase' AND age <= 28) AS purchase_28d,
	as_of - max(day) FILTER (WHERE event = 'purchase') AS purchase_days_since,
	share(count(DISTINCT day) FILTER (WHERE event = 'purchase'), count(DISTINCT day)) AS purchase_day_share,
	coalesce(sum(price) FILTER (WHERE event = 'purchase' AND price > 0), 0) AS purchase_sum,
	coalesce(sum(price) FILTER (WHERE event = 'purchase' AND price > 0 AND age <= 7), 0) AS purchase_sum_7d,
	coalesce(-sum(price) FILTER (WHERE event = 'purchase' AND price < 0), 0) AS purchase_refunds,
	coalesce(-sum(price) FILTER (WHERE event = 'purchase' AND price < 0 AND age <= 28), 0) AS purchase_refunds_28d,
	coalesce(sum(price) FILTER (WHERE event = 'purchase'), 0) AS purchase_net,
	coalesce(sum(price) FILTER (WHERE event = 'purchase' AND age <= 28), 0) AS purchase_net_28d,
	avg(price) FILTER (WHERE event = 'purchase') AS purchase_mean,
	count(*) FILTER (WHERE event = 'Add to Cart') AS add_to_cart_count,
	share(count(*) FILTER (WHERE plan = 'gold'), count(plan)) AS level_gold_share
FROM before GROUP BY customer, as_of;
-- trends, and changes between neighbouring windows, of 7 days
CREATE VIEW trends_by_sql AS
SELECT customer, as_of, CASE WHEN known > 7 THEN share(v7 / 7.0 - (v - v7) / (known - 7.0), v7 / 7.0 + (v - v7) / (known - 7.0)) END AS view_trend_7d,
	CASE WHEN known > 7 THEN share(v7 / 7.0 - v14 / least(7, known - 7.0), v7 / 7.0 + v14 / least(7, known - 7.0)) END AS view_change_7d,
	CASE WHEN known > 7 THEN share(e7 / 7.0 - (e - e7) / (known - 7.0), e7 / 7.0 + (e - e7) / (known - 7.0)) END AS events_trend_7d
FROM (SELECT customer, as_of, as_of - min(day) AS known, count(*) FILTER (WHERE event = 'view') AS v, count(*) FILTER (WHERE event = 'view' AND age <= 7) AS v7,
		count(*) FILTER (WHERE event = 'view' AND age BETWEEN 8 AND 14) AS v14, count(at) AS e, count(*) FILTER (WHERE age <= 7) AS e7
	FROM before GROUP BY customer, as_of) AS c;
-- sessions: by id, or by 30 minutes of silence
CREATE VIEW sessions_by_sql AS
SELECT customer, as_of, count(last) AS sessions, count(*) FILTER (WHERE as_of - (last AT TIME ZONE 'UTC')::date <= 7) AS sessions_7d,
	extract(epoch FROM avg(last - first)) / 3600.0 AS avg_session_hours,
	share(extract(epoch FROM max(first) - min(first))::float8 / 86400, count(*) - 1) AS avg_session_gap_days
FROM (SELECT customer, as_of, visit, part, min(at) AS first, max(at) AS last
	FROM (SELECT *, CASE WHEN visit IS NULL THEN sum(starts) OVER (PARTITION BY customer, as_of, visit IS NULL ORDER BY at) END AS part
		FROM (SELECT *, (at - lag(at) OVER (PARTITION BY customer, as_of, visit IS NULL ORDER BY at) >= interval '30 min')::int AS starts FROM before) AS b) AS c
	GROUP BY customer, as_of, visit, part) AS s
GROUP BY customer, as_of;
CREATE FUNCTION differ(a jsonb, b jsonb) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s: %s, not %s', key, coalesce(y, 'null'), coalesce(x, 'null')) FROM (SELECT key, a ->> key AS x, b ->> key AS y FROM jsonb_object_keys(a) AS key) AS k
	WHERE (x IS NULL) <> (y IS NULL) OR abs(x::numeric - y::numeric) > 1e-9 * (1 + abs(x::numeric)) $$;
SELECT count(*), count(*) FILTER (WHERE events = 0) AS without_events, count(*) FILTER (WHERE level IS NULL) AS without_level FROM training;
SELECT e.customer, e.as_of, d FROM by_sql AS e JOIN training AS t USING (customer, as_of), differ(to_jsonb(e) - 'customer' - 'as_of', to_jsonb(t)) AS d ORDER BY 1, 2, 3 LIMIT 10;
SELECT e.customer, e.as_of, d FROM trends_by_sql AS e JOIN training AS t USING (customer, as_of), differ(to_jsonb(e) - 'customer' - 'as_of', to_jsonb(t)) AS d ORDER BY 1, 2, 3 LIMIT 10;
SELECT e.customer, e.as_of, d FROM sessions_by_sql AS e JOIN training AS t USING (customer, as_of), differ(to_jsonb(e) - 'customer' - 'as_of', to_jsonb(t)) AS d ORDER BY 1, 2, 3 LIMIT 10;
-- the level is that of the latest event with one; of equally late ones any will do here
SELECT count(*) FROM training AS t WHERE level IS NOT NULL AND level NOT IN
	(SELECT plan FROM before AS b WHERE b.customer = t.customer AND b.as_of = t.as_of AND plan IS NOT NULL ORDER BY at DESC FETCH FIRST 1 ROW WITH TIES);
-- without as_of all counts, up to the last event
SELECT count(*), bool_and(f.events = e.n AND f.days_since_last = 0) AS same
FROM profiles AS p JOIN (SELECT customer, count(*) AS n FROM shop GROUP BY customer) AS e USING (customer), shop_features(p.profile) AS f;
-- workers make the same rows
CREATE TABLE serial AS SELECT * FROM training;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT regexp_replace(p, ' on .*', '') AS plan FROM plan_of('SELECT count(*), sum(f.purchase_sum) FROM profiles AS p, shop_features(p.profile, ''2024-02-01'') AS f') AS p WHERE p !~ 'Output|Call|Workers';
CREATE TABLE parallel AS SELECT customer, f.* FROM profiles AS p, shop_features(p.profile, '2024-02-03') AS f;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
SELECT count(*) FROM (SELECT customer, to_jsonb(s) - 'as_of' FROM serial AS s WHERE as_of = '2024-02-03' EXCEPT SELECT customer, to_jsonb(p) FROM parallel AS p) AS e;

-- nobody's profile, as of a date: counts are 0, what they do not tell is NULL; without a date there is nothing to say
SELECT f.events, f.sessions, f.purchase_count, f.purchase_sum, f.purchase_mean, f.purchase_days_since, f.days_since_last, f.level, f.level_gold_share
FROM shop_features(NULL, '2024-02-01') AS f;
SELECT count(f), count(f.events) FROM shop_features(NULL) AS f;

-- accessors say what the columns say
SELECT count(*) FROM training AS t JOIN profiles AS p USING (customer)
WHERE (churn_count(profile, 'purchase', as_of), churn_count(profile, 'purchase', as_of, 28), churn_count(profile, NULL, as_of, days => 7),
		churn_sum(profile, 'purchase', as_of), churn_sum(profile, 'purchase', as_of, 7), churn_sum(profile, 'purchase', as_of, 28, 'net'),
		churn_sum(profile, 'purchase', as_of, part => 'refunds'), churn_days_since(profile, 'purchase', as_of),
		churn_active_days(profile, as_of => as_of), churn_active_days(profile, NULL, as_of, 28), churn_sessions(profile, as_of), churn_sessions(profile, as_of, 7))
	IS DISTINCT FROM (purchase_count, purchase_28d, events_7d, purchase_sum, purchase_sum_7d, purchase_net_28d, purchase_refunds, purchase_days_since,
		active_days, active_days_28d, sessions, sessions_7d);
SELECT count(*) FROM profiles AS p WHERE churn_active_days(profile, 'view', '2024-02-01', 10) <>
	(SELECT count(DISTINCT (at AT TIME ZONE 'UTC')::date) FROM shop AS s WHERE s.customer = p.customer AND event = 'view' AND at >= '2024-01-22 UTC' AND at < '2024-02-01 UTC');
SELECT churn_count(NULL, 'view') AS nobody, churn_count(NULL, 'view', '2024-02-01') AS nobody_then, churn_days_since(NULL, 'view', '2024-02-01') AS never,
	churn_sessions(NULL) AS no_sessions;
SELECT churn_count(profile, 'nothing'), churn_sum(profile, 'nothing'), churn_days_since(profile, 'nothing') FROM profiles WHERE customer = 1;
-- the event may differ from row to row
SELECT e, sum(churn_count(profile, e)) = (SELECT count(*) FROM shop WHERE event = e) AS same FROM profiles, unnest('{view,search,cancel}'::text[]) AS e GROUP BY e ORDER BY e;
SELECT churn_count(profile, 'view', 'infinity') FROM profiles;
SELECT churn_count(profile, 'view', days => 0) FROM profiles;
SELECT churn_count(profile, 'view', '2024-02-01', 36501) FROM profiles;
SELECT churn_sum(profile, NULL) FROM profiles;
SELECT churn_sum(profile, 'view', part => NULL) FROM profiles;
SELECT churn_sum(profile, 'view', part => 'all') FROM profiles;
SELECT churn_days_since(profile, NULL) FROM profiles;

-- all that a profile counts
SELECT count(*) FROM ((SELECT customer, e.* FROM profiles, churn_events(profile) AS e)
	EXCEPT
	SELECT customer, (at AT TIME ZONE 'UTC')::date, event, count(*), count(price),
		CASE WHEN count(price) > 0 THEN coalesce(sum(price) FILTER (WHERE price > 0), 0) END, CASE WHEN count(price) > 0 THEN coalesce(-sum(price) FILTER (WHERE price < 0), 0) END
	FROM shop GROUP BY 1, 2, 3) AS e;
SELECT sum(events) = (SELECT count(*) FROM shop) AS all_of_them FROM profiles, churn_events(profile);
SELECT * FROM churn_events((SELECT churn_profile(ts, e, NULL, a) FROM (VALUES (DATE '2024-01-02', 'b', 0.000001), ('2024-01-02', 'b', -12.5), ('2024-01-01', 'a', NULL),
	('2024-01-02', repeat('x', 300), 9200000000000)) AS v (ts, e, a)));
SELECT count(*) FROM churn_events(NULL);

CREATE TYPE taken_row AS (a int);
-- any row type and any recipe can be passed
SELECT churn_row(NULL::int, profile, NULL, '{}') FROM profiles;
SELECT churn_row(NULL, profile, NULL, '{}') FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, NULL) FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, '[]') FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, '{"version": 2, "columns": {}}') FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, '{"version": 1}') FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, '{"version": 1, "columns": {"a": "events"}}') FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, '{"version": 1, "columns": {"a": [7]}}') FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, '{"version": 1, "columns": {"a": ["event"]}}') FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, '{"version": 1, "columns": {"a": ["count"]}}') FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, '{"version": 1, "columns": {"a": ["count_in", "view"]}}') FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, '{"version": 1, "columns": {"a": ["count", "view", 7]}}') FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, '{"version": 1, "columns": {"a": ["events_in", 0]}}') FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, '{"version": 1, "columns": {"a": ["count", "view"]}}') FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, '{"version": 1, "columns": {"b": ["count", "view"]}}') FROM profiles;
SELECT churn_row(NULL::taken_row, profile, NULL, '{"version": 1, "columns": {"a": ["days_since", "view"]}}') FROM profiles WHERE customer < 3;
-- the recipe may differ from row to row
SELECT r, churn_row(NULL::taken_row, profile, '2024-02-01', r::jsonb) FROM profiles, (VALUES (1, '{"version": 1, "columns": {"a": ["days_since", "view"]}}'), (2, '{"version": 1, "columns": {}}')) AS v (i, r) WHERE customer = 1 ORDER BY i;
SET client_min_messages = warning;
DROP SCHEMA regress_log_features CASCADE;
